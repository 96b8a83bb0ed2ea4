"""Rows that are no answers: previews, tests, spam, empty questionnaires; unknown ones are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.errors import CxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cxreport.inputs.exports.grid import Grid, Row, Stated
    from cxreport.inputs.exports.product import Field

NOTHING_ANSWERED = "no question was answered"


def by_status(fields: list[Field], column: str, reasons: Mapping[str, str]) -> Callable[[Row], str]:
    """Return why a row does not belong by what it says in a column, or because it is empty.

    Parameters
    ----------
    fields : list of Field
        The columns of the rows.
    column : str
        The column of the status; an empty text where there is none.
    reasons : mapping of str to str
        Status in small letters -> why its rows do not belong.
    """
    place = next((n for n, one in enumerate(fields) if one.exported == column), None)
    questions = [n for n, one in enumerate(fields) if one.question]

    def excluded(row: Row) -> str:
        reason = reasons.get(row[place].lower(), "") if place is not None else ""
        empty = bool(questions) and not any(row[n] for n in questions)
        return reason or (NOTHING_ANSWERED if empty else "")

    return excluded


def check_statuses(
    grid: Grid, column: str, words: Iterable[str], usual: Iterable[str], stated: Stated
) -> None:
    """Ask about statuses that the product does not have in a language that is read here.

    Raises
    ------
    CxError
        If a status is neither known nor stated.
    """
    answered = {*stated.skip.get(column, ()), *stated.keep.get(column, ())}
    strange = sorted({w for w in words if w and w.lower() not in {*usual}} - answered)
    if strange:
        raise CxError(
            "rows have a status that is not known: do they belong?",
            where=f"{grid.path}, column {column}",
            got=", ".join(strange[:10]),
            hint=f"say --keep '{column}={strange[0]}' or --skip '{column}={strange[0]}'",
        )
