"""Keys: ids that meet no partner, guests, shared sessions, and ids that only look different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import TITLE, accept, problems_of, write_source

from cxreport import CxError, open_source
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {
    "orders": "order_id id, ordered_at date, customer_id customer",
    "customers": "customer_id id",
    "events": "event_id id, occurred_at date, customer_id customer, anonymous_id other, "
    "session_id other",
}


def write_tables(folder: Path, *tables: str, ignoring: str = "", more: str = "") -> Path:
    text = f"[source]\n{TITLE}"
    for table in tables:
        text += f'\n[tables.{table}]\nfiles = "*.csv"\n[tables.{table}.columns]\n'
        for name, role in (pair.split() for pair in COLUMNS[table].split(", ")):
            extra = f", {ignoring}" if ignoring and name == "customer_id" else ""
            text += f'{name} = {{ role = "{role}"{extra} }}\n'
    path = folder / "codebook.toml"
    path.write_text(f"{text}\n{more}", encoding="utf-8")
    return path


def orders(customers: list[str]) -> dict[str, Any]:
    numbers = range(len(customers))
    ids = {"order_id": [f"o{n}x" for n in numbers], "ordered_at": "2026-01-05"}
    return {"orders": pd.DataFrame(ids | {"customer_id": customers})}


def people(*ids: str) -> dict[str, Any]:
    return {"customers": pd.DataFrame({"customer_id": ids})}


def test_ids_that_a_float_wrote_are_not_zero_customers(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "orders", "customers")
    given = orders(["10848.0", "10849.0", "10848.0"]) | people("10848", "10849", "10850")
    line = problems_of(path, given)["ids-written-differently", "customer_id"]
    assert (line["severity"], line["table"], line["n"]) == ("error", "orders", 2)
    assert line["example"] == "99999.9, in customers written otherwise"


@pytest.mark.parametrize("written", ["10848.0", "0010848", "10848"])
def test_the_codebook_says_what_does_not_tell_ids_apart(tmp_path: Path, written: str) -> None:
    ignoring = 'ignoring = ["case", "zeros", "decimals"]'
    path = write_tables(tmp_path, "orders", "customers", ignoring=ignoring)
    dataset = open_source(path, tables=orders([written]) | people("10848"))
    assert run(dataset.tables["orders"])["customer_id"].tolist() == ["10848"]
    assert dataset.links[["ids", "found"]].to_numpy().tolist() == [[1, 1]]


def test_ids_without_any_partner_are_a_question(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "orders", "customers")
    given = orders([f"crm{n}" for n in range(10)]) | people(*[f"shop{n}" for n in range(10)])
    line = problems_of(path, given)["ids-without-partner", "customer_id"]
    assert (line["severity"], line["n"]) == ("error", 10)
    some = given | people("crm0", "crm1")
    found = problems_of(path, some)
    assert ("ids-without-partner", "customer_id") not in found
    assert found["ids-mostly-without-partner", "customer_id"]["n"] == 8
    half = given | people(*[f"crm{n}" for n in range(5)])
    assert ("ids-mostly-without-partner", "customer_id") not in problems_of(path, half)
    links = open_source(path, tables=half).links
    assert links[["table", "column", "found_in", "ids", "found"]].to_numpy().tolist() == [
        ["orders", "customer_id", "customers", 10, 5]
    ]


def test_without_customers_the_customers_of_the_orders_count(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "orders", "events")
    ids = [f"u{n}" for n in range(12)]
    events = pd.DataFrame({"event_id": ids, "occurred_at": "2026-01-05", "customer_id": ids})
    given = orders([f"c{n}" for n in range(12)])
    found = problems_of(path, given | {"events": events.assign(anonymous_id=None, session_id=None)})
    assert found["ids-without-partner", "customer_id"]["table"] == "events"


@pytest.mark.parametrize("pair", [("AB1", "ab1"), ("007", "7"), ("7", "7.0")])
def test_ids_that_differ_in_form_only_are_a_question(tmp_path: Path, pair: tuple[str, str]) -> None:
    path = write_tables(tmp_path, "orders")
    line = problems_of(path, orders([*pair, "z9"]))["ids-alike", "customer_id"]
    assert (line["severity"], line["n"]) == ("error", 2)
    assert ("ids-alike", "customer_id") not in problems_of(path, orders(["0", "00x", "7", "70"]))


def test_a_guest_account_is_no_customer(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "orders")
    usual = [f"c{n // 2}" for n in range(400)]
    line = problems_of(path, orders([*usual, *["guest"] * 40]))["id-holds-many-rows", "customer_id"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 40, "aaaaa (40)")
    few = problems_of(path, orders([*usual, *["shop"] * 20]))
    assert ("id-holds-many-rows", "customer_id") not in few


@pytest.mark.parametrize("word", ["NULL", "none", "NaN", "NA", "-1", "Guest", "ospite"])
def test_a_word_for_no_customer_is_no_customer(tmp_path: Path, word: str) -> None:
    path = write_tables(tmp_path, "orders")
    usual = [f"c{n // 2}" for n in range(40)]
    line = problems_of(path, orders([*usual, word, word]))["id-names-nobody", "customer_id"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 2, word)
    assert ("id-names-nobody", "customer_id") not in problems_of(path, orders([*usual, "0", "0"]))


def test_big_customers_among_big_customers_are_no_guests(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "orders")
    given = orders([f"c{n % 12}" for n in range(600)])  # 8% each
    assert ("id-holds-many-rows", "customer_id") not in problems_of(path, given)


def test_an_order_id_declared_as_customer_is_a_question(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "orders")
    line = problems_of(path, orders([f"x{n}y" for n in range(100)]))
    assert line["customer-never-again", "customer_id"]["severity"] == "error"
    once = orders([*(f"x{n}y" for n in range(99)), "x0y"])
    assert ("customer-never-again", "customer_id") not in problems_of(path, once)
    more = accept("customer-never-again", "customer_id", 100)
    path = write_tables(tmp_path, "orders", more=more)
    open_source(path, tables=orders([f"x{n}y" for n in range(100)]))


def events(visitors: list[str | None], anonymous: list[str], sessions: list[str]) -> dict[str, Any]:
    ids = [f"e{n}x" for n in range(len(sessions))]
    return {
        "events": pd.DataFrame(
            {
                "event_id": ids,
                "occurred_at": "2026-01-05",
                "customer_id": visitors,
                "anonymous_id": anonymous,
                "session_id": sessions,
            }
        )
    }


def test_a_session_that_holds_two_visitors_is_a_question(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "events")
    found = problems_of(path, events(["a", "b", "a"], ["x", "x", "x"], ["1", "1", "2"]))
    line = found["sessions-shared", "session_id"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 1, "of 2 sessions")
    # who signs in on the way is one visitor
    one = problems_of(path, events([None, "a"], ["x", "x"], ["1", "1"]))
    assert not [name for name, _ in one if name.startswith("session")]


def test_one_shared_session_among_very_many_is_a_note(tmp_path: Path) -> None:
    path = write_tables(tmp_path, "events")
    visitors = ["a", "b", *(f"v{n // 2}w" for n in range(200))]
    sessions = ["s", "s", *(f"t{n // 2}u" for n in range(200))]
    found = problems_of(path, events(visitors, visitors, sessions))
    assert found["session-shared", "session_id"]["severity"] == "note"


PANEL = """
[source]
title = {{ en = "Panel", it = "Panel" }}
terms = {{ en = "invented", it = "inventati" }}
period = "wave"

[[waves]]
name = "spring"
since = 2026-03-01
until = 2026-04-30
files = "spring_*"

[[waves]]
name = "autumn"
since = 2026-09-01
until = 2026-10-31
files = "autumn_*"

[tables.responses]
files = "*_answers.csv"
[tables.responses.columns]
response_id = {{ role = "id", column = "who" }}
answered_at = {{ role = "date" }}
score = {{ role = "nps" }}
{more}
[tables.verbatims]
files = "*_texts.csv"
[tables.verbatims.columns]
text_id = {{ role = "id" }}
response_id = {{ role = "other" }}
text = {{ role = "comment" }}
"""


def write_panel(folder: Path, ids: dict[str, list[str]], texts: dict[str, list[str]]) -> Path:
    """Write two waves: 22 answers of each, and the ids that comments of each name."""
    for wave, month in (("spring", "03"), ("autumn", "09")):
        rows = [f"{who},2026-{month}-{n % 28 + 1:02d},{n % 11}" for n, who in enumerate(ids[wave])]
        answers = "\n".join(["who,answered_at,score", *rows, ""])
        (folder / f"{wave}_answers.csv").write_text(answers, "utf-8")
        rows = [f"{wave}{n},{who},Tutto bene" for n, who in enumerate(texts[wave])]
        written = "\n".join(["text_id,response_id,text", *rows, ""])
        (folder / f"{wave}_texts.csv").write_text(written, "utf-8")
    path = folder / "codebook.toml"
    path.write_text(PANEL.format(more=""), "utf-8")
    return path


def people_of(first: int) -> list[str]:
    return [f"P-{number:05d}" for number in range(first, first + 22)]


def test_a_respondent_who_comes_back_in_other_waves_is_a_question(tmp_path: Path) -> None:
    """22 ids a wave, 12 of them in both."""
    ids = {"spring": people_of(100), "autumn": people_of(110)}
    path = write_panel(tmp_path, ids, ids)
    line = problems_of(path)["ids-in-several-waves", "response_id"]
    assert (line["severity"], line["n"], line["example"]) == ("error", 12, "of 32 ids")
    who = 'customer_id = { role = "customer", column = "who" }\n'
    path.write_text(PANEL.format(more=who), "utf-8")
    opened = open_source(path)
    assert "ids-in-several-waves" not in set(opened.problems["problem"])
    rows = run(opened.tables["responses"])
    assert len(rows) == 44
    assert rows["customer_id"].nunique() == 32


def test_waves_that_count_their_answers_from_one_say_nothing_of_people(tmp_path: Path) -> None:
    ids = {wave: [str(n) for n in range(1, 23)] for wave in ("spring", "autumn")}
    assert ("ids-in-several-waves", "response_id") not in problems_of(
        write_panel(tmp_path, ids, ids)
    )


def test_one_column_is_id_and_customer_only_where_waves_tell_its_rows_apart(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="two roles"):
        problems_of(write_source(
            tmp_path, "id,day,score", "a,2026-10-01,9",
            columns={"customer_id": 'role = "customer", column = "id"'},
        ))  # fmt: skip


def test_comments_meet_the_answers_of_their_own_wave(tmp_path: Path) -> None:
    """Each wave counts from one: comment 3 of autumn is about answer 3 of autumn."""
    ids = {wave: [str(n) for n in range(1, 23)] for wave in ("spring", "autumn")}
    opened = open_source(write_panel(tmp_path, ids, ids))
    links = opened.links[["column", "ids", "found", "wave"]].to_numpy().tolist()
    assert sorted(links) == [["response_id", 22, 22, "autumn"], ["response_id", 22, 22, "spring"]]
    comments = run(opened.tables["verbatims"])
    assert set(comments["response_id"]) == set(run(opened.tables["responses"])["response_id"])


def test_ids_that_meet_no_partner_in_one_wave_are_a_question(tmp_path: Path) -> None:
    ids = {wave: [str(n) for n in range(1, 23)] for wave in ("spring", "autumn")}
    texts = ids | {"autumn": [f"x{number}" for number in range(22)]}
    opened = open_source(write_panel(tmp_path, ids, texts), strict=False)
    found = opened.problems.set_index("problem").loc["ids-without-partner"]
    assert (found["column"], found["n"], found["wave"]) == ("response_id", 22, "autumn")
