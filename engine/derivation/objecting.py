"""Until when a unit may ask for review of an issued month: working days after the date of issue, as the ruleset says."""

from __future__ import annotations

from engine.derivation.calendar import UnknownYear, WorkingDays
from engine.dsl.model import Ruleset, SettingRef


def review_days(ruleset: Ruleset, month: str) -> int | None:
    """How many working days there are for a month's review; None where the ruleset sets no end to it."""
    if isinstance(ruleset.review, SettingRef):
        return int(ruleset.numbers(month)[ruleset.review.name])
    return ruleset.review


def last_day(ruleset: Ruleset, month: str, issued: str) -> str | None:
    """The last day, YYYY-MM-DD, on which review may be asked for; None without an end, or where no calendar tells."""
    days = review_days(ruleset, month)
    try:
        return None if days is None else WorkingDays(ruleset.calendar).deadline(issued, days)
    except UnknownYear:
        return None


def in_time(ruleset: Ruleset, month: str, issued: str, day: str) -> bool:
    """Whether review may be asked for on a day. Raises UnknownYear where that hangs on a year without a calendar."""
    last = last_day(ruleset, month, issued)
    if last is not None:
        return day <= last
    days = review_days(ruleset, month)
    return days is None or WorkingDays(ruleset.calendar).within(issued, day, days)
