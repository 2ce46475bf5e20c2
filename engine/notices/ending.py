"""What ends a loss, in words made of the rule's own parts: its fact's end, the report that is missing, or its tests."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dsl.formula import Formula, plain
from engine.dsl.model import Kind, Rule, Ruleset, Time
from engine.dsl.types import Value
from engine.ledger.book import Book, MatchLine
from engine.notices.rule_words import pattern_words, test_words
from engine.notices.wording import MINUS, month_words


def ending_words(book: Book, match: MatchLine, rule: Rule) -> str:
    """Until when a deduction goes on; empty where it was none."""
    return ends_words(book.ruleset, rule, match.fact and match.fact.values) if match.given < 0 else ""


def ends_words(ruleset: Ruleset, rule: Rule, values: Mapping[str, Value] | None) -> str:
    """What ends a deduction for a fact with these values; None for an absence."""
    if values is None or rule.fact is None:
        return f"自收到{'、'.join(map(pattern_words, rule.nones))}的当月起不再扣分" if rule.nones else ""
    kind = ruleset.kinds[rule.fact.kind]
    if kind.time is Time.STATE:
        return _state(values, kind)
    if kind.time is Time.EVENT:
        return "只扣本月，以后各月不再扣"
    return _monthly(kind, rule)


def _state(values: Mapping[str, Value], kind: Kind) -> str:
    end = values.get(kind.end_field)
    since = "自次月起" if kind.end_counts else "自该月起"
    if end is not None:
        return f"{kind.end_field}为{month_words(str(end))}，{since}不再扣分"
    return f"填报“{kind.name}”的{kind.end_field}后，{since}不再扣分"


def _monthly(kind: Kind, rule: Rule) -> str:
    if isinstance(rule.points, Formula) and rule.points.names - rule.points.bound.keys():
        written = rule.points.text.replace("*", "×").replace("-", MINUS)
        given = "、".join(f"{name}为{plain(value)}" for name, value in rule.points.bound.items())
        return f"当月“{kind.name}”使 {written}{f'（{given}）' if given else ''} 不小于 0 时不再扣分"
    tests = "、".join(map(test_words, rule.fact.tests)) if rule.fact else ""
    return f"当月“{kind.name}”不再是{tests}时不再扣分" if tests else f"没有“{kind.name}”的月份不扣分"
