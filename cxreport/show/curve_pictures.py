"""Block -> picture of step curves over time, with its axes and alt text in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxreport.show.captions import code_label
from cxreport.show.curves import curves
from cxreport.show.written import caption, names_of, reader_of, values_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.pictures import Drawing
    from cxreport.show.words import Words


def draw_curves(block: Block, words: Words) -> Drawing:
    """Draw a block of kind ``curves``.

    Parameters
    ----------
    block : Block
        Frame with ``group``, ``time``, ``estimate``, ``low``, ``high`` (percent). Parameters:
        ``unit`` (key under ``curves.unit``: what the percent are of), ``time_unit`` (key under
        ``curves.time``) and, optional, ``group`` (the column whose codes the groups are; a group
        that is a key under ``curves.series`` is called so), ``start`` (percent at time 0) and
        ``smooth`` (true for a projection). Of a topic: ``label``, ``x`` and ``y`` instead.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    parameters = block.parameters
    if "label" in parameters:
        reader = reader_of(block, words.language)
        names = names_of(block, reader)
        x_label, y_label = (reader.text(parameters[a], values_of(block)) for a in ("x", "y"))
    else:
        names = [_name(group, block, words) for group in block.frame["group"]]
        x_label = words.text(f"curves.time.{parameters['time_unit']}")
        y_label = words.text(f"curves.unit.{parameters['unit']}")
    frame = block.frame.assign(group=names)

    def draw(wide: bool) -> Figure:
        return curves(
            frame, x_label=x_label, y_label=y_label, number=words.number, whole=words.whole,
            start=parameters.get("start"), smooth=parameters.get("smooth", False), wide=wide,
        )  # fmt: skip

    known = frame.dropna(subset="estimate")
    told = [_told(rows, str(name), words) for name, rows in known.groupby("group", sort=False)]
    alt = words.text(
        "alt.curves", caption=caption(block, words), x=x_label, y=y_label, lines="; ".join(told)
    )
    return draw, alt


def _name(group: object, block: Block, words: Words) -> str:
    """Name a curve: by the house's own words, or by the codebook's label of its code."""
    if group == "":
        return ""
    if words.has(f"curves.series.{group}"):
        return words.text(f"curves.series.{group}")
    return code_label(block.parameters.get("group", ""), group, block.parameters, words)


def _told(rows: pd.DataFrame, name: str, words: Words) -> str:
    """Say where a curve is early, in the middle and at its end."""
    chosen = rows.iloc[np.unique(np.linspace(0, len(rows) - 1, 4).round().astype(int))]
    at = [
        words.text(
            "alt.curve_at", time=words.value(_short(time)), value=words.measured(value, "share")
        )
        for time, value in zip(chosen["time"], chosen["estimate"], strict=True)
    ]
    return (f"{name}: " if name else "") + ", ".join(at)


def _short(time: float) -> float | int:
    return int(time) if float(time).is_integer() else float(time)
