"""Verdicts in the store: like tallies, a month's verdict is written anew only where it, or what decided it, is another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select

from engine.facts import canonical
from engine.obligations.judging import Verdict as Judged
from models.bulk import insert_rows
from models.tables import Verdict

_VERDICT = Verdict.__table__
_COLUMNS = ("batch_id", "period", "unit", "task", "status", "due", "facts")
GONE = ""  # the status of what no longer binds a unit


class Held(NamedTuple):
    """A verdict as stored; `facts` are the versions that decided."""

    task: int
    unit: str
    status: str
    due: str | None
    facts: tuple[int, ...]


def standing_verdicts(connection: Connection, month: str, before_batch: int | None = None) -> list[Held]:
    """A month's verdicts, by task; with `before_batch` as they stood before that batch."""
    rows = connection.execute(_newest(month, before_batch).order_by(_VERDICT.c.task, _VERDICT.c.id))
    return [Held(row.task, row.unit, row.status, row.due, tuple(json.loads(row.facts))) for row in rows if row.status != GONE]


def _newest(month: str, before_batch: int | None) -> Select:
    newest = select(func.max(_VERDICT.c.id)).where(_VERDICT.c.period == month).group_by(_VERDICT.c.task, _VERDICT.c.unit)
    if before_batch is not None:
        newest = newest.where(_VERDICT.c.batch_id < before_batch)
    return select(_VERDICT).where(_VERDICT.c.id.in_(newest))


class Restated(NamedTuple):
    """An obligation that a batch found to stand otherwise; a status is "" where it did not bind the unit."""

    task: int
    unit: str
    before: str
    after: str


def restated(connection: Connection, month: str, batch: int) -> list[Restated]:
    """The statuses of a month that a batch changed, by task; none where the month had not been judged before."""
    was, now = (
        {(one.task, one.unit): one.status for one in standing_verdicts(connection, month, until)} for until in (batch, batch + 1)
    )
    moved = [key for key in {**was, **now} if was.get(key, GONE) != now.get(key, GONE)] if was else []
    return [Restated(task, unit, was.get((task, unit), GONE), now.get((task, unit), GONE)) for task, unit in sorted(moved)]


def judged_by(connection: Connection, month: str, after_batch: int) -> list[int]:
    """The batches after one that wrote verdicts of a month, oldest first."""
    rows = select(_VERDICT.c.batch_id).where(_VERDICT.c.period == month, _VERDICT.c.batch_id > after_batch)
    return list(connection.execute(rows.distinct().order_by(_VERDICT.c.batch_id)).scalars())


def changed_verdicts(connection: Connection, month: str, judged: Iterable[Judged]) -> list[Held]:
    """What to write of a month so that it stands as judged; what no longer binds a unit is told as gone."""
    held = {(one.task, one.unit): one for one in standing_verdicts(connection, month)}
    now = {
        (one.task, one.unit): Held(one.task, one.unit, one.status, one.due, tuple(fact.version for fact in one.facts))
        for one in judged
    }
    gone = [one._replace(status=GONE, due=None, facts=()) for key, one in held.items() if key not in now]
    return [one for key, one in now.items() if held.get(key) != one] + gone


def restands(connection: Connection, month: str, judged: Iterable[Judged]) -> bool:
    """Whether an obligation of a month stands otherwise by now; newer versions of what decided alone do not make it so.

    A spell that ends in May is a new version of a fact that decided January, and says nothing new of it.
    """
    held = {(one.task, one.unit): (one.status, one.due) for one in standing_verdicts(connection, month)}
    return held != {(one.task, one.unit): (one.status, one.due) for one in judged}


def write_verdicts(connection: Connection, batch: int, changed: Mapping[str, list[Held]]) -> None:
    """Writes what has changed, by month."""
    rows = [
        (batch, month, one.unit, one.task, str(one.status), one.due, canonical(list(one.facts)))
        for month, own in changed.items()
        for one in own
    ]
    insert_rows(connection, Verdict, _COLUMNS, rows)
