"""Rule tests: examples in YAML beside the rules, facts in and entries out (dsl.md). They go the way of a real run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.dsl.findings import Place
from engine.dsl.loader import read_tests
from engine.dsl.model import Kind, Ruleset, Setting
from engine.dsl.nodes import read
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import CaseShape, shaped
from engine.dsl.types import BadValue, UnitType, Value
from engine.dsl.vocabulary import number
from engine.errors import RulesetFaulty
from engine.facts import Fact, canonical
from engine.intake.rows import met
from engine.obligations.judging import Judgements, Status
from engine.scoring.points import decimal, hundredths
from engine.scoring.succession import owner
from engine.scoring.year import Year
from engine.workbench.filling import filled

_WORDS = ("none", "year", "month", "unit")  # what a setting that shapes a limit may say, beside a field


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
    cases: list[Case] = []
    report = Report()
    for file, text in read_tests(folder).items():
        document, faults = read(file, text, list)
        report.findings += faults
        if document is not None:
            reader = _Reader(ruleset, report)
            cases += filter(None, (reader.case(raw, Spot(document, (place,))) for place, raw in enumerate(document.data)))
    if report.faulty:
        raise RulesetFaulty(report.findings)
    return cases


def verdict(ruleset: Ruleset, case: Case) -> list[str]:
    """What differs between a case and what the rules give: a Chinese line each, none where it passes."""
    settled = replace(ruleset, settings={**ruleset.settings, **_overridden(ruleset, case.settings)})
    year = Year(settled, case.facts)
    faults = []
    for month, expected in case.expect.items():
        got: dict[str, int] = {}
        for award in year.awards(month).get(owner(ruleset, case.unit, month), ()):
            got[award.hit.rule.id] = got.get(award.hit.rule.id, 0) + award.given
        for rule in sorted({*expected, *got} - case.ignore):
            if expected.get(rule, 0) != got.get(rule, 0):
                faults.append(f"{month} {rule}：应为 {decimal(expected.get(rule, 0))}，实为 {decimal(got.get(rule, 0))}")
    judgements = Judgements(year)
    for month, expected in case.tasks.items():
        unit = owner(ruleset, case.unit, month)
        stands = {one.task: one.status for one in judgements.verdicts(month) if one.unit == unit}
        faults += [
            f"{month} 任务 {task}：应为 {status}，实为 {stands.get(task, '无')}"
            for task, status in expected.items()
            if stands.get(task) != status
        ]
    return faults


def untested(ruleset: Ruleset, cases: list[Case]) -> list[str]:
    """The rules that no case expects anything of."""
    named = {rule for case in cases for expected in case.expect.values() for rule in expected}
    return [rule.id for rule in ruleset.rules if rule.id not in named]


def _overridden(ruleset: Ruleset, settings: Mapping[str, str]) -> dict[str, Setting]:
    january = ruleset.months[0]
    return {name: Setting(name, ((january, value, ""),)) for name, value in settings.items()}


class _Reader:
    """Reads the cases of one file; what cannot be read becomes a finding at its place."""

    def __init__(self, ruleset: Ruleset, report: Report) -> None:
        self.ruleset, self.report = ruleset, report
        self.rules = [rule.id for rule in ruleset.rules]

    def case(self, raw: Any, spot: Spot) -> Case | None:
        before = len(self.report.findings)
        shape = shaped(CaseShape, raw, spot, self.report)
        if shape is None:
            return None
        unit = self.ruleset.aliases.get(shape.unit)
        if unit is None:
            self.report.unknown(spot.at("unit").value, "unknown-unit", "单位", shape.unit, self.ruleset.aliases)
            return None
        facts = self._facts(shape, unit, spot.at("facts"))
        expect = self._expect(shape, spot.at("expect"))
        for place, rule in enumerate(shape.ignore):
            self._known_rule(rule, spot.at("ignore", place).value)
        if shape.expect is None and not shape.tasks:
            self.report.add(spot.value, "missing-key", "测试没有写 expect 或 tasks，什么也没有判断", "补上“expect:”")
        tasks = self._tasks(shape, unit, spot.at("tasks"))
        for name, text in shape.settings.items():
            self._setting(name, text, spot.at("settings", name))
        if len(self.report.findings) > before:
            return None
        return Case(shape.name, unit, facts, expect, frozenset(shape.ignore), shape.settings, tasks, spot.value)

    def _facts(self, shape: CaseShape, unit: str, spot: Spot) -> tuple[Fact, ...]:
        facts: dict[tuple[str, str], Fact] = {}
        for name, rows in shape.facts.items():
            kind = self.ruleset.kinds.get(name)
            if kind is None:
                self.report.unknown(spot.at(name).key, "unknown-fact", "事实类型", name, self.ruleset.kinds)
                continue
            for place, row in enumerate(rows):
                where = spot.at(name, place)
                values = self._values(kind, {**filled(kind, unit, shape.month), **row}, where)
                if values is None:
                    continue
                key = canonical([_stored(kind, field, values.get(field)) for field in kind.key])
                if (name, key) in facts:
                    self.report.add(where.value, "bad-value", f"同一测试里有两条{name}的关键字段相同", "改其中一条的关键字段")
                facts[name, key] = Fact(name, key, values)
        return tuple(facts.values())

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
        for check in kind.checks:
            if not met(check, values):
                self.report.add(spot.value, "bad-value", f"不符合 {check.text}，这样的事实无法导入")
        return values

    def _expect(self, shape: CaseShape, spot: Spot) -> dict[str, dict[str, int]]:
        expect = shape.expect
        if expect is None:
            return {}
        by_month = expect if expect and all(isinstance(one, dict) for one in expect.values()) else {shape.month: expect}
        points = {}
        for month, rules in by_month.items():
            at = spot if rules is expect else spot.at(month)
            if month not in self.ruleset.months:
                self.report.add(at.key, "bad-value", "要判断的月份不在规则集的年度内", "写 month: 2023-04，或在 expect 里按月份写")
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
        if shape.tasks and shape.month not in self.ruleset.months:
            self.report.add(spot.key, "missing-key", "tasks 要有判断的月份", "写 month: 2023-04")
        return {shape.month: expected} if expected else {}

    def _points(self, rule: str, text: Any, spot: Spot) -> int:
        self._known_rule(rule, spot.key)
        points = number(text)
        if points is None:
            self.report.add(spot.value, "bad-value", "期望的积分应是一个数", "如 7.5")
            return 0
        return hundredths(points)

    def _known_rule(self, rule: str, place: Place) -> None:
        if rule not in self.rules:
            self.report.unknown(place, "bad-value", "规则", rule, self.rules)

    def _setting(self, name: str, text: str, spot: Spot) -> None:
        """An override must be of the sort that the setting is: a number for a number, a limit for a limit."""
        setting = self.ruleset.settings.get(name)
        if setting is None:
            self.report.unknown(spot.key, "unknown-setting", "参数", name, self.ruleset.settings)
        elif all(number(value) is not None for _, value, _ in setting.values):
            if number(text) is None:
                self.report.add(spot.value, "bad-value", f"参数“{name}”应是一个数")
        elif text not in _WORDS and not any(text in kind.fields for kind in self.ruleset.kinds.values()):
            self.report.add(spot.value, "bad-value", f"“{text}”不是参数“{name}”可用的值", "、".join(_WORDS) + " 或字段名")


def _stored(kind: Kind, name: str, value: Value | None) -> str | int | None:
    return None if value is None else kind.fields[name].type.stored(value)
