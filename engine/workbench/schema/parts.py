"""JSON Schema out of the shapes of shapes.py, and the small parts that every file's schema is made of.

A language server types a scalar by YAML (5 is a number, 否 a text) where the ruleset reads a text. So a part says of each
type what it must be: `pattern` holds for texts, `minimum` for numbers, and neither looks at the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from engine.dsl import shapes
from engine.workbench.schema.notes import NOTES

Schema = dict[str, Any]

NEVER: Schema = {"not": {}}
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_MEANING, _LITERAL = re.compile(r"[\\^$.|?*+()\[\]{}/]"), r"\\\g<0>"  # what has a meaning in any dialect of patterns
_INT = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


def text(longest: int = 1000, **more: Any) -> Schema:
    # no list of types: a boolean among them would have "true" and "false" offered wherever a text stands
    return {"not": {"type": ["object", "array", "null"]}, "minLength": 1, "maxLength": longest, **more}


def month(months: Iterable[str] = ()) -> Schema:
    return {"type": "string", "pattern": MONTH, "patternErrorMessage": "应为月份，如 2023-04", **offered(months)}


def whole(low: int, high: int) -> Schema:
    """A whole number; as a text it may say 5.0 too."""
    return {"type": ["integer", "string"], "minimum": low, "maximum": high, **_written(r"^-?[0-9]{1,40}(\.0{1,40})?$", "应为整数")}


def decimal(low: int = -(10**9), high: int = 10**9, **more: Any) -> Schema:
    return {
        "type": ["number", "string"], "minimum": low, "maximum": high,
        **_written(r"^-?[0-9]{1,40}(\.[0-9]{1,40})?$", "应为一个数"), **more,
    }  # fmt: skip


def _written(pattern: str, message: str) -> Schema:
    return {"pattern": pattern, "patternErrorMessage": message}


def date() -> Schema:
    return {"type": "string", **_written(r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$", "应为日期，如 2023-04-30")}


def offered(words: Iterable[str]) -> Schema:
    """Words that completion offers and the check does not ask for."""
    words = list(words)
    return {"examples": words} if words else {}


def one_of(words: Iterable[str], notes: Iterable[str] = ()) -> Schema:
    """A closed list of texts. A text that YAML takes for another type stands in it as that too."""
    words = list(dict.fromkeys(words))
    typed = _typed_otherwise(words)
    notes = list(notes)
    if not words:
        return NEVER  # to a language server a list of no values is no schema at all
    return {"enum": words + typed, **({"enumDescriptions": notes} if notes and not typed else {})}


def accepted(words: Iterable[str]) -> Schema:
    """The same where completion is to offer none of them."""
    words = list(words)
    if not words:
        return NEVER
    plain = {"type": "string", "pattern": f"^(?:{'|'.join(_MEANING.sub(_LITERAL, word) for word in words)})$"}
    return either(plain, one_of(map(str, _typed_otherwise(words))))


def _typed_otherwise(words: Iterable[str]) -> list[int | float | bool]:
    found: list[int | float | bool] = []
    for value in map(typed_by_yaml, words):
        if not isinstance(value, str) and not any(value == other and type(value) is type(other) for other in found):
            found.append(value)
    return found


def typed_by_yaml(word: str) -> str | int | float | bool:
    """What the core schema of YAML 1.2 reads a plain scalar as. These values go to an editor, no points among them."""
    if word in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return word[0] in "tT"
    if _INT.fullmatch(word):
        return int(word)
    return json.loads(word) if _DECIMAL.fullmatch(word) else word


def keys(properties: Mapping[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    """An object of these keys and no others."""
    needed = list(required)
    more = {key: value for key, value in more.items() if key != "allOf" or value}  # a list of none is no JSON Schema
    schema = {"type": "object", "properties": dict(properties), "additionalProperties": False, **more}
    return {**schema, "required": needed} if needed else schema


def many(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


def either(*ways: Schema) -> Schema:
    possible = [way for way in ways if way != NEVER]
    return {"anyOf": possible} if possible else NEVER


def by_form(scalar: Schema, mapping: Schema, listed: Schema | None = None) -> Schema:
    """What may be written in several forms, each checked as itself, so that a fault is told of the form that was meant."""
    forms = [{"if": {"type": "object"}, "then": mapping}]
    if listed is not None:
        forms.append({"if": {"type": "array"}, "then": listed})
    others = ["object"] if listed is None else ["object", "array"]
    # not as an `else`: completion of a value that is not there yet looks into anyOf only
    return {"allOf": [*forms, {"anyOf": [scalar, {"type": others}]}]}


def one_or_many(item: Schema) -> Schema:
    return either(item, many(item, minItems=1))


def where_key_is(key: str, word: str, then: Schema) -> Schema:
    """What holds where a key of the object has this value."""
    return {"if": {"properties": {key: {"const": word}}, "required": [key]}, "then": then}


def of_shape(shape: type[shapes.Shape], known: Mapping[str, Schema] = {}, **more: Any) -> Schema:
    """The keys of a shape, each with its note; `known` are the parts that the shape leaves open or the dictionary narrows."""
    hints = get_type_hints(shape, include_extras=True)
    properties, required = {}, []
    for name, info in shape.model_fields.items():
        key = info.alias or name
        properties[key] = {"description": NOTES[shape][key], **(known[key] if key in known else _typed(hints[name]))}
        if info.is_required():
            required.append(key)
    return keys(properties, required, **more)


def _typed(hint: Any) -> Schema:
    if hint is Any:
        return {}
    if hint in _TEXTS:
        return dict(_TEXTS[hint])
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):  # X | None
        return _typed(args[0])
    if origin is Literal:
        return {"enum": list(args)}
    if origin is list:
        return many(_typed(args[0]))
    if origin is dict:
        return {"type": "object", "additionalProperties": _typed(args[1])}
    if hint is str:
        return {"type": ["string", "number", "boolean", "null"]}
    return of_shape(hint)


_TEXTS: Mapping[Any, Schema] = {
    shapes.Text: text(),
    shapes.Month: month(),
    shapes.Year: {"type": ["integer", "string"], "minimum": 0, "maximum": 9999, **_written("^[0-9]{4}$", "应为年度，如 2023")},
    shapes.Whole: {"type": ["integer", "string"], "minimum": 1, "maximum": 999999, **_written("^[1-9][0-9]{0,5}$", "应为大于 0 的整数")},
    shapes.Letter: {"type": "string", **_written("^[A-Z]$", "应为一个大写字母")},
}
