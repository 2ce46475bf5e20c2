"""`masked` of ruleset.yaml: fields that hold natural persons, whose names notices show in part only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.dsl.model import Kind
from engine.dsl.report import Spot
from engine.dsl.shapes import MaskShape
from engine.dsl.types import TextType, Value
from engine.dsl.vocabulary import Vocabulary
from engine.facts import Fact, canonical


@dataclass(frozen=True)
class Mask:
    """The text field of a kind that names a person, where `unless` (a field that only an organisation fills) is empty."""

    fact: str
    field: str
    unless: str | None = None


def read_masks(shapes: Sequence[MaskShape], spot: Spot, words: Vocabulary) -> tuple[Mask, ...]:
    return tuple(
        Mask(shape.fact, shape.field, shape.unless)
        for place, shape in enumerate(shapes)
        if _known(shape, spot.at(place), words)
    )


def _known(shape: MaskShape, spot: Spot, words: Vocabulary) -> bool:
    kind = words.kinds.get(shape.fact)
    if kind is None:
        words.report.unknown(spot.at("fact").value, "unknown-fact", "事实", shape.fact, words.kinds)
        return False
    for part, name in (("field", shape.field), ("unless", shape.unless)):
        if name is not None and name not in kind.fields:
            words.report.unknown(spot.at(part).value, "unknown-field", "字段", name, kind.fields)
            return False
    if type(kind.fields[shape.field].type) is not TextType:
        words.report.add(spot.at("field").value, "bad-value", f"“{shape.field}”不是文本，不会是人名")
        return False
    return True


def masked(masks: Sequence[Mask], kind: Kind, fact: Fact) -> Fact:
    """The fact as the public may see it, in values and key."""
    hidden = persons(masks, kind.name, fact.values)
    if not hidden:
        return fact
    key = [hidden.get(name, part) for name, part in zip(kind.key, json.loads(fact.key), strict=True)]
    return replace(fact, values={**fact.values, **hidden}, key=canonical(key))


def persons(masks: Sequence[Mask], kind: str, values: Mapping[str, Value]) -> dict[str, str]:
    """The fields of a fact, or of a record, that name a person, as they may be shown."""
    own = [one.field for one in masks if one.fact == kind and (one.unless is None or not values.get(one.unless))]
    return {name: masked_name(str(values[name])) for name in own if values.get(name)}


def masked_name(name: str) -> str:
    """A name by its first letter, and its last where it has more than two.

    >>> masked_name("张小明"), masked_name("张明"), masked_name("欧阳小明"), masked_name("张")
    ('张*明', '张*', '欧**明', '*')
    """
    if len(name) < 3:
        return f"{name[:-1]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"
