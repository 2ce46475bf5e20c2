"""The pages of a year and of a unit's year: all months side by side, and what leads to their notices."""

from __future__ import annotations

from collections.abc import Callable

from engine.clock import day_of
from engine.ledger.yearbook import UnitMonth, Yearbook, YearMonth
from engine.notices import chart
from engine.notices.annual import ANNUAL
from engine.notices.context import Link
from engine.notices.index import INDEX
from engine.notices.monthly import LEADING, statement_href
from engine.notices.overview_context import MonthRow, UnitMonthRow, UnitPage, UnitRow, YearCategory, YearPage
from engine.notices.tasks import letter_file, letter_href
from engine.notices.wording import address, date_words, formerly_words, month_words, statement_file

UNITS = "单位"
STATEMENTS = "得分单"
There = Callable[[str], bool]  # whether a file, by its path below the folder of all notices, is there to be led to


def unit_file(unit: str) -> str:
    return f"{UNITS}/{statement_file(unit)}"


def year_page(book: Yearbook, there: There) -> YearPage:
    note = f"审定 · {date_words(day_of(book.endorsed.at))}" if book.endorsed else "初评，待审定"
    annual = Link(address(ANNUAL), f"{book.year}年度考核结果", note)
    return YearPage(
        scheme=book.ruleset.title,
        year=book.year,
        last=month_words(book.months[-1].period),
        annual=annual if there(f"{book.year}/{ANNUAL}") else None,
        months=tuple(_month(book, one, there) for one in reversed(book.months)),
        labels=tuple(f"{int(one.period[5:])}月" for one in book.months),
        categories=tuple(_category(book, name, place) for place, name in enumerate(book.ruleset.categories, 1)),
    )


def unit_page(book: Yearbook, unit: str, there: There) -> UnitPage:
    months = book.units[unit]
    (standing,) = (one for one in book.standings if one.unit == unit)
    ranked = [(int(one.period[5:]), one.rank) for one in months if one.rank is not None]
    size = sum(one.category == standing.category for one in book.standings)
    known = book.ruleset.units[unit]
    by_period = {one.period: one for one in book.months}
    return UnitPage(
        scheme=book.ruleset.title,
        year=book.year,
        unit=unit,
        full_name=known.full_name,
        formerly=formerly_words(book.formerly.get(unit, ())),
        category=standing.category,
        size=size,
        total=standing.total_points,
        total_rank=standing.total_rank,
        best_rank=min((rank for _, rank in ranked), default=None),
        chart=chart.bars(f"{unit}{book.year}年各月积分", [(f"{int(one.period[5:])}月", one.points) for one in months]),
        course=chart.rank_course(f"{unit}{book.year}年各月名次", ranked, max(size, *(rank for _, rank in ranked))) if ranked else None,
        months=tuple(_unit_month(book, by_period[one.period], one, there) for one in reversed(months)),
    )


def _month(book: Yearbook, one: YearMonth, there: There) -> MonthRow:
    page = f"{one.period}/{INDEX}"
    return MonthRow(
        month=month_words(one.period),
        href=address(f"../{page}") if there(page) else "",
        state=_state(book, one),
        number=one.issue.number if one.issue else "",
        date=date_words(one.issue.date) if one.issue and one.issue.date else "",
        leaders=book.leaders[one.period],
    )


def _state(book: Yearbook, one: YearMonth) -> str:
    if one.opened:
        return book.ruleset.opening or ""
    if one.issue is None:
        return "征求意见"
    return "已更正" if one.corrected else "已印发"


def _category(book: Yearbook, name: str, place: int) -> YearCategory:
    own = [one for one in book.standings if one.category == name]
    within = [month.points for one in own for month in book.units[one.unit]]
    rows = {
        one.unit: UnitRow(one.unit, address(unit_file(one.unit)), _points(book, one.unit), one.total_points, one.total_rank)
        for one in own
    }
    ordered = sorted(rows.values(), key=lambda row: (row.total_rank, book.ruleset.order[row.unit]))
    return YearCategory(
        name=name,
        anchor=f"a{place}",
        leaders=tuple(row for row in ordered if row.total_rank <= LEADING),
        multiples=tuple(
            chart.multiple(
                row.unit, row.href, [(int(each.period[5:]), each.points, each.rank) for each in book.units[row.unit]], within
            )
            for row in ordered
        ),
        rows=tuple(ordered),
    )


def _points(book: Yearbook, unit: str) -> tuple[int | None, ...]:
    had = {each.period: each.points for each in book.units[unit]}
    return tuple(had.get(one.period) for one in book.months)


def _unit_month(book: Yearbook, month: YearMonth, one: UnitMonth, there: There) -> UnitMonthRow:
    statement, letter = f"{one.period}/{STATEMENTS}/{statement_file(one.name)}", f"{one.period}/{letter_file(one.name)}"
    return UnitMonthRow(
        month=month_words(one.period),
        statement=f"../../{one.period}/{statement_href(one.name)}" if one.name and there(statement) else "",
        letter=f"../../{one.period}/{letter_href(one.name)}" if one.name and there(letter) else "",
        state=_state(book, month),
        points=one.points,
        rank=one.rank,
        total=one.total,
        total_rank=one.total_rank,
    )
