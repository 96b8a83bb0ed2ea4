"""Words last: sentences, numbers and dates in the reader's language, made from frames.

Every text that a page shows comes from a ``texts.toml``; numbers and dates are written by Babel in
that language's way, never in the way of the machine that made the page.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from cxreport.errors import CxError
from cxreport.show.numeral import POINTS, SHARE, Number, Numeral, in_unit, joined
from cxreport.show.plain_text import isolated
from cxreport.show.texts import SHARED, find_text, has_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.show.texts import Text

SMALLEST_P = 0.001
"""A smaller p-value is written by this bound."""
ARTICLES = {
    "il": "l'", "del": "dell'", "al": "all'", "dal": "dall'", "nel": "nell'", "sul": "sull'",
    "i": "gli ", "dei": "degli ", "ai": "agli ", "dai": "dagli ", "nei": "negli ", "sui": "sugli ",
}  # fmt: skip
"""Italian articles, and their form before a vowel."""
BEFORE_VALUE = re.compile(rf"\b({'|'.join(ARTICLES)}) (?={{(\w+)(?::([^}}]+))?}})", re.IGNORECASE)
VOWEL = re.compile(r"8|11(?!\d)")
"""Figures that are read with a vowel first: otto, ottanta, ottocento, undici, undicimila."""


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

        Of a text with two forms one is chosen by the value called ``n``.

        Raises
        ------
        CxError
            If there is no such text, or it asks for a value that is not given.
        """
        written = {name: Written(self, value) for name, value in values.items()}
        text = find_text(SHARED, key, self.language)
        return fill(self, text, written, n=values.get("n"), where=key)  # type: ignore[arg-type]

    def has(self, key: str) -> bool:
        """Return whether there is a text of this key."""
        return has_text(SHARED, key)

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
        written = str(format_decimal(rounded, format=pattern, locale=self.locale))
        return Numeral(written, Number(rounded, decimals))

    def whole(self, value: float) -> str:
        """Write a whole number; a dash for one that is not known."""
        return self.number(value, 0)

    def exact(self, value: float) -> str:
        """Write a number with as many decimals as it has, three at most."""
        exact = (d for d in range(3) if math.isclose(round(value, d), value))
        return self.number(value, next(exact, 3))

    def p_value(self, value: float) -> str:
        """Write a p-value; a tiny one by its bound.

        Examples
        --------
        >>> Words("it").p_value(0.0421).split(), Words("it").p_value(1e-9).split()
        (['p', '=', '0,042'], ['p', '<', '0,001'])
        """
        if value < SMALLEST_P:
            return f"p\u00a0<\u00a0{self.number(SMALLEST_P, 3)}"
        written = self.number(value, 3)
        return joined(f"p\u00a0=\u00a0{written}", written)

    def share(self, value: float) -> str:
        """Write a share of 100 with its sign; a dash for one that is not known.

        Examples
        --------
        >>> Words("it").share(82.07)
        '82,1%'
        """
        written = self.number(value)
        return in_unit(f"{written}%", written, SHARE) if math.isfinite(value) else written

    def signed(self, value: float) -> str:
        """Write a difference, always in points, with its sign; none is zero that is not.

        Examples
        --------
        >>> [Words("en").signed(value) for value in (2.31, 0.04, -0.002, 0)]
        ['+2.3', '+0.04', '-0.002', '0.0']
        """
        decimals = _telling(value, 0, 1)
        sign = "+" if math.isfinite(value) and round(value, decimals) > 0 else ""
        written = self.number(value, decimals)
        return in_unit(f"{sign}{written}", written, POINTS) if math.isfinite(value) else written

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
    enough = [
        more
        for more in range(decimals, decimals + 3)
        if math.isfinite(value) and round(value, more) != nothing
    ]
    return next(iter(enough), decimals)


def fill(
    words: Words, text: Text, written: Mapping[str, object], *, n: float | None, where: str
) -> str:
    """Fill a text in: of two forms the one for ``n``, and in Italian the articles before figures.

    Raises
    ------
    CxError
        If it asks for a value that is not given.
    """
    if isinstance(text, list):
        if n is None:
            raise CxError("a text asks for a value that is not given", where=where, got="n")
        text = text[words.locale.plural_form(n) != "one"]  # of millions, Italian has its own form
    try:
        if words.language == "it":
            text = BEFORE_VALUE.sub(lambda match: _elided(match, written), text)
        return text.format_map(written)
    except KeyError as error:
        raise CxError(
            "a text asks for a value that is not given", where=where, got=error
        ) from error


def _elided(match: re.Match[str], written: Mapping[str, object]) -> str:
    """Fit the article before a value to the figure that it begins with."""
    article, name, how = match.groups()
    if not VOWEL.match(format(written[name], how or "")):
        return match[0]
    form = ARTICLES[article.lower()]
    return form.capitalize() if article[0].isupper() else form
