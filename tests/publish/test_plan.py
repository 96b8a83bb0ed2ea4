"""The table of reports becomes jobs, or an error before anything starts; stale pages say why."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cxreport.errors import CxError
from cxreport.publish.plan import changed_since, make_plan
from cxreport.publish.table import read_reports

LINE = """[[report]]
name = "mini"
notebook = "notebooks/mini.ipynb"
group = "small"
parameters = { source = "mini" }
"""


@pytest.fixture
def project(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "p"))


def table(project: Path, *lines: str) -> None:
    (project / "reports.toml").write_text("".join(lines), "utf-8")


def pretend_built(project: Path) -> Path:
    """Put pages in place whose manifest says that they are the ones to make."""
    [job] = make_plan(project)
    job.folder.mkdir(parents=True)
    for language in ("it", "en"):
        (job.folder / f"{language}.html").write_text("page", "utf-8")
    # printf page | sha256sum
    page = "3660315a9af3df255d8f19ab077e4797822b41488a0e2a04bc6af71213c23274"
    manifest = job.provenance | {"pages": {"it": page, "en": page}}
    (job.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return job.folder


def why(project: Path) -> str:
    [job] = make_plan(project)
    return job.stale


def test_the_last_closed_period_is_reported_in_both_languages(project: Path) -> None:
    [job] = make_plan(project)
    assert (job.name, job.report.languages) == ("mini 2026-10", ("it", "en"))
    assert job.folder == project / "reports/mini/2026-10"
    assert job.parameters == {"source": "mini", "period": "2026-10", "filters": {}}


def test_each_period_is_a_job_and_a_period_named_twice_is_one(project: Path) -> None:
    table(project, LINE, 'periods = ["2026-09", "last", "2026-10"]\n')
    assert [job.period for job in make_plan(project)] == ["2026-09", "2026-10"]


def test_settings_win_over_the_table(project: Path) -> None:
    settings = {"period": "2026-09", "filters": '{ nps = ["9"] }'}
    [job] = make_plan(project, settings=settings, out=project / "site")
    assert job.parameters["filters"] == {"nps": ["9"]}
    assert job.folder.parent.parent == project / "site"
    assert job.folder.name == "2026-09"


def test_groups_and_names_choose(project: Path) -> None:
    other = LINE.replace('"mini"\n', '"other"\n').replace('"small"', '"large"')
    table(project, LINE, other)
    assert [job.report.name for job in make_plan(project)] == ["mini", "other"]
    assert [job.report.name for job in make_plan(project, groups=["large"])] == ["other"]
    chosen = make_plan(project, groups=["large"], names=["mini"])
    assert [job.report.name for job in chosen] == ["mini", "other"]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("[[report]\n", "cannot be read"),
        ("\0", "cannot be read"),
        (LINE + "speed = 3\n", "report.0.speed"),
        (LINE + LINE, "two reports bear one name"),
        (LINE.replace('"mini"\n', '"../mini"\n'), "report.0.name"),
        (LINE + 'languages = ["fr"]\n', "report.0.languages.0"),
        (LINE + "languages = []\n", "report.0.languages"),
        (LINE + "periods = []\n", "report.0.periods"),
        (LINE + "time_limit = 0\n", "report.0.time_limit"),
        (LINE.replace("source =", "sorce ="), "did you mean source?"),
        (LINE.replace('"mini" }', "3 }"), "source: got 3"),
        (LINE.replace('"mini" }', '"mini", period = "2026-09" }'), "periods = "),
        (LINE + 'periods = ["2026-13"]\n', "this is no month"),
        (LINE + 'periods = ["../../x"]\n', "this is no month"),
        (LINE.replace("mini.ipynb", "none.ipynb"), "not a notebook that can be read"),
        (LINE.replace('"mini" }', '"maxi" }'), "no codebook"),
    ],
)
def test_whatever_is_wrong_is_an_error_before_anything_starts(
    project: Path, lines: str, problem: str
) -> None:
    table(project, lines)
    with pytest.raises(CxError) as caught:
        make_plan(project)
    assert problem in str(caught.value)
    assert not (project / "reports").exists()


def test_a_notebook_without_period_is_no_report(project: Path) -> None:
    path = project / "notebooks/mini.ipynb"
    path.write_text(path.read_text("utf-8").replace("period: str", "month: str"), "utf-8")
    with pytest.raises(CxError, match="expected: period"):
        make_plan(project)


@pytest.mark.parametrize(
    ("choice", "problem"), [({"groups": ["maxi"]}, "group"), ({"names": ["maxi"]}, "report")]
)
def test_an_unknown_choice_is_an_error(
    project: Path, choice: dict[str, list[str]], problem: str
) -> None:
    with pytest.raises(CxError, match=f"no such {problem}"):
        make_plan(project, **choice)  # type: ignore[arg-type]


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="no table of reports"):
        read_reports(tmp_path)


def test_pages_never_built_are_stale(project: Path) -> None:
    assert why(project) == "never built"


def test_pages_made_from_the_same_things_are_up_to_date(project: Path) -> None:
    pretend_built(project)
    assert why(project) == ""


def test_changed_data_codebook_and_notebook_make_pages_stale(project: Path) -> None:
    pretend_built(project)
    for name, reason in [
        ("data/mini/responses.csv", "data"),
        ("data/mini/codebook.toml", "codebook, data"),
        ("notebooks/mini.ipynb", "notebook, codebook, data"),
    ]:
        path = project / name
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        assert why(project) == f"changed: {reason}"


@pytest.mark.parametrize("name", ["coding_frame.toml", "personas.toml"])
def test_what_the_team_writes_beside_the_codebook_is_part_of_a_page(
    project: Path, name: str
) -> None:
    frame = project / "data/mini" / name
    frame.write_text("[topics]\n", "utf-8")
    pretend_built(project)
    assert why(project) == ""
    frame.write_text("[topics] # other words\n", "utf-8")
    assert why(project) == "changed: definitions"
    frame.unlink()
    assert why(project) == "changed: definitions"


@pytest.mark.parametrize("swapped", ["data/mini/2026", "data/mini/2026/10"])
def test_a_folder_that_stood_in_for_another_is_seen_though_it_is_put_back(
    project: Path, swapped: str
) -> None:
    data = project / "data/mini"
    (data / "2026/10").mkdir(parents=True)
    (data / "responses.csv").rename(data / "2026/10/responses.csv")
    codebook = data / "codebook.toml"
    text = codebook.read_text("utf-8").replace('"responses.csv"', '"2026/10/responses.csv"')
    codebook.write_text(text, "utf-8")
    (data / "coding_frame.toml").write_text("[topics]\n", "utf-8")
    [job] = make_plan(project)
    assert changed_since(job, project) == []
    folder = project / swapped
    other = Path(shutil.copytree(folder, project / "other"))
    folder.rename(project / "aside")
    other.rename(folder)
    folder.rename(other)
    (project / "aside").rename(folder)
    assert changed_since(job, project) != []


def test_a_coding_frame_that_was_another_while_it_was_read_is_seen(project: Path) -> None:
    frame = project / "data/mini/coding_frame.toml"
    frame.write_text("[topics]\n", "utf-8")
    [job] = make_plan(project)
    frame.write_text("[topics] # other words\n", "utf-8")
    frame.write_text("[topics]\n", "utf-8")
    assert changed_since(job, project) == ["coding_frame.toml"]


def test_changed_parameters_and_languages_make_pages_stale(project: Path) -> None:
    pretend_built(project)
    table(project, LINE.replace("}", ', filters = { nps = ["9"] } }'))
    assert why(project) == "changed: parameters"
    table(project, LINE, 'languages = ["it"]\n')
    assert why(project) == "other languages"


def test_other_parameters_make_another_page(project: Path) -> None:
    official = pretend_built(project)
    [usual] = make_plan(project, settings={"source": "mini"})
    assert (usual.folder, usual.stale) == (official, "")
    [part] = make_plan(project, settings={"filters": '{ nps = ["9"] }'})
    [other] = make_plan(project, settings={"filters": '{ nps = ["8"] }'})
    assert part.stale == "never built"
    assert len({official, part.folder, other.folder}) == 3
    assert part.folder.parent.name.startswith("mini.filters-nps-9-")
    shutil.copytree(project / "data/mini", project / "data/maxi")
    [maxi] = make_plan(project, settings={"source": "maxi"})
    assert maxi.folder.parent.name.startswith("mini.source-maxi-")


WAVES = """
[[waves]]
name = "{name}"
since = 2026-09-01
until = 2026-10-31
"""


@pytest.mark.parametrize("name", ["2025/26", "..", "a#b", "a?b", "/etc/x", "con", "b" * 100])
def test_a_wave_of_any_name_has_a_folder_of_its_own(project: Path, name: str) -> None:
    codebook = project / "data/mini/codebook.toml"
    text = codebook.read_text("utf-8").replace("[source]", '[source]\nperiod = "wave"')
    codebook.write_text(text + WAVES.format(name=name), "utf-8")
    [job] = make_plan(project)
    assert job.period == name
    assert job.folder.parent == project / "reports/mini"
    assert re.fullmatch(r"[a-z0-9-]{10,60}", job.folder.name)


def test_a_page_that_is_gone_or_was_changed_makes_pages_stale(project: Path) -> None:
    folder = pretend_built(project)
    (folder / "it.html").write_text("pagE", "utf-8")
    assert why(project) == "a file is missing or is not the one published"
    (folder / "it.html").unlink()
    assert why(project) == "a file is missing or is not the one published"


def test_what_lies_beside_a_page_is_part_of_it(project: Path) -> None:
    folder = pretend_built(project)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"] = {"it.xlsx": manifest["pages"]["it"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert why(project) == "a file is missing or is not the one published"
    (folder / "it.xlsx").write_text("page", "utf-8")
    assert why(project) == ""
    (folder / "it.xlsx").write_text("pagE", "utf-8")
    assert why(project) == "a file is missing or is not the one published"
    manifest["files"] = 3
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert why(project) == "never built"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"pages": 3}'])
def test_a_manifest_that_cannot_be_read_counts_as_never_built(project: Path, text: str) -> None:
    (pretend_built(project) / "manifest.json").write_text(text, "utf-8")
    assert why(project) == "never built"


def test_the_fingerprint_is_the_same_in_another_folder(project: Path, written: Path) -> None:
    one, other = make_plan(project), make_plan(written)
    assert one[0].provenance == other[0].provenance


def test_files_of_one_name_in_two_folders_are_both_watched(project: Path) -> None:
    data = project / "data/mini"
    (data / "2026").mkdir()
    shutil.copy(data / "responses.csv", data / "2026/responses.csv")
    codebook = data / "codebook.toml"
    text = codebook.read_text("utf-8").replace('"responses.csv"', '"**/responses.csv"')
    codebook.write_text(text, "utf-8")
    [job] = make_plan(project)
    assert sorted(job.provenance["data"]) == ["2026/responses.csv", "responses.csv"]


@pytest.mark.parametrize("name", ["", " ", " a", "a ", "a\\nb", "a\\u0000b", "b" * 101])
def test_a_wave_without_a_name_that_can_be_printed_is_refused(project: Path, name: str) -> None:
    codebook = project / "data/mini/codebook.toml"
    text = codebook.read_text("utf-8").replace("[source]", '[source]\nperiod = "wave"')
    codebook.write_text(text + WAVES.format(name=name), "utf-8")
    with pytest.raises(CxError, match="name"):
        make_plan(project)
