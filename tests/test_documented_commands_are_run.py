"""Every command in README and docs is run by a test, and what sentences name is there."""

from __future__ import annotations

import re

import click
import pytest
from documented import NOT_RUN, ROOT, RUN_BY, commands, every_command, inline, pages

from cxreport.cli import main

TARGETS = {
    *re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE),
    *re.findall(r"^([a-z-]+):", (ROOT / "cxreport/project/template/Makefile.j2").read_text("utf-8"),
                re.MULTILINE),
}  # fmt: skip


@pytest.mark.parametrize("page", [page for page in pages() if commands(page)])
def test_the_commands_of_a_page_are_run_by_a_test(page: str) -> None:
    assert page in RUN_BY, f"{page} shows commands that no test runs: {commands(page)}"
    file, _, name = RUN_BY[page].partition("::")
    text = (ROOT / "tests" / file).read_text("utf-8")
    assert f"\ndef {name}(" in text
    assert f'commands("{page}")' in text


def test_no_command_is_excused_that_no_page_shows() -> None:
    written = {command for page in pages() for command in every_command(page)}
    assert {*NOT_RUN} - written == set()
    assert {*RUN_BY} - {page for page in pages() if commands(page)} == set()


@pytest.mark.parametrize("page", [page for page in pages() if inline(page)])
def test_what_a_sentence_names_is_there(page: str) -> None:
    for command in inline(page):
        program, name, *words = command.split()
        if program == "make":
            assert name in TARGETS, command
            continue
        if name.startswith("-"):  # of the program itself
            name, words, options = "", [name], {o for p in main.params for o in p.opts}
        else:
            called = main.get_command(click.Context(main), name)
            assert called, command
            options = {o for p in called.params for o in p.opts}
        assert {word for word in words if word.startswith("-")} <= options, command
