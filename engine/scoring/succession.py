"""Which unit goes on for which: whose a fact is in its month, and what a successor has of its predecessors' points."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from engine.dsl.model import Ruleset, SettingRef
from engine.scoring.points import hundredths

Months = Mapping[str, Mapping[str, int]]  # the units of each month, and their own points in hundredths


def predecessors(ruleset: Ruleset, unit: str) -> tuple[str, ...]:
    """The units that became this one, in the order of the list: one after a rename, several after a merger."""
    return tuple(name for name, other in ruleset.units.items() if other.becomes == unit)


def owner(ruleset: Ruleset, unit: str | None, month: str) -> str | None:
    """The unit that a fact told under a unit's name belongs to in a month; None where there is none, or not just one."""
    while unit in ruleset.units and ruleset.units[unit].until < month:
        unit = ruleset.units[unit].becomes
    while unit in ruleset.units and month < ruleset.units[unit].since:
        before = predecessors(ruleset, unit)
        unit = before[0] if len(before) == 1 else None
    return unit if unit in ruleset.units else None


def first_name(ruleset: Ruleset, unit: str) -> str:
    """The name under which a unit was first in the list, before all renames."""
    while len(before := predecessors(ruleset, unit)) == 1:
        unit = before[0]
    return unit


def forebears(ruleset: Ruleset, unit: str, month: str) -> tuple[str, ...]:
    """The units of a month that a unit goes on for: itself where it was there."""
    known = ruleset.units[unit]
    if known.there(month):
        return (unit,)
    if known.until < month:
        return ()
    return tuple(name for before in predecessors(ruleset, unit) for name in forebears(ruleset, before, month))


def formerly(ruleset: Ruleset, unit: str, months: Collection[str]) -> tuple[str, ...]:
    """The other units whose points in these months a unit has, the latest names first."""
    found: list[str] = []
    for before in predecessors(ruleset, unit):
        if any(ruleset.units[before].there(month) for month in months):
            found.append(before)
        found += formerly(ruleset, before, months)
    return tuple(found)


def course(ruleset: Ruleset, unit: str, months: Months) -> dict[str, int]:
    """What a unit has of each month, oldest first: its own points, before its time those of its predecessors."""
    found = {month: _carried(ruleset, unit, month, months[month]) for month in sorted(months)}
    return {month: points for month, points in found.items() if points is not None}


def total(ruleset: Ruleset, unit: str, months: Months) -> int:
    """What a unit has of these months together, hundredths."""
    return sum(course(ruleset, unit, months).values())


def year_totals(ruleset: Ruleset, months: Months) -> dict[str, int]:
    """The same of every unit that there is in December, in the order of the list."""
    return {unit: total(ruleset, unit, months) for unit in ruleset.units_in(ruleset.months[-1])}


def _carried(ruleset: Ruleset, unit: str, month: str, points: Mapping[str, int]) -> int | None:
    known = ruleset.units[unit]
    if known.there(month):
        return points[unit]
    if known.until < month:
        return None
    found = (_carried(ruleset, before, month, points) for before in predecessors(ruleset, unit))
    own = [each for each in found if each is not None]
    if not own:
        return None
    # Each month is rounded by itself, so that the months of a course add up to its total.
    return sum(own) if _merged(ruleset) == "sum" else hundredths(Fraction(sum(own), 100 * len(own)))


def _merged(ruleset: Ruleset) -> str | None:
    told = ruleset.merged
    return ruleset.settings[told.name].at(ruleset.months[0]) if isinstance(told, SettingRef) else told
