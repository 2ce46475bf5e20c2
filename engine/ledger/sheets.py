"""Workbooks that are given out: typed columns, a frozen head, filters, and the same bytes from the same rows."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = str | int | Decimal | None


class Column(NamedTuple):
    """A column; `format` is Excel's for its numbers, "" of a column of texts."""

    name: str
    width: int
    format: str = ""


POINTS, COUNT = "0.00", "0"


def workbook(created: datetime.datetime, fill: Callable[[Workbook], None]) -> bytes:
    """A workbook that `fill` has filled; `created` stands for the moment of writing, which the library would note."""
    import xlsxwriter

    held = io.BytesIO()  # a file that cannot be written is then told like any other
    with xlsxwriter.Workbook(held, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": created})
        fill(book)
    return held.getvalue()


def write_sheet(book: Workbook, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], frozen: int = 0) -> None:
    """A sheet with its head and the first `frozen` columns fixed. A number is a number, with its format, an empty text an empty cell."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "vcenter"})
    formats = {one.format: book.add_format({"num_format": one.format}) for one in columns if one.format}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, formats.get(column.format))
        sheet.write_string(0, place, column.name, head)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(line, place, cell)
            elif cell is not None:
                # A cell of a workbook is a double; hundredths below 2^53 show exactly, and the ledger stays the record.
                sheet.write_number(line, place, cell, formats[columns[place].format])
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
