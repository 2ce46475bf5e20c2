"""Matches to awards: once, best of and caps over a unit's year. Pure: the same matches give the same awards,
in whatever order they come (rules.md, "Meaning")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from engine.dsl.model import UNIT, Rule
from engine.facts import Fact

ONCE, BEST, CAP = "once", "best", "cap"  # what may take from a match; a cap's period follows: cap-year


class Hit(NamedTuple):
    """A rule, settled for its month, that fired on a fact of a unit's month; `raw` in hundredths, before limits.

    `posted` is what it gave, and what took the difference, in a month that is closed: that stays as it was.
    """

    month: str
    rule: Rule
    fact: Fact | None
    raw: int
    posted: tuple[int, str] | None = None

    @property
    def order(self) -> tuple:
        return self.month, self.fact.order if self.fact else ()


class Award(NamedTuple):
    """A hit and what it gave, in hundredths; `limit` says what took the difference, if anything did."""

    hit: Hit
    given: int
    limit: str = ""


def awards(hits: Iterable[Hit]) -> list[Award]:
    """The awards of one unit's year so far, one for each hit, sorted by rule, month and fact key.

    A limit looks at the unit's hits of one rule from January on; so `hits` holds every month up to the last wanted.
    """
    ordered = sorted(hits, key=lambda one: (one.rule.id, one.order))
    return [
        award for _, own in groupby(ordered, key=lambda one: one.rule.id) for award in _capped(_chosen(list(own)))
    ]


def given_by_rule(some: Iterable[Award]) -> dict[str, int]:
    """What each rule gave, by its id; hundredths."""
    sums: dict[str, int] = {}
    for award in some:
        sums[award.hit.rule.id] = sums.get(award.hit.rule.id, 0) + award.given
    return sums


def _chosen(own: list[Hit]) -> Iterator[Award]:
    """The hits of one rule after once and best of, by the limits of its latest month."""
    rule = own[-1].rule
    if rule.once_per is not None:
        return _once(own, rule.once_per)
    if rule.best_of is not None:
        return _best(own, rule.best_of)
    return (_award(one, one.raw) for one in own)


def _award(hit: Hit, given: int, limit: str = "") -> Award:
    return Award(hit, given, limit) if hit.posted is None else Award(hit, *hit.posted)


def _once(own: list[Hit], per: tuple[str, ...]) -> Iterator[Award]:
    seen = set()
    for one in own:
        thing = tuple(one.fact.values.get(field) for field in per if field != UNIT)
        yield _award(one, 0, ONCE) if thing in seen else _award(one, one.raw)
        seen.add(thing)


def _best(own: list[Hit], field: str) -> Iterator[Award]:
    """Each thing keeps its best so far; within a month the best comes first, so that it is the one that counts."""
    best: dict[object, int] = {}
    for one in sorted(own, key=lambda hit: (hit.month, -hit.raw, hit.order)):
        thing = one.fact.values.get(field)
        before = best.get(thing)
        if before is None or one.raw > before:
            best[thing] = one.raw
            yield _award(one, one.raw - (before or 0), BEST if before else "")
        else:
            yield _award(one, 0, BEST)


def _capped(chosen: Iterable[Award]) -> Iterator[Award]:
    """Entries in the order of month and fact key; the sum of a rule's entries stays within plus and minus the cap."""
    period, total = "", 0
    for award in sorted(chosen, key=lambda award: award.hit.order):
        cap = award.hit.rule.cap
        if cap is None:
            yield award
            continue
        now = award.hit.month if cap.per == "month" else award.hit.month[:4]
        if now != period:
            period, total = now, 0
        if award.hit.posted is not None:
            total += award.given
            yield award
            continue
        # What was posted may have gone beyond a cap that is smaller by now: that leaves no room, but takes nothing back.
        if award.given >= 0:
            left = min(award.given, max(0, cap.hundredths - total))
        else:
            left = max(award.given, min(0, -cap.hundredths - total))
        total += left
        yield award if left == award.given else Award(award.hit, left, f"{CAP}-{cap.per}")
