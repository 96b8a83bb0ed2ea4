"""A picture in fewer letters: the same to the eye, and less for a phone to fetch."""

from __future__ import annotations

import re
from itertools import count, groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

HASHED = re.compile("[0-9a-f]{10}$")
INHERITED = {"fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity"} | {
    f"stroke-{name}" for name in ("dasharray", "dashoffset", "linecap", "linejoin", "miterlimit")
}
TRANSLUCENT = {"opacity", "stroke-opacity"}
INHERITED_BY_TEXTS = INHERITED | {"text-anchor"}
MANY = 3
"""In a row, that are worth a group."""
OF_TEXTS = {"fill": "#000", "font-size": "medium", "text-anchor": "start"}
"""What a text has of its picture where it does not say it, and what it is where neither does."""


def compact(root: ET.Element, prefix: str) -> None:
    """Write a picture in fewer letters.

    Parameters
    ----------
    root : Element
        The picture, as ``to_svg`` has cleaned it; it is changed.
    prefix : str
        Of its ids.
    """
    _clip_what_sticks_out(root)
    _join_lines(root)
    _level(root)
    _leave_joins_out(root)
    _shorten_ids(root, prefix)
    _say_once(root)
    _share(root)


def _clip_what_sticks_out(root: ET.Element) -> None:
    """Leave lines unclipped that lie within what they would be clipped to."""
    areas = {f"url(#{e.get('id')})": e.find("rect") for e in root.iter("clipPath")}
    for path in root.iter("path"):
        area, line = areas.get(path.get("clip-path", "")), path.get("d", "")
        if area is None or not re.fullmatch(r"[ML\d .-]+", line):
            continue
        places = np.array(re.findall(r"-?[\d.]+", line), dtype=float).reshape(-1, 2)
        corner = np.array([float(area.get(name, 0)) for name in ("x", "y")])
        size = np.array([float(area.get(name, 0)) for name in ("width", "height")])
        if np.all((places >= corner - 0.01) & (places <= corner + size + 0.01)):
            del path.attrib["clip-path"]


def _join_lines(element: ET.Element) -> None:
    """Draw lines of one look as one: those that follow each other, or have but texts between."""
    before = ET.Element("nothing")
    for child in list(element):
        if child.tag == "text":  # lies on a line that is drawn before it
            continue
        _join_lines(child)
        line, alike = child.attrib.pop("d", None), before.attrib.copy()
        drawn = alike.pop("d", "")
        if line is None:
            before = child
        elif child.attrib == alike and child.get("fill") == "none" and not TRANSLUCENT & {*alike}:
            before.set("d", drawn + line)
            element.remove(child)
        else:
            child.attrib = {"d": line} | child.attrib
            before = child


def _level(root: ET.Element) -> None:
    """Write horizontal and vertical lines as such: the same lines in fewer letters."""
    for path in root.iter("path"):
        x = y = ""
        written = []
        for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", path.get("d", "")):
            *_, to_x, to_y = ["", "", *re.findall(r"-?[\d.]+", text)]
            if command == "L" and to_y == y:
                written.append(f"H{to_x}")
            elif command == "L" and to_x == x:
                written.append(f"V{to_y}")
            else:
                written.append(command + text)
            x, y = to_x, to_y
        path.set("d", "".join(written))


def _leave_joins_out(root: ET.Element) -> None:
    """Leave out how the pieces of a line are joined where each line is one piece."""
    for path in root.iter("path"):
        if re.fullmatch(r"(M[\d .-]+[LHV][\d .-]+)+", path.get("d", "")):
            path.attrib.pop("stroke-linejoin", None)


def _share(element: ET.Element) -> None:
    """Let a group say what all that it holds, or many in a row, would say one by one."""
    if element.tag in {"defs", "clipPath", "text"}:
        return
    for child in element:
        _share(child)
    if element.tag == "g" and len(element) > 1:
        _say_for(element, INHERITED)
    alike = [list(row) for _, row in groupby(list(element), key=_look)]
    for row in [row for row in alike if len(row) >= MANY and _look(row[0])]:
        group = ET.Element("g")
        element.insert(list(element).index(row[0]), group)
        for child in row:
            element.remove(child)
        group.extend(row)
        _say_for(group, INHERITED_BY_TEXTS)


def _look(element: ET.Element) -> tuple[tuple[str, str], ...]:
    """Return what an element would have of a group, but what it is filled with."""
    names = {*element.attrib} & INHERITED_BY_TEXTS - {"fill"}
    return tuple((name, element.attrib[name]) for name in sorted(names))


def _say_for(group: ET.Element, names: set[str]) -> None:
    """Take from the members of a group what all of them say, and say it of the group."""
    for name in sorted(names & {*group[0].attrib}):
        if len({child.get(name) for child in group}) == 1:
            group.set(name, group[0].attrib[name])
            for child in group:
                del child.attrib[name]


def _shorten_ids(root: ET.Element, prefix: str) -> None:
    """Count the marks and the clipped areas, which matplotlib names after a hash."""
    taken = {e.get("id") for e in root.iter()}
    free = (name for n in count() if (name := f"{prefix}-{n}") not in taken)
    short = {name: next(free) for e in root.iter() if HASHED.search(name := e.get("id", ""))}
    for element in root.iter():
        for attribute in {*element.attrib} & {"id", "href", "clip-path", "fill"}:
            text = element.attrib[attribute]
            name = text.removeprefix("url(").strip("#)")
            element.set(attribute, text.replace(name, short.get(name, name)))


def _say_once(root: ET.Element) -> None:
    """Leave out what a mark says of itself, and let the picture say what most texts say."""
    texts = list(root.iter("text"))
    for shape in _painted(root):
        shape.set("fill", "#000")
    marks = {f"#{e.get('id')}": {*e.attrib} & INHERITED for e in root.iter("path")}
    for element in root.iter("use"):
        for name in {*element.attrib} & marks.get(element.get("href", ""), set()):
            del element.attrib[name]
    for name, otherwise in OF_TEXTS.items() if texts else ():
        given = [text.get(name, otherwise) for text in texts]
        common = max(sorted({*given}), key=given.count)
        for text, value in zip(texts, given, strict=True):
            text.set(name, value)
        _leave_out(root, name, common)
        root.set(name, common)


def _leave_out(element: ET.Element, name: str, common: str) -> None:
    """Leave out what the picture says, unless something between says otherwise."""
    for child in element:
        if child.get(name) == common and child.tag != "defs":
            del child.attrib[name]
        if child.get(name) is None and child.tag != "defs":
            _leave_out(child, name, common)


def _painted(element: ET.Element) -> Iterator[ET.Element]:
    """Yield the shapes that are seen and not filled by what they stand in."""
    for child in element:
        if child.get("fill") or child.tag == "clipPath":
            continue
        if child.tag in {"path", "rect", "use", "text"} and element.tag != "defs":
            yield child
        yield from _painted(child)
