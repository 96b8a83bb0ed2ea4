"""Charts of topics that are not folders yet: their old parameters, rewritten as those of today.

With the last of them this module goes, with its one use in ``picture_of``, which then asks
``reader_of`` who reads the block.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxreport.show.captions import code_label, question_label

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

    Given = dict[str, Any]

NAMED = {"name": "label", "how": "as_is"}


def old_block(block: Block, words: Words) -> Block:
    """Rewrite a block without a topic."""
    if "topic" in block.parameters or block.kind not in OLD:
        return block
    frame, more = OLD[block.kind](block.frame, block.parameters, words)
    line = f"chart.{block.parameters.get('reference_name', 'all')}"
    return replace(
        block, frame=frame, parameters=block.parameters | {"reference_label": line} | more
    )


def _control(frame: pd.DataFrame, p: Given, _: Words) -> tuple[pd.DataFrame, Given]:
    label = {"name": "period", "how": "short"}
    return frame.assign(metric=p["metric"]), {"label": label, "y": "axis.score", "how": "score"}


def _intervals(frame: pd.DataFrame, p: Given, _: Words) -> tuple[pd.DataFrame, Given]:
    group = {"name": "group", "how": f"code:{p.get('group')}"}
    label = group if "group" in frame else {"name": "question", "how": "question"}
    return frame.assign(metric=p["metric"]), {"label": label, "x": "axis.score", "how": "score"}


def _distribution(frame: pd.DataFrame, _: Given, __: Words) -> tuple[pd.DataFrame, Given]:
    names = {"label": "question", "parts": "answer"}
    return frame, {name: {"name": column, "how": column} for name, column in names.items()}


def _lines(frame: pd.DataFrame, p: Given, _: Words) -> tuple[pd.DataFrame, Given]:
    return frame, {
        "label": {"name": "interval_kind", "how": "word:interval_kind"},
        "along": {"name": "n", "how": "whole"},
        "reference_value": p["level"], "reference_label": "chart.claimed", "low": "", "high": "",
        "x": "chart.answers", "y": "chart.held", "how": "share", "alt": "alt.lines_of_answers",
    }  # fmt: skip


def _curves(frame: pd.DataFrame, p: Given, words: Words) -> tuple[pd.DataFrame, Given]:
    names = [
        _text(f"curves.series.{group}", code_label(p.get("group", ""), group, p, words), words)
        for group in frame["group"]
    ]
    axes = {"x": f"curves.time.{p['time_unit']}", "y": f"curves.unit.{p['unit']}"}
    return frame.assign(label=names), {"label": NAMED, **axes}


def _bars(frame: pd.DataFrame, p: Given, words: Words) -> tuple[pd.DataFrame, Given]:
    frame, more = _labelled(frame, p, words)
    if "series" in frame:
        frame["series"] = [_text(f"bars.series.{name}", name, words) for name in frame["series"]]
        more["series"] = {"name": "series", "how": "as_is"}
    decimals = str(p.get("decimals", 1))
    axis = f"axis.{p['axis']}" if "axis" in p else "axis.score"
    return frame, more | {"x": axis, "how": decimals, "drawn": decimals}


def _map(frame: pd.DataFrame, p: Given, words: Words) -> tuple[pd.DataFrame, Given]:
    frame, more = _labelled(frame, p, words)
    kinds = {"name": "kind", "how": f"word:{p['kinds']}"}
    axes = {"x": f"axis.{p['x']}", "y": f"axis.{p['y']}", "x_how": "2"}
    return frame, more | axes | {"kinds": kinds}


def _labelled(frame: pd.DataFrame, p: Given, words: Words) -> tuple[pd.DataFrame, Given]:
    names = [
        code_label(p["group"], name, p, words)
        if "group" in p
        else _text(f"bars.label.{name}", question_label(str(name), p, words), words)
        for name in frame["label"]
    ]
    return frame.assign(label=names), {"label": NAMED}


def _text(key: str, otherwise: object, words: Words) -> str:
    return words.text(key) if words.has(key) else str(otherwise)


OLD = {
    "control": _control,
    "intervals": _intervals,
    "distribution": _distribution,
    "lines": _lines,
    "curves": _curves,
    "bars": _bars,
    "map": _map,
}
