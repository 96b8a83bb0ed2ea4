"""What words of questions, answers and headings may mean: see ``words.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

SCORED = re.compile(
    r"(?:\D*[^\s\d](?:\s+[-–(]\s*|:\s+))?(\d{1,2})(?:\.0+)?\)?|(\d{1,2})\s*[-–:=(.]\s*[^\d\s].*"
)
"""An answer with its number at the end or the beginning: ``Extremely likely - 10``."""
OUT_OF = re.compile(r"(\d{1,2})\s?/\s?(\d{1,2})")
STARS = re.compile(r"[\u2605\u2b50]+[\u2606]*")


@cache
def _words() -> dict[str, Any]:
    text = files("cxreport.inputs.exports").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def why_missing(code: str, *, numbers: bool = False) -> dict[str, str] | None:
    """Return why a code may mean that there is no answer, in both languages.

    Examples
    --------
    >>> why_missing("Non so")["en"], why_missing("99"), why_missing("99", numbers=True)["en"]
    ('does not know', None, 'no answer (code 99)')
    """
    words = _words()
    reasons: dict[str, dict[str, str]] = words["missing"]
    if numbers:
        reasons = reasons | words["missing_numbers"]
    return reasons.get(" ".join(code.lower().split()))


def role_of_question(text: str) -> str:
    """Return the role that the words of a question speak for; empty when none.

    Examples
    --------
    >>> role_of_question("Quanto è probabile che ci consigli a un amico?")
    'nps'
    >>> role_of_question("How old are you?")
    ''
    """
    patterns: dict[str, str] = _words()["questions"]
    lower = text.lower()
    return next((role for role, pattern in patterns.items() if re.search(pattern, lower)), "")


def asks_for_the_bad(text: str) -> bool:
    """Return whether a question asks how much there was of something bad, so that 1 is best.

    Examples
    --------
    >>> asks_for_the_bad("How much effort did it take?"), asks_for_the_bad("How satisfied are you?")
    (True, False)
    >>> asks_for_the_bad("How satisfied or dissatisfied are you?")
    False
    """
    words: dict[str, str] = _words()["direction"]
    lower = text.lower()
    return bool(re.search(words["bad"], lower)) and not re.search(words["good"], lower)


def name_of_heading(heading: str) -> str:
    """Return the canonical name that a whole heading stands for; empty when none.

    Examples
    --------
    >>> name_of_heading("Canale"), name_of_heading("Which channel?")
    ('channel', '')
    """
    patterns: dict[str, str] = _words()["headings"]
    plain = re.sub(r"[ _-]+", "_", heading.strip().lower())
    return next((n for n, pattern in patterns.items() if re.fullmatch(pattern, plain)), "")


def is_personal(heading: str) -> bool:
    """Return whether a whole heading is that of something that names a person.

    Examples
    --------
    >>> is_personal("Indirizzo email"), is_personal("Email open rate")
    (True, False)
    >>> is_personal("Posta elettronica"), is_personal("Indirizzo di posta elettronica")
    (True, True)
    """
    plain = heading.strip().lower().replace("_", " ")
    return any(re.fullmatch(pattern, plain) for pattern in _words()["personal"].values())


def numbers_of(answers: Collection[str]) -> dict[str, str] | None:
    """Return the number that each answer bears: ``10 - Yes``, ``Yes - 10``, ``5/5``, stars.

    Nothing when one of them bears none, or they are out of different numbers.

    Examples
    --------
    >>> numbers_of(["Extremely likely - 10", "7"])
    {'Extremely likely - 10': '10', '7': '7'}
    >>> numbers_of(["5/5", "4/5"]), numbers_of(["4/5", "3/7"])
    ({'5/5': '5', '4/5': '4'}, None)
    """
    numbers: dict[str, str] = {}
    bases = set()
    for answer in answers:
        if match := OUT_OF.fullmatch(answer):
            numbers[answer] = str(int(match[1]))
            bases.add(match[2])
        elif match := SCORED.fullmatch(answer):
            numbers[answer] = str(int(match[1] or match[2]))
        elif STARS.fullmatch(answer):
            numbers[answer] = str(len(answer.rstrip("\u2606")))
        else:
            return None
    texts = [a for a, n in numbers.items() if a != n and not OUT_OF.fullmatch(a)]
    values = [numbers[text] for text in texts]
    alike = len({*values}) < len(values)  # two answers of one number are no scale
    return None if len(bases) > 1 or alike else numbers


def scale_of(answers: Collection[str]) -> tuple[dict[str, str], tuple[int, int]] | None:
    """Return the step of each answer and the ends of the one scale of words that has them all.

    Examples
    --------
    >>> scale_of(["Per nulla soddisfatto", "Molto soddisfatto"])
    ({'Per nulla soddisfatto': '1', 'Molto soddisfatto': '4'}, (1, 4))
    >>> scale_of(["Abbastanza soddisfatto", "Molto soddisfatto"])  # of four steps, or of five
    """
    fitting = []
    for scale in _words()["scale"]:
        steps: dict[str, str] = {}
        for answer in answers:
            plain = " ".join(answer.lower().split())
            matches = [n for n, p in enumerate(scale["steps"], start=1) if re.fullmatch(p, plain)]
            if len(matches) != 1:
                break
            steps[answer] = str(matches[0])
        else:
            if len({*steps.values()}) == len({a.lower() for a in answers}):
                fitting.append((steps, (1, len(scale["steps"]))))
    if len(answers) < 2 or not fitting or any(one != fitting[0] for one in fitting):
        return None
    return fitting[0]
