"""Block -> picture: the chart of its kind, for a desktop page and for a phone, with alt text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.show import charts
from cxreport.show.captions import answer_label, code_label, question_label
from cxreport.show.control import control
from cxreport.show.curve_pictures import draw_curves
from cxreport.show.effect_pictures import draw_bars, draw_map
from cxreport.show.line_pictures import draw_lines
from cxreport.show.svg import to_svg
from cxreport.show.value.pictures import draw_tracking, draw_whale
from cxreport.show.written import caption, names_of, reader_of, values_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.figure import Figure

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

    Drawing = tuple[Callable[[bool], Figure], str]
LEGEND = ("centre", "limits", "improvement", "concern")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a formula begins with in a spreadsheet."""


@dataclass(frozen=True)
class Picture:
    """The same chart twice, and what it says in words."""

    wide: str
    narrow: str
    alt: str


def make_picture(block: Block, words: Words, *, prefix: str) -> Picture:
    """Draw a block of one of the chart kinds.

    Parameters
    ----------
    block : Block
        Of a kind in ``DRAWINGS``.
    words : Words
        The reader's language.
    prefix : str
        What the ids of the picture begin with, one for each picture of a page.

    Returns
    -------
    Picture
        Two SVG texts and the alt text made from the frame.
    """
    draw, alt = DRAWINGS[block.kind](block, words)
    return Picture(
        wide=to_svg(draw(True), prefix=f"{prefix}w", alt=alt),
        narrow=to_svg(draw(False), prefix=f"{prefix}n", alt=alt),
        alt=alt,
    )


def _axis(block: Block, words: Words) -> dict[str, Any]:
    """Return what every chart writes the same way: of a topic's, ``x`` or ``y`` names the axis."""
    parameters = block.parameters
    if "label" in parameters:
        key = parameters.get("x") or parameters["y"]
        name = reader_of(block, words.language).text(key, values_of(block))
    else:
        metric = parameters["metric"]
        name = f"{words.text(f'metric.{metric}')} ({words.text(f'unit.{metric}')})"
    return {"name": name, "number": words.number, "whole": words.whole}


def _writer(block: Block, words: Words) -> Callable[[float], str]:
    """Return what writes a value in the alt text: by the format ``how``, or by the metric."""
    if "label" in block.parameters:
        reader, how = reader_of(block, words.language), block.parameters["how"]
        return lambda value: reader.write(value, how, {})
    return lambda value: words.measured(value, block.parameters["metric"])


def _control(block: Block, words: Words) -> Drawing:
    """Draw estimates over periods between their limits, with the signals marked."""
    parameters = block.parameters
    write = _writer(block, words)
    names = _periods(block, words)
    frame = block.frame.assign(period=names)
    axis = _axis(block, words)
    periods = block.frame["period"].tolist()
    marks = [
        (periods.index(action["period"]), action["sign"])
        for action in parameters.get("actions", [])
        if action["period"] in periods
    ]
    legend = {key: words.text(f"chart.{key}") for key in LEGEND}

    def draw(wide: bool) -> Figure:
        return control(
            frame, x_label="", y_label=axis["name"], number=axis["number"], whole=axis["whole"],
            names=legend, marks=marks, wide=wide,
        )  # fmt: skip

    known = frame.dropna(subset="estimate")
    values = known["estimate"].astype(float).to_numpy()
    lowest, highest = known.iloc[values.argmin()], known.iloc[values.argmax()]
    first, last = known.iloc[0], known.iloc[-1]
    fired = known.loc[known["signal"] != "", "period"]
    alt = words.text(
        "alt.control",
        caption=caption(block, words),
        points=len(known),
        first=first["period"],
        first_value=write(first["estimate"]),
        last=last["period"],
        last_value=write(last["estimate"]),
        lowest=write(lowest["estimate"]),
        lowest_at=lowest["period"],
        highest=write(highest["estimate"]),
        highest_at=highest["period"],
        signals=", ".join(fired) or words.text("alt.no_marks"),
    )
    return draw, alt


def _intervals(block: Block, words: Words) -> Drawing:
    """Draw one dot with its interval for each group or question."""
    parameters = block.parameters
    frame = block.frame.assign(name=_row_names(block, words))
    axis, write = _axis(block, words), _writer(block, words)
    everyone = parameters.get("reference_value")
    line = _line(block, words)

    def draw(wide: bool) -> Figure:
        return charts.intervals(
            frame, label="name", y="estimate", low="low", high="high", n="n",
            reference=everyone, reference_label=line, x_label=axis["name"],
            number=axis["number"], whole=axis["whole"], wide=wide,
        )  # fmt: skip

    known = frame.dropna(subset="estimate")
    if known.empty:
        raise CxError("a chart without a number", got=parameters["caption"])
    values = known["estimate"].astype(float).to_numpy()
    lowest, highest = known.iloc[values.argmin()], known.iloc[values.argmax()]
    alt = words.text(
        "alt.intervals",
        caption=caption(block, words),
        groups=len(frame),
        highest=write(highest["estimate"]),
        highest_at=highest["name"],
        lowest=write(lowest["estimate"]),
        lowest_at=lowest["name"],
    )
    return draw, alt


def _distribution(block: Block, words: Words) -> Drawing:
    """Draw how the answers to questions of one scale are spread, one bar a question."""
    answers = list(dict.fromkeys(block.frame["answer"]))
    names = [answer_label(answer, words) for answer in answers]
    bars = block.frame.pivot_table(
        index="question", columns="answer", values="n", aggfunc="sum", sort=False
    )[answers]
    labels = [question_label(str(name), block.parameters, words) for name in bars.index]
    frame = bars.assign(name=labels, n=bars.sum(axis="columns"))

    def draw(wide: bool) -> Figure:
        return charts.distribution(
            frame, label="name", parts=answers, part_labels=names, n="n",
            x_label=words.text("chart.share"), number=words.whole, wide=wide,
        )  # fmt: skip

    rows = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{name} {words.number(100 * row[answer] / row['n'])}%"
            for name, answer in zip(names, answers, strict=True)
        )
        for label, row in zip(labels, frame.to_dict("records"), strict=True)
    )
    return draw, words.text("alt.distribution", caption=caption(block, words), rows=rows)


def _line(block: Block, words: Words) -> str:
    """Name the line of reference."""
    if "reference_label" in block.parameters:
        return reader_of(block, words.language).text(block.parameters["reference_label"])
    return words.text(f"chart.{block.parameters.get('reference_name', 'all')}")


def _periods(block: Block, words: Words) -> list[str]:
    """Name the periods of a control chart."""
    if "label" in block.parameters:
        return names_of(block, reader_of(block, words.language))
    kind = block.parameters["period"]["kind"]
    return [words.period(name, kind, short=True) for name in block.frame["period"]]


def _row_names(block: Block, words: Words) -> list[str]:
    """Name the rows of a chart: groups by their codes, questions by their labels."""
    parameters = block.parameters
    if "label" in parameters:
        return names_of(block, reader_of(block, words.language))
    if "group" in block.frame.columns:
        column = parameters["group"]
        return [code_label(column, code, parameters, words) for code in block.frame["group"]]
    return [question_label(str(n), parameters, words) for n in block.frame["question"]]


DRAWINGS = {
    "control": _control,
    "intervals": _intervals,
    "distribution": _distribution,
    "lines": draw_lines,
    "curves": draw_curves,
    "bars": draw_bars,
    "map": draw_map,
    "tracking": draw_tracking,
    "whale": draw_whale,
}


def csv_of(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV that no spreadsheet takes for a formula.

    Examples
    --------
    >>> import pandas as pd
    >>> csv_of(pd.DataFrame({"shop": ["=1+1"], "n": [-3]}))
    "shop,n\r\n'=1+1,-3\r\n"
    """
    return frame.map(_harmless).rename(columns=_harmless).to_csv(index=False, lineterminator="\r\n")


def _harmless(value: object) -> object:
    """Mark a text that a spreadsheet would run, wherever blanks let it find the formula."""
    if not isinstance(value, str):
        return value
    runs = value.lstrip().startswith(FORMULA) or value.startswith(("\t", "\r"))
    return f"'{value}" if runs else value
