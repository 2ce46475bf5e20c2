"""The formula language is exact, bounded, and knows nothing but arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.formula import BadFormula, parse_formula, parse_say

NAMES = ["合规数", "报送数", "x"]
FIELDS = {"合规数": Fraction(5), "报送数": Fraction(10), "x": Fraction(-3, 8)}


def _join(op, left, right):
    values = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: None if b == 0 else a / b,
    }
    value = None if left[1] is None or right[1] is None else values[op](left[1], right[1])
    return f"({left[0]}) {op} ({right[0]})", value


def _call(name, args):
    values = [value for _, value in args]
    value = None if None in values else (min if name == "min" else max)(values)
    return f"{name}({', '.join(text for text, _ in args)})", value


numbers = st.decimals(0, 1000, places=2).map(lambda number: (str(number), Fraction(number)))
names = st.sampled_from(NAMES).map(lambda name: (name, FIELDS[name]))
trees = st.recursive(
    numbers | names,
    lambda inner: st.one_of(
        st.builds(_join, st.sampled_from("+-*/"), inner, inner),
        st.builds(_call, st.sampled_from(["min", "max"]), st.lists(inner, min_size=1, max_size=3)),
        inner.map(lambda one: (f"-({one[0]})", None if one[1] is None else -one[1])),
    ),
    max_leaves=12,
).filter(lambda tree: len(tree[0]) <= 500)


@given(trees)
@settings(deadline=None)
def test_a_value_is_what_exact_arithmetic_says(tree):
    text, value = tree
    formula = parse_formula(text)
    if value is None:
        with pytest.raises(ZeroDivisionError):
            formula.value(FIELDS)
    else:
        assert formula.value(FIELDS) == value


@given(trees)
@settings(deadline=None)
def test_what_is_shown_is_the_formula_with_its_numbers(tree):
    text, value = tree
    shown = parse_formula(text).shown(FIELDS).replace("×", "*").replace("−", "-")
    assert not any(name in shown for name in NAMES[:2])
    if value is not None and len(shown) <= 500:
        assert parse_formula(shown).value({}) == value


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("1 + 2 * 3", 7, "1 + 2 × 3"),
        ("10 - 3 - 2", 5, "10 − 3 − 2"),
        ("10 - (3 - 2)", 9, "10 − (3 − 2)"),
        ("8 / 4 / 2", 1, "8/4/2"),
        ("5 * 合规数 / 报送数", Fraction(5, 2), "5 × 5/10"),
        ("-3", -3, "-3"),
        ("2 * x", Fraction(-3, 4), "2 × (-0.375)"),
    ],
)
def test_the_usual_order_of_operations(text, value, shown):
    formula = parse_formula(text)
    assert formula.value(FIELDS) == value
    assert formula.shown(FIELDS) == shown


def test_a_field_goes_before_a_setting():
    formula = parse_formula("权重 * x").bind({"权重": Fraction(2), "x": Fraction(9), "别的": Fraction(1)})
    assert formula.names == {"权重", "x"}
    assert formula.value({"x": Fraction(3)}) == 6
    assert formula.value({}) == 18


def test_the_longest_and_deepest_formulas_are_read():
    assert parse_formula("1" + "+1" * 249).value({}) == 250
    assert parse_formula("(" * 20 + "1" + ")" * 20).value({}) == 1


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("5 *", 4),
        ("5 × 2", 3),
        ("（1）", 1),
        ("1 2", 3),
        ("2 ** 3", 4),
        ("abs(1)", 4),
        ("__import__('os')", 11),
        ("a.b", 2),
        ("a[0]", 2),
        ("1e5", 2),
        ("min()", 5),
        ("(" * 21 + "1" + ")" * 21, 21),
        ("1" + "+1" * 250, 501),
        ("-" * 400 + "1", 2),
    ],
)
def test_anything_else_is_refused_at_its_place(text, column):
    with pytest.raises(BadFormula) as raised:
        parse_formula(text)
    assert raised.value.column == column


def test_a_sentence_is_filled_in():
    say = parse_say("{类别}：5 × {合规数}/{报送数} {{原样}}")
    assert say.names == {"类别", "合规数", "报送数"}
    assert say.render({"类别": "行政确认", "合规数": "5", "报送数": "10"}) == "行政确认：5 × 5/10 {原样}"


@pytest.mark.parametrize("text", ["{", "}", "{}", "{a.b}", "{a", "{a!r}", "{0}"])
def test_a_sentence_with_odd_braces_is_refused(text):
    with pytest.raises(BadFormula):
        parse_say(text)


def test_a_sum_that_is_multiplied_is_shown_in_brackets():
    assert parse_formula("1 + 1").shown({}, factor=True) == "(1 + 1)"
    assert parse_formula("2 * 3").shown({}, factor=True) == "2 × 3"
    assert parse_formula("1 + 1").shown({}) == "1 + 1"
