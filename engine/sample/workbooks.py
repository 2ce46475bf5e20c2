"""Writes the rows as offices send them: a folder a month, a workbook a sender, a sheet a fact kind."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from unicodedata import east_asian_width

import xlsxwriter

from engine.dsl.loader import SAMPLE, ruleset_of
from engine.dsl.model import Kind, Ruleset
from engine.dsl.types import Value
from engine.errors import InputError
from engine.sample.script import Book, read_script
from engine.sample.year import Row, rows_of_year

Cells = Mapping[str, Value]


def write_sample(
    ruleset_files: Mapping[str, str], inbox: Path, progress: Callable[[int, int], None] | None = None
) -> int:
    """Writes a folder a month below `inbox` and gives the number of rows; `progress` hears months done and in all."""
    if SAMPLE not in ruleset_files:
        raise InputError(f"规则集没有示例数据 {SAMPLE}", "换用随附的规则集，或不加 --demo")
    ruleset = ruleset_of({name: text for name, text in ruleset_files.items() if name != SAMPLE})
    script = read_script(ruleset_files[SAMPLE], ruleset)
    rows = rows_of_year(script, ruleset)
    months = [(month, list(arrived)) for month, arrived in groupby(rows, key=lambda row: row.arrives)]
    for done, (month, arrived) in enumerate(months, start=1):
        _write_month(inbox / month, arrived, script.books, ruleset)
        if progress is not None:
            progress(done, len(months))
    return len(rows)


def _write_month(folder: Path, rows: Sequence[Row], books: Sequence[Book], ruleset: Ruleset) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sent: dict[Book, list[Row]] = {book: [] for book in books}
    for row in rows:
        sent[_book_of(row, books, ruleset)].append(row)
    for book, parts in sent.items():
        if parts:
            _write(folder / f"{book.name}.{book.format}", book, _sheets(parts, ruleset), ruleset)


def _book_of(row: Row, books: Sequence[Book], ruleset: Ruleset) -> Book:
    owner = ruleset.units.get(row.values.get(ruleset.kinds[row.kind].unit_field or "", ""))
    for book in books:
        of_kind = not book.kinds or row.kind in book.kinds
        if of_kind and (not book.category or (owner is not None and owner.category == book.category)):
            return book
    raise InputError(f"示例数据没有写明由谁报送：{row.kind}", f"在 {SAMPLE} 的 books 中加上它")


def _sheets(rows: Sequence[Row], ruleset: Ruleset) -> dict[str, list[Cells]]:
    """The typed rows by kind, in the order of the dictionary."""
    sheets: dict[str, list[Cells]] = {}
    for name, kind in ruleset.kinds.items():
        if found := [_typed(row, kind) for row in rows if row.kind == name]:
            sheets[name] = found
    return sheets


def _typed(row: Row, kind: Kind) -> Cells:
    return {name: kind.fields[name].type.parse(text) for name, text in row.values.items()}


def _columns(kind: Kind, rows: Sequence[Cells]) -> list[str]:
    """The columns that a sender fills in: what must be given, and of the rest what someone gives."""
    return [name for name, field in kind.fields.items() if not field.optional or any(name in row for row in rows)]


def _write(path: Path, book: Book, sheets: Mapping[str, Sequence[Cells]], ruleset: Ruleset) -> None:
    if book.format == "xlsx":
        _write_workbook(path, sheets, ruleset)
    elif book.format == "csv":
        path.write_bytes(_csv(sheets, ruleset))
    else:
        path.write_text(_lines(sheets), encoding="utf-8", newline="\n")


def _write_workbook(path: Path, sheets: Mapping[str, Sequence[Cells]], ruleset: Ruleset) -> None:
    year, month = map(int, path.parent.name.split("-"))
    with xlsxwriter.Workbook(path) as workbook:
        # The library would note the moment of writing; the sample is the same bytes on any day.
        workbook.set_properties({"created": datetime.datetime(year, month, 28)})
        header = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            columns = _columns(ruleset.kinds[name], rows)
            sheet.write_row(0, 0, columns, header)
            for place, row in enumerate(rows, start=1):
                _write_cells(sheet, place, [row.get(column) for column in columns])
            for place, column in enumerate(columns):
                sheet.set_column(place, place, _width(column, [row.get(column) for row in rows]))
            sheet.freeze_panes(1, 0)


def _write_cells(sheet: xlsxwriter.worksheet.Worksheet, place: int, values: Sequence[Value | None]) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(place, column, value)
        elif value is not None:
            sheet.write_number(place, column, value)


def _width(header: str, values: Sequence[Value | None]) -> int:
    """Room for the longest text, a Chinese character being two wide; long ones are cut off by the next column."""
    shown = [header, *(str(value) for value in values if value is not None)]
    return min(60, 3 + max(sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text) for text in shown))


def _csv(sheets: Mapping[str, Sequence[Cells]], ruleset: Ruleset) -> bytes:
    """One kind, whose name the file bears, in the encoding that Chinese Excel saves."""
    ((name, rows),) = sheets.items()
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(ruleset.kinds[name], rows), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gbk")


def _lines(sheets: Mapping[str, Sequence[Cells]]) -> str:
    lines = [
        json.dumps({"fact": name, **row}, ensure_ascii=False, default=str) for name, rows in sheets.items() for row in rows
    ]
    return "".join(line + "\n" for line in lines)
