"""Random rules and facts: durable-rules fires exactly where a plain reading of the conditions holds."""

import operator

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.model import FieldRef, Pattern
from engine.dsl.model import Test as Condition
from engine.inference.host import Matcher
from tests.inference.rules import fact, pairs, rule

NUMBERS = ("数", "量")
TEXTS = ("文", "名")
OPS = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le, "ne": operator.ne, "eq": operator.eq}
numbers = st.one_of(
    st.sampled_from([0, 1, 2, 10**12, 10**12 - 1]),
    st.decimals(min_value=-(10**9), max_value=10**9, places=6),
    st.decimals(min_value=0, max_value=3, places=1),
)
texts = st.sampled_from(["甲", "乙", "5", "2023-04", "2023-05", "a", "A", "🙂", "甲乙"])


def conditions_on(fields, values, ops):
    one = st.sampled_from(fields)
    return st.one_of(
        st.builds(Condition, one, st.sampled_from(ops), values),
        st.builds(Condition, one, st.just("in"), st.lists(values, min_size=1, max_size=3).map(tuple)),
        st.builds(Condition, one, st.just("given"), st.booleans()),
        st.builds(Condition, st.just(fields[0]), st.sampled_from(ops), st.just(FieldRef(fields[1]))),
    )


conditions = st.one_of(conditions_on(NUMBERS, numbers, tuple(OPS)), conditions_on(TEXTS, texts, tuple(OPS)))
patterns = st.builds(Pattern, st.sampled_from(["子", "丑"]), st.lists(conditions, max_size=3).map(tuple))


def rules_of(parts):
    return [
        rule(f"R{place}", positive, *(none for none in nones if positive is None or none.kind != positive.kind))
        for place, (positive, nones) in enumerate(parts)
        if positive is not None or nones
    ]


rulesets = st.lists(
    st.tuples(st.one_of(st.none(), patterns), st.lists(patterns, max_size=2)), min_size=1, max_size=5
).map(rules_of)
values = st.fixed_dictionaries({}, optional={**dict.fromkeys(NUMBERS, numbers), **dict.fromkeys(TEXTS, texts)})
fact_lists = st.lists(st.tuples(st.sampled_from(["子", "丑", "寅"]), values), max_size=6).map(
    lambda rows: [fact(place, kind, **row) for place, (kind, row) in enumerate(rows)]
)


def meets(one, test):
    value = one.values.get(test.field)
    if test.op == "given":
        return (value is not None) == test.value
    if value is None:
        return False
    if test.op == "in":
        return value in test.value
    other = one.values.get(test.value.name) if isinstance(test.value, FieldRef) else test.value
    return other is not None and OPS[test.op](value, other)


def matching(facts, wanted):
    return [one for one in facts if one.kind == wanted.kind and all(meets(one, test) for test in wanted.tests)]


def plain_reading(rules, facts):
    for one in rules:
        if any(matching(facts, none) for none in one.nones):
            continue
        if one.fact is None:
            yield one.id, None
        else:
            yield from ((one.id, each.key) for each in matching(facts, one.fact))


@settings(max_examples=400, deadline=None)
@given(rulesets, fact_lists)
def test_what_fires_is_what_the_conditions_say(rules, facts):
    assert pairs(Matcher(rules).fired(facts)) == set(plain_reading(rules, facts))
