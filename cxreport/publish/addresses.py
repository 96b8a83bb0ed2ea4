"""Where reports are sent: the section ``[deliver]`` of reports.toml, and that of one report.

Credentials are no part of it: they come from the environment.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

A_YEAR = 366
ADDRESS = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}@([a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}",
    re.ASCII | re.IGNORECASE,
)
SERVER = re.compile(r"[a-z0-9.:-]{1,253}", re.ASCII | re.IGNORECASE)
PAGES_AT = re.compile(r"https?://[^\s<>|\"']{1,400}")
HERE = {"localhost", "127.0.0.1", "::1"}


def _address(text: str) -> str:
    if not text.isascii():
        raise ValueError(
            f"{text!r}: few servers take an address with accents; write its ASCII form (xn--...)"
        )
    if not ADDRESS.fullmatch(text) or len(text) > 254:
        raise ValueError(f"{text!r} is no mail address, like anna@example.org")
    return text


def _server(text: str) -> str:
    if text and not SERVER.fullmatch(text):
        raise ValueError(f"{text!r} is no name of a server, like smtp.example.org")
    return text


def _pages_at(text: str) -> str:
    if text and not PAGES_AT.fullmatch(text):
        raise ValueError(f"{text!r} is no address of pages, like https://example.org/reports")
    return text.rstrip("/")


def _once(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({address.casefold(): address for address in reversed(addresses)}.values())[::-1]


Address = Annotated[str, AfterValidator(_address)]
Addresses = Annotated[tuple[Address, ...], AfterValidator(_once)]


class ReportDelivery(BaseModel):
    """The key ``deliver`` of one report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: Addresses | None = None
    """Who gets it; those of ``[deliver]`` when left out, nobody when empty."""
    groups: dict[str, Addresses] = {}
    """Of a report with ``each``: group -> who gets its page."""
    stale_after: int | None = Field(None, ge=1, le=10 * A_YEAR)
    """Days after the end of a period from which its page is no news; see ``[deliver]``."""


class Delivery(BaseModel):
    """The section ``[deliver]`` of reports.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    sender: Address = Field(alias="from")
    to: Addresses = ()
    """Who gets every report that names nobody itself."""
    failures_to: Addresses = ()
    """Who is told when a report could not be sent."""
    server: Annotated[str, AfterValidator(_server)] = ""
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; not at all only to a server on the same machine."""
    timeout: float = Field(30, gt=0, le=600, allow_inf_nan=False)
    """Seconds that the server may take for an answer."""
    pages_at: Annotated[str, AfterValidator(_pages_at)] = ""
    """Address of the folder of the pages, for links; none when left out."""
    stale_after: int | None = Field(None, ge=1, le=10 * A_YEAR)
    """Days after the end of a period from which its page is no news; half as long again as the
    period when left out."""

    @model_validator(mode="after")
    def _only_here_without_encryption(self) -> Delivery:
        if self.security == "none" and self.server not in HERE:
            raise ValueError('security = "none" is for a server on this machine: "localhost"')
        return self
