"""How good the data are: files, problems, codes, and what was asked when."""

from cxreport.topics.quality.blocks import codes, coverage, files, problems

__all__ = ["codes", "coverage", "files", "problems"]
