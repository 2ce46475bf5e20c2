"""Laws of the limits, whatever the hits: a cap is never crossed, a cut never turns a sign, the best is what counts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.dsl.formula import parse_formula
from engine.dsl.model import Cap, Pattern, Rule
from engine.facts import Fact, canonical
from engine.scoring.award import Hit, awards

RULE = Rule("D01", "", "", "部门", (), Pattern("甲"), (), parse_formula("1"))
months = st.integers(min_value=1, max_value=12).map(lambda month: f"2023-{month:02d}")
hundredths = st.integers(min_value=-3000, max_value=3000)
rows = st.lists(st.tuples(months, st.sampled_from("子丑寅"), hundredths), max_size=20)


def hits(rule, given_rows):
    return [
        Hit(month, rule, Fact("甲", canonical([place]), {"物": thing}), raw)
        for place, (month, thing, raw) in enumerate(given_rows)
    ]


@given(rows, st.integers(min_value=1, max_value=4000))
def test_a_yearly_cap_bounds_every_running_sum(given_rows, cap):
    rule = replace(RULE, cap=Cap(cap, "year"))
    total = 0
    for award in sorted(awards(hits(rule, given_rows)), key=lambda award: award.hit.order):
        total += award.given
        assert -cap <= total <= cap
        assert award.given * award.hit.raw >= 0 and abs(award.given) <= abs(award.hit.raw)


@given(rows, st.integers(min_value=1, max_value=4000))
def test_a_monthly_cap_begins_anew_each_month(given_rows, cap):
    rule = replace(RULE, cap=Cap(cap, "month"))
    apart = [
        award.given
        for month in sorted({row[0] for row in given_rows})
        for award in awards([hit for hit in hits(rule, given_rows) if hit.month == month])
    ]
    assert apart == [award.given for award in awards(hits(rule, given_rows))]


@given(rows)
def test_the_best_of_the_year_is_what_the_year_comes_to(given_rows):
    rule = replace(RULE, best_of="物")
    sums, best = {}, {}
    for award in awards(hits(rule, given_rows)):
        thing = award.hit.fact.values["物"]
        sums[thing] = sums.get(thing, 0) + award.given
    for month, thing, raw in given_rows:
        best[thing] = max(best.get(thing, raw), raw)
    if all(raw >= 0 for _, _, raw in given_rows):
        assert sums == best


@given(rows)
def test_once_gives_to_the_first_of_each_thing_alone(given_rows):
    rule = replace(RULE, once_per=("物",))
    given_to = [award.hit.fact.values["物"] for award in awards(hits(rule, given_rows)) if not award.limit]
    assert sorted(given_to) == sorted({thing for _, thing, _ in given_rows})


@given(rows)
def test_later_months_never_change_earlier_ones(given_rows):
    rule = replace(RULE, best_of="物", cap=Cap(2000, "year"))
    every = hits(rule, given_rows)
    whole = awards(every)
    for month in {row[0] for row in given_rows}:
        until = awards([hit for hit in every if hit.month <= month])
        assert until == [award for award in whole if award.hit.month <= month]
