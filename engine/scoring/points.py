"""What one match is worth: exact, and rounded once (rules.md, "Meaning")."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from engine.dsl.formula import Formula, plain
from engine.dsl.model import Kind, Rule
from engine.facts import Fact


def hundredths(points: Fraction) -> int:
    """Points in whole hundredths, half away from zero.

    >>> hundredths(Fraction(1, 3)), hundredths(Fraction(-1, 200)), hundredths(Fraction(5, 1000))
    (33, -1, 1)
    """
    whole = abs(points) * 100
    rounded = (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)
    return rounded if points >= 0 else -rounded


def numbers(kind: Kind, fact: Fact) -> Mapping[str, Fraction]:
    """The fact's fields that a formula may read; an empty one is left out."""
    return {name: Fraction(fact.values[name]) for name in kind.numbers if name in fact.values}


def worth(rule: Rule, kind: Kind | None, fact: Fact | None) -> Fraction:
    """The exact points of a match, `times` included, before any limit."""
    if fact is None or kind is None:
        return rule.points.value({})
    if isinstance(rule.points, Formula):
        points = rule.points.value(numbers(kind, fact) if rule.points.names else {})
    else:
        points = rule.points.points[fact.values[rule.points.field]]
    return points * fact.values[rule.times] if rule.times else points


def is_flat(rule: Rule) -> bool:
    """Whether every match of a rule, settled for a month, is worth the same."""
    return rule.times is None and isinstance(rule.points, Formula) and not rule.points.names


def shown(rule: Rule, kind: Kind | None, fact: Fact | None) -> str:
    """The formula with the numbers of this match in it, as a notice shows it."""
    if fact is None or kind is None:
        return rule.points.shown({})
    if isinstance(rule.points, Formula):
        text = rule.points.shown(numbers(kind, fact), factor=rule.times is not None)
    else:
        value = fact.values[rule.points.field]
        text = f"{value}：{plain(rule.points.points[value])}"
    return f"{text} × {fact.values[rule.times]}" if rule.times else text


def decimal(points: int) -> str:
    """Hundredths as a number with two decimals, as in JSON and CSV: -1234.50."""
    sign = "-" if points < 0 else ""
    return f"{sign}{abs(points) // 100}.{abs(points) % 100:02d}"
