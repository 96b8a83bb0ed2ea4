"""Pages take their places one by one, each whole; a killed build leaves nothing that stays."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from small_project import FORKING

from cxreport.errors import CxError
from cxreport.publish import exchange as folder_switch
from cxreport.publish.archive import publish_archive, read_manifests
from cxreport.publish.gate import check_page
from cxreport.publish.publish import (
    file_stamps,
    foreign_changes,
    publish,
    staging,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = {"en": "old page", "it": "vecchia pagina, è"}
NEW = {"en": "new page", "it": "nuova pagina, è"}
HASH_OF_OLD_PAGE = "65e2c41ac94172f6e00b93aafdc68b026b25791c4455809f24e04f52fdcd28b7"  # sha256sum
HASH_OF_WORKBOOK = "5dd042bc1317e19e9473d32caad73bc2bb5702017493924b0007892442590089"
MANIFEST = {
    "report": "shops",
    "title": "monthly",
    "source": {"en": "Shops <b>&", "it": "Negozi <b>&"},
    "period": {"name": "2026-10", "kind": "month"},
}
STEPS = 7
"""Two pages and a manifest, each opened and waited for, and the switch of the folder."""


def put(out: Path, pages: dict[str, str], name: str = "shops/2026-10", **other: object) -> None:
    with staging(out) as staged:
        publish(staged, out / name, pages, MANIFEST | other)


def read(out: Path) -> dict[str, str]:
    folder = out / "shops/2026-10"
    return {name: (folder / f"{name}.html").read_text("utf-8") for name in OLD}


def left_over(out: Path) -> list[Path]:
    return list((out / ".staging").glob("*/"))


def put_until_killed(out: Path, steps: int) -> None:
    """Publish the new pages in this process, which kills itself after so many steps."""
    left = iter(range(steps))

    def counted(step: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*arguments: object, **named: object) -> object:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **named)

        return instead

    with staging(out) as staged:
        for holder, name in [(Path, "open"), (os, "fsync"), (folder_switch, "exchange")]:
            setattr(holder, name, counted(getattr(holder, name)))
        publish(staged, out / "shops/2026-10", NEW, MANIFEST)
        os._exit(0)


def test_pages_are_published_as_they_are_with_their_hashes(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    assert read(tmp_path) == OLD
    manifest = json.loads((tmp_path / "shops/2026-10/manifest.json").read_text("utf-8"))
    assert manifest["pages"]["en"] == HASH_OF_OLD_PAGE
    assert {key: manifest[key] for key in MANIFEST} == MANIFEST
    assert left_over(tmp_path) == []


def test_what_lies_beside_the_pages_is_published_and_replaced_with_them(tmp_path: Path) -> None:
    folder = tmp_path / "shops/2026-10"
    beside = {"en.xlsx": b"PK\x00\xff", "en.summary.txt": "è".encode()}
    before = file_stamps(tmp_path)
    with staging(tmp_path) as staged:
        publish(staged, folder, OLD, MANIFEST, beside)
    assert {name: (folder / name).read_bytes() for name in beside} == beside
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    # printf 'PK\x00\xff' | sha256sum
    assert manifest["files"]["en.xlsx"] == HASH_OF_WORKBOOK
    assert foreign_changes(tmp_path, before) == []
    (folder / "en.xlsx").write_bytes(b"other")
    assert foreign_changes(tmp_path, before) == ["shops/2026-10/en.xlsx"]
    put(tmp_path, NEW)  # which have nothing beside them
    assert {path.name for path in folder.iterdir()} == {"en.html", "it.html", "manifest.json"}


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_kill_at_any_step_leaves_whole_pages(tmp_path: Path, steps: int) -> None:
    put(tmp_path, OLD)
    process = FORKING.Process(target=put_until_killed, args=(tmp_path, steps))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    found = read(tmp_path)
    assert found == OLD  # all of one time
    assert len(left_over(tmp_path)) == 1
    put(tmp_path, NEW)
    assert read(tmp_path) == NEW
    assert left_over(tmp_path) == []


def test_there_are_no_more_steps_than_those(tmp_path: Path) -> None:
    process = FORKING.Process(target=put_until_killed, args=(tmp_path, STEPS))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert read(tmp_path) == NEW


def test_two_builds_side_by_side_keep_their_folders(tmp_path: Path) -> None:
    with staging(tmp_path) as one, staging(tmp_path) as other:
        assert one != other
        assert one.is_dir()
        assert other.is_dir()
    assert left_over(tmp_path) == []


def test_a_folder_left_under_any_name_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".staging" / str(os.getpid())  # the number of a process that runs
    left.mkdir(parents=True)
    (left / "it.html").write_text("half", "utf-8")
    with staging(tmp_path):
        assert not left.exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, not a folder", "utf-8")
    with pytest.raises(CxError, match="no place to work in"), staging(tmp_path / "out"):
        pass


def test_a_page_that_cannot_be_written_leaves_the_earlier_ones(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    with staging(tmp_path) as staged:
        (staged / "pages").write_text("x")  # so the second page cannot be written
        with pytest.raises(CxError, match="those in place are untouched"):
            publish(staged, tmp_path / "shops/2026-10", NEW, MANIFEST)
    assert read(tmp_path) == OLD


def test_where_a_folder_cannot_be_switched_a_mixed_one_is_not_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, OLD)
    monkeypatch.setattr(folder_switch, "exchange", lambda *_: False)
    put(tmp_path, NEW)
    assert read(tmp_path) == NEW
    (tmp_path / "shops/2026-10/it.html").unlink()
    (tmp_path / "shops/2026-10/it.html").mkdir()  # so the second page cannot take its place
    with pytest.raises(CxError, match="some pages are new and others old"):
        put(tmp_path, OLD)


def test_what_is_not_a_page_stays_beside_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, OLD | {"it": "x"})
    folder = tmp_path / "shops/2026-10"
    (folder / "notes.txt").write_text("mine", "utf-8")
    (folder / "more").mkdir()
    (folder / "more/table.csv").write_text("mine", "utf-8")
    (folder / "link").symlink_to("nowhere")
    put(tmp_path, {"en": NEW["en"]})
    names = {"en.html", "link", "manifest.json", "more", "notes.txt"}
    assert {path.name for path in folder.iterdir()} == names
    assert (folder / "more/table.csv").read_text("utf-8") == "mine"
    monkeypatch.setattr(folder_switch, "exchange", lambda *_: False)
    put(tmp_path, NEW)
    assert {path.name for path in folder.iterdir()} == names | {"it.html"}


def test_what_is_not_a_page_and_cannot_be_kept_stops_the_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, OLD)
    (tmp_path / "shops/2026-10/notes.txt").write_text("mine", "utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(CxError, match="those in place are untouched"):
        put(tmp_path, NEW)
    assert read(tmp_path) == OLD
    assert (tmp_path / "shops/2026-10/notes.txt").read_text("utf-8") == "mine"


def test_what_no_publication_wrote_is_named(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    put(tmp_path, OLD, "airports/2025-01")
    (tmp_path / "shops/2026-10/notes.txt").write_text("mine", "utf-8")
    before = file_stamps(tmp_path)
    put(tmp_path, NEW)  # another build
    put(tmp_path, OLD, "trains/2026-10")
    with staging(tmp_path) as staged:
        publish_archive(tmp_path, staged)
        assert foreign_changes(tmp_path, before) == []
    (tmp_path / "shops/2026-10/it.html").write_text("by hand", "utf-8")
    (tmp_path / "shops/extra.csv").write_text("x", "utf-8")
    (tmp_path / "shops/link").symlink_to("nowhere")
    shutil.rmtree(tmp_path / "airports/2025-01")
    (tmp_path / "own.csv").write_text("x", "utf-8")
    assert foreign_changes(tmp_path, before) == [
        "airports/2025-01/manifest.json",
        "own.csv",
        "shops/2026-10/it.html",
        "shops/extra.csv",
        "shops/link",
    ]


def test_the_index_lists_reports_by_name_and_the_newest_period_first(tmp_path: Path) -> None:
    months = [("shops", "2026-09"), ("shops", "2026-10"), ("airports", "2025-01")]
    for name, month in months:
        period = {"name": month, "kind": "month"}
        put(tmp_path, OLD, f"{name}/{month}", report=name, period=period)
    folders = [manifest["folder"] for manifest in read_manifests(tmp_path)[0]]
    assert folders == ["airports/2025-01", "shops/2026-10", "shops/2026-09"]
    with staging(tmp_path) as staged:
        page = publish_archive(tmp_path, staged).read_text("utf-8")
    assert page.count('href="shops/2026-10/it.html"') == 1
    assert "October 2026" in page
    italian = (tmp_path / "index.it.html").read_text("utf-8")
    assert "ottobre 2026" in italian
    assert "October 2026" not in italian
    assert "ottobre 2026" not in page
    for one, other in (("index.html", "index.it.html"), ("index.it.html", "index.html")):
        assert f'href="{other}"' in (tmp_path / one).read_text("utf-8")


def test_the_index_is_escaped_and_passes_the_gate(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    with staging(tmp_path) as staged:
        page = publish_archive(tmp_path, staged).read_text("utf-8")
    assert "Shops &lt;b&gt;&amp;" in page
    assert check_page(page) == []


def test_the_index_shows_no_text_that_turns_its_surroundings(tmp_path: Path) -> None:
    turned = {"en": "tel\u202e", "it": "\u05d7\u05e0"}  # a control; two letters of Hebrew
    period = {"name": "wave\u202e 1", "kind": "wave"}
    put(tmp_path, OLD, source=turned, title=turned, filters=turned, period=period)
    with staging(tmp_path) as staged:
        publish_archive(tmp_path, staged)
    page = (tmp_path / "index.it.html").read_text("utf-8")
    assert "\u202e" not in page
    assert page.count("\u2068\u05d7\u05e0\u2069") == 3  # isolated


def test_an_index_without_pages_says_so(tmp_path: Path) -> None:
    with staging(tmp_path) as staged:
        page = publish_archive(tmp_path, staged).read_text("utf-8")
    assert "No report has been published yet." in page
    assert check_page(page) == []


def test_an_index_that_breaks_a_rule_is_not_published(tmp_path: Path) -> None:
    put(tmp_path, OLD, source={"en": "file:///srv/data", "it": "x"})
    with staging(tmp_path) as staged, pytest.raises(CxError, match="the index was not published"):
        publish_archive(tmp_path, staged)
    assert not (tmp_path / "index.html").exists()


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"report": "x"', '{"report": "x"}'])
def test_a_manifest_cut_in_the_middle_is_named(tmp_path: Path, text: str) -> None:
    put(tmp_path, OLD)
    broken = tmp_path / "shops/2026-10/manifest.json"
    broken.write_text(text, "utf-8")
    put(tmp_path, OLD, "airports/2025-01", report="airports")
    with (
        staging(tmp_path) as staged,
        pytest.raises(CxError, match="a manifest cannot be read") as caught,
    ):
        publish_archive(tmp_path, staged)
    assert caught.value.parts["where"] == str(broken)
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "airports/2025-01/it.html" in index  # the others are listed
    assert "shops/2026-10" not in index
