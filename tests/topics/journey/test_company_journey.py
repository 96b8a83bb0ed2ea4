"""The journey of the demo company: what is planted in it is found, and missing tables are said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.topics.journey.frames import staged_touchpoints
from cxreport.topics.journey.stages import STAGES

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

DEMO = Path(__file__).parents[3] / "data" / "demo"
DONE = {"awareness": ["product_view"], "purchase": ["purchase"]}
pytestmark = pytest.mark.skipif(
    not (DEMO / "responses.parquet").is_file(), reason="run cxreport demo"
)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey(DEMO / "codebook.toml", period="2026-10")


def raw(table: str) -> pd.DataFrame:
    return pd.read_parquet(DEMO / f"{table}.parquet")


def last_year(times: pd.Series) -> pd.Series:
    return times.between("2025-11-01", "2026-10-31 23:59:59")


def test_all_five_stages_are_there_and_the_unrated_one_is_said(survey: Survey) -> None:
    found = cx.journey.journey_stages(survey).set_index("stage")
    assert list(found.index) == list(STAGES)
    assert found.loc["advocacy", "note"] == "not measured"
    answers = raw("responses").drop_duplicates("response_id")
    ratings = answers.loc[last_year(answers["answered_at"]), ["tp_website", "tp_app"]]
    known = ratings.isin(list("12345"))
    assert found.loc["awareness", "n"] == known.any(axis="columns").sum()
    assert found.loc["awareness", "favourable"] == ratings.isin(["4", "5"]).sum().sum()


def test_coverage_counts_the_answers_of_the_export(survey: Survey) -> None:
    found = cx.journey.journey_coverage(survey)
    answers = raw("responses").drop_duplicates("response_id")
    recent = answers[last_year(answers["answered_at"])]
    bought = found[found["stage"] == "purchase"]
    assert bought["n"].sum() == (recent["stage"] == "buy").sum()
    assert found["n"].sum() == len(recent)
    missed = found[(found["n"] == 0) & (found["uses"] > 0)]
    assert set(missed["touchpoint"]) == {"product_range", "checkout", "call_centre"}


def test_ratings_are_in_the_order_of_the_journey(survey: Survey) -> None:
    stages = [stage for stage, _ in staged_touchpoints(survey).values()]
    assert stages == sorted(stages, key=STAGES.index)
    assert len(stages) == 8


def test_the_planted_basic_touchpoint_is_where_it_begins_to_go_wrong(survey: Survey) -> None:
    # tp_delivery, planted as basic, is of the stage retention; tp_product_range has no effect
    found = cx.journey.detractor_first_drop(survey).set_index("stage")
    assert found.loc["retention", "signal"]
    assert found.loc["retention", "difference"] > 5
    assert found["difference"].idxmax() == "retention"
    assert found.loc["consideration", "difference"] < 0


def test_scores_made_by_adding_up_ratings_follow_their_mean(survey: Survey) -> None:
    found = cx.journey.journey_memory(survey, repeats=3)
    assert found["summary"].iloc[0] == "mean"
    assert found.set_index("summary").loc["peak and end", "difference_high"] < 0


def test_worse_than_expected_weighs_more(survey: Survey) -> None:
    # planted: NPS -29, 49 and 66
    found = cx.journey.survey_expectations(survey).set_index("answer")
    planted = {"worse": -29, "as": 49, "better": 66}
    for answer, score in planted.items():
        assert found.loc[answer, "nps_low"] < score < found.loc[answer, "nps_high"]
    assert -found.loc["worse", "difference"] > 2 * found.loc["better", "difference"]


def test_promises_are_those_of_the_orders(survey: Survey) -> None:
    orders = raw("orders")
    due = orders[last_year(orders["ordered_at"]) & orders["promised_at"].notna()]
    due = due[(due["status"] != "cancelled") & (due["promised_at"] < "2026-11-10")]
    found = cx.journey.delivery_promises(survey)
    whole = found.iloc[0]
    assert whole["n"] == len(due)
    assert whole["kept"] == (due["delivered_at"] <= due["promised_at"]).sum()
    assert found.iloc[1:]["n"].sum() == whole["n"]
    late = (due["delivered_at"] - due["promised_at"]).dt.total_seconds() / 3600
    median = cx.journey.delivery_lateness(survey).set_index("quantile").loc[0.5, "estimate"]
    assert median == pytest.approx(late[late > 0].median(), abs=0.1)


def test_the_channel_gap_is_found(survey: Survey) -> None:
    # planted: the phone 24 points below the other channels, more in the outage of 2026-03
    found = cx.channels.channel_scores(survey).set_index("group")
    phone = found.loc["phone"]
    assert phone["signal"]
    assert phone["difference_high"] < -20
    assert found["difference"].idxmin() == "phone"


def test_a_hidden_channel_cannot_be_had_by_subtraction() -> None:
    answers = raw("responses").drop_duplicates("response_id")
    answers = answers[
        last_year(answers["answered_at"]) & answers["nps"].isin([str(n) for n in range(11)])
    ]
    # 7 alone is total minus the others; of 250 and 200 no month has fewer than ten
    n = {"shop": 250, "web": 200, "phone": 22, "app": 7}
    few = pd.concat([answers[answers["channel"] == code].tail(n[code]) for code in n])
    few.iloc[0, [few.columns.get_loc(name) for name in ("nps", "csat", "ces")]] = ["0", "1", "1"]
    found = cx.channels.channel_scores(
        cx.open_survey(DEMO / "codebook.toml", period="2026-10", tables={"responses": few})
    ).set_index("group")
    hidden = found["note"] == "suppressed"
    assert sorted(found.index[hidden]) == ["app", "phone"]
    assert found.loc[hidden, ["n", "estimate", "difference"]].isna().all(axis=None)
    assert found.loc[["shop", "web"], "n"].tolist() == [250, 200]


def test_the_outage_is_the_only_month_outside_the_limits(survey: Survey) -> None:
    history = cx.score_history(
        survey.responses, survey.main_question, survey.history, by=["channel"]
    )  # fmt: skip
    chart = cx.chart_scores(history)
    outside = chart[chart["signal"] == "outside"]
    assert outside[["channel", "period"]].to_numpy().tolist() == [["phone", "2026-03"]]


def test_several_channels_only_mean_more_orders(survey: Survey) -> None:
    # planted: how often a customer buys depends neither on the type nor on the channels
    found = cx.channels.channel_customers(survey).set_index("outcome")
    assert (found["raw_low"] > 0).all()
    assert not found["signal"].any()
    assert (found["low"] < 0).all()
    assert (found["high"] > 0).all()


def test_friction_counts_the_errors_and_transfers_of_the_export(survey: Survey) -> None:
    found = cx.channels.company_friction(survey, ["app", "web"]).set_index(["measure", "group"])
    tickets = raw("tickets")
    recent = tickets[last_year(tickets["created_at"])]
    transfers = found.loc[("transfers", "all")]
    assert (transfers["n"], transfers["count"]) == (len(recent), recent["transfers_n"].sum())
    events = raw("events").dropna(subset="customer_id")
    errors = events[last_year(events["occurred_at"])]["is_error"].sum()
    assert 0.75 * errors < found.loc[("errors", "all"), "count"] <= errors  # open journeys left out


def test_steps_are_those_of_the_sessions(survey: Survey) -> None:
    events = raw("events").dropna(subset="session_id")
    recent = events[last_year(events["occurred_at"])]
    found = cx.journey.journey_steps(survey).set_index(["before", "after"])
    assert found.loc[("start", "visit"), "times"] == recent["session_id"].nunique()
    bought = (recent["event_name"] == "purchase").sum()
    assert found.loc[("checkout_start", "purchase"), "times"] == bought
    problems = cx.journey.journey_event_problems(survey).set_index("problem")["found"]
    everyone = raw("events")
    outside = everyone[last_year(everyone["occurred_at"])]["session_id"].isna().sum()
    assert problems["no journey"] == outside
    assert problems.drop("no journey").sum() == 0


def test_the_matrix_has_what_the_tables_have(survey: Survey) -> None:
    found = cx.channels.stage_channels(survey, DONE)
    assert set(found["measure"]) == {"use", "completion", "ease", "satisfaction"}
    cell = found.set_index(["measure", "stage", "channel"]).loc[("ease", "retention", "phone")]
    others = found[(found["measure"] == "ease") & (found["stage"] == "retention")]
    assert cell["estimate"] == others["estimate"].min()


CODEBOOK = """
[source]
title = { en = "Plain", it = "Semplice" }
terms = { en = "test", it = "test" }
period = "month"
observed_until = 2026-10-31
[tables.responses]
files = "answers.csv"
[tables.responses.columns]
response_id = { role = "id" }
answered_at = { role = "date" }
nps = { role = "nps" }
"""


RATED = """channel = { role = "channel" }
stage = { role = "stage", stages = { look = "awareness", buy = "purchase" } }
ease = { role = "ces", scale = [1, 5] }
site = { role = "touchpoint", stage = "awareness", scale = [1, 5] }
till = { role = "touchpoint", stage = "purchase", scale = [5, 1] }
"""


ACCEPTED = "".join(
    f'[[accept]]\nproblem = "values-outside-scale"\ntable = "responses"\ncolumn = "{column}"\n'
    'at_most = 15\nreason = { en = "counted as invalid", it = "contate come non valide" }\n'
    for column in ("nps", "ease", "site", "till")
)
"""So many answers outside their scale are a question, which is answered here."""


def journey_of(folder: Path, **answers: list[str]) -> Survey:
    folder.mkdir()
    (folder / "codebook.toml").write_text(CODEBOOK + RATED + ACCEPTED)
    frame = pd.DataFrame(answers).assign(answered_at="2026-10-02", channel="web", stage="buy")
    frame["response_id"] = [f"r{at}" for at in range(len(frame))]
    return cx.open_survey(folder / "codebook.toml", tables={"responses": frame})


def test_a_rating_outside_its_scale_is_none(tmp_path: Path) -> None:
    rated = {"nps": ["3", "99", "2", "9"], "site": ["5", "5", "11", "2"],
             "till": ["1", "5", "5", "0"], "ease": ["4", "11", "2", "5"]}  # fmt: skip
    survey = journey_of(tmp_path / "a", **{name: values * 10 for name, values in rated.items()})
    stages = cx.journey.journey_stages(survey).set_index("stage")[["n", "favourable"]]
    # site: 5, 5 and 2 of each four; till, where 1 is the best: 1, 5 and 5
    assert stages.loc[["awareness", "purchase"]].to_numpy().tolist() == [[30, 20], [30, 10]]
    drop = cx.journey.detractor_first_drop(survey).set_index("stage")
    # of the two detractors the one rated both alike, as the best; the other has one rating
    assert drop["n"].tolist() == [10] * 3
    assert drop["unjudged"].tolist() == [10] * 3
    assert drop["first"].to_dict() == {"awareness": 0, "purchase": 0, "no drop": 10}
    ease = cx.channels.stage_channels(survey, DONE).set_index("measure").loc["ease"]
    assert (ease["n"], ease["count"]) == (30, 20)


def test_what_sums_up_ratings_leaves_out_those_outside_their_scale(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    rated = {name: rng.integers(1, 6, 80).astype("str") for name in ("site", "till")}
    frame = pd.DataFrame(rated).assign(nps=rng.integers(0, 11, 80).astype("str"))
    frame["ease"] = [str(1 + n % 5) for n in range(80)]
    blank = frame.copy()
    frame.loc[:9, "site"], blank.loc[:9, "site"] = "11", ""
    frame.loc[5:19, "nps"], blank.loc[5:19, "nps"] = "12", ""
    wrong, missing = (
        cx.journey.journey_memory(journey_of(tmp_path / name, **part.to_dict("list")), repeats=3)
        for name, part in (("a", frame), ("b", blank))
    )
    assert wrong["n"].iloc[0] == 60
    pd.testing.assert_frame_equal(wrong, missing)


def test_a_source_without_a_journey_gives_empty_frames(tmp_path: Path) -> None:
    (tmp_path / "codebook.toml").write_text(CODEBOOK)
    rows = "\n".join(f"{n},2026-10-0{n},9" for n in range(1, 10))
    (tmp_path / "answers.csv").write_text(f"response_id,answered_at,nps\n{rows}\n")
    plain = cx.open_company(tmp_path / "codebook.toml")
    full = cx.open_company(DEMO / "codebook.toml", period="2026-10")
    calls = [
        cx.journey.journey_stages, cx.journey.journey_coverage,
        cx.journey.journey_steps, cx.journey.journey_event_problems,
        cx.journey.detractor_first_drop, cx.journey.journey_memory,
        cx.journey.survey_expectations, cx.journey.delivery_promises,
        cx.journey.delivery_lateness, cx.channels.channel_scores, cx.channels.channel_customers,
        lambda company: cx.channels.stage_channels(company, DONE),
        lambda company: cx.channels.company_friction(company, ["web"]),
    ]  # fmt: skip
    for call in calls:
        found = call(plain)
        assert found.empty
        assert list(found.columns) == list(call(full).columns)
