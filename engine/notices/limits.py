"""What took from a match, in words, and how far a unit is from what a rule gives at most."""

from __future__ import annotations

from engine.dsl.model import Cap, Rule
from engine.ledger.book import Book, MatchLine
from engine.notices.chart_context import Gauges
from engine.notices import chart
from engine.notices.wording import pts
from engine.scoring.award import Award

PER = {"year": "全年", "month": "当月"}


def limit_words(match: MatchLine | Award, rule: Rule) -> str:
    """Empty where nothing was taken."""
    if not match.limit:
        return ""
    if match.limit == "once":
        return "此前已计过，不再计分"
    if match.limit == "best":
        return "此前已计分，补计差额" if match.given else "同一事项只取最好的一次，不另计分"
    period = PER[match.limit.partition("-")[2]]
    return f"{period}累计以{pts(rule.cap.hundredths)}分为限" if isinstance(rule.cap, Cap) else f"{period}已到上限"


def gauges(book: Book, unit: str) -> Gauges | None:
    """How much of each cap that binds a unit it has so far; None where no cap does."""
    rows = []
    for rule in book.rules:
        if rule.cap is None or unit not in rule.units:
            continue
        had = book.given.get(unit, {}).get(rule.id, 0)
        if rule.cap.per == "year":
            had += sum(month.get(unit, {}).get(rule.id, 0) for month in book.earlier.values())
        rows.append((rule.title, PER[rule.cap.per], had, rule.cap.hundredths))
    return chart.gauges(f"{unit}到上限的进度", rows) if rows else None
