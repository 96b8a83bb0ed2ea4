"""Declared parameters are read without running anything, and given ones never change meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbformat import v4, write

from cxreport.errors import CxError
from cxreport.publish.params import Parameter, check_parameters, read_parameters

if TYPE_CHECKING:
    from pathlib import Path

CELL = """\
period: str = "2026-10"  # the month to report
answers: int = 30
level: float = 1  # of confidence
weighted: bool = False
channels: list[str] = []
targets: dict[str, float] = {
    "nps": 40,
}  # points
region: str | None = None
"""


def notebook(folder: Path, *sources: str, tag: str = "parameters") -> Path:
    cells = [v4.new_code_cell(source, metadata={"tags": [tag]}) for source in sources]
    path = folder / "report.ipynb"
    write(v4.new_notebook(cells=[v4.new_markdown_cell("# Report"), *cells]), path)
    return path


@pytest.fixture
def declared(tmp_path: Path) -> dict[str, Parameter]:
    return read_parameters(notebook(tmp_path, CELL))


def test_declarations_are_read(declared: dict[str, Parameter]) -> None:
    assert {name: p.annotation for name, p in declared.items()} == {
        "period": "str",
        "answers": "int",
        "level": "float",
        "weighted": "bool",
        "channels": "list[str]",
        "targets": "dict[str, float]",
        "region": "str | None",
    }
    assert declared["period"].default == "2026-10"
    assert declared["targets"].default == {"nps": 40.0}
    assert [declared[n].help for n in ("period", "answers", "level", "targets")] == [
        "the month to report",
        "",
        "of confidence",
        "points",
    ]


def test_reading_runs_nothing(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    source = f'period: str = open({str(trap)!r}, "w").name'
    with pytest.raises(CxError, match="the default of period is no literal"):
        read_parameters(notebook(tmp_path, source))
    assert not trap.exists()


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('period = "2026-10"', "is no annotated assignment"),
        ("import os", "'import os' is no annotated assignment"),
        ("period: str", "period has no default"),
        ("answers: int = '30'", "the default of answers, '30', is no int"),
        ("answers: int = True", "the default of answers, True, is no int"),
        ("since: date = '2026-10-01'", "the type date is not one of str, int"),
        ("a: int | str = 1", r"the type int \| str is not one of"),
        ("a: int = 1\na: int = 2", "line 2: a is declared twice"),
        ("a: int = ", "the parameters cell is not Python"),
    ],
)
def test_wrong_declaration_names_notebook_and_cell(
    tmp_path: Path, source: str, problem: str
) -> None:
    with pytest.raises(CxError, match=problem) as caught:
        read_parameters(notebook(tmp_path, source))
    assert caught.value.parts["where"] == f"{tmp_path / 'report.ipynb'}, cell 2"


def test_all_wrong_declarations_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CxError, match=r"(?s)line 1: .*line 3: "):
        read_parameters(notebook(tmp_path, "a = 1\nb: int = 2\nc: int = 'x'"))


def test_no_parameters_cell_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="no code cell so tagged"):
        read_parameters(notebook(tmp_path, "a: int = 1", tag="other"))


def test_two_parameters_cells_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="cell 2, cell 3"):
        read_parameters(notebook(tmp_path, "a: int = 1", "b: int = 1"))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [{}]}', '{"cells": 3}'])
def test_what_is_no_notebook_is_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "report.ipynb"
    path.write_text(content, "utf-8")
    with pytest.raises(CxError, match="not a notebook"):
        read_parameters(path)


def test_missing_notebook_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CxError, match="not a notebook"):
        read_parameters(tmp_path / "report.ipynb")


def test_defaults_fill_in_and_are_not_shared(declared: dict[str, Parameter]) -> None:
    first = check_parameters(declared, {}, {})
    assert list(first) == list(declared)
    channels = first["channels"]
    assert isinstance(channels, list)
    channels.append("web")
    assert check_parameters(declared, {}, {})["channels"] == []


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("period", "007", "007"),
        ("period", "no", "no"),
        ("period", "1e5", "1e5"),
        ("period", "1:30", "1:30"),
        ("period", "", ""),
        ("answers", "007", 7),
        ("level", "1e5", 100_000.0),
        ("weighted", "true", True),
        ("weighted", "false", False),
        ("channels", "web, app", ["web", "app"]),
        ("channels", "007", ["007"]),
        ("channels", "", []),
        ("channels", '["a,b", "c"]', ["a,b", "c"]),
        ("targets", "{nps = 41, csat = 80.5}", {"nps": 41.0, "csat": 80.5}),
        ("region", "", None),
        ("region", "None", "None"),
    ],
)
def test_text_is_read_by_declared_type(
    declared: dict[str, Parameter], name: str, text: str, meant: object
) -> None:
    value = check_parameters(declared, {}, {name: text})[name]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("answers", "1e5", "int"),
        ("answers", "1.0", "int"),
        ("answers", "", "int"),
        ("level", "nan", "float"),
        ("level", "high", "float"),
        ("weighted", "yes", r"bool \(true or false\)"),
        ("weighted", "1", r"bool \(true or false\)"),
        ("weighted", "True", r"bool \(true or false\)"),
        ("channels", "[1, 2]", r"list\[str\]"),
        ("channels", "[", r"list\[str\]"),
        ("targets", "nps=40", r"dict\[str, float\]"),
        ("targets", "{}\nother = 1", r"dict\[str, float\]"),
    ],
)
def test_text_of_another_type_is_an_error(
    declared: dict[str, Parameter], name: str, text: str, expected: str
) -> None:
    with pytest.raises(CxError, match=rf"{name}: got .*, expected {expected}$"):
        check_parameters(declared, {}, {name: text})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("answers", "7"),
        ("answers", True),
        ("answers", 7.0),
        ("weighted", 1),
        ("period", 202610),
        ("level", True),
        ("channels", "web"),
        ("channels", [1]),
        ("targets", {"nps": "40"}),
        ("region", 1),
    ],
)
def test_typed_value_is_never_converted(
    declared: dict[str, Parameter], name: str, value: object
) -> None:
    with pytest.raises(CxError, match=f"{name}: got "):
        check_parameters(declared, {name: value}, {})


def test_whole_number_will_do_for_a_float(declared: dict[str, Parameter]) -> None:
    level = check_parameters(declared, {"level": 2}, {})["level"]
    assert level == 2.0
    assert isinstance(level, float)


def test_command_line_wins_over_file(declared: dict[str, Parameter]) -> None:
    given = check_parameters(declared, {"answers": 10, "period": "2026-09"}, {"answers": "20"})
    assert (given["answers"], given["period"]) == (20, "2026-09")


def test_all_problems_are_told_at_once_with_a_suggestion(declared: dict[str, Parameter]) -> None:
    with pytest.raises(CxError) as caught:
        check_parameters(
            declared, {"perod": "2026-09", "answers": "x"}, {"zzz": "1"}, where="reports.toml"
        )
    text = str(caught.value)
    assert "perod: no such parameter; did you mean period?" in text
    assert "zzz: no such parameter; there are: period, answers" in text
    assert "answers: got 'x', expected int" in text
    assert caught.value.parts["where"] == "reports.toml"
