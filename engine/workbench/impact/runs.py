"""The posted months once more, under other rules: each from the facts that its last run read, and with the closed months
before it as they had been closed, so that rules that are the same give the very ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from engine.dsl.model import Ruleset
from engine.ledger.closed import closings
from engine.ledger.reading import kept_ruleset
from engine.obligations.judging import Judgements, Verdict
from engine.scoring.award import Award, Hit
from engine.scoring.year import Year
from engine.workbench.impact.facts import Facts
from models.tables import Batch, BatchMonth

Awards = Mapping[str, tuple[Award, ...]]  # by unit


class Rescored:
    """What a ruleset gives in the posted months of its year.

    A closed month is scored anew like any other, as if these rules had held all year; for the months after it it counts
    as it was then closed: with the facts that its own run had read, not with those that came in later.
    """

    def __init__(self, connection: Connection, ruleset: Ruleset, facts: Facts) -> None:
        self._connection, self._ruleset, self._facts = connection, ruleset, facts
        batch, scored = Batch.__table__, BatchMonth.__table__
        self._runs = {id_: (ruleset, newest) for id_, ruleset, newest in connection.execute(
            select(batch.c["id", "ruleset", "newest_fact"])
        )}  # fmt: skip
        self._of: dict[str, list[int]] = {}
        for month, id_ in connection.execute(select(scored.c["period", "batch_id"]).order_by(scored.c.batch_id)):
            self._of.setdefault(month, []).append(id_)
        self._closed = {month: one.last_batch for month, one in closings(connection).items() if month in ruleset.months}
        self._awards: dict[tuple[str, int], Awards] = {}
        self._read: dict[tuple[str, int], list] = {}
        self._years: dict[tuple, Year] = {}
        self._judged: Judgements | None = None

    def year(self, month: str) -> Year:
        """The year as these rules make it, in the state that a month's last run saw."""
        return self._year(month, self._of[month][-1])

    def verdicts(self, month: str) -> tuple[Verdict, ...]:
        self._judged = Judgements(self.year(month), self._judged)
        return self._judged.verdicts(month)

    def awards(self, month: str) -> Awards:
        return self._given(month, self._of[month][-1])

    def _given(self, month: str, run: int) -> Awards:
        if (month, run) not in self._awards:
            self._awards[month, run] = self._year(month, run).awards(month)
        return self._awards[month, run]

    def _year(self, month: str, run: int) -> Year:
        """The same by the number of a run, which may not have been the last."""
        closed = {
            each: max(id_ for id_ in self._of[each] if id_ <= run)
            for each, last in self._closed.items() if each < month and last < run
        }  # fmt: skip
        by, newest = self._runs[run]
        key = by, newest, tuple(sorted(closed.items()))
        if key not in self._years:
            posted = {each: _posted(self._given(each, last)) for each, last in sorted(closed.items())}
            like = next(iter(self._years.values()), None)
            self._years[key] = Year(self._ruleset, self._facts_of(by, newest), posted, like)
        return self._years[key]

    def _facts_of(self, by: str, newest: int) -> Iterable:
        if (by, newest) not in self._read:
            self._read[by, newest] = self._facts.seen(newest, kept_ruleset(self._connection, by))
        return self._read[by, newest]


def _posted(given: Awards) -> dict[str, list[Hit]]:
    return {unit: [one.hit._replace(posted=(one.given, one.limit)) for one in own] for unit, own in given.items()}
