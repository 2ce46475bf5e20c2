"""Texts keep their form, and no file can blow up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.findings import Place
from engine.dsl.nearest import nearest
from engine.dsl.nodes import read


def test_scalars_stay_the_text_that_they_are():
    document, _ = read("a.yaml", "{a: 1.10, b: 否, c: 12:30, d: 0123, e: no, f: 2023-01, g: ~, h: , i: '1'}")
    assert list(document.data.values()) == ["1.10", "否", "12:30", "0123", "no", "2023-01", "~", "", "1"]


def test_places_are_told_in_characters():
    document, _ = read("a.yaml", "规则:\n  - {单位: 市甲局, 月份: 三月}\n")
    assert document.place("规则", 0, "月份") == Place("a.yaml", 2, 19)
    assert document.key("规则", 0, "月份") == Place("a.yaml", 2, 15)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text):
    document, findings = read("a.yaml", text)
    assert (document is None) == bool(findings)
    assert {finding.code for finding in findings} <= {"yaml"}


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "a: " + "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: " + "x" * 3_000_000,
    ],
)
def test_bombs_are_refused(bomb):
    document, findings = read("a.yaml", bomb)
    assert document is None
    assert [finding.code for finding in findings] == ["yaml"]


@pytest.mark.parametrize(
    ("word", "choice"),
    [("发改委", "市发改委"), ("pionts", "points"), ("市税务局局", "市税务局"), ("天气", None), ("", None)],
)
def test_the_nearest_word(word, choice):
    assert nearest(word, ["市发改委", "市教育局", "市税务局", "points"]) == choice


@pytest.mark.parametrize(
    ("text", "line", "column", "words", "hint"),
    [
        ("a: 1\nb：5\nc: 2\n", 2, 1, "后面没有半角冒号和空格", "全角的“：”"),
        ("a: {b: 1\nc: 2\n", 2, 2, "没有用 } 收尾", "括号"),
        ("a: 1\nb: 'x\nc: 2\n", 2, 4, "引号没有收尾", "引号"),
        ("a:\n\t- b\n", 2, 1, "缩进不能用制表符", "换成空格"),
        ("a: @b\n", 1, 4, "不能用在开头", "以“@”开头的文字加引号"),
        ("a: b: c\n", 1, 5, "不能再有冒号", "冒号"),
        ('a: "\\q"\n', 1, 5, "不认识的 \\ 转义", "引号"),
    ],
)
def test_what_is_no_yaml_is_told_in_words_at_the_line_to_look_at(text, line, column, words, hint):
    (finding,) = read("a.yaml", text)[1]
    assert (finding.place.line, finding.place.column) == (line, column), finding
    assert words in finding.message and hint in finding.hint, finding
