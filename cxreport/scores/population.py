"""Weights for the answers of a survey: its own, or raked to the customer base."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cxreport.inputs.source import as_table, run
from cxreport.scores.scoreboard import score_history, score_questions, scoreboard
from cxreport.scores.suppression import SUPPRESSED, hidden_by_column
from cxreport.stats.weights import rake_cells

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    import ibis.expr.types as ir

    from cxreport.inputs.codebook import Column
    from cxreport.inputs.survey import Survey

WEIGHT = "raked_weight"
SMALL_GROUPS = "(small groups)"
"""What the groups that are hidden count as in the weights: one group."""


def margins(survey: Survey) -> dict[str, dict[Hashable, float]]:
    """Return the shares of the customer base for each channel and segment that it is known for.

    Parameters
    ----------
    survey : Survey
        With a table ``population``: ``variable`` (a column of the answers), ``level``, ``share``
        (percent, fraction or number of customers).

    Returns
    -------
    dict
        Column -> level -> share, a fraction; empty without such a table, and for a part of the
        customers, whose shares are not known. Variables that the answers do not have are left out.
    """
    population = survey.dataset.tables.get("population")
    if population is None or survey.filters:
        return {}
    shares = run(population.select("variable", "level", "share"))
    columns = survey.categories
    return {
        str(variable): dict(zip(rows["level"], rows["share"] / rows["share"].sum(), strict=True))
        for variable, rows in shares.groupby("variable", sort=True)
        if variable in columns
    }


def met_margins(survey: Survey, answers: ir.Table) -> dict[str, dict[Hashable, float]]:
    """Return the margins that answers can be weighted to: those with an answer at every level.

    A region from which nobody answered has no answers to weigh up; the variable is then not used,
    and ``compare_with_base`` says so.
    """
    return {
        variable: shares
        for variable, shares in margins(survey).items()
        if set(shares) == set(run(answers.select(variable).distinct())[variable].dropna())
    }


def weighted_answers(survey: Survey, answers: ir.Table) -> tuple[ir.Table, str | None]:
    """Return answers with a column of weights, and its name (None when there are no weights).

    The source's own weights, where it has them for the period; else weights raked so that the
    answers have the customer base's shares of each variable in ``population`` whose every
    level has an answer. Answers without a value of such a variable have no weight and are left out.
    Levels that are hidden, being small, are weighted together as one: from the score with weights
    and the score without them, both hidden scores could be had otherwise.

    Raises
    ------
    CxError
        If the margins cannot be met, see ``rake``.
    """
    own = next(iter(survey.columns("weight")), None)
    if own is not None:
        return answers, own
    targets, complete = {}, answers
    met = met_margins(survey, answers)
    few = _hidden(survey, answers, met)
    for variable, shares in met.items():
        hidden = few[variable]
        together = _together(shares, hidden)
        if len(together) > 1:
            level = complete[variable]
            name = f"_weighted_by_{variable}" if SMALL_GROUPS in together else variable
            merged = level.isin([code for code in hidden if code in shares])
            if name != variable:
                complete = complete.mutate(**{name: merged.ifelse(SMALL_GROUPS, level)})
            complete = complete.filter(complete[variable].notnull())
            targets[name] = together
    if not targets:
        return answers, None
    cells = as_table(rake_cells(complete, targets).drop(columns="n"))
    return complete.inner_join(cells, list(targets)), WEIGHT


def _hidden(
    survey: Survey, answers: ir.Table, variables: Iterable[str]
) -> dict[str, list[Hashable]]:
    """Name the hidden groups of variables, the same as where reports break down by them."""
    columns = list(dict.fromkeys([*survey.categories, *variables]))
    return hidden_by_column(answers, columns, survey.main_question, survey.minimum_group)


def _together(shares: dict[Hashable, float], hidden: Sequence[Hashable]) -> dict[Hashable, float]:
    """Make one level of those that are hidden."""
    few = [code for code in shares if code in hidden]
    rest = {code: share for code, share in shares.items() if code not in few}
    return rest | ({SMALL_GROUPS: sum(shares[code] for code in few)} if few else {})


def weighted_scores(survey: Survey, questions: Mapping[str, Column]) -> pd.DataFrame:
    """Measure every question with and without weights, side by side.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    questions : mapping of str to Column
        Column -> its meaning.

    Returns
    -------
    DataFrame
        As ``score_questions`` with weights, and ``estimate_unweighted``, ``low_unweighted``,
        ``high_unweighted``; without a row when there are no weights.
    """
    answers, weight = weighted_answers(survey, survey.current)
    cluster = survey.design["cluster"]
    plain = score_questions(survey.current, questions, cluster=cluster)
    ends = ["estimate", "low", "high"]
    beside = plain[["question", "metric", *ends]]
    if weight is None:
        return plain.head(0)
    weighted = score_questions(answers, questions, weight=weight, cluster=cluster)
    return weighted.merge(beside, on=["question", "metric"], suffixes=("", "_unweighted"))


def weighted_differences(survey: Survey, questions: Mapping[str, Column]) -> pd.DataFrame:
    """Compare every score with the period before, without and with weights.

    Returns
    -------
    DataFrame
        One row per score: ``question``, ``metric``; ``n``, ``difference``, ``difference_low``,
        ``difference_high`` (points) and ``signal`` without weights; the same with the ending
        ``_weighted``. Without a row when there is no period before, or no weights in either.
    """
    both = [survey.current, survey.previous]
    columns = ["n", "difference", "difference_low", "difference_high", "signal"]
    keys = ["question", "metric"]
    names = [*keys, *columns, *(f"{column}_weighted" for column in columns)]
    answers = [weighted_answers(survey, rows) for rows in both if rows is not None]
    weights = {weight for _, weight in answers}
    if len(answers) < 2 or None in weights or _unweighted_before(survey):
        return pd.DataFrame(columns=names)
    cluster = survey.design["cluster"]
    level = survey.family_level
    plain = scoreboard(
        survey.current, survey.previous, questions, cluster=cluster, family_level=level
    )
    weighted = scoreboard(
        answers[0][0], answers[1][0], questions,
        weight=weights.pop(), cluster=cluster, family_level=level,
    )  # fmt: skip
    return plain[[*keys, *columns]].merge(
        weighted[[*keys, *columns]], on=keys, suffixes=("", "_weighted")
    )


class Unweighted(NamedTuple):
    """Figures without the weights that a source declares; frames without a row where it has none.

    ``board`` is as of ``scoreboard``: the period reported beside the one before. ``history`` is as
    of ``score_history``.
    """

    board: pd.DataFrame
    history: pd.DataFrame


def unweighted_scores(survey: Survey, questions: Mapping[str, Column]) -> Unweighted:
    """Measure without weights what the report shows with those that the source declares.

    Parameters
    ----------
    survey : Survey
        The survey reported.
    questions : mapping of str to Column
        From ``survey.columns``.

    Returns
    -------
    Unweighted
        Empty where the source declares no weights: the report's figures are plain themselves.
    """
    if not survey.columns("weight"):
        return Unweighted(pd.DataFrame(), pd.DataFrame())
    cluster, wide = survey.design["cluster"], survey.family_level
    both = (survey.current, survey.previous)
    return Unweighted(
        scoreboard(*both, questions, cluster=cluster, family_level=wide),
        score_history(survey.responses, questions, survey.history, cluster=cluster),
    )


def _unweighted_before(survey: Survey) -> bool:
    """Return whether the answers of the period before have no weights, and count as one each."""
    own = next(iter(survey.columns("weight")), None)
    if own is None or survey.previous is None:
        return False
    weight = survey.previous[own]
    ends = run(survey.previous.aggregate(low=weight.min(), high=weight.max())).iloc[0]
    return bool(ends["low"] == ends["high"])


def weight_summary(survey: Survey) -> pd.DataFrame:
    """Measure what the weights of the period cost: how many answers they are worth.

    Returns
    -------
    DataFrame
        One row: ``n`` answers with a weight, ``without`` (answers left out), ``n_effective`` and
        ``deff`` (Kish: n sum w^2 / (sum w)^2), ``smallest`` and ``largest`` weight in mean
        weights. Without a row when there are no weights.
    """
    names = ["n", "without", "n_effective", "deff", "smallest", "largest"]
    answers, weight = weighted_answers(survey, survey.current)
    if weight is None:
        return pd.DataFrame(columns=names)
    weights = answers[weight].cast("float64")
    exact = answers[weight].cast("decimal(18, 9)")  # so that the order of rows changes no digit
    total = run(
        answers.aggregate(
            n=answers.count(), sum=exact.sum().cast("float64"),
            squares=(exact * exact).sum().cast("float64"), low=weights.min(), high=weights.max(),
        )
    ).iloc[0]  # fmt: skip
    everyone = run(survey.current.aggregate(n=survey.current.count()))["n"].item()
    deff = total["n"] * total["squares"] / total["sum"] ** 2
    mean = total["sum"] / total["n"]
    values = [int(total["n"]), int(everyone - total["n"]), total["n"] / deff, deff]
    return pd.DataFrame([[*values, total["low"] / mean, total["high"] / mean]], columns=names)


def compare_with_base(survey: Survey) -> pd.DataFrame:
    """Compare who answers with the customer base: who is heard more, and who less.

    Returns
    -------
    DataFrame
        One row per variable and level: ``variable``, ``level``, ``n`` (answers of the period),
        ``share`` (percent of the answers), ``share_population`` (percent of the base), ``ratio``
        (how much more readily they are heard; 1 is in proportion), ``used`` (whether the weights
        of the period use the variable), ``note`` ("suppressed" where ``hidden_by_column`` names the
        level: then only ``share_population`` is given). Without a row when the base is not known.
    """
    frames = []
    used = met_margins(survey, survey.current)
    hidden = _hidden(survey, survey.current, margins(survey))
    for variable, shares in margins(survey).items():
        counts = run(survey.current.group_by(variable).aggregate(n=survey.current.count()))
        n = counts.dropna().set_index(variable)["n"].reindex(list(shares)).fillna(0).astype(int)
        share, base = 100 * n / n.sum(), 100 * pd.Series(shares)
        columns = {"variable": variable, "level": list(shares), "n": n.to_numpy()}
        compared = {"share": share.to_numpy(), "share_population": base.to_numpy()}
        judged = {"ratio": (share / base).to_numpy(), "used": variable in used, "note": ""}
        frame = pd.DataFrame(columns | compared | judged).astype({"n": "Int64"})
        few = frame["level"].isin(hidden[variable])
        gone = {name: frame[name].mask(few) for name in ("n", "share", "ratio")}
        frames.append(frame.assign(**gone, note=frame["note"].mask(few, SUPPRESSED)))
    names = ["variable", "level", "n", "share", "share_population", "ratio", "used", "note"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=names)
