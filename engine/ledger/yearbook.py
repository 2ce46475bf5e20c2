"""A year's posted months side by side: every unit's points and ranks month by month, and how each month stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import Connection, select

from engine.dsl.model import Ruleset
from engine.ledger.approving import Endorsement, approved
from engine.ledger.book import Issue, Standing
from engine.ledger.correcting import corrections
from engine.ledger.reading import carried, issue_of, last_ruleset
from engine.ledger.standings import posted_months, ranks, standings, unit_points
from engine.scoring.succession import course, formerly
from models.tables import LedgerEntry


@dataclass(frozen=True, slots=True)
class YearMonth:
    """One posted month: `issue` is None of a draft; `opened` of one whose points were brought from before the first run."""

    period: str
    issue: Issue | None
    corrected: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """Hundredths and ranks of a unit at a month's end; a merged unit had no rank before its time."""

    period: str
    points: int
    rank: int | None
    total: int
    total_rank: int | None
    name: str  # the unit's name then, "" where it was several


@dataclass(frozen=True, slots=True)
class Leader:
    """The units ranked first in a category by a month's points, by their names then, and those points."""

    category: str
    units: tuple[str, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Yearbook:
    """A year up to its last posted month; the units are those of that month."""

    year: str
    ruleset: Ruleset
    months: tuple[YearMonth, ...]  # oldest first
    standings: tuple[Standing, ...]  # at the last month's end
    leaders: Mapping[str, tuple[Leader, ...]]  # month to those of each category
    units: Mapping[str, tuple[UnitMonth, ...]]
    formerly: Mapping[str, tuple[str, ...]]  # unit to the others whose points it has, if any
    endorsed: Endorsement | None  # None: not approved yet


def yearbooks(connection: Connection) -> list[Yearbook]:
    """One a year with posted months, the newest first."""
    months = posted_months(connection)
    return [_yearbook(connection, year, [each for each in months if each[:4] == year])
            for year in sorted({each[:4] for each in months}, reverse=True)]  # fmt: skip


def _yearbook(connection: Connection, year: str, posted: Sequence[str]) -> Yearbook:
    ruleset = last_ruleset(connection, posted[-1])
    own = {each: unit_points(connection, ruleset, each) for each in posted}
    opened = _opened(connection, ruleset, posted)
    stood = approved(connection, int(year))
    return Yearbook(
        year=year,
        ruleset=ruleset,
        months=tuple(
            YearMonth(each, issue_of(connection, each), bool(corrections(connection, each)), each in opened) for each in posted
        ),
        standings=standings(ruleset, own),
        leaders={each: _leaders(ruleset, own[each]) for each in posted},
        units=_units(ruleset, own),
        formerly={unit: names for unit in own[posted[-1]] if (names := formerly(ruleset, unit, own))},
        endorsed=stood and stood.endorsed,
    )


def _opened(connection: Connection, ruleset: Ruleset, posted: Sequence[str]) -> set[str]:
    entry = LedgerEntry.__table__
    query = select(entry.c.period).where(entry.c.period.in_(posted), entry.c.fact_kind == ruleset.opening).distinct()
    return set(connection.execute(query).scalars()) if ruleset.opening else set()


def _leaders(ruleset: Ruleset, points: Mapping[str, int]) -> tuple[Leader, ...]:
    first = [unit for unit, rank in ranks(ruleset, points).items() if rank == 1]
    by_category = {name: tuple(unit for unit in first if ruleset.units[unit].category == name) for name in ruleset.categories}
    return tuple(Leader(name, units, points[units[0]]) for name, units in by_category.items() if units)


def _units(ruleset: Ruleset, own: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[UnitMonth, ...]]:
    last = max(own)
    courses = {unit: course(ruleset, unit, own) for unit in own[last]}
    totals = {unit: dict(zip(had, accumulate(had.values()), strict=True)) for unit, had in courses.items()}
    by_month = {each: carried(ruleset, last, each, ranks(ruleset, points)) for each, points in own.items()}
    names = {each: carried(ruleset, last, each, {unit: unit for unit in points}) for each, points in own.items()}
    # Who stood where at that month's end is told by the units that there were then.
    so_far = {
        each: carried(ruleset, last, each, {
            one.unit: one.total_rank for one in standings(ruleset, {month: own[month] for month in own if month <= each})
        })
        for each in own
    }  # fmt: skip
    return {
        unit: tuple(
            UnitMonth(each, points, by_month[each].get(unit), totals[unit][each], so_far[each].get(unit), names[each].get(unit, ""))
            for each, points in had.items()
        )
        for unit, had in courses.items()
    }
