"""The commands that make a project, and that bring it to a later version."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cxreport.inputs.places import find_root

SYSTEMS = ("github", "gitlab", "none")
"""See ``render.SYSTEMS``; named here so that no other command loads what renders."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--name", help="Of its reports; that of the folder when left out.")
@click.option("--organisation", help="Whose pages they are.")
@click.option("--languages", help="Of the pages: it,en or one of them.")
@click.option("--source", help="A file to import (as cxreport import does), or demo.")
@click.option("--timezone", default="", help="Zone of the times in that file, as Europe/Rome.")
@click.option("--ci", type=click.Choice(SYSTEMS), help="Whose CI files it holds.")
def new(folder: Path, timezone: str, **given: str | None) -> None:
    """Make a project of your own in DIR, which is not there yet or is empty.

    In a terminal, what no option says is asked; elsewhere the defaults count.
    """
    from cxreport.inputs.exports.grid import Stated  # noqa: PLC0415 - needed by this command only
    from cxreport.project.new import new_project  # noqa: PLC0415
    from cxreport.project.render import DEMO, Options, name_from  # noqa: PLC0415
    from cxreport.publish.imports import audit_lines  # noqa: PLC0415

    name = _answer("Name", given["name"], name_from(folder.resolve().name))
    organisation = _answer("Organisation", given["organisation"], name)
    languages = _answer("Languages", given["languages"], "it,en")
    source = _answer("Source (a file, or demo)", given["source"], DEMO)
    system = _answer(f"CI ({', '.join(SYSTEMS)})", given["ci"], "none")
    spoken = tuple(dict.fromkeys(language.strip() for language in languages.split(",")))
    options = Options(name, organisation, spoken, ci=system)
    export = None if source == DEMO else Path(source)
    for audit in new_project(folder, options, export=export, stated=Stated(timezone=timezone)):
        click.echo("\n".join(audit_lines(audit)))
    click.echo(f"{folder}: made")
    if export:
        click.echo(f"review {folder}/data/{name}/codebook.toml")
    click.echo(f"next: cd {folder} && make report")


def _answer(question: str, given: str | None, default: str) -> str:
    """Return what an option says; else what the user answers, or what is usual."""
    if given is not None or not sys.stdin.isatty():
        return default if given is None else given
    return str(click.prompt(question, default=default))


@click.command()
def update() -> None:
    """Bring the files of this project to the version of cxreport that is installed.

    What nobody changed is replaced, what both sides changed is merged; where they touch the same
    lines your file stays, and the new one lies beside it as NAME.new.
    """
    from cxreport.project.update import update_project  # noqa: PLC0415 - needed here only

    done = update_project(find_root())
    for change in done.changes:
        click.echo(f"{change.what:10} {change.file}{f': {change.note}' if change.note else ''}")
    click.echo(done.line())
