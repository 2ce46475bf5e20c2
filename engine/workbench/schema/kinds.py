"""The fact kinds in a schema: the values of a field, the tests of a `where`, formulas and the settings that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from engine.dsl.model import Field, Kind
from engine.dsl.types import (
    BadValue,
    ChoiceType,
    DateType,
    DecimalType,
    DigestType,
    FieldType,
    MonthType,
    TextType,
    UnitType,
    WholeType,
    YearType,
)
from engine.dsl.vocabulary import Vocabulary, number
from engine.workbench.schema.notes import FIELD, OPERATORS, SETTING
from engine.workbench.schema.parts import (
    NEVER,
    Schema,
    accepted,
    by_form,
    date,
    decimal,
    either,
    keys,
    many,
    month,
    one_of,
    text,
    where_key_is,
    whole,
)

_TIMES = {"event": "属于某月", "monthly": "按月上报", "state": "持续", "record": "单笔记录", "annual": "属于某年", "table": "对照表"}
_ORDER = ("gt", "ge", "lt", "le")
_ORDERED = ("number", "month", "year", "date")


class Dictionary:
    """The vocabulary of a ruleset as parts of schemas."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self._tests: dict[tuple[FieldType, tuple[str, ...]], int] = {}
        self.kinds = words.kinds
        self.numeric = [name for name in words.settings if self._all(name, lambda value: number(value) is not None)]
        self.dates = [name for name in words.settings if self._all(name, lambda value: self.fits(DateType(), value))]

    def fact(self, kinds: Iterable[Kind] | None = None) -> Schema:
        """The name of a kind, each told by its time and its fields."""
        chosen = list(self.kinds.values() if kinds is None else kinds)
        return one_of([kind.name for kind in chosen], [f"{_TIMES[kind.time]}：{'、'.join(self.fields(kind))}" for kind in chosen])

    def fields(self, kind: Kind) -> Mapping[str, Field]:
        return self.words.fields(kind)

    def by_kind(self, then: Callable[[Kind], Schema], key: str = "fact", kinds: Iterable[Kind] | None = None) -> list[Schema]:
        """For every kind what holds where the key names it."""
        return [where_key_is(key, kind.name, then(kind)) for kind in (self.kinds.values() if kinds is None else kinds)]

    def unit(self) -> Schema:
        """A unit; the names stand once, in the definitions of the file."""
        return {"$ref": "#/definitions/unit"}

    def units(self) -> Schema:
        """Units, groups and categories."""
        return many({"$ref": "#/definitions/units"}, minItems=1)

    @cached_property
    def definitions(self) -> dict[str, Schema]:
        """What the parts of this dictionary refer to. Short names of units are offered, other writings are only accepted."""
        units = self.words.units
        groups = [group for unit in units.values() for group in unit.groups]
        others = accepted(name for name in self.words.aliases if name not in units)
        listed = [*self.words.categories, *groups, *units]
        return {"unit": either(one_of(units), others), "units": either(one_of(listed), others)}

    def value(self, field_type: FieldType) -> Schema:
        match field_type:
            case UnitType():
                return self.unit()
            case ChoiceType(choices):
                return one_of(choices)
            case MonthType():
                return month(self.words.months)
            case YearType():
                return {"type": ["integer", "string"], "minimum": 0, "maximum": 9999, "pattern": "^[0-9]{4}$"}
            case DateType():
                return date()
            case WholeType(low, high):
                return whole(low, high)
            case DecimalType(low, high):
                return decimal(low, high)
            case DigestType():
                return text(64, pattern="^[0-9a-f]{64}$", patternErrorMessage=f"应为{field_type.expected}")
            case TextType(longest):
                return text(longest)
        return {}

    def setting(self, fitting: Callable[[str], bool]) -> Schema:
        """`{setting: NAME}`, of the settings all of whose values will do."""
        return self.named_setting([name for name in self.words.settings if self._all(name, fitting)])

    def named_setting(self, names: Iterable[str]) -> Schema:
        known = one_of(names)
        return keys({"setting": {"description": SETTING, **known}}, ["setting"]) if known != NEVER else NEVER

    def _all(self, name: str, fitting: Callable[[str], bool]) -> bool:
        return all(fitting(value) for _, value, _ in self.words.settings[name].values)

    def test(self, field: Field, kind: Kind) -> Schema:
        """What may stand behind a field in a `where`; fields of one type in like company share one definition."""
        same = tuple(name for name, other in self.fields(kind).items() if other.type == field.type)
        known = self._tests.setdefault((field.type, same), len(self._tests) + 1)
        if f"test{known}" not in self.definitions:
            one = {"$ref": f"#/definitions/one{known}"}
            value, setting = self.value(field.type), self.setting(lambda written: self.fits(field.type, written))
            other = {"field": {"description": FIELD, **one_of(same)}}
            compared = [*(_ORDER if field.type.family in _ORDERED else ()), "ne"]
            operators = {word: {"description": OPERATORS[word], **one} for word in compared}
            operators["given"] = {"description": OPERATORS["given"], **one_of(["true", "false"])}
            referring = {**setting.get("properties", {}), **other}
            self.definitions[f"one{known}"] = by_form(value, keys(referring, minProperties=1, maxProperties=1))
            alone = [{"if": {"required": [key]}, "then": {"maxProperties": 1}} for key in referring]
            self.definitions[f"test{known}"] = by_form(
                value,
                keys({**operators, **referring}, minProperties=1, allOf=alone),
                many(by_form(value, setting), minItems=1),
            )
        return {"$ref": f"#/definitions/test{known}"}

    def fits(self, field_type: FieldType, written: str) -> bool:
        if isinstance(field_type, UnitType):
            return written in self.words.units
        try:
            field_type.parse(written)
        except BadValue:
            return False
        return True

    def where(self, kind: Kind) -> Schema:
        described = {name: {"description": _says(field)} for name, field in self.fields(kind).items()}
        return keys({name: {**described[name], **self.test(field, kind)} for name, field in self.fields(kind).items()})

    def row(self, kind: Kind) -> Schema:
        """A fact as a rule test writes it; what its unit and month fill may be left out."""
        filled = (kind.unit_field, kind.month_field, kind.start_field)
        cells = {name: self._cell(field) for name, field in kind.fields.items()}
        return keys(cells, [name for name in kind.required if name not in filled])

    def _cell(self, field: Field) -> Schema:
        value = self.value(field.type)
        return {"description": _says(field), **(either(value, one_of([""]), {"type": "null"}) if field.optional else value)}

    def formula(self, names: Iterable[str]) -> Schema:
        """A formula over these names and the settings that are numbers."""
        names = list(dict.fromkeys([*names, *self.numeric]))
        ends = r"(?=[\s\-+*/(),]|$)"
        known = f"|(?:{'|'.join(names)}){ends}" if names else ""
        return {
            "type": ["number", "string"],
            "minLength": 1,
            "pattern": rf"^(?:[\s\-+*/(),.0-9]|(?:min|max)(?=\s*\(){known})+$",
            "patternErrorMessage": f"公式只能用数、+ - * /、括号、min、max，以及：{'、'.join(names)}",
            "examples": names,
        }

    def sentence(self, kind: Kind | None) -> Schema:
        names = [*(self.fields(kind) if kind else ()), *self.words.settings]
        named = rf"|\{{\s*(?:{'|'.join(names)})\s*\}}" if names else ""
        message = f"花括号里应是：{'、'.join(names)}"
        return text(pattern=rf"^(?:[^{{}}]|\{{\{{|\}}\}}{named})*$", patternErrorMessage=message)


def _says(field: Field) -> str:
    return f"{field.type.expected}{'，可以空着' if field.optional else ''}"
