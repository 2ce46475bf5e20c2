"""Which facts hold in a month, and whose they are (rules.md, "Meaning"; facts.yaml, `time` and `route`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.dsl.model import Kind, Route, Rule, Ruleset, Time
from engine.facts import Fact
from engine.scoring.succession import owner


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """The facts that hold in a month: by unit, in the order of their keys, and those that found no unit."""

    by_unit: Mapping[str, tuple[Fact, ...]]
    unattributed: tuple[Fact, ...]


def holds(kind: Kind, fact: Fact, month: str) -> bool:
    """Whether a fact is one of the month's facts."""
    if kind.month_field is not None:
        return fact.values[kind.month_field] == month
    if kind.time not in (Time.STATE, Time.TABLE):
        return False
    start = fact.values.get(kind.start_field, "")
    end = fact.values.get(kind.end_field)
    return start <= month and (end is None or month < end or (kind.end_counts and month == end))


def opening_months(ruleset: Ruleset, facts: Iterable[Fact]) -> frozenset[str]:
    """The months whose points were brought from before the first run: those of any fact of the opening kind."""
    opening = ruleset.kinds.get(ruleset.opening)
    if opening is None:
        return frozenset()
    return frozenset(fact.values[opening.month_field] for fact in facts if fact.kind == opening.name)


def rules_of(ruleset: Ruleset, month: str, opened: Collection[str]) -> tuple[Rule, ...]:
    """The rules that score a month; in an opening month (`opened`) only those that read what was brought."""
    rules = ruleset.in_force(month)
    if month not in opened:
        return rules
    return tuple(rule for rule in rules if rule.fact is not None and rule.fact.kind == ruleset.opening)


def facts_of(ruleset: Ruleset, facts: Iterable[Fact], month: str) -> MonthFacts:
    """Sorts a month's facts to the units that own them. The order of `facts` does not matter."""
    held = [fact for fact in facts if holds(ruleset.kinds[fact.kind], fact, month)]
    tables = [fact for fact in held if ruleset.kinds[fact.kind].time is Time.TABLE]
    by_unit: dict[str, list[Fact]] = {unit: [] for unit in ruleset.units_in(month)}
    lost: list[Fact] = []
    for fact in held:
        kind = ruleset.kinds[fact.kind]
        if kind.time in (Time.TABLE, Time.RECORD):
            continue
        if kind.routes:
            named = [_routed(ruleset, category, route, fact, tables) for category, route in kind.routes.items()]
        else:
            named = [fact.values[kind.unit_field]]
        owners = [owner(ruleset, one, month) for one in named]
        for one in owners:
            if one is not None:
                by_unit[one].append(fact)
        if None in owners:
            lost.append(fact)
    return MonthFacts(
        {unit: tuple(sorted(own, key=_order)) for unit, own in by_unit.items()}, tuple(sorted(lost, key=_order))
    )


def _order(fact: Fact) -> tuple:
    return fact.kind, fact.order


def _routed(ruleset: Ruleset, category: str, route: Route, fact: Fact, tables: list[Fact]) -> str | None:
    """The unit of a category that a fact goes to, as it is named there; None where the route finds none."""
    value = fact.values.get(route.field)
    if route.table is None:
        named = value
    else:
        kind = ruleset.kinds[route.table]
        rows = [row for row in tables if row.kind == route.table and row.values.get(route.field) == value]
        named = rows[0].values[kind.unit_field] if rows else None
    return named if named in ruleset.units and ruleset.units[named].category == category else None


def month_before(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"
