"""What the tests of a pattern and the dictionary leave a field to be: enough to see a divisor that may be 0,
and tests that no fact can meet. Sound, not complete: what it cannot show it does not claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.dsl.formula import Binary, Call, Name, Negative, Node, Number, divisors
from engine.dsl.model import FieldRef, Kind, Test
from engine.dsl.types import ChoiceType, WholeType

_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq", "ne": "ne"}
_ORDERINGS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=", "ne": "<>"}  # how the two may stand
_WORDS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le", "=": "eq", "!=": "ne"}


@dataclass(frozen=True, slots=True)
class Range:
    """All values from `low` to `high`, both included and None where there is no bound; `nonzero`: but never 0."""

    low: Fraction | None = None
    high: Fraction | None = None
    nonzero: bool = False

    @property
    def excludes_zero(self) -> bool:
        return self.nonzero or (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.nonzero and self.low == self.high == 0)

    @property
    def bounded(self) -> bool:
        return self.low is not None and self.high is not None


Side = str | Fraction  # a field's name or a number


def ranges(kind: Kind, tests: Iterable[Test]) -> dict[str, Range]:
    """The numeric fields that every matching fact has, with the values that they may take."""
    tests = list(tests)
    given = {test.field for test in tests if test.value is not False}
    given |= {test.value.name for test in tests if isinstance(test.value, FieldRef)}
    present = {name for name, field in kind.fields.items() if field.type.numeric and (not field.optional or name in given)}
    held = {name: Range(*_bounds(kind, name)) for name in kind.fields if name in present}
    for test in tests:
        if test.op == "in" and test.field in held:
            values = [Fraction(value) for value in test.value]
            held[test.field] = Range(min(values), max(values), 0 not in values)
    relations = list(_relations(kind, tests, present))
    for _ in range(len(relations) + 1):  # a chain of relations needs no more; a ring of them just stops early
        for left, op, right in relations:
            _narrow(kind, held, left, op, right)
            _narrow(kind, held, right, _MIRRORED[op], left)
    return held


def _bounds(kind: Kind, name: str) -> tuple[Fraction, Fraction]:
    return Fraction(kind.fields[name].type.low), Fraction(kind.fields[name].type.high)


def _relations(kind: Kind, tests: Iterable[Test], present: set[str]) -> Iterable[tuple[Side, str, Side]]:
    for test in tests:
        if test.field in present and test.op in _MIRRORED:
            yield test.field, test.op, test.value.name if isinstance(test.value, FieldRef) else Fraction(test.value)
    for check in kind.checks:
        sides = (check.left, check.right)
        if all(isinstance(side, Fraction) or side in present for side in sides):
            yield check.left, _WORDS[check.op], check.right


def _narrow(kind: Kind, held: dict[str, Range], left: Side, op: str, right: Side) -> None:
    """Takes from a field's range what the comparison rules out."""
    if isinstance(left, Fraction):
        return
    now, other = held[left], Range(right, right) if isinstance(right, Fraction) else held[right]
    step = Fraction(1, 10 ** kind.fields[left].type.places)
    low, high, nonzero = now.low, now.high, now.nonzero
    if op in ("gt", "ge", "eq"):
        low = max(low, -(-other.low // step) * step if op != "gt" else (other.low // step) * step + step)
    if op in ("lt", "le", "eq"):
        high = min(high, (other.high // step) * step if op != "lt" else -(-other.high // step) * step - step)
    if op == "eq":
        nonzero = nonzero or other.excludes_zero
    if op == "ne" and other.low == other.high:
        low = low + step if low == other.low else low
        high = high - step if high == other.high else high
        nonzero = nonzero or other.low == 0
    held[left] = Range(low, high, nonzero)


def contradiction(kind: Kind, tests: Iterable[Test]) -> str | None:
    """The field whose tests no fact can meet, or None. The tests name no settings any more."""
    tests = list(tests)
    for name in dict.fromkeys(test.field for test in tests):
        own = [test for test in tests if test.field == name]
        if _impossible(kind, name, own):
            return name
    for test in tests:
        if isinstance(test.value, FieldRef) and not _orderings(kind, tests, test.field, test.value.name):
            return test.field
    held = ranges(kind, tests)
    empty = [name for name, held_range in held.items() if held_range.empty]
    tested = [test.field for test in tests if test.field in empty]
    return (tested or [test.field for test in tests])[0] if empty and tests else None


def _orderings(kind: Kind, tests: Iterable[Test], left: str, right: str) -> set[str]:
    """How two fields that are compared may stand to each other, by the tests and the dictionary's checks."""
    compared = [(test.field, test.op, test.value.name) for test in tests if isinstance(test.value, FieldRef)]
    compared += [(check.left, _WORDS[check.op], check.right) for check in kind.checks]
    left_to = set("=" if left == right else "<=>")
    for one, op, other in compared:
        if (one, other) == (left, right):
            left_to &= set(_ORDERINGS[op])
        elif (one, other) == (right, left):
            left_to &= set(_ORDERINGS[_MIRRORED[op]])
    return left_to


def _impossible(kind: Kind, name: str, own: list[Test]) -> bool:
    field = kind.fields[name]
    if any(test.op == "given" and not test.value for test in own) and (len(own) > 1 or not field.optional):
        return True
    plain = [test for test in own if test.op != "given" and not isinstance(test.value, FieldRef)]
    if isinstance(field.type, ChoiceType):
        left = set(field.type.choices)
        for test in plain:
            left &= set(test.value) if test.op == "in" else {test.value} if test.op == "eq" else left - {test.value}
        return not left
    if field.type.numeric:
        return False
    lows = [(test.value, test.op == "gt") for test in plain if test.op in ("gt", "ge")]
    highs = [(test.value, test.op == "lt") for test in plain if test.op in ("lt", "le")]
    return any(low > high or (low == high and (above or below)) for low, above in lows for high, below in highs)


def may_divide_by_zero(tree: Node, names: Mapping[str, Range]) -> bool:
    """Whether some divisor of a formula cannot be shown to stay away from 0."""
    if any(one.empty for one in names.values()):
        return False  # no fact meets the tests and checks together, so none is ever divided
    return any(not _range(divisor, names).excludes_zero for divisor in divisors(tree))


def _range(node: Node, names: Mapping[str, Range]) -> Range:
    match node:
        case Number(value):
            return Range(value, value)
        case Name(name):
            return names.get(name, Range())
        case Negative(of):
            return _negated(_range(of, names))
        case Call(function, args):
            return _extreme(min if function == "min" else max, [_range(arg, names) for arg in args])
        case Binary(op, left, right):
            return _combined(op, _range(left, names), _range(right, names))


def _negated(one: Range) -> Range:
    return Range(None if one.high is None else -one.high, None if one.low is None else -one.low, one.nonzero)


def _extreme(pick: type, of: list[Range]) -> Range:
    nonzero = all(one.excludes_zero for one in of)
    if not all(one.bounded for one in of):
        return Range(nonzero=nonzero)
    return Range(pick(one.low for one in of), pick(one.high for one in of), nonzero)


def _combined(op: str, left: Range, right: Range) -> Range:
    if op == "-":
        op, right = "+", _negated(right)
    nonzero = op != "+" and left.excludes_zero and (op == "/" or right.excludes_zero)
    if op == "/":
        inverse = _inverse(right)
        return replace(_combined("*", left, inverse), nonzero=nonzero)
    if not (left.bounded and right.bounded):
        return Range(nonzero=nonzero)
    if op == "+":
        return Range(left.low + right.low, left.high + right.high)
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return Range(min(corners), max(corners), nonzero)


def _inverse(one: Range) -> Range:
    if one.bounded and (one.low > 0 or one.high < 0):
        return Range(1 / one.high, 1 / one.low)
    return Range()


def closed_values(field_type: object) -> tuple[str | int, ...] | None:
    """The values of a closed list, or of a range that is as good as one; None for any other type."""
    if isinstance(field_type, ChoiceType):
        return field_type.choices
    if isinstance(field_type, WholeType) and field_type.high - field_type.low < 1000:
        return tuple(range(field_type.low, field_type.high + 1))
    return None
