"""The first screen: what changed beyond chance, where to start, how the measures stand."""

from cxreport.topics.overview.blocks import first_screen
from cxreport.topics.overview.changes import changes
from cxreport.topics.overview.measures import company_measures

__all__ = ["changes", "company_measures", "first_screen"]
