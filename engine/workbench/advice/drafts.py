"""Facts that a unit could report for a rule: what the pattern and the dictionary leave open is filled so that it is worth most.

A size (how many were due) stays as the unit last reported it; a part of it (how many were right) goes as far as the checks let it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import NamedTuple

from engine.dsl.formula import Formula, plain
from engine.dsl.intervals import Range, closed_values, ranges
from engine.dsl.model import FieldRef, Kind, Pattern, Rule, Test
from engine.dsl.types import BadValue, ChoiceType, DateType, Value, WholeType, YearType, canonical_decimal
from engine.facts import Fact, canonical
from engine.inference.conditions import unmet
from engine.intake.rows import met
from engine.scoring.points import worth

Values = dict[str, Value]
_CHOICES, _LEVELS = 200, 100  # of closed lists together, and of numbers: more no dictionary has so far
_MADE_UP = "待定"
_UP, _DOWN = ("<", "<=", "="), (">", ">=", "=")


def fact_of(kind: Kind, values: Mapping[str, Value]) -> Fact:
    """A fact that has not come in, as it would be read; its fields in the dictionary's order."""
    told = {name: values[name] for name in kind.fields if name in values}
    parts = [None if name not in told else kind.fields[name].type.stored(told[name]) for name in kind.key]
    return Fact(kind.name, canonical(parts), told)


def made_up(kind: Kind, unit: str, texts: Collection[str]) -> str:
    """A text that is not one of these; it names the unit where the kind's key does not."""
    start = _MADE_UP if kind.unit_field in kind.key else f"{unit}{_MADE_UP}"
    return next(text for text in (f"{start}{number}" for number in range(1, len(texts) + 2)) if text not in texts)


def is_made_up(value: Value | None) -> bool:
    return isinstance(value, str) and value.rstrip("0123456789").endswith(_MADE_UP)


def drafts(kind: Kind, pattern: Pattern, rule: Rule, given: Values, seeds: Sequence[Fact], free: Callable[[str], str]) -> list[Fact]:
    """For each thing of the closed lists the fact that is worth most to a rule, all others left out.

    `given` are the fields that are settled, `seeds` what the unit reported of the kind, the newest first,
    `free` gives a text that no fact has in a field.
    """
    best: dict[tuple, tuple[tuple, Fact]] = {}
    things = {*kind.key, *(rule.once_per or ()), rule.best_of}
    plain_tests = [test for test in pattern.tests if not isinstance(test.value, FieldRef)]
    span = _Span(ranges(kind, plain_tests), {name: _bounds(kind, pattern.tests, name) for name in kind.numbers})
    for chosen in islice(_chosen(kind, pattern.tests, given, needed := _needed(kind, pattern, rule)), _CHOICES):
        seed = next((one.values for one in seeds if all(one.values.get(name) == value for name, value in chosen.items())), {})
        base = {**given, **chosen}
        base |= {name: _plain(kind, name, pattern.tests, given, free) for name in needed if name not in base and not _number(kind, name)}
        thing = tuple(value for name, value in chosen.items() if name in things)
        for numbers in islice(_numbered(kind, span, base, needed, seed), _LEVELS):
            fact = fact_of(kind, {**base, **numbers})
            if not _told_right(kind, fact) or unmet(pattern, fact):
                continue
            kept = sum(seed.get(name) == value for name, value in numbers.items())
            rated = (worth(rule, kind, fact) if rule.fact is pattern else Fraction(0), kept)
            if thing not in best or rated > best[thing][0]:
                best[thing] = rated, fact
    return [fact for _, fact in best.values()]


def _told_right(kind: Kind, fact: Fact) -> bool:
    """Whether the dictionary takes a fact: no text can be made up for a code that has a check digit, say."""
    try:
        for name, value in fact.values.items():
            kind.fields[name].type.parse(str(value))
    except BadValue:
        return False
    return all(met(check, fact.values) for check in kind.checks)


def _number(kind: Kind, name: str) -> bool:
    return kind.fields[name].type.numeric


def _needed(kind: Kind, pattern: Pattern, rule: Rule) -> tuple[str, ...]:
    """The fields that a fact has to give: those that must be, are tested, or that the points are made of."""
    read = {test.field for test in pattern.tests if test.value is not False}
    read |= {test.value.name for test in pattern.tests if isinstance(test.value, FieldRef)}
    if rule.fact is pattern:
        read |= set(rule.points.names) if isinstance(rule.points, Formula) else {rule.points.field}
        read |= {rule.times, rule.best_of, *(rule.once_per or ())}
    read |= set(kind.any_of[:1])
    return tuple(name for name, field in kind.fields.items() if (not field.optional or name in read) and name != kind.end_field)


def _chosen(kind: Kind, tests: Sequence[Test], given: Values, needed: Collection[str]) -> Iterator[Values]:
    """Every choice of the fields with a closed list; a range of numbers is one where it tells facts apart."""
    lists: dict[str, tuple[Value, ...]] = {}
    for name in needed:
        type_ = kind.fields[name].type
        if name not in given and (isinstance(type_, ChoiceType) or (isinstance(type_, WholeType) and name in kind.key)):
            values = closed_values(type_)
            if values is not None:
                lists[name] = tuple(value for value in values if all(_fits(test, value) for test in tests if test.field == name))
    for values in product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _fits(test: Test, value: Value) -> bool:
    return {"eq": lambda: value == test.value, "in": lambda: value in test.value, "ne": lambda: value != test.value}.get(
        test.op, lambda: True
    )()


def _plain(kind: Kind, name: str, tests: Sequence[Test], given: Values, free: Callable[[str], str]) -> Value:
    """A value of a field that is neither a number nor of a closed list."""
    told = [test.value for test in tests if test.field == name and test.op in ("eq", "ge", "le")]
    told += [test.value[0] for test in tests if test.field == name and test.op == "in"]
    if told and not isinstance(told[0], FieldRef):
        return told[0]
    type_, month = kind.fields[name].type, given.get(kind.month_field or kind.start_field, "")
    if isinstance(type_, YearType):
        return str(month)[:4]
    if isinstance(type_, DateType):
        return f"{month}-01"
    return month if type_.family == "month" else given[kind.unit_field] if type_.family == "unit" else free(name)


class _Span(NamedTuple):
    """What numbers may be: each by itself, and how it is compared with other fields."""

    held: Mapping[str, Range]
    bounds: Mapping[str, Sequence[tuple[str, str]]]


def _numbered(kind: Kind, span: _Span, base: Values, needed: Collection[str], seed: Mapping[str, Value]) -> Iterator[Values]:
    """Numbers for the fields that are still open, those that are worth a look; what bounds another goes first."""
    names = [name for name in needed if name not in base and _number(kind, name)]
    held, bounds = span

    def filled(left: list[str], values: dict[str, Fraction]) -> Iterator[dict[str, Fraction]]:
        if not left:
            yield values
            return
        name = next((one for one in left if not {other for _, other in bounds[one]} & set(left)), left[0])
        type_ = kind.fields[name].type
        range_ = held.get(name) or Range(Fraction(type_.low), Fraction(type_.high))
        for level in _levels(range_, type_, [(op, values[other]) for op, other in bounds[name] if other in values], seed.get(name)):
            yield from filled([one for one in left if one != name], {**values, name: level})

    numbers = {name: Fraction(value) for name, value in base.items() if name in kind.fields and _number(kind, name)}
    for values in filled(names, numbers):
        yield {name: _typed(kind, name, values[name]) for name in names}


def _bounds(kind: Kind, tests: Sequence[Test], name: str) -> list[tuple[str, str]]:
    """The fields that a field is compared with from below, by checks, or by a test of the pattern; and how."""
    found = [("<=", check.right) for check in kind.checks if check.left == name and check.op in _UP]
    found += [("<=", check.left) for check in kind.checks if check.right == name and check.op in _DOWN]
    found += [(test.op, test.value.name) for test in tests if test.field == name and isinstance(test.value, FieldRef)]
    return [(op, other) for op, other in found if isinstance(other, str) and other != name]


def sizes(kind: Kind) -> tuple[list[str], list[str]]:
    """The numbers that bound others by the dictionary's checks, which no one chooses, and those others."""
    bounds = {name: {other for _, other in _bounds(kind, (), name)} for name in kind.numbers}
    parts = [name for name in kind.numbers if bounds[name]]
    return [name for name in kind.numbers if name not in parts and any(name in bounds[part] for part in parts)], parts


def _levels(range_: Range, type_: object, bounds: Sequence[tuple[str, Fraction]], seed: Value | None) -> list[Fraction]:
    """The values that a number may be best at: its bounds where it has any, else as it was, or the least that there can be."""
    step = Fraction(1, 10**type_.places)
    as_was = None if seed is None else Fraction(seed)
    tops = [bound for op, bound in bounds if op == "<="]
    tested = [bound + {"gt": step, "lt": -step}.get(op, 0) for op, bound in bounds if op != "<="]
    if tops:
        wanted = [min(tops), as_was, range_.low]
    elif tested:
        wanted = [as_was, *tested]
    elif range_.high < type_.high or range_.low > max(type_.low, 1):
        wanted = [range_.high, as_was, range_.low]
    else:
        wanted = [as_was if as_was is not None else max(range_.low, Fraction(1)), Fraction(1), range_.low]
    fitting = [one for one in wanted if one is not None and range_.low <= one <= range_.high and not (range_.nonzero and one == 0)]
    return list(dict.fromkeys(fitting))


def _typed(kind: Kind, name: str, value: Fraction) -> Value:
    return int(value) if isinstance(kind.fields[name].type, WholeType) else canonical_decimal(plain(value))
