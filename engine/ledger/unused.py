"""The month's facts that could give nothing: their kind is read by no rule or obligation that binds their unit."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dsl.model import Ruleset
from engine.facts import Fact, key_line
from engine.scoring.months import MonthFacts


@dataclass(frozen=True, slots=True)
class Unused:
    fact: Fact
    unit: str
    reason: str

    def as_json(self) -> dict[str, object]:
        return {"kind": self.fact.kind, "key": key_line(self.fact.key), "unit": self.unit, "reason": self.reason}


def unused(ruleset: Ruleset, month: str, facts: MonthFacts) -> list[Unused]:
    readers: dict[str, list] = {}
    for rule in ruleset.in_force(month):
        for pattern in (rule.fact, *rule.nones):
            if pattern is not None:
                readers.setdefault(pattern.kind, []).append(rule)
    judged = _judged(ruleset)
    found = []
    for unit, own in facts.by_unit.items():
        for fact in own:
            reading = readers.get(fact.kind, ())
            if unit in judged.get(fact.kind, ()) or any(unit in rule.units for rule in reading):
                continue
            category = ruleset.units[unit].category
            alike = [rule for rule in reading if rule.category == category]
            found.append(Unused(fact, unit, _reason(unit, category, fact.kind, alike)))
    return found


def _judged(ruleset: Ruleset) -> dict[str, set[str]]:
    """The units that some obligation binds, by the fact kinds that it reads."""
    found: dict[str, set[str]] = {}
    for obligation in ruleset.obligations:
        kinds = obligation.kinds | ({ruleset.progress.fact} if ruleset.progress else set())
        for kind in kinds:
            found.setdefault(kind, set()).update(obligation.units)
    return found


def _reason(unit: str, category: str, kind: str, reading: list) -> str:
    if not reading:
        return f"没有{category}规则使用“{kind}”，{unit}也没有看它的任务"
    return f"{unit}不在{'、'.join(sorted({rule.id for rule in reading}))}的责任单位之列"
