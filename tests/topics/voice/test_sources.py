"""Each source by itself: requests for help by channel, posts, and the replies to reviews."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import replace
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import cxreport as cx
from cxreport.errors import CxError
from cxreport.show.render import render
from cxreport.topics.voice import replies

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

CODEBOOK = """
[source]
title = { en = "A shop", it = "Un negozio" }
terms = { en = "made for a test", it = "fatto per un test" }
observed_until = 2026-10-31

[tables.responses]
files = "responses.csv"
[tables.responses.columns]
response_id = { role = "id" }
answered_at = { role = "date" }
nps = { role = "nps" }
comment = { role = "comment" }
channel = { role = "channel", label = { en = "channel", it = "canale" }, labels = { phone = { en = "phone", it = "telefono" } } }

[tables.verbatims]
files = "verbatims.csv"
[tables.verbatims.columns]
text_id = { role = "id" }
created_at = { role = "date" }
text = { role = "comment" }
reply = { role = "other" }
source = { role = "segment" }
rating = { role = "number" }
replied_at = { role = "time" }

[tables.tickets]
files = "tickets.csv"
[tables.tickets.columns]
ticket_id = { role = "id" }
created_at = { role = "date" }
channel = { role = "channel" }
subject = { role = "other" }
text = { role = "other" }
"""  # noqa: E501
FRAME = """
[topics.delivery]
label = { en = "delivery", it = "consegna" }
en = ["parcel"]
it = ["pacco"]
"""
UNTIL = dt.date(2026, 3, 31)


def write_company(folder: Path) -> None:
    """Write 30 answers, 12 posts, 14 reviews, and 12 calls, 11 e-mails and 2 chats with texts."""
    (folder / "codebook.toml").write_text(CODEBOOK, "utf-8")
    (folder / "coding_frame.toml").write_text(FRAME, "utf-8")
    answers = [f"R{n},2026-10-02,{n % 11},The parcel came late,phone" for n in range(30)]
    posts = [f"P{n},2026-10-03,Their shop is nice,,post,," for n in range(12)]
    # of the reviews of the first days 3 of 12 have a reply within a week; two are too young
    replied = ["2026-10-03", "2026-10-04", "2026-10-05", "2026-10-20", *[""] * 8]
    reviews = [f"W{n},2026-10-02,A parcel was lost,Ask Mr Lusardi,review,1,{day}"
               for n, day in enumerate(replied)]  # fmt: skip
    reviews += [f"Y{n},2026-10-30,A parcel was lost,,review,1,2026-10-31" for n in range(2)]
    calls = [f"T{n},2026-10-05,phone,Lost,My name is Ermenegilda and the parcel is lost"
             for n in range(12)]  # fmt: skip
    mails = [f"M{n},2026-10-05,survey,Where is my parcel," for n in range(11)]
    chats = [f"C{n},2026-10-05,chat,,Where is it" for n in range(2)]
    silent = [f"S{n},2026-10-05,phone,," for n in range(5)]
    for name, head, rows in (
        ("responses", "response_id,answered_at,nps,comment,channel", answers),
        ("verbatims", "text_id,created_at,text,reply,source,rating,replied_at", posts + reviews),
        ("tickets", "ticket_id,created_at,channel,subject,text", calls + mails + chats + silent),
    ):
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("shop")
    write_company(folder)
    return cx.open_survey(folder / "codebook.toml", period="2026-10", families=4)


@pytest.fixture(scope="module")
def voice(survey: Survey) -> cx.voice.Voice:
    return cx.voice.company_voice(survey, periods=1, proposed=0)


def read(block: Block, language: str = "en") -> str:
    text = re.sub(r"<svg.*?</svg>", " ", str(render(block, language, prefix="b")), flags=re.DOTALL)
    plain = unescape(re.sub(r"<[^>]*>", " ", text))
    return " ".join(re.sub(r"[\u2066-\u2069]", "", plain).split())


def test_requests_count_by_their_channel_and_never_as_the_survey(voice: cx.voice.Voice) -> None:
    counts = voice.sources.set_index(["source", "channel"])["n"].to_dict()
    assert counts == {("survey", ""): 30, ("review", ""): 14, ("post", ""): 12,
                      ("ticket", "phone"): 12, ("ticket", "survey"): 11,
                      ("ticket", "chat"): 2}  # fmt: skip
    assert voice.respondents == 30
    assert voice.topics["respondents"].tolist() == [30]
    assert voice.history["n"].tolist() == [30]
    assert set(voice.quotes["text"]) <= {"The parcel came late"}
    assert voice.stars["source"].tolist() == ["review"]


def test_what_was_written_is_all_that_a_request_says(survey: Survey) -> None:
    comments = cx.voice.company_comments(survey, periods=1).set_index("text_id")
    assert comments.loc["T0", "text"] == "Lost\nMy name is [name] and the parcel is lost"
    assert comments.loc["M0", "text"] == "Where is my parcel"
    assert comments.loc[["T0", "M0"], "channel"].tolist() == ["phone", "survey"]
    assert not comments.index.str.startswith("S").any()  # nothing was written down
    assert comments.loc["W0", "reply"] == "Ask Mr [name]"


def test_requests_of_a_part_of_the_answers_are_not_known(survey: Survey) -> None:
    part = cx.open_survey(survey.codebook.path, period="2026-10", filters={"channel": ["phone"]})
    assert set(cx.voice.company_comments(part)["source"]) == {"survey"}


def test_each_source_says_what_it_speaks_of(voice: cx.voice.Voice, survey: Survey) -> None:
    shares = voice.outside[["source", "channel", "topic", "comments", "n", "share"]]
    assert shares.to_numpy().tolist() == [
        ["review", "", "delivery", 14, 14, 100.0],
        ["ticket", "phone", "delivery", 12, 12, 100.0],
        ["ticket", "survey", "delivery", 11, 11, 100.0],
    ]  # nobody posts about a parcel, and two chats are too few
    page = read(cx.voice.sources(voice, survey))
    assert "Posts: 12 comments. Requests for help, phone: 12 comments." in page
    assert "Requests for help, chat" not in page
    assert "Not all is shown here" in page
    italian = read(cx.voice.sources(voice, survey), "it")
    assert "Richieste di aiuto, telefono: 12 commenti." in italian
    assert "Richieste di aiuto, telefono Consegna 100,0%" in italian


def test_replies_to_reviews_by_hand(voice: cx.voice.Voice, survey: Survey) -> None:
    row = voice.replies.iloc[0]
    assert row[["source", "reviews", "n", "replied", "not_observable", "left_out"]].tolist() == [
        "review", 14, 12, 3, 2, 0,
    ]  # fmt: skip
    assert row["estimate"] == pytest.approx(25)
    # Wilson's interval of 3 of 12 (Newcombe 1998, method 3), worked out by hand
    z = 1.959964
    middle, reach = 0.25 + z * z / 24, z * np.sqrt(0.25 * 0.75 / 12 + z * z / 576)
    wilson = [100 * (middle + sign * reach) / (1 + z * z / 12) for sign in (-1, 1)]
    assert row[["low", "high"]].tolist() == pytest.approx(wilson)
    assert np.isnan(row["half"])  # 6 of 14 have had a reply
    page = read(cx.voice.reply_table(voice, survey))
    for sentence in (
        "Reviews: of 12 that are at least 7 days old, 25.0% had a reply within 7 days",
        "(interval 8.9% to 53.2%)",
        "2 more are too young: not yet observable.",
        "Fewer than half of all 14 have had a reply so far",
        "Who writes a review chose to do so",
    ):
        assert sentence in page
    italian = read(cx.voice.reply_table(voice, survey), "it")
    assert "delle 12 scritte da almeno 7 giorni, il 25,0% ha avuto una risposta" in italian
    assert "Altre 2 sono troppo recenti: non ancora osservabili." in italian


def days(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(pd.Series(texts, dtype="object")))


def test_reviews_that_are_all_young_say_nothing_yet() -> None:
    reviews = pd.DataFrame({"source": "review", "created_at": days("2026-03-30", "2026-03-31"),
                            "replied_at": days("2026-03-31", None)})  # fmt: skip
    row = replies(reviews, until=UNTIL).iloc[0]
    assert row[["n", "not_observable", "note"]].tolist() == [0, 2, "no answers"]
    assert np.isnan(row["estimate"])


def test_a_reply_that_cannot_be_is_left_out_and_a_source_without_any_too() -> None:
    reviews = pd.DataFrame(
        {
            "source": ["review"] * 3 + ["letter"] * 3,
            "created_at": days(*["2026-03-02"] * 6),
            "replied_at": days("2026-03-03", "2026-03-01", None, None, None, None),
        }
    )
    rows = replies(reviews, until=UNTIL)
    assert rows[["source", "reviews", "n", "replied", "left_out"]].to_numpy().tolist() == [
        ["review", 3, 2, 1, 1]
    ]
    assert replies(reviews[reviews["source"] == "letter"], until=UNTIL).empty
    with pytest.raises(CxError, match="replied_at"):
        replies(reviews.drop(columns="replied_at"), until=UNTIL)


def test_a_reply_after_the_last_day_has_not_happened_yet() -> None:
    reviews = pd.DataFrame({"source": "review", "created_at": days(*["2026-03-02"] * 2),
                            "replied_at": days("2026-04-02", "2026-03-04")})  # fmt: skip
    rows = replies(reviews, until=UNTIL, observed_until=dt.date(2026, 4, 30))
    assert rows[["n", "replied", "left_out"]].to_numpy().tolist() == [[2, 1, 0]]


def test_only_the_method_speaks_of_log_odds() -> None:
    texts = tomllib.loads(files("cxreport.topics.voice").joinpath("texts.toml").read_text("utf-8"))
    named = [section for section, words in texts.items() if "log-odds" in str(words).lower()]
    assert named == ["method"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"text"}, ("has no column “replied_at”", "manca la colonna «replied_at»")),
        ({"replied_at"}, ("has no column “created_at”", "manca la colonna «created_at»")),
        ({"replied_at", "created_at"}, ("no reply is recorded", "non è registrata nessuna")),
    ],
)
def test_no_replies_for_one_reason(
    voice: cx.voice.Voice, survey: Survey, monkeypatch: pytest.MonkeyPatch, columns: set[str],
    said: tuple[str, str],
) -> None:  # fmt: skip
    monkeypatch.setattr(type(survey), "columns_of", lambda *_: columns)
    silent = replace(voice, replies=voice.replies.head(0))
    for language, words in zip(("en", "it"), said, strict=True):
        assert words in read(cx.voice.reply_table(silent, survey), language)
