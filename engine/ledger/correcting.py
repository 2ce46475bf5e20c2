"""Corrections: what closed months should be by now, posted in one batch in the open, with every later month that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.derivation.deriving import rederive
from engine.dsl.loader import ruleset_of
from engine.dsl.model import Rule, Ruleset
from engine.errors import InputError
from engine.ledger.closed import closings, posted_hits
from engine.ledger.posting import Posted, post
from engine.ledger.reviews import Request, answer, answered_by, citation
from engine.ledger.standings import posted_months, standings
from engine.ledger.status import to_correct
from engine.ledger.stored import newest_facts
from engine.scoring.year import Year
from models.tables import Batch, BatchMonth, Closing, LedgerEntry


@dataclass(frozen=True, slots=True)
class Corrected:
    """One account of a month that a correction moved: hundredths before and after."""

    unit: str
    rule: Rule
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A unit whose place in a month, or so far, is another: ranks before and after."""

    category: str
    unit: str
    month: tuple[int, int]
    total: tuple[int, int]


@dataclass(frozen=True)
class CorrectedMonth:
    period: str
    accounts: tuple[Corrected, ...]  # in the order of the list, then of the rules
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class Correction:
    """A correction as its notice tells it; `number` counts those of its earliest month from 1."""

    batch: int
    number: int
    at: str
    period: str
    reason: str  # without the requests that it answers
    ruleset: Ruleset
    months: tuple[CorrectedMonth, ...]
    reviews: tuple[Request, ...] = ()


def correct(
    connection: Connection,
    files: Mapping[str, str],
    month: str,
    *,
    reason: str,
    operator: str,
    at: str,
    reviews: Sequence[Request] = (),
) -> Posted | None:
    """Posts what `month`, the earliest closed month touched, and all posted months after it have become.

    It answers these requests for review, which its reason names. None where there is nothing to correct. Raises
    InputError where `month` is not closed, or not the earliest, or where the month of a request is not reached.
    """
    ruleset = ruleset_of(files)
    closed = closings(connection)
    if month not in closed:
        raise InputError(f"{month} 尚未印发，不需要更正", f"直接 `jifen run {month}`")
    rederive(connection, ruleset, operator=operator, at=at)
    facts = newest_facts(connection, ruleset)
    touched = to_correct(connection, ruleset, facts)
    if not touched:
        return None
    if month != touched[0]:
        raise InputError(
            f"最早需要更正的月份是 {touched[0]}，不是 {month}", f"用 `jifen correct {touched[0]} --reason 原因`，其后各月随之更正"
        )
    posted = [each for each in posted_months(connection) if each in ruleset.months]
    before = [each for each in posted if each < month and each in closed]
    year = Year(ruleset, facts, posted_hits(connection, ruleset, before))
    after = [each for each in posted if each >= month]
    done = post(connection, files, year, after, at=at, operator=operator, reason=reason + citation(reviews))
    if done.batch is not None:
        answer(connection, reviews, done.batch)
    return done


def corrections(connection: Connection, month: str) -> list[int]:
    """The batches of the corrections that moved a closed month's points, oldest first; none of before it was closed."""
    batch, entry, closing = Batch.__table__, LedgerEntry.__table__, Closing.__table__
    return list(
        connection.execute(
            select(batch.c.id)
            .join(entry, entry.c.batch_id == batch.c.id)
            .join(closing, closing.c.period == entry.c.period)
            .where(entry.c.period == month, batch.c.id > closing.c.last_batch)
            .distinct()
            .order_by(batch.c.id)
        ).scalars()
    )


def correction_of(connection: Connection, ruleset: Ruleset, batch_id: int) -> Correction:
    """What a correction moved, read from the ledger; `ruleset` is that of its batch."""
    batch, scored = Batch.__table__, BatchMonth.__table__
    head = connection.execute(select(batch).where(batch.c.id == batch_id)).one()
    months = connection.execute(
        select(scored.c.period).where(scored.c.batch_id == batch_id).order_by(scored.c.period)
    ).scalars()
    same = select(func.count()).select_from(batch).where(
        batch.c.period == head.period, batch.c.reason != "", batch.c.id <= batch_id
    )
    told = tuple(filter(None, (_corrected_month(connection, ruleset, batch_id, month) for month in months)))
    number = connection.execute(same).scalar_one()
    reviews = answered_by(connection, batch_id)
    reason = head.reason.removesuffix(citation(reviews))
    return Correction(batch_id, number, head.at, head.period, reason, ruleset, told, tuple(reviews))


def _corrected_month(connection: Connection, ruleset: Ruleset, batch_id: int, month: str) -> CorrectedMonth | None:
    was, now = (_sums(connection, month, until) for until in (batch_id - 1, batch_id))
    if was == now:
        return None
    rules = {rule.id: (place, rule) for place, rule in enumerate(ruleset.rules)}
    order = ruleset.order
    moved = [account for account in {**was, **now} if was.get(account, 0) != now.get(account, 0)]
    moved.sort(key=lambda one: (order.get(one[0], len(order)), rules[one[1]][0]))
    accounts = tuple(Corrected(unit, rules[rule][1], was.get((unit, rule), 0), now.get((unit, rule), 0)) for unit, rule in moved)
    return CorrectedMonth(month, accounts, _moved(connection, ruleset, batch_id, month))


def _sums(connection: Connection, month: str, until: int) -> dict[tuple[str, str], int]:
    """The points of a month by unit and rule, hundredths, after some batch."""
    entry = LedgerEntry.__table__
    rows = connection.execute(
        select(entry.c.unit, entry.c.rule, func.sum(entry.c.points))
        .where(entry.c.period == month, entry.c.batch_id <= until)
        .group_by(entry.c.unit, entry.c.rule)
        .order_by(entry.c.unit, entry.c.rule)
    )
    return {(unit, rule): int(points) for unit, rule, points in rows if points}


def _moved(connection: Connection, ruleset: Ruleset, batch_id: int, month: str) -> tuple[Moved, ...]:
    posted = [each for each in posted_months(connection) if each[:4] == month[:4] and each <= month]

    def at(until: int) -> dict[str, tuple[str, int, int]]:
        points = {each: dict.fromkeys(ruleset.units_in(each), 0) for each in posted}
        for each in posted:
            for (unit, _), own in _sums(connection, each, until).items():
                if unit in points[each]:
                    points[each][unit] += own
        return {row.unit: (row.category, row.month_rank, row.total_rank) for row in standings(ruleset, points)}

    was, now = at(batch_id - 1), at(batch_id)
    return tuple(
        Moved(now[unit][0], unit, (was[unit][1], now[unit][1]), (was[unit][2], now[unit][2]))
        for unit in ruleset.units_in(month)
        if was[unit] != now[unit]
    )
