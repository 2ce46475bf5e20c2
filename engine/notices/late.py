"""The single records of a unit's month that were reported out of time: what its rate of the month comes from."""

from __future__ import annotations

from itertools import groupby

from engine.ledger.book import Book
from engine.notices.context import LateRecords, LateRow
from engine.notices.wording import day_words

_SHOWN = 100  # rows of a kind


def late_records(book: Book, unit: str) -> tuple[LateRecords, ...]:
    dates = {one.source: one.month_of for one in book.ruleset.derivations}
    found = []
    for kind, lines in groupby(book.late.get(unit, ()), key=lambda line: line.kind):
        own = list(lines)
        known = book.ruleset.kinds[kind]
        rows = [
            LateRow("，".join(line.key), *(day_words(date) if date else "" for date in (line.decided, line.due, line.reported)))
            for line in own[:_SHOWN]
        ]
        key = "、".join(name for name in known.key if name != known.unit_field)
        found.append(LateRecords(kind, key, dates[kind], tuple(rows), len(own)))
    return tuple(found)
