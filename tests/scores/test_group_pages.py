"""A page for each shop: which have one, and what all of them together must not give away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import null_space
from shop_pages import by_month, survey_of

from cxreport.errors import CxError
from cxreport.inputs.codebook import MINIMUM_GROUP
from cxreport.scores import group_pages as rule
from cxreport.scores.group_pages import (
    check_group_column,
    group_pages,
    hidden_by_question,
    main_counts,
)
from cxreport.scores.totals import hidden_periods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cxreport.inputs.survey import Survey

BIG = {f"shop {number:02d}": [30 + number, 31, 32] for number in range(13)}


def notes(survey: Survey, periods: int = 12) -> dict[str, str]:
    return group_pages(survey, "shop", periods=periods).set_index("level")["note"].to_dict()


def test_a_small_shop_has_no_page_nor_the_next_smallest(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, {"Roma": [60], "Pisa": [14], "Bari": [6], "Lodi": [30]})
    pages = group_pages(survey, "shop", periods=1)
    assert pages["level"].tolist() == ["Bari", "Lodi", "Pisa", "Roma"]
    assert pages["n"].tolist() == [6, 30, 14, 60]
    # 110 less 60, 30 and 14 would be the 6 of Bari
    assert notes(survey, 1) == {"Bari": "suppressed", "Lodi": "", "Pisa": "suppressed", "Roma": ""}


def test_a_shop_that_closed_has_no_answers_and_hides_nobody(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, {"Roma": [60, 60], "Lodi": [30, 30], "Bari": [25, 0]})
    assert notes(survey, 1) == {"Bari": "no answers", "Lodi": "", "Roma": ""}


def test_of_many_shops_those_without_a_hidden_month_show_their_months(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, BIG | {"small": [4, 30, 30], "partner": [11, 30, 30]})
    pages = group_pages(survey, "shop", periods=3).set_index("level")
    assert pages["note"].eq("").all()
    # in the first month small is hidden, and beside it partner, the next smallest
    assert pages.index[~pages["series"]].tolist() == ["partner", "small"]


def test_a_month_that_turns_small_is_not_had_from_the_total(tmp_path: Path) -> None:
    # the pages of the first months have shown 30 and 31: a total of 65 would show 4
    survey = survey_of(tmp_path, BIG | {"turns": [30, 31, 4], "turns too": [20, 21, 7]})
    assert [name for name, note in notes(survey).items() if note] == ["turns", "turns too"]


def test_a_question_that_few_answered_is_hidden_with_a_partner(tmp_path: Path) -> None:
    # two of three rate the staff: 8 of 12, 10 of 15, 40 of 60
    survey = survey_of(tmp_path, {"Roma": [60], "Pisa": [15], "Lodi": [12]})
    questions = survey.main_question | survey.columns("touchpoint")
    hidden = hidden_by_question(survey, "shop", questions, periods=1)
    assert hidden == {"nps": [], "staff": ["Lodi", "Pisa"]}


class Reader:
    """Who has all pages of all months, and the totals of every month."""

    def __init__(self, survey: Survey, sizes: dict[str, Sequence[int]], question: str) -> None:
        self.shops, self.months = list(sizes), len(survey.history)
        rows = main_counts(survey, "shop") if question == "nps" else self.rated(survey)
        counted = rows.pivot_table(index="level", columns="period_start", values="least")
        self.n = counted.reindex(self.shops).fillna(0).to_numpy()
        self.equations = [self.row(self.shops, [month]) for month in range(self.months)]

    def rated(self, survey: Survey) -> pd.DataFrame:
        counts = rule.question_counts(survey.responses, "shop", survey.columns("touchpoint"))
        return counts.assign(least=counts["n_staff"])

    def row(self, shops: Sequence[str], months: Sequence[int]) -> np.ndarray:
        """Return what is added up: the answers of these shops in these months."""
        cells = np.zeros((len(self.shops), self.months))
        cells[np.ix_([self.shops.index(shop) for shop in shops], months)] = 1
        return cells.ravel()

    def small_and_worked_out(self) -> list[tuple[str, int, float]]:
        """Return the small shops and months that follow from all that was read."""
        empty = [np.eye(self.n.size)[place] for place in np.flatnonzero(self.n == 0)]
        free = null_space(np.array([*self.equations, *empty]))
        fixed = np.linalg.norm(free, axis=1) < 1e-6
        small = (self.n.ravel() > 0) & (self.n.ravel() < MINIMUM_GROUP)
        return [
            (self.shops[place // self.months], place % self.months, self.n.ravel()[place])
            for place in np.flatnonzero(fixed & small)
        ]


def read_all(survey: Survey, sizes: dict[str, Sequence[int]], periods: int) -> Reader:
    """Read the main score on the pages of all shops and months, and the monthly reports."""
    reader = Reader(survey, sizes, "nps")
    days = {pd.Timestamp(period.start): at for at, period in enumerate(survey.history)}
    for last, seen in enumerate(by_month(survey)):
        pages = group_pages(seen, "shop", periods=periods).set_index("level")
        counts = main_counts(seen, "shop")
        open_ = counts[~hidden_periods(counts, MINIMUM_GROUP)]
        months = open_.groupby("level")["period_start"].agg(list)
        everybody_sees_months = len(sizes) <= 12
        for shop, page in pages.iterrows():
            if page["note"] == "":
                window = list(range(max(0, last - periods + 1), last + 1))
                reader.equations.append(reader.row([str(shop)], window))
            if everybody_sees_months or (page["note"] == "" and page["series"]):
                reader.equations += [
                    reader.row([str(shop)], [days[pd.Timestamp(day)]])
                    for day in months.get(shop, [])
                ]
    return reader


WORLDS = [
    (3, [4, 9, 12, 14, 25]),  # single months are shown to everybody
    (3, [5, 9, 11, 12, 14, 15, 15, 18, 20, 25, 30, 30, 40]),  # of those without a hidden month
    (12, [8, 9, 12, 13, 15, 15, 18, 20, 25, 30, 30, 40, 45]),
]


@pytest.mark.parametrize(("periods", "means"), WORLDS)
def test_all_pages_together_give_no_small_month_of_a_shop(
    tmp_path: Path, periods: int, means: list[int]
) -> None:
    generator = np.random.default_rng(len(means) + periods)
    sizes = {f"shop {at:02d}": generator.poisson(mean, 8).tolist() for at, mean in enumerate(means)}
    survey = survey_of(tmp_path, sizes)
    reader = read_all(survey, sizes, periods)
    small = (reader.n > 0) & (reader.n < MINIMUM_GROUP)
    assert small.sum() >= 5
    assert reader.small_and_worked_out() == []
    # and it is not bought by having no pages
    assert sum(note == "" for note in notes(survey, periods).values()) >= len(means) // 2


def test_the_reader_of_all_pages_finds_what_is_not_hidden(tmp_path: Path) -> None:
    sizes = {"Roma": [60], "Pisa": [14], "Bari": [6]}
    reader = Reader(survey_of(tmp_path, sizes), sizes, "nps")
    reader.equations += [reader.row([shop], [0]) for shop in ("Roma", "Pisa")]
    assert reader.small_and_worked_out() == [("Bari", 0, 6.0)]


def test_pages_of_all_shops_give_no_few_answers_to_a_question(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    means = [8, 12, 14, 15, 16, 20, 24, 30]
    sizes = {f"shop {at}": generator.poisson(mean, 6).tolist() for at, mean in enumerate(means)}
    survey = survey_of(tmp_path, sizes)
    reader = Reader(survey, sizes, "staff")
    for last, seen in enumerate(by_month(survey)):
        hidden = hidden_by_question(seen, "shop", seen.columns("touchpoint"), periods=2)["staff"]
        window = list(range(max(0, last - 1), last + 1))
        reader.equations += [reader.row([s], window) for s in sizes if s not in hidden]
    assert ((reader.n > 0) & (reader.n < MINIMUM_GROUP)).sum() >= 5
    assert reader.small_and_worked_out() == []


def test_a_column_without_groups_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = survey_of(tmp_path, {"Roma": [60], "Pisa": [14], "Lodi": [30]})
    with pytest.raises(CxError, match="no such column") as error:
        check_group_column(survey.codebook, "shp")
    assert error.value.parts["hint"] == "did you mean shop?"
    with pytest.raises(CxError, match="a column of role nps has no groups"):
        group_pages(survey, "nps")
    monkeypatch.setattr(rule, "MOST_PAGES", 2)
    with pytest.raises(CxError, match="too many groups for a page each") as error:
        group_pages(survey, "shop")
    assert error.value.parts["got"] == "shop: 3 values"
