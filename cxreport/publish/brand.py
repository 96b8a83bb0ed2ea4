"""Whose pages they are: a name, an accent colour, a logo and a sheet of style, from one section.

``[brand]`` in reports.toml. A colour that some could not read, a logo that is more than a picture
and a style that would load something are refused before any page is made.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict, Field

from cxreport.errors import CxError
from cxreport.inputs.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READABLE = 4.5
"""Least contrast of words and what they stand on: WCAG 2.2, criterion 1.4.3."""
LIGHT, DARK = "#f4f6f8", "#23262b"
"""What words in the accent colour stand on, in page.css ``--wash``."""
MOST_BYTES = 50_000
FOREIGN = re.compile(r"<|@import|url\(|\\", re.IGNORECASE)
PNG, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


class Brand(BaseModel):
    """The section ``[brand]`` of reports.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=80)
    """What the organisation is called."""
    accent: str = Field("", pattern=r"^(#[0-9a-fA-F]{6})?$")
    """The colour of links and marks; the pages' own when left out."""
    logo: str = ""
    """A PNG or SVG file below the project's folder."""
    style: str = ""
    """A CSS file below the project's folder, in force after the pages' own."""


class _Branded(BaseModel):
    brand: Brand | None = None


def read_brand(root: Path) -> dict[str, str]:
    """Read whose pages a project makes.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    dict of str to str
        ``name``; ``logo`` (HTML) and ``css``, which may be empty. Empty where there is no section.

    Raises
    ------
    CxError
        If the colour has too little contrast, or a file is missing or holds what no page may.
    """
    path = root / "reports.toml"
    brand = read_settings(path, _Branded, "table of reports").brand if path.is_file() else None
    if brand is None:
        return {}
    own = _style(_file(root, brand.style), brand.style) if brand.style else ""
    own = re.sub(r"/\*.*?\*/", "", own, flags=re.DOTALL)
    if foreign := FOREIGN.search(own):
        raise CxError("a style that is more than style", where=brand.style, got=foreign.group())
    logo = _logo(_file(root, brand.logo), brand) if brand.logo else ""
    return {"name": brand.name, "logo": logo, "css": _accent(brand.accent) + own}


def logo_of(brand: Mapping[str, str]) -> Markup:
    """Return the logo, or the name where there is none."""
    return Markup(brand["logo"]) if brand.get("logo") else escape(brand["name"])  # noqa: S704


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance).

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), light, strict=True))


def _accent(accent: str) -> str:
    """Write the accent colour as style: as it is by day, as much lighter as needed in the dark."""
    if not accent:
        return ""
    if (given := contrast(accent, LIGHT)) < READABLE:
        raise CxError(
            "an accent colour that not everybody can read",
            where="reports.toml, brand.accent",
            got=f"{accent}, contrast {given:.1f}",
            expected=f"at least {READABLE} on {LIGHT}",
            hint="choose a darker one",
        )
    parts = [int(accent[i : i + 2], 16) for i in (1, 3, 5)]
    shades = ["#" + "".join(f"{p + (255 - p) * k // 20:02x}" for p in parts) for k in range(21)]
    light = next(shade for shade in shades if contrast(shade, DARK) >= READABLE)
    return (
        f":root {{ --mark: {accent}; }}\n@media screen and (prefers-color-scheme: dark) "
        f"{{ :root {{ --mark: {light}; }} }}\n"
    )


def _style(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CxError("a style is written in UTF-8", where=name) from None


def _file(root: Path, name: str) -> bytes:
    """Read a file of the project."""
    try:
        path = (root / name).resolve()
        inside = path.is_relative_to(root.resolve()) and path.is_file()
    except (OSError, ValueError):  # a name that no system takes
        inside = False
    if not inside:
        raise CxError("no such file in the project", where="reports.toml, brand", got=name)
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise CxError(
            "a file that is too large for every page", where=name,
            got=f"{len(content):,} bytes", expected=f"at most {MOST_BYTES:,}",
        )  # fmt: skip
    return content


def _logo(content: bytes, brand: Brand) -> str:
    """Write a logo as HTML that loads nothing and says the name."""
    if content.startswith(PNG):
        if not content.endswith(PNG_END):
            raise CxError("a PNG that is cut short", where=brand.logo)
        data = base64.b64encode(content).decode()
        return Markup('<img src="data:image/png;base64,{}" alt="{}">').format(data, brand.name)
    from cxreport.show.charts.svg import picture_only  # noqa: PLC0415 - loads what draws

    try:
        svg = picture_only(content.decode("utf-8-sig"))
    except (CxError, UnicodeDecodeError) as error:
        raise CxError(
            "a logo is a PNG, or an SVG of shapes and text", where=brand.logo, got=error
        ) from error
    head, _, rest = re.sub(r' (role|aria-labelledby)="[^"]*"', "", svg).partition(">")
    if head.endswith("/"):
        raise CxError("a logo without a shape", where=brand.logo)
    return f'{head} role="img"><title>{escape(brand.name)}</title>{rest}'
