"""What stands in the ledger beside what other rules give: entries, matches, verdicts, ranks and grades that differ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection, select

from engine.derivation.deriving import meaning
from engine.dsl.masks import masked, masked_name
from engine.dsl.model import Rule, Ruleset
from engine.facts import Fact, canonical, key_line
from engine.grading.grading import Graded, graded
from engine.ledger.annual import evaluations
from engine.ledger.book import Standing
from engine.ledger.posting import Account, account_of, standing_entries
from engine.ledger.reading import standing_matches
from engine.ledger.standings import standings, unit_points
from engine.ledger.verdicts import standing_verdicts
from engine.scoring.award import Award
from engine.scoring.succession import year_totals
from engine.workbench.impact.essence import essence
from engine.workbench.impact.facts import Facts
from engine.workbench.impact.runs import Rescored
from models.tables import FactVersion, SourceFile

Points = Mapping[str, Mapping[str, int]]  # by month and unit, hundredths
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class EntryMove:
    """An entry that other rules would not have made (`after` None), would have made too (`before` None), or of other points.

    `fact` is kind:key, persons masked, "" for an absence, with the file, sheet and row that it comes from.
    """

    month: str
    category: str
    clause: str
    rule: str
    unit: str
    fact: str
    before: int | None
    after: int | None
    file: str = ""
    sheet: str | None = None
    row: int = 0

    @property
    def by(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class UnitMove:
    """A unit whose sum of the posted months, rank or grade in prospect differs; None where there is no such unit."""

    category: str
    unit: str
    before: int
    after: int
    rank_before: int | None
    rank_after: int | None
    grade_before: str
    grade_after: str


class Effect:
    """The two sides of the posted months of a year. `rulesets` are those of each month's run, for ranks the newest is taken."""

    def __init__(
        self,
        connection: Connection,
        rulesets: Mapping[str, Ruleset],
        after: Ruleset,
        months: Collection[str],
        facts: Facts,
        rescored: Rescored,
    ) -> None:
        self._connection, self._rulesets, self._after, self._facts = connection, rulesets, after, facts
        self._before = rulesets[after.months[-1]]
        self._alike: dict[str, bool] = {}  # by the fingerprint of a run's ruleset
        self.months = tuple(months)
        self.fired: set[str] = set()  # the rules with a match in the ledger
        self.matched: set[str] = set()  # the rules with other matches, or the same of other points
        self.judged: Counter[int] = Counter()  # by obligation how many verdicts differ
        self._moves: list[tuple[Account, EntryMove, int | None]] = []
        self._points: tuple[dict[str, Mapping[str, int]], dict[str, Mapping[str, int]]] = {}, {}
        self._vetoes: tuple[dict[str, dict[str, Rule]], dict[str, dict[str, Rule]]] = {}, {}
        self._rescored = rescored

    def add(self, month: str) -> None:
        """Compares a month; months come in their order."""
        given = self._rescored.awards(month)
        accounts = {account_of(unit, one): one for unit, own in given.items() for one in own}
        self._compare_matches(month, accounts)
        self._compare_entries(month, {account: one for account, one in accounts.items() if one.given})
        self._compare_verdicts(month)
        self._points[0][month] = unit_points(self._connection, self._before, month)
        self._points[1][month] = {unit: sum(one.given for one in own) for unit, own in given.items()}

    def _compare_matches(self, month: str, accounts: Mapping[Account, Award]) -> None:
        was: dict[Account, tuple] = {}
        for unit, rule, version, *told in self._connection.execute(standing_matches(month)):
            fact = self._facts.versions[version] if version is not None else None
            was[unit, rule, fact.kind if fact else "", fact.key if fact else ""] = tuple(told)
        now = {account: (one.hit.raw, one.given, one.limit) for account, one in accounts.items()}
        self.fired |= {account[1] for account in was}
        self.matched |= {account[1] for account in {**was, **now} if was.get(account) != now.get(account)}
        for side, ruleset, matches in zip(self._vetoes, (self._before, self._after), (was, now), strict=True):
            hit = {account[:2] for account in matches}
            vetoing = [rule for rule in ruleset.rules if rule.veto]
            side[month] = {unit: rule for rule in reversed(vetoing) for unit, id_ in hit if id_ == rule.id}

    def _compare_entries(self, month: str, now: Mapping[Account, Award]) -> None:
        was = standing_entries(self._connection, month)
        rules = {rule.id: rule for rule in [*self._before.rules, *self._after.rules]}
        for account in {**was, **now}:
            old, new = was.get(account), now.get(account)
            before, after = old and old.points, new and new.given
            if before == after:
                continue
            unit, rule, kind, key = account
            known = rules.get(rule)
            version = new.hit.fact.version if new and new.hit.fact else old and old.fact_version
            held = new.hit.fact if new else self._facts.versions[version].fact if version else None
            fact = f"{kind}:{key_line(self._shown(kind, key, held))}" if kind else ""
            category, clause = (known.category, known.clause) if known else ("", "")
            move = EntryMove(month, category, clause, rule, unit, fact, before, after)
            self._moves.append((account, move, version))

    def _shown(self, kind: str, key: str, held: Fact | None) -> str:
        """A fact's key as the notices of either version show it, for the page goes round. Of a fact that the other version
        cannot read, every field is masked that may name a person."""
        masks = (*self._before.masks, *self._after.masks)
        if held:
            return masked(masks, self._after.kinds[kind], held).key
        known = self._before.kinds.get(kind)
        named = {one.field for one in masks if one.fact == kind}
        if known is None or not named & {*known.key}:
            return key
        parts = zip(known.key, json.loads(key), strict=True)
        return canonical([masked_name(part) if name in named and part else part for name, part in parts])

    def _compare_verdicts(self, month: str) -> None:
        ruleset = self._rulesets[month]
        if ruleset.fingerprint not in self._alike:
            self._alike[ruleset.fingerprint] = _judge_alike(ruleset, self._after)
        if self._alike[ruleset.fingerprint]:
            return  # the same facts: to judge them again takes as long as to score them
        was = {(one.task, one.unit): (one.status, one.due) for one in standing_verdicts(self._connection, month)}
        now = {(one.task, one.unit): (str(one.status), one.due) for one in self._rescored.verdicts(month)}
        self.judged.update(task for task, unit in {**was, **now} if was.get((task, unit)) != now.get((task, unit)))

    @property
    def entries(self) -> tuple[EntryMove, ...]:
        """By month, the order of the rules and of the units, and fact."""
        origins = self._origins(version for _, _, version in self._moves if version)
        rules = {rule.id: place for place, rule in enumerate([*self._before.rules, *self._after.rules])}
        order = self._before.order | self._after.order

        def place(pair: tuple[Account, EntryMove]) -> tuple:
            (unit, rule, kind, key), one = pair
            return one.month, rules.get(rule, len(rules)), rule, order.get(unit, len(order)), unit, kind, key

        moves = [(account, _from(move, origins.get(version))) for account, move, version in self._moves]
        return tuple(move for _, move in sorted(moves, key=place))

    def _origins(self, versions: Iterable[int]) -> dict[int, tuple[str, str | None, int]]:
        version, source = FactVersion.__table__, SourceFile.__table__
        wanted, found = sorted(set(versions)), {}
        for start in range(0, len(wanted), _CHUNK):
            query = (
                select(version.c.id, source.c.name, version.c["sheet", "row"])
                .join(source, source.c.id == version.c.file_id)
                .where(version.c.id.in_(wanted[start : start + _CHUNK]))
            )
            found |= {id_: tuple(origin) for id_, *origin in self._connection.execute(query)}
        return found

    @property
    def units(self) -> tuple[UnitMove, ...]:
        """Every unit of the last posted month that stands or is graded otherwise, by category and the order of the list."""
        if not self.months:
            return ()
        sides = tuple(zip((self._before, self._after), self._points, self._vetoes, strict=True))
        stand = [{one.unit: one for one in standings(ruleset, points)} for ruleset, points, _ in sides]
        grades = [self._grades(*side) for side in sides]
        found = []
        for unit in dict.fromkeys([*self._after.units, *self._before.units]):
            was, now = (each.get(unit) for each in stand)
            if was or now:
                found.append(_unit_move(unit, was, now, *((each[unit].grade if unit in each else "") for each in grades)))
        place = {category: at for at, category in enumerate([*self._before.categories, *self._after.categories])}
        return tuple(sorted(filter(_moved, found), key=lambda one: place[one.category]))

    @property
    def vetoes(self) -> tuple[tuple[str, str, str], ...]:
        """Unit, and the rule with a veto that matches it in the last posted month before and after ("" for none), where they differ."""
        if not self.months:
            return ()
        was, now = (side.get(self.months[-1], {}) for side in self._vetoes)
        told = [(unit, *(side[unit].id if unit in side else "" for side in (was, now))) for unit in dict.fromkeys([*was, *now])]
        return tuple(one for one in told if one[1] != one[2])

    def _grades(self, ruleset: Ruleset, points: Points, vetoes: Mapping[str, Mapping[str, Rule]]) -> dict[str, Graded]:
        """The year's result if it ended with the posted months; vetoes force a grade from December on, as they do in a year."""
        rule = ruleset.annual_rule()
        if rule is None:
            return {}
        told = {}
        kinds = [each.kinds.get(rule.fact) for each in (self._before, ruleset)]
        if essence(kinds[0]) == essence(kinds[1]):
            told = evaluations(self._connection, ruleset, rule, None)
        december = ruleset.months[-1]
        totals = year_totals(ruleset, points)
        forced = {unit: one.veto for unit, one in vetoes.get(december, {}).items()}
        values = {unit: Decimal(one.values[rule.field]) for unit, one in told.items()}
        return {one.unit: one for one in graded(ruleset, rule, totals, values, forced)}


def _judge_alike(one: Ruleset, other: Ruleset) -> bool:
    """Whether two rulesets come to the same verdicts of any facts: all that verdicts read is the same in both."""

    def read(ruleset: Ruleset) -> Hashable:
        duties = [ruleset.obligations_in(month) for month in ruleset.months]
        return meaning(ruleset), essence((ruleset.units, ruleset.kinds, ruleset.progress, ruleset.opening, duties))

    return one is other or read(one) == read(other)


def _from(move: EntryMove, origin: tuple[str, str | None, int] | None) -> EntryMove:
    return replace(move, file=origin[0], sheet=origin[1], row=origin[2]) if origin else move


def _unit_move(unit: str, was: Standing | None, now: Standing | None, grade_before: str, grade_after: str) -> UnitMove:
    return UnitMove(
        (now or was).category, unit, was.total_points if was else 0, now.total_points if now else 0,
        was and was.total_rank, now and now.total_rank, grade_before, grade_after,
    )  # fmt: skip


def _moved(one: UnitMove) -> bool:
    return (one.before, one.rank_before, one.grade_before) != (one.after, one.rank_after, one.grade_after)
