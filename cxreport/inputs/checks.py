"""Look for problems in a file: in its header, its codes, its times and its numbers.

Each function answers one question and returns lines made by ``contracts.problem``, so that all
problems of a source stand in one table.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import ibis

from cxreport.errors import shorten
from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.export import readings
from cxreport.inputs.masking import SHARED, masked
from cxreport.inputs.meaning import NPS_SCALE
from cxreport.inputs.normalise import (
    AMOUNTS,
    CURRENCY,
    LARGEST,
    coded,
    day_after,
    in_one_spelling,
    of_another_year,
)
from cxreport.inputs.questions import Question, ask, counting
from cxreport.inputs.roles import SCORES, TIMES
from cxreport.inputs.source import TEXT_FILES, run

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.codebook import TableFiles, Wave
    from cxreport.inputs.export import Export, Reading
    from cxreport.inputs.questions import Check

MANY, MANY_SHARE = 30, 0.01
SOME, SOME_SHARE = 5, 0.05
"""Answers outside a scale, in number and as a share, that are no slips but a code."""
CODE_PROBLEMS = {
    "outside": "value-outside-scale",
    "unknown": "code-unknown",
    "unlabelled": "category-unknown",
    "unmapped": "stage-unknown",
}
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
    problems = []
    if absent:
        held = {f"n{i}": raw.count(where=inside) for i, (_, _, inside) in enumerate(absent)}
        counted = run(raw.aggregate(n=raw.count(), **held)).iloc[0]
        for number, (canonical, exported, _) in enumerate(absent):
            if counted[f"n{number}"] > 0 or counted["n"] == 0:
                example, n = f"{exported} ({file.name})", max(1, counted[f"n{number}"])
                problems.append(problem("column-missing", name, canonical, n, example, wave_name))
    expected = {exported for meanings in declared.values() for exported, _, _ in meanings}
    expected |= {version.column or "" for c in table.columns.values() for version in c.versions}
    unknown = [
        column
        for column in raw.columns
        if column not in expected
        and not any(fnmatchcase(column, pattern) for pattern in table.ignore)
    ]
    if unknown:
        headed = expected & {*raw.columns}  # or else the first row may be an answer
        example = ", ".join(unknown if headed else map(masked, unknown))
        problems.append(
            problem(
                "column-unknown",
                name,
                shorten(unknown[0]) if headed else "",
                len(unknown),
                example,
                wave_name,
            )
        )
    return problems


def yes_no_problems(export: Export, name: str, wave: Wave | None) -> list[Problem]:
    """Name the ratings that hold yes and no, where the scale is not 0 and 1."""
    wave_name = wave.name if wave else None
    return [
        problem("rating-yes-no", name, r.name, 1, r.exported.get_name(), wave_name)
        for r in export.of(*SCORES)
        if r.exported.type().is_boolean() and sorted(r.meaning.scale or NPS_SCALE) != [0, 1]
    ]


def line_end_problems(name: str, file: Path, wave: Wave | None) -> list[Problem]:
    """Return whether a text file ends in the middle of a line."""
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
    problems = []
    for (column, meaning), rows in strange.groupby(["column", "meaning"], sort=False):
        codes = (
            code if ids >= SHARED else masked(code)
            for code, ids in rows[["code", "ids"]].head(5).itertuples(index=False)
        )
        example = ", ".join(dict.fromkeys(codes))
        wave, kind, n = rows["wave"].iloc[0], CODE_PROBLEMS[str(meaning)], int(rows["n"].sum())
        answers = answers_by_code.loc[answers_by_code["column"] == column, "n"].sum()
        many = n >= MANY and n > MANY_SHARE * answers
        some = n >= SOME and n > SOME_SHARE * answers
        if kind == "value-outside-scale" and (many or some):
            kind = "values-outside-scale"
        problems.append(problem(kind, name, str(column), n, example, wave))
    return problems


def value_problems(export: Export, name: str, wave: Wave | None) -> Question:
    """Count times and numbers of a file that cannot be read as declared, or cannot be true.

    All columns are asked at once whether they have any; only those that do are looked at closely.
    """
    asked = export.of(*TIMES, *AMOUNTS)
    measures: dict[str, ir.Scalar] = {}
    for i, r in enumerate(asked):
        bad = ibis.or_(_unread(export, r), *(bad for _, _, bad, _ in _untrue(export, r, wave)))
        measures[f"n{i}"] = bad.sum().fill_null(0)

    def problems(counted: pd.Series) -> list[Problem]:
        checks: list[Check] = []
        for i, r in enumerate(asked):
            if counted[f"n{i}"]:
                unread = _unread_times if r.column.role in TIMES else _unread_numbers
                checks += [*unread(export, r), *_untrue(export, r, wave)]
        (listed,) = ask(export.rows, counting(name, checks, wave.name if wave else None))
        return listed

    return Question(measures, problems)


def _unread(export: Export, r: Reading) -> ir.BooleanValue:
    """Return for which rows a meaning has a text, and no value."""
    text = coded(export.text(r), r.meaning, r.column.role)
    return export.inside(r) & text.notnull() & export.value(r).isnull()


def _unread_times(export: Export, r: Reading) -> list[Check]:
    """Part the times that cannot be read by how they are written."""
    lost, text = _unread(export, r), coded(export.text(r), r.meaning, r.column.role)
    checks: list[Check] = []
    if r.meaning.format is None:
        either = text.re_search(EITHER_WAY)
        checks.append(("date-ambiguous", r.name, lost & either, text))
        lost &= ~either
    unread = ibis.cases((lost, text))
    beyond = of_another_year(unread, r.exported.type(), r.meaning, export.zone)
    checks.append(("date-of-another-year", r.name, lost & beyond, text))
    return [*checks, ("date-unreadable", r.name, lost & ~beyond, text)]


def _unread_numbers(export: Export, r: Reading) -> list[Check]:
    """Part the numbers that cannot be read by how they are written."""
    lost, text = _unread(export, r), coded(export.text(r), r.meaning, r.column.role)
    percent, digits = text.re_search("[0-9] ?%$"), text.re_search("[0-9]")
    size = in_one_spelling(text, r.meaning).try_cast("float64").abs()
    large = digits & (size >= LARGEST).fill_null(False)
    smaller = lost & ~large
    return [
        ("number-too-large", r.name, lost & large, text),
        ("number-percent", r.name, smaller & percent, text),
        ("number-otherwise", r.name, smaller & digits & ~percent, text),
        ("number-unreadable", r.name, smaller & ~digits, text),
    ]


def _untrue(export: Export, r: Reading, wave: Wave | None) -> list[Check]:
    """Return the checks of what can be read and cannot be true."""
    value = export.value(r)
    if r.column.role == "weight":
        text = coded(export.text(r), r.meaning, r.column.role)
        wrong = (value <= 0).fill_null(True) & (text.isnull() | value.notnull())
        return [("weight-not-positive", r.name, export.inside(r) & wrong, text)]
    if r.column.role == "date" and wave:
        within = (value >= ibis.timestamp(wave.since)) & (value < day_after(wave.until))
        return [("date-outside-wave", r.name, ~within, value)]
    return []


def spelling_problems(export: Export, name: str, wave: Wave | None) -> Question:
    """Ask about columns of numbers that can be read in two ways, or of which nothing is left.

    ``1.287`` is a thousand in Italy and a little more than one in England. A column in which some
    other number has more or fewer than three digits after its point answers the question.
    """
    asked = [r for r in export.of(*AMOUNTS) if r.exported.type().is_string()]
    measures: dict[str, ir.Scalar] = {}
    for i, r in enumerate(asked):
        text = ibis.cases((export.inside(r), export.text(r)))
        values = coded(text, r.meaning, r.column.role)
        number = in_one_spelling(values, r.meaning)
        either = number.re_search(THREE_DIGITS)
        proof = number.re_search(r"^[+-]?[0-9]*\.[0-9]+$") & ~either
        money = values.re_extract(f"({CURRENCY})", 1).nullif("")
        measures |= {f"texts{i}": text.count(), f"told{i}": values.count()}
        measures[f"either{i}"] = either.sum().fill_null(0)
        measures[f"proof{i}"] = proof.sum().fill_null(0)
        measures |= {f"example{i}": ibis.cases((either, values)).max().fill_null("")}
        measures |= {f"money{i}": money.count(), f"currencies{i}": money.nunique()}

    def problems(total: pd.Series) -> list[Problem]:
        listed = []
        wave_name = wave.name if wave else None
        for i, r in enumerate(asked):
            declared = r.meaning.decimal or r.meaning.thousands
            if not declared and total[f"either{i}"] and not total[f"proof{i}"]:
                n, example = total[f"either{i}"], masked(total[f"example{i}"])
                listed.append(problem("number-ambiguous", name, r.name, n, example, wave_name))
            if total[f"texts{i}"] and not total[f"told{i}"]:
                n = total[f"texts{i}"]
                listed.append(problem("numbers-none", name, r.name, n, "", wave_name))
            if total[f"currencies{i}"] > 1:
                n = total[f"money{i}"]
                listed.append(problem("number-currencies", name, r.name, n, "", wave_name))
        return listed

    return Question(measures, problems)


def row_problems(export: Export, name: str, file: str, wave: Wave | None) -> list[Problem]:
    """Return whether a file has no row."""
    wave_name = wave.name if wave else None
    return [] if export.sizes.n else [problem("rows-none", name, "", 1, file, wave_name)]
