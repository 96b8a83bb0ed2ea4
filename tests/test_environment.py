"""Dependencies are declared once: conda's file and the locks agree with pyproject.toml."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = [
    "requirements.lock",
    "requirements-test.lock",
    "requirements-examples.lock",
    "requirements-engines.lock",
]
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "ibis-framework[duckdb]": "ibis-duckdb",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "psycopg[binary]": "psycopg",
}


FROM_PIP = {"axe-playwright-python", "py3langid", "stepmix"}
"""Not surely on conda-forge."""


def declared(groups: bool) -> set[str]:
    """Return the requirements of pyproject.toml and of its notebooks' desk, without blanks."""
    lines = [*PROJECT["project"]["dependencies"], *EXTRAS["lab"]]
    if groups:
        lines += [line for group in PROJECT["dependency-groups"].values() for line in group]
    return {line.replace(" ", "") for line in lines}


def test_conda_has_the_same_dependencies() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    lines = re.findall(r"^  - ([a-z][^#\n]*)", text, re.MULTILINE)
    found = {line.strip() for line in lines} - {"conda-forge", "pip", "pip:"}
    python = f"python{PROJECT['project']['requires-python']}"
    expected = {python}
    for line in declared(groups=True):
        name = re.match(r"[a-z-]+(\[[a-z]+\])?", line)
        assert name is not None
        if line.partition(">")[0] not in FROM_PIP:
            expected.add(CONDA_NAMES.get(name[0], name[0]) + line[name.end() :])
    assert found == expected


def test_conda_takes_the_rest_from_pip() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    found = {line.strip() for line in re.findall(r"^      - ([a-z][^#\n]*)", text, re.MULTILINE)}
    rest = {line for line in declared(groups=True) if line.partition(">")[0] in FROM_PIP}
    assert found == rest | {*EXTRAS["examples"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_are_exact_and_without_address(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    assert len(lines) > 100
    assert [n for n in lines if not re.match(r"[a-z0-9._-]+==[^ ]+( ; .+)?$", n)] == []
    assert [n for n in lines if re.search(r"://|file:|@ ", n)] == []


def test_every_dependency_is_locked() -> None:
    lines = [line for lock in LOCKS for line in (ROOT / lock).read_text("utf-8").splitlines()]
    locked = {line.partition("==")[0] for line in lines}
    names = {re.split(r"[><=\[]", line)[0] for line in declared(groups=True)}
    assert names - locked == set()


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_other_locks_only_add_to_the_lock(lock: str) -> None:
    run, more = (set((ROOT / name).read_text("utf-8").splitlines()) for name in (LOCKS[0], lock))
    everywhere = {
        line for line in run if line.partition(" ; ")[0] in more
    }  # not on one system alone
    assert run - more - everywhere == set()


def test_the_examples_add_their_data_alone() -> None:
    run, more = (
        {line.partition("==")[0] for line in (ROOT / name).read_text("utf-8").splitlines()}
        for name in (LOCKS[0], LOCKS[2])
    )
    assert more - run == {re.split(r"[><=]", line)[0] for line in EXTRAS["examples"]}


def test_upper_bounds_say_why() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    bounded = [line for line in text.splitlines() if re.match(r'\s+"[a-z-]+[^"]*<', line)]
    assert bounded
    assert [line for line in bounded if "#" not in line] == []


def test_installed_packages_agree_with_each_other() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_installed_versions_are_those_of_the_lock() -> None:
    lines = (ROOT / LOCKS[1]).read_text("utf-8").splitlines()
    parsed = [Requirement(line) for line in lines]
    here = [r for r in parsed if r.marker is None or r.marker.evaluate()]
    locked = {r.name: str(r.specifier).removeprefix("==") for r in here}
    installed = {d.metadata["Name"].lower().replace("_", "-"): d.version for d in distributions()}
    both = locked.keys() & installed.keys()
    assert len(both) > 100
    assert {n: installed[n] for n in both if installed[n] != locked[n]} == {}


def test_an_installed_package_has_its_texts_and_templates() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    packed = {
        path
        for package, globs in patterns.items()
        for pattern in globs
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    files = {p for p in (ROOT / "cxreport").rglob("*") if p.is_file()}
    own = {p for p in files if p.suffix != ".py" and "__pycache__" not in p.parts}
    assert own
    assert own - packed == set()
