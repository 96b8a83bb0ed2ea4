"""Personal data with a check digit or a shape: tax codes, accounts, cards, plates, mail, links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stdnum import iban, luhn
from stdnum.it import codicefiscale, iva

from cxreport.inputs.personal_kind import Find, Kind, Spans, before
from cxreport.inputs.phone_numbers import BLOCK, phone_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE, AFTER = r"(?<![\w.,+/=-])", r"(?![\w/=]|[.,-]\d)"
GAP = r"[ \u00a0\u202f-]?"
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21,
    "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GE": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22,
}  # fmt: skip
"""Signs of an IBAN by country, those of Europe and around it (ISO 13616 registry)."""
SEPARATED = r"[ .\u00a0\u202f_-]{0,2}"
IBANS = "|".join(
    rf"{country}{SEPARATED}\d{{2}}(?:{SEPARATED}[A-Z\d]){{{length - 4}}}"
    for country, length in IBAN_LENGTHS.items()
)
TAX_CODE = (
    r"[A-Z]{3}[ .-]?[A-Z]{3}[ .-]?[\dL-NP-V]{2}[A-EHLMPR-T][\dL-NP-V]{2}[ .-]?"
    r"[A-Z][\dL-NP-V]{3}[A-Z]"
)
DIGITS_12 = r"(?:[0-9][^0-9\pL]{0,3}){12}"
LABEL = r"[^\W_](?:[\w-]{0,62})"
DOT = r"(?:\.| ?[(\[{] ?(?:dot|punto|\.) ?[)\]}] ?| (?:dot|punto) )"
AT = r" ?[(\[{] ?(?:at|chiocciola|@) ?[)\]}] ?|\(a\)| chiocciola "
LOCAL = re.compile(
    r"(?:[\w.+'%-]{1,64}(?: (?:dot|punto|\.) | ?[(\[{] ?(?:dot|punto|\.) ?[)\]}] ?)){0,3}"
    r"[\w.+%-][\w.+'%-]{0,63}$",
    re.IGNORECASE,
)
LONGEST_LOCAL = 100
OLD_PLATE = r"(?:roma|[A-Z]{2})[ -]?(?:\d[A-Z]|[A-Z]\d|\d{2})\d{3,4}[A-Z]?"
"""A province and a number, as Italian plates were until 1994."""
LONGEST_PLATE = 10  # signs: Roma, written out, and six
PRODUCT = re.compile(
    r"(?i)\b(?:modell\w|model|codice|cod|code|art|articolo|sku|prodotto|product|ref|serie)\W{1,3}$"
)
"""What stands before the code of a product."""
NETWORKS = "instagram|tiktok|telegram|twitter|skype|snapchat"
DOCUMENTS = (
    "passaporto|passport|carta d['’]identità|carta d['’]identita|identity card|patente|"
    "driving licence|driver['’]?s license"
)
DOMAINS = (
    "com|it|org|net|eu|info|io|co|uk|me|ly|gl|app|shop|store|online|site|biz|tv|fr|de|es|ch|at|be|"
    "nl|ie|dev|page|link|us|ai|gov|edu|cloud"
)


def _stripped(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()


def _if(is_valid: Callable[[str], bool], word: str = r"(?!)") -> Find:
    """Take a match whose check digits are right, or that is named by the word before it."""
    named = re.compile(rf"(?i)\b(?:{word})\W{{0,3}}(?:è|is|n\.?|:)?\W{{0,3}}$")

    def find(match: re.Match[str]) -> Spans:
        text = _stripped(match[0])
        if len({*text}) > 1 and (is_valid(text) or named.search(before(match))):
            yield match.span()

    return find


def _mail(match: re.Match[str]) -> Spans:
    """Take what stands before the sign, too.

    A search that begins there would take too long in a long word.
    """
    text = match.string[max(0, match.start() - LONGEST_LOCAL) : match.start()]
    if local := LOCAL.search(text.replace("\n", " ")):
        yield match.start() - (len(text) - local.start()), match.end()


def _link(match: re.Match[str]) -> Spans:
    """Take an address without the sign that ends the sentence."""
    yield match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}\u00bb\u201d"))


def _plate(match: re.Match[str]) -> Spans:
    """Take the shape of a plate, where it is no product's."""
    if not PRODUCT.search(before(match)) and match[0][-2:] not in {"XL", "XS"}:
        yield match.span()


def _named_plate(match: re.Match[str]) -> Spans:
    signs = _stripped(match["data"])
    if 5 <= len(signs) <= LONGEST_PLATE and re.search(r"\d", signs) and re.search("[A-Z]", signs):
        yield match.span("data")


NUMBERS = (
    Kind(
        "link",
        rf"(?i)https?:|www\.|\.(?:{DOMAINS})/",
        re.compile(
            r"(?:(?<!\w)(?:https?:/{0,2}|www\.)[^\s<>\"]{2,2000})|"
            rf"(?<![\w@.-])(?:[a-z\d-]{{1,63}}\.){{1,4}}(?:{DOMAINS})/[^\s<>\"]{{0,2000}}",
            re.IGNORECASE,
        ),
        _link,
    ),
    Kind(
        "email",
        r"(?i)@|%40|[(\[{] ?(?:at|chiocciola) ?[)\]}]|\(a\)| chiocciola | (?:dot|punto) ",
        re.compile(
            rf"(?<=[\w.+-])(?:(?:@|%40)(?: ?{LABEL}(?:{DOT}{LABEL}){{1,5}}|[^\W\d_][\w-]{{1,62}})|"
            rf"(?:{AT}){LABEL}(?:{DOT}{LABEL}){{1,5}}|"
            rf" @ {LABEL}(?: ?\. ?{LABEL}){{1,5}}|"
            rf" at {LABEL}(?: dot {LABEL}){{1,4}})",
            re.IGNORECASE,
        ),
        _mail,
    ),
    Kind(
        "tax code",
        r"(?i)[0-9L-V]{2}[A-EHLMPR-T][0-9L-V]{2}[ .-]?[A-Z][0-9L-V]{3}[A-Z]",
        re.compile(rf"(?<!\w){TAX_CODE}(?!\w)", re.IGNORECASE),
        _if(codicefiscale.is_valid, r"codice fiscale|c\.? ?f\.?|cod\. ?fisc\.?|tax code"),
        on_pages="a tax code",
    ),
    Kind(
        "IBAN",
        rf"(?i)(?:{'|'.join(IBAN_LENGTHS)})[ ._-]{{0,2}}[0-9]{{2}}[ ._-]{{0,2}}[A-Z0-9]",
        re.compile(rf"(?<!\w)(?:{IBANS})(?!\w)", re.IGNORECASE),
        _if(iban.is_valid, "iban"),
        on_pages="an IBAN",
    ),
    Kind(
        "card",
        DIGITS_12,
        re.compile(rf"{BEFORE}[2-6]\d{{3}}(?:{GAP}\d){{10,15}}{AFTER}"),
        _if(luhn.is_valid),
        on_pages="a payment card",
    ),
    Kind(
        "VAT number",
        r"[0-9][0-9 .]{9,13}[0-9]",
        re.compile(
            rf"{BEFORE}(?:IT{GAP})?"
            rf"(?:\d{{11}}|\d{{3}}[ .]?\d{{4}}[ .]?\d{{4}}|\d{{5}}[ .]\d{{3}}[ .]\d{{3}}){AFTER}"
        ),
        _if(
            lambda text: text[-11:].isdigit() and iva.is_valid(text[-11:]),
            r"p\.? ?i(?:va|\.)?|partita iva|vat(?: number| no\.?)?",
        ),
        on_pages="a VAT number",
    ),
    Kind("phone", r"(?:[0-9][^0-9\pL]{0,4}){6}", BLOCK, phone_numbers),
    Kind(
        "plate",
        r"[A-HJ-NPR-TV-Z]{2}[ -]?[0-9]{3}[ -]?[A-HJ-NPR-TV-Z]{2}",
        re.compile(r"(?<![\w-])[A-HJ-NPR-TV-Z]{2}[ -]?\d{3}[ -]?[A-HJ-NPR-TV-Z]{2}(?![\w-])"),
        _plate,
    ),
    Kind(
        "plate",
        r"(?i)targ(?:a|at[oa]) |plate |reg(?:istration)? |targa:|plate:",
        re.compile(
            r"\b(?:targ(?:a|at[oa])|(?:number |licence |license )?plate|reg(?:istration)?)"
            r"(?: number| no\.?| n\.?| is| è)?[ :]{1,2}"
            rf"(?P<data>{OLD_PLATE}|"
            r"[A-Z]{1,3}[ -]?\d{1,5}(?:[ -]?[A-Z]{1,3})?|[A-Z0-9]{5,8})(?!\w)",
            re.IGNORECASE,
        ),
        _named_plate,
    ),
    Kind("handle", "@", re.compile(r"(?<![\w@./+-])@[^\W\d][\w.]{0,29}(?<!\.)")),
    Kind(
        "handle",
        rf"(?i)(?:{NETWORKS}) ?[:=]",
        re.compile(
            rf"(?i)\b(?:{NETWORKS}) ?[:=] ?(?P<data>[a-z][a-z\d]{{0,29}}[._\d][\w.]{{0,29}}(?<!\.))"
        ),
    ),
    Kind(
        "identity number",
        rf"(?i)(?:{DOCUMENTS}).*[0-9]{{5}}",
        re.compile(
            rf"(?i)\b(?:{DOCUMENTS})(?: (?:number|numero|n[or]?|num)[.°]?| è| is)?[ :.]{{1,3}}"
            r"(?P<data>[A-Z]{1,2} ?\d{5,7}(?: ?[A-Z]{1,2})?|\d{9})(?!\w)"
        ),
    ),
    Kind(
        "identity number",
        r"(?i)\b(?:ni|national insurance|nino)\b.*[0-9]{2} ?[0-9]{2} ?[0-9]{2}",
        re.compile(
            r"(?i)\b(?:ni|nino|national insurance)(?: (?:number|no\.?|is))*[ :]{1,2}"
            r"(?P<data>[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])(?!\w)"
        ),
    ),
)
"""Kinds of free text, the surest first: of two that overlap the first one counts."""
ON_PAGES = (
    Kind(
        "email",
        "@",
        re.compile(r"(?<=[\w.+-])@[\w-]{1,63}(\.[\w-]{1,63})*\.[a-z]{2,}", re.IGNORECASE),
        _mail,
        on_pages="a mail address",
    ),
    *(kind for kind in NUMBERS if kind.on_pages),
    Kind(
        "phone",
        "[0-9]",
        re.compile(
            rf"(?<![\w.,+])(\+\d{{1,3}}({GAP}\(?\d\)?){{7,12}}|3\d\d{GAP}\d{{3}}{GAP}\d{{4}}|"
            rf"\(\d{{3}}\){GAP}\d{{3}}{GAP}\d{{4}}|0\d{{1,3}}[ /-]\d{{6,8}}){AFTER}"
        ),
        on_pages="a phone number",
    ),
)
"""Kinds that no page may show. A page is full of numbers, so only phone numbers count there that no
measure is written like, and nothing that a word alone gives away.
"""
