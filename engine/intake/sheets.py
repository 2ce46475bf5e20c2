"""What every reader yields, whatever the file: sheets of rows of cells, each with its address and nothing judged yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from engine.intake.ours import Prefilled

MOST_ROWS = 200_000
MOST_COLUMNS = 256
MOST_SHEETS = 200
MOST_BYTES = 150 * 1024 * 1024


class Shape(StrEnum):
    """How a file holds a value. Text files hold texts only, which are exact; a workbook's numbers are floats."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    ERROR = "error"
    FORMULA = "formula"  # one that was never computed
    MERGED = "merged"  # covered by a merged range whose value stands in its first cell


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as its file has it; of numbers only, `number_format` and `as_date` are the workbook's
    format and the day that the number would be there, where it could be one."""

    text: str
    address: str | None = None
    shape: Shape = Shape.TEXT
    number_format: str = ""
    as_date: str = ""


Held = Cell | str  # a plain text stands for itself: most cells do, and a file may have a million


def text_of(held: Held) -> str:
    return held if isinstance(held, str) else held.text


def blank(held: Held) -> bool:
    """Whether a cell holds nothing; an error or a covered cell holds something."""
    return not (held if isinstance(held, str) else held.text if held.shape is Shape.TEXT else held.shape).strip()


class Row(NamedTuple):
    number: int
    cells: Mapping[str, Held]  # by the column's heading


@dataclass(frozen=True)
class Sheet:
    """Rows that claim to be facts of one kind. `columns` are the headings with their letters, in order;
    None where every row names its own fields (a line of JSON). `expected` is about how many rows there are,
    `known` what a template of ours had filled in."""

    file: str
    name: str | None
    kind: str
    columns: Mapping[str, str] | None
    rows: Iterable[Row]
    heading_row: int | None = None
    expected: int = 0
    known: Prefilled = Prefilled()
