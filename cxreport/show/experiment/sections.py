"""Blocks on an experiment: plan, sample ratio, effect, subgroups, decision, method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.show.blocks import Block
from cxreport.show.few import without_few
from cxreport.show.sections import about, note, several
from cxreport.topics.experiment.effects import BROKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxreport.inputs.experiments import Experiment
    from cxreport.inputs.survey import Survey

METHOD = ("ratio", "effect", "family", "interaction", "decision", "window")


def experiment_plan(
    experiment: Experiment,
    planned: Mapping[str, float],
    survey: Survey,
    *,
    control: str,
    worthwhile: float = 0.0,
    better: str = "higher",
) -> Block:
    """Say what was declared before the outcome was known, and which customers count.

    Parameters
    ----------
    experiment : Experiment
        From ``open_experiment``.
    planned : mapping of str to number
        Arm -> its planned share.
    survey : Survey
        The survey reported: its period and labels.
    control : str
        The arm that the others are compared with.
    worthwhile : float
        Smallest improvement worth having, in points.
    better : {"higher", "lower"}
        Whether more or fewer customers with the outcome is better.
    """
    if not experiment.name:
        return note("experiment")
    shares = [100 * share / sum(planned.values()) for share in planned.values()]
    arms = pd.DataFrame({"arm": list(planned), "share_planned": shares})
    said = {name: getattr(experiment, name) for name in ("window", "waiting", "undated")}
    said |= {
        "first": experiment.first,
        "last": experiment.last,
        "n": sum(experiment.counts.values()),
    }
    said |= {"experiment": experiment.name, "subgroups": list(experiment.subgroups)}
    said |= {"control": control, "worthwhile": worthwhile, "better": better}
    return _tell("plan", arms, survey, **said)


@without_few
def sample_ratio(ratio: pd.DataFrame, experiment: Experiment, survey: Survey) -> Block:
    """Show customers by arm beside the plan; ``ratio`` from ``cxreport.sample_ratio``."""
    if not experiment.name:
        return note("experiment")
    rows = ratio.rename(columns={"n": "n_customers", "share": "share_customers"})
    parameters = about(survey) | {"table": "arms", "caption": "arms"}
    return several([_tell("ratio", ratio, survey), Block("table", rows, parameters)])


@without_few
def effect(effects: pd.DataFrame, experiment: Experiment, survey: Survey, *, control: str) -> Block:
    """Show the effect of each treatment; ``effects`` from ``cxreport.effect``."""
    if not experiment.name or effects.empty:
        return note("no_effect" if experiment.name else "experiment")
    if _is_unread(effects):
        return note("broken_ratio")
    parameters = about(survey) | {"table": "effect", "caption": "effect", "question": "outcome"}
    shown = Block("table", _as_shown(effects), parameters)
    return several([_tell("effect", effects, survey, control=control), shown])


@without_few
def subgroup_effects(
    effects: pd.DataFrame, spread: pd.DataFrame, experiment: Experiment, survey: Survey
) -> Block:
    """Draw the effect in each subgroup, and say whether it differs between them.

    Parameters
    ----------
    effects : DataFrame
        From ``cxreport.effect`` with ``by``.
    spread : DataFrame
        From ``cxreport.interaction``.
    experiment : Experiment
        From ``open_experiment``.
    survey : Survey
        The survey reported.
    """
    if not experiment.name:
        return note("experiment")
    if effects["difference"].isna().all():
        unread = not effects.empty and _is_unread(effects)
        return note("broken_ratio" if unread else "subgroups")
    charts = []
    for (variable, arm), rows in _as_shown(effects).groupby(["variable", "arm"], sort=True):
        in_order = rows.sort_values(["estimate", "level"], ascending=[False, True])
        parameters = {"caption": "subgroups", "table": "subgroups", "group": variable, "arm": arm}
        parameters |= {"question": "outcome", "metric": "effect"}
        parameters |= {"reference_value": 0.0, "reference_name": "no_difference"}
        shown = in_order.rename(columns={"level": "group"})
        charts.append(Block("intervals", shown, about(survey) | parameters))
    comparisons = int(effects["q_value"].notna().sum())
    fired = effects.loc[effects["signal"].fillna(value=False), ["variable", "level"]]
    said = {"comparisons": comparisons, "signals": fired.to_dict("records")}
    return several([_tell("subgroups", spread, survey, **said), *charts])


@without_few
def decision(decisions: pd.DataFrame, experiment: Experiment, survey: Survey) -> Block:
    """Say what to do; ``decisions`` from ``cxreport.decide``."""
    if not experiment.name or decisions.empty:
        return note("no_effect" if experiment.name else "experiment")
    return _tell("decision", decisions, survey, experiment=experiment.name)


def experiment_method(experiment: Experiment, survey: Survey) -> Block:
    """Say how the numbers of an experiment were made."""
    if not experiment.name:
        return note("experiment")
    sentences = [
        {"key": f"experiment_method.{key}", "values": {"window": experiment.window}}
        for key in METHOD
    ]
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})


def _as_shown(effects: pd.DataFrame) -> pd.DataFrame:
    """Name the columns as the tables and the chart do: what is drawn is the difference."""
    shares = {"estimate": "share_treated", "estimate_control": "share_control", "n": "n_treated"}
    return effects.rename(columns=shares).assign(
        metric="effect",
        n=effects["n"] + effects["n_control"],
        estimate=effects["difference"],
        difference_low=effects["low"],
        difference_high=effects["high"],
    )


def _is_unread(effects: pd.DataFrame) -> bool:
    return bool((effects["note"] == BROKEN).all())


def _tell(tells: str, frame: pd.DataFrame, survey: Survey, **said: object) -> Block:
    return Block("experiment", frame, about(survey) | {"tells": tells} | said)
