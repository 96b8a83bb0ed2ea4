"""Are targets reached: the table of them, where the codebook declares any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.show.few import without_few
from cxreport.show.parts import Column, section, table
from cxreport.topics.targets.frames import WAITS

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

TOPIC = "targets"
ALMOST = 99.0
"""A probability above it, or below 1, is told by this bound."""
TARGETS = (
    Column("metric", "known_word:measure:capital:score_name", "measure"),
    Column("n", "whole"),
    Column("estimate", "as:interval", "result", is_text=False),
    Column("target", "word:target:owned", is_text=False),
    Column("state", "word:verdict:verdict"),
    Column("assurance", "word:assurance"),
)


@without_few
def reached(targets: pd.DataFrame, survey: Survey) -> Block:
    """List the targets, how probable it is that they are reached, and whether they will be.

    Parameters
    ----------
    targets : DataFrame
        From ``survey_targets``; nothing is shown where it has no row.
    survey : Survey
        The survey reported.
    """
    if targets.empty:
        return section([])
    is_wait = targets["metric"].isin(WAITS)
    almost = (targets["probability"] - 50).abs() > ALMOST - 50
    rows = targets.assign(
        unit=np.where(is_wait, "wait", "score"),
        interval=np.where(is_wait, "with_range:wait", "with_range:score"),
        verdict=targets["state"] + np.where(almost, "_almost", ""),
        owned=np.where(targets["owner_en"] != "", "owned", "alone"),
        owner="",
    )
    return table(TOPIC, "targets", rows, TARGETS, survey)
