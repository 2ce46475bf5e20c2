"""The watched rates of the month: who falls short of the whole."""

from __future__ import annotations

from fractions import Fraction

from engine.dsl.model import Rate
from engine.ledger.book import Book, FactLine
from engine.notices.context import Shortfall
from engine.notices.wording import address, percent, statement_file

NOT_COMPUTABLE = "—"


def shortfalls(book: Book) -> tuple[Shortfall, ...]:
    """A row for each fact with a rate under 1, units in the order of the list."""
    watched = {rate.fact for rate in book.ruleset.rates}
    rows = []
    for unit in book.ruleset.units:
        for fact in book.facts.get(unit, ()):
            if fact.kind not in watched:
                continue
            rates = [_rate(book, rate, fact) for rate in book.ruleset.rates]
            if any(rate is not None and rate < 1 for rate in rates):
                rows.append(Shortfall(unit, address(f"得分单/{statement_file(unit)}"), tuple(map(_shown, rates))))
    return tuple(rows)


def _rate(book: Book, rate: Rate, fact: FactLine) -> Fraction | None:
    """None where the fact is another's, a field is empty or a divisor is 0: nothing was due, nothing is missing."""
    if rate.fact != fact.kind:
        return None
    fields = {
        name: Fraction(fact.values[name]) for name in book.ruleset.kinds[fact.kind].numbers if name in fact.values
    }
    try:
        return rate.value.bind(book.ruleset.numbers(book.period)).value(fields)
    except (ZeroDivisionError, KeyError):
        return None


def _shown(rate: Fraction | None) -> tuple[str, bool]:
    return (NOT_COMPUTABLE, False) if rate is None else (percent(rate), rate < 1)
