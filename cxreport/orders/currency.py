"""Money in one currency: sums of euros and dollars are no sums."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.masking import masked_if_rare
from cxreport.inputs.source import Data, as_table, run
from cxreport.stats import value_columns
from cxreport.stats.group_columns import check_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

CODE = 3  # letters of a currency
NOT_STATED = "currency not stated"


@dataclass(frozen=True)
class Money:
    """What :func:`in_one_currency` returns.

    Attributes
    ----------
    rows : ibis Table
        All rows and columns, amounts in one currency; empty where the currency is not stated.
    currency : str
        That currency; empty where the table does not name one.
    counts : DataFrame
        One row per currency: ``currency``, ``n`` (rows), ``rate`` (what one unit is worth),
        ``note`` ("currency not stated" for the rows without one, whose amounts are left out).
    """

    rows: ir.Table = field(repr=False)
    currency: str
    counts: pd.DataFrame


def in_one_currency(
    orders: Data,
    amounts: Sequence[str],
    *,
    currency: str = "currency",
    rates: Mapping[str, float] | None = None,
) -> Money:
    """Bring amounts to one currency, or refuse to add up several.

    Parameters
    ----------
    orders : pandas, polars or pyarrow frame, or Ibis table
        One row per order.
    amounts : sequence of str
        Columns of money.
    currency : str
        Column of the currency's code; a table without it is taken to hold one currency.
    rates : mapping of str to float, optional
        Currency -> what one unit is worth in the currency wanted, which has the rate 1.

    Returns
    -------
    Money
        Its ``rows``, ``currency`` and frame ``counts``. Where some rows name a currency, the
        amounts of those that do not are left out.

    Raises
    ------
    CxError
        If there are several currencies without rates, a rate is missing or not above 0, no rate is
        1, a column is unknown, or an amount is no number.

    Examples
    --------
    >>> orders = pd.DataFrame({"net_amount": [10.0, 20.0], "currency": ["EUR", "CHF"]})
    >>> money = in_one_currency(orders, ["net_amount"], rates={"EUR": 1, "CHF": 1.05})
    >>> run(money.rows)["net_amount"].tolist(), money.currency
    ([10.0, 21.0], 'EUR')
    """
    table = as_table(orders)
    check_columns(table, amounts)
    table = table.mutate(**dict(zip(amounts, value_columns.amounts(table, amounts), strict=True)))
    if currency not in table.columns:
        return Money(table, "", pd.DataFrame(columns=["currency", "n", "rate", "note"]))
    code = table[currency].cast("string").strip().upper().nullif("")
    counts = run(table.group_by(currency=code).aggregate(n=table.count()))
    counts = counts.sort_values(["n", "currency"], ascending=[False, True], ignore_index=True)
    stated = counts.dropna(subset="currency")
    if stated.empty:
        return Money(table, "", counts.assign(rate=1.0, note=""))
    worth = _checked_rates(stated, rates)
    base = next(name for name, rate in worth.items() if rate == 1)
    counts = counts.assign(rate=counts["currency"].map(worth))
    counts["note"] = counts["currency"].isna().map({True: NOT_STATED, False: ""}).astype("str")
    used = {name: worth[name] for name in stated["currency"]}
    rate = ibis.cases(*((code == name, value) for name, value in used.items()))
    if set(used.values()) == {1.0}:
        rows = table.mutate(**{name: ibis.cases((code.notnull(), table[name])) for name in amounts})
    else:
        rows = table.mutate(**{name: table[name] * rate for name in amounts})
    return Money(rows, base, counts)


def _checked_rates(stated: pd.DataFrame, rates: Mapping[str, float] | None) -> dict[str, float]:
    """Return a rate for every currency, or refuse."""
    codes, sizes = stated["currency"].astype("str"), stated["n"].astype(int)
    orders_by_currency = ", ".join(
        f"{code if len(code) == CODE else masked_if_rare(code, n)} ({n})"
        for code, n in zip(codes, sizes, strict=True)
    )
    if not rates:
        if len(stated) > 1:
            raise CxError(
                "several currencies cannot be added up",
                got=orders_by_currency,
                expected="one currency, or a rate for each",
                hint="rates={'EUR': 1, 'CHF': 1.05}: what one unit is worth",
            )
        return {str(stated["currency"].iloc[0]): 1.0}
    worth = {str(name).strip().upper(): float(rate) for name, rate in rates.items()}
    absent = [name for name in stated["currency"] if name not in worth]
    wrong = [name for name, rate in worth.items() if not (math.isfinite(rate) and rate > 0)]
    if absent or wrong or 1.0 not in worth.values():
        raise CxError(
            "currencies cannot be converted",
            got=f"{orders_by_currency}; rates for {', '.join(worth)}",
            expected="a rate above 0 for each currency, and 1 for the one wanted",
        )
    return worth
