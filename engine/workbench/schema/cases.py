"""The schema of a file of rule tests."""

from __future__ import annotations

from engine.dsl import shapes
from engine.dsl.model import Kind
from engine.obligations.judging import Status
from engine.workbench.schema.kinds import Dictionary
from engine.workbench.schema.parts import MONTH, Schema, date, decimal, either, keys, many, month, of_shape, one_of

_LIMITS = ("none", "year", "month", "unit")  # what a setting that shapes a limit may say, beside a field
_TASK = r"^[1-9][0-9]{0,5}$"


def tests_file(facts: Dictionary, rules: dict[str, str], tasks: dict[str, str]) -> Schema:
    """`rules` and `tasks`: the titles by id and by number. Others are accepted too: they may have been written a moment ago."""
    words = facts.words
    letters = "".join(words.letters.values()) or "A-Z"
    code = f"^[{letters}][0-9]{{2}}[a-z]?$"
    points = decimal()
    told = {rule: {"description": title, **points} for rule, title in rules.items()}
    awards = keys(told, patternProperties={code: points})
    expect = keys(
        {**told, **dict.fromkeys(words.months, {"$ref": "#/definitions/awards"})},
        patternProperties={code: points, MONTH: {"$ref": "#/definitions/awards"}},
    )
    status = one_of(Status)
    case = of_shape(shapes.CaseShape, {
        "unit": facts.unit(),
        "month": month(words.months),
        "facts": keys({kind.name: _rows(kind) for kind in facts.kinds.values()}),
        "expect": expect,
        "ignore": many(either(one_of(rules), {"type": "string", "pattern": code})),
        "settings": keys({name: _override(facts, name) for name in words.settings}),
        "tasks": keys(
            {no: {"description": title, **status} for no, title in tasks.items()}, patternProperties={_TASK: status}
        ),
    }, anyOf=[{"required": ["expect"]}, {"required": ["tasks"]}])  # fmt: skip
    definitions = {**facts.definitions, "awards": awards, **{f"row {kind.name}": facts.row(kind) for kind in facts.kinds.values()}}
    return {"type": "array", "items": case, "definitions": definitions}


def _rows(kind: Kind) -> Schema:
    return many({"$ref": f"#/definitions/row {kind.name}"})


def _override(facts: Dictionary, name: str) -> Schema:
    if name in facts.numeric:
        return decimal()
    if name in facts.dates:
        return date()
    known = [*_LIMITS, *(field for kind in facts.kinds.values() for field in kind.fields)]
    return either(one_of(known), {"type": "string", "minLength": 1})  # a word may stand in a test too, for any value
