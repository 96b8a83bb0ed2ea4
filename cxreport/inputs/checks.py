"""Look for problems: in a file's header, its codes, its times and numbers, and its scales.

Each function answers one question and returns lines made by ``contracts.problem``, so that all
problems of a source stand in one table.
"""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import ibis

from cxreport.errors import shorten
from cxreport.inputs import period as periods
from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.masking import SHARED, masked
from cxreport.inputs.meaning import NPS_SCALE, SCORES, Column, Meaning
from cxreport.inputs.normalise import (
    CURRENCY,
    TIMES,
    cleaned,
    coded,
    in_one_spelling,
    readings,
    values,
)
from cxreport.inputs.source import TEXT_FILES, run
from cxreport.inputs.spans import FEWEST_DAYS, PLANNED, REGISTERS, STAND_INS, Span, rows_by_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.codebook import Codebook, TableFiles, Wave

    Check = tuple[str, str, ir.BooleanValue, ir.Value]
    """Kind of problem, column, rows that have it, what to show as an example."""

MANY, MANY_SHARE = 30, 0.01
"""Answers outside a scale, in number and as a share, that are no slips but a code."""
CODE_PROBLEMS = {
    "outside": "value-outside-scale",
    "unknown": "code-unknown",
    "unlabelled": "category-unknown",
    "unmapped": "stage-unknown",
}
RARE = ("experiments",)
"""Dated tables that need not have a row in every period."""
MONTH = 31
MUCH, TIMES_NEXT, OTHER_DAYS = 0.2, 10, 10
"""Part of the rows that one day holds if it stands for none, and how many times as the next."""
REVERSED_BELOW = -0.2
REVERSED_FROM = 30
CENT = 0.01
SHOWS_AN_ID = ("date-missing",)
THREE_DIGITS = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
"""A number whose point can part thousands as well as decimals."""
EITHER_WAY = r"^(0?[1-9]|1[0-2])[/.\- ](0?[1-9]|1[0-2])[/.\- ][0-9]{2,4}($|[^0-9])"
"""A date that can be read with the day first as well as with the month first."""


def header_problems(
    raw: ir.Table, name: str, table: TableFiles, file: Path, wave: Wave | None, zone: str
) -> list[Problem]:
    """Compare a file's columns with the declared ones.

    A column of a dated version is missing only from a file that has answers of those days.
    """
    wave_name = wave.name if wave else None
    declared = readings(raw, table.columns, wave=wave_name, zone=zone)
    absent = [
        (canonical, exported, inside)
        for canonical, meanings in declared.items()
        for exported, _, inside in meanings
        if exported not in raw.columns
    ]
    found = []
    if absent:
        held = {f"n{i}": raw.count(where=inside) for i, (_, _, inside) in enumerate(absent)}
        counted = run(raw.aggregate(n=raw.count(), **held)).iloc[0]
        for number, (canonical, exported, _) in enumerate(absent):
            if counted[f"n{number}"] > 0 or counted["n"] == 0:
                example, n = f"{exported} ({file.name})", max(1, counted[f"n{number}"])
                found.append(problem("column-missing", name, canonical, n, example, wave_name))
    known = {exported for meanings in declared.values() for exported, _, _ in meanings}
    known |= {version.column or "" for c in table.columns.values() for version in c.versions}
    unknown = [
        column
        for column in raw.columns
        if column not in known and not any(fnmatchcase(column, pattern) for pattern in table.ignore)
    ]
    if unknown:
        headed = known & {*raw.columns}  # or else the first row may be an answer
        example = ", ".join(unknown if headed else map(masked, unknown))
        found.append(
            problem(
                "column-unknown",
                name,
                shorten(unknown[0]) if headed else "",
                len(unknown),
                example,
                wave_name,
            )
        )
    return found


def yes_no_problems(
    raw: ir.Table, name: str, table: TableFiles, wave: Wave | None, zone: str
) -> list[Problem]:
    """Name the ratings that hold yes and no, where the scale is not 0 and 1."""
    wave_name = wave.name if wave else None
    return [
        problem("rating-yes-no", name, canonical, 1, exported, wave_name)
        for canonical, meanings in readings(raw, table.columns, wave=wave_name, zone=zone).items()
        for exported, meaning, _ in meanings
        if table.columns[canonical].role in SCORES
        and exported in raw.columns
        and raw[exported].type().is_boolean()
        and sorted(meaning.scale or NPS_SCALE) != [0, 1]
    ]


def line_end_problems(name: str, file: Path, wave: Wave | None) -> list[Problem]:
    """Say whether a text file ends in the middle of a line."""
    if file.suffix.lower() not in TEXT_FILES:
        return []
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - 2))
        ends = opened.read().replace(b"\0", b"")[-1:] in {b"\n", b"\r"}
    wave_name = wave.name if wave else None
    return [] if ends else [problem("line-end-missing", name, "", 1, file.name, wave_name)]


def code_problems(answers_by_code: pd.DataFrame, name: str) -> list[Problem]:
    """List the codes that the codebook does not explain."""
    strange = answers_by_code[answers_by_code["meaning"].isin(list(CODE_PROBLEMS))]
    found = []
    for (column, meaning), rows in strange.groupby(["column", "meaning"], sort=False):
        shown = (
            code if ids >= SHARED else masked(code)
            for code, ids in rows[["code", "ids"]].head(5).itertuples(index=False)
        )
        example = ", ".join(dict.fromkeys(shown))
        wave, kind, n = rows["wave"].iloc[0], CODE_PROBLEMS[str(meaning)], int(rows["n"].sum())
        answers = answers_by_code.loc[answers_by_code["column"] == column, "n"].sum()
        if kind == "value-outside-scale" and n >= MANY and n > MANY_SHARE * answers:
            kind = "values-outside-scale"
        found.append(problem(kind, name, str(column), n, example, wave))
    return found


def value_problems(
    raw: ir.Table, name: str, table: TableFiles, wave: Wave | None, zone: str
) -> list[Problem]:
    """Count times and numbers of a file that cannot be read as declared, or cannot be true."""
    found: list[Check] = []
    wave_name = wave.name if wave else None
    for canonical, meanings in readings(raw, table.columns, wave=wave_name, zone=zone).items():
        column = table.columns[canonical]
        kind = "date" if column.role in TIMES else "number"
        if column.role not in (*TIMES, "weight", "number"):
            continue
        for exported, meaning, inside in meanings:
            if exported not in raw.columns:
                continue
            value = values(raw[exported], column, meaning, zone)
            text = coded(cleaned(raw[exported], column.role), meaning)
            lost = inside & text.notnull() & value.isnull()
            if kind == "date" and meaning.format is None:
                either = text.re_search(EITHER_WAY)
                found.append(("date-ambiguous", canonical, lost & either, text))
                lost &= ~either
            if kind == "number":
                percent, digits = text.re_search("[0-9] ?%$"), text.re_search("[0-9]")
                found.append(("number-percent", canonical, lost & percent, text))
                found.append(("number-otherwise", canonical, lost & digits & ~percent, text))
                lost &= ~digits
            found.append((f"{kind}-unreadable", canonical, lost, text))
            if column.role == "weight":
                wrong = inside & (value <= 0).fill_null(True) & (text.isnull() | value.notnull())
                found.append(("weight-not-positive", canonical, wrong, text))
            if column.role == "date" and wave:
                within = (value >= ibis.timestamp(wave.since)) & (value < day_after(wave.until))
                found.append(("date-outside-wave", canonical, ~within, value))
    return count_problems(raw, name, found, wave_name)


def spelling_problems(
    raw: ir.Table, name: str, table: TableFiles, wave: Wave | None, zone: str
) -> list[Problem]:
    """Ask about columns of numbers that can be read in two ways, or of which nothing is left.

    ``1.287`` is a thousand in Italy and a little more than one in England. A column in which some
    other number has more or fewer than three digits after its point answers the question.
    """
    wave_name = wave.name if wave else None
    measures: dict[str, ir.Scalar] = {}
    asked: list[tuple[str, Meaning]] = []
    for canonical, meanings in readings(raw, table.columns, wave=wave_name, zone=zone).items():
        column = table.columns[canonical]
        for exported, meaning, inside in meanings if column.role in ("weight", "number") else ():
            if exported not in raw.columns or not raw[exported].type().is_string():
                continue
            text = ibis.cases((inside, cleaned(raw[exported], column.role)))
            told = coded(text, meaning)
            number = in_one_spelling(told, meaning)
            either = number.re_search(THREE_DIGITS)
            proof = number.re_search(r"^[+-]?[0-9]*\.[0-9]+$") & ~either
            money = told.re_extract(f"({CURRENCY})", 1).nullif("")
            i = len(asked)
            measures |= {f"texts{i}": text.count(), f"told{i}": told.count()}
            measures[f"either{i}"] = either.sum().fill_null(0)
            measures[f"proof{i}"] = proof.sum().fill_null(0)
            measures |= {f"example{i}": ibis.cases((either, told)).max().fill_null("")}
            measures |= {f"money{i}": money.count(), f"currencies{i}": money.nunique()}
            asked.append((canonical, meaning))
    if not asked:
        return []
    total = run(raw.aggregate(**measures)).iloc[0]
    found = []
    for i, (canonical, meaning) in enumerate(asked):
        declared = meaning.decimal or meaning.thousands
        if not declared and total[f"either{i}"] and not total[f"proof{i}"]:
            n, example = total[f"either{i}"], masked(total[f"example{i}"])
            found.append(problem("number-ambiguous", name, canonical, n, example, wave_name))
        if total[f"texts{i}"] and not total[f"told{i}"]:
            n = total[f"texts{i}"]
            found.append(problem("numbers-none", name, canonical, n, "", wave_name))
        if total[f"currencies{i}"] > 1:
            n = total[f"money{i}"]
            found.append(problem("number-currencies", name, canonical, n, "", wave_name))
    return found


def amount_problems(rows: ir.Table, name: str) -> list[Problem]:
    """Ask about refunds below zero, and refunds that are larger than what was paid."""
    if name != "orders" or not {"net_amount", "refund_amount"} <= {*rows.columns}:
        return []
    refund, paid = rows.refund_amount, rows.net_amount
    above = (refund > 0) & (refund > paid + CENT) & (paid >= 0)
    checks = [
        ("refund-negative", "refund_amount", refund < 0, refund),
        ("refund-above-amount", "refund_amount", above, refund),
    ]
    return count_problems(rows, name, checks)


def day_after(day: dt.date) -> ir.TimestampScalar:
    """Return the moment that a day ends."""
    return ibis.timestamp(day + dt.timedelta(days=1))


def count_problems(
    rows: ir.Table, name: str, checks: Sequence[Check], wave: str | None = None
) -> list[Problem]:
    """Count the rows of each check in one query, with an example of each."""
    if not checks:
        return []
    measures: dict[str, ir.Scalar] = {}
    for number, (_, _, bad, shown) in enumerate(checks):
        measures[f"n{number}"] = bad.sum().fill_null(0)
        measures[f"example{number}"] = ibis.cases((bad, shown.cast("string"))).max().fill_null("")
    counted = run(rows.aggregate(**measures)).iloc[0]
    found = []
    for number, (kind, column, _, _) in enumerate(checks):
        if counted[f"n{number}"] > 0:
            example = masked(counted[f"example{number}"], an_id=kind in SHOWS_AN_ID)
            found.append(problem(kind, name, column, counted[f"n{number}"], example, wave))
    return found


def date_problems(
    rows: ir.Table, name: str, table: TableFiles, codebook: Codebook
) -> list[Problem]:
    """Count rows that are in no period, and dates after the last day that the data cover."""
    checks: list[Check] = []
    until = table.observed_until or codebook.source.observed_until
    key = next(iter(table.with_role("id")), None)
    for column in table.with_role("date"):
        if not codebook.waves:  # there, the file says the period
            example = rows[key] if key else ibis.literal("")
            checks.append(("date-missing", column, rows[column].isnull(), example))
        if until and name not in PLANNED:
            late = rows[column] >= day_after(until)
            checks.append(("date-after-end", column, late, rows[column]))
    return count_problems(rows, name, checks)


def period_problems(
    days: Mapping[str, pd.Series], spans: Mapping[str, Span], codebook: Codebook
) -> list[Problem]:
    """Name the periods without a row, from a table's first row to the last closed period."""
    kind, waves = codebook.source.period, codebook.waves
    found = []
    for name, span in spans.items():
        if name in (*REGISTERS, *RARE):
            continue
        first = min([span.first, *(wave.since for wave in waves)])
        empty = [
            period.name
            for period in periods.between(first, span.until, kind, waves)
            if span.covers(period)
            and not any(period.start <= day < period.end for day in days[name].index)
        ]
        if empty:
            column = next(iter(codebook.tables[name].with_role("date")))
            found.append(problem("period-empty", name, column, len(empty), ", ".join(empty)))
    return found


def span_problems(spans: Mapping[str, Span], codebook: Codebook) -> list[Problem]:
    """Count rows far from all others, and name tables that end long before their source."""
    latest = max((span.until for span in spans.values()), default=None)
    found = []
    for name, span in spans.items():
        column = next(iter(codebook.tables[name].with_role("date")), "")
        if span.after:
            found.append(problem("date-far-ahead", name, column, span.after, f"> {span.last}"))
        if span.before:
            found.append(problem("date-far-back", name, column, span.before, f"< {span.first}"))
        by_rows = span.told_by == "rows" and span.days >= FEWEST_DAYS and name not in RARE
        if latest and by_rows and (latest - span.until).days > MONTH:
            found.append(problem("table-ends-early", name, column, 1, str(span.until)))
    return found


def stand_in_problems(rows: ir.Table, name: str, table: TableFiles) -> list[Problem]:
    """Count the times that are the same day in many rows, or a day that stands for none."""
    found = []
    for column in table.with_role(*TIMES):
        counts = rows_by_day(rows, column)
        known = counts[[day in STAND_INS for day in counts.index]]
        if known.empty and len(counts) > OTHER_DAYS:
            most = counts.nlargest(2)
            if most.iloc[0] >= MUCH * counts.sum() and most.iloc[0] >= TIMES_NEXT * most.iloc[1]:
                known = most.head(1)
        if not known.empty:
            example = ", ".join(str(day) for day in known.index)
            found.append(problem("date-stands-for-none", name, column, int(known.sum()), example))
    return found


def scale_problems(rows: ir.Table, name: str, table: TableFiles) -> list[Problem]:
    """Find ratings that fall where the main score rises: perhaps 1 is the best, undeclared.

    The main score is NPS, or else the first CSAT. A Pearson correlation below -0.2 on at least 30
    answers, each counted by its declared direction, is a question to whoever wrote the codebook.
    """
    ratings = table.with_role(*SCORES)
    main = next((n for role in ("nps", "csat") for n in table.with_role(role)), "")
    others = [n for n in ratings if main and n != main]
    measures: dict[str, ir.Scalar] = {}
    for number, other in enumerate(others):
        x, y = in_scale(rows, main, ratings), in_scale(rows, other, ratings)
        x, y = ibis.cases((y.notnull(), x)), ibis.cases((x.notnull(), y))
        sums = {"n": x.count(), "x": x.sum(), "y": y.sum()}
        sums |= {"xx": (x * x).sum(), "yy": (y * y).sum(), "xy": (x * y).sum()}
        measures |= {f"{key}{number}": value.cast("float64") for key, value in sums.items()}
    if not measures:
        return []
    total = run(rows.aggregate(**measures)).iloc[0]
    found = []
    for number, other in enumerate(others):
        n, x, y, xx, yy, xy = (total[f"{key}{number}"] for key in ("n", "x", "y", "xx", "yy", "xy"))
        spread = (n * xx - x * x) * (n * yy - y * y)
        if n >= REVERSED_FROM and spread > 0:
            correlation = (n * xy - x * y) / spread**0.5
            if correlation < REVERSED_BELOW:
                example = f"r = {correlation:.2f} ({main})"
                found.append(problem("scale-looks-reversed", name, other, int(n), example))
    return found


def in_scale(rows: ir.Table, name: str, ratings: Mapping[str, Column]) -> ir.FloatingColumn:
    """Return a rating with higher as better, NULL outside its scale."""
    worst, best = ratings[name].scale or NPS_SCALE
    value = rows[name]
    low, high = min(worst, best), max(worst, best)
    turned = (worst + best) - value if worst > best else value
    return ibis.cases(((value >= low) & (value <= high), turned))
