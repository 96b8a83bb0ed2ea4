"""Are there kinds of customers at all: what a report says first of its classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cxreport.show.parts import Column, note, say, section, sentences, table
from cxreport.topics.personas.classes import (
    BLURRED,
    EDGE,
    LEAST_STABILITY,
    NOT_CONVERGED,
    STEPS,
    UNSTABLE,
)

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.personas.classes import Personas
    from cxreport.topics.personas.frames import PersonaStudy

TOPIC = "personas"
CLEAR = 0.8
"""Entropy from which people are called clearly placed."""
CLOSE = 10
"""Difference of BIC below which the runner-up is said."""
DOUBTED = {
    EDGE: "doubted.most tried", UNSTABLE: "doubted.unstable", BLURRED: "doubted.blurred",
    STEPS: "doubted.steps",
}  # fmt: skip

OPEN = {
    EDGE: "missing.unsettled", UNSTABLE: "missing.unsettled", BLURRED: "missing.blurred",
    STEPS: "missing.steps",
}  # fmt: skip
"""Doubt -> what is said of it in one line, the gravest first."""

_note = partial(note, TOPIC)

FIT = (
    Column("classes", "whole"),
    Column("parameters", "whole"),
    Column("loglik", "number"),
    Column("bic", "number"),
    Column("entropy", "ratio"),
    Column("stability", "ratio"),
    Column("chosen", "yes"),
    Column("note", "word:note"),
)


def brief(study: PersonaStudy, company: Company) -> Block:
    """State in two sentences how many kinds of customers there are, and how sure that is.

    Parameters
    ----------
    study : PersonaStudy
        From ``company_personas``.
    company : Company or Survey
        What is reported.
    """
    if study.personas is None:
        return nothing(study, company)
    return sentences(TOPIC, _judgement(study, study.personas, company), company)


def summary(study: PersonaStudy, company: Company) -> Block:
    """State the same; where nothing could be settled, list each number of classes tried.

    Parameters
    ----------
    study : PersonaStudy
        From ``company_personas``.
    company : Company or Survey
        What is reported.
    """
    first = brief(study, company)
    if study.personas is None or not study.personas.doubts:
        return first
    return section([first, table(TOPIC, "fit", study.personas.fit, FIT, company)])


def nothing(study: PersonaStudy, company: Company) -> Block:
    """State that there are no kinds of customers, and why."""
    if study.unwritten:
        return _note("missing.unwritten")
    if study.personas is None:
        key = "missing.seldom" if study.items.fewer else "missing.personas"
        return _note(key, company, needs=("responses", "orders"))
    if study.personas.count == 1:
        return _note("missing.one_class", company)
    first = next((reason for reason in OPEN if reason in study.personas.doubts), EDGE)
    return _note(OPEN[first], company)


def _judgement(
    study: PersonaStudy, personas: Personas, company: Company
) -> list[Said | list[Said]]:
    """State how many classes fit best, and whether to build on them."""
    fit = personas.fit.dropna(subset="bic").sort_values("bic")
    values = {"n": personas.n, "periods": study.items.periods}
    base = _base(study, company)
    most = int(fit["classes"].max())
    if personas.count == 1:
        return [say("one_class", most=most, **values), *base]
    best, other = fit.iloc[0], fit.iloc[1] if len(fit) > 1 else None
    steady, certainty = float(best["stability"]), _certainty(personas)
    if personas.doubts:
        numbers = {"most": most, "stability": steady, "least": LEAST_STABILITY,
                   "certainty": certainty}  # fmt: skip
        is_open = {EDGE, UNSTABLE} & {*personas.doubts}
        why = [say(DOUBTED[reason], **numbers) for reason in personas.doubts]
        return [[say("unsettled" if is_open else "no_kinds", **values), *why], *base]
    count, least = personas.count, study.items.least_answers
    often = say("classes_often", count=count, least=least, **values)
    first = say("classes", count=count, **values) if least == 1 else often
    lines: list[Said | list[Said]] = [first, *base]
    lines.append(say("untried") if np.isnan(steady) else say("steady", stability=steady))
    is_clear = float(best["entropy"]) >= CLEAR
    lines.append(say("clear" if is_clear else "blurred", certainty=certainty))
    if other is not None and other["bic"] - best["bic"] < CLOSE:
        lines.append(say("close", other=int(other["classes"])))
    if best["note"] == NOT_CONVERGED:
        lines.append(say("not_converged"))
    return lines


def _base(study: PersonaStudy, company: Company) -> list[Said]:
    """State who is left out, where customers must have answered more than once."""
    items = study.items
    if not items.fewer:
        return []
    many = items.fewer >= company.minimum_group
    return [say("base" if many else "base_few", least=items.least_answers, n=items.fewer)]


def _certainty(personas: Personas) -> float:
    """Return the mean probability of the class that people are put into, in percent."""
    return 100 * float(personas.members.filter(regex="^posterior_").max(axis=1).mean())
