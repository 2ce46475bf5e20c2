"""What is worth saying of a month, worked out of the book: nothing is said where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.dsl.model import Rule
from engine.ledger.book import Book, MatchLine, Standing
from engine.notices.comparison import causes
from engine.notices.comparison_context import CategoryMoves, First, Listing, Mover, RateCount, Summary
from engine.notices.context import Shortfall
from engine.scoring.months import month_before

_CAUSES = 2
_FIRSTS = 5


def summary(book: Book, shortfalls: Iterable[Shortfall]) -> Summary:
    firsts = _firsts(book)
    told = [First(rule.title, tuple(units)) for rule, units in firsts]
    return Summary(
        moves=tuple(_moves(book)),
        listed=_listings(book, _begun(book)),
        cleared=_listings(book, _ended(book)),
        firsts=tuple(told[:_FIRSTS]),
        first_rules=len(told),
        first_units=len({unit for _, units in firsts for unit in units}),
        rates=_rates(book, tuple(shortfalls)),
    )


def _moves(book: Book) -> Iterator[CategoryMoves]:
    last = book.months.get(month_before(book.period), {})
    for name in book.ruleset.categories if book.last else ():
        moved = [
            (one, one.month_points - last[one.unit])
            for one in book.standings
            if one.category == name and one.unit in book.last and one.unit in last
        ]
        risen, fallen = _furthest(book, moved, 1), _furthest(book, moved, -1)
        if risen or fallen:
            yield CategoryMoves(name, risen, fallen)


def _furthest(book: Book, moved: list[tuple[Standing, int]], way: int) -> Mover | None:
    most = max((by * way for _, by in moved), default=0)
    if most <= 0:
        return None
    own = [one for one, by in moved if by * way == most]
    if len(own) > 1:
        return Mover(tuple(one.unit for one in own), most * way, 0, 0, ())
    (one,) = own
    because = tuple(cause for cause in causes(book, one.unit) if cause.by * way > 0)[:_CAUSES]
    before = book.ranks.get(month_before(book.period), {}).get(one.unit, 0)
    return Mover((one.unit,), most * way, before, one.month_rank, because)


def _begun(book: Book) -> Iterator[tuple[MatchLine, Rule]]:
    """The matches of rules that set the year's grade whose state began this month."""
    for match, rule in _vetoes(book, book.matches):
        kind = book.ruleset.kinds[match.fact.kind] if match.fact else None
        if kind and kind.start_field and match.fact.values.get(kind.start_field) == book.period:
            yield match, rule


def _ended(book: Book) -> Iterator[tuple[MatchLine, Rule]]:
    """Those of last month whose fact no longer holds."""
    for match, rule in _vetoes(book, book.last):
        held = {(fact.kind, fact.key) for fact in book.facts.get(match.unit, ())}
        if match.fact and (match.fact.kind, match.fact.key) not in held:
            yield match, rule


def _vetoes(book: Book, matches: Mapping[str, tuple[MatchLine, ...]]) -> Iterator[tuple[MatchLine, Rule]]:
    for unit in book.ruleset.units_in(book.period):
        for match in matches.get(unit, ()):
            rule = book.known.get(match.rule)
            if rule and rule.veto:
                yield match, rule


def _listings(book: Book, found: Iterable[tuple[MatchLine, Rule]]) -> tuple[Listing, ...]:
    by_rule: dict[str, list[str]] = {}
    for match, rule in found:
        by_rule.setdefault(rule.id, []).append(match.unit)
    return tuple(
        Listing(book.known[rule].title, tuple(dict.fromkeys(units)), len(units), book.known[rule].veto or "")
        for rule, units in by_rule.items()
    )


def _firsts(book: Book) -> list[tuple[Rule, list[str]]]:
    """Rules with the units that had points by them for the first time this year, the highest awards first.

    Nothing in the first posted month, in which every award is a first one, nor of months brought from before.
    """
    if not book.earlier or book.opened:
        return []
    found: dict[str, list[str]] = {}
    best: dict[str, int] = {}
    for unit in book.ruleset.units_in(book.period):
        if any(unit not in month for month in book.earlier.values()):
            continue
        for rule, points in book.given.get(unit, {}).items():
            if points > 0 and not any(month[unit].get(rule, 0) > 0 for month in book.earlier.values()):
                found.setdefault(rule, []).append(unit)
                best[rule] = max(best.get(rule, 0), points)
    order = {rule.id: place for place, rule in enumerate(book.rules)}
    return [(book.known[rule], found[rule]) for rule in sorted(found, key=lambda rule: (-best[rule], order[rule]))]


def _rates(book: Book, shortfalls: tuple[Shortfall, ...]) -> tuple[RateCount, ...]:
    counted = (
        RateCount(rate.name, len({one.unit for one in shortfalls if one.rates[place][1]}))
        for place, rate in enumerate(book.ruleset.rates)
    )
    return tuple(one for one in counted if one.units)
