"""Public sources without a survey give the figures that were counted on their files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from cxreport import (
    CxError,
    open_company,
    open_source,
    session_differences,
    session_steps,
    sessions_against_rest,
)
from cxreport.inputs.source import run

ROOT = Path(__file__).parents[2]
SHARED = (ROOT / os.environ.get("CXREPORT_PUBLIC_DATA", "../shared")).resolve()
pytestmark = [
    pytest.mark.skipif(
        not (SHARED / "data" / "online_shoppers").is_dir(),
        reason="no public data: set CXREPORT_PUBLIC_DATA to their folder",
    ),
    pytest.mark.usefixtures("_shared"),
]


@pytest.fixture
def _shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXREPORT_PUBLIC_DATA", str(SHARED))


def codebook(name: str) -> Path:
    return ROOT / "data" / name / "codebook.toml"


def test_online_retail_holds_every_invoice_with_a_customer() -> None:
    company = open_company(codebook("online_retail"))
    # counted in the file: cancellations, whose number begins with C
    assert company.dataset.problems[["problem", "n", "severity"]].to_numpy().tolist() == [
        ["amount-negative", 3654, "note"]
    ]
    assert (company.period.name, str(company.until)) == ("2011-11", "2011-12-09")
    orders = company.table("orders")
    assert orders is not None
    found = run(
        orders.aggregate(
            invoices=orders.count(),
            customers=orders.customer_id.nunique(),
            money=orders.net_amount.cast("decimal(18, 2)").sum(),
            cancelled=orders.order_id.startswith("C").sum(),
            negative=(orders.net_amount < 0).sum(),
        )
    ).iloc[0]
    assert found[["invoices", "customers"]].tolist() == [22_190, 4_372]
    assert found["money"] == pytest.approx(8_300_065.81, abs=0.01)
    assert found["cancelled"] == found["negative"]  # so that leaving one out leaves out the other


def test_online_shoppers_by_step() -> None:
    dataset = open_source(codebook("online_shoppers"))
    assert dataset.problems.empty
    path = session_steps(dataset, ["product_pages", "page_value", "bought"])
    assert path["reached"].tolist() == [12_330, 12_292, 2_730, 1_538]
    bought = session_steps(dataset, ["bought"]).iloc[-1]
    assert (bought["completed"], round(bought["overall"], 2)) == (1_908, 15.47)


def test_online_shoppers_by_kind_of_visitor() -> None:
    dataset = open_source(codebook("online_shoppers"))
    found = session_differences(dataset, "bought", between="visitor")
    pairs = found.set_index(["group", "group_reference"])
    row = pairs.loc[("New_Visitor", "Returning_Visitor")]
    assert row[["estimate", "estimate_reference"]].round(2).tolist() == [24.91, 13.93]
    # Newcombe: 8.867 to 13.191 at 95%, by hand; Holm stops at the two pairs that are left
    assert pairs["signal"].tolist().count(True) == 1
    limits = confint_proportions_2indep(422, 1694, 1470, 10551, method="newcomb", alpha=0.05 / 2)
    assert [row["low"], row["high"]] == pytest.approx([100 * end for end in limits], abs=0.001)
    assert row["signal"]


def test_online_shoppers_by_traffic_takes_small_types_together() -> None:
    dataset = open_source(codebook("online_shoppers"))
    found = sessions_against_rest(dataset, "bought", between="traffic", least=30)
    counts = found.set_index("traffic")["n"]
    assert len(counts) == 15
    assert counts["pooled"] == 1 + 13 + 3 + 1 + 10 + 17  # types 12, 14, 16, 17, 18 and 19
    assert counts.sum() == 12_330
    assert (found["n"] + found["n_reference"] == 12_330).all()


def test_a_source_without_sessions_says_so() -> None:
    with pytest.raises(CxError, match="no sessions"):
        session_steps(open_source(codebook("online_retail")), ["bought"])
