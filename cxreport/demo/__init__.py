"""Bottega Aurora, a synthetic Italian retailer: a company whose truths are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxreport.demo.afterwards import with_afterwards
from cxreport.demo.answers import make_answers
from cxreport.demo.contacts import (
    answers_given,
    contacts_by_channel,
    invitations_sent,
    make_contacts,
    make_invitations,
)
from cxreport.demo.events import make_events
from cxreport.demo.experiment import make_experiments
from cxreport.demo.export import raw_responses, with_copies
from cxreport.demo.money import make_actions, make_costs
from cxreport.demo.people import make_customers, make_population
from cxreport.demo.replies import with_replies
from cxreport.demo.request_texts import with_texts
from cxreport.demo.schemas import SCHEMAS
from cxreport.demo.service import make_tickets
from cxreport.demo.shopping import final_orders, who_left, would_be_orders
from cxreport.demo.text import make_verbatims
from cxreport.demo.truths import TYPES
from cxreport.errors import CxError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["customer_types", "make_demo"]

ROWS_IN_GROUP = 50_000


def make_demo(folder: Path, seed: int = 2026) -> dict[str, int]:
    """Write the tables of the demo company, one Parquet file each.

    The same seed gives the same bytes. What is planted, with its numbers, stands in
    ``data/demo/README.md`` (for the default seed).

    Parameters
    ----------
    folder : Path
        Where to write; made if it is not there, files of the same name are replaced.
    seed : int, default 2026
        Zero or more.

    Returns
    -------
    dict of str to int
        Rows written, by table: ``responses``, ``orders``, ``events``, ``tickets``, ``customers``,
        ``verbatims``, ``costs``, ``actions``, ``population``, ``experiments``, ``invitations``.

    Raises
    ------
    CxError
        If the folder is a file, or the seed is negative.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     rows = make_demo(Path(folder))
    >>> rows["orders"], rows["events"], rows["tickets"]
    (40000, 150000, 9000)
    """
    if seed < 0:
        raise CxError("the seed is negative", got=seed, expected="0 or more")
    if folder.exists() and not folder.is_dir():
        raise CxError("this is not a folder", where=folder, hint="choose another place")
    folder.mkdir(parents=True, exist_ok=True)
    tables = demo_tables(seed)
    for name, table in tables.items():
        pq.write_table(
            table, folder / f"{name}.parquet", compression="zstd", row_group_size=ROWS_IN_GROUP
        )
    return {name: table.num_rows for name, table in tables.items()}


def customer_types(seed: int = 2026) -> pd.DataFrame:
    """Return the latent type of each customer: the truth that a segmentation should find.

    It is in no table of the company.

    Parameters
    ----------
    seed : int, default 2026
        That of `make_demo`.

    Returns
    -------
    DataFrame
        ``customer_id``, ``customer_type`` (one of four names).

    Examples
    --------
    >>> customer_types()["customer_type"].value_counts(normalize=True).round(2).to_dict()
    {'neighbourhood loyals': 0.34, 'digital in a hurry': 0.3, 'explorers': 0.22, 'discount hunters': 0.14}
    """  # noqa: E501
    customers = make_customers(seed)
    names = np.array([each.name for each in TYPES], dtype=object)
    return pd.DataFrame(
        {"customer_id": customers["customer_id"], "customer_type": names[customers["type"]]}
    )


def demo_tables(seed: int) -> dict[str, pa.Table]:
    """Return the tables: contacts lead to answers, and answers decide who comes back."""
    customers = make_customers(seed)
    would_be = would_be_orders(customers, seed)
    tickets = make_tickets(customers, would_be, seed)
    contacts = make_contacts(customers, would_be, tickets, seed)
    felt = make_answers(make_invitations(customers, contacts, seed), customers, seed)
    left_at = who_left(felt, seed)
    answers = answers_given(felt, left_at, customers, seed)
    orders = final_orders(would_be, left_at, answers["order"], customers, seed)
    raw = raw_responses(answers, orders["order_id"], tickets["ticket_id"], seed)
    csat_given = raw["csat"] == answers["csat"].astype(str)
    commented = answers.assign(response_id=raw["response_id"], csat_given=csat_given)
    verbatims = make_verbatims(commented, customers, seed)
    comment = verbatims.dropna(subset=["response_id"]).set_index("response_id")["text"]
    raw = raw.assign(comment=raw["response_id"].map(comment))
    frames = {
        "responses": with_afterwards(with_copies(raw, seed), answers["nps"], seed),
        "orders": orders,
        "events": make_events(customers, orders, tickets, seed),
        "tickets": with_texts(tickets, customers, seed),
        "customers": customers,
        "verbatims": with_replies(verbatims, seed),
        "costs": make_costs(customers, orders, tickets),
        "actions": make_actions(),
        "population": make_population(customers, contacts_by_channel(contacts)),
        "experiments": make_experiments(customers, seed),
        "invitations": invitations_sent(raw, seed),
    }
    return {name: as_written(frame, SCHEMAS[name]) for name, frame in frames.items()}


def as_written(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Keep the documented columns and types, and nothing that names the library's version."""
    table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
    return table.replace_schema_metadata(None)
