"""What the template of a unit's advice receives: plain values, points in hundredths."""

from __future__ import annotations

from dataclasses import dataclass

from engine.notices.context import Letterhead


@dataclass(frozen=True, slots=True)
class AdviceStep:
    """What can be done, once or in each of `count` things alike; `points` beside the figures told last, `gain` beside none."""

    say: str
    title: str
    clause: str
    count: int
    points: int
    gain: int
    again: str


@dataclass(frozen=True, slots=True)
class AdviceCap:
    title: str
    points: int
    cap: int


@dataclass(frozen=True, slots=True)
class AdviceClause:
    goal: str
    clause: str
    points: int
    caps: tuple[AdviceCap, ...]
    steps: tuple[AdviceStep, ...]


@dataclass(frozen=True, slots=True)
class AdviceVeto:
    title: str
    clause: str
    say: str
    ends: str
    grade: str
    until: str


@dataclass(frozen=True, slots=True)
class AdviceLoss:
    title: str
    clause: str
    say: str
    since: str
    points: int
    saves: int
    ends: str


@dataclass(frozen=True, slots=True)
class AdviceWay:
    points: int
    reaches: bool
    short: str  # why it does not bring the grade; empty where it does
    steps: tuple[AdviceStep, ...]


@dataclass(frozen=True, slots=True)
class AdviceNext:
    grade: str
    needs: int
    foreseen: int
    ways: tuple[AdviceWay, ...]


@dataclass(frozen=True, slots=True)
class AdvicePage:
    """What a unit can still do for its points; `month` is the first month to come, empty where the year is over."""

    head: Letterhead
    unit: str
    full_name: str
    category: str
    statement: str
    month: str
    missing: str
    points: int
    rank: int | None
    size: int
    grade: str
    lead: int | None
    vetoes: tuple[AdviceVeto, ...]
    losses: tuple[AdviceLoss, ...]
    next: AdviceNext | None
    clauses: tuple[AdviceClause, ...]
