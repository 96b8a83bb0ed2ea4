"""May what lies beside a page be published? It runs nothing, and gives away nothing."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cxreport.publish.elements import Element, read_page
from cxreport.publish.gate import SIZE_LIMIT, no_machine_path, nothing_foreign
from cxreport.publish.personal_data import no_ids_of, no_personal_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxreport.publish.personal_data import Ids

PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/theme/theme1\.xml|"
    r"xl/(workbook|styles|sharedStrings)\.xml|xl/_rels/workbook\.xml\.rels|"
    r"xl/worksheets/(sheet\d+\.xml|_rels/sheet\d+\.xml\.rels)|xl/tables/table\d+\.xml"
)
"""What a workbook of ours is made of: no macros, no connections, no other file."""
RUN_BY_PAPER = (b"/JavaScript", b"/JS ", b"/Launch", b"/EmbeddedFile", b"/AcroForm", b"file:/")
"""What a printed page never holds."""
RUNNING = {"f", "oleObjects", "controls", "calculatedColumnFormula", "definedName"}
"""Elements of a workbook that would be worked out, or that hide."""


def check_beside(name: str, content: bytes, *, ids: Ids | None = None) -> list[str]:
    """Return every problem of a file that lies beside a page.

    Parameters
    ----------
    name : str
        The file's name, of which the ending says what it is.
    content : bytes
        The file.
    ids : Ids, optional
        Those of the source that it is made from, none of which may stand in it.
    """
    problems: list[str] = []
    if name.endswith(".xlsx"):
        problems, texts = _workbook(content)
    elif name.endswith(".pdf"):
        problems, texts = _pdf(content)
    else:
        text = content.decode()
        page = read_page(text if name.endswith(".html") else "")
        for element in page.every():
            element.attributes.pop("style", None)
        problems = nothing_foreign(page) if name.endswith(".html") else []
        texts = [element.text for element in page.every()] or text.splitlines()
    holder = Element("file", {}, [Element("td", {}, texts=[text]) for text in texts])
    problems += no_personal_data(holder, ids.codebook.source.keep if ids else ())
    problems += no_machine_path(holder)
    problems += no_ids_of(ids, holder) if ids else []
    if len(content) > SIZE_LIMIT:
        problems.append(f"the file has {len(content):,} bytes; the limit is {SIZE_LIMIT:,}")
    return list(dict.fromkeys(problems))


def _pdf(content: bytes) -> tuple[list[str], list[str]]:
    """Return the problems of a printed page, and what it says of itself and where it leads.

    Its words are those of a page that was let through.
    """
    problems = [] if content.startswith(b"%PDF-") else ["no PDF"]
    content = re.sub(rb"\bstream\r?\n.*?endstream", b"", content, flags=re.DOTALL)
    problems += [] if b"/StructTreeRoot" in content else ["a PDF without tags"]
    problems += [f"a PDF with {name.decode()}" for name in RUN_BY_PAPER if name in content]
    texts = [text.decode("latin-1") for text in re.findall(rb"\(((?:[^()\\]|\\.)*)\)", content)]
    return problems, texts


def _workbook(content: bytes) -> tuple[list[str], list[str]]:
    """Return the problems of a workbook, and all of its texts."""
    problems: list[str] = []
    texts: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for part in book.namelist():
            if not PARTS.fullmatch(part):
                problems.append(f"a part that is not expected: {part}")
                continue
            for element in ET.fromstring(book.read(part)).iter():  # noqa: S314 - our own
                kind = element.tag.rpartition("}")[2]
                if kind in RUNNING:
                    problems.append(f"a <{kind}> in {part}")
                if element.get("TargetMode") == "External":
                    problems.append(f"an address outside the workbook in {part}")
                texts += _texts(element, part, kind)
    return problems, texts


def _texts(element: ET.Element, part: str, kind: str) -> Iterator[str]:
    """Yield what can be read in an element; the numbers of sheets are measures."""
    measured = kind == "v" and part.startswith("xl/worksheets/")
    if element.text and not measured and kind not in {"created", "modified"}:
        yield element.text
    if part.startswith(("xl/workbook", "xl/worksheets", "xl/tables")):
        yield from (value for name, value in element.items() if name in {"name", "display"})
