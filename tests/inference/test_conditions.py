"""What is said of a fact that a rule did not fire on is what durable-rules does with it."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.model import FieldRef
from engine.dsl.model import Test as Condition
from engine.inference.conditions import unmet
from engine.inference.host import Matcher
from tests.inference.rules import fact, pairs, pattern, rule
from tests.inference.test_differential import patterns, values


@settings(max_examples=300, deadline=None)
@given(patterns, st.lists(values, max_size=4))
def test_a_rule_fires_on_a_fact_just_where_no_test_of_it_is_unmet(wanted, rows):
    facts = [fact(place, wanted.kind, **row) for place, row in enumerate(rows)]
    fired = {key for _, key in pairs(Matcher([rule("R", wanted)]).fired(facts))}
    assert fired == {one.key for one in facts if not unmet(wanted, one)}


@settings(max_examples=300, deadline=None)
@given(patterns, values)
def test_each_unmet_test_alone_keeps_the_rule_from_firing(wanted, row):
    one = fact(0, wanted.kind, **row)
    for test in wanted.tests:
        alone = pattern(wanted.kind, (test.field, test.op, test.value))
        assert bool(Matcher([rule("R", alone)]).fired([one])) == (test not in unmet(wanted, one))


def test_the_tests_that_failed_are_named():
    wanted = pattern("甲", ("数", "gt", 2), ("文", "eq", "是"), ("数", "lt", FieldRef("量")))
    assert unmet(wanted, fact(0, 数=Decimal("1.5"), 文="是", 量=1)) == (
        Condition("数", "gt", 2),
        Condition("数", "lt", FieldRef("量")),
    )


def test_a_fact_of_another_kind_is_a_mistake():
    with pytest.raises(ValueError):
        unmet(pattern("甲"), fact(0, "乙"))
