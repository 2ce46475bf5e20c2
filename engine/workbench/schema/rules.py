"""The schema of a file of rules: what a rule may say follows from its category and from the fact it fires on."""

from __future__ import annotations

from engine.dsl import shapes
from engine.dsl.intervals import closed_values
from engine.dsl.model import NONE, UNIT, Field, Kind
from engine.dsl.types import ChoiceType, WholeType
from engine.dsl.vocabulary import number
from engine.workbench.schema.kinds import Dictionary
from engine.workbench.schema.notes import NOTES
from engine.workbench.schema.parts import (
    NEVER,
    Schema,
    by_form,
    decimal,
    either,
    keys,
    many,
    month,
    of_shape,
    one_of,
    one_or_many,
    text,
    where_key_is,
)

_PERIODS = ("year", "month", NONE)
_OPEN = ("points", "times", "once_per", "best_of", "say")  # what these may say depends on the fact


def rules_file(facts: Dictionary) -> Schema:
    words = facts.words
    definitions = {f"where {kind.name}": facts.where(kind) for kind in facts.kinds.values()}
    definitions |= {f"worth {kind.name}": _worth(facts, kind) for kind in facts.kinds.values()}
    definitions |= {"worth": _worth(facts, None), "pattern": pattern(facts), "rule": _rule(facts)}
    return of_shape(
        shapes.RulesShape,
        {"category": one_of(words.categories), "rules": many({"$ref": "#/definitions/rule"})},
        allOf=[where_key_is("category", category, _of_category(facts, category)) for category in words.categories],
        definitions={**facts.definitions, **definitions},
    )


def pattern(facts: Dictionary, nones: bool = True) -> Schema:
    """One pattern; the tests of each kind stand in the definitions of the file."""

    def tests(kind: Kind) -> Schema:
        return {"properties": {"where": {"$ref": f"#/definitions/where {kind.name}"}}}

    parts = ("fact", "none") if nones else ("fact",)
    schema = of_shape(
        shapes.PatternShape,
        {part: facts.fact() for part in parts},
        allOf=[one for part in parts for one in facts.by_kind(tests, part)],
    )
    if nones:
        return {**schema, "oneOf": [{"required": ["fact"]}, {"required": ["none"]}]}
    del schema["properties"]["none"]
    return {**schema, "required": ["fact"]}


def _rule(facts: Dictionary) -> Schema:
    words = facts.words

    def period(accepted: tuple[str, ...]) -> Schema:
        return either(one_of(accepted), facts.setting(lambda value: value in accepted))

    def above_zero(value: str) -> bool:
        points = number(value)
        return points is not None and points > 0 and (points * 100).denominator == 1

    valid = of_shape(shapes.ValidShape, {"from": month(words.months), "to": month(words.months)})
    cap = of_shape(
        shapes.CapShape, {"points": either(decimal(exclusiveMinimum=0), facts.setting(above_zero)), "per": period(_PERIODS)}
    )
    clause = one_of(words.clauses) if words.clauses is not None else {}
    known = {
        "id": text(), "valid": valid, "cap": cap,
        "units": either(one_of(["all"]), facts.units()),
        "when": one_or_many({"$ref": "#/definitions/pattern"}),
        **{key: {} for key in _OPEN},
    }  # fmt: skip
    of_the_group = {"properties": {"id": {"pattern": "^.00"}}, "required": ["id"]}
    return of_shape(shapes.RuleShape, known, allOf=[
        {"if": of_the_group, "then": {}, "else": {"required": ["clause"], "properties": {"clause": clause}}},
        *({"if": _fires_on(kind), "then": {"$ref": f"#/definitions/worth {kind.name}"}} for kind in facts.kinds.values()),
        {"if": {"not": _fires_on(None), "required": ["when"]}, "then": {"$ref": "#/definitions/worth"}},
    ])  # fmt: skip


def _fires_on(kind: Kind | None) -> Schema:
    """A rule with a fact pattern of the kind, or of any kind."""
    named = {"type": "object", "required": ["fact"], **({"properties": {"fact": {"const": kind.name}}} if kind else {})}
    return {"properties": {"when": either(named, {"type": "array", "contains": named})}, "required": ["when"]}


def _worth(facts: Dictionary, kind: Kind | None) -> Schema:
    """What a rule gives, out of the fields of its fact; without one, out of settings alone."""
    fields = facts.fields(kind) if kind else {}
    closed = {name: field for name, field in fields.items() if closed_values(field.type) is not None}
    setting = facts.named_setting(facts.numeric)
    table = _table(facts, closed) if closed else NEVER
    ways = {
        "points": by_form(
            facts.formula(name for name, field in fields.items() if field.type.numeric),
            {"if": {"required": ["setting"]}, "then": setting, "else": table},
        ),
        "times": one_of(name for name, field in fields.items() if isinstance(field.type, WholeType)),
        "once_per": either(
            one_of([UNIT, NONE, *fields]),
            many(one_of([UNIT, *fields]), minItems=1),
            facts.setting(lambda value: value in (UNIT, NONE, *fields)),
        ),
        "best_of": either(one_of([NONE, *fields]), facts.setting(lambda value: value in (NONE, *fields))),
        "say": facts.sentence(kind),
    }
    return {"properties": {key: {"description": NOTES[shapes.RuleShape][key], **ways[key]} for key in _OPEN}}


def _table(facts: Dictionary, closed: dict[str, Field]) -> Schema:
    points = by_form(decimal(), facts.named_setting(facts.numeric))

    def of(field: Field) -> Schema:
        values = [str(value) for value in closed_values(field.type)]
        if isinstance(field.type, ChoiceType):
            return {"properties": {"table": keys(dict.fromkeys(values, points), values)}}
        # 1, 01 and 1.0 say the same value, so they are counted
        every = {"minProperties": len(values), "maxProperties": len(values)}
        whole = {r"^-?[0-9]+(\.0+)?$": points}
        return {"properties": {"table": keys(dict.fromkeys(values, points), patternProperties=whole, **every)}}

    known = {"by": one_of(closed), "table": {"type": "object"}}
    return of_shape(
        shapes.TableShape, known, allOf=[where_key_is("by", name, of(field)) for name, field in closed.items()]
    )


def _of_category(facts: Dictionary, category: str) -> Schema:
    """The ids of the category begin with its letter, and its vetoes name its grades."""
    letter, grades = facts.words.letters.get(category), [band.grade for band in facts.words.bands.get(category, ())]
    code = {
        "pattern": f"^{letter or '[A-Z]'}[0-9]{{2}}[a-z]?$",
        "patternErrorMessage": f"“{category}”的编号写成 {letter or 'D'}01 或 {letter or 'D'}01a",
    }
    veto = {"properties": {"grade": one_of(grades)}} if grades else {}
    narrowed = {"id": code, "replaces": code, "veto": veto}
    told = {key: {"description": NOTES[shapes.RuleShape][key], **schema} for key, schema in narrowed.items()}
    return {"properties": {"rules": {"items": {"properties": told}}}}
