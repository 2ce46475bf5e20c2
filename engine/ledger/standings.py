"""Standings: units ranked within their category by a month's points and by the points so far."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.book import Standing
from engine.scoring.succession import total
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
    """The month's own points of every unit that there was in it, hundredths, in the order of the list.

    With `before_batch` as they stood before that batch.
    """
    entry = LedgerEntry.__table__
    query = select(entry.c.unit, func.sum(entry.c.points)).where(entry.c.period == month).group_by(entry.c.unit)
    if before_batch is not None:
        query = query.where(entry.c.batch_id < before_batch)
    sums = dict(connection.execute(query).all())
    return {unit: int(sums.get(unit, 0)) for unit in ruleset.units_in(month)}


def ranks(ruleset: Ruleset, points: Mapping[str, int]) -> dict[str, int]:
    """Each unit's rank within its category: equal points share the better rank, as 1, 2, 2, 4."""
    return {
        unit: 1 + sum(
            each > own
            for other, each in points.items()
            if ruleset.units[other].category == ruleset.units[unit].category
        )
        for unit, own in points.items()
    }  # fmt: skip


def standings(ruleset: Ruleset, months: Mapping[str, Mapping[str, int]]) -> tuple[Standing, ...]:
    """The standings at the last of these months: by category, the month's rank, then the order of the list.

    The units are those of that month; what they have so far includes what their predecessors were given.
    """
    month = months[max(months)]
    so_far = {unit: total(ruleset, unit, months) for unit in month}
    by_month, by_total = ranks(ruleset, month), ranks(ruleset, so_far)
    rows = [
        Standing(ruleset.units[unit].category, unit, own, so_far[unit], by_month[unit], by_total[unit])
        for unit, own in month.items()
    ]
    place = {category: position for position, category in enumerate(ruleset.categories)}
    return tuple(sorted(rows, key=lambda row: (place[row.category], row.month_rank, ruleset.order[row.unit])))
