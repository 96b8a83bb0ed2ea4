"""Published pages made by hand: a workbook of ours, and the manifest beside it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from cxreport.publish.workbook import Cover, Shown, write_workbook
from cxreport.show.cell import Cell, Table
from cxreport.show.numeral import in_unit, joined
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

INTERVAL = {"en": "95% interval", "it": "Intervallo al 95%"}
RESULT = {"en": "Result", "it": "Risultato"}
ANSWERS = {"en": "Answers", "it": "Risposte"}
MADE_FROM: dict[str, Any] = {
    "report": "shops",
    "title": "monthly",
    "source": {"en": "Shops", "it": "Negozi"},
    "first": "2026-10-01",
    "notebook_sha256": "n",
    "parameters": {"source": "shops", "period": "2026-10", "recent": 12},
    "codebook_sha256": "c",
    "definitions": {"personas.toml": "o"},
    "data": {"answers.csv": "1", "orders.csv": "1"},
    "libraries": {"python": "3.12", "pandas": "3.0"},
    "code": "p",
}
Row = tuple[str, int, float | None, float, float]
"""What a row is about, its n, and a share in percent with its interval; None where it is hidden."""


def shares(
    caption: str, rows: Sequence[Row], words: Words, *, of: str = "Shop", interval: str = ""
) -> Table:
    """Make a table of shares as a page has it: a row, its n, its result and the interval."""
    language = words.language
    heads = [of, ANSWERS[language], RESULT[language], interval or INTERVAL[language]]
    headings = [Cell(head, "", bool(at)) for at, head in enumerate(heads)]

    def cells(name: str, n: int, value: float | None, low: float, high: float) -> list[Cell]:
        if value is None:
            texts: list[str] = [name, *3 * [words.text("note.suppressed")]]
        else:
            ends = [words.share(low), words.share(high)]
            written = joined(" to ".join(ends), *ends)
            texts = [name, words.whole(n), words.share(value), in_unit(str(written), written, "%")]
        pairs = zip(texts, heads, strict=True)
        return [Cell(text, head, head != of, is_hidden=value is None) for text, head in pairs]

    return Table(caption, headings, [cells(*row) for row in rows])


def publish_tables(
    folder: Path, period: str, *tables: Table, languages: Sequence[str] = ("en",), **made_from: Any
) -> Path:
    """Write a workbook and its manifest into a folder, as a build does."""
    folder.mkdir(parents=True)
    files = {}
    for language in languages:
        cover = Cover("Report", [], f"shops/{period}/{language}.html", None)
        content = write_workbook(cover, [Shown("Scores", t) for t in tables], Words(language))
        (folder / f"{language}.xlsx").write_bytes(content)
        files[f"{language}.xlsx"] = hashlib.sha256(content).hexdigest()
    parameters = MADE_FROM["parameters"] | {"period": period}
    manifest = {**MADE_FROM, "parameters": parameters, "pages": {}, "files": files,
                "period": {"name": period, "kind": "month"}, **made_from}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder
