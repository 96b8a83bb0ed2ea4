"""Beside the pages: what the indexes say of each, and the address of the newest ones."""

from __future__ import annotations

import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from small_project import pages as files_in

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.publish.archive import links_of, publish_archive
from cxreport.publish.elements import read_page
from cxreport.publish.gate import check_page
from cxreport.publish.places import failed_mark
from cxreport.publish.publish import publish, staging
from cxreport.publish.table import read_reports

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {"en": "page of {}", "it": "pagina di {}"}


def put(root: Path, month: str, report: str = "shops", **other: Any) -> None:
    """Publish the pages of a month as a build does, without the archive."""
    manifest = {
        "report": report,
        "title": "monthly",
        "source": {"en": "Shops", "it": "Negozi"},
        "period": {"name": month, "kind": "month"},
        "first": f"{month}-01",
        "headline": {"en": f"Steady in {month}.", "it": f"Stabile, {month}."},
        "data": {"a.csv": "1"},
    }
    written = {language: page.format(month) for language, page in PAGES.items()}
    with staging(root / "reports") as staged:
        publish(staged, root / "reports" / report / month, written, manifest | other)


def archive(root: Path) -> dict[str, list[list[str]]]:
    """Write the archive; return the rows of the index in each language."""
    with staging(root / "reports") as staged:
        english = publish_archive(root / "reports", staged)
    rows = {}
    for language, path in {"en": english, "it": english.with_name("index.it.html")}.items():
        page = path.read_text("utf-8")
        assert check_page(page) == []
        body = read_page(page).every("tbody")[0]
        rows[language] = [
            [" ".join(cell.words().split()) for cell in row.every("th", "td")]
            for row in body.every("tr")
        ]
    return rows


def newest(root: Path, report: str = "shops") -> str:
    return (root / f"reports/latest/{report}/en.html").read_text("utf-8")


def test_a_row_says_what_a_page_says_first_and_how_it_stands(tmp_path: Path) -> None:
    put(tmp_path, "2026-08", data={"a.csv": "0"})
    put(tmp_path, "2026-09")
    put(tmp_path, "2026-10")
    mark = failed_mark(tmp_path / "reports", tmp_path / "reports/shops/2026-10")
    mark.parent.mkdir()
    mark.touch()
    rows = archive(tmp_path)
    assert [row[2:5] for row in rows["en"]] == [
        ["October 2026", "Steady in 2026-10.", "the last build failed: this page is from before"],
        ["September 2026", "Steady in 2026-09.", "published"],
        [
            "August 2026", "Steady in 2026-08.",
            "as published then: data, definitions or code have changed since",
        ],
    ]  # fmt: skip
    assert rows["it"][1][2:5] == ["settembre 2026", "Stabile, 2026-09.", "pubblicato"]


def test_a_manifest_of_an_earlier_version_is_listed_without_a_headline(tmp_path: Path) -> None:
    put(tmp_path, "2026-10", headline=None, first=None)
    assert archive(tmp_path)["en"][0][2:5] == ["October 2026", "", "published"]


def test_the_newest_pages_have_an_address_that_stays(tmp_path: Path) -> None:
    put(tmp_path, "2026-09")
    archive(tmp_path)
    assert newest(tmp_path) == "page of 2026-09"
    put(tmp_path, "2026-10")
    put(tmp_path, "2026-07", "trains")
    archive(tmp_path)
    assert newest(tmp_path) == "page of 2026-10"
    assert newest(tmp_path, "trains") == "page of 2026-07"
    files = files_in(tmp_path)
    for name in ("en.html", "it.html", "manifest.json"):
        assert files[f"latest/shops/{name}"] == files[f"shops/2026-10/{name}"]
    archive(tmp_path)
    assert files_in(tmp_path) == files  # nothing in latest/ is taken for a report


def test_waves_follow_each_other_by_their_days_not_by_their_names(tmp_path: Path) -> None:
    for name, first in (("wave 9", "2026-01-01"), ("wave 10", "2026-05-01")):
        put(tmp_path, name, period={"name": name, "kind": "wave"}, first=first)
    archive(tmp_path)
    assert newest(tmp_path) == "page of wave 10"


def test_the_address_goes_with_its_report(tmp_path: Path) -> None:
    put(tmp_path, "2026-10")
    put(tmp_path, "2026-10", "trains")
    archive(tmp_path)
    (tmp_path / "reports/latest/own").mkdir()
    (tmp_path / "reports/latest/own/notes.txt").write_text("mine", "utf-8")
    shutil.rmtree(tmp_path / "reports/trains")
    archive(tmp_path)
    left = (tmp_path / "reports/latest").iterdir()
    assert {path.name for path in left if "2026-10" not in path.name} == {"own", "shops"}
    assert not [*(tmp_path / "reports/latest").glob("trains*")]


def test_half_a_page_never_becomes_the_newest(tmp_path: Path) -> None:
    put(tmp_path, "2026-09")
    archive(tmp_path)
    put(tmp_path, "2026-10")
    (tmp_path / "reports/shops/2026-10/en.html").write_text("another build's", "utf-8")
    archive(tmp_path)
    assert newest(tmp_path) == "page of 2026-09"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_link_of_a_page_leads_somewhere_from_both_its_places(
    tmp_path: Path, language: str
) -> None:
    put(tmp_path, "2026-10")
    archive(tmp_path)
    links = links_of("shops", "2026-10", language, ["it", "en"])
    assert links.other == [name for name in LANGUAGES if name != language]
    addresses = [
        links.before,
        links.after,
        links.newest,
        links.periods,
        links.reports,
        *(f"{n}.html" for n in links.other),
    ]
    for folder in ("shops/2026-10", "latest/shops"):
        for address in addresses:
            path, _, name = address.partition("#")
            page = (tmp_path / "reports" / folder / path).read_text("utf-8")
            assert not name or f'<tr id="{name}">' in page
    assert links_of("shops", "2026-10", "it", ["it"]).other == []


def led_to(root: Path, month: str, step: str, language: str = "en") -> str:
    """Return where a page's link leads in the end: a page, or the list of all."""
    links = links_of("shops", month, language, ["it", "en"])
    path = root / "reports/shops" / month / (links.before if step == "before" else links.after)
    page = read_page(path.read_text("utf-8"))
    (link,) = [each.attributes["href"] for each in page.every("a")]
    on = [
        e.attributes["content"]
        for e in page.every("meta")
        if "url=" in (e.attributes.get("content") or "")
    ]
    assert on in ([f"0; url={link}"], [])
    assert bool(on) == ("#" not in link)  # where there is no page, nobody is led on
    target = (path.parent / link.partition("#")[0]).resolve()
    assert target.is_file()
    return target.relative_to((root / "reports").resolve()).as_posix()


def test_three_periods_lead_to_each_other(tmp_path: Path) -> None:
    put(tmp_path, "2026-08")
    put(tmp_path, "2026-10")
    archive(tmp_path)
    assert led_to(tmp_path, "2026-10", "before") == "shops/2026-08/en.html"
    assert led_to(tmp_path, "2026-08", "after", "it") == "shops/2026-10/it.html"
    pages = {n: c for n, c in files_in(tmp_path).items() if n.startswith("shops/")}
    put(tmp_path, "2026-09")  # one comes between
    put(tmp_path, "2026-09", "trains")
    archive(tmp_path)
    months = ("2026-08", "2026-09", "2026-10")
    for earlier, later in pairwise(months):
        assert led_to(tmp_path, earlier, "after") == f"shops/{later}/en.html"
        assert led_to(tmp_path, later, "before", "it") == f"shops/{earlier}/it.html"
    assert led_to(tmp_path, "2026-08", "before") == "index.html"
    assert led_to(tmp_path, "2026-10", "after", "it") == "index.it.html"
    files = files_in(tmp_path)
    assert pages.items() <= files.items()  # the bytes of the pages stay
    archive(tmp_path)
    assert files_in(tmp_path) == files
    shutil.rmtree(tmp_path / "reports/shops/2026-09")
    archive(tmp_path)
    assert led_to(tmp_path, "2026-10", "before") == "shops/2026-08/en.html"
    assert not [*(tmp_path / "reports/latest").glob("shops.2026-09*")]


def test_a_part_of_the_answers_has_periods_of_its_own(tmp_path: Path) -> None:
    put(tmp_path, "2026-08")
    put(tmp_path, "2026-09", filters={"en": "phone", "it": "telefono"})
    put(tmp_path, "2026-10")
    archive(tmp_path)
    assert led_to(tmp_path, "2026-10", "before") == "shops/2026-08/en.html"
    assert led_to(tmp_path, "2026-09", "before") == "index.html"


def test_no_report_is_called_like_the_newest_pages(tmp_path: Path) -> None:
    (tmp_path / "reports.toml").write_text(
        '[[report]]\nname = "latest"\nnotebook = "a.ipynb"\ngroup = "a"\n', "utf-8"
    )
    with pytest.raises(CxError, match="choose another name"):
        read_reports(tmp_path)
