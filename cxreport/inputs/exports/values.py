"""How dates and numbers are written: what all values of a file together say, and what to ask."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cxreport.errors import CxError
from cxreport.inputs.meaning import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable

TIME = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})"
    r"(?:[T ,]+(\d{1,2})([:.])(\d{2})(?:\6(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*([AaPp]\.?\s?[Mm]\.?)?\s*(?:UTC|GMT)?\s*(Z|[+-]\d{1,2}(?::?\d{2})?)?(?:\s*UTC)?)?"
)
"""Three figures of a day, and after them perhaps a clock and a distance from UTC."""
NAMED_UTC = re.compile(r"UTC|GMT|Z$")
WHOLE = re.compile(r"[+-]?\d+")
MONEY = "\u20ac|[$]|\u00a3|\u00a5|EUR|USD|GBP|CHF"
NUMBER = re.compile(
    rf"(?:(?:{MONEY})\s?)?([+-]?\d[\d.,'\u2019\s]*\d|[+-]?\d|[+-]?[.,]\d+)(?:\s?(?:{MONEY}))?"
)
EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}")
THOUSAND_OR_DECIMAL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
ORDERS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


@dataclass(frozen=True)
class Written:
    """How a file writes days and numbers."""

    order: str = ""
    decimal: str = ""


def possible_orders(text: str) -> frozenset[str]:
    """Return in which orders a text can be a time; in none when it is no time.

    Examples
    --------
    >>> sorted(possible_orders("02/10/2026 09.14.05")), sorted(possible_orders("13/10/2026"))
    (['dmy', 'mdy'], ['dmy'])
    >>> sorted(possible_orders("2026-10-02T09:14:05Z")), sorted(possible_orders("5/5"))
    (['ymd'], [])
    """
    match = TIME.fullmatch(text)
    if match is None:
        return frozenset()
    return frozenset(o for o in _orders_by_length(match) if _moment(match, o) is not None)


def _orders_by_length(match: re.Match[str]) -> tuple[str, ...]:
    first, last = len(match[1]), len(match[4])
    if first == 4:
        return ("ymd",) if last <= 2 else ()
    if first > 2 or last not in {2, 4}:
        return ()
    return ("dmy", "mdy") if last == 4 else ("dmy", "mdy", "ymd")


def read_time(text: str, order: str) -> dt.datetime | None:
    """Return a time; one with a distance from UTC is in UTC, and others have no zone.

    Examples
    --------
    >>> print(read_time("10/02/2026 06:22:10 PM", "mdy"), read_time("31/02/2026", "dmy"))
    2026-10-02 18:22:10 None
    >>> print(read_time("2026/10/02 9:14:05 AM GMT+2", "dmy"))
    2026-10-02 07:14:05+00:00
    """
    match = TIME.fullmatch(text)
    if match is None or not (orders := _orders_by_length(match)):
        return None
    order = order if order in orders else orders[0] if len(orders) == 1 else ""
    return _moment(match, order) if order else None


def has_zone(text: str) -> bool:
    """Return whether a time says how far it is from UTC.

    Examples
    --------
    >>> has_zone("2026-10-02T09:14:05Z"), has_zone("2026-10-02 09:14")
    (True, False)
    """
    match = TIME.fullmatch(text)
    return match is not None and bool(match[11] or NAMED_UTC.search(text))


def _moment(match: re.Match[str], order: str) -> dt.datetime | None:
    parts = dict(zip(order, (match[1], match[3], match[4]), strict=True))
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    hour, noon = int(match[5] or 0), (match[10] or "").lower()[:1]
    if noon and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (noon == "p") if noon else hour
    micro = int((match[9] or "").ljust(6, "0")[:6])
    try:
        clock = (hour, int(match[7] or 0), int(match[8] or 0), micro)
        moment = dt.datetime(year, int(parts["m"]), int(parts["d"]), *clock)  # noqa: DTZ001 - local
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        away = match[11] or ""
        if not away and not NAMED_UTC.search(match[0]):
            return moment
        return (moment - _distance(away)).replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None


def _distance(written: str) -> dt.timedelta:
    if written in {"", "Z"}:
        return dt.timedelta()
    figures = written[1:].replace(":", "")
    hours, minutes = (figures[:-2], figures[-2:]) if len(figures) > 2 else (figures, "0")
    away = dt.timedelta(hours=int(hours), minutes=int(minutes))
    return -away if written[0] == "-" else away


def possible_decimals(text: str) -> frozenset[str]:
    """Return which signs can stand before the decimals of a number; none when it is no number.

    Examples
    --------
    >>> sorted(possible_decimals("1.234,50")), sorted(possible_decimals("1.234"))
    ([','], [',', '.'])
    >>> sorted(possible_decimals("12")), sorted(possible_decimals("1.2.3"))
    ([',', '.'], [])
    """
    if WHOLE.fullmatch(text):
        return frozenset(",.")
    if EXPONENT.fullmatch(text):
        return frozenset(".")
    match = NUMBER.fullmatch(text)
    if match is None:
        return frozenset()
    return frozenset(sign for sign in ",." if _number_pattern(sign).fullmatch(match[1]))


@cache
def _number_pattern(decimal: str) -> re.Pattern[str]:
    thousands = "." if decimal == "," else ","
    grouped = rf"\d{{1,3}}(?:([{thousands}'\u2019\s])\d{{3}})(?:\1\d{{3}})*"
    return re.compile(rf"[+-]?(?:{grouped}|\d+|)(?:[{decimal}]\d+)?")


def read_number(text: str, decimal: str) -> float | None:
    """Return a number that is written with a sign before its decimals.

    Examples
    --------
    >>> read_number("1.234,50", ","), read_number("\u20ac 59.90", "."), read_number("n/a", ".")
    (1234.5, 59.9, None)
    """
    if decimal not in possible_decimals(text):
        return None
    if WHOLE.fullmatch(text) or EXPONENT.fullmatch(text):
        return float(text)
    plain = re.sub(rf"[^\d{decimal}+-]", "", text)
    return float(plain.replace(decimal, "."))


def one_way(
    evidence: Iterable[frozenset[str]], *, stated: str, what: str, where: object, option: str
) -> str:
    """Return the one way in which all values of a file can be read, or ask.

    Parameters
    ----------
    evidence : iterable of frozenset of str
        For each column the ways in which all of its values can be read.
    stated : str
        What the user says; empty when nothing.
    what, where, option : str
        For the question: what is ambiguous, in which file, and which option answers it.

    Raises
    ------
    CxError
        If more than one way fits, or columns contradict each other.
    """
    ways = list(evidence)
    if stated or not ways:
        return stated
    common = frozenset.intersection(*ways)
    if len(common) == 1:
        return next(iter(common))
    choices = sorted(common or frozenset.union(*ways))
    text = "can be read in two ways" if common else "are written in more than one way"
    raise CxError(
        f"{what} {text}",
        where=where,
        got=" or ".join(ORDERS.get(choice, repr(choice)) for choice in choices),
        expected=" or ".join(f"{option} {choice}" for choice in choices),
        hint="say which one it is: nothing is guessed",
    )
