"""Which months a new version of a fact touches: those in which what it says holds otherwise than before."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.dsl.model import Kind, Ruleset, Time
from engine.dsl.types import Value
from engine.facts import Fact
from engine.scoring.months import holds


def months_touched(
    kind: Kind, before: Mapping[str, Value] | None, after: Mapping[str, Value] | None, months: Collection[str]
) -> set[str]:
    """Those of some months where the fact is another than it was; None is a fact that is not there.

    An end given to a spell touches the months from that end on only: the end itself is no part of what holds.
    A single record touches nothing by itself: the figures that are made of it do.
    """
    if before == after:
        return set()
    if kind.month_field is not None:
        return {said[kind.month_field] for said in (before, after) if said is not None}.intersection(months)
    old, new = _months(kind, before, months), _months(kind, after, months)
    return old ^ new if _without_end(kind, before) == _without_end(kind, after) else old | new


def record_months(ruleset: Ruleset, kind: Kind, *versions: Mapping[str, Value] | None) -> set[str]:
    """The months whose figures a record is counted in, by the ruleset's derivations."""
    if kind.time is not Time.RECORD:
        return set()
    dates = (one.month_of for one in ruleset.derivations if one.source == kind.name)
    return {said[date][:7] for date in dates for said in versions if said is not None}


def _months(kind: Kind, values: Mapping[str, Value] | None, months: Collection[str]) -> set[str]:
    if values is None:
        return set()
    fact = Fact(kind.name, "[]", values)
    return {month for month in months if holds(kind, fact, month)}


def _without_end(kind: Kind, values: Mapping[str, Value] | None) -> Mapping[str, Value] | None:
    return values and {name: value for name, value in values.items() if name != kind.end_field}
