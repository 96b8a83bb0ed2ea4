"""What customers cost, and what the company did about its problems."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from cxreport.demo.sampling import labels, months
from cxreport.demo.truths import CHANNELS

ACQUISITION = {"app": 12.0, "phone": 18.0, "shop": 5.0, "web": 14.0}
ORDER_HANDLING = {"app": 4.5, "phone": 6.0, "shop": 1.0, "web": 4.5}
TICKET_HANDLING = {"app": 4.0, "phone": 9.0, "shop": 5.0, "web": 4.0}
RETURN_HANDLING = 6.0

ACTIONS = (
    ("2025-01-20", "Formazione del personale dei negozi", "Training of shop staff",
     "Negozi", "tp_shop_staff +0.2"),
    ("2025-05-01", "Nuova formulazione della domanda CES", "New wording of the CES question",
     "Customer Insight", "-"),
    ("2025-09-15", "Secondo corriere per il Sud", "Second courier for the South",
     "Logistica", "tp_delivery +0.2"),
    ("2026-03-09", "Guasto al centralino: numero di riserva", "Call-centre outage: spare number",
     "Assistenza", "first_reply_hours -2"),
    ("2026-04-02", "Nuovo fornitore del centralino", "New call-centre supplier",
     "Assistenza", "nps phone +5"),
    ("2026-06-10", "Nuovo motore di ricerca del sito", "New website search",
     "Digitale", "tp_website +0.2"),
    ("2026-09-01", "Reso gratuito in negozio", "Free returns in the shops",
     "Negozi", "tp_returns +0.3"),
)  # fmt: skip


def make_costs(
    customers: pd.DataFrame, orders: pd.DataFrame, tickets: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per customer, month and kind: acquisition once, cost to serve when served."""
    main_channel = pd.Series(labels(CHANNELS, customers["main_channel"].to_numpy()))
    acquisition = pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "month": months(customers["first_seen_at"].to_numpy()).astype("datetime64[s]"),
            "kind": "acquisition",
            "amount": main_channel.map(ACQUISITION),
        }
    )
    returned = (orders["status"] == "returned").to_numpy()
    served = pd.concat(
        [
            serving(orders, "ordered_at", ORDER_HANDLING).assign(extra=RETURN_HANDLING * returned),
            serving(tickets, "created_at", TICKET_HANDLING).assign(extra=0.0),
        ]
    )
    served = served.assign(amount=served["amount"] + served["extra"], kind="serve")
    cost_to_serve = served.groupby(["customer_id", "month", "kind"])["amount"].sum().reset_index()
    costs = pd.concat([acquisition, cost_to_serve], ignore_index=True)
    return costs.sort_values(["month", "customer_id", "kind"], kind="stable", ignore_index=True)


def serving(contacts: pd.DataFrame, time: str, cost: dict[str, float]) -> pd.DataFrame:
    """Return what each contact cost to handle; contacts without a customer fall out later."""
    return pd.DataFrame(
        {
            "customer_id": contacts["customer_id"],
            "month": months(contacts[time].to_numpy()).astype("datetime64[s]"),
            "amount": contacts["channel"].map(cost),
        }
    )


def make_actions() -> pd.DataFrame:
    """Return what was done, when and by whom; none of it changes anything in the data."""
    columns = ["done_on", "title_it", "title_en", "owner", "expected_effect"]
    actions = pd.DataFrame(ACTIONS, columns=columns)
    done_on = actions["done_on"].map(dt.date.fromisoformat)
    number = np.arange(1, len(actions) + 1).astype(str)
    return actions.assign(done_on=done_on, action_id="AZ" + pd.Series(number).str.zfill(2))
