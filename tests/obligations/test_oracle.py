"""The engine against an independent reading of the 39 tasks: every verdict of every unit and month, on random years."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.obligations.judging import Judgements
from engine.scoring.year import Year
from tests.facts import facts_from
from tests.oracle import standings, working_year
from tests.oracle.tasks import DONE, IDLE, OVERDUE, SUBSTANDARD, TASKS, UNDERWAY
from tests.oracle.years import MONTHS

SEEDS = range(12)
READ = {"任务进展", *(kind for task in TASKS.values() for kind in task.shown)}
JUDGED_BY_STANDARD = (4, 9, 10, 29)


def judged(ruleset, facts):
    return Judgements(Year(ruleset, facts))


def engine_standings(ruleset, rows, month):
    found = judged(ruleset, facts_from(ruleset, rows)).verdicts(month)
    return {(one.task, one.unit): (str(one.status), one.due) for one in found}


def told(judgements, month):
    """A month's verdicts, with the facts that decided by what they say."""
    return [
        (one.task, one.unit, one.status, one.due, [(fact.kind, fact.key, fact.values) for fact in one.facts])
        for one in judgements.verdicts(month)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_year_is_judged_as_the_tasks_say(ruleset, seed):
    rows = working_year(seed)
    judgements = judged(ruleset, facts_from(ruleset, rows))
    for month in MONTHS:
        found = judgements.verdicts(month)
        assert {(one.task, one.unit): (str(one.status), one.due) for one in found} == standings(rows, month)
        assert len(found) == len(standings(rows, month))


def test_the_random_years_reach_every_status_of_every_task():
    reached = {number: set() for number in TASKS}
    for seed in SEEDS:
        rows = working_year(seed)
        for month in MONTHS:
            for (number, _), (status, _) in standings(rows, month).items():
                reached[number].add(status)
    for number, task in TASKS.items():
        if task.kind == "clean":
            expected = {DONE, SUBSTANDARD}
        elif task.kind == "monthly":
            expected = {DONE, OVERDUE} | ({SUBSTANDARD} if number in JUDGED_BY_STANDARD else set())
        else:
            expected = {IDLE, UNDERWAY, DONE} | ({OVERDUE} if task.kind < "2023-12" else set())
        assert (number, reached[number]) == (number, expected)


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=100), st.sampled_from(MONTHS))
def test_any_year_is_judged_as_the_tasks_say(ruleset, seed, month):
    rows = working_year(seed)
    assert engine_standings(ruleset, rows, month) == standings(rows, month)


@settings(max_examples=15, deadline=None)
@given(st.integers(min_value=0), st.randoms(use_true_random=False), st.sampled_from(MONTHS))
def test_the_order_of_facts_never_changes_a_verdict_or_what_decided_it(ruleset, seed, random, month):
    facts = facts_from(ruleset, working_year(seed))
    shuffled = random.sample(facts, len(facts))
    assert told(judged(ruleset, facts), month) == told(judged(ruleset, shuffled), month)


@settings(max_examples=15, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(MONTHS))
def test_what_no_task_reads_and_what_comes_later_changes_no_verdict(ruleset, seed, month):
    rows = working_year(seed)
    kept = [row for row in rows if row["fact"] in READ and row.get("月份", "") <= month]
    assert len(kept) < len(rows)
    assert told(judged(ruleset, facts_from(ruleset, rows)), month) == told(judged(ruleset, facts_from(ruleset, kept)), month)


@settings(max_examples=6, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(MONTHS))
def test_asking_for_other_months_first_changes_no_verdict(ruleset, seed, month):
    facts = facts_from(ruleset, working_year(seed))
    asked = judged(ruleset, facts)
    for other in reversed(MONTHS):
        asked.verdicts(other)
    assert told(asked, month) == told(judged(ruleset, facts), month)


@pytest.mark.parametrize(("month", "last"), [("2023-02", "2023-02-28"), ("2023-04", "2023-04-30"), ("2023-12", "2023-12-31")])
def test_a_task_is_due_on_its_date_a_monthly_one_on_the_last_day_and_a_clean_one_never(ruleset, month, last):
    dues = {}
    for one in judged(ruleset, facts_from(ruleset, working_year(1))).verdicts(month):
        dues.setdefault(one.task, set()).add(one.due)
    monthly, clean, spring = {4, 5, 9, 10, 25, 29}, {6, 11, 35}, {1, 2}
    assert dues == {
        number: {last if number in monthly else None if number in clean else "2023-04-30" if number in spring else "2023-12-31"}
        for number in range(1, 40)
    }


@settings(max_examples=10, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(MONTHS))
def test_a_verdict_names_facts_of_its_unit_unless_it_rests_on_their_absence(ruleset, seed, month):
    for one in judged(ruleset, facts_from(ruleset, working_year(seed))).verdicts(month):
        assert {fact.values["单位"] for fact in one.facts} <= {one.unit}
        assert one.facts or one.status in (IDLE, OVERDUE) or (one.status == DONE and one.due is None)
