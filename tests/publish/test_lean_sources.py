"""Every report runs on every source that could be thinner: what is missing is said, not a crash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from here import NOTEBOOKS, run_here

from cxreport.errors import CxError
from cxreport.publish.export import export_page
from cxreport.publish.params import read_parameters

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

HEAD = """
[source]
title = { en = "Lean", it = "Magra" }
terms = { en = "invented", it = "inventati" }
observed_until = 2026-10-31
"""
COLUMNS = {
    "response_id": 'role = "id"',
    "answered_at": 'role = "date"',
    "nps": 'role = "nps"\nlabel = { en = "recommend", it = "consiglia" }',
    "rating": 'role = "csat"\nscale = [1, 5]\nlabel = { en = "visit", it = "visita" }',
    "easy": 'role = "ces"\nscale = [1, 7]\nlabel = { en = "return", it = "reso" }',
    "till": 'role = "touchpoint"\nscale = [1, 5]\nlabel = { en = "till", it = "cassa" }',
    "parking": 'role = "touchpoint"\nscale = [1, 5]\nlabel = { en = "parking", it = "sosta" }',
    "shop": 'role = "segment"',
    "channel": 'role = "channel"',
    "customer_id": 'role = "customer"',
    "stage": 'role = "stage"\nstages = { a = "purchase", b = "retention" }',
}
SURVEYS = {
    "nps": ["nps"],
    "satisfaction and effort": ["rating", "easy", "shop"],
    "touchpoints alone": ["till", "parking"],
    "stages": ["nps", "till", "stage", "channel"],
    "customers": ["nps", "customer_id"],
}
CELLS = {"shop": "ab", "channel": "ab", "stage": "ab"}
TABLES = {
    "orders": {
        "order_id": 'role = "id"',
        "customer_id": 'role = "customer"',
        "ordered_at": 'role = "date"',
        "net_amount": 'role = "number"',
    },
    "events": {
        "event_id": 'role = "id"',
        "occurred_at": 'role = "date"',
        "event_name": 'role = "segment"',
    },
    "tickets": {
        "ticket_id": 'role = "id"',
        "created_at": 'role = "date"',
        "status": 'role = "segment"',
    },
}
OF_COMPANIES = {
    notebook.name
    for notebook in NOTEBOOKS.glob("*.ipynb")
    if "open_company" in notebook.read_text("utf-8")
}
OF_SURVEYS = {
    notebook.name
    for notebook in NOTEBOOKS.glob("*.ipynb")
    if "open_survey" in notebook.read_text("utf-8")
}
OF_A_CHANNEL = "14_shop_page.ipynb"
"""Is about one channel."""


def write_table(folder: Path, name: str, columns: dict[str, str], rows: list[list[object]]) -> str:
    """Write a table; return its part of the codebook."""
    lines = [",".join(columns), *[",".join(map(str, row)) for row in rows]]
    (folder / f"{name}.csv").write_text("\n".join(lines), "utf-8")
    described = [f"[tables.{name}.columns.{c}]\n{text}" for c, text in columns.items()]
    return "\n".join([f'[tables.{name}]\nfiles = "{name}.csv"', *described])


def months() -> list[str]:
    """Return five months up to October 2026."""
    return [f"2026-{month:02}" for month in range(6, 11)]


def write_survey(folder: Path, questions: list[str]) -> Path:
    columns = {name: COLUMNS[name] for name in ["response_id", "answered_at", *questions]}
    rows = []
    for month in months():
        for n in range(30):
            cells = {"nps": n * 7 % 11, "customer_id": f"c{n % 20}", "easy": 1 + n * 5 % 7}
            cells |= {name: letters[n % 2] for name, letters in CELLS.items()}
            chosen = [cells.get(name, 1 + n * 3 % 5) for name in questions]
            rows.append([f"{month}-{n}", f"{month}-{1 + n % 28:02}", *chosen])
    (folder / "codebook.toml").write_text(HEAD + write_table(folder, "responses", columns, rows))
    return folder / "codebook.toml"


def write_company(folder: Path, name: str) -> Path:
    third = {"orders": lambda n: 10 + n, "events": lambda _: "visit", "tickets": lambda _: "open"}
    rows = [
        [f"{month}-{n}", *([f"c{n % 20}"] if name == "orders" else []),
         f"{month}-{1 + n % 28:02}", third[name](n)]
        for month in months() for n in range(30)
    ]  # fmt: skip
    (folder / "codebook.toml").write_text(HEAD + write_table(folder, name, TABLES[name], rows))
    return folder / "codebook.toml"


def run_on(notebook: str, source: Path, **more: str) -> NotebookNode:
    declared = read_parameters(NOTEBOOKS / notebook)
    given = {"source": str(source)} if "source" in declared else {}
    return run_here(notebook, **given, **more)


def is_a_page(notebook: NotebookNode) -> bool:
    provenance = {
        "commit": "c0ffee" * 6, "clean": True, "notebook": "x.ipynb", "parameters": {},
        "codebook_sha256": "ab" * 32, "data": {}, "libraries": {},
    }  # fmt: skip
    return "</html>" in export_page(notebook, "it", provenance)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write every lean source once: all notebooks look at the same files."""
    surveys = {
        name: write_survey(tmp_path_factory.mktemp("survey"), questions)
        for name, questions in SURVEYS.items()
    }
    return surveys | {name: write_company(tmp_path_factory.mktemp(name), name) for name in TABLES}


@pytest.mark.parametrize("notebook", sorted(OF_SURVEYS))
@pytest.mark.parametrize("questions", SURVEYS)
def test_a_survey_of_few_questions_has_every_page(
    questions: str, notebook: str, sources: dict[str, Path]
) -> None:
    if notebook == OF_A_CHANNEL and "channel" not in SURVEYS[questions]:
        with pytest.raises(CxError, match="no such column"):
            run_on(notebook, sources[questions], value="a")
    elif notebook == OF_A_CHANNEL:
        assert is_a_page(run_on(notebook, sources[questions], value="a"))
    else:
        assert is_a_page(run_on(notebook, sources[questions]))


@pytest.mark.parametrize("notebook", sorted(OF_COMPANIES))
@pytest.mark.parametrize("table", [*TABLES, "customers"])
def test_one_table_is_enough_for_the_pages_of_a_company(
    table: str, notebook: str, sources: dict[str, Path]
) -> None:
    assert is_a_page(run_on(notebook, sources[table]))


@pytest.mark.parametrize("notebook", sorted(OF_SURVEYS))
def test_without_a_survey_the_message_says_so(notebook: str, sources: dict[str, Path]) -> None:
    with pytest.raises(CxError, match="no survey") as raised:
        run_on(notebook, sources["orders"])
    instead = {*re.findall(r"\w+\.ipynb", raised.value.parts["hint"])}
    assert len(instead) == 3
    assert instead <= OF_COMPANIES  # that orders alone are enough for, see above


def test_every_notebook_is_tried() -> None:
    of_nothing = {
        path.name for path in NOTEBOOKS.glob("*.ipynb") if "source" not in read_parameters(path)
    }
    of_sessions = {"13_session_conversion.ipynb"}  # tried on its own table elsewhere
    on_disk = {path.name for path in NOTEBOOKS.glob("*.ipynb")}
    assert OF_SURVEYS | OF_COMPANIES | of_nothing | of_sessions == on_disk
