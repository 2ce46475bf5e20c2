"""What another version of the rules would have given over all posted months of a year. Nothing is written.

Before is the ledger: what stands, under the rules of each month's last run. After is what the other version gives from the
facts that these runs read, as if it had held all year; closed months are scored anew too. So a version that is the same
as that of the last runs differs in nothing, also while new facts wait, and after corrections.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.dsl.findings import Finding
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.reading import last_ruleset
from engine.ledger.standings import posted_months
from engine.scoring.points import decimal
from engine.workbench.impact.effect import Effect, EntryMove, UnitMove
from engine.workbench.impact.facts import Facts
from engine.workbench.impact.parts import Change, Level, Told, by_task
from engine.workbench.impact.rules import rule_differences
from engine.workbench.impact.runs import Rescored
from engine.workbench.impact.scheme import scheme_differences

Progress = Callable[[int, int], None]  # months done, months in all


@dataclass(frozen=True, slots=True)
class Tally:
    """Entries that differ, counted; `by` is what they come to, hundredths."""

    gained: int
    lost: int
    changed: int
    by: int


@dataclass(frozen=True, slots=True)
class ClauseMove:
    """The entries of a clause that differ, in all and by unit."""

    category: str
    clause: str
    tally: Tally
    units: tuple[tuple[str, Tally], ...]


@dataclass(frozen=True)
class Impact:
    """The difference. Points in hundredths; `moved` holds units whose sum, rank or grade differs, `year` the year's months."""

    after: Ruleset
    months: tuple[str, ...]
    changes: tuple[Change, ...]
    entries: tuple[EntryMove, ...]
    moved: tuple[UnitMove, ...]
    vetoes: tuple[tuple[str, str, str], ...]  # unit, rule before and after
    findings: tuple[Finding, ...]  # of the other version, that the workspace's ruleset does not have

    @property
    def level(self) -> Level:
        return max((one.level for one in self.changes), default=Level.NONE)

    @property
    def units(self) -> tuple[UnitMove, ...]:
        """Those whose sum differs."""
        return tuple(one for one in self.moved if one.before != one.after)

    @property
    def ranks(self) -> tuple[UnitMove, ...]:
        """Those whose rank differs though their sum does not."""
        return tuple(one for one in self.moved if one.before == one.after and one.rank_before != one.rank_after)

    @property
    def grades(self) -> tuple[UnitMove, ...]:
        return tuple(one for one in self.moved if one.grade_before != one.grade_after)

    @property
    def clauses(self) -> tuple[ClauseMove, ...]:
        """By the order of the rules."""
        found: dict[tuple[str, str], list[EntryMove]] = {}
        for one in self.entries:
            found.setdefault((one.category, one.clause or one.rule), []).append(one)
        order = {(rule.category, rule.clause or rule.id): place for place, rule in reversed([*enumerate(self.after.rules)])}
        return tuple(
            ClauseMove(*key, _tally(found[key]), _by_unit(found[key]))
            for key in sorted(found, key=lambda one: (order.get(one, len(order)), one))
        )

    def as_json(self) -> dict[str, object]:
        return {
            "level": self.level.word,
            "changes": [{"rule": one.rule, "what": one.what, "level": one.level.word} for one in self.changes],
            "units": [_unit_json(one) for one in self.units],
            "ranks": [_unit_json(one) for one in self.ranks],
            "grades": [
                {"category": one.category, "unit": one.unit, "before": one.grade_before, "after": one.grade_after}
                for one in self.grades
            ],
            "vetoes": [{"unit": unit, "before": before, "after": after} for unit, before, after in self.vetoes],
            "clauses": [
                {"category": one.category, "clause": one.clause, **_tally_json(one.tally),
                 "units": [{"unit": unit, **_tally_json(tally)} for unit, tally in one.units]}
                for one in self.clauses
            ],
            "entries": [
                {"month": one.month, "category": one.category, "clause": one.clause, "rule": one.rule, "unit": one.unit,
                 "fact": one.fact, "file": one.file, "sheet": one.sheet, "row": one.row,
                 "before": _points(one.before), "after": _points(one.after)}
                for one in self.entries
            ],
            "findings": [one.as_json() for one in self.findings],
            "months": list(self.months),
        }  # fmt: skip


def impact(
    connection: Connection,
    current: Ruleset | None,
    after: Ruleset,
    findings: Sequence[Finding] = (),
    known: Sequence[Finding] = (),
    advance: Progress | None = None,
) -> Impact:
    """What `after` would have given. `current` is compared with where no month of its year is posted; `findings` are those
    of `after`, `known` those of the workspace's ruleset. Raises InputError where there is nothing to compare with.
    """
    months = [month for month in posted_months(connection) if month in after.months]
    before = _rulesets(connection, current, after, months)
    facts = Facts(connection, after, before[after.months[-1]])
    rescored = Rescored(connection, after, facts)
    effect = Effect(connection, before, after, months, facts, rescored)
    for done, month in enumerate(months, start=1):
        effect.add(month)
        if advance:
            advance(done, len(months))
    had = {(one.code, one.message) for one in known}
    new = tuple(one for one in findings if (one.code, one.message) not in had)
    entries, moved = effect.entries, effect.units
    return Impact(
        after, tuple(months), _changes(before, after, effect, facts, entries, moved), entries, moved, effect.vetoes, new
    )


def _rulesets(connection: Connection, current: Ruleset | None, after: Ruleset, months: Sequence[str]) -> dict[str, Ruleset]:
    """What each month of the year is compared with: the rules of its last run, of a month not posted those of the newest
    posted month, where there is none the workspace's."""
    if months:
        newest = last_ruleset(connection, months[-1])
    elif current is not None and current.year == after.year:
        newest = current
    else:
        raise InputError(f"{after.year} 年还没有计过分的月份，工作区也没有这一年度的规则集，无从比较", f"先计分：`jifen run {after.months[0]}`")
    return {month: last_ruleset(connection, month) if month in months else newest for month in after.months}


def _changes(
    before: Mapping[str, Ruleset],
    after: Ruleset,
    effect: Effect,
    facts: Facts,
    entries: Sequence[EntryMove],
    moved: Sequence[UnitMove],
) -> tuple[Change, ...]:
    """Every rule that differs or gives otherwise, then what differs beside the rules."""
    told = rule_differences(before, after, effect.fired)
    by_rule: dict[str, dict[str, int]] = {}
    for one in entries:
        own = by_rule.setdefault(one.rule, {})
        own[one.unit] = own.get(one.unit, 0) + one.by
    heirs = _heirs(before[after.months[-1]], after)
    found = []
    for id_ in dict.fromkeys([*told, *sorted(effect.matched | by_rule.keys())]):
        own = told.get(id_, [(Level.NONE, "规则没有改")])
        measured = id_ in effect.matched or id_ in by_rule
        level = max([*(each for each, _ in own), *([Level.MAJOR] if measured else [])])
        words = list(dict.fromkeys(what for _, what in own))
        found.append(Change(id_, "；".join([*words, *_measured(by_rule.get(id_, {}), measured, heirs)]), level))
    judged = by_task({task: [(Level.MAJOR, f"{count} 项次的结论不同")] for task, count in effect.judged.items()})
    unread = [(Level.MAJOR, one.what) for one in facts.unread]
    untold = [(Level.MINOR, what) for what in facts.untold]
    rest: list[Told] = [*scheme_differences(before, after), *judged, *unread, *untold]
    found += [Change("", what, level) for level, what in rest]
    if moved and max((one.level for one in found), default=Level.NONE) < Level.MAJOR:
        found.append(Change("", f"{len(moved)} 个单位的累计积分、名次或等次不同", Level.MAJOR))
    return tuple(found)


def _heirs(before: Ruleset, after: Ruleset) -> dict[str, str]:
    """The unit that goes on for another by either version, where they do not say the same of their units."""
    spans = [{name: (unit.since, unit.until, unit.becomes) for name, unit in each.units.items()} for each in (before, after)]
    if spans[0] == spans[1]:
        return {}
    found = {name: unit.becomes for each in (before, after) for name, unit in each.units.items() if unit.becomes}
    for one, other in ((before, after), (after, before)):
        renamed = {name: other.aliases[name] for name in one.units if name not in other.units and name in other.aliases}
        found |= {name: then for name, then in renamed.items() if name not in found and found.get(then) != name}
    return found


def _last(unit: str, heirs: Mapping[str, str]) -> str:
    passed = {unit}
    while (then := heirs.get(unit)) is not None and then not in passed:
        passed.add(unit := then)
    return unit


def _measured(by: Mapping[str, int], measured: bool, heirs: Mapping[str, str]) -> list[str]:
    """What a rule comes to for the units: those that lose and those that gain, and how much together; before that what
    units have instead of those for which they go on."""
    lines: dict[str, dict[str, int]] = {}
    for unit, points in by.items():
        lines.setdefault(_last(unit, heirs), {})[unit] = points
    passed, by = [], {}
    for last, own in lines.items():
        taken, given = ({unit: points for unit, points in own.items() if points * sign > 0} for sign in (-1, 1))
        if taken and given:
            amount = min(-sum(taken.values()), sum(given.values()))
            passed.append(f"{'、'.join(taken)}的 {decimal(amount)} 分改记在{'、'.join(given)}名下")
        by[last] = sum(own.values())
    told = _sums(by)
    if passed:
        return [*passed, *told]
    return told or (["分录不同，各单位的合计没有变"] if by else ["触发或计分的经过不同，分录没有变"] if measured else [])


def _sums(by: Mapping[str, int]) -> list[str]:
    lose, gain = [each for each in by.values() if each < 0], [each for each in by.values() if each > 0]
    told = [f"{len(lose)} 个单位共少 {decimal(-sum(lose))} 分"] if lose else []
    return told + ([f"{len(gain)} 个单位共多 {decimal(sum(gain))} 分"] if gain else [])


def _tally(entries: Sequence[EntryMove]) -> Tally:
    gained, lost = sum(one.before is None for one in entries), sum(one.after is None for one in entries)
    return Tally(gained, lost, len(entries) - gained - lost, sum(one.by for one in entries))


def _by_unit(entries: Sequence[EntryMove]) -> tuple[tuple[str, Tally], ...]:
    units = dict.fromkeys(one.unit for one in entries)
    return tuple((unit, _tally([one for one in entries if one.unit == unit])) for unit in units)


def _points(hundredths: int | None) -> str | None:
    return None if hundredths is None else decimal(hundredths)


def _unit_json(one: UnitMove) -> dict[str, object]:
    return {
        "category": one.category, "unit": one.unit, "before": decimal(one.before), "after": decimal(one.after),
        "rank_before": one.rank_before, "rank_after": one.rank_after,
    }  # fmt: skip


def _tally_json(one: Tally) -> dict[str, object]:
    return {"gained": one.gained, "lost": one.lost, "changed": one.changed, "by": decimal(one.by)}
