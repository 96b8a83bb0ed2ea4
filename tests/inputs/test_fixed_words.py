"""Words of fixed meaning: compared without capitals, mapped by the codebook, else asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sources import TITLE, column_of, problems_of

from cxreport import open_source
from cxreport.errors import CxError
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {
    "orders": 'order_id = { role = "id" }\nordered_at = { role = "date" }\n'
    'customer_id = { role = "customer" }\nnet_amount = { role = "number" }\n',
    "tickets": 'ticket_id = { role = "id" }\ncreated_at = { role = "date" }\n',
    "costs": 'customer_id = { role = "customer" }\nmonth = { role = "date" }\n'
    'amount = { role = "number" }\n',
    "events": 'event_id = { role = "id" }\noccurred_at = { role = "date" }\n',
}


def write_table(folder: Path, table: str, more: str, accepted: str = "") -> Path:
    path = folder / "codebook.toml"
    path.write_text(
        f'[source]\n{TITLE}\n[tables.{table}]\nfiles = "*.csv"\n'
        f"[tables.{table}.columns]\n{COLUMNS[table]}{more}\n{accepted}",
        encoding="utf-8",
    )
    return path


def orders(*statuses: str | None) -> dict[str, pd.DataFrame]:
    numbers = range(len(statuses))
    days = [f"2026-01-{day + 1:02d}" for day in numbers]
    return {
        "orders": pd.DataFrame(
            {
                "order_id": [f"o{n}" for n in numbers],
                "ordered_at": days,
                "customer_id": [f"c{n}" for n in numbers],
                "net_amount": 10.0,
                "status": statuses,
            }
        )
    }


STATUS = 'status = { role = "segment" }'


def test_capitals_and_blanks_make_no_other_word(tmp_path: Path) -> None:
    path = write_table(tmp_path, "orders", STATUS)
    given = orders("Cancelled", "CANCELLED ", " completed", "Shipped", None, "")
    dataset = open_source(path, tables=given)
    assert dataset.problems.empty
    rows = run(dataset.tables["orders"].order_by("order_id"))
    said = ["cancelled", "cancelled", "completed", "shipped", None, None]
    assert column_of(rows, "status") == said


def test_other_words_stop_the_report_by_name_and_count(tmp_path: Path) -> None:
    path = write_table(tmp_path, "orders", STATUS)
    given = orders("completed", "voided", "Refunded", "voided", "Cancelled")
    line = problems_of(path, given)["word-unknown", "status"]
    assert (line["severity"], line["n"]) == ("error", 3)
    assert line["example"] == "voided (2), Refunded (1)"
    with pytest.raises(CxError, match=r"orders\.status"):
        open_source(path, tables=given)


def test_the_codebook_says_what_a_word_stands_for(tmp_path: Path) -> None:
    recode = (
        'status = { role = "segment", recode = { "voided" = "cancelled", "paid" = "completed" } }'
    )
    path = write_table(tmp_path, "orders", recode)
    dataset = open_source(path, tables=orders("Voided", "voided", "PAID", "returned"))
    rows = run(dataset.tables["orders"].order_by("order_id"))
    assert rows["status"].tolist() == ["cancelled", "cancelled", "completed", "returned"]


def test_a_word_that_is_mapped_to_an_unknown_word_is_still_asked_about(tmp_path: Path) -> None:
    path = write_table(
        tmp_path, "orders", 'status = { role = "other", recode = { "voided" = "annulled" } }'
    )
    line = problems_of(path, orders("voided", "completed"))["word-unknown", "status"]
    assert line["example"] == "annulled (1)"


def test_an_accepted_word_is_a_note(tmp_path: Path) -> None:
    accepted = (
        '[[accept]]\nproblem = "word-unknown"\ncolumn = "status"\nat_most = 2\n'
        'reason = { en = "paid, not sent", it = "pagati, non spediti" }\n'
    )
    path = write_table(tmp_path, "orders", STATUS, accepted)
    given = orders("on hold", "on hold", "completed")
    assert problems_of(path, given)["word-unknown", "status"]["severity"] == "note"


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [("tickets", "status", "resolved"), ("costs", "kind", "marketing")],
)
def test_every_table_of_fixed_words_is_checked(
    tmp_path: Path, table: str, column: str, word: str
) -> None:
    path = write_table(tmp_path, table, f'{column} = {{ role = "segment" }}')
    if table == "costs":  # they are no source alone
        text = path.read_text(encoding="utf-8")
        path.write_text(
            f'{text}\n[tables.orders]\nfiles = "*.csv"\n'
            f"[tables.orders.columns]\n{COLUMNS['orders']}",
            encoding="utf-8",
        )
    known = "Solved" if table == "tickets" else "Serve"
    frame = pd.DataFrame(
        {
            "ticket_id": ["t1", "t2"], "created_at": ["2026-01-01"] * 2, "amount": 1.0,
            "month": ["2026-01-01"] * 2, "customer_id": ["c1", "c2"], column: [known, word],
        }
    )  # fmt: skip
    names = [name for name in frame if f"{name} =" in COLUMNS[table] or name == column]
    given = {table: frame[names], **(orders("completed") if table == "costs" else {})}
    line = problems_of(path, given)["word-unknown", column]
    assert line["example"] == f"{word} (1)"


def test_a_flag_is_zero_or_one(tmp_path: Path) -> None:
    """Otherwise a column of codes such as 200 and 500 would count as errors."""
    path = write_table(tmp_path, "events", 'is_error = { role = "number" }')
    frame = pd.DataFrame(
        {"event_id": list("abc"), "occurred_at": "2026-01-01", "is_error": [0, 1, 500]}
    )
    assert problems_of(path, {"events": frame})["word-unknown", "is_error"]["example"] == "500 (1)"


def test_a_column_of_names_declared_by_mistake_is_masked(tmp_path: Path) -> None:
    path = write_table(tmp_path, "orders", STATUS)
    line = problems_of(path, orders(*[f"Maria Rossi {n}" for n in range(25)]))
    example = line["word-unknown", "status"]["example"]
    assert "Maria" not in example
    assert example.startswith("Aaaaa Aaaaa 9 (1)")


@pytest.mark.parametrize(
    ("column", "role"), [("net_amount", "number"), ("promised_at", "time"), ("ordered_at", "time")]
)
def test_a_column_that_reports_calculate_with_needs_its_role(
    tmp_path: Path, column: str, role: str
) -> None:
    """A build would stop at it with text in its hands: the codebook says so first, by its name."""
    path = tmp_path / "codebook.toml"
    path.write_text(
        f'[source]\n{TITLE}\n[tables.orders]\nfiles = "*.csv"\n'
        f'[tables.orders.columns]\norder_id = {{ role = "id" }}\n{column} = {{ role = "other" }}\n',
        encoding="utf-8",
    )
    with pytest.raises(CxError, match=f'orders.{column} is read as a {role}: role = "{role}"'):
        open_source(path)
