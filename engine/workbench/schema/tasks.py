"""The schemas of obligations.yaml and derive.yaml."""

from __future__ import annotations

from engine.dsl import shapes
from engine.dsl.model import Kind, Time
from engine.dsl.types import ChoiceType, DateType, WholeType
from engine.workbench.schema.kinds import Dictionary
from engine.workbench.schema.parts import (
    Schema,
    either,
    keys,
    many,
    of_shape,
    one_of,
    one_or_many,
    where_key_is,
    whole,
)
from engine.workbench.schema.rules import pattern

_DUE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_PARTS = ("due", "done_when", "standard", "breach")
# Which keys go with which kind of obligation, and which of them it cannot do without.
_OWN = {"by": (("due", "done_when"), ("due",)), "monthly": (("done_when", "standard"), ()), "clean": (("breach",), ("breach",))}


def obligations_file(facts: Dictionary) -> Schema:
    definitions = {f"where {kind.name}": facts.where(kind) for kind in facts.kinds.values()}
    definitions |= {
        f"every {kind.name}": keys({name: many(facts.value(field.type), minItems=1) for name, field in facts.fields(kind).items()})
        for kind in facts.kinds.values()
    }
    definitions |= {"pattern": pattern(facts, nones=False), "evidence": _evidence(facts)}
    known = {"progress": _progress(facts), "obligations": many(_obligation(facts))}
    return of_shape(shapes.ObligationsShape, known, definitions={**facts.definitions, **definitions})


def _progress(facts: Dictionary) -> Schema:
    def parts(kind: Kind) -> Schema:
        closed = {name: field.type.choices for name, field in kind.fields.items() if isinstance(field.type, ChoiceType)}
        numbers = [name for name, field in kind.fields.items() if isinstance(field.type, WholeType)]
        done = one_of(choice for choices in closed.values() for choice in choices)
        return {"properties": {"task": one_of(numbers), "status": one_of(closed), "done": done}}

    return of_shape(shapes.ProgressShape, {"fact": facts.fact()}, allOf=facts.by_kind(parts))


def _evidence(facts: Dictionary) -> Schema:
    def tests(kind: Kind) -> Schema:
        return {"properties": {key: {"$ref": f"#/definitions/{key} {kind.name}"} for key in ("where", "every")}}

    return of_shape(shapes.EvidenceShape, {"fact": facts.fact()}, allOf=facts.by_kind(tests))


def _obligation(facts: Dictionary) -> Schema:
    evidence = {"$ref": "#/definitions/evidence"}
    due = {"type": "string", "pattern": _DUE, "patternErrorMessage": "应为日期，如 2023-04-30"}
    known = {
        "units": facts.units(),
        "due": either(due, facts.setting(lambda value: facts.fits(DateType(), value))),
        "done_when": one_or_many(either(evidence, of_shape(shapes.AnyShape, {"any": many(evidence, minItems=1)}))),
        "breach": one_or_many({"$ref": "#/definitions/pattern"}),
        "standard": {"type": "object"},
    }

    def standard(kind: Kind) -> Schema:
        named = {"type": "object", "properties": {"fact": {"const": kind.name}}, "required": ["fact"]}
        done = either(named, {"type": "array", "contains": named})
        return {
            "if": {"properties": {"done_when": done}, "required": ["done_when", "standard"]},
            "then": {"properties": {"standard": {"$ref": f"#/definitions/where {kind.name}"}}},
        }

    return of_shape(shapes.ObligationShape, known, allOf=[
        *(where_key_is("kind", kind, {"properties": {part: False for part in _PARTS if part not in own}, "required": list(needed)})
          for kind, (own, needed) in _OWN.items()),
        *(standard(kind) for kind in facts.kinds.values()),
    ])  # fmt: skip


def derive_file(facts: Dictionary) -> Schema:
    made = [kind for kind in facts.kinds.values() if kind.time is Time.MONTHLY]
    sources = [kind for kind in facts.kinds.values() if kind.time is Time.RECORD]
    days = days_of(facts)

    def counted(kind: Kind) -> Schema:
        able = [name for name, field in facts.fields(kind).items() if field.type == WholeType()]
        needed = [name for name in kind.required if name not in kind.key]
        return {"properties": {"counts": keys(dict.fromkeys(able, {"type": "object"}), needed)}}

    def counting(kind: Kind) -> Schema:
        fields = facts.fields(kind)
        dates = [name for name, field in fields.items() if field.type == DateType()]
        within = of_shape(shapes.WithinShape, {"within": days, "of": one_of(dates)})
        tests = facts.where(kind)
        for name in dates:
            tests["properties"][name] = either(facts.test(fields[name], kind), within)
        telling = [name for name in dates if not fields[name].optional]
        return {"properties": {"month_of": one_of(telling), "counts": {"additionalProperties": tests}}}

    one = of_shape(
        shapes.DerivationShape,
        {"makes": facts.fact(made), "from": facts.fact(sources)},
        allOf=[*facts.by_kind(counted, "makes", made), *facts.by_kind(counting, "from", sources)],
    )
    return {**either({"$ref": "#/definitions/derivation"}, many({"$ref": "#/definitions/derivation"})),
            "definitions": {**facts.definitions, "derivation": one}}  # fmt: skip


def days_of(facts: Dictionary) -> Schema:
    """A number of days, or the setting that holds one."""
    return either(whole(0, 10**12), facts.setting(lambda value: facts.fits(WholeType(), value)))
