"""Exact answers about the facts that a rule can meet, from an SMT solver: a fact that is one, or the conditions
that leave none. Imported only where the cheap reasoning of `engine.dsl.intervals` does not settle a question.

Every value is a whole number (`engine.dsl.coding`), so tests and checks are linear; only formulas need more. The
solver's effort is bounded by its own count of steps, never by a clock: the same ruleset always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from engine.dsl.coding import Coding
from engine.dsl.formula import Binary, Call, Formula, Name, Negative, Node, Number, divisors
from engine.dsl.meeting import COMPARE, OF_TEST, checks_of
from engine.dsl.model import Check, FieldRef, Kind, PointsTable, Rule, Test, Time
from engine.dsl.witness import Scope, Witness, is_witness, needed, texts_in, written, written_check

_STEPS = 2_000_000  # of the solver, for one question: about a second
_FEW = _STEPS // 20  # for what would only make a fact easier to read
_NAMED = 3  # units that a condition names
_EASY = (0, 1, 2, 3, 4, 5, 10, 20, 50, 100)  # numbers that a reader takes in at a glance


class Unproved(Exception):
    """The solver gave up: there may be such a fact or not."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of a fact, as the language writes it; `test` where it is a test of the rule."""

    text: str
    holds: Any
    test: Test | None = None


class Facts:
    """All facts of a kind in a scope, as the solver sees them: a code for every field, and whether it is given."""

    def __init__(self, kind: Kind, tests: Sequence[Test], scope: Scope) -> None:
        self.kind, self.tests, self.scope = kind, tests, scope
        self._context = z3.Context()  # of its own: what was asked before must not change the answer
        self._coding = Coding(scope.units, texts_in(tests))
        self._codes = {name: z3.Int(f"code{place}", self._context) for place, name in enumerate(kind.fields)}
        self._given = {name: z3.Bool(f"given{place}", self._context) for place, name in enumerate(kind.fields)}
        self._month = z3.Int("month", self._context)
        self.conditions = [*self._tested(), *self._checked(), *self._typed(), *self._scoped()]

    def _tested(self) -> Iterator[Condition]:
        for test in self.tests:
            yield Condition(written(test), self._test(test), test)

    def _test(self, test: Test) -> z3.BoolRef:
        name = test.field
        if test.op == "given":
            return self._given[name] if test.value else z3.Not(self._given[name])
        if test.op == "in":
            return z3.And(self._given[name], z3.Or([self._codes[name] == self._code(name, one) for one in test.value]))
        compare = COMPARE[OF_TEST[test.op]]
        if isinstance(test.value, FieldRef):
            other = test.value.name
            return z3.And(self._given[name], self._given[other], compare(self._codes[name], self._codes[other]))
        return z3.And(self._given[name], compare(self._codes[name], self._code(name, test.value)))

    def _code(self, name: str, value: Any) -> int:
        return self._coding.code(self.kind.fields[name], value)

    def _checked(self) -> Iterator[Condition]:
        for check in checks_of(self.kind):
            yield Condition(written_check(check), self._check(check))
        if self.kind.any_of:
            given = z3.Or([self._given[name] for name in self.kind.any_of])
            yield Condition(f"{'、'.join(self.kind.any_of)}至少要填一项", given)

    def _check(self, check: Check) -> z3.BoolRef:
        """Numbers of all types compare with each other, so their codes are scaled back first."""
        sides = (check.left, check.right)
        empty = [z3.Not(self._given[side]) for side in sides if isinstance(side, str)]
        compared = COMPARE[check.op](*(self._exact(side) for side in sides))
        return z3.Or(*empty, compared if z3.is_expr(compared) else z3.BoolVal(compared, self._context))

    def _exact(self, side: str | Fraction) -> Any:
        if isinstance(side, Fraction):
            return self._number(side)
        return self.value(side) if self.kind.fields[side].type.numeric else self._codes[side]

    def _number(self, value: Fraction) -> z3.RatNumRef:
        return z3.Q(value.numerator, value.denominator, self._context)

    def value(self, name: str) -> z3.ArithRef:
        """The exact value of a number field."""
        scale = 10 ** self.kind.fields[name].type.places
        code = z3.ToReal(self._codes[name])
        return code if scale == 1 else code / scale

    def _typed(self) -> Iterator[Condition]:
        for name, field in self.kind.fields.items():
            low, high = self._coding.bounds(field)
            code = self._codes[name]
            yield Condition(f"“{name}”只能是 {field.type.expected}", z3.And(low <= code, code <= high))
            if not field.optional:
                yield Condition(f"“{name}”不能空着", self._given[name])

    def _scoped(self) -> Iterator[Condition]:
        kind, months = self.kind, [int(month[:4]) * 12 + int(month[5:]) - 1 for month in self.scope.months]
        yield Condition("", z3.Or([self._month == month for month in months]))
        if kind.month_field:
            what = f"只看 {self.scope.months[0]} 至 {self.scope.months[-1]} 的事实"
            yield Condition(what, self._codes[kind.month_field] == self._month)
        elif kind.time is Time.STATE:
            start, end = kind.start_field, kind.end_field
            span = f"规则所看的月份（{self.scope.months[0]} 至 {self.scope.months[-1]}）"
            yield Condition(f"“{start}”不晚于{span}", z3.Implies(self._given[start], self._codes[start] <= self._month))
            later = self._month <= self._codes[end] if kind.end_counts else self._month < self._codes[end]
            yield Condition(f"“{end}”{'不早' if kind.end_counts else '晚'}于{span}", z3.Implies(self._given[end], later))
        if kind.unit_field:
            owners = [self._codes[kind.unit_field] == self._code(kind.unit_field, name) for name in self.scope.owners]
            more = "等" if len(owners) > _NAMED else ""
            yield Condition(f"规则只适用于{'、'.join(self.scope.owners[:_NAMED])}{more}", z3.Or(owners))

    def witness(self, *also: Any, without: Test | None = None) -> Witness | None:
        """A fact that meets the conditions, but for the test `without`, and `also` what is asked of it: easy to read,
        and seen to be one. None where there is none, or the solver gives up."""
        solver = self._solver()
        solver.add(*(one.holds for one in self.conditions if without is None or one.test is not without), *also)
        if solver.check() != z3.sat:
            return None
        model = solver.model()
        solver.set(rlimit=_FEW)
        for wish in self._wishes():
            solver.push()
            solver.add(wish)
            if solver.check() == z3.sat:
                model = solver.model()
            else:
                solver.pop()
        found = self._read(model)
        tests = [test for test in self.tests if test is not without]
        return found if is_witness(found, tests, self.scope) else None

    def _wishes(self) -> Iterator[z3.BoolRef]:
        """What makes a fact easy to read: little in it, small numbers, nothing that was not asked for."""
        first = self.scope.months[0]
        yield self._month == int(first[:4]) * 12 + int(first[5:]) - 1
        if self.kind.time is Time.STATE:
            yield self._codes[self.kind.start_field] == self._month
        if self.kind.unit_field:
            yield self._codes[self.kind.unit_field] == self._code(self.kind.unit_field, self.scope.owners[0])
        for name, field in self.kind.fields.items():
            if field.optional and name not in needed(self.kind, self.tests):
                yield z3.Not(self._given[name])
        for name, field in self.kind.fields.items():
            if field.type.numeric:
                scale = 10**field.type.places
                tried = z3.Or([self._codes[name] == one * scale for one in _EASY])
                yield tried
                for one in _EASY:
                    yield z3.Implies(tried, self._codes[name] <= one * scale)

    def _read(self, model: z3.ModelRef) -> Witness:
        values = {}
        for name, field in self.kind.fields.items():
            if z3.is_true(model.eval(self._given[name], model_completion=True)):
                values[name] = self._coding.value(field, model.eval(self._codes[name], model_completion=True).as_long())
        month = model.eval(self._month, model_completion=True).as_long()
        return Witness(self.kind, f"{month // 12:04d}-{month % 12 + 1:02d}", values)

    def none(self, *also: Any) -> bool:
        """Whether it is proved that no fact meets the conditions and `also` what is asked."""
        solver = self._solver()
        solver.add(*(one.holds for one in self.conditions), *also)
        return solver.check() == z3.unsat

    def contradiction(self) -> list[Condition] | None:
        """The conditions, none of which could be left out, that no fact meets together; None where one does."""
        if not self.none():
            return None
        core = [one for one in self.conditions if one.test is None]  # the dictionary may leave no fact whatever the tests
        if not self._clash(core):
            core = list(self.conditions)
        for one in reversed(core):  # from the last: where there is a choice, the tests are told
            fewer = [other for other in core if other is not one]
            if self._clash(fewer):
                core = fewer
        return core

    def _clash(self, conditions: Iterable[Condition]) -> bool:
        solver = self._solver()
        solver.add(*(one.holds for one in conditions))
        return solver.check() == z3.unsat

    def _solver(self) -> z3.Solver:
        solver = z3.Solver(ctx=self._context)
        solver.set(rlimit=_STEPS, random_seed=0, ctrl_c=False)  # an interruption is for the command to see
        return solver

    def formula(self, tree: Node, settings: Mapping[str, Fraction]) -> z3.ArithRef:
        """The value of a formula; where it divides by 0 it may be anything, so divisors are asked for apart."""
        match tree:
            case Number(value):
                return self._number(value)
            case Name(name):
                return self.value(name) if name in self.kind.fields else self._number(settings[name])
            case Negative(of):
                return -self.formula(of, settings)
            case Call(function, args):
                return _extreme(function, [self.formula(arg, settings) for arg in args])
            case Binary(op, left, right):
                return _OPERATIONS[op](self.formula(left, settings), self.formula(right, settings))

    def divided_by_zero(self, tree: Node, settings: Mapping[str, Fraction]) -> Witness | None:
        """A fact for which some divisor of a formula is 0, or None where there is none; raises Unproved."""
        proved = True
        for divisor in divisors(tree):
            inner = [self.formula(one, settings) != 0 for one in divisors(divisor)]
            zero = self.formula(divisor, settings) == 0
            if self.none(zero, *inner):
                continue
            found = self.witness(zero, *inner)
            if found is not None:
                return found
            proved = False
        if not proved:
            raise Unproved
        return None

    def points(self, rule: Rule, settings: Mapping[str, Fraction]) -> z3.ArithRef:
        """What a match of a rule is worth, before any limit."""
        if isinstance(rule.points, Formula):
            worth = self.formula(rule.points.tree, settings)
        else:
            worth = self._table(rule.points, settings)
        return worth * self.value(rule.times) if rule.times else worth

    def _table(self, table: PointsTable, settings: Mapping[str, Fraction]) -> z3.ArithRef:
        worth = self._number(Fraction(0))
        for key, points in table.points.items():
            exact = points if isinstance(points, Fraction) else settings[points.name]
            worth = z3.If(self._codes[table.field] == self._code(table.field, key), self._number(exact), worth)
        return worth


_OPERATIONS: Mapping[str, Callable[[z3.ArithRef, z3.ArithRef], z3.ArithRef]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


def _extreme(function: str, args: Sequence[z3.ArithRef]) -> z3.ArithRef:
    best = args[0]
    for arg in args[1:]:
        best = z3.If(arg < best if function == "min" else arg > best, arg, best)
    return best
