"""Figures out of records: the same whatever the order, they add up, and agree with counting one by one."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.derivation.calendar import UnknownYear, WorkingDays
from engine.derivation.figures import figures, late, year_missing
from engine.dsl import model
from engine.dsl.derivation import CalendarYear, Count
from engine.dsl.model import FieldRef, SettingRef

DAYS = st.dates(datetime.date(2022, 12, 20), datetime.date(2023, 12, 31))


@st.composite
def record(draw):
    decided = draw(DAYS)
    values = {
        "单位": draw(st.sampled_from(["市教育局", "市税务局", "潞州区"])),
        "文号": draw(st.text("0123456789", min_size=1, max_size=3)),
        "类型": draw(st.sampled_from(["行政许可", "行政处罚"])),
        "决定日期": decided.isoformat(),
        "合规": draw(st.sampled_from(["是", "否"])),
    }
    gap = draw(st.none() | st.integers(-3, 25))
    return values if gap is None else {**values, "上报日期": (decided + datetime.timedelta(gap)).isoformat()}


RECORDS = st.lists(record(), max_size=30)


def one(decided="2023-04-03", reported=None, unit="市教育局", number="1", compliant="是"):
    values = {"单位": unit, "文号": number, "类型": "行政许可", "决定日期": decided, "合规": compliant}
    return values if reported is None else {**values, "上报日期": reported}


def one_by_one(records):
    calendar, counted = WorkingDays({}), {}
    for values in records:
        reported = values.get("上报日期")
        row = counted.setdefault((values["单位"], values["决定日期"][:7]), dict.fromkeys(("应报数", "实报数", "及时数", "合规数"), 0))
        row["应报数"] += 1
        row["实报数"] += reported is not None
        row["及时数"] += reported is not None and reported < _next(calendar, values["决定日期"])
        row["合规数"] += reported is not None and values["合规"] == "是"
    return counted


def _next(calendar, decided):
    return calendar.deadline(decided, 8)


@settings(deadline=None)
@given(RECORDS)
def test_figures_are_what_counting_one_by_one_gives(ruleset, records):
    assert figures(ruleset, ruleset.derivations[0], records) == one_by_one(records)


@settings(deadline=None)
@given(RECORDS, st.randoms())
def test_the_order_of_records_changes_nothing(ruleset, records, chance):
    mixed = chance.sample(records, len(records))
    derivation = ruleset.derivations[0]
    assert list(figures(ruleset, derivation, mixed).items()) == list(figures(ruleset, derivation, records).items())


@settings(deadline=None)
@given(RECORDS, RECORDS)
def test_the_figures_of_two_parts_add_up(ruleset, some, others):
    derivation = ruleset.derivations[0]
    parts = [figures(ruleset, derivation, part) for part in (some, others)]
    together = figures(ruleset, derivation, some + others)
    assert set(together) == set(parts[0]) | set(parts[1])
    for key, row in together.items():
        assert row == {name: sum(part.get(key, {}).get(name, 0) for part in parts) for name in row}


@pytest.mark.parametrize(
    ("test", "met"),
    [
        (model.Test("类型", "in", ("行政许可", "行政处罚")), 2),
        (model.Test("类型", "ne", "行政处罚"), 2),
        (model.Test("上报日期", "given", False), 1),
        (model.Test("上报日期", "ne", "2023-01-01"), 1),  # an empty field meets nothing else
        (model.Test("上报日期", "gt", FieldRef("决定日期")), 1),
        (model.Test("决定日期", "lt", FieldRef("上报日期")), 1),
        (model.Test("决定日期", "ge", "2023-04-04"), 0),
        (model.Test("合规", "eq", SettingRef("合规词")), 2),
    ],
)
def test_every_test_of_the_language_holds_for_records(ruleset, test, met):
    word = replace(ruleset.settings["双公示时限"], name="合规词", values=(("2023-01", "否", ""), ("2023-04", "是", "")))
    changed = replace(ruleset, settings={**ruleset.settings, "合规词": word})
    derivation = replace(ruleset.derivations[0], counts=(Count("应报数", (test,)),))
    records = [one(), one(reported="2023-04-10", number="2")]
    assert figures(changed, derivation, records) == {("市教育局", "2023-04"): {"应报数": met}}


def test_the_term_of_a_month_is_that_month_s_setting(ruleset):
    term = replace(ruleset.settings["双公示时限"], values=(("2023-01", "7", ""), ("2023-05", "1", "")))
    changed = replace(ruleset, settings={**ruleset.settings, "双公示时限": term})
    records = [one("2023-04-10", "2023-04-13"), one("2023-05-15", "2023-05-18", number="2")]
    assert [row["及时数"] for row in figures(changed, ruleset.derivations[0], records).values()] == [1, 0]


def test_late_records_say_when_they_were_due_and_when_they_came(ruleset):
    records = [one("2023-04-10", "2023-04-28", number="3"), one("2023-04-03", number="2"), one("2023-04-03", "2023-04-04")]
    told = [(each.values["文号"], each.due, each.reported) for each in late(ruleset, ruleset.derivations[0], records)]
    assert told == [("2", "2023-04-13", None), ("3", "2023-04-19", "2023-04-28")]


def test_a_year_without_a_calendar_is_named_and_can_be_told(ruleset):
    derivation, needs = ruleset.derivations[0], one("2026-12-28", "2027-01-05")
    assert year_missing(ruleset, derivation, needs) == 2027
    assert year_missing(ruleset, derivation, one("2026-12-28")) is None
    with pytest.raises(UnknownYear):
        figures(ruleset, derivation, [needs])
    told = replace(ruleset, calendar={2027: CalendarYear(frozenset({"2027-01-01"}), frozenset())})
    assert year_missing(told, derivation, needs) is None
    assert figures(told, derivation, [needs])["市教育局", "2026-12"]["及时数"] == 1


def test_an_unreported_record_without_a_calendar_is_late_without_a_due_date(ruleset):
    [unreported] = late(ruleset, ruleset.derivations[0], [one("2026-12-28")])
    assert (unreported.due, unreported.reported) == (None, None)
