"""Why a rule that binds a unit gave nothing: what was not there, what barred it, or the fact that came nearest.

It guesses nothing: the recorded matches say that a rule did not fire, and its compiled conditions are read over the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from engine.dsl.model import FieldRef, Field, Kind, Pattern, Rule, Ruleset, Test
from engine.facts import Fact
from engine.inference.conditions import unmet
from engine.ledger.book import FactLine

Line = tuple[Fact, FactLine]


@dataclass(frozen=True, slots=True)
class Gap:
    """A test that a fact did not meet; `by` is how far it was from it in `unit`, None where nothing can be counted."""

    test: Test
    value: object  # what the fact has in the field; None where it is empty
    against: object  # what the test compares with: a value, several, or what the other field has
    by: Fraction | None = None
    unit: str = ""  # what `by` counts: 天, 个月, or numbers as they are


@dataclass(frozen=True, slots=True)
class Miss:
    """The fact of a rule's kind that came nearest, and the tests that it did not meet."""

    fact: FactLine
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """An absence that a rule asks for, and the facts that were there."""

    pattern: Pattern
    facts: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class Idle:
    """A rule without a match in a unit's month. `count` facts of its kind were there, `fitting` of them met its tests."""

    rule: str
    count: int
    fitting: int
    nearest: Miss | None
    bars: tuple[Bar, ...]


def idle_rules(ruleset: Ruleset, rules: Iterable[Rule], held: Sequence[Line], fired: Iterable[str]) -> dict[str, Idle]:
    """By rule, those of a unit's rules, settled for the month, that none of the facts that it `held` made fire."""
    by_kind: dict[str, list[Line]] = {}
    for line in held:
        by_kind.setdefault(line[0].kind, []).append(line)
    matched = set(fired)
    return {rule.id: _idle(ruleset, rule, by_kind) for rule in rules if rule.id not in matched}


def _idle(ruleset: Ruleset, rule: Rule, by_kind: Mapping[str, Sequence[Line]]) -> Idle:
    own = by_kind.get(rule.fact.kind, ()) if rule.fact else ()
    misses = [(line, unmet(rule.fact, line[0])) for line in own]
    failed = [(line, tests) for line, tests in misses if tests]
    return Idle(
        rule.id,
        len(own),
        len(own) - len(failed),
        _nearest(ruleset.kinds[rule.fact.kind], failed) if failed and len(failed) == len(own) else None,
        tuple(filter(None, (_bar(none, by_kind.get(none.kind, ())) for none in rule.nones))),
    )


def _bar(none: Pattern, own: Iterable[Line]) -> Bar | None:
    there = tuple(told for fact, told in own if not unmet(none, fact))
    return Bar(none, there) if there else None


def _nearest(kind: Kind, failed: Iterable[tuple[Line, tuple[Test, ...]]]) -> Miss:
    """The fact that fails the fewest tests; of those the one that fails the first of them by least, then by key."""
    misses = [(fact.order, Miss(told, tuple(gap_of(kind, test, fact) for test in tests))) for (fact, told), tests in failed]

    def distance(one: tuple[tuple, Miss]) -> tuple:
        order, miss = one
        by = miss.gaps[0].by
        return len(miss.gaps), by is None, by or 0, order

    return min(misses, key=distance)[1]


def gap_of(kind: Kind, test: Test, fact: Fact) -> Gap:
    """How far a fact is from a test that it does not meet."""
    value = fact.values.get(test.field)
    against = fact.values.get(test.value.name) if isinstance(test.value, FieldRef) else test.value
    by, unit = _between(kind.fields[test.field], value, against)
    return Gap(test, value, against, by, unit)


def _between(field: Field, value: object, against: object) -> tuple[Fraction | None, str]:
    """How far apart two values of a field are, and in what."""
    if value is None or against is None or isinstance(against, tuple | bool):
        return None, ""
    if field.type.numeric:
        return abs(Fraction(value) - Fraction(against)), ""
    if field.type.family == "date":
        return Fraction(abs((date.fromisoformat(value) - date.fromisoformat(against)).days)), "天"
    if field.type.family == "month":
        months = [int(each[:4]) * 12 + int(each[5:]) for each in (value, against)]
        return Fraction(abs(months[0] - months[1])), "个月"
    return None, ""
