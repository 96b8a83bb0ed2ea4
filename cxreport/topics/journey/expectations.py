"""What customers got against what they expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import as_names, check_columns, kept_whole
from cxreport.stats.intervals import student
from cxreport.stats.proportions import SHARES, percent_of
from cxreport.stats.value_columns import ratings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.stats.group_columns import By
    from cxreport.stats.value_columns import Scale

CLASSES = ("worse", "as", "better")
NO_ANSWERS, ONE_ANSWER, NO_SPREAD = "no answers", "one answer", "all answers alike"


def expectation_gap(
    answers: Data,
    pairs: Mapping[str, tuple[str, str]],
    *,
    scale: Scale = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure perception minus expectation, person by person, for each dimension.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    pairs : mapping of str to (str, str)
        Dimension -> columns of what was perceived and of what was expected, on one scale, higher
        as better. Only who answered both counts.
    scale : (number, number), optional
        Lowest and highest rating; what lies outside (99, -1) counts as none. When left out, whole
        numbers are answers from 0 to 10, see ``importance``.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per dimension, in the order given: ``dimension``; ``n``; ``left_out`` (answered one
        or none of the two), ``invalid`` (of these, with an answer outside the scale);
        ``perceived``, ``expected`` (means, steps of the scale); ``estimate`` (the gap: perceived
        minus expected, steps of the scale; below 0: short of what was expected), ``std_error``,
        ``low``, ``high`` (Student, paired); ``worse``, ``as``, ``better`` (percent of ``n`` whose
        perception is below, at or above their own expectation); ``note`` ("", "no answers", "one
        answer", "all answers alike").

    Raises
    ------
    CxError
        If a column is absent or holds no numbers.

    Notes
    -----
    Source: Parasuraman, Zeithaml & Berry 1988, Journal of Retailing 64(1), 12-40 (SERVQUAL).

    Examples
    --------
    >>> people = pd.DataFrame({"got": [4, 3, 5, 2], "wanted": [5, 5, 5, 3]})
    >>> gaps = expectation_gap(people, {"reliability": ("got", "wanted")})
    >>> gaps[["dimension", "perceived", "expected", "estimate", "worse", "as"]]
         dimension  perceived  expected  estimate  worse    as
    0  reliability        3.5       4.5      -1.0   75.0  25.0
    """
    table = as_table(answers)
    rows = []
    for dimension, (perceived, expected) in pairs.items():
        check_columns(table, [perceived, expected])
        given = ratings(table, {perceived: scale, expected: scale})
        got, wanted = given[perceived], given[expected]
        both = table.select(
            got=got.value, wanted=wanted.value, outside=got.outside | wanted.outside
        )
        cells = run(
            both.group_by("got", "wanted").aggregate(
                people=both.count(), outside=both.outside.sum().fill_null(0)
            )
        )
        rows.append({"dimension": dimension} | _sums(cells))
    names = ["dimension", "n", "left_out", "invalid", "got", "wanted", "gap", "squares", *CLASSES]
    sums = pd.DataFrame(rows, columns=names)
    n = sums["n"].astype(float).where(sums["n"] > 0)
    gap = sums["gap"] / n
    variance = ((sums["squares"] - n * gap**2) / (n - 1).where(n > 1)).clip(lower=0)
    std_error = (variance / n) ** 0.5
    low, high = student(gap, std_error, n.fillna(0), level)
    reasons = [
        (sums["n"] == 0, NO_ANSWERS),
        (sums["n"] == 1, ONE_ANSWER),
        (variance == 0, NO_SPREAD),
    ]
    result = sums[["dimension", "n", "left_out", "invalid"]].assign(
        perceived=sums["got"] / n, expected=sums["wanted"] / n,
        estimate=gap, std_error=std_error, low=low, high=high,
    )  # fmt: skip
    shares = {name: 100 * sums[name] / n for name in CLASSES}
    note = pd.Series("", sums.index, dtype="str").case_when(reasons)
    return result.assign(**shares, note=note)


def _sums(cells: pd.DataFrame) -> dict[str, float]:
    """Add up the gaps of the people who answered both."""
    both = cells.dropna(subset=["got", "wanted"])
    people = both["people"]
    gap = (both["got"] - both["wanted"]).astype(float)
    classes = dict(zip(CLASSES, (gap < 0, gap == 0, gap > 0), strict=True))
    return {
        "n": int(people.sum()),
        "left_out": int(cells["people"].sum() - people.sum()),
        "invalid": int(cells["outside"].sum()),
        "got": float((people * both["got"]).sum()),
        "wanted": float((people * both["wanted"]).sum()),
        "gap": float((people * gap).sum()),
        "squares": float((people * gap**2).sum()),
    } | {name: float(people[which].sum()) for name, which in classes.items()}


def against_expectation(
    answers: Data,
    column: str = "expected",
    *,
    codes: Sequence[str] = CLASSES,
    by: By = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how many found it worse than, as, or better than they expected.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer.
    column : str
        Column of the answers to "was it worse, as or better than you expected?".
    codes : sequence of str
        Its codes for worse, as and better; other codes are counted, and in no share.
    by : str or list of str, optional
        Columns to break down by.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per group and class: the ``by`` columns; ``answer`` ("worse", "as", "better"); ``n``
        (who answered one of the three), ``left_out`` (empty or another code), ``count``;
        ``estimate``, ``std_error``, ``low``, ``high`` (percent of ``n``, Wilson); ``note`` ("",
        "no answers").

    Raises
    ------
    CxError
        If a column is absent, or there are not three different codes.

    Examples
    --------
    >>> people = pd.DataFrame({"expected": ["worse", "as", "as", "better", None]})
    >>> against_expectation(people)[["answer", "n", "left_out", "count", "estimate"]]
       answer  n  left_out  count  estimate
    0   worse  4         1      1      25.0
    1      as  4         1      2      50.0
    2  better  4         1      1      25.0
    """
    if len(set(codes)) != len(CLASSES):
        raise CxError("three codes are needed", got=", ".join(codes), expected="worse, as, better")
    table, groups = as_table(answers), as_names(by)
    check_columns(table, [column])
    check_columns(table, groups, {"answer", "n", "left_out", "count", *SHARES, "note"})
    keys = {name: table[name] for name in groups}
    named = table.group_by(**keys, code=table[column].cast("string"))
    cells = kept_whole(run(named.aggregate(people=table.count())), keys)
    cells["answer"] = cells["code"].map(dict(zip(codes, CLASSES, strict=True)))
    # Without groups everybody is in one, so that both cases are counted the same way.
    cells["everyone"] = 0
    over = [*groups, "everyone"]
    order = pd.DataFrame({"answer": list(CLASSES), "everyone": 0})
    whole = cells[over].drop_duplicates() if groups else order[["everyone"]].drop_duplicates()
    frame = whole.sort_values(over).merge(order, on="everyone")
    answered = cells[cells["answer"].notna()]
    for name, rows, keys_of in (
        ("count", answered, [*over, "answer"]),
        ("n", answered, over),
        ("all", cells, over),
    ):
        sums = rows.groupby(keys_of, dropna=False)["people"].sum().rename(name).reset_index()
        frame = frame.merge(sums, on=keys_of, how="left")
    frame = frame.fillna({"count": 0, "n": 0, "all": 0})
    frame = frame.astype({"count": "int64", "n": "int64", "all": "int64"})
    frame["left_out"] = frame["all"] - frame["n"]
    shares = percent_of(frame["count"], frame["n"], level)
    note = pd.Series("", frame.index, dtype="str").mask(frame["n"] == 0, NO_ANSWERS)
    table_of_shares = frame.join(shares).assign(note=note)
    return table_of_shares[[*groups, "answer", "n", "left_out", "count", *SHARES, "note"]]
