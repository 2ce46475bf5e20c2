"""A fact as the engine reads it: typed values under the dictionary's names, and the version it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring

from engine.dsl.model import Kind
from engine.dsl.types import Value

KeyOrder = tuple[tuple[int, str | int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One fact; `key` is the canonical JSON list of its key's values, `version` the id of its stored version."""

    kind: str
    key: str
    values: Mapping[str, Value]
    version: int = 0
    order: KeyOrder = ()  # the place of this fact among those of its kind; made from the key where it is not given

    def __post_init__(self) -> None:
        if not self.order:
            object.__setattr__(self, "order", key_order(json.loads(self.key)))


def key_order(parts: Sequence[str | int | None]) -> KeyOrder:
    """How keys of one kind sort: part by part, an empty one first, numbers as numbers before texts."""
    return tuple([(0, "") if part is None else (1, part) if isinstance(part, int) else (2, part) for part in parts])


def key_texts(key: str) -> tuple[str, ...]:
    """The parts of a key as people read them; an empty part is an empty text."""
    return tuple("" if part is None else str(part) for part in json.loads(key))


def key_line(key: str) -> str:
    """A key on one line, as the ledger and JSON name a fact: value|value."""
    return "|".join(key_texts(key))


def restore(kind: Kind, fields: str) -> dict[str, Value]:
    """The values of a stored fact, typed as the dictionary says."""
    return typed(kind, json.loads(fields))


def typed(kind: Kind, values: dict[str, str | int]) -> dict[str, Value]:
    """The same of fields that are read from their JSON already."""
    for name in kind.decimals:
        if name in values:
            values[name] = kind.fields[name].type.restore(values[name])
    return values


def canonical_part(value: str | int) -> str:
    """The canonical JSON of one value."""
    return encode_basestring(value) if isinstance(value, str) else str(value)


def canonical_list(parts: Iterable[str | None]) -> str:
    """The canonical JSON of a list, of its parts' own; None for an empty part."""
    return f"[{','.join(['null' if part is None else part for part in parts])}]"


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> str:
    """JSON with one spelling, so that equal values are equal texts."""
    return _ENCODER.encode(value)
