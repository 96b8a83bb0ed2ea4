"""Data and method, in words: what was counted, what was left out, how it was worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxreport.inputs.source import run
from cxreport.show.blocks import Block
from cxreport.show.sections import about, has_weights

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.company import Company
    from cxreport.inputs.survey import Survey

SHARES = {"csat", "ces", "all_three"}
LEFT_OUT = {"date-missing": "undated", "rows-repeated": "repeated"}


def method(board: pd.DataFrame, survey: Survey) -> Block:
    """Say which answers count and how the numbers were made.

    Parameters
    ----------
    board : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.

    Returns
    -------
    Block
        Sentences: answers, rows left out, missing and invalid by question, and the method of each
        score that the board holds.
    """
    counts = run(survey.responses.group_by("period_start").aggregate(n=survey.responses.count()))
    day = counts["period_start"]
    start = survey.period.start.isoformat()
    sentences = [
        _say("answers", n=int(counts.loc[day == start, "n"].sum()),
             before=int(counts.loc[day < start, "n"].sum())),
    ]  # fmt: skip
    found = survey.dataset.problems[survey.dataset.problems["table"] == "responses"]
    foreign = found[found["problem"] == "rows-not-belonging"]
    if not foreign.empty:
        rules = "; ".join(dict.fromkeys(foreign["example"]))
        sentences.append(_say("foreign", n=int(foreign["n"].sum()), rules=rules))
    for problem, key in LEFT_OUT.items():
        n = int(found.loc[found["problem"] == problem, "n"].sum())
        if n:
            sentences.append(_say(key, n=n))
    counted = ["n", "missing", "invalid"]
    sentences += [
        _say("missing", question=row["question"], **{name: int(row[name]) for name in counted})
        for row in board.drop_duplicates("question").to_dict("records")
    ]
    metrics = set(board["metric"])
    if "nps" in metrics:
        sentences.append(_say("nps"))
    if metrics & SHARES:
        sentences.append(_say("share"))
    if "index" in metrics:
        layers = board[board["metric"] == "index"].iloc[0]
        sentences.append(_say("pyramid", n=int(layers["n"]), dropped=int(layers["dropped"])))
    if has_weights(survey):
        sentences.append(_say("weighted"))
    before = len(survey.history) > 1
    shown = {"difference": before, "detectable": before, "control": before, "stabilised": True}
    sentences += [_say(key) for key, is_shown in shown.items() if is_shown]
    sentences.append(_say("gap"))
    return Block("sentences", parameters=about(survey) | {"sentences": sentences})


def families(company: Company) -> Block:
    """Say how often a page like this one names a difference that is not there."""
    share = 100 * (1 - company.family_level)
    sentence = _say("families", n=company.families, share=share)
    return Block("sentences", parameters=about(company) | {"sentences": [sentence]})


def _say(key: str, **values: object) -> dict[str, Any]:
    return {"key": f"method.{key}", "values": values}
