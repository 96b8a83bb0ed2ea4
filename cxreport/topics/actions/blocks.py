"""What we did and what came after: the newest actions in short, all of them in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.inputs.targets import WAIT_ENDS
from cxreport.show.parts import Column, note, say, section, sentences, table

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

TOPIC = "actions"
COMPARED = ("better", "worse", "steady")
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
    Column("reached", "word:state", "came"),
    Column("marked", "word:mark:mark", "marked"),
)


def results(done: pd.DataFrame, survey: Survey, periods: int = 12) -> Block:
    """Describe the actions of the newest periods, the last first, and what came after each.

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
        has_table = "actions" in survey.dataset.tables
        return note(TOPIC, "missing.actions_none" if has_table else "missing.actions", survey)
    newest = {period.name for period in survey.history[-periods:]}
    rows = _written(done[done["period"].isin(newest)])[::-1]
    if rows.empty:
        return section([])
    items = [_item(row) for row in rows.to_dict("records")]
    return sentences(TOPIC, [*items, say("other_reasons", n=int(rows["periods"].iloc[0]))], survey)


def _item(row: dict[Hashable, Any]) -> Said:
    """Write one action, and what came after it, in a sentence."""
    values = {str(n): None if pd.isna(value) else value for n, value in row.items()}
    values["done_on"] = str(row["done_on"].date())
    return say("item.compared" if row["state"] in COMPARED else "item.alone", **values)


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
    reached = done["state"].mask(done["state"] == "few", np.where(is_wait, "few_wait", "few_score"))
    marked = np.where(done["marked"] != "", done["direction"].replace("", "either"), "")
    return done.assign(
        title="",
        named=np.where(done["owner"] != "", "owned", "alone"),
        of_what=np.select([is_wait, done["metric"] != ""], [done["metric"], "score"], ""),
        sides=kind,
        before=np.where(is_wait, "with_range:wait:low_reference:high_reference",
                        "with_range:score:low_reference:high_reference"),
        after=np.where(is_wait, "with_range:wait", "with_range:score"),
        change=np.where(compared, kind, ""),
        came=np.where(compared, done["state"] + "_" + kind, reached),
        reached=reached,
        mark=marked,
    )  # fmt: skip
