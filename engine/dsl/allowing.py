"""Warnings that a rule is left with, each for a reason: `allow: {CODE: reason}` in the rule.

Only warnings can be left; errors would give wrong points. A finding belongs to the rule whose `id` it stands at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from engine.dsl.findings import Finding
from engine.dsl.model import Allowance, Rule
from engine.dsl.nearest import did_you_mean
from engine.dsl.report import Report, Spot


def read_allow(data: Mapping[str, Any], spot: Spot, report: Report) -> tuple[Allowance, ...]:
    """The allowances of one rule; `spot` is its `allow`."""
    if not data:
        return ()
    from engine.dsl.codes import codes

    warnings = [code for code, entry in codes().items() if entry.level == "warning"]
    for code, reason in data.items():
        where = spot.at(code)
        if code not in codes():
            hint = did_you_mean(code, warnings) or f"可用：{'、'.join(warnings)}"
            report.add(where.key, "bad-value", f"没有代码“{code}”", hint)
        elif code not in warnings:
            report.add(where.key, "bad-value", f"“{code}”是错误，不能不提", "allow 只能用于提醒；请改正它")
        if not isinstance(reason, str) or not reason.strip():
            report.add(where.value, "bad-value", f"没有写明为什么不提“{code}”", f"如 {code}: 理由")
    return tuple(Allowance(code, str(reason), spot.at(code).key) for code, reason in data.items())


def parted(findings: Iterable[Finding], rules: Iterable[Rule]) -> tuple[list[Finding], list[Finding]]:
    """The findings to tell, and those that a rule allows."""
    allowed = {(rule.place, one.code) for rule in rules for one in rule.allow}
    told: list[Finding] = []
    left: list[Finding] = []
    for finding in findings:
        (left if (finding.place, finding.code) in allowed else told).append(finding)
    return told, left


def unused(rules: Iterable[Rule], left: Collection[Finding], sought: Collection[str]) -> list[Finding]:
    """A warning for each allowance that leaves nothing out; `sought` are the codes that this check has looked for."""
    met = {(finding.place, finding.code) for finding in left}
    return [
        Finding(one.place, "unused-allow", f"{rule.id} 没有“{one.code}”可以不提", "删去这一条 allow", "warning")
        for rule in rules
        for one in rule.allow
        if one.code in sought and (rule.place, one.code) not in met
    ]
