"""What the templates of a year and of a unit's year receive."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ledger.yearbook import Leader
from engine.notices.chart_context import Multiple, RankCourse
from engine.notices.context import BarChart, Link


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A posted month; without a folder of notices `href` is empty."""

    month: str  # 2023年4月
    href: str
    state: str  # 征求意见, 已印发, 已更正, or what months from before the first run are called
    number: str
    date: str
    leaders: tuple[Leader, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's months in the year's table; None of a month in which it was not there."""

    unit: str
    href: str
    points: tuple[int | None, ...]
    total: int
    total_rank: int


@dataclass(frozen=True, slots=True)
class YearCategory:
    name: str
    anchor: str
    leaders: tuple[UnitRow, ...]  # everyone ranked third or better by the points so far
    multiples: tuple[Multiple, ...]
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    scheme: str
    year: str
    last: str  # the newest posted month, 2023年4月
    annual: Link | None  # None: no result of the year was drawn
    months: tuple[MonthRow, ...]  # the newest first
    labels: tuple[str, ...]  # 1月, 2月 … of the posted months, oldest first
    categories: tuple[YearCategory, ...]


@dataclass(frozen=True, slots=True)
class UnitMonthRow:
    month: str
    statement: str  # leads to the statement; "" where there is none
    letter: str
    state: str
    points: int
    rank: int | None
    total: int
    total_rank: int | None


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A unit over the year."""

    scheme: str
    year: str
    unit: str
    full_name: str
    formerly: str
    category: str
    size: int
    total: int
    total_rank: int
    best_rank: int | None  # by a month's points
    chart: BarChart
    course: RankCourse | None
    months: tuple[UnitMonthRow, ...]  # the newest first
