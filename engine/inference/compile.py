"""Rules to definitions of durable-rules: plain data that its host takes, and the facts as it compares them.

Numbers are asserted as whole numbers, scaled alike (SCALE), as the library has no exact decimals. Whether a field
is given, and every guard of a field that another is compared with, is a marker field of its own, as the library
compares an empty field as if it were a value (`tests/inference/test_traps.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from engine.dsl.model import FieldRef, Pattern, Rule, Test, Trigger
from engine.dsl.types import Value
from engine.facts import Fact

CLOSE = "#close"  # the kind of the fact that ends a month; no kind of a dictionary begins with #
SCALE = 10**6  # the most decimal places of any type; a count of 10^12 stays below 2^63

_COMPARE = {"gt": "$gt", "ge": "$gte", "lt": "$lt", "le": "$lte", "ne": "$neq"}
_UNEQUAL = ("$gt", "$lt")
_EQUAL = ("$gte", "$lte")


def given_marker(field: str) -> str:
    return "?" + field


def comparable(value: Value) -> str | int:
    """A value as the rule engine compares it."""
    return int(Fraction(value) * SCALE) if isinstance(value, int | Decimal) else value


def message(fact: Fact, fields: Iterable[str]) -> dict[str, str | int | None]:
    """A fact as it is asserted: its kind, and of each field that some test reads the value and whether it is given."""
    told: dict[str, str | int | None] = {"kind": fact.kind}
    for name in fields:
        value = fact.values.get(name)
        told[name] = None if value is None else comparable(value)
        told[given_marker(name)] = int(value is not None)
    return told


def definition(rule: Rule | Trigger) -> list[dict]:
    """The patterns of a rule: its fact, then the month's close, then every absence, which the close joins."""
    patterns = [] if rule.fact is None else [{"fact": _pattern(rule.fact)}]
    if rule.nones:
        patterns.append({"close": {"kind": CLOSE}})
        patterns += [{f"none{place}$not": _pattern(none)} for place, none in enumerate(rule.nones)]
    return patterns


def fields_read(rules: Iterable[Rule | Trigger]) -> dict[str, frozenset[str]]:
    """The fields that some test reads, by kind: only these are asserted."""
    read: dict[str, set[str]] = {}
    for rule in rules:
        for pattern in (rule.fact, *rule.nones):
            if pattern is not None:
                read.setdefault(pattern.kind, set()).update(fields_of(pattern))
    return {kind: frozenset(fields) for kind, fields in read.items()}


def fields_of(pattern: Pattern) -> Iterable[str]:
    for test in pattern.tests:
        yield test.field
        if isinstance(test.value, FieldRef):
            yield test.value.name


def _pattern(pattern: Pattern) -> dict:
    return {"$and": [{"kind": pattern.kind}, *(condition(test) for test in pattern.tests)]}


def condition(test: Test) -> dict:
    """One test of a pattern as the library is told it."""
    if test.op == "given":
        return {given_marker(test.field): int(test.value)}
    if isinstance(test.value, FieldRef):
        return _against_field(test, test.value.name)
    if test.op == "in":
        return {"$or": [{test.field: comparable(value)} for value in test.value]}
    if test.op == "eq":
        return {test.field: comparable(test.value)}
    return {_COMPARE[test.op]: {test.field: comparable(test.value)}}


def _against_field(test: Test, other: str) -> dict:
    def compare(op: str) -> dict:
        return {op: {test.field: {"$m": other}}}

    guards = [{given_marker(test.field): 1}, {given_marker(other): 1}]
    if test.op == "eq":
        return {"$and": [*guards, *map(compare, _EQUAL)]}
    if test.op == "ne":
        return {"$and": [*guards, {"$or": [*map(compare, _UNEQUAL)]}]}
    return {"$and": [*guards, compare(_COMPARE[test.op])]}
