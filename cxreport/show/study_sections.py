"""Blocks of studies: pages that reckon from parameters alone, without a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block
from cxreport.show.sections import several
from cxreport.show.words import Words

if TYPE_CHECKING:
    import pandas as pd

SHOWN = {"interval": "interval_kind", "worst": "lowest"}
"""Columns that bear another name in the tables of a page, where theirs means something else."""
ENOUGH = 10
"""Answers from which on the default interval is held to its level."""


def study(name: str) -> Block:
    """Show what a study is about.

    Parameters
    ----------
    name : str
        Key of its title under ``title``, and of its introduction under ``study``.
    """
    source = {language: Words(language).text("study.source") for language in LANGUAGES}
    period = {"name": "study", "kind": "study"}
    return Block(
        "header", parameters={"title": name, "study": name, "source": source, "period": period}
    )


def interval_brief(by_number: pd.DataFrame, edges: pd.DataFrame, populations: int) -> Block:
    """Say how well each interval keeps its promise.

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
    sentences = [
        _say("default", first=numbers[0], last=numbers[-1], populations=populations,
             low=default["coverage"].min(), high=default["coverage"].max()),
        _say("wald", n=n, mean=wald["coverage"][n], worst=wald["worst"][n]),
        _say("score", n=n, mean=score["coverage"][n], width=score["width"][n],
             default_width=default["width"][n]),
    ]  # fmt: skip
    least = int(edges["n"].min())
    empty = edges[(edges["edge"] == "no detractors") & (edges["n"] == least)]
    held = empty.set_index("interval")[["coverage", "worst"]]
    sentences.append(
        _say("edge", n=least,
             default=held["coverage"]["adjusted-wald"], score=held["coverage"]["score"],
             default_worst=held["worst"]["adjusted-wald"], score_worst=held["worst"]["score"])
    )  # fmt: skip
    return Block("sentences", parameters={"sentences": sentences})


def interval_lines(by_number: pd.DataFrame, level: float = 95) -> Block:
    """Draw coverage by number of answers: the mean over populations, and the worst of them.

    Parameters
    ----------
    by_number : DataFrame
        From ``coverage_by_number``.
    level : float
        What the intervals claim, percent.
    """
    frame = by_number.rename(columns=SHOWN)
    return several(
        [
            Block(
                "lines",
                frame,
                {"caption": f"coverage_{value}", "table": "interval_coverage", "value": value}
                | {"level": level},
            )
            for value in ("coverage", "lowest")
        ]
    )


def interval_maps(coverage: pd.DataFrame, level: float = 95) -> Block:
    """Show coverage over detractors and promoters as shaded tables: one a number and interval.

    Parameters
    ----------
    coverage : DataFrame
        From ``coverage_of_intervals`` on ``share_grid``.
    level : float
        What the intervals claim, percent.
    """
    blocks = [
        Block("coverage_map", rows[["detractors", "promoters", "coverage"]],
              {"n": n, "interval": kind, "level": level})
        for (n, kind), rows in coverage.groupby(["n", "interval"], sort=False)
    ]  # fmt: skip
    return several(blocks)


def interval_edges(edges: pd.DataFrame) -> Block:
    """Show coverage where a class is empty, a table each; from ``coverage_at_edges``."""
    return several(
        [
            Block(
                "table",
                rows.drop(columns="edge").rename(columns=SHOWN),
                {"table": "interval_coverage", "caption": str(edge).replace(" ", "_")},
            )
            for edge, rows in edges.groupby("edge", sort=False)
        ]
    )


def _say(key: str, **values: object) -> dict[str, object]:
    return {"key": f"coverage.{key}", "values": values}
