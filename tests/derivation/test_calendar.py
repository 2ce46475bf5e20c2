"""Working days: holidays, the weekend days worked for them, and years that nobody has told."""

import pytest

from engine.derivation.calendar import UnknownYear, WorkingDays
from engine.dsl.derivation import CalendarYear

NATIONAL = WorkingDays({})
TOLD = WorkingDays({2027: CalendarYear(frozenset({"2027-01-01"}), frozenset({"2027-01-03"}))})


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2023-04-21", 1, "2023-04-23"),  # a Sunday that was worked
        ("2023-04-28", 1, "2023-05-04"),  # five days off
        ("2023-04-28", 3, "2023-05-06"),  # a Saturday that was worked
        ("2023-09-28", 7, "2023-10-13"),
        ("2025-12-31", 1, "2026-01-04"),  # the next year's Sunday that is worked
        ("2023-04-12", 0, "2023-04-12"),
    ],
)
def test_holidays_do_not_count_and_worked_weekends_do(start, days, due):
    assert NATIONAL.deadline(start, days) == due
    assert NATIONAL.within(start, due, days)


def test_a_report_on_a_day_off_after_the_last_day_is_within_and_on_the_next_working_day_is_not():
    assert NATIONAL.within("2023-04-04", "2023-04-16", 7) and NATIONAL.deadline("2023-04-04", 7) == "2023-04-14"
    assert not NATIONAL.within("2023-04-04", "2023-04-17", 7)


def test_a_report_before_or_on_the_day_itself_is_within():
    assert NATIONAL.within("2023-04-12", "2023-04-12", 0) and NATIONAL.within("2023-04-12", "2022-01-01", 0)


def test_a_year_that_nobody_told_is_refused_only_where_the_answer_hangs_on_it():
    assert NATIONAL.within("2026-12-28", "2026-12-31", 7)
    assert not NATIONAL.within("2026-12-20", "2027-01-10", 7)
    with pytest.raises(UnknownYear) as refused:
        NATIONAL.within("2026-12-28", "2027-01-04", 7)
    assert refused.value.year == 2027 and "2027" in str(refused.value)


def test_the_ruleset_can_tell_a_year_and_wins_over_the_library():
    assert TOLD.deadline("2026-12-31", 1) == "2027-01-03"
    without = WorkingDays({2023: CalendarYear(frozenset(), frozenset())})
    assert without.deadline("2023-04-28", 1) == "2023-05-01"
