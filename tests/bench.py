"""How long a call takes, as a ratio to the same work written by hand, in one run.

Not a test: `make bench` runs it. Each pair is timed in turns, so that a slow moment of the machine
hits both; the median ratio is printed.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from cxreport import csat, nps
from cxreport.inputs.source import engine, keep

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 5_000_000
ROUNDS = 5
BY_HAND = """
select channel, count(*) filter (score between 9 and 10), count(*) filter (score between 7 and 8),
       count(*) filter (score between 0 and 6), count(*) filter (score is null)
from {table} group by channel order by channel
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


def main() -> None:
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


if __name__ == "__main__":
    main()
