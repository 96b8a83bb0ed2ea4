"""Every example of the package runs as written, and every module with a public name has one."""

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

import cxreport as cx

ROOT = Path(__file__).parent.parent
TEXTS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "cxreport").rglob("*.py"))
}
WITH_EXAMPLES = [name for name, path in TEXTS.items() if ">>> " in path.read_text("utf-8")]
# what needs a whole source, or makes a block, has its examples in the notebooks
ELSEWHERE = ("cxreport.inputs.", "cxreport.topics.", "cxreport.show.")
WHOLE = ("Company", "Dataset", "Survey")


def needs_a_source(function: object) -> bool:
    if not inspect.isfunction(function):
        return False
    first = next(iter(inspect.signature(function).parameters.values()))
    return first.annotation in WHOLE


PUBLIC = sorted(
    {
        thing.__module__
        for thing in (getattr(cx, name) for name in cx.__all__)
        if not inspect.ismodule(thing)
        and not thing.__module__.startswith(ELSEWHERE)
        and not needs_a_source(thing)
    }
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_are_true(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.failed == 0
    assert result.attempted > 0


@pytest.mark.parametrize("name", PUBLIC)
def test_a_module_with_a_public_name_has_an_example(name: str) -> None:
    assert name in WITH_EXAMPLES
