"""A fact as the engine reads it: typed values under the dictionary's names, and the version it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.dsl.model import Kind
from engine.dsl.types import Value


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One fact; `key` is the canonical JSON list of its key's values, `version` the id of its stored version."""

    kind: str
    key: str
    values: Mapping[str, Value]
    version: int = 0
    order: tuple[tuple[int, str | int], ...] = field(init=False)  # by the key, numbers before texts, empty first

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", key_order(self.key))


def key_order(key: str) -> tuple[tuple[int, str | int], ...]:
    return tuple((0, "") if part is None else (1, part) if isinstance(part, int) else (2, part) for part in json.loads(key))


def key_texts(key: str) -> tuple[str, ...]:
    """The parts of a key as people read them; an empty part is an empty text."""
    return tuple("" if part is None else str(part) for part in json.loads(key))


def restore(kind: Kind, fields: str) -> dict[str, Value]:
    """The values of a stored fact, typed as the dictionary says."""
    values = json.loads(fields)
    for name in kind.decimals:
        if name in values:
            values[name] = kind.fields[name].type.restore(values[name])
    return values


def canonical(value: object) -> str:
    """JSON with one spelling, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
