"""The head of a study: a page that reckons from parameters alone, without a source."""

from __future__ import annotations

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block
from cxreport.show.words import Words


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
