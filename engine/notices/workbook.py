"""A month's standings as a workbook: the ranks, every unit's points by rule, and each match with the row that it came from."""

from __future__ import annotations

import calendar
import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.dsl.model import Rule
from engine.ledger.book import Book, MatchLine
from engine.ledger.sheets import COUNT, POINTS, Cell, Column, workbook, write_sheet
from engine.notices.monthly import added, deducted, moved
from engine.notices.limits import limit_words
from engine.notices.wording import formerly_words, source_file
from engine.scoring.points import decimal

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_RANKS = (
    Column("类别", 8), Column("名次", 7, COUNT), Column("单位", 24), Column("加分", 10, POINTS), Column("扣分", 10, POINTS),
    Column("本月积分", 11, POINTS), Column("累计积分", 11, POINTS), Column("累计名次", 9, COUNT), Column("较上月上升", 11, COUNT),
    Column("备注", 30),
)  # fmt: skip
_MATCHES = (
    Column("类别", 8), Column("单位", 24), Column("规则", 8), Column("事项", 28), Column("条款", 18), Column("说明", 40),
    Column("算式", 24), Column("应计", 10, POINTS), Column("计分", 10, POINTS), Column("限制", 24), Column("事实", 16),
    Column("键", 30), Column("文件", 30), Column("工作表", 16), Column("行", 7, COUNT),
)  # fmt: skip


def standings_workbook(book: Book) -> bytes:
    """The same bytes from the same book. The matches of a unit add up to its points."""
    year, month = map(int, book.period.split("-"))

    def fill(file: Workbook) -> None:
        write_sheet(file, "名次", _RANKS, [_rank(book, place) for place in range(len(book.standings))], frozen=3)
        for category in book.ruleset.categories:
            _by_rule(file, book, category)
        write_sheet(file, "分录", _MATCHES, _matches(book), frozen=3)

    return workbook(datetime.datetime(year, month, calendar.monthrange(year, month)[1]), fill)


def _points(hundredths: int) -> Decimal:
    return Decimal(decimal(hundredths))


def _rank(book: Book, place: int) -> list[Cell]:
    one = book.standings[place]
    own = book.matches.get(one.unit, ())
    return [
        one.category, one.month_rank, one.unit, _points(added(own)), _points(deducted(own)), _points(one.month_points),
        _points(one.total_points), one.total_rank, moved(book, one), formerly_words(book.formerly.get(one.unit, ())),
    ]  # fmt: skip


def _by_rule(file: Workbook, book: Book, category: str) -> None:
    """A category's units by rank, with a column for every rule that gave or took something in the month."""
    standings = [one for one in book.standings if one.category == category]
    given = {rule for one in standings for rule in book.entries.get(one.unit, {})}
    rules = [rule for rule in book.rules if rule.id in given]
    columns = [Column("名次", 7, COUNT), Column("单位", 24), *(Column(f"{rule.id} {rule.title}", 14, POINTS) for rule in rules)]
    rows: list[list[Cell]] = []
    for one in standings:
        own = book.entries.get(one.unit, {})
        each = [_points(own[rule.id]) if rule.id in own else None for rule in rules]
        rows.append([one.month_rank, one.unit, *each, _points(one.month_points)])
    write_sheet(file, category, [*columns, Column("本月积分", 11, POINTS)], rows, frozen=2)


def _matches(book: Book) -> list[list[Cell]]:
    rules = {rule.id: rule for rule in book.rules}
    order = [(one.category, one.unit) for one in book.standings]
    return [
        [category, unit, *_match(match, rules[match.rule])] for category, unit in order for match in book.matches.get(unit, ())
    ]


def _match(match: MatchLine, rule: Rule) -> list[Cell]:
    fact = match.fact
    origin: list[Cell] = ["", "", "", "", None] if fact is None else [
        fact.kind, " ".join(filter(None, fact.key)), source_file(fact.file), fact.sheet or "", fact.row,
    ]  # fmt: skip
    return [
        rule.id, rule.title, rule.clause, match.say, match.formula, _points(match.raw), _points(match.given),
        limit_words(match, rule), *origin,
    ]  # fmt: skip
