"""The kinds that the operator brings in, not a reporting unit: the group's adjustments, figures to check against, the
opening balance. ruleset.yaml names them and their fields, so that no such word stands in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.dsl.model import Adjustments, Checks, Kind, Ruleset, Time
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import RulesetShape


def read_adjustments(shape: RulesetShape, kinds: Mapping[str, Kind], spot: Spot, report: Report) -> Adjustments | None:
    told, where = shape.adjustments, spot.at("adjustments")
    kind = told and _kind(told.fact, Time.EVENT, kinds, where, report)
    if kind is None:
        return None
    fields = {part: getattr(told, part) for part in ("points", "reason", "attachment", "number")}
    if not _named(kind, fields, where, report):
        return None
    unfilled = [name for name in kind.required if name not in (kind.unit_field, kind.month_field, *fields.values())]
    if told.points not in kind.numbers:
        report.add(where.at("points").value, "bad-value", f"“{told.points}”不是数")
    elif told.number not in kind.key:
        report.add(where.at("number").value, "bad-value", f"“{told.number}”应列入 key，否则一个单位一个月只能有一条")
    elif unfilled:
        report.add(where.value, "bad-value", f"“{kind.name}”还有必填的字段没有写明由谁填：{'、'.join(unfilled)}", "改为 optional")
    return Adjustments(kind.name, **fields)


def read_checks(shape: RulesetShape, kinds: Mapping[str, Kind], spot: Spot, report: Report) -> Checks | None:
    told, where = shape.checks, spot.at("checks")
    kind = told and _kind(told.fact, Time.MONTHLY, kinds, where, report)
    if kind is None:
        return None
    fields = {part: getattr(told, part) for part in ("month_points", "total_points")}
    if not _named(kind, fields, where, report):
        return None
    for part, name in fields.items():
        if name not in kind.numbers:
            report.add(where.at(part).value, "bad-value", f"“{name}”不是数")
    return Checks(kind.name, **fields)


def read_opening(shape: RulesetShape, kinds: Mapping[str, Kind], spot: Spot, report: Report) -> str | None:
    """The fact kind that brings the points of the months before the first run."""
    told, where = shape.opening, spot.at("opening")
    kind = told and _kind(told.fact, Time.MONTHLY, kinds, where, report)
    return kind and kind.name


def check_scored(ruleset: Ruleset, spot: Spot, report: Report) -> None:
    """Whether every category has a rule for what is brought as points: without one it would silently give nothing."""
    reading = {(rule.category, rule.fact.kind) for rule in ruleset.rules if rule.fact is not None}
    for part, kind in (("adjustments", ruleset.adjustments and ruleset.adjustments.fact), ("opening", ruleset.opening)):
        for category in ruleset.categories if kind else ():
            if (category, kind) not in reading:
                hint = f"写一条 when: {{fact: {kind}}} 的规则"
                report.add(spot.at(part, "fact").value, "bad-value", f"没有{category}规则读“{kind}”，不会计分", hint)


def with_alternatives(shape: RulesetShape, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """The kinds, of which that of the checks must say at least one of its figures in every row."""
    told = shape.checks
    kind = kinds.get(told.fact) if told else None
    if kind is None:
        return dict(kinds)
    return {**kinds, kind.name: replace(kind, any_of=(told.month_points, told.total_points))}


def _kind(name: str, time: Time, kinds: Mapping[str, Kind], where: Spot, report: Report) -> Kind | None:
    kind = kinds.get(name)
    if kind is None:
        report.unknown(where.at("fact").value, "unknown-fact", "事实", name, kinds)
        return None
    if kind.time is not time or kind.unit_field is None or kind.routes:
        report.add(where.at("fact").value, "bad-value", f"“{name}”应是 time: {time} 的事实，并写明单位")
        return None
    return kind


def _named(kind: Kind, fields: Mapping[str, str], where: Spot, report: Report) -> bool:
    """Whether every word names a field of the kind."""
    wrong = {part: name for part, name in fields.items() if name not in kind.fields}
    for part, name in wrong.items():
        report.unknown(where.at(part).value, "unknown-field", "字段", name, kind.fields)
    return not wrong
