"""What a rule gives: `points` by number, formula or table, `times`, and the sentence of `say`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from engine.dsl.formula import BadFormula, Formula, Say, parse_formula, parse_say
from engine.dsl.intervals import closed_values
from engine.dsl.model import Field, PointsTable, SettingRef
from engine.dsl.report import Spot
from engine.dsl.shapes import TableShape, shaped
from engine.dsl.types import BadValue, Value, WholeType
from engine.dsl.vocabulary import Vocabulary, number


_NO_FACT = "when 里只有 none，没有事实可读；只能用数和设置"


class Worth:
    """Reads what a rule gives. `fields` are those of its fact that a rule may read, none where it has no fact;
    `given` are the fields that its tests keep from being empty; `first` is its first month."""

    def __init__(self, words: Vocabulary, fields: Mapping[str, Field], given: frozenset[str], first: str) -> None:
        self._words = words
        self._report = words.report
        self._fields = fields
        self._given = given
        self._first = first
        self._no_fact = "" if fields else _NO_FACT

    def points(self, data: Any, spot: Spot) -> Formula | PointsTable | None:
        if isinstance(data, str):
            return self._formula(data, spot)
        if isinstance(data, dict) and "setting" in data:
            setting = self._words.reference(data, spot, self._first)
            return self._formula(setting.name, spot.at("setting")) if setting else None
        shape = shaped(TableShape, data, spot, self._report)
        return shape and self._table(shape, spot)

    def _formula(self, text: str, spot: Spot) -> Formula | None:
        try:
            formula = parse_formula(text)
        except BadFormula as bad:
            self._report.add(spot.letters(bad.column - 1).value, "bad-formula", bad.message, "只能用数、字段、设置、+ - * /、括号、min、max（半角）")
            return None
        sound = [self._number(name, spot.word(text, name)) for name in sorted(formula.names)]
        return formula if all(sound) else None

    def _number(self, name: str, spot: Spot) -> bool:
        """Whether a name in a formula is a number that is always there."""
        field = self._fields.get(name)
        if field is None:
            return self._known(name, spot) and self._numeric_setting(name, spot)
        if name in self._words.settings:
            self._report.add(spot.value, "bad-formula", f"“{name}”既是字段又是设置，分不清指哪一个", "给设置另起一个名字")
            return False
        if not field.type.numeric:
            self._report.add(spot.value, "bad-formula", f"字段“{name}”不是数", "公式只能用数的字段和设置")
            return False
        return self._never_empty(field, spot)

    def _numeric_setting(self, name: str, spot: Spot) -> bool:
        if not self._words.holds(name, spot, self._first):
            return False
        wrong = [value for value in self._words.values(SettingRef(name)) if number(value) is None]
        if wrong:
            self._report.add(spot.value, "bad-formula", f"设置“{name}”的值“{wrong[0]}”不是数", "公式只能用数的字段和设置")
        return not wrong

    def _never_empty(self, field: Field, spot: Spot) -> bool:
        if not field.optional or field.name in self._given:
            return True
        hint = f"在 where 里加 {field.name}: {{given: true}}"
        self._report.add(spot.value, "bad-formula", f"字段“{field.name}”可以为空", hint)
        return False

    def _known(self, name: str, spot: Spot) -> bool:
        """Whether a name is a field or a setting; reported by the kind of name that it is most like."""
        if name in self._fields or name in self._words.settings:
            return True
        choices = [*self._fields, *self._words.settings]
        field = self._fields and self._report.nearest(name, choices) not in self._words.settings
        code, what = ("unknown-field", "字段") if field else ("unknown-setting", "设置")
        self._report.unknown(spot.value, code, what, name, choices, self._no_fact)
        return False

    def _table(self, shape: TableShape, spot: Spot) -> PointsTable | None:
        field = self._fields.get(shape.by)
        if field is None:
            self._report.unknown(spot.at("by").value, "unknown-field", "字段", shape.by, self._fields, self._no_fact)
            return None
        choices = closed_values(field.type)
        if choices is None:
            self._report.add(spot.at("by").value, "bad-value", f"“{shape.by}”没有固定的取值，不能按它列表")
            return None
        if not self._never_empty(field, spot.at("by")):
            return None
        table: dict[Value, Fraction | SettingRef] = {}
        for word, data in shape.table.items():
            where = spot.at("table", word)
            key, points = self._table_key(field, word, where), self._table_points(data, where)
            if key is not None and key in table:
                self._report.add(where.key, "bad-value", f"取值“{key}”重复")
            if key is not None:
                table[key] = Fraction(0) if points is None else points
        missing = [str(choice) for choice in choices if choice not in table]
        if missing:
            hint = f"补上：{'、'.join(missing[:5])}"
            self._report.add(spot.at("table").key, "incomplete-table", f"列表缺少 {len(missing)} 个取值", hint)
        return PointsTable(shape.by, table)

    def _table_key(self, field: Field, word: str, spot: Spot) -> Value | None:
        try:
            return field.type.parse(word)
        except BadValue as bad:
            self._report.add(spot.key, "bad-value", f"“{word}”不是“{field.name}”的值，应为{bad}")
            return None

    def _table_points(self, data: Any, spot: Spot) -> Fraction | SettingRef | None:
        if isinstance(data, dict):
            setting = self._words.reference(data, spot, self._first)
            return setting if setting and self._numeric_setting(setting.name, spot.at("setting")) else None
        points = number(data)
        if points is None:
            self._report.add(spot.value, "bad-value", "分值应是一个数", "如 2 或 -1.5")
        return points

    def times(self, name: str | None, spot: Spot) -> str | None:
        if name is None:
            return None
        field = self._fields.get(name)
        if field is None:
            self._report.unknown(spot.value, "unknown-field", "字段", name, self._fields, self._no_fact)
        elif not isinstance(field.type, WholeType):
            self._report.add(spot.value, "bad-value", f"“{name}”不是计数的字段", "times 只能用 count 或范围的字段")
        elif self._never_empty(field, spot):
            return name
        return None

    def say(self, text: str | None, spot: Spot) -> Say | None:
        if text is None:
            return None
        try:
            said = parse_say(text)
        except BadFormula as bad:
            self._report.add(spot.letters(bad.column - 1).value, "bad-formula", bad.message, "要写花括号本身时写两个：{{ 或 }}")
            return None
        for name in sorted(said.names):
            where = spot.word(text, name)
            if self._known(name, where) and name not in self._fields:
                self._words.holds(name, where, self._first)
        return said
