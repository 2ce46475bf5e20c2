"""Why a test got what it got: what each match gave and what took of it, what barred a rule, and what each fact lacked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.chinese_dates import value_words
from engine.dsl.model import Kind, Pattern, Rule, Ruleset, Test
from engine.dsl.obligation import Duty, Evidence, Obligation
from engine.facts import Fact
from engine.inference.conditions import unmet
from engine.ledger.idle import gap_of
from engine.notices.idle import gap_words
from engine.notices.limits import limit_words
from engine.notices.tasks import pattern_words
from engine.obligations.judging import Verdict
from engine.scoring.award import Award
from engine.scoring.months import holds, rules_of
from engine.scoring.points import decimal, shown
from engine.scoring.succession import owner
from engine.scoring.year import Year

_SHOWN = 8  # facts of one difference


def rule_reasons(year: Year, unit: str, month: str, id_: str, awards: Sequence[Award], facts: Iterable[Fact]) -> tuple[str, ...]:
    """A Chinese line each, for one rule of a unit's month; `awards` are the rule's own, `facts` all of the test."""
    ruleset = year.ruleset
    rule = next((one for one in rules_of(ruleset, month, year.opened) if one.id == id_), None)
    if rule is None:
        return (_out_of_force(ruleset, id_, month, year),)
    if unit not in rule.units:
        return (f"规则不适用于{unit}",)
    told = [_award_words(ruleset, one) for one in awards]
    if any(one.limit for one in awards):
        told += _listed(_before(year, unit, month, id_))
    held = year.facts(month).by_unit[unit]
    if not awards:
        told += _bars(ruleset, rule, held)
    if rule.fact is not None:
        hit = {id(one.hit.fact) for one in awards}
        own = [fact for fact in held if fact.kind == rule.fact.kind]
        told += _listed(_misses(ruleset, rule.fact, (fact for fact in own if id(fact) not in hit)))
        if not own:
            told.append(f"{unit}当月没有“{rule.fact.kind}”")
            told += _listed(_elsewhere(year, rule.fact.kind, unit, month, facts))
    return tuple(told)


def task_reasons(year: Year, unit: str, month: str, no: int, verdict: Verdict | None) -> tuple[str, ...]:
    """The same of an obligation, from what decided it."""
    ruleset = year.ruleset
    if verdict is None:
        return (f"{month} 没有对{unit}的结论",)
    one = next(each for each in ruleset.obligations_in(month) if each.no == no)
    told = [f"期限 {verdict.due}"] if verdict.due else []
    told += _listed(f"依据：{fact_words(ruleset.kinds[fact.kind], fact)}" for fact in verdict.facts)
    if one.duty is Duty.CLEAN:
        held = year.facts(month).by_unit[unit]
        for breach in one.breach:
            told += _listed(_misses(ruleset, breach, (fact for fact in held if fact.kind == breach.kind)))
        if not verdict.facts:
            told.append(f"当月没有{'，也没有'.join(map(pattern_words, one.breach))}")
        return tuple(told)
    months = [each for each in ruleset.months if each <= month] if one.duty is Duty.BY else [month]
    there = dict.fromkeys(fact for each in months for fact in year.facts(each).by_unit.get(unit, ()))
    for evidence in one.evidence:
        told += _evidence(ruleset, one, evidence, [fact for fact in there if fact.kind == evidence.pattern.kind])
    return tuple(told)


def fact_words(kind: Kind, fact: Fact) -> str:
    """A fact by its kind and fields, the unit apart."""
    names = (name for name in kind.fields if name in fact.values and name != kind.unit_field)
    told = [f"{name} {value_words(kind.fields[name].type, fact.values[name])}" for name in names]
    return f"“{kind.name}”{'，'.join(told)}"


def _out_of_force(ruleset: Ruleset, id_: str, month: str, year: Year) -> str:
    rule = next(one for one in ruleset.rules if one.id == id_)
    if not rule.valid_from <= month <= rule.valid_to:
        return f"规则在 {month} 不施行：自 {rule.valid_from} 至 {rule.valid_to}"
    return f"{month} 是期初月份，只计“{ruleset.opening}”" if month in year.opened else f"规则在 {month} 不施行"


def _award_words(ruleset: Ruleset, award: Award) -> str:
    rule, fact = award.hit.rule, award.hit.fact
    kind = ruleset.kinds[fact.kind] if fact else None
    about = fact_words(kind, fact) if fact else f"当月没有{'，也没有'.join(map(pattern_words, rule.nones))}"
    taken = limit_words(award, rule)
    cut = f"（应得 {decimal(award.hit.raw)}，{taken}）" if taken else ""
    return f"计 {decimal(award.given)} = {shown(rule, kind, fact)}{cut}：{about}"


def _before(year: Year, unit: str, month: str, id_: str) -> Iterator[str]:
    """What a rule has given in the earlier months of the year, on which a limit of the year stands."""
    ruleset = year.ruleset
    for each in (one for one in ruleset.months if one < month):
        name = owner(ruleset, unit, each)
        for award in year.awards_of(name, each) if name is not None else ():
            if award.hit.rule.id == id_ and award.given:
                yield f"此前 {each} {_award_words(ruleset, award)}"


def _bars(ruleset: Ruleset, rule: Rule, held: Iterable[Fact]) -> Iterator[str]:
    for none in rule.nones:
        there = [fact for fact in held if fact.kind == none.kind and not unmet(none, fact)]
        for fact in there[:_SHOWN]:
            yield f"当月已有{pattern_words(none)}，本条不触发：{fact_words(ruleset.kinds[none.kind], fact)}"


def _misses(ruleset: Ruleset, pattern: Pattern, facts: Iterable[Fact]) -> Iterator[str]:
    """Of each fact that does not meet a pattern, every test that it fails and by how much."""
    kind = ruleset.kinds[pattern.kind]
    for fact in facts:
        failed = unmet(pattern, fact)
        if failed:
            yield f"不符合：{_gaps(kind, failed, fact)}：{fact_words(kind, fact)}"


def _gaps(kind: Kind, failed: Iterable[Test], fact: Fact) -> str:
    return "；".join(gap_words(kind, gap_of(kind, test, fact)) for test in failed)


def _elsewhere(year: Year, name: str, unit: str, month: str, facts: Iterable[Fact]) -> Iterator[str]:
    """Where the test's facts of a kind are that the unit's month does not have."""
    kind = year.ruleset.kinds[name]
    owners: dict[int, list[str]] = {}
    for other, own in year.facts(month).by_unit.items():
        for fact in own:
            owners.setdefault(id(fact), []).append(other)
    for fact in (one for one in facts if one.kind == name):
        if not holds(kind, fact, month):
            yield f"不在 {month}：{fact_words(kind, fact)}"
        else:
            told = f"归{'、'.join(owners[id(fact)])}" if id(fact) in owners else "没有找到归属"
            yield f"{told}，不归{unit}：{fact_words(kind, fact)}"


def _evidence(ruleset: Ruleset, one: Obligation, evidence: Evidence, own: Sequence[Fact]) -> Iterator[str]:
    pattern = evidence.pattern
    fitting = [fact for fact in own if not unmet(pattern, fact)]
    yield from _listed(_misses(ruleset, pattern, own))
    yield from _listed(_misses(ruleset, Pattern(pattern.kind, one.standard), fitting))
    for name, values in evidence.every:
        lacking = [str(value) for value in values if value not in {fact.values.get(name) for fact in fitting}]
        if lacking:
            yield f"“{pattern.kind}”的{name}还缺 {'、'.join(lacking)}"
    if not fitting:
        yield f"没有{pattern_words(pattern)}"


def _listed(lines: Iterable[str]) -> list[str]:
    told = list(lines)
    return told if len(told) <= _SHOWN else [*told[:_SHOWN], f"……另有 {len(told) - _SHOWN} 条"]
