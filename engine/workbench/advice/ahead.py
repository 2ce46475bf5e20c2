"""The months to come of a unit: what they give as the facts are, and as further facts would make them.

What is posted stays as it is; it counts for the limits of the year. Everything is the difference of two scorings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from sqlalchemy import Connection

from engine.dsl.model import Kind, Rule, Ruleset, Time
from engine.facts import Fact
from engine.ledger.reading import last_ruleset, standing_matches
from engine.ledger.stored import facts_by_version
from engine.scoring.award import Award, Hit, awards, given_by_rule
from engine.scoring.months import holds, rules_of
from engine.scoring.year import Posted
from engine.workbench.advice.drafts import fact_of
from engine.workbench.supposing import Outlook

Hits = Mapping[str, Sequence[Hit]]  # by month


def standing_hits(connection: Connection, ruleset: Ruleset, months: Iterable[str]) -> Posted:
    """What stands in posted months of the rules that have a limit or a veto: all that later months need to know of them."""
    limited = {rule.id for rule in ruleset.rules if rule.cap or rule.once_per or rule.best_of or rule.veto}
    rows = [
        (month, *row) for month in months for row in connection.execute(standing_matches(month)) if row.rule in limited
    ]
    versions = {row[3] for row in rows if row[3] is not None}
    facts = {fact.version: fact for fact in facts_by_version(connection, ruleset, versions)}
    found: dict[str, dict[str, list[Hit]]] = {month: {} for month in months}
    as_run = {month: {rule.id: rule for rule in last_ruleset(connection, month).in_force(month)} for month in months}
    for month, unit, rule, version, raw, given, limit in rows:
        hit = Hit(month, as_run[month][rule], facts.get(version), raw, (given, limit))
        found[month].setdefault(unit, []).append(hit)
    return found


class Ahead:
    """The months of a year after its last posted one, for all units."""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook = outlook
        self.ruleset = outlook.ruleset
        self.last = outlook.posted[-1]
        self.months = tuple(month for month in self.ruleset.months if month > self.last)
        self.drafted: dict[tuple[str, str], list[Fact]] = {}  # by rule and kind, of the first month to come

    @cached_property
    def reported(self) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
        """What was reported up to the last posted month, by unit and kind, the newest first; of kinds that have a month."""
        found: dict[tuple[str, str], list[Fact]] = {}
        for fact in self.outlook.facts:
            kind = self.ruleset.kinds[fact.kind]
            if kind.month_field and kind.unit_field and fact.values[kind.month_field] <= self.last:
                found.setdefault((fact.values[kind.unit_field], fact.kind), []).append(fact)
        months = {name: kind.month_field for name, kind in self.ruleset.kinds.items()}
        return {
            one: tuple(sorted(own, key=lambda fact: (fact.values[months[fact.kind]], fact.order), reverse=True))
            for one, own in found.items()
        }

    @cached_property
    def texts(self) -> Mapping[tuple[str, str], Collection[str]]:
        """Every text of a fact, by kind and field: a fact that is made up must not have the key of a real one."""
        found: dict[tuple[str, str], set[str]] = {}
        for fact in self.outlook.facts:
            for name, value in fact.values.items():
                if isinstance(value, str):
                    found.setdefault((fact.kind, name), set()).add(value)
        return found

    def tables(self, month: str) -> tuple[Fact, ...]:
        """The rows of the dictionary's tables that hold in a month, in the order of their keys."""
        kinds = self.ruleset.kinds
        tables = (fact for fact in self.outlook.facts if kinds[fact.kind].time is Time.TABLE)
        own = (fact for fact in tables if holds(kinds[fact.kind], fact, month))
        return tuple(sorted(own, key=lambda fact: (fact.kind, fact.order)))

    def rules(self, unit: str, month: str) -> tuple[Rule, ...]:
        opened = self.outlook.year.opened
        return tuple(rule for rule in rules_of(self.ruleset, month, opened) if unit in rule.units)


class Months:
    """A unit's months to come with some facts beside those that are known; `facts` replace known ones of their key."""

    def __init__(self, ahead: Ahead, unit: str, facts: Iterable[Fact] = ()) -> None:
        self.ahead = ahead
        self.unit = unit
        self.months = tuple(month for month in ahead.months if ahead.ruleset.units[unit].there(month))
        self._further = tuple(facts)
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._hits: dict[str, list[Hit]] = {}
        self._sums: dict[tuple[str, frozenset[str]], int] = {}
        self._alone: dict[tuple[int, str], list[Hit]] = {}  # what a fact fires in a month by itself, by its identity

    def facts(self, month: str) -> tuple[Fact, ...]:
        if month not in self._facts:
            known = self.ahead.outlook.year.facts(month).by_unit[self.unit]
            self._facts[month] = self._with(known, self._further, month)
        return self._facts[month]

    def _with(self, known: Iterable[Fact], further: Iterable[Fact], month: str) -> tuple[Fact, ...]:
        kinds = self.ahead.ruleset.kinds
        replaced = {(fact.kind, fact.key) for fact in further}
        kept = [fact for fact in known if (fact.kind, fact.key) not in replaced]
        held = [fact for fact in further if holds(kinds[fact.kind], fact, month)]
        return tuple(sorted([*kept, *held], key=lambda fact: (fact.kind, fact.order)))

    def hits(self, month: str) -> list[Hit]:
        if month not in self._hits:
            self._hits[month] = self.ahead.outlook.year.hits(self.unit, month, self.facts(month) if self._further else None)
        return self._hits[month]

    def try_out(self, facts: Sequence[Fact], month: str) -> None:
        """Fires facts of a month together, where none of them can keep another from firing: quicker than one by one."""
        kinds = self.ahead.ruleset.kinds
        tried = [fact for fact in facts if not self._guards(fact) and holds(kinds[fact.kind], fact, month)]
        self._alone |= {(id(fact), month): [] for fact in tried}
        for hit in self.ahead.outlook.year.hits(self.unit, month, (*self.facts(month), *tried)):
            if (id(hit.fact), month) in self._alone:
                self._alone[id(hit.fact), month].append(hit)

    @cached_property
    def _guarding(self) -> frozenset[str]:
        rules = (rule for month in self.months for rule in self.ahead.rules(self.unit, month))
        return frozenset(none.kind for rule in rules for none in rule.nones)

    def _guards(self, fact: Fact) -> bool:
        return fact.kind in self._guarding

    def supposed(self, facts: Sequence[Fact], month: str) -> list[Hit]:
        """What fires in a month with further facts."""
        replaced = {(fact.kind, fact.key) for fact in facts}
        over = [one for one in facts if not holds(self.ahead.ruleset.kinds[one.kind], one, month)]
        if all((id(fact), month) in self._alone or (fact in over and not self._guards(fact)) for fact in facts):
            kept = [hit for hit in self.hits(month) if hit.fact is None or (hit.fact.kind, hit.fact.key) not in replaced]
            return kept + [hit for fact in facts for hit in self._alone.get((id(fact), month), ())]
        if not facts or (len(over) == len(facts) and not any((fact.kind, fact.key) in replaced for fact in self.facts(month))):
            return self.hits(month)
        return self.ahead.outlook.year.hits(self.unit, month, self._with(self.facts(month), facts, month))

    @cached_property
    def _before(self) -> tuple[Hit, ...]:
        """The hits of the posted months, of predecessors too, as they count for limits."""
        year, units = self.ahead.outlook.year, self.ahead.ruleset.units
        last = self.ahead.last if units[self.unit].there(self.ahead.last) else self.months[0]
        so_far = year.so_far(self.unit, last)
        return tuple(one.hit._replace(posted=(one.given, one.limit)) for one in so_far if one.hit.month <= self.ahead.last)

    def awards(self, until: str, rules: Collection[str] | None = None, other: Hits | None = None) -> list[Award]:
        """The awards of the months up to one, of some rules only where they are named; `other` hits stand for a month's own."""
        other = other or {}
        looked_at = (other[month] if month in other else self.hits(month) for month in self.months if month <= until)
        own = [hit for hits in looked_at for hit in hits]
        wanted = [hit for hit in (*self._before, *own) if rules is None or hit.rule.id in rules]
        return [award for award in awards(wanted) if award.hit.month > self.ahead.last]

    def given(self, month: str) -> dict[str, int]:
        """What each rule gives in a month."""
        return given_by_rule(award for award in self.awards(month) if award.hit.month == month)

    def gain(self, facts: Sequence[Fact], until: str | None = None) -> int:
        """What facts bring from the first month up to one, the first itself by default; hundredths."""
        until = until or self.months[0]
        other = {month: self.supposed(facts, month) for month in self.months if month <= until}
        touched: set[str] = set()
        for month, then in other.items():
            was, now = {(hit.rule.id, id(hit.fact)) for hit in self.hits(month)}, {(hit.rule.id, id(hit.fact)) for hit in then}
            touched |= {rule for rule, _ in was ^ now}
        return sum(award.given for award in self.awards(until, touched, other)) - self._sum(until, frozenset(touched))

    def _sum(self, until: str, rules: frozenset[str]) -> int:
        if (until, rules) not in self._sums:
            self._sums[until, rules] = sum(award.given for award in self.awards(until, rules))
        return self._sums[until, rules]


def moved(kind: Kind, fact: Fact, month: str) -> Fact:
    """The same figures as of another month."""
    return fact_of(kind, {**fact.values, kind.month_field: month})


def usual(ahead: Ahead, unit: str, months: Sequence[str]) -> tuple[Fact, ...]:
    """The monthly figures that a unit told last, as if it told them again: what a better report is better than."""
    if not ahead.ruleset.units[unit].there(ahead.last):
        return ()
    found = []
    for fact in ahead.outlook.year.facts(ahead.last).by_unit[unit]:
        kind = ahead.ruleset.kinds[fact.kind]
        if kind.time is Time.MONTHLY and kind.unit_field and kind.name not in ahead.ruleset.operator_kinds:
            found += [moved(kind, fact, month) for month in months]
    known = {(fact.kind, fact.key) for month in months for fact in ahead.outlook.year.facts(month).by_unit[unit]}
    return tuple(fact for fact in found if (fact.kind, fact.key) not in known)
