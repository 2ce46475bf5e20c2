"""The check of divisors and of contradictions never claims too much: every fact that meets the tests bears it out."""

import itertools
import operator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.dsl.formula import parse_formula
from engine.dsl.intervals import contradiction, may_divide_by_zero, ranges
from engine.dsl.model import Check, Field, FieldRef, Kind, Time
from engine.dsl.model import Test as FieldTest
from engine.dsl.types import WholeType

OPERATIONS = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ne": operator.ne}
WORDS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "!=": "ne"}
FIELDS = ("甲", "乙")
SMALL = WholeType(low=0, high=4)

tests = st.lists(
    st.builds(
        FieldTest,
        st.sampled_from(FIELDS),
        st.sampled_from(sorted(OPERATIONS)),
        st.integers(0, 4) | st.sampled_from(FIELDS).map(FieldRef),
    )
    | st.builds(FieldTest, st.sampled_from(FIELDS), st.just("in"), st.lists(st.integers(0, 4), min_size=1).map(tuple)),
    max_size=3,
)
checks = st.lists(
    st.builds(Check, st.sampled_from(FIELDS), st.sampled_from(sorted(WORDS)), st.sampled_from(FIELDS), st.just("")),
    max_size=2,
)
DIVISORS = ["甲", "甲 - 乙", "甲 * 乙", "甲 + 1", "max(甲, 乙)", "min(甲, 乙) - 1", "2 / (甲 + 1)", "-甲 - 乙", "1 / 乙 - 3"]


def _meets(fact, test):
    if test.op == "in":
        return fact[test.field] in test.value
    other = fact[test.value.name] if isinstance(test.value, FieldRef) else test.value
    return OPERATIONS[test.op](fact[test.field], other)


def _facts(kind, wanted):
    for values in itertools.product(range(5), repeat=2):
        fact = dict(zip(FIELDS, values, strict=True))
        checked = all(OPERATIONS[WORDS[check.op]](fact[check.left], fact[check.right]) for check in kind.checks)
        if checked and all(_meets(fact, test) for test in wanted):
            yield fact


@given(tests, checks, st.sampled_from(DIVISORS))
@example([], [Check("甲", "<", "乙", ""), Check("乙", "<", "甲", "")], "2 / (甲 + 1)")
@settings(deadline=None)
def test_what_is_claimed_holds_for_every_fact(wanted, checked, divisor):
    kind = Kind("事实", Time.EVENT, (), {name: Field(name, SMALL) for name in FIELDS}, tuple(checked))
    facts = list(_facts(kind, wanted))
    assert not (facts and contradiction(kind, wanted))
    formula = parse_formula(f"1 / ({divisor})")
    if not may_divide_by_zero(formula.tree, ranges(kind, wanted)):
        for fact in facts:
            formula.value(fact)
