"""A page as the rules of publication see it: elements, their attributes, their text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "base", "col", "source", "wbr"}


@dataclass
class Element:
    """An element of a page, with what stands in it."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that stands in it and in none of its children."""
        return "".join(self.texts)

    def every(self, *names: str) -> list[Element]:
        """Return all elements of these names inside, in order; all there are if none is named."""
        elements = []
        for child in self.children:
            if not names or child.name in names:
                elements.append(child)
            elements += child.every(*names)
        return elements

    def words(self) -> str:
        """Return all text inside."""
        return self.text + "".join(child.words() for child in self.children)


class Reader(HTMLParser):
    """Read a page into elements; what is no element is kept as one with a strange name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        element = self._add(tag, attrs)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self._add(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        for position in range(len(self.open) - 1, 0, -1):
            if self.open[position].name == tag:
                del self.open[position:]
                return

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.open[-1].texts.append(data)

    def handle_comment(self, _data: str) -> None:
        """Note a comment: browsers do not agree with this reader on where each one ends."""
        self._add("!--", [])

    def handle_decl(self, decl: str) -> None:
        """Note the document type."""
        self._add(f"!{decl.lower()}", [])

    def handle_pi(self, _data: str) -> None:
        """Note a processing instruction."""
        self._add("?", [])

    def unknown_decl(self, _data: str) -> None:
        """Note a marked section."""
        self._add("![", [])

    def _add(self, name: str, attributes: list[tuple[str, str | None]]) -> Element:
        # of an attribute given twice, a browser takes the first
        element = Element(name, {key: text or "" for key, text in reversed(attributes)})
        self.open[-1].children.append(element)
        return element


def read_page(html: str) -> Element:
    """Read a page.

    Examples
    --------
    >>> read_page("<p>one <b>two</b></p>").words()
    'one two'
    """
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.root
