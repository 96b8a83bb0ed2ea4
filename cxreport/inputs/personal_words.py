"""Personal data that the words around them give away: names, addresses, dates of birth."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import takewhile

from cxreport.inputs.personal_kind import Kind, Spans, before

_LISTS: dict[str, str] = tomllib.loads(
    files("cxreport.inputs").joinpath("personal_words.toml").read_text(encoding="utf-8")
)
FIRST_NAMES, NOT_NAMES, PLACES, NOT_STREETS, UNITS, TITLES_OF_WORK = (
    frozenset(_LISTS[name].split())
    for name in ("first_names", "not_names", "places", "not_streets", "units", "titles")
)
CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ]['’]?[A-ZÀ-ÖØ-Þa-zß-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ'’-]{0,30}(?<!['’-]))"
"""A word that begins with a capital, in Latin letters."""
PARTICLE = "(?:de |del |della |van |von |dal )"
NAME = rf"(?:[A-Z]\.? ){{0,2}}{CAPITAL}(?: {PARTICLE}?{CAPITAL}){{0,3}}"
TITLES = (
    r"mi chiamo|(?:il )?mio nome (?:è|e'|e)|il nome è|my (?:full )?name (?:is|was)|my name['’]?s|"
    r"signor(?:a|e|ina)?|sig\.? ?(?:ra|na)?\.?|dott\.? ?(?:ssa)?\.?|dottor(?:e|essa)?|"
    r"prof\.?(?:ssa)?\.?|avv\.|ing\.|geom\.|rag\.|mr\.?|mrs\.?|dr\.?|firmato|"
    r"(?:cordiali|distinti) saluti|(?:kind|best|warm) regards|yours (?:sincerely|faithfully)|"
    r"a nome(?: di)?|intestat[oaie] a|under the name(?: of)?"
)
BEFORE_FIRST_NAMES = r"this is|on behalf of|cordialmente|saluti|regards"
"""Words that a name may follow, and much else."""
SAYS_WHO = r"(?<![\w'’])(?P<said>sono|I am|I['’]m|Im)"
NO_ANSWER = re.compile(
    r"(?i)\b(?:ci|vi|si|ne|non|ce|li|le|che|cui|come|dove|quando|se|mi|i|gli|quali|what|who|how|"
    r"where|as|if|when|than|whether) $"
)
"""Before "sono" and "I am" after which no name is to be expected."""
QUALITIES = re.compile(
    r"[ai]t[oaie]|ut[oaie]|os[oaie]|ent[ei]|ant[ei]|bil[ei]|mente|issim[oaie]|es[ei]|an[oaie]|ist[aei]|"
    r"iv[oaie]|ic[oaie]|ed|ing|ive|able|ible|ful|less|ous|ish|ian|ese|ist|al|ly|ic"
)
"""Ends of words that say how somebody is; first names that end so stand in the list."""


def _trimmed(match: re.Match[str]) -> Spans:
    """Take the words up to the first one that is no part of a name."""
    start, words = match.start("data"), match["data"].split(" ")
    while words and words[0].lower() in TITLES_OF_WORK:
        start += len(words.pop(0)) + 1
    kept = list(takewhile(lambda word: word.strip("'’").lower() not in NOT_NAMES, words))
    if kept and any(len(word.strip(".")) > 1 for word in kept):
        yield start, start + len(" ".join(kept))


def _first_name(match: re.Match[str]) -> Spans:
    """Take a name where the words before it announce other things as often."""
    if match["data"].split(" ")[0].lower() in FIRST_NAMES:
        yield from _trimmed(match)


def _who(match: re.Match[str]) -> Spans:
    """Take the name after "sono" and "I am", where a quality might stand as well."""
    first, *others = match["data"].split(" ")
    word = first.lower()
    if match["article"] and word not in FIRST_NAMES:
        return
    if word in FIRST_NAMES:
        yield from _trimmed(match)
        return
    shouted = first.isupper() or match["said"].isupper()
    quality = word in NOT_NAMES or word in PLACES or re.search(f"(?:{QUALITIES.pattern})$", word)
    no_name = shouted or quality or NO_ANSWER.search(before(match))
    if not no_name and not (others and others[0].lower() in NOT_NAMES and len(word) < 4):
        yield from _trimmed(match)


STREET = (
    r"via|viale|v\.le|vle|piazza|piazzale|p\.?zza|p\.?le|corso|c\.?so|largo|vicolo|strada|contrada|"
    r"c\.da|lungomare|lungotevere|borgo|salita|traversa|frazione|fraz\.|localit[aà]|loc\."
)
STREET_WORD = r"(?:(?:[^\W\d_]{1,3}\.){1,3}|[^\W\d_][\w'’-]{0,30}|\d{1,2}(?= [^\W\d_]{3}))"
LIVES = re.compile(
    r"(?i)\b(?:in|abit\w{1,5}|resident\w|residenza|indirizzo|domicili\w{1,3}|sede|a|al|address)"
    r"[ :,]{1,3}(?:in |è |di )?$"
)
TOWN = rf"{CAPITAL}(?: (?:(?:di|del|della|in|sul|sulla|al) )?{CAPITAL}){{0,3}}"
ITALIAN = re.compile(
    rf"(?<![\w'’])(?i:{STREET}) (?P<street>{STREET_WORD}(?: {STREET_WORD}){{0,4}}?)"
    r"(?P<sign> ?, ?|(?i: (?:n|nr|num)[.°]{0,2} ?| numero | civico )|"
    r"(?i:,? al (?:numero|civico|n\.) )| ,? ?)"
    r"(?i:n\.? ?|n° ?|civico )?"
    r"(?P<number>\d{1,4}(?: ?/ ?\w{1,3}|(?:[a-zA-Z]| [a-fA-F]|(?i: bis))(?!\w))?"
    r"|(?i:snc))(?!\d|[.,:]\d|\w)(?P<unit> ?[^\W\d]+| ?[€$£%])?"
)
AFTER_STREET = re.compile(
    rf"(?:[ ,-]{{1,4}}\d{{5}}(?!\d)(?:[ ,-]{{1,3}}(?P<town>{TOWN}))?| ?[,-] ?(?P<other>{TOWN}))"
    r"(?: ?\([A-Za-z]{2}\))?"
)


def _street(match: re.Match[str]) -> Spans:
    """Take a street that has a name, a number, and perhaps a town."""
    words, kind = match["street"].split(), match[0].split(" ")[0].lower()
    unit = (match["unit"] or "").strip().lower()
    if words[0].lower() in NOT_STREETS or unit in UNITS or (kind == "corso" and words[0] == "di"):
        return
    named = bool(re.search("[A-ZÀ-Þ]", match["street"])) and not match[0].isupper()
    marked = match["sign"].strip() and kind in {"via", "viale", "piazza", "piazzale", "vicolo"}
    if named or marked or LIVES.search(before(match)) or (match[0].isupper() and len(words) < 4):
        end = match.end("number")
        after = AFTER_STREET.match(match.string, end)
        if after:
            end = _end_of_town(after)
        yield match.start(), end


def _end_of_town(after: re.Match[str]) -> int:
    """Return where the town ends; a word that opens the next sentence is none of it."""
    named = "town" if after["town"] else "other"
    words = (after[named] or "").split(" ")
    kept = list(takewhile(lambda word: word.lower() not in NOT_NAMES, words))
    if len(kept) == len(words):
        return after.end()
    if kept:
        return after.start(named) + len(" ".join(kept))
    return after.start(named) if after["town"] else after.start()


def _road(match: re.Match[str]) -> Spans:
    """Take a house and its street, and no count of things."""
    if not {*match[0].lower().split()} & UNITS:
        yield match.span()


POSTCODE = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d(?!GB|TB)[ABD-HJLNP-UW-Z]{2})(?!\w)"
ROADS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Way|Place|Square|Crescent|Terrace|"
    "Gardens|Grove|Mews|Row|Boulevard|Blvd|Walk|Hill"
)
ENGLISH = re.compile(
    rf"(?<![\w.,/-])\d{{1,4}}[A-Za-z]?,? (?:[A-Z][\w'’-]{{1,30}} ){{1,3}}(?:{ROADS})"
    r"(?!\w| (?:to|of|by|for|too)\b)"
    rf"(?:,? (?:[A-Z][a-z'’-]{{1,30}} ?){{1,3}},? ?(?={POSTCODE}))?(?:,? ?{POSTCODE})?"
)
MONTHS = (
    r"gen(?:naio)?|feb(?:braio)?|mar(?:zo)?|apr(?:ile)?|mag(?:gio)?|giu(?:gno)?|lug(?:lio)?|"
    r"ago(?:sto)?|set(?:t(?:embre)?)?|ott(?:obre)?|nov(?:embre)?|dic(?:embre)?|jan(?:uary)?|"
    r"february|march|april|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|november|"
    r"dec(?:ember)?"
)
DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|°|º)?[ /.-]{{1,3}}(?:of )?(?:\d{{1,2}}|{MONTHS})\.?[ /.,-]{{1,3}}"
    rf"(?:\d{{4}}|['’]?\d{{2}})|(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|"
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?!\d)"
)
IN_A_PLACE = r"(?:(?:a|ad|in|nel|nella|presso|at) [^.!?;\d]{1,30}? )?"
BIRTH = (
    rf"\bnat[oaie],? {IN_A_PLACE}(?:il |l['’] ?|addì |in data )?|"
    rf"\bborn,? {IN_A_PLACE}(?:on )?(?:the )?|"
    r"\b(?:data di nascita|nascita|date of birth|birth date|birthdate|birthday|d\.?o\.?b\.?)"
    r"[ :=-]{1,3}(?:è |il |is |was |on |the ){0,2}"
)

WORDS = (
    Kind(
        "date of birth",
        r"(?i)nat[oaie],? .*[0-9]|nascita.*[0-9]|born.*[0-9]|birth.*[0-9]|d\.?o\.?b\W.*[0-9]",
        re.compile(rf"(?:{BIRTH})(?P<data>{DATE})", re.IGNORECASE),
    ),
    Kind("address", rf"(?i)(?:{STREET}) .*(?:[0-9]|snc)", ITALIAN, _street),
    Kind("address", rf"[0-9][A-Za-z]?,? .*(?:{ROADS})", ENGLISH, _road),
    Kind("address", r"[A-Z][0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.compile(rf"(?<![\w-]){POSTCODE}")),
    Kind(
        "address",
        r"(?i)cap\W{0,3}[0-9]{5}|[0-9]{5} .*\([A-Z]{2}\)",
        re.compile(
            rf"(?<!\w)(?:(?i:cap)\W{{0,3}}\d{{5}}(?!\d)(?: {TOWN})?(?: ?\([A-Z]{{2}}\))?|"
            rf"\d{{5}} {TOWN} ?\([A-Z]{{2}}\))"
        ),
    ),
    Kind(
        "name",
        rf"(?i)(?:^|[^\pL])(?:{TITLES})",
        re.compile(rf"(?<![\w'’])(?i:{TITLES})(?:[ :,.]{{1,2}}|(?<=\.))(?P<data>{NAME})"),
        _trimmed,
    ),
    Kind(
        "name",
        rf"(?i)\b(?:{BEFORE_FIRST_NAMES})",
        re.compile(rf"(?<![\w'’])(?i:{BEFORE_FIRST_NAMES})[ ,.:]{{1,2}}(?P<data>{NAME})"),
        _first_name,
    ),
    Kind(
        "name",
        r"\b(?:Ms|Miss|MS|MISS)\.? [A-Z]",
        re.compile(rf"(?<![\w'’])(?:Ms|Miss|MS|MISS)\.? (?P<data>{NAME})"),
        _trimmed,
    ),
    Kind(
        "name",
        r"(?i)\b(?:sono|I am|I['’]m|Im) (?:(?:la|il|lo) |l['’])?(?-i)[A-ZÀ-Þ]",
        re.compile(rf"{SAYS_WHO.replace('sono', '(?i:sono)').replace('I am', '(?i:I am)')} "
                   rf"(?P<article>(?:la|il|lo) |l['’])?(?P<data>{NAME})"),
        _who,
    ),
)  # fmt: skip
"""The kinds, the surest first: of two that overlap the first one counts."""
