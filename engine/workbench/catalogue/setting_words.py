"""What a setting's value means where it is a word of the rule language: how often it counts, up to when, how a year is graded."""

from __future__ import annotations

from collections.abc import Iterator

from engine.dsl.model import NONE, UNIT, Rule, Ruleset, SettingRef
from engine.notices.annual_rules import CHOICES
from engine.notices.limits import PER

_MERGED = {"mean": "取原各单位的平均", "sum": "取原各单位的总和"}


def meaning(ruleset: Ruleset, name: str, value: str) -> str:
    """The meaning of a value by what reads its setting; empty of numbers, dates and what speaks for itself."""
    setting = SettingRef(name)
    told = [words for rule in ruleset.rules for words in _in_limits(rule, setting, value)]
    if ruleset.annual and setting in ruleset.annual.choices.values():
        told.append(CHOICES.get(value, ""))
    if ruleset.merged == setting:
        told.append(_MERGED[value])
    return "；".join(dict.fromkeys(filter(None, told)))


def _in_limits(rule: Rule, setting: SettingRef, value: str) -> Iterator[str]:
    if rule.once_per == setting:
        yield "每件都计" if value == NONE else "每个单位每年计一次" if value == UNIT else f"每个{value}每年计一次"
    if rule.best_of == setting:
        yield "每件都计" if value == NONE else f"同一{value}全年取最好的一次"
    if rule.cap is not None and rule.cap.per == setting:
        yield "不封顶" if value == NONE else f"{PER[value]}封顶"
