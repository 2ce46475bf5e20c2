"""Small rules and facts, as plain as they come, for the tests of the inference room."""

from engine.dsl.formula import parse_formula
from engine.dsl.model import Pattern, Rule
from engine.dsl.model import Test as Condition
from engine.facts import Fact, canonical


def rule(id_: str, fact: Pattern | None = None, *nones: Pattern) -> Rule:
    return Rule(id_, id_, "", "部门", (), fact, nones, parse_formula("1"))


def pattern(kind: str, *tests: tuple) -> Pattern:
    return Pattern(kind, tuple(Condition(*test) for test in tests))


def fact(name: str | int, kind: str = "甲", **values) -> Fact:
    return Fact(kind, canonical([name]), values)


def pairs(fired) -> set[tuple[str, str | None]]:
    return {(rule_id, one.key if one else None) for rule_id, one in fired}
