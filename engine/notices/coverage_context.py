"""What the page of the rule tests' coverage is made of: plain values, ready for its template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShareLine:
    """How much of one sort is covered; `percent` is ready to be read."""

    name: str
    covered: int
    of: int
    percent: str


@dataclass(frozen=True, slots=True)
class BranchLine:
    """One test, row or limit of a rule, and how often it was seen; `no` is None of what has but one way."""

    text: str
    yes: int
    no: int | None
    sort: str  # 条件, 分值, 上限

    @property
    def missing(self) -> str:
        """What was not seen of it; empty where nothing is lacking."""
        if self.no is None:
            return "" if self.yes else f"{self.text}：未见"
        ways = [way for way, times in (("符合", self.yes), ("不符合", self.no)) if not times]
        return f"{self.text}：未见{'、'.join(ways)}" if ways else ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    rule: str
    title: str
    place: str  # file:line:column
    tests: int
    fired: int
    branches: tuple[BranchLine, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return (*(() if self.fired else ("未触发",)), *filter(None, (one.missing for one in self.branches)))

    def share(self, *sorts: str) -> str:
        """Covered of all ways of its branches of these sorts, as 3/4; empty of none."""
        return _share(one for one in self.branches if one.sort in sorts)


@dataclass(frozen=True, slots=True)
class FigureLine:
    """What is counted out of records of one kind, each figure with how often a record counted for it and did not."""

    kind: str
    source: str
    place: str
    branches: tuple[BranchLine, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(filter(None, (one.missing for one in self.branches)))

    @property
    def share(self) -> str:
        return _share(self.branches)


def _share(branches: Iterable[BranchLine]) -> str:
    ways = [way for one in branches for way in (one.yes, one.no) if way is not None]
    return f"{sum(map(bool, ways))}/{len(ways)}" if ways else ""


@dataclass(frozen=True, slots=True)
class TaskLine:
    no: int
    title: str
    statuses: tuple[tuple[str, int], ...]  # each that it can have, and how often it was judged so

    @property
    def judged(self) -> bool:
        return any(times for _, times in self.statuses)


@dataclass(frozen=True, slots=True)
class ClauseLine:
    clause: str
    goal: str
    by: str  # what of it was seen, or why nothing need be; empty where it is not covered


@dataclass(frozen=True, slots=True)
class CoveragePage:
    scheme: str
    ruleset: str
    passed: int
    failed: int
    overall: ShareLine
    shares: tuple[ShareLine, ...]
    rules: tuple[RuleLine, ...]  # those that lack something first
    figures: tuple[FigureLine, ...]
    tasks: tuple[TaskLine, ...]
    clauses: tuple[ClauseLine, ...]
