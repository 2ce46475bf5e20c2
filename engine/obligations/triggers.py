"""Obligations to what durable-rules fires for them: each piece of evidence, each breach and progress is a trigger of its own.

A trigger fires on one fact of one unit's month; what the firings of the year's months come to is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from engine.dsl.model import Pattern, Test, Trigger
from engine.dsl.obligation import Obligation, Progress


class Sign(StrEnum):
    """What a firing shows of an obligation."""

    EVIDENCE = "evidence"
    STANDARD = "standard"  # evidence that meets the standard too
    BREACH = "breach"
    PROGRESS = "progress"  # something is told of it, whatever it is
    DONE = "done"  # it is told to be done


class Mark(NamedTuple):
    """Which obligation a trigger belongs to, what it shows, and of which of its patterns."""

    no: int
    sign: Sign
    place: int


def triggers(obligations: Iterable[Obligation], progress: Progress | None) -> dict[str, tuple[Mark, Trigger]]:
    """The triggers of obligations, settled for a month, by id."""
    found = {}
    for obligation in obligations:
        for mark, pattern in _patterns(obligation, progress):
            id_ = f"{mark.no}/{mark.sign}/{mark.place}"
            found[id_] = mark, Trigger(id_, pattern)
    return found


def _patterns(one: Obligation, progress: Progress | None) -> Iterator[tuple[Mark, Pattern]]:
    for place, evidence in enumerate(one.evidence):
        yield Mark(one.no, Sign.EVIDENCE, place), evidence.pattern
        if one.standard:
            pattern = evidence.pattern
            yield Mark(one.no, Sign.STANDARD, place), replace(pattern, tests=(*pattern.tests, *one.standard))
    for place, pattern in enumerate(one.breach):
        yield Mark(one.no, Sign.BREACH, place), pattern
    if progress is not None:
        told = Pattern(progress.fact, (Test(progress.task, "eq", one.no),))
        yield Mark(one.no, Sign.PROGRESS, 0), told
        done = Test(progress.status, "eq", progress.done)
        yield Mark(one.no, Sign.DONE, 0), replace(told, tests=(*told.tests, done))
