"""The house holds: floors import only to their left, modules stay short, pages need no network."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cxreport"
MODULES = sorted(PACKAGE.rglob("*.py"))
FLOORS = ["inputs", "metrics", "show", "build"]
LONGEST = 400
DRAWING = {"matplotlib", "seaborn"}


def imports(module: Path) -> set[str]:
    """Return the full names of everything a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_no_floor_imports_the_whole_package() -> None:
    below = [module for floor in FLOORS for module in (PACKAGE / floor).rglob("*.py")]
    whole = re.compile(r"^\s*(import cxreport( as \w+)?|from cxreport import .*)$", re.MULTILINE)
    code = {name(m): ast.unparse(ast.parse(m.read_text("utf-8"))) for m in below}
    assert len(code) > 100
    assert [m for m, text in code.items() if whole.search(re.sub(r">>>.*", "", text))] == []


def name(module: Path) -> str:
    return str(module.relative_to(ROOT))


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_only_floors_to_its_left(floor: str) -> None:
    right = FLOORS[FLOORS.index(floor) + 1 :]
    forbidden = tuple(f"cxreport.{other}" for other in [*right, "cli"])
    wrong = [
        f"{name(module)} imports {imported}"
        for module in (PACKAGE / floor).rglob("*.py")
        for imported in imports(module)
        if imported.startswith(forbidden)
    ]
    assert wrong == []


def test_every_floor_has_modules() -> None:
    assert [f for f in FLOORS if len(list((PACKAGE / f).glob("*.py"))) < 2] == []


def test_modules_stay_short() -> None:
    read = [m for m in MODULES if m != PACKAGE / "__init__.py"]  # a list of names
    lengths = {name(m): len(m.read_text("utf-8").splitlines()) for m in read}
    assert {m: n for m, n in lengths.items() if n > LONGEST} == {}


def test_metrics_neither_draw_nor_print_nor_look_at_the_clock() -> None:
    wrong = []
    for module in (PACKAGE / "metrics").rglob("*.py"):
        tree = ast.parse(module.read_text("utf-8"))
        wrong += [f"{name(module)}: assert" for n in ast.walk(tree) if isinstance(n, ast.Assert)]
        calls = [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)]
        clock = re.compile(r"(print|.*\.(now|today|utcnow|set_option|seed)|time\.time|open)")
        wrong += [f"{name(module)}: {call}" for call in calls if clock.fullmatch(call)]
        drawing = {i for i in imports(module) if i.partition(".")[0] in DRAWING}
        wrong += [f"{name(module)} imports {i}" for i in drawing]
    assert wrong == []


def test_only_show_charts_draws() -> None:
    charts = PACKAGE / "show" / "charts"
    drawing = {
        module
        for module in MODULES
        if any(i.partition(".")[0] in DRAWING for i in runtime_imports(module))
    }
    assert [name(module) for module in drawing if module.parent != charts] == []
    assert len(drawing) > 7


def runtime_imports(module: Path) -> set[str]:
    """Return what a module imports when it runs: types alone do not count."""
    tree = ast.parse(module.read_text("utf-8"))
    tree.body = [
        n
        for n in tree.body
        if not (isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test))
    ]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_only_the_source_runs_expressions() -> None:
    doors = re.compile(r"\.(execute|to_pyarrow|to_pandas|to_polars)\(")
    wrong = [
        name(m) for m in MODULES if m.name != "source.py" and doors.search(m.read_text("utf-8"))
    ]
    assert wrong == []


def test_templates_and_styles_name_no_address() -> None:
    files = [p for p in PACKAGE.rglob("*") if p.suffix in {".j2", ".css", ".toml"}]
    wrong = [
        name(path) for path in files if re.search(r"https?:|@import|url\(", path.read_text("utf-8"))
    ]
    assert files
    assert wrong == []
