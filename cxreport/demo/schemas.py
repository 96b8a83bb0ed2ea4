"""The tables of the demo company as they are written: columns in order, and their types."""

from __future__ import annotations

import pyarrow as pa

from cxreport.demo.export import RATINGS, SCORES

TEXT, TIME, DAY = pa.string(), pa.timestamp("us"), pa.date32()
COUNT, MONEY = pa.int64(), pa.float64()

SCHEMAS = {
    "responses": pa.schema(
        [
            ("response_id", TEXT),
            ("answered_at", TIME),
            *[
                (name, TEXT)
                for name in ("customer_id", "channel", "device", "touchpoint", "stage", "region",
                             "shop", "language")
            ],
            ("invited_at", TIME),
            ("order_id", TEXT),
            ("ticket_id", TEXT),
            *[(name, TEXT) for name in (*SCORES, *RATINGS, "comment", "told_n", "expected")],
            ("contacted_at", TIME),
            ("resolved_at", TIME),
        ]
    ),
    "orders": pa.schema(
        {
            "order_id": TEXT,
            "customer_id": TEXT,
            "ordered_at": TIME,
            "net_amount": MONEY,
            "currency": TEXT,
            "status": TEXT,
            "refund_amount": MONEY,
            "channel": TEXT,
            "promised_at": TIME,
            "delivered_at": TIME,
            "margin": MONEY,
        }
    ),
    "events": pa.schema(
        {
            "event_id": TEXT,
            "occurred_at": TIME,
            "event_name": TEXT,
            "customer_id": TEXT,
            "anonymous_id": TEXT,
            "session_id": TEXT,
            "channel": TEXT,
            "device": TEXT,
            "stage": TEXT,
            "touchpoint": TEXT,
            "order_id": TEXT,
            "is_error": pa.bool_(),
        }
    ),
    "tickets": pa.schema(
        {
            "ticket_id": TEXT,
            "created_at": TIME,
            "status": TEXT,
            "customer_id": TEXT,
            "channel": TEXT,
            "reason": TEXT,
            "team": TEXT,
            "first_reply_at": TIME,
            "solved_at": TIME,
            "reopened_n": COUNT,
            "replies_n": COUNT,
            "transfers_n": COUNT,
            "csat": COUNT,
            "text": TEXT,
        }
    ),
    "customers": pa.schema(
        {
            "customer_id": TEXT,
            "first_seen_at": TIME,
            "region": TEXT,
            "age_band": TEXT,
            "language": TEXT,
            "shop": TEXT,
            "contract_start": DAY,
            "contract_end": DAY,
        }
    ),
    "verbatims": pa.schema(
        {
            "text_id": TEXT,
            "created_at": TIME,
            "text": TEXT,
            "customer_id": TEXT,
            "response_id": TEXT,
            "language": TEXT,
            "source": TEXT,
            "rating": COUNT,
            "topic": TEXT,
            "replied_at": TIME,
        }
    ),
    "costs": pa.schema({"customer_id": TEXT, "month": DAY, "kind": TEXT, "amount": MONEY}),
    "actions": pa.schema(
        {
            "action_id": TEXT,
            "done_on": DAY,
            "title_it": TEXT,
            "title_en": TEXT,
            "owner": TEXT,
            "expected_effect": TEXT,
        }
    ),
    "invitations": pa.schema({"sent_on": DAY, "sent": COUNT}),
    "population": pa.schema({"variable": TEXT, "level": TEXT, "share": MONEY}),
    "experiments": pa.schema(
        {
            "experiment": TEXT,
            "customer_id": TEXT,
            "arm": TEXT,
            "assigned_at": TIME,
            "outcome": COUNT,
        }
    ),
}  # fmt: skip
