"""The copy beside a faulty file that shows what is wrong and where: its cells marked, and a list of all faults in front.

What is no workbook, or too big to be opened whole, gets the list alone.
"""

from __future__ import annotations

import re
import warnings as python_warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.exceptions import FileCreateError

from engine.files import replaced
from engine.intake.faults import Fault
from engine.intake.ours import FAULTS, MARK
from engine.intake.outline import TooLarge, outline

UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

_COLUMNS = (("级别", 8), ("工作表", 18), ("行", 8), ("单元格", 10), ("字段", 18), ("值", 24), ("代码", 22), ("说明", 90))
_ROW_COLUMN, _CELL_COLUMN, _VALUE_COLUMN = 3, 4, 6  # counted from 1
_HEAD_ROW = 4
_LONGEST = 1_000  # characters of a value or a message; a cell has room for 32,767
_LONGEST_NOTE = 2_000
_MOST_LINES = 100_000
# What is opened whole: openpyxl takes many times the memory of the file.
_MOST_BYTES, _MOST_UNPACKED = 10 * 1024 * 1024, 64 * 1024 * 1024
_MOST_ROWS, _MOST_MERGED, _MOST_MARKS = 10_000, 100_000, 10_000
# Not quite the colours that Excel itself offers, so that a mark of ours is known from a clerk's.
_RED, _YELLOW = "FFFFC7CD", "FFFFEB9B"
_FILLS = {"错误": PatternFill("solid", fgColor=_RED), "提醒": PatternFill("solid", fgColor=_YELLOW)}
_BOLD, _LINKED, _WRAPPED = Font(bold=True), Font(color="FF1F4E9E", underline="single"), Alignment(wrap_text=True, vertical="top")

Line = tuple[str, Fault]  # level and what it is about


def errors_name(path: Path) -> Path:
    """Where the annotated copy of a file goes."""
    return path.with_name(f"{path.stem}.errors.xlsx")


def write_annotated(path: Path, target: Path, faults: Sequence[Fault], warnings: Sequence[Fault]) -> Path | None:
    """Writes the copy of `path` to `target`, for the faults and warnings about that file; None where it has no fault.

    Replaces what was there; raises OSError.
    """
    if not faults:
        return None
    lines = [*(("错误", one) for one in faults), *(("提醒", one) for one in warnings)]
    content = _marked(path, lines)
    with workbook_replaced(target) as fresh:
        if content is None:
            _write_list(fresh, path.name, lines)
        else:
            fresh.write_bytes(content)
    return target


@contextmanager
def workbook_replaced(target: Path) -> Iterator[Path]:
    """As `replaced`, for a workbook that XlsxWriter writes, which wraps an OSError in an error of its own."""
    try:
        with replaced(target) as fresh:
            yield fresh
    except FileCreateError as error:
        raise error.args[0] from error


def fitting(text: str, longest: int = _LONGEST) -> str:
    """A text as a cell can hold and a person can read it: without control characters, and not too long."""
    text = UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _marked(path: Path, lines: Sequence[Line]) -> bytes | None:
    """The workbook with its marks and the list; None where it cannot, or had better not, be opened whole."""
    if path.suffix.lower() != ".xlsx" or len(lines) > _MOST_MARKS or path.stat().st_size >= _MOST_BYTES:
        return None
    content, written = path.read_bytes(), BytesIO()
    # What a damaged file raises, on being opened or only on being saved again, is of any kind.
    try:
        if not _small(content):
            return None
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(BytesIO(content))
            _mark_book(book, path.name, lines)
            book.save(written)
    except Exception:
        return None
    return written.getvalue()


def _small(content: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _MOST_UNPACKED:
            return False
        rows = merged = 0
        for part in parts:
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                with archive.open(part) as source:
                    try:
                        found = outline(source)
                    except TooLarge:
                        return False
                rows += found.rows
                merged += sum((right - left + 1) * (bottom - top + 1) for left, top, right, bottom in found.merged)
        return rows <= _MOST_ROWS and merged <= _MOST_MERGED


def _mark_book(book: openpyxl.Workbook, name: str, lines: Sequence[Line]) -> None:
    _drop_old_marks(book)
    by_sheet: dict[str | None, list[Line]] = defaultdict(list)
    for level, fault in lines:
        by_sheet[fault.sheet].append((level, fault))
    for sheet in book.worksheets:
        if sheet.title in by_sheet:
            _Marks(sheet).add(by_sheet[sheet.title])
    _add_list(book, name, lines)
    # openpyxl keeps formulas or their values, not both: what opens the copy computes them anew.
    book.calculation.fullCalcOnLoad = True


def _drop_old_marks(book: openpyxl.Workbook) -> None:
    """A copy that was corrected and imported again is marked afresh."""
    old = [sheet for sheet in book.worksheets if str(sheet["A1"].value or "").startswith(f"{MARK}{FAULTS}")]
    if not old:
        return
    for sheet in old:
        book.remove(sheet)
    for cell in (cell for sheet in book.worksheets for cell in sheet._cells.values()):
        if cell.comment is not None and MARK in cell.comment.text:
            kept = cell.comment.text.partition(MARK)[0].rstrip()
            cell.comment = _note(kept) if kept else None
        if cell.fill.fgColor.rgb in (_RED, _YELLOW):
            cell.fill = PatternFill()


@dataclass
class _Mark:
    level: str
    texts: list[str]


class _Marks:
    """The marks of one sheet: colours and comments, one comment a cell however many faults are about it."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        # Excel shows a merged range by its first cell, and openpyxl refuses comments on the others.
        self._first = {
            place: (area.min_row, area.min_col) for area in sheet.merged_cells.ranges for line in area.rows for place in line
        }
        self._used: dict[int, list[Cell]] = defaultdict(list)
        # Not iter_rows(), which fills every gap up to the farthest cell of the sheet.
        for (row, _), cell in sorted(sheet._cells.items()):
            if cell.value is not None:
                self._used[row].append(cell)
        self._by_cell: dict[tuple[int, int], _Mark] = {}

    def add(self, lines: Iterable[Line]) -> None:
        for level, fault in lines:
            cells = self._cells(fault)
            for cell in cells:
                self._mark(cell, level)
            self._mark(cells[0], level, f"{level}：{fault.message}（{fault.code}）")
        for (row, column), found in self._by_cell.items():
            cell = self._sheet.cell(row, column)
            cell.fill = _FILLS[found.level]
            if found.texts:
                before = [cell.comment.text] if cell.comment is not None else []
                cell.comment = _note("\n".join([*before, MARK, *found.texts]))

    def _cells(self, fault: Fault) -> list[Cell]:
        """What a fault is about: its cell, or the cells of its row that hold something; never none."""
        if fault.cell is not None:
            return [self._sheet[fault.cell]]
        number = fault.row or 1
        used = self._used.get(number) or [self._sheet.cell(number, 1)]
        return used if fault.row is not None else used[:1]

    def _mark(self, cell: Cell, level: str, text: str | None = None) -> None:
        place = self._first.get((cell.row, cell.column), (cell.row, cell.column))
        found = self._by_cell.setdefault(place, _Mark(level, []))
        found.level = "错误" if "错误" in (found.level, level) else level
        if text is not None and text not in found.texts:
            found.texts.append(text)


def _note(text: str) -> Comment:
    """A comment wide enough to be read, as high as its text is long."""
    text = fitting(text, _LONGEST_NOTE)
    lines = sum(len(line) // 24 + 1 for line in text.split("\n"))
    return Comment(text, "积分", width=360, height=min(max(20 * lines, 60), 480))


def _add_list(book: openpyxl.Workbook, name: str, lines: Sequence[Line]) -> None:
    sheet = book.create_sheet(FAULTS, 0)
    sheet["A1"], sheet["A2"] = f"{MARK}{FAULTS}", _advice(name, marked=True)
    sheet["A1"].font = Font(bold=True, size=14)
    for column, (heading, width) in enumerate(_COLUMNS, start=1):
        cell = sheet.cell(_HEAD_ROW, column, heading)
        cell.font = _BOLD
        sheet.column_dimensions[cell.column_letter].width = width
    for number, (level, fault) in enumerate(lines, start=_HEAD_ROW + 1):
        for column, value in enumerate(_values(level, fault), start=1):
            if value is not None:
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # even one that begins with "="
        sheet.cell(number, 1).fill = _FILLS[level]
        sheet.cell(number, _VALUE_COLUMN).number_format = "@"
        sheet.cell(number, len(_COLUMNS)).alignment = _WRAPPED
        _link(sheet.cell(number, _ROW_COLUMN if fault.cell is None else _CELL_COLUMN), fault, book)
    sheet.freeze_panes = f"A{_HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{cell.column_letter}{_HEAD_ROW + len(lines)}"
    # A sheet that stays selected with the list would be edited along with it.
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    for view in book.views:
        view.firstSheet = 0
    book.active = 0


def _link(cell: Cell, fault: Fault, book: openpyxl.Workbook) -> None:
    if fault.row is not None and fault.sheet in book.sheetnames:
        place = fault.cell or f"A{fault.row}"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(fault.sheet)}!{place}")
        cell.font = _LINKED


def _write_list(fresh: Path, name: str, lines: Sequence[Line]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(fresh, options) as book:
        bold, title = book.add_format({"bold": True}), book.add_format({"bold": True, "font_size": 14})
        text, wrapped = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(FAULTS)
        for column, (_, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(_HEAD_ROW, 0)
        sheet.write_string(0, 0, f"{MARK}{FAULTS}", title)
        sheet.write_string(1, 0, _advice(name, marked=False))
        sheet.write_row(_HEAD_ROW - 1, 0, [heading for heading, _ in _COLUMNS], bold)
        formats = {_VALUE_COLUMN: text, len(_COLUMNS): wrapped}
        for number, (level, fault) in enumerate(islice(lines, _MOST_LINES), start=_HEAD_ROW):
            for column, value in enumerate(_values(level, fault)):
                sheet.write(number, column, value, formats.get(column + 1))
        sheet.autofilter(_HEAD_ROW - 1, 0, _HEAD_ROW - 1 + min(len(lines), _MOST_LINES), len(_COLUMNS) - 1)
        if len(lines) > _MOST_LINES:
            sheet.write_string(_HEAD_ROW + _MOST_LINES, 0, f"……另有 {len(lines) - _MOST_LINES} 条未列出")


def _advice(name: str, *, marked: bool) -> str:
    where = "红色单元格有错误，黄色的是提醒，批注写明原因。请在本文件或原文件" if marked else "请在原文件"
    return fitting(f"{where}“{name}”中改正下列各处，其他内容不要删改，然后重新导入。本页只供查看，不会导入。")


def _values(level: str, fault: Fault) -> tuple[str | int | None, ...]:
    texts = (fault.sheet, fault.cell, fault.field, fault.value, fault.code, fault.message)
    sheet, cell, field, value, code, message = (None if text is None else fitting(text) for text in texts)
    return level, sheet, fault.row, cell, field, value, code, message
