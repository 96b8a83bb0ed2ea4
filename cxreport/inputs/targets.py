"""Targets: what a measure should reach, since when, and who answers for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cxreport.inputs.meaning import Day, Name, Strict, Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from cxreport.inputs.table_files import TableFiles

LAYERS = ("needs", "ease", "enjoyability")
INDEX = "index"
WAIT_ENDS = {"first_reply": "first_reply_at", "solution": "solved_at"}
"""A wait that may have a target -> the column of requests that ends it."""
POINTS, PERCENT, HOURS = (-100.0, 100.0), (0.0, 100.0), (0.0, math.inf)
RANGES = {"nps": POINTS, "csat": PERCENT, "ces": PERCENT, "touchpoint": PERCENT}
"""Role of a question that may have a target -> lowest and highest that its score can be."""


class Target(Strict):
    """What a measure should reach."""

    measure: Name
    """A scored question, by the fixed name of its column; ``index``, ``first_reply``,
    ``solution``."""
    value: Annotated[float, Field(strict=True, allow_inf_nan=False)]
    """Points of NPS and of the index, percent of the other scores, hours of a median wait."""
    owner: Text | None = None
    since: Day | None = None
    """Periods that begin on this day or later have this target; every period when left out."""


def measures_of(tables: Mapping[str, TableFiles]) -> dict[str, tuple[float, float]]:
    """Return the measures that may have a target, and the lowest and highest that each can be.

    Parameters
    ----------
    tables : mapping of str to TableFiles
        Those of the codebook.
    """
    ranges: dict[str, tuple[float, float]] = {}
    if "responses" in tables:
        answers = tables["responses"]
        ranges |= {n: RANGES[column.role] for n, column in answers.with_role(*RANGES).items()}
        if all(len(answers.with_role(layer)) == 1 for layer in LAYERS):
            ranges[INDEX] = POINTS
    if "tickets" in tables:
        ends = tables["tickets"].columns
        ranges |= {wait: HOURS for wait, column in WAIT_ENDS.items() if column in ends}
    return ranges


def target_problems(targets: Iterable[Target], tables: Mapping[str, TableFiles]) -> list[str]:
    """Return which targets are of no measure, outside its range, or two where one may be."""
    ranges, problems = measures_of(tables), []
    held: set[tuple[str, dt.date | None]] = set()
    for target in targets:
        name = f"[[target]] of {target.measure}"
        if target.measure not in ranges:
            listed = ", ".join(ranges) or "none"
            problems.append(f"{name}: no such measure; those of this source are: {listed}")
            continue
        low, high = ranges[target.measure]
        if not low <= target.value <= high or ((low, high) == HOURS and target.value == 0):
            limits = "above 0 hours" if high == math.inf else f"from {low:g} to {high:g}"
            problems.append(f"{name}: a value {limits} is needed, not {target.value:g}")
        if (target.measure, target.since) in held:
            problems.append(f"{name}: two are in force at once; give the later one its since")
        held.add((target.measure, target.since))
    return problems


def targets_on(targets: Iterable[Target], day: dt.date) -> dict[str, Target]:
    """Return the targets in force in a period that begins on a day: of each measure the latest.

    Examples
    --------
    >>> import datetime as dt
    >>> old = Target(measure="nps", value=30.0)
    >>> new = Target(measure="nps", value=40.0, since=dt.date(2026, 1, 1))
    >>> targets_on([new, old], dt.date(2026, 3, 1))["nps"].value
    40.0
    >>> targets_on([new, old], dt.date(2025, 12, 1))["nps"].value
    30.0
    """
    begun = [target for target in targets if target.since is None or target.since <= day]
    in_order = sorted(begun, key=lambda target: (target.since is not None, target.since or day))
    return {target.measure: target for target in in_order}
