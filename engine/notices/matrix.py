"""The ledger of tasks: every obligation and every unit of a month on one page, a table for each category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.dsl.obligation import Obligation
from engine.ledger.book import Book, VerdictLine
from engine.notices.anchors import task_anchor
from engine.notices.monthly import letterhead, statement_href
from engine.notices.task_context import Cell, MatrixPage, MatrixPart, MatrixRow, Sign
from engine.notices.tasks import SIGNS, letter_href
from engine.notices.wording import date_words, day_words
from engine.obligations.judging import last_day

_Judged = Mapping[tuple[int, str], VerdictLine]  # by task and unit


def matrix_page(book: Book) -> MatrixPage:
    judged = {(one.task, unit): one for unit, own in book.verdicts.items() for one in own}
    tasks = book.ruleset.obligations_in(book.period)
    parts = (_part(book, name, f"c{place}", tasks, judged) for place, name in enumerate(book.ruleset.categories, start=1))
    return MatrixPage(letterhead(book), date_words(last_day(book.period)), tuple(SIGNS.values()), tuple(parts))


def _part(book: Book, category: str, anchor: str, tasks: Sequence[Obligation], judged: _Judged) -> MatrixPart:
    units = [name for name, unit in book.ruleset.units_in(book.period).items() if unit.category == category]
    rows = tuple(_row(book, task, units, judged) for task in tasks)
    columns = [[row.cells[place] for row in rows] for place in range(len(units))]
    counts = tuple(tuple(_count(cells, sign) for cells in columns) for sign in SIGNS.values())
    return MatrixPart(category, anchor, tuple(units), rows, counts, tuple(map(sum, counts)))


def _row(book: Book, task: Obligation, units: Sequence[str], judged: _Judged) -> MatrixRow:
    found = [judged.get((task.no, unit)) for unit in units]
    cells = tuple(_cell(book, unit, task.no, one) if one else None for unit, one in zip(units, found, strict=True))
    due = next((day_words(one.due) for one in found if one and one.due), "")
    return MatrixRow(task.no, task.title, due, cells, tuple(_count(cells, sign) for sign in SIGNS.values()))


def _cell(book: Book, unit: str, no: int, verdict: VerdictLine) -> Cell:
    sign = SIGNS[verdict.status]
    called = sign.failing and unit in book.letters
    return Cell(unit, sign, letter_href(unit) if called else f"{statement_href(unit)}#{task_anchor(no)}")


def _count(cells: Sequence[Cell | None], sign: Sign) -> int:
    return sum(cell is not None and cell.sign == sign for cell in cells)
