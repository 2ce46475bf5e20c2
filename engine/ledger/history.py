"""The facts and the changes that made them, as the store has them: for the listings `facts` and `imports`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, case, func, select

from engine.dsl.loader import DERIVE
from engine.dsl.derivation import Derivation
from engine.dsl.model import Kind, Ruleset, Time
from engine.dsl.types import UnitType
from engine.facts import Fact, key_line, key_order, key_texts
from engine.scoring.months import holds
from models.tables import Act, FactVersion, Import, SourceFile
from models.versions import newest_ids

Stored = str | int
_CHUNK = 10_000  # ids that a query names


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a fact: its values as JSON keeps them, and the change that brought it."""

    id: int
    kind: str
    key: str
    values: Mapping[str, Stored]
    withdrawn: bool
    derived: bool
    file: str
    sheet: str | None
    row: int
    change: int
    at: str
    operator: str
    act: str
    reason: str

    @property
    def key_texts(self) -> tuple[str, ...]:
        return key_texts(self.key)

    def as_json(self, ruleset: Ruleset) -> dict[str, object]:
        known = ruleset.kinds.get(self.kind)
        return {
            "kind": self.kind,
            "key": key_line(self.key),
            "values": dict(self.values),
            "unit": self.values.get(known.unit_field) if known else None,
            "version": self.id,
            "withdrawn": self.withdrawn,
            "derived": self.derived,
            "import": self.change,
            "operator": self.operator,
            "at": self.at,
            "act": self.act,
            "reason": self.reason,
            "source": {"file": self.file, "sheet": self.sheet, "row": self.row},
        }


@dataclass(frozen=True)
class Wanted:
    """Which facts to list; what is None does not narrow. `unit` is a name of the list, `month` a YYYY-MM."""

    kind: str | None = None
    unit: str | None = None
    month: str | None = None
    seen: int | None = None  # as the facts stood when this was the newest version; None: now


def facts(connection: Connection, ruleset: Ruleset, wanted: Wanted) -> list[Version]:
    """The facts as they stand, withdrawn ones left out, by kind in the dictionary's order, then by key."""
    stored = _versions(connection, _kinds(ruleset, wanted), newest=True, seen=wanted.seen)
    return _ordered(ruleset, [one for one in stored if not one.withdrawn and _fits(ruleset, wanted, one)])


def versions(connection: Connection, ruleset: Ruleset, wanted: Wanted) -> list[Version]:
    """Every version of each fact that is, or once was, as wanted: in the same order, the oldest first of a key."""
    stored = _versions(connection, _kinds(ruleset, wanted), newest=False)
    meant = {(one.kind, one.key) for one in stored if _fits(ruleset, wanted, one)}
    return _ordered(ruleset, [one for one in stored if (one.kind, one.key) in meant])


def _kinds(ruleset: Ruleset, wanted: Wanted) -> Collection[str] | None:
    """The kinds to read from the store at all; None is every kind, also one that the dictionary has lost."""
    if wanted.kind is not None:
        return (wanted.kind,)
    if wanted.unit is None and wanted.month is None:
        return None
    dated = {one.source for one in ruleset.derivations}
    return [
        kind.name
        for kind in ruleset.kinds.values()
        if (wanted.unit is None or _unit_fields(kind))
        and (wanted.month is None or kind.time is not Time.RECORD or kind.name in dated)
    ]


def versions_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Version]:
    """The versions of these ids."""
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), _CHUNK):
        some = FactVersion.__table__.c.id.in_(wanted[start : start + _CHUNK])
        found |= {one.id: one for one in _read(connection, _query().where(some))}
    return found


def _versions(
    connection: Connection, kinds: Collection[str] | None, *, newest: bool, seen: int | None = None
) -> list[Version]:
    version, query = FactVersion.__table__, _query()
    if newest:
        query = query.where(version.c.id.in_(newest_ids(kinds=kinds, seen=seen)))
    elif kinds is not None:
        query = query.where(version.c.kind.in_(sorted(kinds)))
    return _read(connection, query)


def _query() -> Select:
    version, source, change = FactVersion.__table__, SourceFile.__table__, Import.__table__
    return (
        select(
            version.c["id", "kind", "key", "fields", "withdrawn", "derived"], source.c.name, version.c["sheet", "row"],
            change.c["id", "at", "operator", "act", "reason"],
        )
        .join_from(version, source, source.c.id == version.c.file_id)
        .join(change, change.c.id == version.c.import_id)
        .order_by(version.c.id)
    )  # fmt: skip


def _read(connection: Connection, query: Select) -> list[Version]:
    return [Version(*row[:3], json.loads(row.fields), *row[4:]) for row in connection.execute(query)]


def _fits(ruleset: Ruleset, wanted: Wanted, one: Version) -> bool:
    if wanted.unit is None and wanted.month is None:
        return True
    kind = ruleset.kinds[one.kind]
    if wanted.unit is not None and wanted.unit not in [one.values.get(name) for name in _unit_fields(kind)]:
        return False
    return wanted.month is None or _in_month(ruleset.derivations, kind, one, wanted.month)


def _unit_fields(kind: Kind) -> list[str]:
    """The field of the unit that owns the fact; all that name units where a route finds the owner."""
    if kind.unit_field is not None:
        return [kind.unit_field]
    return [name for name, field in kind.fields.items() if isinstance(field.type, UnitType)]


def _in_month(derivations: Sequence[Derivation], kind: Kind, one: Version, month: str) -> bool:
    if kind.time is Time.RECORD:
        dates = [str(one.values.get(derived.month_of, "")) for derived in derivations if derived.source == kind.name]
        return any(date.startswith(month) for date in dates)
    if kind.time is Time.ANNUAL:
        return one.values[kind.year_field] == month[:4]
    return holds(kind, Fact(one.kind, one.key, one.values), month)


def _ordered(ruleset: Ruleset, found: list[Version]) -> list[Version]:
    place = {name: position for position, name in enumerate(ruleset.kinds)}

    def order(one: Version) -> tuple:
        return place.get(one.kind, len(place)), one.kind, key_order(json.loads(one.key)), one.id

    return sorted(found, key=order)


@dataclass(frozen=True)
class Change:
    """One import, withdrawal or derivation, its files as (name, sha256), and how many facts it made what they are."""

    id: int
    at: str
    operator: str
    act: str
    reason: str
    files: tuple[tuple[str, str], ...]
    new: int
    changed: int
    withdrawn: int
    derived: int  # figures that it made of records, or withdrew

    def as_json(self) -> dict[str, object]:
        return {
            "import": self.id,
            "at": self.at,
            "operator": self.operator,
            "act": self.act,
            "reason": self.reason,
            "files": [{"name": name, "sha256": digest} for name, digest in self.files],
            "new": self.new,
            "changed": self.changed,
            "withdrawn": self.withdrawn,
            "derived": self.derived,
        }


def changes(connection: Connection) -> list[Change]:
    """Every change of the facts, oldest first. A fact is new where none of its key stood before."""
    change, source = Import.__table__, SourceFile.__table__
    files: dict[int, list[tuple[str, str]]] = {}
    read = (source.c.name != DERIVE) | (change.c.act == Act.DERIVE)  # an import derives by a file that it did not read
    rows = select(source.c["import_id", "name", "sha256"]).join_from(source, change).where(read).order_by(source.c.id)
    for id_, *file in connection.execute(rows):
        files.setdefault(id_, []).append(tuple(file))
    counts = {id_: tuple(made) for id_, *made in connection.execute(_counts())}
    return [
        Change(*row, tuple(files.get(row.id, ())), *counts.get(row.id, (0, 0, 0, 0)))
        for row in connection.execute(select(change.c["id", "at", "operator", "act", "reason"]).order_by(change.c.id))
    ]


def _counts():
    """Import id, and its versions that are new, changed and withdrawn."""
    version = FactVersion.__table__
    before = func.lag(version.c.withdrawn).over(partition_by=(version.c.kind, version.c.key), order_by=version.c.id)
    told = select(version.c["import_id", "withdrawn", "derived"], (~func.coalesce(before, True)).label("stood")).subquery()

    def count(condition) -> object:
        return func.count(case((condition, 1)))

    own = ~told.c.derived
    return select(
        told.c.import_id, count(own & ~told.c.withdrawn & ~told.c.stood), count(own & ~told.c.withdrawn & told.c.stood),
        count(own & told.c.withdrawn), count(told.c.derived),
    ).group_by(told.c.import_id)  # fmt: skip
