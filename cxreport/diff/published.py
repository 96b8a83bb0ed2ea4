"""A folder of published pages -> its manifest and its figures, or why they cannot be trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxreport.diff.figures import figures_of
from cxreport.diff.wording import Wording, headings_in, sentences_in
from cxreport.errors import CxError
from cxreport.publish.names import file_name, page_name
from cxreport.publish.places import MANIFEST
from cxreport.publish.publish import digest_of
from cxreport.publish.stale import hashes_of
from cxreport.show.words import Words

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("report", "period", "pages", "data", "parameters", "libraries", "code")
AGAIN = "build the report again, for its period: cxreport build NAME --set period=PERIOD"


@dataclass(frozen=True)
class Published:
    """The pages of a report for one period, as they were published.

    Attributes
    ----------
    folder : Path
        Where they are.
    manifest : dict
        What they are, and what they were made from.
    language : str
        Of the workbook that was read.
    figures : DataFrame
        Its numbers, see ``figures_of``.
    wording : Wording
        Its words: headings, and the sentences of its summary.
    """

    folder: Path
    manifest: dict[str, Any]
    language: str
    figures: pd.DataFrame
    wording: Wording = field(default_factory=Wording)

    @property
    def period(self) -> str:
        """The period's name, in the language."""
        period = self.manifest["period"]
        return Words(self.language).period(period["name"], period["kind"])


def find_pages(name: str, out: Path | None) -> Path:
    """Return the folder of published pages that a text names.

    Parameters
    ----------
    name : str
        A folder, or ``report@period``; of a page of one group ``report@group@period``.
    out : Path or None
        The folder of all pages, for names; None outside a project.

    Raises
    ------
    CxError
        If there is no such folder.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    report, at, period = name.rpartition("@")
    if not at or out is None:
        raise CxError("no such folder of pages", got=name,
                      expected="a folder, or report@period in a project")  # fmt: skip
    main, _, group = report.partition("@")
    places = [out / report / file_name(period)]
    places += [out / page_name(main, group) / file_name(period)] if group else []
    for place in places:
        if place.is_dir():
            return place
    built = sorted(path.parent.name for path in out.glob(f"{report}/*/{MANIFEST}"))
    raise CxError("no such pages", where=out, got=name,
                  expected=", ".join(f"{report}@{each}" for each in built) or None,
                  hint=AGAIN)  # fmt: skip


def read_pages(folder: Path, language: str) -> Published:
    """Read the figures of published pages from the workbook beside them.

    Parameters
    ----------
    folder : Path
        Of one report and period.
    language : str
        Whose workbook is read.

    Raises
    ------
    CxError
        If the manifest is missing or damaged, there is no workbook in the language, or it is not
        the one published.
    """
    manifest = read_manifest(folder)
    name = f"{language}.xlsx"
    expected = hashes_of(manifest).get(name)
    if expected is None:
        others = [each for each in hashes_of(manifest) if each.endswith(".xlsx")]
        raise CxError("no workbook was published in this language", where=folder, got=name,
                      expected=", ".join(others) or "a report with tables",
                      hint="--language chooses another")  # fmt: skip
    content = published_bytes(folder / name, expected, "the workbook")
    period = manifest["period"]
    figures = figures_of(content, str(period["name"]), str(period["kind"]), Words(language))
    return Published(folder, manifest, language, figures, _wording(folder, manifest, language))


def published_bytes(path: Path, expected: str, what: str) -> bytes:
    """Read a file that was published, called so in errors.

    Raises
    ------
    CxError
        If it cannot be read, or is not the one published.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CxError(f"{what} cannot be read", where=path, got=error.strerror,
                      hint=AGAIN) from error  # fmt: skip
    if digest_of(content) != expected:
        raise CxError(f"{what} is not the one published", where=path,
                      expected="the bytes that the manifest names", hint=AGAIN)  # fmt: skip
    return content


def _wording(folder: Path, manifest: dict[str, Any], language: str) -> Wording:
    """Read a page's words; of a page that is not named in its manifest there are none."""
    texts = {}
    for name in (f"{language}.html", f"{language}.summary.json"):
        if expected := hashes_of(manifest).get(name):
            texts[name] = published_bytes(folder / name, expected, "the page")
    return Wording(
        headings_in(texts.get(f"{language}.html", b"")),
        sentences_in(texts.get(f"{language}.summary.json", b"")),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what pages were made from.

    Raises
    ------
    CxError
        If it is missing or damaged.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise CxError("this folder holds no published pages", where=folder,
                      got=f"no {MANIFEST}", expected="reports/REPORT/PERIOD")  # fmt: skip
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        absent = [key for key in NEEDED if manifest[key] is None]
        hashes_of(manifest), manifest["period"]["kind"], manifest["period"]["name"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CxError("the manifest is damaged", where=path, got=repr(error),
                      hint=AGAIN) from error  # fmt: skip
    if absent:
        raise CxError("the manifest is damaged", where=path, got=f"no {absent[0]}", hint=AGAIN)
    return manifest
