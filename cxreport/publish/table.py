"""The table of reports: ``reports.toml``, which notebook makes which pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cxreport.errors import CxError
from cxreport.inputs.settings import read_settings
from cxreport.publish.addresses import Delivery, ReportDelivery
from cxreport.publish.brand import Brand
from cxreport.publish.places import LATEST

if TYPE_CHECKING:
    from pathlib import Path

A_WEEK = 7 * 86_400  # seconds


class Report(BaseModel):
    """One line of the table of reports."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    notebook: str
    group: str
    """Which reports are built together: ``cxreport build --group demo``."""
    periods: tuple[str, ...] = Field(("last",), min_length=1)
    """Names of periods, or from one to another (``2026-01..last``); ``last`` is the last closed."""
    languages: tuple[Literal["en", "it"], ...] = Field(("it", "en"), min_length=1)
    time_limit: float = Field(600, gt=0, le=A_WEEK, allow_inf_nan=False)
    """Seconds for one run of the notebook."""
    parameters: dict[str, Any] = {}
    """Of the notebook; ``source`` is needed, unless it is a study."""
    each: str | None = Field(None, min_length=1)
    """A column of the answers: one page for each of its groups."""
    deliver: ReportDelivery = ReportDelivery()

    @field_validator("name")
    @classmethod
    def _no_place_of_ours(cls, given: str) -> str:
        if given == LATEST:
            raise ValueError(f"{LATEST!r} is the folder of the newest pages: choose another name")
        return given

    @field_validator("periods", "languages")
    @classmethod
    def _each_once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({name for name in given if given.count(name) > 1})
        if repeated:
            raise ValueError(f"given twice: {', '.join(repeated)}")
        return given


class Reports(BaseModel):
    """The whole ``reports.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    report: tuple[Report, ...] = ()
    brand: Brand | None = None
    deliver: Delivery | None = None


def read_reports(root: Path) -> tuple[Report, ...]:
    """Read the table of reports.

    Raises
    ------
    CxError
        If it is missing or not understood, or two reports bear one name.
    """
    return read_table(root).report


def read_table(root: Path) -> Reports:
    """Read the whole file of reports; see :func:`read_reports`."""
    path = root / "reports.toml"
    table = read_settings(path, Reports, "table of reports")
    names = [report.name for report in table.report]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise CxError("two reports bear one name", where=path, got=", ".join(repeated))
    return table
