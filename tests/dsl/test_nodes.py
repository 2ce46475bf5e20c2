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
