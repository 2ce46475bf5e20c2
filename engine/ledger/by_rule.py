"""The last posted month seen from the scheme: what each rule gave to whom, and how each obligation stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.dsl.model import Ruleset
from engine.ledger.reading import standing_matches
from engine.ledger.standings import posted_months
from engine.ledger.verdicts import standing_verdicts


@dataclass(frozen=True, slots=True)
class UnitGiven:
    """What a rule gave a unit in a month: how many entries, and hundredths of points."""

    unit: str
    count: int
    given: int


@dataclass(frozen=True, slots=True)
class LastMonth:
    """`rules`: id to its units in the order of the list; `statuses`: number of an obligation to how many units stand how."""

    period: str
    rules: Mapping[str, tuple[UnitGiven, ...]]
    statuses: Mapping[int, Mapping[str, int]]


def last_month(connection: Connection, ruleset: Ruleset) -> LastMonth | None:
    """The last posted month of the ruleset's year; None before the first."""
    posted = [month for month in posted_months(connection) if month in ruleset.months]
    if not posted:
        return None
    period = posted[-1]
    counts: Counter[tuple[str, str]] = Counter()
    sums: Counter[tuple[str, str]] = Counter()
    for unit, rule, _, _, given, _ in connection.execute(standing_matches(period)):
        if given:  # a match of no points has no entry
            counts[rule, unit] += 1
            sums[rule, unit] += given
    rules: dict[str, list[UnitGiven]] = {}
    for rule, unit in sorted(counts, key=lambda one: (one[0], ruleset.order.get(one[1], len(ruleset.order)), one[1])):
        rules.setdefault(rule, []).append(UnitGiven(unit, counts[rule, unit], sums[rule, unit]))
    statuses: dict[int, Counter[str]] = {}
    for verdict in standing_verdicts(connection, period):
        statuses.setdefault(verdict.task, Counter())[verdict.status] += 1
    return LastMonth(period, {rule: tuple(own) for rule, own in rules.items()}, statuses)
