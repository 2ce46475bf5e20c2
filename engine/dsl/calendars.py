"""The calendar of ruleset.yaml: the holidays of years that the library of national holidays does not know yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.dsl.derivation import CalendarYear
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import CalendarShape
from engine.dsl.types import BadValue, DateType

_DATE = DateType()
_YEAR = re.compile(r"[1-9][0-9]{3}")


def read_calendar(data: Mapping[str, CalendarShape], spot: Spot, report: Report) -> dict[int, CalendarYear]:
    """Every year that is told; `spot` is where they all stand."""
    years = {}
    for year, shape in data.items():
        where = spot.at(year)
        if not _YEAR.fullmatch(year):
            report.add(where.key, "bad-value", f"“{year}”不是年度", "按年度写，如 2027: {holidays: [2027-01-01]}")
            continue
        holidays = _dates(shape.holidays, year, where.at("holidays"), report)
        workdays = _dates(shape.workdays, year, where.at("workdays"), report)
        for place, date in workdays.items():
            if date in holidays.values():
                hint = "只留在 holidays 或 workdays 之一"
                report.add(where.at("workdays", place).value, "bad-value", f"{date} 既是放假日又是上班日", hint)
        years[int(year)] = CalendarYear(frozenset(holidays.values()), frozenset(workdays.values()))
    return years


def _dates(written: Sequence[str], year: str, spot: Spot, report: Report) -> dict[int, str]:
    """The dates of a list by their place in it; those that are none of the year are reported and left out."""
    dates = {}
    for place, text in enumerate(written):
        where = spot.at(place).value
        try:
            date = str(_DATE.parse(text))
        except BadValue as bad:
            report.add(where, "bad-value", f"“{text}”不是日期", f"应为{bad}")
            continue
        if date.startswith(year):
            dates[place] = date
        else:
            report.add(where, "bad-value", f"{date} 不在 {year} 年", "写到它那一年下面")
    return dates
