"""The month's notice from the book: pure, and told in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.derivation.objecting import last_day, review_days
from engine.dsl.model import Rule, Time
from engine.ledger.book import Book, MatchLine, Standing
from engine.notices import chart
from engine.notices.anchors import entry_anchor, unit_anchor
from engine.notices.context import (
    Alert,
    BarChart,
    CategoryPart,
    Deduction,
    Highlight,
    Letterhead,
    MonthlyPage,
    Movers,
    Place,
    RankRow,
    ReviewTerm,
)
from engine.notices.letterhead import plain_letterhead
from engine.notices.rates import shortfalls
from engine.notices.summary import summary
from engine.notices.tasks import task_sums
from engine.notices.wording import address, average, date_words, fact_words, formerly_words, month_words, statement_file
from engine.scoring.months import month_before

WHOLE_CHART = 20  # a category up to this size is drawn whole, a larger one by its two ends
CHART_END = 10
HIGHLIGHTS = 5
LEADING = 3


def letterhead(book: Book) -> Letterhead:
    issue = book.issue
    plain = plain_letterhead(
        book.ruleset, year=book.period[:4], month=book.period, draft=issue is None,
        number=issue.number if issue else "", date=issue.date if issue else "",
    )  # fmt: skip
    return replace(
        plain,
        opening=book.ruleset.opening if book.period in book.opened else "",
        opened=_opened_words(book),
        review=_review(book),
    )


def _review(book: Book) -> ReviewTerm | None:
    if book.period in book.opened:
        return None
    days = review_days(book.ruleset, book.period)
    last = last_day(book.ruleset, book.period, book.issue.date) if book.issue else None
    return None if days is None else ReviewTerm(days, date_words(last) if last else "")


def _opened_words(book: Book) -> str:
    """Of a later month, which months' points were brought from before the first run: a run of months from January on."""
    if not book.opened or book.period in book.opened:
        return ""
    first, last = book.opened[0], book.opened[-1]
    months = month_words(first) if first == last else f"{month_words(first)}至{int(last[5:])}月"
    return f"{months}的{book.ruleset.opening}"


def monthly_page(book: Book) -> MonthlyPage:
    head = letterhead(book)
    matches = [match for unit in book.ruleset.units for match in book.matches.get(unit, ())]
    deducted = sorted((match for match in matches if match.given < 0), key=lambda match: match.given)
    rules = {rule.id: rule for rule in book.rules}
    short = shortfalls(book)
    return MonthlyPage(
        head=head,
        title=(head.issuer, f"关于{head.month}", f"{head.scheme}情况的通报"),
        categories=tuple(_category(book, name, place) for place, name in enumerate(book.ruleset.categories, 1)),
        entries=len(matches),
        added=sum(match.given > 0 for match in matches),
        deducted=len(deducted),
        limited=sum(match.given == 0 for match in matches),
        compared=month_before(book.period) in book.ranks,
        highlights=tuple(_highlights(_events(book, matches), rules)),
        deductions=tuple(_deduction(match, rules[match.rule]) for match in deducted),
        deducted_units=len({match.unit for match in deducted}),
        deducted_points=sum(match.given for match in deducted),
        alerts=tuple(_alert(match, rules[match.rule]) for match in matches if rules[match.rule].veto),
        rate_names=tuple(rate.name for rate in book.ruleset.rates),
        shortfalls=short,
        tasks=task_sums(book),
        summary=None if book.period in book.opened else summary(book, short),
    )


def added(matches: Iterable[MatchLine]) -> int:
    return sum(match.given for match in matches if match.given > 0)


def deducted(matches: Iterable[MatchLine]) -> int:
    return sum(match.given for match in matches if match.given < 0)


def moved(book: Book, standing: Standing) -> int | None:
    """The ranks that a unit gained since the month before; None where that month is not posted."""
    before = book.ranks.get(month_before(book.period), {}).get(standing.unit)
    return None if before is None else before - standing.month_rank


def course(book: Book, unit: str) -> list[tuple[str, int]]:
    """The unit's posted months up to this one, oldest first."""
    return [(period, book.months[period][unit]) for period in sorted(book.months) if unit in book.months[period]]


def statement_href(unit: str) -> str:
    return address(f"得分单/{statement_file(unit)}")


def _line_href(match: MatchLine) -> str:
    """A match's line in its unit's statement."""
    return f"{statement_href(match.unit)}#{entry_anchor(match.entry)}" if match.entry else statement_href(match.unit)


def _category(book: Book, name: str, place: int) -> CategoryPart:
    standings = [standing for standing in book.standings if standing.category == name]
    changes = [(standing.unit, moved(book, standing) or 0) for standing in standings]
    return CategoryPart(
        name=name,
        anchor=f"a{place}",
        average=average([standing.month_points for standing in standings]),
        leaders=_leaders(standings),
        risen=_furthest(changes, 1),
        fallen=_furthest(changes, -1),
        charts=_charts(f"{month_words(book.period)}{name}积分", standings),
        rows=tuple(_row(book, standing) for standing in standings),
    )


def _leaders(standings: list[Standing]) -> tuple[Place, ...]:
    ranks = sorted({standing.month_rank for standing in standings if standing.month_rank <= LEADING})
    return tuple(
        Place(rank, tuple(standing.unit for standing in standings if standing.month_rank == rank)) for rank in ranks
    )


def _furthest(changes: list[tuple[str, int]], way: int) -> Movers | None:
    most = max((change * way for _, change in changes), default=0)
    return Movers(tuple(unit for unit, change in changes if change * way == most), most) if most > 0 else None


def _charts(title: str, standings: list[Standing]) -> tuple[BarChart, ...]:
    values = [(standing.unit, standing.month_points) for standing in standings]
    if len(values) <= WHOLE_CHART:
        return (chart.bars(title, values),) if values else ()
    return (
        chart.bars(f"{title}（排在前面的{CHART_END}个）", values[:CHART_END], values),
        chart.bars(f"{title}（排在后面的{CHART_END}个）", values[-CHART_END:], values),
    )


def _row(book: Book, standing: Standing) -> RankRow:
    matches = book.matches.get(standing.unit, ())
    return RankRow(
        rank=standing.month_rank,
        unit=standing.unit,
        anchor=unit_anchor(standing.unit),
        href=statement_href(standing.unit),
        added=added(matches),
        deducted=deducted(matches),
        points=standing.month_points,
        total=standing.total_points,
        total_rank=standing.total_rank,
        moved=moved(book, standing),
        spark=chart.spark([points for _, points in course(book, standing.unit)] or [0]),
        formerly=formerly_words(book.formerly.get(standing.unit, ())),
    )


def _events(book: Book, matches: list[MatchLine]) -> list[MatchLine]:
    """What somebody did in the month: full marks for a month's routine figures are no highlight, nor is an adjustment."""
    kinds = book.ruleset.kinds
    own = book.ruleset.operator_kinds
    return [
        match for match in matches
        if match.fact and match.fact.kind not in own and kinds[match.fact.kind].time is Time.EVENT
    ]  # fmt: skip


def _highlights(matches: list[MatchLine], rules: dict[str, Rule]) -> Iterator[Highlight]:
    """The rules with the highest single awards, each once: a month of full marks must not hide the rest."""
    best: dict[str, int] = {}
    for match in matches:
        best[match.rule] = max(best.get(match.rule, 0), match.given)
    order = {rule: place for place, rule in enumerate(rules)}
    highest = sorted((rule for rule in best if best[rule] > 0), key=lambda rule: (-best[rule], order[rule]))
    for rule in highest[:HIGHLIGHTS]:
        top = [match for match in matches if match.rule == rule and match.given == best[rule]]
        units = tuple(dict.fromkeys(match.unit for match in top))
        say = fact_words(top[0].say, rules[rule].title) if len(top) == 1 else ""
        yield Highlight(rules[rule].title, rules[rule].clause, units, say, best[rule])


def _deduction(match: MatchLine, rule: Rule) -> Deduction:
    say = fact_words(match.say, rule.title)
    anchor = entry_anchor(match.entry) if match.entry else ""
    return Deduction(
        match.unit, _line_href(match), rule.title, say, rule.clause or rule.id, match.given, match.entry, anchor
    )


def _alert(match: MatchLine, rule: Rule) -> Alert:
    say = fact_words(match.say, rule.title)
    return Alert(match.unit, _line_href(match), rule.title, say, rule.clause, rule.veto)
