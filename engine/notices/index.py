"""The pages that lead to the others: a month's, and the one over all months."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from engine.ledger.book import Book
from engine.ledger.letters import Sent
from engine.notices.context import IndexPage, Link, LinkGroup
from engine.notices.monthly import statement_href
from engine.notices.tasks import LEDGER, LETTERS, letter_href, task_sums
from engine.notices.wording import address, month_words, pts

MONTHLY = "月度通报.html"
CARD = "通报卡.html"
INDEX = "index.html"


def month_index(book: Book) -> IndexPage:
    month = month_words(book.period)
    statements = tuple(
        LinkGroup(
            f"{category}得分单",
            tuple(
                Link(statement_href(one.unit), one.unit, f"第{one.month_rank}名 · {pts(one.month_points)}分")
                for one in book.standings
                if one.category == category
            ),
        )
        for category in book.ruleset.categories
    )
    notices = [Link(MONTHLY, f"{month}月度通报", "总体情况、排名、扣分明细")]
    notices.append(Link(CARD, f"{month}通报卡", "一页，供手机转发"))
    sums = task_sums(book)
    if sums is not None:
        notices.append(Link(LEDGER, f"{month}任务台账", f"已完成{sums.done}项 · 逾期{sums.overdue}项 · 不达标{sums.substandard}项"))
    letters = tuple(Link(letter_href(unit), unit, _letter_note(one)) for unit, one in book.letters.items())
    groups = [LinkGroup("通报", tuple(notices)), *statements, *([LinkGroup(LETTERS, letters)] if letters else ())]
    return IndexPage(f"{month}积分", book.ruleset.title, Link(f"../{INDEX}", "全部月份"), tuple(groups))


def _letter_note(letter: Sent) -> str:
    times = f" · 第{letter.reminders}次督办" if letter.reminders > 1 else ""
    return f"{len(letter.tasks)}项{times}"


def all_months(
    months: Sequence[tuple[str, str]],
    corrected: Collection[str] = (),
    reviews: Link | None = None,
    shown: Mapping[str, bool] | None = None,
) -> IndexPage:
    """Every month that has notices, the newest first, by year, corrected ones marked; then what leads to the reviews.

    `shown` are the years that have a page of their own, which leads their months, and whether it has the year's result.
    """
    shown = shown or {}
    years = sorted({*(period[:4] for period, _ in months), *shown}, reverse=True)
    groups = tuple(
        LinkGroup(
            f"{year}年",
            (Link(address(f"{year}/{INDEX}"), f"{year}年度", f"各月、各单位{'，年度考核结果' if shown.get(year) else ''}"),) * (year in shown)
            + tuple(
                Link(address(f"{period}/{INDEX}"), month_words(period), f"{title} · 已更正" if period in corrected else title)
                for period, title in sorted(months, reverse=True)
                if period[:4] == year
            ),
        )
        for year in years
    )
    if reviews is not None:
        groups += (LinkGroup("复核", (reviews,)),)
    return IndexPage("积分通报", "各月的通报与各单位得分单", None, groups)
