"""Periods: their names, their neighbours, and whether they are over."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from cxreport.errors import CxError
from cxreport.inputs.codebook import Wave
from cxreport.inputs.period import Kind, between, containing, parse, previous

WAVES = [
    Wave(name="spring", since=dt.date(2026, 5, 1), until=dt.date(2026, 5, 31)),
    Wave(name="autumn", since=dt.date(2025, 10, 1), until=dt.date(2025, 10, 15)),
]


@pytest.mark.parametrize(
    ("name", "kind", "first", "last"),
    [
        ("2026-02", "month", (2026, 2, 1), (2026, 2, 28)),
        ("2024-02", "month", (2024, 2, 1), (2024, 2, 29)),
        ("2026-12", "month", (2026, 12, 1), (2026, 12, 31)),
        ("2026-Q1", "quarter", (2026, 1, 1), (2026, 3, 31)),
        ("2026-Q4", "quarter", (2026, 10, 1), (2026, 12, 31)),
        ("2026", "year", (2026, 1, 1), (2026, 12, 31)),
        ("spring", "wave", (2026, 5, 1), (2026, 5, 31)),
    ],
)
def test_a_name_gives_the_first_and_the_last_day(
    name: str, kind: Kind, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    period = parse(name, kind, WAVES)
    assert (period.start, period.end - dt.timedelta(days=1)) == (dt.date(*first), dt.date(*last))
    assert (period.name, period.kind) == (name, kind)
    assert period.is_closed(dt.date(*last))
    assert not period.is_closed(dt.date(*last) - dt.timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026-13", "month"), ("2026-00", "month"), ("2026-1", "month"), ("2026-10-01", "month"),
        ("October", "month"), ("", "month"), ("0000-05", "month"), ("9999-12", "month"),
        ("٢٠٢٦-10", "month"), ("2026-Q5", "quarter"), ("2026-Q0", "quarter"),
        ("2026-10", "quarter"), ("26", "year"), ("winter", "wave"),
    ],
)  # fmt: skip
def test_a_name_of_another_kind_is_refused(name: str, kind: Kind) -> None:
    with pytest.raises(CxError) as caught:
        parse(name, kind, WAVES)
    assert caught.value.parts["got"] == name


@pytest.mark.parametrize(
    ("name", "kind", "before"),
    [
        ("2026-01", "month", "2025-12"),
        ("2026-Q1", "quarter", "2025-Q4"),
        ("2026", "year", "2025"),
        ("spring", "wave", "autumn"),
    ],
)
def test_the_period_before(name: str, kind: Kind, before: str) -> None:
    found = previous(parse(name, kind, WAVES), WAVES)
    assert found is not None
    assert found.name == before


def test_nothing_is_before_the_first_wave() -> None:
    assert previous(parse("autumn", "wave", WAVES), WAVES) is None


@pytest.mark.parametrize(("day", "name"), [((2026, 3, 31), "2026-Q1"), ((2026, 4, 1), "2026-Q2")])
def test_a_day_lies_in_one_quarter(day: tuple[int, int, int], name: str) -> None:
    assert containing(dt.date(*day), "quarter").name == name


def test_the_last_month_that_a_computer_knows_is_a_month() -> None:
    assert containing(dt.date.max, "month").name == "9999-12"
    names = [period.name for period in between(dt.date(9999, 11, 1), dt.date.max, "month")]
    assert names == ["9999-11", "9999-12"]


def test_periods_follow_each_other_without_gaps() -> None:
    months = between(dt.date(2024, 11, 30), dt.date(2026, 1, 1), "month")
    assert len(months) == 15
    assert all(one.end == other.start for one, other in pairwise(months))
    assert (months[0].name, months[-1].name) == ("2024-11", "2026-01")


def test_waves_stand_in_order_of_time() -> None:
    names = [p.name for p in between(dt.date(2025, 10, 15), dt.date(2026, 5, 1), "wave", WAVES)]
    assert names == ["autumn", "spring"]
    assert between(dt.date(2025, 10, 16), dt.date(2026, 4, 30), "wave", WAVES) == []
