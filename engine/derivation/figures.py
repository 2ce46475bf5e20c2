"""Monthly figures out of single records: pure counting, the same whatever the order of the records."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.derivation.calendar import UnknownYear, WorkingDays
from engine.dsl.derivation import Derivation, Within
from engine.dsl.model import FieldRef, Ruleset, SettingRef, Test, settled_test
from engine.dsl.types import Value, WholeType
from engine.scoring.succession import owner

_COMPARE: Mapping[str, Callable[[Value, Value], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le,
}  # fmt: skip
Record = Mapping[str, Value]


@dataclass(frozen=True)
class Late:
    """A record that was not reported in time: when it was due (None where no calendar tells) and reported, if it was."""

    values: Record
    due: str | None
    reported: str | None


def figures(ruleset: Ruleset, derivation: Derivation, records: Sequence[Record]) -> dict[tuple[str, str], dict[str, int]]:
    """The counts by field for every (unit, month) that has a record, in their order; raises UnknownYear."""
    judged = _Judged(ruleset, derivation, records)
    met = {one.field: judged.met(one.tests, one.within) for one in derivation.counts}
    told = zip(judged.column(ruleset.kinds[derivation.source].unit_field), judged.months, strict=True)
    owners = [owner(ruleset, unit, month) or unit for unit, month in told]
    alike = Counter(zip(owners, judged.months, *met.values(), strict=True))  # 100,000 records, few sorts of them
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for (unit, month, *verdicts), times in sorted(alike.items()):
        row = counted.setdefault((unit, month), dict.fromkeys(met, 0))
        for field, verdict in zip(met, verdicts, strict=True):
            row[field] += times * verdict
    return counted


def late(ruleset: Ruleset, derivation: Derivation, records: Sequence[Record]) -> list[Late]:
    """The records that fail a test of time, each once, by due date and key. One that is not reported yet is among
    them, whether or not it is due: there is no clock here.

    A count's test of time is for the records that meet its tests on other fields. Raises UnknownYear as `figures` does.
    """
    judged = _Judged(ruleset, derivation, records)
    found: dict[int, Late] = {}
    for count in derivation.counts:
        for within in count.within:
            meant = judged.met([test for test in count.tests if test.field != within.field], ())
            in_time, due = judged.met((), (within,)), judged.due(within)
            for place, record in enumerate(records):
                if meant[place] and not in_time[place] and record.get(within.of) is not None:
                    one = Late(record, due[place], record.get(within.field))
                    found[place] = min(found.get(place, one), one, key=_by_due)
    key = ruleset.kinds[derivation.source].key

    def order(one: Late) -> tuple[Any, ...]:
        values = [one.values.get(name) for name in key]
        return _by_due(one), [(value is None, value) for value in values]

    return sorted(found.values(), key=order)


def year_missing(ruleset: Ruleset, derivation: Derivation, values: Record) -> int | None:
    """The year without a calendar on which the figures of a record hang, if there is one."""
    calendar, month = WorkingDays(ruleset.calendar), _month(values[derivation.month_of])
    try:
        for within in (within for count in derivation.counts for within in count.within):
            start, end = values.get(within.of), values.get(within.field)
            if start is not None and end is not None:
                calendar.within(start, end, _days(ruleset, within, month))
    except UnknownYear as unknown:
        return unknown.year
    return None


def _month(date: str) -> str:
    return date[:7]


def _by_due(one: Late) -> tuple[bool, str]:
    return one.due is None, one.due or ""


def _held(ruleset: Ruleset, month: str) -> str:
    """The month whose settings hold: for a record of before the ruleset's year, its first."""
    return max(month, ruleset.months[0])


def _days(ruleset: Ruleset, within: Within, month: str) -> int:
    if isinstance(within.days, SettingRef):
        return _whole(ruleset.settings[within.days.name].at(_held(ruleset, month)))
    return within.days


@cache  # a setting has few values, and every row of an import asks
def _whole(text: str) -> int:
    return int(WholeType().parse(text))


class _Judged:
    """Records judged by the tests of a derivation, with the settings of each record's month.

    What a test says is asked once for all records that are alike in what it reads: 100,000 records hold few dates.
    """

    def __init__(self, ruleset: Ruleset, derivation: Derivation, records: Sequence[Record]) -> None:
        self._ruleset, self._records = ruleset, records
        self._fields = ruleset.kinds[derivation.source].fields
        self._calendar = WorkingDays(ruleset.calendar)
        self._columns: dict[str, list[Value | None]] = {}
        self.months = [_month(date) for date in self.column(derivation.month_of)]

    def column(self, field: str) -> list[Any]:
        if field not in self._columns:
            self._columns[field] = [record.get(field) for record in self._records]
        return self._columns[field]

    def met(self, tests: Sequence[Test], withins: Sequence[Within]) -> list[bool]:
        """Whether each record meets all of these."""
        met = [True] * len(self._records)
        for verdicts in (*map(self._tested, tests), *map(self._in_time, withins)):
            met = list(map(operator.and_, met, verdicts))
        return met

    def due(self, within: Within) -> list[str | None]:
        """When each record is due; None without a date to count from, or without a calendar."""

        def deadline(month: str, start: str | None) -> str | None:
            try:
                return None if start is None else self._calendar.deadline(start, _days(self._ruleset, within, month))
            except UnknownYear:
                return None

        return _told(deadline, self.months, self.column(within.of))

    def _in_time(self, within: Within) -> list[bool]:
        def in_time(month: str, start: str | None, end: str | None) -> bool:
            if start is None or end is None:
                return False
            return self._calendar.within(start, end, _days(self._ruleset, within, month))

        return _told(in_time, self.months, self.column(within.of), self.column(within.field))

    def _tested(self, test: Test) -> list[bool]:
        value = self.column(test.field)
        if test.op == "given":
            return [(one is not None) == test.value for one in value]
        if isinstance(test.value, FieldRef):
            return _told(lambda one, other: _meets(test.op, one, other), value, self.column(test.value.name))
        settled = {
            month: settled_test(test, self._fields, self._ruleset.settings, _held(self._ruleset, month)).value
            for month in set(self.months)
        }
        return _told(lambda month, one: _meets(test.op, one, settled[month]), self.months, value)


def _told(verdict: Callable[..., Any], *columns: Sequence[Any]) -> list[Any]:
    """The verdict on each row of some columns, asked once for rows that are alike."""
    told = {row: verdict(*row) for row in set(zip(*columns))}
    return [told[row] for row in zip(*columns)]


def _meets(op: str, value: Value | None, against: Any) -> bool:
    if value is None or against is None:
        return False
    return value in against if op == "in" else _COMPARE[op](value, against)
