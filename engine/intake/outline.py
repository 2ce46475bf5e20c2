"""What can be told of a sheet before its rows are read: how much there is, what is merged, and what is hidden.

Read from the bytes of the sheet's XML in one pass, without a parser: this is the guard that stands before the parser,
and the merged ranges, which a sheet names only after its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from openpyxl.utils import range_boundaries

_CHUNK = 1 << 20
_MOST_ROWS = 250_000  # with the blank ones that only carry a format
_MOST_CELLS = 8_000_000
_MOST_MERGED = 100_000
_WIDEST = 16_384  # columns of a sheet
_LONGEST_ENDS = 32 << 20
_LONGEST_TAG = 64
_DATA_ENDS = re.compile(rb"</(?:\w+:)?sheetData>|<(?:\w+:)?sheetData\s*/>")
_PREFIX = re.compile(rb"<((?:\w+:)?)worksheet[\s>]")
_DATA_STARTS = re.compile(rb"<(?:\w+:)?sheetData[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z0-9:$]+)\"")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*?)/?>")
_ATTRIBUTE = re.compile(rb"(\w+)=\"([^\"]*)\"")

Range = tuple[int, int, int, int]  # left, top, right, bottom: numbers from 1


class TooLarge(ValueError):
    """A sheet that would take too long; the message is Chinese."""


@dataclass(frozen=True)
class Outline:
    rows: int = 0
    merged: tuple[Range, ...] = ()  # by their top row
    hidden: tuple[tuple[int, int], ...] = ()  # first and last number of hidden columns


def outline(source: IO[bytes]) -> Outline:
    """The outline of a sheet's XML; raises TooLarge, or ValueError where a merged range cannot be read."""
    rows = cells = 0
    head = bytearray()
    tail = bytearray()
    held = b""
    prefix: bytes | None = None
    ended = False
    for chunk in iter(lambda: source.read(_CHUNK), b""):
        joined = held + chunk
        if prefix is None:
            prefix = _PREFIX.search(joined)[1] if _PREFIX.search(joined) else b""
        more_rows = _count(joined, held, b"<" + prefix + b"row")
        more_cells = sum(_count(joined, held, b"<" + prefix + mark) for mark in (b"c ", b"c>", b"c/"))
        if more_cells > _WIDEST and not more_rows:
            raise TooLarge("有一行的单元格多得不合常理，未读入；应把数据复制到新的工作簿")
        rows += more_rows
        cells += more_cells
        if rows > _MOST_ROWS or cells > _MOST_CELLS:
            raise TooLarge(f"有 {rows} 行、{cells} 个单元格以上，未读入；应删去空白的带格式行列，或拆成几个工作簿")
        if not _DATA_STARTS.search(head):
            head += chunk
        tail += chunk
        ends = list(_DATA_ENDS.finditer(tail))
        if ends:
            ended = True
            del tail[: ends[-1].start()]
        elif not ended:
            del tail[:-_LONGEST_TAG]
        if len(head) > _LONGEST_ENDS or len(tail) > _LONGEST_ENDS:
            raise TooLarge("列格式或合并单元格的定义过多，未读入；应把数据复制到新的工作簿")
        held = joined[-_LONGEST_TAG:]
    return Outline(rows, _merged(bytes(tail)), tuple(_hidden(bytes(head))))


def _count(joined: bytes, held: bytes, mark: bytes) -> int:
    """How often a mark stands in a chunk, also across the border to the one before."""
    return joined.count(mark) - held.count(mark)


def _merged(tail: bytes) -> tuple[Range, ...]:
    found = {range_boundaries(reference.decode()) for reference in _MERGED.findall(tail)}
    if len(found) > _MOST_MERGED:
        raise TooLarge(f"有 {len(found)} 处合并单元格，未读入；应取消合并")
    return tuple(sorted(found, key=lambda one: one[1]))


def _hidden(head: bytes) -> Iterator[tuple[int, int]]:
    for written in _COLUMN.findall(head):
        told = dict(_ATTRIBUTE.findall(written))
        if told.get(b"hidden") in (b"1", b"true"):
            yield int(told[b"min"]), int(told[b"max"])
