"""Tells which check facts the ledger contradicts, with where each was stated and the entries behind it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.commands.talk import fault_table, warn
from engine.intake.faults import place
from engine.ledger.checking import Failing, points_text
from engine.scoring.points import decimal

_LISTED = 40  # entries behind one figure that a terminal shows


def tell_checks(failing: Sequence[Failing]) -> None:
    if not failing:
        return
    warn(f"核对不符 {len(failing)} 处（已入账的不变；改正账本或核对数之前不能印发）：")
    for one in failing:
        source = place(one.source.file, one.source.sheet, one.source.row)
        warn(
            f"{one.month} {one.unit} {one.what}：{source}核对为 {points_text(one.stated)}，"
            f"账本为 {decimal(one.ledger)}，相差 {points_text(one.difference)}"
        )
        if not one.entries:
            warn("    账本中没有有效的分录")
            continue
        rows = ((str(each.entry), each.month, each.rule, decimal(each.points)) for each in one.entries[:_LISTED])
        fault_table(("分录", "月份", "规则", "积分"), rows)
        if len(one.entries) > _LISTED:
            warn(f"    另有 {len(one.entries) - _LISTED} 条分录未列出，用 --json 或 jifen ledger 可得全部")
