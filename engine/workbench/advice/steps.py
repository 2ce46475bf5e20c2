"""What a unit could do in the first month to come: better figures, reports that are missing, things not yet done, losses ended.

A step is the facts that it means; what it brings is worked out by scoring them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.dsl.model import Kind, Pattern, Rule, Time
from engine.dsl.types import Value
from engine.facts import Fact
from engine.scoring.months import facts_of, month_before
from engine.scoring.points import is_flat
from engine.workbench.advice.ahead import Months, moved
from engine.workbench.advice.drafts import drafts, fact_of, made_up


@dataclass(frozen=True, slots=True)
class Step:
    """Facts of a month. `gain` is what they bring to it beside the facts that are known, `extra` what beside the figures
    that the unit told last, told again; hundredths, both above 0 but of what ends a veto. `before` is the fact that they
    better, or end, `again` what as much brings once more in the month after; None of what happens once, and of a year's last month.
    `seeded`: the unit told the like before, so that its sizes are its own and no examples.
    """

    rule: Rule
    month: str
    facts: tuple[Fact, ...]
    gain: int
    extra: int
    before: Fact | None = None
    again: int | None = None
    seeded: bool = False


def steps(known: Months, as_usual: Months) -> tuple[Step, ...]:
    """The steps of a unit that bring anything, in the order of the rules."""
    ahead, month = known.ahead, known.months[0]
    rules = ahead.rules(known.unit, month)
    tried = [(rule, fact) for rule in rules for fact in _facts(known, rule, month)]
    after = {id(fact): next_ for _, fact in tried if (next_ := _after(known, fact)) is not None}
    for world in (known, as_usual):
        world.try_out([fact for _, fact in tried], month)
    if after:
        as_usual.try_out([*after.values()], known.months[1])
    before = {(fact.kind, fact.key): fact for fact in as_usual.facts(month)}
    found: dict[tuple[str, str], Step] = {}
    for rule, fact in tried:
        key = fact.kind, fact.key
        extra = as_usual.gain([fact])
        gain = known.gain([fact]) if extra > 0 else 0
        if gain > 0 and (key not in found or extra > found[key].extra):
            again = as_usual.gain([fact, after[id(fact)]], known.months[1]) - extra if id(fact) in after else None
            found[key] = Step(rule, month, (fact,), gain, extra, before.get(key), again, _seeded(known, fact))
    place = {rule.id: position for position, rule in enumerate(rules)}
    return tuple(sorted(found.values(), key=lambda step: place[step.rule.id]))


def _seeded(known: Months, fact: Fact) -> bool:
    kind = known.ahead.ruleset.kinds[fact.kind]
    same = [name for name in kind.key if name != kind.month_field]
    told = known.ahead.reported.get((known.unit, fact.kind), ())
    return any(all(one.values.get(name) == fact.values.get(name) for name in same) for one in told)


def _after(known: Months, fact: Fact) -> Fact | None:
    """The same figures in the month after; None of what is no monthly figure."""
    kind = known.ahead.ruleset.kinds[fact.kind]
    return moved(kind, fact, known.months[1]) if kind.time is Time.MONTHLY and len(known.months) > 1 else None


def _facts(known: Months, rule: Rule, month: str) -> Iterator[Fact]:
    """Facts that may bring something by a rule: of its own kind, of those that it misses, or that end what it takes."""
    kinds, operators = known.ahead.ruleset.kinds, known.ahead.ruleset.operator_kinds
    if rule.fact is None:
        for none in rule.nones:
            if none.kind not in operators:
                yield from _drafts(known, kinds[none.kind], none, rule, month)
        return
    kind = kinds[rule.fact.kind]
    if kind.name in operators:
        return
    told = (known.unit, kind.name) in known.ahead.reported
    if not (is_flat(rule) and rule.points.value({}) <= 0) and (told or kind.name not in _standing_in(known, month)):
        yield from _drafts(known, kind, rule.fact, rule, month)
    if kind.time is Time.STATE and kind.end_field:
        taken = {id(award.hit.fact) for award in known.awards(month) if award.hit.rule.id == rule.id and award.given < 0}
        yield from filter(None, (ended(kind, fact, month) for fact in known.facts(month) if id(fact) in taken))


def _standing_in(known: Months, month: str) -> frozenset[str]:
    """The kinds that count in place of others: they are advised to none but those who tell them already."""
    rules = known.ahead.rules(known.unit, month)
    return frozenset(none.kind for rule in rules if rule.fact is not None for none in rule.nones)


def ended(kind: Kind, fact: Fact, month: str) -> Fact | None:
    """A state as it would be told if it did not hold in a month any more; None where it began in no month before."""
    end = month_before(month) if kind.end_counts else month
    if fact.values.get(kind.start_field, "") >= month:
        return None
    return fact_of(kind, {**fact.values, kind.end_field: end})


def _drafts(known: Months, kind: Kind, pattern: Pattern, rule: Rule, month: str) -> Iterator[Fact]:
    ahead = known.ahead
    given = _settled(known, kind, month)
    if given is None:
        return

    def free(name: str) -> str:
        return made_up(kind, known.unit, ahead.texts.get((kind.name, name), ()))

    counted = any(name not in kind.key for name in kind.numbers)
    seeds = ahead.reported.get((known.unit, kind.name), ()) if counted else ()
    if kind.routes:
        for fact in drafts(kind, pattern, rule, given, seeds, free):
            if fact in facts_of(ahead.ruleset, (*ahead.tables(month), fact), month).by_unit[known.unit]:
                yield fact
    elif seeds or kind.unit_field not in kind.key or any(test.field == kind.unit_field for test in pattern.tests):
        yield from drafts(kind, pattern, rule, given, seeds, free)
    else:  # the same for every unit, but for its name
        alike = ahead.drafted.get((rule.id, kind.name))
        if alike is None:
            alike = ahead.drafted[rule.id, kind.name] = drafts(kind, pattern, rule, given, (), free)
        yield from (fact_of(kind, {**fact.values, kind.unit_field: known.unit}) for fact in alike)


def _settled(known: Months, kind: Kind, month: str) -> dict[str, Value] | None:
    """The fields that say whose a fact is, and when; None where none of the kind can be the unit's."""
    ruleset, unit = known.ahead.ruleset, known.unit
    if kind.time not in (Time.EVENT, Time.MONTHLY, Time.STATE):
        return None
    given: dict[str, Value] = {name: month for name in (kind.month_field, kind.start_field) if name}
    if kind.unit_field:
        return {**given, kind.unit_field: unit}
    for category, route in kind.routes.items():
        own = ruleset.units[unit].category == category
        if route.table is None:
            others = (name for name, other in ruleset.units_in(month).items() if other.category == category)
            given[route.field] = unit if own else next(others, unit)
            continue
        owner = ruleset.kinds[route.table].unit_field
        rows = [row for row in known.ahead.tables(month) if row.kind == route.table and (not own or row.values[owner] == unit)]
        if rows:
            given[route.field] = rows[0].values[route.field]
        elif own:
            return None
    return given
