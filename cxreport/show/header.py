"""The head of a page: what it is about, from where, until when, under which terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.survey import Survey
from cxreport.scores.suppression import check_filters
from cxreport.show.blocks import Block
from cxreport.show.parts import labels_of, periods_of
from cxreport.show.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.company import Company
    from cxreport.inputs.dataset import Dataset


def header(company: Company, title: str | Mapping[str, str]) -> Block:
    """Show what the report is about: title, period, source, terms, filters.

    Parameters
    ----------
    company : Company or Survey
        What is reported.
    title : str or mapping of str to str
        Key of a known title, such as ``monthly``; or a title of your own, one for all languages or
        one for each: ``{"en": "Returns in detail", "it": "I resi in dettaglio"}``.

    Raises
    ------
    CxError
        If filters keep, or leave out, so few answers that persons might be recognised; one word
        is no known title, or a language is missing.
    """
    if isinstance(company, Survey):
        check_filters(company)
    source, last = company.codebook.source, company.period.end - pd.Timedelta(days=1)
    filters = {column: list(codes) for column, codes in company.filters.items()}
    named = {*filters, *(str(code) for codes in filters.values() for code in codes)}
    return Block(
        "header",
        parameters=labels_of(company.codebook, named)
        | periods_of(company)
        | {
            "title": own_title(title),
            "first": company.period.start,
            "last": last,
            "source": dict(source.title),
            "terms": dict(source.terms),
            "filters": filters,
            "observed_until": company.known_until,
            "not_known": company.not_known,
            "synthetic": source.synthetic,
        },
    )


def undated(dataset: Dataset, title: str) -> Block:
    """Show what a report on a source without dates is about.

    Parameters
    ----------
    dataset : Dataset
        From ``cxreport.open_source``.
    title : str
        Key of the title, and of the text on what the missing dates forbid, under ``study``.
    """
    source = dataset.codebook.source
    period = {"name": "undated", "kind": "undated"}
    parameters = {"title": title, "study": title, "period": period, "synthetic": source.synthetic}
    named = {"source": dict(source.title), "terms": dict(source.terms)}
    return Block("header", parameters=parameters | named)


def study(name: str) -> Block:
    """Show what a study is about.

    Parameters
    ----------
    name : str
        Key of its title under ``title``, and of its introduction under ``study``.
    """
    source = {language: Words(language).text("study.source") for language in LANGUAGES}
    period = {"name": "study", "kind": "study"}
    return Block(
        "header", parameters={"title": name, "study": name, "source": source, "period": period}
    )


def own_title(title: str | Mapping[str, str]) -> str | dict[str, str]:
    """Return a known title's key, or a title in every language."""
    if isinstance(title, str) and Words(LANGUAGES[0]).has(f"title.{title}"):
        return title
    own = dict.fromkeys(LANGUAGES, title) if isinstance(title, str) else dict(title)
    a_key = isinstance(title, str) and title.isidentifier() and title.islower()
    if a_key or set(own) != set(LANGUAGES) or not all(text.strip() for text in own.values()):
        raise CxError(
            "no such title",
            got=title,
            expected=f"a known one, a sentence, or one for each of {', '.join(LANGUAGES)}",
        )
    return own
