"""What the templates of the obligations receive: rows of a statement, supervision letters, the matrix of all units."""

from __future__ import annotations

from dataclasses import dataclass

from engine.notices.context import Letterhead


@dataclass(frozen=True, slots=True)
class Deciding:
    """A fact that decided, in words, and where it came from."""

    kind: str
    say: str
    source: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One obligation of a unit, as it stood at the month's end."""

    no: int
    anchor: str
    title: str
    clause: str
    status: str
    sign: str  # the class of the status
    failing: bool
    due: str  # 4月30日; "" of what has no date
    standard: str  # what the evidence was to meet, in words
    lacking: str  # what was not reported, in words
    decided: tuple[Deciding, ...]
    more: int  # how many deciding facts are not told


@dataclass(frozen=True, slots=True)
class TaskSums:
    """How the month's obligations stand in all, and how many units get a letter."""

    tasks: int
    verdicts: int
    done: int
    overdue: int
    substandard: int
    letters: int


@dataclass(frozen=True, slots=True)
class CalledRow:
    """An obligation that a letter calls for, and the how manieth letter running this is for it."""

    row: TaskRow
    reminders: int


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """How a unit answers: the fact kind, its fields for number and state, and what the state may be."""

    kind: str
    task: str
    status: str
    states: tuple[str, ...]
    done: str


@dataclass(frozen=True, slots=True)
class LetterPage:
    head: Letterhead
    number_prefix: str
    number: str  # as written; "" of a draft
    unit: str
    full_name: str
    day: str  # the month's last, 2023年4月30日
    tasks: tuple[CalledRow, ...]
    near: tuple[TaskRow, ...]  # unfinished, and due soon: told by the way, for they alone call for no letter
    near_days: int | None  # how many days after the month's end count as soon
    overdue: int
    substandard: int
    reminders: int  # the most of any of its tasks
    escalated_to: str
    answer: AnswerForm | None  # None where the ruleset has no reports of progress
    answer_days: int | None  # working days after the date of issue
    answer_until: str  # 2023年5月22日; "" of a draft, or where no calendar tells


@dataclass(frozen=True, slots=True)
class Sign:
    """How a status looks in the matrix: a mark that its shape alone tells from the others, and the class of its colour."""

    status: str
    mark: str
    kind: str
    failing: bool


@dataclass(frozen=True, slots=True)
class Cell:
    unit: str
    sign: Sign
    href: str  # of the unit's letter where that calls for it, else of its row in the unit's statement


@dataclass(frozen=True, slots=True)
class MatrixRow:
    no: int
    title: str
    due: str
    cells: tuple[Cell | None, ...]  # None where the task does not bind the unit
    counts: tuple[int, ...]  # by status, in the order of the signs

    @property
    def failing(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell and cell.sign.failing)


@dataclass(frozen=True, slots=True)
class MatrixPart:
    name: str
    anchor: str
    units: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    counts: tuple[tuple[int, ...], ...]  # by status, then by unit
    sums: tuple[int, ...]  # by status


@dataclass(frozen=True, slots=True)
class MatrixPage:
    head: Letterhead
    day: str
    signs: tuple[Sign, ...]
    parts: tuple[MatrixPart, ...]
