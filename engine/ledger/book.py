"""The month's book: everything that a notice shows, as plain values, as the ledger and the last run have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from engine.dsl.model import Rule, Ruleset
from engine.dsl.types import Value
from engine.scoring.months import month_before


if TYPE_CHECKING:
    from engine.ledger.idle import Idle
    from engine.ledger.letters import Sent


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact version and where it came from, persons masked; `key` are the texts of its key, in the dictionary's order."""

    kind: str
    key: tuple[str, ...]
    values: Mapping[str, Value]
    file: str
    sheet: str | None
    row: int
    derived: bool = False  # made of records, by the derivation at this line of its file


@dataclass(frozen=True, slots=True)
class LateLine:
    """A single record that was reported after its due date, or not yet: dates are texts YYYY-MM-DD."""

    kind: str
    key: tuple[str, ...]  # without the unit
    decided: str
    due: str | None  # None where no calendar tells
    reported: str | None


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A rule that fired: points in hundredths before (`raw`) and after (`given`) its limits.

    `limit` says what took the difference: once, best, cap-year, cap-month, or nothing. `formula` is the formula
    with its numbers, `say` the rule's sentence, both ready to be read. `fact` is None for an absence, `entry` the number
    of the entry in the ledger, None where nothing was given.
    """

    unit: str
    rule: str
    fact: FactLine | None
    raw: int
    given: int
    limit: str
    formula: str
    say: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's place at a month's end; points in hundredths, equal points share the better rank."""

    category: str
    unit: str
    month_points: int
    total_points: int
    month_rank: int
    total_rank: int


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """How an obligation of a unit stands at the month's end; `due` is a text YYYY-MM-DD, `facts` are what decided."""

    task: int
    status: str
    due: str | None
    facts: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """How a closed month's notice was issued: its number as written, and the date, YYYY-MM-DD; "" where not told."""

    number: str
    date: str


@dataclass(frozen=True)
class Book:
    """A posted month. Units in the order of the list wherever a mapping has them as keys.

    The units are those of the month; in earlier months they have what their predecessors had.
    """

    ruleset: Ruleset
    period: str
    rules: tuple[Rule, ...]  # in force in the month, settings replaced
    standings: tuple[Standing, ...]  # by category, then the month's rank, then the order of the list
    months: Mapping[str, Mapping[str, int]]  # every posted month of the year up to this one: unit to hundredths
    ranks: Mapping[str, Mapping[str, int]]  # the same months: unit to rank within its category by the month's points
    matches: Mapping[str, tuple[MatchLine, ...]]  # unit to matches, by rule in the ruleset's order, then fact key
    facts: Mapping[str, tuple[FactLine, ...]]  # unit to every fact of the month that was asserted for it
    entries: Mapping[str, Mapping[str, int]]  # unit to rule to the posted sum of the month, hundredths
    idle: Mapping[str, Mapping[str, Idle]]  # unit to the rules that bind it and did not fire, in the ruleset's order
    issue: Issue | None = None  # None: a draft, whose points may still change
    opened: tuple[str, ...] = ()  # of `months` those whose points were brought from before the first run
    verdicts: Mapping[str, tuple[VerdictLine, ...]] = field(default_factory=dict)  # unit to its obligations, by number
    letters: Mapping[str, Sent] = field(default_factory=dict)  # unit to its supervision letter: a draft's has no number
    late: Mapping[str, tuple[LateLine, ...]] = field(default_factory=dict)  # unit to its records out of time, by due date
    formerly: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # unit to the others whose points it has, if any
    last: Mapping[str, tuple[MatchLine, ...]] = field(default_factory=dict)  # unit to the matches of `against`; not of a merged unit
    against: str = ""  # the month that this one is compared with; "": the month before
    earlier: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)  # month before, unit, rule: posted sums

    @cached_property
    def compared(self) -> str:
        """The month that this one is compared with, posted or not."""
        return self.against or month_before(self.period)

    @cached_property
    def known(self) -> Mapping[str, Rule]:
        """The rules by id as they hold in the month, and after them those of other months as they are written."""
        held = {rule.id: rule for rule in self.rules}
        return {**held, **{rule.id: rule for rule in self.ruleset.rules if rule.id not in held}}

    @cached_property
    def given(self) -> Mapping[str, Mapping[str, int]]:
        """Unit to rule to what its matches gave in the month, hundredths."""
        return {unit: sums_by_rule(lines) for unit, lines in self.matches.items()}

    @cached_property
    def medians(self) -> Mapping[tuple[str, str], Fraction]:
        """Category and clause to the median of the month among the units that the clause binds, hundredths."""
        had: dict[tuple[str, str], dict[str, int]] = {}
        for rule in self.rules:
            sums = had.setdefault((rule.category, rule.clause or rule.id), {})
            for unit in rule.units:
                if unit in self.ruleset.units_in(self.period):
                    sums[unit] = sums.get(unit, 0) + self.given.get(unit, {}).get(rule.id, 0)
        return {clause: Fraction(median(map(Fraction, sums.values()))) for clause, sums in had.items() if sums}


def sums_by_rule(lines: Iterable[MatchLine]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.rule] = sums.get(line.rule, 0) + line.given
    return sums
