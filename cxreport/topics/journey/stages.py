"""The five stages of a customer's journey, and what a source calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cxreport.errors import CxError
from cxreport.inputs.meaning import STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

NOT_IN_MAP = "stage not in the map"


def check_stages(stages: Mapping[str, str] | None) -> dict[str, str]:
    """Return the stage of each code; without a map the codes are the stages' own names.

    Raises
    ------
    CxError
        If a code is mapped to something that is no stage.

    Examples
    --------
    >>> check_stages({"discover": "awareness", "buy": "purchase"})
    {'discover': 'awareness', 'buy': 'purchase'}
    """
    stage_by_code = dict.fromkeys(STAGES, "") if stages is None else dict(stages)
    named = {code: stage or code for code, stage in stage_by_code.items()}
    if strange := sorted({stage for stage in named.values() if stage not in STAGES}):
        raise CxError("no such stage", got=", ".join(strange), expected=", ".join(STAGES))
    return named


def as_stage(code: ir.StringValue, stages: Mapping[str, str] | None) -> ir.StringValue:
    """Return the stage of a column of codes; NULL for a code that is not in the map."""
    named = check_stages(stages)
    if not named:
        return ibis.null("string")
    return ibis.cases(*((code == key, stage) for key, stage in named.items()))


def in_order(stage: object) -> int:
    """Return the place of a stage in the journey; what is no stage comes last.

    Examples
    --------
    >>> in_order("awareness"), in_order("a code of its own")
    (0, 5)
    """
    return STAGES.index(stage) if stage in STAGES else len(STAGES)
