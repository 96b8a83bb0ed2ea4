"""The command that sets two published pages beside each other."""

from __future__ import annotations

from pathlib import Path

import click

from cxreport.errors import CxError
from cxreport.inputs.meaning import LANGUAGES
from cxreport.inputs.places import find_root


@click.command()
@click.argument("then", metavar="A")
@click.argument("now", metavar="B")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="To read in."
)
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write all figures there.")
@click.option(
    "--rows", default=10, show_default=True, type=click.IntRange(min=1), help="Listed at most."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the pages, for names.")
def diff(
    then: str, now: str, *, language: str, file: Path | None, rows: int, out: Path | None
) -> None:
    """List what changed from page A to page B, and why: data, definitions, code or chance.

    A and B are folders of published pages (reports/NAME/2026-09), or NAME@2026-09 in a project.
    """
    from cxreport.diff.compare import causes_between, compare_pages  # noqa: PLC0415 - needed by this command only
    from cxreport.diff.lines import lines_of, write_csv  # noqa: PLC0415
    from cxreport.diff.published import find_pages, read_manifest, read_pages  # noqa: PLC0415
    from cxreport.show.words import Words  # noqa: PLC0415

    folders = [find_pages(name, out or _reports()) for name in (then, now)]
    causes_between(*(read_manifest(folder) for folder in folders))  # before anything is read
    earlier, later = (read_pages(folder, language) for folder in folders)
    figures = compare_pages(earlier, later)
    for line in lines_of(earlier, later, figures, Words(language), rows):
        click.echo(line)
    if file is not None:
        try:
            file.write_text(write_csv(figures), encoding="utf-8")
        except OSError as error:
            raise CxError(
                "the file could not be written", where=file, got=error.strerror
            ) from error


def _reports() -> Path | None:
    """Return the folder of the project's pages; None outside a project."""
    try:
        return find_root() / "reports"
    except CxError:
        return None
