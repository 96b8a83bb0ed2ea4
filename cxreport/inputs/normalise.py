"""Turn the columns of an export into the canonical columns that the codebook declares.

Done once, on the way in: blanks are cleaned, codes that mean "no answer" become NULL, ratings
become numbers, times become naive local time of the source's zone. What cannot be read becomes
NULL here and is counted by ``contracts``: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis

from cxreport.inputs.meaning import FIRST_YEAR, LAST_YEAR, NPS_SCALE, NUMBER, Column, Meaning
from cxreport.inputs.roles import NUMBERS, SCORES, TIMES, roles_of
from cxreport.inputs.source import without_nan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis.expr.datatypes as kinds
    import ibis.expr.types as ir

    Step = Callable[[ir.Column], ir.Column]
    """From what a column holds after the step before to what it holds after this one."""

CURRENCY = r"(?:US|R|A|C)?[$]|\p{Sc}|EUR|USD|GBP|CHF|Fr[.]|kr[.]?|z\x{142}"
"""Signs of money that may stand beside an amount."""
SEPARATORS = {".": "[.]", ",": ",", " ": " ", "'": "['\u2019]"}
"""Signs between thousands, as patterns."""
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f")
ISO_FORMATS = tuple("%Y-%m-%d" + clock for clock in CLOCKS)
ZONED_FORMATS = tuple(f"{written}%z" for written in ISO_FORMATS[2:])
DIGITS = {  # the first digit of each script that exports write numbers and days in
    "Arabic": 0x0660, "Persian": 0x06F0, "Devanagari": 0x0966, "Bengali": 0x09E6,
    "Thai": 0x0E50, "full width": 0xFF10,
}  # fmt: skip
OTHER_DIGITS = "".join(chr(zero + n) for zero in DIGITS.values() for n in range(10)) + "\u066b"
"""Digits of other scripts, and the Arabic sign before decimals."""
AMOUNTS = roles_of("number")
LARGEST = 1e12
"""Amounts from here on no sum holds to the cent: they are slips."""
CLOCK_PARTS = "%-?[HIMSfpgXcnzs]"
"""What a format of times has, and one of days has not."""


def _of_engine(name: str, returns: str, *takes: str) -> Any:
    """Return a function that the engine has, as a function of expressions."""
    signature = (takes, returns)
    nothing = (lambda _first: None) if len(takes) == 1 else (lambda _first, _second: None)
    return ibis.udf.scalar.builtin(nothing, name=name, signature=signature)


try_strptime = _of_engine("try_strptime", "timestamp(6)", "string", "string")
try_strptime_zoned = _of_engine("try_strptime", "timestamp('UTC', 6)", "string", "string")
at_zone = _of_engine("timezone", "timestamp('UTC', 6)", "string", "timestamp(6)")
local_time = _of_engine("timezone", "timestamp(6)", "string", "timestamp('UTC', 6)")


nfc_normalize = _of_engine("nfc_normalize", "string", "string")


def day_after(day: dt.date) -> ir.TimestampScalar:
    """Return the moment that a day ends."""
    return ibis.timestamp(day + dt.timedelta(days=1))


def cleaned(column: ir.Column, role: str = "other") -> ir.StringColumn:
    """Return a column as text: one blank for any run of blanks, NULL for nothing, 9 for 9.0.

    Letters are composed (NFC), so that one way to write them is one code. A text that was never a
    number keeps its ``.0``, unless its role makes it one. Yes and no are 1 and 0 where the role
    asks for numbers; digits of any script are digits where it asks for numbers or times.
    """
    kind = column.type()
    if kind.is_boolean() and role in NUMBERS:
        column = column.cast("int32")
    if kind.is_floating():
        column = without_nan(column)
    text = column.cast("string")
    if kind.is_string():
        text = nfc_normalize(text)
        if role in NUMBERS or role in TIMES:
            text = text.translate(OTHER_DIGITS, "0123456789" * len(DIGITS) + ".")
    text = text.re_replace(r"[\s\p{Zs}\x{FEFF}]+", " ").strip().nullif("")
    if role in SCORES or not kind.is_string():
        text = text.re_replace(r"^([+-]?[0-9]+)\.0+$", r"\1")
    elif role in NUMBERS:  # in an amount, 1.000 may be a thousand
        text = text.re_replace(r"^([+-]?[0-9]+)\.(0|00|0000+)$", r"\1")
    return text


def coded(text: ir.StringColumn, meaning: Meaning, role: str = "other") -> ir.StringColumn:
    """Replace spellings by codes, and codes that mean "no answer" by NULL.

    Where the role asks for numbers, a code is meant in every way to write it: 99, 99.0, 099.
    """
    if meaning.recode:
        text = text.cases(*meaning.recode.items(), else_=text)
    if not meaning.missing:
        return text
    absent = text.isin(list(meaning.missing))
    if role in NUMBERS and meaning.missing_numbers:
        number = _number(in_one_spelling(text, meaning))
        absent |= number.isin(list(meaning.missing_numbers)).fill_null(False)
    return ibis.cases((absent, ibis.null("string")), else_=text)


def plain_id(text: ir.StringColumn, ignoring: Sequence[str]) -> ir.StringColumn:
    """Return ids without what does not tell them apart: ``0010848.0`` and ``10848`` are one."""
    if "case" in ignoring:
        text = text.lower()
    if "decimals" in ignoring:
        text = text.re_replace(r"\.0+$", "")
    if "zeros" in ignoring:
        text = text.re_replace(r"^0+(.)", r"\1")
    return text


def in_one_spelling(text: ir.StringColumn, meaning: Meaning) -> ir.StringColumn:
    """Write numbers with a point, a minus before them, and without thousands or currency.

    What is not written as declared becomes NULL, where something is declared.
    """
    exported = text
    text = text.re_replace(f"^([-+(\u2212]?) ?({CURRENCY}) ?", r"\1")
    text = text.re_replace(f" ?({CURRENCY})([-)]?)$", r"\2").replace("\u2212", "-")
    text = text.re_replace(r"^\(([0-9][^()]*)\)$", r"-\1").re_replace(r"^([0-9].*)-$", r"-\1")
    if meaning.decimal is None and meaning.thousands is None:
        plain = exported.re_search(f"^({NUMBER})$")  # most are, and one look is quicker than five
        return ibis.cases((plain, exported), else_=text)
    decimal, thousands = meaning.decimal_sign, SEPARATORS.get(meaning.thousands or "", "")
    grouped = f"[0-9]{{1,3}}({thousands}[0-9]{{3}})+|" if thousands else ""
    if thousands == ",":  # lakh and crore: 1,23,456
        grouped += "[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}|"
    fits = text.re_search(f"^[+-]?({grouped}[0-9]+)([{decimal}][0-9]+)?$")
    if thousands:
        text = text.re_replace(thousands, "")
    return ibis.cases((fits, text.replace(decimal, ".")))


def as_time(column: ir.Column, meaning: Meaning, zone: str) -> ir.Column:
    """Read times as naive local time of the source's zone; days stay days, in any zone."""
    kind = column.type()
    steps = _steps_of_time(kind, meaning, zone)
    return _through(steps, column if is_time(kind) else cleaned(column, "date"))


def is_time(kind: kinds.DataType) -> bool:
    """Return whether a column holds times already, and not their text."""
    return bool(kind.is_timestamp() or kind.is_date())


def _steps_of_time(kind: kinds.DataType, meaning: Meaning, zone: str) -> list[Step]:
    """Return the steps from a column of times, or from cleaned text, to times."""
    if not is_time(kind):
        return _steps_of_written_time(meaning, zone)
    steps: list[Step] = []
    if meaning.missing:
        steps.append(partial(_without_missing_days, missing=list(meaning.missing)))
    if kind.is_date():
        return [*steps, _sensible]
    if kind.timezone:
        return [*steps, lambda time: local_time(zone, time.cast("timestamp('UTC', 6)"))]
    cast: Step = lambda time: time.cast("timestamp(6)")  # noqa: E731
    return [*steps, cast, _sensible, partial(_moved, meaning=meaning, zone=zone)]


def _without_missing_days(time: ir.Column, missing: list[str]) -> ir.Column:
    day = cleaned(time).re_replace(r"[ T]00:00:00.*$", "")
    return ibis.cases((day.isin(missing), ibis.null(time.type())), else_=time)


def _steps_of_written_time(meaning: Meaning, zone: str) -> list[Step]:
    formats = (meaning.format,) if meaning.format else (*ISO_FORMATS, *ZONED_FORMATS)

    def whole(text: ir.StringColumn) -> ir.StringColumn:
        text = coded(text, meaning)
        before, _, after = (meaning.template or "{}").partition("{}")
        return ibis.literal(before) + text + ibis.literal(after) if meaning.template else text

    def as_written(text: ir.StringColumn) -> ir.Column:
        return ibis.coalesce(*(_read_time(text, written, meaning, zone) for written in formats))

    steps: list[Step] = [whole, as_written, _sensible]
    if meaning.format and not re.search(CLOCK_PARTS, meaning.format):
        steps.append(lambda time: time.date())
    return steps


def of_another_year(
    text: ir.StringColumn, kind: kinds.DataType, meaning: Meaning, zone: str
) -> ir.BooleanValue:
    """Return which texts are times as declared, but of a year that no data are of."""
    if is_time(kind):
        return text.notnull()
    whole, as_written, *_ = _steps_of_written_time(meaning, zone)
    return as_written(whole(text)).notnull()


def _sensible(time: ir.Column) -> ir.Column:
    """Return the days in the years that data are of; others were written otherwise."""
    inside = (time.year() >= FIRST_YEAR) & (time.year() <= LAST_YEAR)
    return ibis.cases((inside, time))


def _read_time(text: ir.StringColumn, written: str, meaning: Meaning, zone: str) -> ir.Column:
    """Read times that are written in one way, some with their distance from UTC."""
    if "%z" not in written:
        return _moved(try_strptime(text, written), meaning, zone)
    return local_time(zone, try_strptime_zoned(text.re_replace("Z$", "+00"), written))


def _moved(time: ir.TimestampColumn, meaning: Meaning, zone: str) -> ir.TimestampColumn:
    """Turn the local time of the column's own zone into that of the source's."""
    if meaning.zone in {None, zone}:
        return time
    return local_time(zone, at_zone(meaning.zone, time))


def written(exported: ir.Column, column: Column) -> ir.Column:
    """Return the text of an exported column; times that are no text stay what they are."""
    if column.role in TIMES:
        return exported if is_time(exported.type()) else cleaned(exported, column.role)
    return cleaned(exported, column.role)


def steps_of(kind: kinds.DataType, column: Column, meaning: Meaning, zone: str) -> list[Step]:
    """Return the steps from what is ``written`` in a column of some kind to its values.

    A step may name the column before it more than once. A table is read step by step, because an
    engine would take all steps before again for each mention.
    """
    if column.role in TIMES:
        return _steps_of_time(kind, meaning, zone)
    meant: list[Step] = []
    if meaning.recode or meaning.missing:
        meant.append(partial(coded, meaning=meaning, role=column.role))
    if column.stages:
        stages = column.stages.items()
        return [*meant, lambda text: text.cases(*stages, else_=ibis.null("string"))]
    if column.role not in NUMBERS:
        plain = [partial(plain_id, ignoring=meaning.ignoring)] if meaning.ignoring else []
        return [*meant, *plain]
    spelled = [partial(in_one_spelling, meaning=meaning)] if kind.is_string() else []
    return [*meant, *spelled, _number, partial(_turned, column=column, meaning=meaning)]


def _through(steps: Sequence[Step], column: ir.Column) -> ir.Column:
    for step in steps:
        column = step(column)
    return column


def _number(text: ir.StringColumn) -> ir.Column:
    return ibis.cases((text.re_search(f"^({NUMBER})$"), text.try_cast("float64")))


def _turned(number: ir.Column, column: Column, meaning: Meaning) -> ir.Column:
    """Return numbers that can be, in the direction of the column."""
    possible = number.abs() < LARGEST if column.role in AMOUNTS else ~number.isinf()
    number = ibis.cases((possible, -number if column.negate else number))
    general = column.scale or NPS_SCALE
    if meaning.scale and meaning.scale == general[::-1]:
        return general[0] + general[1] - number  # this version began at the other end
    return number


def value_type(role: str) -> str:
    """Return the type of a role's values."""
    return "timestamp(6)" if role in TIMES else "float64" if role in NUMBERS else "string"
