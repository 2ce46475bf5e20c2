"""Check facts: what a unit's points must be by another source, held against the ledger. They give nothing themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection

from engine.dsl.formula import plain
from engine.dsl.model import Ruleset
from engine.facts import restore
from engine.intake.standing import Held, newest_of_kinds
from engine.ledger.posting import standing_entries
from engine.ledger.standings import posted_months
from engine.scoring.points import decimal
from engine.scoring.succession import forebears, owner, total


@dataclass(frozen=True, slots=True)
class Behind:
    """An entry that stands and is part of what a check fact speaks of; points in hundredths."""

    entry: int
    month: str
    rule: str
    points: int


@dataclass(frozen=True, slots=True)
class Failing:
    """A figure of a check fact that the ledger contradicts: `what` is its field, points are hundredths."""

    unit: str
    month: str
    what: str
    stated: Fraction
    ledger: int  # hundredths; what entries give, but where some are of units that were merged
    entries: tuple[Behind, ...]
    source: Held

    @property
    def difference(self) -> Fraction:
        """By how much the ledger is above what was stated."""
        return self.ledger - self.stated

    def as_json(self) -> dict[str, object]:
        return {
            "unit": self.unit,
            "month": self.month,
            "what": self.what,
            "stated": points_text(self.stated),
            "ledger": decimal(self.ledger),
            "difference": points_text(self.difference),
            "entries": [
                {"entry": one.entry, "month": one.month, "rule": one.rule, "points": decimal(one.points)} for one in self.entries
            ],
            "source": {"file": self.source.file, "sheet": self.source.sheet, "row": self.source.row},
        }


def points_text(hundredths: Fraction) -> str:
    """Hundredths as points with two decimals; what was stated with more of them keeps them all."""
    return decimal(int(hundredths)) if hundredths.denominator == 1 else plain(hundredths / 100)


def told_in_brief(failing: Sequence[Failing]) -> str:
    """What does not agree, in half a sentence."""
    first = failing[0]
    more = f"等 {len(failing)} 处" if len(failing) > 1 else ""
    told = f"{first.unit}的{first.what}核对为 {points_text(first.stated)}，账本为 {decimal(first.ledger)}"
    return f"{told}{more}，核对不符"


def failing_checks(connection: Connection, ruleset: Ruleset, months: Collection[str]) -> list[Failing]:
    """The figures of check facts that the ledger contradicts, of those of `months` that are posted: by month, then unit."""
    checks = ruleset.checks
    if checks is None:
        return []
    kind = ruleset.kinds[checks.fact]
    ledger = _Ledger(connection, ruleset)
    failing = []
    for held in newest_of_kinds(connection, [kind.name]).values():
        values = {} if held.withdrawn else restore(kind, held.fields)
        unit, month = values.get(kind.unit_field), values.get(kind.month_field)
        if month not in months or month not in ledger.posted:
            continue
        for what, since in ((checks.month_points, month), (checks.total_points, f"{month[:4]}-01")):
            if what in values:
                own = owner(ruleset, unit, month) or unit
                sums, entries = ledger.points(own, since, month), tuple(ledger.entries(own, since, month))
                one = Failing(unit, month, what, Fraction(values[what]) * 100, sums, entries, held)
                failing += [one] if one.difference else []
    order = ruleset.order
    return sorted(failing, key=lambda one: (one.month, order.get(one.unit, len(order)), one.unit, one.what))


class _Ledger:
    """The entries that stand, read a month at a time."""

    def __init__(self, connection: Connection, ruleset: Ruleset) -> None:
        self._connection, self._ruleset = connection, ruleset
        self.posted = posted_months(connection)
        self._months: dict[str, dict[str, list[Behind]]] = {}

    def entries(self, unit: str, since: str, until: str) -> Iterator[Behind]:
        """The entries of a unit, and of those that it goes on for, in the posted months from one to another."""
        for month in self.posted:
            if since <= month <= until:
                names = forebears(self._ruleset, unit, month) if unit in self._ruleset.units else (unit,)
                for name in names:
                    yield from self._of(month).get(name, ())

    def points(self, unit: str, since: str, until: str) -> int:
        """What a unit has of these months, hundredths."""
        if unit not in self._ruleset.units:
            return sum(one.points for one in self.entries(unit, since, until))
        months = {
            month: {name: sum(one.points for one in self._of(month).get(name, ())) for name in self._ruleset.units_in(month)}
            for month in self.posted
            if since <= month <= until
        }
        return total(self._ruleset, unit, months)

    def _of(self, month: str) -> dict[str, list[Behind]]:
        if month not in self._months:
            own: dict[str, list[Behind]] = defaultdict(list)
            for (unit, rule, _, _), one in standing_entries(self._connection, month).items():
                own[unit].append(Behind(one.entry, month, rule, one.points))
            self._months[month] = own
        return self._months[month]
