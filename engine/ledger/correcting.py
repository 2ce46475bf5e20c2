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
from engine.ledger.reading import last_ruleset
from engine.ledger.reviews import Request, answer, answer_by_earlier, answered_by, citation
from engine.ledger.standings import posted_months, standings
from engine.ledger.status import to_correct
from engine.ledger.stored import newest_facts
from engine.ledger.verdicts import Restated, judged_by, restated
from engine.obligations.judging import Judgements
from engine.scoring.year import Year
from models.tables import Batch, Closing, IssuedFile, LedgerEntry


@dataclass(frozen=True, slots=True)
class Corrected:
    """One account of a month that a correction moved: hundredths before and after, and its entries that did it."""

    unit: str
    rule: Rule
    before: int
    after: int
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A unit whose place in a month, or so far, is another: ranks before and after."""

    category: str
    unit: str
    month: tuple[int, int]
    total: tuple[int, int]


@dataclass(frozen=True)
class CorrectedMonth:
    """A month of which points moved, or places only: those so far, by the points of a month before it."""

    period: str
    accounts: tuple[Corrected, ...]  # in the order of the list, then of the rules
    moved: tuple[Moved, ...]
    verdicts: tuple[Restated, ...]  # by task, then in the order of the list


@dataclass(frozen=True)
class Correction:
    """A correction as its notice tells it. `period` is the first closed month whose points moved, None where none did;
    `number` counts the notices of corrections with that month from 1."""

    batch: int
    number: int
    at: str
    period: str | None
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

    It answers these requests for review, which its reason names. None where there is nothing to correct, as an earlier
    correction may have done what they ask. Raises
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
        answer_by_earlier(connection, reviews)
        return None
    if month != touched[0]:
        raise InputError(
            f"最早需要更正的月份是 {touched[0]}，不是 {month}", f"用 `jifen correct {touched[0]} --reason 原因`，其后各月随之更正"
        )
    posted = [each for each in posted_months(connection) if each in ruleset.months]
    before = [each for each in posted if each < month and each in closed]
    year = Year(ruleset, facts, posted_hits(connection, ruleset, before))
    after = [each for each in posted if each >= month]
    done = post(connection, files, Judgements(year), after, at=at, operator=operator, reason=reason + citation(reviews))
    if done.batch is not None:
        answer(connection, reviews, done.batch)
    return done


def corrections(connection: Connection, month: str) -> list[int]:
    """The batches of the corrections that moved a closed month's points or statuses, oldest first; none of before it was closed."""
    entry, closing = LedgerEntry.__table__, Closing.__table__
    closed = connection.execute(select(closing.c.last_batch).where(closing.c.period == month)).scalar()
    if closed is None:
        return []
    posted = select(entry.c.batch_id).where(entry.c.period == month, entry.c.batch_id > closed).distinct()
    judged = [batch for batch in judged_by(connection, month, closed) if restated(connection, month, batch)]
    return sorted({*connection.execute(posted).scalars(), *judged})


def moved_since_issued(connection: Connection, month: str) -> bool:
    """Whether a closed month's notice would be another by now: it was corrected, or an earlier month that its sums count."""
    entry, closing = LedgerEntry.__table__, Closing.__table__
    closed = select(closing.c.last_batch).where(closing.c.period == month).scalar_subquery()
    since = select(entry.c.id).where(entry.c.period.between(f"{month[:4]}-01", month), entry.c.batch_id > closed).limit(1)
    return bool(corrections(connection, month)) or connection.execute(since).first() is not None


def correction_of(connection: Connection, ruleset: Ruleset, batch_id: int) -> Correction:
    """What the newest batch, a correction, has moved, read from the ledger; `ruleset` is that of the batch."""
    batch = Batch.__table__
    head = connection.execute(select(batch).where(batch.c.id == batch_id)).one()
    year = [each for each in posted_months(connection) if head.period[:4] == each[:4] and each >= head.period]
    told = tuple(filter(None, (_corrected_month(connection, batch_id, month) for month in year)))
    closed = closings(connection)
    period = next((one.period for one in told if (one.accounts or one.verdicts) and one.period in closed), None)
    reviews = answered_by(connection, batch_id)
    reason = head.reason.removesuffix(citation(reviews))
    number = _notices(connection, period) + 1 if period else 0
    return Correction(batch_id, number, head.at, period, reason, ruleset, told, tuple(reviews))


def _notices(connection: Connection, period: str) -> int:
    """How many notices of corrections lie with a month."""
    file = IssuedFile.__table__
    own = select(func.count()).select_from(file).where(file.c.batch_id.is_not(None), file.c.name.startswith(f"{period}/"))
    return connection.execute(own).scalar_one()


def _corrected_month(connection: Connection, batch_id: int, month: str) -> CorrectedMonth | None:
    was, now = (_sums(connection, month, until) for until in (batch_id - 1, batch_id))
    by, before = (last_ruleset(connection, month, until) for until in (batch_id + 1, batch_id))
    # What the rules and the list have lost stands under the name that it had, after what they have.
    rules = {rule.id: rule for rule in (*by.rules, *before.rules)} | {rule.id: rule for rule in by.rules}
    place = {rule: position for position, rule in enumerate(rules)}
    order = by.order
    accounts = [account for account in {**was, **now} if was.get(account, 0) != now.get(account, 0)]
    accounts.sort(key=lambda one: (order.get(one[0], len(order)), one[0], place[one[1]]))
    entries = _entries(connection, month, batch_id)
    corrected = tuple(
        Corrected(unit, rules[rule], was.get((unit, rule), 0), now.get((unit, rule), 0), entries[unit, rule])
        for unit, rule in accounts
    )
    moved = _moved(connection, before, by, batch_id, month)
    judged = sorted(
        restated(connection, month, batch_id), key=lambda one: (one.task, order.get(one.unit, len(order)), one.unit)
    )
    return CorrectedMonth(month, corrected, moved, tuple(judged)) if corrected or moved or judged else None


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


def _entries(connection: Connection, month: str, batch_id: int) -> dict[tuple[str, str], tuple[int, ...]]:
    """The entries of a batch in a month, by unit and rule."""
    entry = LedgerEntry.__table__
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    rows = select(entry.c["unit", "rule", "id"]).where(entry.c.period == month, entry.c.batch_id == batch_id).order_by(entry.c.id)
    for unit, rule, id_ in connection.execute(rows):
        found[unit, rule] = (*found.get((unit, rule), ()), id_)
    return found


def _moved(connection: Connection, before: Ruleset, by: Ruleset, batch_id: int, month: str) -> tuple[Moved, ...]:
    posted = [each for each in posted_months(connection) if each[:4] == month[:4] and each <= month]

    def at(ruleset: Ruleset, until: int) -> dict[str, tuple[int, int]]:
        points = {each: dict.fromkeys(ruleset.units_in(each), 0) for each in posted}
        for each in posted:
            for (unit, _), own in _sums(connection, each, until).items():
                if unit in points[each]:
                    points[each][unit] += own
        return {row.unit: (row.month_rank, row.total_rank) for row in standings(ruleset, points)}

    was, now = at(before, batch_id - 1), at(by, batch_id)
    return tuple(
        Moved(by.units[unit].category, unit, *zip(was[unit], now[unit], strict=True))
        for unit in by.units_in(month)
        if unit in was and was[unit] != now[unit]
    )
