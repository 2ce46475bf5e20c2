"""The engine against an independent reading of the 62 items: every sum of every unit and item, on random years."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scoring.year import Year
from tests.facts import facts_from
from tests.oracle import points, random_year, rule_points


def engine_points(ruleset, rows, month, name):
    """What the engine posts in a month: (unit, rule or item) to hundredths, those of nothing left out."""
    sums = {}
    for unit, awards in Year(ruleset, facts_from(ruleset, rows)).awards(month).items():
        for award in awards:
            key = unit, name(award.hit.rule)
            sums[key] = sums.get(key, 0) + award.given
    return {key: total for key, total in sums.items() if total}


@pytest.mark.parametrize("seed", range(12))
def test_a_random_year_gives_the_points_of_the_items(ruleset, seed):
    rows = random_year(seed)
    for month in ruleset.months:
        assert engine_points(ruleset, rows, month, lambda rule: rule.item) == points(rows, month)


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=100), st.integers(min_value=0, max_value=250), st.integers(min_value=1, max_value=12))
def test_any_year_gives_the_points_of_the_rules(ruleset, seed, size, month):
    rows, period = random_year(seed, size), f"2023-{month:02d}"
    assert engine_points(ruleset, rows, period, lambda rule: rule.id) == rule_points(rows, period)


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0), st.randoms(use_true_random=False))
def test_the_order_of_facts_never_changes_an_award(ruleset, seed, random):
    rows = random_year(seed, 150)
    facts = facts_from(ruleset, rows)
    shuffled = random.sample(facts, len(facts))
    for month in ("2023-06", "2023-12"):
        one, other = Year(ruleset, facts).awards(month), Year(ruleset, shuffled).awards(month)
        assert {unit: [(a.hit.rule.id, a.hit.fact and a.hit.fact.key, a.given, a.limit) for a in own] for unit, own in one.items()} == {
            unit: [(a.hit.rule.id, a.hit.fact and a.hit.fact.key, a.given, a.limit) for a in own] for unit, own in other.items()
        }
