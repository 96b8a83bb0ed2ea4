"""The reference page of the codebook names every key, word and problem that the code knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cxreport.inputs.codebook import FIXED_WORDS, Acceptance, Codebook, Column, SourceInfo, Version
from cxreport.inputs.contracts import CATALOGUE
from cxreport.inputs.fixed_words import FLAGS
from cxreport.inputs.roles import ROLES
from cxreport.inputs.table_files import Defaults, TableFiles, Wave
from cxreport.inputs.targets import Target

if TYPE_CHECKING:
    from cxreport.inputs.meaning import Strict

ROW = re.compile(r"^\| `([\w.-]+)` \| (.*) \|$", flags=re.MULTILINE)
PAGE = Path(__file__).parents[2] / "docs/codebook.md"
SECTIONS: dict[str, type[Strict]] = {
    "`[source]`": SourceInfo,
    "`[[waves]]`": Wave,
    "`[tables.<name>]`": TableFiles,
    "`[tables.<name>.columns.<column>]`": Column,
    "`[[accept]]`": Acceptance,
    "`[[target]]`": Target,
}


def section(title: str) -> str:
    """Return the text of a section, up to the next one."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")
    return rest.partition("\n## ")[0]


def keys(text: str) -> set[str]:
    """Return what stands in the first column of the first table of a section."""
    first = text.partition("\n### ")[0]
    rows = re.findall(r"^\| (`[^|]*) \|", first, flags=re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("title", SECTIONS)
def test_each_section_lists_the_keys_of_its_model(title: str) -> None:
    assert keys(section(title)) == set(SECTIONS[title].model_fields)


def test_every_table_of_the_file_has_a_section() -> None:
    named = {"source", "waves", "tables", "accept", "target"}
    assert set(Codebook.model_fields) - {"path"} == named
    text = section("`[tables.<name>]`")
    assert all(f"`{name}`" in text for name in Defaults.model_fields)
    versions = next(
        line for line in section(list(SECTIONS)[3]).splitlines() if "`versions`" in line
    )
    own = set(Version.model_fields) - set(Column.model_fields)
    assert all(name in versions for name in own)


def test_every_role_is_named() -> None:
    line = next(
        row for row in section(list(SECTIONS)[3]).splitlines() if row.startswith("| `role`")
    )
    assert set(re.findall(r"`(\w+)`", line)) - {"role"} == set(ROLES)


def test_the_words_of_fixed_meaning_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("### Words of fixed meaning")[2]
    rows = re.findall(
        r"^\| `(\w+\.\w+)` \| (.*) \|$", text.partition("\n## ")[0], flags=re.MULTILINE
    )
    listed = {name: tuple(re.findall(r"`(\w+)`", words)) for name, words in rows}
    known = {
        f"{t}.{c}": words for t, columns in FIXED_WORDS.items() for c, words in columns.items()
    }
    known |= {f"{table}.{c}": ("0", "1") for table, columns in FLAGS.items() for c in columns}
    assert listed == known


def test_the_problems_are_those_that_accept_takes() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| (\w+) \| (.*) \|$", section("Problems"), flags=re.MULTILINE
    )
    listed = {name: (severity, rest) for name, severity, rest in rows}
    assert listed == {
        name: (entry["severity"], " | ".join(entry["en"])) for name, entry in CATALOGUE.items()
    }
