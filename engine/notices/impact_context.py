"""What the template of `rules impact` receives: two versions of the rules beside each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImpactChange:
    rule: str
    level: str
    what: str


@dataclass(frozen=True, slots=True)
class ImpactTally:
    """Entries that differ of one clause or one unit; `by` is what they come to, hundredths."""

    name: str
    gained: int
    lost: int
    changed: int
    by: int


@dataclass(frozen=True, slots=True)
class ImpactClause:
    category: str
    sum: ImpactTally
    units: tuple[ImpactTally, ...]


@dataclass(frozen=True, slots=True)
class ImpactUnit:
    category: str
    unit: str
    before: int
    after: int
    ranks: str
    grades: str  # "" where nothing is graded


@dataclass(frozen=True, slots=True)
class ImpactEntry:
    month: str
    unit: str
    rule: str
    fact: str
    source: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ImpactPage:
    scheme: str
    other: str
    months: str  # the months compared, in words; "" where none is posted
    level: str
    changes: tuple[ImpactChange, ...]
    clauses: tuple[ImpactClause, ...]
    units: tuple[ImpactUnit, ...]
    entries: tuple[ImpactEntry, ...]
    vetoes: tuple[str, ...]
    findings: tuple[str, ...]
    gained: int
    lost: int
    changed: int
