"""The page of the reviews: what units asked to have looked at again, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath

from engine.ledger.reviews import Request, State
from engine.notices.context import Link, ReviewMonth, ReviewRow, ReviewsPage
from engine.notices.wording import address, date_words, month_words

REVIEWS = "复核.html"
_SETTLED = (State.UPHELD, State.ANSWERED)


def reviews_page(scheme: str, requests: Sequence[Request]) -> ReviewsPage:
    """`scheme` is the ruleset's title."""
    by_month = sorted(requests, key=lambda one: one.period, reverse=True)  # stable: by number within a month
    months = [(period, tuple(map(review_row, own))) for period, own in groupby(by_month, key=lambda one: one.period)]
    return ReviewsPage(
        scheme=scheme,
        months=tuple(ReviewMonth(month_words(period), f"m{period}", rows) for period, rows in months),
        states=tuple((str(state), sum(one.state is state for one in requests)) for state in State),
    )


def reviews_link(requests: Sequence[Request]) -> Link:
    """What leads to the page, from the folder of all notices."""
    left = sum(one.state not in _SETTLED for one in requests)
    return Link(address(REVIEWS), "复核申请", f"共{len(requests)}件，{f'{left}件未办结' if left else '均已办结'}")


def review_row(request: Request) -> ReviewRow:
    decision, answer = request.decision, request.answer
    return ReviewRow(
        number=request.number,
        unit=request.unit,
        rule=request.rule.id,
        title=request.rule.title,
        clause=request.rule.clause,
        text=request.text,
        asked=date_words(request.at[:10]),
        until=date_words(request.until) if request.until else "",
        state=request.state,
        settled=request.state in _SETTLED,
        reason=request.reason,
        decided=date_words(decision.at[:10]) if decision else "",
        correction=_link(answer.notice) if answer and answer.notice else None,
    )


def _link(notice: str) -> Link:
    path = PurePosixPath(notice)
    return Link(address(notice), f"{month_words(str(path.parent))}{path.stem}")
