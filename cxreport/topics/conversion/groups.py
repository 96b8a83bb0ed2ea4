"""Do groups differ in how many go on: channels or devices against each other, step by step."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd
from scipy.stats import chi2_contingency

from cxreport.errors import CxError
from cxreport.scores.compare import compare
from cxreport.stats.multiplicity import corrected

if TYPE_CHECKING:
    from cxreport.stats.multiplicity import Correction

TOO_FEW = "fewer than two groups, or nobody or everybody went on"
Share = Literal["step", "overall"]
COUNTS = {
    "step": ("eligible", "reached", "estimate"),
    "overall": ("entered", "completed", "overall"),
}


def funnel_shares(funnels: pd.DataFrame, *, of: Share = "step") -> pd.DataFrame:
    """Turn funnels into a frame of shares, as the scores return it and ``compare`` takes it.

    Parameters
    ----------
    funnels : DataFrame
        From :func:`cxreport.topics.conversion.funnel`.
    of : {"step", "overall"}
        The share of those at the step before, or of all who entered.

    Returns
    -------
    DataFrame
        One row per group and step after the first: the ``by`` columns, ``step``; ``metric``
        ("conversion" or "overall conversion"); ``n`` customers (0 where the share is empty),
        ``favourable`` (those who went on), ``estimate`` (percent), ``std_error``, ``low``,
        ``high``, ``n_effective``, ``weighted`` (False), ``note``.

    Raises
    ------
    CxError
        If the frame is not one of funnels, or ``of`` is unknown.

    Examples
    --------
    >>> from cxreport.topics.conversion.funnel import funnel
    >>> events = pd.DataFrame({"customer_id": [1, 2, 1], "event_name": ["visit"] * 2 + ["purchase"],
    ...     "occurred_at": pd.Timestamp("2026-03-01")})
    >>> shares = funnel(events, ["visit", "purchase"], window=1, until=pd.Timestamp("2026-04-01"))
    >>> funnel_shares(shares)[["step", "metric", "n", "favourable", "estimate"]]
           step      metric  n  favourable  estimate
    1  purchase  conversion  2           1      50.0
    """
    if of not in get_args(Share):
        raise CxError("unknown share", where="of", got=of, expected=", ".join(get_args(Share)))
    groups = _group_columns(funnels)
    later = funnels[funnels["step"] != funnels["step"].iloc[0]] if len(funnels) else funnels
    n, favourable, estimate = (later[name] for name in COUNTS[of])
    n, share = n.where(estimate.notna(), 0), estimate / 100
    prefix = "" if of == "step" else "overall_"
    return later[[*groups, "step"]].assign(
        metric="conversion" if of == "step" else "overall conversion",
        n=n,
        favourable=favourable,
        estimate=estimate,
        std_error=100 * (share * (1 - share) / n.where(n > 1)) ** 0.5,
        low=later[f"{prefix}low"],
        high=later[f"{prefix}high"],
        n_effective=n.astype(float),
        weighted=False,
        note=later["note"],
    )


def compare_funnels(
    funnels: pd.DataFrame,
    between: str,
    *,
    of: Share = "step",
    level: float = 0.95,
    correction: Correction = "holm",
) -> pd.DataFrame:
    """Measure how far each group is from each other at every step, signal or noise.

    All pairs of groups at all steps after the first are one family: their p-values are corrected
    together.

    Parameters
    ----------
    funnels : DataFrame
        From :func:`cxreport.topics.conversion.funnel`, broken down.
    between : str
        The column whose groups are compared (channel, device), within those of the others.
    of : {"step", "overall"}
        As in :func:`funnel_shares`.
    level : float
        Confidence level, between 0 and 1.
    correction : {"bh", "holm", "none"}
        As in :func:`cxreport.scores.compare.compare`.

    Returns
    -------
    DataFrame
        One row per step and pair: the other ``by`` columns, ``step``, ``group``,
        ``group_reference``, and the columns of :func:`cxreport.scores.compare.compare` from
        ``metric`` on: ``difference`` in points (group minus reference), Newcombe's ``low`` and
        ``high``, ``p_value``, ``q_value``, ``signal``. No row where there is one group.

    Raises
    ------
    CxError
        If ``between`` is no column of groups, or as in :func:`funnel_shares` and ``compare``.

    Notes
    -----
    Sources: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; Holm 1979, Scandinavian
    Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> from cxreport.topics.conversion.funnel import funnel
    >>> visits = pd.DataFrame({"customer_id": range(40), "occurred_at": pd.Timestamp("2026-03-01"),
    ...     "event_name": "visit", "device": ["app"] * 20 + ["web"] * 20})
    >>> events = pd.concat([visits, visits.iloc[2:24].assign(event_name="purchase")])
    >>> shares = funnel(events, ["visit", "purchase"], by="device", window=1,
    ...     until=pd.Timestamp("2026-04-01"))
    >>> compare_funnels(shares, "device")[["group", "group_reference", "difference", "signal"]]
      group group_reference  difference  signal
    0   app             web        70.0    True
    """
    others, shares = shares_between(funnels, between, of)
    # As categories the steps keep their order in the comparison, which sorts.
    order = list(dict.fromkeys(funnels["step"]))
    shares["step"] = pd.Categorical(shares["step"], order, ordered=True)
    values = list(shares[between].drop_duplicates())
    pairs = list(combinations(values, 2))
    sides = []
    for place in (0, 1):
        chosen = [_labelled(shares, between, pair, pair[place]) for pair in pairs]
        side = pd.concat(chosen or [_labelled(shares, between, (None, None), None).iloc[:0]])
        labels = [*others, "step", "group", "group_reference"]
        sides.append(side[[*labels, *side.columns.difference(labels, sort=False)]])
    differences = compare(*sides, level=level, correction=correction)
    return differences.astype({"step": "str"})


def differ_by_group(funnels: pd.DataFrame, between: str, *, of: Share = "step") -> pd.DataFrame:
    """Test at each step whether the groups, taken together, differ at all.

    Parameters
    ----------
    funnels, between, of
        As in :func:`compare_funnels`.

    Returns
    -------
    DataFrame
        One row per step after the first: the other ``by`` columns, ``step``, ``metric``, ``groups``
        (with customers to judge), ``n`` customers, ``chi2`` (Pearson, not continuity-corrected),
        ``df``, ``p_value``, ``q_value`` (Holm, over all rows), ``note`` ("", "fewer than two
        groups, or nobody or everybody went on").

    Raises
    ------
    CxError
        As in :func:`compare_funnels`.

    Notes
    -----
    Source: Fleiss 1981, Statistical Methods for Rates and Proportions, chapter 9.

    Examples
    --------
    >>> from cxreport.topics.conversion.funnel import funnel
    >>> visits = pd.DataFrame({"customer_id": range(40), "occurred_at": pd.Timestamp("2026-03-01"),
    ...     "event_name": "visit", "device": ["app"] * 20 + ["web"] * 20})
    >>> events = pd.concat([visits, visits.iloc[2:24].assign(event_name="purchase")])
    >>> shares = funnel(events, ["visit", "purchase"], by="device", window=1,
    ...     until=pd.Timestamp("2026-04-01"))
    >>> differ_by_group(shares, "device")[["step", "groups", "n", "chi2", "df"]].round(2)
           step  groups   n  chi2  df
    0  purchase       2  40  19.8   1
    """
    others, shares = shares_between(funnels, between, of)
    keys = [*others, "step", "metric"]
    rows = []
    for labels, at_step in shares.groupby(keys, sort=False, dropna=False):
        rows.append({**dict(zip(keys, labels, strict=True)), **_chi2(at_step)})
    columns = [*keys, "groups", "n", "chi2", "df", "p_value", "note"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(len(columns) - 1, "q_value", corrected(frame["p_value"].astype("float64")))
    return frame


def _chi2(at_step: pd.DataFrame) -> dict[str, object]:
    """Test one step."""
    filled = at_step[at_step["n"] > 0]
    table = pd.concat([filled["favourable"], filled["n"] - filled["favourable"]], axis="columns")
    counted = {"groups": len(filled), "n": int(filled["n"].sum())}
    if len(filled) < 2 or (table.sum() == 0).any():
        return {**counted, "chi2": float("nan"), "df": 0, "p_value": float("nan"), "note": TOO_FEW}
    test = chi2_contingency(table.to_numpy(), correction=False)
    return {
        **counted,
        "chi2": test.statistic,
        "df": test.dof,
        "p_value": test.pvalue,
        "note": "",
    }


def _labelled(
    shares: pd.DataFrame, between: str, pair: tuple[object, object], value: object
) -> pd.DataFrame:
    """Return the rows of one group, named by the pair that it is compared in."""
    chosen = shares[between].isna() if pd.isna(value) else shares[between] == value  # type: ignore[call-overload]
    rows = shares[chosen].drop(columns=between)
    return rows.assign(
        group=pd.Series(pair[0], rows.index, dtype=shares[between].dtype),
        group_reference=pd.Series(pair[1], rows.index, dtype=shares[between].dtype),
    )


def _group_columns(funnels: pd.DataFrame) -> list[str]:
    """Return the ``by`` columns: those before ``step``."""
    absent = [name for name in ("step", *sum(COUNTS.values(), ())) if name not in funnels]
    if absent:
        raise CxError("this is not a frame of funnels", got=f"no column {', '.join(absent)}")
    columns = list(funnels.columns)
    return columns[: columns.index("step")]


def shares_between(
    funnels: pd.DataFrame, between: str, of: Share
) -> tuple[list[str], pd.DataFrame]:
    """Return the ``by`` columns beside the one compared, and the shares."""
    groups = _group_columns(funnels)
    if between not in groups:
        expected = ", ".join(groups) or "a funnel that is broken down"
        raise CxError("not a column of groups", got=between, expected=expected)
    return [name for name in groups if name != between], funnel_shares(funnels, of=of)
