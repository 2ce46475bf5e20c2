"""What each obligation of each responsible unit comes to at a month's end (obligations.md). Pure: facts in, verdicts out.

durable-rules says which facts show what; here their firings are folded: over the months of the year for what is due by a
date, over "each of these" and "any of these", and against the date.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from engine.dsl.model import Trigger
from engine.dsl.obligation import Duty, Evidence, Obligation
from engine.facts import Fact
from engine.inference.host import Matcher
from engine.obligations.triggers import Mark, Sign, triggers
from engine.scoring.succession import forebears
from engine.scoring.year import Year


class Status(StrEnum):
    """The words for how an obligation stands (cli.md, `tasks`)."""

    IDLE = "未开始"
    UNDERWAY = "推进中"
    DONE = "已完成"
    OVERDUE = "逾期"
    SUBSTANDARD = "不达标"


FAILING = (Status.OVERDUE, Status.SUBSTANDARD)  # what calls for a letter


def falls_due(status: str, due: str | None, month: str, days: int) -> bool:
    """Whether what is neither done nor failed falls due within so many days of the month's end; dates as YYYY-MM-DD."""
    if due is None or status == Status.DONE or status in FAILING:
        return False
    return (datetime.date.fromisoformat(due) - datetime.date.fromisoformat(last_day(month))).days <= days


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one obligation of one unit stands at a month's end, and the facts that decided it."""

    task: int
    unit: str
    status: Status
    due: str | None  # YYYY-MM-DD; None of what has no date
    facts: tuple[Fact, ...] = ()


_Fired = Mapping[Mark, tuple[Fact, ...]]  # of one unit: what fired by what it shows


class Judgements:
    """The verdicts of a year's months, as these facts and obligations make them; worked out when asked for, and kept.

    `like` are those of another year of the same ruleset: what fires on the very facts that it has too is taken from there.
    """

    def __init__(self, year: Year, like: Judgements | None = None) -> None:
        self.year = year
        alike = like is not None and like.year.ruleset is year.ruleset
        self._fired: dict[tuple[str, str], _Fired] = {}
        self._known: dict[tuple[str, str, tuple[Fact, ...]], _Fired] = like._known if alike else {}
        self._triggers: dict[str, tuple[Mapping[str, tuple[Mark, Trigger]], Matcher]] = like._triggers if alike else {}

    def verdicts(self, month: str) -> tuple[Verdict, ...]:
        """Every responsible unit's verdicts at a month's end, by obligation and the order of the list.

        None in an opening month, whose points were given elsewhere.
        """
        if month in self.year.opened:
            return ()
        ruleset = self.year.ruleset
        there = ruleset.units_in(month)
        return tuple(
            self._judged(one, unit, month) for one in ruleset.obligations_in(month) for unit in one.units if unit in there
        )

    def verdicts_of(self, unit: str, month: str) -> tuple[Verdict, ...]:
        """The same of one unit of the month alone, without the work that the others take."""
        if month in self.year.opened:
            return ()
        return tuple(
            self._judged(one, unit, month) for one in self.year.ruleset.obligations_in(month) if unit in one.units
        )

    def _judged(self, one: Obligation, unit: str, month: str) -> Verdict:
        now = self._month(unit, month)
        match one.duty:
            case Duty.CLEAN:
                return _clean(one, unit, now)
            case Duty.MONTHLY:
                return _monthly(one, unit, now, last_day(month))
            case Duty.BY:
                ruleset = self.year.ruleset
                until = (each for each in ruleset.months if each <= month)
                so_far = [self._month(name, each) for each in until for name in forebears(ruleset, unit, each)]
                return _by(one, unit, _together(one.no, so_far), month)

    def _month(self, unit: str, month: str) -> _Fired:
        if (unit, month) not in self._fired:
            own = tuple(fact for fact in self.year.facts(month).by_unit[unit] if fact.kind in self._read[unit])
            self._fired[unit, month] = self._unit_month(month, unit, own)
        return self._fired[unit, month]

    def _unit_month(self, month: str, unit: str, facts: tuple[Fact, ...]) -> _Fired:
        if (month, unit, facts) not in self._known:
            marked, matcher = self._compiled(month)
            self._known[month, unit, facts] = _by_mark((marked[id_][0], fact) for id_, fact in matcher.fired(facts))
        return self._known[month, unit, facts]

    def _compiled(self, month: str) -> tuple[Mapping[str, tuple[Mark, Trigger]], Matcher]:
        if month not in self._triggers:
            ruleset = self.year.ruleset
            marked = triggers(ruleset.obligations_in(month), ruleset.progress)
            self._triggers[month] = marked, Matcher([trigger for _, trigger in marked.values()])
        return self._triggers[month]

    @cached_property
    def _read(self) -> dict[str, set[str]]:
        """The fact kinds that the obligations of each unit read: to match others would only take time."""
        ruleset = self.year.ruleset
        told = {ruleset.progress.fact} if ruleset.progress else set()
        read: dict[str, set[str]] = {unit: set() for unit in ruleset.units}
        for one in ruleset.obligations:
            for unit in one.units:
                read[unit] |= one.kinds | told
        return read


def last_day(month: str) -> str:
    """The date of a month's last day.

    >>> last_day("2023-02")
    '2023-02-28'
    """
    year, number = map(int, month.split("-"))
    return f"{month}-{calendar.monthrange(year, number)[1]:02d}"


def _by_mark(pairs: Iterable[tuple[Mark, Fact | None]]) -> _Fired:
    found: dict[Mark, list[Fact]] = {}
    for mark, fact in pairs:
        found.setdefault(mark, []).append(fact)
    return {mark: tuple(facts) for mark, facts in found.items()}


def _together(no: int, months: Sequence[_Fired]) -> _Fired:
    """What fired of an obligation in several months, the oldest first; a fact that holds in many is told once."""
    found: dict[Mark, dict[tuple[str, str], Fact]] = {}
    for fired in months:
        for mark, facts in ((mark, facts) for mark, facts in fired.items() if mark.no == no):
            found.setdefault(mark, {}).update({(fact.kind, fact.key): fact for fact in facts})
    return {mark: tuple(facts.values()) for mark, facts in found.items()}


def _clean(one: Obligation, unit: str, fired: _Fired) -> Verdict:
    breaches = _all(fired, one.no, Sign.BREACH)
    return Verdict(one.no, unit, Status.SUBSTANDARD if breaches else Status.DONE, None, breaches)


def _monthly(one: Obligation, unit: str, fired: _Fired, due: str) -> Verdict:
    shown = _all(fired, one.no, Sign.EVIDENCE)
    if one.done_when and _met(one, fired) is not None:
        kept = _all(fired, one.no, Sign.STANDARD)
        short = tuple(fact for fact in shown if fact not in kept) if one.standard else ()
        return Verdict(one.no, unit, Status.SUBSTANDARD if short else Status.DONE, due, short or shown)
    told = _all(fired, one.no, Sign.PROGRESS)
    return Verdict(one.no, unit, Status.DONE if told else Status.OVERDUE, due, told)


def _by(one: Obligation, unit: str, fired: _Fired, month: str) -> Verdict:
    met = _met(one, fired) if one.done_when else None
    done = met if met is not None else _all(fired, one.no, Sign.DONE)[:1]
    if done:
        return Verdict(one.no, unit, Status.DONE, one.due, done)
    begun = (*_begun(one, fired), *_all(fired, one.no, Sign.PROGRESS))
    if month > one.due[:7]:
        return Verdict(one.no, unit, Status.OVERDUE, one.due, begun)
    return Verdict(one.no, unit, Status.UNDERWAY if begun else Status.IDLE, one.due, begun)


def _all(fired: _Fired, no: int, sign: Sign) -> tuple[Fact, ...]:
    """The facts that show something of an obligation, by whichever of its patterns, each once."""
    found = {fact for mark, facts in fired.items() if mark.no == no and mark.sign == sign for fact in facts}
    return tuple(sorted(found, key=lambda fact: (fact.kind, fact.order)))


def _met(one: Obligation, fired: _Fired) -> tuple[Fact, ...] | None:
    """The facts that meet every condition, each condition by its first alternative that does; None where one is not met."""
    facts: list[Fact] = []
    place = 0
    for condition in one.done_when:
        found = [_shown(each, fired.get(Mark(one.no, Sign.EVIDENCE, place + at), ())) for at, each in enumerate(condition)]
        place += len(condition)
        first = next((each for each in found if each is not None), None)
        if first is None:
            return None
        facts += first
    return tuple(facts)


def _shown(evidence: Evidence, facts: tuple[Fact, ...]) -> tuple[Fact, ...] | None:
    """The first fact, and the first for each value where some fields need each of theirs; None where one is lacking."""
    if not evidence.every:
        return facts[:1] or None
    chosen: dict[Fact, None] = {}
    for name, values in evidence.every:
        first = {fact.values.get(name): fact for fact in reversed(facts)}
        if any(value not in first for value in values):
            return None
        chosen |= {first[value]: None for value in values}
    return tuple(chosen)


def _begun(one: Obligation, fired: _Fired) -> tuple[Fact, ...]:
    """Some of the evidence where each of several values is asked for, or several conditions are."""
    partly = len(one.done_when) > 1 or any(evidence.every for evidence in one.evidence)
    return _all(fired, one.no, Sign.EVIDENCE) if partly else ()


def statuses(verdicts: Iterable[Verdict]) -> dict[Status, int]:
    """How many verdicts there are of each status, all of them named."""
    found = list(verdicts)
    return {status: sum(one.status is status for one in found) for status in Status}
