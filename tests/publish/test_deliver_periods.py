"""Quarters, waves and a page for each shop are sent like months: each page to whom it is for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from mail_server import Keeper, mail_server
from small_project import CODEBOOK, PARAMETERS

from cxreport.cli import main
from cxreport.publish.names import page_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOP = '\n[tables.responses.columns.shop]\nrole = "segment"\n'
OF_A_ROW = '\ncolumn: str = ""  # of the answers\nvalue: str = ""  # whose page'
WAVES = """
[[waves]]
name = "spring"
since = 2026-05-01
until = 2026-05-31
"""
DELIVER = """
[deliver]
from = "reports@example.org"
to = ["board@example.org"]
server = "127.0.0.1"
port = {port}
security = "none"
"""
REPORT = """[[report]]
name = "mini"
notebook = "notebooks/mini.ipynb"
group = "mini"
languages = ["en"]
parameters = {{ source = "mini" }}
{more}
"""


@pytest.fixture
def server() -> Iterator[tuple[Keeper, int]]:
    keeper = Keeper()
    with mail_server(keeper) as port:
        yield keeper, port


def prepare(root: Path, period: str, more: str, port: int, last: str) -> None:
    """Let the small project report on other periods, and on two shops of twenty answers."""
    path = root / "notebooks/mini.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][0]["source"] = PARAMETERS + OF_A_ROW
    path.write_text(json.dumps(notebook), "utf-8")
    book = CODEBOOK.replace("observed_until = 2026-10-31", f"observed_until = {last}\n{period}")
    rows = [f"{n},{last},{n % 11},{('Roma', 'Pisa')[n % 2]}" for n in range(40)]
    (root / "data/mini/codebook.toml").write_text(book + SHOP, "utf-8")
    lines = ["response_id,answered_at,nps,shop", *rows, ""]
    (root / "data/mini/responses.csv").write_text("\n".join(lines), "utf-8")
    table = REPORT.format(more=more) + DELIVER.format(port=port)
    (root / "reports.toml").write_text(table, "utf-8")


def deliver(now: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["deliver", "--now", now])
    return result.exit_code, result.output + result.stderr


def noted(root: Path) -> dict[str, object]:
    """Return the pages of which the log says who has them."""
    log = json.loads((root / "deliveries/log.json").read_text("utf-8"))
    pages: dict[str, object] = log["pages"]
    return pages


def test_a_quarter_is_sent_once_it_is_over_to_each_shop_alone(
    project: Path, server: tuple[Keeper, int]
) -> None:
    keeper, port = server
    more = 'each = "shop"\ndeliver = { groups = { Roma = ["roma@example.org"] } }'
    prepare(project, 'period = "quarter"', more, port, "2026-09-30")
    built = CliRunner().invoke(main, ["build"])
    assert built.exit_code == 0, built.output
    assert deliver("2026-09-29T08:00")[0] == 7, "by the clock the quarter is not over"
    assert deliver("2027-03-01T08:00")[0] == 6, "a quarter that ended 152 days ago is stale"
    assert keeper.taken == []
    code, output = deliver("2026-11-20T08:00")  # a month would be stale by now
    assert code == 0, output
    assert [to for to, _ in keeper.taken] == [["roma@example.org"]]
    assert [*noted(project)] == [f"{page_name('mini', 'Roma')}/2026-Q3"]
    assert deliver("2026-11-20T08:00")[0] == 8, "nobody gets it twice"


def test_a_wave_is_sent_under_its_name(project: Path, server: tuple[Keeper, int]) -> None:
    keeper, port = server
    prepare(project, 'period = "wave"', "", port, "2026-05-31")
    book = project / "data/mini/codebook.toml"
    book.write_text(book.read_text("utf-8") + WAVES, "utf-8")
    built = CliRunner().invoke(main, ["build"])
    assert built.exit_code == 0, built.output
    assert deliver("2026-05-30T08:00")[0] == 7
    assert deliver("2026-09-01T08:00")[0] == 6, "46 days after a month's wave at most"
    code, output = deliver("2026-06-05T08:00")
    assert code == 0, output
    assert [to for to, _ in keeper.taken] == [["board@example.org"]]
    assert [*noted(project)] == ["mini/spring"]
