"""Whether a rule can fire at all, and never divides by 0, whatever its settings are in any month of the year:
seen at once for most rules, else proved, and a finding shows the proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.dsl.formula import Formula, Name, Node, divisors
from engine.dsl.intervals import Range, may_divide_by_zero, ranges
from engine.dsl.model import FieldRef, Kind, Rule, Test, settled_test
from engine.dsl.report import Spot
from engine.dsl.vocabulary import Vocabulary
from engine.dsl.witness import Scope, Witness, is_alive, is_monthly, written

if TYPE_CHECKING:
    from engine.dsl.proving import Condition


@dataclass(frozen=True, slots=True)
class Dead:
    """Why no fact meets a rule's tests: conditions that no fact meets together, and one that meets all tests but one."""

    core: Sequence[Condition]
    nearest: Witness | None = None
    failed: Test | None = None

    @property
    def field(self) -> str | None:
        """The field of the first test among the conditions; None where the dictionary contradicts itself."""
        return next((one.test.field for one in self.core if one.test), None)

    @property
    def why(self) -> str:
        told = [one.text for one in self.core if one.text]
        return f"{' 与 '.join(told)} 不能同时成立" if len(told) > 1 else f"{told[0]} 不能成立"

    @property
    def witness(self) -> str:
        """The fact that comes nearest, and the test that it fails."""
        if self.nearest is None or self.failed is None:
            return ""
        return f"{self.nearest.shown(fields_of(one.test for one in self.core if one.test))}，只不合 {written(self.failed)}"


def check_firing(rule: Rule, when: Spot, spot: Spot, words: Vocabulary) -> None:
    """Reports a rule that never fires, and one that may divide by 0."""
    months = [month for month in words.months if rule.valid_from <= month <= rule.valid_to]
    if not months:
        words.report.add(spot.at("valid").value, "dead-rule", f"有效期不在 {words.year} 年内")
        return
    if not any(words.units[unit].there(month) for unit in rule.units for month in months):
        words.report.add(spot.at("units").value, "dead-rule", "规则有效的月份里，没有一个适用的单位", "检查单位的 from、to 和规则的 valid")
        return
    if rule.fact and not is_monthly(words.kinds[rule.fact.kind]):
        message = f"“{rule.fact.kind}”不属于哪一个月，没有规则会对它触发"
        words.report.add(rule.fact.place, "dead-rule", message)
        return
    found = [_firing_in(rule, scope, words) for scope in scopes(rule.units, months, words)]
    if all(isinstance(one, Dead) for one in found):
        _report_dead(found[0], rule, when, words)
        return
    for one in found:
        if isinstance(one, Division):
            told = "除数可能为 0" if one.proved else "无法证明除数不为 0"
            witness = one.shown(dated=len(found) > 1)
            words.report.add(spot.at("points").value, "division", told, one.hint, witness=witness)
            return


def division_in(rule: Rule, words: Vocabulary) -> str | None:
    """What shows that a rule may divide by 0 in some month of the year, on one line; None where it never does."""
    months = [month for month in words.months if rule.valid_from <= month <= rule.valid_to]
    found = (_firing_in(rule, scope, words) for scope in scopes(rule.units, months, words))
    one = next((each for each in found if isinstance(each, Division)), None)
    return one and (one.shown(dated=True) or "无法证明除数不为 0")


def _report_dead(dead: Dead, rule: Rule, when: Spot, words: Vocabulary) -> None:
    if dead.field is None:
        message = f"“{rule.fact.kind}”不会有一条事实，规则永远不会触发：{dead.why}"
        words.report.add(rule.fact.place, "dead-rule", message)
        return
    message = f"“{dead.field}”的条件互相矛盾，规则永远不会触发：{dead.why}"
    words.report.add(when.at("where", dead.field).key, "dead-rule", message, witness=dead.witness)


def scopes(units: Iterable[str], months: Sequence[str], words: Vocabulary) -> list[Scope]:
    """The months of a rule by the state of all settings, each with the names under which its units' facts come."""
    owners = _names(set(units), words)
    states = dict.fromkeys(words.states[month] for month in months)
    return [
        Scope(tuple(month for month in months if words.states[month] == state), owners, tuple(words.units))
        for state in states
    ]


def _names(units: set[str], words: Vocabulary) -> tuple[str, ...]:
    """The units and those that they go on for: a fact under an earlier or later name of a unit is that unit's."""
    while True:
        more = {name for name, unit in words.units.items() if unit.becomes in units}
        more |= {after for name in units if (after := words.units[name].becomes) is not None}
        if more <= units:
            return tuple(name for name in words.units if name in units)
        units = units | more


def settled(tests: Iterable[Test], kind: Kind, words: Vocabulary, month: str) -> list[Test]:
    return [settled_test(test, kind.fields, words.settings, month) for test in tests]


def fields_of(tests: Iterable[Test]) -> set[str]:
    """The fields that tests read."""
    return {name for test in tests for name in (test.field, *([test.value.name] if isinstance(test.value, FieldRef) else []))}


@dataclass(frozen=True, slots=True)
class Division:
    """A divisor that is 0 for a fact, or by the settings alone; or, not `proved`, one that could not be shown never to be."""

    formula: Formula
    settings: Mapping[str, Fraction]
    month: str
    names: frozenset[str] = frozenset()
    witness: Witness | None = None
    proved: bool = True

    def shown(self, *, dated: bool) -> str:
        if not self.proved:
            return ""
        bound = self.formula.bind(self.settings).bound
        told = [f"设置 {name} 为 {value}" for name, value in bound.items()]
        if self.witness is not None:
            told.insert(0, self.witness.shown(self.names, dated=dated))
        elif dated:
            told.insert(0, self.month)
        return "、".join(told) or self.formula.text

    @property
    def hint(self) -> str:
        """What keeps the divisor from being 0: a condition on its fields, another value of its settings, or else another formula."""
        divisor = self._divisor
        names = sorted(Formula("", divisor).names)
        fields, settings = [name for name in names if name not in self.settings], [name for name in names if name in self.settings]
        if isinstance(divisor, Name) and fields:
            return f"在 where 里加条件 {divisor.name}: {{gt: 0}}"
        ways = [f"在 where 里给{_quoted(fields)}加条件，使除数不为 0"] if fields else []
        ways += [f"给设置{_quoted(settings)}换一个值"] if settings else []
        return "，或".join(ways) or "改公式：这个除数总是 0"

    @property
    def _divisor(self) -> Node:
        """The innermost divisor that is 0 here; of what is not proved the innermost that is no number."""
        told = self.witness.values if self.witness else {}
        found = divisors(self.formula.tree)
        for one in (Formula("", node) for node in found):
            given = self.settings | {name: Fraction(told[name]) for name in one.names if name in told}
            if self.proved and one.value(given) == 0 or not self.proved and one.names:
                return one.tree
        return found[-1]


def _quoted(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


def _firing_in(rule: Rule, scope: Scope, words: Vocabulary) -> Dead | Division | None:
    """What is wrong with a rule in months with the same settings."""
    month = scope.months[0]
    kind = words.kinds[rule.fact.kind] if rule.fact else None
    if kind is None:
        return _constant_division(rule, words, month)
    tests = settled(rule.fact.tests, kind, words, month)
    if dead := dead_in(kind, tests, scope):
        return dead
    if not isinstance(rule.points, Formula) or not divisors(rule.points.tree):
        return None
    settings = words.numbers(month)
    held = {name: Range(value, value) for name, value in settings.items()} | ranges(kind, tests)
    if not may_divide_by_zero(rule.points.tree, held):
        return None
    from engine.dsl.proving import Facts, Unproved

    names = rule.points.names | fields_of(tests)
    try:
        found = Facts(kind, tests, scope).divided_by_zero(rule.points.tree, settings)
    except Unproved:
        return Division(rule.points, settings, month, proved=False)
    return found and Division(rule.points, settings, month, names, found)


def _constant_division(rule: Rule, words: Vocabulary, month: str) -> Division | None:
    settings = words.numbers(month)
    if isinstance(rule.points, Formula):
        try:
            rule.points.value(settings)
        except ZeroDivisionError:
            return Division(rule.points, settings, month)
    return None


def dead_in(kind: Kind, tests: Sequence[Test], scope: Scope) -> Dead | None:
    """The proof that no fact meets the tests, or None where one does, or none is found."""
    if is_alive(kind, tests, scope):
        return None
    from engine.dsl.proving import Facts

    facts = Facts(kind, tests, scope)
    core = facts.contradiction()
    if core is None:
        return None
    for one in core:
        if one.test is not None and (nearest := facts.witness(without=one.test)):
            return Dead(core, nearest, one.test)
    return Dead(core)


def dead_all_year(kind: Kind, tests: Sequence[Test], units: Iterable[str], words: Vocabulary) -> Dead | None:
    """The proof that no fact of these units meets the tests, whatever the settings are in any month of the year."""
    found: Dead | None = None
    for scope in scopes(units, words.months, words):
        found = dead_in(kind, settled(tests, kind, words, scope.months[0]), scope)
        if found is None:
            return None
    return found
