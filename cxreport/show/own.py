"""What an analyst made: a figure or a table of one's own, as a block."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from weakref import WeakSet

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.figure import Figure

SHOWN: WeakSet[Figure] = WeakSet()
"""The figures that a block shows: any other is lost to the page, see ``cxreport.publish.watch``."""


def figure(
    drawn: Figure, frame: pd.DataFrame, *, title: Mapping[str, str], alt: Mapping[str, str]
) -> Block:
    """Show a picture of your own making, with the data behind it.

    Parameters
    ----------
    drawn : matplotlib Figure
        The picture.
    frame : DataFrame
        Its data, shown as a table.
    title, alt : mapping of str to str
        The title, and the text that stands for the picture, in ``en`` and ``it``.
    """
    from cxreport.show.charts.svg import to_svg  # noqa: PLC0415 - whoever comes here has matplotlib

    for texts in (title, alt):
        _in_all_languages(texts)
    SHOWN.add(drawn)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(drawn)  # it is shown: pyplot need not keep it
    svg = {language: to_svg(drawn, prefix="PREFIX", alt=alt[language]) for language in LANGUAGES}
    return Block("figure", frame, {"svg": svg, "title": dict(title), "alt": dict(alt)})


def plain_table(frame: pd.DataFrame, *, title: Mapping[str, str]) -> Block:
    """Show a frame of your own making as a table.

    Parameters
    ----------
    frame : DataFrame
        Its columns are shown as they are named, in their order; numbers in the reader's language.
    title : mapping of str to str
        What stands above it, in ``en`` and ``it``.

    Examples
    --------
    >>> import pandas as pd
    >>> returns = pd.DataFrame({"shop": ["Turin", "Milan"], "returns": [31, 12]})
    >>> plain_table(returns, title={"en": "Returns by shop", "it": "Resi per negozio"}).kind
    'plain_table'
    """
    _in_all_languages(title)
    return Block("plain_table", frame, {"title": dict(title)})


def _in_all_languages(texts: Mapping[str, str]) -> None:
    """Refuse a title, or what stands for a picture, that a language lacks."""
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        expected = '{"en": "...", "it": "..."}'
        raise CxError("a text in all languages is needed", got=texts, expected=expected)
