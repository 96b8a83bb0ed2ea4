"""The demo company: what its README says is found again, by plain counting, in its files."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import statsmodels.api as sm

from cxreport.demo import customer_types, make_demo
from cxreport.demo.identifiers import check_letter, italian_iban, tax_code
from cxreport.errors import CxError

README = Path(__file__).parents[2] / "data" / "demo" / "README.md"
SCALES = {
    "nps": range(11), "csat": range(1, 6), "ces": range(1, 8),
    "needs": range(1, 6), "ease": range(1, 6), "enjoyability": range(1, 6),
}  # fmt: skip
RATINGS = [
    "tp_website", "tp_app", "tp_shop_staff", "tp_product_range",
    "tp_checkout", "tp_delivery", "tp_call_centre", "tp_returns",
]  # fmt: skip
AFTER = ["told_n", "expected"]
OUTAGE = pd.Period("2026-03", "M")
INVENTED = {
    "e-mail": r"\w@example\.(?:com|it)\b",
    "phone": r"(?:\+39 |0039 |\b)(?:31\d ?555|02 000\d) ?\d{4}\b",
    "iban": r"IT\d\d(?: ?[A-Z0-9]){23}",
    "tax code": r"\b[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]\b",
}
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the demo company, made once."""
    made = tmp_path_factory.mktemp("demo")
    make_demo(made)
    return made


@pytest.fixture(scope="module")
def tables(folder: Path) -> Tables:
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def answers(tables: Tables) -> pd.DataFrame:
    """Return each questionnaire once, valid answers as numbers."""
    once = tables["responses"].drop_duplicates().copy()
    for name, scale in {**SCALES, **dict.fromkeys(RATINGS, range(1, 6))}.items():
        valid = once[name].isin([str(value) for value in scale])
        once[name] = pd.to_numeric(once[name].where(valid))
    return once.assign(month=once["answered_at"].dt.to_period("M"))


def net_promoters(scores: pd.Series) -> float:
    scores = scores.dropna()
    return 100 * float((scores >= 9).mean() - (scores <= 6).mean())


def readme_table(title: str) -> dict[str, str]:
    """Return the first column of a table of the README against its second."""
    lines = README.read_text(encoding="utf-8").split(f"## {title}")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in lines.splitlines() if line.startswith("|")]
    return {row[0].strip(): row[1].strip() for row in rows[2:]}


def test_rows_are_those_of_the_readme(tables: Tables) -> None:
    said = {name.strip("`"): n.replace(",", "") for name, n in readme_table("Tables").items()}
    assert said == {name: str(len(table)) for name, table in tables.items()}


def test_the_company_has_its_size(tables: Tables) -> None:
    size = {"customers": 12_000, "orders": 40_000, "events": 150_000, "tickets": 9_000,
             "verbatims": 4_000}  # fmt: skip
    assert {name: len(tables[name]) for name in size} == size


def test_dirt_is_that_of_the_readme(tables: Tables) -> None:
    said = {name: int(n.replace(",", "")) for name, n in readme_table("Dirt").items()}
    found = count_dirt(tables)
    assert list(said.values()) == list(found.values()), dict(zip(said, found.values(), strict=True))


def count_dirt(tables: Tables) -> dict[str, int]:
    """Count every kind of dirt, in the order of the README."""
    responses, orders, tickets = tables["responses"], tables["orders"], tables["tickets"]
    text, asked = tables["verbatims"]["text"], tickets["text"].dropna()
    last_month = pd.Period("2026-10", "M")
    missing = {"99": "99", "blank": "", "do not know": "Non so"}
    in_pienza = responses["shop"] == "Pienza"
    open_ = tickets["solved_at"].isna()
    hostile = [r"<script>", r"<img ", r"^=HYPER", "\u202e", "👍🏽", "Precipitevoliss"]
    return {
        "copies": int(responses["response_id"].duplicated().sum()),
        **{f"score {name}": same(responses[[*SCALES]] == code) for name, code in missing.items()},
        **{f"rating {name}": same(responses[RATINGS] == code) for name, code in missing.items()},
        **{f"after {name}": same(responses[AFTER] == code) for name, code in missing.items()},
        "outlandish": int((responses["told_n"] == "500").sum()),
        "no count": int(responses["told_n"].isin(["-1", "2.5"]).sum()),
        **{code: int((responses[[*SCALES]] == code).sum().sum()) for code in ("11", "-1", "7.5")},
        "Pienza": int(
            (in_pienza & (responses["answered_at"].dt.to_period("M") == last_month)).sum()
        ),
        "no customer": int(orders["customer_id"].isna().sum()),
        "cancelled": int((orders["status"] == "cancelled").sum()),
        "returned": int((orders["status"] == "returned").sum()),
        "open": int(open_.sum()),
        "open last": int((open_ & (tickets["created_at"].dt.to_period("M") == last_month)).sum()),
        **{f"{kind} of a request": len(found_in(asked, kind)) for kind in INVENTED.values()},
        **{kind: len(found_in(text, kind)) for kind in INVENTED.values()},
        "hostile": sum(int(text.str.contains(pattern).sum()) for pattern in hostile),
    }


def same(hits: pd.DataFrame) -> int:
    """Return how often each column is hit, if that is the same for all."""
    (n,) = set(hits.sum())
    return int(n)


def found_in(text: pd.Series, pattern: str) -> list[str]:
    return [match[0] for match in (re.search(pattern, each) for each in text) if match]


def test_copies_are_exact(tables: Tables) -> None:
    responses = tables["responses"]
    copied = responses[responses["response_id"].duplicated(keep=False)]
    assert len(copied) == 240
    assert len(copied.drop_duplicates()) == 120


def test_small_shop_is_small(answers: pd.DataFrame) -> None:
    by_month = answers[answers["shop"] == "Pienza"].groupby("month").size()
    assert by_month.pop(pd.Period("2026-10", "M")) == 6
    assert by_month.max() <= 3


def test_other_process_same_bytes(folder: Path, tmp_path: Path) -> None:
    code = "import sys, pathlib; from cxreport.demo import make_demo; "
    code += "make_demo(pathlib.Path(sys.argv[1]))"
    places = {"1": "Pacific/Kiritimati", "77": "America/New_York"}
    for hash_seed, zone in places.items():
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone}
        made = tmp_path / hash_seed
        subprocess.run([sys.executable, "-c", code, str(made)], check=True, env=environment)
        assert digests(made) == digests(folder)


def test_other_seed_other_data(folder: Path, tmp_path: Path) -> None:
    make_demo(tmp_path, seed=1)
    same_bytes = {
        name for name, digest in digests(tmp_path).items() if digest == digests(folder)[name]
    }
    assert same_bytes == {"actions.parquet"}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.iterdir())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(CxError, match="not a folder"):
        make_demo(tmp_path / "demo")


def test_negative_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="seed"):
        make_demo(tmp_path, seed=-1)


def test_times_are_local_without_zone(folder: Path) -> None:
    files = list(folder.glob("*.parquet"))
    assert len(files) > 5
    for path in files:
        schema = pq.read_schema(path)
        assert schema.metadata is None
        times = {str(field.type) for field in schema if field.name.endswith("_at")}
        assert times <= {"timestamp[us]"}


def test_no_time_falls_where_the_clocks_jump(tables: Tables) -> None:
    for table in tables.values():
        for name in table.columns[table.columns.str.endswith("_at")]:
            times = table[name].dropna().dt
            zoned = times.tz_localize("Europe/Rome", ambiguous=True, nonexistent="NaT")
            assert zoned.notna().all()


def test_time_spans_24_closed_months_and_an_open_one(tables: Tables) -> None:
    first, last = pd.Timestamp("2024-11-01"), pd.Timestamp("2026-11-10")
    columns = {"responses": "answered_at", "orders": "ordered_at", "events": "occurred_at",
               "tickets": "created_at", "verbatims": "created_at"}  # fmt: skip
    for name, column in columns.items():
        times = tables[name][column]
        assert times.dt.to_period("M").nunique() == 25
        assert times.min() >= first
        assert times.max() < last
        assert times.is_monotonic_increasing


def test_months_are_about_500_answers(answers: pd.DataFrame) -> None:
    closed = answers.groupby("month").size()[:24]
    assert closed.between(470, 525).all()


def test_keys_lead_somewhere(tables: Tables) -> None:
    responses, orders = tables["responses"], tables["orders"]
    known = set(tables["customers"]["customer_id"])
    for name in ("responses", "orders", "events", "tickets", "verbatims", "costs"):
        assert set(tables[name]["customer_id"].dropna()) <= known
    owner = orders.set_index("order_id")["customer_id"]
    linked = responses.dropna(subset="order_id")
    assert (linked["order_id"].map(owner) == linked["customer_id"]).all()
    owner = tables["tickets"].set_index("ticket_id")["customer_id"]
    linked = responses.dropna(subset="ticket_id")
    assert (linked["ticket_id"].map(owner) == linked["customer_id"]).all()
    assert set(tables["events"]["order_id"].dropna()) <= set(orders["order_id"])
    assert (responses["invited_at"] < responses["answered_at"]).all()


def test_money_adds_up(tables: Tables) -> None:
    orders = tables["orders"]
    cancelled = orders["status"] == "cancelled"
    assert (orders["refund_amount"] <= orders["net_amount"]).all()
    refunded = cancelled | (orders["status"] == "returned")
    assert (orders["refund_amount"] > 0).equals(refunded)
    assert (orders.loc[cancelled, "margin"] == 0).all()


def test_levels_of_a_real_company(answers: pd.DataFrame) -> None:
    assert net_promoters(answers["nps"]) == pytest.approx(38, abs=2)
    assert 100 * (answers["csat"].dropna() >= 4).mean() == pytest.approx(79, abs=1.5)
    assert answers["ces"].mean() == pytest.approx(5.3, abs=0.05)


def test_outage_is_found(answers: pd.DataFrame, tables: Tables) -> None:
    phone = answers[answers["channel"] == "phone"]
    during, other = phone[phone["month"] == OUTAGE], phone[phone["month"] != OUTAGE]
    assert net_promoters(during["nps"]) - net_promoters(other["nps"]) == pytest.approx(-68, abs=18)
    assert during["ces"].mean() - other["ces"].mean() == pytest.approx(-2.4, abs=0.4)
    assert phone.groupby("month")["ces"].mean().idxmin() == OUTAGE

    tickets = tables["tickets"]
    month = tickets["created_at"].dt.to_period("M")
    assert month.value_counts().idxmax() == OUTAGE
    hours = (tickets["first_reply_at"] - tickets["created_at"]).dt.total_seconds() / 3600
    median = hours[tickets["channel"] == "phone"].groupby(month).median()
    assert median[OUTAGE] / median.drop(OUTAGE).median() == pytest.approx(8, abs=1.5)


def test_channel_gap_is_found(answers: pd.DataFrame) -> None:
    normal = answers[answers["month"] != OUTAGE]
    by_phone = normal["channel"] == "phone"
    gap = net_promoters(normal.loc[by_phone, "nps"]) - net_promoters(normal.loc[~by_phone, "nps"])
    assert gap == pytest.approx(-24, abs=5)
    by_channel = normal.groupby("channel")["nps"].agg(net_promoters)
    assert by_channel.idxmin() == "phone"


def driver_dummies(answers: pd.DataFrame) -> pd.DataFrame:
    """Return low (1-2), high (5) and not rated, for each touchpoint."""
    dummies = {}
    for name in RATINGS:
        dummies[f"{name} low"] = answers[name] <= 2
        dummies[f"{name} high"] = answers[name] == 5
        dummies[f"{name} not rated"] = answers[name].isna()
    return sm.add_constant(pd.DataFrame(dummies).astype(float))


# The 0-10 scale has its ceiling where the effects were balanced; CSAT is cut off less at the top.
@pytest.mark.parametrize(("score", "balanced"), [("nps", 0.15), ("csat", 0.3)])
def test_basic_excitement_and_performance_are_found(
    answers: pd.DataFrame, score: str, balanced: float
) -> None:
    rated = answers.dropna(subset=score)
    effect = sm.OLS(rated[score], driver_dummies(rated)).fit().params
    asymmetry = {}
    for name in RATINGS:
        reward, penalty = abs(effect[f"{name} high"]), abs(effect[f"{name} low"])
        asymmetry[name] = (reward - penalty) / (reward + penalty)
    assert asymmetry.pop("tp_delivery") < -0.8
    assert asymmetry.pop("tp_shop_staff") > 0.7
    asymmetry.pop("tp_product_range")
    assert max(map(abs, asymmetry.values())) < balanced


def test_product_range_only_goes_along(answers: pd.DataFrame) -> None:
    assert answers["tp_website"].corr(answers["tp_product_range"]) == pytest.approx(0.74, abs=0.03)
    rated = answers.dropna(subset=["nps", "tp_product_range", "tp_website"])
    assert rated["nps"].corr(rated["tp_product_range"]) > 0.1
    others = [name for name in RATINGS if name != "tp_product_range"]
    levels = pd.get_dummies(rated[others].fillna(0).astype(int).astype(str), drop_first=True)
    model = sm.add_constant(levels.astype(float)).assign(range=rated["tp_product_range"])
    fit = sm.OLS(rated["nps"], model).fit()
    assert abs(fit.tvalues["range"]) < 1.96
    assert fit.tvalues["tp_website_5"] > 5


def test_lombardia_biases_the_raw_score(answers: pd.DataFrame, tables: Tables) -> None:
    population = tables["population"].query("variable == 'region'").set_index("level")["share"]
    assert population["Lombardia"] == 20
    asked = answers["region"].value_counts(normalize=True) * 100
    assert asked["Lombardia"] == pytest.approx(31, abs=2)
    by_region = answers.groupby("region")["nps"].agg(net_promoters)
    rest = net_promoters(answers.loc[answers["region"] != "Lombardia", "nps"])
    assert by_region["Lombardia"] - rest == pytest.approx(20.5, abs=5)
    weighted = (by_region * population).sum() / 100
    assert net_promoters(answers["nps"]) - weighted == pytest.approx(2.3, abs=0.6)


def test_population_adds_up(tables: Tables) -> None:
    sums = tables["population"].groupby("variable")["share"].sum()
    assert np.allclose(sums, 100)
    assert list(sums.index) == ["age_band", "channel", "region"]
    customers = tables["customers"]["region"].value_counts(normalize=True) * 100
    said = tables["population"].query("variable == 'region'").set_index("level")["share"]
    assert np.allclose(said, customers.loc[said.index])


def test_four_types_differ_as_planted(answers: pd.DataFrame, tables: Tables) -> None:
    kind = customer_types().set_index("customer_id")["customer_type"]
    means = answers.groupby(answers["customer_id"].map(kind))[["needs", "ease", "enjoyability"]]
    grades = means.mean().apply(
        lambda mean: pd.cut(mean, [1, 3, 4, 5], labels=["low", "mid", "high"])
    )
    assert grades.T.to_dict("list") == {
        "digital in a hurry": ["high", "high", "low"],
        "discount hunters": ["low", "mid", "low"],
        "explorers": ["mid", "low", "high"],
        "neighbourhood loyals": ["high", "high", "high"],
    }
    channel = tables["orders"]["channel"].groupby(tables["orders"]["customer_id"].map(kind))
    share = channel.value_counts(normalize=True)
    assert share["neighbourhood loyals", "shop"] == pytest.approx(0.62, abs=0.03)
    assert share["digital in a hurry", "app"] == pytest.approx(0.52, abs=0.03)
    assert share["explorers", "web"] == pytest.approx(0.45, abs=0.03)
    assert share["discount hunters", "phone"] == pytest.approx(0.38, abs=0.03)


def test_one_type_loses_money(tables: Tables) -> None:
    kind = customer_types().set_index("customer_id")["customer_type"]
    margin = tables["orders"].groupby("customer_id")["margin"].sum()
    cost = tables["costs"].groupby("customer_id")["amount"].sum()
    profit = margin.reindex(kind.index).fillna(0) - cost.reindex(kind.index).fillna(0)
    by_type = profit.groupby(kind).mean().to_dict()
    planted = {"neighbourhood loyals": 65, "digital in a hurry": 42, "explorers": 50,
               "discount hunters": -38}  # fmt: skip
    assert by_type == pytest.approx(planted, abs=4)


@pytest.fixture(scope="module")
def spending(answers: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Return, for answers with 180 days on both sides, spend before and whether orders follow."""
    window = pd.Timedelta(days=180)
    rated = answers.dropna(subset="nps")
    rated = rated[
        rated["answered_at"].between(pd.Timestamp("2025-05-01"), pd.Timestamp("2026-05-05"))
    ]
    rated = rated[["response_id", "customer_id", "answered_at", "nps"]]
    both = rated.merge(tables["orders"].dropna(subset="customer_id"), on="customer_id")
    gap = both["ordered_at"] - both["answered_at"]
    after = both.loc[(gap > pd.Timedelta(0)) & (gap <= window), "response_id"]
    before = both[(gap <= pd.Timedelta(0)) & (gap >= -window)].groupby("response_id")["net_amount"]
    return rated.assign(
        returned=rated["response_id"].isin(after),
        spent=rated["response_id"].map(before.sum()).fillna(0),
        kind=pd.cut(rated["nps"], [-1, 6, 8, 10], labels=["detractor", "passive", "promoter"]),
    )


def test_promoters_come_back(spending: pd.DataFrame) -> None:
    share = 100 * spending.groupby("kind", observed=True)["returned"].mean()
    planted = {"promoter": 70.5, "passive": 62.0, "detractor": 39.5}
    assert share.to_dict() == pytest.approx(planted, abs=4)


def test_spend_before_says_nothing(spending: pd.DataFrame) -> None:
    ranks = spending[["nps", "spent"]].rank()
    error = 1 / np.sqrt(len(ranks))
    assert abs(ranks["nps"].corr(ranks["spent"])) < 1.96 * error
    assert abs(spending["returned"].corr(spending["nps"])) > 5 * error


def test_last_month_moves_by_noise_alone(answers: pd.DataFrame) -> None:
    sides = [
        answers.loc[answers["month"] == month, "nps"].dropna() for month in ("2026-09", "2026-10")
    ]
    move = net_promoters(sides[1]) - net_promoters(sides[0])
    signs = [100 * ((side >= 9).astype(int) - (side <= 6).astype(int)) for side in sides]
    error = np.sqrt(sum(sign.var() / len(sign) for sign in signs))
    assert -6 < move < -4
    assert abs(move) < 1.96 * error


def test_unsolved_tickets_rise_in_the_last_month(tables: Tables) -> None:
    tickets = tables["tickets"]
    share = tickets["solved_at"].isna().groupby(tickets["created_at"].dt.to_period("M")).mean()
    closed = share[:24]
    assert closed.idxmax() == pd.Period("2026-10", "M")
    assert closed.iloc[-1] > 3 * closed.iloc[:-1].median()


def test_comments_are_two_thirds_italian_on_ten_topics(tables: Tables) -> None:
    verbatims = tables["verbatims"]
    assert verbatims["language"].value_counts().to_dict() == {"it": 2667, "en": 1333}
    assert verbatims["topic"].nunique() == 10
    assert verbatims["topic"].value_counts().min() > 100
    assert verbatims["text"].nunique() > 2_500


def test_response_holds_its_comment(tables: Tables) -> None:
    responses = tables["responses"].drop_duplicates().set_index("response_id")["comment"].dropna()
    survey = tables["verbatims"].dropna(subset="response_id").set_index("response_id")["text"]
    assert len(survey) == 3_000
    assert responses.sort_index().equals(survey.sort_index().rename("comment"))


def test_reviews_get_replies_as_planted(tables: Tables) -> None:
    verbatims = tables["verbatims"]
    replied = verbatims["replied_at"].notna()
    assert set(verbatims["source"][replied]) == {"app_review"}
    hours = (verbatims["replied_at"] - verbatims["created_at"]).dt.total_seconds() / 3600
    assert (hours[replied] > 0).all()
    assert (verbatims["replied_at"][replied] < pd.Timestamp("2026-11-10")).all()
    n, of_reviews = int(replied.sum()), int((verbatims["source"] == "app_review").sum())
    assert abs(n / of_reviews - 0.60) < 1.96 * np.sqrt(0.6 * 0.4 / of_reviews)
    # the median of a log-normal of spread 0.9 has the standard error 1.2533 * 0.9 / sqrt(n)
    assert abs(np.log(hours[replied].median() / 36)) < 1.96 * 1.2533 * 0.9 / np.sqrt(n)
    row = next(line for line in README.read_text("utf-8").splitlines() if "replies to rev" in line)
    week = 100 * float((hours <= 168).sum()) / of_reviews
    assert f"{n} of {of_reviews}; {hours.median():.1f} hours; {week:.1f}%" in row


def test_requests_speak_of_their_reason(tables: Tables) -> None:
    tickets = tables["tickets"]
    written = tickets.dropna(subset="text")
    assert len(written) == 1_600
    assert set(written["channel"]) == {"phone", "web"}
    returns = written["text"].str.contains(r"(?i)refund|return|rimborso|\breso\b")
    assert returns[written["reason"] == "returns"].mean() > 0.9
    outage = (written["channel"] == "phone") & (written["created_at"].dt.to_period("M") == OUTAGE)
    waiting = written["text"].str.contains("(?i)phone|telefono|call centre|call center|linea")
    share = waiting[outage].mean()
    assert abs(share - 0.5) < 1.96 * np.sqrt(0.25 / outage.sum())
    n = f"{int((outage & waiting).sum())} of {int(outage.sum())} calls"
    row = next(line for line in README.read_text("utf-8").splitlines() if "texts of req" in line)
    assert n in row


def test_invented_ibans_are_valid(tables: Tables) -> None:
    ibans = found_in(tables["verbatims"]["text"], INVENTED["iban"])
    assert ibans
    for iban in (each.replace(" ", "") for each in ibans):
        assert int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1
        assert check_letter(iban[5:]) == iban[4]


def test_invented_tax_codes_are_valid(tables: Tables) -> None:
    codes = found_in(tables["verbatims"]["text"], INVENTED["tax code"])
    assert codes
    for code in codes:
        assert check_letter(code[:15]) == code[15]


def test_published_check_letters() -> None:
    # The IBAN of the Italian banking association's example, and three often printed tax codes.
    assert italian_iban("0542811101000000123456") == "IT60X0542811101000000123456"
    assert tax_code("matteo", "moretti", (1925, 4, 9), "F205") == "MRTMTT25D09F205Z"
    assert tax_code("mario", "rossi", (1980, 1, 1), "H501") == "RSSMRA80A01H501U"
    assert tax_code("mario", "rossi", (1985, 12, 10), "A562") == "RSSMRA85T10A562S"


def test_four_consonants_skip_the_second() -> None:
    assert tax_code("gianfranco", "fo", (1970, 2, 3), "Z990").startswith("FOXGFR70B03Z990")


def arms_of(tables: Tables, name: str) -> pd.DataFrame:
    """Return the assigned customers of one experiment, with their regions."""
    rows = tables["experiments"]
    return rows[rows["experiment"] == name].merge(tables["customers"], on="customer_id")


def standard_error(outcome: pd.Series) -> float:
    return float((outcome.mean() * (1 - outcome.mean()) / len(outcome)) ** 0.5)


def test_experiment_has_its_effect_and_its_ratio(tables: Tables) -> None:
    rows = arms_of(tables, "review-reminder")
    assert len(rows) == rows["customer_id"].nunique() == 6_000
    assert abs((rows["arm"] == "treatment").sum() - 3_000) < 3.29 * 1_500**0.5
    outcome = dict(iter(rows.groupby("arm")["outcome"]))
    shares = {arm: 100 * float(each.mean()) for arm, each in outcome.items()}
    errors = [100 * standard_error(each) for each in outcome.values()]
    assert abs(shares["control"] - 20) < 1.96 * errors[0]
    difference, error = shares["treatment"] - shares["control"], np.hypot(*errors)
    assert abs(difference - 4) < 1.96 * error < difference
    assert f"+{difference:.1f} (1.3 to 5.5)" in README.read_text(encoding="utf-8")


def test_experiment_works_alike_in_all_regions(tables: Tables) -> None:
    rows = arms_of(tables, "review-reminder").assign(
        treated=lambda each: each["arm"] == "treatment"
    )
    model = sm.Logit.from_formula("outcome ~ treated + C(region)", rows).fit(disp=False)
    more = sm.Logit.from_formula("outcome ~ treated * C(region)", rows).fit(disp=False)
    # Likelihood ratio on 7 degrees of freedom: 14.07 is its 95th percentile.
    assert 2 * (more.llf - model.llf) < 14.07
    assert rows["region"].nunique() == 8


def test_broken_experiment_shows_an_effect_that_is_not_there(tables: Tables) -> None:
    rows = arms_of(tables, "delivery-alerts")
    treated = rows["arm"] == "treatment"
    n, lost = len(rows), int((~treated).sum() - treated.sum())
    assert lost**2 / n > 10.83  # chi-square of halves, p < 0.001
    assert 0.46 < treated.mean() < 0.48
    kept = rows.loc[treated, "outcome"]
    # Before 14% of those without the outcome were lost, the treated were as the others.
    before = kept.sum() / (kept.sum() + (len(kept) - kept.sum()) / 0.86)
    control = rows.loc[~treated, "outcome"]
    assert abs(before - control.mean()) < 1.96 * 2**0.5 * standard_error(control)
    assert kept.mean() - control.mean() > 0.02


def test_experiments_are_over_when_the_last_month_closes(tables: Tables) -> None:
    rows = tables["experiments"].merge(tables["customers"], on="customer_id")
    assert rows["assigned_at"].max() < pd.Timestamp("2026-10-02")
    assert (rows["first_seen_at"] < rows["assigned_at"]).all()
