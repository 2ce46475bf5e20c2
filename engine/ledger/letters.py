"""Supervision letters: which units a month's verdicts call for one, what went out when it was closed, and what answered it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, func, insert, select

from engine.derivation.calendar import UnknownYear, WorkingDays
from engine.dsl.letters import LetterRule, letter_rule
from engine.dsl.model import Ruleset
from engine.facts import canonical
from engine.ledger.stored import newest_version
from engine.ledger.verdicts import Held, standing_verdicts
from engine.obligations.judging import FAILING
from engine.scoring.months import month_before
from engine.scoring.succession import forebears, owner
from models.chain import LETTER_COLUMNS, last_digest, link
from models.tables import Closing, FactVersion, Import, Letter, SourceFile
from models.versions import newest_ids


class State(StrEnum):
    """Where a letter stands, in the words that readers see."""

    DRAFT = "草稿"
    OPEN = "待答复"
    LATE = "逾期未答复"
    ANSWERED = "已答复"


@dataclass(frozen=True, slots=True)
class Called:
    """An obligation that a letter tells of; `reminders` counts the letters running that did, this one with them."""

    task: int
    status: str
    reminders: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter of a unit's month. A draft has neither `number` nor dates; `due` is "" where no day is set either."""

    period: str
    unit: str
    tasks: tuple[Called, ...]
    escalated_to: str  # "" where it is not
    number: int | None = None
    written: str = ""
    issued: str = ""
    due: str = ""
    newest_fact: int = 0

    @property
    def reminders(self) -> int:
        return max(one.reminders for one in self.tasks)


@dataclass(frozen=True, slots=True)
class Answer:
    """The report of progress that answers a letter in one obligation, and when it came in (an ISO time)."""

    file: str
    sheet: str | None
    row: int
    at: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A letter with what has come of it: the first answer to each of its obligations that has one."""

    letter: Sent
    answers: Mapping[int, Answer]

    def state(self, today: str) -> State:
        """Where it stands on a day, YYYY-MM-DD."""
        if self.letter.number is None:
            return State.DRAFT
        if all(one.task in self.answers for one in self.letter.tasks):
            return State.ANSWERED
        return State.LATE if self.letter.due and self.letter.due < today else State.OPEN


def letters_of(connection: Connection, ruleset: Ruleset, month: str) -> list[Sent]:
    """A posted month's letters in the order of the list: those that went out, or drafts of a month that is not closed.

    `ruleset` is the one that the month was last posted by.
    """
    closing = Closing.__table__
    if connection.execute(select(closing.c.id).where(closing.c.period == month)).first() is None:
        return _drafts(connection, ruleset, month)
    letter = Letter.__table__
    rows = connection.execute(select(letter).where(letter.c.period == month).order_by(letter.c.id))
    return [_sent(row) for row in rows]


def issue_letters(
    connection: Connection, ruleset: Ruleset, month: str, *, issued: str, operator: str, at: str
) -> list[Sent]:
    """Numbers and records the letters of a month that is about to be closed; they go on from the year's last number."""
    letter = Letter.__table__
    rule = letter_rule(ruleset, month)
    drafts = _drafts(connection, ruleset, month)
    last = connection.execute(select(func.max(letter.c.number)).where(letter.c.period.startswith(month[:4]))).scalar() or 0
    id_ = connection.execute(select(func.max(letter.c.id))).scalar() or 0
    due, newest = _due(ruleset, rule, issued), newest_version(connection)
    for place, draft in enumerate(drafts, start=1):
        tasks = canonical([[one.task, one.status, one.reminders] for one in draft.tasks])
        number = last + place
        row = (
            id_ + place, at, operator, month, draft.unit, number, written_number(rule, number), issued, due, tasks,
            draft.escalated_to, newest,
        )  # fmt: skip
        told = dict(zip(LETTER_COLUMNS, row, strict=True))
        connection.execute(insert(letter).values(**told, digest=link(last_digest(connection, letter), row)))
    return drafts


def written_number(rule: LetterRule, number: int) -> str:
    """长信用督〔2023〕3号."""
    return f"{rule.number_prefix}{number}号" if rule.number_prefix else f"第{number}号"


def _due(ruleset: Ruleset, rule: LetterRule, issued: str) -> str:
    if rule.answer_within is None:
        return ""
    try:
        return WorkingDays(ruleset.calendar).deadline(issued, rule.answer_within)
    except UnknownYear:
        return ""


def _drafts(connection: Connection, ruleset: Ruleset, month: str) -> list[Sent]:
    rule = letter_rule(ruleset, month)
    before = _reminders(connection, ruleset, month)
    failing: dict[str, list[Held]] = {}
    for one in standing_verdicts(connection, month):
        if one.status in FAILING:
            failing.setdefault(one.unit, []).append(one)
    return [_draft(rule, month, unit, failing[unit], before) for unit in ruleset.units if unit in failing]


def _draft(rule: LetterRule, month: str, unit: str, failing: Iterable[Held], before: Mapping[tuple[str, int], int]) -> Sent:
    tasks = tuple(Called(one.task, one.status, before.get((unit, one.task), 0) + 1) for one in failing)
    most = max(one.reminders for one in tasks)
    escalates = rule.escalate_after is not None and most >= rule.escalate_after
    return Sent(month, unit, tasks, rule.escalate_to if escalates else "")


def _reminders(connection: Connection, ruleset: Ruleset, month: str) -> dict[tuple[str, int], int]:
    """How many letters running, up to the month before, a unit was sent for a task, or the most of those it goes on for."""
    letter, last = Letter.__table__, month_before(month)
    rows = connection.execute(select(letter.c["unit", "tasks"]).where(letter.c.period == last))
    sent = {unit: json.loads(tasks) for unit, tasks in rows}
    found: dict[tuple[str, int], int] = {}
    for unit in ruleset.units_in(month):
        for task, _, count in (one for name in forebears(ruleset, unit, last) for one in sent.get(name, ())):
            found[unit, task] = max(count, found.get((unit, task), 0))
    return found


def _sent(row: Row) -> Sent:
    tasks = tuple(Called(*one) for one in json.loads(row.tasks))
    return Sent(row.period, row.unit, tasks, row.escalated_to, row.number, row.written, row.issued, row.due, row.newest_fact)


def tracked(connection: Connection, ruleset: Ruleset, letters: Iterable[Sent]) -> list[Tracked]:
    """Letters with what answers them: the first report of progress of the task that came in after the letter, and stands.

    `ruleset` tells who a unit has become: the report may come from its successor.
    """
    reports = _reports(connection, ruleset)
    return [Tracked(one, dict(_answers(ruleset, one, reports))) for one in letters]


def _answers(ruleset: Ruleset, letter: Sent, reports: Mapping[int, Sequence[_Report]]) -> Iterator[tuple[int, Answer]]:
    for one in letter.tasks if letter.number is not None else ():
        for report in reports.get(one.task, ()):
            if report.version > letter.newest_fact and _speaks_for(ruleset, report, letter):
                yield one.task, report.answer
                break


def _speaks_for(ruleset: Ruleset, report: _Report, letter: Sent) -> bool:
    unit = owner(ruleset, report.unit, max(report.month, letter.period)) or report.unit
    return letter.unit == unit or (unit in ruleset.units and letter.unit in forebears(ruleset, unit, letter.period))


@dataclass(frozen=True, slots=True)
class _Report:
    """A report of progress that stands, under the name that its unit had."""

    version: int
    unit: str
    month: str
    answer: Answer


def _reports(connection: Connection, ruleset: Ruleset) -> dict[int, list[_Report]]:
    """The reports of progress that stand, by task, the oldest version first."""
    progress = ruleset.progress
    if progress is None:
        return {}
    version, source, change = FactVersion.__table__, SourceFile.__table__, Import.__table__
    rows = connection.execute(
        select(version.c["id", "fields"], source.c.name, version.c["sheet", "row"], change.c.at)
        .join_from(version, source, source.c.id == version.c.file_id)
        .join(change, change.c.id == version.c.import_id)
        .where(version.c.id.in_(newest_ids(kinds=[progress.fact])), ~version.c.withdrawn)
        .order_by(version.c.id)
    )
    kind = ruleset.kinds[progress.fact]
    found: dict[int, list[_Report]] = {}
    for id_, fields, *told in rows:
        values = json.loads(fields)
        report = _Report(id_, values.get(kind.unit_field), values.get(kind.month_field, ""), Answer(*told))
        found.setdefault(values[progress.task], []).append(report)
    return found
