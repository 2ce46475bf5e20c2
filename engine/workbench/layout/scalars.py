"""A scalar as it is written, at another indent: its characters stay, but for quotes of which either kind would do."""

from __future__ import annotations

import re

from engine.workbench.layout.marks import Node


def written(node: Node, indent: int) -> str:
    """The scalar; its lines after the first are indented by so much."""
    if node.style in ("|", ">"):
        return _literal(node, indent)
    raw = node.raw
    if "\n" not in raw:
        inner = raw[1:-1]
        return f'"{inner}"' if node.style == "'" and not set(inner) & set("'\"\\") else raw
    first, *rest = raw.split("\n")
    lines = [_ended(first), *(_ended(line.lstrip(" \t")) for line in rest)]
    return "\n".join([lines[0], *(" " * indent + line if line else "" for line in lines[1:])])


def _ended(line: str) -> str:
    """Without the spaces at its end, which a break swallows; a backslash keeps the one behind it."""
    bare = line.rstrip(" \t")
    return line if bare.endswith("\\") else bare


def _literal(node: Node, indent: int) -> str:
    """A text of `|` or `>`: its head, then its lines moved as a whole."""
    head, _, body = node.raw.partition("\n")
    sign, mark, comment = head.partition("#")
    lines = body.split("\n")
    if not lines[-1]:
        lines.pop()
    else:  # the end of the file is the end of the text: the line end that every file gets is not a part of it
        sign = sign.rstrip().rstrip("+-") + "-"
    told = node.value.split("\n")
    first = next((place for place, line in enumerate(told) if line), None)
    old = max(map(len, lines), default=0) if first is None else _spaces(lines[first]) - _spaces(told[first])
    while "+" not in sign and lines and len(lines[-1]) <= old:
        lines.pop()
    sign = re.sub("[1-9]", "2", sign.rstrip())
    moved = [" " * indent + line[old:] if len(line) > old else "" for line in lines]
    return "\n".join([sign + (f"  #{comment.rstrip()}" if mark else ""), *moved])


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
