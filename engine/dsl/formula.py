"""The formula language: numbers, names, + - * /, a leading minus, brackets, min and max. Exact, and nothing else.

A formula is parsed once into a small tree and evaluated over rationals; a text is never given to Python.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property

from lark import Lark, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

LONGEST = 500
DEEPEST = 20

_GRAMMAR = r"""
?start: sum
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: factor | product "*" factor -> multiply | product "/" factor -> divide
?factor: atom | "-" atom -> negative
?atom: NUMBER -> number | NAME -> name | "(" sum ")" | FUNCTION "(" sum ("," sum)* ")" -> call
NUMBER: /[0-9]+(\.[0-9]+)?/
FUNCTION.2: /(min|max)(?=\s*\()/
NAME: /[^\W\d]\w*/
%ignore /\s+/
"""
_OPERATIONS: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_WRITTEN = {"+": " + ", "-": " − ", "*": " × ", "/": "/"}
_ATOM = 4


class BadFormula(ValueError):
    """A formula or sentence that cannot be read; `column` is the place in its text, from 1."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    of: Node


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: str  # min or max
    args: tuple[Node, ...]


Node = Number | Name | Negative | Binary | Call


def nodes(tree: Node) -> Iterator[Node]:
    """Every node of a tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case Negative(of):
                waiting.append(of)
            case Binary(_, left, right):
                waiting += (left, right)
            case Call(_, args):
                waiting += args


def divisors(tree: Node) -> list[Node]:
    """The divisors of a tree, those within another before it."""
    found = [node.right for node in nodes(tree) if isinstance(node, Binary) and node.op == "/"]
    return sorted(found, key=lambda node: sum(1 for _ in nodes(node)))


@dataclass(frozen=True)
class Formula:
    """A formula as written, its tree, and the settings that it was given already."""

    text: str
    tree: Node
    bound: Mapping[str, Fraction] = field(default_factory=dict, hash=False)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(node.name for node in nodes(self.tree) if isinstance(node, Name))

    def bind(self, settings: Mapping[str, Fraction]) -> Formula:
        """The formula with the settings that it names given."""
        return replace(self, bound={name: settings[name] for name in sorted(self.names) if name in settings})

    def value(self, fields: Mapping[str, Fraction]) -> Fraction:
        """The exact value; a field goes before a setting of the same name."""
        return _value(self.tree, {**self.bound, **fields})

    def shown(self, fields: Mapping[str, Fraction], *, factor: bool = False) -> str:
        """The formula with its numbers in place of the names: "5 × 5/10"; bracketed where a `factor` must be."""
        return _bracketed(_shown(self.tree, {**self.bound, **fields}), _STRENGTH["*"] if factor else 0)


def _value(node: Node, given: Mapping[str, Fraction]) -> Fraction:
    match node:
        case Number(value):
            return value
        case Name(name):
            return given[name]
        case Negative(of):
            return -_value(of, given)
        case Binary(op, left, right):
            return _OPERATIONS[op](_value(left, given), _value(right, given))
        case Call(function, args):
            return (min if function == "min" else max)(_value(arg, given) for arg in args)


def _shown(node: Node, given: Mapping[str, Fraction]) -> tuple[str, int]:
    """A node's text and how strongly it binds, so that only the needed brackets are written."""
    match node:
        case Number(value):
            return _told(value)
        case Name(name):
            return _told(given[name])
        case Negative(of):
            return "-" + _bracketed(_shown(of, given), _ATOM), 3
        case Binary(op, left, right):
            strength = _STRENGTH[op]
            before = _bracketed(_shown(left, given), strength)
            after = _shown(right, given)
            # a - (b + c) and a / (b * c) need their brackets; so does a negative number after an operator
            text = f"({after[0]})" if after[1] <= strength or after[0].startswith("-") else after[0]
            return before + _WRITTEN[op] + text, strength
        case Call(function, args):
            return f"{function}({', '.join(_shown(arg, given)[0] for arg in args)})", _ATOM


def _bracketed(shown: tuple[str, int], least: int) -> str:
    text, strength = shown
    return text if strength >= least else f"({text})"


def plain(number: Fraction) -> str:
    """A number as a decimal where it has an end, else as a quotient.

    >>> plain(Fraction(5, 4)), plain(Fraction(-2, 3)), plain(Fraction(-3))
    ('1.25', '-2/3', '-3')
    """
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return "-" + text if number < 0 else text


def _told(number: Fraction) -> tuple[str, int]:
    """A number and how strongly it binds among others: a quotient as a division, a negative one as a minus."""
    text = plain(number)
    return text, 2 if "/" in text else 3 if number < 0 else _ATOM


@v_args(inline=True)
class _Tree(Transformer):
    """Builds the tree while the text is parsed, so that no long formula makes anything recursive."""

    def number(self, token: str) -> Node:
        return Number(Fraction(str(token)))

    def name(self, token: str) -> Node:
        return Name(str(token))

    def negative(self, of: Node) -> Node:
        return Negative(of)

    def add(self, left: Node, right: Node) -> Node:
        return Binary("+", left, right)

    def subtract(self, left: Node, right: Node) -> Node:
        return Binary("-", left, right)

    def multiply(self, left: Node, right: Node) -> Node:
        return Binary("*", left, right)

    def divide(self, left: Node, right: Node) -> Node:
        return Binary("/", left, right)

    def call(self, function: str, *args: Node) -> Node:
        return Call(str(function), args)


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Tree(), maybe_placeholders=False)


def parse_formula(text: str) -> Formula:
    """The formula that a text says; raises BadFormula."""
    if len(text) > LONGEST:
        raise BadFormula(f"公式超过 {LONGEST} 个字", LONGEST + 1)
    _check_depth(text)
    try:
        return Formula(text, _parser().parse(text))
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise BadFormula("公式没有写完" if text.strip() else "公式是空的", len(text) + 1) from None
        raise _misplaced(error, str(error.token)) from None
    except UnexpectedCharacters as error:
        raise _misplaced(error, text[error.pos_in_stream]) from None


def _misplaced(error: UnexpectedInput, what: str) -> BadFormula:
    column = (error.pos_in_stream or 0) + 1
    return BadFormula(f"公式第 {column} 个字“{what}”不能出现在这里", column)


def _check_depth(text: str) -> None:
    depth = 0
    for column, letter in enumerate(text, 1):
        depth += (letter == "(") - (letter == ")")
        if depth > DEEPEST:
            raise BadFormula(f"公式的括号超过 {DEEPEST} 层", column)


@dataclass(frozen=True)
class Say:
    """A sentence with names in braces."""

    text: str
    parts: tuple[tuple[str, str | None], ...]  # a literal, then the name that follows it

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name for _, name in self.parts if name is not None)

    def render(self, texts: Mapping[str, str]) -> str:
        return "".join(literal + (texts[name] if name is not None else "") for literal, name in self.parts)


_BRACE = re.compile(r"\{\{|\}\}|\{\s*([^\W\d]\w*)\s*\}|[{}]")


def parse_say(text: str) -> Say:
    """The sentence that a text says; doubled braces stand for themselves. Raises BadFormula."""
    parts: list[tuple[str, str | None]] = []
    literal, end = "", 0
    for brace in _BRACE.finditer(text):
        literal += text[end : brace.start()]
        end = brace.end()
        if brace[1]:
            parts.append((literal, brace[1]))
            literal = ""
        elif len(brace[0]) == 2:
            literal += brace[0][0]
        else:
            raise BadFormula(f"第 {brace.start() + 1} 个字：花括号里应是一个字段名", brace.start() + 1)
    return Say(text, (*parts, (literal + text[end:], None)))
