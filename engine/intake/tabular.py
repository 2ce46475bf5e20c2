"""From a grid of cells to a sheet: its heading is found, rows above it, total rows and columns without a name are told.

Shared by the workbooks and the comma-separated files, which differ only in how their cells are got.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from engine.dsl.model import Kind
from engine.intake.faults import Fault, Told
from engine.intake.ours import is_ours
from engine.intake.sheets import MOST_COLUMNS, MOST_ROWS, Cell, Held, Row, Shape, Sheet, blank, text_of

Grid = Iterable[tuple[int, Mapping[str, Held]]]  # row number, cells by column letter

_SEARCHED = 10  # rows with content among which the heading is looked for
_TOTAL = re.compile(r"[（(]?\w{0,4}(合计|总计|小计|共计|累计|汇总)数?[)）]?([:：].*)?")
_FOOTER = re.compile(r"(注|说明|填表人|填报人|制表人?|审核人?|负责人|联系人|联系电话|填报日期|填报单位)\s*[:：].*", re.DOTALL)


def sheet_of(file: str, name: str | None, kind: Kind | None, title: str, grid: Grid, told: Told, expected: int) -> Sheet | None:
    """The sheet that a grid holds under the name of a kind, which may be unknown; None where it is empty or our own."""
    filled = ((number, cells) for number, cells in grid if _holds_something(cells))
    first = list(islice(filled, _SEARCHED))
    if not first or (name is not None and kind is None and is_ours(text_of(next(iter(first[0][1].values()))))):
        return None
    place = _heading(first, kind)
    number, cells = first[place]
    if place:
        above = "、".join(str(row) for row, _ in first[:place])
        message = f"列名在第 {number} 行，其上的标题（第 {above} 行）未读入；以后请删去这些行"
        told.warnings.append(Fault(file, name, first[0][0], None, None, None, "title-row", message))
    headings = {letter: text_of(cell).strip() for letter, cell in cells.items() if not blank(cell)}
    columns = _columns(file, name, number, headings, told)
    rows = _rows(file, name, headings, chain(first[place + 1 :], filled), told)
    return Sheet(file, name, title, columns, rows, number, expected)


def _holds_something(cells: Mapping[str, Held]) -> bool:
    for held in cells.values():  # the first cell decides, most often
        if not blank(held):
            return True
    return False


def _heading(rows: list[tuple[int, Mapping[str, Held]]], kind: Kind | None) -> int:
    """Which of the first rows is the heading: the first that names two fields of the kind (or its only one), else the first."""
    fields = kind.fields if kind is not None else {}
    for place, (_, cells) in enumerate(rows):
        named = {text_of(cell).strip() for cell in cells.values()} & set(fields)
        if len(named) >= min(2, len(fields)) and named:
            return place
    return 0


def _columns(file: str, name: str | None, number: int, headings: Mapping[str, str], told: Told) -> dict[str, str]:
    """The letter of every heading."""
    columns: dict[str, str] = {}
    for letter, heading in headings.items():
        if heading in columns:
            message = f"列名“{heading}”出现两次（{columns[heading]} 列和 {letter} 列），应只留一列"
            told.faults.append(Fault(file, name, number, f"{letter}{number}", heading, None, "duplicate-column", message))
        columns.setdefault(heading, letter)
    if len(columns) > MOST_COLUMNS:
        message = f"有 {len(columns)} 列，至多 {MOST_COLUMNS} 列"
        told.faults.append(Fault(file, name, number, None, None, None, "too-large", message))
    return columns


def _rows(file: str, name: str | None, headings: Mapping[str, str], filled: Grid, told: Told) -> Iterator[Row]:
    nameless: set[str] = set()
    for count, (number, cells) in enumerate(filled, start=1):
        if count > MOST_ROWS:
            message = f"超过 {MOST_ROWS} 行，应分成几个文件"
            told.faults.append(Fault(file, name, number, None, None, None, "too-large", message))
            return
        named = {heading: cells[letter] for letter, heading in headings.items() if letter in cells}
        if len(named) < len(cells):
            for letter, cell in cells.items():
                if letter not in headings and not blank(cell):
                    _tell_nameless(file, name, number, letter, cell, nameless, told)
        yield Row(number, named)


def _tell_nameless(
    file: str, name: str | None, number: int, letter: str, cell: Held, nameless: set[str], told: Told
) -> None:
    at = (file, name, number, f"{letter}{number}", None, text_of(cell))
    if name is None:
        # In a text file this is most likely a comma within a value, which shifts the others.
        message = f"这一行的值比列名多（{letter} 列没有列名）；值中若有逗号，应以双引号括起"
        told.faults.append(Fault(*at, "extra-value", message))
    elif letter not in nameless and not (isinstance(cell, Cell) and cell.shape is Shape.MERGED):
        nameless.add(letter)
        told.warnings.append(Fault(*at, "unknown-column", f"{letter} 列没有列名，其内容未读入"))


def not_a_fact(row: Row) -> tuple[str, str] | None:
    """A code and a message for a row that sums others up or says who filled in the sheet: clerks' habit, no fact."""
    texts = [text_of(cell).strip() for cell in row.cells.values() if not blank(cell)]
    for first in (re.sub(r"\s", "", text) for text in texts[:2]):  # a serial number may stand before it
        if _TOTAL.fullmatch(first):
            return "total-row", f"第 {row.number} 行是“{first}”行，不是事实，应删去这一行"
    if len(texts) <= 2 and _FOOTER.fullmatch(texts[0] if texts else ""):
        return "note-row", f"第 {row.number} 行是表尾的说明（{texts[0][:20]}），不是事实，应删去这一行"
    return None
