"""Block -> line chart of several series, beside the level that all of them claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.show import charts
from cxreport.show.written import caption, reader_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.pictures import Drawing
    from cxreport.show.words import Words


def draw_lines(block: Block, words: Words) -> Drawing:
    """Draw the column ``parameters["value"]`` over ``n``, one line an interval.

    Parameters
    ----------
    block : Block
        Frame with ``n``, ``interval_kind`` and the value (percent); parameters ``value`` and
        ``level`` (percent), which is drawn as a line of its own.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    if "topic" in block.parameters:
        return draw_series(block, words)
    value, level = block.parameters["value"], block.parameters["level"]
    kinds = [words.text(f"interval_kind.{kind}") for kind in block.frame["interval_kind"]]
    lines = block.frame[["n"]].assign(value=block.frame[value], name=kinds)
    claimed = lines[["n"]].drop_duplicates().assign(value=level, name=words.text("chart.claimed"))
    frame = pd.concat([lines, claimed], ignore_index=True)
    frame["n"] = [words.whole(n) for n in frame["n"]]

    def draw(wide: bool) -> Figure:
        return charts.line(
            frame, x="n", y="value", series="name", x_label=words.text("chart.answers"),
            y_label=words.text("chart.held"), number=words.number, whole=words.whole, wide=wide,
        )  # fmt: skip

    told = [
        words.text("alt.line", name=name, first=words.number(rows["value"].iloc[0]),
                   last=words.number(rows["value"].iloc[-1]))
        for name, rows in lines.groupby("name", sort=False)
    ]  # fmt: skip
    alt = words.text(
        "alt.lines",
        caption=caption(block, words),
        first=frame["n"].iloc[0],
        last=frame["n"].iloc[-1],
        lines="; ".join(told),
    )
    return draw, alt


def draw_series(block: Block, words: Words) -> Drawing:
    """Draw columns of a frame, one line each, over one of its columns.

    Parameters
    ----------
    block : Block
        Frame of one row per step of the horizontal axis, in its order. Parameters: ``along`` (the
        column of the steps, and the format of their labels), ``series`` (a list of
        ``{"value", "name", "low", "high"}``: columns, of which the ends of a band are optional,
        and as ``name`` the key of the line's name, optional too), ``y`` and, optional, ``x``
        (keys of the axes' names), ``drawn`` (the format of the values), ``alt`` (a sentence,
        which may speak of ``caption``), ``is_open`` (the column that says which points are
        hollow) and ``open_label`` (the key of what that means).
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    reader, parameters = reader_of(block, words.language), block.parameters
    lines, hollow = parameters["series"], parameters.get("is_open")
    rows = [{str(k): v for k, v in row.items()} for row in block.frame.to_dict("records")]
    along = parameters["along"]
    frame = pd.concat(
        [
            pd.DataFrame(
                {
                    "along": [reader.write(row[along["name"]], along["how"], row) for row in rows],
                    "value": block.frame[line["value"]].astype(float),
                    "low": block.frame[line["low"]].astype(float) if "low" in line else np.nan,
                    "high": block.frame[line["high"]].astype(float) if "high" in line else np.nan,
                    "open": block.frame[hollow] if hollow else False,
                    "name": reader.text(line["name"]) if "name" in line else "",
                }
            )
            for line in lines
        ],
        ignore_index=True,
    )
    optional = {"series": "name"} if any("name" in line for line in lines) else {}
    if any("low" in line for line in lines):
        optional |= {"low": "low", "high": "high"}
    if hollow:
        optional |= {"is_open": "open", "open_label": reader.text(parameters["open_label"])}

    def number(value: float) -> str:
        return reader.write(value, parameters["drawn"], {})

    def draw(wide: bool) -> Figure:
        return charts.line(
            frame, x="along", y="value", number=number, whole=words.whole, wide=wide,
            x_label=reader.text(parameters["x"]) if "x" in parameters else "",
            y_label=reader.text(parameters["y"]), **optional,
        )  # fmt: skip

    alt = parameters["alt"]
    return draw, reader.text(alt["key"], {**alt["values"], "caption": caption(block, words)})
