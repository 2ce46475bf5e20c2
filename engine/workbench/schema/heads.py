"""The schemas of the files that rules are checked against: ruleset.yaml, facts.yaml, units.yaml, clauses.yaml.

A name that the file itself gives (a setting, a category, a unit) is offered where it is used in the same file, and not
asked for: it may have been written a moment ago.
"""

from __future__ import annotations

from enum import EnumType

from engine.dsl import shapes
from engine.dsl.annual import RankBy, Scale, Ties, Vetoed
from engine.dsl.dictionary import WORDS
from engine.dsl.model import Kind, Time
from engine.dsl.types import TextType, UnitType
from engine.dsl.units import MERGED
from engine.workbench.schema.kinds import Dictionary
from engine.workbench.schema.notes import SETTING
from engine.workbench.schema.parts import (
    MONTH,
    Schema,
    decimal,
    either,
    keys,
    many,
    month,
    of_shape,
    offered,
    one_of,
    text,
    whole,
)

_NAME = {"pattern": r"^[^\s0-9+*/(){}\[\],.:<>=!-][^\s+*/(){}\[\],.:<>=!-]*$", "patternErrorMessage": "名称以文字开头，只含文字、数字和下划线"}
_TYPE = r"^(optional )?\s*(%s|[0-9]{1,12}-[0-9]{1,12}|\[.+\])$"


def ruleset_file(facts: Dictionary) -> Schema:
    words = facts.words
    texts = dict.fromkeys(
        name for kind in facts.kinds.values() for name, field in kind.fields.items()
        if isinstance(field.type, TextType) and not isinstance(field.type, UnitType)
    )  # fmt: skip
    setting = keys({"setting": text(description=SETTING, **offered(words.settings))}, ["setting"])
    days = either(whole(0, 10**12), setting)
    dated = of_shape(shapes.DatedShape)
    months = keys({"review": month(words.months)}, patternProperties={MONTH: dated}, minProperties=1)
    months["properties"] |= dict.fromkeys(words.months, dated)
    band = many(of_shape(shapes.BandShape), minItems=1)
    known = {
        "category_letters": _by_category(facts, {"type": "string", "pattern": "^[A-Z]$"}),
        **{key: one_of(texts) for key in ("numbered_field", "credit_code_field", "digest_field")},
        "settings": {"type": "object", "propertyNames": _NAME, "additionalProperties": either(text(), months)},
        "grades": _by_category(facts, band),
        "annual": _annual(facts, setting),
        "rates": {"type": "object", "additionalProperties": _rate(facts)},
        "adjustments": _naming(facts, shapes.AdjustmentsShape, Time.EVENT),
        "checks": _naming(facts, shapes.ChecksShape, Time.MONTHLY),
        "opening": _naming(facts, shapes.OpeningShape, Time.MONTHLY),
        "masked": many(_naming(facts, shapes.MaskShape)),
        "units": of_shape(shapes.MergersShape, {"merged": either(one_of(MERGED), setting)}),
        "review": of_shape(shapes.ReviewShape, {"within": days}),
        "letters": of_shape(shapes.LettersShape, {
            "answer_within": days, "due_within": days, "escalate_after": either(whole(1, 10**12), setting),
        }),
    }  # fmt: skip
    return of_shape(shapes.RulesetShape, known)


def _by_category(facts: Dictionary, value: Schema) -> Schema:
    return {"type": "object", "properties": dict.fromkeys(facts.words.categories, value), "additionalProperties": value}


def _annual(facts: Dictionary, setting: Schema) -> Schema:
    def choice(words: EnumType) -> Schema:
        return either(one_of(word.value for word in words), setting)

    weight = either(decimal(low=0), setting)
    choices = {"scale": choice(Scale), "rank_by": choice(RankBy), "ties": choice(Ties), "vetoed": choice(Vetoed)}
    return _naming(facts, shapes.AnnualShape, Time.ANNUAL, {"months_weight": weight, "evaluation_weight": weight, **choices})


def _naming(facts: Dictionary, shape: type[shapes.Shape], time: Time | None = None, more: dict[str, Schema] = {}) -> Schema:
    """A part of ruleset.yaml that names a kind and some of its fields."""
    kinds = [kind for kind in facts.kinds.values() if time is None or kind.time is time]
    parts = [part for part in shape.model_fields if part != "fact" and part not in more]

    def fields(kind: Kind) -> Schema:
        return {"properties": {part: one_of(kind.fields) for part in parts}}

    return of_shape(shape, {"fact": facts.fact(kinds), **more}, allOf=facts.by_kind(fields, kinds=kinds) if parts else [])


def _rate(facts: Dictionary) -> Schema:
    monthly = [kind for kind in facts.kinds.values() if kind.time is Time.MONTHLY]
    return of_shape(
        shapes.RateShape,
        {"fact": facts.fact(monthly)},
        allOf=facts.by_kind(lambda kind: {"properties": {"value": facts.formula(kind.numbers)}}, kinds=monthly),
    )


def facts_file(facts: Dictionary) -> Schema:
    words = [*WORDS, *(f"optional {word}" for word in WORDS)]
    plain = {"type": "string", "pattern": _TYPE % "|".join(WORDS), "patternErrorMessage": f"应为 {'、'.join(WORDS)}、1-13 这样的范围，或取值的列表"}
    kind = of_shape(shapes.KindShape, {
        "fields": {"type": "object", "propertyNames": _NAME, "additionalProperties": either(
            one_of(words), plain, many(text(), minItems=1, uniqueItems=True),
        )},
        "key": many(text(), minItems=1),
        "check": many({"type": "string", "pattern": r"^\s*\S+?\s*(<=|>=|!=|<|>|=)\s*\S+\s*$", "patternErrorMessage": "写成：字段 <= 字段，或 字段 >= 数"}),
        "route": keys(dict.fromkeys(facts.words.categories, text())),
    })  # fmt: skip
    return {"type": "object", "propertyNames": _NAME, "additionalProperties": kind}


def units_file(facts: Dictionary) -> Schema:
    groups = dict.fromkeys(group for unit in facts.words.units.values() for group in unit.groups)
    unit = of_shape(shapes.UnitShape, {
        "category": one_of(facts.words.categories), "groups": many(text(**offered(groups))),
        "becomes": text(**offered(facts.words.units)),
    })  # fmt: skip
    return of_shape(shapes.UnitsShape, {"units": many(unit)})


def clauses_file(facts: Dictionary) -> Schema:
    return of_shape(shapes.ClausesShape)
