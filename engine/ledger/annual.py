"""The year's result out of the ledger: twelve months, evaluation, score, rank, grade, and what forced a grade.

Read here, graded by engine.grading, and kept with an approval: so it holds nothing but what the ledger itself says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from sqlalchemy import Connection, select

from engine.dsl.annual import AnnualRule
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.facts import canonical
from engine.grading.grading import graded
from engine.ledger.reading import last_ruleset, standing_matches
from engine.ledger.standings import posted_months, unit_points
from engine.ledger.verdicts import standing_verdicts
from engine.obligations.judging import Status
from engine.scoring.succession import course, owner
from models.tables import FactVersion, SourceFile
from models.versions import newest_ids

_VERSION, _SOURCE = FactVersion.__table__, SourceFile.__table__


@dataclass(frozen=True, slots=True)
class Listed:
    """A fact as it is stored, and where it came from; `key` is canonical JSON, `values` are as in the store."""

    kind: str
    key: str
    values: dict[str, str | int]
    file: str
    sheet: str | None
    row: int


@dataclass(frozen=True, slots=True)
class Veto:
    """A rule with a veto that still matched in December, and on what; None for an absence."""

    rule: str
    grade: str
    entry: Listed | None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An obligation that was not done at the end of December."""

    task: int
    status: str
    due: str | None


@dataclass(frozen=True, slots=True)
class UnitYear:
    """One unit's year. Points and score in hundredths; a month that is not posted or before its time, and an evaluation
    not given, is None."""

    category: str
    unit: str
    months: tuple[int | None, ...]
    points: int
    evaluated: Listed | None
    evaluation: str  # as stored; "0" where there is none
    score: int
    rank: int
    band: str  # the grade by rank alone
    grade: str
    vetoes: tuple[Veto, ...]  # by the rules' order, then the facts' keys
    unfinished: tuple[Unfinished, ...]  # by task

    @property
    def vetoed_by(self) -> tuple[str, ...]:
        """The ids of the rules, each once."""
        return tuple(dict.fromkeys(one.rule for one in self.vetoes))


@dataclass(frozen=True, slots=True)
class YearResult:
    """A year by category, rank and the order of the list; `ruleset` is the fingerprint of the rules that made it."""

    year: int
    ruleset: str
    units: tuple[UnitYear, ...]

    def content(self) -> str:
        """The whole result as canonical JSON."""
        return canonical(asdict(self))


_RESULT = TypeAdapter(YearResult)


def result_of(content: str) -> YearResult:
    """A result back from its content."""
    return _RESULT.validate_json(content)


def year_months(year: int) -> tuple[str, ...]:
    return tuple(f"{year}-{month:02d}" for month in range(1, 13))


def year_ruleset(connection: Connection, current: Ruleset, year: int) -> Ruleset:
    """The rules of a year: those of December's last run, or until there is one the workspace's.

    Raises InputError where the year is another than theirs, or they grade no year.
    """
    december = year_months(year)[-1]
    ruleset = last_ruleset(connection, december) if december in posted_months(connection) else current
    if ruleset.year != year:
        raise InputError(f"{year} 不是规则集 {ruleset.name} 的年度", f"写作 {ruleset.year}")
    _annual(ruleset)
    return ruleset


def year_result(
    connection: Connection, ruleset: Ruleset, before_batch: int | None = None, seen: int | None = None
) -> YearResult:
    """The year of a ruleset as the ledger gives it, what is missing taken as nothing (`missing_months` and so on tell it).

    `before_batch` and `seen` ask for what it gave before that batch, when that fact version was the newest.
    """
    rule = _annual(ruleset)
    december = ruleset.months[-1]
    posted = set(posted_months(connection, before_batch))
    months = {month: unit_points(connection, ruleset, month, before_batch) for month in ruleset.months if month in posted}
    evaluated = evaluations(connection, ruleset, rule, seen)
    vetoes = december_vetoes(connection, ruleset, before_batch) if december in posted else {}
    unfinished = _unfinished(connection, december, before_batch)
    courses = {unit: course(ruleset, unit, months) for unit in ruleset.units_in(december)}
    found = graded(
        ruleset,
        rule,
        {unit: sum(own.values()) for unit, own in courses.items()},
        {unit: Decimal(one.values[rule.field]) for unit, one in evaluated.items()},
        {unit: own[0].grade for unit, own in vetoes.items()},
    )
    return YearResult(ruleset.year, ruleset.fingerprint, tuple(
        UnitYear(
            one.category, one.unit, tuple(map(courses[one.unit].get, ruleset.months)), one.points,
            evaluated.get(one.unit), str(one.evaluation), one.score, one.rank, one.band, one.grade,
            vetoes.get(one.unit, ()), unfinished.get(one.unit, ()),
        )
        for one in found
    ))  # fmt: skip


def missing_months(result: YearResult) -> tuple[str, ...]:
    """The months that are not posted: no unit has points of them."""
    scored = {place for one in result.units for place, points in enumerate(one.months) if points is not None}
    return tuple(month for place, month in enumerate(year_months(result.year)) if place not in scored)


def missing_evaluations(result: YearResult, ruleset: Ruleset) -> tuple[str, ...]:
    """The units without an evaluation, in the order of the list."""
    return tuple(sorted((one.unit for one in result.units if one.evaluated is None), key=ruleset.order.__getitem__))


def what_lacks(ruleset: Ruleset, result: YearResult) -> str:
    """Every month that is not posted and every unit without evaluation in one line; "" where nothing is missing."""
    months, units = missing_months(result), missing_evaluations(result, ruleset)
    told = [f"{'、'.join(months)} 尚未计分" if months else "", f"{'、'.join(units)} 没有{_annual(ruleset).fact}" if units else ""]
    return "；".join(filter(None, told))


def _annual(ruleset: Ruleset) -> AnnualRule:
    rule = ruleset.annual_rule()
    if rule is None:
        raise InputError(f"规则集 {ruleset.name} 没有写明年度考核", "在 ruleset.yaml 中写明 annual")
    return rule


def evaluations(connection: Connection, ruleset: Ruleset, rule: AnnualRule, seen: int | None) -> dict[str, Listed]:
    """The newest evaluations of the year, by the unit of December: one told under a name of before is its successor's.

    Its own goes before; of several told for those that merged none is the merged unit's.
    """
    kind = ruleset.kinds[rule.fact]
    found = _listed(connection, newest_ids(kinds=[kind.name], seen=seen)).values()
    own = [one for one in found if one.values[kind.year_field] == str(ruleset.year)]
    by_unit: dict[str, dict[str, Listed]] = {}
    for one in own:
        name = one.values[kind.unit_field]
        unit = owner(ruleset, name, ruleset.months[-1])
        if unit is not None:
            by_unit.setdefault(unit, {})[name] = one
    told = {unit: [names[unit]] if unit in names else list(names.values()) for unit, names in by_unit.items()}
    return {unit: listed[0] for unit, listed in told.items() if len(listed) == 1}


def december_vetoes(connection: Connection, ruleset: Ruleset, before_batch: int | None = None) -> dict[str, tuple[Veto, ...]]:
    """What December's matches say of rules with a veto, by unit."""
    december = ruleset.months[-1]
    rules = {rule.id: (place, rule.veto) for place, rule in enumerate(ruleset.in_force(december)) if rule.veto}
    rows = [row for row in connection.execute(standing_matches(december, before_batch)) if row.rule in rules]
    entries = _listed(connection, {row.fact_version_id for row in rows if row.fact_version_id is not None})
    found: dict[str, list[tuple[tuple, Veto]]] = {}
    for unit, rule, version, *_ in rows:
        place, grade = rules[rule]
        entry = entries.get(version)
        found.setdefault(unit, []).append(((place, entry.key if entry else ""), Veto(rule, grade, entry)))
    return {unit: tuple(veto for _, veto in sorted(own, key=lambda pair: pair[0])) for unit, own in found.items()}


def _unfinished(connection: Connection, month: str, before_batch: int | None) -> Mapping[str, tuple[Unfinished, ...]]:
    found: dict[str, list[Unfinished]] = {}
    for one in standing_verdicts(connection, month, before_batch):
        if one.status != Status.DONE:
            found.setdefault(one.unit, []).append(Unfinished(one.task, one.status, one.due))
    return {unit: tuple(sorted(own, key=lambda each: each.task)) for unit, own in found.items()}


def _listed(connection: Connection, ids: Iterable) -> dict[int, Listed]:
    """Facts by the id of their version, withdrawn ones left out; `ids` are numbers or a query for them."""
    rows = connection.execute(
        select(_VERSION.c["id", "kind", "key", "fields"], _SOURCE.c.name, _VERSION.c["sheet", "row"])
        .join(_SOURCE, _SOURCE.c.id == _VERSION.c.file_id)
        .where(_VERSION.c.id.in_(ids), ~_VERSION.c.withdrawn)
        .order_by(_VERSION.c.id)
    )
    return {id_: Listed(kind, key, json.loads(fields), *origin) for id_, kind, key, fields, *origin in rows}
