"""What ends a loss, in words made of the rule's own parts: its fact's end, the report that is missing, or its tests."""

from __future__ import annotations

from engine.dsl.formula import Formula, plain
from engine.dsl.model import Kind, Rule, Time
from engine.ledger.book import Book, MatchLine
from engine.notices.rule_words import pattern_words, test_words
from engine.notices.wording import MINUS, month_words


def ending_words(book: Book, match: MatchLine, rule: Rule) -> str:
    """Until when a deduction goes on; empty where it was none."""
    if match.given >= 0:
        return ""
    if match.fact is None or rule.fact is None:
        return f"自收到{'、'.join(map(pattern_words, rule.nones))}的当月起不再扣分" if rule.nones else ""
    kind = book.ruleset.kinds[match.fact.kind]
    if kind.time is Time.STATE:
        return _state(match, kind)
    if kind.time is Time.EVENT:
        return "只扣本月，以后各月不再扣"
    return _monthly(kind, rule)


def _state(match: MatchLine, kind: Kind) -> str:
    end = match.fact.values.get(kind.end_field) if match.fact else None
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
