"""Blocks on sessions without dates: what the source is, the path, and who buys more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.inputs.meaning import LANGUAGES
from cxreport.show.blocks import Block
from cxreport.show.conversion.sections import ENDS, biggest_loss
from cxreport.show.sections import labels_of, several
from cxreport.show.words import Words
from cxreport.topics.conversion.source_sessions import POOLED

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.dataset import Dataset


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


def session_steps(found: pd.DataFrame, bought: pd.DataFrame, dataset: Dataset) -> Block:
    """Say and draw where visits are lost on the way to a purchase.

    Parameters
    ----------
    found : DataFrame
        From ``cxreport.session_steps``, all steps.
    bought : DataFrame
        From the same with the last step alone: who bought, by whatever path.
    dataset : Dataset
        The source.
    """
    entry, last = bought.to_dict("records")
    whole = {new: float(last[f"overall{old}"]) for new, old in ENDS.items()}
    sentences = [
        _say("who", n=int(entry["reached"])),
        _say("bought", n=int(last["entered"]), **whole),
    ]
    if lost := biggest_loss(found):
        sentences.append(_say("lost", **lost))
    sentences += [
        _say("aside", question=row["step"], n=int(row["skipped"]))
        for row in found[found["skipped"] > 0].to_dict("records")
    ]
    shown = found.assign(
        question=found["step"],
        metric="conversion",
        n=found["eligible"],
        estimate=found["estimate"].mask(found["note"] == "entry"),
    )
    parameters = {"caption": "session_steps", "table": "session_steps", "metric": "conversion"}
    chart = Block("intervals", shown, _named(dataset) | parameters)
    return several([_told(sentences, dataset), chart])


def session_differences(found: pd.DataFrame, dataset: Dataset, *, between: str) -> Block:
    """Say how far groups are from each other; ``found`` from ``cxreport.session_differences``."""
    numbers = ("estimate", "estimate_reference", "difference", "low", "high")
    sentences = [
        _say(
            "signal" if row["signal"] else "none",
            question=between,
            code=row["group"],
            code_reference=row["group_reference"],
            n=int(row["n"]),
            n_reference=int(row["n_reference"]),
            **{name: float(row[name]) for name in numbers},
        )
        for row in found.dropna(subset="signal").sort_values("q_value").to_dict("records")
    ]
    shown = found.rename(columns={"low": "difference_low", "high": "difference_high"})
    parameters = {"table": "funnel_differences", "caption": "funnel_differences", "group": between}
    table = Block("table", shown, _named(dataset) | parameters)
    return several([_told([*sentences, _say("association")], dataset), table])


def sessions_against_rest(
    found: pd.DataFrame, dataset: Dataset, *, between: str, least: int
) -> Block:
    """Say and draw which groups buy more than all the others together.

    Parameters
    ----------
    found : DataFrame
        From ``cxreport.sessions_against_rest``.
    dataset : Dataset
        The source.
    between : str
        The column of the groups.
    least : int
        Below how many sessions groups are taken together.
    """
    n, fired = int(found["q_value"].notna().sum()), int(found["signal"].eq(other=True).sum())
    sentences = [_say("rest", n=n, fired=fired), _say("pooled", least=least), _say("association")]
    everybody = 100 * (found["estimate"] / 100 * found["n"]).sum() / found["n"].sum()
    names = {"low": "difference_low", "high": "difference_high", between: "group"}
    shown = found.rename(columns=names).assign(
        low=found["estimate_low"], high=found["estimate_high"], metric="bought"
    )
    parameters: dict[str, Any] = {"table": "against_rest", "caption": "against_rest"}
    parameters |= {"group": between, "metric": "bought"}
    parameters |= {"reference_value": float(everybody), "reference_name": "all_visits"}
    chart = Block("intervals", shown, _named(dataset) | parameters)
    return several([_told(sentences, dataset), chart])


def _named(dataset: Dataset) -> dict[str, Any]:
    """Return the labels of the source, with names for the entry and for small groups."""
    carried = labels_of(dataset.codebook)
    texts = [Words(language) for language in LANGUAGES]
    names = {"session": {words.language: words.text("sessions.session") for words in texts}}
    pooled = {POOLED: {words.language: words.text("sessions.small") for words in texts}}
    columns = dataset.codebook.tables["sessions"].columns
    labels = {name: carried["labels"].get(name, {}) | pooled for name in columns}
    return {"names": carried["names"] | names, "labels": labels}


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": f"sessions.{key}", "values": values}


def _told(sentences: list[dict[str, Any]], dataset: Dataset) -> Block:
    return Block("sentences", parameters=_named(dataset) | {"sentences": sentences})
