"""What changed between two pages -> lines for the terminal, causes first, and a table as CSV."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cxreport.diff.compare import ORDER, Causes, causes_between
from cxreport.diff.wording import wording_lines
from cxreport.show.spreadsheet import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from cxreport.diff.published import Published
    from cxreport.show.words import Words

COUNTED = {"shared", "no_interval", "same"}
"""Words of which the figures are counted, and listed in the file alone."""
MOST_NAMES = 5
MOST_DECIMALS = 3


def lines_of(
    then: Published, now: Published, figures: pd.DataFrame, words: Words, most: int
) -> Iterator[str]:
    """Write what changed between two pages of a report.

    Parameters
    ----------
    then, now : Published
        The earlier page and the later one.
    figures : DataFrame
        What ``compare_pages`` returned of them.
    words : Words
        The reader's language.
    most : int
        Figures listed for each word at most.

    Yields
    ------
    str
        A line.
    """
    causes = causes_between(then.manifest, now.manifest)
    key = "diff.title_again" if causes.is_same_period else "diff.title"
    report = str(now.manifest["report"])
    yield words.text(key, report=report, then=then.period, now=now.period)
    yield f"{words.text('diff.causes')}:"
    for line in cause_lines(causes, figures, words):
        yield f"  {line}"
    if causes.is_same_period:
        yield f"  {words.text('diff.no_chance')}"
    elif causes.definition or causes.code:
        values = {"then": then.period, "now": now.period, "report": report}
        yield "  " + words.text("diff.again", **values, period=then.manifest["period"]["name"])
    yield from wording_lines(then.wording, now.wording, words, periods=(then.period, now.period))
    for word in ORDER:
        rows = figures[figures["word"] == word]
        if rows.empty:
            continue
        yield ""
        rows = _once(rows) if rows["p_value"].notna().any() else rows
        yield f"{words.text(f'diff.word.{word}')}: {words.whole(len(rows))}"
        if word not in COUNTED:
            yield from _listed(rows, words, most)
    if comparisons := len(_once(figures[figures["p_value"].notna()])):
        yield ""
        yield words.text("diff.family", n=comparisons)


def _once(tested: pd.DataFrame) -> pd.DataFrame:
    """Return each comparison once: a figure may stand in several tables of a page."""
    return tested[~tested[["value_reference", "value", "low", "high"]].duplicated()]


def cause_lines(causes: Causes, figures: pd.DataFrame, words: Words) -> list[str]:
    """Write what may have changed the numbers: data, definition, code."""
    lines = []
    if causes.is_same_period and causes.files:
        files = _some(causes.files)
        lines.append(words.text("diff.cause.data", n=len(causes.files), files=files))
    elif causes.is_same_period:
        lines.append(words.text("diff.cause.data_same"))
    else:
        restated, same = (int(figures["word"].eq(word).sum()) for word in ("restated", "same"))
        if restated:
            lines.append(words.text("diff.cause.history", n=restated, all=restated + same))
        elif same:
            lines.append(words.text("diff.cause.history_same", n=same))
    for parts, differs, same_text in (
        (causes.definition, "diff.cause.definition", "diff.cause.definition_same"),
        (causes.code, "diff.cause.code", "diff.cause.code_same"),
    ):
        named = [_part(part, words) for part in parts]
        lines.append(words.text(differs, what=_some(named)) if parts else words.text(same_text))
    return lines


def _part(part: str, words: Words) -> str:
    return words.text(f"diff.part.{part}") if words.has(f"diff.part.{part}") else part


def _some(names: Sequence[str]) -> str:
    more = ", …" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _listed(rows: pd.DataFrame, words: Words, most: int) -> Iterator[str]:
    """Write the first figures of a word, each below its table."""
    table = ""
    for row in rows.head(most).to_dict("records"):
        if row["table"] != table:
            table = row["table"]
            yield f"  {table}"
        measure = f"{row['measure']} ({row['unit']})" if row["unit"] else row["measure"]
        yield f"    {row['row']}, {measure}: {', '.join(_figure(row, words))}"
    if len(rows) > most:
        yield f"  {words.text('diff.more', n=len(rows) - most)}"


def _figure(row: dict[Any, Any], words: Words) -> Iterator[str]:
    """Write both values, their difference with its interval, and their n."""
    places = max(_decimals(row[name]) for name in ("value_reference", "value"))
    values = {"then": row["value_reference"], "now": row["value"]}
    yield words.text("diff.figure", **{k: words.number(v, places) for k, v in values.items()})
    if math.isfinite(row["difference"]):
        written = words.text(
            "diff.difference", difference=_signed(row["difference"], places, words)
        )
        if math.isfinite(row["low"]):
            ends = {end: _signed(row[end], places, words) for end in ("low", "high")}
            written += " " + words.text("diff.interval", **ends)
        yield written
    counts = {"then": row["n_reference"], "now": row["n"]}
    if any(math.isfinite(n) for n in counts.values()):
        yield words.text("diff.n", **{side: words.whole(n) for side, n in counts.items()})


def _decimals(value: float) -> int:
    """Return with how many decimals a number was published."""
    exact = (d for d in range(MOST_DECIMALS) if math.isclose(round(value, d), value))
    return next(exact, MOST_DECIMALS) if math.isfinite(value) else 0


def _signed(value: float, decimals: int, words: Words) -> str:
    sign = "+" if round(value, decimals) > 0 else ""
    return f"{sign}{words.number(value, decimals)}"


def write_csv(figures: pd.DataFrame) -> str:
    """Write all figures as CSV, names of columns as in ``compare_pages``; no text of it runs."""
    whole = figures.astype({"n_reference": "Int64", "n": "Int64"})
    texts = whole.map(lambda value: harmless(value) if isinstance(value, str) else value)
    return str(texts.to_csv(index=False, lineterminator="\n"))
