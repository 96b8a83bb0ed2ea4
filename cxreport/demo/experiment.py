"""Experiments of the demo company: who was assigned to which arm, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.demo.sampling import days_of, daytime, in_days, stream
from cxreport.demo.truths import EXPERIMENTS

if TYPE_CHECKING:
    from cxreport.demo.truths import Experiment


def make_experiments(customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row per experiment and assigned customer, as the company logged it."""
    rng = stream(seed, "experiments")
    logged = [assigned(customers, experiment, rng) for experiment in EXPERIMENTS]
    return pd.concat(logged, ignore_index=True)


def assigned(
    customers: pd.DataFrame, experiment: Experiment, rng: np.random.Generator
) -> pd.DataFrame:
    """Toss a coin for customers who were there before, the same effect in every region."""
    before = days_of(customers["first_seen_at"]) < experiment.first_day
    customer_ids = customers.loc[before, "customer_id"].to_numpy()
    who = np.sort(rng.choice(customer_ids, experiment.customers, replace=False))
    n = len(who)
    is_treated = rng.random(n) < 0.5
    came_about = rng.random(n) < experiment.base + experiment.effect * is_treated
    is_lost = is_treated & ~came_about & (rng.random(n) < experiment.lost)
    rows = pd.DataFrame(
        {
            "experiment": experiment.name,
            "customer_id": who,
            "arm": np.where(is_treated, "treatment", "control"),
            "assigned_at": daytime(rng, experiment.first_day + in_days(rng.integers(0, 28, n))),
            "outcome": came_about.astype(np.int64),
        }
    )
    return rows[~is_lost].sort_values(["assigned_at", "customer_id"], kind="stable")
