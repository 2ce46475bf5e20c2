"""A unit's month by clause: how the source numbers it, and what the unit has against the median of its category."""

from __future__ import annotations

from engine.dsl.model import Clause
from engine.ledger.book import Book
from engine.notices import chart
from engine.notices.chart_context import PairChart
from engine.notices.wording import month_words
from engine.scoring.points import hundredths


def numbered(clause: Clause) -> str:
    """The goal under its number in the source's table, which ends the clause's id."""
    item = clause.id.rpartition(" ")[2]
    return clause.goal if clause.goal.startswith(item) else f"{item}{clause.goal}"


def against_median(book: Book, unit: str) -> PairChart | None:
    """The clauses that bind the unit where it or the median has points; None where there is none."""
    category = book.ruleset.units[unit].category
    own: dict[str, int | None] = {}
    for rule in book.rules:
        if unit in rule.units and rule.category == category:
            clause = rule.clause or rule.id
            had = book.given.get(unit, {}).get(rule.id)
            own[clause] = own.get(clause) if had is None else (own.get(clause) or 0) + had
    values = []
    for clause, points in own.items():
        median = hundredths(book.medians[category, clause] / 100)
        if points or median:
            values.append((_name(book, clause), points, median))
    title = f"{month_words(book.period)}各条得分与{category}中位数"
    return chart.pairs(title, values, f"{category}中位数") if values else None


def _name(book: Book, clause: str) -> str:
    if clause in book.ruleset.clauses:
        return numbered(book.ruleset.clauses[clause])
    return book.known[clause].title if clause in book.known else clause
