"""Every sentence at every edge, in both languages: none is empty, doubled, or at odds with itself.

Two walks: all texts with values at their edges (one, none, a million, up, down), and the sections
that say what moved, on frames made by hand.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from sources import SHOP
from test_texts import TOPICS, fields, forms

import cxreport as cx
from cxreport.inputs.company import Company
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.survey import Survey, open_survey
from cxreport.show.charts.picture import Picture
from cxreport.show.findings import finding_of
from cxreport.show.formats import Reader
from cxreport.show.parts import Column, chart
from cxreport.show.render import render
from cxreport.show.texts import SHARED, texts_of
from cxreport.show.written import reader_of
from cxreport.topics.linkage.score_link import ScoreLink
from cxreport.topics.retention import Retention
from cxreport.topics.service.comparisons import COMPARED
from cxreport.topics.service.times import WAITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxreport.show.blocks import Block

MONTHS = {
    "en": "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre",
    "it": "January|February|March|May|June|July|August|September|October|December",
}
COUNTED = ("answers?|customers?|requests?|people|visits?|periods?|months|ratings|comments|"
           "risposte|clienti|richieste|persone|visite|periodi|mesi|voti|commenti")  # fmt: skip
DOUBLED = (r"\b(\w+) \1\b", r"(?<!\.)\.\.(?!\.)", ";;", ",,", "::", r"\s[.,;]", r"\(\)", r"\( | \)",
           " {2}")  # fmt: skip
WRONG = {
    "empty": re.compile(r"^[\s.;:,]*$"),
    "doubled": re.compile("|".join(DOUBLED), re.IGNORECASE),
    "unfilled": re.compile(r"[{}]|\b(?:nan|None(?! of)|NaN|NaT|inf)\b|<NA>"),
}
FOREIGN = {
    "en": re.compile(rf"\d,(?!\d{{3}}(?!\d))\d|[1-9]\.\d{{3}}(?!\d)|«|\b(?:{MONTHS['en']})\b"),
    "it": re.compile(rf"\d\.(?!\d{{3}}(?!\d))\d|[1-9],\d{{3}}(?!\d)|[“”]|\b(?:{MONTHS['it']})\b"),
}
"""Numbers, quotation marks and months in the way of the other language."""
ONE_OF_MANY = re.compile(rf"(?<![\d.,-])1 (?:{COUNTED.replace('s?', 's')})\b")
EDGES = {"none": 0, "one": 1, "two": 2, "a million": 1_000_000, "rise": 3.25, "fall": -1_234.5}
COUNTS = {"", "whole", "count", "0"}


def wrong(text: str, language: str) -> list[str]:
    """Name what is wrong with a sentence."""
    found = [name for name, pattern in WRONG.items() if pattern.search(text)]
    return found + (["foreign"] if FOREIGN[language].search(text) else [])


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Half of the 1,234 requests within 4.5 hours.", "en", []),
        ("Metà delle 1.234 richieste entro 4,5 ore.", "it", []),
        ("p < 0.001", "en", []),
        ("Half within 4,5 hours.", "en", ["foreign"]),
        ("1.234 answers.", "en", ["foreign"]),
        ("Metà entro 4.5 ore.", "it", ["foreign"]),
        ("1,234 risposte in September 2026.", "it", ["foreign"]),
        ("Of “tutti”.", "it", ["foreign"]),
        ("The the first.", "en", ["doubled"]),
        ("It ends.. Then", "en", ["doubled"]),
        ("It is {half}.", "en", ["unfilled"]),
        ("It is nan hours.", "en", ["unfilled"]),
        (" . ", "en", ["empty", "doubled"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_seen(text: str, language: str, found: list[str]) -> None:
    assert wrong(text, language) == found
    assert ONE_OF_MANY.search("Of 1 answers")
    assert not ONE_OF_MANY.search("1 answer, 21 answers, 1.1 people, of 3.1 points")


CARRIED: dict[str, Any] = {
    "period": {"name": "2026-10", "kind": "month"},
    "reference": {"name": "2026-09", "kind": "month"},
    "every": "month", "group": "channel", "currency": "EUR", "names": {}, "labels": {},
}  # fmt: skip
WRITTEN: dict[str, Any] = {
    "period": "2026-10", "short": "2026-10", "day": "2026-10-31", "score_name": "nps",
    "codes": ["x"], **dict.fromkeys(("code", "code_of", "column", "question", "answer"), "x"),
    "as_is": "x", "comment": "x",
}  # fmt: skip
"""Format -> what it can write, where that has no edge."""


def value_of(topic: str, how: str, edge: float) -> Any:
    """Return a value that a format can write: a number at its edge, a code, a day, a list."""
    form, _, option = how.partition(":")
    if form in {"list", "series", "and"}:
        return [value_of(topic, option, edge)] * (2 if form == "and" else 1)
    if form in {"capital", "unbroken", "if_known", "if_any"}:
        return value_of(topic, option, edge)
    if form in {"word", "known_word", "translated"}:
        return next(iter(words_of(topic, option.partition(":")[0])), "x")
    if form in {"wait", "waits", "level", "share"}:
        return abs(edge)
    whole = form in COUNTS and float(edge).is_integer()
    return WRITTEN.get(form, int(edge) if whole else edge)


def words_of(topic: str, section: str) -> list[str]:
    known = {**texts_of(SHARED), **texts_of(topic)}
    inside = [key.removeprefix(f"{section}.") for key in known if key.startswith(f"{section}.")]
    return [key for key in inside if "." not in key]


ROW = {
    **dict.fromkeys(("channel", "question", "column", "variable", "item", "step"), "x"),
    "by": "channel", "low": 1.5, "high": 2.5, "metric": "nps", "unit": "number", "currency": "EUR",
}  # fmt: skip
"""What formats look at beside their own value."""


def asked_by(topic: str, key: str, language: str) -> set[str]:
    """Return the values that a text asks for, and those that the words chosen in it ask for."""
    texts, asked = texts_of(topic), set[str]()
    keys, ahead = set[str](), {key}
    while ahead:
        keys |= ahead
        asked |= {f for key in ahead for form in forms(texts[key][language]) for f in fields(form)}
        words = {how.split(":")[2] for how in asked if ":word:" in how or ":known_word:" in how}
        inside = {f"{section}.{word}" for section in words for word in words_of(topic, section)[:1]}
        ahead = (inside & {*texts}) - keys
    return asked


def filled(topic: str, key: str, language: str, edge: float) -> Iterator[str]:
    """Fill a text in with values at one edge, in each of its forms."""
    asked = asked_by(topic, key, language)
    row = dict(ROW)
    if edge in {0, 1, 2, 1_000_000}:
        row["n"] = edge
    for field in sorted(asked):
        name, _, how = field.partition(":")
        row[name] = value_of(topic, how, edge if name == "n" or edge != 1 else 5)
    row.setdefault("n", 5)
    yield Reader(language, topic, CARRIED).text(key, row)


@pytest.mark.parametrize("topic", TOPICS)
def test_no_text_is_empty_or_doubled_at_any_edge(topic: str) -> None:
    found = []
    for key in (key for key in texts_of(topic) if not key.startswith("alt.")):
        for language in LANGUAGES:
            for edge, value in EDGES.items():
                for text in filled(topic, key, language, value):
                    problems = wrong(text, language)
                    has_plural = isinstance(texts_of(topic)[key][language], list)
                    if edge == "one" and has_plural and ONE_OF_MANY.search(text):
                        problems.append("one of many")
                    found += [f"{key} ({language}, {edge}), {p}: {text}" for p in problems]
    assert found == []


COLUMNS = """\
delivery = { role = "csat", scale = [1, 5], label = { en = "delivery", it = "consegna" } }
staff = { role = "touchpoint", scale = [1, 5], label = { en = "shop staff", it = "personale" } }
channel = { role = "channel", labels = { web = { en = "website", it = "sito" } } }
"""


@pytest.fixture(scope="module")
def surveys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Survey]:
    """Open a source with two months, and one with its first month only."""
    opened = {}
    for name, months in {"two": ("2026-09", "2026-10"), "first": ("2026-10",)}.items():
        folder: Path = tmp_path_factory.mktemp(name)
        (folder / "codebook.toml").write_text(SHOP + COLUMNS, "utf-8")
        rows = [f"{at},{month}-0{at},9,4,4,web" for month in months for at in (1, 2)]
        head = "response_id,answered_at,nps,delivery,staff,channel"
        unique = [f"{number}{row[1:]}" for number, row in enumerate(rows)]
        (folder / "responses.csv").write_text("\n".join([head, *unique]) + "\n", "utf-8")
        opened[name] = open_survey(folder)
    return opened


@pytest.fixture(autouse=True)
def _everybody_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show groups of one, too; pictures say nothing here, and take long."""
    monkeypatch.setattr(Company, "minimum_group", 1)
    monkeypatch.setattr("cxreport.show.render.picture_of", lambda *_, **__: Picture("", "", ""))


def sentences_in(block: Block, language: str) -> list[str]:
    """Return what a block says: its sentences, captions, findings and cells."""
    page = re.sub(r"<svg.*?</svg>|<details.*?</details>|<a .*?</a>", " ",
                  str(render(block, language, prefix="e")), flags=re.DOTALL)  # fmt: skip
    inside = re.findall(r"<(li|p|figcaption|caption)\b[^>]*>(.*?)</\1>", page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>", " ", text)).strip() for _, text in inside]


def page_of(block: Block, language: str) -> str:
    """Return what a block says, after looking for what is wrong with it."""
    said = [re.sub(r" {2,}", " ", text) for text in sentences_in(block, language)]
    assert [(text, wrong(text, language)) for text in said if wrong(text, language)] == []
    assert len(said) == len({*said}), "said twice"
    return " ".join(said)


NAN = float("nan")
MOVES: dict[str, tuple[float, float, float, object, int]] = {
    "rise": (6.0, 2.0, 10.0, True, 400), "fall": (-6.0, -10.0, -2.0, True, 400),
    "steady": (1.0, -3.0, 5.0, False, 400), "no difference": (0.0, -4.0, 4.0, False, 400),
    "too few": (NAN, NAN, NAN, pd.NA, 3), "one answer": (NAN, NAN, NAN, pd.NA, 1),
    "millions": (0.04, 0.02, 0.06, True, 2_000_000),
}  # fmt: skip
"""Edge -> difference from the period before, its interval, signal, answers."""
WORDS = {
    "en": {"up": "better than in", "down": "worse than in", "same": "steady against",
           "unsaid": "no comparison:"},
    "it": {"up": "meglio che nel", "down": "peggio che nel", "same": "stabile rispetto",
           "unsaid": "nessun confronto:"},
}  # fmt: skip


def expected(edge: str) -> str:
    """Return the word for an edge by its interval alone."""
    _, low, high, *_ = MOVES[edge]
    return "unsaid" if np.isnan(low) else "up" if low > 0 else "down" if high < 0 else "same"


def board(edge: str, *, before: int | None = None) -> pd.DataFrame:
    """Return a scoreboard with one headline score and one share."""
    difference, low, high, signal, n = MOVES[edge]
    spread = {"estimate": 50.0, "low": 45.0, "high": 55.0}
    row = {"n": n, "n_reference": n if before is None else before, **spread, "signal": signal,
           "difference": difference, "difference_low": low, "difference_high": high,
           "p_value": NAN if np.isnan(low) else 0.01}  # fmt: skip
    named = [{"question": "nps", "metric": "nps"}, {"question": "delivery", "metric": "csat"}]
    return pd.DataFrame([name | row for name in named])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edge", MOVES)
def test_in_brief_the_word_is_that_of_the_interval(
    edge: str, language: str, surveys: dict[str, Survey]
) -> None:
    page = page_of(cx.survey.in_brief(board(edge), surveys["two"]), language)
    for word, written in WORDS[language].items():
        assert page.count(written) == (2 if word == expected(edge) else 0), page
    first = page_of(cx.survey.in_brief(board("too few"), surveys["first"]), language)
    assert not any(written in first for written in WORDS[language].values())
    gap = page_of(cx.survey.in_brief(board("too few", before=0), surveys["two"]), language)
    assert gap.count({"en": "not asked, or not answered", "it": "domanda non posta"}[language]) == 2
    empty = board("one answer").assign(estimate=NAN, low=NAN, high=NAN, n=0)
    assert "–" not in page_of(cx.survey.in_brief(empty, surveys["two"]), language)


def waited(edge: str, **changed: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return waits of this month and the one before, and how they compare."""
    difference, low, _, signal, n = MOVES[edge]
    row = dict.fromkeys(WAITS, NAN) | {"n": n, "ended": n, "waiting": 0, "note": ""}
    row |= {"estimate": 21.0, "low": 19.0, "high": 23.0, "ended_median": 21.0}
    row |= {"p90": 60.0, "p90_low": 50.0, "variable": "", "level": ""}
    both = [row | {"metric": metric, "period": period, "estimate": hours} | changed
            for metric in ("first_reply", "solution")
            for period, hours in (("2026-10", 21.0), ("2026-09", 14.0))]  # fmt: skip
    direction = "" if signal is not True else "faster" if difference > 0 else "slower"
    compared = dict.fromkeys(COMPARED, NAN) | {"variable": "period", "level": "2026-10", "n": n}
    compared |= {"estimate": 21.0, "estimate_rest": 14.0, "signal": signal, "note": "",
                 "direction": direction, "chi2": 9.0, "p_value": NAN if np.isnan(low) else 0.01,
                 "group": ""}  # fmt: skip
    changes = [compared | {"metric": metric} for metric in ("first_reply", "solution")]
    frame = pd.DataFrame(changes).astype({"signal": "boolean"})
    return pd.DataFrame(both), frame


SLOWER = {
    "en": {"up": "Shorter than in", "down": "Longer than in", "same": "Steady against September",
           "unsaid": "Whether that differs"},
    "it": {"up": "Meno che nel periodo", "down": "Più che nel periodo", "unsaid": "sia diverso",
           "same": "Stabile rispetto al periodo precedente (settembre"},
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edge", MOVES)
def test_waits_are_said_by_what_they_are_compared_with(
    edge: str, language: str, surveys: dict[str, Survey]
) -> None:
    waits, changes = waited(edge)
    page = page_of(cx.service.brief(waits, changes, surveys["two"]), language)
    slower = expected(edge) == "down"
    for word, written in SLOWER[language].items():
        times = (2 + (language == "it" and slower) + slower * (language == "en")
                 if word == expected(edge) else 0)  # fmt: skip
        assert page.count(written) == times, page
    half = {"en": "within 21.0 hours, half later", "it": "entro 21,0 ore, metà più tardi"}
    assert page.count(half[language]) == 2
    page_of(cx.service.summary(waits, changes, surveys["two"]), language)
    now = waits[waits["period"] == "2026-10"]
    page_of(cx.service.brief(now, changes.head(0), surveys["first"]), language)
    unknown, _ = waited(edge, estimate=NAN, low=NAN, high=NAN, p90=NAN, waiting=2)
    open_page = page_of(cx.service.brief(unknown, changes, surveys["two"]), language)
    assert {"en": "is not yet observable", "it": "non è ancora osservabile"}[language] in open_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_requests_give_the_one_reason_that_holds(
    language: str, surveys: dict[str, Survey], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, changes = waited("steady", n=0)
    without = page_of(cx.service.brief(waits, changes, surveys["two"]), language)
    monkeypatch.setattr(Company, "columns_of", lambda *_: {"created_at"})
    quiet = page_of(cx.service.brief(waits, changes, surveys["two"]), language)
    assert {"en": "nobody asked", "it": "nessuno ha chiesto"}[language] in quiet
    assert {"en": "source has no requests", "it": "fonte non ha richieste"}[language] in without


def control(marks: dict[int, str], *, limits: bool = True, periods: int = 6) -> pd.DataFrame:
    """Return a control chart with marks in some of its months, counted from the first."""
    frame = pd.DataFrame({"period": [f"2026-{month:02}" for month in range(5, 5 + periods)]})
    low, high = (40.0, 60.0) if limits else (NAN, NAN)
    frame = frame.assign(n=100, estimate=50.0, low=45.0, high=55.0, centre=50.0, lower=low,
                         upper=high, signal="", direction="", note="")  # fmt: skip
    for at, direction in marks.items():
        frame.loc[at, ["signal", "direction"]] = ["outside", direction]
    return frame


@pytest.mark.parametrize(
    ("frame", "finding"),
    [
        (control({}), ("Steady: no mark in 6 periods", "Stabile: nessun segno in 6 periodi")),
        (control({5: "concern"}), ("Oct 2026: worse than usual", "Ott 2026: peggio del solito")),
        (control({1: "fall", 5: "rise"}), ("Oct 2026: more than usual",
                                           "Ott 2026: più del solito")),
        (control({2: "improvement"}),
         ("Oct 2026: as usual; better than usual last in Jul 2026",
          "Ott 2026: come al solito; l'ultima volta meglio del solito: lug 2026")),
        (control({}, limits=False), ("", "")),
        (control({0: "concern"}, limits=False), ("", "")),
        (control({}).assign(lower=[NAN] * 5 + [40.0]), ("Steady: no mark in one period",
                                                        "Stabile: nessun segno in un periodo")),
        (control({2: "concern"}).assign(estimate=[50.0] * 3 + [NAN] * 3),
         ("Jul 2026: worse than usual", "Lug 2026: peggio del solito")),
    ],
)  # fmt: skip
def test_a_control_chart_says_whether_its_last_period_is_usual(
    frame: pd.DataFrame, finding: tuple[str, str], surveys: dict[str, Survey]
) -> None:
    label = {"name": "period", "how": "short"}
    block = chart("control", "survey", "trend", frame, [Column("n")], surveys["two"], label=label,
                  y="axis.score", how="score", question="nps", metric="nps")  # fmt: skip
    said = [finding_of(block, reader_of(block, language)) for language in LANGUAGES]
    assert dict(zip(LANGUAGES, said, strict=True)) == dict(zip(("en", "it"), finding, strict=True))


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [([10, 40], [20, 50], "do not touch"), ([10, 15], [20, 50], "overlap"), ([10], [20], "")],
)
def test_intervals_name_the_ends_and_whether_they_overlap(
    low: list[int], high: list[int], found: str, surveys: dict[str, Survey]
) -> None:
    frame = pd.DataFrame({"group": ["web", "shop"][: len(low)], "low": low, "high": high})
    frame = frame.assign(estimate=(frame["low"] + frame["high"]) / 2, n=50)
    block = chart("intervals", "survey", "breakdown", frame, [Column("n")], surveys["two"],
                  label={"name": "group", "how": "code"}, x="axis.score", group="channel",
                  metric="nps", question="nps")  # fmt: skip
    for language in LANGUAGES:
        page_of(block, language)
    said = finding_of(block, reader_of(block, "en"))
    assert said.startswith("Highest: shop. Lowest: website. Their intervals" if found else "")
    assert said.endswith(found)
    assert bool(said) == bool(found)


def coming_back(n: int, by_month: pd.DataFrame) -> Retention:
    """Return what is known of customers who come back: shares of ``n``."""
    share = {"estimate": 34.0, "low": 30.0, "high": 38.0, "note": ""}
    ages = [{"age": age, "cohorts": 5, "at_risk": n, **share} for age in (1, 3, 6, 12)]
    days = [{"day": day, "customers": n, "at_risk": n, **share} for day in (90, 365)]
    wait = {"share": 80, "gaps": n, "ended": n, "followed": 365, "returned": 62.0, "later": 24.0,
            "later_low": 20.0, "later_high": 28.0} | share  # fmt: skip
    return Retention(
        by_age=pd.DataFrame(ages), chart=by_month, second_orders=pd.DataFrame(days),
        windows=pd.DataFrame([wait]),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n", [1, 2, 1_000_000])
@pytest.mark.parametrize("marks", [{}, {5: "concern"}, {5: "improvement"}])
def test_who_comes_back_is_said_of_whom(
    marks: dict[int, str], n: int, language: str, surveys: dict[str, Survey]
) -> None:
    retention = coming_back(n, control(marks))
    page = page_of(cx.retention.brief(retention, surveys["two"]), language)
    of_whom = {"en": f"Of {n:,} new customers", "it": f"Nuovi clienti: {n:,}".replace(",", ".")}
    assert of_whom[language] in page
    steady = {"en": "Steady: from", "it": "Stabile: da"}[language]
    assert (steady in page) == (not marks)
    nothing = Retention()
    for section in (cx.retention.brief, cx.retention.ages, cx.retention.steadiness,
                    cx.retention.second_orders, cx.retention.lapses):  # fmt: skip
        page_of(section(nothing, surveys["first"]), language)


def linked(edge: str) -> ScoreLink:
    """Return promoters and detractors who differ as the edge says."""
    difference, low, high, signal, n = MOVES[edge]
    rows = [
        {"outcome": outcome, "analysis": analysis, "estimate": 50 + difference, "n": n,
         "estimate_reference": 50.0, "n_reference": n, "difference": difference, "low": low,
         "high": high, "signal": signal if analysis == "adjusted" else False, "p_value": 0.01,
         "note": "too few customers" if np.isnan(low) else "", "currency": "EUR"}
        for outcome, analysis in (("ordered_again", "adjusted"), ("spent_after", "adjusted"),
                                  ("ordered_before", "placebo"), ("spent_before", "placebo"))
    ]  # fmt: skip
    classes = [
        {"outcome": outcome, "answer": answer, "n": n, "estimate": 55.0, "low": 50.0, "high": 60.0,
         "note": ""}
        for outcome in ("ordered_again", "ordered_before")
        for answer in ("detractors", "passives", "promoters")
    ]  # fmt: skip
    left = pd.DataFrame({"reason": ["no customer"], "n": [1]})
    return ScoreLink(pd.DataFrame(rows), pd.DataFrame(classes), left)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edge", MOVES)
def test_a_link_is_a_signal_only_beyond_its_interval(
    edge: str, language: str, surveys: dict[str, Survey]
) -> None:
    page = page_of(cx.linkage.link(linked(edge), surveys["two"], 180), language)
    words = {"en": ("), a signal", "), no more than chance would make"),
             "it": ("), un segnale", "), non più di quanto farebbe il caso")}[language]  # fmt: skip
    moved = expected(edge) in {"up", "down"}
    assert page.count(words[0]) == 2 * moved
    assert page.count(words[1]) == 2 * (expected(edge) == "same")


def ranked(top: float, level: str, estimate: float = 1.9) -> pd.DataFrame:
    """Return two touchpoints, the first of which is more or less surely the first."""
    row = {"question": "staff", "n": 400, "importance": 7.3, "importance_low": 5.8,
           "importance_high": 8.7, "performance": 3.67, "performance_low": 3.6,
           "performance_high": 3.7, "shortfall": 0.33, "reach": 80.0, "estimate": estimate,
           "low": 1.4, "high": 2.4, "share": 79.0, "top": top, "level": level, "note": "",
           "target": 4.0}  # fmt: skip
    return pd.DataFrame([row, row | {"question": "delivery", "top": 5.0, "level": "low"}])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("frame", "word"),
    [
        (ranked(97, "high"), ("Fix first", "Da sistemare")),
        (ranked(50, "medium"), ("Perhaps", "Forse")),
        (ranked(0, "low", estimate=0.0), ("Nothing to fix", "Nulla da")),
        (ranked(0, "too few answers", estimate=NAN), ("What to fix first cannot", "Che cosa")),
    ],
)
def test_priorities_are_as_sure_as_their_rank(
    frame: pd.DataFrame, word: tuple[str, str], language: str, surveys: dict[str, Survey]
) -> None:
    page = page_of(cx.drivers.priorities(frame, surveys["two"], 12), language)
    assert page.startswith(word[LANGUAGES.index(language)])
    assert not re.search(r"drawn again|100 times|estraendo|volte su 100", page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("at_risk", [True, False, pd.NA])
def test_praise_is_not_followed_by_a_warning(
    at_risk: object, language: str, surveys: dict[str, Survey]
) -> None:
    row = {"outcome": "ordered_again", "question": "staff", "n": 700, "n_low": 90, "n_high": 200,
           "negative": -1.0, "negative_low": -3.4, "negative_high": 1.6, "negative_q": 0.5,
           "positive": 6.0, "positive_low": 2.5, "positive_high": 9.5, "positive_q": 0.01,
           "kind": "positive", "performance": 3.67, "performance_low": 3.6,
           "performance_high": 3.7, "at_risk": at_risk, "note": "", "target": 4.0}  # fmt: skip
    page = page_of(cx.drivers.moments(pd.DataFrame([row]), surveys["two"], 180), language)
    assert {"en": "Can win customers", "it": "Può conquistare"}[language] in page
    assert not re.search(r"[Aa]t risk|[Aa] rischio", page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edge", MOVES)
def test_groups_differ_only_beyond_their_interval(
    edge: str, language: str, surveys: dict[str, Survey]
) -> None:
    survey, (difference, low, high, signal, n) = surveys["two"], MOVES[edge]
    row = {"group": "web", "question": "nps", "metric": "nps", "n": n, "estimate": 40.0,
           "estimate_reference": 40.0 - difference, "difference": difference, "signal": signal,
           "p_value": 0.01, "q_value": 0.02, "note": ""}  # fmt: skip
    channel = row | {"low": 30.0, "high": 50.0, "difference_low": low, "difference_high": high}
    other = channel | {"group": "shop", "signal": pd.NA, "estimate": 40.0 - difference}
    other |= {"estimate": 30.0} if np.isnan(difference) else {}
    page = page_of(cx.channels.scores(pd.DataFrame([channel, other]), survey, 12), language)
    words = {"en": {"up": "Stronger than", "down": "Weaker than", "same": "No channel differs",
                    "unsaid": "Whether channels differ cannot"},
             "it": {"up": "Più forte", "down": "Più debole", "same": "Nessun canale si distingue",
                    "unsaid": "Non si può dire se i canali"}}[language]  # fmt: skip
    assert [key for key, text in words.items() if text in page] == [expected(edge)]
    visits = pd.DataFrame([row | {"event_name": "bought", "low": low, "high": high,
                                  "n_reference": n, "group_reference": "shop"}])  # fmt: skip
    said = page_of(
        cx.conversion.session_differences_table(visits, survey.dataset, between="channel"), language
    )
    a_signal = {"en": "): a signal", "it": "): un segnale"}[language]
    within = {"en": "no more than chance", "it": "non più di quanto"}[language]
    assert (a_signal in said, within in said) == (
        expected(edge) in {"up", "down"}, expected(edge) == "same",
    )  # fmt: skip
