"""Research on methods: how often intervals hold what they promise."""

from cxreport.topics.studies.blocks import brief, edges, lines, maps
from cxreport.topics.studies.coverage import (
    coverage_at_edges,
    coverage_by_number,
    coverage_of_intervals,
)

__all__ = [
    "brief",
    "coverage_at_edges",
    "coverage_by_number",
    "coverage_of_intervals",
    "edges",
    "lines",
    "maps",
]
