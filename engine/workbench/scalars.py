"""A scalar as it is written, at another indent: its characters stay, but for quotes of which either kind would do."""

from __future__ import annotations

import re

from engine.workbench.marks import Node

_LINES = re.compile("([\n\u2028\u2029])")  # the two others that libyaml knows are text where they stay


def written(node: Node, indent: int) -> str:
    """The scalar; its lines after the first are indented by so much."""
    if node.style in ("|", ">"):
        return _literal(node, indent)
    raw = node.raw
    if not _LINES.search(raw):
        inner = raw[1:-1]
        return f'"{inner}"' if node.style == "'" and not set(inner) & set("'\"\\") else raw
    first, *rest = _LINES.split(raw)
    text = _ended(first)
    for sign, line in zip(rest[::2], rest[1::2], strict=True):
        line = line.strip(" \t") if line.endswith('"') or not line.rstrip(" \t").endswith("\\") else line.lstrip(" \t")
        text += sign + (" " * indent + line if line else "")
    return text


def _ended(line: str) -> str:
    """Without the spaces at its end, which a break swallows; a backslash keeps the one behind it."""
    bare = line.rstrip(" \t")
    return line if bare.endswith("\\") else bare


def _literal(node: Node, indent: int) -> str:
    """A text of `|` or `>`: its head, then its lines moved as a whole."""
    head, _, body = node.raw.partition("\n")
    sign, _, comment = head.partition("#")
    lines = body.split("\n")
    if lines and not lines[-1].strip(" "):
        lines.pop()
    if "+" not in sign:
        while lines and not lines[-1].strip(" "):
            lines.pop()
    told = node.value.split("\n")
    place = next((place for place, line in enumerate(told) if line), None)
    old = 0
    if place is not None and place < len(lines):
        old = _spaces(lines[place]) - _spaces(told[place])
    sign = re.sub("[1-9]", str(2), sign.rstrip())
    moved = [" " * indent + line[old:] if len(line) > old else "" for line in lines]
    return "\n".join([sign + (f"  #{comment.rstrip()}" if comment else ""), *moved])


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
