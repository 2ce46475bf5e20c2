"""Approvals: a year's result made final, kept as it was, and what has come since.

An approved year stays as approved; a correction, or another evaluation, changes it only by an approval of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from engine.clock import day_of
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.annual import YearResult, missing_evaluations, result_of, what_lacks, year_result, year_ruleset
from engine.ledger.closed import closings, last_batch
from engine.ledger.status import MonthStatus, status
from engine.ledger.stored import newest_version
from models.chain import APPROVAL_COLUMNS, approval_digest, last_digest
from models.tables import Approval

_APPROVAL = Approval.__table__
Rendering = Callable[[YearResult, "Endorsement"], bytes]


@dataclass(frozen=True, slots=True)
class Endorsement:
    """When and by whom a result was approved, and when the one before it was, "" where there was none."""

    at: str
    by: str
    before: str = ""

    @property
    def told(self) -> str:
        return f"已于 {day_of(self.at)} 由{self.by}审定"


@dataclass(frozen=True)
class Approved:
    """A year as it was approved, with its notice as issued."""

    endorsed: Endorsement
    result: YearResult
    notice: bytes


def approved(connection: Connection, year: int) -> Approved | None:
    """The newest approval of a year."""
    query = select(_APPROVAL).where(_APPROVAL.c.year == year).order_by(_APPROVAL.c.id.desc()).limit(2)
    rows = connection.execute(query).all()
    if not rows:
        return None
    newest, *before = rows
    endorsed = Endorsement(newest.at, newest.operator, before[0].at if before else "")
    return Approved(endorsed, result_of(newest.content), zlib.decompress(newest.notice))


def changed_units(was: YearResult, now: YearResult) -> tuple[str, ...]:
    """The units whose year is another than it was, those that came and went too."""
    before, after = ({one.unit: one for one in result.units} for result in (was, now))
    return tuple(unit for unit in {**before, **after} if before.get(unit) != after.get(unit))


def approve(
    connection: Connection, current: Ruleset, year: int, rendering: Rendering, *, by: str, at: str
) -> tuple[YearResult, tuple[str, ...]]:
    """Approves what the ledger gives of a year; gives it, and the units whose approved result it replaces.

    `rendering` makes the notice. Raises InputError where a month is not closed or waits for something, an evaluation is
    missing, or the same result is approved already.
    """
    ruleset = year_ruleset(connection, current, year)
    result = year_result(connection, ruleset)
    _require_whole(connection, current if current.year == year else ruleset, result, ruleset)
    stood = approved(connection, year)
    changed = changed_units(stood.result, result) if stood else ()
    if stood and not changed:
        raise InputError(f"{year} 年度结果{stood.endorsed.told}，此后没有变化", f"查看用 `jifen annual {year}`")
    notice = zlib.compress(rendering(result, Endorsement(at, by, stood.endorsed.at if stood else "")), 9)
    number = (connection.execute(select(func.max(_APPROVAL.c.id))).scalar() or 0) + 1
    content = (number, at, by, year, last_batch(connection), newest_version(connection), result.content())
    digest = approval_digest(last_digest(connection, _APPROVAL), content, notice)
    told = dict(zip(APPROVAL_COLUMNS, content, strict=True))
    connection.execute(insert(_APPROVAL).values(**told, notice=notice, digest=digest))
    return result, changed


def _require_whole(connection: Connection, current: Ruleset, result: YearResult, ruleset: Ruleset) -> None:
    """Raises InputError that names everything that is still to be done before the year can be approved."""
    shut = closings(connection)
    unclosed = [month for month in ruleset.months if month not in shut]
    lacks = what_lacks(ruleset, result)
    if unclosed or lacks:
        told = "；".join(filter(None, (f"{'、'.join(unclosed)} 尚未印发" if unclosed else "", lacks)))
        hint = f"依次 `jifen run`、`jifen close {unclosed[0]}`" if unclosed else "导入后再审定"
        raise InputError(f"{result.year} 年度结果还不能审定：{told}", hint)
    waiting = [one for one in status(connection, current) if one.waiting]
    if waiting:
        told = "；".join(f"{one.month} {one.waiting}" for one in waiting)
        raise InputError(f"{result.year} 年度结果还不能审定：{told}", f"办完后再 `jifen approve {result.year}`；见 `jifen status`")


def year_line(connection: Connection, current: Ruleset, months: list[MonthStatus]) -> str:
    """Where the workspace's year stands, as a sentence; "" where its ruleset grades none."""
    if current.annual is None:
        return ""
    year = current.year
    try:
        ruleset = year_ruleset(connection, current, year)
    except InputError as error:  # December was last scored by rules that graded no year
        return f"{year} 年度结果：{error.what}"
    now, stood = year_result(connection, ruleset), approved(connection, year)
    if stood:
        return f"{year} 年度结果{stood.endorsed.told}{waits(year, len(changed_units(stood.result, now)))}"
    shut = closings(connection)
    unclosed = [month for month in ruleset.months if month not in shut]
    lacking = missing_evaluations(now, ruleset)
    left = [
        f"{len(unclosed)} 个月尚未印发" if unclosed else "",
        f"{len(lacking)} 个单位没有{ruleset.annual.fact}" if lacking else "",
        f"{sum(bool(one.waiting) for one in months)} 个月有待办" if not unclosed and any(one.waiting for one in months) else "",
    ]
    told = "，".join(filter(None, left))
    return f"{year} 年度结果：初评，{told or f'可以审定（jifen approve {year} --by 审定者）'}"


def waits(year: int, changed: int) -> str:
    """What is said behind an approved result that the ledger no longer gives; "" of one that it gives."""
    return f"；账本现在给出另一结果（{changed} 个单位有变），待重新审定（jifen approve {year} --by 审定者）" if changed else ""
