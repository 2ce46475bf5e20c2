"""A correction's notice: old and new side by side, by unit and clause, and every place that moved by it."""

from __future__ import annotations

from engine.clock import day_of
from engine.dsl.model import Ruleset
from engine.ledger.correcting import CorrectedMonth, Correction
from engine.notices.anchors import entry_anchor
from engine.notices.context import CorrectedMonthPart, CorrectedRow, CorrectionPage, EntryMark, MovedRow, RestatedRow
from engine.notices.letterhead import plain_letterhead
from engine.notices.reviews import review_row
from engine.notices.wording import month_words


def correction_file(correction: Correction) -> str:
    return f"更正通报-{correction.number}.html"


def correction_page(correction: Correction, number: str = "", issued: str | None = None) -> CorrectionPage:
    """`number` as the notice is issued under, `issued` its date, YYYY-MM-DD; without one that of the correction."""
    year, date = correction.period[:4], issued or day_of(correction.at)
    return CorrectionPage(
        head=plain_letterhead(correction.ruleset, year=year, month=correction.period, number=number, date=date, draft=False),
        number=correction.number,
        reason=correction.reason,
        months=tuple(_month(correction.ruleset, one) for one in correction.months),
        reviews=tuple(map(review_row, correction.reviews)),
    )


def _marks(entries: tuple[int, ...]) -> tuple[EntryMark, ...]:
    return tuple(EntryMark(one, entry_anchor(one)) for one in entries)


def _month(ruleset: Ruleset, month: CorrectedMonth) -> CorrectedMonthPart:
    rows = tuple(
        CorrectedRow(one.unit, one.rule.clause or one.rule.id, one.rule.title, one.before, one.after, _marks(one.entries))
        for one in month.accounts
    )
    moved = tuple(MovedRow(one.category, one.unit, *one.month, *one.total) for one in month.moved)
    titles = {one.no: one.title for one in ruleset.obligations}
    restated = tuple(RestatedRow(one.task, titles.get(one.task, ""), *one[1:]) for one in month.verdicts)
    return CorrectedMonthPart(month_words(month.period), rows, moved, restated)
