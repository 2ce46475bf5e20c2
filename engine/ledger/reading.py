"""A posted month as a book: entries, matches and facts as the last run left them, read under the rules of that run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Connection, Row, Select, func, select

from engine.derivation.deriving import records_of
from engine.derivation.figures import late
from engine.dsl.loader import ruleset_of
from engine.dsl.masks import masked, persons
from engine.dsl.model import Rule, Ruleset
from engine.facts import Fact, key_texts
from engine.ledger.book import Book, FactLine, Issue, LateLine, MatchLine, VerdictLine
from engine.ledger.idle import idle_rules
from engine.ledger.letters import letters_of
from engine.ledger.posting import standing_entries
from engine.ledger.standings import ranks, require_posted, standings, unit_points
from engine.ledger.stored import facts_by_version, newest_facts, scored_kinds
from engine.ledger.verdicts import standing_verdicts
from engine.scoring.months import facts_of, month_before, opening_months, rules_of
from engine.scoring.points import shown
from engine.scoring.sentence import sentence
from engine.scoring.succession import course, forebears, formerly, owner
from models.tables import Batch, BatchMonth, Closing, FactVersion, LedgerEntry, Match, RulesetVersion, SourceFile, Tally
from models.versions import newest_ids

_Had = TypeVar("_Had")


def last_ruleset(connection: Connection, month: str, before_batch: int | None = None) -> Ruleset:
    """The ruleset of a posted month's last run, from the texts that were kept with it."""
    return kept_ruleset(connection, _last_of(connection, month, before_batch).ruleset)


def ruleset_of_batch(connection: Connection, batch_id: int) -> Ruleset:
    """The ruleset that a batch was posted by."""
    batch = Batch.__table__
    return kept_ruleset(connection, connection.execute(select(batch.c.ruleset).where(batch.c.id == batch_id)).scalar_one())


def ruleset_texts(connection: Connection, month: str) -> dict[str, str]:
    """The files of the ruleset of a posted month's last run, by name, as they were kept with it."""
    version = RulesetVersion.__table__
    kept = select(version.c.files).where(version.c.fingerprint == _last_of(connection, month, None).ruleset)
    return json.loads(connection.execute(kept).scalar_one())


def kept_ruleset(connection: Connection, fingerprint: str) -> Ruleset:
    """A ruleset that some run read, by its fingerprint."""
    version = RulesetVersion.__table__
    return _ruleset_of_texts(connection.execute(select(version.c.files).where(version.c.fingerprint == fingerprint)).scalar_one())


@lru_cache(maxsize=4)  # the months of a year have the same rules, most often
def _ruleset_of_texts(files: str) -> Ruleset:
    return ruleset_of(json.loads(files))


def seen_by(connection: Connection, month: str, before_batch: int | None = None) -> int:
    """The highest fact version that a posted month's last run read."""
    return _last_of(connection, month, before_batch).newest_fact


def _last_of(connection: Connection, month: str, before_batch: int | None) -> Row:
    """The newest batch that scored a month; with `before_batch` the newest before that one."""
    batch, scored = Batch.__table__, BatchMonth.__table__
    query = select(batch).join(scored, scored.c.batch_id == batch.c.id).where(scored.c.period == month)
    if before_batch is not None:
        query = query.where(batch.c.id < before_batch)
    return connection.execute(query.order_by(batch.c.id.desc()).limit(1)).one()


def book_of(connection: Connection, month: str, against: str | None = None) -> Book:
    """The book of a posted month, compared with the month before or another earlier one of its year (`against`).

    Raises InputError where it was never posted.
    """
    posted = require_posted(connection, month)
    before = against or month_before(month)
    ruleset = last_ruleset(connection, month)
    own = {each: unit_points(connection, ruleset, each) for each in posted}
    courses = {unit: course(ruleset, unit, own) for unit in ruleset.units_in(month)}
    seen = seen_by(connection, month)
    lines = _fact_lines(connection, ruleset, seen)
    opened = opening_months(ruleset, (fact for fact, _ in lines.values()))
    rules = rules_of(ruleset, month, opened)
    sums = rule_sums(connection, ruleset, posted)
    matches = _matches(connection, ruleset, rules, month, lines)
    held = _held_by_unit(ruleset, lines, month)
    comparable = before in posted and not opened & {month, before}
    return Book(
        ruleset=ruleset,
        period=month,
        rules=rules,
        standings=standings(ruleset, own),
        months={each: {unit: had[each] for unit, had in courses.items() if each in had} for each in posted},
        ranks={each: _ranks(ruleset, points, each, month) for each, points in own.items()},
        matches=matches,
        facts={unit: tuple(told for _, told in own) for unit, own in held.items()},
        idle={
            unit: idle_rules(ruleset, [rule for rule in rules if unit in rule.units], own, (one.rule for one in matches[unit]))
            for unit, own in held.items()
        },
        entries=sums.get(month, {unit: {} for unit in ruleset.units}),
        earlier={each: carried(ruleset, month, each, own) for each, own in sums.items() if each < month},
        against=before,
        last=last_matches(connection, ruleset, month, before, lines) if comparable else {},
        issue=issue_of(connection, month),
        verdicts=_verdicts(connection, ruleset, month, lines),
        letters={one.unit: one for one in letters_of(connection, ruleset, month)},
        late=_late(connection, ruleset, month, seen),
        opened=tuple(each for each in posted if each in opened),
        formerly={unit: names for unit in courses if (names := formerly(ruleset, unit, own))},
    )


def _ranks(ruleset: Ruleset, points: Mapping[str, int], month: str, later: str) -> dict[str, int]:
    """The ranks of a month as they were, under the names of a later one; a merged unit had none."""
    return carried(ruleset, later, month, ranks(ruleset, points))


def _fact_lines(connection: Connection, ruleset: Ruleset, seen: int) -> dict[int, tuple[Fact, FactLine]]:
    """Every fact as the month's last run saw it, by the id of its version."""
    version, source = FactVersion.__table__, SourceFile.__table__
    rows = connection.execute(
        select(version.c.id, source.c.name, version.c["sheet", "row", "derived"])
        .join(source, source.c.id == version.c.file_id)
        .where(version.c.id.in_(newest_ids(kinds=scored_kinds(connection, ruleset), seen=seen)))
    )
    origins = {id_: origin for id_, *origin in rows}
    return {
        fact.version: (fact, _line(masked(ruleset.masks, ruleset.kinds[fact.kind], fact), origins[fact.version]))
        for fact in newest_facts(connection, ruleset, seen)
    }


def _line(fact: Fact, origin: Sequence[object]) -> FactLine:
    return FactLine(fact.kind, key_texts(fact.key), fact.values, *origin)


def issue_of(connection: Connection, month: str) -> Issue | None:
    closing = Closing.__table__
    found = connection.execute(select(closing.c["number", "issued"]).where(closing.c.period == month)).first()
    return None if found is None else Issue(*found)


def _verdicts(
    connection: Connection, ruleset: Ruleset, month: str, lines: Mapping[int, tuple[Fact, FactLine]]
) -> dict[str, tuple[VerdictLine, ...]]:
    found: dict[str, list[VerdictLine]] = {unit: [] for unit in ruleset.units}
    for one in standing_verdicts(connection, month):
        facts = tuple(lines[version][1] for version in one.facts)
        found.setdefault(one.unit, []).append(VerdictLine(one.task, one.status, one.due, facts))
    return {unit: tuple(own) for unit, own in found.items() if own}


def _late(connection: Connection, ruleset: Ruleset, month: str, seen: int) -> dict[str, tuple[LateLine, ...]]:
    """The records of a month that were not reported in time, by unit."""
    found: dict[str, list[LateLine]] = {}
    for derivation in ruleset.derivations:
        records = records_of(connection, ruleset, derivation, [month], seen)
        kind = ruleset.kinds[derivation.source]
        for one in late(ruleset, derivation, records) if records else ():
            values = {**one.values, **persons(ruleset.masks, kind.name, one.values)}
            key = tuple(str(values[name]) for name in kind.key if name != kind.unit_field)
            line = LateLine(kind.name, key, one.values[derivation.month_of], one.due, one.reported)
            unit = one.values[kind.unit_field]
            found.setdefault(owner(ruleset, unit, month) or unit, []).append(line)
    return {unit: tuple(lines) for unit, lines in found.items()}


def _held_by_unit(
    ruleset: Ruleset, lines: Mapping[int, tuple[Fact, FactLine]], month: str
) -> dict[str, list[tuple[Fact, FactLine]]]:
    held = facts_of(ruleset, (fact for fact, _ in lines.values()), month)
    return {unit: [lines[fact.version] for fact in own] for unit, own in held.by_unit.items()}


def standing_matches(month: str, before_batch: int | None = None) -> Select:
    """The query for a month's matches: unit, rule, fact version, raw, given, limit, by each unit's newest tally."""
    tally, match = Tally.__table__, Match.__table__
    newest = select(func.max(tally.c.id)).where(tally.c.period == month).group_by(tally.c.unit)
    if before_batch is not None:
        newest = newest.where(tally.c.batch_id < before_batch)
    return (
        select(tally.c.unit, match.c["rule", "fact_version_id", "raw", "given", "limit"])
        .join(match, match.c.tally_id == tally.c.id)
        .where(tally.c.id.in_(newest))
        .order_by(match.c.id)
    )


def _matches(
    connection: Connection,
    ruleset: Ruleset,
    rules: tuple[Rule, ...],
    month: str,
    lines: Mapping[int, tuple[Fact, FactLine]],
) -> dict[str, tuple[MatchLine, ...]]:
    rows = connection.execute(standing_matches(month)).all()
    by_id = {rule.id: (place, rule) for place, rule in enumerate(rules)}
    entries = standing_entries(connection, month)
    found: dict[str, list[tuple[tuple, MatchLine]]] = {unit: [] for unit in ruleset.units}
    for unit, rule_id, version, raw, given, limit in rows:
        place, rule = by_id[rule_id]
        fact, line = lines[version] if version is not None else (None, None)
        kind = ruleset.kinds[fact.kind] if fact else None
        entry = entries.get((unit, rule_id, fact.kind if fact else "", fact.key if fact else ""))
        said = sentence(ruleset, rule, fact and masked(ruleset.masks, kind, fact), month)
        found[unit].append((
            (place, fact.order if fact else ()),
            MatchLine(unit, rule_id, line, raw, given, limit, shown(rule, kind, fact), said, entry and entry.entry),
        ))  # fmt: skip
    return {unit: tuple(line for _, line in sorted(own, key=lambda pair: pair[0])) for unit, own in found.items()}


def rule_sums(connection: Connection, ruleset: Ruleset, months: Sequence[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Month to unit to rule to the posted sum, for every posted month of the year up to the book's."""
    entry = LedgerEntry.__table__
    sums: dict[str, dict[str, dict[str, int]]] = {month: {unit: {} for unit in ruleset.units} for month in months}
    for month, unit, rule, points in connection.execute(
        select(entry.c.period, entry.c.unit, entry.c.rule, func.sum(entry.c.points))
        .where(entry.c.period.in_(months))
        .group_by(entry.c.period, entry.c.unit, entry.c.rule)
        .order_by(entry.c.period, entry.c.unit, entry.c.rule)
    ):
        if points:
            sums[month].setdefault(unit, {})[rule] = int(points)
    return sums


def carried(ruleset: Ruleset, month: str, earlier: str, had: Mapping[str, _Had]) -> dict[str, _Had]:
    """What units had in an earlier month, under their names in a later one; a merged unit had nothing of its own."""
    names = {unit: forebears(ruleset, unit, earlier) for unit in ruleset.units_in(month)}
    return {unit: had[before[0]] for unit, before in names.items() if len(before) == 1 and before[0] in had}


def last_matches(
    connection: Connection, ruleset: Ruleset, month: str, before: str, lines: Mapping[int, tuple[Fact, FactLine]]
) -> dict[str, tuple[MatchLine, ...]]:
    """The matches of an earlier month as its own last run made them, by the names that units have in this one."""
    then = last_ruleset(connection, before)
    used = {version for _, _, version, *_ in connection.execute(standing_matches(before)) if version is not None}
    # A fact that has changed since then is not among those of the month: a state that has ended, a row put right.
    old = facts_by_version(connection, then, used - lines.keys())
    known = {**lines, **{fact.version: (fact, FactLine(fact.kind, key_texts(fact.key), fact.values, "", None, 0)) for fact in old}}
    return carried(ruleset, month, before, _matches(connection, then, then.in_force(before), before, known))
