"""How many of those invited answer, and how that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.inputs.source import run
from cxreport.scores.suppression import SUPPRESSED, is_small, with_partners
from cxreport.stats.proportions import percent_of
from cxreport.stats.trend import control_chart

if TYPE_CHECKING:
    from cxreport.inputs.survey import Survey

TABLE, SENT = "invitations", "sent"
MORE_ANSWERS = "more answers than invitations"
CHART = ["centre", "lower", "upper", "signal", "direction"]
COLUMNS = ["period", "n", "answers", "estimate", "low", "high", *CHART, "note"]


def response_rates(survey: Survey) -> pd.DataFrame:
    """Return how many answers came in each period for every hundred invitations sent in it.

    Parameters
    ----------
    survey : Survey
        With a table ``invitations``: one row per invitation, or per day or period with their number
        in ``sent``.

    Returns
    -------
    DataFrame
        One row per period that the table covers, oldest first: ``period`` (name), ``n``
        (invitations), ``answers``, ``estimate``, ``low``, ``high`` (percent; Wilson) and, from
        ``control_chart`` (kind p-prime), ``centre``, ``lower``, ``upper`` (percent), ``signal``,
        ``direction``; ``note`` ("", "more answers than invitations", "suppressed": few answers, and
        the next smallest, because a total would give a single one away). Without a row where there
        is no such table, it ends before the period does, or a filter leaves a part of the answers.

    Notes
    -----
    An answer counts in the period in which it came, so a period needs no waiting for late ones.
    Interval: Newcombe 1998, Statistics in Medicine 17, 857-872, method 3.
    """
    return survey.once("response rates", lambda: _find(survey))


def _find(survey: Survey) -> pd.DataFrame:
    """Count invitations and answers by period, and chart their share."""
    invitations, answers = survey.table(TABLE), survey.table("responses")
    history = survey.history_of(TABLE)
    if invitations is None or answers is None or not history:
        return pd.DataFrame(columns=COLUMNS)
    count = invitations[SENT].sum() if SENT in invitations.columns else invitations.count()
    counted = [
        run(table.group_by("period_start").aggregate(n=number))
        .dropna()
        .set_index("period_start")["n"]
        for table, number in ((invitations, count), (answers, answers.count()))
    ]
    starts = pd.DatetimeIndex([period.start for period in history])
    for series in counted:
        series.index = pd.DatetimeIndex(series.index)
    sent, came = (series.reindex(starts).fillna(0).reset_index(drop=True) for series in counted)
    frame = pd.DataFrame({"period": [p.name for p in history], "n": sent, "answers": came})
    few = with_partners(
        is_small(came, survey.minimum_group), came, [pd.Series(0, came.index)], survey.minimum_group
    )
    above = came > sent
    shares = percent_of(came.mask(few | above), sent)
    frame = frame.assign(**{name: shares[name] for name in ("estimate", "low", "high")})
    chart = control_chart(frame, kind="p-prime", n="n")
    note = pd.Series("", frame.index).mask(above, MORE_ANSWERS).mask(few, SUPPRESSED)
    charted = frame.assign(answers=came.mask(few), note=note, **{n: chart[n] for n in CHART})
    return charted.astype({"n": "int64"})[COLUMNS]
