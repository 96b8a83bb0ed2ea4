"""The page of the period before and of the one after, by addresses that stay.

A page links to both, whether they are there yet or not, so its bytes never change when another
period comes or goes. Each address is a small file beside the newest pages, which is written again
after each build: it leads on to the page at once, or says that there is none.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.export import environment
from cxreport.publish.names import file_name
from cxreport.publish.places import LATEST
from cxreport.publish.publish import INDEXES, write_through
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Step = Literal["before", "after"]
STEPS: tuple[Step, ...] = ("before", "after")
LONGEST = 200
"""Signs of report and period that a name of a file has room for."""
OURS = re.compile(rf"\.({'|'.join(STEPS)})\.({'|'.join(LANGUAGES)})\.html$")


def step_address(report: str, period: str, step: Step, language: str) -> str:
    """Return where a page finds the one before it, or after it, seen from its own folder.

    Examples
    --------
    >>> step_address("demo-monthly", "2026-10", "before", "it")
    '../../latest/demo-monthly.2026-10.before.it.html'
    """
    return f"../../{LATEST}/{quote(_name(report, period, step, language))}"


def put_steps(manifests: Sequence[dict[str, Any]], out: Path, staged: Path) -> None:
    """Write again where each page leads, and remove what leads from pages that are gone.

    Parameters
    ----------
    manifests : sequence of dict
        From ``read_manifests``: of each report the newest period first.
    out : Path
        The folder of the pages.
    staged : Path
        A folder on the same disk, for unfinished work.
    """
    folder = out / LATEST
    folder.mkdir(exist_ok=True)
    steps = dict(_steps(manifests))
    for name, page in steps.items():
        there = folder / name
        if not there.is_file() or there.read_bytes() != page:
            write_through(staged / name, page)
            (staged / name).replace(there)
    for path in folder.glob("*.html"):
        if path.name not in steps and OURS.search(path.name):
            path.unlink(missing_ok=True)


def _steps(manifests: Sequence[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file."""

    def series(manifest: dict[str, Any]) -> tuple[str, str]:
        return manifest["place"].parent.name, json.dumps(manifest["filters"], sort_keys=True)

    for (report, _), of_series in groupby(sorted(manifests, key=series), key=series):
        rows = list(of_series)
        for language in LANGUAGES:
            there = [row["place"].name for row in rows if language in row["pages"]]
            for place, period in enumerate(there):
                sides = {"before": there[place + 1 : place + 2], "after": there[:place][-1:]}
                for step in STEPS:
                    to = next(iter(sides[step]), "")
                    yield _name(report, period, step, language), _page(report, to, step, language)


def _page(report: str, period: str, step: Step, language: str) -> bytes:
    """Write a page that leads on to one, or to the list of all where there is none."""
    place = quote(report)
    page, periods = f"../{place}/{quote(period)}/{language}.html", f"../{INDEXES[language]}#{place}"
    written = environment().get_template("step.html.j2").render(
        words=Words(language), language=language, step=step, is_there=bool(period),
        address=page if period else periods,
    )  # fmt: skip
    return written.encode()


def _name(report: str, period: str, step: Step, language: str) -> str:
    place = f"{report}.{period}"
    place = place if len(place) <= LONGEST else file_name(place)
    return f"{place}.{step}.{language}.html"
