"""Rule tests: examples in YAML beside the rules, facts in and entries out (dsl.md), as they are read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.dsl.findings import Finding, Place, with_lines
from engine.dsl.loader import read_tests
from engine.dsl.meeting import checks_of, met
from engine.dsl.model import Kind, Ruleset
from engine.dsl.nodes import read
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import CaseShape, shaped
from engine.dsl.types import BadValue, UnitType, Value
from engine.dsl.vocabulary import number
from engine.errors import RulesetFaulty
from engine.facts import Fact, canonical
from engine.obligations.judging import Status
from engine.scoring.points import hundredths
from engine.scoring.succession import owner
from engine.workbench.filling import filled
from engine.workbench.testing.case_facts import Told, check_spells, with_figures
from engine.workbench.testing.case_parts import sound_part
from engine.workbench.testing.overriding import divided, unreadable


@dataclass(frozen=True)
class Case:
    """One example; `expect` holds hundredths by month and rule, `tasks` the statuses of obligations by month.

    Only the months in them are judged.
    """

    name: str
    unit: str
    facts: tuple[Fact, ...]
    expect: Mapping[str, Mapping[str, int]]
    ignore: frozenset[str]
    settings: Mapping[str, str]
    tasks: Mapping[str, Mapping[int, str]]
    place: Place


def read_cases(folder: Path, ruleset: Ruleset) -> list[Case]:
    """Every case in the ruleset's tests; raises RulesetFaulty with every place that cannot be read."""
    cases, findings = checked_cases(read_tests(folder), ruleset)
    if findings:
        raise RulesetFaulty(findings, outcome="没有运行规则测试")
    return cases


def checked_cases(files: Mapping[str, str], ruleset: Ruleset) -> tuple[list[Case], list[Finding]]:
    """The cases that can be read, by file and place in it, and what is wrong with all others."""
    cases: list[Case] = []
    report = Report()
    for file, text in files.items():
        document, faults = read(file, text, list)
        report.findings += faults
        if document is not None:
            reader = _Reader(ruleset, report)
            cases += filter(None, (reader.case(raw, Spot(document, (place,))) for place, raw in enumerate(document.data)))
    return cases, with_lines(report.findings, files)


def misshapen_cases(files: Mapping[str, str]) -> list[Finding]:
    """What is wrong with the cases whatever the ruleset is: no YAML, keys that there are not."""
    report = Report()
    for file, text in files.items():
        document, faults = read(file, text, list)
        report.findings += faults
        for place, raw in enumerate(document.data if document is not None else ()):
            shaped(CaseShape, raw, Spot(document, (place,)), report)
    return with_lines(report.findings, files)


def tested(ruleset: Ruleset, case: Case) -> set[str]:
    """The rules that a case expects something of, and that bind its unit in that month: of others nothing can come."""
    units = {rule.id: rule.units for rule in ruleset.rules}
    return {
        rule
        for month, expected in case.expect.items()
        for rule in expected
        if owner(ruleset, case.unit, month) in units[rule]
    }


def untested(ruleset: Ruleset, cases: list[Case]) -> list[str]:
    """The rules that no case tests."""
    named = set().union(*(tested(ruleset, case) for case in cases))
    return [rule.id for rule in ruleset.rules if rule.id not in named]


class _Reader:
    """Reads the cases of one file; what cannot be read becomes a finding at its place."""

    def __init__(self, ruleset: Ruleset, report: Report) -> None:
        self.ruleset, self.report = ruleset, report
        self.rules = [rule.id for rule in ruleset.rules]
        self.names: dict[str, Place] = {}

    def case(self, raw: Any, spot: Spot) -> Case | None:
        before = len(self.report.findings)
        shape = shaped(CaseShape, raw, spot, self.report) or sound_part(raw)
        if shape is None:
            return None
        misshapen = len(self.report.findings) > before
        first = self.names.setdefault(shape.name, spot.value)
        if first != spot.value:
            self.report.add(spot.at("name").value, "duplicate-id", f"测试名称“{shape.name}”重复", f"第 {first.line} 行已用；换一个名称")
        unit = self.ruleset.aliases.get(shape.unit)
        if unit is None:
            self.report.unknown(spot.at("unit").value, "unknown-unit", "单位", shape.unit, self.ruleset.aliases)
            return None
        told = self._facts(shape, unit, spot.at("facts"))
        expect = self._expect(shape, unit, spot.at("expect"))
        named = {rule for rules in expect.values() for rule in rules}
        for place, rule in enumerate(shape.ignore):
            if rule is None:
                continue
            self._known_rule(rule, spot.at("ignore", place).value)
            if rule in named:
                self.report.add(spot.at("ignore", place).value, "bad-value", f"{rule} 又写在 expect 里，等于没有判断", "两处留一处")
        if shape.expect is None and not shape.tasks and not misshapen:
            self.report.add(spot.value, "missing-key", "测试没有写 expect 或 tasks，什么也没有判断", "补上“expect:”")
        tasks = self._tasks(shape, unit, spot.at("tasks"))
        self._settings(shape.settings, spot.at("settings"))
        check_spells(self.ruleset, told, self.report)
        if len(self.report.findings) > before:
            return None
        facts = with_figures(self.ruleset, shape.settings, told, self.report)
        if len(self.report.findings) > before:
            return None
        return Case(shape.name, unit, facts, expect, frozenset(shape.ignore), shape.settings, tasks, spot.value)

    def _facts(self, shape: CaseShape, unit: str, spot: Spot) -> list[Told]:
        facts: dict[tuple[str, str], Told] = {}
        for name, rows in shape.facts.items():
            kind = self.ruleset.kinds.get(name)
            if kind is None:
                self.report.unknown(spot.at(name).key, "unknown-fact", "事实类型", name, self.ruleset.kinds)
                continue
            for place, row in enumerate(rows):
                if row is None:
                    continue
                where = spot.at(name, place)
                values = self._values(kind, {**filled(kind, unit, shape.month), **row}, where)
                if values is None:
                    continue
                key = canonical([_stored(kind, field, values.get(field)) for field in kind.key])
                if (name, key) in facts:
                    self.report.add(where.value, "bad-value", f"同一测试里有两条{name}的关键字段相同", "改其中一条的关键字段")
                facts[name, key] = Told(Fact(name, key, values), where.value)
        return list(facts.values())

    def _values(self, kind: Kind, row: Mapping[str, str], spot: Spot) -> dict[str, Value] | None:
        """A row's values, typed; None where something is wrong with it."""
        before = len(self.report.findings)
        values = {}
        for name, text in row.items():
            field = kind.fields.get(name)
            if field is None:
                self.report.unknown(spot.at(name).key, "unknown-field", "字段", name, kind.fields)
            elif isinstance(field.type, UnitType) and text not in self.ruleset.aliases:
                self.report.unknown(spot.at(name).value, "unknown-unit", "单位", text, self.ruleset.aliases)
            elif text:
                try:
                    values[name] = field.type.parse(self.ruleset.aliases[text] if isinstance(field.type, UnitType) else text)
                except BadValue as bad:
                    self.report.add(spot.at(name).value, "bad-value", f"{name} 应为{bad}")
        for name in kind.required:
            if not row.get(name):
                self.report.add(spot.value, "missing-key", f"{kind.name}缺少字段“{name}”")
        if len(self.report.findings) > before:
            return None
        for check in checks_of(kind):
            if not met(check, values):
                self.report.add(spot.value, "bad-value", f"不符合 {check.text}，这样的事实无法导入")
        if kind.any_of and not any(name in values for name in kind.any_of):
            names = "".join(f"“{name}”" for name in kind.any_of)
            self.report.add(spot.value, "missing-key", f"{names}至少要填一项，这样的事实无法导入")
        return values

    def _expect(self, shape: CaseShape, unit: str, spot: Spot) -> dict[str, dict[str, int]]:
        expect = shape.expect
        if expect is None:
            return {}
        by_month = expect if expect and all(isinstance(one, dict) for one in expect.values()) else {shape.month: expect}
        points = {}
        for month, rules in by_month.items():
            at = spot if rules is expect else spot.at(month)
            self._judged(month, unit, at)
            points[month] = {rule: self._points(rule, text, at.at(rule)) for rule, text in rules.items()}
        return points

    def _tasks(self, shape: CaseShape, unit: str, spot: Spot) -> dict[str, dict[int, str]]:
        """The statuses that are expected at the end of the case's month."""
        binding = {str(one.no): one.no for one in self.ruleset.obligations if unit in one.units}
        expected: dict[int, str] = {}
        for word, status in shape.tasks.items():
            if word not in binding:
                self.report.add(spot.at(word).key, "bad-value", f"没有对{unit}的任务 {word}", f"有：{'、'.join(binding)}")
            elif status not in list(Status):
                self.report.unknown(spot.at(word).value, "bad-value", "状态", status, list(Status))
            else:
                expected[binding[word]] = status
        if shape.tasks:
            self._judged(shape.month, unit, spot)
        return {shape.month: expected} if expected else {}

    def _judged(self, month: str | None, unit: str, spot: Spot) -> None:
        """A month that is judged must be one of the year in which the unit, or one that goes on for it, is there."""
        example = self.ruleset.months[3]
        if month is None:
            self.report.add(spot.key, "missing-key", "没有写要判断的月份，什么也没有判断", f"写 month: {example}，或在 expect 里按月份写")
        elif month not in self.ruleset.months:
            self.report.add(spot.key, "bad-value", "要判断的月份不在规则集的年度内", f"写 {example} 这样的月份")
        elif owner(self.ruleset, unit, month) is None:
            self.report.add(spot.key, "bad-value", f"{month} 没有{unit}，什么也没有判断", "改月份，或改写当月的单位")

    def _points(self, rule: str, text: Any, spot: Spot) -> int:
        self._known_rule(rule, spot.key)
        points = number(text)
        if points is None:
            self.report.add(spot.value, "bad-value", "期望的积分应是一个数", "如 7.5")
            return 0
        if (points * 100).denominator != 1:
            self.report.add(spot.value, "bad-value", f"期望的积分 {text} 至多两位小数", "入账的积分都四舍五入到百分位")
        return hundredths(points)

    def _known_rule(self, rule: str, place: Place) -> None:
        if rule not in self.rules:
            self.report.unknown(place, "bad-value", "规则", rule, self.rules)

    def _settings(self, written: Mapping[str, str], spot: Spot) -> None:
        """An override must be one that the rules can be read with, as if it stood in ruleset.yaml."""
        before = len(self.report.findings)
        for name, text in written.items():
            if name not in self.ruleset.settings:
                self.report.unknown(spot.at(name).key, "unknown-setting", "设置", name, self.ruleset.settings)
            elif wrong := unreadable(self.ruleset, name, text):
                self.report.add(spot.at(name).value, "bad-value", wrong)
        if len(self.report.findings) == before and (found := divided(self.ruleset, written)):
            self.report.add(spot.at(found[0]).value, "division", found[1], "换一个值，或改规则的 where")


def _stored(kind: Kind, name: str, value: Value | None) -> str | int | None:
    return None if value is None else kind.fields[name].type.stored(value)
