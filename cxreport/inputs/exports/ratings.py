"""Ratings: which answers are numbers on a scale, what its ends are, and what stands for none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cxreport.errors import CxError
from cxreport.inputs.exports.words import (
    asks_for_the_bad,
    numbers_of,
    role_of_question,
    scale_of,
    why_missing,
)
from cxreport.inputs.meaning import NPS_SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.exports.product import Field
    from cxreport.inputs.exports.profile import Profile

Reasons = dict[str, "str | dict[str, str]"]
ENDS = {5: (1, 5), 7: (1, 7)}
"""Highest answer -> the scale that it speaks for; of others there are several."""
RATED = ("csat", "ces", "needs", "ease", "enjoyability", "touchpoint")
PERHAPS_NAMES = ("na", "null")
"""Beside numbers no answer; among texts Namibia, or a name."""
ONE_IS = re.compile(r"\b1\s*[=:]\s*([^,;)/]+)")
"""What a question says of its first step."""
WORST = ("not at all", "per niente", "per nulla", "strongly dis", "very dis", "molto insod", "poor",
         "pessim", "terribl", "very difficult", "molto difficile", "never", "worst", "sehr unzuf",
         "très insat", "muy insat", "bardzo niezad", "completely dis",
         "totally dis", "extremely dis")  # fmt: skip


def missing_codes(profile: Profile, *, only_texts: bool = False) -> Reasons:
    """Return the codes of a column that mean no answer, with the reasons."""
    values = [*profile.values, *profile.no_numbers, *profile.no_times]
    reasons = {value: why_missing(value, numbers=not only_texts) for value in values}
    held = {value: why for value, why in reasons.items() if why is not None}
    return {v: why for v, why in held.items() if not only_texts or v.lower() not in PERHAPS_NAMES}


def reasons_of(one: Field) -> Reasons:
    """Return the codes that the file itself declares missing, with its reasons."""
    return dict(one.missing)


def guess_rating(
    one: Field, profile: Profile, family: Profile, role: str, *, is_nps: bool
) -> dict[str, Any] | None:
    """Return role, scale, missing codes and recoded answers of a rating; None for another column.

    Parameters
    ----------
    one : Field
        What the product says of the column.
    profile, family : Profile
        The values of the column, and those of all columns of its matrix.
    role : str
        The role that the user or the product states; empty when none.
    is_nps : bool
        Whether the product itself treats it as the question of NPS.

    Raises
    ------
    CxError
        If a score is stated, and the answers do not say its scale.
    """
    asked = role or ("nps" if is_nps else role_of_question(one.text or one.exported))
    of_labels = _by_labels(one, asked, profile)
    if of_labels is not None:
        return of_labels
    if one.labels and not role:
        if asked not in RATED:
            return None
        why = "its labels do not say which end is best: say its role and scale"
        return {"role": "other", "missing": _undeclared(one, profile), "why": why}
    of_numbers = _by_numbers(one, profile, family, asked, is_nps=is_nps or role == "nps")
    if of_numbers is not None and (not role or of_numbers["role"] == role):
        return of_numbers
    of_words = _by_words(one, profile, asked)
    if role and (of_words is None or of_words["role"] == "other"):
        raise CxError(
            "the answers do not say the scale of this rating",
            where=one.exported,
            hint=f"say --role '{one.exported}=other', and describe it in codebook.toml",
        )
    return of_words


def _by_numbers(
    one: Field, profile: Profile, family: Profile, asked: str, *, is_nps: bool
) -> dict[str, Any] | None:
    """Read a rating whose answers bear numbers."""
    if profile.many or not profile.n:
        return None
    missing: Reasons = reasons_of(one) | missing_codes(profile)
    numbers = numbers_of([v for v in profile.values if v not in missing])
    all_missing = {**missing, **missing_codes(family)}
    together = numbers_of([v for v in family.values if v not in all_missing])
    answers = {int(n) for n in (together or numbers or {}).values()}
    if not numbers or not answers or max(answers) > NPS_SCALE[1]:
        return None
    recode = {text: number for text, number in numbers.items() if text != number}
    read = {"missing": missing, "recode": recode}
    if one.scale:
        return {"role": asked, "scale": one.scale, "why": "by its heading", **read}
    if is_nps or (asked == "nps" and (0 in answers or max(answers) > 7)):
        why = "computed groups of promoters" if is_nps else "asks whether they recommend, 0 to 10"
        return {"role": "nps", "scale": None, "why": why, **read}
    scale = (
        _out_of(profile) or ENDS.get(max(answers)) or (NPS_SCALE if {0, 10} <= answers else None)
    )
    end = ONE_IS.search(one.text)
    why = f"answers from {min(answers)} to {max(answers)}: a rating? say its role and scale"
    if end and not _is_bad(end[1]):
        why = "its question says what 1 stands for: say its role and scale"
    elif asked in RATED and asks_for_the_bad(one.text or one.exported):
        why = "its question asks for the bad: is the most the worst? say its role and scale"
    elif asked in RATED and scale and min(answers) >= min(scale):
        why = f"by the words of its question; that {scale[1]} is best is assumed"
        return {"role": asked, "scale": scale, "why": why, **read}
    return {"role": "other", "why": why, **read}


def _out_of(profile: Profile) -> tuple[int, int] | None:
    """Return the scale of answers like 4/5."""
    bases = {value.partition("/")[2].strip() for value in profile.values if "/" in value}
    return (
        (1, int(next(iter(bases)))) if len(bases) == 1 and next(iter(bases)).isdecimal() else None
    )


def _by_words(one: Field, profile: Profile, asked: str) -> dict[str, Any] | None:
    """Read a rating whose answers are the words of a scale."""
    missing: Reasons = reasons_of(one) | missing_codes(profile, only_texts=True)
    words = [value for value in profile.values if value not in missing]
    matched = None if profile.many else scale_of(words)
    if matched is None:
        return None
    steps, ends = matched
    role = asked if asked in RATED else role_of_question(" ".join(words))
    if role not in RATED:
        return None
    if ends == (1, 5) and {"2", "4"} <= {*steps.values()} and "3" not in steps.values():
        why = "a scale of four steps, or of five without a middle? say its role and scale"
        return {"role": "other", "missing": missing, "why": why}
    return {"role": role, "scale": ends, "missing": missing, "recode": steps,
            "why": f"the words of a scale of {ends[1]} steps"}  # fmt: skip


def _by_labels(one: Field, asked: str, profile: Profile) -> dict[str, Any] | None:
    """Read a rating whose codes have labels in the file itself, which say where the best is."""
    codes = {code: label for code, label in one.labels.items() if code.lstrip("-").isdecimal()}
    if len(codes) < 2 or len(codes) < len(one.labels) or asked not in (*RATED, "nps"):
        return None
    low, high = min(codes, key=int), max(codes, key=int)
    if asked == "nps":
        return None if {int(low), int(high)} - {*range(11)} else {
            "role": "nps", "scale": None, "missing": _undeclared(one, profile), "why": "its label"
        }  # fmt: skip
    ends = (int(low), int(high))
    if _is_worst(codes, low, high):
        return {"role": asked, "scale": ends, "missing": _undeclared(one, profile),
                "labels": {}, "why": "the labels of its codes"}  # fmt: skip
    if _is_worst(codes, high, low):
        return {"role": asked, "scale": ends[::-1], "missing": _undeclared(one, profile),
                "labels": {}, "why": "the labels of its codes, the best first"}  # fmt: skip
    return None


def _undeclared(one: Field, profile: Profile) -> Reasons:
    return reasons_of(one) | missing_codes(profile, only_texts=True)


def _is_worst(codes: Mapping[str, str], worst: str, best: str) -> bool:
    """Return whether the label at one end is that of the worst answer."""
    return _is_bad(codes[worst]) and not _is_bad(codes[best])


def _is_bad(label: str) -> bool:
    return any(word in label.lower() for word in WORST)
