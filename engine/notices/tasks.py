"""A unit's obligations in words: how each stood at the month's end, and which facts, or the want of which, decided that."""

from __future__ import annotations

from engine.chinese_dates import value_words
from engine.dsl.model import Ruleset
from engine.dsl.obligation import Duty, Obligation, Progress
from engine.ledger.book import Book, FactLine, VerdictLine
from engine.notices.anchors import task_anchor
from engine.notices.rule_words import evidence_words, pattern_words, progress_words, test_words
from engine.notices.task_context import Deciding, Sign, TaskRow, TaskSums
from engine.notices.wording import address, day_words, fact_source, statement_file
from engine.obligations.judging import FAILING, Status

LEDGER = "任务台账.html"
LETTERS = "督办函"
SIGNS = {
    one.status: one
    for one in (
        Sign(Status.DONE, "√", "done", False),
        Sign(Status.UNDERWAY, "◐", "underway", False),
        Sign(Status.IDLE, "○", "idle", False),
        Sign(Status.OVERDUE, "×", "overdue", True),
        Sign(Status.SUBSTANDARD, "▲", "substandard", True),
    )
}
_SHOWN = 15  # facts of an obligation


def letter_file(unit: str) -> str:
    return f"{LETTERS}/{statement_file(unit)}"


def letter_href(unit: str) -> str:
    """From the month's folder."""
    return address(letter_file(unit))


def task_sums(book: Book) -> TaskSums | None:
    """None of a month without verdicts."""
    verdicts = [one for own in book.verdicts.values() for one in own]
    if not verdicts:
        return None
    done, overdue, substandard = (
        sum(one.status == status for one in verdicts) for status in (Status.DONE, Status.OVERDUE, Status.SUBSTANDARD)
    )
    return TaskSums(len({one.task for one in verdicts}), len(verdicts), done, overdue, substandard, len(book.letters))


def task_rows(book: Book, unit: str) -> tuple[TaskRow, ...]:
    """The unit's obligations by number."""
    known = {one.no: one for one in book.ruleset.obligations_in(book.period)}
    return tuple(_row(book, known[one.task], one) for one in book.verdicts.get(unit, ()))


def _row(book: Book, task: Obligation, verdict: VerdictLine) -> TaskRow:
    facts = verdict.facts
    substandard = verdict.status == Status.SUBSTANDARD
    return TaskRow(
        no=task.no,
        anchor=task_anchor(task.no),
        title=task.title,
        clause=task.clause,
        status=verdict.status,
        sign=SIGNS[verdict.status].kind,
        failing=verdict.status in FAILING,
        due=day_words(verdict.due) if verdict.due else "",
        standard="，".join(map(test_words, task.standard)) if substandard else "",
        lacking=_lacking(book.ruleset, task, verdict),
        decided=tuple(_deciding(book, fact) for fact in facts[:_SHOWN]),
        more=max(0, len(facts) - _SHOWN),
    )


def _deciding(book: Book, fact: FactLine) -> Deciding:
    """A fact by its fields, without what the page says already: the unit, the task, and the book's month."""
    kind, progress = book.ruleset.kinds[fact.kind], book.ruleset.progress
    untold = {kind.unit_field} | ({progress.task} if progress and progress.fact == kind.name else set())
    if fact.values.get(kind.month_field) == book.period:
        untold.add(kind.month_field)
    told = [f"{name} {value_words(kind.fields[name].type, fact.values[name])}" for name in kind.fields if name in fact.values and name not in untold]
    return Deciding(fact.kind, "，".join(told), fact_source(fact))


def _lacking(ruleset: Ruleset, task: Obligation, verdict: VerdictLine) -> str:
    """What would have shown that an obligation is done, or of one without a breach what did not occur."""
    if task.duty is Duty.CLEAN:
        return "" if verdict.facts else f"没有{'，也没有'.join(map(pattern_words, task.breach))}"
    if verdict.status in (Status.DONE, Status.SUBSTANDARD):
        return ""
    told = "，也".join(filter(None, (evidence_words(task), _report(task, ruleset.progress))))
    return f"没有收到{told}" if told else ""


def _report(task: Obligation, progress: Progress | None) -> str:
    """What a unit could have told in place of evidence: anything of a monthly obligation, else that it is done."""
    if progress is None:
        return ""
    told = progress_words(task, progress)
    return f"没有收到{told}" if task.done_when else told
