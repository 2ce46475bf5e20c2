"""The page beside a unit's statement: what can still be had, what goes on being lost, and the way to the next grade.

It shows what stood when the month was last run: what was posted or reported since changes nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.ledger.book import Book
from engine.ledger.reading import seen_by
from engine.notices.advice_context import AdviceCap, AdviceClause, AdviceLoss, AdviceNext, AdvicePage, AdviceStep, AdviceVeto, AdviceWay
from engine.notices.clauses import numbered
from engine.notices.monthly import letterhead, statement_href
from engine.notices.wording import month_words, statement_file
from engine.workbench.advice.advising import Advice, Advising, ClauseAdvice
from engine.workbench.advice.grade import Next
from engine.workbench.advice.steps import Step
from engine.workbench.advice.words import again_words, grouped, missing_words, short_words

ADVICE = "提分建议"


def advice_file(unit: str) -> str:
    return f"{ADVICE}/{statement_file(unit)}"


def month_advice(connection: Connection, book: Book) -> dict[str, Advice]:
    """The advice for every unit of a month; none for a month of before the first run."""
    if book.period in book.opened:
        return {}
    advising = Advising(connection, book.ruleset, book.period, seen_by(connection, book.period))
    return {one.unit: advising.of(one.unit) for one in book.standings}


def advice_page(book: Book, found: Advice) -> AdvicePage:
    unit, place = book.ruleset.units[found.unit], found.place
    return AdvicePage(
        head=letterhead(book),
        unit=unit.name,
        full_name=unit.full_name,
        category=unit.category,
        statement=f"../{statement_href(unit.name)}",
        month=month_words(found.month) if found.month else "",
        missing=missing_words(found.missing),
        points=found.points,
        rank=place.rank if place else None,
        size=place.size if place else 0,
        grade=place.grade if place else "",
        lead=place.lead if place else None,
        vetoes=tuple(
            AdviceVeto(one.rule.title, one.rule.clause, one.say, one.ends, one.rule.veto, month_words(one.until)) for one in found.vetoes
        ),
        losses=tuple(
            AdviceLoss(
                one.rule.title, one.rule.clause, one.say, month_words(one.since) if one.since else "", one.points, one.saves, one.ends
            )
            for one in found.losses
        ),
        next=found.next and _next(found, found.next),
        clauses=tuple(_clause(found, one) for one in found.clauses),
    )


def _next(found: Advice, following: Next) -> AdviceNext:
    ways = tuple(AdviceWay(one.gain, one.reaches, short_words(one), _steps(found, one.steps)) for one in following.combinations)
    return AdviceNext(following.grade, following.needs, following.foreseen, ways)


def _clause(found: Advice, one: ClauseAdvice) -> AdviceClause:
    known = found.ruleset.clauses.get(one.clause)
    caps = tuple(AdviceCap(cap.rule.title, cap.had, cap.cap) for cap in one.caps)
    return AdviceClause(numbered(known) if known else one.title, one.clause, one.got, caps, _steps(found, one.steps))


def _steps(found: Advice, steps: Sequence[Step]) -> tuple[AdviceStep, ...]:
    return tuple(
        AdviceStep(words, own[0].rule.title, own[0].rule.clause, len(own), own[0].extra, own[0].gain, again_words(own[0]))
        for own, words in grouped(found.ruleset, steps)
    )
