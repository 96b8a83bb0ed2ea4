"""What blocks of profit and value have in common: sentences by key, and the currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.sections import about

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.orders.frames import Trade


def days(trade: Trade) -> dict[str, object]:
    """Return the first and the last day with purchases, for a sentence."""
    return {"day_first": trade.first, "day_last": trade.last}


def say(key: str, **values: object) -> dict[str, Any]:
    """Return a sentence, see ``value_sentences``."""
    return {"key": key, "values": values}


def sentences(
    told: list[dict[str, Any]],
    company: Company,
    trade: Trade,
    carried: dict[str, Any] | None = None,
) -> Block:
    """Return a block of sentences, with labels beyond the codebook's in ``carried``."""
    return block("value", pd.DataFrame(), company, trade, (carried or {}) | {"sentences": told})


def block(
    kind: str, frame: pd.DataFrame, company: Company, trade: Trade, parameters: dict[str, Any]
) -> Block:
    """Return a block that knows the currency."""
    return Block(kind, frame, about(company) | {"currency": trade.currency} | parameters)
