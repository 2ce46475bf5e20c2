"""From a grid of cells to a sheet, whose first row with content is the heading. Columns without one, or twice, are told.

Shared by the workbooks and the comma-separated files, which differ only in how their cells are got.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.intake.faults import Fault, Told
from engine.intake.sheets import MOST_COLUMNS, MOST_ROWS, Cell, Row, Sheet

Grid = Iterable[tuple[int, Mapping[str, Cell]]]  # row number, cells by column letter


def sheet_of(file: str, name: str | None, kind: str, grid: Grid, told: Told) -> Sheet | None:
    """The sheet that a grid holds; None where it is empty."""
    filled = ((number, cells) for number, cells in grid if any(not cell.empty for cell in cells.values()))
    first = next(filled, None)
    if first is None:
        return None
    number, cells = first
    headings = {letter: cell.text.strip() for letter, cell in cells.items() if cell.text.strip()}
    columns = _columns(file, name, number, headings, told)
    return Sheet(file, name, kind, columns, _rows(file, name, headings, filled, told), number)


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
        for letter, cell in cells.items():
            if letter in headings or cell.empty:
                continue
            if name is None:
                told.faults.append(_one_too_many(file, number, letter, cell))
            elif letter not in nameless:
                nameless.add(letter)
                message = f"{letter} 列没有列名，其内容未读入"
                told.warnings.append(Fault(file, name, number, cell.address, None, cell.text, "unknown-column", message))
        yield Row(number, {headings[letter]: cell for letter, cell in cells.items() if letter in headings})


def _one_too_many(file: str, number: int, letter: str, cell: Cell) -> Fault:
    """In a text file this is most likely a comma within a value, which shifts the others: a fault, not a warning."""
    message = f"这一行的值比列名多（{letter} 列没有列名）；值中若有逗号，应以双引号括起"
    return Fault(file, None, number, cell.address, None, cell.text, "extra-value", message)
