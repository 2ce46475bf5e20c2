"""What can be read of a misshapen rule test, so that one faulty part hides no fault of the others."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from engine.dsl.nearest import nearest
from engine.dsl.shapes import CaseShape

_APART = {"facts": 3, "expect": 1, "ignore": 2, "settings": 2, "tasks": 2}  # how deep a part is faulty alone: a row, an entry


def sound_part(raw: Any) -> CaseShape | None:
    """A test without its faulty parts; where one stands in a list, that holds None instead.

    None where the faulty part says how the others are read, or may be meant to: a name, the unit, the month.
    """
    try:
        return CaseShape.model_validate(raw)
    except ValidationError as error:
        paths = {_part(fault["loc"]) for fault in error.errors(include_url=False, include_input=False)}
    if None in paths:
        return None
    rest = deepcopy(raw)
    for path in paths:
        _take(rest, path)
    return CaseShape.model_construct(**rest)


def _part(path: tuple[int | str, ...]) -> tuple[int | str, ...] | None:
    """The part of a test that a fault spoils."""
    first = path[0] if path else ""
    if first not in CaseShape.model_fields:
        meant = nearest(str(first), CaseShape.model_fields) if first else "name"
        return (first,) if meant is None or meant in _APART else None
    return path[: _APART[first]] if first in _APART else None


def _take(held: Any, path: tuple[int | str, ...]) -> None:
    *above, last = path
    for step in above:
        held = held[step]
    if isinstance(held, list):
        held[last] = None
    else:
        del held[last]
