"""The examples in the docstrings of the inputs are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "arrow", "audit", "checks", "codebook", "contracts", "dataset", "meaning", "merge",
    "normalise", "period", "source", "survey", "tables",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    module = importlib.import_module(f"cxreport.inputs.{name}")
    assert doctest.testmod(module).failed == 0
