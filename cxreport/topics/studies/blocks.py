"""How well intervals keep their promise: a study that reckons from parameters alone."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING

from cxreport.show.parts import Column, chart, say, section, sentences, table

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.show.blocks import Block

ENOUGH = 10
"""Answers from which on the default interval is held to its level."""
STEPS = (0.5, 1, 2, 5, 10)
"""Percentage points from the level at which the next shade begins."""
LINES = {"coverage": "mean_coverage", "worst": "worst_coverage"}
"""Column drawn -> caption of its chart."""
EDGES = {"no detractors": "no_detractors", "no passives": "no_passives"}

INTERVAL = Column("interval", "word:interval_kind")
COVERAGE = (INTERVAL, Column("n"), Column("coverage", "share"), Column("worst", "share"),
            Column("width", "number"))  # fmt: skip


def brief(by_number: pd.DataFrame, edges: pd.DataFrame, populations: int) -> Block:
    """Describe how well each interval keeps its promise.

    Parameters
    ----------
    by_number : DataFrame
        From ``coverage_by_number``, all three intervals.
    edges : DataFrame
        From ``coverage_at_edges``.
    populations : int
        How many populations the means are over.
    """
    numbers = sorted(int(n) for n in by_number["n"].unique())
    n = next((n for n in numbers if n >= ENOUGH), numbers[0])
    default, score, wald = (
        by_number[by_number["interval"] == kind].set_index("n")[["coverage", "worst", "width"]]
        for kind in ("adjusted-wald", "score", "wald")
    )
    least = int(edges["n"].min())
    empty = edges[(edges["edge"] == "no detractors") & (edges["n"] == least)]
    at_edge = empty.set_index("interval")[["coverage", "worst"]]
    story = [
        say("default", first=numbers[0], last=numbers[-1], populations=populations,
            low=default["coverage"].min(), high=default["coverage"].max()),
        say("wald", n=n, mean=wald["coverage"][n], worst=wald["worst"][n]),
        say("score", n=n, mean=score["coverage"][n], width=score["width"][n],
            default_width=default["width"][n]),
        say("edge", n=least, default=at_edge["coverage"]["adjusted-wald"],
            score=at_edge["coverage"]["score"], default_worst=at_edge["worst"]["adjusted-wald"],
            score_worst=at_edge["worst"]["score"]),
    ]  # fmt: skip
    return sentences("studies", story)


def lines(by_number: pd.DataFrame, level: float = 95) -> Block:
    """Draw coverage by number of answers: the mean over populations, and the worst of them.

    Parameters
    ----------
    by_number : DataFrame
        From ``coverage_by_number``.
    level : float
        What the intervals claim, percent.
    """
    label = {"name": "interval", "how": "word:interval_kind"}
    return section(
        [
            chart("lines", "studies", caption, by_number, COVERAGE, label=label, value=value,
                  x="axis.answers", y="axis.held", reference_value=level,
                  reference_label="claimed", alt="alt.lines_of_answers", how="share",
                  along={"name": "n", "how": "whole"})
            for value, caption in LINES.items()
        ]
    )  # fmt: skip


def maps(coverage: pd.DataFrame, level: float = 95) -> Block:
    """Show coverage over detractors and promoters as shaded tables: one a number and interval.

    Parameters
    ----------
    coverage : DataFrame
        From ``coverage_of_intervals`` on ``share_grid``.
    level : float
        What the intervals claim, percent.
    """
    percent = {name: (100 * coverage[name]).round(1) for name in ("detractors", "promoters")}
    shades = [shade_of(value - level) for value in coverage["coverage"]]
    cells = coverage.assign(**percent, shade=shades).sort_values(["detractors", "promoters"])
    share = "say:share"
    blocks = []
    for group in coverage[["n", "interval"]].drop_duplicates().to_dict("records"):
        own = (cells["n"] == group["n"]) & (cells["interval"] == group["interval"])
        frame = cells.loc[own, ["detractors", "promoters", "coverage", "shade"]]
        blocks.append(
            chart(
                "heat_map", "studies", "map", frame, (Column("detractors", share, "corner"),),
                across={"name": "promoters", "how": share},
                cell={"name": "coverage", "how": "number"},
                n=group["n"], interval=group["interval"],
            )
        )  # fmt: skip
    return section(blocks)


def edges(coverage: pd.DataFrame) -> Block:
    """Show coverage where a class is empty, a table each; from ``coverage_at_edges``."""
    return section(
        [
            table("studies", EDGES[str(edge)], rows.drop(columns="edge"), COVERAGE)
            for edge, rows in coverage.groupby("edge", sort=False)
        ]
    )


def shade_of(distance: float) -> int:
    """Return the shade of a distance from the level, in percentage points.

    Shades 1 to 5 lie above the level, -1 to -5 below it; none is within half a point.

    Examples
    --------
    >>> [shade_of(distance) for distance in (0.4, -0.6, 3.0, -40.0, math.nan)]
    [0, -1, 3, -5, 0]
    """
    if math.isnan(distance):
        return 0
    return bisect_left(STEPS, round(abs(distance), 6)) * (1 if distance > 0 else -1)
