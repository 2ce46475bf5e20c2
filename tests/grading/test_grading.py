"""A year's grades: weights, ties at every band's edge, vetoes, and what becomes of small categories."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsl.annual import RankBy, Scale, Ties, Vetoed
from engine.dsl.model import Unit
from engine.grading.grading import graded

BAND = {"部门": ((10, "优秀"), (20, "良好")), "县区": ((3, "优秀"), (6, "良好"), (11, "合格"))}


def small(ruleset, departments: int, counties: int):
    """The shipped ruleset with so many units."""
    names = [("部门", f"局{place}") for place in range(departments)] + [("县区", f"县{place}") for place in range(counties)]
    return replace(ruleset, units={name: Unit(name, name, category) for category, name in names})


def expected(category: str, results: dict[str, Decimal], vetoed: set[str]) -> dict[str, tuple[int, str]]:
    """The grades of one category, worked out from the text: by rank from the better end, the last ten of departments apart."""
    found = {}
    for unit, own in results.items():
        rank = 1 + len([one for one in results.values() if one > own])
        named = [grade for top, grade in BAND[category] if rank <= top]
        if category == "部门":
            fail = rank > len(results) - 10
            grade = named[0] if named else "不合格" if fail else "合格"
        else:
            grade = named[0] if named else "不合格"
        found[unit] = (rank, "不合格" if unit in vetoed else grade)
    return found


@given(data=st.data(), departments=st.integers(0, 35), counties=st.integers(0, 16))
def test_random_years_are_graded_as_the_text_says(ruleset, data, departments, counties):
    rules = small(ruleset, departments, counties)
    few = st.integers(-300, 300)  # so few values that ties fall on every band's edge
    points = {unit: data.draw(few) * 50 for unit in rules.units}
    evaluations = {unit: Decimal(data.draw(st.integers(0, 100))) for unit in rules.units}
    vetoed = set(data.draw(st.lists(st.sampled_from(list(rules.units)), unique=True))) if rules.units else set()
    found = {one.unit: one for one in graded(rules, rules.annual_rule(), points, evaluations, dict.fromkeys(vetoed, "不合格"))}
    for category in ("部门", "县区"):
        units = [name for name, unit in rules.units.items() if unit.category == category]
        scores = {
            unit: (Decimal(points[unit]) / 100 * Decimal("0.9") + evaluations[unit] * Decimal("0.1")).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for unit in units
        }
        assert {unit: Decimal(found[unit].score) / 100 for unit in units} == scores
        assert {unit: (found[unit].rank, found[unit].grade) for unit in units} == expected(category, scores, vetoed)


def test_results_come_by_category_rank_and_the_order_of_the_list(ruleset):
    rules = small(ruleset, 3, 2)
    points = dict.fromkeys(rules.units, 100) | {"局2": 900, "县1": 900}
    found = graded(rules, rules.annual_rule(), points, {}, {})
    assert [(one.unit, one.rank) for one in found] == [("局2", 1), ("局0", 2), ("局1", 2), ("县1", 1), ("县0", 2)]


def test_a_score_is_rounded_once_half_away_from_zero(ruleset):
    rules = small(ruleset, 2, 0)
    rule = replace(rules.annual_rule(), months_weight=Fraction(1, 2))
    found = {one.unit: one.score for one in graded(rules, rule, {"局0": 1, "局1": -1}, {}, {})}
    assert found == {"局0": 1, "局1": -1}


def test_each_choice_moves_the_ranks_as_it_says(ruleset):
    rules = small(ruleset, 3, 0)
    points, evaluations = {"局0": 1000, "局1": 1000, "局2": 800}, {"局2": Decimal(100)}
    rule = rules.annual_rule()

    def ranks(**choice):
        found = graded(rules, replace(rule, **choice), points, evaluations, {"局2": "不合格"})
        return {one.unit: one.rank for one in found}

    assert ranks() == {"局2": 1, "局0": 2, "局1": 2}
    assert ranks(rank_by=RankBy.MONTHS) == {"局0": 1, "局1": 1, "局2": 3}
    assert ranks(ties=Ties.LIST) == {"局2": 1, "局0": 2, "局1": 3}
    assert ranks(vetoed=Vetoed.LAST) == {"局0": 1, "局1": 1, "局2": 3}
    scaled = {one.unit: one.score for one in graded(rules, replace(rule, scale=Scale.BEST), points, evaluations, {})}
    assert scaled == {"局0": 9000, "局1": 9000, "局2": 8200}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("months_weight: {setting: 月度积分权值}", "unknown-setting"),
        ("months_weight: -0.9", "bad-value"),
        ("scale: bests", "bad-value"),
        ("ties: {setting: 月度积分权重}", "bad-value"),
        ("veto: keep", "unknown-key"),
    ],
)
def test_a_choice_that_cannot_be_is_found_at_its_line(jifen, workspace, written, code):
    page = workspace / "rulesets/changzhi-2023/ruleset.yaml"
    text = page.read_text(encoding="utf-8")
    key = written.partition(":")[0]
    lines = [f"  {written}" if line.strip().startswith(f"{key}: {{setting") else line for line in text.splitlines()]
    if f"  {written}" not in lines:
        lines.insert(lines.index("annual:") + 1, f"  {written}")
    page.write_text("\n".join(lines), encoding="utf-8")
    outcome = jifen("-w", workspace, "rules", "check", "--json")
    finding = outcome.json["findings"][0]
    assert (outcome.status, finding["code"]) == (1, code)
    assert lines[finding["line"] - 1].strip() == written
