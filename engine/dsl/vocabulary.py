"""What a rule may name: the ruleset's kinds, units, groups, settings, clauses and grades, and the looks-up in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from engine.dsl.model import Band, Clause, Field, Kind, Ruleset, Setting, SettingRef, Unit
from engine.dsl.report import Report, Spot
from engine.dsl.types import BadValue, DecimalType

NUMBER = DecimalType()


@dataclass(frozen=True)
class Vocabulary:
    """Everything that rules are checked against."""

    year: int
    categories: tuple[str, ...]
    letters: Mapping[str, str]  # of rule ids, by category
    free_fields: tuple[str, ...]  # that no rule reads
    kinds: Mapping[str, Kind]
    units: Mapping[str, Unit]
    settings: Mapping[str, Setting]
    bands: Mapping[str, tuple[Band, ...]]
    clauses: Mapping[str, Clause] | None  # None: the ruleset has no catalogue of clauses
    report: Report

    @property
    def months(self) -> tuple[str, ...]:
        return tuple(f"{self.year}-{month:02d}" for month in range(1, 13))

    @cached_property
    def states(self) -> Mapping[str, str]:
        """The first month of the year with the same values of all settings, by month: most years have one such state."""
        first: dict[tuple, str] = {}
        return {
            month: first.setdefault(tuple(setting.at(month) for setting in self.settings.values()), month)
            for month in self.months
        }

    @cached_property
    def _numbers(self) -> dict[str, Mapping[str, Fraction]]:
        return {}

    def numbers(self, month: str) -> Mapping[str, Fraction]:
        """The settings that are numbers, as they hold in a month."""
        state = self.states[month]
        if state not in self._numbers:
            held = {name: number(setting.at(state)) for name, setting in self.settings.items()}
            self._numbers[state] = {name: value for name, value in held.items() if value is not None}
        return self._numbers[state]

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        written = {alias: unit.name for unit in self.units.values() for alias in (unit.full_name, *unit.aliases)}
        return {**written, **{name: name for name in self.units}}

    @cached_property
    def groups(self) -> frozenset[str]:
        return frozenset(group for unit in self.units.values() for group in unit.groups)

    def fields(self, kind: Kind) -> Mapping[str, Field]:
        """The fields of a kind that a rule may read."""
        return {name: field for name, field in kind.fields.items() if name not in self.free_fields}

    def units_named(self, names: list[Any], spot: Spot) -> tuple[str, ...]:
        """Units, groups and categories to units in the order of the list; each means all that it names."""
        meant: set[str] = set()
        for place, name in enumerate(names):
            if name in names[:place]:
                self.report.add(spot.at(place).value, "bad-value", f"“{name}”在列表里重复", "删去重复的")
            if not isinstance(name, str):
                self.report.add(spot.at(place).value, "bad-value", "这里应是单位、组或类别的名称")
            elif name in self.aliases:
                meant.add(self.aliases[name])
            elif name in self.categories:
                meant |= {unit.name for unit in self.units.values() if unit.category == name}
            elif name in self.groups:
                meant |= {unit.name for unit in self.units.values() if name in unit.groups}
            else:
                self._unknown_unit(name, spot.at(place))
        meant = self._with_successors(meant)
        return tuple(name for name in self.units if name in meant)

    def _with_successors(self, names: set[str]) -> set[str]:
        """What names a unit, by itself or by its group, goes on for the unit that it has become."""
        found = set(names)
        for name in names:
            while (name := self.units[name].becomes) is not None:
                found.add(name)
        return found

    def _unknown_unit(self, name: str, spot: Spot) -> None:
        choices = [*self.aliases, *sorted(self.groups), *self.categories]
        if self.report.nearest(name, choices) in self.groups:
            self.report.unknown(spot.value, "unknown-group", "组", name, choices)
        else:
            self.report.unknown(spot.value, "unknown-unit", "单位", name, choices)

    def reference(self, data: Any, spot: Spot, first: str) -> SettingRef | None:
        """The setting that `{setting: NAME}` names, where it has a value from the first month on."""
        name = data.get("setting") if isinstance(data, dict) and len(data) == 1 else None
        if not isinstance(name, str):
            self.report.add(spot.value, "bad-value", "这里应是一个值，或 {setting: 设置名}")
            return None
        return SettingRef(name) if self.holds(name, spot.at("setting"), first) else None

    def holds(self, name: str, spot: Spot, first: str) -> bool:
        """Whether there is such a setting, with a value from the first month on."""
        if name not in self.settings:
            self.report.unknown(spot.value, "unknown-setting", "设置", name, self.settings)
            return False
        if self.settings[name].at(first) is None:
            self.report.add(spot.value, "bad-value", f"设置“{name}”在 {first} 还没有值", "给它补上从该月起的值")
            return False
        return True

    def values(self, setting: SettingRef) -> Iterator[str]:
        return (value for _, value, _ in self.settings[setting.name].values)

    def all_values(self, setting: SettingRef, spot: Spot, accepted: Callable[[str], str | None]) -> bool:
        """Whether every dated value of a setting will do; `accepted` says what is wrong with one, or None."""
        for value in self.values(setting):
            wrong = accepted(value)
            if wrong is not None:
                self.report.add(spot.value, "bad-value", f"设置“{setting.name}”的值“{value}”不能用在这里：{wrong}")
                return False
        return True

    def one_value(self, setting: SettingRef, spot: Spot) -> bool:
        """Whether a setting holds one value through the year, as a yearly limit needs."""
        held = {self.settings[setting.name].at(month) for month in self.months}
        if len(held) == 1:
            return True
        what = f"设置“{setting.name}”决定年度限额，全年只能有一个值"
        self.report.add(spot.value, "bad-value", what, f"从 {self.months[0]} 起只给一个值")
        return False


def words_of(ruleset: Ruleset) -> Vocabulary:
    """What a proof asks of a ruleset that was read and checked; its report is empty."""
    one = ruleset
    return Vocabulary(one.year, one.categories, {}, (), one.kinds, one.units, one.settings, one.bands, one.clauses, Report())


def number(text: object) -> Fraction | None:
    """A plain decimal as an exact number, or None."""
    try:
        return Fraction(NUMBER.parse(text)) if isinstance(text, str) else None
    except BadValue:
        return None
