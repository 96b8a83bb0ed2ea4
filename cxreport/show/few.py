"""The one door by which sections get their frames: without the rows that are about few people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import pandas as pd

from cxreport.inputs.company import Company
from cxreport.scores.suppression import SUPPRESSED, hide_few
from cxreport.show.blocks import Block
from cxreport.show.texts import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


def few_note(company: Company) -> Block:
    """Return the note that something is not shown because it is about few people."""
    return Block(
        "note",
        parameters={"topic": SHARED, "key": "missing_section.few", "n": company.minimum_group},
    )


def without_few(section: Callable[P, Block]) -> Callable[P, Block]:
    """Let a section see no row about fewer people than the source's ``minimum_group``.

    Of a series by period such rows stay, without numbers, so that the periods keep their places.
    Where something was left out, the section ends by saying so; where nothing is left, it says
    that alone. What is hidden already (break-downs) stays as it is.
    """

    @wraps(section)
    def without_small_rows(*args: P.args, **kwargs: P.kwargs) -> Block:
        given = [*args, *kwargs.values()]
        company = next((value for value in given if isinstance(value, Company)), None)
        if company is None:
            return section(*args, **kwargs)
        hiding = _Hiding(company.minimum_group)
        rest = [hiding.of(value) for value in args]
        named = {name: hiding.of(value) for name, value in kwargs.items()}
        if not hiding.hid:
            return section(*args, **kwargs)
        remark = few_note(company)
        if hiding.emptied or not hiding.left:
            return remark
        blocks = [section(*rest, **named), remark]
        return Block("several", parameters={"blocks": [block.payload() for block in blocks]})

    return without_small_rows


class _Hiding:
    """Takes small rows out of all that a section is given, and remembers whether it did."""

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum
        self.hid = False
        self.left = False
        self.emptied = False

    def of(self, value: Any) -> Any:
        """Return frames, and what holds frames, without small rows; all else as it is."""
        if isinstance(value, Company):
            return value
        if isinstance(value, pd.DataFrame):
            return self._frame(value)
        if isinstance(value, Mapping):
            return {name: self.of(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if is_dataclass(value) and not isinstance(value, type):
            frames = [f.name for f in fields(value) if f.init]
            parts = {n: getattr(value, n) for n in frames}
            held = {n: p for n, p in parts.items() if isinstance(p, pd.DataFrame)}
            frames_left = {n: self.of(frame) for n, frame in held.items()}
            self.emptied |= any(frames_left[n].empty and not held[n].empty for n in held)
            return replace(value, **frames_left)
        return value

    def _frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        rows_left_out = "reason" in frame and "estimate" not in frame  # of data, not people
        hidden = frame if rows_left_out else hide_few(frame, self.minimum)
        if hidden is frame:
            self.left |= not frame.empty
            return frame
        was = frame["note"] == SUPPRESSED if "note" in frame else pd.Series(False, frame.index)
        few = (hidden["note"] == SUPPRESSED) & ~was
        self.hid = True
        self.left |= bool((~few).any())
        return hidden if {"period", "centre"} <= {*frame} else hidden[~few].reset_index(drop=True)
