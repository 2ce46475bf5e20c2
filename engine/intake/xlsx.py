"""Reads .xlsx: every sheet with content, row by row, its values with types, after a guard on what it unpacks to.

The sheet parser is openpyxl's own, driven directly: its read-only sheets fill gaps cell by cell (a workbook of 5 KB can
name the last cell of the grid), leave out merged ranges, and cannot tell an empty cell from a formula never computed.
"""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from itertools import islice

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from engine.dsl.model import Kind
from engine.intake.faults import Fault, Told, about_file
from engine.intake.ours import INSTRUCTIONS, LABELLED_ROWS, Prefilled, is_ours, prefilled
from engine.intake.outline import Outline, Range, TooLarge, outline
from engine.intake.sheets import MOST_BYTES, MOST_COLUMNS, MOST_SHEETS, Cell, Held, Shape, Sheet, text_of
from engine.intake.tabular import sheet_of

_MOST_RATIO = 200  # unpacked to packed; office workbooks stay under 50
_RATIO_FROM = 20 * 1024 * 1024
_LAST_ROW = 1_048_576
_CHINESE_DATES = (*range(27, 32), 36, *range(50, 55), 57, 58)
_NAMED_ROWS = 5  # hidden rows that a warning names


def read_workbook(file: str, content: bytes, kinds: Mapping[str, Kind], told: Told) -> Iterator[Sheet]:
    """The sheets of a workbook in its order; a sheet's title is the fact kind. What cannot be read is told.

    Rows are read as they are asked for: the one sheet that is at hand must be used up before the next.
    """
    refusal = _guard(content)
    if refusal is not None:
        told.faults.append(about_file(file, "unreadable-file", refusal))
        return
    # What openpyxl raises on a damaged file is of any kind: KeyError, ValueError, TypeError, errors of XML and zip.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = ExcelReader(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            reader.read()
            workbook = reader.wb
            lost = _lost(reader)
    except Exception as error:
        told.faults.append(_damaged(file, error))
        return
    for title in lost:
        told.faults.append(about_file(file, "unreadable-file", f"工作表“{title}”在文件中已损坏或缺失，无法读取；应重新另存"))
    if not workbook.worksheets:
        told.faults.append(about_file(file, "unreadable-file", "工作簿里没有读得出的工作表；应另存为“Excel 工作簿 (.xlsx)”"))
    readers = [_Reader(file, worksheet, told) for worksheet in workbook.worksheets]
    known = next((reader.prefilled() for reader in readers if reader.title == INSTRUCTIONS), Prefilled())
    for reader in readers:
        sheet = reader.sheet(kinds)
        if sheet is not None:
            yield replace(sheet, known=known)


def _lost(reader: ExcelReader) -> list[str]:
    """The sheets that the workbook names and that openpyxl left out without a word; charts hold no facts."""
    there = set(reader.wb.sheetnames)
    types = {id_: relation.Type for id_, relation in reader.parser.rels.items()}
    return [
        one.name
        for one in reader.parser.sheets
        if one.name not in there and not types.get(one.id, "").endswith(("/chartsheet", "/dialogsheet"))
    ]


def _guard(content: bytes) -> str | None:
    """Why a file must not be opened: no zip, or one that unpacks to more than any workbook of facts would."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "不是 .xlsx 工作簿，或已损坏、加了密码；应另存为不带密码的“Excel 工作簿 (.xlsx)”"
    size = sum(part.file_size for part in parts)
    if size > MOST_BYTES or (size > _RATIO_FROM and size > _MOST_RATIO * len(content)):
        return f"解压后有 {size // 1024 // 1024} MB，超过限度，未打开；应拆成几个工作簿，或删去空白的带格式行"
    sheets = sum(part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml") for part in parts)
    if sheets > MOST_SHEETS:
        return f"有 {sheets} 个工作表，至多 {MOST_SHEETS} 个，未打开；应拆成几个工作簿"
    return None


def _damaged(file: str, error: Exception) -> Fault:
    return about_file(file, "unreadable-file", f"工作簿已损坏，无法读取（{type(error).__name__}）")


class _Reader:
    """Reads one sheet's rows, and tells what of it Excel would not show."""

    def __init__(self, file: str, worksheet: ReadOnlyWorksheet, told: Told) -> None:
        self._file, self._worksheet, self._told = file, worksheet, told
        self.title = worksheet.title

    def prefilled(self) -> Prefilled:
        """What our template says of itself, where this is its page of instructions."""
        first = islice(self._grid(Outline()), LABELLED_ROWS)
        rows = [[text_of(cells.get(letter, "")) for letter in "AB"] for _, cells in first]
        return prefilled(rows) if rows and is_ours(rows[0][0]) else Prefilled()

    def sheet(self, kinds: Mapping[str, Kind]) -> Sheet | None:
        title = self.title
        try:
            with self._worksheet._get_source() as source:
                found = outline(source)
        except TooLarge as large:
            self._told.faults.append(Fault(self._file, title, None, None, None, None, "too-large", f"工作表“{title}”{large}"))
            return None
        except Exception as error:
            self._told.faults.append(_damaged(self._file, error))
            return None
        kind = kinds.get(title.strip())
        sheet = sheet_of(self._file, title, kind, title.strip(), self._grid(found), self._told, found.rows)
        if sheet is None:
            return None
        if self._worksheet.sheet_state != "visible":
            self._warn("hidden-sheet", f"工作表“{title}”是隐藏的，已照常读入")
        for letter in sheet.columns.values():
            if any(first <= column_index_from_string(letter) <= last for first, last in found.hidden):
                self._warn("hidden-column", f"{letter} 列是隐藏的，已照常读入", f"{letter}{sheet.heading_row}")
        return sheet

    def _warn(self, code: str, message: str, cell: str | None = None, row: int | None = None) -> None:
        self._told.warnings.append(Fault(self._file, self.title, row, cell, None, None, code, message))

    def _grid(self, found: Outline) -> Iterator[tuple[int, dict[str, Held]]]:
        """The rows that hold something, by column letter, in their order."""
        hidden: list[int] = []
        merged = _Merged(found.merged)
        last = 0
        try:
            with self._worksheet._get_source() as source:
                for number, concealed, parsed in self._parser(source).rows():
                    if not last < number <= _LAST_ROW:
                        raise ValueError(f"row {number}")
                    last = number
                    filled = [one for one in parsed if one["value"] is not None]
                    cells = {one["column"]: _cell(self._worksheet, one) for one in filled}
                    if len(cells) < len(filled):
                        raise ValueError(f"a cell twice in row {number}")
                    if not cells:
                        continue
                    merged.cover(number, cells)
                    if concealed:
                        hidden.append(number)
                    yield number, {get_column_letter(column): cells[column] for column in sorted(cells)}
        except Exception as error:
            self._told.faults.append(_damaged(self._file, error))
        if hidden:
            named = "、".join(map(str, hidden[:_NAMED_ROWS])) + ("等" if len(hidden) > _NAMED_ROWS else "")
            self._warn("hidden-row", f"第 {named}行被隐藏或筛选掉（共 {len(hidden)} 行），已照常读入", row=hidden[0])

    def _parser(self, source) -> _Parser:
        book = self._worksheet.parent
        return _Parser(
            source,
            self._worksheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats | _chinese_dates(book),
            timedelta_formats=book._timedelta_formats,
        )


def _chinese_dates(book) -> set[int]:
    """The styles with a date format that only Chinese Excel has built in (ECMA-376, 18.8.30), which openpyxl does not know."""
    return {place for place, style in enumerate(book._cell_styles) if style.numFmtId in _CHINESE_DATES}


class _Parser(WorkSheetParser):
    """The rows of a sheet, and nothing else of it: number, whether hidden, cells."""

    def rows(self) -> Iterator[tuple[int, bool, list[dict]]]:
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                number, cells = self.parse_row(element)
                yield number, element.get("hidden") in ("1", "true"), cells
                element.clear()

    def parse_cell(self, element) -> dict:
        cell = super().parse_cell(element)
        # A formula whose text comes out empty is computed; one without any value was written by a program.
        if cell["value"] is None and element.find(FORMULA_TAG) is not None and element.get("t") != "str":
            cell.update(data_type="f", value=element.findtext(FORMULA_TAG) or "")
        return cell


class _Merged:
    """Marks the cells that merged ranges cover, row by row, in the columns that some row has used so far."""

    def __init__(self, ranges: tuple[Range, ...]) -> None:
        self._coming = list(reversed(ranges))
        self._open: list[Range] = []
        self._widest = 0

    def cover(self, number: int, cells: dict[int, Held]) -> None:
        self._widest = min(max(self._widest, max(cells)), MOST_COLUMNS)
        while self._coming and self._coming[-1][1] <= number:
            self._open.append(self._coming.pop())
        self._open = [one for one in self._open if number <= one[3]]
        if len(self._open) > MOST_COLUMNS:
            raise ValueError("merged ranges that overlap")
        for left, top, right, _ in self._open:
            for column in range(left, min(right, self._widest) + 1):
                if (number, column) != (top, left):
                    cells.setdefault(column, Cell("", f"{get_column_letter(column)}{number}", Shape.MERGED))


def _cell(worksheet: ReadOnlyWorksheet, parsed: dict) -> Held:
    value, kind = parsed["value"], parsed["data_type"]
    if kind == "s" or kind == "inlineStr":
        return unescape(str(value)) if "_x" in str(value) else str(value)
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
    return str(value)


def _plain(number: int | float) -> str:
    """A workbook's number as its shortest plain decimal; 5.0 is 5."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_date(number: int | float, epoch: datetime.datetime) -> str:
    """The day of a serial number, for those of five digits: 1927 to 2173, which no month or year in digits looks like."""
    if 10_000 <= number < 100_000 and number == int(number):
        return from_excel(int(number), epoch).date().isoformat()
    return ""
