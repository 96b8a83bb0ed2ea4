"""Are there kinds of customers: latent classes on what people need and do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_frame
from cxreport.topics.personas.items import Coded, code_items
from cxreport.topics.personas.precision import Precision, describe
from cxreport.topics.personas.stability import stability

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.random import Generator
    from numpy.typing import NDArray

    from cxreport.topics.personas.mixture import Fitter, Model

MOST_PATTERNS, MOST_AT_START = 20_000, 1_500
"""Distinct rows that are fitted, and that the starts look at; a seeded sample where there are
more."""
FIT = ["classes", "parameters", "loglik", "aic", "bic", "entropy", "stability", "chosen", "note"]
NOT_IDENTIFIED, NOT_CONVERGED, NO_FIT, EDGE = (
    "not identified", "not converged", "no fit", "most tried"
)  # fmt: skip
LEAST_STABILITY, LEAST_ENTROPY = 0.8, 0.6
"""Below which classes are not called kinds of people: good recovery (Steinley 2004, Psychological
Methods 9, 386-396), medium separation (Clark & Muthén 2009)."""
MEDIUM, LEAST_CONCORDANCE = 0.5, 0.9
UNSTABLE, BLURRED, STEPS = "unstable", "blurred", "steps"


@dataclass(frozen=True)
class Personas:
    """What :func:`personas` returns.

    Attributes
    ----------
    fit : DataFrame
        One row per number of classes tried.
    sizes : DataFrame
        One row per class of the number chosen.
    profiles : DataFrame
        One row per class, item and level, and one for the mean.
    members : DataFrame
        One row per row of the data.
    left_out : DataFrame
        Items that tell nothing apart: ``item``, ``reason`` ("constant", "no answer").
    n : int
        Rows with an answer to an item, and a weight.
    fitted : int
        Rows that the classes were found in: fewer than ``n`` where a sample was drawn.
    precision : Precision
        How sure the classes are, for what is made from them.
    """

    fit: pd.DataFrame
    sizes: pd.DataFrame
    profiles: pd.DataFrame
    members: pd.DataFrame
    left_out: pd.DataFrame
    n: int
    fitted: int
    precision: Precision = field(repr=False)

    @property
    def count(self) -> int:
        """How many classes fit best; with 1 there are no personas to be seen."""
        return int(self.fit["classes"][self.fit["chosen"]].item())

    @property
    def doubts(self) -> list[str]:
        """Why the classes, if there are several, are not to be called kinds of people.

        "most tried": more classes might describe them better still; "unstable": agreement below
        0.8; "blurred": entropy below 0.6; "steps": the classes stand in one order in all ratings
        and counts (Kendall's W of 0.9 or more), and no code sets one apart by half or more
        (Cohen's h, a medium difference), so that they are steps of one scale. Empty where nothing
        speaks against it.
        """
        best = self.fit[self.fit["chosen"]].iloc[0]
        if self.count == 1:
            return []
        reasons = {
            EDGE: best["note"] == EDGE,
            UNSTABLE: best["stability"] < LEAST_STABILITY,
            BLURRED: best["entropy"] < LEAST_ENTROPY,
            STEPS: self._are_steps(),
        }
        return [reason for reason, holds in reasons.items() if holds]

    def _are_steps(self) -> bool:
        """Return whether the classes stand in one order in all that has a mean (Kendall's W)."""
        is_mean = self.profiles["metric"] == "mean"
        means = self.profiles[is_mean].pivot_table(index="item", columns="class", values="estimate")
        codes = self.profiles[~self.profiles["item"].isin(means.index)]
        if len(means) < 2 or (codes["effect"].abs() >= MEDIUM).any():
            return False
        ranks = means.rank(axis=1)
        items, classes = ranks.shape
        apart = ((ranks.sum() - ranks.sum().mean()) ** 2).sum()
        concordance = 12 * float(apart) / (items**2 * (classes**3 - classes))
        return concordance >= LEAST_CONCORDANCE


def personas(
    data: pd.DataFrame,
    items: Mapping[str, str],
    *,
    classes: Iterable[int] = range(1, 7),
    starts: int = 50,
    seed: int = 0,
    weight: str | None = None,
    resamples: int = 20,
) -> Personas:
    """Find latent classes of people, and say how many there are and how sure that is.

    Parameters
    ----------
    data : DataFrame
        One row per person; unanswered items are empty.
    items : mapping of str to str
        Column -> "categorical", "ordered" (a rating: levels whose numbers have a mean) or
        "continuous". Within a class items are taken as independent of one another.
    classes : iterable of int
        Numbers of classes that are tried.
    starts : int
        Random starts for each number; the likeliest counts.
    seed : int
        Of all draws.
    weight : str, optional
        Column of weights, 0 or more; a row of weight 0 is given a class and counts nowhere.
    resamples : int
        Bootstrap samples that stability is taken over; none with 0.

    Returns
    -------
    Personas
        With one class chosen, the frames describe everybody, and there are no personas.

        ``fit``: ``classes``; ``parameters``; ``loglik``; ``aic``; ``bic``; ``entropy`` (relative,
        0 to 1: how clearly people belong to one class); ``stability`` (of the chosen number: mean
        adjusted Rand index between it and the classes of resamples, at most 1); ``chosen`` (the
        lowest ``bic``); ``note`` ("not identified": more parameters than the data can tell,
        "not converged", "no fit", "most tried": the largest number that could be tried was chosen).

        ``sizes``: ``class`` (1 is the largest); ``n`` (expected people); ``estimate``,
        ``std_error``, ``low``, ``high`` (percent); ``certainty`` (percent: mean probability of
        its members); ``note``.

        ``profiles``: ``class``; ``item``; ``level`` ("" for a mean); ``metric`` ("share",
        "mean"); ``n`` (expected people who answered it); ``estimate``, ``std_error``, ``low``,
        ``high`` (percent, or the item's own unit); ``others`` (all other classes together);
        ``effect`` (Cohen's h, or standard deviations); ``p_value`` (of the difference from the
        others, by itself); ``note`` ("at the boundary": Wilson's interval, no standard error).

        ``members``, with the index of ``data``: ``class`` (the likeliest, empty without any
        answer), ``posterior_1`` ... (probability of each class).

    Raises
    ------
    CxError
        If data, items, weights or options are none, or nothing can be fitted.

    Notes
    -----
    EM of stepmix (Morin and others 2025, Journal of Statistical Software 113(8)); the number of
    classes by BIC (Nylund, Asparouhov & Muthén 2007, Structural Equation Modeling 14, 535-569).
    Intervals as in ``precision``; a variance within a class is at least 1% of the whole. Equal
    rows are fitted once, with their number; beyond 20,000 distinct ones a sample of them is
    fitted, and all rows are given a class. BIC with weights is a pseudo-likelihood's, of weights
    that add up to the number of rows.

    Examples
    --------
    >>> rows = [[1, 1, 1, 1]] * 40 + [[2, 2, 2, 2]] * 30 + [[1, 1, 1, 2], [2, 2, 2, 1]] * 2
    >>> data = pd.DataFrame(rows, columns=list("abcd"))
    >>> items = dict.fromkeys("abcd", "categorical")
    >>> classes = personas(data, items, classes=range(1, 4), starts=5, resamples=0)
    >>> classes.count, classes.sizes["n"].tolist()
    (2, [42, 32])
    """
    tried = _tried(classes, starts, resamples)
    data = as_frame(data)
    coded = code_items(data, items, weight)
    rng = np.random.default_rng(seed)
    from cxreport.topics.personas.mixture import Fitter  # noqa: PLC0415 - takes a second

    part = _sampled(coded, rng)
    fitter = Fitter(part, most_at_start=MOST_AT_START)
    rows, models = [], {}
    for count in tried:
        row, model = _fitted(count, part, fitter, starts, np.random.default_rng([seed, count]))
        rows.append(row)
        if model is not None:
            models[count] = model
    fit = pd.DataFrame(rows, columns=FIT)
    if not models:
        raise CxError(
            "no number of classes can be fitted", got=f"{coded.n} rows, {len(coded.items)} items",
            expected="more rows than parameters", hint="fewer classes, items or levels",
        )  # fmt: skip
    best = int(fit["classes"].iloc[int(fit["bic"].argmin())])
    fit["chosen"] = fit["classes"] == best
    model = _ordered(models[best])
    if best > 1:
        steady = stability(model, part, fitter, resamples=resamples, rng=rng)
        fit.loc[fit["chosen"], "stability"] = steady
        if best == max(models):
            fit.loc[fit["chosen"] & (fit["note"] == ""), "note"] = EDGE
    posterior = model.posterior if part is coded else fitter.posterior(model, coded)
    precision = Precision(model, part)
    sizes, profiles = describe(precision, part)
    return Personas(
        fit, sizes, profiles, _members(posterior, coded, data.index), coded.left_out, coded.n,
        part.n, precision,
    )  # fmt: skip


def _tried(classes: Iterable[int], starts: int, resamples: int) -> list[int]:
    """Return the numbers of classes to try."""
    tried = sorted(set(classes))
    if not tried or any(isinstance(k, bool) or not isinstance(k, int) or k < 1 for k in tried):
        raise CxError("not numbers of classes", got=tried, expected="whole numbers from 1 on")
    if starts < 1 or resamples < 0:
        raise CxError(
            "not a number of starts or resamples", got=f"{starts}, {resamples}",
            expected="starts 1 or more, resamples 0 or more",
        )  # fmt: skip
    return tried


def _sampled(coded: Coded, rng: Generator) -> Coded:
    """Return a sample of rows where there are too many distinct ones to fit."""
    if len(coded.weights) <= MOST_PATTERNS:
        return coded
    part = min(MOST_PATTERNS, coded.n)
    drawn = rng.multinomial(part, coded.weights / coded.weights.sum())
    kept = np.flatnonzero(drawn)
    effective = part * coded.n_effective / coded.n
    return replace(
        coded, codes=coded.codes[kept], weights=drawn[kept].astype(float), n=part,
        n_effective=effective,
    )  # fmt: skip


def _fitted(
    count: int, coded: Coded, fitter: Fitter, starts: int, rng: Generator
) -> tuple[dict[str, Any], Model | None]:
    """Fit one number of classes, and judge it."""
    number = coded.parameters(count)
    row: dict[str, Any] = dict.fromkeys(FIT, np.nan)
    row |= {"classes": count, "parameters": number, "chosen": False, "note": ""}
    if number > coded.distinguishable:
        return row | {"note": NOT_IDENTIFIED}, None
    model = fitter.fit(count, coded.weights, starts=starts, rng=rng)
    if model is None:
        return row | {"note": NO_FIT}, None
    posterior = np.clip(model.posterior, 1e-300, 1)
    doubt = -float(coded.weights @ (posterior * np.log(posterior)).sum(axis=1))
    entropy = 1 - doubt / (coded.n * np.log(count)) if count > 1 else np.nan
    row |= {
        "loglik": model.loglik, "aic": 2 * number - 2 * model.loglik, "entropy": entropy,
        "bic": float(np.log(coded.n)) * number - 2 * model.loglik,
        "note": "" if model.converged else NOT_CONVERGED,
    }  # fmt: skip
    return row, model


def _ordered(model: Model) -> Model:
    """Return classes by size, the largest first; equal ones by their profiles."""
    keys = np.column_stack([-model.weights.round(6), model.means.round(6)])
    return model.in_order(np.lexsort(keys.T[::-1]))


def _members(posterior: NDArray[np.float64], coded: Coded, index: pd.Index) -> pd.DataFrame:
    """Return the likeliest class of each row, and the probability of each."""
    answered = coded.position >= 0
    by_row = np.where(answered[:, None], posterior[coded.position], np.nan)
    likeliest = pd.array(np.where(answered, posterior[coded.position].argmax(axis=1) + 1, 0))
    kept = pd.Series(likeliest, index).astype("Int64").mask(~answered)
    names = {f"posterior_{place + 1}": by_row[:, place] for place in range(by_row.shape[1])}
    return pd.DataFrame({"class": kept, **names}, index=index)
