"""How many of those invited answer: counted by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from sources import SHOP

import cxreport as cx
from cxreport.show.render import render
from cxreport.topics.overview import changes, first_screen
from cxreport.topics.overview.measures import COLUMNS as MEASURED

if TYPE_CHECKING:
    from pathlib import Path

    from cxreport.inputs.survey import Survey

CHANNEL = 'channel = { role = "channel" }\n'
INVITATIONS = """
[tables.invitations]
files = "invitations.csv"
[tables.invitations.columns]
sent_on = { role = "date" }
"""
MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")


def answers(*by_month: int) -> pd.DataFrame:
    days = [
        f"{m}-{1 + k % 28:02d}" for m, n in zip(MONTHS, by_month, strict=True) for k in range(n)
    ]
    ids = [f"r{k}" for k in range(len(days))]
    scores = [k % 11 for k in range(len(days))]
    return pd.DataFrame({"response_id": ids, "answered_at": days, "nps": scores, "channel": "web"})


def counts(*by_month: int) -> pd.DataFrame:
    """Return the invitations of each month, sent on two days."""
    rows = [
        (f"{m}-{d}", n // 2) for m, n in zip(MONTHS, by_month, strict=True) for d in ("05", "28")
    ]
    return pd.DataFrame(rows, columns=["sent_on", "sent"])


def shop(
    folder: Path, came: pd.DataFrame, sent: pd.DataFrame | None, *, until: str = "", **more: Any
) -> Survey:
    number = 'sent = { role = "number" }\n' if sent is not None and "sent" in sent else ""
    path = folder / "codebook.toml"
    invited = INVITATIONS + number if sent is not None else ""
    files = 'files = "invitations.csv"\n'
    invited = invited.replace(files, files + (f"observed_until = {until}\n" if until else ""))
    path.write_text(SHOP + CHANNEL + invited, encoding="utf-8")
    tables = {"responses": came} | ({"invitations": sent} if sent is not None else {})
    return cx.open_survey(path, period="2026-10", tables=tables, **more)


def test_answers_for_every_hundred_invitations(tmp_path: Path) -> None:
    survey = shop(tmp_path, answers(20, 30, 40, 50), counts(100, 100, 200, 200))
    rates = cx.scores.response_rates(survey)
    assert rates["period"].tolist() == list(MONTHS)
    assert rates["n"].tolist() == [100, 100, 200, 200]
    assert rates["answers"].tolist() == [20, 30, 40, 50]
    assert rates["estimate"].tolist() == [20, 30, 20, 25]
    # Wilson, 20 of 100: (20 + 1.92 -+ 1.96 sqrt(16 + 0.96)) / 103.84
    assert rates.loc[0, "low"] == pytest.approx(13.34, abs=0.01)
    assert rates.loc[0, "high"] == pytest.approx(28.88, abs=0.01)


def test_one_row_an_invitation_is_counted_as_one(tmp_path: Path) -> None:
    days = pd.DataFrame({"sent_on": [f"{m}-{1 + k % 28:02d}" for m in MONTHS for k in range(80)]})
    rates = cx.scores.response_rates(shop(tmp_path, answers(20, 20, 20, 40), days))
    assert rates["n"].tolist() == [80] * 4
    assert rates["estimate"].tolist() == [25, 25, 25, 50]


def test_more_answers_than_invitations_are_no_rate(tmp_path: Path) -> None:
    survey = shop(tmp_path, answers(20, 130, 20, 20), counts(100, 100, 100, 100))
    rates = cx.scores.response_rates(survey)
    assert rates["note"].tolist() == ["", "more answers than invitations", "", ""]
    assert rates["estimate"].isna().tolist() == [False, True, False, False]


def test_few_answers_are_hidden_with_a_partner(tmp_path: Path) -> None:
    survey = shop(tmp_path, answers(20, 4, 30, 40), counts(100, 100, 100, 100))
    rates = cx.scores.response_rates(survey)
    assert rates["answers"].isna().tolist() == [True, True, False, False]
    assert rates["estimate"].isna().tolist() == [True, True, False, False]


def test_nothing_is_said_where_nobody_knows(tmp_path: Path) -> None:
    came = answers(20, 20, 20, 20)
    assert cx.scores.response_rates(shop(tmp_path, came, None)).empty
    sent = counts(100, 100, 100, 100)
    filters = {"channel": ["web"]}  # nothing says how many of them were invited
    assert cx.scores.response_rates(shop(tmp_path, came, sent, filters=filters)).empty
    early = sent[sent["sent_on"] < "2026-10"]  # the export stops before the period does
    assert cx.scores.response_rates(shop(tmp_path, came, early, until="2026-09-30")).empty


def said(survey: Survey, language: str) -> str:
    board = cx.scoreboard(survey.current, survey.previous, survey.scored)
    nothing = pd.DataFrame(columns=MEASURED)
    screen = first_screen(changes(nothing), nothing, board, pd.DataFrame(), survey)
    rate = cx.survey.response_rate(cx.scores.response_rates(survey), survey)
    return " ".join(
        re.sub("<[^>]+>", " ", str(render(block, language, prefix="r"))) for block in (screen, rate)
    )


def test_a_page_says_how_many_answered(tmp_path: Path) -> None:
    survey = shop(tmp_path, answers(20, 30, 40, 50), counts(100, 100, 200, 200))
    assert "50 answers (response rate 25%)" in said(survey, "en")
    assert "50 risposte (tasso di risposta 25%)" in said(survey, "it")
    few = shop(tmp_path, answers(20, 30, 40, 12), counts(100, 100, 200, 2_548))
    assert "12 answers (response rate 0.5%)" in said(few, "en")  # not 0%
    # Wilson, 50 of 200: (50 + 1.92 -+ 1.96 sqrt(37.5 + 0.96)) / 203.84
    assert "19.5% to 31.4%" in said(survey, "en")


def test_without_invitations_the_page_says_nothing_of_a_rate(tmp_path: Path) -> None:
    survey = shop(tmp_path, answers(20, 30, 40, 50), None)
    assert "50 answers ·" not in said(survey, "en")
    assert "rate 2" not in said(survey, "en")
    assert "does not say how many were invited" in said(survey, "en")
