"""A year as it stands, and as other facts would make it: points rule by rule, ranks and the grade in prospect.

What stands is the ledger's. What other facts would change is the difference of two years scored alike, one from the facts
as they are and one from those supposed, so that nothing but the facts can make it. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from sqlalchemy import Connection

from engine.dsl.model import Ruleset
from engine.facts import Fact
from engine.grading.grading import Graded, graded
from engine.ledger.annual import december_vetoes, evaluations
from engine.ledger.book import Standing
from engine.ledger.standings import posted_months, standings, unit_points
from engine.ledger.stored import newest_facts
from engine.scoring.award import given_by_rule
from engine.scoring.succession import year_totals
from engine.scoring.year import Posted, Year

Sums = dict[str, dict[str, int]]  # by month and rule, hundredths; a rule that gives nothing is left out


@dataclass(frozen=True, slots=True)
class Move:
    """What one rule gives a unit in a month before and after, hundredths."""

    unit: str
    month: str
    rule: str
    before: int
    after: int

    @property
    def by(self) -> int:
        return self.after - self.before


class Outlook:
    """The posted months of a ruleset's year, and `ahead` months beside them that are looked at before they are posted.

    `until` leaves out what was posted after that month, `seen` what was reported after that fact version;
    `closed` are the months that stay as they are, whatever is supposed.
    """

    def __init__(
        self,
        connection: Connection,
        ruleset: Ruleset,
        ahead: Sequence[str] = (),
        *,
        until: str | None = None,
        seen: int | None = None,
        closed: Posted | None = None,
    ) -> None:
        self.ruleset = ruleset
        self.facts = tuple(newest_facts(connection, ruleset, seen))
        self._closed = closed
        self.posted = [month for month in posted_months(connection) if month in ruleset.months and (until is None or month <= until)]
        self.months = sorted({*self.posted, *ahead})
        self._ledger = {month: unit_points(connection, ruleset, month) for month in self.posted}
        rule = ruleset.annual_rule()
        told = evaluations(connection, ruleset, rule, seen) if rule else {}
        self._evaluations = {unit: Decimal(one.values[rule.field]) for unit, one in told.items()}
        told = december_vetoes(connection, ruleset) if ruleset.months[-1] in self.posted else {}
        self.forced = {unit: own[0].grade for unit, own in told.items()}  # by the last month, once it is posted

    @cached_property
    def year(self) -> Year:
        """The year as the facts are."""
        return Year(self.ruleset, self.facts, self._closed)

    @cached_property
    def points(self) -> Mapping[str, Mapping[str, int]]:
        """By month and unit, hundredths: the ledger's, of a month that is not posted what its facts give so far."""
        ahead = (month for month in self.months if month not in self._ledger)
        given = {month: {unit: sum(one.given for one in own) for unit, own in self.year.awards(month).items()} for month in ahead}
        return {month: {**self._ledger, **given}[month] for month in self.months}

    def supposed(self, facts: Iterable[Fact]) -> Year:
        """The year as other facts make it; those that stay are the very ones of `facts`."""
        return Year(self.ruleset, facts, self._closed, like=self.year)

    def moves(self, after: Year) -> tuple[Move, ...]:
        """What a supposed year gives otherwise, by unit in the order of the list, month and rule."""
        return tuple(move for unit in self._touched(after) for move in self._moves_of(unit, after))

    def _touched(self, after: Year) -> list[str]:
        """The units that have other facts in some month: no other's points can differ, but for those that go on for them."""
        touched = set()
        for month in self.months:
            now, then = self.year.facts(month).by_unit, after.facts(month).by_unit
            touched |= {unit for unit in now if list(map(id, now[unit])) != list(map(id, then[unit]))}
        while follow := {self.ruleset.units[unit].becomes for unit in touched} - touched - {None}:
            touched |= follow
        return sorted(touched, key=self.ruleset.order.__getitem__)

    def _moves_of(self, unit: str, after: Year) -> Iterable[Move]:
        was, now = self.sums(unit, self.year), self.sums(unit, after)
        place = {rule.id: position for position, rule in enumerate(self.ruleset.rules)}
        for month in was:
            for rule in sorted({*was[month], *now[month]}, key=place.__getitem__):
                before, then = was[month].get(rule, 0), now[month].get(rule, 0)
                if before != then:
                    yield Move(unit, month, rule, before, then)

    def sums(self, unit: str, year: Year) -> Sums:
        """What each rule gives a unit in every month that is looked at."""
        found: Sums = {}
        for month in self.months:
            if not self.ruleset.units[unit].there(month):
                continue
            own = given_by_rule(year.awards_of(unit, month))
            found[month] = {rule: points for rule, points in own.items() if points}
        return found

    def with_moves(self, moves: Iterable[Move]) -> dict[str, dict[str, int]]:
        """The points by month and unit that moves make of what stands."""
        points = {month: dict(own) for month, own in self.points.items()}
        for move in moves:
            points[move.month][move.unit] += move.by
        return points

    def standings(self, points: Mapping[str, Mapping[str, int]], month: str | None = None) -> dict[str, Standing]:
        """How units stand at the end of a month, the last by default."""
        until = month or self.months[-1]
        return {one.unit: one for one in standings(self.ruleset, {each: points[each] for each in self.months if each <= until})}

    def prospects(self, points: Mapping[str, Mapping[str, int]], year: Year | None = None) -> dict[str, Graded]:
        """The year's result if it ended now, by unit of December: months to come and missing evaluations are taken as nothing,
        and so is a veto of before the year's last month (`vetoes` tells those in sight). Empty where the ruleset grades no year.

        `year` is a supposed one, None for that which stands.
        """
        return self.results(self.totals(points), forced=self._forced_in(year or self.year))

    def _forced_in(self, year: Year) -> dict[str, str]:
        """The grades that a year's vetoes force: as the ledger has them, but for the units whose vetoes differ."""
        if self.months[-1] != self.ruleset.months[-1]:
            return {}
        posted = self.months[-1] in self._ledger
        found = dict(self.forced)
        for unit in self._touched(year) if posted else self.ruleset.units_in(self.months[-1]):
            then = self.vetoes(unit, year)
            if not posted or then != self.vetoes(unit, self.year):
                found.pop(unit, None)
                found |= {unit: grade for id_, grade in reversed(self._veto_of.items()) if id_ in then}
        return found

    @cached_property
    def _veto_of(self) -> dict[str, str]:
        """Grades by rule, in the order of the rules, of which the first counts."""
        return {rule.id: rule.veto for rule in self.ruleset.rules if rule.veto}

    def totals(self, points: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
        """What the months give each unit of December, hundredths."""
        return year_totals(self.ruleset, points)

    def results(
        self, totals: Mapping[str, int], category: str | None = None, forced: Mapping[str, str] | None = None
    ) -> dict[str, Graded]:
        """The same as `prospects` from the sums of the months, with the grades that the posted last month forces or with those
        given; of one category only where that is all that is asked."""
        rule = self.ruleset.annual_rule()
        if rule is None:
            return {}
        ruleset = self.ruleset if category is None else self._of_category[category]
        vetoed = self.forced if forced is None else forced
        return {one.unit: one for one in graded(ruleset, rule, totals, self._evaluations, vetoed)}

    @cached_property
    def _of_category(self) -> dict[str, Ruleset]:
        return {category: replace(self.ruleset, categories=(category,)) for category in self.ruleset.categories}

    def vetoes(self, unit: str, year: Year) -> tuple[str, ...]:
        """The rules with a veto that match a unit in the last month: they force a grade if they still do in December."""
        if not self.months or not self.ruleset.units[unit].there(self.months[-1]):
            return ()
        found = (award.hit.rule for award in year.awards_of(unit, self.months[-1]))
        return tuple(dict.fromkeys(rule.id for rule in found if rule.veto))
