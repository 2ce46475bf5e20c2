"""What the templates receive of a comparison with last month: the notice's summary, and a statement's differences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule's part in a difference between two months, hundredths."""

    title: str
    clause: str
    by: int


@dataclass(frozen=True, slots=True)
class Mover:
    """The units of a category whose points moved furthest, all by as much; ranks and causes where it is one unit alone."""

    units: tuple[str, ...]
    by: int
    rank_before: int
    rank: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class CategoryMoves:
    name: str
    risen: Mover | None
    fallen: Mover | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A state that sets the year's grade, and the units where it began or ended."""

    title: str
    units: tuple[str, ...]
    count: int  # facts: a unit may have several
    grade: str


@dataclass(frozen=True, slots=True)
class First:
    """A rule and the units to which it gave points for the first time in the year."""

    title: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateCount:
    """How many units fall short of a watched rate."""

    name: str
    units: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What is worth saying of the month. Every part is empty where there is nothing to say."""

    moves: tuple[CategoryMoves, ...]
    listed: tuple[Listing, ...]  # began this month
    cleared: tuple[Listing, ...]  # held last month, and no longer
    firsts: tuple[First, ...]
    first_rules: int  # with those that are not told
    first_units: int
    rates: tuple[RateCount, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule gave another sum than last month: one fact's part, hundredths."""

    kind: str  # 新增, 不再有, 数值变化 …
    say: str
    by: int


@dataclass(frozen=True, slots=True)
class Change:
    """A rule whose sum moved; None where it had no match in that month, and `mark` then says how."""

    title: str
    clause: str
    before: int | None
    now: int | None
    mark: str
    by: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """A unit's month against the last: the rows and what stayed the same add up to both months' points."""

    month: str  # the last month, 2023年3月
    before: int
    now: int
    by: int
    rows: tuple[Change, ...]
    same: int  # rules that gave as much as last month
    same_points: int
