"""Where each month stands: its state, what has changed since its last run, who has not reported, what it waits for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from engine.derivation.deriving import is_stale
from engine.dsl.model import Ruleset, Time
from engine.facts import Fact, key_line, key_order, restore
from engine.intake.touching import months_touched
from engine.ledger.checking import failing_checks, told_in_brief
from engine.ledger.closed import closings, posted_hits
from engine.ledger.due import Due, Reported, Told, due, missing
from engine.ledger.posting import differs
from engine.ledger.reviews import State, numbered, requests, waiting
from engine.ledger.stored import newest_facts, scored_kinds
from engine.obligations.judging import Judgements
from engine.scoring.succession import owner
from engine.scoring.year import Year
from models.tables import Batch, BatchMonth, Closing, FactVersion

OPEN, DRAFT, CLOSED, CORRECTED = "open", "draft", "closed", "corrected"
Progress = Callable[[int, int], None]  # months done, months in all


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that says something else of the month than at its last run; `version` is the one that says it now."""

    kind: str
    key: str
    what: str  # new, changed, withdrawn
    version: int

    @property
    def key_line(self) -> str:
        return key_line(self.key)


@dataclass(frozen=True)
class MonthStatus:
    """One month. `changed` of a month that was never posted are the facts that hold in it."""

    month: str
    state: str  # open, draft, closed or corrected
    changed: tuple[Change, ...]
    due: Due
    missing: Due
    reported: Reported  # monthly kinds only
    waiting: str  # a sentence, empty where nothing is to be done
    opening: bool = False  # its points were brought from before the first run

    def as_json(self) -> dict[str, object]:
        return {
            "month": self.month,
            "state": self.state,
            "changed": len(self.changed),
            "missing": [{"unit": unit, "kind": kind} for unit, kind in self.missing],
            "waiting": self.waiting,
            "opening": self.opening,
        }


@dataclass(frozen=True, slots=True)
class _Last:
    """The last batch of a month; a month without one has read nothing."""

    batch: int = 0
    seen: int = 0
    ruleset: str | None = None


def status(
    connection: Connection, ruleset: Ruleset, month: str | None = None, advance: Progress | None = None
) -> list[MonthStatus]:
    """Every month of the ruleset's year, or one. Reports are missed up to the newest month that has any, or that is asked for."""
    facts = newest_facts(connection, ruleset)
    last = _last_batches(connection)
    closed = {each: one for each, one in closings(connection).items() if each in ruleset.months}
    year = Year(ruleset, facts, posted_hits(connection, ruleset, sorted(closed)))
    afresh = Year(ruleset, facts)  # what closed months would be by now
    changes = _changes(connection, ruleset, {each: last.get(each, _Last()).seen for each in ruleset.months}, year.opened)
    asked = ruleset.months if month is None else (month,)
    touched = _touched(connection, afresh, last, {each: changes[each] for each in closed if each <= asked[-1]})
    told = ruleset.months if month else _up_to_newest(ruleset, facts, last)
    found = []
    judgements = Judgements(year)
    for place, each in enumerate(asked, start=1):
        state = _state(last.get(each), closed.get(each))
        need, lacking, reported = _reports(year, each) if each in told else ([], [], {})
        own = _scored(year, each, changes[each])
        waits = ""
        if each in closed:
            waits = _correction_waits(connection, each, touched)
        elif each in told:
            waits = _run_waits(connection, judgements, each, last.get(each), own)
        if not waits and each in last:
            failing = failing_checks(connection, ruleset, [each])
            waits = told_in_brief(failing) if failing else ""
        found.append(MonthStatus(each, state, tuple(own), need, lacking, reported, waits, each in year.opened))
        if advance:
            advance(place, len(asked))
    return found


def to_correct(connection: Connection, ruleset: Ruleset, facts: Iterable[Fact]) -> list[str]:
    """The closed months whose facts have changed since they were scored, or whose points would be others, oldest first."""
    last = _last_batches(connection)
    closed = [month for month in closings(connection) if month in ruleset.months]
    year = Year(ruleset, facts)
    changes = _changes(connection, ruleset, {month: last[month].seen for month in closed}, year.opened)
    return list(_touched(connection, year, last, changes))


def _last_batches(connection: Connection) -> dict[str, _Last]:
    batch, scored = Batch.__table__, BatchMonth.__table__
    last: dict[str, _Last] = {}
    rows = select(scored.c.period, batch.c["id", "newest_fact", "ruleset"]).join(scored, scored.c.batch_id == batch.c.id)
    for period, *one in connection.execute(rows.order_by(batch.c.id)):
        last[period] = _Last(*one)
    return last


def _changes(
    connection: Connection, ruleset: Ruleset, seen: Mapping[str, int], opened: Collection[str]
) -> dict[str, list[Change]]:
    """By month, the facts that now say something else of it than the newest versions up to the one that it has `seen`.

    What units report changes nothing of an opening month, in which it does not count.
    """
    found: dict[str, list[Change]] = {month: [] for month in seen}
    for (name, key), chain in _chains(connection, ruleset).items():
        kind, now = ruleset.kinds[name], chain[-1]
        by_sight: dict[Row | None, set[str]] = defaultdict(set)
        for month, newest in seen.items():
            if newest < now.id:
                by_sight[next((one for one in reversed(chain) if one.id <= newest), None)].add(month)
        for then, months in by_sight.items():
            before, after = (None if one is None or one.withdrawn else restore(kind, one.fields) for one in (then, now))
            what = "new" if before is None else "withdrawn" if after is None else "changed"
            touched = months & months_touched(kind, before, after, ruleset.months)
            for month in touched if name in ruleset.operator_kinds else touched.difference(opened):
                found[month].append(Change(name, key, what, now.id))
    place = {name: position for position, name in enumerate(ruleset.kinds)}
    for own in found.values():
        own.sort(key=lambda one: (place[one.kind], key_order(json.loads(one.key))))
    return found


def _chains(connection: Connection, ruleset: Ruleset) -> dict[tuple[str, str], list[Row]]:
    """The versions of every fact that a month is scored from, oldest first."""
    version = FactVersion.__table__
    chains: dict[tuple[str, str], list[Row]] = defaultdict(list)
    rows = connection.execute(
        select(version.c["kind", "key", "id", "fields", "withdrawn"])
        .where(version.c.kind.in_(scored_kinds(connection, ruleset)))
        .order_by(version.c.id)
    )
    for row in rows:
        chains[row.kind, row.key].append(row)
    return chains


def _state(last: _Last | None, closing: Closing | None) -> str:
    if closing:
        return CORRECTED if last and last.batch > closing.last_batch else CLOSED
    return DRAFT if last else OPEN


def _up_to_newest(ruleset: Ruleset, facts: Iterable[Fact], last: Mapping[str, _Last]) -> Sequence[str]:
    """The months up to the newest one that was posted or for which something was reported."""
    dated = {name: kind.month_field for name, kind in ruleset.kinds.items() if kind.month_field is not None}
    reported = {fact.values[dated[fact.kind]] for fact in facts if fact.kind in dated}
    newest = max((each for each in ruleset.months if each in reported or each in last), default="")
    return [each for each in ruleset.months if each <= newest]


def _reports(year: Year, month: str) -> tuple[Due, Due, Reported]:
    if month in year.opened:
        return [], [], {}
    before = [each for each in year.ruleset.months if each < month]
    told = _told(year, month)
    asked = due(year.ruleset, month, _reported(year, before, month), told)
    reported = _reported(year, [month], month)
    return asked, missing(year.ruleset, month, asked, reported, told), reported


def _told(year: Year, month: str) -> Told:
    progress = year.ruleset.progress
    if progress is None:
        return frozenset()
    held = year.facts(month).by_unit.items()
    return frozenset((unit, fact.values[progress.task]) for unit, own in held for fact in own if fact.kind == progress.fact)


def _reported(year: Year, months: Iterable[str], at: str) -> dict[str, set[str]]:
    """The units of the month `at` that reported in these months, under whatever name."""
    ruleset = year.ruleset
    found: dict[str, set[str]] = {}
    for month in months:
        for unit, own in year.facts(month).by_unit.items():
            for kind in {fact.kind for fact in own}:
                if ruleset.kinds[kind].time is Time.MONTHLY and kind not in ruleset.operator_kinds:
                    found.setdefault(kind, set()).add(owner(ruleset, unit, at) or unit)
    return found


def _scored(year: Year, month: str, changes: Sequence[Change]) -> list[Change]:
    """The changes that a run could take up: neither a table by itself nor a fact that finds no unit can be scored."""
    lost = {fact.version for fact in year.facts(month).unattributed}
    return [one for one in changes if year.ruleset.kinds[one.kind].time is not Time.TABLE and one.version not in lost]


def _touched(
    connection: Connection, year: Year, last: Mapping[str, _Last], changes: Mapping[str, Sequence[Change]]
) -> dict[str, str]:
    """The closed months, those that `changes` has, that are not what `year` makes of them: why, oldest first."""
    found = {}
    judgements = Judgements(year)
    for month in sorted(changes):
        why = _moved_by(connection, judgements, month, "印发", last[month], _scored(year, month, changes[month]))
        if why:
            found[month] = why
    return found


def _moved_by(
    connection: Connection, judgements: Judgements, month: str, since: str, last: _Last, changes: Sequence[Change]
) -> str:
    """Why a posted month is not what its year makes of it, in words; "" where it is. `since` says what has passed."""
    ruleset = judgements.year.ruleset
    if changes:
        return f"有 {len(changes)} 条事实在{since}后有变"
    if is_stale(connection, ruleset):
        return "单条记录的汇总办法有变"
    if not differs(connection, judgements, month):
        return ""
    return "因其他月份的事实变动" if last.ruleset == ruleset.fingerprint else "因规则集变动"


def _run_waits(
    connection: Connection, judgements: Judgements, month: str, last: _Last | None, changes: Sequence[Change]
) -> str:
    if last is None:
        return f"尚未计分，待 `jifen run {month}`"
    why = _moved_by(connection, judgements, month, "计分", last, changes)
    return why and (f"{why}，需 `jifen run {month}`" if changes else f"{why}，需重新计分（`jifen run {month}`）")


def _correction_waits(connection: Connection, month: str, touched: Mapping[str, str]) -> str:
    """What a closed month waits for. A correction begins with the earliest month that needs one."""
    begin = min([month, *touched])
    need = f"{touched[month]}，需更正（`jifen correct {begin} --reason 理由`）" if month in touched else ""
    return "；".join(filter(None, (need, *_reviews(connection, month, begin))))


def _reviews(connection: Connection, month: str, begin: str) -> Iterator[str]:
    """What of a closed month's reviews is still to be done."""
    found = requests(connection, month)
    undecided, uncorrected = [one for one in found if one.state is State.OPEN], waiting(found)
    if undecided:
        yield f"{len(undecided)} 件复核申请待决定（{numbered(undecided)}，`jifen review decide`）"
    if uncorrected:
        cited = " ".join(f"--review {one.number}" for one in uncorrected)
        yield f"{len(uncorrected)} 件复核决定变更、待更正（{numbered(uncorrected)}，`jifen correct {begin} --reason 理由 {cited}`）"
