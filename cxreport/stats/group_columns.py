"""Columns that make groups: checked on the way in, and of the same kind on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.source import categories

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import ibis.expr.types as ir


By = str | Sequence[str] | None


def as_names(by: By) -> list[str]:
    """List the columns of groups.

    Examples
    --------
    >>> as_names("store"), as_names(None)
    (['store'], [])
    """
    return [by] if isinstance(by, str) else list(dict.fromkeys(by or ()))


def check_columns(table: ir.Table, names: Sequence[str], reserved: Collection[str] = ()) -> None:
    """Refuse columns that are not there, cannot be told apart or hold times of a time zone.

    Of columns of groups also those that have one of the ``reserved`` names.

    Raises
    ------
    CxError
        For the first name that is wrong.
    """
    for name in names:
        if name not in table.columns:
            near = get_close_matches(name, table.columns, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else None
            raise CxError("unknown column", got=name, expected=", ".join(table.columns), hint=hint)
        alike = [column for column in table.columns if column.lower() == name.lower()]
        if len(alike) > 1:
            # Engines that ignore case would silently read the first of them.
            hint = "rename one"
            raise CxError("columns that differ only in case", got=", ".join(alike), hint=hint)
        if name in reserved:
            raise CxError(
                "a column of groups has the name of a result column", got=name, hint="rename"
            )
        kind = table[name].type()
        if kind.is_nested():
            raise CxError("a column of lists is not read", where=f"column {name}", got=kind)
        if kind.is_timestamp() and kind.timezone:
            raise CxError(
                "times with a time zone",
                where=f"column {name}",
                expected="naive local times",
                hint="convert with .dt.tz_convert(zone).dt.tz_localize(None)",
            )


def kept_whole(frame: pd.DataFrame, keys: Mapping[str, ir.Column]) -> pd.DataFrame:
    """Keep a missing group from turning shop 12 into shop 12.0, and categories in their order."""
    kinds: dict[str, Any] = {
        name: "boolean" if column.type().is_boolean() else "Int64"
        for name, column in keys.items()
        if frame[name].isna().any() and (column.type().is_integer() or column.type().is_boolean())
    }
    kinds |= {name: "str" for name, column in keys.items() if column.type().is_null()}
    for name, column in keys.items():
        if order := categories(column):
            kinds[name] = pd.CategoricalDtype(order, ordered=True)
    return frame.astype(kinds)
