"""Names of folders are made from names: each its own, and none a path."""

from __future__ import annotations

import re

import pytest

from cxreport.publish.names import file_name, page_name
from cxreport.publish.steps import step_address

PLAIN = ["2026-10", "2026-Q3", "2026", "demo-monthly", "demo_monthly", "study", "2016-2017"]
ODD = [
    "", ".", "..", "...", "a.", " a", "a ", "a/b", "a\\b", "2025/26", "2025#26", "2025?26", "50%",
    "Wave", "wave\0", "con", "nul", "com1", "lpt9", "aux.txt", "~", "-x", "città", "citta\u0300",
    "春", "a" * 61, "a" * 5000, "a" * 4999, "a:b", "a\nb", "\ud800", "<b>",
]  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_stays(name: str) -> None:
    assert file_name(name) == name


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_becomes_a_plain_one(name: str) -> None:
    made = file_name(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-[0-9a-f]{8}", made)
    assert len(made) <= 60
    assert file_name(made) == made


def test_each_name_has_its_own() -> None:
    made = [file_name(name).casefold() for name in PLAIN + ODD]
    assert len(set(made)) == len(made)


def test_what_leads_to_the_page_before_has_a_name_that_a_disk_takes() -> None:
    long = file_name("A" * 500)
    page = f"{page_name('r' * 60, 'Ä' * 500)}.{long}"  # one group's, of other parameters
    names = {
        step_address(page, period, step, language).rpartition("/")[2]
        for period in (long, file_name("B" * 500))
        for step in ("before", "after")
        for language in ("en", "it")
    }
    assert len(names) == 8
    assert max(len(name.encode()) for name in names) <= 255
