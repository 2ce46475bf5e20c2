"""Facts out of the store: the newest version of each key, as values for scoring."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Row, func, select

from engine.dsl.model import Kind, Ruleset, Time
from engine.errors import InputError
from engine.facts import Fact, key_order, key_texts, typed
from models.tables import FactVersion
from models.versions import newest_ids

_CHUNK = 5_000
UNSCORED = (Time.RECORD, Time.ANNUAL)


def newest_facts(connection: Connection, ruleset: Ruleset, seen: int | None = None) -> list[Fact]:
    """Every fact that a month is scored from, of all years, in its newest version, withdrawn ones left out.

    `seen` asks for what stood when that version was the newest. Raises InputError where the dictionary no longer fits.
    """
    version = FactVersion.__table__
    rows = connection.execute(
        select(version.c["id", "kind", "key", "fields"])
        .where(version.c.id.in_(newest_ids(kinds=scored_kinds(connection, ruleset), seen=seen)), ~version.c.withdrawn)
    )
    facts: list[Fact] = []
    for some in rows.partitions(_CHUNK):
        facts += _facts(ruleset, some)
    return facts


def facts_by_version(connection: Connection, ruleset: Ruleset, versions: Collection[int]) -> list[Fact]:
    """These fact versions, whether they are the newest or not."""
    version = FactVersion.__table__
    columns = version.c["id", "kind", "key", "fields"]
    wanted = sorted(versions)
    facts: list[Fact] = []
    for start in range(0, len(wanted), _CHUNK):
        rows = connection.execute(select(columns).where(version.c.id.in_(wanted[start : start + _CHUNK]))).all()
        facts += _facts(ruleset, rows)
    return facts


def scored_kinds(connection: Connection, ruleset: Ruleset) -> list[str]:
    """The stored kinds that months are scored from. Most versions of a year are single records, which are not."""
    stored = sorted(connection.execute(select(FactVersion.__table__.c.kind).distinct()).scalars())
    for kind in stored:
        if kind not in ruleset.kinds:
            raise InputError(f"库中有事实类型“{kind}”，而规则集的 facts.yaml 已没有它", "把该事实类型加回 facts.yaml")
    return [kind for kind in stored if ruleset.kinds[kind].time not in UNSCORED]


def _facts(ruleset: Ruleset, rows: Sequence[Row]) -> Iterator[Fact]:
    # One JSON text for many rows: read so, 40,000 facts take a fifth of the time that each by itself takes.
    keys, fields = (json.loads(f"[{','.join(row[column] for row in rows)}]") for column in (2, 3))
    for (id_, kind, key, _), parts, values in zip(rows, keys, fields, strict=True):
        known = ruleset.kinds[kind]
        _require_fitting(known, key, values)
        yield Fact(kind, key, typed(known, values), id_, key_order(parts))


def misfits(kind: Kind, values: Mapping[str, str | int]) -> list[str]:
    """The fields of a stored fact that a dictionary does not know, or asks for in vain, or gives no such value."""
    wrong = [name for name in values if name not in kind.fields]
    wrong += [name for name in kind.required if name not in values]
    wrong += [name for name, allowed in kind.closed.items() if values.get(name, allowed[0]) not in allowed]
    return wrong


def _require_fitting(kind: Kind, key: str, values: dict[str, str | int]) -> None:
    """A dictionary that was edited after facts came in must still fit them: nothing can be scored otherwise."""
    wrong = misfits(kind, values)
    if wrong:
        raise InputError(
            f"库中的事实 {kind.name} {' '.join(key_texts(key))} 与规则集的 facts.yaml 不符：{'、'.join(wrong)}",
            "恢复 facts.yaml 中原来的字段与取值，或把这些事实改正后重新导入",
        )


def newest_version(connection: Connection) -> int:
    return connection.execute(select(func.max(FactVersion.__table__.c.id))).scalar() or 0
