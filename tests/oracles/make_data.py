"""Write the random data that R and the tests both read. Seed: 20261128."""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def main() -> None:
    """Draw 120 answers of 70 customers, weighted, in two groups, with a wait that may go on."""
    rng = np.random.default_rng(20261128)
    n = 120
    rows = pd.DataFrame(
        {
            "who": rng.integers(0, 70, n),
            "group": rng.choice(["a", "b"], n),
            "region": rng.choice(["north", "south", "west"], n, p=[0.5, 0.3, 0.2]),
            "score": rng.integers(0, 11, n),
            "weight": np.exp(0.6 * rng.standard_normal(n)).round(4),
            "days": rng.integers(1, 60, n),
            "ended": rng.integers(0, 2, n),
        }
    )
    rows.to_csv(HERE / "answers.csv", index=False)
    battery().to_csv(HERE / "battery.csv", index=False)


def battery() -> pd.DataFrame:
    """Draw 80 people who rate three things, which go together, and the whole (seed 20261129)."""
    rng = np.random.default_rng(20261129)
    mood = rng.standard_normal(80)
    columns = {
        name: np.clip(np.round(3 + part * mood + rng.standard_normal(80)), 1, 5).astype(int)
        for name, part in (("needs", 0.9), ("ease", 0.6), ("joy", 0.8))
    }
    mean = sum(columns.values()) / 3
    score = np.clip(np.round(2 * mean + rng.standard_normal(80)), 0, 10).astype(int)
    return pd.DataFrame(columns | {"score": score})


if __name__ == "__main__":
    main()
