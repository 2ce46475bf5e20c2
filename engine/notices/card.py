"""The month's card from the book: what a leader reads in a chat before opening the notice itself."""

from __future__ import annotations

from engine.dsl.model import Rule
from engine.ledger.book import Book, MatchLine, Standing
from engine.notices.card_context import CardAlert, CardPage, CardPart, CardRow
from engine.notices.monthly import letterhead
from engine.notices.tasks import task_sums
from engine.notices.wording import average

_ROWS = 8  # of all categories together, at each end
_ALERTS = 2


def card_page(book: Book) -> CardPage:
    alerts = _new_alerts(book)
    return CardPage(
        head=letterhead(book),
        parts=tuple(_part(book, name) for name in book.ruleset.categories),
        alerts=alerts[:_ALERTS],
        more_alerts=max(0, len(alerts) - _ALERTS),
        tasks=task_sums(book),
    )


def _part(book: Book, category: str) -> CardPart:
    standings = [one for one in book.standings if one.category == category]
    end = max(1, _ROWS // len(book.ruleset.categories))
    return CardPart(
        name=category,
        units=len(standings),
        average=average([one.month_points for one in standings]),
        first=tuple(map(_row, standings[:end])),
        last=tuple(map(_row, standings[end:][-end:])),
    )


def _row(one: Standing) -> CardRow:
    return CardRow(one.month_rank, one.unit, one.month_points)


def _new_alerts(book: Book) -> tuple[CardAlert, ...]:
    rules = {rule.id: rule for rule in book.rules}
    fired = ((match, rules[match.rule]) for unit in book.ruleset.units for match in book.matches.get(unit, ()))
    found = (CardAlert(match.unit, rule.title, rule.veto) for match, rule in fired if rule.veto and _new(book, match, rule))
    return tuple(dict.fromkeys(found))


def _new(book: Book, match: MatchLine, rule: Rule) -> bool:
    """Whether the fact began in the month; what has no month of its own is taken as new."""
    if match.fact is None:
        return True
    kind = book.ruleset.kinds[match.fact.kind]
    since = match.fact.values.get(kind.start_field or kind.month_field)
    return since is None or since == book.period
