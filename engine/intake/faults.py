"""What the intake tells about a file: faults, which refuse an import, and warnings, which do not. Values in a list.

The codes are stable; `docs` and scripts may lean on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from engine.dsl.nearest import nearest

_WHOLE_SHEET = ("missing-column", "duplicate-column", "too-large", "unreadable-file")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault or warning with its address: `row` is the number that Excel shows, or the line of a text file."""

    file: str
    sheet: str | None
    row: int | None
    cell: str | None
    field: str | None
    value: str | None
    code: str
    message: str

    @property
    def spoils_sheet(self) -> bool:
        """Whether no row of its sheet (of its file, where no sheet is named) can be taken as it stands."""
        return self.row is None or self.code in _WHOLE_SHEET

    def as_json(self) -> dict[str, str | int | None]:
        return asdict(self)


@dataclass
class Told:
    """What a reading has found so far; every reader adds to one of these and goes on."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


def about_file(file: str, code: str, message: str) -> Fault:
    """A fault of a file as a whole."""
    return Fault(file, None, None, None, None, None, code, message)


def suggestion(word: str, choices: Iterable[str]) -> str:
    """The end of a message: the right word that is nearest to a wrong one, if any is near."""
    near = nearest(word, choices)
    return "" if near is None else f"，是否应为“{near}”"


def place(file: str, sheet: str | None, row: int) -> str:
    """An address as a sentence names it; the file alone where a command brought the fact, with the file as its proof."""
    if not row:
        return file
    return f"{file} 工作表“{sheet}”第 {row} 行" if sheet is not None else f"{file} 第 {row} 行"
