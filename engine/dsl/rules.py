"""Rule files to checked rules. Every part is read by a neighbour; here they are put together and checked as a whole."""

from __future__ import annotations

from typing import Any

from engine.dsl.allowing import read_allow
from engine.dsl.firing import check_firing
from engine.dsl.ids import check_id, is_own
from engine.dsl.limits import read_best, read_cap, read_once
from engine.dsl.model import FieldRef, Pattern, Rule
from engine.dsl.nodes import Document
from engine.dsl.patterns import read_when
from engine.dsl.report import Spot
from engine.dsl.shapes import RuleShape, RulesShape, VetoShape, known_part, shaped
from engine.dsl.vocabulary import Vocabulary
from engine.dsl.worth import Worth

ALL = "all"


def read_rules(document: Document, words: Vocabulary) -> list[tuple[Rule, Spot]]:
    """The rules of one file, those that could be read, each with where it stands."""
    spot = Spot(document)
    shape = shaped(RulesShape, document.data, spot, words.report)
    if shape is None:
        return []
    if shape.category not in words.categories:
        words.report.unknown(spot.at("category").value, "bad-value", "类别", shape.category, words.categories)
        return []
    read = [(_rule(data, shape.category, spot.at("rules", place), words), place) for place, data in enumerate(shape.rules)]
    return [(rule, spot.at("rules", place)) for rule, place in read if rule is not None]


def _rule(data: Any, category: str, spot: Spot, words: Vocabulary) -> Rule | None:
    before = len(words.report.findings)
    shape = shaped(RuleShape, data, spot, words.report) or known_part(RuleShape, data)
    if shape is None:
        return None
    check_id(shape.id, category, shape.clause, spot.at("id"), words)
    _check_clause(shape, spot, words)
    _check_veto(shape.veto, category, spot.at("veto", "grade"), words)
    since, until = shape.valid.from_ or words.months[0], shape.valid.to or words.months[-1]
    if since > until:
        words.report.add(spot.at("valid").value, "bad-value", f"起始月份 {since} 晚于终止月份 {until}")
    first = max(since, words.months[0])  # no month before the year is ever scored
    before_when = len(words.report.findings)
    fact, nones = read_when(shape.when, spot.at("when"), words, first)
    kind = words.kinds[fact[0].kind] if fact else None
    fields = words.fields(kind) if kind else {}
    worth = Worth(words, fields, _given(fact[0] if fact else None), first)
    if fact is None and len(words.report.findings) > before_when:
        return None  # with the fact unknown, every field would be reported too
    if shape.once_per is not None and shape.best_of is not None:
        words.report.add(spot.at("best_of").key, "bad-value", "once_per 与 best_of 不能同时用", "留下其中一个")
    rule = Rule(
        id=shape.id,
        title=shape.title,
        clause=shape.clause or "",
        category=category,
        units=_units(shape.units, category, spot.at("units"), words),
        fact=fact[0] if fact else None,
        nones=nones,
        points=worth.points(shape.points, spot.at("points")),
        note=shape.note,
        say=worth.say(shape.say, spot.at("say")),
        times=worth.times(shape.times, spot.at("times")),
        once_per=None if shape.once_per is None else read_once(shape.once_per, spot.at("once_per"), fields, words),
        best_of=None if shape.best_of is None else read_best(shape.best_of, spot.at("best_of"), fields, words),
        cap=read_cap(shape.cap, spot.at("cap"), words, first),
        veto=shape.veto.grade if shape.veto else None,
        valid_from=since,
        valid_to=until,
        replaces=shape.replaces,
        allow=read_allow(shape.allow, spot.at("allow"), words.report),
        place=spot.at("id").value,
    )
    if len(words.report.findings) > before:
        return None
    check_firing(rule, fact[1] if fact else spot.at("when"), spot, words)
    return rule


def _given(fact: Pattern | None) -> frozenset[str]:
    """The fields that the tests keep from being empty: an empty field meets no test but `given: false`."""
    tests = fact.tests if fact else ()
    compared = {test.value.name for test in tests if isinstance(test.value, FieldRef)}
    return frozenset(compared | {test.field for test in tests if test.value is not False})


def _check_clause(shape: RuleShape, spot: Spot, words: Vocabulary) -> None:
    if is_own(shape.id):
        return
    if shape.clause is None:
        words.report.add(spot.value, "missing-key", "缺少“clause”", "补上“clause:”，写明附件、附表和项")
    elif words.clauses is not None and shape.clause not in words.clauses:
        words.report.unknown(spot.at("clause").value, "bad-value", "条款", shape.clause, words.clauses)


def _check_veto(veto: VetoShape | None, category: str, spot: Spot, words: Vocabulary) -> None:
    grades = [band.grade for band in words.bands.get(category, ())]
    if veto is not None and grades and veto.grade not in grades:
        words.report.unknown(spot.value, "bad-value", "等次", veto.grade, grades)


def _units(data: Any, category: str, spot: Spot, words: Vocabulary) -> tuple[str, ...]:
    if data == ALL:
        names = [category]
    elif isinstance(data, list):
        names = data
    else:
        hint = f"写成 all，或列表 [{data}]" if isinstance(data, str) else "写成 all 或列表"
        words.report.add(spot.value, "bad-value", "units 应是 all 或单位的列表", hint)
        return ()
    before = len(words.report.findings)
    units = words.units_named(names, spot)
    if not units and len(words.report.findings) == before:
        words.report.add(spot.value, "dead-rule", "没有一个单位适用这条规则", "检查单位、组和类别")
    return units


def check_together(rules: list[tuple[Rule, Spot]], words: Vocabulary) -> None:
    """What only shows across rules: an id used twice, and a rule that still holds beside the one that replaces it."""
    by_id: dict[str, Rule] = {}
    for rule, spot in rules:
        if rule.id in by_id:
            first = by_id[rule.id].place
            words.report.add(spot.at("id").value, "duplicate-id", f"编号“{rule.id}”已用于 {first}", "换一个编号")
        by_id.setdefault(rule.id, rule)
    for rule, spot in rules:
        if rule.replaces is None:
            continue
        where, old = spot.at("replaces"), by_id.get(rule.replaces)
        if rule.replaces == rule.id:
            words.report.add(where.value, "bad-value", "规则不能取代自己", "写被取代的规则的编号；编号不重复使用")
        elif old is not None and old.valid_from <= rule.valid_to and rule.valid_from <= old.valid_to:
            hint = f"给“{old.id}”写上 valid: {{to: …}}，早于 {rule.valid_from}"
            words.report.add(where.value, "bad-value", f"“{old.id}”仍然有效，会与取代它的规则重复计分", hint)
        elif old is None:
            check_id(rule.replaces, rule.category, None, where, words)
