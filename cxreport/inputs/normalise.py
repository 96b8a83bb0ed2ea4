"""Turn the columns of an export into the canonical columns that the codebook declares.

Done once, on the way in: blanks are cleaned, codes that mean "no answer" become NULL, ratings
become numbers, times become naive local time of the source's zone. What cannot be read becomes
NULL here and is counted by ``contracts``: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import ibis

from cxreport.inputs.meaning import (
    FIRST_YEAR,
    LAST_YEAR,
    NPS_SCALE,
    SCORES,
    Column,
    Meaning,
    Version,
)
from cxreport.inputs.source import without_nan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis.expr.types as ir

    Reader = Callable[[ir.Column, Column, Meaning, int], ir.Column]

NUMBERS = (*SCORES, "weight", "number")
TIMES = ("date", "time")
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
"""How a number is written; engines also read ``nan``, ``inf`` and ``1_000``."""
CURRENCY = "\u20ac|[$]|\u00a3|\u00a5|EUR|USD|GBP|CHF"
"""Signs of money that may stand beside an amount."""
SEPARATORS = {".": "[.]", ",": ",", " ": " ", "'": "['\u2019]"}
"""Signs between thousands, as patterns."""
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f")
ISO_FORMATS = tuple("%Y-%m-%d" + clock for clock in CLOCKS)
ZONED_FORMATS = tuple(f"{written}%z" for written in ISO_FORMATS[2:])
CLOCK_PARTS = "%-?[HIMSfpgXcnzs]"
"""What a format of times has, and one of days has not."""


def _of_engine(name: str, returns: str, *takes: str) -> Any:
    """Return a function that the engine has, as a function of expressions."""
    signature = (takes, returns)
    return ibis.udf.scalar.builtin(lambda _first, _second: None, name=name, signature=signature)


try_strptime = _of_engine("try_strptime", "timestamp(6)", "string", "string")
try_strptime_zoned = _of_engine("try_strptime", "timestamp('UTC', 6)", "string", "string")
at_zone = _of_engine("timezone", "timestamp('UTC', 6)", "string", "timestamp(6)")
local_time = _of_engine("timezone", "timestamp(6)", "string", "timestamp('UTC', 6)")


def cleaned(column: ir.Column, role: str = "other") -> ir.StringColumn:
    """Return a column as text: one blank for any run of blanks, NULL for nothing, 9 for 9.0.

    A text that was never a number keeps its ``.0``, unless its role makes it one. Yes and no are
    1 and 0 where the role asks for numbers.
    """
    kind = column.type()
    if kind.is_boolean() and role in NUMBERS:
        column = column.cast("int8")
    if kind.is_floating():
        column = without_nan(column)
    text = column.cast("string")
    text = text.re_replace(r"[\s\x{A0}\x{2007}\x{202F}\x{FEFF}]+", " ").strip().nullif("")
    if role in SCORES or not kind.is_string():
        text = text.re_replace(r"^([+-]?[0-9]+)\.0+$", r"\1")
    elif role in NUMBERS:  # in an amount, 1.000 may be a thousand
        text = text.re_replace(r"^([+-]?[0-9]+)\.(0|00|0000+)$", r"\1")
    return text


def coded(text: ir.StringColumn, meaning: Meaning) -> ir.StringColumn:
    """Replace spellings by codes, and codes that mean "no answer" by NULL."""
    if meaning.recode:
        text = text.cases(*meaning.recode.items(), else_=text)
    if meaning.missing:
        text = ibis.cases((text.isin(list(meaning.missing)), ibis.null("string")), else_=text)
    return text


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
    text = text.re_replace(f"^([-+(\u2212]?) ?({CURRENCY}) ?", r"\1")
    text = text.re_replace(f" ?({CURRENCY})([-)]?)$", r"\2").replace("\u2212", "-")
    text = text.re_replace(r"^\(([0-9][^()]*)\)$", r"-\1").re_replace(r"^([0-9].*)-$", r"-\1")
    if meaning.decimal is None and meaning.thousands is None:
        return text
    decimal, thousands = meaning.decimal_sign, SEPARATORS.get(meaning.thousands or "", "")
    grouped = f"[0-9]{{1,3}}({thousands}[0-9]{{3}})+|" if thousands else ""
    fits = text.re_search(f"^[+-]?({grouped}[0-9]+)([{decimal}][0-9]+)?$")
    if thousands:
        text = text.re_replace(thousands, "")
    return ibis.cases((fits, text.replace(decimal, ".")))


def as_time(column: ir.Column, meaning: Meaning, zone: str) -> ir.Column:
    """Read times as naive local time of the source's zone; days stay days, in any zone."""
    kind = column.type()
    if meaning.missing and (kind.is_timestamp() or kind.is_date()):
        day = cleaned(column).re_replace(r"[ T]00:00:00.*$", "")
        column = ibis.cases((day.isin(list(meaning.missing)), ibis.null(kind)), else_=column)
    if kind.is_timestamp() and kind.timezone:
        return local_time(zone, column.cast("timestamp('UTC', 6)"))
    if kind.is_date():
        return ibis.cases((_is_sensible(column), column))
    if kind.is_timestamp():
        time = column.cast("timestamp(6)")
        return _moved(ibis.cases((_is_sensible(time), time)), meaning, zone)
    text = coded(cleaned(column), meaning)
    if meaning.template:
        before, _, after = meaning.template.partition("{}")
        text = ibis.literal(before) + text + ibis.literal(after)
    formats = (meaning.format,) if meaning.format else (*ISO_FORMATS, *ZONED_FORMATS)
    time = ibis.coalesce(*(_read_time(text, written, meaning, zone) for written in formats))
    time = ibis.cases((_is_sensible(time), time))
    return time.date() if meaning.format and not re.search(CLOCK_PARTS, meaning.format) else time


def _is_sensible(time: ir.Column) -> ir.BooleanValue:
    """Say whether a day lies in the years that data are of; others were written otherwise."""
    return (time.year() >= FIRST_YEAR) & (time.year() <= LAST_YEAR)


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


def values(exported: ir.Column, column: Column, meaning: Meaning, zone: str) -> ir.Column:
    """Read one exported column by one of its meanings."""
    if column.role in TIMES:
        return as_time(exported, meaning, zone)
    text = coded(cleaned(exported, column.role), meaning)
    if column.stages:
        return text.cases(*column.stages.items(), else_=ibis.null("string"))
    if column.role not in NUMBERS:
        return plain_id(text, meaning.ignoring)
    if exported.type().is_string():
        text = in_one_spelling(text, meaning)
    number = ibis.cases((text.re_search(f"^({NUMBER})$"), text.try_cast("float64")))
    number = ibis.cases((~number.isinf(), -number if column.negate else number))
    general = column.scale or NPS_SCALE
    if meaning.scale and meaning.scale == general[::-1]:
        return general[0] + general[1] - number  # this version began at the other end
    return number


def normalise(
    raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str
) -> ir.Table:
    """Turn an export into the table that its codebook declares.

    Parameters
    ----------
    raw : ibis Table
        The columns as exported.
    columns : mapping of str to Column
        Canonical name -> meaning.
    wave : str or None
        The wave that the rows belong to.
    zone : str
        The source's time zone.

    Returns
    -------
    ibis Table
        The canonical columns: ratings as numbers, times naive and local, days as dates, all else
        text. A column that was not asked is NULL; one that the export lacks is too, and
        ``contracts`` says so.
    """

    def read(exported: ir.Column, column: Column, meaning: Meaning, _number: int) -> ir.Column:
        return values(exported, column, meaning, zone)

    read_columns = _in_their_versions(raw, columns, wave, zone, read)
    days = {name for name, kind in read_columns.schema().items() if kind.is_date()}
    typed = {n: value_type(column.role) for n, column in columns.items() if n not in days}
    return read_columns.cast(typed)


def value_type(role: str) -> str:
    """Return the type of a role's values."""
    return "timestamp(6)" if role in TIMES else "float64" if role in NUMBERS else "string"


def codes(raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str) -> ir.Table:
    """Return each column's text as exported, after the number of the meaning that reads it.

    ``0:11`` is an 11 read by the first of ``Column.in_wave``; NULL when the question was not asked.
    """

    def read(exported: ir.Column, column: Column, meaning: Meaning, number: int) -> ir.Column:
        text = cleaned(exported, column.role)
        if column.role in SCORES and meaning.decimal_sign == ",":
            text = text.re_replace("^([0-9]+),([0-9]+)$", r"\1.\2").re_replace("[.]0+$", "")
        return ibis.literal(f"{number}:") + text.fill_null("")

    found = _in_their_versions(raw, columns, wave, zone, read)
    return found.cast(dict.fromkeys(columns, "string"))


def readings(
    raw: ir.Table, columns: Mapping[str, Column], *, wave: str | None, zone: str
) -> dict[str, list[tuple[str, Meaning, ir.BooleanValue]]]:
    """Return for each column its meanings in a wave, each with the rows that it holds for.

    Every meaning is (name in the export, meaning, rows); each row has at most one meaning.
    """
    date = None
    for name, column in columns.items():
        for _, meaning in column.in_wave(wave)[:1] if column.role == "date" else ():
            exported = meaning.column or name
            date = as_time(raw[exported], meaning, zone) if exported in raw.columns else None
    found: dict[str, list[tuple[str, Meaning, ir.BooleanValue]]] = {}
    for name, column in columns.items():
        rest: ir.BooleanValue = ibis.literal(value=True)
        found[name] = []
        for version, meaning in column.in_wave(wave):
            inside = rest if version is None else _in_force(version, date)
            found[name].append((meaning.column or name, meaning, inside))
            rest &= ~inside
    return found


def _in_their_versions(
    raw: ir.Table, columns: Mapping[str, Column], wave: str | None, zone: str, read: Reader
) -> ir.Table:
    """Read each column, row by row, in the version that was in force on the day of the answer."""
    selected = {}
    for name, meanings in readings(raw, columns, wave=wave, zone=zone).items():
        branches = [
            (inside, read(raw[exported], columns[name], meaning, number))
            for number, (exported, meaning, inside) in enumerate(meanings)
            if exported in raw.columns
        ]
        selected[name] = ibis.cases(*branches) if branches else ibis.null()
    return raw.select(**selected)


def _in_force(version: Version, date: ir.Column | None) -> ir.BooleanValue:
    """Say which rows fall between the first and the last day of a version."""
    if not version.is_dated:
        return ibis.literal(value=True)
    if date is None:
        return ibis.literal(value=False)
    inside = date.notnull()
    if version.since:
        inside &= date >= ibis.timestamp(version.since)
    if version.until:
        inside &= date < ibis.timestamp(version.until + dt.timedelta(days=1))
    return inside
