"""GA4 (BigQuery export as JSON lines): nested parameters as columns, microseconds as times."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.exports.grid import Grid
from cxreport.inputs.exports.product import Field, Product, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxreport.inputs.exports.grid import Row

VALUES = ("string_value", "int_value", "double_value", "float_value")
MOST_COLUMNS = 2000
NAMES = {
    "event_name": ("event_name", "segment"),
    "user_id": ("customer_id", "customer"),
    "user_pseudo_id": ("anonymous_id", "other"),
    "event_params.ga_session_id": ("ga_session_id", "other"),
    "session_id": ("session_id", "other"),
    "device.category": ("device", "segment"),
    "event_params.transaction_id": ("order_id", "other"),
    "platform": ("channel", "channel"),
    "occurred_at": ("occurred_at", "date"),
    "event_id": ("event_id", "id"),
    **dict.fromkeys(("event_date", "event_timestamp", "items"), ("", "other")),
}
"""Column -> canonical name and role."""


def open_json_lines(path: Path) -> Grid:
    """Open a file of one JSON object a line; nested values become columns of their own."""
    names = list(dict.fromkeys(name for event in _events(path) for name in event))
    if len(names) > MOST_COLUMNS:
        raise CxError("too many columns", where=path, got=f"{len(names):,}")
    return Grid(path, "JSON lines", partial(_rows, path, names), typed=True)


def _rows(path: Path, names: list[str]) -> Iterator[Row]:
    yield list(names)
    for event in _events(path):
        yield [event.get(name, "") for name in names]


def _events(path: Path) -> Iterator[dict[str, str]]:
    """Give each object as flat texts."""
    n = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line in file:
                n += 1
                if line.strip():
                    yield dict(_flat(json.loads(line), ""))
    except (ValueError, RecursionError, AttributeError) as error:
        got = "no text in UTF-8" if isinstance(error, UnicodeError) else f"line {n} is no object"
        raise CxError(
            "the file holds no JSON object on each line, or is cut short",
            where=path,
            got=got,
            hint="export it as JSON lines, one event a line",
        ) from None


def _flat(held: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    """Give the names and texts of a nested object."""
    for key, value in held.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, list) and all(isinstance(v, dict) and "key" in v for v in value):
            for pair in value:
                yield f"{name}.{pair['key']}", _scalar(pair.get("value"))
        elif value is not None:
            yield name, _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in VALUES if value.get(key) is not None), None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def recognise(rows: list[Row]) -> bool:
    """Return whether these are events of GA4."""
    return bool(rows) and (
        {"event_name", "event_timestamp"} <= {*rows[0]} and "occurred_at" not in rows[0]
    )


def shape(grid: Grid) -> Shape:
    """Describe the columns of an export of events.

    An event has no id of its own: the whole of it is one. A session's number begins again for each
    visitor, so that both together are its id.
    """
    before = grid.first(1)[0]
    names = [*before, "occurred_at", "session_id"]
    fields = [
        Field(name, text=name, name=NAMES.get(name, ("", ""))[0], role=NAMES.get(name, ("", ""))[1])
        for name in names
    ]
    return Shape("events", fields, rows=partial(_with_times, before))


def _with_times(names: list[str], rows: Iterator[Row]) -> Iterator[Row]:
    time = names.index("event_timestamp")
    places = [
        names.index(n) if n in names else None
        for n in ("user_pseudo_id", "event_params.ga_session_id")
    ]
    for row in rows:
        visitor, session = (row[p] if p is not None else "" for p in places)
        yield [*row, _moment(row[time]), f"{visitor}-{session}" if visitor and session else ""]


def _moment(micros: str) -> str:
    """Return a time from microseconds since 1970."""
    if not micros.isdecimal():
        return micros
    seconds, rest = divmod(int(micros), 1_000_000)
    try:
        moment = dt.datetime.fromtimestamp(seconds, dt.UTC).replace(microsecond=rest)
    except (OverflowError, ValueError, OSError):
        return micros
    return moment.isoformat(" ")


PRODUCT = Product("ga4", "GA4 events", recognise, shape)
