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
from cxreport.show.written import caption, reader_of

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
    """Return what every chart writes the same way; of a topic, ``y`` is the key of its axis."""
    if "y" in block.parameters:
        name = reader_of(block, words.language).text(block.parameters["y"])
        return {"name": name, "number": words.number, "whole": words.whole}
    metric = block.parameters["metric"]
    name = f"{words.text(f'metric.{metric}')} ({words.text(f'unit.{metric}')})"
    return {"name": name, "number": words.number, "whole": words.whole}


def _unit(parameters: dict[str, Any]) -> str:
    """Return the score, or the format, that says how a chart's values are written."""
    return str(parameters["how"] if "how" in parameters else parameters["metric"])


def _control(block: Block, words: Words) -> Drawing:
    """Draw estimates over periods between their limits, with the signals marked."""
    parameters = block.parameters
    kind, metric = parameters["period"]["kind"], _unit(parameters)
    names = [words.period(name, kind, short=True) for name in block.frame["period"]]
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
        first_value=words.measured(first["estimate"], metric),
        last=last["period"],
        last_value=words.measured(last["estimate"], metric),
        lowest=words.measured(lowest["estimate"], metric),
        lowest_at=lowest["period"],
        highest=words.measured(highest["estimate"], metric),
        highest_at=highest["period"],
        signals=", ".join(fired) or words.text("alt.no_marks"),
    )
    return draw, alt


def _intervals(block: Block, words: Words) -> Drawing:
    """Draw one dot with its interval for each group or question."""
    parameters = block.parameters
    frame = block.frame.assign(name=_row_names(block, words))
    axis, metric = _axis(block, words), parameters["metric"]
    everyone = parameters.get("reference_value")
    line = f"chart.{parameters.get('reference_name', 'all')}"

    def draw(wide: bool) -> Figure:
        return charts.intervals(
            frame, label="name", y="estimate", low="low", high="high", n="n",
            reference=everyone, reference_label=words.text(line), x_label=axis["name"],
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
        highest=words.measured(highest["estimate"], metric),
        highest_at=highest["name"],
        lowest=words.measured(lowest["estimate"], metric),
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


def _row_names(block: Block, words: Words) -> list[str]:
    """Name the rows of a chart: groups by their codes, questions by their labels."""
    parameters = block.parameters
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
