"""The month's facts that could give nothing: their kind is read by no rule or obligation that binds their unit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.dsl.model import Ruleset
from engine.dsl.obligation import Duty
from engine.facts import Fact, key_line
from engine.scoring.months import rules_of
from engine.scoring.year import Year


@dataclass(frozen=True, slots=True)
class Unused:
    fact: Fact
    unit: str
    reason: str

    def as_json(self) -> dict[str, object]:
        return {"kind": self.fact.kind, "key": key_line(self.fact.key), "unit": self.unit, "reason": self.reason}


def unused(year: Year, month: str) -> list[Unused]:
    ruleset = year.ruleset
    readers: dict[str, list] = {}
    for rule in rules_of(ruleset, month, year.opened):
        for pattern in (rule.fact, *rule.nones):
            if pattern is not None:
                readers.setdefault(pattern.kind, []).append(rule)
    # What falls in an opening month is judged only as evidence of what is due by a date.
    judged = _judged(ruleset, [Duty.BY] if month in year.opened else list(Duty))
    found = []
    for unit, own in year.facts(month).by_unit.items():
        for fact in own:
            reading = readers.get(fact.kind, ())
            checked = ruleset.checks is not None and fact.kind == ruleset.checks.fact
            if checked or unit in judged.get(fact.kind, ()) or any(unit in rule.units for rule in reading):
                continue
            category = ruleset.units[unit].category
            alike = [rule for rule in reading if rule.category == category]
            opening = f"{month} 是期初月份，只计“{ruleset.opening}”" if month in year.opened else ""
            found.append(Unused(fact, unit, opening or _reason(unit, category, fact.kind, alike)))
    return found


def _judged(ruleset: Ruleset, duties: Collection[Duty]) -> dict[str, set[str]]:
    """The units that some obligation binds, by the fact kinds that it reads."""
    found: dict[str, set[str]] = {}
    for obligation in (one for one in ruleset.obligations if one.duty in duties):
        kinds = obligation.kinds | ({ruleset.progress.fact} if ruleset.progress else set())
        for kind in kinds:
            found.setdefault(kind, set()).update(obligation.units)
    return found


def _reason(unit: str, category: str, kind: str, reading: list) -> str:
    if not reading:
        return f"没有{category}规则使用“{kind}”，{unit}也没有看它的任务"
    return f"{unit}不在{'、'.join(sorted({rule.id for rule in reading}))}的责任单位之列"
