"""The examples in the docstrings of scores and comparisons."""

import doctest
from types import ModuleType

import pytest

from cxreport.metrics import compare, pyramid, scales, scores
from cxreport.metrics.statistics import intervals


@pytest.mark.parametrize("module", [compare, intervals, pyramid, scales, scores])
def test_examples(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
