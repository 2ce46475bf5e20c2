"""Reads sample.yaml: the seed, the word lists, the series and stories of the year, and who sends which workbook.

Names are checked against the dictionary here, so that a changed dictionary tells its sample at once and by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dsl.findings import with_lines
from engine.dsl.loader import SAMPLE
from engine.dsl.model import Kind, Ruleset
from engine.dsl.nodes import read
from engine.errors import InputError, RulesetFaulty

Spec = str | Mapping[str, Any]  # a text pattern, or how to draw a value (draw.py)


@dataclass(frozen=True)
class Series:
    """Facts of one kind that units report again and again, in `months` or each once within `once_in`."""

    kind: str
    units: tuple[str, ...]
    fields: Mapping[str, Spec]
    months: tuple[int, ...]
    once_in: bool = False
    times: tuple[int, int] = (1, 1)  # how many a month
    chance: int = 100  # in a hundred
    own: Mapping[str, Mapping[str, Spec]] = field(default_factory=dict)  # fields that one unit tells otherwise
    name: str = ""  # seeds the draws: a series added later leaves the others as they were


@dataclass(frozen=True)
class Story:
    """One fact told in full: the folder it arrives in, and what later folders change of it."""

    kind: str
    arrives: str
    row: Mapping[str, str]
    then: tuple[tuple[str, Mapping[str, str]], ...] = ()


@dataclass(frozen=True)
class Late:
    """Facts that arrive in a later folder than their month's."""

    kind: str
    arrives: str
    where: Mapping[str, str]


@dataclass(frozen=True)
class Book:
    """One file a month: the kinds and the category that its sender reports; nothing named is everything left."""

    name: str
    format: str = "xlsx"
    kinds: frozenset[str] = frozenset()
    category: str = ""


@dataclass(frozen=True)
class Script:
    seed: str
    words: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, int]  # how well a unit does, 0 to 100; others are drawn
    twins: Mapping[str, str]  # a unit that draws what another draws
    series: tuple[Series, ...]
    stories: tuple[Story, ...]
    late: tuple[Late, ...]
    books: tuple[Book, ...]


def read_script(text: str, ruleset: Ruleset) -> Script:
    """The script of a year; raises InputError where it is not YAML or names what the ruleset lacks."""
    document, findings = read(SAMPLE, text)
    if document is None:
        raise RulesetFaulty(with_lines(findings, {SAMPLE: text}))
    data: Mapping[str, Any] = document.data
    names = _Names(ruleset)
    return Script(
        seed=data["seed"],
        words={name: tuple(words) for name, words in data["words"].items()},
        levels={names.unit(unit): int(level) for unit, level in data["levels"].items()},
        twins={names.unit(unit): names.unit(other) for unit, other in data["twins"].items()},
        series=tuple(_series(one, names) for one in data["series"]),
        stories=tuple(_story(one, each, names) for one in data["stories"] for each in one["rows"]),
        late=tuple(_late(one, names) for one in data["late"]),
        books=tuple(_book(one, names) for one in data["books"]),
    )


def _series(one: Mapping[str, Any], names: _Names) -> Series:
    kind = names.kind(one["kind"])
    names.fields(kind, one["fields"])
    own = one.get("own", {})
    for unit, fields in own.items():
        names.unit(unit)
        names.fields(kind, fields)
    low, high = one.get("times", ("1", "1"))
    return Series(
        kind=kind.name,
        units=names.units(one["who"], one.get("except", ())),
        fields=one["fields"],
        months=_months(one.get("once_in") or one.get("months", "1-12")),
        once_in="once_in" in one,
        times=(int(low), int(high)),
        chance=int(one.get("chance", "100")),
        own=own,
        name=one.get("name", kind.name),
    )


def _months(written: str) -> tuple[int, ...]:
    """`3-12` or `3,6,9`."""
    if "-" in written:
        first, last = map(int, written.split("-"))
        return tuple(range(first, last + 1))
    return tuple(map(int, written.split(",")))


def _story(one: Mapping[str, Any], each: Mapping[str, Any], names: _Names) -> Story:
    kind = names.kind(one["kind"])
    row = {name: value for name, value in each.items() if name not in ("in", "then")}
    then = each.get("then", {})
    for fields in (row, *then.values()):
        names.fields(kind, fields)
    return Story(kind.name, each["in"], row, tuple(then.items()))


def _late(one: Mapping[str, Any], names: _Names) -> Late:
    kind = names.kind(one["kind"])
    names.fields(kind, one["where"])
    return Late(kind.name, one["in"], one["where"])


def _book(one: Mapping[str, Any], names: _Names) -> Book:
    kinds = frozenset(names.kind(kind).name for kind in one.get("kinds", ()))
    return Book(one["name"], one.get("format", "xlsx"), kinds, one.get("category", ""))


class _Names:
    """What the ruleset knows by name."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset

    def kind(self, name: str) -> Kind:
        if name not in self._ruleset.kinds:
            raise _unknown("事实种类", name)
        return self._ruleset.kinds[name]

    def fields(self, kind: Kind, named: Iterable[str]) -> None:
        for name in named:
            if name not in kind.fields:
                raise _unknown(f"“{kind.name}”的字段", name)

    def unit(self, name: str) -> str:
        if name not in self._ruleset.units:
            raise _unknown("单位", name)
        return name

    def units(self, who: Iterable[str], without: Iterable[str]) -> tuple[str, ...]:
        """The units that a list of units, groups and categories names, in the order of the ruleset's list."""
        out = {unit for name in without for unit in self._named(name)}
        chosen = {unit for name in who for unit in self._named(name)} - out
        return tuple(unit for unit in self._ruleset.units if unit in chosen)

    def _named(self, name: str) -> tuple[str, ...]:
        if name in self._ruleset.units:
            return (name,)
        found = tuple(
            unit.name for unit in self._ruleset.units.values() if name == unit.category or name in unit.groups
        )
        if not found:
            raise _unknown("单位、组或类别", name)
        return found


def _unknown(what: str, name: str) -> InputError:
    return InputError(f"示例数据写了规则集没有的{what}：{name}", f"改正规则集文件夹中的 {SAMPLE}")
