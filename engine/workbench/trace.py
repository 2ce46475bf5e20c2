"""From one entry of the ledger back to the cells that it was made of, and forward to every rank that it moved.

An award is what a rule gave on a fact version at its posting. A reversal is traced as the award that it took back, and both as
they weighed before that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Row, func, select

from engine.dsl.derivation import Derivation
from engine.dsl.masks import masked
from engine.dsl.model import FieldRef, PointsTable, Rule, Ruleset
from engine.errors import InputError
from engine.facts import Fact, key_texts, typed
from engine.intake.locating import columns_of
from engine.ledger.book import FactLine, MatchLine
from engine.ledger.history import Version, versions_by_id
from engine.ledger.reading import kept_ruleset, standing_matches
from engine.notices.places import pages_with
from engine.scoring.points import shown
from engine.scoring.sentence import sentence
from engine.scoring.succession import owner
from engine.workbench.forward import MonthEffect, Weight, YearEffect, months_moved, year_moved
from models.tables import Act, Batch, FactVersion, LedgerEntry, SourceFile
from models.versions import newest_ids

_ENTRY, _BATCH, _VERSION, _SOURCE = LedgerEntry.__table__, Batch.__table__, FactVersion.__table__, SourceFile.__table__
_FIRST = 5  # records of a derived figure that are told


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry with the batch that wrote it: points in hundredths, `ruleset` the fingerprint of the rules it was posted by."""

    entry: int
    month: str
    unit: str
    rule: str
    kind: str  # award or reversal
    points: int
    fact_kind: str | None
    fact_key: str | None
    version: int | None
    reverses: int | None
    batch: int
    at: str
    operator: str
    reason: str
    ruleset: str


@dataclass(frozen=True, slots=True)
class FieldCell:
    """A field of a fact as it is stored; `read` where the rule reads it, `cell` where that can be told from the very file."""

    field: str
    value: str | int
    read: bool
    cell: str | None


@dataclass(frozen=True, slots=True)
class Records:
    """The single records that a figure was made of: how many, and the first of them by key."""

    kind: str
    count: int
    first: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The fact version that was read, persons masked. `sha256` is of its file, None of a derived figure, which has `records`."""

    version: Version
    cells: tuple[FieldCell, ...]
    sha256: str | None
    earlier: tuple[Version, ...]  # of the same fact, oldest first
    later: tuple[Version, ...]
    records: Records | None


@dataclass(frozen=True, slots=True)
class Trace:
    """`award` is what was given, though `posting` may be its reversal; `taken_back` is the reversal, None where it stands,
    and `instead` the awards of the same account that came in its place."""

    posting: Posting
    award: Posting
    taken_back: Posting | None
    instead: tuple[Posting, ...]
    ruleset: Ruleset
    rule: Rule
    match: MatchLine
    origin: Origin | None  # None of an absence
    months: tuple[MonthEffect, ...]
    year: YearEffect | None
    notices: tuple[str, ...]  # path#anchor below the folder of all notices


def trace(connection: Connection, folder: Path, notices: Path, number: int) -> Trace:
    """The trace of an entry; `folder` is the workspace's. Raises InputError where there is none of that number."""
    posting = _posting(connection, number)
    award = posting if posting.reverses is None else _posting(connection, posting.reverses)
    back = connection.execute(select(_ENTRY.c.id).where(_ENTRY.c.reverses == award.entry)).scalar()
    taken_back = None if back is None else _posting(connection, back)
    ruleset = kept_ruleset(connection, award.ruleset)
    rule = next(one for one in ruleset.in_force(award.month) if one.id == award.rule)
    origin = None if award.version is None else _origin(connection, folder, ruleset, rule, award.version)
    until = taken_back and taken_back.batch
    fact = None if award.version is None else (award.fact_kind, award.fact_key)
    weight = Weight(award.month, award.unit, award.rule, fact, award.points, until)
    return Trace(
        posting,
        award,
        taken_back,
        _instead(connection, taken_back) if taken_back else (),
        ruleset,
        rule,
        _match(connection, ruleset, rule, award),
        origin,
        months_moved(connection, weight),
        year_moved(connection, weight),
        pages_with(notices, posting.month, posting.unit, posting.entry),
    )


def _posting(connection: Connection, number: int) -> Posting:
    rows = connection.execute(_postings().where(_ENTRY.c.id == number)).all()
    if not rows:
        last = connection.execute(select(func.max(_ENTRY.c.id))).scalar()
        if last is None:
            raise InputError("账本还没有分录", "先执行 `jifen run 月份`")
        raise InputError(f"账本没有第 {number} 号分录，只有 1 至 {last} 号", "用 `jifen ledger --unit 单位 --month 月份` 查编号")
    return _of(rows[0])


def _postings():
    return select(
        _ENTRY.c["id", "period", "unit", "rule", "kind", "points", "fact_kind", "fact_key", "fact_version_id", "reverses"],
        _BATCH.c["id", "at", "operator", "reason", "ruleset"],
    ).join(_BATCH, _BATCH.c.id == _ENTRY.c.batch_id)


def _of(row: Row) -> Posting:
    return Posting(*row)


def _instead(connection: Connection, taken_back: Posting) -> tuple[Posting, ...]:
    """The awards that the batch of a reversal gave the same account."""
    same = [_ENTRY.c[name] == value for name, value in (
        ("period", taken_back.month), ("unit", taken_back.unit), ("rule", taken_back.rule), ("batch_id", taken_back.batch),
        ("kind", "award"),
    )]  # fmt: skip
    told = ((_ENTRY.c.fact_kind, taken_back.fact_kind), (_ENTRY.c.fact_key, taken_back.fact_key))
    same += [column.is_(None) if value is None else column == value for column, value in told]
    return tuple(map(_of, connection.execute(_postings().where(*same).order_by(_ENTRY.c.id))))


def _match(connection: Connection, ruleset: Ruleset, rule: Rule, award: Posting) -> MatchLine:
    """The match that was recorded with an award."""
    rows = connection.execute(standing_matches(award.month, award.batch + 1))
    found = next(row for row in rows if (row.unit, row.rule, row.fact_version_id) == (award.unit, award.rule, award.version))
    if award.version is None:
        fact, line, kind = None, None, None
    else:
        version = versions_by_id(connection, [award.version])[award.version]
        kind = ruleset.kinds[version.kind]
        fact = _fact(ruleset, version)
        public = masked(ruleset.masks, kind, fact)
        line = FactLine(
            version.kind, key_texts(public.key), public.values, version.file, version.sheet, version.row, version.derived
        )
    said = sentence(ruleset, rule, fact and masked(ruleset.masks, kind, fact), award.month)
    return MatchLine(
        award.unit, award.rule, line, found.raw, found.given, found.limit, shown(rule, kind, fact), said, award.entry
    )


def _fact(ruleset: Ruleset, version: Version) -> Fact:
    return Fact(version.kind, version.key, typed(ruleset.kinds[version.kind], dict(version.values)), version.id)


def _origin(connection: Connection, folder: Path, ruleset: Ruleset, rule: Rule, number: int) -> Origin:
    read = versions_by_id(connection, [number])[number]
    own = select(_VERSION.c.id).where(_VERSION.c.kind == read.kind, _VERSION.c.key == read.key)
    every = versions_by_id(connection, connection.execute(own).scalars().all())
    told = [_masked(ruleset, one) for one in every.values()]
    digest = select(_SOURCE.c.sha256).join(_VERSION, _VERSION.c.file_id == _SOURCE.c.id).where(_VERSION.c.id == number)
    sha256 = None if read.derived else connection.execute(digest).scalar_one()
    told_in_rows = sha256 is not None and read.row > 0 and read.act == Act.IMPORT  # not by a command, with a file as its proof
    columns = columns_of(folder, read.file, sha256, read.sheet, read.kind, ruleset) if told_in_rows else {}
    shown_version = _masked(ruleset, read)
    return Origin(
        shown_version,
        _cells(ruleset, shown_version, _fields_read(rule), columns),
        sha256,
        tuple(one for one in told if one.id < number),
        tuple(one for one in told if one.id > number),
        _records(connection, ruleset, read) if read.derived else None,
    )


def _masked(ruleset: Ruleset, version: Version) -> Version:
    """A version as the public may see it."""
    if version.kind not in ruleset.kinds:
        return version
    public = masked(ruleset.masks, ruleset.kinds[version.kind], Fact(version.kind, version.key, version.values))
    return replace(version, key=public.key, values=public.values)


def _fields_read(rule: Rule) -> frozenset[str]:
    """The fields that a rule's tests, points and limits read."""
    tests = rule.fact.tests if rule.fact else ()
    named = {test.field for test in tests} | {test.value.name for test in tests if isinstance(test.value, FieldRef)}
    named |= {rule.points.field} if isinstance(rule.points, PointsTable) else rule.points.names
    return frozenset({*named, rule.times, rule.best_of, *(rule.once_per or ())} - {None})


def _cells(
    ruleset: Ruleset, version: Version, read: Collection[str], columns: Mapping[str, str]
) -> tuple[FieldCell, ...]:
    return tuple(
        FieldCell(name, version.values[name], name in read, f"{columns[name]}{version.row}" if name in columns else None)
        for name in ruleset.kinds[version.kind].fields
        if name in version.values
    )


def _records(connection: Connection, ruleset: Ruleset, made: Version) -> Records | None:
    """What a derived figure was made of, as the records stood when it was made; None where no derivation tells any more."""
    derivation = next((one for one in ruleset.derivations if one.makes == made.kind), None)
    if derivation is None:
        return None
    kind = ruleset.kinds[made.kind]
    unit, month = made.values[kind.unit_field], made.values[kind.month_field]
    found = [one for one in _dated(connection, derivation, str(month), made.id) if _owner(ruleset, derivation, one, str(month)) == unit]
    found.sort(key=lambda one: (_fact(ruleset, one).order, one.id))
    return Records(derivation.source, len(found), tuple(_masked(ruleset, one) for one in found[:_FIRST]))


def _dated(connection: Connection, derivation: Derivation, month: str, seen: int) -> list[Version]:
    date = derivation.month_of
    ids = select(_VERSION.c.id).where(
        _VERSION.c.id.in_(newest_ids(kinds=[derivation.source], seen=seen)),
        ~_VERSION.c.withdrawn,
        _VERSION.c.fields.contains(f'"{date}":"{month}', autoescape=True),
    )
    told = versions_by_id(connection, connection.execute(ids).scalars().all())
    return [one for one in told.values() if str(one.values[date])[:7] == month]


def _owner(ruleset: Ruleset, derivation: Derivation, record: Version, month: str) -> str:
    name = str(record.values[ruleset.kinds[derivation.source].unit_field])
    return owner(ruleset, name, month) or name
