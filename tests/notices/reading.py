"""A notice as a reader sees it: its tables as rows of texts, its links, its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

HIDDEN = {"style", "script", "title", "desc"}


@dataclass
class Row:
    kinds: tuple[str, ...]
    cells: list[tuple[str, str]] = field(default_factory=list)  # class, text

    def text(self, kind: str) -> str:
        return next((text for kinds, text in self.cells if kind in kinds.split()), "")


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[Row]] = {}
        self.links: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self._rows: list[Row] = []
        self._cell: str | None = None
        self._parts: list[str] = []
        self._hidden = 0
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self._hidden += tag in HIDDEN
        if tag == "table":
            self._rows = self.tables.setdefault(given["aria-label"], [])
        elif tag == "tr":
            self._rows.append(Row(tuple((given.get("class") or "").split())))
        elif tag in ("td", "th"):
            self._cell, self._parts = given.get("class") or "", []
        elif tag == "a":
            self.links.append(given["href"])

    def handle_endtag(self, tag):
        self._hidden -= tag in HIDDEN
        if tag in ("td", "th") and self._cell is not None:
            self._rows[-1].cells.append((self._cell, "".join(self._parts).strip()))
            self._cell = None

    def handle_data(self, data):
        if self._hidden:
            return
        self.words.append(data)
        if self._cell is not None:
            self._parts.append(data)


def hundredths(text: str) -> int:
    """Points as they are written, back to hundredths."""
    sign = -1 if text.startswith("−") else 1
    whole, rest = text.lstrip("+−").split(".")
    assert len(rest) == 2, text
    return sign * (int(whole) * 100 + int(rest))
