"""What is wrong with a log of events before anybody draws a journey from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.source import Data, run
from cxreport.orders.rules import next_day
from cxreport.topics.journey.transitions import named_events

if TYPE_CHECKING:
    import datetime as dt

EXCLUDED = {
    "no journey": True,
    "no time": True,
    "no state": True,
    "after the end": True,
    "same moment": False,
    "out of order": False,
}


def event_problems(
    events: Data,
    *,
    state: str = "touchpoint",
    journey: str = "session_id",
    date: str = "occurred_at",
    sequence: str | None = None,
    until: dt.date,
) -> pd.DataFrame:
    """Count the events that cannot be put into a journey, or whose order is in doubt.

    Parameters
    ----------
    events, state, journey, date, sequence, until
        As in ``transitions``.

    Returns
    -------
    DataFrame
        One row per problem: ``problem``, ``n`` (events in all), ``found`` (with the problem; one
        event may have several), ``excluded`` (whether ``transitions`` leaves them out). Problems:
        "no journey" (of nobody's session or customer), "no time", "no state", "after the end"
        (in the future); and, among the others, "same moment" (another event of the journey has
        the same time) and "out of order" (``sequence`` goes back while time goes on, as where
        clocks are turned back, or two clocks write one log; NA without a sequence).

    Raises
    ------
    CxError
        If a column is absent, or the dates are no times.

    Examples
    --------
    >>> import datetime as dt
    >>> times = ["2026-10-25 02:50", "2026-10-25 02:10", None]  # clocks were turned back between
    >>> log = pd.DataFrame({"session_id": 1, "touchpoint": ["home", "help", "help"],
    ...     "occurred_at": pd.to_datetime(times), "number": [1, 2, 3]})
    >>> problems = event_problems(log, sequence="number", until=dt.date(2026, 10, 31))
    >>> problems[problems["found"] > 0]
            problem  n  found  excluded
    1       no time  3      1      True
    5  out of order  3      1     False
    """
    names = {"journey": journey, "at": date, "state": state}
    rows = named_events(events, names, sequence)
    late = (rows["at"] >= next_day(until)).fill_null(False)
    flags = dict(
        zip(EXCLUDED, (rows.journey.isnull(), rows["at"].isnull(), rows.state.isnull(), late),
            strict=False)
    )  # fmt: skip
    counted = run(
        rows.aggregate(
            n=rows.count(),
            **{problem: flag.sum().fill_null(0) for problem, flag in flags.items()},
        )
    ).iloc[0]
    whole = rows.filter(~(rows.journey.isnull() | rows["at"].isnull() | rows.state.isnull() | late))
    moments = whole.group_by("journey", "at").aggregate(rows=whole.count())
    tied = run(moments.aggregate(found=moments.rows.sum(where=moments.rows > 1).fill_null(0)))
    events_by_problem = {problem: int(counted[problem]) for problem in flags}
    events_by_problem["same moment"] = int(tied["found"].item())
    in_order = ibis.window(group_by="journey", order_by=["at", "tie", "state"])
    beside = whole.mutate(earlier=whole.tie.lag().over(in_order))
    back = run(beside.aggregate(found=(beside.tie < beside.earlier).sum().fill_null(0)))
    out_of_order = int(back["found"].item()) if sequence else None
    table = pd.DataFrame({"problem": list(EXCLUDED), "n": int(counted["n"])})
    table["found"] = pd.array([*events_by_problem.values(), out_of_order], dtype="Int64")
    return table.assign(excluded=list(EXCLUDED.values()))
