"""Proof of the ledger: every chain walked, every posted month scored again from the facts and rules of its last run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from engine.ledger.annual import year_months, year_result
from engine.ledger.closed import closings, last_batch, posted_hits
from engine.ledger.posting import changed_tallies, difference, standing_entries
from engine.ledger.reading import last_ruleset, seen_by, standing_matches
from engine.ledger.standings import posted_months
from engine.ledger.stored import newest_facts
from engine.ledger.verdicts import changed_verdicts
from engine.obligations.judging import Judgements
from engine.scoring.award import Award
from engine.scoring.points import decimal
from engine.scoring.year import Year
from models.chain import (
    APPROVAL_COLUMNS,
    BATCH_COLUMNS,
    BEGINNING,
    ENTRY_COLUMNS,
    LETTER_COLUMNS,
    REVIEW_COLUMNS,
    approval_digest,
    link,
    seal_digest,
)
from models.tables import (
    Approval,
    Batch,
    BatchMonth,
    Import,
    LedgerEntry,
    Letter,
    Outcome,
    Review,
    ReviewAnswer,
    ReviewDecision,
    Seal,
)

Progress = Callable[[int, int], None]  # months done, months in all


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: a Chinese sentence, with the month and the entry where there is one."""

    month: str | None
    entry: int | None
    what: str


@dataclass(frozen=True)
class Verdict:
    months: int
    entries: int
    faults: tuple[Difference, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "ok": not self.faults,
            "months": self.months,
            "entries": self.entries,
            "faults": [{"month": one.month, "entry": one.entry, "what": one.what} for one in self.faults],
        }


def verify(connection: Connection, advance: Progress | None = None) -> Verdict:
    """Whether chains hold and every posted month is what its facts and rules give. Nothing is written."""
    faults = [*_seals(connection), *_chain(connection), *_reviews(connection), *_approvals(connection)]
    faults += _records(connection, Letter.__table__, LETTER_COLUMNS, "督办函")
    months = posted_months(connection)
    for place, month in enumerate(months, start=1):
        faults += _replayed(connection, month)
        if advance:
            advance(place, len(months))
    entries = connection.execute(select(func.count()).select_from(LedgerEntry.__table__)).scalar_one()
    return Verdict(len(months), entries, tuple(faults))


def _seals(connection: Connection) -> Iterator[Difference]:
    """The first import whose facts, files or words are not those that were sealed."""
    seal, bringing = Seal.__table__, Import.__table__
    before = BEGINNING
    seals = list(connection.execute(select(seal.c["import_id", "digest"]).order_by(seal.c.id)))
    for import_id, digest in seals:
        if seal_digest(connection, before, import_id) != digest:
            yield Difference(None, None, f"第 {import_id} 次导入的事实、文件或经办记录与封存时不同")
            return
        before = digest
    unsealed = connection.execute(
        select(bringing.c.id).where(bringing.c.id.not_in(select(seal.c.import_id))).order_by(bringing.c.id).limit(1)
    ).scalar()
    if unsealed is not None:
        yield Difference(None, None, f"第 {unsealed} 次导入没有封存")


def _chain(connection: Connection) -> Iterator[Difference]:
    """The first batch and the first entry that break the chain."""
    batch, entry = Batch.__table__, LedgerEntry.__table__
    before, digests = BEGINNING, {}
    for *content, digest in connection.execute(select(batch.c[*BATCH_COLUMNS, "digest"]).order_by(batch.c.id)):
        if link(before, content) != digest:
            yield Difference(content[3], None, f"批次 {content[0]} 的记录与入账时不同，或它之前少了批次")
            return
        before = digests[content[0]] = digest
    before = BEGINNING
    for *content, digest in connection.execute(select(entry.c[*ENTRY_COLUMNS, "digest"]).order_by(entry.c.id)):
        if link(before, [digests.get(content[1]), *content]) != digest:
            yield Difference(content[2], content[0], f"分录 {content[0]} 与入账时不同，或它之前少了分录")
            return
        before = digest


_REVIEWS = {Review: "复核申请", ReviewDecision: "复核决定", ReviewAnswer: "复核与更正的对应"}


def _reviews(connection: Connection) -> Iterator[Difference]:
    """The first row about reviews of each kind that breaks its chain, and every answer that is no correction of its month."""
    for table, columns in REVIEW_COLUMNS.items():
        yield from _records(connection, table.__table__, columns, _REVIEWS[table])
    review, decision, answer = Review.__table__, ReviewDecision.__table__, ReviewAnswer.__table__
    batch, scored = Batch.__table__, BatchMonth.__table__
    sound = (
        select(answer.c.id)
        .join(review, review.c.id == answer.c.review_id)
        .join(decision, (decision.c.review_id == review.c.id) & (decision.c.outcome == Outcome.CHANGE))
        .join(batch, (batch.c.id == answer.c.batch_id) & (batch.c.reason != ""))
        .join(scored, (scored.c.batch_id == batch.c.id) & (scored.c.period == review.c.period))
    )
    lost = select(answer.c["review_id", "batch_id"]).where(answer.c.id.not_in(sound)).order_by(answer.c.id)
    for number, batch_id in connection.execute(lost):
        yield Difference(None, None, f"复核申请第{number}号记为由批次 {batch_id} 更正，而没有这样的更正")


def _records(connection: Connection, table: Table, columns: Sequence[str], what: str) -> Iterator[Difference]:
    """The first row of a table with a chain of its own that breaks it."""
    before = BEGINNING
    for *content, digest in connection.execute(select(table.c[*columns, "digest"]).order_by(table.c.id)):
        if link(before, content) != digest:
            yield Difference(None, None, f"{what}（第 {content[0]} 条）与记录时不同，或它之前少了记录")
            return
        before = digest


def _approvals(connection: Connection) -> Iterator[Difference]:
    """The first approval that breaks the chain, and every one that is not what the ledger gave at the time."""
    approval = Approval.__table__
    rows = connection.execute(select(approval.c[*APPROVAL_COLUMNS, "notice", "digest"]).order_by(approval.c.id)).all()
    before = BEGINNING
    for *content, notice, digest in rows:
        if approval_digest(before, content, notice) != digest:
            yield Difference(None, None, f"第 {content[0]} 次审定的年度结果或通报与审定时不同，或它之前少了审定")
            break
        before = digest
    for row in rows:
        december = year_months(row.year)[-1]
        ruleset = last_ruleset(connection, december, row.last_batch + 1)
        if year_result(connection, ruleset, row.last_batch + 1, row.newest_fact).content() != row.content:
            yield Difference(december, None, f"第 {row.id} 次审定的 {row.year} 年度结果不是当时的账本给出的")


def _replayed(connection: Connection, month: str) -> Iterator[Difference]:
    """What of a month's standing entries and matches is not what its facts and rules give."""
    batch = last_batch(connection, month)
    ruleset = last_ruleset(connection, month)
    earlier = [each for each in closings(connection, before_batch=batch) if each < month and each in ruleset.months]
    closed = posted_hits(connection, ruleset, sorted(earlier), before_batch=batch + 1)
    year = Year(ruleset, newest_facts(connection, ruleset, seen_by(connection, month)), closed)
    given = year.awards(month)
    wrong = difference(ruleset, given, standing_entries(connection, month))
    for one in wrong:
        said = "不应有" if one.kind == "reversal" else "缺少"
        points = decimal(-one.points if one.kind == "reversal" else one.points)
        yield Difference(month, one.reverses, f"{month} {one.unit} {one.rule}：账本{said} {points} 分的分录")
    for one in changed_verdicts(connection, month, Judgements(year).verdicts(month)):
        yield Difference(month, None, f"{month} {one.unit} 任务 {one.task}：所记结论与事实、规则不一致")
    if not wrong:
        for unit in dict.fromkeys([*changed_tallies(connection, month, given, year.facts(month)), *_unlike(connection, month, given)]):
            yield Difference(month, None, f"{month} {unit}：触发记录与事实、规则不一致")


def _unlike(connection: Connection, month: str, given: Mapping[str, Sequence[Award]]) -> Iterator[str]:
    """The units whose recorded matches are not those that facts and rules give."""
    recorded: dict[str, list[tuple]] = defaultdict(list)
    for unit, *match in connection.execute(standing_matches(month)):
        recorded[unit].append(tuple(match))
    for unit, own in given.items():
        said = [(one.hit.rule.id, one.hit.fact.version if one.hit.fact else None, one.hit.raw, one.given, one.limit) for one in own]
        if sorted(said, key=repr) != sorted(recorded[unit], key=repr):
            yield unit
