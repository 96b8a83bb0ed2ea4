"""What the team imagines of a class: names and stories, kept apart from what is measured."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.topics.personas.frames import personas_file

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.company import Company
    from cxreport.topics.personas.classes import Personas
    from cxreport.topics.personas.frames import PersonaStudy

PARTS = ("name", "needs", "worries", "day")
LONGEST = 600
"""Characters of a text."""
NARRATIVES = ["class", "matched", *(f"{part}_{of}" for part in PARTS for of in LANGUAGES), "note"]
BY_SIGNATURE, BY_ORDER, NO_CLASS, SEVERAL = "signature", "order", "no such class", "several classes"


def company_narratives(company: Company, study: PersonaStudy) -> pd.DataFrame:
    """Read what the team wrote of the classes, from ``personas.toml`` beside the codebook.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    study : PersonaStudy
        From ``company_personas``.

    Returns
    -------
    DataFrame
        As from ``read_narratives``; empty where there is no such file, or no kinds of customers.

    Raises
    ------
    CxError
        If the file is not as it should be.
    """
    if study.kinds is None or not personas_file(company).is_file():
        return pd.DataFrame(columns=NARRATIVES)
    return read_narratives(personas_file(company), study.kinds)


def read_narratives(path: Path, personas: Personas) -> pd.DataFrame:
    """Read what a team wrote of classes, and find the class that each story is about.

    A ``[[persona]]`` has ``name`` and, optional, ``needs``, ``worries`` and ``day``, each ``{ en,
    it }``. It says whom it is about by a ``signature``, such as ``{ ease = "low", channel = "app"
    }``: the class that is below or above all others together in the mean of a rating, and has that
    level more often than they do; or by ``class = 2``, the place by size, which may be another
    class's next month.

    Parameters
    ----------
    path : Path
        The file.
    personas : Personas
        The classes.

    Returns
    -------
    DataFrame
        One row per persona: ``class`` (empty where none, or several, match), ``matched``
        ("signature", "order"), a text for each part and language ("" where not written), ``note``
        ("no such class", "several classes").

    Raises
    ------
    CxError
        If it is no TOML, a part is no text in both languages, is longer than 600 characters, or
        two personas are about one class.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CxError("not a file of personas", where=path.name, got=error) from error
    listed = tree.get("persona", [])
    if set(tree) - {"persona"} or not isinstance(listed, list):
        raise CxError(
            "not a file of personas", where=path.name, got=", ".join(tree), expected="[[persona]]"
        )
    rows = [
        _narrative(entry, f"{path.name}, persona {at}", personas)
        for at, entry in enumerate(listed, 1)
    ]
    frame = pd.DataFrame(rows, columns=NARRATIVES)
    frame["class"] = frame["class"].astype("Int64")
    twice = frame["class"].dropna()
    twice = twice[twice.duplicated()]
    if len(twice):
        raise CxError(
            "two personas are about one class", where=path.name, got=f"class {twice.iloc[0]}",
            hint="make their signatures differ",
        )  # fmt: skip
    return frame


def _narrative(entry: Any, where: str, personas: Personas) -> dict[str, Any]:
    """Check one persona, and find its class."""
    if not isinstance(entry, dict) or set(entry) - {*PARTS, "class", "signature"}:
        got = ", ".join(entry) if isinstance(entry, dict) else entry
        expected = ", ".join([*PARTS, "class", "signature"])
        raise CxError("not a persona", where=where, got=got, expected=expected)
    row: dict[str, Any] = {"note": ""}
    for part in PARTS:
        texts: Any = entry.get(part, {})
        fine = isinstance(texts, dict) and (not texts or set(texts) == set(LANGUAGES))
        if part == "name" and not texts:
            fine = False
        texts = texts if fine else {}
        for language in LANGUAGES:
            text = texts.get(language, "")
            fine = fine and isinstance(text, str) and len(text) <= LONGEST
            row[f"{part}_{language}"] = text
        if not fine:
            most = f"a text of {LONGEST} characters or fewer in each of {', '.join(LANGUAGES)}"
            raise CxError("not a text", where=f"{where}, {part}", expected=most)
    if ("class" in entry) == ("signature" in entry):
        raise CxError("whom is it about", where=where, expected="either class or signature")
    if "class" in entry:
        place = entry["class"]
        if isinstance(place, bool) or not isinstance(place, int) or place < 1:
            raise CxError("not a class", where=where, got=place, expected="1, 2, ...")
        there = place <= personas.count
        return row | {
            "class": place if there else None, "matched": BY_ORDER,
            "note": "" if there else NO_CLASS,
        }  # fmt: skip
    matching = _matching(entry["signature"], where, personas)
    return row | {
        "class": matching[0] if len(matching) == 1 else None, "matched": BY_SIGNATURE,
        "note": "" if len(matching) == 1 else SEVERAL if matching else NO_CLASS,
    }  # fmt: skip


def _matching(signature: Any, where: str, personas: Personas) -> list[int]:
    """Return the classes that have every trait of a signature."""
    if not isinstance(signature, dict) or not signature:
        raise CxError("not a signature", where=where, expected='such as { ease = "low" }')
    left = set(range(1, personas.count + 1))
    profiles = personas.profiles
    for item, trait in signature.items():
        of_item = profiles[profiles["item"] == item]
        means = of_item[of_item["metric"] == "mean"]
        if len(means) and trait in {"low", "high"}:
            sign = 1 if trait == "high" else -1
            having = means[sign * means["effect"] > 0]
        elif isinstance(trait, str | int) and (of_item["level"] == str(trait)).any():
            having = of_item[(of_item["level"] == str(trait)) & (of_item["effect"] > 0)]
        else:
            levels = [x for x in of_item["level"].unique() if x]
            traits = [*(["low", "high"] if len(means) else []), *levels]
            raise CxError(
                "not a trait of the classes", where=where, got=f"{item} = {trait}",
                expected=", ".join(traits) or ", ".join(profiles["item"].unique()),
            )  # fmt: skip
        left &= set(having["class"].astype(int))
    return sorted(left)
