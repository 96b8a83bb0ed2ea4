"""Pages bear an organisation's name, colour, logo and style, and nothing that comes with them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from small_project import PROVENANCE, Command, blocks

from cxreport.errors import CxError
from cxreport.publish.brand import LIGHT, contrast, read_brand
from cxreport.publish.elements import read_page
from cxreport.publish.export import export_page
from cxreport.publish.gate import check_page
from cxreport.show.blocks import MIME

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHAPE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>'
HOSTILE = "\"><script>alert(1)</script> onerror=x {{ 7*7 }} & 'Co'"


def branded(root: Path, **files: str | bytes) -> dict[str, str]:
    """Read a brand of these keys; those that name a file have its content instead."""
    keys = {}
    for key, content in files.items():
        keys[key] = content
        if key in {"logo", "style"}:
            keys[key] = f"own.{key}"
            (root / f"own.{key}").write_bytes(
                content.encode() if isinstance(content, str) else content
            )
    lines = [f"{key} = '''{content}'''" for key, content in keys.items()]
    (root / "reports.toml").write_text("\n".join(["[brand]", *lines]), "utf-8")
    return read_brand(root)


def page_of(root: Path, brand: dict[str, str]) -> str:
    """Write a page of the small project with a brand."""
    notebook = nbformat.v4.new_notebook()
    header: dict[str, Any] = blocks(root)[0].payload()
    output = nbformat.v4.new_output("display_data", {MIME: header})
    notebook.cells = [nbformat.v4.new_code_cell("", outputs=[output])]
    return export_page(notebook, "en", PROVENANCE | {"brand": brand})


@pytest.mark.parametrize("logo", [DOT, SHAPE, None])
def test_a_page_says_whose_it_is_and_no_name_leaves_its_place(
    logo: str | bytes | None, written: Path, tmp_path: Path
) -> None:
    brand = branded(tmp_path, name=HOSTILE, **({"logo": logo} if logo else {}))
    html = page_of(written, brand)
    assert check_page(html) == []
    (place,) = [e for e in read_page(html).every("p") if e.attributes.get("class") == "brand"]
    pictures = place.every("img", "svg")
    said = [e.attributes.get("alt") or e.words() for e in pictures] or [place.words()]
    assert said == [HOSTILE]
    assert "<script" not in html


def test_the_colour_and_the_style_are_in_force(
    written: Path, tmp_path: Path, browser: Browser
) -> None:
    brand = branded(tmp_path, name="Us", accent="#7a0050", style="h1 { letter-spacing: 3px }")
    html = page_of(written, brand)
    assert check_page(html) == []
    (tmp_path / "page.html").write_text(html, "utf-8")
    colour = "getComputedStyle(document.querySelector('summary')).color"
    page = browser.new_page(color_scheme="light")
    page.goto((tmp_path / "page.html").as_uri())
    assert page.evaluate(colour) == "rgb(122, 0, 80)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") == "3px"
    page.emulate_media(color_scheme="dark")
    parts = page.evaluate(colour).removeprefix("rgb(").removesuffix(")").split(", ")
    assert contrast("#" + "".join(f"{int(part):02x}" for part in parts), "#23262b") >= 4.5
    page.close()


def test_contrast_is_that_of_the_guidelines() -> None:
    # WebAIM's contrast checker: #777777 on white is 4.48, #767676 is 4.54
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast(LIGHT, LIGHT) == 1


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"name": "Us", "accent": "#ffcc00"}, "not everybody can read"),
        ({"name": "Us", "accent": "#777777"}, "not everybody can read"),
        ({"name": "Us", "accent": "red; } body { display: none"}, "accent"),
        ({"name": ""}, "name"),
        ({"name": "Us", "colour": "#000000"}, "colour"),
        ({"name": "Us", "style": "a { background: url(https://x.example) }"}, "more than style"),
        ({"name": "Us", "style": "@im/**/port 'x.css';"}, "more than style"),
        ({"name": "Us", "style": "</style><script>"}, "more than style"),
        ({"name": "Us", "logo": SHAPE.replace("<path", "<script/><path")}, "shapes and text"),
        ({"name": "Us", "logo": SHAPE.replace(" d=", " onload='x' d=")}, "shapes and text"),
        ({"name": "Us", "logo": "GIF89a"}, "shapes and text"),
        ({"name": "Us", "logo": DOT * 1000}, "too large"),
        ({"name": "Us", "logo": DOT[:-1]}, "cut short"),
        ({"name": "Us", "style": "a { content: '\xe9' }".encode("latin-1")}, "in UTF-8"),
    ],
)
def test_what_no_page_may_bear_is_refused(
    files: dict[str, str | bytes], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(CxError, match=problem):
        branded(tmp_path, **files)


def test_a_file_outside_the_project_is_none(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "secret.css").write_text("a { color: red }", "utf-8")
    lines = '[brand]\nname = "Us"\nstyle = "../secret.css"\n'
    (tmp_path / "p/reports.toml").write_text(lines, "utf-8")
    with pytest.raises(CxError, match="no such file in the project"):
        read_brand(tmp_path / "p")


@pytest.mark.parametrize("name", ["a\\u0000b", "a" * 5000, "../" * 2000])
def test_a_name_that_no_system_takes_is_no_file(tmp_path: Path, name: str) -> None:
    for key in ("logo", "style"):
        (tmp_path / "reports.toml").write_text(f'[brand]\nname = "Us"\n{key} = "{name}"\n', "utf-8")
        with pytest.raises(CxError, match="no such file in the project"):
            read_brand(tmp_path)


def test_a_build_bears_it_and_another_colour_makes_pages_stale(project: Path) -> None:
    reports = project / "reports.toml"
    reports.write_text(reports.read_text("utf-8") + '[brand]\nname = "Our Shops"\n', "utf-8")
    code, said = Command(project, "build").end()
    assert code == 0, said
    for name in ("reports/mini/2026-10/en.html", "reports/index.html"):
        assert "Our Shops" in (project / name).read_text("utf-8")
    reports.write_text(reports.read_text("utf-8") + 'accent = "#7a0050"\n', "utf-8")
    code, said = Command(project, "list").end()
    assert "changed: brand" in said
