"""A fact that shows what a finding says, and the cheap way to one: most rules are seen to be alive without a proof.

A candidate takes for every field the least or the greatest value that the field's own tests leave it. Most often
that is a fact which meets every test; where it is not, nothing is said, and `engine.dsl.proving` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle

from engine.dsl.coding import Coding
from engine.dsl.formula import plain
from engine.dsl.intervals import Range, ranges
from engine.dsl.meeting import is_fact, passed
from engine.dsl.model import Check, FieldRef, Kind, Test, Time
from engine.dsl.types import BadValue, MonthType, TextType, UnitType, Value

_AROUND = (-1, 0, 1)


def _least(pool: set[int]) -> int:
    return min(pool, key=lambda code: (abs(code), code))


_PICKS = ((_least,), (min,), (max,), (min, max), (max, min))  # of the values of one field after another


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the facts of a rule lie: the months for which its settings are the same, the units under whose names
    its own units' facts come, and all units of the list."""

    months: tuple[str, ...]
    owners: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """A fact of a month as typed values under the dictionary's names; an empty field is left out."""

    kind: Kind
    month: str
    values: Mapping[str, Value]

    def shown(self, names: Iterable[str], *, dated: bool = False) -> str:
        """The fact in one line with the named fields, its key where none is named: "双公示统计：应报数 0、实报数 0"."""
        wanted = set(names) & set(self.kind.fields) or set(self.kind.key) - {self.kind.month_field}
        told = [f"{name} {_told(self.values.get(name))}" for name in self.kind.fields if name in wanted]
        return f"{f'{self.month} 的' if dated else ''}{self.kind.name}：{'、'.join(told)}"


def _told(value: Value | None) -> str:
    return "空着" if value is None else value if isinstance(value, str) else plain(Fraction(value))


def is_monthly(kind: Kind) -> bool:
    """Whether its facts are some month's: those of other kinds are never scored or judged."""
    return kind.time not in (Time.RECORD, Time.TABLE) and (kind.month_field is not None or kind.time is Time.STATE)


def holds_in(kind: Kind, values: Mapping[str, Value], month: str) -> bool:
    """Whether these values make one of the month's facts; of kinds that no month has, every fact will do."""
    if kind.month_field is not None:
        return values[kind.month_field] == month
    if kind.time is not Time.STATE:
        return True
    end = values.get(kind.end_field)
    return values.get(kind.start_field, "") <= month and (end is None or month < end or (kind.end_counts and month == end))


def is_witness(witness: Witness, tests: Iterable[Test], scope: Scope) -> bool:
    """Whether it is a fact of one of the scope's months and units that meets every test: what every proof ends with."""
    kind, values = witness.kind, witness.values
    return (
        all(_is_typed(kind, name, value) for name, value in values.items())
        and is_fact(kind, values)
        and witness.month in scope.months
        and holds_in(kind, values, witness.month)
        and (kind.unit_field is None or values[kind.unit_field] in scope.owners)
        and all(passed(test, values) for test in tests)
    )


def _is_typed(kind: Kind, name: str, value: Value) -> bool:
    try:
        return kind.fields[name].type.parse(str(value)) == value
    except BadValue:
        return False


def texts_in(tests: Iterable[Test]) -> tuple[str, ...]:
    """The texts that tests name."""
    values = (value for test in tests for value in (test.value if isinstance(test.value, tuple) else (test.value,)))
    return tuple(sorted({value for value in values if isinstance(value, str)}))


def needed(kind: Kind, tests: Sequence[Test]) -> frozenset[str]:
    """The optional fields that a fact must give for these tests to be met."""
    given = {test.field for test in tests if test.value is not False}
    given |= {test.value.name for test in tests if isinstance(test.value, FieldRef)}
    return frozenset(name for name in given if kind.fields[name].optional)


def is_alive(kind: Kind, tests: Sequence[Test], scope: Scope) -> bool:
    """Whether some fact is seen to meet the tests; False may also mean that only a proof can tell."""
    if not tests and not kind.checks and not kind.any_of and kind.time is not Time.STATE:
        return bool(scope.months and scope.owners)
    return next(candidates(kind, tests, scope), None) is not None


def candidates(kind: Kind, tests: Sequence[Test], scope: Scope) -> Iterator[Witness]:
    """Facts that meet the tests, found without a search: a few that differ, and perhaps none though there are some."""
    coding, held = Coding(scope.units, texts_in(tests)), ranges(kind, tests)
    given = needed(kind, tests)
    if kind.any_of and not given & set(kind.any_of):
        given |= {next((name for name in kind.any_of if Test(name, "given", False) not in tests), kind.any_of[0])}
    pools = {
        name: _pool(kind, name, [test for test in tests if test.field == name], held.get(name), coding, scope)
        for name, field in kind.fields.items()
        if not field.optional or name in given
    }
    if not scope.months or not all(pools.values()):
        return
    for picks in _PICKS:
        picked = {name: pick(pool) for (name, pool), pick in zip(pools.items(), cycle(picks))}
        values = {name: coding.value(kind.fields[name], code) for name, code in picked.items()}
        found = Witness(kind, values.get(kind.month_field) or scope.months[0], values)
        if is_witness(found, tests, scope):
            yield found


def _pool(kind: Kind, name: str, own: list[Test], held: Range | None, coding: Coding, scope: Scope) -> set[int]:
    """Codes of a field that meet its own tests: around every bound, and what the scope names."""
    field = kind.fields[name]
    low, high = coding.bounds(field)
    plainly = [test for test in own if test.op != "given" and not isinstance(test.value, FieldRef)]
    constants = [one for test in plainly for one in (test.value if isinstance(test.value, tuple) else (test.value,))]
    ends = [coding.code(field, one) for one in constants]
    if name == kind.unit_field:
        ends, around = [coding.code(field, one) for one in scope.owners], (0,)
    elif name == kind.month_field:
        ends, around = [coding.code(field, one) for one in scope.months], (0,)
    elif held is not None:
        scale = 10**field.type.places
        ends, around = [*ends, 0, int(held.low * scale), int(held.high * scale)], _AROUND
        low, high = max(low, int(held.low * scale)), min(high, int(held.high * scale))
    elif isinstance(field.type, MonthType):
        ends, around = [*ends, *(coding.code(field, one) for one in scope.months[:1])], _AROUND
    elif isinstance(field.type, TextType) and not isinstance(field.type, UnitType):
        ends, around = [*ends, coding.other_text], (0,)
    else:
        ends, around = [*ends, low, high], _AROUND
    codes = {end + by for end in ends for by in around if low <= end + by <= high}
    return {code for code in codes if all(passed(test, {name: coding.value(field, code)}) for test in plainly)}


def written(test: Test) -> str:
    """A test in the words of the language: "条数: {gt: 5}"."""
    value = test.value
    if isinstance(value, FieldRef):
        text = f"{{field: {value.name}}}"
    elif isinstance(value, tuple):
        text = f"[{', '.join(map(_told, value))}]"
    else:
        text = str(value).lower() if isinstance(value, bool) else _told(value)
    return f"{test.field}: {text}" if test.op in ("eq", "in") else f"{test.field}: {{{test.op}: {text}}}"


def written_check(check: Check) -> str:
    return f"数据字典的核对 {check.text}"
