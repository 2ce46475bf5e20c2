"""A YAML text as a tree that keeps how each part is written, and as the tokens between: what a printer needs to lose nothing.

Of the events of libyaml only the places are used beside the structure. What lies between two of them can only be
indicators, blank lines and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

_BETWEEN = re.compile(r"#[^\n]*|[-?:,\n]")


@dataclass(slots=True)
class Node:
    """A scalar, mapping or list; start and end are offsets in the text, `raw` is the scalar as written.

    `pairs` are a mapping's keys and values, `items` a list's parts. `bare` is the mapping `a: 1` in `[a: 1]`.
    """

    kind: str  # scalar, map or list
    start: int
    end: int
    column: int
    flow: bool = True
    bare: bool = False
    raw: str = ""
    value: str = ""
    style: str | None = None
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    @property
    def block(self) -> bool:
        """Whether it is a mapping or list of lines."""
        return self.kind != "scalar" and not self.flow


@dataclass(frozen=True, slots=True)
class Token:
    """A `solid` part (scalar or bracket), an indicator, a `comment` (alone on its line or behind something), a `blank` line."""

    kind: str
    start: int
    text: str = ""
    column: int = 0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    text: str
    directives: str  # the lines up to `---`, where the file has %directives; else empty
    top: Node
    tokens: list[Token]


def marked(text: str) -> Marked:
    """The tree and tokens of a text that `nodes.read` takes; line ends become \\n, a byte order mark goes."""
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))
    tokens: list[Token] = []
    stack: list[tuple[Node, Node | None]] = []  # what is open, and in a mapping the key that waits for its value
    top, at, directives = None, 0, ""

    def solid(start: int, end: int) -> None:
        nonlocal at
        tokens.extend(_between(text, at, start))
        tokens.append(Token("solid", start))
        at = end

    def add(node: Node) -> None:
        nonlocal top
        if not stack:
            top = node
            return
        parent, key = stack[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif key is None:
            stack[-1] = (parent, node)
        else:
            parent.pairs.append((key, node))
            stack[-1] = (parent, None)

    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        start, end, column = event.start_mark.index, event.end_mark.index, event.start_mark.column
        if isinstance(event, yaml.DocumentStartEvent) and event.explicit:
            # The event of a document with directives begins with them.
            directives = text[:end] if event.version or event.tags else ""
            at = end
            if not directives:
                tokens.extend(_between(text, 0, end - len("---")))
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            tokens.extend(_between(text, at, start))
            at = end
        elif isinstance(event, yaml.ScalarEvent):
            raw = text[start:end]
            if raw:
                solid(start, end)
            add(Node("scalar", start, end, column, raw=raw, value=event.value, style=event.style))
        elif isinstance(event, yaml.CollectionStartEvent):
            kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
            bare = event.flow_style and text[start] not in "{["
            if event.flow_style and not bare:
                solid(start, end)
            node = Node(kind, start, end, column, flow=event.flow_style, bare=bare)
            add(node)
            stack.append((node, None))
        elif isinstance(event, yaml.CollectionEndEvent):
            node, _ = stack.pop()
            if node.flow and not node.bare:
                solid(start, end)
            node.end = end if not node.bare else max(part.end for part in node.pairs[0])
    tokens.extend(_between(text, at, len(text)))
    return Marked(text, directives, top, tokens)


def _between(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of what lies between two solid parts; the last line, on which the next part stands, is never blank."""
    line, empty = start, start == 0 or text[start - 1] == "\n"  # a column counts only on a line of its own
    for found in _BETWEEN.finditer(text, start, end):
        sign = found[0]
        if sign == "\n":
            if empty:
                yield Token("blank", found.start())
            line, empty = found.end(), True
            continue
        if sign[0] == "#":
            yield Token("comment", found.start(), sign.rstrip(), found.start() - line, empty)
        else:
            yield Token(sign, found.start())
        empty = False
