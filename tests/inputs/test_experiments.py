"""An experiment of a source: who counts at the end of a period, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sources import write_source

from cxreport.errors import CxError
from cxreport.inputs.experiments import open_experiment
from cxreport.inputs.source import run
from cxreport.inputs.survey import open_survey

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.experiments import Experiment

ANSWERS = ["id,day,score,region,web", "a,2026-01-01,10,north,1", "b,2026-03-31,9,south,1"]
# March ends with day 31: who was assigned on the 1st has had 30 days, who came on the 2nd has not.
ASSIGNED = [
    "experiment,customer_id,arm,assigned_at,outcome",
    "call,C1,control,2026-02-10 09:00,0",
    "call,C2,call,2026-03-01 23:59,1",
    "call,C3,call,2026-03-02 00:00,1",
    "call,C4,control,,1",
    "other,C1,control,2026-02-10 09:00,1",
]
CUSTOMERS = ["customer_id,region", "C1,north", "C2,south", "C3,south"]
TABLES = """
[tables.experiments]
files = "experiments.csv"
[tables.experiments.columns]
experiment = { role = "segment" }
customer_id = { role = "customer" }
arm = { role = "segment" }
assigned_at = { role = "date" }
outcome = { role = "number" }
[tables.customers]
files = "customers.csv"
[tables.customers.columns]
customer_id = { role = "id" }
region = { role = "segment" }
"""


def experiment(
    folder: Path,
    *,
    assigned: list[str] = ASSIGNED,
    tables: str = TABLES,
    name: str = "call",
    subgroups: tuple[str, ...] = ("region",),
    filters: dict[str, list[str]] | None = None,
    period: str = "",
) -> Experiment:
    """Write a small source with an experiment, and open it."""
    for file, lines in (("experiments", assigned), ("customers", CUSTOMERS)):
        (folder / f"{file}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = {"region": 'role = "segment"', "channel": 'role = "channel", column = "web"'}
    path = write_source(
        folder, *ANSWERS, columns=columns, more=tables, source="observed_until = 2026-04-29"
    )
    survey = open_survey(path, period=period, filters=filters)
    return open_experiment(survey, name, subgroups=subgroups)


def test_outcomes_after_the_end_of_the_table_are_not_yet_observable(tmp_path: Path) -> None:
    # Outcomes known to 30 March: 30 days from 1 March end on the 31st, so C2 waits as well.
    early = TABLES.replace(
        'files = "experiments.csv"', 'files = "experiments.csv"\nobserved_until = 2026-03-30'
    )
    assert experiment(tmp_path, tables=early).waiting == 2


def test_only_customers_whose_window_is_over_count(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    assert found.counts == {"call": 1, "control": 1}
    assert (found.waiting, found.undated) == (1, 1)
    assert (found.first, found.last) == (dt.date(2026, 2, 10), dt.date(2026, 3, 1))
    rows = run(found.rows).sort_values("arm").to_numpy().tolist()
    assert rows == [["call", 1.0, "south"], ["control", 0.0, "north"]]


def test_before_its_end_nobody_counts(tmp_path: Path) -> None:
    found = experiment(tmp_path, period="2026-01")
    assert (found.counts, found.waiting, found.first) == ({}, 3, None)


def test_filters_hold_for_customers(tmp_path: Path) -> None:
    found = experiment(tmp_path, filters={"region": ["south"]}, subgroups=())
    assert (found.counts, found.waiting) == ({"call": 1}, 1)
    assert list(found.rows.columns) == ["arm", "outcome"]


def test_filters_that_customers_do_not_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="no such column of customers"):
        experiment(tmp_path, filters={"channel": ["1"]})


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="call, other"):
        experiment(tmp_path, name="calls")
    with pytest.raises(CxError, match="'region'"):
        experiment(tmp_path, subgroups=("regions",))


@pytest.mark.parametrize("again", ["call,C1,call,2026-02-11 09:00,1", "call,,call,2026-02-11,1"])
def test_customers_assigned_twice_are_refused(tmp_path: Path, again: str) -> None:
    with pytest.raises(CxError, match="5 rows of 4 customers"):
        experiment(tmp_path, assigned=[*ASSIGNED, again])


def test_lacking_columns_are_named(tmp_path: Path) -> None:
    tables = TABLES.replace('assigned_at = { role = "date" }\n', "")
    with pytest.raises(CxError, match="no assigned_at"):
        experiment(tmp_path, tables=tables)


def test_no_table_is_an_empty_experiment(tmp_path: Path) -> None:
    found = experiment(tmp_path, tables="", name="whatever")
    assert (found.name, found.counts, found.subgroups) == ("", {}, ())


def test_without_customers_there_are_no_subgroups(tmp_path: Path) -> None:
    found = experiment(tmp_path, tables=TABLES.split("[tables.customers]", maxsplit=1)[0])
    assert (found.subgroups, found.counts) == ((), {"call": 1, "control": 1})
