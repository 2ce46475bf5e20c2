"""Checks of units that begin, end or become another one in mid-year: dates that cannot be would lose or double points."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dsl.model import Unit
from engine.dsl.report import Report, Spot


def check_succession(units: Mapping[str, Unit], spots: Mapping[str, Spot], report: Report) -> None:
    """Reports every unit whose `from`, `to` and `becomes` contradict each other or those of its successor."""
    for name, unit in units.items():
        spot = spots[name]
        if unit.until < unit.since:
            report.add(spot.at("to").value, "bad-value", f"“{name}”的 to 在 from 之前", "to 是最后一个月，from 是第一个月")
        elif unit.becomes is not None:
            _check_successor(units, unit, spot, report)


def _check_successor(units: Mapping[str, Unit], unit: Unit, spot: Spot, report: Report) -> None:
    at = spot.at("becomes").value
    successor = units.get(unit.becomes)
    if successor is None:
        report.unknown(at, "unknown-unit", "单位", unit.becomes, (name for name in units if name != unit.name))
    elif _comes_back(units, unit):
        report.add(at, "bad-value", f"“{unit.name}”由 becomes 又回到了自己", "becomes 只能指向后来的单位")
    elif unit.until == Unit.until:
        report.add(at, "missing-key", f"“{unit.name}”写了 becomes，没有写 to", "补上它的最后一个月，如 to: 2023-06")
    elif successor.until <= unit.until:
        report.add(at, "bad-value", f"“{successor.name}”到 {successor.until} 为止，不能接续“{unit.name}”", "改 to，或接到后来的单位")
    elif successor.since != month_after(unit.until):
        what = "没有写 from" if successor.since == Unit.since else f"自 {successor.since} 起"
        hint = f"给“{successor.name}”写 from: {month_after(unit.until)}；并入一个仍在的单位时，也让它在当月终止、以新的名称接续"
        report.add(at, "bad-value", f"“{unit.name}”到 {unit.until} 为止，而接续的“{successor.name}”{what}", hint)
    elif successor.category != unit.category:
        what = f"“{unit.name}”是{unit.category}，“{successor.name}”是{successor.category}"
        report.add(at, "bad-value", f"{what}：接续的单位须同类", "类别有变的，只写 to 与 from，不写 becomes")


def _comes_back(units: Mapping[str, Unit], unit: Unit) -> bool:
    seen: set[str] = set()
    one: Unit | None = unit
    while one is not None and one.name not in seen:
        seen.add(one.name)
        one = units.get(one.becomes) if one.becomes else None
    return one is not None


def month_after(month: str) -> str:
    """The month after a month.

    >>> month_after("2023-06"), month_after("2023-12")
    ('2023-07', '2024-01')
    """
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"
