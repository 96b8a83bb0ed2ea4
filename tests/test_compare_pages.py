"""A page that says another number, or holds another download, is found; what made it is not."""

import base64
from pathlib import Path

import pytest
from compare_pages import compare

PAGE = (
    '<p>{number}</p><a href="data:text/csv;charset=utf-8;base64,{data}"></a><footer>{by}</footer>'
)


def write(folder: Path, number: str = "12", data: str = "n\r\n12", by: str = "this") -> Path:
    page = folder / "shop" / "2026-10" / "en.html"
    page.parent.mkdir(parents=True)
    code = base64.b64encode(data.encode()).decode()
    page.write_text(PAGE.format(number=number, data=code, by=by), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "differ"), [({"by": "that"}, 0), ({"number": "13"}, 1), ({"data": "n\r\n13"}, 1)]
)
def test_what_differs_is_counted(change: dict[str, str], differ: int, tmp_path: Path) -> None:
    assert compare(write(tmp_path / "old"), write(tmp_path / "new", **change)) == differ


def test_a_page_that_is_gone_is_a_difference(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert compare(write(tmp_path / "old"), tmp_path / "new") == 1
