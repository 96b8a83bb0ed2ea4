"""The page of one shop, region or other group: here and elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.few import without_few
from cxreport.show.header import header as page_header
from cxreport.show.labels import capital, code_label, column_label
from cxreport.show.parts import Column, chart, labels_of, note, say, section, sentences
from cxreport.show.words import Words
from cxreport.topics.service import waits_table
from cxreport.topics.survey import trends
from cxreport.topics.voice import quotations

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.shops.frames import Shop
    from cxreport.topics.voice import Voice

    Row = dict[Hashable, Any]

TOPIC = "shops"
SCORES = (
    Column("metric", "capital:score_name", "score"),
    Column("n", "count", "answers_here"),
    Column("own", "with_range:score:own_low:own_high", "here"),
    Column("n_reference", "count", "answers_elsewhere"),
    Column("elsewhere", "with_range:score:elsewhere_low:elsewhere_high"),
    Column("estimate", "with_range:signed", "difference_here"),
    Column("signal", "signal", "signal_here"),
)
DIFFERENCES = {
    "estimate": "own", "low": "own_low", "high": "own_high",
    "estimate_reference": "elsewhere", "low_reference": "elsewhere_low",
    "high_reference": "elsewhere_high",
    "difference": "estimate", "difference_low": "low", "difference_high": "high",
}  # fmt: skip
"""What is drawn is the difference; both results stand in the table."""
OTHERS = (
    Column("group", "word:row:place"),
    Column("estimate", "score", "stabilised"),
    Column("estimate", "range:score", "stabilised_interval"),
    Column("rank_low", "span:whole:rank_low:rank_high", "ranks", is_text=True),
)


def header(shop: Shop) -> Block:
    """Name the page after the group: what the column is called, and the group in it."""
    labels = labels_of(shop.survey.codebook, {shop.column, shop.value})
    title = {}
    for language in LANGUAGES:
        words = Words(language)
        name = capital(column_label(shop.column, labels, words))
        title[language] = f"{name}: {code_label(shop.column, shop.value, labels, words)}"
    return page_header(shop.survey, title)


@without_few
def brief(scores: pd.DataFrame, others: pd.DataFrame, shop: Shop) -> Block:
    """State the group's score beside that of all others, its rank, and what surely differs.

    Parameters
    ----------
    scores, others : DataFrame
        From ``shop_scores`` and ``other_shops``.
    shop : Shop
        Of whom.
    """
    rows = scores.to_dict("records")
    lines: list[Said | list[Said]] = [_result(row, shop) for row in rows[:1]]
    ranked = others[others["place"] == "own"].to_dict("records")
    lines += [_rank(row) for row in ranked if row["groups"] > 1]
    lines.append(_differs(scores))
    return sentences(TOPIC, lines, shop.survey, group=shop.column, summary=True)


def _result(row: Row, shop: Shop) -> Said:
    """Return the main score, here and elsewhere."""
    sides = ("", "_reference")
    values = {f"{name}{side}": float(row[f"{name}{side}"])
              for name in ("estimate", "low", "high") for side in sides}  # fmt: skip
    values |= {"n": int(row["n"]), "n_reference": int(row["n_reference"])}
    named = {"metric": row["metric"], "question": row["question"]}
    return say("brief.result", periods=len(shop.survey.history[-shop.periods :]), **named, **values)


def _rank(row: Row) -> Said:
    """Return which places among the groups shown are plausible."""
    low, high = int(row["rank_low"]), int(row["rank_high"])
    key = "brief.place" if low == high else "brief.places"
    return say(key, low=low, high=high, groups=int(row["groups"]))


def _differs(scores: pd.DataFrame) -> list[Said]:
    """Name the questions whose difference is a signal; say so where there are none."""
    tested = scores.dropna(subset="signal")
    if tested.empty:
        return [say("differs.unsaid")]
    fired = tested[tested["signal"].astype(bool)]
    if fired.empty:
        return [say("differs.none", n=len(tested))]
    sides = {"differs.better": fired["difference"] > 0, "differs.worse": fired["difference"] < 0}
    lines = []
    for key, side in sides.items():
        named = fired[side].to_dict("records")
        scores_named = [
            say("differs.score", metric=row["metric"], question=row["question"]) for row in named
        ]
        if scores_named:
            lines.append(say(key, scores=scores_named))
    return lines


def trend(series: pd.DataFrame, shop: Shop) -> Block:
    """Draw the control chart of the main score, or say why there is none.

    Parameters
    ----------
    series : DataFrame
        From ``shop_series``.
    shop : Shop
        Of whom.
    """
    if series["estimate"].notna().sum() > 1:
        return trends(series, shop.survey)
    return note(TOPIC, "missing.trend" if shop.has_series else "missing.periods")


@without_few
def _drawn(scores: pd.DataFrame, shop: Shop) -> Block:
    """Draw the differences; the results of both sides stand in the table."""
    rows = scores.rename(columns=DIFFERENCES)
    return chart(
        "intervals", TOPIC, "differences", rows, SCORES, shop.survey,
        label={"name": "metric", "how": "capital:score_name"}, x="axis.difference",
        how="signed", drawn="signed", finding=False,
        reference_value=0.0, reference_label="axis.elsewhere",
        periods=len(shop.survey.history[-shop.periods :]),
    )  # fmt: skip


def differences(scores: pd.DataFrame, shop: Shop) -> Block:
    """Draw how the group differs from all others, question by question, the best first.

    Parameters
    ----------
    scores : DataFrame
        From ``shop_scores``.
    shop : Shop
        Of whom.
    """
    if scores.empty:
        return note(TOPIC, "missing.differences")
    in_order = scores.sort_values(["difference", "question"], ascending=[False, True])
    return section([sentences(TOPIC, [say("differs.how")], shop.survey), _drawn(in_order, shop)])


@without_few
def others(rows: pd.DataFrame, shop: Shop) -> Block:
    """Draw the stabilised estimates of the groups around this one, its own row marked.

    Parameters
    ----------
    rows : DataFrame
        From ``other_shops``.
    shop : Shop
        Of whom.
    """
    if len(rows) < 2:
        return note(TOPIC, "missing.others")
    first = rows.iloc[0]
    key = "others.near" if len(rows) < first["groups"] else "others.all"
    lines = sentences(TOPIC, [say(key, n=len(rows), groups=int(first["groups"]))])
    drawn = chart(
        "intervals", TOPIC, "others", rows, OTHERS, shop.survey, group=shop.column,
        label={"name": "group", "how": "word:row:place"}, x="axis.score", how="score",
        metric=first["metric"], question=first["question"],
        periods=len(shop.survey.history[-shop.periods :]),
    )  # fmt: skip
    return section([lines, drawn])


def waits(waited: pd.DataFrame, changes: pd.DataFrame, shop: Shop) -> Block:
    """Show how long the group's requests waited, beside all requests.

    Parameters
    ----------
    waited, changes : DataFrame
        From ``shop_waits`` and ``shop_wait_changes``.
    shop : Shop
        Of whom.
    """
    if waited.empty:
        columns = shop.survey.columns_of("tickets")
        if not columns:
            return note(TOPIC, "missing_section.waits", shop.survey, needs=("tickets",))
        is_placed = shop.column in columns
        key = "missing_section.waits_few" if is_placed else "missing_section.waits_unplaced"
        return note(TOPIC, key)
    return waits_table(waited, changes, shop.survey)


def comments(voice: Voice, shop: Shop) -> Block:
    """Show comments of the group's customers on what they speak of most.

    Parameters
    ----------
    voice : Voice
        From ``shop_comments``.
    shop : Shop
        Of whom.
    """
    quoted = quotations(voice, shop.survey)
    if voice.quotes.empty:
        return quoted
    topics = int(voice.quotes["topic"].nunique())
    return section([sentences(TOPIC, [say("comments.most", n=topics)]), quoted])


def method(shop: Shop) -> Block:
    """Return what counts, what is left out, and why numbers of others are not on the page."""
    lines = [
        say("method.counts", periods=len(shop.survey.history[-shop.periods :])),
        say("method.stabilised"),
        say("method.few", n=shop.survey.minimum_group),
        say("method.differences", n=shop.survey.families),
    ]
    return sentences(TOPIC, lines, shop.survey)
