"""Why a rule gave nothing, in words: nothing reported is not the same as reported and worth nothing."""

from __future__ import annotations

from engine.chinese_dates import value_words
from engine.dsl.formula import plain
from engine.dsl.model import FieldRef, Kind, PointsTable, Rule, Ruleset, Test
from engine.ledger.book import FactLine
from engine.ledger.idle import Gap, Idle
from engine.notices.rule_words import OPS, pattern_words


def takes(rule: Rule) -> bool:
    """Whether a rule deducts, as far as that can be seen without a fact."""
    if isinstance(rule.points, PointsTable):
        return all(points < 0 for points in rule.points.points.values())
    try:
        return rule.points.value({}) < 0
    except (KeyError, ZeroDivisionError):
        return False


def idle_mark(idle: Idle, rule: Rule) -> str:
    """In a word: that nothing was reported, or that what was reported gave or took nothing."""
    return "无上报" if rule.fact and not idle.count else f"未{'扣分' if takes(rule) else '得分'}"


def idle_words(ruleset: Ruleset, idle: Idle, rule: Rule) -> str:
    """The sentence for a rule that did not fire."""
    barred = "、".join(pattern_words(bar.pattern) for bar in idle.bars)
    if rule.fact is None:
        return f"当月已有{barred}，本条不触发"
    name = rule.fact.kind
    if not idle.count:
        return f"当月没有“{name}”{'，不扣分' if takes(rule) else ''}"
    if idle.fitting:
        return f"符合本条的“{name}”{idle.fitting}条，而当月已有{barred}，本条不触发"
    kind = ruleset.kinds[name]
    failed = "；".join(gap_words(kind, gap) for gap in idle.nearest.gaps)
    if idle.count == 1:
        return f"“{name}”1条，不符合本条条件：{failed}"
    about = about_words(kind, idle.nearest.fact)
    return f"“{name}”{idle.count}条，均不符合本条条件；最接近的{f'是{about}' if about else '一条'}：{failed}"


def gap_words(kind: Kind, gap: Gap) -> str:
    """What a fact has in the field of a test that it did not meet, what the test wants, and how far off it is."""
    test = gap.test
    if test.op == "given":
        return f"{test.field}{'未填，应填写' if test.value else '已填，应不填'}"
    type_ = kind.fields[test.field].type
    has = "未填" if gap.value is None else f"为{value_words(type_, gap.value)}"
    off = f"，差{plain(gap.by)}{gap.unit}" if gap.by else ""
    return f"{test.field}{has}（应{_wanted(kind, test, gap.against)}{off}）"


def _wanted(kind: Kind, test: Test, against: object) -> str:
    type_ = kind.fields[test.field].type
    if isinstance(test.value, FieldRef):
        other = "，而它未填" if against is None else f"（{value_words(type_, against)}）"
        return f"{'等于' if test.op == 'eq' else OPS[test.op]}{test.value.name}{other}"
    values = against if isinstance(against, tuple) else (against,)
    return f"{OPS[test.op]}{'或'.join(value_words(type_, value) for value in values)}"


def about_words(kind: Kind, fact: FactLine) -> str:
    """A fact by its key, without the unit and the month, which stand beside it; empty where the key is no more than these."""
    told = [part for name, part in zip(kind.key, fact.key, strict=True) if name not in (kind.unit_field, kind.month_field)]
    return "“" + " ".join(filter(None, told)) + "”" if any(told) else ""
