"""Where are they lost on their way to a purchase: what a report says, lists and draws of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table
from cxreport.topics.conversion.frames import ANSWERED, NOT_MEASURED
from cxreport.topics.conversion.shares import ENTRY

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cxreport.inputs.company import Company
    from cxreport.inputs.dataset import Dataset
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

TOPIC = "conversion"
LIMITS = {"estimate": "estimate", "low": "low", "high": "high"}
OVERALL = {"overall": "overall", "low": "overall_low", "high": "overall_high"}

EVENT = Column("step", "capital:code:event_name")
STAGE = Column("step", "capital:word:stage")
OF_SESSION = Column("step", "capital:known_word:step:column")
WENT_ON = (
    Column("reached", "whole", "arrived"),
    Column("estimate", "share", "went_on"),
    Column("", "range:share", "interval"),
    Column("overall", "share", "of_all"),
)
FUNNEL = (
    *WENT_ON,
    Column("open", "if_any:whole", "too_late"),
    Column("note", "word:note", "why_empty"),
)
SESSION_STEPS = (OF_SESSION, *WENT_ON, Column("skipped", "if_any:whole", "came_aside"))
DIFFERENCES = (
    Column("", "say:pair", "pair"),
    Column("difference", "with_range:signed", "difference_span", is_text=True),
    Column("signal", "signal:difference"),
)
AGAINST_REST = (
    Column("group", "known_word:together:code"),
    Column("n", "whole", "visits"),
    Column("estimate", "share", "bought"),
    Column("estimate_reference", "share", "rest"),
    Column("difference", "signed"),
    Column("", "range:signed:difference_low:difference_high", "difference_interval"),
    Column("signal", "signal:difference"),
)
ERRORS = (
    EVENT,
    Column("n", "whole", "events"),
    Column("estimate", "share", "failed"),
    Column("", "range:share", "interval"),
)


@without_few
def shop_chart(funnel: pd.DataFrame, company: Company, *, window: int, periods: int) -> Block:
    """State and draw where visitors are lost on their way to a purchase.

    Parameters
    ----------
    funnel : DataFrame
        From ``shop_funnel``, not broken down.
    company : Company or Survey
        What is reported.
    window, periods : int
        As they were given to it: days for each step, and periods of first visits.
    """
    if funnel.empty or not funnel["reached"].iloc[0]:
        key = "missing.shop" if funnel.empty else "missing.shop_nobody"
        return note(TOPIC, key, company, needs=("events",))
    rows = funnel.to_dict("records")
    who = {"n": int(rows[0]["reached"]), "periods": company.counted(periods)}
    items = [say("shop.who", **who, window=window)]
    items.append(_whole_way(rows[-1]))
    if lost := biggest_loss(funnel):
        items.append(say("shop.lost", **lost))
    if funnel["open"].sum():
        items.append(say("shop.open"))
    if unknown := int(funnel["unknown"].sum()):
        items.append(say("shop.unknown", n=unknown))
    drawn = chart(
        "intervals", TOPIC, "shop", _without_entry(funnel), (EVENT, *FUNNEL), company,
        label={"name": "step", "how": "code:event_name"}, how="share", x="axis.step",
        periods=periods,
    )  # fmt: skip
    return section([sentences(TOPIC, items, company), drawn])


def _whole_way(last: Row) -> Said:
    """State what share took all steps."""
    if pd.isna(last["overall"]):
        return say("shop.unsaid")
    return say("shop.bought", step=last["step"], n=int(last["entered"]), **_of(last, OVERALL))


def biggest_loss(funnel: pd.DataFrame) -> dict[str, Any]:
    """Return the step before which most are lost, as the values of a sentence; none, if none."""
    steps = funnel.iloc[1:].dropna(subset="estimate").to_dict("records")
    if not steps:
        return {}
    row = max(steps, key=lambda step: step["eligible"] - step["reached"])
    lost = int(row["eligible"] - row["reached"])
    return {"step": row["step"], "lost": lost, "n": int(row["eligible"]), **_of(row, LIMITS)}


def _of(row: Row, names: dict[str, str]) -> dict[str, float]:
    """Return a share and its interval."""
    return {new: float(row[name]) for new, name in names.items()}


def _without_entry(funnel: pd.DataFrame) -> pd.DataFrame:
    """Leave out the share of the entry, 100 by definition; ``n`` are those at the step before."""
    share = funnel["estimate"].mask(funnel["note"] == ENTRY)
    return funnel.assign(n=funnel["eligible"], estimate=share)


@without_few
def differences_table(differences: pd.DataFrame, company: Company, *, between: str) -> Block:
    """State at which steps channels or devices differ, and list all comparisons.

    Parameters
    ----------
    differences : DataFrame
        From ``shop_differences``.
    company : Company or Survey
        What is reported.
    between : str
        The column that was compared.
    """
    if company.table("events") is None:  # the funnel has said so
        return section([])
    if differences.empty:
        return note(TOPIC, "missing.differences", company, needs=("events",))
    n = int(differences["q_value"].notna().sum())
    fired = int(differences["signal"].eq(other=True).sum())
    key = "differences.signal" if fired else "differences.none"
    items = [say(key, by=between, n=n, fired=fired), say("differences.association")]
    columns = (EVENT, *DIFFERENCES)
    listed = table(TOPIC, "differences", differences, columns, company, group=between)
    return section([sentences(TOPIC, items, company), listed])


@without_few
def stages_chart(funnel: pd.DataFrame, company: Company, *, window: int) -> Block:
    """State and list how many customers go from stage to stage.

    Parameters
    ----------
    funnel : DataFrame
        From ``stage_funnel``.
    company : Company or Survey
        What is reported.
    window : int
        Days for each stage, as they were given to it.
    """
    measured = funnel[funnel["note"] != NOT_MEASURED]
    steps = measured[measured["note"].isin(["", ENTRY])].to_dict("records")
    if not steps:
        return note(TOPIC, "missing.stages", company, needs=("events", "orders"))
    entry, *path = steps
    items = [say("stages.who", step=entry["step"], n=int(entry["reached"]), window=window)]
    if entry["proxy"]:
        items.append(say("stages.proxy"))
    items += [
        say("stages.went_on", step=row["step"], n=int(row["eligible"]), **_of(row, LIMITS))
        for row in path
    ]
    if path and path[-1]["step"] == "retention":
        items.append(say("stages.not_second"))
    advocates = measured[measured["note"] == ANSWERED].dropna(subset="estimate")
    items += [
        say("stages.advocacy", n=int(row["eligible"]), **_of(row, LIMITS))
        for row in advocates.to_dict("records")
    ]
    if unknown := int(measured["unknown"].sum()):
        items.append(say("stages.unknown", n=unknown))
    shares = _without_entry(funnel)
    # A lone dot fills its axis, and says nothing.
    is_drawn = bool(shares["estimate"].notna().sum() > 1)
    if is_drawn:  # a table names them itself
        items += [
            say("stages.unmeasured", step=stage)
            for stage in funnel.loc[funnel["note"] == NOT_MEASURED, "step"]
        ]
    by_stage = chart(
        "intervals" if is_drawn else "table", TOPIC, "stages", shares, (STAGE, *FUNNEL), company,
        label={"name": "step", "how": "word:stage"}, how="share", x="axis.stage",
    )  # fmt: skip
    return section([sentences(TOPIC, items, company), by_stage])


@without_few
def errors_table(errors: pd.DataFrame, company: Company) -> Block:
    """State and list how often each step fails; ``errors`` from ``step_errors``."""
    if company.table("events") is None:  # the funnel has said so
        return section([])
    measured = errors.dropna(subset="estimate")
    if measured.empty:
        return note(TOPIC, "missing.errors", company, needs=("events",))
    row = max(measured.to_dict("records"), key=lambda step: step["estimate"])
    items = [say("errors", step=row["step"], n=int(row["n"]), **_of(row, LIMITS))]
    listed = table(TOPIC, "errors", measured, ERRORS, company)
    return section([sentences(TOPIC, items, company), listed])


def session_chart(path: pd.DataFrame, bought: pd.DataFrame, dataset: Dataset) -> Block:
    """State and draw where visits are lost on the way to a purchase.

    Parameters
    ----------
    path : DataFrame
        From ``session_steps``, all steps.
    bought : DataFrame
        From the same with the last step alone: who bought, by whatever path.
    dataset : Dataset
        The source.
    """
    entry, last = bought.to_dict("records")
    items = [
        say("sessions.who", n=int(entry["reached"])),
        say("sessions.bought", n=int(last["entered"]), **_of(last, OVERALL)),
    ]
    if lost := biggest_loss(path):
        items.append(say("sessions.lost", **lost))
    items += [
        say("sessions.aside", step=row["step"], n=int(row["skipped"]))
        for row in path[path["skipped"] > 0].to_dict("records")
    ]
    drawn = chart(
        "intervals", TOPIC, "session_steps", _without_entry(path), SESSION_STEPS, dataset,
        label={"name": "step", "how": "known_word:step:column"}, how="share", x="axis.step",
    )  # fmt: skip
    return section([sentences(TOPIC, items, dataset), drawn])


def session_differences_table(
    differences: pd.DataFrame, dataset: Dataset, *, between: str
) -> Block:
    """State how far groups are from each other; ``differences`` from ``session_differences``."""
    names = ("group", "group_reference", "estimate", "estimate_reference", "difference", "low",
             "high")  # fmt: skip
    judged = differences.dropna(subset="signal").sort_values("q_value").to_dict("records")
    items = [
        say(
            "sessions.signal" if row["signal"] else "sessions.none",
            by=between,
            n=int(row["n"]),
            n_reference=int(row["n_reference"]),
            **{name: row[name] for name in names},
        )
        for row in judged
    ]
    items.append(say("sessions.association"))
    columns = (OF_SESSION, *DIFFERENCES)
    listed = table(TOPIC, "differences", differences, columns, dataset, group=between)
    return section([sentences(TOPIC, items, dataset), listed])


def against_rest_chart(
    groups: pd.DataFrame, dataset: Dataset, *, between: str, least: int
) -> Block:
    """State and draw which groups buy more than all the others together.

    Parameters
    ----------
    groups : DataFrame
        From ``sessions_against_rest``.
    dataset : Dataset
        The source.
    between : str
        The column of the groups.
    least : int
        Below how many sessions groups are taken together.
    """
    n, fired = int(groups["q_value"].notna().sum()), int(groups["signal"].eq(other=True).sum())
    items = [say("sessions.rest", n=n, fired=fired), say("sessions.pooled", least=least)]
    items.append(say("sessions.association"))
    everybody = 100 * (groups["estimate"] / 100 * groups["n"]).sum() / groups["n"].sum()
    names = {"low": "difference_low", "high": "difference_high", between: "group"}
    drawn = groups.rename(columns=names).assign(
        low=groups["estimate_low"], high=groups["estimate_high"]
    )
    by_group = chart(
        "intervals", TOPIC, "against_rest", drawn, AGAINST_REST, dataset, group=between,
        label={"name": "group", "how": "known_word:together:code"}, how="share",
        x="axis.bought", reference_value=float(everybody), reference_label="line.all_visits",
    )  # fmt: skip
    return section([sentences(TOPIC, items, dataset), by_group])
