"""Reads pages as HTML, strictly: every tag closed where it was opened, and the words a reader sees."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}
SPACED = {"td", "th", "dt", "dd", "div", "li", "caption", "summary", "span", "p", "h1", "h2", "h3"}


class Document(HTMLParser):
    """Tags in order, visible words, and whether every tag is closed where it was opened."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in SPACED:
            self.text += " "

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.text += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every tag of one name."""
        return [attributes for name, attributes in self.tags if name == tag]


def words(html: str) -> str:
    """What a reader sees, blanks folded."""
    return re.sub(r"\s+", " ", Document(html).text)
