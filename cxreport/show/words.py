"""Words last: sentences, numbers and dates in the reader's language, made from frames.

Every text that a page shows comes from ``locale/<language>.toml``; numbers and dates are written
by Babel in that language's way, never in the way of the machine that made the page.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from cxreport.errors import CxError
from cxreport.show.plain_text import isolated

LANGUAGES = ("en", "it")
POINTS = ("nps", "needs", "ease", "enjoyability", "index", "effect", "avoidable")
"""Metrics in points, -100 to 100; all others are percentages."""
HOURS = {"first_reply": "h", "solution": "h", "first_reply_days": "d", "solution_days": "d"}
"""Metrics in hours, or in days."""
ARTICLES = {
    "il": "l'", "del": "dell'", "al": "all'", "dal": "dall'", "nel": "nell'", "sul": "sull'",
    "i": "gli ", "dei": "degli ", "ai": "agli ", "dai": "dagli ", "nei": "negli ", "sui": "sugli ",
}  # fmt: skip
"""Italian articles, and their form before a vowel."""
BEFORE_VALUE = re.compile(rf"\b({'|'.join(ARTICLES)}) (?={{(\w+)(?::(\d+))?}})", re.IGNORECASE)
VOWEL = re.compile(r"8|11(?!\d)")
"""Figures that are read with a vowel first: otto, ottanta, ottocento, undici, undicimila."""


@cache
def catalogue(language: str) -> dict[str, Any]:
    """Return all texts of a language."""
    if language not in LANGUAGES:
        raise CxError("no such language", got=language, expected=", ".join(LANGUAGES))
    source = files("cxreport.show").joinpath(f"locale/{language}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Written:
    """A value inside a text: ``{deff:2}`` asks for two decimals."""

    words: Words
    value: object

    def __format__(self, decimals: str) -> str:
        """Write the value, with the decimals that the text asks for."""
        if decimals and isinstance(self.value, float):
            return self.words.number(self.value, int(decimals))
        return self.words.value(self.value)


@dataclass(frozen=True)
class Words:
    """The texts and the number formats of one language.

    Examples
    --------
    >>> Words("it").number(1234.56), Words("en").number(1234.56)
    ('1.234,6', '1,234.6')
    """

    language: str

    @property
    def locale(self) -> Locale:
        """The language's conventions."""
        return Locale(self.language)

    def text(self, key: str, **values: object) -> str:
        """Return a text by its dotted key, with values filled in.

        A text with a ``one`` and an ``other`` form is chosen by the value called ``n``.

        Raises
        ------
        CxError
            If there is no such text, or it asks for a value that is not given.
        """
        found: Any = catalogue(self.language)
        for step in key.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, dict) and {"one", "other"} == set(found) and "n" in values:
            form = self.locale.plural_form(values["n"])  # type: ignore[arg-type]
            found = found.get(form, found["other"])  # Italian has a form of its own for millions
        if not isinstance(found, str):
            raise CxError("no such text", where=f"locale/{self.language}.toml", got=key)
        written = {name: Written(self, value) for name, value in values.items()}
        try:
            text = _elided(found, written) if self.language == "it" else found
            return text.format_map(written)
        except KeyError as error:
            raise CxError(
                "a text asks for a value that is not given", where=key, got=error
            ) from error

    def has(self, key: str) -> bool:
        """Say whether there is a text of this key."""
        found: Any = catalogue(self.language)
        for step in key.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return isinstance(found, str)

    def value(self, value: object) -> str:
        """Write whatever a frame may hold: whole numbers, other numbers, days, text."""
        if isinstance(value, bool) or value is None:
            return self.text(f"value.{str(value).lower()}")
        if isinstance(value, int):
            return self.whole(value)
        if isinstance(value, float):
            return self.number(value)
        if isinstance(value, dt.date):
            return self.day(value)
        return isolated(str(value))

    def number(self, value: float, decimals: int = 1) -> str:
        """Write a number with its decimals; a dash for one that is not known."""
        if not math.isfinite(value):
            return self.text("value.none")
        rounded = round(value, decimals) + 0.0  # no minus before a zero
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(rounded, format=pattern, locale=self.locale))

    def whole(self, value: float) -> str:
        """Write a whole number; a dash for one that is not known."""
        return self.number(value, 0)

    def measured(self, value: float, metric: str) -> str:
        """Write an estimate with its unit: points bare, shares with their sign.

        Examples
        --------
        >>> Words("it").measured(82.07, "csat"), Words("it").measured(39.84, "nps")
        ('82,1%', '39,8')
        """
        written = self.number(value)
        if metric in POINTS or not math.isfinite(value):
            return written
        return f"{written}\u00a0{HOURS[metric]}" if metric in HOURS else f"{written}%"

    def signed(self, value: float) -> str:
        """Write a difference, always in points, with its sign; none is zero that is not.

        Examples
        --------
        >>> [Words("en").signed(value) for value in (2.31, 0.04, -0.002, 0)]
        ['+2.3', '+0.04', '-0.002', '0.0']
        """
        decimals = _telling(value, 0, 1)
        sign = "+" if math.isfinite(value) and round(value, decimals) > 0 else ""
        return f"{sign}{self.number(value, decimals)}"

    def ratio(self, value: float) -> str:
        """Write how many times as much something is; none is 1 that is not.

        Examples
        --------
        >>> [Words("en").ratio(value) for value in (1.346, 1.004, 1)]
        ['1.35', '1.004', '1.00']
        """
        return self.number(value, _telling(value, 1, 2))

    def day(self, day: dt.date) -> str:
        """Write a day.

        Examples
        --------
        >>> Words("it").day(dt.date(2026, 10, 31))
        '31 ottobre 2026'
        """
        return str(format_date(day, "long", locale=self.locale))

    def period(self, name: str, kind: str, *, short: bool = False) -> str:
        """Write a period's name.

        Examples
        --------
        >>> Words("en").period("2026-10", "month"), Words("it").period("2026-Q3", "quarter")
        ('October 2026', '3º trimestre 2026')
        """
        if kind == "month":
            day = dt.datetime.strptime(name, "%Y-%m").replace(tzinfo=dt.UTC)
            skeleton = "yMMM" if short else "yMMMM"
            return str(format_skeleton(skeleton, day, locale=self.locale))
        if kind == "quarter" and not short:
            year, _, number = name.partition("-Q")
            return self.text("period.quarter", year=year, number=number)
        if kind in {"study", "undated"}:
            return self.text(f"period.{kind}")
        return name


def _telling(value: float, nothing: float, decimals: int) -> int:
    """Return how many decimals tell a value from that of no difference: two more at most."""
    told = [
        more
        for more in range(decimals, decimals + 3)
        if math.isfinite(value) and round(value, more) != nothing
    ]
    return next(iter(told), decimals)


def _elided(text: str, written: dict[str, Written]) -> str:
    """Fit the articles before a value to the figure that it begins with."""

    def fitted(found: re.Match[str]) -> str:
        article, name, decimals = found.groups()
        if not VOWEL.match(format(written[name], decimals or "")):
            return found[0]
        form = ARTICLES[article.lower()]
        return form.capitalize() if article[0].isupper() else form

    return BEFORE_VALUE.sub(fitted, text)
