"""An experiment in sentences: its plan, its sample ratio, its effect, and the decision."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from cxreport.show.captions import code_label, column_label

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from cxreport.show.blocks import Block
    from cxreport.show.words import Words

    Row = dict[Hashable, Any]


def experiment_sentences(block: Block, words: Words) -> list[str]:
    """Write what a block of kind ``experiment`` tells.

    Parameters
    ----------
    block : Block
        ``parameters["tells"]`` is one of ``TELLERS``.
    words : Words
        The reader's language.

    Returns
    -------
    list of str
        The sentences.
    """
    return TELLERS[block.parameters["tells"]](block, words)


def _plan(block: Block, words: Words) -> list[str]:
    """Say what was declared before the outcome was known, and who counts."""
    p = block.parameters
    experiment = code_label("experiment", p["experiment"], p, words)
    told = [words.text("experiment.nobody", experiment=experiment, window=p["window"])]
    if p["first"] is not None:
        days = {end: words.day(dt.date.fromisoformat(p[end])) for end in ("first", "last")}
        told = [words.text("experiment.who", experiment=experiment, n=p["n"], **days)]
    arms = ", ".join(
        f"{_arm(row, p, words)} {words.measured(row['share_planned'], 'share')}"
        for row in block.frame.to_dict("records")
    )
    control = code_label("arm", p["control"], p, words)
    told += [
        words.text(
            "experiment.outcome",
            outcome=_outcome(p, words),
            window=p["window"],
            better=words.text(f"experiment.{p['better']}"),
        ),
        words.text("experiment.arms", arms=arms, control=control),
    ]
    if p["worthwhile"]:
        told.append(words.text("experiment.worthwhile", points=float(p["worthwhile"])))
    if p["subgroups"]:
        names = ", ".join(column_label(name, p, words) for name in p["subgroups"])
        told.append(words.text("experiment.subgroups", names=names))
    left_out = [key for key in ("waiting", "undated") if p[key]]
    return told + [
        words.text(f"experiment.{key}", n=p[key], window=p["window"]) for key in left_out
    ]


def _ratio(block: Block, words: Words) -> list[str]:
    """Say whether customers were dealt to the arms as planned."""
    row = block.frame.to_dict("records")[0]
    if row["broken"] is None:
        return [words.text("experiment.ratio_unknown")]
    key = "ratio_broken" if row["broken"] else "ratio_kept"
    return [words.text(f"experiment.{key}", p_value=_p_value(row["p_value"], words))]


def _effect(block: Block, words: Words) -> list[str]:
    """Say each treatment's effect, with its interval, and whether it is a signal."""
    p = block.parameters
    told = []
    for row in block.frame.to_dict("records"):
        known = {True: "signal.yes", False: "signal.no"}.get(row["signal"], "signal.unknown")
        shares = {name: words.measured(_value(row[name]), "share") for name in SHARES}
        said = {"arm": _arm(row, p, words), "outcome": _outcome(p, words)} | shares
        said |= {"control": code_label("arm", p["control"], p, words)}
        said |= {"signal": words.text(known)} | _signed(row, words)
        told.append(words.text("experiment.effect", **said))
        if row["left_out"] + row["left_out_control"]:
            told.append(
                words.text("experiment.left_out", n=row["left_out"] + row["left_out_control"])
            )
    return told


def _subgroups(block: Block, words: Words) -> list[str]:
    """Say whether the effect differs between subgroups."""
    p = block.parameters
    if not p["comparisons"]:
        return [words.text("interaction.nothing")]
    told = [words.text("interaction.family", n=p["comparisons"])]
    for row in block.frame.to_dict("records"):
        said = {
            "variable": column_label(row["variable"], p, words),
            "arm": _arm(row, p, words),
            "p_value": _p_value(_value(row["p_value"]), words),
        }
        key = "unsaid" if row["note"] else "more" if row["p_value"] < ALPHA else "none"
        told.append(words.text(f"interaction.{key}", **said))
    fired = [code_label(signal["variable"], signal["level"], p, words) for signal in p["signals"]]
    key = "fired" if fired else "none_fired"
    return [*told, words.text(f"interaction.{key}", names=", ".join(fired))]


def _decision(block: Block, words: Words) -> list[str]:
    """Say what to do, and why."""
    p = block.parameters
    told = []
    for row in block.frame.to_dict("records"):
        key, detectable = row["decision"], _value(row["detectable"])
        if key == "unknown" and (row["low"] is None or not math.isfinite(detectable)):
            key = "too_few"
        said: dict[str, object] = {"arm": _arm(row, p, words)}
        said |= {"worthwhile": float(row["worthwhile"])}
        said["experiment"] = code_label("experiment", p["experiment"], p, words)
        said |= {"detectable": detectable, **_signed(row, words)}
        told.append(words.text(f"decision.{key}", **said))
    return told


def _arm(row: Row, parameters: dict[str, Any], words: Words) -> str:
    return code_label("arm", row["arm"], parameters, words)


def _outcome(parameters: dict[str, Any], words: Words) -> str:
    return column_label("outcome", parameters, words)


def _value(value: Any) -> float:
    return math.nan if value is None else float(value)


def _signed(row: Row, words: Words) -> dict[str, str]:
    return {name: words.signed(_value(row[name])) for name in ("difference", "low", "high")}


def _p_value(value: float, words: Words) -> str:
    """Write a p-value; a tiny one by its bound."""
    if value < SMALLEST_SHOWN:
        return f"p\u00a0<\u00a0{words.number(SMALLEST_SHOWN, 3)}"
    return f"p\u00a0=\u00a0{words.number(value, 3)}"


ALPHA, SMALLEST_SHOWN = 0.05, 0.001
SHARES = ("estimate", "estimate_control")
TELLERS: dict[str, Callable[[Block, Words], list[str]]] = {
    "plan": _plan,
    "ratio": _ratio,
    "effect": _effect,
    "subgroups": _subgroups,
    "decision": _decision,
}
