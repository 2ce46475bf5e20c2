"""The single records of a unit's month that were reported out of time: what its rate of the month comes from."""

from __future__ import annotations

from itertools import groupby

from engine.ledger.book import Book
from engine.notices.context import LateRecords, LateRow

_SHOWN = 100  # rows of a kind


def late_records(book: Book, unit: str) -> tuple[LateRecords, ...]:
    dates = {one.source: one.month_of for one in book.ruleset.derivations}
    found = []
    for kind, lines in groupby(book.late.get(unit, ()), key=lambda line: line.kind):
        own = list(lines)
        known = book.ruleset.kinds[kind]
        rows = [
            LateRow("，".join(line.key), *(_day(date) if date else "" for date in (line.decided, line.due, line.reported)))
            for line in own[:_SHOWN]
        ]
        key = "、".join(name for name in known.key if name != known.unit_field)
        found.append(LateRecords(kind, key, dates[kind], tuple(rows), len(own)))
    return tuple(found)


def _day(date: str) -> str:
    """2023-04-30 as 4月30日."""
    return f"{int(date[5:7])}月{int(date[8:])}日"
