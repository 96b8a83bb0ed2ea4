"""Who are the customers: what a report says, draws and lists of classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import few_note
from cxreport.show.parts import Column, chart, note, say, section, sentences, table, with_interval
from cxreport.topics.personas.classes import LEAST_ENTROPY, LEAST_STABILITY
from cxreport.topics.personas.frames import STAGE
from cxreport.topics.personas.items import CONSTANT, NO_ANSWER
from cxreport.topics.personas.narrative import BY_ORDER, BY_SIGNATURE, NO_CLASS, SEVERAL
from cxreport.topics.personas.traits import LARGE, class_stages, main_channels, traits
from cxreport.topics.personas.verdict_blocks import FIT, TOPIC, nothing

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said
    from cxreport.topics.personas.classes import Personas
    from cxreport.topics.personas.frames import PersonaStudy

    Row = dict[Hashable, Any]

SHADES = 5
QUOTES = 3

LEFT_OUT = {CONSTANT: "left_out.constant", NO_ANSWER: "left_out.no answer"}
APART = {
    ("mean", "more"): "apart.mean.more", ("mean", "less"): "apart.mean.less",
    ("share", "more"): "apart.share.more", ("share", "less"): "apart.share.less",
}  # fmt: skip
APART_FROM = ("estimate", "others", "difference", "difference_low", "difference_high")
STORY = {BY_SIGNATURE: "story.signature", BY_ORDER: "story.order"}
PARTS = {"needs": "story.needs", "worries": "story.worries", "day": "story.day"}
UNMATCHED = {NO_CLASS: "unmatched.no such class", SEVERAL: "unmatched.several classes"}
AXES = {"nps": "axis.nps", "csat": "axis.csat", "ces": "axis.ces"}

_sentences = partial(sentences, TOPIC)
_table = partial(table, TOPIC)
_note = partial(note, TOPIC)

NAME = Column("class", "unbroken:say:class_name", "class")
SIZES = (
    NAME,
    Column("n", "whole", "people"),
    Column("estimate", "share"),
    Column("interval", "range:share"),
    Column("certainty", "share"),
)
PROFILES = (
    NAME,
    Column("item", "word:line:metric", "item"),
    Column("n", "whole", "people"),
    Column("estimate", "as:unit"),
    Column("interval", "as:ends"),
    Column("others", "as:unit"),
    Column("note", "word:note"),
)
OUTCOMES = (
    NAME,
    Column("metric", "capital:known_word:metric:say:stage_metric", "score"),
    Column("n", "whole", "people"),
    Column("estimate", "score"),
    Column("interval", "range:score"),
    Column("difference", "signed", "from_others"),
    Column("difference_interval", "range:signed:difference_low:difference_high"),
    Column("signal", "signal", "signal_others"),
    Column("note", "word:note"),
)


def fits(study: PersonaStudy, company: Company) -> Block:
    """Show each number of classes tried, and the sizes of those chosen."""
    personas = study.personas
    if personas is None:
        return nothing(study, company)
    bounds = {"stability": LEAST_STABILITY, "entropy": LEAST_ENTROPY}
    lines = [say("how_fit", **bounds), *_left_out(personas)]
    blocks = [_sentences(lines, company), _table("fit", personas.fit, FIT, company)]
    if study.kinds is not None:
        kept = _large_enough(personas, personas.sizes, company)
        if len(kept):
            blocks.append(_table("sizes", kept, SIZES, company))
        blocks += _few(personas, company)
    return section(blocks)


def profiles(study: PersonaStudy, company: Company) -> Block:
    """Draw how each class answers each item, and list it with intervals."""
    personas = study.kinds
    if personas is None:
        return nothing(study, company)
    kept = _large_enough(personas, personas.profiles, company)
    if kept.empty:
        return few_note(company)
    has_mean = kept.groupby("item")["metric"].transform(lambda m: (m == "mean").any())
    lines = kept[(kept["metric"] == "mean") | ~has_mean]
    lines = lines.assign(
        unit=lines["metric"].map({"mean": "2", "share": "share"}),
        ends=lines["metric"].map({"mean": "range:2", "share": "range:share"}),
        line=lines["item"] + " " + lines["level"],
        shade=(SHADES * (lines["effect"] / LARGE).clip(-1, 1)).round().astype("int64"),
    )
    by_item = lines.sort_values(["metric", "item", "level", "class"], ignore_index=True)
    left = (Column("line", "word:line:metric", "item", is_text=True),)
    cells = chart(
        "heat_map", TOPIC, "profile_map", by_item, left, company,
        across={"name": "class", "how": "say:class_short"},
        cell={"name": "estimate", "how": "as:unit"},
        foot=say("map_note"), periods=study.items.periods,
    )  # fmt: skip
    listed = _table("profiles", by_item, PROFILES, company)
    return section([_sentences([say("map")], company), cells, listed, *_few(personas, company)])


def compared(study: PersonaStudy, company: Company) -> Block:
    """Show the scores of each class, corrected for people in the wrong one."""
    personas = study.kinds
    if personas is None:
        return nothing(study, company)
    kept = _large_enough(personas, study.outcomes, company)
    if kept.empty:
        return few_note(company) if len(study.outcomes) else _note("missing.outcomes", company)
    blocks: list[Block] = [_sentences([say("how_compared"), *_apart(kept)], company)]
    kept = kept.assign(stage=kept["metric"].str.removeprefix(STAGE))
    first = kept[kept["metric"] == kept["metric"].iloc[0]].dropna(subset="estimate")
    if len(first):
        blocks.append(
            chart(
                "intervals", TOPIC, "scores", first, (NAME, *OUTCOMES[2:5]), company,
                metric=str(first["metric"].iloc[0]), stage=str(first["stage"].iloc[0]),
                label={"name": "class", "how": "say:class_name"}, how="score",
                x=AXES.get(str(first["metric"].iloc[0]), "axis.stage"),
            )
        )  # fmt: skip
    blocks.append(_table("outcomes", kept, OUTCOMES, company))
    return section([*blocks, *_few(personas, company)])


def persona_cards(
    study: PersonaStudy,
    company: Company,
    narratives: pd.DataFrame | None = None,
    quotes: pd.DataFrame | None = None,
) -> Block:
    """Show one card for each class: what is measured; and below, marked, what is imagined.

    Parameters
    ----------
    study : PersonaStudy
        From ``company_personas``.
    company : Company or Survey
        What is reported.
    narratives : DataFrame, optional
        From ``company_narratives``.
    quotes : DataFrame, optional
        From ``persona_quotes``: ``class``, ``group``, ``text``, in the order to be shown; at most
        three of each class are.
    """
    personas = study.kinds
    if personas is None:
        return nothing(study, company)
    sizes = _large_enough(personas, personas.sizes, company)
    if sizes.empty:
        return few_note(company)
    stories = pd.DataFrame(columns=["class"]) if narratives is None else narratives
    cards = [_card(row, study, stories, company) for row in sizes.to_dict("records")]
    drawn = chart("cards", TOPIC, "sizes", sizes, SIZES, company, cards=cards)
    blocks = [_sentences([say("how_cards")], company), drawn]
    kept = sizes["class"].tolist()
    if quotes is not None:
        blocks += _quotes(quotes, kept, company)
    lines = [_story(row) for row in stories.to_dict("records") if row["class"] in kept]
    if lines:
        blocks.append(_sentences([say("narrative"), *lines], company))
    lost = [row for row in stories.to_dict("records") if pd.isna(row["class"])]
    if lost:
        blocks.append(_sentences([_unmatched(row) for row in lost], company))
    return section([*blocks, *_few(personas, company)])


def _left_out(personas: Personas) -> list[Said]:
    """State which items tell nothing apart, and whether a sample was drawn."""
    lines = [
        say(LEFT_OUT[r["reason"]], item=r["item"]) for r in personas.left_out.to_dict("records")
    ]
    if personas.fitted < personas.n:
        lines.append(say("sample", fitted=personas.fitted, n=personas.n))
    return lines


def _large_enough(personas: Personas, frame: pd.DataFrame, company: Company) -> pd.DataFrame:
    """Return the rows of classes that are not so small that people might be recognised.

    A single small class takes the next smallest with it: shares add up to 100.
    """
    sizes = personas.sizes.sort_values("n", ascending=False, kind="stable")
    small = int((sizes["n"] < company.minimum_group).sum())
    large = sizes["class"].head(len(sizes) - (2 if small == 1 else small))
    kept = frame[frame["class"].isin(large)] if len(frame) else frame
    if "n" in kept:
        kept = kept[(kept["n"] >= company.minimum_group) | (kept["n"] == 0)]
    return kept.reset_index(drop=True)


def _few(personas: Personas, company: Company) -> list[Block]:
    """State that a class is left out, where one is."""
    return [few_note(company)] if (personas.sizes["n"] < company.minimum_group).any() else []


def _card(row: Row, study: PersonaStudy, stories: pd.DataFrame, company: Company) -> dict[str, Any]:
    """Write one card, of what is measured alone; its name may be the team's."""
    place, personas = int(row["class"]), study.kinds
    level = company.family_level
    apart = traits(personas, place, family_level=level) if personas is not None else []
    own = stories[stories["class"] == place].to_dict("records")
    name = say("plain_name", number=place)
    if own:
        name = say("own_name", number=place, name="", **_texts(own[0], "name"))
    lines = [say("size", n=int(row["n"]), **with_interval(row))]
    lines += [say(APART[t["metric"], t["side"]], **t) for t in apart] or [say("nothing_apart")]
    channels = main_channels(personas, place) if personas is not None else []
    lines += (
        [say("channels", channels=[say("of_channel", **c) for c in channels])] if channels else []
    )
    stage, tied = class_stages(study.outcomes, place)
    if stage:
        lines.append(say("weakest_tied" if tied else "weakest", **stage))
    scores = study.outcomes
    of_class = scores[(scores["class"] == place)] if len(scores) else scores
    lines += [
        say("scored", metric=r["metric"], signal=_side(r), **with_interval(r))
        for r in of_class.dropna(subset="estimate").to_dict("records")
        if not str(r["metric"]).startswith(STAGE)
    ]
    value = say("card_value", estimate=float(row["estimate"]))
    return {"name": name, "value": value, "lines": lines, "look": ""}


def _side(row: Row) -> Said:
    """State whether a score differs from that of all other classes."""
    if pd.isna(row["signal"]):
        return say("side.unknown")
    if not row["signal"]:
        return say("side.same")
    return say("side.higher" if row["difference"] > 0 else "side.lower")


def _texts(row: Row, part: str) -> dict[str, str]:
    """Return a text of the team in every language, as the format ``translated`` reads it."""
    return {f"{part}_{language}": str(row[f"{part}_{language}"]) for language in ("en", "it")}


def _story(row: Row) -> list[Said]:
    """Describe what the team imagines of one class, part by part."""
    place = int(row["class"])
    lines = [say(STORY[row["matched"]], number=place, name="", **_texts(row, "name"))]
    for part, key in PARTS.items():
        if row[f"{part}_en"]:
            lines.append(say(key, **{part: ""}, **_texts(row, part)))
    return lines


def _unmatched(row: Row) -> Said:
    return say(UNMATCHED[row["note"]], name="", **_texts(row, "name"))


def _quotes(quotes: pd.DataFrame, kept: list[int], company: Company) -> list[Block]:
    """List up to three comments of each class that is shown."""
    listed = quotes[quotes["class"].isin(kept)].groupby("class", sort=True).head(QUOTES)
    if listed.empty:
        return []
    lines = [
        say("quote", number=int(r["class"]), group=r["group"], text=str(r["text"]))
        for r in listed.to_dict("records")
    ]
    most = int(listed["class"].value_counts().max())
    rule = say("how_quotes", n=company.minimum_group, each=most)
    return [_sentences([rule, *lines], company)]


def _apart(kept: pd.DataFrame) -> list[Said]:
    """State which classes have another score than the rest."""
    signals = kept[kept["signal"].fillna(value=False).astype(bool)]
    scores = signals[~signals["metric"].str.startswith(STAGE)].to_dict("records")
    lines = [
        say("apart_from", number=int(r["class"]), metric=r["metric"],
            **{name: float(r[name]) for name in APART_FROM})
        for r in scores
    ]  # fmt: skip
    return lines or [say("apart_none")]
