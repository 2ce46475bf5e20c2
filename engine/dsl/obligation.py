"""What an obligation is, as typed values: what shows that it is done, what breaches it, and by when (dsl.md).

Frozen, as the rest of the model; an obligation that still names settings is turned into one for a month by
`Ruleset.obligations_in`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.dsl.findings import Place

if TYPE_CHECKING:
    from engine.dsl.model import Pattern, SettingRef, Test
    from engine.dsl.types import Value


class Duty(StrEnum):
    """How an obligation is judged at a month's end (obligations.md)."""

    BY = "by"  # done once its evidence exists, up to a date
    MONTHLY = "monthly"  # its evidence is there in every month
    CLEAN = "clean"  # no breach holds in the month


@dataclass(frozen=True)
class Progress:
    """The facts by which units tell how far an obligation is: the kind, and its fields for number and status."""

    fact: str
    task: str
    status: str
    done: str  # the status that says that it is done


@dataclass(frozen=True)
class Evidence:
    """Facts that show something: those of a pattern, and of some fields a fact for each of these values."""

    pattern: Pattern
    every: tuple[tuple[str, tuple[Value, ...]], ...] = ()


@dataclass(frozen=True)
class Obligation:
    """One task. `done_when` holds conditions that must all be met, each by any one of its alternatives."""

    no: int
    title: str
    clause: str
    units: tuple[str, ...]  # resolved, in the order of the list
    duty: Duty
    due: str | SettingRef | None = None  # YYYY-MM-DD; of `by` only
    done_when: tuple[tuple[Evidence, ...], ...] = ()
    standard: tuple[Test, ...] = ()  # what every fact of the evidence must meet; of `monthly` only
    breach: tuple[Pattern, ...] = ()  # of `clean` only
    note: str = ""
    place: Place = Place("obligations.yaml", 1, 1)

    @property
    def evidence(self) -> Iterator[Evidence]:
        """Every alternative of every condition, in their order."""
        return (one for condition in self.done_when for one in condition)

    @property
    def kinds(self) -> frozenset[str]:
        """The fact kinds that it reads, progress apart."""
        return frozenset([*(one.pattern.kind for one in self.evidence), *(one.kind for one in self.breach)])
