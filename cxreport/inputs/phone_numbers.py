"""Phone numbers: Italian ones in any spelling, international ones, and what only looks like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxreport.inputs.personal_kind import Spans, before

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = re.compile(
    r"(?:(?<!\w)|(?i:(?<=tel)|(?<=cell)))(?<!\d[.,])[+(]{0,2}\d[\d .()/+-]{4,400}\d(?!\w)"
)
"""Digits with what may stand between the parts of a number."""
PART = re.compile(r"\+?\d+")
BETWEEN = re.compile(r"[ ()/-]{1,3}|\.")
MOST_PARTS = 8
CALLED = re.compile(
    r"(?i)\b(?:(?:tel|cell?|mob|fax)\.?|phone|mobile|whats ?app|telefon\w{1,3}|cellulare|"
    r"mio numero|my number|chiam\w{2,8}|call(?:ed|ing)?|ring|contatt\w{1,6}|recapito)"
    r"(?![^\W_])[^0-9.!?]{0,25}$"
)
"""A word shortly before that says: this is a phone number."""
NONE = re.compile(
    r"(?<!\d)(?<!\d[/.-])(?:\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2})"
    r"(?![/.-]?\d)|"
    r"(?<!\d)(?:19|20)\d\d ?[-/ ] ?(?:19|20)\d\d(?!\d)|"
    r"^\d{1,2}\.\d{2} ?[-/] ?\d{1,2}\.\d{2}$|^0\.\d|(?<!\d)0\.\d+ "
)
"""Days, years and hours from and to, shares."""
AMOUNT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
IN_GROUPS = re.compile(r"\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]\d{4}")
"""How a number of North America is written."""
SHORTEST, LONGEST = 6, 15  # digits


def phone_numbers(match: re.Match[str]) -> Spans:
    """Give the phone numbers in a run of digits and signs."""
    parts = [part.span() for part in PART.finditer(match[0])]
    called = bool(CALLED.search(before(match)))
    first = 0
    while first < len(parts):
        end = _end_of_number(match[0], parts[first : first + MOST_PARTS], called=called)
        if end is None:
            first += 1
            continue
        start = parts[first][0]
        start -= match[0][start - 1 : start] == "("
        yield match.start() + start, match.start() + end
        while first < len(parts) and parts[first][0] < end:
            first += 1


def _end_of_number(text: str, parts: Sequence[tuple[int, int]], *, called: bool) -> int | None:
    """Return where the number ends that begins with the first part; the longest one that is."""
    most = 1
    while most < len(parts) and BETWEEN.fullmatch(text[parts[most - 1][1] : parts[most][0]]):
        most += 1
    ends = [parts[number][1] for number in range(most - 1, -1, -1)]
    start = parts[0][0]
    start -= text[start - 1 : start] == "("
    written = [(text[start:end], end) for end in ends]
    sure = (end for number, end in written if is_phone(number, called=called))
    possible = (end for number, end in written if called and _is_possible(number))
    return next(sure, None) or next(possible, None)


def is_phone(text: str, *, called: bool = False) -> bool:
    """Return whether digits are written like a phone number that can be one.

    Parameters
    ----------
    text : str
        Digits and the signs between them.
    called : bool
        Whether the words before it say that it is a phone number.

    Examples
    --------
    >>> [is_phone(text) for text in ("333 123.45.67", "0039 06 69881234", "10/10/2026", "3.200")]
    [True, True, False, False]
    """
    digits = re.sub(r"\D", "", text)
    if not SHORTEST <= len(digits) <= LONGEST or len({*digits}) == 1 or NONE.search(text):
        return False
    if not called and AMOUNT.fullmatch(text):
        return False
    if text.lstrip("(").startswith("+") or digits.startswith("00"):
        return len(digits) >= 8 and _is_valid(f"+{digits.removeprefix('00')}", None)
    if digits[0] == "0":
        british = re.match(r"07\d{9}$", digits)
        return bool(british) or (
            (called or len(digits) >= 8) and any(_is_valid(digits, r) for r in ("IT", "GB"))
        )
    mobile = (re.match(r"(39)?3\d{9}$", digits) and _is_grouped(text)) or (
        re.match(r"3\d{8}$", digits) and (called or re.match(r"\(?3\d\d\D", text))
    )
    free = digits[0] == "8" and len(digits) == 9 and _is_valid(digits, "IT")
    return bool(mobile) or free or bool(IN_GROUPS.fullmatch(text) and _is_valid(digits, "US"))


def _is_grouped(text: str) -> bool:
    """Return whether the first group is a phone number's, and not a code's (3-16-148410)."""
    parts = [len(part) for part in re.findall(r"\d+", text)]
    return (parts[0] >= 2 and parts[:2] != [2, 1]) or {*parts} == {1}


def _is_valid(number: str, region: str | None) -> bool:
    """Return whether a number can be one in a region; of another country, whether it is as long."""
    import phonenumbers  # noqa: PLC0415 - slow to load, and most texts hold no number

    try:
        read = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if region is None and read.country_code != 39:
        return phonenumbers.is_possible_number(read)
    return phonenumbers.is_valid_number(read) or (
        region is None and phonenumbers.is_possible_number(read) and len(number) <= 14
    )


def _is_possible(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    fits = SHORTEST + 1 <= len(digits) <= LONGEST and not NONE.search(text)
    return fits and not AMOUNT.fullmatch(text)
