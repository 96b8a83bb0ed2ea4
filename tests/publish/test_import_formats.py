"""Exports of each product become the rows, types, missing codes and scores that a hand counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from importing import SHARED, Source, nps_counts

from cxreport.errors import CxError
from cxreport.inputs.dataset import open_source
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

HERE = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no public data: set CXREPORT_PUBLIC_DATA to their folder"
)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def read_back(source: Source, table: str = "responses") -> pd.DataFrame:
    dataset = open_source(source.folder / "codebook.toml", strict=False)
    assert dataset.problems["severity"].ne("error").all(), dataset.problems.to_string()
    return run(dataset.tables[table])


@HERE
def test_qualtrics_leaves_out_a_preview_spam_and_an_empty_questionnaire(source: Source) -> None:
    audit = source.take(SHARED / "qualtrics_it_numeric.csv")
    assert audit.title == "Qualtrics"
    assert (audit.file.rows, audit.file.kept) == (6, 3)
    assert sorted(audit.file.excluded.values()) == [1, 1, 1]
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 1, 1)
    assert sorted(frame["channel"]) == ["app", "telefono", "web"]
    columns = source.codebook.responses.columns
    assert [*columns["needs"].missing] == ["-99"]
    assert columns["needs"].scale == columns["enjoyability"].scale == (1, 5)
    assert columns["nps"].label["it"].startswith("Quanto è probabile")  # type: ignore[index]
    assert "ipaddress" not in {name.lower() for name in columns}


@HERE
def test_qualtrics_of_a_german_account(source: Source) -> None:
    audit = source.take(SHARED / "qualtrics/qualtRics_sample.csv")
    assert (audit.file.rows, audit.file.kept) == (1, 1)
    assert source.column("answered_at") == [dt.datetime(2017, 7, 18, 8, 28, 48)]  # noqa: DTZ001
    assert source.column("comment") == ["Hello World!"]


@HERE
def test_surveymonkey_asks_for_the_order_of_days_that_could_be_months(source: Source) -> None:
    file = SHARED / "surveymonkey_actual_text.csv"
    with pytest.raises(CxError, match="--date-order dmy or --date-order mdy"):
        source.take(file)
    assert not source.folder.exists()
    source.take(file, date_order="mdy")
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 1, 1)
    assert list(frame["csat"]) == [5, 1, 3]
    assert frame["please_rate_each_aspect_speed"].fillna(-1).tolist() == [5, 1, -1]
    assert [*source.codebook.responses.columns["please_rate_each_aspect_speed"].missing] == ["N/A"]
    assert frame["answered_at"].max().isoformat() == "2026-10-03T18:22:30"
    assert frame["which_channels_did_you_use_phone"].tolist()[1] == "Phone"


@HERE
def test_surveymonkey_without_a_date_asks_for_the_day(source: Source) -> None:
    file = SHARED / "surveymonkey/doubleheadr_demo.csv"
    with pytest.raises(CxError, match="no column says when"):
        source.take(file)
    audit = source.take(file, day="2026-10-31")
    assert (audit.file.rows, audit.file.kept) == (7, 7)
    assert source.column("response_id")[0] == "11385284375"
    assert not any("email" in name or "phone" in name for name in source.types())


@HERE
def test_google_forms_in_italian(source: Source) -> None:
    source.take(SHARED / "google_forms_it.csv")
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 1, 1)
    assert frame["answered_at"].dt.strftime("%d/%m %H:%M:%S").tolist() == [
        "02/10 09:14:05", "02/10 11:00:41", "13/10 18:22:30"
    ]  # fmt: skip
    assert frame["quanto_hai_speso"].fillna(0).tolist() == [1234.5, 59.9, 0]
    assert frame["csat"].tolist() == [4, 1, 3]
    assert source.column("quali_canali_hai_usato")[2] == "Sito web, Chat (bot, umano)"


@HERE
def test_google_forms_with_a_distance_from_greenwich(source: Source) -> None:
    source.take(SHARED / "google_forms_en_gmt.csv", timezone="Europe/Rome")
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 0, 1)
    assert frame["answered_at"].dt.strftime("%H:%M:%S").tolist() == ["09:14:05", "11:00:41"]


@HERE
def test_limesurvey_keeps_codes_and_knows_that_1980_is_no_date(source: Source) -> None:
    audit = source.take(SHARED / "limesurvey_codes.csv")
    assert (audit.file.rows, audit.file.kept) == (2, 1)
    frame = read_back(source)
    assert frame["answered_at"].isna().all()
    assert "1980-01-01" in source.codebook.responses.columns["answered_at"].missing
    row = source.rows()[0]
    assert (row["g01q01"], row["g01q03"], row["g02q04"]) == (10, "-oth-", "'=SUM(1)")


@HERE
def test_shopify_counts_an_order_once(source: Source) -> None:
    audit = source.take(SHARED / "shopify_orders_export.csv", timezone="Europe/Rome")
    assert (audit.file.rows, audit.file.kept) == (4, 3)
    assert audit.file.excluded == {"a further line item of the order above": 1}
    frame = read_back(source, "orders")
    assert frame["net_amount"].tolist() == [53.9, 25.0, 10.0]
    assert frame["refund_amount"].tolist() == [0, 20, 0]
    assert frame["items"].tolist() == [2, 1, 1]
    assert frame["status"].tolist() == ["completed", "completed", "cancelled"]
    assert frame["ordered_at"].dt.strftime("%d %H:%M").tolist() == [
        "01 09:50",
        "25 02:30",
        "26 10:00",
    ]
    assert source.column("billing_zip", "orders") == ["00184", None, None]
    assert not any("example.com" in str(row) for row in source.rows("orders"))


@HERE
def test_events_of_ga4_are_flat_and_timed(source: Source) -> None:
    source.take(SHARED / "ga4_events_20261001.jsonl", timezone="Europe/Rome")
    frame = read_back(source, "events")
    assert frame["event_name"].tolist() == ["session_start", "purchase", "page_view"]
    assert frame["occurred_at"].dt.strftime("%d %H:%M:%S").tolist()[0] == "01 09:50:26"
    assert source.column("order_id", "events") == [None, "#1001", None]
    assert source.column("customer_id", "events") == [None, "C0001", None]
    assert source.column("ecommerce_purchase_revenue", "events") == [None, 53.9, None]
    assert len({*source.column("event_id", "events")}) == 3


@HERE
@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("touchpoints/sample_cx_responses_upload.csv", 1000),
        ("touchpoints/sample_cx_responses_upload_with_bom.csv", 4),
    ],
)
def test_an_upload_without_a_date_asks_which_table_and_when(
    source: Source, file: str, rows: int
) -> None:
    with pytest.raises(CxError, match="which table is this"):
        source.take(SHARED / file)
    audit = source.take(SHARED / file, table="responses", day="2026-10-31")
    assert (audit.file.rows, audit.file.kept) == (rows, rows)
    assert len({*source.column("response_id")}) == rows
    assert "external_id" not in source.types()


@HERE
def test_tickets_of_zendesk_with_their_comments_and_users(source: Source) -> None:
    names = ("ticket_data", "ticket_comment_data", "user_data")
    source.take(*(SHARED / f"zendesk/fivetran_{name}.csv" for name in names))
    dataset = open_source(source.folder / "codebook.toml", only=("tickets",))
    frame = run(dataset.tables["tickets"])
    # seven closed, one solved, two deleted
    assert frame["status"].value_counts().to_dict() == {"closed": 7, "cancelled": 2, "solved": 1}
    assert frame["channel"].value_counts().to_dict() == {"email": 9, "web": 1}
    assert len(source.rows("verbatims")) == 20
    assert len(source.rows("customers")) == 10
    assert not any("example.com" in str(row) for row in source.rows("customers"))


@HERE
@pytest.mark.parametrize(
    "name", ["schedule", "ticket_field_history", "ticket_sla_policy", "ticket_tag"]
)
def test_what_no_report_reads_is_asked_about(source: Source, name: str) -> None:
    with pytest.raises(CxError, match="which table is this"):
        source.take(SHARED / f"zendesk/fivetran_{name}_data.csv")
    assert not source.folder.exists()
