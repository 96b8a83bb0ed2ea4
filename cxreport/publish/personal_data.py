"""Look for persons and for ids of the source on a page."""

from __future__ import annotations

import base64
import csv
import re
from typing import TYPE_CHECKING

from cxreport.inputs.masking import masked
from cxreport.inputs.personal_data import kinds_in, own
from cxreport.inputs.tables import ids_among
from cxreport.show.spreadsheet import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cxreport.inputs.codebook import Codebook
    from cxreport.publish.elements import Element

SHORTEST_ID, LONGEST_ID = 5, 64  # signs
ON_AXES = {"text", "tspan"}
SHORTEST_WITHOUT_FIGURES = 12  # a shorter one may be a word of any page


def no_personal_data(page: Element, keep: Sequence[str] = ()) -> list[str]:
    """Check that no text, picture or download of a page names a person.

    Numbers in a column of numbers are measures; a link to write a mail is the author's own.

    Parameters
    ----------
    page : Element
        The page.
    keep : sequence of str
        The brand's own numbers and addresses, which may stand there.
    """
    problems, ours = [], own(keep)
    for number, element in enumerate(page.every(), start=1):
        for where, text in _texts(element):
            problems += [f"{kind} in {where} (element {number})" for kind in kinds_in(text, ours)]
    return list(dict.fromkeys(problems))


class Ids:
    """The ids of a source: each word is looked up once, for the files of a report share most."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.asked: dict[str, bool] = {}

    def among(self, words: Collection[str]) -> list[str]:
        """Return which of these words are ids, in their order."""
        new = sorted({*words} - {*self.asked})
        ids = {*ids_among(self.codebook, new)} if new else set()
        self.asked |= {word: word in ids for word in new}
        return sorted(word for word in words if self.asked[word])


def no_ids_of(ids: Ids, page: Element) -> list[str]:
    """Check that no text or download of a page holds an id of the source.

    Short numbers and days are no ids here: a page is full of them.
    """
    words = {
        word
        for element in page.every()
        for _, text in _texts(element)
        for word in [text.strip(), *re.findall(r"[\w-]+", text)]
        if _could_be_id(word) and not (word.isdigit() and element.name in ON_AXES)
    }
    held = ids.among(words)
    like = f", written like {masked(held[0], an_id=True)}" if held else ""
    return [f"{len(held)} ids of the source stand on the page{like}"] if held else []


def _could_be_id(word: str) -> bool:
    if not SHORTEST_ID <= len(word) <= LONGEST_ID or re.fullmatch(r"\d{4}(-[\dQ]\d?){0,2}", word):
        return False
    return bool(re.search(r"\d", word)) or len(word) >= SHORTEST_WITHOUT_FIGURES


def _texts(element: Element) -> Iterator[tuple[str, str]]:
    """Give each text of an element, with where it stands."""
    href = element.attributes.get("href", "")
    is_number = "n" in element.attributes.get("class", "").split()
    if element.name != "style" and not is_number and not href.startswith("mailto:"):
        yield f"<{element.name}>", element.text
    for name in ("alt", "title", "aria-label", "data-heading"):
        yield f"the {name} of <{element.name}>", element.attributes.get(name, "")
    kind, _, data = href.partition(";base64,")
    if kind.startswith("data:text/csv"):
        text = base64.b64decode(data).decode(errors="replace")
        separator = ";" if text.startswith(BYTE_ORDER_MARK) else ","
        rows = csv.reader(text.removeprefix(BYTE_ORDER_MARK).splitlines(), delimiter=separator)
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells, start=1):
                if not re.fullmatch(r"-?\d+([.,]\d+)?", cell):
                    yield f"a download, row {row}, column {column}", cell
