"""Does experience pay: scores beside later behaviour, the claims of the trade on trial."""

from cxreport.topics.linkage.blocks import at_risk, claims, link, loyal, method, worth
from cxreport.topics.linkage.claims import Evidence, judge_claims
from cxreport.topics.linkage.exceeding import exceeding
from cxreport.topics.linkage.frames import (
    company_claims,
    company_loyal_ratio,
    company_score_link,
    survey_word_of_mouth,
)
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
from cxreport.topics.linkage.strata import standardised_difference
from cxreport.topics.linkage.word_of_mouth import word_of_mouth
from cxreport.topics.linkage.word_of_mouth_blocks import people_told
from cxreport.topics.linkage.worth_frames import (
    company_at_risk,
    plan_inputs,
    plan_return,
    plan_tornado,
)

__all__ = [
    "AGAIN",
    "BEFORE",
    "Evidence",
    "at_risk",
    "claims",
    "company_at_risk",
    "company_claims",
    "company_loyal_ratio",
    "company_score_link",
    "compare_returns",
    "exceeding",
    "judge_claims",
    "link",
    "loyal",
    "loyal_ratio",
    "method",
    "people_told",
    "plan_inputs",
    "plan_return",
    "plan_tornado",
    "return_on_experience",
    "returns_by_class",
    "revenue_at_risk",
    "score_link",
    "standardised_difference",
    "survey_returns",
    "survey_word_of_mouth",
    "tornado",
    "word_of_mouth",
    "worth",
]
