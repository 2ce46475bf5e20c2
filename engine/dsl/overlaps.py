"""Two rules that give the same points for the same fact of the same unit: most often one of them was meant to be
narrower, or to take the other's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from engine.dsl.findings import Finding
from engine.dsl.firing import fields_of, scopes, settled
from engine.dsl.formula import Formula
from engine.dsl.intervals import contradiction
from engine.dsl.model import Kind, PointsTable, Rule, Ruleset, SettingRef, Test
from engine.dsl.vocabulary import Vocabulary, words_of
from engine.dsl.witness import Scope, Witness, candidates

_NAMED = 3  # units that a finding names
_MEND = "把其中一条的 where 或 units 写窄，或用 replaces 和 valid 让一条接替另一条；确需并存的，写 allow: {overlap: 理由}"


def overlaps(ruleset: Ruleset) -> list[Finding]:
    """A warning for every such pair, at the later rule. The proofs take their time, so that loading a ruleset does without.

    The rules are sound: none of them divides by 0.
    """
    words = words_of(ruleset)
    written = sorted(ruleset.rules, key=lambda rule: rule.place)
    for place, later in enumerate(written):
        for earlier in written[:place]:
            units = [unit for unit in earlier.units if unit in later.units] if _same_facts(earlier, later) else []
            witness = _overlap(earlier, later, units, words) if units else None
            if witness is not None:
                more = f"等 {len(units)} 个单位" if len(units) > _NAMED else ""
                scored = f"{'、'.join(units[:_NAMED])}{more}的同一事实"
                message = f"与“{earlier.id}”（{earlier.place}）对{scored}给同样的分，会重复计分"
                words.report.add(later.place, "overlap", message, _MEND, level="warning", witness=witness)
    return words.report.findings


def _same_facts(one: Rule, other: Rule) -> bool:
    """Whether both read one kind of fact, or both the absence of one. What else they want absent can always be so."""
    if one.fact and other.fact:
        return one.fact.kind == other.fact.kind
    absent = {none.kind for none in one.nones} & {none.kind for none in other.nones}
    return not one.fact and not other.fact and bool(absent)


def _overlap(one: Rule, other: Rule, units: Sequence[str], words: Vocabulary) -> str | None:
    """The fact, on one line, that both rules give the same points for; None where there is none, or it is not proved."""
    months = [
        month
        for month in words.months
        if max(one.valid_from, other.valid_from) <= month <= min(one.valid_to, other.valid_to)
        and any(words.units[unit].there(month) for unit in units)
    ]
    found = (_overlap_in(one, other, scope, words) for scope in scopes(units, months, words))
    return next(filter(None, found), None)


def _overlap_in(one: Rule, other: Rule, scope: Scope, words: Vocabulary) -> str | None:
    settings = words.numbers(scope.months[0])
    if one.fact is None:
        if _flat(one, settings) != _flat(other, settings):
            return None
        kinds = dict.fromkeys(none.kind for none in (*one.nones, *other.nones))
        return f"{scope.owners[0]} {scope.months[0]} 没有{'、也没有'.join(kinds)}"
    kind = words.kinds[one.fact.kind]
    tests = list(dict.fromkeys(settled((*one.fact.tests, *other.fact.tests), kind, words, scope.months[0])))
    if _differ_plainly(one, other, settings) or contradiction(kind, tests):
        return None
    witness = _shared(one, other, kind, tests, scope, settings)
    if witness is None:
        return None
    read = fields_of(tests) | {kind.unit_field} | set(_read(one)) | set(_read(other))
    return witness.shown(read, dated=True)


def _differ_plainly(one: Rule, other: Rule, settings: Mapping[str, Fraction]) -> bool:
    worth = _flat(one, settings), _flat(other, settings)
    return None not in worth and worth[0] != worth[1]


def _flat(rule: Rule, settings: Mapping[str, Fraction]) -> Fraction | None:
    """What every match of a rule is worth, where that is always the same."""
    if rule.times or not isinstance(rule.points, Formula) or not rule.points.names <= set(settings):
        return None
    return rule.points.value(settings)


def _shared(
    one: Rule, other: Rule, kind: Kind, tests: list[Test], scope: Scope, settings: Mapping[str, Fraction]
) -> Witness | None:
    """A fact that meets the tests of both, where every such fact is worth the same by both."""
    found = list(candidates(kind, tests, scope))
    if any(_worth(one, kind, fact, settings) != _worth(other, kind, fact, settings) for fact in found):
        return None
    same = _alike(one, other, settings)
    if same and found:
        return found[0]
    from engine.dsl.proving import Facts

    facts = Facts(kind, tests, scope)
    if not same and not facts.none(facts.points(one, settings) != facts.points(other, settings)):
        return None
    return found[0] if found else facts.witness()


def _alike(one: Rule, other: Rule, settings: Mapping[str, Fraction]) -> bool:
    """Whether two rules are seen to give the same points without a proof."""
    if one.times != other.times or type(one.points) is not type(other.points):
        return False
    if isinstance(one.points, PointsTable):
        return one.points.field == other.points.field and _table(one.points, settings) == _table(other.points, settings)
    flat = _flat(one, settings)
    return one.points.tree == other.points.tree or (flat is not None and flat == _flat(other, settings))


def _table(table: PointsTable, settings: Mapping[str, Fraction]) -> dict[object, Fraction]:
    return {key: settings[one.name] if isinstance(one, SettingRef) else one for key, one in table.points.items()}


def _worth(rule: Rule, kind: Kind, fact: Witness, settings: Mapping[str, Fraction]) -> Fraction:
    if isinstance(rule.points, PointsTable):
        points = _table(rule.points, settings)[fact.values[rule.points.field]]
    else:
        fields = {name: Fraction(fact.values[name]) for name in rule.points.names if name in kind.fields}
        points = rule.points.value({**settings, **fields})
    return points * fact.values[rule.times] if rule.times else points


def _read(rule: Rule) -> Iterator[str]:
    """The fields that a rule's points hang on."""
    yield from rule.points.names if isinstance(rule.points, Formula) else (rule.points.field,)
    if rule.times:
        yield rule.times
