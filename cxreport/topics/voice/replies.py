"""How many reviews the company replied to, and how soon; who still waits is counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import Data, as_table, run
from cxreport.stats.group_columns import check_columns
from cxreport.topics.service import read_tickets, waits, within_level

if TYPE_CHECKING:
    import datetime as dt

DAYS = 7.0
COLUMNS = [
    "source", "reviews", "n", "replied", "not_observable", "estimate", "std_error", "low", "high",
    "half", "half_low", "half_high", "left_out", "days", "note",
]  # fmt: skip


def replies(
    reviews: Data,
    *,
    until: dt.date,
    days: float = DAYS,
    observed_until: dt.date | None = None,
    zone: str | None = None,
    source: str = "source",
    written: str = "created_at",
    replied: str = "replied_at",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what share of reviews got a reply within some days, and how long half of them waited.

    Parameters
    ----------
    reviews : pandas, polars or pyarrow frame, or Ibis table
        One row per review.
    until : date
        The last day looked at: what happened later has not happened yet.
    days : float
        How soon a reply should be there, above 0. Whoever has waited longer counts as not replied
        to, even if a reply came later.
    observed_until, zone
        As of ``cx.service.read_tickets``.
    source, written, replied : str
        Columns of where a review stands, and of naive local times: when it was written, and when it
        got a reply, missing where there is none yet. A source without a single reply is left out:
        nothing says that its replies are recorded.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per source, in alphabetical order: ``source``; ``reviews``; ``n`` of them that can
        be judged, since they are older than ``days``; ``replied`` (of ``n``, within ``days``);
        ``not_observable`` (younger, even if replied to: only the quick replies are there);
        ``estimate`` (percent of ``n``), ``std_error``, ``low``, ``high`` (Wilson); ``half``,
        ``half_low``, ``half_high`` (hours after which half of all reviews had a reply, those still
        without one counted as waiting; missing where half have none); ``left_out`` (times that
        contradict each other, or the last day); ``days``; ``note`` ("", "no answers": all are too
        young, "one answer", "all answers in one class").

    Raises
    ------
    CxError
        If a column is missing or holds no times, ``days`` is not above 0, or ``until`` is no day.

    Notes
    -----
    The measures of requests for help, on reviews: see ``cx.service.within_level`` (Newcombe 1998)
    and ``cx.service.waits`` (Kaplan & Meier 1958; Brookmeyer & Crowley 1982).

    Examples
    --------
    >>> import datetime as dt
    >>> written = pd.to_datetime(["2026-03-01"] * 4 + ["2026-03-30"])
    >>> replied = pd.to_datetime(["2026-03-02", "2026-03-03", "2026-03-20", None, "2026-03-31"])
    >>> reviews = pd.DataFrame(
    ...     {"source": "review", "created_at": written, "replied_at": replied})
    >>> rows = replies(reviews, until=dt.date(2026, 3, 31))
    >>> rows[["reviews", "n", "replied", "not_observable", "estimate", "half"]]
       reviews  n  replied  not_observable  estimate  half
    0        5  4        2               1      50.0  48.0
    """
    table = as_table(reviews)
    check_columns(table, [source, written, replied])
    rows = table.select(source=table[source], written=table[written], replied=table[replied])
    counted = run(rows.group_by("source").aggregate(reviews=rows.count(), n=rows.replied.count()))
    counts = counted[(counted["n"] > 0) & counted["source"].notna()].drop(columns="n")
    if counts.empty:
        return pd.DataFrame(columns=COLUMNS)
    waiting = read_tickets(
        rows.filter(rows["source"].isin(counts["source"].tolist())), until=until,
        observed_until=observed_until, zone=zone, created="written", replied="replied",
    )  # fmt: skip
    shares = within_level(waiting, "first_reply", 24 * days, by="source", level=level)
    halves = waits(waiting, "first_reply", by="source", level=level)
    halves = halves.rename(columns={"estimate": "half", "low": "half_low", "high": "half_high"})
    joined = counts.merge(
        shares.rename(columns={"favourable": "replied"}), how="inner", on="source"
    ).merge(halves[["source", "half", "half_low", "half_high"]], how="left", on="source")
    joined["left_out"] = joined["reviews"] - joined["n"] - joined["not_observable"]
    ordered = joined.sort_values("source", kind="stable", ignore_index=True)
    return ordered.assign(days=float(days))[COLUMNS]
