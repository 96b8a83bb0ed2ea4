"""Block -> picture of bars, or of a map, with axes and alt text in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.show.bars import bars
from cxreport.show.captions import code_label, question_label
from cxreport.show.maps import points
from cxreport.show.written import caption, names_of, reader_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.pictures import Drawing
    from cxreport.show.words import Words

ROUNDING = 1e-9


def draw_bars(block: Block, words: Words) -> Drawing:
    """Draw a block of kind ``bars``.

    Parameters
    ----------
    block : Block
        Frame with ``label``, ``estimate``, ``low``, ``high`` and, for several bars a label,
        ``series``. Parameters: ``axis`` (key under ``axis``), or ``metric`` for the axis of that
        score; optional ``group`` (the column whose codes the labels are; else they are names of
        columns, or keys under ``bars.label``), ``reference_value`` and ``reference_name`` (key
        under ``chart``), ``decimals`` (1). A series is a key under ``bars.series``, or stands as
        it is.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    parameters = block.parameters
    reader = reader_of(block, words.language) if "topic" in parameters else None
    names = (
        names_of(block, reader)
        if reader
        else [_label(v, parameters, words) for v in block.frame["label"]]
    )
    frame = block.frame.assign(label=names)
    if "series" in frame:
        frame["series"] = [_or_itself(f"bars.series.{v}", v, words) for v in frame["series"]]
    line = words.text(f"chart.{parameters.get('reference_name', 'all')}")
    decimals = int(parameters.get("decimals", 1))
    x_label = reader.text(parameters["x"]) if reader else _axis(parameters, words)

    def number(value: float) -> str:
        return words.number(value, decimals)

    def draw(wide: bool) -> Figure:
        return bars(
            frame, x_label=x_label, number=number, ticks=_exact(words),
            reference=parameters.get("reference_value"), reference_label=line, wide=wide,
        )  # fmt: skip

    told = [
        words.text("alt.bar", label=_both(row), estimate=number(row["estimate"]),
                   low=_end(row["low"], number), high=_end(row["high"], number))
        for row in frame.dropna(subset="estimate").to_dict("records")
    ]  # fmt: skip
    return draw, words.text("alt.bars", caption=caption(block, words), rows="; ".join(told))


def draw_map(block: Block, words: Words) -> Drawing:
    """Draw a block of kind ``map``.

    Parameters
    ----------
    block : Block
        Frame with ``label``, ``x``, ``x_low``, ``x_high``, ``y``, ``y_low``, ``y_high``,
        ``kind``. Parameters: ``x`` and ``y`` (keys under ``axis``), ``kinds`` (key of a section
        of texts, whose keys are the kinds), ``order`` (the kinds, the most striking first) and,
        optional, ``x_line`` and ``y_line`` (where the map is parted in four), ``group``, as for
        bars.
    words : Words
        The reader's language.

    Returns
    -------
    tuple
        What draws the figure (wide or not), and its alt text.
    """
    parameters = block.parameters
    frame = block.frame.assign(label=[_label(v, parameters, words) for v in block.frame["label"]])
    kinds = {kind: words.text(f"{parameters['kinds']}.{kind}") for kind in parameters["order"]}
    x_label, y_label = (words.text(f"axis.{parameters[axis]}") for axis in ("x", "y"))

    def draw(wide: bool) -> Figure:
        return points(
            frame, x_label=x_label, y_label=y_label, number=_exact(words),
            kinds=kinds, cross=(parameters.get("x_line"), parameters.get("y_line")),
            wide=wide,
        )  # fmt: skip

    told = [
        words.text("alt.point", label=row["label"], x=words.number(row["x"], 2),
                   y=words.number(row["y"]), kind=kinds.get(row["kind"], row["kind"]))
        for row in frame.dropna(subset=["x", "y"]).to_dict("records")
    ]  # fmt: skip
    alt = words.text(
        "alt.map", caption=caption(block, words), x=x_label, y=y_label, points="; ".join(told)
    )
    return draw, alt


def _label(value: object, parameters: dict[str, Any], words: Words) -> str:
    """Name a row: a code of the group's column, a text of the house, or a question."""
    if "group" in parameters:
        return code_label(parameters["group"], value, parameters, words)
    return _or_itself(f"bars.label.{value}", question_label(str(value), parameters, words), words)


def _or_itself(key: str, value: object, words: Words) -> str:
    return words.text(key) if words.has(key) else str(value)


def _axis(parameters: dict[str, Any], words: Words) -> str:
    if "axis" in parameters:
        return words.text(f"axis.{parameters['axis']}")
    metric = parameters["metric"]
    return f"{words.text(f'metric.{metric}')} ({words.text(f'unit.{metric}')})"


def _both(row: dict[Any, Any]) -> str:
    return f"{row['label']}, {row['series']}" if row.get("series") else str(row["label"])


def _exact(words: Words) -> Callable[[float], str]:
    """Write a number of an axis with as many decimals as it has: 0.15 is not 0.2."""

    def write(value: float) -> str:
        decimals = next((d for d in range(4) if abs(value - round(value, d)) < ROUNDING), 4)
        return words.number(value, decimals)

    return write


def _end(value: float | None, number: Any) -> str:
    return str(number(float("nan") if value is None else value))
