"""Which months a new version of a fact touches: those in which what it says holds otherwise than before."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dsl.model import Kind, Ruleset, Time
from engine.dsl.types import Value


def months_touched(ruleset: Ruleset, kind: Kind, before: Mapping[str, Value] | None, after: Mapping[str, Value] | None) -> set[str]:
    """The months of the ruleset's year where the fact is another than it was; None is a fact that is not there.

    An end given to a spell touches the months from that end on only: the end itself is no part of what holds.
    """
    return {
        month for month in ruleset.months if _held(kind, before, month) != _held(kind, after, month)
    }


def _held(kind: Kind, values: Mapping[str, Value] | None, month: str) -> Mapping[str, Value] | None:
    if values is None or not holds(kind, values, month):
        return None
    return {name: value for name, value in values.items() if name != kind.end_field}


def holds(kind: Kind, values: Mapping[str, Value], month: str) -> bool:
    """Whether a fact is one of a month's facts; records and yearly figures are none of any month's."""
    if kind.time in (Time.EVENT, Time.MONTHLY):
        return values.get(kind.month_field) == month
    if kind.time in (Time.STATE, Time.TABLE):
        start, end = values.get(kind.start_field, ""), values.get(kind.end_field)
        return start <= month and (end is None or month < end or (kind.end_counts and month == end))
    return False
