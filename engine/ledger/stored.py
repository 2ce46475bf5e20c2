"""Facts out of the store: the newest version of each key, as values for scoring."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from engine.dsl.model import Ruleset, Time
from engine.errors import InputError
from engine.facts import Fact, restore
from models.tables import FactVersion

_UNSCORED = (Time.RECORD, Time.ANNUAL)


def newest_facts(connection: Connection, ruleset: Ruleset) -> list[Fact]:
    """Every fact that could hold in a month of the ruleset's year, in its newest version, withdrawn ones left out."""
    version = FactVersion.__table__
    newest = select(func.max(version.c.id)).group_by(version.c.kind, version.c.key)
    rows = connection.execute(
        select(version.c.id, version.c.kind, version.c.key, version.c.fields)
        .where(version.c.id.in_(newest), ~version.c.withdrawn)
        .order_by(version.c.kind, version.c.key)
    )
    facts = []
    for id_, kind, key, fields in rows:
        known = ruleset.kinds.get(kind)
        if known is None:
            raise InputError(
                f"库中有事实类型“{kind}”，而规则集的 facts.yaml 已没有它", "把该事实类型加回 facts.yaml"
            )
        if known.time not in _UNSCORED:
            facts.append(Fact(kind, key, restore(known, fields), id_))
    return facts


def newest_version(connection: Connection) -> int:
    return connection.execute(select(func.max(FactVersion.__table__.c.id))).scalar() or 0
