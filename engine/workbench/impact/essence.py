"""What a part of a ruleset means, without where it stands and in which order it is written: two parts mean the same where
their essences are equal."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction

from engine.dsl.findings import Place
from engine.dsl.formula import Binary, Call, Formula, Name, Negative, Node, Number, Say
from engine.dsl.model import Pattern, Test


def essence(value: object, without: Collection[str] = ()) -> Hashable:
    """A value that is equal for equal meanings; `without` names fields of the outermost class that do not count."""
    match value:
        case Formula():
            return "Formula", settled(value)
        case Say():
            return value.text
        case Place():
            return None
        case Pattern():
            return value.kind, frozenset(map(essence, value.tests))
        case Test(field, "in", choices):
            return field, frozenset(map(essence, choices))
        case Test(field, "eq", one):
            return field, frozenset([essence(one)])
        case Mapping():
            return frozenset((essence(key), essence(one)) for key, one in value.items())
        case set() | frozenset():
            return frozenset(map(essence, value))
        case tuple() | list():
            return tuple(map(essence, value))
    if is_dataclass(value):
        own = [each.name for each in fields(value) if each.name not in without]
        return type(value).__name__, tuple((name, essence(getattr(value, name))) for name in own)
    return value


def settled(formula: Formula) -> Node:
    """The tree of a formula with its settings as numbers."""

    def filled(node: Node) -> Node:
        match node:
            case Name(name) if name in formula.bound:
                return Number(formula.bound[name])
            case Negative(of):
                return Negative(filled(of))
            case Binary(op, left, right):
                return Binary(op, filled(left), filled(right))
            case Call(function, args):
                return Call(function, tuple(map(filled, args)))
        return node

    return filled(formula.tree)


def constant(formula: Formula) -> Fraction | None:
    """The number that a formula without fields is; None where it reads a field."""
    return formula.value({}) if formula.names <= formula.bound.keys() else None
