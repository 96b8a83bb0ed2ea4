"""A survey seen from one period: which one, what came before, and who counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import write_codebook, write_source

from cxreport.errors import CxError
from cxreport.inputs.closed import last_closed
from cxreport.inputs.codebook import read_codebook
from cxreport.inputs.source import run
from cxreport.inputs.survey import open_survey
from cxreport.scores.scoreboard import score_history, scoreboard

if TYPE_CHECKING:
    from pathlib import Path

# January: 2 promoters, 1 detractor. February: nobody. March: 1 of each and a passive. April: open.
LINES = [
    "id,day,score,channel,grade",
    "a,2026-01-01,10,app,5", "b,2026-01-31 23:59,9,app,4", "c,2026-01-15,0,web,1",
    "d,2026-03-01,10,web,5", "e,2026-03-31 23:59:59,7,app,4", "f,2026-03-10,6,,2",
    "g,2026-04-01,10,app,5", "h,,9,app,5",
]  # fmt: skip
COLUMNS = {"channel": 'role = "channel"', "grade": 'role = "csat", scale = [1, 5]'}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_source(tmp_path, *LINES, columns=COLUMNS, source="observed_until = 2026-04-29")


def ids(rows: Any) -> str:
    return "".join(sorted(run(rows.select("id"))["id"]))


def test_the_last_closed_period_is_reported(path: Path) -> None:
    survey = open_survey(path)
    assert survey.period.name == "2026-03"
    assert ids(survey.current) == "def"
    assert [period.name for period in survey.history] == ["2026-01", "2026-02", "2026-03"]


def test_an_empty_month_is_a_gap_and_never_a_zero(path: Path) -> None:
    survey = open_survey(path)
    history = score_history(survey.responses, survey.columns("nps"), survey.history)
    assert history["period"].tolist() == ["2026-01", "2026-02", "2026-03"]
    assert history["n"].tolist() == [3, 0, 3]
    january, february, march = history["estimate"]
    assert january == pytest.approx(100 / 3)
    assert pd.isna(february)
    assert march == 0
    assert history["note"].tolist()[1] == "no answers"


def test_an_empty_month_before_is_no_answer_to_compare_with(path: Path) -> None:
    survey = open_survey(path)
    assert survey.previous is not None
    assert ids(survey.previous) == ""


def test_the_first_period_has_none_before(path: Path) -> None:
    survey = open_survey(path, period="2026-01")
    assert survey.previous is None
    assert ids(survey.current) == "abc"


def test_rows_without_a_date_are_in_no_period_and_counted(path: Path) -> None:
    problems = open_survey(path).dataset.problems.set_index("problem")
    assert problems.loc["date-missing", "n"] == 1
    assert problems.loc["period-empty", "example"] == "2026-02"


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-04", "not over"),
        ("2030-01", "not over"),
        ("2026-02", "no answer in this period"),
        ("2025-12", "no answer in this period"),
        ("2026-Q1", "no month"),
        ("march", "no month"),
    ],
)
def test_a_period_that_cannot_be_reported_is_refused(path: Path, period: str, said: str) -> None:
    with pytest.raises(CxError, match=said):
        open_survey(path, period=period)


def test_a_refused_period_names_the_last_closed_one(path: Path) -> None:
    with pytest.raises(CxError, match="not over") as caught:
        open_survey(path, period="2026-04")
    assert caught.value.parts["hint"] == "the last closed one is 2026-03"
    assert "2026-04-29" in caught.value.parts["got"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"channel": ["web"]}, "d"),
        ({"channel": ["web", "app"]}, "de"),
        ({"channel": "web"}, "d"),
        ({}, "def"),
    ],
)
def test_filters_keep_the_codes_asked_for(path: Path, filters: Any, found: str) -> None:
    survey = open_survey(path, filters=filters)
    assert ids(survey.current) == found
    assert all(isinstance(codes, list) for codes in survey.filters.values())


@pytest.mark.parametrize(
    ("filters", "said", "part", "value"),
    [
        ({"chanel": ["web"]}, "no such column", "hint", "did you mean 'channel'?"),
        ({"score": ["10"]}, "no such column", "expected", "channel"),
        ({"channel": ["web", "Web"]}, "no such code", "got", "Web"),
        ({"channel": ["fax"]}, "no such code", "expected", "a code that many people gave"),
        ({"channel": []}, "no answer", "got", "filters: {'channel': []}"),
    ],
)
def test_filters_that_name_nothing_are_refused(
    path: Path, filters: Any, said: str, part: str, value: str
) -> None:
    with pytest.raises(CxError, match=said) as caught:
        open_survey(path, filters=filters)
    assert caught.value.parts[part] == value


def test_a_period_that_the_filters_empty_is_refused(path: Path) -> None:
    more = pd.read_csv(path.parent / "answers.csv").assign(channel="app")
    more.loc[more["id"] == "a", "channel"] = "phone"
    with pytest.raises(CxError, match="no answer in this period") as caught:
        open_survey(path, filters={"channel": ["phone"]}, tables={"responses": more})
    assert "2026-01-01" in caught.value.parts["hint"]


def test_a_frame_may_stand_in_for_the_files(tmp_path: Path) -> None:
    path = write_codebook(tmp_path, source="observed_until = 2026-01-31")
    frame = pd.DataFrame({"id": [1, 2], "day": ["2026-01-01", "2026-01-31"], "score": [9, 2]})
    survey = open_survey(path, tables={"responses": frame})
    assert ids(survey.current) == "12"


@pytest.mark.parametrize(
    ("roles", "main"),
    [(("nps", "csat"), "score"), (("csat", "ces"), "grade"), (("ces",), "effort")],
)
def test_the_main_question_is_nps_then_satisfaction_then_effort(
    tmp_path: Path, roles: tuple[str, ...], main: str
) -> None:
    every = {
        "effort": ("ces", 'role = "ces", scale = [1, 7]'),
        "grade": ("csat", 'role = "csat", scale = [1, 5]'),
        "score": ("nps", 'role = "nps"'),
    }
    columns = {n: m if role in roles else 'role = "other"' for n, (role, m) in every.items()}
    frame = pd.DataFrame(
        {"id": ["a"], "day": ["2026-01-31"], "score": ["9"], "grade": ["5"], "effort": ["7"]}
    )
    survey = open_survey(write_codebook(tmp_path, columns=columns), tables={"responses": frame})
    assert list(survey.main_question) == [main]


def test_a_history_is_two_years_and_the_month_they_start_from(tmp_path: Path) -> None:
    days = pd.date_range("2023-01-15", "2026-03-31", freq="MS").strftime("%Y-%m-%d")
    frame = pd.DataFrame({"id": range(len(days)), "day": days, "score": 9})
    path = write_codebook(tmp_path, source="observed_until = 2026-03-31")
    survey = open_survey(path, tables={"responses": frame})
    names = [period.name for period in survey.history]
    assert (len(names), names[0], names[-1]) == (25, "2024-03", "2026-03")


@pytest.mark.parametrize(
    ("kind", "until", "name"),
    [
        ("month", (2026, 2, 28), "2026-02"),
        ("month", (2026, 2, 27), "2026-01"),
        ("quarter", (2026, 3, 31), "2026-Q1"),
        ("quarter", (2026, 3, 30), "2025-Q4"),
        ("year", (2026, 12, 30), "2025"),
    ],
)
def test_the_last_closed_period_is_covered_whole(
    tmp_path: Path, kind: str, until: tuple[int, int, int], name: str
) -> None:
    codebook = read_codebook(write_codebook(tmp_path, source=f'period = "{kind}"'))
    assert last_closed(codebook, dt.date(*until)).name == name


def test_without_a_declared_end_the_data_say_how_far_they_go(tmp_path: Path) -> None:
    path = write_source(tmp_path, "id,day,score", "a,2026-01-31,9", "b,2026-02-27,9")
    assert last_closed(read_codebook(path)).name == "2026-01"
    assert open_survey(path).period.name == "2026-01"


@pytest.mark.parametrize("day", ["", "soon"])
def test_without_any_date_no_period_is_closed(tmp_path: Path, day: str) -> None:
    path = write_source(tmp_path, "id,day,score", f"a,{day},9")
    with pytest.raises(CxError, match="no row has a date"):
        last_closed(read_codebook(path))


WAVES = "".join(
    f'[[waves]]\nname = "{year}"\nfiles = "{year}*"\nsince = {year}-05-01\nuntil = {year}-05-31\n'
    for year in (2016, 2017, 2018)
)


@pytest.fixture
def waves(tmp_path: Path) -> Path:
    for year in (2016, 2017, 2018):
        text = f"id,day,score,Q{year}\n1,{year}-05-02,9,5\n"
        (tmp_path / f"{year}.csv").write_text(text, "utf-8")
    versions = '{ waves = ["2017"], column = "Q2017" }'
    return write_codebook(
        tmp_path,
        table='files = "20*.csv"\nignore = ["Q*"]',
        source='period = "wave"\nobserved_until = 2018-05-15',
        columns={"grade": f'role = "csat", scale = [1, 5], versions = [{versions}]'},
        more=WAVES,
    )


def test_a_wave_is_reported_with_the_one_before(waves: Path) -> None:
    survey = open_survey(waves)
    assert survey.period.name == "2017"
    assert survey.previous is not None
    assert (ids(survey.current), ids(survey.previous)) == ("2017-1", "2016-1")


def test_only_the_questions_of_the_wave_are_asked(waves: Path) -> None:
    assert list(open_survey(waves).columns("nps", "csat")) == ["score", "grade"]
    assert list(open_survey(waves, period="2016").columns("nps", "csat")) == ["score"]


@pytest.mark.parametrize(("period", "said"), [("2018", "not over"), ("2019", "unknown wave")])
def test_a_wave_that_is_running_or_unknown_is_refused(waves: Path, period: str, said: str) -> None:
    with pytest.raises(CxError, match=said):
        open_survey(waves, period=period)


def test_no_wave_is_over_before_the_first_ends(waves: Path) -> None:
    with pytest.raises(CxError, match="no wave is over"):
        last_closed(read_codebook(waves), dt.date(2016, 5, 30))


def test_declared_weights_lead_and_customers_are_known(tmp_path: Path) -> None:
    # March: one promoter of weight 3, one detractor of weight 1, (3 - 1) / 4.
    lines = ["id,day,score,heft,who", "a,2026-02-01,10,1,x", "b,2026-02-02,0,1,y"]
    lines += ["c,2026-03-01,10,3,x", "d,2026-03-02,0,1,"]
    columns = {"heft": 'role = "weight"', "who": 'role = "customer"'}
    path = write_source(tmp_path, *lines, columns=columns, source="observed_until = 2026-03-31")
    survey = open_survey(path)
    assert survey.design == {"weight": "heft", "cluster": "who"}
    questions = survey.columns("nps")
    board = scoreboard(survey.current, survey.previous, questions, **survey.design)
    assert board[["estimate", "estimate_reference"]].to_numpy().tolist() == [[50, 0]]
    history = score_history(survey.responses, questions, survey.history, **survey.design)
    assert history["estimate"].tolist() == [0, 50]
