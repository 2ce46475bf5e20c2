"""Rule tests: examples in YAML beside the rules, facts in and entries out (dsl.md). They go the way of a real run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.dsl.findings import Finding, Place
from engine.dsl.loader import read_tests
from engine.dsl.model import Kind, Ruleset, Setting
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import Document, read
from engine.dsl.types import BadValue
from engine.errors import RulesetFaulty
from engine.facts import Fact, canonical
from engine.scoring.points import decimal, hundredths
from engine.scoring.year import Year

_KEYS = ("name", "unit", "month", "facts", "expect", "ignore", "settings", "tasks")


@dataclass(frozen=True)
class Case:
    """One example; `expect` holds hundredths by month and rule. Only the months in it are judged."""

    name: str
    unit: str
    facts: tuple[Fact, ...]
    expect: Mapping[str, Mapping[str, int]]
    ignore: frozenset[str]
    settings: Mapping[str, str]
    place: Place


def read_cases(folder: Path, ruleset: Ruleset) -> list[Case]:
    """Every case in the ruleset's tests; raises RulesetFaulty with every place that cannot be read."""
    cases: list[Case] = []
    findings: list[Finding] = []
    for file, text in read_tests(folder).items():
        document, faults = read(file, text, list)
        findings += faults
        if document is not None:
            reader = _Reader(ruleset, document, findings)
            cases += filter(None, (reader.case(index) for index in range(len(document.data))))
    if findings:
        raise RulesetFaulty(findings)
    return cases


def verdict(ruleset: Ruleset, case: Case) -> list[str]:
    """What differs between a case and what the rules give: a Chinese line each, none where it passes."""
    settled = replace(ruleset, settings={**ruleset.settings, **_overridden(ruleset, case.settings)})
    year = Year(settled, case.facts)
    faults = []
    for month, expected in case.expect.items():
        got: dict[str, int] = {}
        for award in year.awards(month)[case.unit]:
            got[award.hit.rule.id] = got.get(award.hit.rule.id, 0) + award.given
        for rule in sorted({*expected, *got} - case.ignore):
            if expected.get(rule, 0) != got.get(rule, 0):
                faults.append(f"{month} {rule}：应为 {decimal(expected.get(rule, 0))}，实为 {decimal(got.get(rule, 0))}")
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

    def __init__(self, ruleset: Ruleset, document: Document, findings: list[Finding]) -> None:
        self.ruleset, self.document, self.findings = ruleset, document, findings

    def case(self, index: int) -> Case | None:
        before, raw = len(self.findings), self.document.data[index]
        if not isinstance(raw, dict):
            self._fault((index,), "bad-value", "每个测试是一组键值", "name、unit、month、facts、expect")
            return None
        for key in raw:
            if key not in _KEYS:
                self._fault((index, key), "unknown-key", f"规则测试没有“{key}”这个键", did_you_mean(key, _KEYS))
        for key in ("name", "unit", "expect"):
            if not raw.get(key) and not (key == "expect" and key in raw and raw.get("month")):
                self._fault((index,), "missing-key", f"规则测试缺少 {key}", "")
        if len(self.findings) > before:
            return None
        unit = self.ruleset.aliases.get(raw["unit"])
        if unit is None:
            self._fault((index, "unit"), "unknown-unit", f"没有名为“{raw['unit']}”的单位", did_you_mean(raw["unit"], self.ruleset.aliases))
            return None
        facts = self._facts(index, raw, unit)
        expect = self._expect(index, raw)
        ignore = raw.get("ignore") or []
        self._known_rules((index, "ignore"), ignore)
        settings = raw.get("settings") or {}
        for name in settings:
            if name not in self.ruleset.settings:
                self._fault((index, "settings", name), "unknown-setting", f"没有设置“{name}”", did_you_mean(name, self.ruleset.settings))
        if len(self.findings) > before:
            return None
        return Case(raw["name"], unit, facts, expect, frozenset(ignore), settings, self.document.place(index))

    def _facts(self, index: int, raw: dict, unit: str) -> tuple[Fact, ...]:
        facts = []
        for kind_name, rows in (raw.get("facts") or {}).items():
            kind = self.ruleset.kinds.get(kind_name)
            if kind is None:
                at = (index, "facts", kind_name)
                self._fault(at, "unknown-fact", f"没有事实类型“{kind_name}”", did_you_mean(kind_name, self.ruleset.kinds))
                continue
            for place, row in enumerate(rows or ()):
                values = self._values((index, "facts", kind_name, place), kind, {**_filled(kind, raw, unit), **(row or {})})
                key = canonical([_stored(kind, name, values.get(name)) for name in kind.key])
                facts.append(Fact(kind_name, key, values))
        return tuple(facts)

    def _values(self, at: tuple, kind: Kind, row: dict) -> dict:
        values = {}
        for name, text in row.items():
            field = kind.fields.get(name)
            if field is None:
                self._fault((*at, name), "unknown-field", f"{kind.name}没有字段“{name}”", did_you_mean(name, kind.fields))
            elif text not in ("", None):
                try:
                    values[name] = field.type.parse(self.ruleset.aliases.get(text, text) if field.type.family == "unit" else text)
                except BadValue as error:
                    self._fault((*at, name), "bad-value", f"{name} 应为{error}", "")
        for name, field in kind.fields.items():
            if not field.optional and not row.get(name):
                self._fault(at, "missing-key", f"{kind.name}缺少字段“{name}”", "")
        return values

    def _expect(self, index: int, raw: dict) -> dict[str, dict[str, int]]:
        expect = raw["expect"] if isinstance(raw["expect"], dict) else {}
        by_month = expect if expect and all(isinstance(one, dict) for one in expect.values()) else {raw.get("month"): expect}
        points = {}
        for month, rules in by_month.items():
            at = (index, "expect") if rules is expect else (index, "expect", month)
            if month not in self.ruleset.months:
                self._fault(at, "bad-value", f"“{month}”不是规则集年度内的月份", "")
            self._known_rules(at, rules)
            try:
                points[month] = {rule: hundredths(Fraction(text)) for rule, text in rules.items()}
            except ValueError:
                self._fault(at, "bad-value", "期望的积分应为数", "如 7.5")
        return points

    def _known_rules(self, at: tuple, ids) -> None:
        known = [rule.id for rule in self.ruleset.rules]
        for id_ in ids:
            if id_ not in known:
                self._fault(at, "bad-value", f"没有规则 {id_}", did_you_mean(id_, known))

    def _fault(self, at: tuple, code: str, message: str, hint: str) -> None:
        self.findings.append(Finding(self.document.key(*at), code, message, hint))


def _filled(kind: Kind, raw: dict, unit: str) -> dict[str, str]:
    """What a row may leave out: the case's unit and month."""
    filled = {kind.unit_field: unit, kind.month_field: raw.get("month"), kind.start_field: raw.get("month")}
    return {name: text for name, text in filled.items() if name is not None and text and not kind.fields[name].optional}


def _stored(kind: Kind, name: str, value):
    return None if value is None else kind.fields[name].type.stored(value)
