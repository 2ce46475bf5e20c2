"""What an entry moved: every standing of its month and of the later months, and the year's result, with it and without it.

Without it means that its points are taken out of the unit's month and all else stays as it stands: plain sums, nothing is
scored again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from engine.dsl.model import Ruleset
from engine.grading.grading import Graded, graded
from engine.ledger.annual import UnitYear, YearResult, year_result
from engine.ledger.annual_listing import state
from engine.ledger.approving import approved
from engine.ledger.book import Standing
from engine.ledger.reading import last_ruleset
from engine.ledger.standings import posted_months, standings, unit_points
from engine.scoring.succession import owner, year_totals

Sums = Mapping[str, Mapping[str, int]]  # by month and unit, hundredths


@dataclass(frozen=True, slots=True)
class Weight:
    """An entry as it weighs: `fact` is its kind and key, None of an absence. Looked at before the batch `until`, if there is one."""

    month: str
    unit: str
    rule: str
    fact: tuple[str, str] | None
    points: int
    until: int | None


@dataclass(frozen=True, slots=True)
class MonthEffect:
    """Standings as they are and as they would be without the entry. `own` is of the unit that has its points by then, None where
    none has; `others` are those whose rank of the month, or so far, is another."""

    month: str
    own: tuple[Standing, Standing] | None
    others: tuple[tuple[Standing, Standing], ...]


@dataclass(frozen=True, slots=True)
class YearEffect:
    """The same of the year's result as it is in prospect: what is missing counts as nothing. `others` have another rank or grade."""

    year: int
    state: str  # 初评 or 审定
    posted: int  # months
    own: tuple[UnitYear, Graded] | None
    others: tuple[tuple[UnitYear, Graded], ...]


def months_moved(connection: Connection, weight: Weight) -> tuple[MonthEffect, ...]:
    """The entry's month and every later posted month of its year, oldest first."""
    posted = _posted(connection, weight)
    return tuple(_month(connection, weight, posted, month) for month in posted if month >= weight.month)


def _posted(connection: Connection, weight: Weight) -> list[str]:
    return [each for each in posted_months(connection, weight.until) if each[:4] == weight.month[:4]]


def _month(connection: Connection, weight: Weight, posted: list[str], month: str) -> MonthEffect:
    ruleset = last_ruleset(connection, month, weight.until)
    points = _points(connection, weight, ruleset, [each for each in posted if each <= month])
    was = {one.unit: one for one in standings(ruleset, points)}
    then = {one.unit: one for one in standings(ruleset, _without(points, weight))}
    name = owner(ruleset, weight.unit, month)
    return MonthEffect(month, (was[name], then[name]) if name in was else None, tuple(
        (was[unit], then[unit])
        for unit in ruleset.units_in(month)
        if unit != name and _ranks(was[unit]) != _ranks(then[unit])
    ))  # fmt: skip


def _points(connection: Connection, weight: Weight, ruleset: Ruleset, months: list[str]) -> Sums:
    return {month: unit_points(connection, ruleset, month, weight.until) for month in months}


def _ranks(one: Standing) -> tuple[int, int]:
    return one.month_rank, one.total_rank


def _without(points: Sums, weight: Weight) -> Sums:
    month = points[weight.month]
    return {**points, weight.month: {unit: own - weight.points * (unit == weight.unit) for unit, own in month.items()}}


def year_moved(connection: Connection, weight: Weight) -> YearEffect | None:
    """None where the rules grade no year."""
    posted = _posted(connection, weight)
    ruleset = last_ruleset(connection, posted[-1], weight.until)
    rule = ruleset.annual_rule()
    if rule is None:
        return None
    december = ruleset.months[-1]
    result = year_result(connection, ruleset, weight.until)
    points = _without(_points(connection, weight, ruleset, posted), weight)
    name = owner(ruleset, weight.unit, december)
    then = graded(
        ruleset,
        rule,
        year_totals(ruleset, points),
        {one.unit: Decimal(one.evaluation) for one in result.units},
        _vetoes(result, weight, name, december),
    )
    now, stood = {one.unit: one for one in result.units}, approved(connection, result.year)
    pairs = [(now[one.unit], one) for one in then]
    return YearEffect(
        result.year,
        state(stood and stood.endorsed),
        len(posted),
        next((pair for pair in pairs if pair[0].unit == name), None),
        tuple(pair for pair in pairs if pair[0].unit != name and _year_places(*pair)),
    )


def _year_places(now: UnitYear, then: Graded) -> bool:
    return (now.rank, now.grade) != (then.rank, then.grade)


def _vetoes(result: YearResult, weight: Weight, name: str | None, december: str) -> dict[str, str]:
    """The grades that are forced; an entry of December that goes takes its own veto along."""

    def stays(unit: str, rule: str, fact: tuple[str, str] | None) -> bool:
        return weight.month != december or (unit, rule, fact) != (name, weight.rule, weight.fact)

    held = {
        one.unit: [veto.grade for veto in one.vetoes if stays(one.unit, veto.rule, veto.entry and (veto.entry.kind, veto.entry.key))]
        for one in result.units
    }
    return {unit: grades[0] for unit, grades in held.items() if grades}
