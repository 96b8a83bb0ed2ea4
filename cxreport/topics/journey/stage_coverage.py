"""Where along the journey customers are asked, and where nobody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.meaning import STAGES
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.stats.proportions import SHARES, percent_of
from cxreport.stats.value_columns import times
from cxreport.topics.journey.stages import NOT_IN_MAP, check_stages, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_MEASURED = "not measured"
NOT_SAID = "stage not said"
MORE_ANSWERS = "more answers than invitations"
KEYS = ["stage", "touchpoint", "channel"]
COLUMNS = [*KEYS, "n", "invited", "uses", *SHARES, "last_answer", "note"]


def stage_coverage(
    answers: Data | None,
    *,
    stages: Mapping[str, str] | None = None,
    invites: Data | None = None,
    events: Data | None = None,
    stage: str = "stage",
    touchpoint: str = "touchpoint",
    channel: str = "channel",
    date: str = "answered_at",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return which parts of the journey are measured: stage by touchpoint by channel.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table, optional
        One row per answer, with the contact that it is about.
    stages : mapping of str to str, optional
        Code -> one of the five stages; when left out, codes are the stages' names.
    invites : frame, optional
        One row per invitation, with the same columns.
    events : frame, optional
        One row per contact, with the same columns: what customers use, asked or not.
    stage, touchpoint, channel, date : str
        Columns. A frame may lack touchpoint or channel: they are then empty.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per stage, touchpoint and channel that was asked about, invited to or used, in the
        order of the journey, and one for a stage without any: ``stage`` (a code that is not in
        the map stands as it is), ``touchpoint``, ``channel`` (empty where not said); ``n`` answers,
        ``invited`` and ``uses`` (NA where not known); ``estimate``, ``std_error``, ``low``,
        ``high`` (response rate, percent of the invited; empty where not known); ``last_answer``;
        ``note`` ("", "not measured", "stage not in the map", "stage not said", "more answers than
        invitations").

    Raises
    ------
    CxError
        If a column is absent, or a code is mapped to something that is no stage.

    Examples
    --------
    >>> asked = pd.DataFrame({"stage": ["buy", "buy"], "touchpoint": "checkout", "channel": "web",
    ...     "answered_at": pd.to_datetime(["2026-03-01", "2026-03-09"])})
    >>> used = asked.assign(channel=["web", "app"]).drop(columns="answered_at")
    >>> coverage = stage_coverage(asked, stages={"buy": "purchase"}, events=used)
    >>> coverage[["stage", "channel", "note", "n", "uses"]].head(4)
               stage channel          note  n  uses
    0      awareness     NaN  not measured  0     0
    1  consideration     NaN  not measured  0     0
    2       purchase     app  not measured  0     1
    3       purchase     web                2     1
    """
    named = check_stages(stages)
    names = dict(zip(KEYS, (stage, touchpoint, channel), strict=True))
    parts = {
        "n": _counts(answers, names, date=date),
        "invited": _counts(invites, names),
        "uses": _counts(events, names),
    }
    cells = pd.concat([frame.assign(what=what) for what, frame in parts.items()])
    cells["code"] = cells["stage"]
    cells["stage"] = cells["code"].map(named).where(cells["code"].isin(list(named)), cells["code"])
    every = cells[KEYS].drop_duplicates()
    unseen = [name for name in STAGES if name not in set(every["stage"].dropna())]
    given = {"n": answers, "invited": invites, "uses": events}
    table = pd.concat([every, pd.DataFrame({"stage": unseen}, dtype="str")], ignore_index=True)
    for what in parts:
        totals = cells[cells["what"] == what].groupby(KEYS, dropna=False)["rows"].sum()
        counts = table.merge(totals.reset_index(), on=KEYS, how="left")["rows"].astype("Int64")
        table[what] = counts.fillna(0) if given[what] is not None or what == "n" else counts
    last = cells.groupby(KEYS, dropna=False)["last_answer"].max().reset_index()
    table = table.merge(last, on=KEYS, how="left")
    return _judged(table, named, level)


def _counts(data: Data | None, names: dict[str, str], date: str = "") -> pd.DataFrame:
    """Count rows by stage, touchpoint and channel, and find the last of them."""
    empty = {"rows": pd.Series(dtype="int64"), "last_answer": pd.Series(dtype="datetime64[us]")}
    if data is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in KEYS} | empty)
    table = as_table(data)
    others = [name for name in names.values() if name in table.columns]
    check_columns(table, [names["stage"], *others, *([date] if date else [])])
    keys = {k: table[n].cast("string") for k, n in names.items() if n in table.columns}
    last = {"last_answer": times(table, date).max()} if date else {}
    counts = run(table.group_by(**keys).aggregate(rows=table.count(), **last))
    filled = counts.reindex(columns=[*KEYS, "rows", "last_answer"])
    last_answer = filled["last_answer"].astype("datetime64[us]")
    return filled.astype(dict.fromkeys(KEYS, "str")).assign(last_answer=last_answer)


def _judged(table: pd.DataFrame, named: Mapping[str, str], level: float) -> pd.DataFrame:
    """Add response rates and notes, and put the journey in order."""
    invited = table["invited"].astype("Float64").astype(float)
    answered = table["n"].astype(float)
    possible = invited.where(answered <= invited)
    rates = percent_of(answered, possible.fillna(0), level)
    strange = ~table["stage"].isin([*named.values(), *STAGES]) & table["stage"].notna()
    reasons = [
        (table["stage"].isna(), NOT_SAID),
        (strange, NOT_IN_MAP),
        (table["n"] == 0, NOT_MEASURED),
        (answered > invited, MORE_ANSWERS),
    ]
    note = pd.Series("", table.index, dtype="str").case_when(reasons)
    whole = table.join(rates).assign(note=note, place=table["stage"].map(in_order).fillna(9))
    ordered = whole.sort_values(["place", *KEYS], kind="stable", ignore_index=True)
    return ordered[COLUMNS]
