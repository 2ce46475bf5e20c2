"""`when`: patterns of facts, and the tests on their fields, typed by the dictionary."""

from __future__ import annotations

from typing import Any

from engine.dsl.model import Field, FieldRef, Kind, Pattern, SettingRef, Test
from engine.dsl.nearest import did_you_mean
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import PatternShape, shaped
from engine.dsl.types import BadValue, UnitType, Value
from engine.dsl.vocabulary import Vocabulary

_ORDER = ("gt", "ge", "lt", "le")
_OPERATORS = (*_ORDER, "ne", "given")
_ORDERED = ("number", "month", "year", "date")


def read_when(
    data: Any, spot: Spot, words: Vocabulary, first: str
) -> tuple[tuple[Pattern, Spot] | None, tuple[Pattern, ...]]:
    """The fact pattern with where it stands, and the absences. `first`: the month from which settings are read."""
    if not isinstance(data, list):
        entries = [(data, spot)]
    else:
        entries = [(entry, spot.at(place)) for place, entry in enumerate(data)]
    fact: tuple[Pattern, Spot] | None = None
    nones: list[tuple[Pattern, Spot]] = []
    if not entries:
        words.report.add(spot.value, "bad-value", "when 不能为空", "写成 {fact: 事实} 或 {none: 事实}")
    for entry, where in entries:
        shape = shaped(PatternShape, entry, where, words.report)
        pattern = shape and read_pattern(shape, where, words, first)
        if pattern is None:
            continue
        if shape.none is not None:
            nones.append((pattern, where))
        elif fact is None:
            fact = pattern, where
        else:
            words.report.add(where.at("fact").key, "bad-value", "一条规则只能有一个 fact", "拆成两条规则")
    for none, where in nones:
        if fact is not None and none.kind == fact[0].kind:
            words.report.add(where.at("none").value, "bad-value", f"“{none.kind}”已是本规则的 fact，不能又是 none")
    return fact, tuple(none for none, _ in nones)


def read_pattern(shape: PatternShape, spot: Spot, words: Vocabulary, first: str) -> Pattern | None:
    """One pattern of facts or of an absence; None where it cannot be read."""
    if (shape.fact is None) == (shape.none is None):
        code = "missing-key" if shape.fact is None else "bad-value"
        words.report.add(spot.value, code, "每一项应有 fact 或 none 之一")
        return None
    part, name = ("fact", shape.fact) if shape.fact is not None else ("none", shape.none)
    kind = words.kinds.get(name)
    if kind is None:
        words.report.unknown(spot.at(part).value, "unknown-fact", "事实", name, words.kinds)
        return None
    reader = TestReader(words, kind, first)
    tests = [test for name, data in shape.where.items() for test in reader.read(name, data, spot.at("where", name))]
    return Pattern(kind.name, tuple(tests), spot.at(part).value)


class TestReader:
    """Reads the tests on the fields of one kind."""

    def __init__(self, words: Vocabulary, kind: Kind, first: str) -> None:
        self._words = words
        self._fields = words.fields(kind)
        self._first = first
        self._report: Report = words.report

    def read(self, name: str, data: Any, spot: Spot) -> list[Test]:
        """The tests that one entry of `where` says; those with a fault are reported and left out."""
        field = self._fields.get(name)
        if field is None:
            self._report.unknown(spot.key, "unknown-field", "字段", name, self._fields)
            return []
        if isinstance(data, list):
            return self._one_of(field, data, spot)
        if isinstance(data, dict) and not set(data) & {"setting", "field"}:
            if not data:
                self._report.add(spot.value, "bad-value", "条件是空的", "如 {gt: 0}")
            tests = [self._operator(field, op, value, spot.at(op)) for op, value in data.items()]
            return [test for test in tests if test is not None]
        value = self._value(field, data, spot)
        return [] if value is None else [Test(name, "eq", value)]

    def _one_of(self, field: Field, data: list[Any], spot: Spot) -> list[Test]:
        if not data:
            self._report.add(spot.value, "bad-value", "取值的列表是空的")
            return []
        values = [self._value(field, one, spot.at(place)) for place, one in enumerate(data)]
        for place, value in enumerate(values):
            if isinstance(value, FieldRef):
                self._report.add(spot.at(place).value, "bad-value", "列表里不能比较字段", "写成单独的条件")
            elif value is not None and value in values[:place]:
                self._report.add(spot.at(place).value, "bad-value", f"“{data[place]}”在列表里重复", "删去重复的")
        return [] if None in values else [Test(field.name, "in", tuple(values))]

    def _operator(self, field: Field, op: str, data: Any, spot: Spot) -> Test | None:
        if op not in _OPERATORS:
            self._report.add(spot.key, "unknown-key", f"没有“{op}”这种比较", did_you_mean(op, _OPERATORS))
            return None
        if op == "given":
            if data not in ("true", "false"):
                self._report.add(spot.value, "bad-value", "given 只能是 true 或 false")
                return None
            return Test(field.name, op, data == "true")
        if op in _ORDER and field.type.family not in _ORDERED:
            self._report.add(spot.key, "bad-value", f"“{field.name}”不能比大小", "只有数、月份、年度、日期能比大小")
            return None
        value = self._value(field, data, spot)
        return None if value is None else Test(field.name, op, value)

    def _value(self, field: Field, data: Any, spot: Spot) -> Value | FieldRef | SettingRef | None:
        if isinstance(data, str):
            return self._typed(field, data, spot)
        if isinstance(data, dict) and set(data) == {"field"}:
            return self._other(field, data["field"], spot.at("field"))
        setting = self._words.reference(data, spot, self._first)
        if setting and self._words.all_values(setting, spot.at("setting"), lambda text: self._wrong(field, text)):
            return setting
        return None

    def _typed(self, field: Field, text: str, spot: Spot) -> Value | None:
        if isinstance(field.type, UnitType):
            if text not in self._words.aliases:
                self._report.unknown(spot.value, "unknown-unit", "单位", text, self._words.aliases)
            return self._words.aliases.get(text)
        try:
            return field.type.parse(text)
        except BadValue as bad:
            near = did_you_mean(text, getattr(field.type, "choices", ()))
            self._report.add(spot.value, "bad-value", f"“{text}”不是“{field.name}”的值，应为{bad}", near)
            return None

    def _wrong(self, field: Field, text: str) -> str | None:
        """What is wrong with a setting's value as a value of a field."""
        if isinstance(field.type, UnitType):
            return None if text in self._words.units else "应为单位名单中的单位"
        try:
            field.type.parse(text)
        except BadValue as bad:
            return f"应为{bad}"
        return None

    def _other(self, field: Field, name: Any, spot: Spot) -> FieldRef | None:
        other = self._fields.get(name) if isinstance(name, str) else None
        if other is None:
            self._report.unknown(spot.value, "unknown-field", "字段", str(name), self._fields)
            return None
        if other.type != field.type:
            self._report.add(spot.value, "bad-value", f"“{field.name}”与“{name}”类型不同，不能比较")
            return None
        return FieldRef(name)
