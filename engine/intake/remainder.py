"""The rows of a faulty file that were not taken, as a workbook that can be corrected and imported by itself.

No value may come out as another one. What a workbook cannot hold as it was, or what the reader refused for what it is,
stands there as an error value, which is refused again until somebody has looked; a comment says what it was.
"""

from __future__ import annotations

import datetime
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine.dsl.model import Ruleset
from engine.intake.annotated import UNWRITABLE, fitting, workbook_replaced
from engine.intake.faults import Fault, Told, place
from engine.intake.ours import MARK, untouched
from engine.intake.sheets import Cell, Held, Row, Shape, Sheet, blank, text_of

_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_INCOMPLETE = ("too-large", "unreadable-file")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")  # in a sheet's name
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")  # means a character to Excel and itself to our reader
_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_NOTE = 31, 32_767, 1_000
_MOST_NOTES = 5_000  # rows that say where they come from; a workbook with more comments is slow to open
_WIDTH = 16

Wanted = Mapping[str | None, frozenset[int] | None]  # row numbers by sheet, None for every row


def rest_name(path: Path) -> Path:
    """Where the bad rows of a file go."""
    return path.with_name(f"{path.stem}.rest.xlsx")


def write_rest(path: Path, target: Path, ruleset: Ruleset, wanted: Wanted, faults: Sequence[Fault]) -> int:
    """Writes the wanted rows of `path` to `target` and gives their number; writes nothing where there are none.

    A sheet that could not be read whole is left out, since its rest would pass for all of it. Raises OSError.
    """
    rows = _wanted_rows(path, ruleset, wanted, faults)
    first = next(rows, None)
    if first is None:
        return 0
    with workbook_replaced(target) as fresh, Workbook(fresh, _OPTIONS) as book:
        rest = _Rest(book, path.name, ruleset, faults)
        for sheet, row in chain([first], rows):
            rest.add(sheet, row)
    return rest.count


def _wanted_rows(path: Path, ruleset: Ruleset, wanted: Wanted, faults: Sequence[Fault]) -> Iterator[tuple[Sheet, Row]]:
    from engine.intake.reading import sheets_of_file

    incomplete = {fault.sheet for fault in faults if fault.code in _INCOMPLETE}
    doubled = {fault.sheet for fault in faults if fault.code == "duplicate-column"}
    everything = wanted.get(None, frozenset()) is None
    for sheet in sheets_of_file(path, path.read_bytes(), ruleset, Told()):
        left_out = not incomplete.isdisjoint((None, sheet.name)) or (sheet.columns is not None and sheet.name in doubled)
        numbers = frozenset() if left_out else None if everything else wanted.get(sheet.name, frozenset())
        rows = _meant(sheet, ruleset, numbers)
        if sheet.columns is None:
            rows = list(rows)
            sheet = _with_columns(sheet, ruleset, rows)
        for row in rows:
            yield sheet, row


def _meant(sheet: Sheet, ruleset: Ruleset, numbers: frozenset[int] | None) -> Iterator[Row]:
    """The rows of these numbers; of all rows, those that somebody has filled in."""
    kind = ruleset.kinds.get(sheet.kind)
    for row in sheet.rows:
        if numbers is None:
            texts = {name: text_of(held).strip() for name, held in row.cells.items() if not blank(held)}
            if texts and not (kind is not None and untouched(kind, texts, sheet.known)):
                yield row
        elif row.number in numbers:
            yield row


def _with_columns(sheet: Sheet, ruleset: Ruleset, rows: Iterable[Row]) -> Sheet:
    """A sheet whose rows name their own fields, with the columns that these need, and those that a fact cannot lack."""
    kind = ruleset.kinds.get(sheet.kind)
    names = dict.fromkeys(chain(*(row.cells for row in rows), kind.required if kind is not None else ()))
    return Sheet(sheet.file, sheet.name, sheet.kind, dict.fromkeys(filter(None, names), ""), ())


class _Rest:
    """Writes rows as they come, a sheet after the other; `count` is how many."""

    def __init__(self, book: Workbook, file: str, ruleset: Ruleset, faults: Sequence[Fault]) -> None:
        self.count = 0
        self._book, self._file, self._ruleset = book, file, ruleset
        self._faults: dict[tuple[str | None, int | None], list[Fault]] = defaultdict(list)
        for fault in faults:
            self._faults[fault.sheet, fault.row].append(fault)
        self._formats: dict[tuple[str, bool], Format] = {}
        self._head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "num_format": "@"})
        self._titles: set[str] = set()
        self._source: Sheet | None = None
        self._sheet: Worksheet
        self._columns: dict[str, int] = {}
        self._next = 0

    def add(self, source: Sheet, row: Row) -> None:
        if source is not self._source:
            self._start(source)
        faults = self._faults.get((source.name, row.number), [])
        faulty = {fault.field for fault in faults}
        # The values after a comma too many are not where they belong, and may fit there by chance.
        spilt = [fault.value or "" for fault in faults if fault.code == "extra-value"]
        last = next(reversed(self._columns), None)
        notes: dict[int, str] = {}
        for heading, column in self._columns.items():
            held = row.cells.get(heading, "")
            if spilt and heading == last:
                held = Cell(",".join([text_of(held), *spilt]), shape=Shape.ERROR)
            kept = self._write(column, held, faulty=heading in faulty)
            if not kept:
                notes[column] = f"{MARK}原为：{text_of(held) or '（合并单元格的一部分）'}"
        if self.count < _MOST_NOTES:
            messages = [f"{fault.message}（{fault.code}）" for fault in faults]
            told = [f"{MARK}原位置：{place(self._file, source.name, row.number)}", *messages]
            notes[0] = "\n".join(told + ([notes[0]] if 0 in notes else []))
        for column, note in notes.items():
            options = {"x_scale": 2.5, "y_scale": 1.5, "author": "积分"}
            self._sheet.write_comment(self._next, column, fitting(note, _LONGEST_NOTE), options)
        self._next += 1
        self.count += 1

    def _start(self, source: Sheet) -> None:
        # A workbook may have two sheets of a kind, whose names differ by blanks around; they stay two.
        self._sheet = self._book.add_worksheet(self._title(source.kind if source.name is None else source.name))
        self._source = source
        self._columns = {heading: column for column, heading in enumerate(source.columns)}
        self._sheet.set_column(0, max(len(self._columns) - 1, 0), _WIDTH)
        self._sheet.freeze_panes(1, 0)
        for heading, column in self._columns.items():
            self._sheet.write_string(0, column, fitting(heading), self._head)
        self._next = 1

    def _title(self, name: str) -> str:
        wanted = _FORBIDDEN.sub("_", fitting(name)).replace("\n", " ")[:_LONGEST_TITLE].strip("'") or "_"
        title, number = wanted, 1
        while title.lower() in self._titles:
            number += 1
            title = f"{wanted[: _LONGEST_TITLE - 6]}_{number}"
        self._titles.add(title.lower())
        return title

    def _write(self, column: int, held: Held, *, faulty: bool) -> bool:
        """Writes one cell; False where an error value stands for what it held."""
        cell = held if isinstance(held, Cell) else Cell(held)
        match cell.shape:
            case Shape.NUMBER if _as_number(cell) is not None:
                style = self._format(cell.number_format or "General", faulty)
                self._sheet.write_number(self._next, column, _as_number(cell), style)
            case Shape.DATE if int(cell.text[:4]) >= 1900:  # Excel has no day before
                day = datetime.datetime.fromisoformat(cell.text)
                self._sheet.write_datetime(self._next, column, day, self._format("yyyy-mm-dd", faulty))
            case Shape.BOOLEAN:
                self._sheet.write_boolean(self._next, column, cell.text.lower() == "true", self._format("General", faulty))
            case Shape.TEXT if (text := _as_text(cell.text)) is not None:
                if text:
                    self._sheet.write_string(self._next, column, text, self._format("@", faulty))
                elif faulty:
                    self._sheet.write_blank(self._next, column, None, self._format("@", faulty))
            case _:
                self._sheet.write_formula(self._next, column, "=NA()", self._format("General", True), "#N/A")
                return False
        return True

    def _format(self, number_format: str, faulty: bool) -> Format:
        style = self._formats.get((number_format, faulty))
        if style is None:
            colour = {"bg_color": "#FFC7CE"} if faulty else {}
            style = self._formats[number_format, faulty] = self._book.add_format({"num_format": number_format, **colour})
        return style


def _as_number(cell: Cell) -> float | None:
    """What a workbook holds for a number; None where XlsxWriter's 16 digits, or another calendar, would make it another."""
    number = float(cell.text)  # back to the double that the file had
    if not math.isfinite(number) or float(f"{number:.16G}") != number:
        return None
    # A workbook of the calendar from 1904 means another day by the same number.
    if cell.as_date and cell.as_date != _day(int(number)):
        return None
    return number


def _day(serial: int) -> str:
    return (datetime.date(1899, 12, 30) + datetime.timedelta(serial)).isoformat()


def _as_text(text: str) -> str | None:
    """A text as it is read again, None where it would not be: line ends are one character to the reader too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return None if UNWRITABLE.search(text) or _ESCAPE.search(text) or len(text) > _LONGEST_TEXT else text
