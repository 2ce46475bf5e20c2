"""A ruleset and facts to the awards of every unit's month: inference and limits put together, still pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.dsl.model import Kind, Rule, Ruleset
from engine.facts import Fact
from engine.inference.host import Matcher
from engine.scoring.award import Award, Hit, awards
from engine.scoring.months import MonthFacts, facts_of, opening_months, rules_of
from engine.scoring.points import hundredths, is_flat, worth
from engine.scoring.succession import predecessors

Posted = Mapping[str, Mapping[str, Sequence[Hit]]]  # by month and unit: what stands, with `posted` filled in


class Year:
    """A year as these facts and rules make it. Months are worked out when asked for, and kept.

    `closed` are the months that stay as they were posted, whatever facts and rules say by now. `like` is another year of
    the same ruleset: what fires on the very facts that it has too is taken from there.
    """

    def __init__(
        self, ruleset: Ruleset, facts: Iterable[Fact], closed: Posted | None = None, like: Year | None = None
    ) -> None:
        self.ruleset = ruleset
        self._closed = closed or {}
        self._facts = tuple(facts)
        self.opened = opening_months(ruleset, self._facts)
        alike = like is not None and like.ruleset is ruleset and like.opened == self.opened
        self._hits: dict[tuple[str, str, tuple[Fact, ...]], list[Hit]] = like._hits if alike else {}
        self._compilations: dict[tuple[str, str], _Compiled] = like._compilations if alike else {}
        self._months: dict[str, MonthFacts] = {}

    def facts(self, month: str) -> MonthFacts:
        if month not in self._months:
            self._months[month] = facts_of(self.ruleset, self._facts, month)
        return self._months[month]

    def awards(self, month: str) -> Mapping[str, tuple[Award, ...]]:
        """The awards of every unit of a month, those of nothing too; limits count the months before by their facts."""
        return {unit: self.awards_of(unit, month) for unit in self.ruleset.units_in(month)}

    def awards_of(self, unit: str, month: str) -> tuple[Award, ...]:
        """The same of one unit that there is in the month; nothing is worked out for the others."""
        return tuple(award for award in self.so_far(unit, month) if award.hit.month == month)

    def hits(self, unit: str, month: str, facts: Iterable[Fact] | None = None) -> list[Hit]:
        """What fires in a unit's month; or what would, if these were its facts."""
        return self._hits_of(unit, month) if facts is None else self._unit_hits(month, unit, tuple(facts))

    def so_far(self, unit: str, month: str) -> list[Award]:
        """A unit's awards from January on. What its predecessors were given stands, and counts for its limits."""
        known = self.ruleset.units[unit]
        own = [each for each in self.ruleset.months if each <= month and known.there(each)]
        before = [
            award.hit._replace(posted=(award.given, award.limit))
            for name in predecessors(self.ruleset, unit)
            for award in self.so_far(name, self.ruleset.units[name].until)
        ]
        return awards([*before, *(hit for each in own for hit in self._hits_of(unit, each))])

    def _hits_of(self, unit: str, month: str) -> list[Hit]:
        if month in self._closed:
            return list(self._closed[month].get(unit, ()))
        facts = self.facts(month).by_unit[unit]
        if (unit, month, facts) not in self._hits:
            self._hits[unit, month, facts] = self._unit_hits(month, unit, facts)
        return self._hits[unit, month, facts]

    def _unit_hits(self, month: str, unit: str, facts: tuple[Fact, ...]) -> list[Hit]:
        compiled = self._compiled(month, self.ruleset.units[unit].category)
        binding = compiled.binding[unit]
        kinds = self.ruleset.kinds
        return [
            Hit(month, binding[rule], fact, compiled.raw(binding[rule], kinds[fact.kind] if fact else None, fact))
            for rule, fact in compiled.matcher.fired(facts)
            if rule in binding
        ]

    def _compiled(self, month: str, category: str) -> _Compiled:
        if (month, category) not in self._compilations:
            units = [name for name, unit in self.ruleset.units_in(month).items() if unit.category == category]
            rules = rules_of(self.ruleset, month, self.opened)
            binding = {unit: {rule.id: rule for rule in rules if unit in rule.units} for unit in units}
            bound = {id_ for own in binding.values() for id_ in own}
            matcher = Matcher([rule for rule in rules if rule.id in bound])
            self._compilations[month, category] = _Compiled(matcher, binding, {})
        return self._compilations[month, category]


@dataclass(frozen=True)
class _Compiled:
    """The rules that bind some unit of a category in a month: compiled, and by unit."""

    matcher: Matcher
    binding: Mapping[str, Mapping[str, Rule]]  # unit to the rules that bind it, by id
    flat: dict[str, int]  # the hundredths of rules whose every match is worth the same

    def raw(self, rule: Rule, kind: Kind | None, fact: Fact | None) -> int:
        if rule.id in self.flat:
            return self.flat[rule.id]
        raw = hundredths(worth(rule, kind, fact))
        if is_flat(rule):
            self.flat[rule.id] = raw
        return raw
