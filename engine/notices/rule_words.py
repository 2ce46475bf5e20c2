"""Rules and obligations in words: when they fire, what they give, what bounds them; settled, or with settings by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.dsl.formula import Formula, plain
from engine.dsl.model import Cap, FieldRef, Kind, Pattern, PointsTable, Rule, SettingRef, Test, Time
from engine.dsl.obligation import Duty, Evidence, Obligation, Progress
from engine.ledger.book import MatchLine
from engine.notices.limits import PER
from engine.notices.wording import MINUS, pts
from engine.scoring.points import hundredths

OPS = {"eq": "为", "ne": "不为", "gt": "大于", "ge": "不小于", "lt": "小于", "le": "不大于", "in": "为"}


def rule_words(rule: Rule) -> str:
    """A settled rule's title, points and limits in one sentence."""
    return "；".join([f"{rule.title}：{points_words(rule.points)}", *limits_words(rule)])


def limits_words(rule: Rule) -> list[str]:
    """What a rule counts by and what bounds it, a phrase each; the cap's points alone may be a setting."""
    limits = [f"按{rule.times}累计"] if rule.times else []
    if rule.once_per is not None:
        fields = [field for field in rule.once_per if field != "unit"]
        limits.append(f"每个{'、'.join(fields)}每年计一次" if fields else "每年计一次")
    if rule.best_of is not None:
        limits.append(f"同一{rule.best_of}全年取最好的一次")
    if rule.cap is not None:
        limits.append(_cap_words(rule.cap))
    return limits


def _cap_words(cap: Cap) -> str:
    most = f"{setting_words(cap.hundredths)}的值" if isinstance(cap.hundredths, SettingRef) else f"{pts(cap.hundredths)}分"
    return f"{PER[cap.per]}累计以{most}为限"


def points_words(points: Formula | PointsTable) -> str:
    """The points with the settings that they were given; names of settings that they were not stay names."""
    if isinstance(points, PointsTable):
        return "、".join(f"{value}{_table_points(each)}" for value, each in points.points.items())
    if plain_number(points.text):
        return f"{pts(hundredths(points.value({})))}分"
    if points.names <= points.bound.keys():
        return f"{points.shown({})}分".replace("-", MINUS)
    written = points.text.replace("*", "×").replace("-", MINUS)
    given = "、".join(f"{name}为{plain(value)}" for name, value in points.bound.items())
    return f"{written}（{given}）" if given else written


def _table_points(points: object) -> str:
    return f"为{setting_words(points)}的值" if isinstance(points, SettingRef) else f"{pts(hundredths(points))}分"


def formula_words(match: MatchLine, rule: Rule) -> str:
    """The formula with its result; a plain number is not worth a line."""
    if plain_number(match.formula):
        return ""
    if isinstance(rule.points, PointsTable):
        return f"{match.formula} = {pts(match.raw)}" if rule.times else match.formula
    return f"{match.formula} = {pts(match.raw)}".replace("-", MINUS)


def plain_number(formula: str) -> bool:
    """Whether a formula is a number of at most two decimals, which the points beside it show already."""
    return re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", formula.strip().replace(MINUS, "-")) is not None


def when_words(rule: Rule, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """When a rule fires, a sentence for each pattern."""
    absences = [f"当月没有{pattern_words(none)}" for none in rule.nones]
    if rule.fact is None:
        return (f"{'，也'.join(absences)}的，计一次。",)
    kind, facts = kinds[rule.fact.kind], pattern_words(rule.fact)
    if kind.time is Time.STATE:
        last = "也算" if kind.end_counts else "不算"
        fires = f"每有一条当月仍在持续的{facts}，逐月计一次，终止当月{last}"
    else:
        fires = f"当月每有一条{facts}，计一次"
    return (f"{fires}。", *(f"并且{absence}。" for absence in absences))


def pattern_words(pattern: Pattern) -> str:
    tests = "、".join(map(test_words, pattern.tests))
    return f"{tests}的“{pattern.kind}”" if tests else f"“{pattern.kind}”"


def test_words(test: Test) -> str:
    if test.op == "given":
        return f"{'填有' if test.value else '未填'}{test.field}"
    if isinstance(test.value, FieldRef):
        return f"{test.field}{'等于' if test.op == 'eq' else OPS[test.op]}{test.value.name}"
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    return f"{test.field}{OPS[test.op]}{'或'.join(map(_value_words, values))}"


def _value_words(value: object) -> str:
    return f"{setting_words(value)}的值" if isinstance(value, SettingRef) else str(value)


def setting_words(setting: SettingRef) -> str:
    return f"设置“{setting.name}”"


def evidence_words(task: Obligation) -> str:
    """The facts that show that a task is done; empty where its progress alone does."""
    return "、".join("或".join(map(_shown, condition)) for condition in task.done_when)


def _shown(evidence: Evidence) -> str:
    each = "".join(f"{name}{'、'.join(map(str, values))}各项的" for name, values in evidence.every)
    return f"{each}{pattern_words(evidence.pattern)}"


def progress_words(task: Obligation, progress: Progress) -> str:
    """The report of progress that counts for a task: anything of a monthly one, else that it is done."""
    monthly = task.duty is Duty.MONTHLY
    return f"“{progress.fact}”" if monthly else f"{progress.status}为{progress.done}的“{progress.fact}”"
