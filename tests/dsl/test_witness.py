"""What the check claims of a rule is so: its proofs agree with trying every fact, and every fact that it shows fires."""

import itertools
import operator
import subprocess
import sys
from fractions import Fraction

import pytest
import z3
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.dsl.formula import parse_formula
from engine.dsl.intervals import may_divide_by_zero, ranges
from engine.dsl.loader import load_ruleset
from engine.dsl.overlaps import overlaps
from engine.dsl.model import Check, Field, FieldRef, Kind, Pattern, Time, Trigger
from engine.dsl.model import Test as FieldTest
from engine.dsl.proving import Facts
from engine.dsl.types import ChoiceType, CreditCodeType, DateType, DecimalType, DigestType, MonthType, TextType, UnitType, WholeType
from engine.dsl.witness import Scope, candidates, is_witness
from engine.facts import Fact
from engine.inference.host import Matcher
from engine.scoring.points import worth
from tests.conftest import SHIPPED
from tests.dsl.conftest import FACTS, RULESET, files, found, rule

OPERATIONS = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ne": operator.ne}
WORDS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "!=": "ne"}
SMALL = WholeType(low=0, high=3)
YES_NO = ChoiceType(choices=("是", "否"))
SCOPE = Scope(("2023-03", "2023-04"), ("市甲局",), ("市甲局", "市乙局"))
FIELDS = {
    "单位": Field("单位", UnitType()),
    "月份": Field("月份", MonthType()),
    "甲": Field("甲", SMALL),
    "乙": Field("乙", SMALL),
    "丙": Field("丙", SMALL, optional=True),
    "丁": Field("丁", YES_NO, optional=True),
    "戊": Field("戊", TextType()),
}
GRID = {
    "单位": ("市甲局",),
    "月份": SCOPE.months,
    "甲": range(4),
    "乙": range(4),
    "丙": (None, *range(4)),
    "丁": (None, "是", "否"),
    "戊": ("子", "丑", "寅"),
}
FACT = dict.fromkeys(FIELDS)
NUMBERS = ("甲", "乙", "丙")
DIVISORS = ["甲", "甲 - 乙", "甲 * 乙 - 6", "甲 + 1", "max(甲, 乙)", "min(甲, 乙) - 1", "2 / (甲 + 1)", "1 / 乙 - 1", "甲 * 甲 - 乙 - 1"]

a_test = st.one_of(
    st.builds(FieldTest, st.sampled_from(NUMBERS), st.sampled_from(sorted(OPERATIONS)), st.integers(0, 3)),
    st.builds(
        FieldTest, st.sampled_from(NUMBERS), st.sampled_from(sorted(OPERATIONS)), st.sampled_from(NUMBERS).map(FieldRef)
    ),
    st.builds(FieldTest, st.sampled_from(NUMBERS), st.just("in"), st.lists(st.integers(0, 3), min_size=1).map(tuple)),
    st.builds(FieldTest, st.sampled_from(("丙", "丁", "戊")), st.just("given"), st.booleans()),
    st.builds(FieldTest, st.just("丁"), st.sampled_from(("eq", "ne")), st.sampled_from(YES_NO.choices)),
    st.builds(FieldTest, st.just("戊"), st.sampled_from(("eq", "ne")), st.sampled_from(("子", "丑"))),
    st.builds(FieldTest, st.just("月份"), st.sampled_from(sorted(OPERATIONS)), st.sampled_from(("2023-02", "2023-03", "2023-04"))),
)
some_tests = st.lists(a_test, max_size=4)
some_checks = st.lists(
    st.builds(
        Check,
        st.sampled_from(NUMBERS),
        st.sampled_from(sorted(WORDS)),
        st.sampled_from(NUMBERS) | st.integers(0, 3).map(Fraction),
        st.just("核对"),
    ),
    max_size=3,
)


def kind_with(checks, any_of=()):
    return Kind("事实", Time.EVENT, ("单位", "月份"), FIELDS, tuple(checks), any_of=any_of, unit_field="单位", month_field="月份")


def _compared(op, left, right):
    return left is not None and right is not None and OPERATIONS[op](left, right)


def _meets(fact, test):
    value = fact[test.field]
    if test.op == "given":
        return (value is not None) == test.value
    if test.op == "in":
        return value in test.value
    return _compared(test.op, value, fact[test.value.name] if isinstance(test.value, FieldRef) else test.value)


def _is_checked(fact, check):
    right = fact[check.right] if isinstance(check.right, str) else check.right
    return fact[check.left] is None or right is None or OPERATIONS[WORDS[check.op]](fact[check.left], right)


def every_fact(kind, tests):
    for values in itertools.product(*GRID.values()):
        fact = dict(zip(GRID, values, strict=True))
        wanted = not kind.any_of or any(fact[name] is not None for name in kind.any_of)
        if wanted and all(_is_checked(fact, check) for check in kind.checks) and all(_meets(fact, test) for test in tests):
            yield fact


def fires(witness, tests):
    """Whether durable-rules fires on it."""
    fact = Fact(witness.kind.name, '["市甲局","2023-03"]', witness.values)
    return Matcher([Trigger("试", Pattern(witness.kind.name, tuple(tests)))]).fired([fact]) == [("试", fact)]


@given(some_tests, some_checks, st.sampled_from([(), ("丙", "丁")]))
@example([FieldTest("甲", "lt", FieldRef("乙")), FieldTest("乙", "lt", FieldRef("丙")), FieldTest("丙", "lt", FieldRef("甲"))], [], ())
@example([FieldTest("丁", "given", False), FieldTest("丙", "given", False)], [], ("丙", "丁"))
@settings(deadline=None, max_examples=60)
def test_a_rule_is_dead_where_no_fact_meets_it_and_a_fact_that_does_fires(tests, checks, any_of):
    kind = kind_with(checks, any_of)
    alive = next(every_fact(kind, tests), None) is not None
    facts = Facts(kind, tests, SCOPE)
    core = facts.contradiction()
    assert (core is None) == alive
    shown = [*candidates(kind, tests, SCOPE), *([facts.witness()] if alive else [])]
    assert None not in shown and all(is_witness(one, tests, SCOPE) for one in shown)
    assert not shown or alive
    for one in shown[-1:]:
        assert fires(one, tests)
    for one in core or []:  # each condition of a proof is needed: the others of it can be met
        solver = z3.Solver(ctx=one.holds.ctx)
        solver.add(*(other.holds for other in core if other is not one))
        assert solver.check() == z3.sat
        nearest = one.test and facts.witness(without=one.test)
        assert not nearest or [test for test in tests if not _meets(FACT | nearest.values, test)] == [one.test] * tests.count(one.test)


@given(some_tests, some_checks, st.sampled_from(DIVISORS))
@settings(deadline=None, max_examples=60)
def test_a_divisor_may_be_0_where_some_fact_makes_it_so(tests, checks, divisor):
    kind, formula = kind_with(checks), parse_formula(f"1 / ({divisor})")

    def divides_by_zero(values):
        try:
            formula.value({name: Fraction(values[name]) for name in formula.names})
        except ZeroDivisionError:
            return True
        return False

    expected = any(divides_by_zero(fact) for fact in every_fact(kind, tests))
    shown = Facts(kind, tests, SCOPE).divided_by_zero(formula.tree, {})
    assert (shown is not None) == expected
    if expected:
        assert divides_by_zero(shown.values) and fires(shown, tests)
        assert may_divide_by_zero(formula.tree, ranges(kind, tests))


POINTS = ["5", "甲", "甲 + 乙", "2 * 甲", "甲 / (乙 + 1)", "max(甲, 乙)", "乙 + 甲", "权重 / 2", "{by: 方, table: {是: 5, 否: 1}}"]
WHERES = ["甲: {gt: 1}", "甲: {le: 2}", "甲: {eq: 2}", "甲: {gt: {field: 乙}}", "乙: {gt: {field: 甲}}", "乙: [0, 3]", "方: 是", "方: {ne: 是}"]
WHERES = [one.replace("{eq: 2}", "2") for one in WHERES]
KIND = "试: {time: event, key: [单位, 月份], fields: {单位: unit, 月份: month, 甲: 0-3, 乙: 0-3, 方: [是, 否]}}\n"
HEAD = "category: 部门\nrules:\n"
ONE = "  - {{id: {}, title: 试, clause: 附件4 附表一 (一), units: {}, when: {{fact: 试, where: {{{}}}}}, points: {}}}\n"

a_where = st.sampled_from(["", *WHERES]) | st.tuples(st.sampled_from(WHERES[:4]), st.sampled_from(WHERES[4:])).map(", ".join)


@given(st.tuples(a_where, st.sampled_from(POINTS)), st.tuples(a_where, st.sampled_from(POINTS)))
@example(("甲: 2", "甲"), ("", "2 * 甲 - 2"))
@example(("", "甲 + 乙"), ("", "乙 + 甲"))
@example(("甲: {gt: 1}", "5"), ("甲: {le: 2}", "权重 / 2"))
@settings(deadline=None, max_examples=60)
def test_two_rules_overlap_where_they_give_the_same_for_every_fact_that_both_fire_on(one, other):
    written = HEAD + ONE.format("D01", "all", *one) + ONE.format("D01b", "[市甲局]", *other)
    ruleset = load_ruleset(files(facts=FACTS + KIND, departments=written))[0]
    assume(ruleset is not None)
    rules, kind = ruleset.in_force("2023-01"), ruleset.kinds["试"]
    both = [
        Fact("试", '["市甲局","2023-01"]', {"单位": "市甲局", "月份": "2023-01", "甲": a, "乙": b, "方": way})
        for a, b, way in itertools.product(range(4), range(4), ("是", "否"))
    ]
    both = [fact for fact in both if all(_meets(fact.values, test) for each in rules for test in each.fact.tests)]
    expected = bool(both) and all(worth(rules[0], kind, fact) == worth(rules[1], kind, fact) for fact in both)
    told = overlaps(ruleset)
    assert len(told) == expected
    if told:
        assert told[0].place == rules[1].place and "D01" in told[0].message and "市甲局" in told[0].message
        assert any(f"甲 {fact.values['甲']}" in told[0].witness or "甲" not in told[0].witness.split("单位 市甲局")[1] for fact in both)


def test_every_shipped_rule_is_alive_by_a_fact_that_fires(ruleset):
    rules = [one for one in ruleset.in_force("2023-01") if one.fact]
    matcher = Matcher(ruleset.in_force("2023-01"))
    for one in rules:
        scope = Scope(ruleset.months, one.units, tuple(ruleset.units))
        kind = ruleset.kinds[one.fact.kind]
        witness = Facts(kind, one.fact.tests, scope).witness()
        fact = Fact(kind.name, '["试"]', witness.values)
        assert (one.id, fact) in matcher.fired([fact])


def test_checking_the_shipped_ruleset_needs_no_solver():
    asked = (
        "import sys; from pathlib import Path; from engine.dsl.loader import read_folder; from engine.workbench.checking import loaded;"
        f"print(loaded(read_folder(Path({str(SHIPPED)!r})))[1], 'z3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=SHIPPED.parent.parent)
    assert done.stdout == "[] False\n", done.stderr


@pytest.mark.parametrize(
    "typed", [DateType(), DecimalType(), CreditCodeType(), DigestType(), TextType(), MonthType(), UnitType(), YES_NO]
)
def test_two_fields_of_any_type_that_differ_are_shown_with_values_of_it(typed):
    names = ("一", "二", "三")
    fields = {name: Field(name, typed) for name in names}
    kind = Kind("事实", Time.RECORD, ("一",), fields)
    pairs = [FieldTest(one, "ne", FieldRef(other)) for one, other in itertools.combinations(names, 2)]
    facts = Facts(kind, pairs, SCOPE)
    if isinstance(typed, UnitType | ChoiceType):  # there are but two of these
        assert facts.contradiction() is not None and facts.witness() is None
        assert len(set(Facts(kind, pairs[:1], SCOPE).witness().values.values())) == 2
    else:
        assert len(set(facts.witness().values.values())) == 3


SHOWN = {
    "a ratio": (
        "units: all\nwhen: {fact: 月度统计}\npoints: 5 * 实报数 / 应报数",
        "除数可能为 0，例如 月度统计：应报数 0、实报数 0",
    ),
    "a setting": (
        "units: all\nwhen: {fact: 占比, where: {名次: {le: 5}}}\npoints: 名次 / (权重 - 5 - 名次)",
        "除数可能为 0，例如 占比：名次 5、设置 权重 为 10",
    ),
    "settings alone": ("units: all\nwhen: {none: 占比}\npoints: 1 / (权重 - 10)", "除数可能为 0，例如 设置 权重 为 10"),
    "beyond the solver": (
        "units: all\nwhen: {fact: 月度统计, where: {实报数: {gt: 0}}}\npoints: 5 / (应报数 * 应报数 - 2 * 实报数 * 实报数)",
        "无法证明除数不为 0",
    ),
    "two tests": (
        "units: all\nwhen: {fact: 事项应用, where: {条数: {gt: 5, lt: 6}}}\npoints: 1",
        "“条数”的条件互相矛盾，规则永远不会触发：条数: {gt: 5} 与 条数: {lt: 6} 不能同时成立，例如 事项应用：条数 0，只不合 条数: {gt: 5}",
    ),
    "a check": (
        "units: all\nwhen: {fact: 月度统计, where: {实报数: {gt: 10}, 应报数: {lt: 5}}}\npoints: 1",
        "“实报数”的条件互相矛盾，规则永远不会触发：实报数: {gt: 10} 与 应报数: {lt: 5} 与 数据字典的核对 实报数 <= 应报数 不能同时成立，"
        "例如 月度统计：应报数 0、实报数 0，只不合 实报数: {gt: 10}",
    ),
    "never empty": (
        "units: all\nwhen: {fact: 事项应用, where: {条数: {given: false}}}\npoints: 1",
        "“条数”的条件互相矛盾，规则永远不会触发：条数: {given: false} 与 “条数”不能空着 不能同时成立，"
        "例如 事项应用：条数 0，只不合 条数: {given: false}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_a_finding_ends_with_the_fact_that_proves_it(case):
    body, message = SHOWN[case]
    (finding,) = found("departments", rule(body))[0]
    assert finding.as_json()["message"] == message


def test_a_dictionary_that_leaves_no_fact_is_told_and_not_the_rule_that_reads_it():
    torn = FACTS.replace("check: [实报数 <= 应报数]", "check: [实报数 <= 应报数, 实报数 > 应报数]")
    written = rule("units: all\nwhen: {fact: ‹月度统计, where: {实报数: {gt: 0}, 应报数: {gt: 0}}}\npoints: 1")
    findings, place = found("departments", written, facts=torn)
    finding = next(one for one in findings if one.place.file == place[0])
    assert (finding.code, finding.place.line, finding.place.column) == ("dead-rule", *place[1:])
    assert "“月度统计”不会有一条事实" in finding.message and "{gt: 0}" not in finding.message


@pytest.mark.parametrize("formula", ["5 / (应报数 - 实报数 + 1)", "5 / (得分 * 得分 + 1)", "5 / (max(应报数, 实报数) - 实报数 + 2)"])
def test_a_divisor_that_is_never_0_is_not_told(formula):
    assert found("departments", rule(f"units: all\nwhen: {{fact: 月度统计}}\npoints: {formula}"))[0] == []


def test_a_divisor_that_is_0_in_some_months_names_the_first_of_them():
    dated = RULESET.replace(
        "{2023-01: {value: 10, source: 附件4}}\n  计次",
        "{2023-01: {value: 10, source: 附件4}, 2023-07: {value: 0, source: 通知}}\n  计次",
    )
    written = rule("units: all\nwhen: {fact: 占比}\npoints: 名次 / 权重")
    findings = load_ruleset(files(ruleset=dated, departments=written))[1]
    assert [one.witness for one in findings] == ["2023-07 的占比：名次 1、设置 权重 为 0"]


def test_an_absence_that_two_rules_score_alike_is_told():
    body = "units: [市乙局]\nwhen: [{none: 事项应用}, {none: 占比}]\npoints: 1"
    (finding,) = found("departments", rule(body) + body_of("D01d", "when: {none: 占比}\npoints: 权重 / 10"))[0]
    assert (finding.code, finding.witness) == ("overlap", "市乙局 2023-01 没有事项应用、也没有占比")


def test_units_or_months_apart_do_not_overlap():
    apart = rule("units: [市甲局]\nwhen: {fact: 占比, where: {名次: 2}}\npoints: 7\nvalid: {to: 2023-06}")
    assert found("departments", apart + body_of("D01d", "when: {fact: 占比}\npoints: 7", "[市乙局]"))[0] == []
    assert found("departments", apart + body_of("D01d", "when: {fact: 占比}\npoints: 7\nvalid: {from: 2023-07}"))[0] == []
    told = found("departments", apart + body_of("D01d", "when: {fact: 占比}\npoints: 7\nvalid: {from: 2023-06}"))[0]
    assert [one.witness for one in told] == ["2023-06 的占比：单位 市甲局、名次 2"]


def body_of(id_: str, body: str, units: str = "all") -> str:
    lines = [f"id: {id_}", "title: 试", "clause: 附件4 附表一 (一)", f"units: {units}", *body.splitlines()]
    return "  - " + "\n    ".join(lines) + "\n"


@pytest.mark.parametrize(
    "formula, hint",
    [
        ("5 * 实报数 / 应报数", "在 where 里加条件 应报数: {gt: 0}"),
        ("1 / 0", "改公式：这个除数总是 0"),
        ("1 / (权重 - 10)", "给设置“权重”换一个值"),
        ("1 / (应报数 - 实报数)", "在 where 里给“实报数”、“应报数”加条件，使除数不为 0"),
        ("1 / 2 + 1 / (1 / (应报数 + 1) - 1)", "在 where 里给“应报数”加条件，使除数不为 0"),
        ("5 / (应报数 - 权重)", "在 where 里给“应报数”加条件，使除数不为 0，或给设置“权重”换一个值"),
        ("实报数 / 2 / (应报数 * 应报数 - 2 * 实报数 * 实报数)", "在 where 里给“实报数”、“应报数”加条件，使除数不为 0"),
    ],
)
def test_the_hint_names_what_the_divisor_is_made_of(formula, hint):
    (finding,) = found("departments", rule(f"units: all\nwhen: {{fact: 月度统计}}\npoints: {formula}"))[0]
    assert (finding.code, finding.hint) == ("division", hint)
