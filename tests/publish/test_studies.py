"""A notebook that reads no source is a study: planned, built, listed and checked like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import v4
from small_project import show, write_project

import cxreport as cx
from cxreport.errors import CxError
from cxreport.publish.build import build
from cxreport.publish.plan import make_plan
from cxreport.publish.provenance import provenance_rows
from cxreport.show.words import Words

if TYPE_CHECKING:
    from pathlib import Path

LINE = """
[[report]]
name = "intervals"
notebook = "notebooks/intervals.ipynb"
group = "mini"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with a report and a study, in one group."""
    write_project(tmp_path)
    write_study(tmp_path, "step: float = 0.1  # of the grid")
    with (tmp_path / "reports.toml").open("a", encoding="utf-8") as file:
        file.write(LINE)
    return tmp_path


def write_study(root: Path, parameters: str) -> None:
    header = show(cx.show.study("coverage").payload())
    cells = [
        v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters"),
        v4.new_code_cell(header, id="header"),
    ]
    nbformat.write(v4.new_notebook(cells=cells), root / "notebooks/intervals.ipynb")


def test_a_study_has_a_folder_of_its_own_and_no_data(project: Path) -> None:
    [job] = make_plan(project, names=["intervals"])
    assert (job.name, job.period) == ("intervals study", "study")
    assert job.folder == project / "reports/intervals/study"
    assert job.parameters == {"step": 0.1}
    assert (job.provenance["codebook_sha256"], job.provenance["data"]) == (None, {})


def test_the_foot_of_a_study_names_no_codebook(project: Path) -> None:
    report, study = make_plan(project)
    words = Words("en")
    names = [name for name, _ in provenance_rows(study.provenance, words)]
    assert names == ["Version of the code", "Notebook", "Parameters", "Libraries"]
    more = [name for name, _ in provenance_rows(report.provenance, words)]
    assert set(more) - set(names) == {"Codebook (SHA-256)", "Data: responses.csv (SHA-256)"}


def test_a_period_asked_of_a_group_is_not_asked_of_its_studies(project: Path) -> None:
    settings = {"period": "2026-09"}
    assert [j.name for j in make_plan(project, groups=["mini"], settings=settings)] == [
        "mini 2026-09"
    ]
    with pytest.raises(CxError, match="period: no such parameter"):
        make_plan(project, names=["intervals"], settings=settings)


def test_a_study_has_no_periods_and_no_source(project: Path) -> None:
    table = project / "reports.toml"
    good = table.read_text("utf-8")
    for more, problem in [
        ('periods = ["2026-09"]\n', "a study has no periods"),
        ('parameters = { source = "mini" }\n', "source: no such parameter"),
    ]:
        table.write_text(good + more, "utf-8")
        with pytest.raises(CxError, match=problem):
            make_plan(project, names=["intervals"])


@pytest.mark.parametrize(
    ("declared", "absent"), [('source: str = "mini"', "period"), ('period: str = ""', "source")]
)
def test_half_a_report_is_no_study(project: Path, declared: str, absent: str) -> None:
    write_study(project, declared)
    with pytest.raises(CxError, match="has this parameter") as caught:
        make_plan(project)
    assert caught.value.parts["expected"] == absent


UNDATED = """
[source]
title = { en = "Mini site", it = "Mini sito" }
terms = { en = "invented", it = "inventati" }

[tables.sessions]
files = "sessions.csv"
[tables.sessions.columns]
bought = { role = "number" }
"""


def test_a_source_without_dates_has_no_period(project: Path) -> None:
    folder = project / "data/site"
    folder.mkdir()
    (folder / "codebook.toml").write_text(UNDATED, "utf-8")
    (folder / "sessions.csv").write_text("bought\n1\n0\n", "utf-8")
    write_study(project, 'source: str = "site"')
    [job] = make_plan(project, names=["intervals"])
    assert (job.name, job.period) == ("intervals undated", "undated")
    assert job.folder == project / "reports/intervals/undated"
    assert list(job.provenance["data"]) == ["sessions.csv"]
    assert [j.name for j in make_plan(project, settings={"period": "2026-09"})] == ["mini 2026-09"]
    with (project / "reports.toml").open("a", encoding="utf-8") as file:
        file.write('periods = ["2026-09"]\n')
    with pytest.raises(CxError, match="a source without dates has no periods"):
        make_plan(project, names=["intervals"])


def test_a_study_is_published_listed_and_up_to_date(project: Path) -> None:
    jobs = make_plan(project, names=["intervals"])
    assert [job.stale for job in jobs] == ["never built"]
    assert build(jobs, project, project / "reports") == []
    folder = project / "reports/intervals/study"
    assert {path.name for path in folder.iterdir()} >= {"en.html", "it.html", "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["period"] == {"name": "study", "kind": "study"}
    page = (folder / "en.html").read_text("utf-8")
    title = "How sure is an NPS? Three intervals compared – Study – Exact calculation, without data"
    assert f"<title>{title}</title>" in page
    index = (project / "reports/index.it.html").read_text("utf-8")
    assert 'href="intervals/study/it.html"' in index
    assert "<td>Studio</td>" in index
    assert [job.stale for job in make_plan(project, names=["intervals"])] == [""]
