"""Which version of each fact holds: the newest of its kind and key. The one place that says so."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ScalarSelect, Select, func, select

from models.tables import FactVersion

_VERSION = FactVersion.__table__


def newest_ids(*, kinds: Collection[str] | None = None, seen: int | ScalarSelect | None = None) -> Select:
    """The ids of the newest version of every key: of some kinds only, and as it was when `seen` was the newest version."""
    query = select(func.max(_VERSION.c.id)).group_by(_VERSION.c.kind, _VERSION.c.key)
    if kinds is not None:
        query = query.where(_VERSION.c.kind.in_(sorted(kinds)))
    return query if seen is None else query.where(_VERSION.c.id <= seen)
