"""What a unit has got of the year, clause by clause, what it can still get and goes on losing, and the way to the next grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from engine.dsl.model import Cap, Rule, Ruleset
from engine.ledger.annual import YearResult
from engine.ledger.reading import rule_sums
from engine.ledger.standings import posted_months
from engine.scoring.succession import forebears, total
from engine.workbench.advice.ahead import Ahead, Months, standing_hits, usual
from engine.workbench.advice.grade import Grading, Next, Place, towards
from engine.workbench.advice.losses import Loss, Veto, losses, vetoes
from engine.workbench.advice.steps import Step, steps
from engine.workbench.supposing import Outlook


@dataclass(frozen=True, slots=True)
class CapUsed:
    """How much of a rule's yearly cap a unit has, hundredths, without the sign."""

    rule: Rule
    had: int
    cap: int


@dataclass(frozen=True, slots=True)
class ClauseAdvice:
    """A clause that binds the unit. `clause` is empty of a rule of the group's own; `got` in hundredths."""

    clause: str
    title: str
    got: int
    caps: tuple[CapUsed, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """`month` is the first month to come, None where the year is over; `place` is None where no year is graded.

    `missing` are the months before `as_of` that are not posted: nothing of them is counted.
    """

    ruleset: Ruleset
    unit: str
    as_of: str
    month: str | None
    points: int
    place: Place | None
    vetoes: tuple[Veto, ...]
    clauses: tuple[ClauseAdvice, ...]
    losses: tuple[Loss, ...]
    next: Next | None
    missing: tuple[str, ...]
    approved: bool = False

    def as_approved(self, result: YearResult) -> Advice:
        """The same of a year whose approved result nothing changes any more."""
        own = next((one for one in result.units if one.unit == self.unit), None)
        if own is None:
            return self
        size = sum(one.category == own.category for one in result.units)
        return replace(self, place=Place(own.rank, size, own.grade, None, "", size), next=None, approved=True)


class Advising:
    """Advice for the units of a ruleset's year as it stands after its last posted month, or after `until` by what was `seen` then.

    What all units have in common is worked out once.
    """

    def __init__(self, connection: Connection, ruleset: Ruleset, until: str | None = None, seen: int | None = None) -> None:
        posted = [month for month in posted_months(connection) if month in ruleset.months and (until is None or month <= until)]
        self.ruleset = ruleset
        self.posted = posted
        self._missing = tuple(month for month in ruleset.months if month < posted[-1] and month not in posted)
        to_come = [month for month in ruleset.months if month > posted[-1]]
        stands = standing_hits(connection, ruleset, posted)
        outlook = Outlook(connection, ruleset, to_come[:1], until=posted[-1], seen=seen, closed=stands)
        self._ahead = Ahead(outlook)
        self._sums = rule_sums(connection, ruleset, posted)
        self._grading = Grading(self._ahead)

    def of(self, unit: str) -> Advice:
        """The advice for a unit that there is in the last posted month."""
        known = Months(self._ahead, unit)
        as_usual = Months(self._ahead, unit, usual(self._ahead, unit, known.months))
        found = steps(known, as_usual) if known.months else ()
        posted = self._posted(unit)
        place = self._grading.place(unit)
        barred = vetoes(known)
        points = {month: self._ahead.outlook.points[month] for month in self.posted}
        return Advice(
            ruleset=self.ruleset,
            unit=unit,
            as_of=self.posted[-1],
            month=known.months[0] if known.months else None,
            points=total(self.ruleset, unit, points),
            place=place,
            vetoes=barred,
            clauses=self._clauses(unit, posted, found),
            losses=losses(known, as_usual, posted) if known.months else (),
            next=towards(self._grading, place, known, as_usual, found, barred) if place else None,
            missing=self._missing,
        )

    def _posted(self, unit: str) -> dict[str, Mapping[str, int]]:
        """What each rule gave the unit in every posted month, under its name of then; a merged unit had nothing of its own."""
        names = {month: forebears(self.ruleset, unit, month) for month in self.posted}
        return {month: self._sums[month].get(before[0], {}) for month, before in names.items() if len(before) == 1}

    def _clauses(self, unit: str, posted: Mapping[str, Mapping[str, int]], found: tuple[Step, ...]) -> tuple[ClauseAdvice, ...]:
        had: dict[str, int] = {}
        for own in posted.values():
            for rule, points in own.items():
                had[rule] = had.get(rule, 0) + points
        settled = {rule.id: rule for month in (self.posted[-1], *self._ahead.months[:1]) for rule in self._ahead.rules(unit, month)}
        by_clause: dict[str, list[Rule]] = {}
        for rule in self.ruleset.rules:
            if rule.id in settled and (rule.clause or rule.id in had):
                by_clause.setdefault(rule.clause or rule.id, []).append(settled[rule.id])
        return tuple(self._clause(rules, had, found) for rules in by_clause.values())

    def _clause(self, rules: list[Rule], had: Mapping[str, int], found: tuple[Step, ...]) -> ClauseAdvice:
        first, ids = rules[0], {rule.id for rule in rules}
        known = self.ruleset.clauses.get(first.clause)
        yearly = [(rule, rule.cap) for rule in rules if isinstance(rule.cap, Cap) and rule.cap.per == "year"]
        return ClauseAdvice(
            clause=first.clause,
            title=known.goal if known else first.title,
            got=sum(had.get(id_, 0) for id_ in ids),
            caps=tuple(CapUsed(rule, abs(had.get(rule.id, 0)), cap.hundredths) for rule, cap in yearly),
            steps=tuple(step for step in found if step.rule.id in ids),
        )
