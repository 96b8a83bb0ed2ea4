"""Matplotlib figure -> SVG text that can stand inside a page.

The text stays text, so it can be read aloud, searched and scaled. Nothing in it needs a style
sheet, a script or an address, so the page's content policy can refuse all three.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.collections import Collection
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from cxreport.errors import CxError
from cxreport.show.charts.canvas import ILLEGAL_IN_XML, Sheet, drawing, plain
from cxreport.show.charts.compact import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

TOO_MANY_VERTICES = 3_000
RASTER_DPI = 200
NOTHING = dict.fromkeys(["Date", "Creator", "Format", "Type"])
"""What matplotlib is to say of itself, and of today."""
FONTS = "system-ui, DejaVu Sans, sans-serif"

ELEMENTS = re.compile("svg|title|desc|g|defs|clipPath|path|rect|use|text|tspan|image|pattern")
ATTRIBUTES = re.compile(
    "id|href|clip-path|d|x|y|width|height|transform|patternUnits|image-rendering|text-anchor|"
    "fill(-opacity|-rule)?|opacity|font-(size|style|variant|weight|stretch)|"
    "stroke(-dasharray|-dashoffset|-linecap|-linejoin|-miterlimit|-opacity|-width)?"
)
NAMESPACE = "{http://www.w3.org/2000/svg}"
OF_ROOT = (
    "viewBox", "role", "font-family", "stroke-linejoin", "aria-labelledby",
)  # fmt: skip
POWER = re.compile(r"\$\\mathdefault\{([-−]?[\d.]+(\\times)?)?([-−]?\d+\^\{[-−]?\d+\})?\}\$")
SAME_TWICE = re.compile(r"^#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3$")
"""A colour that can be written in three letters."""
COUNTED = re.compile(
    r"(figure|axes|matplotlib\.axis|[xy]tick|patch|line2d|text|legend|\w*Collection)_\d+"
)


def to_svg(figure: Figure, *, prefix: str, alt: str, description: str | None = None) -> str:
    """Write a figure as inline SVG.

    Parameters
    ----------
    figure : matplotlib Figure
        Any figure; it is left as it was.
    prefix : str
        Goes before every id, so that many figures can share a page; letters, digits, ``-``, ``_``.
    alt : str
        The text that stands for the picture, read as its title.
    description : str, optional
        A longer text.

    Returns
    -------
    str
        One ``<svg>`` element with ``viewBox``, ``width`` and ``height`` (CSS pixels). The same
        figure gives the same text. An artist of more than 3,000 vertices is an embedded PNG.

    Raises
    ------
    CxError
        If ``alt`` is empty, ``prefix`` is no id, or the figure holds what a page cannot show.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> to_svg(Figure(figsize=(3, 2)), prefix="nps", alt="Nothing yet")[:60]
    '<svg xmlns="http://www.w3.org/2000/svg" width="288" height="'
    """
    _check(prefix, alt)
    with drawing():
        written = _draw_sheet(figure) if isinstance(figure, Sheet) else _draw(figure)
    # What is parsed is what matplotlib has just written.
    drawn = ET.fromstring(ILLEGAL_IN_XML.sub("", written))  # noqa: S314
    size = 72 * figure.get_size_inches()
    root = root_of(*size, prefix=prefix, alt=alt, description=description)
    root.extend(_clean(drawn, prefix))
    _drop_repeated_ids(root)
    compact(root, prefix)
    return as_text(root)


def _check(prefix: str, alt: str) -> None:
    if not re.fullmatch(r"[A-Za-z][\w-]*", prefix, flags=re.ASCII):
        raise CxError("not a prefix for ids", got=repr(prefix), expected="a letter, then letters")
    if not alt.strip():
        raise CxError("a picture without alt text", where=prefix, hint="say what it shows")


def root_of(
    width: float, height: float, *, prefix: str, alt: str, description: str | None = None
) -> ET.Element:
    """Return an empty picture that names itself.

    Parameters
    ----------
    width, height : float
        Its size in points, its unit of length.
    prefix, alt, description : str
        As in :func:`to_svg`, with the same errors.
    """
    _check(prefix, alt)
    pixels = (f"{length * 4 / 3:.0f}" for length in (width, height))
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            **dict(zip(("width", "height"), pixels, strict=True)),
            "viewBox": f"0 0 {round(width, 6):g} {round(height, 6):g}",
            "role": "img",
            "font-family": FONTS,
            "stroke-linejoin": "round",
        },
    )
    titles = {"title": alt, "desc": description}
    for tag, text in titles.items():
        if text:
            ET.SubElement(root, tag, id=f"{prefix}-{tag}").text = plain(text)
    root.set("aria-labelledby", " ".join(child.attrib["id"] for child in root))
    return root


def picture_only(svg: str) -> str:
    """Return a picture as ``to_svg`` writes it, and refuse whatever else a page would show.

    A block is data: what stands in it as a picture may be anything.

    Raises
    ------
    CxError
        If it is no SVG, or holds an element or an attribute that no drawing has: a heading or a
        link would pass for part of the page.

    Examples
    --------
    >>> picture_only('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    """
    try:
        root = ET.fromstring(svg)  # noqa: S314 - expat refuses entities that grow
    except ET.ParseError as error:
        raise CxError("a picture that is no SVG", got=error) from error
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
        names = [element.tag, *element.attrib]
        allowed = ELEMENTS.fullmatch(element.tag) and (element is root) == (element.tag == "svg")
        strange = [n for n in element.attrib if not (ATTRIBUTES.fullmatch(n) or n in OF_ROOT)]
        outside = element.get("href", "#")
        if not allowed or strange or not outside.startswith(("#", "data:image/png;base64,")):
            raise CxError(
                "a picture may hold shapes and text only",
                got=f"<{' '.join(names)}>",
                hint="let cx.show.figure write it",
            )
    root.attrib = {"xmlns": NAMESPACE.strip("{}")} | root.attrib
    return as_text(root)


def as_text(root: ET.Element) -> str:
    """Return a picture as the text that a page holds."""
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")  # texts hold no bare ">"


class Pen(RendererSVG):
    """Matplotlib's own writer of SVG, which measures a text once a process."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: object
    ) -> tuple[float, float, float]:
        """Return the size of a text."""
        return _size_of(s, prop, bool(ismath))


@lru_cache(maxsize=8192)
def _size_of(text: str, prop: FontProperties, ismath: bool) -> tuple[float, float, float]:
    return text_to_path.get_text_width_height_descent(text, prop, ismath)


def _draw_sheet(sheet: Sheet) -> str:
    """Draw a figure whose parts have their places, and whose texts are literal."""
    file = StringIO()
    width, height = 72 * sheet.get_size_inches()
    pen = Pen(width, height, file, metadata=NOTHING)  # type: ignore[no-untyped-call]
    sheet.draw(pen)
    pen.finalize()  # type: ignore[no-untyped-call]
    return file.getvalue()


def _draw(figure: Figure) -> str:
    """Draw any other figure."""
    with _ready(figure):
        file = StringIO()
        figure.savefig(file, format="svg", dpi=RASTER_DPI, metadata=NOTHING)
        return file.getvalue()


@contextmanager
def _ready(figure: Figure) -> Iterator[None]:
    """Make text literal and heavy artists pixels for as long as the figure is being written."""
    texts = {text: text.get_parse_math() for text in _texts(figure)}
    heavy = [a for a in figure.findobj() if _vertices(a) > TOO_MANY_VERTICES]
    rasterized = {artist: artist.get_rasterized() for artist in heavy}
    layout = figure.get_layout_engine()
    try:
        for text in texts:
            text.set_parse_math(False)
        for artist in heavy:
            artist.set_rasterized(True)
        if isinstance(layout, ConstrainedLayoutEngine):
            layout.execute(figure)  # a whole drawing takes twice as long
        else:
            figure.draw_without_rendering()
        powers = [text for text in _texts(figure) if POWER.fullmatch(text.get_text())]
        for text in powers:  # of ten, on a logarithmic axis, are matplotlib's own
            text.set_parse_math(True)
        if not powers:  # every text has its place, so none is sought again
            figure.set_layout_engine(None)
        yield
    finally:
        figure.set_layout_engine(layout)
        for text, parse_math in texts.items():
            text.set_parse_math(parse_math)
        for artist, was in rasterized.items():
            artist.set_rasterized(was)


def _texts(figure: Figure) -> list[Text]:
    return [artist for artist in figure.findobj(Text) if isinstance(artist, Text)]


def _vertices(artist: Artist) -> int:
    if isinstance(artist, Line2D):
        return np.size(artist.get_xydata()) // 2
    if isinstance(artist, Collection):
        paths = sum(np.size(path.vertices) for path in artist.get_paths())
        return max(paths, np.size(artist.get_offsets())) // 2
    return np.size(artist.get_path().vertices) // 2 if isinstance(artist, Patch) else 0


def _clean(element: ET.Element, prefix: str) -> list[ET.Element]:
    """Rewrite what is inside an element: plain names, no style, prefixed ids, short numbers."""
    children: list[ET.Element] = []
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag in {"metadata", "style"}:
            continue
        if tag == "a":  # a link would lead out of the page
            tag = "g"
        if not ELEMENTS.fullmatch(tag):
            raise CxError("a page cannot show this figure", where=prefix, got=f"<{tag}>")
        clean = ET.Element(tag, _attributes(child, prefix))
        clean.text = child.text if tag in {"text", "tspan"} else None
        clean.extend(_clean(child, prefix))
        if tag == "g" and not clean.attrib:
            children.extend(clean)
        elif len(clean) or tag not in {"g", "defs"}:
            children.append(clean)
    return children


def _drop_repeated_ids(root: ET.Element) -> None:
    """Keep the first of each id: an artist of many parts gives all of them its own."""
    seen: set[str] = set()
    for element in root.iter():
        if element.get("id", "") in seen:
            del element.attrib["id"]
        seen.update(filter(None, [element.get("id")]))


def _attributes(element: ET.Element, prefix: str) -> dict[str, str]:
    given = {name.rpartition("}")[2]: text for name, text in element.attrib.items()}
    for declaration in given.pop("style", "").split(";"):
        name, _, text = declaration.partition(":")
        given[name.strip()] = text.strip()
    attributes = {}
    # Letters need not be placed as finely as points.
    digits = 1 if element.tag.endswith("}text") else 2
    for name, text in given.items():
        if ATTRIBUTES.fullmatch(name) and (name, text) != ("stroke-dashoffset", "0"):
            attributes[name] = _value(name, text, prefix, digits)
    return {name: text for name, text in attributes.items() if text}


def _value(name: str, text: str, prefix: str, digits: int) -> str:
    """Return an attribute's text for the page; empty where it must not be there."""
    if name == "id":
        return "" if COUNTED.fullmatch(text) else f"{prefix}-{'-'.join(text.split())}"
    if name == "href":
        embedded = text if text.startswith("data:image/png;base64,") else ""
        return f"#{prefix}-{text[1:]}" if text.startswith("#") else re.sub(r"\s", "", embedded)
    if name in {"d", "x", "y", "width", "height"}:
        return re.sub(r" ?([A-Za-z]) ?| (?=-)", r"\1", _short(" ".join(text.split()), digits))
    if name == "transform":
        return "" if re.match(r"rotate\(-?0[ )]", text) else _short(text, 4)
    return SAME_TWICE.sub(r"#\1\2\3", text.replace("url(#", f"url(#{prefix}-"))


def _short(text: str, digits: int) -> str:
    def rounded(match: re.Match[str]) -> str:
        return f"{round(float(match[0]), digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")

    return re.sub(r"-?\d+\.\d+", rounded, text)
