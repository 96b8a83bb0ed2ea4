"""One line of the table makes a page for each shop: which, under which names, and what fails."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from small_project import CODEBOOK, PARAMETERS, write_notebook

from cxreport.cli import main
from cxreport.errors import CxError
from cxreport.publish import plan as planning
from cxreport.publish.archive import publish_archive
from cxreport.publish.build import build
from cxreport.publish.elements import read_page
from cxreport.publish.gate import check_page
from cxreport.publish.names import page_name
from cxreport.publish.notes import put_row
from cxreport.publish.places import row_mark
from cxreport.publish.plan import make_plan
from cxreport.publish.publish import publish, staging

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.publish.each import Row
    from cxreport.publish.plan import Job

LINE = """[[report]]
name = "shops"
notebook = "notebooks/mini.ipynb"
group = "mini"
each = "{each}"
parameters = {{ source = "mini"{more} }}
"""
SHOP = """
[tables.responses.columns.shop]
role = "segment"
label = { en = "shop", it = "negozio" }

[tables.responses.columns.age]
role = "number"
"""
OWN = """
column: str = ""  # of the answers
value: str = ""  # whose page"""
SIZES = {"Roma": 40, "Pisa": 14, "Bari": 6, "Lodi": 25}
SCORES = (10, 9, 0, 8, 3, 10, 7, 5)
HOSTILE = [
    "../../etc", "<script>alert(1)</script>", "x" * 200, "Milano", "milano", "MILANO", "CON", "nul",
    "😀", "a/b", "a\\b", page_name("", "Milano")[1:], "Città ß", "..", "%2e%2e", "-", "#top?x=1",
]  # fmt: skip


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(shutil.copytree(written, tmp_path / "p"))
    monkeypatch.chdir(root)
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    write_notebook(root)
    notebook = root / "notebooks/mini.ipynb"
    cells = json.loads(notebook.read_text("utf-8"))
    cells["cells"][0]["source"] = PARAMETERS + OWN
    cells["cells"][1]["source"] = re.sub(
        r"\Z", "\nif value == 'Pisa': raise ValueError('no such till')",
        "".join(cells["cells"][1]["source"]), count=1,
    )  # fmt: skip
    notebook.write_text(json.dumps(cells), "utf-8")
    (root / "data/mini/codebook.toml").write_text(CODEBOOK + SHOP, "utf-8")
    answers(root, SIZES)
    table(root)
    return root


def answers(root: Path, sizes: Mapping[str, int]) -> None:
    """Write so many answers of each shop in October, and some that name none."""
    rows = ["response_id,answered_at,nps,shop,age"]
    for shop, size in {**sizes, "": 30}.items():
        quoted = '"' + shop.replace('"', '""') + '"' if shop else ""
        rows += [f"{len(rows)}-{n},2026-10-01,{SCORES[n % 8]},{quoted},40" for n in range(size)]
    (root / "data/mini/responses.csv").write_text("\n".join(rows) + "\n", "utf-8")


def table(root: Path, each: str = "shop", more: str = "") -> None:
    (root / "reports.toml").write_text(LINE.format(each=each, more=more), "utf-8")


def planned(root: Path, *names: str) -> tuple[list[Job], Row]:
    rows: list[Row] = []
    jobs = make_plan(root, names=names, rows=rows)
    [row] = rows
    return jobs, row


def test_a_report_becomes_a_page_for_each_shop_with_enough_answers(project: Path) -> None:
    jobs, row = planned(project)
    assert [job.parameters["value"] for job in jobs] == ["Lodi", "Roma"]
    assert {job.parameters["column"] for job in jobs} == {"shop"}
    assert [job.folder.parent.name for job in jobs] == [
        page_name("shops", "Lodi"), page_name("shops", "Roma"),
    ]  # fmt: skip
    assert jobs[0].name == f"{page_name('shops', 'Lodi')} 2026-10"
    # 85 less 40 and 25 and 14 would be the 6 of Bari, so Pisa has no page either
    assert [group.value for group in row.few] == ["Bari", "Pisa"]
    assert row.line() == "shops 2026-10: no page for 2 of 4, too few answers: Bari, Pisa"
    assert jobs == planned(project)[0]


def test_one_page_can_be_asked_for_by_the_name_of_the_shop(project: Path) -> None:
    for name in ("Roma", "roma", page_name("", "Roma")[1:]):
        [job] = planned(project, f"shops@{name}")[0]
        assert job.parameters["value"] == "Roma"
    jobs, row = planned(project, "shops@Bari")
    assert jobs == []
    assert row.line() == "shops 2026-10: no page for 1 of 4, too few answers: Bari"
    with pytest.raises(CxError, match="no such group") as error:
        planned(project, "shops@Rome")
    assert error.value.parts["hint"] == "did you mean Roma?"
    assert len(planned(project, "shops", "shops@Roma")[0]) == 2


def test_hostile_names_make_safe_names_each_its_own(project: Path) -> None:
    answers(project, dict.fromkeys(HOSTILE, 12))
    jobs, row = planned(project)
    assert {job.parameters["value"] for job in jobs} == {*HOSTILE}
    names = [job.folder.relative_to(project / "reports") for job in jobs]
    assert all(len(name.parts) == 2 for name in names)
    assert all(re.fullmatch(r"shops@[a-z0-9._-]{1,60}", name.parts[0]) for name in names)
    assert not any(name.parts[0].endswith(".") for name in names)
    assert len({name.parts[0].casefold() for name in names}) == len(HOSTILE)
    values = [group.value for group in row.groups]
    assert all(first < second for first, second in pairwise(values))


@pytest.mark.parametrize(
    ("each", "what", "expected"),
    [
        ("shp", "no such column", "a column of role channel or segment: shop"),
        ("age", "a column of role number has no groups", "shop"),
        ("nps", "a column of role nps has no groups", "shop"),
    ],
)
def test_a_column_that_has_no_groups_is_an_error(
    project: Path, each: str, what: str, expected: str
) -> None:
    table(project, each)
    with pytest.raises(CxError, match=what) as error:
        make_plan(project)
    assert expected in str(error.value.parts["expected"])


def test_what_each_sets_is_set_nowhere_else(project: Path) -> None:
    table(project, more=', value = "Roma"')
    with pytest.raises(CxError, match="each sets these parameters itself"):
        make_plan(project)
    table(project)
    with pytest.raises(CxError, match="each sets these parameters itself"):
        make_plan(project, settings={"column": "shop"})
    notebook = project / "notebooks/mini.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("column: str", "part: str"), "utf-8")
    with pytest.raises(CxError, match="needs these parameters") as error:
        make_plan(project)
    assert error.value.parts["got"] == "no column in notebooks/mini.ipynb"


def test_many_shops_are_counted_and_hashed_once(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(project, {f"shop {number:03d}": 10 for number in range(300)})
    calls: list[str] = []
    whole = planning.gather_sources
    monkeypatch.setattr(
        planning, "gather_sources", lambda *given: calls.append("gathered") or whole(*given)
    )
    jobs, _ = planned(project)
    assert len(jobs) == 300
    assert calls == ["gathered"]
    assert len({job.provenance["fingerprint"] for job in jobs}) == 300


def test_a_shop_that_fails_stops_no_other(project: Path) -> None:
    answers(project, SIZES | {"Pisa": 30, "Asti": 12})
    result = CliRunner().invoke(main, ["build", "--jobs", "1", "--group", "mini"])
    assert result.exit_code == 1
    assert f"{page_name('shops', 'Pisa')} 2026-10" in result.output
    assert "no such till" in result.output
    assert "no page for 2 of 5, too few answers: Asti, Bari" in result.output
    made = {path.parent.parent.name for path in (project / "reports").glob("shops@*/*/en.html")}
    assert made == {page_name("shops", "Lodi"), page_name("shops", "Roma")}
    manifest = json.loads(
        (project / f"reports/{page_name('shops', 'Roma')}/2026-10/manifest.json").read_text("utf-8")
    )
    assert manifest["row"] == {"report": "shops", "labels": {"en": "shop", "it": "negozio"}}
    assert manifest["parameters"]["value"] == "Roma"
    listed = CliRunner().invoke(main, ["list"]).output
    assert re.search(r"shops@roma-\w{8} 2026-10 +up to date", listed)
    assert re.search(r"shops@pisa-\w{8} 2026-10 +never built", listed)
    assert re.search(r"shops@bari-\w{8} 2026-10 +no page: too few answers", listed)
    index = read_page((project / "reports/index.html").read_text("utf-8"))
    assert "2 have no page" in index.words()
    assert "Asti, Bari" in index.words()


def put(root: Path, page: str, row: Mapping[str, object] | None, title: str) -> None:
    manifest = {
        "report": page, "title": {"en": title, "it": title}, "row": row, "first": "2026-10-01",
        "source": {"en": "Shops", "it": "Negozi"}, "period": {"name": "2026-10", "kind": "month"},
    }  # fmt: skip
    with staging(root / "reports") as staged:
        pages = {"en": "page", "it": "pagina"}
        publish(staged, root / "reports" / page / "2026-10", pages, manifest)


def index_of(root: Path, *rows: Row) -> str:
    with staging(root / "reports") as staged:
        for row in rows:
            put_row(root / "reports", staged, row)
        page = publish_archive(root / "reports", staged).read_text("utf-8")
    assert check_page(page) == []
    return page


def test_the_index_keeps_the_pages_of_a_row_under_one_heading(project: Path) -> None:
    row = {"report": "shops", "labels": {"en": "shop", "it": "negozio"}}
    put(project, "monthly", None, "Month")
    for number in range(40):
        put(project, page_name("shops", f"{number}"), row, f"Shop: <b>{number:02d}</b>")
    html = index_of(project)
    page = read_page(html)
    assert [" ".join(h.words().split()) for h in page.every("h2")] == ["Pages by shop shops"]
    first, second = page.every("tbody")
    assert len(list(first.every("tr"))) == 1
    assert len(list(second.every("tr"))) == 40
    assert "<b>" not in html
    assert html.index("<details>") < html.index("Shop: ")
    assert "40 pages" in page.words()


def test_a_shop_that_becomes_small_loses_the_page_it_had(project: Path) -> None:
    _, row = planned(project)
    put(project, page_name("shops", "Bari"), {"report": row.report, "labels": row.labels}, "Bari")
    put(project, page_name("shops", "Roma"), {"report": row.report, "labels": row.labels}, "Roma")
    page = read_page(index_of(project, row))
    assert not (project / "reports" / page_name("shops", "Bari") / "2026-10").exists()
    assert (project / "reports" / page_name("shops", "Roma") / "2026-10/en.html").exists()
    assert "2 have no page" in page.words()
    mark = row_mark(project / "reports", row.report, row.period)
    assert json.loads(mark.read_text("utf-8"))["few"] == [
        {"en": "Bari", "it": "Bari"}, {"en": "Pisa", "it": "Pisa"},
    ]  # fmt: skip
    answers(project, SIZES | {"Bari": 20})
    assert "no page" not in read_page(index_of(project, planned(project)[1])).words()


def test_pages_of_other_parameters_lie_elsewhere_and_take_nothing_away(project: Path) -> None:
    rows: list[Row] = []
    jobs: Sequence[Job] = make_plan(project, settings={"filters": '{ shop = ["a"] }'}, rows=rows)
    assert all("." in job.folder.parent.name for job in jobs)
    put(project, page_name("shops", "Bari"), None, "Bari")
    assert build([], project, project / "reports", rows=rows) == []
    assert (project / "reports" / page_name("shops", "Bari") / "2026-10/en.html").exists()
