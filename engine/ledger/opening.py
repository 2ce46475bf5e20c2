"""The opening balance: a city that starts in the middle of a year brings the points of the months before.

They are facts like all others, scored by rules of the ruleset; their months are posted and closed in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from engine.dsl.loader import ruleset_of
from engine.dsl.model import Ruleset
from engine.errors import InputError, IntakeRefused
from engine.intake.faults import Fault
from engine.intake.reading import Reading
from engine.intake.standing import newest_of_keys
from engine.intake.storing import Stored, store
from engine.ledger.closed import closings
from engine.ledger.closing import shut
from engine.ledger.posting import post
from engine.ledger.standings import posted_months, unit_points
from engine.ledger.stored import newest_facts
from engine.ledger.unused import Unused, unused
from engine.obligations.judging import Judgements
from engine.scoring.points import decimal
from engine.scoring.year import Year


@dataclass(frozen=True, slots=True)
class OpenedMonth:
    """An opening month: its closing's id, how many units have points, their sum in hundredths, and who has none."""

    month: str
    closing: int
    units: int
    points: int
    without: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {"month": self.month, "units": self.units, "points": decimal(self.points), "without": list(self.without)}


@dataclass(frozen=True)
class Opened:
    """What was brought; `unused` are the other facts of its months, which give nothing."""

    stored: Stored
    months: tuple[OpenedMonth, ...]
    unused: tuple[Unused, ...]


def open_balance(
    connection: Connection, files: Mapping[str, str], reading: Reading, *, operator: str, at: str
) -> Opened | None:
    """Stores the opening points of a reading, posts their months and closes them; None where all of it stands already.

    Raises IntakeRefused for faulty rows, InputError for months that cannot be opened.
    """
    ruleset = ruleset_of(files)
    reading = _only_opening(ruleset, reading)
    if reading.faults:
        raise IntakeRefused(reading.faults, reading.warnings)
    if not reading.drafts:
        raise InputError(f"文件里没有“{ruleset.opening}”", f"工作表名或 fact 应是“{ruleset.opening}”，或用 CSV")
    if _stands(connection, reading):
        return None
    months = sorted({draft.month for draft in reading.drafts})
    _require_openable(connection, ruleset, months)
    stored = store(connection, ruleset, reading, operator=operator, at=at, opening=True)
    year = Year(ruleset, newest_facts(connection, ruleset))
    judgements, opened = Judgements(year), []
    for month in months:
        post(connection, files, judgements, [month], at=at, operator=operator)
        closing = shut(connection, month, number="", issued="", operator=operator, at=at)
        held = year.facts(month).by_unit
        having = [unit for unit, own in held.items() if any(fact.kind == ruleset.opening for fact in own)]
        points = unit_points(connection, ruleset, month)
        without = tuple(unit for unit in ruleset.units_in(month) if unit not in having)
        opened.append(OpenedMonth(month, closing, len(having), sum(points.values()), without))
    return Opened(stored, tuple(opened), tuple(one for month in months for one in unused(year, month)))


def _only_opening(ruleset: Ruleset, reading: Reading) -> Reading:
    """The reading with a fault for every row of another kind."""
    if ruleset.opening is None:
        raise InputError("规则集没有写明带入以前各月积分的事实", "在 ruleset.yaml 里写明 opening")
    message = f"这里只收“{ruleset.opening}”，其他数据用 `jifen import`"
    others = [
        Fault(draft.file, draft.sheet, draft.row, None, None, draft.kind, "unknown-kind", message)
        for draft in reading.drafts
        if draft.kind != ruleset.opening
    ]
    return replace(reading, faults=[*reading.faults, *others])


def _stands(connection: Connection, reading: Reading) -> bool:
    held = newest_of_keys(connection, ((draft.kind, draft.key) for draft in reading.drafts))
    standing = {key: one.fields for key, one in held.items() if not one.withdrawn}
    return all(standing.get((draft.kind, draft.key)) == draft.fields for draft in reading.drafts)


def _require_openable(connection: Connection, ruleset: Ruleset, months: list[str]) -> None:
    # The months must run from January on: so where none of them is posted, they come before every month that is.
    there = [each for each in months if each in posted_months(connection)]
    closed = closings(connection)
    if any(each in closed and not closed[each].issued for each in there):
        raise InputError(
            f"{'、'.join(there)} 的期初已经收入，此文件与已收入的不同",
            f"更正用 `jifen import 文件 --correction 原因`（CSV 文件须名为 {ruleset.opening}.csv），"
            f"再用 `jifen correct {there[0]} --reason 原因`",
        )
    if there:
        raise InputError(f"{'、'.join(there)} 已经计分，不能再作期初月份", "期初只能在第一次计分之前收入")
    outside = [each for each in months if each not in ruleset.months]
    if outside:
        raise InputError(f"{'、'.join(outside)} 不在规则集的年度 {ruleset.year} 内", f"只收 {ruleset.year} 年的各月")
    if months != list(ruleset.months[: len(months)]):
        lacking = [each for each in ruleset.months if each < months[-1] and each not in months]
        raise InputError(f"期初月份应从 {ruleset.months[0]} 起连续，缺 {'、'.join(lacking)}", "补上所缺各月的行")
