"""What the sections on drivers say and draw with: sentences, amounts, bars in pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.sections import about

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.survey import Survey

    Row = dict[Hashable, Any]


def of_target(row: Row) -> str:
    """Return the ending of the texts that speak of a target which somebody set."""
    return "_target" if row.get("target_set") else ""


def two_bars(effects: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Put both effects of each touchpoint below each other."""
    order = {question: at for at, question in enumerate(effects["question"])}
    parts = [
        pd.DataFrame(
            {
                "label": effects["question"],
                "question": effects["question"],
                "series": series,
                "estimate": effects[name],
                "low": effects[f"{name}_low"],
                "high": effects[f"{name}_high"],
            }
        )
        for series, name in names.items()
    ]
    both = pd.concat(parts, ignore_index=True)
    return both.sort_values("question", key=lambda q: q.map(order), kind="stable")


def lost(row: Row, name: str) -> dict[str, float]:
    """Return a loss and its limits, as amounts."""
    ends = {"loss": name, "loss_low": f"{name}_high", "loss_high": f"{name}_low"}
    return {new: -float(row[old]) for new, old in ends.items()}


def gained(row: Row, name: str) -> dict[str, float]:
    """Return a gain and its limits."""
    ends = {"gain": name, "gain_low": f"{name}_low", "gain_high": f"{name}_high"}
    return {new: float(row[old]) for new, old in ends.items()}


def plain(key: str, question: str = "", **values: object) -> dict[str, Any]:
    """Return a sentence by its key under ``drivers``, with its values.

    Examples
    --------
    >>> plain("kind.basic", "tp_delivery", loss=2.0)
    {'key': 'drivers.kind.basic', 'values': {'question': 'tp_delivery', 'loss': 2.0}}
    """
    named = {"question": question} if question else {}
    return {"key": f"drivers.{key}", "values": named | values}


def told(sentences: list[dict[str, Any]], survey: Survey) -> Block:
    """Show sentences."""
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})
