"""What bites in durable-rules, a test each: the adapter gives what the conditions say, whatever the library does.

Where the library's own behaviour is the reason for a guard, the trap itself is shown beside it, so that an upgrade
which mends it is noticed.
"""

import json
import subprocess
import sys
import threading
from decimal import Decimal

import pytest
from durable import engine as durable

from engine.dsl.model import FieldRef
from engine.inference import host
from engine.inference.compile import CLOSE
from engine.inference.host import InferenceFault, Matcher
from tests.inference.rules import fact, pairs, pattern, rule


class Bare(durable.Host):
    """The library without our adapter, but for its threads."""

    def _run(self):
        pass


def bare(name: str, patterns: list, facts: list[dict]) -> list:
    """What the library itself fires, fact by fact, then its close."""
    fired = []
    lone = Bare()
    lone.set_rulesets({name: {"r": {"all": patterns, "run": lambda c: fired.append(dict(c._m))}}})
    for one in facts:
        try:
            lone.assert_fact(name, {"sid": "s", **one})
        except durable.MessageNotHandledException:
            pass
    return fired


def test_a_fact_that_no_rule_matches_loses_nothing_of_its_batch():
    matcher = Matcher([rule("A", pattern("甲", ("数", "gt", 5)))])
    found = matcher.fired([fact(number, 数=number) for number in range(10)] + [fact("x", "乙")])
    assert pairs(found) == {("A", f"[{number}]") for number in (6, 7, 8, 9)}


def test_a_unit_without_facts_fires_only_its_absences():
    assert pairs(Matcher([rule("A", pattern("甲")), rule("B", None, pattern("甲"))]).fired([])) == {("B", None)}


def test_the_library_dies_of_an_empty_batch():
    script = (
        "from durable import engine\n"
        "class Bare(engine.Host):\n    _run = lambda self: None\n"
        "host = Bare()\n"
        "host.set_rulesets({'r': {'a': {'all': [{'f': {'k': 1}}], 'run': lambda c: None}}})\n"
        "host.assert_facts('r', [])\n"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True).returncode != 0


def test_months_of_different_units_do_not_mix():
    matcher = Matcher([rule("A", pattern("甲"))])
    first, second = matcher.fired([fact("一")]), matcher.fired([fact("二")])
    assert (pairs(first), pairs(second)) == ({("A", '["一"]')}, {("A", '["二"]')})


def test_the_clock_cannot_stop_a_flush(monkeypatch):
    host._host()
    times = iter(range(0, 10**6, 60))
    import time

    monkeypatch.setattr(time, "time", lambda: next(times))
    found = Matcher([rule("A", pattern("甲"))]).fired([fact(number) for number in range(50)])
    assert len(found) == 50


def test_equal_values_under_different_keys_are_different_facts():
    found = Matcher([rule("A", pattern("甲", ("数", "eq", 5)))]).fired([fact("一", 数=5), fact("二", 数=5)])
    assert len(found) == 2


def test_a_key_that_is_a_number_and_one_that_is_its_text_are_two_facts():
    found = Matcher([rule("A", pattern("甲"))]).fired([fact(5), fact("5")])
    assert pairs(found) == {("A", "[5]"), ("A", '["5"]')}


def test_a_duplicate_that_the_library_refuses_is_an_error_never_skipped():
    matcher = Matcher([rule("A", pattern("甲"))])
    with pytest.raises(InferenceFault):
        matcher._assert([{"id": "1", "sid": "month", "kind": "甲"}, {"id": "1", "sid": "month", "kind": "甲"}])
        matcher._account(set(matcher._compiled.take()), [fact(1), fact(1)])
    assert len(matcher.fired([fact(1)])) == 1


def test_absence_is_judged_after_every_fact():
    matcher = Matcher([rule("A", pattern("甲"), pattern("乙")), rule("B", None, pattern("乙"))])
    for facts in ([fact("a"), fact("b", "乙")], [fact("b", "乙"), fact("a")]):
        assert matcher.fired(facts) == []
    assert pairs(matcher.fired([fact("a")])) == {("A", '["a"]'), ("B", None)}


def test_the_library_judges_an_absence_too_early_without_the_close():
    patterns = [{"f": {"kind": "甲"}}, {"n$not": {"kind": "乙"}}]
    fired = bare("early", patterns, [{"id": "1", "kind": "甲"}, {"id": "2", "kind": "乙"}])
    assert len(fired) == 1


def test_several_absences_all_count():
    matcher = Matcher([rule("A", None, pattern("甲"), pattern("乙", ("数", "gt", 0)))])
    assert pairs(matcher.fired([fact("b", "乙", 数=0)])) == {("A", None)}
    assert matcher.fired([fact("b", "乙", 数=1)]) == []
    assert matcher.fired([fact("a")]) == []


def test_a_list_fires_once_for_each_fact():
    found = Matcher([rule("A", pattern("甲", ("类", "in", ("子", "丑", "子"))))]).fired([fact(1, 类="子")])
    assert len(found) == 1


@pytest.mark.parametrize("op", ["gt", "ge", "lt", "le", "ne", "eq"])
def test_a_field_compared_with_an_empty_one_never_matches(op):
    matcher = Matcher([rule("A", pattern("甲", ("数", op, FieldRef("另"))))])
    assert matcher.fired([fact(1, 数=3), fact(2, 另=3), fact(3)]) == []


@pytest.mark.parametrize("op, other", [("$gt", {}), ("$lte", {}), ("$neq", {}), ("$neq", {"b": None})])
def test_the_library_fires_when_the_other_field_is_empty(op, other):
    patterns = [{"f": {"$and": [{"kind": "甲"}, {op: {"a": {"$m": "b"}}}]}}]
    assert bare(f"empty {op} {other}", patterns, [{"id": "1", "kind": "甲", "a": 3, **other}])


@pytest.mark.parametrize(
    "op, holds", [("gt", {3}), ("ge", {2, 3}), ("lt", {1}), ("le", {1, 2}), ("ne", {1, 3}), ("eq", {2})]
)
def test_a_field_against_another(op, holds):
    facts = [fact(number, 数=number, 另=2) for number in (1, 2, 3)]
    found = Matcher([rule("A", pattern("甲", ("数", op, FieldRef("另"))))]).fired(facts)
    assert pairs(found) == {("A", f"[{number}]") for number in holds}


@pytest.mark.parametrize("op", ["gt", "ge", "lt", "le", "ne", "eq"])
def test_an_empty_field_meets_no_test(op):
    assert Matcher([rule("A", pattern("甲", ("数", op, 0)))]).fired([fact(1)]) == []


def test_given_is_told_from_empty():
    matcher = Matcher([rule("A", pattern("甲", ("数", "given", True))), rule("B", pattern("甲", ("数", "given", False)))])
    assert pairs(matcher.fired([fact(1, 数=0), fact(2)])) == {("A", "[1]"), ("B", "[2]")}


def test_decimals_are_exact():
    matcher = Matcher([rule("A", pattern("甲", ("数", "gt", Decimal("0.3")))), rule("B", pattern("甲", ("数", "eq", Decimal("0.3"))))])
    found = matcher.fired([fact(1, 数=Decimal("0.3")), fact(2, 数=Decimal("0.300001")), fact(3, 数=Decimal("1E+2"))])
    assert pairs(found) == {("B", "[1]"), ("A", "[2]"), ("A", "[3]")}


def test_the_largest_counts_are_told_apart():
    most = 10**12
    matcher = Matcher([rule("A", pattern("甲", ("数", "lt", FieldRef("另"))))])
    assert pairs(matcher.fired([fact(1, 数=most - 1, 另=most), fact(2, 数=most, 另=most)])) == {("A", "[1]")}


def test_the_library_saturates_past_64_bits():
    assert bare("large", [{"f": {"n": 10**19}}], [{"id": "1", "n": 10**22}])


def test_text_that_looks_like_a_number_stays_text():
    matcher = Matcher([rule("A", pattern("甲", ("文", "eq", "5"))), rule("B", pattern("甲", ("数", "eq", 5)))])
    assert pairs(matcher.fired([fact(1, 文="5"), fact(2, 数=5), fact(3, 文="05")])) == {("A", "[1]"), ("B", "[2]")}


@pytest.mark.parametrize("text", ["引“号”\"'", "换\n行", "🙂", "\\", "{}", "$m", "sid", " 空 "])
def test_any_text_comes_through(text):
    matcher = Matcher([rule("A", pattern("甲", ("文", "eq", text)))])
    assert pairs(matcher.fired([fact(text, 文=text), fact("别的", 文="别的")])) == {("A", json.dumps([text], ensure_ascii=False))}


def test_an_action_that_fails_is_told(monkeypatch):
    matcher = Matcher([rule("Z", pattern("辛"))])

    class Broken(list):
        def append(self, _):
            raise ValueError("broken")

    matcher._compiled.matches = Broken()
    with pytest.raises(InferenceFault, match="broken"):
        matcher.fired([fact(1, "辛")])


def test_firings_come_sorted_whatever_the_order_of_the_facts():
    matcher = Matcher([rule("B", pattern("甲")), rule("A", pattern("甲"))])
    facts = [fact(number) for number in (3, 1, 2)]
    assert matcher.fired(facts) == matcher.fired(facts[::-1])
    assert [name for name, _ in matcher.fired(facts)] == ["A"] * 3 + ["B"] * 3


def test_thousands_of_facts_in_one_month_lose_nothing():
    matcher = Matcher([rule("A", pattern("甲")), rule("B", pattern("甲", ("数", "ge", 2000)))])
    found = matcher.fired([fact(number, 数=number) for number in range(5000)])
    assert len(found) == 8000


def test_many_facts_of_an_absent_kind():
    matcher = Matcher([rule("A", pattern("甲"), pattern("乙", ("数", "gt", 0)))])
    zeros = [fact(number, "乙", 数=0) for number in range(1000)]
    assert len(matcher.fired([*zeros, fact("a")])) == 1
    assert matcher.fired([*zeros, fact("a"), fact("n", "乙", 数=1)]) == []


def test_sessions_leave_nothing_behind():
    matcher = Matcher([rule("A", pattern("甲"))])
    for _ in range(3):
        assert len(matcher.fired([fact(1)])) == 1


def test_rules_compiled_twice_do_not_take_each_others_matches():
    first, second = Matcher([rule("A", pattern("甲"))]), Matcher([rule("A", pattern("甲"))])
    assert len(first.fired([fact(1)])) == len(second.fired([fact(1)])) == 1


def test_no_thread_is_left_running():
    before = threading.active_count()
    host._QuietHost()
    Matcher([rule("A", pattern("甲"))]).fired([fact(1)])
    assert threading.active_count() == before


def test_no_kind_of_a_dictionary_can_be_taken_for_the_close():
    assert CLOSE.startswith("#")
