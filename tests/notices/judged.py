"""The shipped ruleset's April, in which every status of an obligation occurs: a book made by hand."""

from __future__ import annotations

from dataclasses import replace

from engine.dsl.letters import letter_rule
from engine.dsl.model import Ruleset
from engine.ledger.book import Book, FactLine, Issue, VerdictLine
from engine.ledger.letters import Called, Sent, written_number
from engine.ledger.standings import ranks, standings
from engine.obligations.judging import FAILING, Status, last_day
from tests.notices.example import idle_of

MONTH = "2023-04"
SHORT = FactLine(
    "行政管理信息", ("市公安局", MONTH, "行政强制"), {"单位": "市公安局", "月份": MONTH, "类别": "行政强制", "报送数": 67, "合规数": 64},
    "/home/某人/inbox/各部门上报.xlsx", "行政管理信息", 13,
)  # fmt: skip
STATUSES = {9: (Status.SUBSTANDARD, Status.OVERDUE, Status.DONE), 17: (Status.IDLE, Status.UNDERWAY), 2: (Status.DONE, Status.OVERDUE)}


def judged(ruleset: Ruleset, reminders: int = 1) -> Book:
    """A draft; task 9 falls short or is overdue with two units in three, and its letters are the `reminders`-th running."""
    verdicts: dict[str, list[VerdictLine]] = {}
    for task in ruleset.obligations_in(MONTH):
        for place, unit in enumerate(task.units):
            told = STATUSES.get(task.no, (Status.DONE,))
            status = told[place % len(told)]
            facts = (replace(SHORT, values={**SHORT.values, "单位": unit}),) if status is Status.SUBSTANDARD else ()
            due = None if task.duty == "clean" else task.due or last_day(MONTH)
            verdicts.setdefault(unit, []).append(VerdictLine(task.no, status, due, facts))
    to = letter_rule(ruleset, MONTH).escalate_to if reminders >= 3 else ""
    failing = {unit: [one for one in verdicts.get(unit, ()) if one.status in FAILING] for unit in ruleset.units}
    letters = {
        unit: Sent(MONTH, unit, tuple(Called(one.task, one.status, reminders) for one in own), to)
        for unit, own in failing.items() if own
    }  # fmt: skip
    points = {MONTH: dict.fromkeys(ruleset.units, 0)}
    return Book(
        ruleset, MONTH, ruleset.in_force(MONTH), standings(ruleset, points), points, {MONTH: ranks(ruleset, points[MONTH])},
        {}, {}, {}, idle_of(ruleset, ruleset.in_force(MONTH), {}, {}), verdicts={unit: tuple(own) for unit, own in verdicts.items()}, letters=letters,
    )  # fmt: skip


def issued(book: Book) -> Book:
    """The same as it went out on 8 May, its letters numbered from 201 and due on 22 May."""
    rule = letter_rule(book.ruleset, MONTH)
    letters = {
        unit: replace(one, number=number, written=written_number(rule, number), issued="2023-05-08", due="2023-05-22")
        for number, (unit, one) in enumerate(book.letters.items(), start=201)
    }
    return replace(book, issue=Issue("长发改信用〔2023〕12号", "2023-05-08"), letters=letters)
