"""The answers of a survey, ready for a model of its main score by its touchpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cxreport.inputs.meaning import NPS_SCALE
from cxreport.scores.scales import valid_answers

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxreport.inputs.meaning import Column
    from cxreport.inputs.survey import Survey

FEWEST_DRIVERS = 2


class DriverAnswers(NamedTuple):
    """Answers ready for a model: ratings in which higher is better, on one scale.

    Attributes
    ----------
    rows : ibis Table
        One row per answer.
    outcome : str
        The main question.
    drivers : list of str
        The touchpoints.
    scale : (int, int)
        Worst and best rating of every touchpoint.
    outcome_scale : (int, int)
        Of the main question.
    weight, cluster : str or None
        The source's own weights, and the customer.
    """

    rows: ir.Table
    outcome: str
    drivers: list[str]
    scale: tuple[int, int]
    outcome_scale: tuple[int, int]
    weight: str | None
    cluster: str | None

    @property
    def low_to(self) -> float:
        """The best bad rating: 2 of 1 to 5, 2 of 0 to 10."""
        return self.scale[0] + (self.scale[1] - self.scale[0]) // 4

    @property
    def high_from(self) -> float:
        """The worst excellent rating: 5 of 1 to 5, 9 of 0 to 10."""
        return self.scale[1] - (self.scale[1] - self.scale[0]) // 10

    @property
    def satisfied(self) -> float:
        """The rating of a satisfied customer: 4 of 1 to 5, 7.5 of 0 to 10."""
        return self.scale[1] - (self.scale[1] - self.scale[0]) / 4


def driver_answers(survey: Survey, periods: int) -> DriverAnswers | None:
    """Make the answers of some periods ready for a model of the main question by touchpoints.

    Answers outside their scale are left empty. A scale on which 1 is the best is turned round;
    where touchpoints have several scales, all are stretched to that of the first.

    Returns
    -------
    DriverAnswers or None
        None when there is no main question, or fewer than two touchpoints were asked.
    """
    main, touchpoints = survey.main_question, survey.columns("touchpoint")
    if not main or len(touchpoints) < FEWEST_DRIVERS:
        return None
    ((outcome, question),) = main.items()
    first = next(iter(touchpoints.values())).scale or NPS_SCALE
    scale, outcome_scale = _ends(first), _ends(question.scale or NPS_SCALE)
    rows = valid_answers(survey.recent(periods), {**touchpoints, **main})
    rows = rows.mutate(
        **{name: _stretched(rows[name], column, scale) for name, column in touchpoints.items()}
    )
    drivers, design = list(touchpoints), survey.design
    return DriverAnswers(rows, outcome, drivers, scale, outcome_scale, **design)


def _ends(scale: tuple[int, int]) -> tuple[int, int]:
    return min(scale), max(scale)


def _stretched(answer: ir.Column, column: Column, onto: tuple[int, int]) -> ir.Column:
    """Return the answers of a column, already with higher as better, on another scale."""
    low, high = _ends(column.scale or NPS_SCALE)
    if (low, high) == onto:
        return answer
    return onto[0] + (answer - low) * (onto[1] - onto[0]) / (high - low)
