"""The one layout of a ruleset's files: indents, spaces, blank lines and quotes, and nothing else.

No library that writes YAML keeps the comments within brackets and the columns of a table, so the text is set anew from
what was read and what lies between: every scalar as it is written, every comment at its place.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from engine.dsl.findings import Finding
from engine.dsl.nodes import read
from engine.workbench.layout.marks import Marked, Node, Token, marked
from engine.workbench.layout.scalars import written

_STEP = 2
_SPACED = ("rules", "obligations", "clauses")  # the lists whose entries stand apart, as the cases of a test do
_JOINED = 100  # columns up to which a list or mapping in brackets is put on one line
_LONGEST_KEY = 900  # what YAML takes before a colon is 1024


def laid_out(file: str, text: str) -> tuple[str | None, list[Finding]]:
    """The text in the one layout, or None and why it cannot be read. Data and comments are the same as before."""
    before, findings = read(file, text.removeprefix("\ufeff"), (dict, list))
    if before is None:
        return None, findings
    source = marked(text)
    fresh = _Printer(source).printed()
    after, _ = read(file, fresh, (dict, list))
    if after is None or after.data != before.data or _comments(marked(fresh)) != _comments(source):
        raise RuntimeError(f"the layout of {file} would change its data or its comments")
    return fresh, []


def _comments(source: Marked) -> Counter[str]:
    return Counter(token.text for token in source.tokens if token.kind == "comment")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _needs_mark(key: Node) -> bool:
    """Whether YAML takes a key only behind a question mark: one of several lines, an empty or a very long one."""
    return not key.raw or key.style in ("|", ">") or "\n" in key.raw or len(key.raw) > _LONGEST_KEY


class _Printer:
    """Walks the tree, and the tokens beside it, once; `lines` is what stands so far."""

    def __init__(self, source: Marked) -> None:
        self._source, self._text, self._tokens = source, source.text, source.tokens
        self._at = 0  # the next token
        self._remarks = [token.start for token in source.tokens if token.kind == "comment"]
        self._solid = [token.start for token in source.tokens]
        self._closed: list[tuple[int, int]] = []  # levels that ended since the last part: column in the text, indent now
        self._full = True  # the line ends in a comment, nothing more goes on it
        self._keeps = False  # the last text is one whose blank lines count (|+): one more would change it
        self.lines: list[str] = []

    def printed(self) -> str:
        top = self._source.top
        if top.block:
            self._block(top, 0, inline=False, apart=top.kind == "list")
        else:
            self._lead(self._between(), (0, 0), first=True)
            self._start(0)
            self._leaf(top, 0, 0)
        rest = self._between()
        while rest and rest[-1].kind == "blank":
            rest.pop()
        self._lead(rest, (0, 0))
        head = self._source.directives
        return (head + "\n" if head else "") + "\n".join(self.lines) + "\n"

    # -- tokens

    def _next(self, kind: str) -> Token | None:
        """The next token where it is of that kind, taken."""
        if self._at < len(self._tokens) and self._tokens[self._at].kind == kind:
            self._at += 1
            return self._tokens[self._at - 1]
        return None

    def _between(self) -> list[Token]:
        """Comments and blank lines up to the next part or indicator."""
        start = self._at
        while self._at < len(self._tokens) and self._tokens[self._at].kind in ("comment", "blank"):
            self._at += 1
        return self._tokens[start : self._at]

    def _past(self, node: Node) -> None:
        self._at = bisect_left(self._solid, node.end, self._at)

    # -- lines

    def _start(self, indent: int) -> None:
        self.lines.append(" " * indent)
        self._full = False

    def _put(self, text: str) -> None:
        self.lines[-1] += text

    def _remark(self) -> None:
        """A comment that stands behind what was just put."""
        if self._at < len(self._tokens) and self._tokens[self._at].kind == "comment" and not self._tokens[self._at].alone:
            self._behind(self._next("comment"))

    def _behind(self, comment: Token) -> None:
        self._put(f"  {comment.text}")
        self._full = True

    def _lead(self, between: Sequence[Token], level: tuple[int, int], first: bool = False, apart: bool = False) -> None:
        """Comments and blank lines before a part of a level (its column in the text, its indent now), each on a line.

        A comment that is indented deeper than the level stays with the level that ended before it.
        """
        rows: list[str] = []
        own = 0  # up to here the comments of what ended
        for token in between:
            if token.kind == "blank":
                if (rows or not first) and (not rows or rows[-1]):
                    rows.append("")
                continue
            inner = max((one for one in self._closed if level[0] < one[0] <= token.column), default=level)
            rows.append(" " * inner[1] + token.text)
            own = len(rows) if inner != level else own
        if apart and "" not in rows and not self._keeps:
            rows.insert(own, "")
        if rows:
            self.lines += rows
            self._full = True
        self._closed = []

    # -- blocks

    def _block(self, node: Node, indent: int, inline: bool, apart: bool = False) -> None:
        """A mapping or list of lines; `inline` begins behind the dash that was put."""
        parts = node.pairs if node.kind == "map" else node.items
        pads = self._columns(node)
        before = None
        for place, part in enumerate(parts):
            comments = self._between()
            value = part[1] if node.kind == "map" else part
            wide = (value.block and value.kind == "map") or (before is not None and before.block and before.kind == "map")
            if node.kind == "map":
                comments += [one for one in self._key(part[0]) if one.kind == "comment"]
            else:
                self._next("-")
            if place == 0 and inline and not self._full and not any(one.kind == "comment" for one in comments):
                self._put(" ")
            else:
                self._lead(comments, (node.column, indent), place == 0, apart and place > 0 and wide)
                self._start(indent)
            if node.kind == "map":
                self._entry(part[0], value, indent, pads)
            else:
                self._put("-")
                self._value(value, indent + _STEP, indent + _STEP, 1, pads[1:])
            before = value
        self._closed.append((node.column, indent))

    def _key(self, key: Node) -> list[Token]:
        """Goes past a key; gives the comments that stand around it where it is written with a question mark."""
        comments = self._between() if self._next("?") else []
        if key.raw:
            self._next("solid")
        mark = self._at
        more = self._between()
        if self._next(":"):
            return comments + more
        self._at = mark
        return comments

    def _entry(self, key: Node, value: Node, indent: int, pads: Sequence[int]) -> None:
        text = written(key, indent + _STEP)
        if _needs_mark(key):
            self._lines(f"? {text}" if text else "?")
            self._start(indent)
            text = ""
        self._put(f"{text}:")
        filled = pads[0] if pads and value.kind == "map" and value.flow else 0
        self._value(value, indent, indent + _STEP, max(filled - _width(text) - 1, 0) + 1, pads[1:])

    def _value(self, value: Node, base: int, indent: int, gap: int, pads: Sequence[int]) -> None:
        """What stands behind a colon or a dash; `base` is where a bracket closes, `indent` that of lines below."""
        self._remark()
        if value.block:
            key_of_file = base == 0 and value.kind == "list" and self.lines[-1].partition(":")[0] in _SPACED
            self._block(value, indent, inline=self.lines[-1].endswith("-"), apart=key_of_file)
        elif value.kind == "scalar" and not value.raw:
            self._closed.append((value.column, indent))
        else:
            between = self._between()
            if self._full or any(one.kind == "comment" for one in between):
                self._lead(between, (value.column, indent), first=True)
                self._start(indent)
                base = indent
            else:
                self._put(" " * gap)
            self._leaf(value, base, indent, pads)

    # -- scalars, and what stands in brackets

    def _leaf(self, node: Node, base: int, indent: int, pads: Sequence[int] = ()) -> None:
        if node.kind == "scalar":
            self._next("solid")
            self._lines(written(node, indent))
            self._keeps = node.style in ("|", ">") and "+" in node.raw[:3]
        else:
            self._flow(node, base, pads)
            self._keeps = False
        self._remark()

    def _lines(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._put(first)
        self.lines += rest

    def _flat(self, node: Node, pads: Sequence[int] = ()) -> str | None:
        """What stands in brackets as one line; None where it has comments, or a text of several lines."""
        if node.kind == "scalar":
            text = written(node, 0)
            return None if "\n" in text else text
        if bisect_left(self._remarks, node.start) != bisect_left(self._remarks, node.end):
            return None
        parts = []
        for part in node.pairs if node.kind == "map" else node.items:
            text = self._flat_pair(*part) if node.kind == "map" else self._flat(part)
            if text is None:
                return None
            parts.append(text)
        for place, width in enumerate(pads[: len(parts) - 1]):
            parts[place] += "," + " " * max(width - _width(parts[place]), 0) + " "
        padded, rest = parts[: min(len(pads), len(parts) - 1)], parts[min(len(pads), max(len(parts) - 1, 0)) :]
        inner = "".join(padded) + ", ".join(rest)
        return f"{{{inner}}}" if node.kind == "map" else f"[{inner}]"

    def _flat_pair(self, key: Node, value: Node) -> str | None:
        name, text = self._flat(key), self._flat(value)
        if name is None or text is None:
            return None
        name = f"? {name}" if _needs_mark(key) else name
        return f"{name}: {text}" if self._coloned(key, value) else name

    def _coloned(self, key: Node, value: Node) -> bool:
        """A key in brackets may stand without a colon where it has no value."""
        return bool(value.kind != "scalar" or value.raw) or self._text[key.end : value.start + 1].lstrip().startswith(":")

    def _one_line(self, node: Node, pads: Sequence[int] = ()) -> str | None:
        """What stands in brackets as one line, where it was written so or is short enough."""
        flat = self._flat(node)
        if flat is None or (len(flat) > _JOINED and "\n" in self._text[node.start : node.end]):
            return None
        return self._flat(node, pads) if pads else flat

    def _flow(self, node: Node, base: int, pads: Sequence[int] = ()) -> None:
        flat = self._one_line(node, pads)
        if flat is not None:
            self._past(node)
            self._put(flat)
            return
        indent = base + _STEP
        if not node.bare:
            self._next("solid")
        self._put("{" if node.kind == "map" else "[")
        self._remark()
        carried: list[Token] = []
        parts = node.pairs if node.kind == "map" else [(None, item) for item in node.items]
        for place, (key, value) in enumerate(parts):
            around = carried + self._between()
            if key is not None:
                around += self._key(key) + self._between()
            behind = [one for one in around if one.kind == "comment" and not one.alone][:1]
            self._lead([one for one in around if one.kind == "comment" and one not in behind], (0, indent))
            self._start(indent)
            if key is not None:
                self._lines(("? " if _needs_mark(key) else "") + written(key, indent + _STEP))
                self._put(": " if self._coloned(key, value) else "")
            self._flow_value(value, indent)
            carried = [] if node.bare else self._until_comma()
            if place + 1 < len(parts):
                self._put(",")
            self.lines[-1] = self.lines[-1].rstrip(" ")
            behind += [one for one in carried if not one.alone][: 1 - len(behind)]
            carried = [one for one in carried if one not in behind]
            for one in behind:
                self._behind(one)
        closing = [] if node.bare else self._between()
        self._lead(carried + [one for one in closing if one.kind == "comment"], (0, indent))
        self._start(base)
        if not node.bare:
            self._next("solid")
        self._put("}" if node.kind == "map" else "]")

    def _flow_value(self, value: Node, indent: int) -> None:
        if value.kind != "scalar":
            self._flow(value, indent)
        elif value.raw:
            self._next("solid")
            self._lines(written(value, indent + _STEP))

    def _until_comma(self) -> list[Token]:
        """The comments behind a part in brackets, before and after its comma."""
        comments = self._between()
        if self._next(",") and self._at < len(self._tokens) and not self._tokens[self._at].alone:
            comment = self._next("comment")
            comments += [comment] if comment else []
        return [one for one in comments if one.kind == "comment"]

    # -- columns

    def _columns(self, node: Node) -> list[int]:
        """The widths to which the parts of a table are filled up: the key, then the parts in the brackets but the last.

        A table is a mapping or list whose values are mappings in brackets, a line each. It keeps its columns where
        most of its shorter parts are filled up already.
        """
        rows = [(key, value) for key, value in (node.pairs if node.kind == "map" else [(None, item) for item in node.items])]
        rows = [row for row in rows if row[1].kind == "map" and not row[1].bare and row[1].flow and self._one_line(row[1])]
        if len(rows) < 2:
            return []
        cells = [[self._flat_pair(*pair) for pair in value.pairs] for _, value in rows]
        ends = [[self._after(pair[1]) for pair in value.pairs] for _, value in rows]
        starts = [[pair[0].start for pair in value.pairs] for _, value in rows]
        keys = [f"{written(key, 0)}:" if key else "" for key, _ in rows]
        gaps = [self._gap(self._after(key), value.start) if key else 0 for key, value in rows]
        found = [self._filled(keys, gaps)]
        for place in range(max(len(row) for row in cells) - 1):
            within = [row for row in range(len(rows)) if len(cells[row]) > place + 1]
            gaps = [self._gap(ends[row][place], starts[row][place + 1]) for row in within]
            found.append(self._filled([cells[row][place] for row in within], gaps))
        return found if any(found) else []

    def _after(self, node: Node) -> int:
        """Behind the colon or comma that follows a part."""
        token = bisect_left(self._solid, node.end)
        return self._tokens[token].start + 1 if token < len(self._tokens) else node.end

    def _gap(self, end: int, start: int) -> int:
        """How many spaces stand between two parts; 0 where the second stands on a line below."""
        return 0 if "\n" in self._text[end:start] else start - end

    @staticmethod
    def _filled(cells: Sequence[str], gaps: Sequence[int]) -> int:
        """The width of a column, 0 where it is none."""
        widths = [_width(cell) for cell in cells]
        widest = max(widths)
        shorter = [gap for width, gap in zip(widths, gaps, strict=True) if width < widest]
        return widest if 2 * sum(gap > 1 for gap in shorter) > len(shorter) else 0
