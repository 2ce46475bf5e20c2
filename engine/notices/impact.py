"""The page of `rules impact`."""

from __future__ import annotations

import re

from engine.notices.impact_context import ImpactChange, ImpactClause, ImpactEntry, ImpactPage, ImpactTally, ImpactUnit
from engine.notices.wording import MINUS, date_words, month_words, source_words
from engine.workbench.impact.effect import EntryMove, UnitMove
from engine.workbench.impact.impact import Impact, Tally
from engine.workbench.impact.parts import LEVEL_WORDS


def impact_page(found: Impact, other: str) -> ImpactPage:
    """`other` says which version it is."""
    clauses = found.clauses
    return ImpactPage(
        scheme=found.after.title,
        other=other,
        months=months_words(found.months),
        level=LEVEL_WORDS[found.level],
        changes=tuple(ImpactChange(one.rule, LEVEL_WORDS[one.level], _written(one.what)) for one in found.changes),
        clauses=tuple(
            ImpactClause(one.category, _tally(one.clause, one.tally), tuple(_tally(*each) for each in one.units))
            for one in clauses
        ),
        units=tuple(map(_unit, found.moved)),
        entries=tuple(map(_entry, found.entries)),
        vetoes=tuple(veto_words(*one) for one in found.vetoes),
        findings=tuple(f"{one.place} {one.message}" for one in found.findings),
        gained=sum(one.tally.gained for one in clauses),
        lost=sum(one.tally.lost for one in clauses),
        changed=sum(one.tally.changed for one in clauses),
    )


def months_words(months: tuple[str, ...]) -> str:
    """The posted months that are compared; "" where there are none.

    >>> months_words(("2023-01", "2023-03"))
    '2023年1月至2023年3月中已计分的2个月'
    """
    if len(months) < 2:
        return month_words(months[0]) if months else ""
    return f"{month_words(months[0])}至{month_words(months[-1])}中已计分的{len(months)}个月"


def veto_words(unit: str, before: str, after: str) -> str:
    return f"{unit}：一票否决的规则由{before or '无'}变为{after or '无'}"


def from_to(before: object, after: object) -> str:
    """Two values, or the one that both are; a missing one is told.

    >>> from_to(3, 5), from_to("优秀", "优秀"), from_to(None, 2)
    ('3 → 5', '优秀', '无 → 2')
    """
    told = ["无" if one in (None, "") else str(one) for one in (before, after)]
    return told[0] if told[0] == told[1] else " → ".join(told)


def _tally(name: str, one: Tally) -> ImpactTally:
    return ImpactTally(name, one.gained, one.lost, one.changed, one.by)


def _unit(one: UnitMove) -> ImpactUnit:
    grades = from_to(one.grade_before, one.grade_after) if one.grade_before or one.grade_after else ""
    return ImpactUnit(one.category, one.unit, one.before, one.after, from_to(one.rank_before, one.rank_after), grades)


def _entry(one: EntryMove) -> ImpactEntry:
    source = source_words(one.file, one.sheet, one.row) if one.file else "当月无相应上报"
    return ImpactEntry(month_words(one.month), one.unit, one.rule, _fact(one), source, one.before, one.after)


def _fact(one: EntryMove) -> str:
    """The fact by its kind and key, without the unit and the month that stand beside it."""
    kind, _, key = one.fact.partition(":")
    about = " ".join(part for part in key.split("|") if part not in (one.unit, one.month))
    return _written(f"“{kind}”{about}") if kind else ""


def _written(text: str) -> str:
    """Words of a terminal as a page has them: minus signs, and months and dates in words.

    >>> _written("扣分比以前多（-3.00 → -5.00），2023-05起")
    '扣分比以前多（−3.00 → −5.00），2023年5月起'
    """
    text = re.sub(r"(?<![0-9-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-])", lambda found: date_words(found[0]), text)
    text = re.sub(r"(?<![0-9-])[0-9]{4}-(0[1-9]|1[0-2])(?![0-9-])", lambda found: month_words(found[0]), text)
    return minus_signs(text)


def minus_signs(text: str) -> str:
    """Words about a difference with the minus sign of points, as on pages and in tables.

    >>> minus_signs("扣分比以前多（-3.00 → -5.00）（2023-05 起）")
    '扣分比以前多（−3.00 → −5.00）（2023-05 起）'
    """
    return re.sub(r"(?<![0-9A-Za-z])-(?=[0-9])", MINUS, text)
