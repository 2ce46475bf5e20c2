"""Why a rule did not fire on a fact: its compiled conditions, read one by one over the fact as it is asserted.

It decides nothing: what fired is known. `tests/inference/test_conditions.py` holds it to what the library does.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping

from engine.dsl.model import Pattern, Test
from engine.facts import Fact
from engine.inference.compile import condition, fields_of, message

_Message = Mapping[str, str | int | None]
_HOLDS = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le, "$neq": operator.ne}


def unmet(pattern: Pattern, fact: Fact) -> tuple[Test, ...]:
    """The tests of a pattern, settled for a month, that a fact of its kind does not meet; none where it matches.

    Raises ValueError for a fact of another kind.
    """
    if fact.kind != pattern.kind:
        raise ValueError(f"a fact of {fact.kind} against a pattern of {pattern.kind}")
    told = message(fact, fields_of(pattern))
    return tuple(test for test in pattern.tests if not _met(condition(test), told))


def _met(one: Mapping, told: _Message) -> bool:
    (op, parts), = one.items()
    if op == "$and":
        return all(_met(part, told) for part in parts)
    if op == "$or":
        return any(_met(part, told) for part in parts)
    if op not in _HOLDS:
        return told[op] == parts  # the shape of an equality: the field, then the value
    (field, value), = parts.items()
    left, right = told[field], told[value["$m"]] if isinstance(value, Mapping) else value
    return left is not None and right is not None and _HOLDS[op](left, right)
