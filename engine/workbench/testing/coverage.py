"""What the rule tests have seen of a ruleset: rules that fired, each test of a condition both ways, limits that took,
figures counted out of records, obligations, clauses. Only what a passing test asserts counts: a rule that binds its unit, in a month that it judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from engine.derivation.figures import figures
from engine.dsl.derivation import Derivation
from engine.dsl.model import Clause, Pattern, PointsTable, Rule, Ruleset
from engine.dsl.obligation import Duty, Obligation
from engine.facts import Fact
from engine.inference.conditions import unmet
from engine.obligations.judging import Status
from engine.scoring.award import BEST, CAP, ONCE, Award
from engine.scoring.months import rules_of
from engine.scoring.succession import owner
from engine.scoring.year import Year


class Sort(StrEnum):
    """What there is to be seen of a rule or an obligation."""

    FIRED = "fired"
    MET, UNMET = "met", "unmet"  # a test of a condition, each way
    VALUE = "value"  # one value of a test that names several: stands for MET
    ABSENT, PRESENT = "absent", "present"  # what `none` asks for, where all else of the rule held
    ROW = "row"  # a row of a table of points
    LIMIT = "limit"
    STATUS = "status"  # of an obligation


class Point(NamedTuple):
    """One thing to be seen. `pattern` counts a rule's patterns, its fact's first, `test` the tests of one."""

    of: str  # a rule's id, the kind of figures that are made, or an obligation's number
    sort: Sort
    pattern: int = 0
    test: int = 0
    which: str = ""  # the place of a value in its list, the value of a row, the name of a limit, a status, a figure


BRANCHES = (Sort.MET, Sort.UNMET, Sort.VALUE, Sort.ABSENT, Sort.PRESENT, Sort.ROW)
Seen = Counter[Point]


def points_of(rule: Rule) -> Iterator[Point]:
    """All that there is to be seen of a rule, as its file says it."""
    yield Point(rule.id, Sort.FIRED)
    for at, pattern in enumerate(_patterns(rule)):
        if pattern is None:
            continue
        for place, test in enumerate(pattern.tests):
            if test.op == "in":
                yield from (Point(rule.id, Sort.VALUE, at, place, str(which)) for which in range(len(test.value)))
            else:
                yield Point(rule.id, Sort.MET, at, place)
            yield Point(rule.id, Sort.UNMET, at, place)
        if at:
            yield from (Point(rule.id, sort, at) for sort in (Sort.ABSENT, Sort.PRESENT))
    if isinstance(rule.points, PointsTable):
        yield from (Point(rule.id, Sort.ROW, which=str(value)) for value in rule.points.points)
    limits = {ONCE: rule.once_per, BEST: rule.best_of, CAP: rule.cap}
    yield from (Point(rule.id, Sort.LIMIT, which=name) for name, told in limits.items() if told is not None)


def seen_of(year: Year, unit: str, month: str, awards: Sequence[Award], ignored: Iterable[str]) -> Seen:
    """What one judged month shows of the rules that bind its unit; `unit` as it is in that month."""
    seen: Seen = Counter()
    left = set(ignored)
    facts = year.facts(month).by_unit[unit]
    for rule in rules_of(year.ruleset, month, year.opened):
        if unit in rule.units and rule.id not in left:
            _see_conditions(rule, facts, seen)
    for award in awards:
        if award.hit.rule.id not in left:
            _see_award(award, seen)
    for rule in {award.hit.rule.id: award.hit.rule for award in awards}.values():
        if rule.id not in left and rule.cap is not None and _at_cap(year, rule, unit, month):
            seen[Point(rule.id, Sort.LIMIT, which=CAP)] += 1
    return seen


def points_of_figures(derivation: Derivation) -> Iterator[Point]:
    """Each count both ways; one that counts every record has but one."""
    for count in derivation.counts:
        yield Point(derivation.makes, Sort.MET, which=count.field)
        if count.tests or count.within:
            yield Point(derivation.makes, Sort.UNMET, which=count.field)


def seen_of_records(ruleset: Ruleset, unit: str, month: str, facts: Iterable[Fact], ignored: Iterable[str]) -> Seen:
    """What the records of one judged month show of the figures that rules which bind its unit read."""
    seen: Seen = Counter()
    left, facts = set(ignored), list(facts)
    binding = [rule for rule in ruleset.rules if unit in rule.units and rule.id not in left]
    read = {pattern.kind for rule in binding for pattern in _patterns(rule) if pattern is not None}
    for derivation in ruleset.derivations:
        if derivation.makes in read:
            for record in (fact.values for fact in facts if fact.kind == derivation.source):
                counts = figures(ruleset, derivation, [record]).get((unit, month), {})
                seen.update(Point(derivation.makes, Sort.MET if met else Sort.UNMET, which=name) for name, met in counts.items())
    return seen


def _patterns(rule: Rule) -> tuple[Pattern | None, ...]:
    return (rule.fact, *rule.nones)


def _see_conditions(rule: Rule, facts: Sequence[Fact], seen: Seen) -> None:
    fits = rule.fact is None
    for at, pattern in enumerate(_patterns(rule)):
        if pattern is None:
            continue
        matching = False
        for fact in (one for one in facts if one.kind == pattern.kind):
            failed = unmet(pattern, fact)
            matching |= not failed
            for place, test in enumerate(pattern.tests):
                if test in failed:
                    seen[Point(rule.id, Sort.UNMET, at, place)] += 1
                elif test.op == "in":
                    seen[Point(rule.id, Sort.VALUE, at, place, str(test.value.index(fact.values[test.field])))] += 1
                else:
                    seen[Point(rule.id, Sort.MET, at, place)] += 1
        if at == 0:
            fits = matching
        elif fits:
            seen[Point(rule.id, Sort.PRESENT if matching else Sort.ABSENT, at)] += 1


def _see_award(award: Award, seen: Seen) -> None:
    rule = award.hit.rule
    seen[Point(rule.id, Sort.FIRED)] += 1
    if isinstance(rule.points, PointsTable):
        seen[Point(rule.id, Sort.ROW, which=str(award.hit.fact.values[rule.points.field]))] += 1
    if award.limit in (ONCE, BEST):
        seen[Point(rule.id, Sort.LIMIT, which=award.limit)] += 1


def _at_cap(year: Year, rule: Rule, unit: str, month: str) -> bool:
    """Whether a rule's sum is at its cap after a month: nothing more of its sign would count."""
    months = [month] if rule.cap.per == "month" else [each for each in year.ruleset.months if each <= month]
    units = [(owner(year.ruleset, unit, each), each) for each in months]
    own = [award for name, each in units if name is not None for award in year.awards_of(name, each)]
    mine = [award for award in own if award.hit.rule.id == rule.id]
    return abs(sum(award.given for award in mine)) >= rule.cap.hundredths or any(award.limit.startswith(CAP) for award in mine)


@dataclass(frozen=True)
class RuleSeen:
    """A rule, how many tests name it, and how often each of its points was seen."""

    rule: Rule
    tests: int
    points: Mapping[Point, int]

    @property
    def missing(self) -> tuple[Point, ...]:
        return tuple(point for point, times in self.points.items() if not times)

    @property
    def fired(self) -> int:
        return self.points[Point(self.rule.id, Sort.FIRED)]


@dataclass(frozen=True)
class FiguresSeen:
    """A derivation and how often a record was seen to count, and not to, for each of its figures."""

    derivation: Derivation
    points: Mapping[Point, int]


@dataclass(frozen=True)
class TaskSeen:
    """An obligation and how often each status that it can have was expected and found."""

    task: Obligation
    statuses: Mapping[str, int]

    @property
    def judged(self) -> int:
        return sum(self.statuses.values())


@dataclass(frozen=True)
class ClauseSeen:
    """A clause, and what of it was seen: rules by id, obligations by number. One without points needs none."""

    clause: Clause
    by: tuple[str, ...]

    @property
    def covered(self) -> bool:
        return bool(self.by or self.clause.no_points)


@dataclass(frozen=True)
class Share:
    """How many of a sort are covered."""

    covered: int
    of: int

    @property
    def hundredths(self) -> int:
        """The percentage in hundredths, rounded down, so that only all of them are 100; of nothing all are covered."""
        return self.covered * 10_000 // self.of if self.of else 10_000


@dataclass(frozen=True)
class Coverage:
    rules: tuple[RuleSeen, ...]
    figures: tuple[FiguresSeen, ...]
    tasks: tuple[TaskSeen, ...]
    clauses: tuple[ClauseSeen, ...]

    @property
    def shares(self) -> dict[str, Share]:
        """By sort, in the order of a report; `branches` and `limits` are of all rules together."""
        points = [pair for one in self.rules for pair in one.points.items()]
        return {
            "rules": Share(sum(one.fired > 0 for one in self.rules), len(self.rules)),
            "branches": _share(times for point, times in points if point.sort in BRANCHES),
            "limits": _share(times for point, times in points if point.sort is Sort.LIMIT),
            "figures": _share(times for one in self.figures for times in one.points.values()),
            "tasks": _share(one.judged for one in self.tasks),
            "clauses": _share(one.covered for one in self.clauses),
        }

    @property
    def overall(self) -> Share:
        """Every rule, branch, limit, way of a figure, obligation and clause counts as one."""
        shares = self.shares.values()
        return Share(sum(one.covered for one in shares), sum(one.of for one in shares))


def _share(times: Iterable[int]) -> Share:
    told = list(times)
    return Share(sum(map(bool, told)), len(told))


def _possible(one: Obligation) -> tuple[Status, ...]:
    if one.duty is Duty.CLEAN:
        return Status.DONE, Status.SUBSTANDARD
    if one.duty is Duty.MONTHLY:
        return (Status.DONE, Status.OVERDUE, *((Status.SUBSTANDARD,) if one.standard else ()))
    return Status.IDLE, Status.UNDERWAY, Status.DONE, Status.OVERDUE


def coverage(ruleset: Ruleset, named: Mapping[str, int], seen: Seen) -> Coverage:
    """The whole of a ruleset against what its passing tests have seen; `named`: how many tests expect something of a rule."""
    rules = tuple(
        RuleSeen(rule, named.get(rule.id, 0), {point: seen[point] for point in points_of(rule)}) for rule in ruleset.rules
    )
    tasks = tuple(
        TaskSeen(one, {status: seen[Point(str(one.no), Sort.STATUS, which=status)] for status in _possible(one)})
        for one in ruleset.obligations
    )
    counted = tuple(FiguresSeen(one, {point: seen[point] for point in points_of_figures(one)}) for one in ruleset.derivations)
    by: dict[str, list[str]] = {}
    for clause, name, found in (
        *((one.rule.clause, one.rule.id, one.fired) for one in rules),
        *((one.task.clause, str(one.task.no), one.judged) for one in tasks),
    ):
        if found:
            by.setdefault(clause, []).append(name)
    return Coverage(rules, counted, tasks, tuple(ClauseSeen(one, tuple(by.get(one.id, ()))) for one in ruleset.clauses.values()))
