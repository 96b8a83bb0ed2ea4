"""Data and method, in words: what was counted, what was left out, how it was worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxreport.inputs.source import run
from cxreport.scores.kinds import score_kind
from cxreport.show.parts import SURVEY, note, say, sentences
from cxreport.topics.survey.blocks import TOPIC, has_weights

if TYPE_CHECKING:
    import pandas as pd

    from cxreport.inputs.company import Company
    from cxreport.inputs.survey import Survey
    from cxreport.show.blocks import Block

LEFT_OUT = {"date-missing": "method.undated", "rows-repeated": "method.repeated"}
COUNTS = ("n", "missing", "invalid")


def counted(board: pd.DataFrame, survey: Survey) -> Block:
    """Describe which answers count, and which do not.

    Parameters
    ----------
    board : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.

    Returns
    -------
    Block
        Sentences: answers, rows left out, missing and invalid by question.
    """
    if survey.table("responses") is None:
        return note(TOPIC, "missing.scores", survey, needs=SURVEY)
    counts = run(survey.responses.group_by("period_start").aggregate(n=survey.responses.count()))
    day = counts["period_start"]
    start = survey.period.start.isoformat()
    items = [
        say("method.answers", n=int(counts.loc[day == start, "n"].sum()),
             before=int(counts.loc[day < start, "n"].sum())),
    ]  # fmt: skip
    problems = survey.dataset.problems[survey.dataset.problems["table"] == "responses"]
    foreign = problems[problems["problem"] == "rows-not-belonging"]
    if not foreign.empty:
        rules = "; ".join(dict.fromkeys(foreign["example"]))
        items.append(say("method.foreign", n=int(foreign["n"].sum()), rules=rules))
    for problem, key in LEFT_OUT.items():
        n = int(problems.loc[problems["problem"] == problem, "n"].sum())
        if n:
            items.append(say(key, n=n))
    items += [
        say("method.missing", question=row["question"], **{name: int(row[name]) for name in COUNTS})
        for row in board.drop_duplicates("question").to_dict("records")
    ]
    return sentences(TOPIC, items, survey)


def method(board: pd.DataFrame, survey: Survey) -> Block:
    """Describe how the numbers were made: the method of each score that ``board`` holds.

    Parameters
    ----------
    board : DataFrame
        From ``scoreboard``.
    survey : Survey
        The survey reported.
    """
    items = []
    metrics = set(board["metric"])
    if "nps" in metrics:
        items.append(say("method.nps"))
    if any(score_kind(metric).unit == "percent" for metric in metrics):
        items.append(say("method.share"))
    if "index" in metrics:
        layers = board[board["metric"] == "index"].iloc[0]
        items.append(say("method.pyramid", n=int(layers["n"]), dropped=int(layers["dropped"])))
    if has_weights(survey):
        items.append(say("method.weighted"))
    if metrics and len(survey.history) > 1:
        items += [say("method.difference"), say("method.detectable"), say("method.control")]
    items += [say("method.stabilised"), say("method.gap")] if metrics else [say("method.gap")]
    return sentences(TOPIC, items, survey)


def families(company: Company) -> Block:
    """State how often a page like this one names a difference that is not there."""
    share = 100 * (1 - company.family_level)
    return sentences(TOPIC, [say("method.families", n=company.families, share=share)], company)
