"""Money in the reader's language, with as many decimals as it can bear."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from babel.numbers import format_currency

from cxreport.show.numeral import Number, Numeral

if TYPE_CHECKING:
    from cxreport.show.words import Words

MINUS = "\u2212\u2060"  # and what keeps it with its number
SMALL = 1000
"""Amounts from here on are written without cents."""


def write_money(words: Words, value: float | None, currency: str) -> str:
    r"""Write an amount; a bare number where its currency is not known.

    Parameters
    ----------
    words : Words
        The reader's language.
    value : float or None
        The amount; a dash for one that is not known.
    currency : str
        Its code, or empty.

    Examples
    --------
    >>> from cxreport.show.words import Words
    >>> write_money(Words("it"), -48.437, "EUR"), write_money(Words("en"), 550579.06, "EUR")
    ('\u2212\u206048,44\xa0€', '€550,579')
    """
    if value is None or not math.isfinite(value):
        return words.text("value.none")
    decimals = 0 if abs(value) >= SMALL else 2
    if not currency:
        written = words.number(value, decimals).replace("-", MINUS)
        return Numeral(written, Number(round(value, decimals) + 0.0, decimals))
    rounded = round(value, decimals) + 0.0
    pattern = words.locale.currency_formats["standard"].pattern.split(";")[0]
    pattern = pattern.replace("#,##0.00", "#,##0" + ("." + "0" * decimals if decimals else ""))
    written = format_currency(
        rounded, currency, format=pattern, locale=words.locale, currency_digits=False
    )
    spaced = re.sub(rf"({re.escape(currency)})(?=\d)", "\\1\u00a0", str(written))
    return Numeral(spaced.replace("-", MINUS), Number(rounded, decimals, currency))
