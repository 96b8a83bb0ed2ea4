"""Two pages' figures -> what differs, by how much, and whether chance alone may have done it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from cxreport.diff.figures import OWN
from cxreport.errors import CxError
from cxreport.publish.changes import CAUSES
from cxreport.stats.published import published_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cxreport.diff.published import Published

KEYS = ["table", "row", "measure", "occurrence"]
ABOUT = ["section", "caption", "label", "unit", "is_count", "about"]
FIGURE = ["n", "value", "low", "high"]
ORDER = ("beyond_chance", "restated", "other_definition", "other_code", "gone", "new",
         "within_chance", "shared", "no_interval", "same")  # fmt: skip
"""Every word for a difference, in the order in which they are told."""
COLUMNS = ("section", "table", "row", "measure", "unit", "n_reference", "n", "value_reference",
           "value", "difference", "low", "high", "p_value", "q_value", "word")  # fmt: skip
NUMBERS = dict.fromkeys(
    [f"{name}{side}" for name in ("value", "low", "high") for side in ("", "_reference")], float
)
DECIMALS = 6
"""Published numbers have fewer: what a subtraction adds behind them is no number."""


class Causes(NamedTuple):
    """What two pages were not made alike from.

    Attributes
    ----------
    is_same_period : bool
        Whether they are two builds of one period.
    files : list of str
        Of data that differ, came or went.
    definition, code : list of str
        Keys of the manifest that differ; of parameters and libraries, each with its two values.
    """

    is_same_period: bool
    files: list[str]
    definition: list[str]
    code: list[str]


def causes_between(then: Mapping[str, Any], now: Mapping[str, Any]) -> Causes:
    """Return what differs between what two pages were made from, by their manifests.

    Raises
    ------
    CxError
        If they are pages of two reports.
    """
    if then["report"] != now["report"]:
        raise CxError("these are pages of two reports", got=f"{then['report']}, {now['report']}",
                      expected="two periods, or two builds, of one report")  # fmt: skip
    return Causes(
        then["period"] == now["period"],
        _differing(then["data"], now["data"]),
        _parts(then, now, CAUSES["definition"]),
        _parts(then, now, CAUSES["code"]),
    )


def _parts(then: Mapping[str, Any], now: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Name what differs; of settings, each with its two values. The period is no definition."""
    parts = []
    for key in keys:
        old, new = then.get(key), now.get(key)
        if not (isinstance(old, dict) and isinstance(new, dict)):
            parts += [key] if old != new else []
            continue
        parts += [
            name if key == "definitions" else f"{name} ({old.get(name)} → {new.get(name)})"
            for name in _differing(old, new)
            if (key, name) != ("parameters", "period")
        ]
    return parts


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def compare_pages(then: Published, now: Published) -> pd.DataFrame:
    """Return every figure of two pages of a report, what became of it, and a plain word.

    Parameters
    ----------
    then, now : Published
        The earlier page and the later one, or two builds of one period.

    Returns
    -------
    DataFrame
        One row per figure, the most telling first: ``section``, ``table``, ``row``, ``measure`` as
        the later page has them, ``unit`` ("" where ``measure`` names it), ``n_reference``,
        ``n``, ``value_reference``, ``value`` (of the earlier and the later page), ``difference``,
        its ``low`` and ``high``, ``p_value``, ``q_value`` (Holm, over all figures that are
        compared with chance; see ``published_differences``) and ``word``, one of ``ORDER``. A
        figure is compared with chance where both pages give its 95% interval, it rests on the
        page's own period alone, and both pages have the same definitions and code.

    Raises
    ------
    CxError
        If they are pages of two reports.
    """
    causes = causes_between(then.manifest, now.manifest)
    old, new = _with_labels(then.figures, now.figures)
    if causes.is_same_period:
        figures = _beside(old, new)
        figures["word"] = _restated(figures)
    else:
        figures = pd.concat([_periods(old, new, causes), _history(old, new)], ignore_index=True)
    return _in_order(figures)


def _with_labels(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Name each row, on both pages alike."""
    both = pd.concat([old.assign(side=0), new.assign(side=1)], ignore_index=True)
    labels = [_labels(rows) for _, rows in both.groupby("table", sort=False)]
    both["row"] = both["label"] = pd.concat(labels) if labels else ""
    return both[both["side"] == 0], both[both["side"] == 1]


def _labels(rows: pd.DataFrame) -> pd.Series:
    """Name the rows of one table by as few of their texts as keep them apart, period included."""
    texts = rows["texts"]
    periods = zip(rows["period"], texts, strict=True)
    fewest = max(each.index(period) + 1 if period else 1 for period, each in periods)
    labels = texts.str.join(" · ")
    for number in range(fewest, int(texts.str.len().max())):
        shorter = texts.str[:number].str.join(" · ")
        if not rows[["side", "measure"]].assign(row=shorter).duplicated().any():
            return shorter
    return labels


def _beside(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Set the figures of two pages beside each other, in the order of the later one."""
    sides = []
    for side in (old, new):
        key = ["table", "row", "measure"]
        sides.append(side.assign(occurrence=side.groupby(key).cumcount()).set_index(KEYS))
    old, new = sides
    every = new.index.append(old.index.difference(new.index, sort=False))
    about = new.reindex(every).combine_first(old[ABOUT]).loc[every, ABOUT]
    then = old[FIGURE].reindex(every).add_suffix("_reference")
    joined = pd.concat([about, new[FIGURE].reindex(every), then], axis=1)
    return joined[joined[["value", "value_reference"]].notna().any(axis=1)].reset_index()


def _restated(figures: pd.DataFrame) -> pd.Series:
    """Return the words for figures of one and the same period."""
    new = figures[FIGURE]
    old = figures[[f"{name}_reference" for name in FIGURE]].set_axis(FIGURE, axis=1)
    equal = (new.eq(old) | (new.isna() & old.isna())).all(axis=1)
    return _gone_or_new(figures, pd.Series("restated", figures.index).mask(equal, "same"))


def _gone_or_new(figures: pd.DataFrame, word: pd.Series) -> pd.Series:
    """Return the words, other ones where only one page shows the figure."""
    return word.mask(figures["value"].isna(), "gone").mask(figures["value_reference"].isna(), "new")


def _history(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of periods that both pages show: there, only a restatement differs."""
    both = _beside(*(side[side["about"] == "row"] for side in (old, new)))
    holds = both["low"].notna() | both["is_count"].astype(bool)  # limits and centres move along
    shared = both[holds & both[["value", "value_reference"]].notna().all(axis=1)]
    return shared.assign(word=_restated(shared))


def _periods(old: pd.DataFrame, new: pd.DataFrame, causes: Causes) -> pd.DataFrame:
    """Return the figures of the two pages' own periods, and what chance has to do with it."""
    sides = []
    for side in (old, new):
        own = side[side["is_own"] | (side["about"] != "row")]
        row = own["row"].where(~own["is_own"], _without_period(own))
        sides.append(own.assign(row=row))
    figures = _beside(*sides)
    intervals = ["low", "high", "low_reference", "high_reference"]
    has_intervals = figures[intervals].notna().all(axis=1)
    word = pd.Series("no_interval", figures.index).mask(has_intervals, "within_chance")
    word = word.mask(figures["about"].eq("window"), "shared")
    word = word.mask(pd.Series(bool(causes.code), figures.index), "other_code")
    word = word.mask(pd.Series(bool(causes.definition), figures.index), "other_definition")
    word = _gone_or_new(figures, word)
    tested = published_differences(figures[word == "within_chance"].astype(NUMBERS))
    word = word.mask(
        tested["signal"].eq(True).reindex(word.index, fill_value=False), "beyond_chance"
    )
    limits = tested[["low", "high", "p_value", "q_value"]].add_prefix("difference_")
    return figures.join(limits).assign(word=word)


def _without_period(own: pd.DataFrame) -> pd.Series:
    """Name the rows of a page's own period alike on every page."""
    pairs = zip(own["row"], own["period"], strict=True)
    return pd.Series(
        [" · ".join(OWN if part == period else part for part in row.split(" · "))
         for row, period in pairs], own.index, dtype=object,
    )  # fmt: skip


def _in_order(figures: pd.DataFrame) -> pd.DataFrame:
    """Put the most telling figures first: by word, by p-value, then in the order of the page."""
    difference = (figures["value"] - figures["value_reference"]).round(DECIMALS)
    columns = {"table": figures["caption"], "row": figures["label"], "difference": difference}
    for name in ("low", "high", "p_value", "q_value"):
        of_difference = figures.get(f"difference_{name}", pd.Series(float("nan"), figures.index))
        columns[name] = of_difference.astype(float)
    rank = figures["word"].map(ORDER.index)
    ordered = figures.assign(**columns, rank=rank).sort_values(["rank", "p_value"], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)
