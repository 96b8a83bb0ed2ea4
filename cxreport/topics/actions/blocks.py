"""What we did and what came after: the newest actions in short, all of them in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.inputs.targets import WAIT_ENDS
from cxreport.show.parts import Column, note, section, table

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

TOPIC = "actions"
MOST = 2
"""Actions that are seen at once."""
COMPARED = ("better", "worse", "steady")
RESULTS = (
    Column("sign", "as_is"),
    Column("title", "word:done:named"),
    Column("measured", "word:sides:sides"),
    Column("state", "word:came:came"),
)
FIGURES = (
    Column("sign", "as_is"),
    Column("title", "translated:title"),
    Column("owner", "code:owner"),
    Column("done_on", "day"),
    Column("metric", "word:of_what:of_what", is_text=True),
    Column("n_reference", heading="n_before"),
    Column("estimate_reference", "as:before", "before", is_text=False),
    Column("n", heading="n_after"),
    Column("estimate", "as:after", "after", is_text=False),
    Column("change", "word:change", is_text=True),
    Column("state", "word:state", "came"),
    Column("marked", "word:mark:mark", "marked"),
)


def results(done: pd.DataFrame, survey: Survey, periods: int = 12) -> Block:
    """List the newest actions, at most two, and what came after each.

    Parameters
    ----------
    done : DataFrame
        From ``before_and_after``.
    survey : Survey
        The survey reported.
    periods : int
        How far back; all others stand among the figures.
    """
    if done.empty:
        return note(TOPIC, "missing.actions", survey)
    newest = {period.name for period in survey.history[-periods:]}
    newest_done = done[done["period"].isin(newest)].tail(MOST)
    if newest_done.empty:
        return section([])
    return table(
        TOPIC,
        "results",
        _written(newest_done),
        RESULTS,
        survey,
        around=int(done["periods"].iloc[0]),
    )


def figures(done: pd.DataFrame, survey: Survey) -> Block:
    """Show the sides of all actions, with n and intervals; ``done`` from ``before_and_after``."""
    if done.empty:
        return section([])
    return table(TOPIC, "figures", _written(done), FIGURES, survey)


def _written(done: pd.DataFrame) -> pd.DataFrame:
    """Name in each row the texts and formats that write it."""
    is_wait = done["metric"].isin([*WAIT_ENDS])
    compared = done["state"].isin(COMPARED)
    kind = np.where(is_wait, "wait", "score")
    marked = np.where(done["marked"] != "", done["direction"].replace("", "either"), "")
    return done.assign(
        title="",
        measured="",
        named=np.where(done["owner"] != "", "owned", "alone"),
        of_what=np.select([is_wait, done["metric"] != ""], [done["metric"], "score"], ""),
        sides=np.where(compared, kind, "none"),
        before=np.where(is_wait, "with_range:wait:low_reference:high_reference",
                        "with_range:score:low_reference:high_reference"),
        after=np.where(is_wait, "with_range:wait", "with_range:score"),
        change=np.where(compared, kind, ""),
        came=np.where(compared, done["state"] + "_" + kind, done["state"]),
        mark=marked,
    )  # fmt: skip
