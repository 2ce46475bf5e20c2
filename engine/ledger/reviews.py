"""Reviews: what units ask to have looked at again after a notice, what was decided, and the correction that answered it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, Row, func, insert, select

from engine.clock import day_of
from engine.derivation.objecting import in_time, last_day
from engine.dsl.derivation import CalendarYear
from engine.dsl.model import Rule, Ruleset
from engine.errors import InputError
from engine.ledger.closed import closings
from engine.ledger.reading import last_ruleset
from engine.ledger.standings import require_posted
from models.chain import REVIEW_COLUMNS, last_digest, link
from models.tables import Batch, BatchMonth, IssuedFile, Outcome, Review, ReviewAnswer, ReviewDecision


class State(StrEnum):
    """Where a request stands, in the words that readers see."""

    OPEN = "待复核"
    UPHELD = "维持"
    WAITING = "变更待更正"
    ANSWERED = "已更正"


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: Outcome
    reason: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The correction's batch, and its notice by the path below the folder of all notices; "" where no points moved."""

    batch: int
    notice: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request with what has come of it. `until` is the last day for it, "" where there was none."""

    number: int
    at: str
    by: str
    period: str
    unit: str
    rule: Rule  # as the notice was issued by it
    text: str
    until: str
    decision: Decision | None = None
    answer: Answer | None = None

    @property
    def state(self) -> State:
        if self.decision is None:
            return State.OPEN
        if self.decision.outcome == Outcome.UPHOLD:
            return State.UPHELD
        return State.ANSWERED if self.answer else State.WAITING

    @property
    def reason(self) -> str:
        return self.decision.reason if self.decision else ""

    def as_json(self) -> dict[str, object]:
        decided, answer = self.decision, self.answer
        return {
            "review": self.number, "month": self.period, "unit": self.unit, "rule": self.rule.id, "title": self.rule.title,
            "text": self.text, "at": self.at, "by": self.by, "until": self.until or None, "state": self.state,
            "reason": self.reason, "decided_at": decided and decided.at, "decided_by": decided and decided.by,
            "correction": answer and {"batch": answer.batch, "notice": answer.notice or None},
        }  # fmt: skip


@dataclass(frozen=True)
class Issued:
    """A closed month as its notice told it: the rules that it was issued by, and the date of issue."""

    period: str
    date: str
    ruleset: Ruleset

    def binding(self, unit: str) -> dict[str, Rule]:
        """The rules that bind a unit in the month, by id."""
        return {rule.id: rule for rule in self.ruleset.in_force(self.period) if unit in rule.units}


def issued_month(connection: Connection, month: str, calendar: Mapping[int, CalendarYear] | None = None) -> Issued:
    """A closed month; `calendar` tells the years that its own ruleset could not know yet.

    Raises InputError where the month is not scored yet, still a draft, or an opening month, which has no notice.
    """
    require_posted(connection, month)
    closing = closings(connection).get(month)
    if closing is None:
        raise InputError(f"{month} 还是征求意见稿，尚未印发，不需要申请复核", f"改正事实后直接重新计分：`jifen run {month}`")
    if not closing.issued:
        raise InputError(f"{month} 是期初积分，没有印发过通报，不受理复核", "期初有误的，用 `jifen import --correction` 改正后更正")
    ruleset = last_ruleset(connection, month, closing.last_batch + 1)
    return Issued(month, closing.issued, replace(ruleset, calendar={**(calendar or {}), **ruleset.calendar}))


def open_review(
    connection: Connection, issued: Issued, unit: str, rule: str, text: str, *, operator: str, at: str
) -> Request:
    """Takes a unit's request; raises InputError where its time is over. The rule is one that binds the unit."""
    last = last_day(issued.ruleset, issued.period, issued.date)
    if not in_time(issued.ruleset, issued.period, issued.date, day_of(at)):
        until = f"申请复核的最后一天是 {last}" if last else "申请复核的期限已过"
        raise InputError(f"{issued.period} 于 {issued.date} 印发，{until}，今天（{day_of(at)}）不再受理", "确有错误的，由主管科室直接更正")
    number = _write(connection, Review, (at, operator, issued.period, unit, rule, text, last or ""))
    return find(connection, number)


def decide(connection: Connection, number: int, outcome: Outcome, reason: str, *, operator: str, at: str) -> Request:
    """Decides a request once and for all; raises InputError where there is none, or it was decided."""
    request = find(connection, number)
    if request.decision is not None:
        raise InputError(
            f"复核申请第{number}号已于 {day_of(request.decision.at)} 决定（{request.state}：{request.reason}），不再更改",
            "决定有误的，请该单位另行申请，或以 `jifen correct` 更正",
        )
    _write(connection, ReviewDecision, (at, operator, number, outcome, reason))
    return find(connection, number)


def citable(connection: Connection, numbers: Collection[int]) -> list[Request]:
    """The requests that a correction is to answer; raises InputError where one does not wait for that."""
    cited = [find(connection, number) for number in sorted(set(numbers))]
    for one in cited:
        if one.state is not State.WAITING:
            waits = waiting(requests(connection))
            hint = f"等待更正的有：{numbered(waits)}" if waits else "没有等待更正的复核申请"
            raise InputError(f"复核申请第{one.number}号的状态是“{one.state}”，不能作为更正的依据", hint)
    return cited


def answer(connection: Connection, cited: Sequence[Request], batch: int) -> None:
    """Notes that a correction answers these; raises InputError where it does not reach the month of one."""
    scored = BatchMonth.__table__
    covered = set(connection.execute(select(scored.c.period).where(scored.c.batch_id == batch)).scalars())
    for one in cited:
        if one.period not in covered:
            raise InputError(
                f"复核申请第{one.number}号是 {one.period} 的，本次更正只涉及 {'、'.join(sorted(covered))}",
                f"先改正 {one.period} 的事实，或去掉 --review {one.number}",
            )
        _write(connection, ReviewAnswer, (batch, one.number))


def answer_by_earlier(connection: Connection, cited: Sequence[Request]) -> None:
    """Notes the correction that has carried out, since it was decided, what one of these asks without citing it, if any did."""
    batch, scored = Batch.__table__, BatchMonth.__table__
    for one in cited:
        since = (scored.c.period == one.period, batch.c.reason != "", batch.c.at >= one.decision.at)
        done = select(func.max(batch.c.id)).join(scored, scored.c.batch_id == batch.c.id).where(*since)
        found = connection.execute(done).scalar()
        if found is not None:
            _write(connection, ReviewAnswer, (found, one.number))


def find(connection: Connection, number: int) -> Request:
    """A request by its number; raises InputError that lists what there is."""
    found = {one.number: one for one in requests(connection)}
    if number not in found:
        raise InputError(f"没有第{number}号复核申请", f"现有：{numbered(found.values())}" if found else "还没有任何复核申请")
    return found[number]


def requests(connection: Connection, month: str | None = None) -> list[Request]:
    """The requests of a month, or of all, by number."""
    review = Review.__table__
    query = select(review).order_by(review.c.id)
    rows = connection.execute(query if month is None else query.where(review.c.period == month)).all()
    decisions = {row.review_id: row for row in connection.execute(select(ReviewDecision.__table__))}
    answers = dict(connection.execute(select(ReviewAnswer.__table__.c["review_id", "batch_id"])).all())
    rules = {period: issued_month(connection, period).ruleset.in_force(period) for period in {row.period for row in rows}}
    by_id = {period: {rule.id: rule for rule in own} for period, own in rules.items()}
    return [
        Request(row.id, row.at, row.operator, row.period, row.unit, by_id[row.period][row.rule], row.text, row.until,
                _decision(decisions.get(row.id)), _answer(connection, answers.get(row.id)))
        for row in rows
    ]  # fmt: skip


def answered_by(connection: Connection, batch: int) -> list[Request]:
    """The requests that a correction cites."""
    return [one for one in requests(connection) if one.answer is not None and one.answer.batch == batch]


def waiting(found: Collection[Request]) -> list[Request]:
    """Those that were decided as a change and wait for their correction."""
    return [one for one in found if one.state is State.WAITING]


def numbered(found: Collection[Request]) -> str:
    """第1号、第3号."""
    return "、".join(f"第{one.number}号" for one in found)


def citation(cited: Sequence[Request]) -> str:
    """The requests that a correction answers, as they stand in its reason; "" without any."""
    told = "；".join(
        f"复核申请第{one.number}号：{one.unit}，{one.rule.clause}（{one.rule.id}），申请“{one.text}”，决定变更：{one.reason}" for one in cited
    )
    return f"（{told}）" if told else ""


def _decision(row: Row | None) -> Decision | None:
    return None if row is None else Decision(Outcome(row.outcome), row.reason, row.at, row.operator)


def _answer(connection: Connection, batch: int | None) -> Answer | None:
    if batch is None:
        return None
    file = IssuedFile.__table__
    notice = connection.execute(select(file.c.name).where(file.c.batch_id == batch).order_by(file.c.id)).scalar()
    return Answer(batch, notice or "")


def _write(connection: Connection, table: type[Review | ReviewDecision | ReviewAnswer], values: tuple) -> int:
    """Adds a row to the end of its table's chain and gives its number."""
    own = table.__table__
    number = (connection.execute(select(func.max(own.c.id))).scalar() or 0) + 1
    row = (number, *values)
    told = dict(zip(REVIEW_COLUMNS[table], row, strict=True))
    connection.execute(insert(own).values(**told, digest=link(last_digest(connection, own), row)))
    return number
