"""Every public function on every form of a frame: a clear refusal, or the same numbers.

The right numbers come from the plain twin of the same frame. Functions are listed from the package
itself, so that a new one without an entry here fails.
"""

from __future__ import annotations

import datetime as dt
import inspect
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.inputs.meaning import Column
from cxreport.inputs.period import Period
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(cx.__file__).parent
UNTIL = dt.date(2026, 6, 30)
ROWS = 80
NOTHING = pd.DataFrame()
"""What is left of a table of groups when no group is."""


COMMENTS = [
    "Il pacco è arrivato tardi e nessuno mi ha avvisato",
    "Consegna in ritardo, scrivetemi ad anna.rossi@example.org",
    "The parcel was late and the courier never called me",
    "The staff in the shop was kind and quick",
    "Commessa gentile e negozio pulito, tutto bene",
]


def plain_rows() -> pd.DataFrame:
    """Return one table with everything that any function asks for."""
    draw = np.random.default_rng(20260630)
    started = pd.Timestamp("2026-01-05") + pd.to_timedelta(draw.integers(0, 100, ROWS), unit="D")
    rating = draw.integers(1, 6, (4, ROWS)).astype(float)
    score = np.clip((2 * rating[0] + draw.integers(-1, 2, ROWS)).round(), 0, 10)
    return pd.DataFrame(
        {
            "response_id": [f"r{number:03d}" for number in range(ROWS)],
            "customer_id": [f"c{number:02d}" for number in draw.integers(0, 30, ROWS)],
            "session_id": [f"s{number:02d}" for number in draw.integers(0, 40, ROWS)],
            "nps": score,
            "site": rating[0],
            "app": rating[1],
            "shop": rating[2],
            "help": rating[3],
            "bought": draw.integers(0, 2, ROWS).astype(float),
            "pages": draw.integers(0, 4, ROWS).astype(float),
            "told_n": draw.integers(0, 5, ROWS).astype(float),
            "is_error": draw.integers(0, 2, ROWS).astype(float),
            "transfers_n": draw.integers(0, 3, ROWS).astype(float),
            "replies_n": draw.integers(1, 3, ROWS).astype(float),
            "reopened_n": draw.integers(0, 2, ROWS).astype(float),
            "net_amount": draw.integers(500, 9000, ROWS) / 100,
            "margin": draw.integers(-500, 3000, ROWS) / 100,
            "amount": draw.integers(100, 900, ROWS) / 100,
            "weight": draw.integers(1, 4, ROWS).astype(float),
            "days": draw.integers(1, 90, ROWS).astype(float),
            "channel": draw.choice(["app", "shop", "web"], ROWS),
            "region": draw.choice(["north", "south"], ROWS),
            "stage": draw.choice(["awareness", "purchase", "retention"], ROWS),
            "touchpoint": draw.choice(["home", "basket", "till"], ROWS),
            "event_name": draw.choice(["visit", "basket", "purchase"], ROWS),
            "expected": draw.choice(["worse", "as", "better"], ROWS),
            "reason": draw.choice(["late", "price"], ROWS),
            "kind": draw.choice(["acquisition", "service"], ROWS),
            "currency": "EUR",
            "answered_at": started,
            "ordered_at": started,
            "occurred_at": started,
            "created_at": started,
            "promised_at": started + pd.Timedelta(days=4),
            "delivered_at": started + pd.to_timedelta(draw.integers(1, 8, ROWS), unit="D"),
            "first_reply_at": started + pd.to_timedelta(draw.integers(1, 20, ROWS), unit="h"),
            "solved_at": started + pd.to_timedelta(draw.integers(20, 90, ROWS), unit="h"),
            "contacted_at": started + pd.to_timedelta(draw.integers(1, 90, ROWS), unit="h"),
            "resolved_at": started + pd.to_timedelta(draw.integers(91, 200, ROWS), unit="h"),
            "contract_start": started,
            "contract_end": started + pd.to_timedelta(draw.integers(40, 400, ROWS), unit="D"),
            "comment": draw.choice(COMMENTS, ROWS),
            "spoken": draw.choice(["it", "en"], ROWS),
            "coder": np.where(draw.random(ROWS) < 0.8, rating[0], 3.0),
        }
    )


QUESTIONS = {
    "nps": Column(role="nps"),
    "site": Column(role="csat", scale=(1, 5)),
    "app": Column(role="csat", scale=(1, 5)),
}
CHANGED = Column.model_validate(
    {"role": "csat", "scale": (1, 5), "versions": [{"until": dt.date(2026, 2, 28)}]}
)
DAYS = [
    Period(day, day + dt.timedelta(days=1), day.isoformat(), "month")
    for day in (dt.date(2026, 1, 5) + dt.timedelta(days=number) for number in range(100))
]
"""The days on which something happened, each a period of its own."""
STAGES = {"site": "awareness", "app": "purchase", "shop": "retention"}
DAY = dt.date(2026, 3, 1)


def call_tickets(name: str) -> Callable[[Any], Any]:
    """Call a function of tickets on the tickets that a frame makes."""
    more = {"within_level": {"metric": "solution", "hours": 48}}
    more |= {key: {"metric": "solution"} for key in ("waits", "waiting_curve")}
    more["compare_waits"] = {"variables": ["channel"]}
    return lambda data: getattr(cx.service, name)(
        cx.service.read_tickets(data, until=UNTIL), **more.get(name, {})
    )


LABEL = {"en": "delivery", "it": "consegna"}
FRAME = cx.voice.CodingFrame.model_validate(
    {"topics": {"delivery": {"label": LABEL, "en": ("late",), "it": ("tardi", "ritardo")}}}
)
CLASS_OF = pd.Series([1, 2, 3] * 10, index=[f"c{number:02d}" for number in range(30)])
CLASSES = {"site": "ordered", "app": "ordered", "channel": "categorical", "days": "continuous"}


def one(data: Any, name: str) -> Any:
    """Return a column in the form that its frame has."""
    return pick(data, name) if list(data.columns).count(name) != 1 else data[name]


def pick(data: Any, *names: str) -> Any:
    """Return a part of a frame."""
    for name in names:
        if name not in data.columns:
            raise CxError("no such column", got=name)
    return data[list(names)]


def renamed(data: Any, names: dict[str, str]) -> Any:
    return data.rename(names) if isinstance(data, pl.DataFrame) else data.rename(columns=names)


def find_classes(data: Any) -> Any:
    return cx.personas.personas(data, CLASSES, classes=[1, 2], starts=2, resamples=0)


CALLS: dict[str, tuple[Callable[[Any], Any], str]] = {
    # name: how it is called on a frame, the columns that it asks for (a ~ before times and text)
    "nps": (lambda d: cx.nps(d, "nps", by="channel", weight="weight"), "nps weight ~channel"),
    "csat": (lambda d: cx.csat(d, "site", by="channel"), "site ~channel"),
    "ces": (lambda d: cx.ces(d, "site"), "site"),
    "pyramid": (
        lambda d: cx.pyramid(d, needs="site", ease="app", enjoyability="shop"), "site app shop"),
    "layer_gaps": (
        lambda d: cx.layers.layer_gaps(d, needs="site", ease="app", enjoyability="shop"),
        "site app shop"),
    "cronbach_alpha": (
        lambda d: cx.validation.cronbach_alpha(d, ["site", "app"], scale=(1, 5)), "site app"),
    "icc": (lambda d: cx.validation.icc(d, ["site", "app"], scale=(1, 5)), "site app"),
    "scalogram": (
        lambda d: cx.layers.scalogram(d, ["site", "app", "shop"], bootstrap=20), "site app shop"),
    "answer_shares": (lambda d: cx.scores.answer_shares(d, QUESTIONS), "nps site app"),
    "same_answers": (lambda d: cx.validation.same_answers(d, QUESTIONS), "nps site app"),
    "scale_use": (lambda d: cx.validation.scale_use(d, QUESTIONS), "nps site app"),
    "score_questions": (lambda d: cx.scores.score_questions(d, QUESTIONS), "nps site app"),
    "score_history": (
        lambda d: cx.score_history(renamed(d, {"ordered_at": "period_start"}), QUESTIONS, DAYS),
        "nps site app ~ordered_at"),
    "bridge_versions": (
        lambda d: cx.validation.bridge_versions(
            renamed(d, {"ordered_at": "period_start"}), {"site": CHANGED}, DAYS, periods=30),
        "site ~ordered_at"),
    "usable_contracts": (
        lambda d: run(cx.retention.usable_contracts(
            d, "customer_id", "contract_start", "contract_end")[0].aggregate(
                n=ibis._.count(), first=ibis._.contract_start.cast("timestamp").min())),
        "~customer_id ~contract_start ~contract_end"),
    "scoreboard": (lambda d: cx.scoreboard(d, None, QUESTIONS), "nps site app"),
    "break_down": (
        lambda d: cx.break_down(d, None, QUESTIONS, ["channel"]).get("channel", NOTHING),
        "nps site app ~channel"),
    "league_tables": (
        lambda d: cx.scores.league_tables(d, QUESTIONS, ["customer_id"], minimum=2).get(
            "customer_id", NOTHING),
        "nps site app ~customer_id"),
    "battery_reliability": (lambda d: cx.validation.battery_reliability(d, QUESTIONS), "site app"),
    "effect": (
        lambda d: cx.experiment.effect(d, arm="region", outcome="bought", control="north"),
        "bought ~region"),
    "rank_difference": (
        lambda d: cx.channels.rank_difference(d, "nps", by="channel"), "nps ~channel"),
    "rank_pairs": (
        lambda d: cx.channels.rank_pairs(d, "nps", by="channel"), "nps ~channel"),
    "importance": (
        lambda d: cx.drivers.importance(d, "nps", ["site", "app"], bootstrap=20), "nps site app"),
    "criticality": (
        lambda d: cx.drivers.criticality(d, "nps", ["site", "app"], target=4, bootstrap=20),
        "nps site app"),
    "asymmetry": (
        lambda d: cx.drivers.asymmetry(d, "nps", ["site", "app"], low_to=2, high_from=5,
            bootstrap=20),
        "nps site app"),
    "moments_of_truth": (
        lambda d: cx.drivers.moments_of_truth(
            d, {"days": 1}, ["site", "app"], low_to=2, high_from=5, target=4, bootstrap=20),
        "site app days"),
    "stage_ratings": (
        lambda d: cx.journey.stage_ratings(d, {"site": ("awareness", 4), "app": ("purchase", 4)}),
        "site app"),
    "first_drop": (lambda d: cx.journey.first_drop(d, STAGES), "nps site app shop"),
    "peak_end": (
        lambda d: cx.journey.peak_end(d, ["site", "app"], folds=2, repeats=2), "nps site app"),
    "expectation_gap": (
        lambda d: cx.journey.expectation_gap(d, {"all": ("site", "app")}),
        "site app"),
    "against_expectation": (
        lambda d: cx.journey.against_expectation(d, by="channel"), "~expected ~channel"),
    "exceeding": (cx.linkage.exceeding, "nps ~expected"),
    "word_of_mouth": (lambda d: cx.linkage.word_of_mouth(d, bootstrap=20), "nps told_n"),
    "promise_kept": (
        lambda d: cx.journey.promise_kept(d, status=None, until=UNTIL, by="channel"),
        "~ordered_at ~promised_at ~delivered_at ~channel"),
    "lateness": (
        lambda d: cx.journey.lateness(d, status=None, until=UNTIL),
        "~ordered_at ~promised_at ~delivered_at"),
    "event_problems": (
        lambda d: cx.journey.event_problems(d, until=UNTIL),
        "~touchpoint ~session_id ~occurred_at"),
    "transitions": (
        lambda d: cx.journey.transitions(d, until=UNTIL), "~touchpoint ~session_id ~occurred_at"),
    "stage_coverage": (cx.journey.stage_coverage, "~stage ~touchpoint ~channel ~answered_at"),
    "channel_ratings": (
        lambda d: cx.channels.channel_ratings(d, {"easy": ("site", 4)}, minimum=1),
        "site ~stage ~channel"),
    "channel_use": (
        lambda d: cx.channels.channel_use(d, done={"purchase": ["purchase"]}, until=UNTIL),
        "~stage ~channel ~event_name ~session_id ~customer_id ~occurred_at"),
    "multichannel": (
        lambda d: cx.channels.multichannel(d, split=DAY, until=UNTIL),
        "net_amount ~customer_id ~channel ~ordered_at"),
    "journey_friction": (
        lambda d: cx.channels.journey_friction(d, digital=["web", "app"], until=UNTIL),
        "is_error ~customer_id ~channel ~occurred_at"),
    "request_friction": (
        lambda d: cx.channels.request_friction(d, digital=["web", "app"], until=UNTIL),
        "transfers_n ~customer_id ~channel ~created_at ~reason"),
    "error_rates": (
        lambda d: cx.conversion.error_rates(d, ["visit", "basket"]), "is_error ~event_name"),
    "funnel": (
        lambda d: cx.conversion.funnel(d, ["visit", "purchase"], window=30, until=UNTIL,
            by="channel"),
        "~customer_id ~event_name ~occurred_at ~channel"),
    "session_funnel": (
        lambda d: cx.conversion.session_funnel(d, ["pages", "bought"], by="channel"),
        "pages bought ~channel"),
    "cohorts": (
        lambda d: cx.retention.cohorts(d, until=UNTIL, by="channel"),
        "~customer_id ~ordered_at ~channel"),
    "orders_outside_cohorts": (
        lambda d: cx.retention.orders_outside_cohorts(d, until=UNTIL), "~customer_id ~ordered_at"),
    "churn_window": (
        lambda d: cx.retention.churn_window(d, until=UNTIL, by="region"),
        "~customer_id ~ordered_at ~region"),
    "repeat_purchase": (
        lambda d: cx.retention.repeat_purchase(d, until=UNTIL, days=[30], by="channel"),
        "~customer_id ~ordered_at ~channel"),
    "purchases": (
        lambda d: cx.orders.purchases(d, until=UNTIL).left_out,
        "net_amount ~customer_id ~ordered_at"),
    "contractual_retention": (
        lambda d: cx.retention.contractual_retention(d, since=DAY, until=UNTIL),
        "~customer_id ~contract_start ~contract_end"),
    "contract_survivors": (
        lambda d: cx.retention.contract_survivors(d, until=UNTIL, months=1, fewest=1),
        "~customer_id ~contract_start ~contract_end"),
    "survival": (
        lambda d: cx.stats.survival(d, "days", "bought", by="channel"),
        "days bought ~channel"),
    "restricted_mean": (
        lambda d: cx.stats.restricted_mean(d, "days", "bought", tau=30), "days bought"),
    "compare_survival": (
        lambda d: cx.stats.compare_survival(d, "days", "bought", "channel"),
        "days bought ~channel"),
    "buying_history": (
        lambda d: cx.value.buying_history(d, amount="net_amount", until=UNTIL, by="channel"),
        "net_amount ~customer_id ~ordered_at ~channel"),
    "spending_history": (
        lambda d: cx.value.spending_history(d, amount="net_amount", until=UNTIL),
        "net_amount ~customer_id ~ordered_at"),
    "check_forecast": (
        lambda d: cx.value.check_forecast(d, split=DAY, until=UNTIL).by_month,
        "~customer_id ~ordered_at"),
    "in_one_currency": (
        lambda d: run(cx.orders.in_one_currency(d, ["net_amount"]).rows.aggregate(
            total=ibis._.net_amount.cast("decimal(18, 2)").sum())), "net_amount ~currency"),
    "profit_by_customer": (
        lambda d: run(cx.value.profit_by_customer(d, d)).sort_values("customer_id",
            ignore_index=True),
        "margin amount ~customer_id ~kind"),
    "profit_of_nobody": (
        lambda d: cx.value.profit_of_nobody(d, d), "margin amount ~customer_id ~kind"),
    "profitability": (
        lambda d: cx.value.profitability(cx.value.profit_by_customer(d)),
        "margin ~customer_id"),
    "whale_curve": (
        lambda d: cx.value.whale_curve(cx.value.profit_by_customer(d)),
        "margin ~customer_id"),
    "whale_peak": (
        lambda d: cx.value.whale_peak(cx.value.profit_by_customer(d)),
        "margin ~customer_id"),
    "losses_again": (
        lambda d: cx.value.losses_again(cx.value.profit_by_customer(d),
            cx.value.profit_by_customer(d)),
        "margin ~customer_id"),
    "loyal_ratio": (
        lambda d: cx.linkage.loyal_ratio(
            d, pre=(dt.date(2026, 1, 1), DAY), post=(dt.date(2026, 3, 2), UNTIL), draws=20),
        "net_amount ~customer_id ~ordered_at"),
    "score_link": (
        lambda d: cx.linkage.score_link(d, d, until=UNTIL, window_days=20),
        "nps net_amount ~customer_id ~answered_at ~ordered_at ~response_id"),
    "returns_by_class": (
        lambda d: cx.linkage.returns_by_class(d, d, score="nps", observed_until=UNTIL, days=20),
        "nps ~customer_id ~answered_at ~ordered_at ~response_id"),
    "closed_loop": (
        lambda d: cx.service.closed_loop(d, until=UNTIL),
        "nps ~answered_at ~contacted_at ~resolved_at"),
    "later_scores": (
        lambda d: cx.service.later_scores(d, until=UNTIL),
        "nps ~customer_id ~answered_at ~contacted_at"),
    "avoidable_contacts": (
        lambda d: cx.service.avoidable_contacts(d, d, avoidable=["late"], by="channel"),
        "~reason ~channel"),
    "contact_reasons": (lambda d: cx.service.contact_reasons(d, d), "~reason"),
    "read_tickets": (
        lambda d: cx.service.read_tickets(d, until=UNTIL).left_out,
        "~created_at ~first_reply_at ~solved_at"),
    **{
        name: (call_tickets(name), asked)
        for name, asked in (
            ("waits", "~created_at ~solved_at"),
            ("waiting_curve", "~created_at ~solved_at"),
            ("within_level", "~created_at ~solved_at"),
            ("compare_waits", "~created_at ~solved_at ~channel"),
            ("handled_rates", "replies_n reopened_n transfers_n ~created_at ~solved_at"),
        )
    },
    "rake": (
        lambda d: cx.rake(d, {"region": {"north": 0.5, "south": 0.5}}, weight="weight").to_frame(),
        "weight ~region"),
    "redact": (lambda d: cx.voice.redact(one(d, "comment")).to_frame(), "~comment"),
    "count_redactions": (lambda d: cx.voice.count_redactions(one(d, "comment")), "~comment"),
    "clean": (lambda d: cx.voice.clean(one(d, "comment")).to_frame(), "~comment"),
    "language": (lambda d: cx.voice.language(one(d, "comment")).to_frame(), "~comment"),
    "words": (
        lambda d: cx.voice.words(one(d, "comment"), one(d, "spoken"))[["word"]],
        "~comment ~spoken"),
    "code_comments": (
        lambda d: cx.voice.code_comments(one(d, "comment"), FRAME, one(d, "spoken")),
        "~comment ~spoken"),
    "discover": (
        lambda d: cx.voice.discover(one(d, "comment"), topics=2, languages=one(d, "spoken")),
        "~comment ~spoken"),
    "keyness": (
        lambda d: cx.voice.keyness(
            one(d, "comment"), one(d, "region"), own="north", reference="south", minimum=2,
            respondent=one(d, "response_id"), languages=one(d, "spoken")),
        "~comment ~region ~response_id ~spoken"),
    "mentions": (
        lambda d: cx.voice.mentions(one(d, "channel"), one(d, "stage"), one(d, "region")),
        "~channel ~stage ~region"),
    "replies": (
        lambda d: cx.voice.replies(d, source="channel", replied="solved_at", until=UNTIL),
        "~channel ~created_at ~solved_at"),
    "quotes": (
        lambda d: cx.voice.quotes(
            one(d, "comment"), one(d, "region"), pick(d, "bought"), languages=one(d, "spoken")),
        "bought ~comment ~region ~spoken"),
    "topics": (
        lambda d: cx.voice.topics(
            pick(d, "bought", "is_error"), one(d, "nps"), weight=one(d, "weight"),
            cluster=one(d, "customer_id"), stage=one(d, "stage"), resamples=20),
        "bought is_error nps weight ~customer_id ~stage"),
    "topic_history": (
        lambda d: cx.voice.topic_history(pick(d, "bought", "is_error"), one(d, "stage")),
        "bought is_error ~stage"),
    "voice.agreement": (
        lambda d: cx.voice.agreement(
            pick(d, "bought"), renamed(pick(d, "is_error"), {"is_error": "bought"}), resamples=20),
        "bought is_error"),
    "krippendorff_alpha": (
        lambda d: pd.DataFrame(
            {"alpha": [cx.voice.krippendorff_alpha(pick(d, "site", "coder"))]}),
        "site coder"),
    "personas": (find_classes, "site app days ~channel"),
    "class_quotes": (
        lambda d: cx.personas.class_quotes(
            renamed(pick(d, "customer_id", "comment"), {"comment": "text"}), CLASS_OF, minimum=2),
        "~customer_id ~comment"),
    "outcomes": (
        lambda d: cx.personas.outcomes(find_classes(d), d, ["nps"]), "site app days nps ~channel"),
}  # fmt: skip

NO_FRAME = {
    # what stands for a whole source: the rows come in through the same door, see tests/inputs
    "company": (
        "actions_of avoidable_history before_and_after channel_customers channel_scores"
        " company_at_risk"
        " company_buying company_changes company_claims company_contracts company_curve"
        " company_friction company_history company_later company_left_out company_loop"
        " company_loyal_ratio company_membership company_profit company_rates company_reasons"
        " company_retention company_score_link company_tickets company_waits"
        " compare_with_base delivery_lateness delivery_promises detractor_first_drop"
        " journey_coverage journey_event_problems journey_memory journey_stages journey_steps"
        " open_company open_experiment open_source open_survey plan_inputs"
        " session_differences session_steps sessions_against_rest"
        " shop_differences shop_funnel stage_channels stage_funnel step_errors survey_asymmetry"
        " survey_criticality survey_expectations survey_importance survey_layer_weights"
        " survey_moments survey_pyramid survey_pyramid_groups survey_returns"
        " survey_word_of_mouth unweighted_scores weight_summary weighted_differences"
        " weighted_scores response_rates"
        " company_coding_frame company_comments company_narratives company_personas persona_quotes"
        " topic_quotes company_voice customer_items"
        " company_measures company_still_waiting last_ending median_waits survey_targets"
        " open_shop other_shops shop_comments shop_scores shop_series shop_wait_changes shop_waits"
        " visits_that_bought"
    ),
    # what takes the result of another function
    "result": (
        "chance_active changes channel_consistency chart_scores class_residuals compare"
        " compare_friction compare_funnels compare_later compare_returns compare_with_rest"
        " consistency control_chart coverage_by_number customer_value decide differ_by_group"
        " expected_orders fit_buying fit_spending forecast_buying funnel_shares group_gaps"
        " hold_family interaction judge_claims mean_spend plan_return plan_samples"
        " plan_tornado priority_order retention_by_age retention_chart revenue_at_risk shrink"
        " standardised_difference suppress survey_priorities survival_quantile human_labels"
        " main_channels traits"
    ),
    # what takes a code of a stage
    "code": "as_stage in_order",
    # what takes numbers
    "numbers": (
        "change_point coverage_at_edges coverage_of_intervals design_effect detectable_difference"
        " personas.agreement"
        " margin_multiple project_and_check project_retention return_on_experience sample_ratio"
        " sample_size share_grid tornado log_odds word_chi_square"
    ),
    # what takes a file that the team writes
    "file": "read_coding_frame read_narratives",
}


KINDS_OF = {kind: names.split() for kind, names in NO_FRAME.items()}
FIRST = {
    # what the first parameter of a function of each kind is
    "company": ("Company", "Survey", "Shop", "PersonaStudy", "Dataset", "str | Path"),
    "result": (
        "pd.DataFrame", "Mapping[str, pd.DataFrame]", "Evidence", "Fit", "Personas", "ScoreLink",
        "CodingFrame",
    ),
    "file": ("Path", "str | Path"),
}  # fmt: skip


def public_functions() -> dict[str, Callable[..., Any]]:
    """Return the functions that the package offers, those aside that make blocks of frames.

    Where two functions bear one name, each is named with its topic.
    """
    spaces = [getattr(cx, name) for name in cx.__all__]  # a topic is imported when it is asked for
    spaces = [cx, *(space for space in spaces if inspect.ismodule(space) and space is not cx.show)]
    offered = {
        (function, space.__name__.rpartition(".")[2]): function.__name__
        for space in spaces
        for function in (getattr(space, name) for name in space.__all__)
        if inspect.isfunction(function) and not function.__module__.endswith("blocks")
    }
    bearers: dict[str, set[Callable[..., Any]]] = {}
    for (function, _), name in offered.items():
        bearers.setdefault(name, set()).add(function)
    return {
        name if len(bearers[name]) == 1 else f"{space}.{name}": function
        for (function, space), name in offered.items()
    }


def test_every_public_function_has_its_entry() -> None:
    known = {*CALLS, *" ".join(NO_FRAME.values()).split()}
    assert {*public_functions()} ^ known == set()


def test_every_topic_s_functions_are_looked_for() -> None:
    modules = {function.__module__ for function in public_functions().values()}
    topics = {path.name for path in (ROOT / "topics").iterdir() if (path / "__init__.py").is_file()}
    blocks_only = {"quality", "survey"}
    assert {m.split(".")[2] for m in modules if ".topics." in m} == topics - blocks_only


@pytest.mark.parametrize("kind", FIRST)
def test_what_is_not_called_here_takes_no_rows(kind: str) -> None:
    functions = public_functions()
    for name in KINDS_OF[kind]:
        first = next(iter(inspect.signature(functions[name]).parameters.values()))
        assert first.annotation in FIRST[kind], (name, first.annotation)


OPTIONS: dict[str, dict[str, Any]] = {
    "compare": {"reference": NOTHING},
    "compare_funnels": {"between": "band"},
    "compare_with_rest": {"between": "band"},
    "differ_by_group": {"between": "band"},
    "survey_priorities": {"ranked": pd.DataFrame({"other": [1.0]})},
    "plan_samples": {"differences": [1.0]},
    "standardised_difference": {"group": "band", "current": "a", "reference": "b"},
    "channel_consistency": {"channels": ["band"]},
    "survival_quantile": {"share": 0.5},
    "customer_value": {"buying": None, "spending": None},
}
"""What else a function of a result must be given."""


@pytest.mark.parametrize("name", KINDS_OF["result"])
@pytest.mark.parametrize("other", [pd.DataFrame({"other": [1.0]}), [1.0]], ids=["frame", "list"])
def test_a_frame_of_something_else_is_no_result(name: str, other: object) -> None:
    function = public_functions()[name]
    first = next(iter(inspect.signature(function).parameters.values()))
    if "pd.DataFrame" not in first.annotation:
        return  # a result of another kind than a frame
    given = {"band": other} if first.annotation.startswith("Mapping") else other
    with pytest.raises(CxError):
        function(given, **OPTIONS.get(name, {}))


@pytest.mark.parametrize(
    ("first", "second", "weights"),
    [
        ([], [], None), ([np.nan, 1], [0, 1], None), ([-1, 0], [0, 1], None),
        ([0.5, 1], [0, 1], None), (["a", "b"], [0, 1], None), ([[0, 1], [1, 0]], [0, 1], None),
        ([0, 1, 1], [0, 1], None), ([0, 1], [0, 1], [np.nan, 1]), ([0, 1], [0, 1], [-1, 1]),
        ([0, 1], [0, 1], [1]), ([0, 1], [0, 1], ["a", "b"]),
    ],
)  # fmt: skip
def test_what_is_no_class_agrees_with_nothing(first: Any, second: Any, weights: Any) -> None:
    with pytest.raises(CxError):
        cx.personas.agreement(first, second, weights)


def test_one_row_agrees_with_itself() -> None:
    assert cx.personas.agreement([0], [0]) == 1.0
    assert cx.personas.agreement([0, 1], [1, 0]) == 1.0


def is_number(frame: pd.DataFrame, name: str) -> bool:
    return pd.api.types.is_float_dtype(frame[name])


def with_columns(
    frame: pd.DataFrame, asked: list[str], kind: str, change: Callable[[pd.Series], Any]
) -> pd.DataFrame:
    """Change the columns of one kind that a function asks for."""
    kinds: dict[str, Callable[[str], bool]] = {
        "number": lambda name: is_number(frame, name),
        "time": lambda name: pd.api.types.is_datetime64_dtype(frame[name]),
        "text": lambda name: (
            not is_number(frame, name) and not pd.api.types.is_datetime64_dtype(frame[name])
        ),
        "any": lambda _: True,
    }
    return frame.assign(**{name: change(frame[name]) for name in asked if kinds[kind](name)})


def objects(column: pd.Series, change: Callable[[Any], Any], missing: Any = None) -> pd.Series:
    """Write a column value by value, as Python objects."""
    values = [missing if pd.isna(value) else change(value) for value in column]
    return pd.Series(values, column.index, dtype=object)


def number_text(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def odd_neighbours(frame: pd.DataFrame) -> pd.DataFrame:
    n = len(frame)
    odd = frame.assign(
        zzcut=pd.cut(np.arange(n), 3),
        zzbig=pd.Series([2**70] * n, frame.index, dtype=object),
        zzzone=pd.Timestamp("2026-01-01", tz="Europe/Rome"),
        zzmixed=pd.Series([1, "x", None, {1}] * (n // 4), frame.index, dtype=object),
        zzcomplex=1 + 2j,
    )
    odd[7] = 1
    odd["two", "words"] = 2
    return odd


SAME: dict[str, Callable[[pd.DataFrame, list[str]], Any]] = {
    "text numbers": lambda d, a: with_columns(
        d, a, "number", lambda c: objects(c, number_text)),
    "decimals beside odd columns under an odd index": lambda d, a: odd_neighbours(
        with_columns(d, a, "number", lambda c: objects(c, lambda v: Decimal(number_text(v))))
    ).set_index(pd.Index(["x"] * len(d))),
    "categories": lambda d, a: with_columns(d, a, "any", lambda c: c.astype("category")),
    "nullable columns": lambda d, _: d.convert_dtypes(),
    "pyarrow": lambda d, _: d.convert_dtypes(dtype_backend="pyarrow"),
    "polars": lambda d, _: pl.from_pandas(d),
}  # fmt: skip
REFUSABLE = {"text numbers"}
"""Forms that a function may refuse: it then says that the column holds no numbers."""
ANSWERED: dict[str, Callable[[pd.DataFrame, list[str]], Any]] = {
    "booleans": lambda d, a: with_columns(d, a, "number", lambda c: c > 1),
    "all missing": lambda d, a: with_columns(d, a, "any", lambda c: [None] * len(c)),
    "missing numbers and times": lambda d, a: with_columns(
        with_columns(d, a, "number", lambda c: c * np.nan), a, "time", lambda c: c.where(c.isna())),
    "empty of objects": lambda d, _: d.iloc[:0].astype(object),
    "words for numbers": lambda d, a: with_columns(d, a, "number", lambda _: "none"),
    "times for numbers": lambda d, a: with_columns(
        d, a, "number", lambda _: pd.Timestamp("2026-03-01")),
    "numbers for text": lambda d, a: with_columns(d, a, "text", lambda _: 1.5),
    "times with a zone": lambda d, a: with_columns(
        d, a, "time", lambda c: c.dt.tz_localize("UTC")),
    "text for times": lambda d, a: with_columns(d, a, "time", lambda c: c.astype("str")),
    "numbers for times": lambda d, a: with_columns(d, a, "time", lambda _: 20260301),
    "lists": lambda d, a: with_columns(d, a, "any", lambda c: objects(c, lambda v: [v])),
    "a missing column": lambda d, a: d.drop(columns=a[0]),
    "a name twice": lambda d, a: pd.concat([d, d[[a[0]]]], axis=1),
}  # fmt: skip


def parts_of(found: Any) -> dict[str, pd.DataFrame]:
    """Return the frames of a result."""
    if isinstance(found, pd.DataFrame):
        return {"": found}
    return {name: value for name, value in vars(found).items() if isinstance(value, pd.DataFrame)}


def assert_same(found: Any, twin: Any) -> None:
    for name, wanted in parts_of(twin).items():
        result = parts_of(found)[name]
        assert list(result.columns) == list(wanted.columns)
        for column in wanted:
            left = [None if pd.isna(value) else value for value in result[column]]
            right = [None if pd.isna(value) else value for value in wanted[column]]
            if any(isinstance(value, float) for value in right):
                close = np.isclose(
                    np.array(left, float), np.array(right, float), rtol=1e-6, equal_nan=True
                )
                assert close.all(), column
            else:
                assert list(map(str, left)) == list(map(str, right)), column


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    return plain_rows()


def answer_of(call: Callable[[Any], Any], data: Any) -> Any:
    """Return what a function finds, or the words in which it refuses."""
    try:
        return call(data)
    except CxError as error:
        return str(error)


def changed(
    frame: pd.DataFrame, forms: dict[str, Callable[[pd.DataFrame, list[str]], Any]]
) -> Iterator[tuple[str, Any]]:
    """Write a frame in each form; a form of times, say, leaves a frame without times as it is."""
    for form, change in forms.items():
        data = change(frame, list(frame.columns))
        if not isinstance(data, pd.DataFrame) or not data.equals(frame):
            yield form, data


def test_only_frames_left_as_they_are_need_no_call() -> None:
    numbers = pd.DataFrame({"n": [1.0, 2.0, 3.0, 4.0]})
    skipped = {*SAME, *ANSWERED} - {form for form, _ in changed(numbers, SAME | ANSWERED)}
    assert skipped == {
        "numbers for text", "times with a zone", "text for times", "numbers for times",
    }  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_the_same_frame_in_another_form_has_the_same_numbers(
    name: str, plain: pd.DataFrame
) -> None:
    call, columns = CALLS[name]
    asked = columns.replace("~", "").split()
    twin = call(plain[asked])
    for form, data in changed(plain[asked], SAME):
        found = answer_of(call, data)
        if isinstance(found, str):
            assert form in REFUSABLE, (form, found)
            assert "engine" not in found, (form, found)
        else:
            assert_same(found, twin)


@pytest.mark.parametrize("name", CALLS)
def test_a_frame_of_the_wrong_kind_is_answered_or_refused(name: str, plain: pd.DataFrame) -> None:
    call, columns = CALLS[name]
    asked = columns.replace("~", "").split()
    for form, data in changed(plain[asked], ANSWERED):
        found = answer_of(call, data)
        assert "the engine cannot" not in str(found), (form, found)


RATED = {
    # what takes answers without a declared scale: the figures that have to be those of a clean twin
    "importance": ["n", "estimate", "low", "high"],
    "criticality": ["n", "estimate", "performance"],
    "asymmetry": ["n", "penalty", "reward"],
    "moments_of_truth": ["n", "negative", "positive", "performance"],
    "stage_ratings": ["n", "ratings", "favourable", "estimate"],
    "first_drop": ["n", "first", "estimate", "others"],
    "peak_end": ["summary", "n", "estimate"],
    "expectation_gap": ["n", "estimate", "perceived"],
    "channel_ratings": ["n", "count", "estimate"],
}
RATINGS = ["nps", "site", "app", "shop"]


@pytest.mark.parametrize("name", RATED)
def test_numbers_that_no_scale_holds_are_left_out_and_counted(
    name: str, plain: pd.DataFrame
) -> None:
    call, columns = CALLS[name]
    at = plain.index % 5 == 0  # 16 of 80 rows
    clean = plain.assign(**{column: plain[column].mask(at) for column in RATINGS})
    twin = call(clean)
    assert twin["invalid"].sum() == 0
    for code in (99, 11, -1):
        found = call(clean.assign(**{column: clean[column].mask(at, code) for column in RATINGS}))
        for figure in RATED[name]:
            pd.testing.assert_series_equal(found[figure], twin[figure], check_dtype=False)
        invalid = found["invalid"]
        assert invalid.max() == 16 if name != "channel_ratings" else invalid.sum() > 8, code
    assert columns


@pytest.mark.parametrize("name", [*RATED, "multichannel", "loyal_ratio", "buying_history",
    "spending_history", "profit_by_customer", "profit_of_nobody", "profitability", "whale_peak",
    "score_link", "purchases", "in_one_currency"])  # fmt: skip
def test_infinity_is_no_answer_and_no_amount(name: str, plain: pd.DataFrame) -> None:
    call, columns = CALLS[name]
    numbers = [column for column in columns.split() if "~" not in column]
    endless = plain.assign(**{column: plain[column].mask(plain.index == 3, np.inf)
                              for column in numbers})  # fmt: skip
    with pytest.raises(CxError, match="infinite"):
        call(endless)


@pytest.mark.parametrize("wrong", [np.inf, -1.0])
def test_a_count_of_nothing_is_unknown(wrong: float, plain: pd.DataFrame) -> None:
    for name, column, counted in (
        ("session_funnel", "pages", "unknown"),
        ("handled_rates", "replies_n", "unknown"),
    ):
        clean = plain.assign(**{column: plain[column].mask(plain.index < 6)})
        found = CALLS[name][0](clean.fillna({column: wrong}))
        assert_same(found, CALLS[name][0](clean))
        assert found[counted].sum() == 6


def test_a_scale_that_is_given_holds(plain: pd.DataFrame) -> None:
    # 10 is on some scale, and not on that of 1 to 5: 80 rows, 16 of them 10
    coded = plain.assign(site=plain["site"].mask(plain.index % 5 == 0, 10.0))
    found = cx.drivers.importance(coded, "nps", ["site", "app"], scale=(1, 5), bootstrap=0)
    assert found[["n", "invalid"]].to_numpy().tolist() == [[64, 16], [80, 0]]
    measured = cx.drivers.importance(
        plain.assign(days=plain["days"] * 1000), "days", ["site", "app"], bootstrap=0
    )
    assert measured[["n", "invalid"]].to_numpy().tolist() == [[80, 0], [80, 0]]


BY = {
    "nps": lambda d: cx.nps(d, "nps", by="band"),
    "funnel": lambda d: cx.conversion.funnel(
        d, ["visit", "purchase"], window=30, until=UNTIL, by="band"),
    "session_funnel": lambda d: cx.conversion.session_funnel(d, ["pages"], by="band"),
    "cohorts": lambda d: cx.retention.cohorts(d, until=UNTIL, by="band"),
    "churn_window": lambda d: cx.retention.churn_window(d, until=UNTIL, by="band"),
    "repeat_purchase": lambda d: cx.retention.repeat_purchase(d, until=UNTIL, by="band"),
    "promise_kept": lambda d: cx.journey.promise_kept(d, status=None, until=UNTIL, by="band"),
    "survival": lambda d: cx.stats.survival(d, "days", "bought", by="band"),
    "buying_history": lambda d: cx.value.buying_history(d, until=UNTIL, by="band"),
    "waits": lambda d: (
        cx.service.waits(cx.service.read_tickets(d, until=UNTIL), "solution", by="band")
    ),
    "handled_rates": lambda d: (
        cx.service.handled_rates(cx.service.read_tickets(d, until=UNTIL), by="band")
    ),
    "against_expectation": lambda d: cx.journey.against_expectation(d, by="band"),
    "avoidable_contacts": lambda d: (
        cx.service.avoidable_contacts(d, d, avoidable=["late"], by="band")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY)
def test_ordered_categories_keep_their_order(name: str, plain: pd.DataFrame) -> None:
    order = ["small", "middle", "big"]
    values = [order[row % 3] for row in range(ROWS)]
    bands = pd.Series(pd.Categorical(values, order, ordered=True))
    enum = pl.Series(list(bands), dtype=pl.Enum(order))
    alike = BY[name](plain.assign(band=bands.astype("str")))
    for data in (plain.assign(band=bands), pl.from_pandas(plain).with_columns(band=enum)):
        found = BY[name](data)
        assert list(found["band"].drop_duplicates()) == order
        for text in order:
            assert_same(
                found[found["band"] == text].drop(columns="band"),
                alike[alike["band"] == text].drop(columns="band"),
            )


def test_weights_come_back_in_the_order_of_the_frame() -> None:
    # North is 60 of 80 and counts for half: 40 / 60 each; south 40 / 20.
    region = ["north"] * 60 + ["south"] * 20
    shuffled = pd.DataFrame({"region": region}, index=np.arange(80) * 3 + 7).sample(
        frac=1, random_state=4
    )
    weights = cx.rake(shuffled, {"region": {"north": 0.5, "south": 0.5}})
    assert weights.index.equals(shuffled.index)
    right = shuffled["region"].map({"north": 2 / 3, "south": 2.0})
    pd.testing.assert_series_equal(weights, right, check_names=False)
    repeated = shuffled.set_axis([1] * 80)
    again = cx.rake(repeated, {"region": {"north": 0.5, "south": 0.5}})
    assert again.index.equals(repeated.index)
    assert again.tolist() == pytest.approx(right.tolist())
