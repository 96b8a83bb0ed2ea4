"""Does experience pay: scores beside later behaviour, the claims of the trade on trial."""

from cxreport.topics.linkage.claims import Evidence, judge_claims
from cxreport.topics.linkage.exceeding import exceeding
from cxreport.topics.linkage.loyal_ratio import loyal_ratio
from cxreport.topics.linkage.return_on_experience import return_on_experience, tornado
from cxreport.topics.linkage.returns import (
    AGAIN,
    BEFORE,
    compare_returns,
    returns_by_class,
    survey_returns,
)
from cxreport.topics.linkage.revenue_at_risk import revenue_at_risk
from cxreport.topics.linkage.score_link import score_link
from cxreport.topics.linkage.word_of_mouth import word_of_mouth

__all__ = [
    "AGAIN",
    "BEFORE",
    "Evidence",
    "compare_returns",
    "exceeding",
    "judge_claims",
    "loyal_ratio",
    "return_on_experience",
    "returns_by_class",
    "revenue_at_risk",
    "score_link",
    "survey_returns",
    "tornado",
    "word_of_mouth",
]
