"""The codebook and the reports of README are a project in which its commands run."""

from __future__ import annotations

import shlex
from datetime import date, timedelta
from typing import TYPE_CHECKING

import nbformat
from click.testing import CliRunner
from documented import blocks, commands
from nbformat import v4
from small_project import PARAMETERS, show
from small_project import blocks as made_blocks

from cxreport.cli import main
from cxreport.publish.names import page_name

if TYPE_CHECKING:
    from pathlib import Path

SHOP = '\n[tables.responses.columns.shop]\nrole = "segment"\n'
OF_A_ROW = '\ncolumn: str = ""  # of the answers\nvalue: str = ""  # whose page\nrecent: int = 12'


def answers() -> str:
    """Return an export as README's codebook describes it: two answers a day, of two shops."""
    lines = ["ResponseId,EndDate,Q1,Q2,Q2b,Channel,IPAddress,Q9_1,shop"]
    for n in range(122):
        day = date(2026, 9, 1) + timedelta(days=n // 2)
        shop = ("Milano", "Roma")[n % 2]
        lines.append(f"R{n},{day:%d/%m/%Y},{n % 11},,{1 + n % 5},web,,,{shop}")
    return "\n".join(lines) + "\n"


def write_notebook(root: Path, name: str) -> None:
    """Write a short notebook in the place of one that takes a minute."""
    header, scores = (show(block.payload()) for block in made_blocks(root))
    first = v4.new_code_cell(PARAMETERS + OF_A_ROW, metadata={"tags": ["parameters"]})
    cells = [first, v4.new_code_cell(header), v4.new_code_cell(scores)]
    nbformat.write(v4.new_notebook(cells=cells), root / "notebooks" / name)


def test_every_command_of_the_readme_runs(project: Path) -> None:
    entries = [block for block in blocks("README.md", "toml") if "[[report]]" in block]
    codebook = blocks("README.md", "toml")[0]
    (project / "data/acme").mkdir()
    (project / "data/acme/codebook.toml").write_text(codebook + SHOP, "utf-8")
    (project / "data/acme/survey_2026.csv").write_text(answers(), "utf-8")
    (project / "reports.toml").write_text("\n".join(entries), "utf-8")
    for name in ("01_monthly_report.ipynb", "14_shop_page.ipynb"):
        write_notebook(project, name)
    for command in commands("README.md"):
        program, *words = shlex.split(command)
        assert program == ".venv/bin/cxreport"
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, f"{command}\n{result.output}"
    reports = {path.parent.parent.name for path in project.glob("reports/acme*/*/it.html")}
    shops = {page_name("acme-shop", shop) for shop in ("Milano", "Roma")}
    assert reports == {"acme", *shops}
    assert (project / "reports/acme/2026-09/it.html").is_file()
