"""What each column of an export probably is: a proposal for the codebook, to be reviewed."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxreport.errors import CxError, shorten
from cxreport.inputs.exports.ratings import Reasons, guess_rating, missing_codes, reasons_of
from cxreport.inputs.exports.spss import within
from cxreport.inputs.exports.values import WHOLE
from cxreport.inputs.exports.words import name_of_heading, role_of_question
from cxreport.inputs.roles import SCORES
from cxreport.inputs.table_files import ADDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cxreport.inputs.exports.grid import Grid, Stated
    from cxreport.inputs.exports.product import Field, Shape
    from cxreport.inputs.exports.profile import Profile

ASKING = ("responses", "verbatims")
"""Tables with answers on scales."""
NAMED_BY_ROLE = ("nps", "csat", "ces", "needs", "ease", "enjoyability")
MOST_CODES, LONGEST_CODE, LONG_TEXT = 15, 40, 40
CODES = re.compile(
    r"(^|[ _-])(id|ids|code|codice|cap|zip|postal code|token|seed|number|numero|sku|date)($|[ _-])",
    re.IGNORECASE,
)
"""Headings of figures that nobody adds up."""
MULTIPLE = re.compile(r"[,;|]")


@dataclass(frozen=True)
class Proposal:
    """What a column is taken for.

    Attributes
    ----------
    field : Field
        What the product says of it.
    name, role : str
        Canonical name and role.
    kind : str
        ``text``, ``time``, ``number`` or ``code`` (a whole number, or a text where it must be).
    scale : tuple of int or None
        Worst and best answer.
    missing : mapping of str to reasons
        Code -> why there is no answer.
    recode : mapping of str to str
        Spelling -> code.
    labels : mapping of str to str
        Code -> label of the file itself.
    why : str
        What the role was taken from, for whoever reviews it.
    """

    field: Field
    name: str
    role: str
    kind: str = "text"
    scale: tuple[int, int] | None = None
    missing: Mapping[str, str | dict[str, str]] = dataclasses.field(default_factory=dict)
    recode: Mapping[str, str] = dataclasses.field(default_factory=dict)
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    why: str = ""


def propose(
    grid: Grid,
    shape: Shape,
    profiles: Sequence[Profile],
    stated: Stated,
    nps: set[str],
    names: Mapping[str, str],
) -> list[Proposal]:
    """Propose what the columns are.

    Parameters
    ----------
    grid, shape : Grid, Shape
        The file, and what its product says of it.
    profiles : sequence of Profile
        What the values say, column by column.
    stated : Stated
        What the user says.
    nps : set of str
        Columns of which the product itself made groups of promoters.
    names : mapping of str to str
        Column of the export -> the name that it bears since an earlier import.

    Returns
    -------
    list of Proposal
        One for each column that is taken over, in order.

    Raises
    ------
    CxError
        If a role is stated of a column that is not there, or values do not fit a role.
    """
    fields = shape.fields
    strange = {*stated.roles} - {one.exported for one in fields}
    if strange:
        raise CxError("no such column", where=grid.path, got=", ".join(sorted(strange)))
    taken = {*names.values(), *ADDED} | {one.name for one in fields if one.name}
    proposals = []
    families = _families(fields, profiles)
    for one, profile in zip(fields, profiles, strict=True):
        if one.left_out and one.exported not in stated.roles:
            continue
        if not one.text and not profile.n:
            continue  # a comma at the end of each line
        one = _with_ranges(one, profile)  # noqa: PLW2901 - the same column, known better
        family = families.get(_stem(one), profile)
        guess = _guess(one, profile, family, stated, nps, asks=shape.table in ASKING)
        name = names.get(one.exported) or one.name or _name(guess, taken)
        taken.add(name)
        proposals.append(_checked(grid, _named(guess, name, profile), profile))
    return _one_of_each(proposals)


def _with_ranges(one: Field, profile: Profile) -> Field:
    """Name the codes of a column that lie where the file declares that there is no answer."""
    codes = {code: "" for code in profile.values if within(code, one.ranges)}
    return replace(one, missing={**codes, **one.missing}) if codes else one


def _stem(one: Field) -> str:
    """Return what the columns of one matrix of questions have in common."""
    match = re.fullmatch(r"(.+?)(?:_\d+|\[\w+\]| / .+)", one.exported)
    return match[1] if match and one.question else ""


def _families(fields: Sequence[Field], profiles: Sequence[Profile]) -> dict[str, Profile]:
    """Put the values of the columns of each matrix together: they have one scale."""
    from cxreport.inputs.exports.profile import Profile  # noqa: PLC0415

    families: dict[str, Profile] = {}
    for one, profile in zip(fields, profiles, strict=True):
        if stem := _stem(one):
            family = families.setdefault(stem, Profile())
            family.values.update(profile.values)
            family.many |= profile.many
            family.n += profile.n
    return families


def _guess(
    one: Field, profile: Profile, family: Profile, stated: Stated, nps: set[str], *, asks: bool
) -> Proposal:
    """Describe a column by what the user says, the product says, and its words and values."""
    role = stated.roles.get(one.exported) or one.role
    why = "as stated" if one.exported in stated.roles else "by its heading" if one.role else ""
    heading = name_of_heading(one.exported) or name_of_heading(one.text)
    if not role and heading in {"channel", "device", "language", "customer_id", "comment"}:
        role = {"channel": "channel", "customer_id": "customer", "comment": "comment"}.get(
            heading, "segment"
        )
        why = "by its heading"
    if role and role not in SCORES:
        labels = {
            code: label for code, label in one.labels.items() if role in {"segment", "channel"}
        }
        missing = (
            reasons_of(one) | missing_codes(profile, only_texts=True) if role != "comment" else {}
        )
        return Proposal(
            one, "", role, "text", missing=missing, recode=one.recode, labels=labels, why=why
        )
    if asks or role:
        rating = guess_rating(one, profile, family, role, is_nps=one.exported in nps)
        if rating is not None:
            return Proposal(one, "", **rating)
    return _no_rating(one, profile)


def _no_rating(one: Field, profile: Profile) -> Proposal:
    """Describe a column that is no rating."""
    texts = missing_codes(profile, only_texts=True)
    missing: dict[str, str | dict[str, str]] = reasons_of(one) | texts
    rest = [value for value in profile.no_times if value not in missing]
    if profile.n and not rest and len(profile.no_times) < profile.n:
        return Proposal(one, "", "time", "time", missing=missing, why="all values are times")
    rest = [value for value in profile.no_numbers if value not in missing]
    if one.labels:
        return Proposal(one, "", "segment", missing=missing, labels=one.labels, why="has labels")
    if _are_several_codes(profile):
        why = "several codes in one cell, or decimals? say its role"
        return Proposal(one, "", "other", why=why)
    if profile.n and not rest and len(profile.no_numbers) < profile.n:
        figures = "other" if CODES.search(one.exported) or _is_padded(profile) else "number"
        return Proposal(one, "", figures, missing=missing, why="all values are numbers")
    asks_for_text = role_of_question(one.text or one.exported) == "comment"
    if asks_for_text or profile.mean_length > LONG_TEXT:
        return Proposal(one, "", "comment", why="free text, by its question or its length")
    return _of_few_values(one, profile, missing)


def _of_few_values(one: Field, profile: Profile, missing: Reasons) -> Proposal:
    """Describe a column of short texts: codes that come again and again, or not clear."""
    values = [value for value in profile.values if value not in missing]
    if sum(bool(WHOLE.fullmatch(value)) for value in values) * 2 > len(values):
        why = "numbers and words together: which words are no answer? say its role"
        return Proposal(one, "", "other", missing=missing, why=why)
    few = not profile.many and 1 < len(values) <= MOST_CODES and len(values) < profile.n
    short = all(len(value) <= LONGEST_CODE for value in values)
    if few and short and not any(MULTIPLE.search(value) for value in values):
        return Proposal(one, "", "segment", missing=missing, why="few different values")
    return Proposal(one, "", "other", why="not clear: say its role")


def _are_several_codes(profile: Profile) -> bool:
    """Return whether all figures with a comma could be lists of codes that rise: ``1,3,4``.

    As decimals they would be amounts that nobody gave.
    """
    lists = [value.split(",") for value in profile.values if "," in value]
    return bool(lists) and all(
        all(re.fullmatch(r"[1-9]\d?", part) for part in parts)
        and sorted({int(part) for part in parts}) == [int(part) for part in parts]
        for parts in lists
    )


def _is_padded(profile: Profile) -> bool:
    """Return whether figures begin with a zero, or are too long for a number: codes do."""
    return any(re.match(r"0\d", value) or len(value) > 15 for value in profile.values)


def _named(proposal: Proposal, name: str, profile: Profile) -> Proposal:
    kinds = {"time": "time", "date": "time", "number": "number", "weight": "number"}
    kind = "code" if proposal.role in SCORES else kinds.get(proposal.role, "text")
    if kind == "text" and proposal.role in {"other", "segment"} and _are_digits(profile):
        kind = "code"
    rest = {k: getattr(proposal, k) for k in ("scale", "missing", "recode", "labels", "why")}
    return Proposal(proposal.field, name, proposal.role, kind, **rest)


def _are_digits(profile: Profile) -> bool:
    """Return whether all values are whole numbers up to ten, whatever they stand for."""
    values = profile.values
    return bool(values) and not profile.many and all(re.fullmatch(r"\d|10", v) for v in values)


def _name(proposal: Proposal, taken: set[str]) -> str:
    """Return a canonical name that no other column bears."""
    one = proposal.field
    heading = name_of_heading(one.exported) or name_of_heading(one.text)
    own = {"channel": "channel", "customer": "customer_id", "comment": "comment"}
    if proposal.role in NAMED_BY_ROLE and proposal.role not in taken:
        return proposal.role
    is_name = slug(one.exported) == one.exported and one.exported not in taken
    if proposal.role == "comment" and is_name:
        return one.exported  # a name already
    if own.get(proposal.role) and own[proposal.role] not in taken:
        return own[proposal.role]
    if heading in {"device", "language"} and heading not in taken:
        return heading
    short = one.exported if len(one.exported) <= 40 else one.text or one.exported
    base = slug(short) or "column"
    lower = {name.lower() for name in taken}
    name, n = base, 1
    while name in lower:
        n += 1
        name = f"{base}_{n}"
    return name


def slug(text: str) -> str:
    """Return a text as a short name in small letters.

    Examples
    --------
    >>> slug("Quanto è stato facile?"), slug("G01Q02[SQ001]")
    ('quanto_e_stato_facile', 'g01q02_sq001')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain)[:48].strip("_")


def _checked(grid: Grid, proposal: Proposal, profile: Profile) -> Proposal:
    """Refuse values that the role cannot hold."""
    strange: Mapping[str, int] = {"time": profile.no_times, "number": profile.no_numbers}.get(
        proposal.kind, {}
    )
    rest = [value for value in strange if value not in proposal.missing]
    if not rest:
        return proposal
    what = "times" if proposal.kind == "time" else "numbers"
    raise CxError(
        f"values cannot be read as {what}",
        where=f"{grid.path}, column {proposal.field.exported}",
        got=f"{shorten(rest[0], 40)!r}" + (f" and {len(rest) - 1} others" if len(rest) > 1 else ""),
        hint=f"correct them, or say --role '{proposal.field.exported}=other'",
    )


def _one_of_each(proposals: list[Proposal]) -> list[Proposal]:
    """Leave one column of each role of which a table has one; further ones are of a wider role."""
    seen: set[str] = set()
    wider = {"date": "time", "id": "other", "csat": "touchpoint"}
    result = []
    for proposal in proposals:
        role = proposal.role
        if role in seen and role in wider:
            role = wider[role]
        seen.add(proposal.role)
        result.append(proposal if role == proposal.role else _with_role(proposal, role))
    return result


def _with_role(proposal: Proposal, role: str) -> Proposal:
    rest = {
        k: getattr(proposal, k) for k in ("kind", "scale", "missing", "recode", "labels", "why")
    }
    return Proposal(proposal.field, proposal.name, role, **rest)
