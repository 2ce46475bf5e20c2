"""What the store says of facts by now: the newest version of each key, looked up by kinds or by keys."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Select, select

from engine.dsl.model import Ruleset
from engine.intake.faults import place
from models.tables import Approval, Closing, FactVersion, SourceFile
from models.versions import newest_ids

_CHUNK = 500  # keys in one query
VERSION_COLUMNS = ("import_id", "file_id", "sheet", "row", "kind", "key", "fields", "withdrawn", "derived")  # to write one
_VERSION, _SOURCE = FactVersion.__table__, SourceFile.__table__


class Held(NamedTuple):
    """The newest version of a key."""

    id: int
    kind: str
    key: str
    fields: str
    withdrawn: bool
    derived: bool
    file_id: int
    file: str
    sheet: str | None
    row: int

    @property
    def place(self) -> str:
        return f"已入库的 {place(self.file, self.sheet, self.row)}"


Standing = dict[tuple[str, str], Held]


def newest_of_kinds(connection: Connection, kinds: Iterable[str]) -> Standing:
    """The newest version of every key of some kinds, withdrawn ones too."""
    return _by_key(connection, _query().where(_VERSION.c.id.in_(newest_ids(kinds=set(kinds)))))


def newest_of_keys(connection: Connection, keys: Iterable[tuple[str, str]]) -> Standing:
    """The newest versions of those of these facts that were ever stored."""
    found: Standing = {}
    known: dict[str, bool] = {}
    for kind, some in _chunks(keys):
        if kind not in known:
            one = select(_VERSION.c.id).where(_VERSION.c.kind == kind).limit(1)
            known[kind] = connection.execute(one).first() is not None
        if known[kind]:
            newest = newest_ids(kinds=[kind]).where(_VERSION.c.key.in_(some))
            found |= _by_key(connection, _query().where(_VERSION.c.id.in_(newest)))
    return found


def version_ids(keys: Iterable[tuple[str, str]]) -> Iterator[Select]:
    """Queries for the ids of all versions of these facts, some facts in each."""
    for kind, some in _chunks(keys):
        yield select(_VERSION.c.id).where(_VERSION.c.kind == kind, _VERSION.c.key.in_(some))


def _chunks(keys: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in keys:
        by_kind[kind].append(key)
    for kind, wanted in by_kind.items():
        for start in range(0, len(wanted), _CHUNK):
            yield kind, wanted[start : start + _CHUNK]


def versions(connection: Connection, query: Select) -> Iterator[Held]:
    """The versions whose ids a query gives, by their order in the store."""
    return (Held(*row) for row in connection.execute(_query().where(_VERSION.c.id.in_(query)).order_by(_VERSION.c.id)))


def opened_months(connection: Connection, ruleset: Ruleset, *, once: bool = False) -> frozenset[str]:
    """The months that facts of the opening kind stand in; with `once` also those in which some stood and were withdrawn."""
    kind = ruleset.kinds.get(ruleset.opening)
    if kind is None:
        return frozenset()
    held = newest_of_kinds(connection, [kind.name]).values()
    return frozenset(json.loads(one.fields)[kind.month_field] for one in held if once or not one.withdrawn)


def closed_months(connection: Connection) -> frozenset[str]:
    return frozenset(connection.execute(select(Closing.__table__.c.period)).scalars())


def approved_years(connection: Connection) -> frozenset[str]:
    return frozenset(map(str, connection.execute(select(Approval.__table__.c.year)).scalars()))


def _query() -> Select:
    columns = _VERSION.c["id", "kind", "key", "fields", "withdrawn", "derived", "file_id"]
    return select(columns, _SOURCE.c.name, _VERSION.c["sheet", "row"]).join_from(
        _VERSION, _SOURCE, _VERSION.c.file_id == _SOURCE.c.id
    )


def _by_key(connection: Connection, query: Select) -> Standing:
    held = (Held(*row) for row in connection.execute(query.order_by(_VERSION.c.id)))
    return {(one.kind, one.key): one for one in held}
