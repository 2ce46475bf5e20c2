"""Standings: units ranked within their category by a month's points and by the points so far."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.book import Standing
from models.tables import BatchMonth, LedgerEntry


def posted_months(connection: Connection, before_batch: int | None = None) -> list[str]:
    """The months that a run has posted, oldest first; with `before_batch` those that were before it."""
    scored = BatchMonth.__table__
    query = select(scored.c.period).distinct().order_by(scored.c.period)
    if before_batch is not None:
        query = query.where(scored.c.batch_id < before_batch)
    return list(connection.execute(query).scalars())


def require_posted(connection: Connection, month: str) -> list[str]:
    """The posted months of its year up to `month`; raises InputError where `month` is not one of them."""
    posted = posted_months(connection)
    if month not in posted:
        raise InputError(f"{month} 尚未计分", f"先执行 `jifen run {month}`")
    return [each for each in posted if each[:4] == month[:4] and each <= month]


def unit_points(connection: Connection, ruleset: Ruleset, month: str, before_batch: int | None = None) -> dict[str, int]:
    """Every unit's points in a month, hundredths, in the order of the list; with `before_batch` as they stood before it."""
    entry = LedgerEntry.__table__
    query = select(entry.c.unit, func.sum(entry.c.points)).where(entry.c.period == month).group_by(entry.c.unit)
    if before_batch is not None:
        query = query.where(entry.c.batch_id < before_batch)
    sums = dict(connection.execute(query).all())
    return {unit: int(sums.get(unit, 0)) for unit in ruleset.units}


def ranks(ruleset: Ruleset, points: Mapping[str, int]) -> dict[str, int]:
    """Each unit's rank within its category: equal points share the better rank, as 1, 2, 2, 4."""
    return {
        unit: 1 + sum(
            points[other] > own
            for other, known in ruleset.units.items()
            if known.category == ruleset.units[unit].category
        )
        for unit, own in points.items()
    }  # fmt: skip


def standings(ruleset: Ruleset, months: Mapping[str, Mapping[str, int]]) -> tuple[Standing, ...]:
    """The standings at the last of these months: by category, the month's rank, then the order of the list."""
    month = months[max(months)]
    total = {unit: sum(each[unit] for each in months.values()) for unit in ruleset.units}
    by_month, by_total = ranks(ruleset, month), ranks(ruleset, total)
    rows = [
        Standing(known.category, unit, month[unit], total[unit], by_month[unit], by_total[unit])
        for unit, known in ruleset.units.items()
    ]
    place = {category: position for position, category in enumerate(ruleset.categories)}
    return tuple(sorted(rows, key=lambda row: (place[row.category], row.month_rank, ruleset.order[row.unit])))
