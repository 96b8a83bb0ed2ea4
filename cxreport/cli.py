"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from textwrap import indent
from typing import IO, TYPE_CHECKING

import click

from cxreport.errors import CxError, shorten
from cxreport.inputs.places import find_root
from cxreport.publish.build import build as build_pages
from cxreport.publish.each import Row
from cxreport.publish.pdf import find_browser
from cxreport.publish.places import failed_mark
from cxreport.publish.plan import Job, make_plan
from cxreport.publish.publish import INDEXES
from cxreport.publish.remembered import Memory
from cxreport.publish.table import read_reports

if TYPE_CHECKING:
    from collections.abc import Sequence

ELSEWHERE = {
    "deliver": "cxreport.delivery.commands",
    "diff": "cxreport.diff.commands",
    "new": "cxreport.project.commands",
    "update": "cxreport.project.commands",
}
"""Command -> the module that has it, and is loaded when it is called."""


class Shown(click.ClickException):
    """A ``CxError`` on its way to the terminal."""

    exit_code = 1

    def show(self, file: IO[str] | None = None) -> None:
        """Print the error as it is."""
        click.echo(f"error: {self.message}", file=file or sys.stderr)


class Commands(click.Group):
    """Commands whose errors are sentences, not tracebacks; each loads what it needs alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command."""
        if cmd_name in ELSEWHERE:
            command: click.Command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CxError as error:
            raise Shown(str(error)) from error


def settings_of(texts: tuple[str, ...]) -> dict[str, str]:
    """Split ``name=value`` texts."""
    pairs = [text.partition("=") for text in texts]
    for name, sign, _ in pairs:
        if not sign or not name:
            raise CxError("--set takes name=value", got=name)
    names = [name for name, _, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise CxError("a parameter is set twice", got=twice[0])
    return {name: value for name, _, value in pairs}


def is_printed(job: Job) -> bool:
    """Return whether a job's pages have their PDF beside them."""
    return all((job.folder / f"{language}.pdf").is_file() for language in job.report.languages)


@click.group(cls=Commands)
@click.version_option(package_name="cxreport", message="%(prog)s %(version)s")
def main() -> None:
    """Make customer experience reports that say how sure they are."""


@main.command()
@click.argument("names", nargs=-1)
@click.option("--group", "groups", multiple=True, help="Build the reports of this group.")
@click.option("--set", "texts", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option("--pdf", is_flag=True, help="Print each page, too: a Chromium has to be there.")
@click.option("--force", is_flag=True, help="Build pages that are up to date, too.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Notebooks that run side by side.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the pages.")
def build(
    names: tuple[str, ...],
    *,
    groups: tuple[str, ...],
    texts: tuple[str, ...],
    pdf: bool,
    force: bool,
    jobs: int,
    out: Path | None,
) -> None:
    """Build the reports NAMES (all of reports.toml when neither names nor groups are given).

    Of a report with a page for each shop, NAME@SHOP builds the page of one.
    """
    root = find_root()
    folder = out or root / "reports"
    if root.is_relative_to(folder.resolve()):
        raise CxError("pages need a folder of their own", where="--out", got=folder.resolve())
    settings, failures, rows = settings_of(texts), list[CxError](), list[Row]()
    memory = Memory(folder)
    plan = make_plan(
        root, groups=groups, names=names, settings=settings, out=folder, failures=failures,
        rows=rows, memory=memory,
    )  # fmt: skip
    if failures and not plan:
        raise failures[0]
    printer = find_browser() if pdf else ""
    todo = [job for job in plan if job.stale or force or (pdf and not is_printed(job))]
    up_to_date = {job.name for job in plan} - {job.name for job in todo}
    for job in plan:
        if job.name in up_to_date:
            click.echo(f"{job.name}: up to date")
            failed_mark(folder, job.folder).unlink(missing_ok=True)  # what failed was taken back
    failures += build_pages(todo, root, folder, at_once=jobs, printer=printer, rows=rows)
    memory.save()
    for line in filter(None, (row.line() for row in rows)):
        click.echo(line)
    for failure in failures:
        click.echo(f"error: {failure}", err=True)
    if failures:
        summarise(todo, failures)
        raise CxError("not everything was built", got=f"{len(failures)} errors, all above")
    click.echo(f"{len(todo)} built")
    click.echo(folder / INDEXES["en"])


def summarise(jobs: Sequence[Job], failures: Sequence[CxError]) -> None:
    """Print after many errors which pages are not made, and why: a line each."""
    if len(jobs) < 2:
        return
    failed = 0
    for failure in failures:
        what = " ".join(failure.parts.get("got", failure.what).split())
        click.echo(f"  failed  {failure.parts.get('where', '')}: {shorten(what, 100)}", err=True)
        failed += any(failure.parts.get("where", "").startswith(f"{job.name},") for job in jobs)
    click.echo(f"{len(jobs) - failed} built, {failed} failed", err=True)


@main.command()
@click.argument("sources", nargs=-1)
def check(sources: tuple[str, ...]) -> None:
    """Check the data of SOURCES (of every report when none is given), and print all problems."""
    root = find_root()
    named = [r.parameters.get("source") for r in read_reports(root)]  # a study has none
    tables = dict.fromkeys(str(source) for source in named if source)
    if not sources and not tables:
        click.echo("no report reads a source: nothing to check")
    errors = 0
    for source in sources or tuple(tables):
        try:
            errors += _check_source(source)
        except CxError as error:  # which must not hide what the other sources have
            click.echo(f"{source}\n  error  {error}")
            errors += 1
    if errors:
        raise CxError(f"{errors} errors: no report is made from these data")


def _check_source(source: str) -> int:
    """Print what a source has, and how it was read; return how many errors a build would meet."""
    from cxreport.inputs.closed import choose_period  # noqa: PLC0415 - load what reads tables
    from cxreport.inputs.contracts import explain  # noqa: PLC0415
    from cxreport.inputs.dataset import open_source  # noqa: PLC0415
    from cxreport.inputs.reading import columns_read, reading_of  # noqa: PLC0415
    from cxreport.inputs.spans import list_spans  # noqa: PLC0415

    dataset = open_source(source, strict=False)
    click.echo(f"{source}: {len(dataset.files)} files, {dataset.files['rows'].sum():,} rows")
    for row in explain(dataset.problems, "en").itertuples():
        unit = "columns" if str(row.problem).startswith("column-") else "rows"
        click.echo(
            f"  {row.severity:5}  {row.table}.{row.column}: {row.what} "
            f"({row.n:,} {unit}, for example {row.example!r}); {row.what_to_do} [{row.problem}]"
        )
    if dataset.problems["severity"].eq("error").any():
        click.echo("  the name in [brackets] is what problem = takes in [[accept]]")
    if not (reading := reading_of(dataset)).empty:
        click.echo("  read as:")
        click.echo(indent(reading.to_string(index=False), "    "))
    click.echo("  columns:")
    click.echo(indent(columns_read(dataset).to_string(index=False), "    "))
    for row in dataset.redactions.itertuples():
        click.echo(
            f"  {row.table}.{row.column}: {row.n:,} x [{row.kind}] taken out of {row.texts:,} texts"
        )
    for link in dataset.links.fillna({"wave": ""}).to_dict("records"):
        of_wave = f" ({link['wave']})" if link["wave"] else ""
        click.echo(
            f"  {link['table']}.{link['column']}: {link['found']:,} of {link['ids']:,} ids are "
            f"found in {link['found_in']}{of_wave}"
        )
    errors = int(dataset.problems["severity"].eq("error").sum())
    if not dataset.spans:
        click.echo("  no row has a date, so there is no period")
    else:
        click.echo("  known from when until when:")
        click.echo(indent(list_spans(dataset.spans).to_string(index=False), "    "))
        last = choose_period(dataset, "", ["responses"])
        click.echo(f"  the last closed period is {last.name}")
    return errors


FORMATS = (
    "qualtrics", "surveymonkey", "typeform", "google-forms", "limesurvey", "formbricks", "zendesk",
    "freshdesk", "shopify", "ga4", "trustpilot", "table",
)  # fmt: skip
"""Which products' exports are read; see ``inputs/exports/recognise.py``."""


@main.command(name="import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option("--into", required=True, type=click.Path(path_type=Path), help="data/NAME")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Which product wrote them.")
@click.option("--table", default="", help="Which table they are: responses, orders, ...")
@click.option("--sheet", default="", help="Which sheet of a workbook.")
@click.option("--encoding", default="", help="utf-8, windows-1252, mac-roman, ...")
@click.option("--delimiter", default="", help="The sign between values.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Order of a date.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The sign before decimals.")
@click.option("--day", default="", help="The day of all rows, where no column has a date.")
@click.option("--timezone", default="", help="Zone of the times, as Europe/Rome.")
@click.option("--hidden", type=click.Choice(["keep"]), help="Keep hidden rows of a workbook.")
@click.option(
    "--headings-line", type=click.IntRange(min=1), default=1, help="On which line headings stand."
)
@click.option("--role", "roles", multiple=True, metavar="COLUMN=ROLE", help="What a column is.")
@click.option("--skip", multiple=True, metavar="COLUMN=CODE", help="Rows that do not belong.")
@click.option("--keep", multiple=True, metavar="COLUMN=CODE", help="Rows that belong.")
def import_exports(
    files: tuple[Path, ...],
    into: Path,
    roles: tuple[str, ...],
    skip: tuple[str, ...],
    keep: tuple[str, ...],
    kind: str | None,
    *,
    headings_line: int,
    **texts: str | None,
) -> None:
    """Import exports of other products into a source, with a codebook to review.

    The files are only read. The same file twice changes nothing; a later one adds what is new.
    """
    from cxreport.inputs.exports.grid import Stated  # noqa: PLC0415 - needed by this command only
    from cxreport.publish.imports import audit_lines, import_files  # noqa: PLC0415

    given = {name: text or "" for name, text in texts.items()}
    stated = Stated(
        format=kind or "",
        headings_line=headings_line,
        roles=pairs_of("--role", roles),
        skip=_codes("--skip", skip),
        keep=_codes("--keep", keep),
        **given,
    )
    for audit in import_files(files, into, stated):
        click.echo("\n".join(audit_lines(audit)))
    click.echo(f"review {into / 'codebook.toml'}, then: cxreport check {into.name}")


def _codes(option: str, texts: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Group codes by their column."""
    columns = dict.fromkeys(text.rpartition("=")[0] for text in texts)
    pairs_of(option, texts)
    return {
        column: frozenset(t.rpartition("=")[2] for t in texts if t.rpartition("=")[0] == column)
        for column in columns
    }


def pairs_of(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """Split ``column=value`` texts; a column may hold the sign, too."""
    pairs = [text.rpartition("=") for text in texts]
    for column, sign, value in pairs:
        if not sign or not column or not value:
            raise CxError(f"{option} takes COLUMN=VALUE", got=column or value)
    return {column: value for column, _, value in pairs}


@main.command(name="list")
@click.option("--why", is_flag=True, help="Name what changed, page by page.")
def list_reports(*, why: bool) -> None:
    """List every report, and whether its pages are up to date."""
    root = find_root()
    if not (reports := read_reports(root)):
        raise CxError("no report is listed", where=root / "reports.toml", hint="add a [[report]]")
    memory, gathered = Memory(root / "reports"), dict[str, object]()
    for report in reports:
        causes: dict[str, tuple[str, ...]] = {}
        try:
            rows = list[Row]()
            jobs = make_plan(root, names=[report.name], rows=rows, memory=memory, gathered=gathered)
            states = {job.name: job.stale or "up to date" for job in jobs}
            causes = {job.name: job.causes for job in jobs}
            states |= {
                f"{group.name} {row.period}": "no page: too few answers"
                for row in rows
                for group in row.few
            }
        except CxError as error:
            states = {report.name: f"cannot be built: {' '.join(str(error).split())}"}
        for name, state in states.items():
            click.echo(f"{report.group:8} {name:32} {state}")
            for cause in causes.get(name, ()) if why else ():
                click.echo(f"{'':8}   {cause}")


@main.command()
@click.option("--seed", default=2026, show_default=True, help="Another seed, another company.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the tables.")
def demo(seed: int, out: Path | None) -> None:
    """Write the tables of the synthetic demo company."""
    from cxreport.demo import make_demo  # noqa: PLC0415 - needed by this command only

    folder = out or find_root() / "data" / "demo"
    for table, rows in make_demo(folder, seed=seed).items():
        click.echo(f"{rows:>8,}  {table}")


@main.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the tables.")
def examples(out: Path | None) -> None:
    """Write the tables of the example company from the package that brings its data."""
    from cxreport.demo.examples import make_example  # noqa: PLC0415 - needed by this command only

    folder = out or find_root() / "data" / "completejourney"
    for table, rows in make_example(folder).items():
        click.echo(f"{rows:>8,}  {table}")


if __name__ == "__main__":
    main()
