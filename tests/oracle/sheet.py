"""What the scheme's sentences share: a month among the facts of its year, and the points a unit gets in it.

Nothing here walks entry by entry. A "once" is what is known by this month and was not before; a cap and a "best of"
are the year up to this month less the year before it. So a slip in the engine's bookkeeping is not repeated here.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from pathlib import Path

Row = dict[str, str]
Given = dict[tuple[str, str], int]


def _units_of(category: str) -> tuple[str, ...]:
    with (Path(__file__).parent / "units.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["单位"] for row in csv.DictReader(file) if row["类别"] == category)


def departments_of(group: str) -> tuple[str, ...]:
    with (Path(__file__).parent / "units.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["单位"] for row in csv.DictReader(file) if row["类别"] == "部门" and group in row["组"].split(";"))


DEPARTMENTS = _units_of("部门")
COUNTIES = _units_of("县区")
EVERYONE = frozenset(DEPARTMENTS + COUNTIES)
_PREFIX = {unit: "D" for unit in DEPARTMENTS} | {unit: "C" for unit in COUNTIES}


def hundredths(value: Fraction | int) -> int:
    """Whole hundredths, half away from zero."""
    size = math.floor(abs(Fraction(value)) * 100 + Fraction(1, 2))
    return size if value >= 0 else -size


def ratio(whole: int, row: Row, part: str, total: str) -> Fraction:
    """`whole` × part / total, both read from the row."""
    return Fraction(whole * int(row[part]), int(row[total]))


def anything(_row: Row) -> bool:
    return True


def holds(row: Row, month: str) -> bool:
    """Whether a spell holds: its first month counts, its last does not; an empty side is open."""
    end = row.get("终止月份") or ""
    return (row.get("起始月份") or "") <= month and (not end or month < end)


class Sheet:
    """One month's points being written down, with the facts of its year at hand."""

    def __init__(self, facts: Iterable[Row], month: str) -> None:
        self.month = month
        self.given: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._kinds: defaultdict[str, list[Row]] = defaultdict(list)
        for row in facts:
            self._kinds[row["fact"]].append(row)

    def now(self, kind: str) -> list[Row]:
        return [row for row in self._kinds[kind] if row["月份"] == self.month]

    def before(self, kind: str) -> list[Row]:
        """Of the earlier months of the same year."""
        first = self.month[:4] + "-01"
        return [row for row in self._kinds[kind] if first <= row["月份"] < self.month]

    def holding(self, kind: str) -> list[Row]:
        return [row for row in self._kinds[kind] if holds(row, self.month)]

    def write(self, unit: str, rule: str, value: int, units: Collection[str] = EVERYONE) -> None:
        """Gives a unit hundredths under its category's rule, if it is one of the units that the item binds."""
        if unit in units:
            self.given[unit, _PREFIX[unit] + rule] += value

    def trim(self, rule: str, most: int) -> None:
        """At most so many hundredths a month under a rule."""
        for (unit, name), value in self.given.items():
            if name[1:] == rule:
                self.given[unit, name] = min(value, most)

    def each(
        self,
        rule: str,
        rows: list[Row],
        value: Callable[[Row], Fraction | int],
        units: Collection[str] = EVERYONE,
    ) -> None:
        for row in rows:
            self.write(row["单位"], rule, hundredths(value(row)), units)

    def once(
        self,
        rule: str,
        kind: str,
        value: int,
        thing: str | None = None,
        units: Collection[str] = EVERYONE,
        where: Callable[[Row], bool] = anything,
    ) -> None:
        """`value` for every (unit, thing) that this month is the first of the year to tell of."""

        def told(rows: list[Row]) -> set[tuple[str, str]]:
            return {(row["单位"], row[thing] if thing else "") for row in rows if where(row)}

        for unit, _ in told(self.now(kind)) - told(self.before(kind)):
            self.write(unit, rule, hundredths(value), units)

    def at_most_twenty(
        self, rule: str, kind: str, value: Callable[[Row], int], units: Collection[str] = EVERYONE
    ) -> None:
        """At most 20 a year: what the year has given by this month less what it had before."""
        earlier: defaultdict[str, int] = defaultdict(int)
        for row in self.before(kind):
            earlier[row["单位"]] += hundredths(value(row))
        month: defaultdict[str, int] = defaultdict(int)
        for row in self.now(kind):
            month[row["单位"]] += hundredths(value(row))
        for unit, new in month.items():
            old = earlier[unit]
            self.write(unit, rule, min(2000, old + new) - min(2000, old), units)
