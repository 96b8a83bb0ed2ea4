"""Shops inside regions: what the pages of both, of all months, together give away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import null_space

from cxreport.inputs.codebook import MINIMUM_GROUP, Column
from cxreport.scores.leagues import break_down
from cxreport.scores.nested import groups_within
from cxreport.scores.suppression import hidden_by_column
from cxreport.scores.totals import totals_by_column

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW_GROUPS = 12
"""With so few groups, the reports on everybody show single months."""
NPS = {"score": Column(role="nps")}


def answers(sizes: dict[str, dict[str, int]]) -> pd.DataFrame:
    """Write so many answers of each shop of each region."""
    rows = [
        (region, shop, 9) for region, shops in sizes.items() for shop, n in shops.items()
        for _ in range(n)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["region", "shop", "score"])


def test_a_shop_is_not_had_from_its_region_less_its_other_shops() -> None:
    # north shows 46, Roma 40: Bari would be 6. Of all shops Pisa, with 14, is the next smallest.
    sizes = {"north": {"Bari": 6, "Roma": 40}, "south": {"Pisa": 14, "Lodi": 30}}
    hidden = hidden_by_column(answers(sizes), ["region", "shop"], NPS)
    assert hidden == {"region": [], "shop": ["Bari", "Roma"]}
    tables = break_down(answers(sizes), None, NPS, ["shop", "region"])
    assert tables["region"]["n"].tolist() == [46, 44]
    shown = tables["shop"].dropna(subset="n").set_index("shop")["n"]
    assert shown.to_dict() == {"Pisa": 14, "Lodi": 30}


def test_a_hidden_region_is_not_had_from_its_shops() -> None:
    # islands has 6, and centre is hidden beside it: its 14 are those of Pisa, its only shop
    sizes = {"islands": {"Bari": 6}, "centre": {"Pisa": 14}, "north": {"Roma": 40, "Lodi": 12}}
    hidden = hidden_by_column(answers(sizes), ["region", "shop"], NPS)
    assert hidden == {"region": ["centre", "islands"], "shop": ["Bari", "Pisa"]}
    beside = {"islands": {"Bari": 6}, "centre": {"Pisa": 30, "Lucca": 31}, "north": {"Roma": 80}}
    hidden = hidden_by_column(answers(beside), ["region", "shop"], NPS)
    assert hidden["region"] == ["centre", "islands"]
    assert hidden["shop"] == ["Bari", "Lucca", "Pisa"]


def test_columns_that_cross_are_as_they_were() -> None:
    frame = answers({"north": {"Bari": 6, "Roma": 40}, "south": {"Roma": 14, "Lodi": 30}})
    assert groups_within(frame, ["region", "shop"])["shop"] == {}
    assert hidden_by_column(frame, ["region", "shop"], NPS)["shop"] == ["Bari", "Lodi"]


class Reader:
    """Who has the reports and the pages of all shops and regions, of all months."""

    def __init__(self, n: np.ndarray, region_of: Sequence[int], periods: int) -> None:
        self.n, self.periods = n, periods
        self.shops = [f"shop {place:02d}" for place in range(len(n))]
        self.region_of = [f"region {place}" for place in region_of]
        self.equations = [self.cells([*range(len(n))], [month]) for month in range(n.shape[1])]
        self.shown = 0

    def cells(self, shops: Sequence[int], months: Sequence[int]) -> np.ndarray:
        added = np.zeros(self.n.shape)
        added[np.ix_(list(shops), list(months))] = 1
        return added.ravel()

    def parts(self, column: str, level: str) -> list[int]:
        names = self.shops if column == "shop" else self.region_of
        return [place for place, name in enumerate(names) if name == level]

    def counts(self, column: str, last: int) -> pd.DataFrame:
        names = self.shops if column == "shop" else self.region_of
        wide = pd.DataFrame(self.n[:, : last + 1], index=names).groupby(level=0).sum()
        long = (
            wide.rename_axis("level")
            .reset_index()
            .melt("level", var_name="period_start", value_name="n")
        )
        return long[long["n"] > 0].assign(least=lambda rows: rows["n"].astype(float))

    def read(self) -> None:
        pairs = pd.DataFrame({"shop": self.shops, "region": self.region_of})
        within = groups_within(pairs, ["shop", "region"])
        for last in range(self.n.shape[1]):
            counts = {column: self.counts(column, last) for column in within}
            found = totals_by_column(counts, within, periods=self.periods)
            window = [*range(max(0, last - self.periods + 1), last + 1)]
            for column, rows in counts.items():
                totals, closed = found[column]
                ever = {*rows.loc[closed, "level"]}
                for level in {*rows["level"]}:
                    if level not in totals:
                        self.equations.append(self.cells(self.parts(column, level), window))
                        self.shown += column == "shop"
                few = rows[rows["period_start"].isin(window)]["level"].nunique() <= FEW_GROUPS
                for row in rows[~closed].to_dict("records"):
                    level = row["level"]
                    if few or (level not in ever and level not in totals):
                        part = self.parts(column, level)
                        self.equations.append(self.cells(part, [row["period_start"]]))

    def worked_out(self) -> list[tuple[str, int, float]]:
        """Return the small groups and months that follow from all that was read."""
        size = self.n.size
        empty = [np.eye(size)[place] for place in np.flatnonzero(self.n == 0)]
        free = null_space(np.unique(np.array([*self.equations, *empty]), axis=0))
        found = []
        names = {(name, "shop") for name in self.shops} | {(r, "region") for r in self.region_of}
        for name, column in sorted(names):
            for month in range(self.n.shape[1]):
                asked = self.cells(self.parts(column, name), [month])
                n = float(asked @ self.n.ravel())
                if 0 < n < MINIMUM_GROUP and np.abs(asked @ free).max(initial=0) < 1e-6:
                    found.append((name, month, n))
        return found


def reader_of(seed: int, shops: int, periods: int, months: int = 5) -> Reader:
    generator = np.random.default_rng([seed, shops, periods])
    means = generator.choice([3, 6, 9, 12, 15, 20, 30, 45], shops)
    n = generator.poisson(means[:, None], (shops, months))
    return Reader(n, generator.integers(0, max(2, shops // 3), shops).tolist(), periods)


@pytest.mark.parametrize(("shops", "periods"), [(6, 12), (15, 3)])
def test_pages_of_shops_and_regions_give_no_small_month_of_either(shops: int, periods: int) -> None:
    shown = 0
    for seed in range(2):
        reader = reader_of(seed, shops, periods)
        reader.read()
        assert reader.worked_out() == []
        shown += reader.shown
    assert shown > 2 * shops  # and it is not bought by showing nothing


def test_the_reader_finds_what_regions_give_away() -> None:
    n = np.array([[6], [40], [14], [30]])
    reader = Reader(n, [0, 0, 1, 1], 1)
    reader.equations += [reader.cells([0, 1], [0]), reader.cells([1], [0])]
    assert reader.worked_out() == [("shop 00", 0, 6.0)]
