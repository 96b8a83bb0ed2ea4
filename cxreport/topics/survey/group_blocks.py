"""Groups of customers: break-downs, league tables, consistency of channels, who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.roles import CATEGORIES
from cxreport.inputs.source import run
from cxreport.scores.suppression import hide_few
from cxreport.show.few import without_few
from cxreport.show.parts import SURVEY, Column, chart, note, say, section, sentences, table
from cxreport.topics.survey.blocks import DIFFERENCE, OF_SCORE, RESULT, TOPIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

GROUP = Column("group", "code")
NOTE = Column("note", "known_word:note")
GROUPS = (GROUP, *RESULT, *DIFFERENCE, Column("signal", "signal"), NOTE)
LEAGUE = (
    GROUP,
    Column("answers", heading="n"),
    Column("result", "score", "estimate"),
    Column("estimate", "score", "stabilised"),
    Column("estimate", "range:score", "stabilised_interval"),
    Column("rank_low", "span:whole:rank_low:rank_high", "ranks", is_text=True),
)
STABILISED = {
    "n": "answers", "estimate": "result",
    "stabilised": "estimate", "stabilised_low": "low", "stabilised_high": "high",
}  # fmt: skip
"""What is drawn of a league: many rows, so their answers stand beside the names."""
BASE = (
    Column("variable", "column"),
    Column("level", "code_of:variable"),
    Column("n"),
    Column("share", "share"),
    Column("share_population", "share"),
    Column("ratio", "2"),
    Column("used", "yes"),
    NOTE,
)


def breakdown(scores: Mapping[str, pd.DataFrame], everyone: pd.DataFrame, survey: Survey) -> Block:
    """Draw one score by each channel and segment.

    Parameters
    ----------
    scores : mapping of str to DataFrame
        Column -> its groups' scores, from ``break_down``.
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
            named = {"group": column, "question": str(question), "metric": str(metric)}
            line = {"reference_value": everyone.loc[same, "estimate"].item()}
            groups = rows.rename(columns={column: "group"})
            kind = "intervals" if rows["estimate"].notna().sum() > 1 else "table"
            label = {"name": "group", "how": "code"}
            charts.append(
                chart(kind, TOPIC, "breakdown", groups, GROUPS, survey, label=label,
                      **named, **line, **OF_SCORE)
            )  # fmt: skip
    return section(charts) if charts else note(TOPIC, _why_no_groups(survey), survey, needs=SURVEY)


def _why_no_groups(survey: Survey) -> str:
    """Return the key of why no score is broken down."""
    if not survey.codebook.responses.with_role(*CATEGORIES):
        return "missing.breakdown"
    if not survey.categories:
        return "missing.breakdown_unasked"
    answers = survey.current
    counts = run(answers.aggregate(**{n: answers[n].nunique() for n in survey.categories}))
    return "missing.breakdown_leagues" if counts.max(axis=None) else "missing.breakdown_unnamed"


def leagues(tables: Mapping[str, pd.DataFrame], survey: Survey, periods: int) -> Block:
    """Draw the groups of columns with many of them; ``tables`` from ``league_tables``."""
    blocks = [
        league(rows.rename(columns={column: "group"}), survey, column, periods)
        for column, rows in tables.items()
    ]
    return section(blocks) if blocks else note(TOPIC, "missing.leagues", survey, needs=SURVEY)


@without_few
def league(rows: pd.DataFrame, survey: Survey, column: str, periods: int) -> Block:
    """Draw the stabilised scores of one column's groups, best first; their ranks in the table."""
    named = {"metric": rows["metric"].iloc[0], "question": rows["question"].iloc[0]}
    drawn = rows.drop(columns=["low", "high"], errors="ignore").rename(columns=STABILISED)
    return chart(
        "intervals", TOPIC, "league", drawn, LEAGUE, survey, group=column, periods=periods,
        label={"name": "group", "how": "say:league_row"}, **named, **OF_SCORE,
    )  # fmt: skip


def consistency(spread: pd.DataFrame, survey: Survey) -> Block:
    """Describe how much channels differ beyond chance; ``spread`` from ``channel_consistency``."""
    if spread.empty:
        return note(TOPIC, "missing.consistency", survey, needs=SURVEY)
    items = []
    for row in spread.to_dict("records"):
        values = {name: row[name] for name in ("tau", "i2", "largest_gap", "groups", "n")}
        high, _, low = str(row["largest_gap_between"]).partition(" - ")
        values |= {"channel": row["group"], "high": high, "low": low}
        if pd.isna(row["signal"]):
            items.append(say("consistency.unsaid", **values))
        else:
            items.append(say("consistency.more" if row["signal"] else "consistency.none", **values))
    return sentences(TOPIC, items, survey)


@without_few
def base(compared: pd.DataFrame, survey: Survey) -> Block:
    """Show who answers beside the customer base, or say that the base is not known."""
    if compared.empty:
        return note(TOPIC, "missing.base", survey, needs=SURVEY)
    return table(TOPIC, "base", compared, BASE, survey)
