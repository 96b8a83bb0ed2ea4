"""What each row is made of: one bar, its parts adding to 100 percent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch

from cxreport.errors import CxError
from cxreport.show.charts import canvas, layout
from cxreport.show.charts.canvas import FONT_SIZE
from cxreport.show.charts.labels import label_of, write_drawn, write_measured
from cxreport.show.written import caption, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.charts.canvas import Drawing, Numbers, Style, Writer
    from cxreport.show.formats import Reader

THREE = ("#c24e00", "#767676", "#0072b2")  # from the worst answer to the best
MORE = ("#7d3200", "#c24e00", "#767676", "#0072b2", "#002e4d")


def draw_distribution(block: Block, reader: Reader) -> Drawing:
    """Draw a block of kind ``distribution``: how the answers to questions are spread.

    Parameters
    ----------
    block : Block
        Frame: one row per bar and part, bars from top to bottom, parts from the worst to the best,
        with ``n``, the count or share of the part.

        Parameters: ``label`` (names the bars, such as ``{"name": "question", "how": "question"}``)
        and ``parts`` (names the parts, such as ``{"name": "answer", "how": "answer"}``); optional
        ``x`` (``chart.share`` where it is not said), ``how`` (of a share in percent: ``share``
        where it is not said) and ``drawn`` (``whole``).
    reader : Reader
        Who reads it.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    p = block.parameters
    bar, part = (p[parameter]["name"] for parameter in ("label", "parts"))
    labels = dict(zip(block.frame[bar], names_of(block, reader), strict=True))
    parts = dict(zip(block.frame[part], names_of(block, reader, "parts"), strict=True))
    counts = block.frame.pivot_table(
        index=bar, columns=part, values="n", aggfunc="sum", sort=False
    )[list(parts)]
    named = [labels[name] for name in counts.index]
    frame = counts.assign(name=named, n=counts.sum(axis="columns"))
    x_label = label_of(block, reader, "x", "chart.share")
    number = write_drawn(block, reader, "whole")

    def draw(wide: bool) -> Figure:
        return distribution(
            frame, label="name", parts=list(parts), part_labels=list(parts.values()), n="n",
            x_label=x_label, number=number, wide=wide,
        )  # fmt: skip

    write = write_measured(block, reader, "how", "share")
    rows = "; ".join(
        f"{row['name']}: "
        + ", ".join(
            f"{name} {write({'share': 100 * row[each] / row['n']}, 'share')}"
            for each, name in parts.items()
        )
        for row in frame.to_dict("records")
    )
    texts = {"caption": caption(block, reader.words), "rows": rows}
    return draw, reader.text(p.get("alt", "alt.distribution"), texts)


def distribution(
    frame: pd.DataFrame,
    *,
    label: str,
    parts: Sequence[str],
    part_labels: Sequence[str],
    x_label: str,
    number: Writer,
    wide: bool,
    n: str | None = None,
    whole: Writer | None = None,
) -> Figure:
    """Show what each group is made of: one bar per group, its parts adding to 100 percent.

    Parameters
    ----------
    frame : DataFrame
        One row per group, drawn from top to bottom.
    label : str
        Column of the group's name.
    parts, part_labels : sequence of str
        Columns of counts or shares, from the worst answer to the best, and their names for the
        legend. A row that lacks one, or has none at all, shows its name alone.
    x_label, number, wide, n, whole
        As in `intervals`; ``number`` writes shares in percent.

    Returns
    -------
    Figure
        Shares are written inside where they fit.

    Raises
    ------
    CxError
        On an unknown column, a value that is no number or below zero, or parts and names that
        do not pair.

    Examples
    --------
    >>> import pandas as pd
    >>> shops = pd.DataFrame({"shop": ["Roma"], "low": [1], "high": [3]})
    >>> names = {"parts": ["low", "high"], "part_labels": ["Low", "High"], "x_label": "Answers (%)"}
    >>> figure = distribution(shops, label="shop", wide=True, number="{:.0f}".format, **names)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['Roma', '25', '75']
    """
    import seaborn as sns  # noqa: PLC0415 - takes seconds, and scipy with it

    if not parts or len(parts) != len(part_labels):
        raise CxError("each part needs a name", where=", ".join(parts), got=list(part_labels))
    amounts = np.column_stack([canvas.numbers(frame, part) for part in parts])
    if (amounts < 0).any():
        raise CxError("a part of a whole is below zero", where=", ".join(parts))
    shares = _shares(amounts)
    colours = sns.blend_palette(THREE if len(parts) <= 3 else MORE, len(parts)).as_hex()
    with canvas.drawing():
        names, notes = canvas.texts(frame, label), canvas.sizes_of(frame, n, whole or number)
        figure, axes, middles = canvas.rows(names, notes, wide=wide)
        _stack(axes, shares, middles, colours)
        handles = [
            Patch(color=colour, label=canvas.brief(name, 28))
            for colour, name in zip(colours, part_labels, strict=True)
        ]
        canvas.name_axes(axes, x_label, "", wide=wide)
        canvas.legend(figure, handles, wide=wide)
        layout.write_values(axes.xaxis, number, whole, 4)
        axes.set_xlim(0, 100)
        layout.lay_out(figure, axes)
        _write_shares(axes, shares, middles, number)
    return figure


def _shares(amounts: Numbers) -> Numbers:
    """Turn each row into percent of its sum; a row without one is NaN."""
    totals = amounts.sum(axis=1, keepdims=True)
    return 100 * amounts / np.where(totals > 0, totals, np.nan)


def _stack(axes: Axes, shares: Numbers, middles: Numbers, colours: Sequence[str]) -> None:
    complete = np.flatnonzero(np.isfinite(shares).all(axis=1))
    starts = np.cumsum(shares, axis=1) - shares
    for k, colour in enumerate(colours):
        look: Style = {"color": colour, "edgecolor": "white", "linewidth": 0.8, "height": 0.25}
        bars = axes.barh(middles[complete], shares[complete, k], left=starts[complete, k], **look)
        for i, bar in zip(complete, bars, strict=True):
            bar.set_gid(f"part-{i}-{k}")


def _write_shares(axes: Axes, shares: Numbers, middles: Numbers, number: Writer) -> None:
    """Write each share inside its part, in white, where the part is wide enough."""
    centres = np.cumsum(shares, axis=1) - shares / 2
    for (i, k), share in np.ndenumerate(shares):
        text = canvas.plain(number(share)) if math.isfinite(share) else ""
        if len(text) * 0.7 * FONT_SIZE + 4 < share / 100 * axes.bbox.width:
            axes.text(
                float(centres[i, k]),
                float(middles[i]),
                text,
                ha="center",
                va="center",
                color="white",
            )
