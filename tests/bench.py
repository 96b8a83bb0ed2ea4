"""How long a call takes, as a ratio to the same work written by hand, in one run.

Not a test: `make bench` runs it. Each pair is timed in turns, so that a slow moment of the machine
hits both; the median ratio is printed.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxreport import csat, nps
from cxreport.demo import phrases_en, phrases_it
from cxreport.demo.identifiers import invent
from cxreport.inputs.redaction import redact
from cxreport.inputs.source import engine, keep
from cxreport.topics.drivers import importance
from cxreport.topics.retention import cohorts
from cxreport.topics.voice import (
    code_comments,
    keyness,
    language,
    quotes,
    read_coding_frame,
    topic_history,
    topics,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxreport.topics.voice import CodingFrame

ROWS = 5_000_000
ORDERS, CUSTOMERS = 10_000_000, 500_000
RATED, DRIVERS = 1_000_000, 20
COMMENTS = 100_000
DEMO = Path(__file__).parent.parent / "data" / "demo"
ROUNDS = 5
BY_HAND = """
select channel, count(*) filter (score between 9 and 10), count(*) filter (score between 7 and 8),
       count(*) filter (score between 0 and 6), count(*) filter (score is null)
from {table} group by channel order by channel
"""
COHORTS_BY_HAND = """
with active as (
  select distinct customer_id, date_trunc('month', ordered_at) as month
  from {table} where customer_id is not null and ordered_at < timestamp '2026-01-01'
), firsts as (select customer_id, min(month) as first from active group by customer_id)
select first, month, count(*) from active join firsts using (customer_id) group by first, month
"""


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(work: Callable[[], object], yardstick: Callable[[], object]) -> float:
    """Return the median of the ratios of pairs timed in turns, after one round to warm up."""
    pairs = [(seconds(work), seconds(yardstick)) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(a / b for a, b in pairs)


def scores() -> None:
    """Time the scores against one aggregate scan of the same rows."""
    connection = engine()
    connection.raw_sql("select setseed(0.5)")
    rows = connection.sql(
        f"select (random() * 10)::integer as score, 1 + (random() * 4)::integer as rating, "
        f"0.5 + random() as weight, (random() * 40)::integer as channel from range({ROWS})"
    )
    answers = keep(rows)
    by_hand = BY_HAND.format(table=answers.get_name())

    def scan() -> object:
        return connection.raw_sql(by_hand).fetchall()

    calls: dict[str, Callable[[], object]] = {
        "nps by 41 groups": lambda: nps(answers, "score", by="channel"),
        "nps by 41 groups, weighted": lambda: nps(answers, "score", by="channel", weight="weight"),
        "csat by 41 groups": lambda: csat(answers, "rating", by="channel"),
    }
    print(f"{ROWS:,} rows; 1.0 is one aggregate scan written by hand")
    for name, call in calls.items():
        print(f"{name:32} {ratio(call, scan):5.1f}")


def retention() -> None:
    """Time the cohorts of 10 million orders against the same count written by hand."""
    connection = engine()
    connection.raw_sql("select setseed(0.5)")
    rows = connection.sql(
        f"select (random() * {CUSTOMERS})::integer as customer_id, "
        f"timestamp '2024-01-01' + interval 1 hour * (random() * 17500)::integer as ordered_at "
        f"from range({ORDERS})"
    )
    orders = keep(rows)
    by_hand = COHORTS_BY_HAND.format(table=orders.get_name())

    def count() -> object:
        return connection.raw_sql(by_hand).fetchall()

    took = ratio(lambda: cohorts(orders, until=dt.date(2025, 12, 31)), count)
    print(f"{ORDERS:,} orders of {CUSTOMERS:,} customers; 1.0 is one query written by hand")
    print(f"{'cohorts by month (limit 1.3)':32} {took:5.1f}")


def drivers() -> None:
    """Time importance with 20 drivers and 1,000 resamples against one aggregate scan."""
    connection = engine()
    connection.raw_sql("select setseed(0.5)")
    names = [f"tp_{i}" for i in range(DRIVERS)]
    ratings = ", ".join(
        f"case when random() < 0.8 then (1 + random() * 4)::integer end as {name}" for name in names
    )
    answers = keep(
        connection.sql(f"select (random() * 10)::integer as score, {ratings} from range({RATED})")
    )
    sums = ", ".join(f"sum(score * {name})" for name in names)
    by_hand = f"select count(*), {sums} from {answers.get_name()}"

    def scan() -> object:
        return connection.raw_sql(by_hand).fetchall()

    print(f"{RATED:,} answers, {DRIVERS} drivers; 1.0 is one sum of products a driver, one scan")
    for resamples in (0, 1000):
        took = ratio(lambda n=resamples: importance(answers, "score", names, bootstrap=n), scan)
        print(f"{f'importance, {resamples} resamples':32} {took:5.1f}")


def comments_of_the_demo() -> tuple[pd.DataFrame, CodingFrame]:
    """Return 100,000 comments of the demo's phrases, each from one language and score group.

    Every tenth names a person. Some respondents write more than once, and detractors draw more from
    the bad side of each topic than promoters do.
    """
    rng = np.random.default_rng(5)
    spoken = rng.choice(["it", "en"], COMMENTS, p=[0.7, 0.3])
    group = rng.choice(["detractor", "passive", "promoter"], COMMENTS, p=[0.3, 0.3, 0.4])
    texts = np.empty(COMMENTS, dtype=object)
    for code, phrases in (("it", phrases_it.PHRASES), ("en", phrases_en.PHRASES)):
        sides = [
            [part for topic in phrases.values() for parts in topic[side] for part in parts]
            for side in ("good", "bad")
        ]
        for name, chance in (("detractor", 0.2), ("passive", 0.5), ("promoter", 0.8)):
            rows = np.flatnonzero((spoken == code) & (group == name))
            good = rng.random((len(rows), 6)) < chance
            drawn = np.where(good, *(rng.choice(side, good.shape) for side in sides))
            texts[rows] = [" ".join(parts) for parts in drawn]
    for number in range(0, COMMENTS, 10):
        kind = ("email", "phone", "iban", "tax_code")[number // 10 % 4]
        texts[number] += f" Sono Anna Rossi, {invent(kind, rng)}."
    rows = pd.DataFrame({"text": texts, "group": group})
    rows["points"] = rows["group"].map({"detractor": -100.0, "passive": 0.0, "promoter": 100.0})
    rows["respondent"] = rng.integers(0, int(COMMENTS * 0.8), COMMENTS)
    rows["month"] = rng.choice([f"{2025 + at // 12}-{at % 12 + 1:02d}" for at in range(24)],
                               COMMENTS)  # fmt: skip
    return rows, read_coding_frame(DEMO / "coding_frame.toml")


def voice() -> None:
    """Time what is done with 100,000 comments, step by step, and all of it together."""
    rows, frame = comments_of_the_demo()
    results: dict[str, pd.Series] = {}
    print(f"{COMMENTS:,} comments of {rows['text'].str.len().mean():.0f} signs")

    def keep_texts() -> None:
        results["text"] = redact(rows["text"])

    def keep_languages() -> None:
        results["language"] = language(results["text"])

    def find_words() -> None:
        keyness(results["text"], rows["group"], respondent=rows["respondent"],
                languages=results["language"])  # fmt: skip

    def find_topics() -> None:
        coded = code_comments(results["text"], frame, results["language"])
        topics(coded, rows["points"], cluster=rows["respondent"])
        topic_history(coded, rows["month"])
        quotes(results["text"], rows["group"], coded, languages=results["language"])

    steps: dict[str, Callable[[], None]] = {
        "redaction, in seconds (limit 90)": keep_texts,
        "language": keep_languages,
        "keyness": find_words,
        "topics, months and quotes": find_topics,
    }
    total = 0.0
    for name, step in steps.items():
        took = seconds(step)
        total += took
        print(f"{name:32} {took:5.1f}")
    print(f"{'together (limit 300)':32} {total:5.1f}")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{'most memory, in GB (limit 2)':32} {most:5.2f}")


TOPICS = (voice, scores, retention, drivers)  # the first one's memory is its own

if __name__ == "__main__":
    for topic in TOPICS:
        topic()
