"""What a rule test may put in the place of a setting: only what the check would let stand in ruleset.yaml.

A value that the rules cannot read, or that makes one of them divide by 0, is told at its place in the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from engine.dsl.derivations import no_days
from engine.dsl.firing import division_in
from engine.dsl.formula import Formula, divisors
from engine.dsl.model import NONE, UNIT, Cap, Pattern, Rule, Ruleset, Setting, SettingRef, Test
from engine.dsl.types import BadValue, DateType, FieldType, UnitType
from engine.dsl.vocabulary import Vocabulary, number, words_of

_DATE = DateType()
_PERIODS = ("year", "month", NONE)


def overridden(ruleset: Ruleset, settings: Mapping[str, str]) -> Ruleset:
    """The ruleset with other values of settings, all year."""
    january = ruleset.months[0]
    told = {name: Setting(name, ((january, value, ""),)) for name, value in settings.items()}
    return replace(ruleset, settings={**ruleset.settings, **told})


def unreadable(ruleset: Ruleset, name: str, text: str) -> str | None:
    """What is wrong with a value of a setting wherever it is read; None where nothing is."""
    if wrong := _of_another_sort(ruleset.settings[name], text):
        return wrong
    readers = (_wrong_in_rules, _wrong_in_obligations, _wrong_in_derivations)
    return next(chain.from_iterable(wrong(ruleset, name, text) for wrong in readers), None)


def divided(ruleset: Ruleset, settings: Mapping[str, str]) -> tuple[str, str] | None:
    """The setting and what is wrong where values that can be read make a rule divide by 0; None where none does."""
    words: Vocabulary | None = None
    for rule in ruleset.rules:
        named = next((name for name in _of_divisors(rule) if name in settings), None)
        if named is not None:
            words = words or words_of(overridden(ruleset, settings))
            if found := division_in(rule, words):
                return named, f"规则 {rule.id}：除数可能为 0，例如 {found}"
    return None


def _of_another_sort(setting: Setting, text: str) -> str | None:
    values = [value for _, value, _ in setting.values]
    if number(text) is None and all(number(value) is not None for value in values):
        return f"设置“{setting.name}”应是一个数"
    if not _is_date(text) and all(map(_is_date, values)):
        return f"设置“{setting.name}”应是日期"
    return None


def _is_date(text: str) -> bool:
    try:
        return _DATE.parse(text) == text
    except BadValue:
        return False


def _of_divisors(rule: Rule) -> Iterator[str]:
    """The names that a rule's divisors hang on: those of its formula, and the settings of the tests of its fact."""
    if isinstance(rule.points, Formula) and divisors(rule.points.tree):
        yield from rule.points.names
        for test in rule.fact.tests if rule.fact else ():
            yield from (one.name for one in _references(test))


def _references(test: Test) -> Iterator[SettingRef]:
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    return (value for value in values if isinstance(value, SettingRef))


def _wrong_in_rules(ruleset: Ruleset, name: str, text: str) -> Iterator[str]:
    for rule in ruleset.rules:
        patterns = filter(None, (rule.fact, *rule.nones))
        wrong = [*_wrong_in_patterns(ruleset, patterns, name, text), *_wrong_in_limits(ruleset, rule, name, text)]
        yield from (f"规则 {rule.id}：{one}" for one in wrong)


def _wrong_in_obligations(ruleset: Ruleset, name: str, text: str) -> Iterator[str]:
    for one in ruleset.obligations:
        evidence = [each.pattern for each in one.evidence]
        standard = [replace(each, tests=one.standard) for each in evidence[:1]]  # of one kind of evidence only
        wrong = _wrong_in_patterns(ruleset, (*evidence, *standard, *one.breach), name, text)
        yield from (f"任务 {one.no}：{each}" for each in wrong)


def _wrong_in_derivations(ruleset: Ruleset, name: str, text: str) -> Iterator[str]:
    for derivation in ruleset.derivations:
        of = f"汇总“{derivation.makes}”："
        for count in derivation.counts:
            yield from (of + one for one in _wrong_in_patterns(ruleset, [Pattern(derivation.source, count.tests)], name, text))
            if any(within.days == SettingRef(name) for within in count.within) and (wrong := no_days(text)):
                yield f"{of}“{text}”不是工作日数，{wrong}"


def _wrong_in_patterns(ruleset: Ruleset, patterns: Iterable[Pattern], name: str, text: str) -> Iterator[str]:
    for pattern in patterns:
        for test in pattern.tests:
            if any(one.name == name for one in _references(test)):
                expected = _expected(ruleset, ruleset.kinds[pattern.kind].fields[test.field].type, text)
                if expected:
                    yield f"“{text}”不是“{test.field}”的值，应为{expected}"


def _expected(ruleset: Ruleset, field_type: FieldType, text: str) -> str | None:
    """What a text should be to be of a type; None where it is."""
    if isinstance(field_type, UnitType):
        return None if text in ruleset.units else "单位名单中的单位"
    try:
        field_type.parse(text)
    except BadValue as bad:
        return str(bad)
    return None


def _wrong_in_limits(ruleset: Ruleset, rule: Rule, name: str, text: str) -> Iterator[str]:
    fields, of = (ruleset.kinds[rule.fact.kind].fields, f"“{rule.fact.kind}”的字段") if rule.fact else ((), "")
    cap = rule.cap or Cap(1, NONE)
    for key, told, words, more, also in (
        ("once_per", rule.once_per, (UNIT, NONE), fields, of),
        ("best_of", rule.best_of, (NONE,), fields, of),
        ("cap 的 per", cap.per, _PERIODS, (), ""),
    ):
        if told == SettingRef(name) and text not in words and text not in more:
            yield f"{key} 不能是“{text}”，可用：{'、'.join(filter(None, (*words, also)))}"
    if cap.hundredths == SettingRef(name):
        points = number(text)
        if points is None or points <= 0 or (points * Fraction(100)).denominator != 1:
            yield f"封顶分值“{text}”应是大于 0 的数，至多两位小数"
