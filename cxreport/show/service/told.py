"""What a section on customer service says, as data: written in a language at export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.show.blocks import Block
from cxreport.show.sections import about

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company

    Row = dict[Hashable, Any]
    Told = dict[str, Any]


def say(key: str, **values: object) -> Told:
    """Return a sentence by its key under ``service``, see ``service_words``.

    Examples
    --------
    >>> say("tenth_unknown")
    {'key': 'tenth_unknown', 'values': {}}
    """
    return {"key": key, "values": values}


def told(items: list[Any], company: Company) -> Block:
    """Return a block of sentences; an item that is a list is several in one paragraph."""
    return Block("service", parameters=about(company) | {"sentences": items})


def wait_of(row: Row, name: str = "estimate") -> dict[str, Any]:
    """Return a wait in hours, to be written in its own unit."""
    return {"wait": row[name]}


def range_of(row: Row, low: str = "low", high: str = "high") -> dict[str, Any]:
    """Return the two ends of a wait's interval."""
    return {"wait_range": [row[low], row[high]]}


def period_of(row: Row) -> dict[str, Any]:
    """Return the name of a row's period."""
    return {"period": row["period"]}


def metric_of(row: Row) -> dict[str, Any]:
    """Return what a row's customers wait for."""
    return {"text": f"service.metric.{row['metric']}"}
