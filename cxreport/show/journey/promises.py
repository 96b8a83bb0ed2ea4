"""Blocks on expectations and promises: what customers expected, and what was delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.journey.sections import numbers, rows_by
from cxreport.show.journey.words import say, told, with_names
from cxreport.show.sections import about, note, several

if TYPE_CHECKING:
    from cxreport.inputs.company import Company

CLASSES = ("worse", "as", "better")
TWO_DAYS = 48
"""Hours from which on a reader counts in days."""


@without_few
def expectations(found: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how many got less, or more, than expected; ``found`` from ``survey_expectations``."""
    if found.empty or not found["n"].max():
        return note("expectations")
    rows = rows_by(found, "answer")
    worse, as_expected, better = (rows[name] for name in CLASSES)
    shares = {
        f"{name}_{column}": float(row[column])
        for name, row in (("worse", worse), ("better", better))
        for column in ("estimate", "low", "high")
    }
    sentences = [say("journey.expectations.shares", n=int(worse["n"]), **shares)]
    if pd.isna(worse["difference"]) or pd.isna(better["difference"]):
        sentences.append(say("journey.expectations.unsaid"))
    else:
        scores = {
            "worse": float(worse["nps"]),
            "as_expected": float(as_expected["nps"]),
            "better": float(better["nps"]),
            "less": {"signed": float(worse["difference"])},
            "more": {"signed": float(better["difference"])},
        }
        heavier = -worse["difference_high"] > better["difference_high"]
        lighter = -worse["difference_low"] < better["difference_low"]
        verdict = "worse" if heavier else "better" if lighter else "alike"
        sentences.append(say(f"journey.expectations.{verdict}", **scores))
    names = {"estimate": "share", "low": "share_low", "high": "share_high"}
    scored = found.rename(columns=names).rename(
        columns={"nps": "estimate", "nps_low": "low", "nps_high": "high"}
    )
    drawn = scored.assign(group=scored["answer"], n=scored["count"], metric="nps")
    parameters = with_names(about(company), "answer", "journey.expectation", CLASSES)
    parameters |= {"caption": "expectations", "table": "expectations", "metric": "nps"}
    parameters |= {"group": "answer", "periods": periods}
    return several([told(sentences, company), Block("intervals", drawn, parameters)])


@without_few
def promises(kept: pd.DataFrame, lateness: pd.DataFrame, company: Company, periods: int) -> Block:
    """Show how many orders arrive by the promised moment.

    Parameters
    ----------
    kept, lateness : DataFrame
        From ``delivery_promises`` and ``delivery_lateness``.
    company : Company or Survey
        The company reported.
    periods : int
        How many periods of orders were counted.
    """
    if kept.empty or not kept["n"].iloc[0]:
        return note("promises", company)
    whole = kept.iloc[0]
    counts = {name: int(whole[name]) for name in ("late", "overdue")}
    sentences = [
        say(
            "journey.promises.kept",
            n=int(whole["n"]),
            **counts,
            **numbers(whole.to_dict(), "estimate", "low", "high"),
        )
    ]
    half, tenth = (lateness[lateness["quantile"] == q]["estimate"] for q in (0.5, 0.9))
    if len(half) and len(tenth) and half.notna().all() and tenth.notna().all():
        hours = {"median": float(half.item()), "tenth": float(tenth.item())}
        unit = "days" if hours["median"] >= TWO_DAYS else "hours"
        shown = {name: each / (24 if unit == "days" else 1) for name, each in hours.items()}
        sentences.append(say(f"journey.promises.late_{unit}", **shown))
    left_out = [name for name in ("open", "impossible") if whole[name]]
    sentences += [say(f"journey.promises.{name}", n=int(whole[name])) for name in left_out]
    channels = kept.iloc[1:]
    parameters = about(company) | {"caption": "promises", "table": "promises", "periods": periods}
    parameters |= {"metric": "promise", "group": "channel", "reference_value": whole["estimate"]}
    drawn = len(channels) > 1 and channels["estimate"].notna().any()
    parameters |= {"reference_name": "all_orders"}
    block = Block("intervals", channels, parameters) if drawn else Block("table", kept, parameters)
    return several([told(sentences, company), block])
