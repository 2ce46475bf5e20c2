"""How a finding looks on a terminal: where and what, the source line with the word marked, and the next step."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from engine.commands.talk import printable
from engine.dsl.findings import Finding

_LISTED = 1000  # more than anyone reads; a file that is something else altogether has as many faults as lines
_PIPE = 120  # cells of a source line where there is no terminal that has a width
_NEAR = 10_000  # characters around a place that are looked at: a line may be as long as a file
_TAB = "    "
_CUT = "…"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?|\'(?:[^\']|\'\')*\'?')
_SIGN = re.compile(r"[\[\]{},&*!#:\x00-\x1f]|-(?:\s|$)")
_BLOCK = re.compile(r"(?:(?!:(?:\s|$)|\s#).)+")
_FLOW = re.compile(r"(?:(?!:(?:\s|$)|\s#)[^,\[\]{}])+")
LEVELS = {"error": ("错误", "bold red"), "warning": ("提醒", "bold yellow")}


def tell_findings(findings: Sequence[Finding]) -> None:
    """The findings to standard error, an empty line after each; coloured on a terminal only."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    width = console.width if sys.stderr.isatty() else _PIPE
    for finding in findings[:_LISTED]:
        console.print(_header(finding))
        gutter = f"{finding.place.line:>4} | "
        if finding.line_text.strip():
            line, marks = marked(finding.line_text, finding.place.column, max(width - len(gutter), 20), finding.place.letters)
            console.print(Text.assemble((gutter, "dim"), line))
            console.print(Text.assemble((" " * (len(gutter) - 2) + "| ", "dim"), (marks, LEVELS[finding.level][1])))
        if finding.witness:
            console.print(Text(f"{' ' * len(gutter)}例如：{printable(finding.witness)}"))
        if finding.hint:
            console.print(Text(f"{' ' * len(gutter)}提示：{printable(finding.hint)}"))
        console.print()
    if len(findings) > _LISTED:
        console.print(f"……另有 {len(findings) - _LISTED} 处未列出；用 --json 可得到全部")


def _header(finding: Finding) -> Text:
    level, colour = LEVELS[finding.level]
    return Text.assemble(
        (printable(finding.place), "bold"), ": ", (level, colour), f" {finding.code} {printable(finding.message)}"
    )


def marked(line: str, column: int, width: int, letters: int = 0) -> tuple[str, str]:
    """A line cut to so many cells around a column (from 1), and the line of carets under so many letters there,
    or under the word that begins there.

    >>> marked("where: {方法: 转发}", 9, 40)
    ('where: {方法: 转发}', '        ^^^^')
    """
    at = min(column - 1, len(line))
    end = at + max(letters or _length(line, at), 1)
    # What lies further off than the width cannot be shown anyway.
    first = max(at - width, 0)
    shown = [_shown(one) for one in line[first : at + width]]
    start, stop = _window([cell_len(one) for one in shown], at - first, width)
    before = _CUT if first + start > 0 else ""
    after = _CUT if first + stop < len(line) else ""
    word = "".join(shown[at - first : min(end - first, stop)])
    indent = cell_len(before + "".join(shown[start : at - first]))
    return before + "".join(shown[start:stop]) + after, " " * indent + "^" * max(cell_len(word), 1)


def _window(cells: list[int], at: int, width: int) -> tuple[int, int]:
    """From where to where of the characters to show, by their cells: all, or a third of the width before the place."""
    if sum(cells) <= width:
        return 0, len(cells)
    room = width - 2 * cell_len(_CUT)
    start, taken = at, 0
    before = max(room // 3, room - sum(cells[at:]))
    while start > 0 and taken + cells[start - 1] <= before:
        start -= 1
        taken += cells[start]
    stop = at
    while stop < len(cells) and taken + cells[stop] <= room:
        taken += cells[stop]
        stop += 1
    return start, stop


def _shown(one: str) -> str:
    return _TAB if one == "\t" else printable(one)


def _length(line: str, at: int) -> int:
    """How long the word of YAML is that begins at an index: a quoted text, a plain one to its end, else one character."""
    rest = line[at : at + _NEAR]
    if _SIGN.match(rest):
        return 1
    outside = re.sub(_QUOTED, "", line[max(at - _NEAR, 0) : at])
    flow = sum(map(outside.count, "[{")) > sum(map(outside.count, "]}"))
    found = _QUOTED.match(rest) or (_FLOW if flow else _BLOCK).match(rest)
    return len(found[0].rstrip()) if found else 1
