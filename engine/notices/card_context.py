"""What the template of the card receives: the month on one page for a phone."""

from __future__ import annotations

from dataclasses import dataclass

from engine.notices.context import Letterhead
from engine.notices.task_context import TaskSums


@dataclass(frozen=True, slots=True)
class CardRow:
    rank: int
    unit: str
    points: int


@dataclass(frozen=True, slots=True)
class CardPart:
    """A category's two ends, each in the order of the ranking; no unit stands in both."""

    name: str
    units: int
    average: int
    first: tuple[CardRow, ...]
    last: tuple[CardRow, ...]


@dataclass(frozen=True, slots=True)
class CardAlert:
    """A match that sets the grade if it holds until the year's end, and that the month brought."""

    unit: str
    title: str
    grade: str


@dataclass(frozen=True, slots=True)
class CardPage:
    head: Letterhead
    parts: tuple[CardPart, ...]
    alerts: tuple[CardAlert, ...]  # the first of them
    more_alerts: int  # how many more there are
    tasks: TaskSums | None  # None of a month without verdicts
