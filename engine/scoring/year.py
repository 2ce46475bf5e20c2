"""A ruleset and facts to the awards of every unit's month: inference and limits put together, still pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.dsl.model import Rule, Ruleset
from engine.facts import Fact
from engine.inference.host import Matcher
from engine.scoring.award import Award, Hit, awards, hit
from engine.scoring.months import MonthFacts, facts_of


class Year:
    """A year as these facts and rules make it. Months are worked out when asked for, and kept."""

    def __init__(self, ruleset: Ruleset, facts: Iterable[Fact]) -> None:
        self.ruleset = ruleset
        self._facts = tuple(facts)
        self._hits: dict[str, dict[str, list[Hit]]] = {}
        self._matchers: dict[tuple[str, str], Matcher] = {}
        self._months: dict[str, MonthFacts] = {}

    def facts(self, month: str) -> MonthFacts:
        if month not in self._months:
            self._months[month] = facts_of(self.ruleset, self._facts, month)
        return self._months[month]

    def awards(self, month: str) -> Mapping[str, tuple[Award, ...]]:
        """Every unit's awards in a month, those of nothing too; limits count the months before by their facts."""
        until = [earlier for earlier in self.ruleset.months if earlier <= month]
        given = {}
        for unit in self.ruleset.units:
            year = awards(hit for earlier in until for hit in self._month_hits(earlier)[unit])
            given[unit] = tuple(award for award in year if award.hit.month == month)
        return given

    def _month_hits(self, month: str) -> dict[str, list[Hit]]:
        if month not in self._hits:
            held = self.facts(month).by_unit
            self._hits[month] = {
                unit: self._unit_hits(month, unit, held[unit]) for unit in self.ruleset.units
            }
        return self._hits[month]

    def _unit_hits(self, month: str, unit: str, facts: tuple[Fact, ...]) -> list[Hit]:
        category = self.ruleset.units[unit].category
        rules = {rule.id: rule for rule in self.ruleset.in_force(month) if rule.category == category}
        matcher = self._matcher(month, category, tuple(rules.values()))
        kinds = self.ruleset.kinds
        return [
            hit(month, rules[rule], kinds[fact.kind] if fact else None, fact)
            for rule, fact in matcher.fired(facts)
            if unit in rules[rule].units
        ]

    def _matcher(self, month: str, category: str, rules: tuple[Rule, ...]) -> Matcher:
        if (month, category) not in self._matchers:
            self._matchers[month, category] = Matcher(rules)
        return self._matchers[month, category]
