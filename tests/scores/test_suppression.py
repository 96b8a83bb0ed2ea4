"""Hidden groups stay hidden from a reader who puts together all that the pages say."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import null_space

import cxreport as cx
from cxreport.inputs.codebook import MINIMUM_GROUP, Column, SourceInfo
from cxreport.scores.leagues import league_tables
from cxreport.scores.suppression import (
    hidden_levels,
    hide_few,
    with_partners,
)
from cxreport.scores.totals import pooled_hidden
from cxreport.show.blocks import Block, read_block
from cxreport.show.render import render

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey

NPS = {"score": Column(role="nps")}
CODEBOOK = """
[source]
title = { en = "Shop", it = "Negozio" }
terms = { en = "invented", it = "inventati" }
observed_until = 2026-11-30

[tables.responses]
files = "answers.csv"
[tables.responses.columns]
id = { role = "id" }
day = { role = "date" }
score = { role = "nps" }
region = { role = "segment" }

[tables.population]
files = "population.csv"
[tables.population.columns]
variable = { role = "other" }
level = { role = "other" }
share = { role = "number" }
"""
# promoters, passives, detractors of each region in October; the two small ones have 10, 4 and 6
# together in every world, and nothing else differs
SHOWN = {"north": (30, 10, 20), "south": (12, 10, 8)}
WORLDS = {
    "islands recommend": {"islands": (6, 0, 0), "centre": (4, 4, 6)},
    "islands do not": {"islands": (0, 0, 6), "centre": (10, 4, 0)},
    "islands are nine": {"islands": (9, 0, 0), "centre": (1, 4, 6)},
}
MONTH_AFTER = {"north": (25, 10, 15), "south": (12, 8, 10), "islands": (9, 2, 1)}
MONTH_AFTER |= {"centre": (12, 2, 6)}
SCORES = (10, 8, 0)


def answers(months: dict[str, dict[str, tuple[int, int, int]]]) -> pd.DataFrame:
    """Write out the answers behind counts of promoters, passives and detractors."""
    rows = [
        (f"{month}-15", score, region)
        for month, regions in months.items()
        for region, counts in regions.items()
        for score, n in zip(SCORES, counts, strict=True)
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["day", "score", "region"])
    return frame.assign(id=[f"r{number}" for number in range(len(frame))])


def survey_of(folder: Path, world: str, period: str) -> Survey:
    path = folder / "codebook.toml"
    path.write_text(CODEBOOK, encoding="utf-8")
    base = pd.DataFrame({"variable": "region", "level": ["north", "south", "islands", "centre"]})
    months = {"2026-10": SHOWN | WORLDS[world], "2026-11": MONTH_AFTER}
    tables = {"responses": answers(months), "population": base.assign(share=[40, 20, 25, 15])}
    return cx.open_survey(path, period=period, tables=tables)


def page(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return all that the monthly report and the one on weighting say of this survey."""
    questions = survey.columns("nps")
    everybody = cx.scoreboard(survey.current, survey.previous, questions)
    groups = cx.break_down(survey.current, survey.previous, questions, ["region"])
    return {
        "board": everybody,
        "groups": groups["region"],
        "base": cx.scores.compare_with_base(survey),
        "weighted": cx.scores.weighted_scores(survey, questions),
        "cost": cx.scores.weight_summary(survey),
    }


@pytest.mark.parametrize("world", list(WORLDS)[1:])
@pytest.mark.parametrize("period", ["2026-10", "2026-11"])
def test_worlds_that_differ_in_hidden_groups_alone_make_the_same_pages(
    tmp_path: Path, world: str, period: str
) -> None:
    first = page(survey_of(tmp_path, "islands recommend", period))
    other = page(survey_of(tmp_path, world, period))
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, other[name], rtol=1e-12)


def test_what_is_hidden_is_named_and_what_is_not_is_shown(tmp_path: Path) -> None:
    found = page(survey_of(tmp_path, "islands recommend", "2026-10"))
    base = found["base"].set_index("level")
    assert base["note"].to_dict() == {
        "north": "", "south": "", "islands": "suppressed", "centre": "suppressed",
    }  # fmt: skip
    assert base["n"].dropna().to_dict() == {"north": 60, "south": 30}
    assert base["share_population"].tolist() == [40, 20, 25, 15]
    # the two small groups count as one, with 40% of the customers: 20 of them promote 10 and
    # detract 6, so 0.4 x 100/6 + 0.2 x 40/3 + 0.4 x 20
    expected = 0.4 * 100 / 6 + 0.2 * 40 / 3 + 0.4 * 20
    assert found["weighted"]["estimate"].item() == pytest.approx(expected)
    after = page(survey_of(tmp_path, "islands recommend", "2026-11"))["groups"].set_index("region")
    assert after.loc["islands", "n"] == 12
    assert after["n_reference"].dropna().to_dict() == {"north": 60, "south": 30}


def monthly(sizes: dict[str, list[int]]) -> pd.DataFrame:
    """Write so many answers a shop and month."""
    rows = [
        (dt.date(2026, month, 1), shop)
        for shop, counts in sizes.items()
        for month, n in enumerate(counts, start=1)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=["period_start", "shop"]).assign(score=9)


def pages_of(frame: pd.DataFrame, periods: int, *, by_period: bool) -> dict[str, list[bool]]:
    """Say which shops the page of each month shows over the last periods."""
    shown: dict[str, list[bool]] = {shop: [] for shop in frame["shop"].unique()}
    for month in sorted(frame["period_start"].unique()):
        known = frame[frame["period_start"] <= month]
        hidden = pooled_hidden(known, "shop", NPS, periods=periods, by_period=by_period)
        for shop, pages in shown.items():
            pages.append(shop not in hidden)
    return shown


def test_a_total_is_hidden_where_the_month_before_gives_the_new_month_away() -> None:
    # 12; then 18, of which 6 are new; then 32, of which 20 are new
    shown = pages_of(monthly({"Bari": [12, 6, 14]}), 12, by_period=False)
    assert shown == {"Bari": [True, False, True]}


def test_a_total_is_hidden_where_all_months_but_one_are_shown() -> None:
    sizes = {"Bari": [12, 6, 14], "Pisa": [30, 15, 30], "Roma": [50, 50, 50]}
    shown = pages_of(monthly(sizes), 12, by_period=True)
    # Pisa is hidden beside Bari in the second month
    assert shown == {"Bari": [True, False, False], "Pisa": [True, False, False], "Roma": [True] * 3}


@pytest.mark.parametrize("periods", [3, 12])
def test_linear_equations_of_all_pages_leave_few_answers_undetermined(periods: int) -> None:
    generator = np.random.default_rng(5)
    means = [3, 6, 8, 9, 12, 20]
    sizes = {f"shop {m}": generator.poisson(m, 10).tolist() for m in means}
    shown = pages_of(monthly(sizes), periods, by_period=False)
    for shop, pages in shown.items():
        n = np.array(sizes[shop])
        equations = [
            (np.arange(10) <= page) & (np.arange(10) > page - periods)
            for page, is_shown in enumerate(pages)
            if is_shown
        ]
        empty = [np.arange(10) == month for month in np.flatnonzero(n == 0)]
        free = null_space(np.array([*equations, *empty, np.zeros(10)], dtype=float))
        for first in range(10):
            for last in range(first, 10):
                run = np.zeros(10)
                run[first : last + 1] = 1
                if 0 < run @ n < MINIMUM_GROUP:
                    assert np.abs(run @ free).max() > 1e-6, (shop, first, last)
    # and the rule is not bought by showing nothing
    assert sum(pages[-1] for pages in shown.values()) >= 3


def test_a_league_judges_the_pages_up_to_its_own_and_not_the_begun_month_after() -> None:
    answers = monthly({f"shop {number:02d}": [20, 21, 3] for number in range(13)})
    answers["score"] = np.tile([10, 9, 3, 8], len(answers))[: len(answers)]
    two = answers[answers["period_start"] < dt.date(2026, 3, 1)]
    [league] = league_tables(two, NPS, ["shop"], earlier=answers).values()
    assert league["note"].ne("suppressed").all()
    assert league["n"].tolist() == [41] * 13


def test_the_hidden_ones_together_are_no_small_group_either() -> None:
    n = pd.Series([40, 11, 4, 3])
    assert with_partners(n < 10, n, [pd.Series([0] * 4)]).tolist() == [False, True, True, True]


def test_valid_answers_count_and_not_rows_alone() -> None:
    rows = pd.DataFrame({"shop": list("aab") * 20, "score": [9.0, 9.0, 9.0] * 20})
    rows.loc[rows["shop"].eq("b") & (rows.index > 20), "score"] = None
    assert hidden_levels(rows, "shop", NPS) == ["a", "b"]
    assert hidden_levels(rows, "shop", {}) == []


def test_a_source_may_ask_for_more_and_never_for_less() -> None:
    about = {"title": {"en": "a", "it": "a"}, "terms": {"en": "b", "it": "b"}}
    assert SourceInfo.model_validate(about | {"minimum_group": 30}).minimum_group == 30
    with pytest.raises(ValueError, match="greater than or equal to 10"):
        SourceInfo.model_validate(about | {"minimum_group": 5})


@pytest.mark.parametrize(
    ("filters", "is_refused"),
    [
        ({"region": ["islands"]}, True),  # six people
        ({"region": ["centre"]}, True),  # 14, but the whole report less the others gives the six
        ({"region": ["north", "south", "centre"]}, True),  # six are left out
        ({"region": ["islands", "centre"]}, False),
        ({"region": ["north"]}, False),
        ({}, False),
    ],
)
def test_a_filter_of_few_people_makes_no_report(
    tmp_path: Path, filters: dict[str, list[str]], *, is_refused: bool
) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(CODEBOOK, encoding="utf-8")
    base = pd.DataFrame({"variable": ["region"], "level": ["north"], "share": [1.0]})
    months = {"2026-10": SHOWN | WORLDS["islands recommend"]}
    tables = {"responses": answers(months), "population": base}
    survey = cx.open_survey(path, period="2026-10", filters=filters, tables=tables)
    if is_refused:
        with pytest.raises(cx.CxError, match="too few answers to report on"):
            cx.show.header(survey, "monthly")
    else:
        assert cx.show.header(survey, "monthly").kind == "header"


def test_requests_of_a_small_group_are_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    about = CODEBOOK.partition("[tables.responses]")[0]
    path.write_text(
        f'{about}[tables.tickets]\nfiles = "t.csv"\n[tables.tickets.columns]\n'
        'ticket_id = {{ role = "id" }}\ncreated_at = {{ role = "date" }}\n'
        'solved_at = {{ role = "time" }}\nchannel = {{ role = "channel" }}\n'.replace(
            "{{", "{"
        ).replace("}}", "}"),
        encoding="utf-8",
    )
    channels = ["mail"] * 60 + ["phone"] * 25 + ["chat"] * 12 + ["fax"] * 4
    asked = pd.Timestamp("2026-11-03T08")
    frame = pd.DataFrame({"ticket_id": [f"t{i}" for i in range(101)], "channel": channels})
    frame = frame.assign(created_at=asked, solved_at=[asked + pd.Timedelta(hours=1 + i % 40)
                                                      for i in range(101)])  # fmt: skip
    company = cx.open_company(path, period="2026-11", tables={"tickets": frame})
    shown = cx.service.company_waits(company)
    assert set(shown["level"]) == {"", "mail", "phone"}
    changed = cx.service.company_changes(company)
    assert not {"fax", "chat"} & {*changed["level"], *changed["group"]}
    assert set(cx.service.company_curve(company, "solution")["group"]) == {"mail", "phone"}


def test_the_two_smallest_months_of_a_series_are_hidden_together() -> None:
    # 4 alone are 61 + 4 less 61; with the 12 beside them, 16 is all that can be had
    months = pd.DataFrame({"period": ["May", "June", "July", "August"], "n": [20, 4, 12, 29]})
    months = months.assign(metric="nps", estimate=[10.0, 75.0, 50.0, 20.0], centre=20.0)
    months = months.assign(signal=["", "outside", "", ""], note="")
    hidden = hide_few(months)
    assert hidden["note"].tolist() == ["", "suppressed", "suppressed", ""]
    assert hidden["estimate"].dropna().tolist() == [10, 20]
    assert hidden["n"].dropna().tolist() == [20, 29]
    assert hidden["signal"].tolist() == [""] * 4
    assert hide_few(months.assign(n=10)) is not None
    assert hide_few(months.assign(n=10))["n"].tolist() == [10] * 4


def test_a_small_period_before_is_not_told_by_the_difference() -> None:
    board = pd.DataFrame({"question": ["nps", "csat"], "metric": ["nps", "csat"], "n": [40, 40]})
    board = board.assign(n_reference=[6, 30], estimate=30.0, estimate_reference=[50.0, 20.0])
    board = board.assign(difference=[-20.0, 10.0], signal=[False, True], note="")
    hidden = hide_few(board)
    assert hidden["estimate"].tolist() == [30, 30]
    for name in ("n_reference", "estimate_reference", "difference", "signal"):
        assert hidden[name].isna().tolist() == [True, False], name


def test_no_number_about_few_people_reaches_a_page(tmp_path: Path) -> None:
    """Seven answers in November, thirty in October: a whole report without filters."""
    path = tmp_path / "codebook.toml"
    path.write_text(CODEBOOK, encoding="utf-8")
    base = pd.DataFrame({"variable": ["region"], "level": ["north"], "share": [1.0]})
    months = {"2026-10": {"north": (12, 8, 10)}, "2026-11": {"north": (4, 2, 1)}}
    tables = {"responses": answers(months), "population": base}
    survey = cx.open_survey(path, period="2026-11", tables=tables)
    main = survey.columns("nps")
    board = cx.scoreboard(survey.current, survey.previous, main)
    history = cx.score_history(survey.responses, main, survey.history)
    shown = [
        cx.survey.in_brief(board, survey),
        cx.survey.board(board, survey),
        cx.survey.trends(cx.chart_scores(history), survey),
        cx.quality.coverage(history, survey),
        cx.survey.distributions(cx.scores.answer_shares(survey.current, main), board, survey),
        cx.survey.detectable(board, cx.break_down(survey.current, None, main, ["region"]), survey),
    ]
    for block in shown:
        numbers = re.findall(r"(?<![\w.,-])(7|37|42\.9|4|2|1)(?![\w.,%-])", words_of(block))
        assert not numbers, (block.kind, numbers)
        assert "fewer than 10 people" in words_of(block)
    # a page on October, when thirty answered, hides nothing of it
    before = cx.open_survey(path, period="2026-10", tables=tables)
    board = cx.scoreboard(before.current, before.previous, main)
    assert "30" in words_of(cx.survey.board(board, before))


def words_of(block: Block) -> str:
    """Return what a reader sees of a block."""
    html = render(read_block(block.payload()), "en", prefix="p")
    return re.sub(r"<[^>]+>", " ", re.sub(r"<(svg|style).*?</\1>", "", html, flags=re.DOTALL))
