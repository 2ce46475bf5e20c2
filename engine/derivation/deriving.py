"""Keeps the figures that are made of records in step with them: derived facts are versions like all others.

Where a unit has records of a month and has also reported the figures itself, the two must agree: the report stands, and
a difference is a fault.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, insert, or_, select

from engine.derivation.figures import figures
from engine.dsl.findings import Place
from engine.dsl.derivation import Derivation
from engine.dsl.model import Kind, Ruleset
from engine.dsl.types import Value
from engine.errors import IntakeRefused
from engine.facts import canonical, key_texts, typed
from engine.intake.faults import Fault
from engine.intake.standing import VERSION_COLUMNS, Held, newest_of_kinds
from engine.scoring.succession import owner
from models.bulk import insert_rows
from models.chain import seal
from models.tables import Act, FactVersion, Import, SourceFile
from models.versions import newest_ids

if TYPE_CHECKING:
    from engine.intake.rows import Draft

_VERSION, _SOURCE = FactVersion.__table__, SourceFile.__table__
_CHUNK = 5_000


@dataclass(frozen=True)
class Derived:
    """What a derivation wrote: how many facts, of which months; or the reports that differ, and the rows in dispute."""

    count: int = 0
    months: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    disputed: frozenset[tuple[str, str | None, int]] = frozenset()


class _Origin(NamedTuple):
    import_id: int
    file_id: int


class _Made(NamedTuple):
    """The figures of a unit's month: what the records come to (None without any), and what stands."""

    unit: str
    month: str
    key: str
    fields: str | None
    held: Held | None


class Brought(NamedTuple):
    """A row of the import at hand, with the fields (canonical JSON) that stood before it, if any did."""

    draft: Draft
    before: str | None


def derive(
    connection: Connection,
    ruleset: Ruleset,
    import_id: int,
    months: Collection[str],
    brought: Sequence[Brought] = (),
    *,
    stale: bool,
) -> Derived:
    """Makes the figures of some months anew.

    A report that differs is a fault of the rows brought, which say something of its unit's month; others are not told
    here. `stale` says that the figures of other months were made by another meaning of the derivations: so they stay.
    """
    done = Derived()
    wanted = set(months) & set(ruleset.months)
    if wanted and ruleset.derivations:
        origin = _origin(connection, ruleset, import_id, "" if stale else meaning(ruleset))
        for derivation in ruleset.derivations:
            told, made = _compared(connection, ruleset, derivation, wanted)
            faults, disputed = [], set()
            for one in told:
                rows = _rows(ruleset, derivation, one, brought)
                if rows:
                    faults.append(_fault(derivation, one, rows[0]))
                    disputed |= {(row.file, row.sheet, row.row) for row in rows}
            if not faults:
                _write(connection, derivation, origin, made)
            done = _both(done, Derived(len(made), frozenset(one.month for one in made), tuple(faults), frozenset(disputed)))
    return done


def rederive(connection: Connection, ruleset: Ruleset, *, operator: str, at: str) -> None:
    """Makes all figures anew where a derivation, its settings or its calendar have changed since they were made.

    Raises IntakeRefused with every difference to what units have reported.
    """
    orphans = _orphans(connection, ruleset)
    if not orphans and not is_stale(connection, ruleset):
        return
    act = insert(Import.__table__).values(at=at, operator=operator, act=Act.DERIVE, reason="")
    import_id = connection.execute(act).inserted_primary_key[0]
    insert_rows(connection, FactVersion, VERSION_COLUMNS, [
        (import_id, one.file_id, one.sheet, one.row, one.kind, one.key, one.fields, True, True) for one in orphans
    ])  # fmt: skip
    origin = _origin(connection, ruleset, import_id, meaning(ruleset)) if ruleset.derivations else None
    faults = []
    for derivation in ruleset.derivations:
        told, made = _compared(connection, ruleset, derivation, set(ruleset.months))
        faults += [_fault(derivation, one, one.held) for one in told]
        _write(connection, derivation, origin, made)
    if faults:
        raise IntakeRefused(faults, outcome="没有计分")
    seal(connection, import_id)


def is_stale(connection: Connection, ruleset: Ruleset) -> bool:
    """Whether there are records whose figures were last made by another meaning of the derivations, or never."""
    if not ruleset.derivations:
        return False
    sources = {one.source for one in ruleset.derivations}
    if connection.execute(select(_VERSION.c.id).where(_VERSION.c.kind.in_(sources)).limit(1)).first() is None:
        return False
    file = ruleset.derivations[0].place.file
    last = select(_SOURCE.c.sha256).where(_SOURCE.c.name == file).order_by(_SOURCE.c.id.desc()).limit(1)
    return connection.execute(last).scalar() != meaning(ruleset)


def _orphans(connection: Connection, ruleset: Ruleset) -> list[Held]:
    """The standing figures that no derivation makes any more."""
    made = [one.makes for one in ruleset.derivations]
    kinds = select(_VERSION.c.kind).where(_VERSION.c.derived, _VERSION.c.kind.not_in(made)).distinct()
    lost = list(connection.execute(kinds).scalars())
    held = newest_of_kinds(connection, lost).values() if lost else ()
    return [one for one in held if one.derived and not one.withdrawn]


def records_of(
    connection: Connection, ruleset: Ruleset, derivation: Derivation, months: Collection[str], seen: int | None = None
) -> list[dict[str, Value]]:
    """The records of some months in their newest version, as it was when `seen` was the newest version of all."""
    date = derivation.month_of
    # Canonical JSON has one spelling, so that a month's records can be told by their text before they are parsed.
    likely = or_(*(_VERSION.c.fields.contains(f'"{date}":"{month}', autoescape=True) for month in months))
    rows = connection.execute(
        select(_VERSION.c.fields)
        .where(_VERSION.c.id.in_(newest_ids(kinds=[derivation.source], seen=seen)), ~_VERSION.c.withdrawn, likely)
        .order_by(_VERSION.c.key)
    )
    found: list[dict[str, Value]] = []
    for some in rows.partitions(_CHUNK):
        found += json.loads(f"[{','.join(row.fields for row in some)}]")
    kind = ruleset.kinds[derivation.source]
    return [typed(kind, values) for values in found if values[date][:7] in months]


def _compared(
    connection: Connection, ruleset: Ruleset, derivation: Derivation, months: set[str]
) -> tuple[list[_Made], list[_Made]]:
    """The figures of these months that a standing report contradicts, and those that are to be written."""
    differing, written = [], []
    for one in _made(connection, ruleset, derivation, months):
        standing = one.held is not None and not one.held.withdrawn
        if standing and not one.held.derived:
            if one.fields is not None and _difference(derivation, one):
                differing.append(one)
        elif (one.held.fields if standing else None) != one.fields:
            written.append(one)
    return differing, written


def _made(connection: Connection, ruleset: Ruleset, derivation: Derivation, months: set[str]) -> Iterator[_Made]:
    """Every unit's month of these that has records or figures, by month, then in the order of the list."""
    kind = ruleset.kinds[derivation.makes]
    counted = figures(ruleset, derivation, records_of(connection, ruleset, derivation, months))
    standing = {key: held for (_, key), held in newest_of_kinds(connection, [kind.name]).items()}
    keys = {_key(kind, unit, month): (unit, month) for unit, month in counted}
    for key, held in standing.items():
        values = json.loads(held.fields)
        if values[kind.month_field] in months:
            keys.setdefault(key, (values[kind.unit_field], values[kind.month_field]))
    order = ruleset.order
    for key, (unit, month) in sorted(keys.items(), key=lambda one: (one[1][1], order.get(one[1][0], len(order)), one[1][0])):
        counts = counted.get((unit, month))
        fields = counts and canonical({kind.unit_field: unit, kind.month_field: month, **counts})
        yield _Made(unit, month, key, fields, standing.get(key))


def _key(kind: Kind, unit: str, month: str) -> str:
    return canonical([{kind.unit_field: unit, kind.month_field: month}[name] for name in kind.key])


def _difference(derivation: Derivation, made: _Made) -> str:
    """Both figures of each field in which a report and the records differ."""
    reported, counted = json.loads(made.held.fields), json.loads(made.fields)
    return "，".join(
        f"{one.field} 报送 {reported.get(one.field)}、汇总 {counted[one.field]}"
        for one in derivation.counts
        if reported.get(one.field) != counted[one.field]
    )


def _rows(ruleset: Ruleset, derivation: Derivation, made: _Made, brought: Sequence[Brought]) -> list[Draft]:
    """The rows brought that a difference comes from: the report, or else the records, those that left the month too."""
    reported = [draft for draft, _ in brought if (draft.kind, draft.key) == (derivation.makes, made.key)]
    if reported:
        return reported
    unit, date = ruleset.kinds[derivation.source].unit_field, derivation.month_of
    found = []
    for draft, before in brought:
        if draft.kind == derivation.source:
            said = [json.loads(fields) for fields in (draft.fields, before) if fields is not None]
            own = (one[unit] for one in said if one[date][:7] == made.month)
            if any((owner(ruleset, name, made.month) or name) == made.unit for name in own):
                found.append(draft)
    return found


def _fault(derivation: Derivation, made: _Made, at: Draft | Held) -> Fault:
    key = " ".join(key_texts(made.key))
    message = (
        f"{made.unit} {made.month} 报送的“{derivation.makes}”与由“{derivation.source}”汇总的不一致："
        f"{_difference(derivation, made)}；改正其一，或用 `jifen withdraw {derivation.makes} {key} --reason 原因`"
        " 撤回报送的数，以汇总为准"
    )
    return Fault(at.file, at.sheet, at.row, None, None, None, "derived-differs", message)


def _origin(connection: Connection, ruleset: Ruleset, import_id: int, meaning: str) -> _Origin:
    """The file that derived facts come from, with what it means by now in place of its digest."""
    file = ruleset.derivations[0].place.file
    made = insert(_SOURCE).values(import_id=import_id, name=file, sha256=meaning)
    return _Origin(import_id, connection.execute(made).inserted_primary_key[0])


def _write(connection: Connection, derivation: Derivation, origin: _Origin, made: Sequence[_Made]) -> None:
    row = derivation.place.line
    rows = [
        (origin.import_id, origin.file_id, None, row, derivation.makes, one.key,
         one.held.fields if one.fields is None else one.fields, one.fields is None, True)
        for one in made
    ]  # fmt: skip
    insert_rows(connection, FactVersion, VERSION_COLUMNS, rows)


def meaning(ruleset: Ruleset) -> str:
    """What tells one meaning of the derivations from another, wherever they stand in their file, and in whichever year."""
    said = repr([replace(one, place=Place("", 1, 1)) for one in ruleset.derivations])
    january = ruleset.months[0]
    settings = {
        name: (setting.at(january), [(since, value) for since, value, _ in setting.values if since > january])
        for name, setting in ruleset.settings.items()
        if repr(name) in said
    }
    calendar = {year: (sorted(one.holidays), sorted(one.workdays)) for year, one in sorted(ruleset.calendar.items())}
    return hashlib.sha256(repr((said, settings, calendar)).encode()).hexdigest()


def _both(one: Derived, other: Derived) -> Derived:
    return Derived(
        one.count + other.count, one.months | other.months, one.faults + other.faults, one.disputed | other.disputed
    )
