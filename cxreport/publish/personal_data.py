"""Does a page name a person? Mail addresses, phone numbers, and numbers with a check digit."""

from __future__ import annotations

import base64
import csv
import re
from typing import TYPE_CHECKING

from cxreport.inputs.masking import masked
from cxreport.inputs.tables import ids_among

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxreport.inputs.codebook import Codebook
    from cxreport.publish.elements import Element

    Check = Callable[[str], bool]

SHORTEST_ID, LONGEST_ID = 5, 64  # signs
ON_AXES = {"text", "tspan"}
SHORTEST_WITHOUT_FIGURES = 12  # a shorter one may be a word of any page
BEFORE, AFTER = r"(?<![\w.,+/=-])", r"(?![\w/=]|[.,-]\d)"
GAP = r"[ \u00a0\u202f-]?"
ODD_VALUES = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25,
              24, 23)  # fmt: skip
"""What a letter counts for on an odd place of the Italian tax code (DM 12 March 1974)."""

IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip
"""Signs of an IBAN by country, those of Europe (ISO 13616 registry)."""
IBANS = "|".join(
    rf"{country}{GAP}\d{{2}}({GAP}[A-Z\d]){{{length - 4}}}"
    for country, length in IBAN_LENGTHS.items()
)


def is_tax_code(text: str) -> bool:
    """Check the last letter of an Italian codice fiscale.

    Examples
    --------
    >>> is_tax_code("RSSMRA85T10A562S"), is_tax_code("RSSMRA85T10A562T")
    (True, False)
    """
    places = [int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in text.upper()]
    total = sum(ODD_VALUES[place] for place in places[:15:2]) + sum(places[1:15:2])
    return total % 26 == places[15]


def is_luhn(text: str) -> bool:
    """Check the last digit of a payment card, or of an Italian partita IVA.

    Examples
    --------
    >>> is_luhn("4111 1111 1111 1111"), is_luhn("4111 1111 1111 1112")
    (True, False)
    """
    digits = [int(sign) for sign in text if sign.isdigit()][::-1]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[1::2]]
    return len({*digits}) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Check the two digits of an IBAN (ISO 13616).

    Examples
    --------
    >>> is_iban("IT60 X054 2811 1010 0000 0123 456"), is_iban("IT61X0542811101000000123456")
    (True, False)
    """
    signs = re.sub(r"\W", "", text).upper()
    return (
        15 <= len(signs) <= 34 and int("".join(str(int(s, 36)) for s in _turned(signs))) % 97 == 1
    )


def _turned(signs: str) -> str:
    return signs[4:] + signs[:4]


def _always(_text: str) -> bool:
    return True


WHOLE_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})*\.[a-z]{2,}", re.IGNORECASE)
KINDS: dict[str, tuple[re.Pattern[str], Check]] = {
    "a mail address": (
        # From the sign on: a search for what stands before it takes too long in a long word.
        re.compile(r"(?<=[\w.+-])@[\w-]{1,63}(\.[\w-]{1,63})*\.[a-z]{2,}", re.IGNORECASE),
        _always,
    ),
    "a tax code": (
        re.compile(
            rf"{BEFORE}[A-Z]{{6}}[\dL-NP-V]{{2}}[A-EHLMPR-T][\dL-NP-V]{{2}}[A-Z][\dL-NP-V]{{3}}"
            rf"[A-Z]{AFTER}",
            re.IGNORECASE,
        ),
        is_tax_code,
    ),
    "an IBAN": (
        re.compile(rf"{BEFORE}({IBANS}){AFTER}", re.IGNORECASE),
        is_iban,
    ),
    "a payment card": (re.compile(rf"{BEFORE}[2-6]\d{{3}}({GAP}\d){{9,12}}{AFTER}"), is_luhn),
    "a VAT number": (re.compile(rf"{BEFORE}(IT{GAP})?\d{{11}}{AFTER}"), is_luhn),
    "a phone number": (
        re.compile(
            rf"(?<![\w.,+])(\+\d{{1,3}}({GAP}\(?\d\)?){{7,12}}|3\d\d{GAP}\d{{3}}{GAP}\d{{4}}|"
            rf"\(\d{{3}}\){GAP}\d{{3}}{GAP}\d{{4}}|0\d{{1,3}}[ /-]\d{{6,8}}){AFTER}"
        ),
        _always,
    ),
}


def kinds_in(text: str) -> list[str]:
    """Name the kinds of personal data in a text, never the data.

    Examples
    --------
    >>> kinds_in("write to anna@example.org or +39 333 123 4567"), kinds_in("1,234.5 on 2026-10-31")
    (['a mail address', 'a phone number'], [])
    """
    return [
        kind
        for kind, (pattern, fits) in KINDS.items()
        if any(fits(found[0]) for found in pattern.finditer(text))
    ]


def without_persons(text: str) -> str:
    """Put its kind in the place of whatever names a person: for logs and terminals.

    Examples
    --------
    >>> without_persons("no number: 'anna@example.org, +39 333 123 4567'")
    "no number: '[a mail address], [a phone number]'"
    """
    text = WHOLE_MAIL.sub("[a mail address]", text)
    for kind, (pattern, fits) in KINDS.items():

        def hidden(found: re.Match[str], kind: str = kind, fits: Check = fits) -> str:
            return f"[{kind}]" if fits(found[0]) else found[0]

        text = pattern.sub(hidden, text)
    return text


def no_personal_data(page: Element) -> list[str]:
    """Check that no text, picture or download of a page names a person.

    Numbers in a column of numbers are measures; a link to write a mail is the author's own.
    """
    problems = []
    for number, element in enumerate(page.every(), start=1):
        for where, text in _texts(element):
            problems += [f"{kind} in {where} (element {number})" for kind in kinds_in(text)]
    return list(dict.fromkeys(problems))


def no_ids_of(codebook: Codebook, page: Element) -> list[str]:
    """Check that no text or download of a page holds an id of the source.

    Short numbers and days are no ids here: a page is full of them.
    """
    words = {
        word
        for element in page.every()
        for _, text in _texts(element)
        for word in [text.strip(), *re.findall(r"[\w-]+", text)]
        if _could_be_id(word) and not (word.isdigit() and element.name in ON_AXES)
    }
    found = ids_among(codebook, sorted(words)) if words else []
    like = f", written like {masked(found[0], an_id=True)}" if found else ""
    return [f"{len(found)} ids of the source stand on the page{like}"] if found else []


def _could_be_id(word: str) -> bool:
    if not SHORTEST_ID <= len(word) <= LONGEST_ID or re.fullmatch(r"\d{4}(-[\dQ]\d?){0,2}", word):
        return False
    return bool(re.search(r"\d", word)) or len(word) >= SHORTEST_WITHOUT_FIGURES


def _texts(element: Element) -> Iterator[tuple[str, str]]:
    """Give each text of an element, with where it stands."""
    href = element.attributes.get("href", "")
    is_number = "number" in element.attributes.get("class", "").split()
    if element.name != "style" and not is_number and not href.startswith("mailto:"):
        yield f"<{element.name}>", element.text
    for name in ("alt", "title", "aria-label", "data-heading"):
        yield f"the {name} of <{element.name}>", element.attributes.get(name, "")
    kind, _, data = href.partition(";base64,")
    if kind.startswith("data:text/csv"):
        rows = csv.reader(base64.b64decode(data).decode(errors="replace").splitlines())
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells, start=1):
                if not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell):
                    yield f"a download, row {row}, column {column}", cell
