"""A unit's supervision letter from the book: what is overdue or below standard, by which facts, what falls due next, and how to answer."""

from __future__ import annotations

from engine.dsl.letters import LetterRule, letter_rule
from engine.dsl.model import Ruleset
from engine.dsl.types import ChoiceType
from engine.ledger.book import Book, VerdictLine
from engine.ledger.letters import Sent
from engine.notices.monthly import letterhead
from engine.notices.task_context import AnswerForm, CalledRow, LetterPage
from engine.notices.tasks import task_rows
from engine.notices.wording import date_words
from engine.obligations.judging import Status, falls_due, last_day


def letter_page(book: Book, letter: Sent) -> LetterPage:
    rule = letter_rule(book.ruleset, book.period)
    rows = {row.no: row for row in task_rows(book, letter.unit)}
    statuses = [one.status for one in letter.tasks]
    return LetterPage(
        head=letterhead(book),
        number_prefix=rule.number_prefix,
        number=letter.written,
        unit=letter.unit,
        full_name=book.ruleset.units[letter.unit].full_name,
        day=date_words(last_day(book.period)),
        tasks=tuple(CalledRow(rows[one.task], one.reminders) for one in letter.tasks),
        near=tuple(rows[one.task] for one in book.verdicts.get(letter.unit, ()) if _near(one, book.period, rule)),
        near_days=rule.due_within,
        overdue=statuses.count(Status.OVERDUE),
        substandard=statuses.count(Status.SUBSTANDARD),
        reminders=letter.reminders,
        escalated_to=letter.escalated_to,
        answer=_form(book.ruleset),
        answer_days=rule.answer_within,
        answer_until=date_words(letter.due) if letter.due else "",
    )


def _near(verdict: VerdictLine, month: str, rule: LetterRule) -> bool:
    return rule.due_within is not None and falls_due(verdict.status, verdict.due, month, rule.due_within)


def _form(ruleset: Ruleset) -> AnswerForm | None:
    progress = ruleset.progress
    if progress is None:
        return None
    status = ruleset.kinds[progress.fact].fields[progress.status].type
    states = status.choices if isinstance(status, ChoiceType) else (progress.done,)
    return AnswerForm(progress.fact, progress.task, progress.status, tuple(states), progress.done)
