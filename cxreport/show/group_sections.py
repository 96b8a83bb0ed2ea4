"""Blocks on groups: break-downs, league tables, consistency of channels, who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.scores.suppression import hide_few
from cxreport.show.blocks import Block
from cxreport.show.sections import about, note, several, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.survey import Survey


def breakdown(scores: Mapping[str, pd.DataFrame], everyone: pd.DataFrame, survey: Survey) -> Block:
    """Draw one score by each channel and segment.

    Parameters
    ----------
    scores : mapping of str to DataFrame
        Column -> its groups' scores, from ``scoreboard(..., by=[column])``.
    everyone : DataFrame
        The same score of all answers: one row.
    survey : Survey
        The survey reported.
    """
    charts = []
    everyone = hide_few(everyone, survey.minimum_group)
    for column, frame in scores.items():
        for (question, metric), rows in frame.groupby(["question", "metric"], sort=False):
            same = everyone["question"].eq(str(question)) & everyone["metric"].eq(str(metric))
            parameters = {
                "caption": "breakdown",
                "table": "breakdown",
                "group": column,
                "question": str(question),
                "metric": str(metric),
                "reference_value": everyone.loc[same, "estimate"].item(),
            }
            shown = rows.rename(columns={column: "group"})
            kind = "intervals" if rows["estimate"].notna().sum() > 1 else "table"
            charts.append(Block(kind, shown, about(survey) | parameters))
    return several(charts) if charts else note("breakdown")


def leagues(tables: Mapping[str, pd.DataFrame], survey: Survey, periods: int) -> Block:
    """Show the league tables of columns with many groups; ``tables`` from ``league_tables``."""
    blocks = [
        table("league", rows.rename(columns={column: "group"}), survey,
              group=column, metric=rows["metric"].iloc[0], question=rows["question"].iloc[0],
              periods=periods)
        for column, rows in tables.items()
    ]  # fmt: skip
    return several(blocks) if blocks else note("leagues")


def consistency(spread: pd.DataFrame, survey: Survey) -> Block:
    """Say how much channels differ beyond chance; ``spread`` from ``consistency``, or empty."""
    if spread.empty:
        return note("consistency")
    sentences = []
    for row in spread.to_dict("records"):
        key = "unsaid" if pd.isna(row["signal"]) else "more" if row["signal"] else "none"
        values = {name: row[name] for name in ("tau", "i2", "largest_gap", "groups", "n")}
        high, _, low = str(row["largest_gap_between"]).partition(" - ")
        values |= {"channel": row["group"], "high": high, "low": low, "metric": row["metric"]}
        sentences.append({"key": f"consistency.{key}", "values": values})
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})


def base(compared: pd.DataFrame, survey: Survey) -> Block:
    """Show who answers beside the customer base, or say that the base is not known."""
    return note("base", survey) if compared.empty else table("base", compared, survey)
