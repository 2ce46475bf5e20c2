"""Why the ranking moved between two posted months: every unit's points and rank, and the rules that make the difference."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from engine.ledger.book import Book
from engine.notices.comparison import changes, differences, named
from engine.notices.comparison_context import Change
from engine.scoring.points import decimal
from engine.scoring.succession import forebears


@dataclass(frozen=True, slots=True)
class RuleMove:
    """A rule's part in a unit's difference, hundredths."""

    rule: str
    title: str
    clause: str
    by: int

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "title": self.title, "clause": self.clause, "by": decimal(self.by)}


@dataclass(frozen=True, slots=True)
class UnitMove:
    """A unit in both months: points in hundredths; `rules` add up to their difference, those that moved it most first.

    `overtaken_by` are the units of its category that are before it now and were not, `overtook` the other way round.
    """

    category: str
    unit: str
    rank_before: int
    rank: int
    before: int
    now: int
    rules: tuple[RuleMove, ...]
    overtaken_by: tuple[str, ...]
    overtook: tuple[str, ...]

    @property
    def by(self) -> int:
        return self.now - self.before

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit, "rank_before": self.rank_before, "rank": self.rank,
            "before": decimal(self.before), "after": decimal(self.now), "by": decimal(self.by),
            "rules": [one.as_json() for one in self.rules],
            "overtaken_by": list(self.overtaken_by), "overtook": list(self.overtook),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Diff:
    """The units of the later month by category and rank; `apart` are those that had no month of their own in the earlier,
    and the units whose points they go on with: none of a new unit, several of a merged one."""

    earlier: str
    later: str
    units: tuple[UnitMove, ...]
    apart: tuple[tuple[str, tuple[str, ...]], ...]

    def as_json(self) -> dict[str, Any]:
        categories = dict.fromkeys(one.category for one in self.units)
        return {
            "from": self.earlier,
            "to": self.later,
            "categories": [
                {"category": name, "units": [one.as_json() for one in self.units if one.category == name]} for name in categories
            ],
            "not_compared": [{"unit": unit, "formerly": list(names)} for unit, names in self.apart],
        }


def diff(book: Book) -> Diff:
    """What moved since the month that a book is compared with; both are posted, and neither is an opening month."""
    then = {unit: sum(one.given for one in lines) for unit, lines in book.last.items()}
    now = {one.unit: one.month_points for one in book.standings}
    alike = {name: [one.unit for one in book.standings if one.category == name] for name in book.ruleset.categories}
    ranks = book.ranks[book.compared]

    def passed(unit: str, others: list[str], was: dict[str, int], is_: dict[str, int]) -> tuple[str, ...]:
        """Those before a unit by `is_`, and not by `was`; one that was not there then was not before it."""
        return tuple(one for one in others if one in is_ and is_[one] > is_[unit] and not (one in was and was[one] > was[unit]))

    moves = tuple(
        UnitMove(
            one.category, one.unit, ranks[one.unit], one.month_rank, then[one.unit], one.month_points, _rules(book, one.unit),
            passed(one.unit, alike[one.category], then, now), passed(one.unit, alike[one.category], now, then),
        )
        for one in book.standings
        if one.unit in then
    )  # fmt: skip
    apart = tuple((one.unit, _formerly(book, one.unit)) for one in book.standings if one.unit not in then)
    return Diff(book.compared, book.period, moves, apart)


def details(book: Book, unit: str) -> list[tuple[str, Change]]:
    """Every rule that moved a unit with every reason, in the order of the rules."""
    told = changes(book, unit, told=sys.maxsize)
    return list(zip(differences(book, unit), told.rows, strict=True)) if told else []


def _formerly(book: Book, unit: str) -> tuple[str, ...]:
    """The units that it goes on for; one that the list was only given since goes on for none."""
    return tuple(name for name in forebears(book.ruleset, unit, book.compared) if name != unit)


def _rules(book: Book, unit: str) -> tuple[RuleMove, ...]:
    moved = sorted(differences(book, unit).items(), key=lambda one: -abs(one[1]))
    return tuple(RuleMove(rule, *named(book, rule), by) for rule, by in moved)
