"""What supposed facts would make of a unit's month: rule by rule with formulas, points, ranks, grade and obligations.

Whatever else they move is told too: other months of the unit, and other units of its category.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.dsl.masks import masked
from engine.dsl.model import Rule
from engine.facts import Fact, key_line, key_texts
from engine.ledger.book import FactLine, MatchLine, Standing
from engine.ledger.unused import Unused, unused
from engine.notices.limits import limit_words
from engine.obligations.judging import Judgements
from engine.scoring.award import Award
from engine.scoring.months import rules_of
from engine.scoring.points import decimal, shown
from engine.scoring.sentence import sentence
from engine.scoring.year import Year
from engine.workbench.supposing import Move, Outlook


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """A rule that would give the unit another sum, or by other entries: hundredths, and the entries of either."""

    rule: Rule
    was: tuple[MatchLine, ...]
    then: tuple[MatchLine, ...]

    @property
    def before(self) -> int:
        return sum(one.given for one in self.was)

    @property
    def after(self) -> int:
        return sum(one.given for one in self.then)

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule.id, "title": self.rule.title, "clause": self.rule.clause,
            "before": decimal(self.before), "after": decimal(self.after), "by": decimal(self.after - self.before),
            "entries_before": [self._entry(one) for one in self.was], "entries": [self._entry(one) for one in self.then],
        }  # fmt: skip

    def _entry(self, one: MatchLine) -> dict[str, Any]:
        return {
            "points": decimal(one.given), "formula": one.formula, "cap": limit_words(one, self.rule) or None,
            "fact": one.fact and {"kind": one.fact.kind, "key": "|".join(one.fact.key)},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """How a unit stands at the month's end: points in hundredths, ranks within its category."""

    month_points: int
    month_rank: int
    total_points: int
    total_rank: int

    @classmethod
    def of(cls, one: Standing) -> Place:
        return cls(one.month_points, one.month_rank, one.total_points, one.total_rank)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"month_points": decimal(self.month_points), "total_points": decimal(self.total_points)}


@dataclass(frozen=True, slots=True)
class Prospect:
    """The grade in sight if the year ended now, by rank before its last month, and the rules whose match forces one then."""

    grade: str
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskEffect:
    """An obligation that would stand otherwise; None where the unit has none of that number."""

    task: int
    title: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Pairs are before and after. `elsewhere` are moves in other months or of other units, `until` the month of the grade."""

    unit: str
    month: str
    rules: tuple[RuleEffect, ...]
    place: tuple[Place, Place]
    until: str
    prospect: tuple[Prospect, Prospect] | None
    others: Mapping[str, tuple[Place, Place]]
    elsewhere: tuple[Move, ...]
    tasks: tuple[TaskEffect, ...]
    unused: tuple[Unused, ...]
    unattributed: tuple[Fact, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "month": self.month,
            "rules": [one.as_json() for one in self.rules],
            **_pair(self.place),
            "grade": self.prospect and {
                "until": self.until, "before": self.prospect[0].grade, "after": self.prospect[1].grade,
                "vetoes_before": list(self.prospect[0].vetoes), "vetoes_after": list(self.prospect[1].vetoes),
            },
            "others": [{"unit": unit, **_pair(places)} for unit, places in self.others.items()],
            "elsewhere": [
                {"unit": one.unit, "month": one.month, "rule": one.rule, "before": decimal(one.before), "after": decimal(one.after)}
                for one in self.elsewhere
            ],
            "tasks": [asdict(one) for one in self.tasks],
            "unused": [one.as_json() for one in self.unused],
            "unattributed": [{"kind": fact.kind, "key": key_line(fact.key)} for fact in self.unattributed],
        }  # fmt: skip


def whatif(outlook: Outlook, after: Year, unit: str, month: str, touched: Collection[str]) -> WhatIf:
    """What a supposed year makes of a unit's month; `touched` are the months in which its facts differ."""
    moves = outlook.moves(after)
    then = outlook.with_moves(moves)
    was, now = outlook.standings(outlook.points, month), outlook.standings(then, month)
    places = {one: (Place.of(was[one]), Place.of(now[one])) for one in now}
    graded = [outlook.prospects(points, year) for points, year in ((outlook.points, outlook.year), (then, after))]
    prospect = None
    if all(unit in one for one in graded):
        years = (outlook.year, after)
        prospect = tuple(Prospect(one[unit].grade, outlook.vetoes(unit, year)) for one, year in zip(graded, years))
    idle, lost = _unread(outlook, after, touched)
    return WhatIf(
        unit,
        month,
        _rules(outlook, after, unit, month),
        places[unit],
        outlook.months[-1],
        prospect,
        {one: pair for one, pair in places.items() if one != unit and pair[0] != pair[1]},
        tuple(move for move in moves if (move.unit, move.month) != (unit, month)),
        _tasks(outlook, after, unit, month),
        idle,
        lost,
    )


def _pair(places: tuple[Place, Place]) -> dict[str, dict[str, Any]]:
    before, after = (one.as_json() for one in places)
    return {name: {"before": before[name], "after": after[name]} for name in before}


def _rules(outlook: Outlook, after: Year, unit: str, month: str) -> tuple[RuleEffect, ...]:
    was, then = _lines(outlook.year, unit, month), _lines(after, unit, month)
    opened = outlook.year.opened
    rules = {rule.id: rule for rule in rules_of(outlook.ruleset, month, opened)}
    effects = (RuleEffect(rule, was.get(id_, ()), then.get(id_, ())) for id_, rule in rules.items())
    return tuple(one for one in effects if one.was != one.then)


def _lines(year: Year, unit: str, month: str) -> dict[str, tuple[MatchLine, ...]]:
    found: dict[str, tuple[MatchLine, ...]] = {}
    for award in year.awards_of(unit, month):
        found[award.hit.rule.id] = (*found.get(award.hit.rule.id, ()), _line(year, unit, award))
    return found


def _line(year: Year, unit: str, award: Award) -> MatchLine:
    ruleset, rule, fact = year.ruleset, award.hit.rule, award.hit.fact
    kind = ruleset.kinds[fact.kind] if fact else None
    seen = fact and masked(ruleset.masks, kind, fact)
    about = seen and FactLine(seen.kind, key_texts(seen.key), seen.values, "", None, 0)
    said = sentence(ruleset, rule, seen, award.hit.month)
    return MatchLine(unit, rule.id, about, award.hit.raw, award.given, award.limit, shown(rule, kind, fact), said)


def _tasks(outlook: Outlook, after: Year, unit: str, month: str) -> tuple[TaskEffect, ...]:
    titles = {one.no: one.title for one in outlook.ruleset.obligations}
    was, then = ({one.task: one.status for one in Judgements(year).verdicts_of(unit, month)} for year in (outlook.year, after))
    changed = sorted(task for task in {*was, *then} if was.get(task) != then.get(task))
    return tuple(TaskEffect(task, titles[task], was.get(task), then.get(task)) for task in changed)


def _unread(outlook: Outlook, after: Year, touched: Collection[str]) -> tuple[tuple[Unused, ...], tuple[Fact, ...]]:
    """The supposed facts that nothing reads, and those that find no unit, each told once."""
    stood = set(map(id, outlook.facts))
    idle: dict[tuple[Fact, str], Unused] = {}
    lost: dict[Fact, None] = {}
    for month in sorted(touched):
        for one in unused(after, month):
            if id(one.fact) not in stood:
                idle.setdefault((one.fact, one.unit), one)
        lost |= dict.fromkeys(fact for fact in after.facts(month).unattributed if id(fact) not in stood)
    return tuple(idle.values()), tuple(lost)
