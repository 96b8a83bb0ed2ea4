"""Every report runs on every source that could be thinner: what is missing is said, not a crash."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from here import NOTEBOOKS, run_here

from cxreport.errors import CxError
from cxreport.publish.export import export_page
from cxreport.publish.gate import check_page
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
        "session_id": 'role = "other"',
    },
    "tickets": {
        "ticket_id": 'role = "id"',
        "created_at": 'role = "date"',
        "status": 'role = "segment"',
        "solved_at": 'role = "time"',
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
MONTHLY = "01_monthly_report.ipynb"
OF_A_CHANNEL = "14_shop_page.ipynb"
"""Is about one channel."""


PROVENANCE = {
    "commit": "c0ffee" * 6, "clean": True, "notebook": "x.ipynb", "parameters": {},
    "codebook_sha256": "ab" * 32, "data": {}, "libraries": {},
}  # fmt: skip


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
    rows = [
        [f"{month}-{n}", *cells(name, place, month, n)]
        for place, month in enumerate(months())
        for n in range(30)
    ]
    (folder / "codebook.toml").write_text(HEAD + write_table(folder, name, TABLES[name], rows))
    return folder / "codebook.toml"


def cells(name: str, place: int, month: str, n: int) -> list[object]:
    """Return the cells of a row beside its id.

    Each month brings ten new customers, who come back in the next; requests that take as long as
    in any other month; and ten visits, of which five end in a purchase.
    """
    day = f"{month}-{1 + n % 28:02}"
    if name == "orders":
        return [f"c{10 * place + n % 20}", day, 10 + n]
    if name == "tickets":
        return [f"{day}T08:00", "solved", f"{day}T{10 + n % 5}:00"]
    step = ("visit", "product_view", "purchase" if n % 2 else "product_view")[n % 3]
    return [f"{month}-{1 + n // 3:02}", step, f"{month}-{n // 3}"]


def run_on(notebook: str, source: Path, **more: str) -> NotebookNode:
    declared = read_parameters(NOTEBOOKS / notebook)
    given = {"source": str(source)} if "source" in declared else {}
    return run_here(notebook, **given, **more)


def is_a_page(notebook: NotebookNode) -> bool:
    return "</html>" in export_page(notebook, "it", PROVENANCE)


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


@pytest.mark.parametrize(
    ("table", "heading", "card"),
    [
        ("orders", {"en": "October 2026: first results, nothing to compare with yet",
                    "it": "Ottobre 2026: primi risultati, ancora senza confronto"},
         {"en": ["Came back the month after", "100%", "10 customers"],
          "it": ["Tornati nel mese dopo", "100%", "10 clienti"]}),
        ("tickets", {"en": "October 2026: nothing changed by more than chance",
                     "it": "Ottobre 2026: nessun cambiamento oltre il caso"},
         {"en": ["Half solved within", "4.0 hours", "30 requests", "= steady"],
          "it": ["Metà risolte entro", "4,0 ore", "30 richieste", "= stabile"]}),
        ("events", {"en": "October 2026: first results, nothing to compare with yet",
                    "it": "Ottobre 2026: primi risultati, ancora senza confronto"},
         {"en": ["Visits with a purchase", "50%", "10 visits"],
          "it": ["Visite con un acquisto", "50%", "10 visite"]}),
    ],
)  # fmt: skip
def test_the_monthly_is_made_of_whatever_there_is(
    table: str, heading: dict[str, str], card: dict[str, list[str]], sources: dict[str, Path]
) -> None:
    notebook = run_on(MONTHLY, sources[table])
    no_survey = {"en": "The source has no survey.", "it": "La fonte non ha un'indagine."}
    for language in ("en", "it"):
        page = export_page(notebook, language, PROVENANCE)
        assert check_page(page) == []
        assert re.findall("<h1>(.*?)</h1>", page) == [heading[language]]
        front = page.partition("<h2 id=")[0]
        seen = re.sub(r"<details>.*?</details>|<svg.*?</svg>|<[^>]+>", " ", front, flags=re.DOTALL)
        assert all(text in seen for text in card[language])
        assert not re.search(r"\b(answers?|rispost[ae])\b", seen)  # nobody was asked
        listed = html.unescape(page)
        assert listed.count(no_survey[language]) >= 4
        assert 'class="note"' not in page  # what is missing stands in the list at the end


@pytest.mark.parametrize("notebook", sorted(OF_SURVEYS - {MONTHLY}))
def test_without_a_survey_the_message_says_so(notebook: str, sources: dict[str, Path]) -> None:
    with pytest.raises(CxError, match="no survey") as raised:
        run_on(notebook, sources["orders"])
    instead = {*re.findall(r"\w+\.ipynb", raised.value.parts["hint"])}
    assert len(instead) == 4
    assert instead <= {*OF_COMPANIES, MONTHLY}  # that orders alone are enough for, see above


def test_every_notebook_is_tried() -> None:
    of_nothing = {
        path.name for path in NOTEBOOKS.glob("*.ipynb") if "source" not in read_parameters(path)
    }
    of_sessions = {"13_session_conversion.ipynb"}  # tried on its own table elsewhere
    on_disk = {path.name for path in NOTEBOOKS.glob("*.ipynb")}
    assert OF_SURVEYS | OF_COMPANIES | of_nothing | of_sessions == on_disk
