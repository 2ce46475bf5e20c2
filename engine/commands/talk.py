"""How commands speak: results to standard output, faults and progress to standard error, JSON on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager

from engine.errors import IntakeRefused, JifenError, RulesetFaulty

_LISTED = 200  # faults that a terminal shows
_NARROW = 20  # columns that a text gets at least, however narrow the terminal


def say(text: str = "") -> None:
    print(text)


def warn(text: str) -> None:
    print(text, file=sys.stderr)


Told = str | tuple[str, str]  # a text, or one with its style


def hang(lead: Told, *parts: Told) -> None:
    """A line to standard output: on a terminal it wraps under the end of its lead, a pipe gets it whole and plain."""
    told = [(part, "") if isinstance(part, str) else part for part in (lead, *parts)]
    told = [(printable(text), style) for text, style in told]
    if not sys.stdout.isatty():
        say("".join(text for text, _ in told))
        return
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    from engine.commands.wrapping import breaks

    console, wide = Console(highlight=False), cell_len(told[0][0])
    text = Text.assemble(*told[1:])
    first = Text(*told[0])
    for line in text.divide(breaks(text.plain, max(console.width - wide, _NARROW))):
        line.rstrip()
        console.print(Text.assemble(first, line), soft_wrap=True)
        first = Text(" " * wide)


def say_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = (), colours: Mapping[str, str] = {}
) -> None:
    """A table to standard output; the columns named in `right` hold numbers, cells that read as one of `colours` get it."""
    _print_table(columns, rows, right, sys.stdout, colours)


def fault_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    _print_table(columns, rows, (), sys.stderr, {})


def _print_table(columns, rows, right, stream, colours) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell, colours.get(cell, "")) for cell in row))
    # A pipe has no width: lines there are as long as they need to be.
    Console(file=stream, width=None if stream.isatty() else 10_000, highlight=False).print(drawn)


@contextmanager
def progress(what: str):
    """A callable `advance(done, total)` that draws a bar on a terminal and does nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def undone(outcome: str):
    """Within it a faulty ruleset leaves undone what the command is asked for, and is told so; decorates a command too."""
    try:
        yield
    except RulesetFaulty as faulty:
        raise RulesetFaulty(faulty.findings, outcome=outcome) from faulty


def tell(error: JifenError) -> None:
    """An error to standard error: every finding or fault it carries, then the one line that sums it up."""
    if isinstance(error, RulesetFaulty):
        from engine.commands.finding_view import tell_findings

        tell_findings(error.findings)
    if isinstance(error, IntakeRefused):
        tell_faults(error.faults)
    warn(f"错误：{error.what}")
    if error.hint:
        warn(f"提示：{error.hint}")


def tell_faults(faults) -> None:
    """The first faults as a table; all of them are in the JSON and beside the file."""
    fault_table(
        ("文件", "工作表", "行", "单元格", "字段", "值", "代码", "说明"),
        (
            [printable(part) for part in (
                one.file, one.sheet, one.row, one.cell, one.field, one.value, one.code, one.message,
            )]
            for one in faults[:_LISTED]
        ),
    )  # fmt: skip
    if len(faults) > _LISTED:
        warn(f"……另有 {len(faults) - _LISTED} 处未列出；用 --json 可得到全部")


def tell_warnings(warnings) -> None:
    if warnings:
        warn("提醒：")
        tell_faults(warnings)


def printable(part: object) -> str:
    """A value of a file may hold anything, also what a terminal would take for an order."""
    text = "" if part is None else str(part)
    return "".join(one if one.isprintable() or one == "\u3000" else repr(one)[1:-1] for one in text)
