"""The house holds: arrows go one way, modules and functions stay short, pages need no network."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cxreport"
MODULES = sorted(PACKAGE.rglob("*.py"))
TOPICS = sorted(folder.name for folder in (PACKAGE / "topics").iterdir() if folder.is_dir())
MAY_IMPORT = {
    "inputs": set(),
    "stats": {"inputs"},
    "scores": {"inputs", "stats"},
    "orders": {"inputs", "stats"},
    "topics": {"inputs", "stats", "scores", "orders", "show"},
    "show": {"inputs", "stats", "scores"},
    "demo": {"inputs"},
    "publish": {"inputs", "scores", "show"},
    "delivery": {"inputs", "publish", "show"},
    "project": {"inputs", "publish"},
    "diff": {"inputs", "publish", "show", "stats"},
}
"""Folder -> the folders whose modules it may import, beside its own and ``errors``."""
LONGEST, LONGEST_FUNCTION, SHORTEST = 400, 60, 60
DRAWING = {"matplotlib", "seaborn"}
CALCULATING = ("stats", "scores", "orders", "topics")
OF_A_MOMENT = {"found", "known", "told", "said", "shown"}
"""Words that name when something came about; a name in a function says what it is."""
MAY_BEAR = {
    "cxreport/topics/linkage/word_of_mouth.py: word_of_mouth(told)":
        "the question's own word, public: how many people a customer told",
    "cxreport/show/parts.py: sentences(said)":
        "a public parameter, of the public type ``Said``",
}  # fmt: skip
"""What a local name of those words is kept for."""
HOME_MADE = re.compile(
    rf"\A(say|tell)\b|\b(one|two) (row|column|value)s? an? |>>> ({'|'.join(OF_A_MOMENT)}) = ",
    re.IGNORECASE,
)
"""Docstrings say what a function returns, and that there is one row per group."""


def name(module: Path) -> str:
    return str(module.relative_to(ROOT))


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


NAMES = {dotted(module) for module in MODULES}


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


@cache
def imports(module: Path) -> frozenset[str]:
    """Return the full names of everything a module imports, wherever in it, types included."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def own_imports(module: Path) -> set[str]:
    """Return the modules of the package that a module imports."""
    ours = {i for i in imports(module) if i.startswith("cxreport.")}
    return {i if i in NAMES - OFFERED else i.rpartition(".")[0] for i in ours} & NAMES


OFFERED = {
    f"{dotted(door)}.{i.rpartition('.')[2]}"
    for door in MODULES
    if door.name == "__init__.py"
    for i in imports(door)
}
"""Names that a package offers, of which some are those of its modules too."""


def folder_of(dotted_name: str) -> str:
    return [*dotted_name.split("."), ""][1]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_arrows_go_one_way(folder: str) -> None:
    modules = sorted((PACKAGE / folder).rglob("*.py"))
    assert len(modules) > 1
    wrong = [
        f"{name(module)} imports {imported}"
        for module in modules
        for imported in own_imports(module)
        if folder_of(imported) not in {folder, "errors", *MAY_IMPORT[folder]}
    ]
    assert wrong == []


def test_no_module_below_imports_the_whole_package() -> None:
    above = {PACKAGE / "__main__.py", PACKAGE / "cli.py"}
    wrong = [name(m) for m in MODULES if m not in above and "cxreport" in imports(m)]
    assert wrong == []


def test_only_blocks_of_a_topic_import_what_shows() -> None:
    wrong = [
        f"{name(module)} imports {imported}"
        for module in (PACKAGE / "topics").rglob("*.py")
        if not module.stem.endswith("blocks")
        for imported in own_imports(module)
        if folder_of(imported) == "show"
    ]
    assert wrong == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_reaches_another_through_its_door(topic: str) -> None:
    wrong = [
        f"{name(module)} imports {imported}"
        for module in (PACKAGE / "topics" / topic).rglob("*.py")
        for imported in own_imports(module)
        if imported.startswith("cxreport.topics.")
        and not imported.startswith(f"cxreport.topics.{topic}")
        and imported.count(".") > 2
    ]
    assert wrong == []


def test_there_is_no_circle_of_imports() -> None:
    graph = {dotted(module): own_imports(module) for module in MODULES}
    for module, loads in graph.items():  # and it loads the packages that it stands in
        graph[module] = {i for i in loads if i != module and not module.startswith(f"{i}.")}
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> list[str]:
        if module in path:
            return [" -> ".join((*path[path.index(module) :], module))]
        if module in done:
            return []
        circles = [c for i in sorted(graph[module]) for c in walk(i, (*path, module))]
        done.add(module)
        return circles

    assert [circle for module in sorted(graph) for circle in walk(module, ())] == []


def test_modules_stay_short() -> None:
    lengths = {name(m): len(m.read_text("utf-8").splitlines()) for m in MODULES}
    assert {m: n for m, n in lengths.items() if n > LONGEST} == {}


def test_functions_fit_a_screen() -> None:
    wrong = {}
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                spoken = (first.end_lineno or 0) - first.lineno + 1 if text else 0
                length = (node.end_lineno or 0) - node.lineno + 1 - spoken
                if length > LONGEST_FUNCTION:
                    wrong[f"{name(module)}: {node.name}"] = length
    assert wrong == {}


def test_what_calculates_neither_prints_nor_looks_at_the_clock() -> None:
    wrong = []
    for module in (m for folder in CALCULATING for m in (PACKAGE / folder).rglob("*.py")):
        nodes = list(ast.walk(tree(module)))
        wrong += [f"{name(module)}: assert" for node in nodes if isinstance(node, ast.Assert)]
        calls = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
        clock = re.compile(r"(print|.*\.(now|today|utcnow|set_option|seed)|time\.time|open)")
        wrong += [f"{name(module)}: {call}" for call in calls if clock.fullmatch(call)]
    assert wrong == []


def test_only_charts_draw() -> None:
    wrong = [
        name(module)
        for module in MODULES
        if any(i.partition(".")[0] in DRAWING for i in at_run_time(module))
        and PACKAGE / "show" / "charts" not in module.parents
    ]
    assert wrong == []


def at_run_time(module: Path) -> set[str]:
    """Return what a module imports when it runs: types alone do not count."""
    code = ast.parse(module.read_text("utf-8"))
    code.body = [
        node
        for node in code.body
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    found = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_only_the_source_runs_expressions() -> None:
    doors = re.compile(r"(?<!layout)\.(execute|to_pyarrow|to_pandas|to_polars)\(")
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


def test_a_local_name_says_what_it_holds() -> None:
    borne = set()
    for module in MODULES:
        for top in ast.walk(tree(module)):
            if isinstance(top, ast.FunctionDef):
                names = OF_A_MOMENT & local_names(top)
                borne |= {f"{name(module)}: {top.name}({word})" for word in names}
    assert borne == set(MAY_BEAR)


def local_names(function: ast.FunctionDef) -> set[str]:
    """Return the parameters, variables and functions of a function."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef) and node is not function:
            names.add(node.name)
    return names


def test_docstrings_speak_the_english_of_the_field() -> None:
    wrong = [
        f"{name(module)}: {getattr(node, 'name', '')}: {home_made[0]}"
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
        and (home_made := HOME_MADE.search(ast.get_docstring(node) or ""))
    ]
    assert wrong == []
