"""Posts the difference between what scoring says of a month and what stands in the ledger.

First run, second run and a run after new facts are this one path; where there is no difference nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from engine import __version__
from engine.dsl.model import Ruleset
from engine.facts import Fact, canonical
from engine.ledger.stored import newest_version
from engine.ledger.verdicts import Held, changed_verdicts, restands, write_verdicts
from engine.obligations.judging import Judgements
from engine.scoring.award import Award
from engine.scoring.months import MonthFacts
from models.bulk import insert_rows
from models.chain import BATCH_COLUMNS, ENTRY_COLUMNS, entry_digests, last_digest, link
from models.tables import Batch, BatchMonth, LedgerEntry, Match, RulesetVersion, Seal, Tally

Account = tuple[str, str, str, str]  # unit, rule, fact kind, fact key; the last two empty for an absence


class Standing(NamedTuple):
    """An entry that stands: an award that no reversal has taken back."""

    entry: int
    points: int
    fact_version: int | None


class Posting(NamedTuple):
    """One entry to write; `reverses` names the entry that it takes back."""

    unit: str
    rule: str
    kind: str
    points: int
    fact_kind: str | None
    fact_key: str | None
    fact_version: int | None
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What a run wrote: the batch, if there was anything to write, and its entries by id."""

    batch: int | None
    entries: tuple[tuple[int, Posting], ...]


def standing_entries(connection: Connection, month: str) -> dict[Account, Standing]:
    entry = LedgerEntry.__table__
    taken_back = select(entry.c.reverses).where(entry.c.period == month, entry.c.reverses.is_not(None))
    rows = connection.execute(
        select(
            entry.c.id, entry.c.unit, entry.c.rule, entry.c.fact_kind, entry.c.fact_key, entry.c.points,
            entry.c.fact_version_id,
        ).where(entry.c.period == month, entry.c.kind == "award", entry.c.id.not_in(taken_back))
    )  # fmt: skip
    return {
        (unit, rule, kind or "", key or ""): Standing(id_, points, version)
        for id_, unit, rule, kind, key, points, version in rows
    }


def difference(ruleset: Ruleset, given: Mapping[str, tuple[Award, ...]], standing: Mapping[Account, Standing]) -> list[Posting]:
    """The entries that turn what stands into what scoring gives: reversals first, then awards, by unit and rule."""
    wanted = {
        account_of(unit, award): award for unit, own in given.items() for award in own if award.given != 0
    }
    reversals = [
        Posting(*account[:2], "reversal", -one.points, account[2] or None, account[3] or None, one.fact_version, one.entry)
        for account, one in standing.items()
        if account not in wanted or wanted[account].given != one.points
    ]
    awarded = [
        Posting(*account[:2], "award", award.given, account[2] or None, account[3] or None, _version(award))
        for account, award in wanted.items()
        if account not in standing or standing[account].points != award.given
    ]
    place = {rule.id: position for position, rule in enumerate(ruleset.rules)}
    order = ruleset.order

    def by_unit(posting: Posting) -> tuple:
        return (
            order.get(posting.unit, len(order)), posting.unit, place.get(posting.rule, len(place)), posting.rule,
            posting.fact_kind or "", posting.fact_key or "",
        )  # fmt: skip

    return sorted(reversals, key=by_unit) + sorted(awarded, key=by_unit)


def differs(connection: Connection, judgements: Judgements, month: str) -> bool:
    """Whether a month's entries or verdicts are not those that its year gives by now."""
    year = judgements.year
    return bool(
        difference(year.ruleset, year.awards(month), standing_entries(connection, month))
        or restands(connection, month, judgements.verdicts(month))
    )


def account_of(unit: str, award: Award) -> Account:
    fact = award.hit.fact
    return unit, award.hit.rule.id, fact.kind if fact else "", fact.key if fact else ""


def _version(award: Award) -> int | None:
    return award.hit.fact.version if award.hit.fact else None


def post(
    connection: Connection,
    files: Mapping[str, str],
    judgements: Judgements,
    months: Sequence[str],
    *,
    at: str,
    operator: str,
    reason: str = "",
) -> Posted:
    """Writes the difference of one month (a run) or several (a correction) in one batch; `files` is the ruleset's text.

    Nothing is written where entries, matches, verdicts and ruleset stand as they are.
    """
    postings: dict[str, list[Posting]] = {}
    tallies: dict[str, dict[str, tuple[str, tuple[Award, ...]]]] = {}
    verdicts: dict[str, list[Held]] = {}
    year = judgements.year
    for month in months:
        given = year.awards(month)
        own = difference(year.ruleset, given, standing_entries(connection, month))
        changed = changed_tallies(connection, month, given, year.facts(month))
        judged = changed_verdicts(connection, month, judgements.verdicts(month))
        if own or changed or judged or (not reason and _ruleset_of(connection, month) != year.ruleset.fingerprint):
            postings[month], tallies[month], verdicts[month] = own, changed, judged
    if not postings:
        return Posted(None, ())
    batch = _new_batch(connection, files, year.ruleset, list(postings), at, operator, reason)
    for month, changed in tallies.items():
        _write_matches(connection, batch.id, month, changed)
    write_verdicts(connection, batch.id, verdicts)
    return Posted(batch.id, _write_entries(connection, batch, postings, reason))


def _ruleset_of(connection: Connection, month: str) -> str | None:
    batch, scored = Batch.__table__, BatchMonth.__table__
    return connection.execute(
        select(batch.c.ruleset)
        .join(scored, scored.c.batch_id == batch.c.id)
        .where(scored.c.period == month)
        .order_by(batch.c.id.desc())
        .limit(1)
    ).scalar()


class _NewBatch(NamedTuple):
    id: int
    digest: str


def _new_batch(
    connection: Connection,
    files: Mapping[str, str],
    ruleset: Ruleset,
    months: Sequence[str],
    at: str,
    operator: str,
    reason: str,
) -> _NewBatch:
    known, batch = RulesetVersion.__table__, Batch.__table__
    if not connection.execute(select(known.c.fingerprint).where(known.c.fingerprint == ruleset.fingerprint)).first():
        connection.execute(insert(known).values(fingerprint=ruleset.fingerprint, files=canonical(dict(files))))
    # Ids are given here, for they are under the digest; the transaction holds the ledger meanwhile.
    id_ = (connection.execute(select(func.max(batch.c.id))).scalar() or 0) + 1
    facts = last_digest(connection, Seal.__table__)
    content = (
        id_, at, operator, min(months), ruleset.fingerprint, newest_version(connection), __version__, reason, facts,
    )  # fmt: skip
    digest = link(last_digest(connection, batch), content)
    insert_rows(connection, Batch, (*BATCH_COLUMNS, "digest"), [(*content, digest)])
    insert_rows(connection, BatchMonth, ("batch_id", "period"), [(id_, month) for month in months])
    return _NewBatch(id_, digest)


def changed_tallies(
    connection: Connection, month: str, given: Mapping[str, tuple[Award, ...]], facts: MonthFacts
) -> dict[str, tuple[str, tuple[Award, ...]]]:
    """The units whose facts or matches are not those of their newest tally: unit to the new digest and the awards."""
    tally = Tally.__table__
    newest = select(func.max(tally.c.id)).where(tally.c.period == month).group_by(tally.c.unit)
    stand = dict(connection.execute(select(tally.c.unit, tally.c.digest).where(tally.c.id.in_(newest))).all())
    now = {unit: (_digest(facts.by_unit[unit], own), own) for unit, own in given.items()}
    empty = _digest((), ())
    gone = {unit: (empty, ()) for unit in stand if unit not in now}  # units that the list has lost
    return {unit: one for unit, one in {**now, **gone}.items() if stand.get(unit, empty) != one[0]}


def _digest(facts: tuple[Fact, ...], own: tuple[Award, ...]) -> str:
    rows = [[award.hit.rule.id, _version(award), award.hit.raw, award.given, award.limit] for award in own]
    return hashlib.sha256(canonical([[fact.version for fact in facts], rows]).encode()).hexdigest()


def _write_matches(
    connection: Connection, batch: int, month: str, tallies: Mapping[str, tuple[str, tuple[Award, ...]]]
) -> None:
    rows = []
    for unit, (digest, own) in tallies.items():
        tally = connection.execute(
            insert(Tally.__table__).values(batch_id=batch, period=month, unit=unit, digest=digest)
        ).inserted_primary_key[0]
        rows += [
            (tally, award.hit.rule.id, _version(award), award.hit.raw, award.given, award.limit) for award in own
        ]
    insert_rows(connection, Match, ("tally_id", "rule", "fact_version_id", "raw", "given", "limit"), rows)


def _write_entries(
    connection: Connection, batch: _NewBatch, postings: Mapping[str, list[Posting]], reason: str
) -> tuple[tuple[int, Posting], ...]:
    entry = LedgerEntry.__table__
    first = (connection.execute(select(func.max(entry.c.id))).scalar() or 0) + 1
    numbered = tuple(enumerate(((month, one) for month, own in postings.items() for one in own), start=first))
    rows = [
        (id_, batch.id, month, one.unit, one.rule, one.kind, one.points, one.fact_kind, one.fact_key, one.fact_version,
         one.reverses, reason)
        for id_, (month, one) in numbered
    ]  # fmt: skip
    digests = entry_digests(last_digest(connection, entry), batch.digest, rows)
    sealed = [(*row, digest) for row, digest in zip(rows, digests, strict=True)]
    insert_rows(connection, LedgerEntry, (*ENTRY_COLUMNS, "digest"), sealed)
    return tuple((id_, one) for id_, (_, one) in numbered)
