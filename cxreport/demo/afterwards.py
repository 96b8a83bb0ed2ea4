"""What follows an experience: whom customers tell, what they had expected, who is called back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxreport.demo.sampling import (
    Floats,
    Ints,
    Names,
    choose_by_row,
    days_of,
    daytime,
    in_days,
    labels,
    stream,
)
from cxreport.demo.truths import (
    CALLED_BACK,
    CALLED_NEXT_DAY,
    EXPECTED,
    EXPORTED_AT,
    SOLVED_AFTER_CALL,
    TOLD,
    TOLD_SPREAD,
)

DETRACTORS = tuple(str(score) for score in range(7))
MISSING = {"99": 60, "": 40, "Non so": 80}
SLIPS = {"told_n": {"500": 4, "-1": 2, "2.5": 2}, "expected": {}}


def with_afterwards(exported: pd.DataFrame, felt: pd.Series, seed: int) -> pd.DataFrame:
    """Return the export with four columns more, equal in the copies of a row.

    What was told and expected follows the score that was felt (`felt`, one a questionnaire); who
    is called back follows the one that was written, which is all that the company sees.
    """
    once = exported[~exported["response_id"].duplicated()].reset_index(drop=True)
    standing = np.digitize(felt.to_numpy(), (7, 9))  # detractor, passive, promoter
    called_at, solved_at = calls(once, stream(seed, "calling"))
    added = pd.DataFrame(
        {
            "told_n": people_told(standing, stream(seed, "told")),
            "expected": expectations(standing, stream(seed, "expected")),
            "contacted_at": called_at,
            "resolved_at": solved_at,
        }
    )
    copied = exported["response_id"][exported["response_id"].duplicated()]
    clean = np.flatnonzero(~once["response_id"].isin(copied))
    for name, slips in SLIPS.items():
        added[name] = with_dirt(added[name], {**MISSING, **slips}, clean, stream(seed, name))
    added.index = pd.Index(once["response_id"])
    columns = {str(name): exported["response_id"].map(added[name]) for name in added}
    return exported.assign(**columns)


def people_told(standing: Ints, rng: np.random.Generator) -> Names:
    """Draw how many people each customer told: negative binomial, a mean for each class."""
    mean: Floats = np.array(TOLD)[standing]
    recipients = rng.negative_binomial(TOLD_SPREAD, TOLD_SPREAD / (TOLD_SPREAD + mean))
    return np.asarray(recipients.astype(str), dtype=object)


def expectations(standing: Ints, rng: np.random.Generator) -> Names:
    """Draw whether it went worse, as or better than expected, by class."""
    chances: Floats = np.array(list(EXPECTED.values())).T[standing]
    return labels(list(EXPECTED), choose_by_row(rng, chances))


def calls(once: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.Series, pd.Series]:
    """Return when detractors were called back and when it was solved, by day; or nothing."""
    n = len(once)
    called = once["nps"].isin(DETRACTORS) & (rng.random(n) < CALLED_BACK)
    next_day = rng.random(n) < CALLED_NEXT_DAY
    wait = np.where(next_day, 1, 3 + rng.geometric(0.4, n))  # four days or more are over 48 hours
    called_day = days_of(once["answered_at"]) + in_days(wait)
    called_at = pd.Series(daytime(rng, called_day, 9, 20))
    called &= called_at < EXPORTED_AT
    solved_at = pd.Series(daytime(rng, called_day + in_days(rng.geometric(0.3, n)), 9, 20))
    solved = called & (rng.random(n) < SOLVED_AFTER_CALL) & (solved_at < EXPORTED_AT)
    return called_at.where(called), solved_at.where(solved)


def with_dirt(
    column: pd.Series, kinds: dict[str, int], clean: Ints, rng: np.random.Generator
) -> pd.Series:
    """Write codes and slips over some of the clean rows."""
    codes = np.repeat(np.array(list(kinds), dtype=object), list(kinds.values()))
    written = column.to_numpy(dtype=object, copy=True)
    written[rng.choice(clean, len(codes), replace=False)] = codes
    return pd.Series(written)
