"""Should it be adopted: an experiment's plan, sample ratio, effect, subgroups and verdict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxreport.show.few import without_few
from cxreport.show.parts import Column, chart, note, say, section, sentences, table
from cxreport.topics.experiment.effects import BROKEN

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cxreport.inputs.experiments import Experiment
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block
    from cxreport.show.parts import Said

    Row = dict[Hashable, Any]

OUTCOME, ALPHA = "outcome", 0.05
METHOD = ("method.ratio", "method.effect", "method.family", "method.interaction",
          "method.decision", "method.window")  # fmt: skip
VERDICTS = {
    "adopt": "decision.adopt", "harm": "decision.harm", "too_small": "decision.too_small",
    "perhaps": "decision.perhaps", "unknown": "decision.unknown", "broken": "decision.broken",
}  # fmt: skip

ARM = Column("arm", "code:arm")
ARMS = (ARM, Column("n", heading="customers"), Column("share", "share"),
        Column("share_planned", "share", "planned"))  # fmt: skip
EFFECT = (
    Column("n_treated"), Column("share_treated", "share"), Column("n_control"),
    Column("share_control", "share"), Column("estimate", "signed", "difference"),
    Column("", "range:signed", "difference_interval"), Column("signal", "signal:estimate"),
    Column("note", "word:note"),
)  # fmt: skip


def plan(
    experiment: Experiment,
    planned: Mapping[str, float],
    survey: Survey,
    *,
    control: str,
    worthwhile: float = 0.0,
    better: str = "higher",
) -> Block:
    """Describe what was declared before the outcome was known, and which customers count.

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
        return note("experiment", "missing.experiment")
    window = experiment.window
    arms = [
        say("planned_arm", arm=arm, share=100 * share / sum(planned.values()))
        for arm, share in planned.items()
    ]
    story = [
        _who(experiment),
        say("outcome", outcome=OUTCOME, window=window, better=better),
        say("arms", arms=arms, control=control),
    ]
    if worthwhile:
        story.append(say("worthwhile", points=float(worthwhile)))
    if experiment.subgroups:
        story.append(say("subgroups", names=list(experiment.subgroups)))
    if experiment.waiting:
        story.append(say("waiting", n=experiment.waiting, window=window))
    if experiment.undated:
        story.append(say("undated", n=experiment.undated))
    return sentences("experiment", story, survey)


@without_few
def arms(ratio: pd.DataFrame, experiment: Experiment, survey: Survey) -> Block:
    """Show customers by arm beside the plan; ``ratio`` from ``sample_ratio``."""
    if not experiment.name:
        return note("experiment", "missing.experiment")
    listed = table("experiment", "arms", ratio, ARMS, survey)
    return section([sentences("experiment", [_ratio(ratio)], survey), listed])


@without_few
def main_effect(
    effects: pd.DataFrame, experiment: Experiment, survey: Survey, *, control: str
) -> Block:
    """Show the effect of each treatment; ``effects`` from ``effect``."""
    if not experiment.name or effects.empty:
        missing = "missing.no_effect" if experiment.name else "missing.experiment"
        return note("experiment", missing)
    if _is_unread(effects):
        return note("experiment", "missing.broken_ratio")
    story = []
    for row in effects.to_dict("records"):
        shares = {name: float(row[name]) for name in ("estimate", "estimate_control")}
        story.append(
            say("effect", arm=row["arm"], control=control, outcome=OUTCOME,
                signal=row["signal"], **shares, **_difference(row))
        )  # fmt: skip
        left_out = int(row["left_out"] + row["left_out_control"])
        if left_out:
            story.append(say("left_out", n=left_out))
    by_arm = _differences(effects)
    listed = table("experiment", "effect", by_arm, (ARM, *EFFECT), survey, outcome=OUTCOME)
    return section([sentences("experiment", story, survey), listed])


@without_few
def subgroups(
    effects: pd.DataFrame, spread: pd.DataFrame, experiment: Experiment, survey: Survey
) -> Block:
    """Draw the effect in each subgroup, and say whether it differs between them.

    Parameters
    ----------
    effects : DataFrame
        From ``effect`` with ``by``.
    spread : DataFrame
        From ``interaction``.
    experiment : Experiment
        From ``open_experiment``.
    survey : Survey
        The survey reported.
    """
    if not experiment.name:
        return note("experiment", "missing.experiment")
    if effects["difference"].isna().all():
        if effects.empty:
            return note("experiment", "missing.subgroups")
        broken = _is_unread(effects)
        return note("experiment", "missing.broken_ratio" if broken else "missing.subgroups_unread")
    charts = []
    for (variable, _), rows in _differences(effects).groupby(["variable", "arm"], sort=True):
        by_size = rows.sort_values(["estimate", "level"], ascending=[False, True])
        how = f"code:{variable}"
        charts.append(
            chart(
                "intervals", "experiment", "subgroups", by_size.rename(columns={"level": "group"}),
                (Column("group", how), *EFFECT), survey, label={"name": "group", "how": how},
                how="number", x="axis.difference", group=variable, outcome=OUTCOME,
                reference_value=0.0, reference_label="reference.no_difference",
            )
        )  # fmt: skip
    return section([sentences("experiment", _spread(effects, spread), survey), *charts])


@without_few
def verdict(decisions: pd.DataFrame, experiment: Experiment, survey: Survey) -> Block:
    """Describe what to do; ``decisions`` from ``decide``."""
    if not experiment.name or decisions.empty:
        missing = "missing.no_effect" if experiment.name else "missing.experiment"
        return note("experiment", missing)
    story = []
    for row in decisions.to_dict("records"):
        detectable = float(row["detectable"])
        unknown = row["decision"] == "unknown"
        too_few = unknown and (pd.isna(row["low"]) or not math.isfinite(detectable))
        story.append(
            say("decision.too_few" if too_few else VERDICTS[row["decision"]],
                experiment=experiment.name, arm=row["arm"], detectable=detectable,
                worthwhile=float(row["worthwhile"]), **_difference(row))
        )  # fmt: skip
    return sentences("experiment", story, survey)


def method(experiment: Experiment, survey: Survey) -> Block:
    """Describe how the numbers of an experiment were made."""
    if not experiment.name:
        return note("experiment", "missing.experiment")
    story = [say(key, window=experiment.window) for key in METHOD]
    return sentences("experiment", story, survey)


def _who(experiment: Experiment) -> Said:
    """State which customers count, or that nobody can yet."""
    if experiment.first is None:
        return say("nobody", experiment=experiment.name, window=experiment.window)
    n, days = sum(experiment.counts.values()), (experiment.first, experiment.last)
    return say("who", experiment=experiment.name, n=n, first=days[0], last=days[1])


def _ratio(ratio: pd.DataFrame) -> Said:
    """State whether customers were allocated to the arms as planned."""
    row = ratio.to_dict("records")[0]
    if pd.isna(row["broken"]):
        return say("ratio_unknown")
    return say("ratio_broken" if row["broken"] else "ratio_kept")


def _spread(effects: pd.DataFrame, spread: pd.DataFrame) -> list[Said]:
    """State whether the effect differs between subgroups, and which of them are signals."""
    comparisons = int(effects["q_value"].notna().sum())
    if not comparisons:
        return [say("interaction.nothing")]
    story = [say("interaction.family", n=comparisons)]
    for row in spread.to_dict("records"):
        key = "interaction.unsaid"
        if not row["note"]:
            key = "interaction.more" if row["p_value"] < ALPHA else "interaction.none"
        story.append(say(key, variable=row["variable"], arm=row["arm"]))
    fired = effects.loc[effects["signal"].fillna(value=False), ["variable", "level"]]
    names = [
        say("subgroup", variable=row["variable"], level=row["level"])
        for row in fired.to_dict("records")
    ]
    if not names:
        return [*story, say("interaction.none_fired")]
    return [*story, say("interaction.fired", names=names)]


def _differences(effects: pd.DataFrame) -> pd.DataFrame:
    """Put the difference first: it is what is drawn and listed, of treated and control together."""
    shares = {"estimate": "share_treated", "estimate_control": "share_control", "n": "n_treated"}
    together = {"n": effects["n"] + effects["n_control"], "estimate": effects["difference"]}
    return effects.rename(columns=shares).drop(columns="difference").assign(**together)


def _is_unread(effects: pd.DataFrame) -> bool:
    return bool((effects["note"] == BROKEN).all())


def _difference(row: Row) -> dict[str, float]:
    return {name: float(row[name]) for name in ("difference", "low", "high")}
