"""Working days by the national calendar, with the weekend days that are worked in exchange for holidays."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache

from engine.dsl.derivation import CalendarYear
from engine.errors import InputError

_DAY = datetime.timedelta(days=1)
_SATURDAY = 5


class UnknownYear(InputError, ValueError):
    """A year whose holidays nobody has told."""

    def __init__(self, year: int) -> None:
        super().__init__(f"没有 {year} 年的工作日安排", f"在 ruleset.yaml 的 calendar 里写上 {year} 年的放假与调休")
        self.year = year


class WorkingDays:
    """Counts working days; a year in `calendar` wins over what the library knows of it. Dates are texts YYYY-MM-DD."""

    def __init__(self, calendar: Mapping[int, CalendarYear]) -> None:
        self._calendar = calendar
        self._years: dict[int, frozenset[datetime.date]] = {}

    def within(self, start: str, end: str, days: int) -> bool:
        """Whether of the days after `start` up to and with `end` at most `days` are working days.

        So a day off right after the last working day that counts is still within. Raises UnknownYear, but only
        where the answer hangs on that year.
        """
        day, last, passed = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end), 0
        while day < last:
            day += _DAY
            passed += day in self._worked(day.year)
            if passed > days:
                return False
        return True

    def deadline(self, start: str, days: int) -> str:
        """When what is due within `days` is due: the last of that many working days after `start`, which is not counted.

        With 0 days that is `start` itself. Raises UnknownYear.
        """
        day, passed = datetime.date.fromisoformat(start), 0
        while passed < days:
            day += _DAY
            passed += day in self._worked(day.year)
        return day.isoformat()

    def _worked(self, year: int) -> frozenset[datetime.date]:
        if year not in self._years:
            told = self._calendar.get(year)
            self._years[year] = _national(year) if told is None else _told(year, told)
        return self._years[year]


def _told(year: int, told: CalendarYear) -> frozenset[datetime.date]:
    def works(day: datetime.date) -> bool:
        text = day.isoformat()
        return text in told.workdays or (day.weekday() < _SATURDAY and text not in told.holidays)

    return frozenset(filter(works, _days(year)))


@cache
def _national(year: int) -> frozenset[datetime.date]:
    from chinese_calendar import is_workday  # here, as only dates of records need it

    try:
        return frozenset(filter(is_workday, _days(year)))
    except NotImplementedError:
        raise UnknownYear(year) from None


def _days(year: int) -> list[datetime.date]:
    first = datetime.date(year, 1, 1)
    return [first + place * _DAY for place in range((datetime.date(year, 12, 31) - first).days + 1)]
