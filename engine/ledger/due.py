"""What a month's reports should hold: the monthly kinds that are due from each unit, and those not reported yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.dsl.model import Rule, Ruleset, Time
from engine.dsl.obligation import Duty

Reported = Mapping[str, set[str]]  # fact kind to the units that reported it
Due = list[tuple[str, str]]  # unit and fact kind
Told = frozenset[tuple[str, int]]  # the units that reported progress of an obligation in the month, and its number


def due(ruleset: Ruleset, month: str, reported_before: Reported, told: Told) -> Due:
    """The monthly kinds due from each unit, by category, the list's order and the dictionary's.

    Due from the units of a rule with a closed list that reads the kind, from those of a monthly obligation that asks
    for it and of which they have not `told` otherwise, and from those that reported it in an earlier month of the year,
    where a rule that binds them still reads it.
    """
    named: dict[str, set[str]] = {}
    bound: dict[str, set[str]] = {}
    owed = _owed(ruleset, told)
    for kind, rules in _readers(ruleset, month).items():
        named[kind] = {unit for rule in rules if _closed(ruleset, rule) for unit in rule.units} | owed.get(kind, set())
        bound[kind] = {unit for rule in rules for unit in rule.units}
    return [
        (unit, kind)
        for unit in _by_category(ruleset, month)
        for kind in named
        if unit in named[kind] or unit in bound[kind] & reported_before.get(kind, set())
    ]


def missing(ruleset: Ruleset, month: str, asked: Due, reported: Reported, told: Told) -> Due:
    """What is due and not there. Of kinds that rules of one scoring item read, any one will do, but not for an obligation."""
    readers, owed = _readers(ruleset, month), _owed(ruleset, told)

    def there(unit: str, kind: str) -> bool:
        others = () if unit in owed.get(kind, ()) else _instead(readers, unit, kind)
        return any(unit in reported.get(each, ()) for each in (kind, *others))

    return [(unit, kind) for unit, kind in asked if not there(unit, kind)]


def _readers(ruleset: Ruleset, month: str) -> dict[str, list[Rule]]:
    """The monthly kinds in the dictionary's order, and the rules in force that read each."""
    found: dict[str, list[Rule]] = {
        name: [] for name, kind in ruleset.kinds.items() if kind.time is Time.MONTHLY and name not in ruleset.operator_kinds
    }
    for rule in ruleset.in_force(month):
        for kind in {pattern.kind for pattern in (rule.fact, *rule.nones) if pattern is not None} & found.keys():
            found[kind].append(rule)
    return found


def _owed(ruleset: Ruleset, told: Told) -> dict[str, set[str]]:
    """The units that a monthly obligation asks for a kind."""
    found: dict[str, set[str]] = {}
    for obligation in ruleset.obligations:
        for kind in obligation.kinds if obligation.duty is Duty.MONTHLY else ():
            found.setdefault(kind, set()).update(unit for unit in obligation.units if (unit, obligation.no) not in told)
    return found


def _closed(ruleset: Ruleset, rule: Rule) -> bool:
    """Whether the rule names its units, as against all of its category."""
    return not {name for name, unit in ruleset.units.items() if unit.category == rule.category} <= {*rule.units}


def _instead(readers: Mapping[str, Iterable[Rule]], unit: str, kind: str) -> list[str]:
    items = {rule.item for rule in readers[kind] if unit in rule.units}
    return [
        other for other, rules in readers.items() if any(rule.item in items and unit in rule.units for rule in rules)
    ]


def _by_category(ruleset: Ruleset, month: str) -> list[str]:
    place = {category: position for position, category in enumerate(ruleset.categories)}
    return sorted(ruleset.units_in(month), key=lambda unit: (place[ruleset.units[unit].category], ruleset.order[unit]))
