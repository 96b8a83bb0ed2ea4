"""Do the answers fill the declared scale? If not, perhaps another scale was asked.

A question from 1 to 5 that is declared as 0 to 10 has nobody satisfied, with a narrow interval; one
from 1 to 10 has no detractor of 0. Nothing in the data says which scale was asked, so an end that
nobody chose is a question to whoever wrote the codebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.inputs.contracts import Problem, problem
from cxreport.inputs.meaning import NPS_SCALE
from cxreport.inputs.roles import SCORES
from cxreport.inputs.source import run

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from cxreport.inputs.codebook import TableFiles

ENOUGH_FOR_ENDS = 100
"""Answers among which somebody is expected at either end of the scale."""
ENOUGH_FOR_HALVES, ENOUGH_OF_MANY, MANY_STEPS = 20, 10, 7
"""Answers among which somebody is expected above the middle of the scale; enough where the scale
has more than so many steps."""


def unfilled_scales(rows: ir.Table, name: str, table: TableFiles) -> list[Problem]:
    """Find ratings whose answers leave an end of the declared scale empty.

    A question, wave by wave, where among 100 answers nobody chose the worst or the best; among 20,
    nobody chose one above the middle (among 10 on a long scale, if nobody chose the worst either);
    or among 20, an end is empty while the codes go one step beyond the other (1 to 11 for 0 to 10).
    """
    scales = {n: c.scale or NPS_SCALE for n, c in table.with_role(*SCORES).items()}
    measures: dict[str, ir.Scalar] = {}
    for number, (column, (worst, best)) in enumerate(scales.items()):
        low, high = min(worst, best), max(worst, best)
        answer = rows[column]
        valid = answer.isin(list(range(low, high + 1)))
        better = (answer - worst) * 2 * (1 if worst < best else -1) > high - low
        counted = {
            "n": valid, "low": answer == low, "high": answer == high, "better": valid & better,
            "below": answer == low - 1, "above": answer == high + 1,
        }  # fmt: skip
        measures |= {f"{key}{number}": (rule).sum().fill_null(0) for key, rule in counted.items()}
        measures |= {
            f"min{number}": answer.min(where=valid),
            f"max{number}": answer.max(where=valid),
        }
    if not measures:
        return []
    by = ["wave"] if "wave" in rows.columns else []
    problems = []
    for _, line in run(rows.aggregate(by=by, **measures)).iterrows():
        for number, (column, (worst, best)) in enumerate(scales.items()):
            if _is_unfilled(line, number, steps=abs(best - worst) + 1):
                low, high = int(line[f"min{number}"]), int(line[f"max{number}"])
                example = f"declared [{worst}, {best}], answered from {low} to {high}"
                wave = str(line["wave"]) if by else None
                n = int(line[f"n{number}"])
                problems.append(problem("scale-not-filled", name, column, n, example, wave))
    return problems


def _is_unfilled(line: pd.Series, number: int, steps: int) -> bool:
    """Return whether the counts of one question speak of another scale."""
    n, low, high, better, below, above = (
        int(line[f"{key}{number}"]) for key in ("n", "low", "high", "better", "below", "above")
    )
    shifted = (low == 0 and above > 1) or (high == 0 and below > 1)
    short = steps > MANY_STEPS and n >= ENOUGH_OF_MANY and better == low == high == 0
    return (
        short
        or (n >= ENOUGH_FOR_ENDS and (low == 0 or high == 0))
        or (n >= ENOUGH_FOR_HALVES and (better == 0 or shifted))
    )
