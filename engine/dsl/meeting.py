"""Whether the values of a fact meet a test of a rule or a check of the dictionary: what the language says, in plain Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from engine.dsl.model import Check, FieldRef, Kind, Test
from engine.dsl.types import Value

COMPARE: Mapping[str, Callable[[object, object], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
OF_TEST = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "!="}


def met(check: Check, values: Mapping[str, Value]) -> bool:
    sides = [side if isinstance(side, Fraction) else values.get(side) for side in (check.left, check.right)]
    if None in sides:
        return True
    left, right = map(_exact, sides)
    return COMPARE[check.op](left, right)


def passed(test: Test, values: Mapping[str, Value]) -> bool:
    """Whether a test that names no setting any more holds: an empty field meets none but `given: false`."""
    value = values.get(test.field)
    if test.op == "given":
        return (value is not None) == test.value
    other = values.get(test.value.name) if isinstance(test.value, FieldRef) else test.value
    if value is None or other is None:
        return False
    if test.op == "in":
        return value in other
    return COMPARE[OF_TEST[test.op]](_exact(value), _exact(other))


def checks_of(kind: Kind) -> tuple[Check, ...]:
    """The dictionary's checks, and that nothing ends before it starts, where no check says so."""
    start, end = kind.start_field, kind.end_field
    ordered = {(start, "<=", end), (start, "<", end), (end, ">=", start), (end, ">", start)}
    if not (start and end) or any((check.left, check.op, check.right) in ordered for check in kind.checks):
        return kind.checks
    return (*kind.checks, Check(start, "<=", end, f"{start} <= {end}"))


def is_fact(kind: Kind, values: Mapping[str, Value]) -> bool:
    """Whether the dictionary lets these values be a fact of the kind; each is known to be of its field's type."""
    return (
        all(name in values for name in kind.required)
        and (not kind.any_of or any(name in values for name in kind.any_of))
        and all(met(check, values) for check in checks_of(kind))
    )


def _exact(side: object) -> object:
    """A Decimal and a Fraction do not compare; numbers of one sort do, exactly."""
    return Fraction(side) if isinstance(side, Decimal) else side
