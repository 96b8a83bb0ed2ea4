"""Which channel serves which stage: how it is used, finished, how easy it is, how it is liked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.inputs.source import Data, as_table, run
from cxreport.orders.rules import next_day
from cxreport.stats.group_columns import check_columns
from cxreport.stats.proportions import SHARES, percent_of
from cxreport.stats.value_columns import ratings, times
from cxreport.topics.journey import as_stage, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from cxreport.stats.value_columns import Scale

USE, COMPLETION = "use", "completion"
TOO_FEW = "too few answers"
NOT_YET = "not yet observable"
ONLY_DONE = "only completed ones are recorded"
COLUMNS = ["stage", "channel", "measure", "n", "count", *SHARES, "open", "note"]
RATED = [*COLUMNS[:-1], "invalid", "note"]


def channel_use(
    events: Data,
    *,
    stages: Mapping[str, str] | None = None,
    done: Mapping[str, Sequence[str]] | None = None,
    stage: str = "stage",
    channel: str = "channel",
    name: str = "event_name",
    journey: Sequence[str] = ("session_id", "customer_id"),
    date: str = "occurred_at",
    window: dt.timedelta = dt.timedelta(days=1),
    until: dt.date,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return, for each stage, which channels its journeys use, and how many finish it there.

    Parameters
    ----------
    events : pandas, polars or pyarrow frame, or Ibis table
        One row per event. Events without journey, time or channel, after ``until``, or of a stage
        that is not in the map are left out: see ``event_problems`` and ``stage_coverage``.
    stages : mapping of str to str, optional
        Code -> one of the five stages; when left out, codes are the stages' names.
    done : mapping of str to list of str, optional
        Stage -> names of the events by which it is done. Stages without one have no completion.
    stage, channel, name, date : str
        Columns.
    journey : list of str
        Columns of who, the first that is known counts: the session, or else the customer.
    window : timedelta
        Time to get it done, from the journey's first event of the stage in the channel.
    until : date
        The last day that the events cover.
    level : float
        Confidence level of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        Two rows per stage and channel, in the order of the journey: ``stage``, ``channel``,
        ``measure`` ("use": journeys that used the channel, of all of the stage, so that a stage
        may add up to more than 100; "completion": journeys with one of the ``done`` events in time,
        in any channel, of those that entered the stage in this channel early enough to be judged);
        ``n`` journeys, ``count`` of them; ``estimate``, ``std_error``, ``low``, ``high`` (percent
        of ``n``, Wilson); ``open`` (entered too late to be judged); ``note`` ("", "not yet
        observable", "only completed ones are recorded": every event of the stage in the channel
        is itself one of ``done``, so 100% would say nothing).

    Raises
    ------
    CxError
        If a column is absent, or a code is mapped to something that is no stage.

    Examples
    --------
    >>> log = pd.DataFrame({"session_id": [1, 1, 2, 3], "customer_id": None, "stage": "purchase",
    ...     "channel": ["web", "web", "web", "app"], "event_name": ["checkout", "pay", "checkout",
    ...     "checkout"], "occurred_at": pd.Timestamp("2026-03-01 10:00")})
    >>> cells = channel_use(log, done={"purchase": ["pay"]}, until=dt.date(2026, 3, 31))
    >>> cells[["channel", "measure", "n", "count", "estimate"]].round(1)
      channel     measure  n  count  estimate
    0     app         use  3      1      33.3
    1     app  completion  1      0       0.0
    2     web         use  3      2      66.7
    3     web  completion  2      1      50.0
    """
    table = as_table(events)
    check_columns(table, [stage, channel, name, date, *journey])
    alike = len({table[column].type() for column in journey}) == 1
    whose = [table[column] if alike else table[column].cast("string") for column in journey]
    who = ibis.coalesce(*whose)
    rows = table.select(
        who=who, at=times(table, date), channel=table[channel].cast("string"),
        stage=as_stage(table[stage].cast("string"), stages), name=table[name].cast("string"),
    )  # fmt: skip
    placed = rows.who.notnull() & rows.stage.notnull() & rows.channel.notnull()
    visits = rows.filter(placed & (rows["at"] < next_day(until)))
    used = _used(visits)
    finished = _finished(visits, dict(done or {}), window, until)
    counts = pd.concat([used, finished], ignore_index=True)
    shares = percent_of(counts["count"], counts["n"], level)
    trivial = counts["trivial"].astype(bool)
    shares = shares.mask(trivial)
    late = (counts["n"] == 0) & (counts["open"] > 0)
    note = pd.Series("", counts.index, dtype="str").case_when(
        [(trivial, ONLY_DONE), (late, NOT_YET)]
    )
    cells = counts.join(shares).assign(note=note, place=counts["stage"].map(in_order))
    ordered = cells.assign(second=cells["measure"] != USE)
    return ordered.sort_values(["place", "channel", "second"], ignore_index=True)[COLUMNS]


def _used(visits: ir.Table) -> pd.DataFrame:
    """Count the journeys of each stage, and those in each channel."""
    by_channel = visits.group_by("stage", "channel").aggregate(count=visits.who.nunique())
    by_stage = visits.group_by("stage").aggregate(n=visits.who.nunique())
    counts = run(by_channel).merge(run(by_stage), on="stage")
    return counts.assign(measure=USE, open=0, trivial=False)


def _finished(
    visits: ir.Table, done: dict[str, Sequence[str]], window: dt.timedelta, until: dt.date
) -> pd.DataFrame:
    """Count the journeys that entered each stage in each channel, and those that finished it."""
    parts = []
    length = ibis.interval(microseconds=window // dt.timedelta(microseconds=1))
    for stage, names in done.items():
        final = visits.name.isin(list(names))
        beside = visits.mutate(final=final.cast("int32"), done_at=ibis.cases((final, visits["at"])))
        following = ibis.window(group_by="who", order_by=["at", "final"], preceding=0)
        timed = beside.mutate(next_done=beside.done_at.min().over(following))
        here = timed.filter(timed.stage == stage)
        # The next one after the first event is the earliest of all: later events have later ones.
        journeys = here.group_by("who", "channel").aggregate(
            entered_at=here["at"].min(), next_done=here.next_done.min()
        )
        finished = (journeys.next_done <= journeys.entered_at + length).fill_null(False)
        judged = journeys.entered_at + length < ibis.literal(next_day(until))
        counts = run(
            journeys.group_by("channel").aggregate(
                n=judged.sum(),
                count=(judged & finished).sum(),
                open=(~judged).sum(),
            )
        )
        others = here.group_by("channel").aggregate(others=(here.final == 0).sum())
        counts = counts.merge(run(others), on="channel")
        parts.append(counts.assign(stage=stage, trivial=counts["others"] == 0))
    names_of = ["stage", "channel", "n", "count", "open", "trivial"]
    counts_by_cell = pd.concat(parts)[names_of] if parts else pd.DataFrame(columns=names_of)
    return counts_by_cell.assign(measure=COMPLETION)


def channel_ratings(
    answers: Data,
    measures: Mapping[str, tuple[str, int]],
    *,
    stages: Mapping[str, str] | None = None,
    stage: str = "stage",
    channel: str = "channel",
    scale: Scale = None,
    minimum: int = MINIMUM_GROUP,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how easy each channel makes each stage, and how content its customers are.

    Parameters
    ----------
    answers : pandas, polars or pyarrow frame, or Ibis table
        One row per answer, with the stage and channel that it is about.
    measures : mapping of str to (str, int)
        Name of the measure -> column of the rating, and its lowest favourable answer.
    stages, stage, channel, level
        As in ``channel_use``.
    scale : (number, number), optional
        Lowest and highest rating; what lies outside (99, -1) counts as none. When left out, whole
        numbers are answers from 0 to 10, see ``importance``.
    minimum : int
        Fewest answers of a cell that is shown.

    Returns
    -------
    DataFrame
        As ``channel_use``, one row per stage, channel and measure: ``n`` answers, ``count``
        favourable ones, ``estimate`` ... in percent; ``open`` is 0; ``invalid`` (ratings
        outside the scale, left out) comes before ``note``. A cell below ``minimum`` has
        only its ``n``, and the note "too few answers".

    Raises
    ------
    CxError
        If a column is absent or holds no numbers, or a code is mapped to something that is no
        stage.

    Examples
    --------
    >>> people = pd.DataFrame({"stage": "purchase", "channel": ["app"] * 10 + ["web"],
    ...     "csat": [5, 4] * 4 + [1] * 3})
    >>> cells = channel_ratings(people, {"satisfaction": ("csat", 4)})
    >>> cells[["stage", "channel", "note", "n", "estimate"]]
          stage channel             note   n  estimate
    0  purchase     app                   10      80.0
    1  purchase     web  too few answers   1       NaN
    """
    table = as_table(answers)
    check_columns(table, [stage, channel, *(column for column, _ in measures.values())])
    rows = table.mutate(
        in_stage=as_stage(table[stage].cast("string"), stages),
        in_channel=table[channel].cast("string"),
    )
    answered = rows.filter(rows.in_stage.notnull() & rows.in_channel.notnull())
    counted = answered.group_by(stage=answered.in_stage, channel=answered.in_channel)
    given = ratings(answered, {column: scale for column, _ in measures.values()})
    sums: dict[str, ir.Value] = {}
    for place, (column, least) in enumerate(measures.values()):
        rating, outside = given[column]
        sums |= {
            f"n{place}": rating.count(),
            f"count{place}": (rating >= least).sum().fill_null(0),
            f"invalid{place}": outside.sum().fill_null(0),
        }
    wide = run(counted.aggregate(**sums))
    parts = [
        wide[["stage", "channel"]].assign(
            measure=measure,
            n=wide[f"n{place}"],
            count=wide[f"count{place}"],
            place=place,
            invalid=wide[f"invalid{place}"],
        )
        for place, measure in enumerate(measures)
    ]
    if not parts or wide.empty:
        return pd.DataFrame(columns=RATED)
    counts = pd.concat(parts, ignore_index=True)
    few = counts["n"] < minimum
    shares = percent_of(counts["count"], counts["n"], level).mask(few)
    note = pd.Series("", counts.index, dtype="str").mask(few, TOO_FEW)
    counts["count"] = counts["count"].astype("Int64").mask(few)
    cells = counts.join(shares).assign(note=note, open=0, stage_at=counts["stage"].map(in_order))
    return cells.sort_values(["stage_at", "channel", "place"], ignore_index=True)[RATED]
