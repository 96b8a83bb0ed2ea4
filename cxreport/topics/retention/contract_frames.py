"""Do the contracts of a company's customers last: every frame of that part of a report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cxreport.topics.retention.contracts import COLUMNS, contractual_retention
from cxreport.topics.retention.renewals import Checked, contract_survivors, project_and_check

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

NEEDED = {"customer_id", "contract_start", "contract_end"}
YEARS = 3


@dataclass(frozen=True)
class Contracts:
    """What :func:`company_contracts` found.

    Attributes
    ----------
    years : DataFrame
        The last years up to the end of the period, newest first, as from
        ``contractual_retention``; empty where no customer has a contract.
    survivors : DataFrame
        As from ``contract_survivors``: ``age`` (renewals), ``survivors``.
    projection : Checked
        As from ``project_and_check``; its frames are empty with too few contracts or renewals.
    """

    years: pd.DataFrame
    survivors: pd.DataFrame
    projection: Checked


def company_contracts(company: Company, *, months: int = 12) -> Contracts:
    """Say whether a company's customers renew, from the contracts in its table of customers.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    months : int
        Months from one renewal to the next.

    Returns
    -------
    Contracts
        Frames that are all empty where ``customers`` has no ``contract_start`` and
        ``contract_end``. Years in which nobody had a contract at the start are left out.

    Raises
    ------
    CxError
        If the dates are no times.
    """
    customers = company.table("customers")
    if customers is None or not company.columns_of("customers") >= NEEDED:
        nothing = pd.DataFrame({"age": [], "survivors": []}, dtype="int64")
        return Contracts(pd.DataFrame(columns=COLUMNS), nothing, project_and_check([]))
    end = pd.Timestamp(company.period.end)
    ends = [end - pd.DateOffset(years=years) for years in range(YEARS + 1)]
    years = contractual_retention(
        customers,
        since=[day.date() for day in ends[1:]],
        until=[day.date() - dt.timedelta(days=1) for day in ends[:-1]],
    )
    survivors = contract_survivors(customers, until=company.until, months=months)
    checked = project_and_check(survivors["survivors"].tolist())
    return Contracts(years[years["at_start"] > 0].reset_index(drop=True), survivors, checked)
