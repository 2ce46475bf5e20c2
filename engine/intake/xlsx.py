"""Reads .xlsx: every sheet with content, its values with types and addresses, after a guard on what it unpacks to.

The sheet parser is openpyxl's own, driven directly: its read-only sheets fill gaps cell by cell (a workbook of 5 KB can
name the last cell of the grid), leave out merged ranges, and cannot tell an empty cell from a formula never computed.
"""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from engine.intake.faults import Fault, Told, about_file
from engine.intake.sheets import MOST_BYTES, Cell, Shape, Sheet
from engine.intake.tabular import sheet_of

_MOST_RATIO = 200  # unpacked to packed; office workbooks stay under 50
_RATIO_FROM = 20 * 1024 * 1024
_MOST_MERGED = 1_000_000
_LAST_ROW = 1_048_576

_Cells = dict[int, dict[int, Cell]]  # by row and column number


def read_workbook(file: str, content: bytes, told: Told) -> Iterator[Sheet]:
    """The sheets of a workbook in its order; a sheet's title is the fact kind. What cannot be read is told."""
    refusal = _guard(content)
    if refusal is not None:
        told.faults.append(about_file(file, "unreadable-file", refusal))
        return
    # What openpyxl raises on a damaged file is of any kind: KeyError, ValueError, TypeError, errors of XML and zip.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = [(one, _cells(one)) for one in workbook.worksheets]
    except Exception as error:
        told.faults.append(about_file(file, "unreadable-file", f"工作簿已损坏，无法读取（{type(error).__name__}）"))
        return
    if not sheets:
        told.faults.append(about_file(file, "unreadable-file", "工作簿里没有读得出的工作表；应另存为“Excel 工作簿 (.xlsx)”"))
    for worksheet, cells in sheets:
        sheet = _sheet(file, worksheet.title, cells, told)
        if sheet is None:
            continue
        if worksheet.sheet_state != "visible":
            message = f"工作表“{worksheet.title}”是隐藏的，已照常读入"
            told.warnings.append(Fault(file, worksheet.title, None, None, None, None, "hidden-sheet", message))
        yield sheet


def _guard(content: bytes) -> str | None:
    """Why a file must not be opened: no zip, or one that unpacks to more than any workbook of facts would."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "不是 .xlsx 工作簿，或已损坏、加了密码；应另存为不带密码的“Excel 工作簿 (.xlsx)”"
    size = sum(part.file_size for part in parts)
    if size > MOST_BYTES or (size > _RATIO_FROM and size > _MOST_RATIO * len(content)):
        return f"解压后有 {size // 1024 // 1024} MB，超过限度，未打开；应拆成几个工作簿，或删去空白的带格式行"
    return None


def _sheet(file: str, title: str, cells: _Cells, told: Told) -> Sheet | None:
    grid = (
        (number, {get_column_letter(column): cells[number][column] for column in sorted(cells[number])})
        for number in sorted(cells)
    )
    return sheet_of(file, title, title.strip(), grid, told)


def _cells(worksheet: ReadOnlyWorksheet) -> _Cells:
    """The cells that hold something."""
    cells: _Cells = {}
    book = worksheet.parent
    with worksheet._get_source() as source:
        parser = _Parser(
            source,
            worksheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, row in parser.parse():
            if not 1 <= number <= _LAST_ROW:
                raise ValueError(f"row {number}")
            held = {one["column"]: _cell(worksheet, one) for one in row if one["value"] is not None}
            if held:
                cells.setdefault(number, {}).update(held)
    _cover(cells, parser.merged)
    return cells


class _Parser(WorkSheetParser):
    """The rows and merged ranges of a sheet, and nothing else of it."""

    def parse(self) -> Iterator[tuple[int, list[dict]]]:
        self.merged: list[str] = []
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == MERGE_TAG:
                self.merged = [merge.get("ref") for merge in element]

    def parse_cell(self, element) -> dict:
        cell = super().parse_cell(element)
        # A formula whose text comes out empty is computed; one without any value was written by a program.
        if cell["value"] is None and element.find(FORMULA_TAG) is not None and element.get("t") != "str":
            cell.update(data_type="f", value=element.findtext(FORMULA_TAG) or "")
        return cell


def _cover(cells: _Cells, merged: list[str]) -> None:
    """Marks the cells that a merged range covers, in rows and columns that hold something."""
    columns = {column for row in cells.values() for column in row}
    covered = 0
    for reference in merged:
        left, top, right, bottom = range_boundaries(reference)
        for number in (cells.keys() if bottom - top > len(cells) else range(top, bottom + 1)):
            if number not in cells or not top <= number <= bottom:
                continue
            for column in columns:
                if left <= column <= right and (number, column) != (top, left):
                    cells[number].setdefault(column, Cell("", f"{get_column_letter(column)}{number}", Shape.MERGED))
        covered += len(columns) * min(bottom - top + 1, len(cells))
        if covered > _MOST_MERGED:
            raise ValueError("too many merged cells")


def _cell(worksheet: ReadOnlyWorksheet, parsed: dict) -> Cell:
    value, kind = parsed["value"], parsed["data_type"]
    address = f"{get_column_letter(parsed['column'])}{parsed['row']}"
    if kind == "f":
        return Cell(f"={value}", address, Shape.FORMULA)
    if kind == "e":
        return Cell(str(value), address, Shape.ERROR)
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE", address, Shape.BOOLEAN)
    if isinstance(value, datetime.datetime):
        return Cell(value.isoformat(sep=" "), address, Shape.DATE)
    if isinstance(value, datetime.date):
        return Cell(value.isoformat(), address, Shape.DATE)
    if isinstance(value, (datetime.time, datetime.timedelta)):
        return Cell(str(value), address, Shape.TIME)
    if isinstance(value, (int, float)):
        number_format = ReadOnlyCell(worksheet, **parsed).number_format if parsed["style_id"] else "General"
        return Cell(_plain(value), address, Shape.NUMBER, number_format, _as_date(value, worksheet.parent.epoch))
    return Cell(str(value), address)


def _plain(number: int | float) -> str:
    """A workbook's number as its shortest plain decimal; 5.0 is 5."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_date(number: int | float, epoch: datetime.datetime) -> str:
    """The day of a serial number, for those of five digits: 1927 to 2173, which no month or year in digits looks like."""
    if 10_000 <= number < 100_000 and number == int(number):
        return from_excel(int(number), epoch).date().isoformat()
    return ""
