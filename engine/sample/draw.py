"""How one value of a fact is drawn. Whole numbers only: a share is so many in a hundred of another field.

A `Hand` is one unit telling one series: its own random stream, so that no unit's facts hang on another's, and the
memory that makes a year out of twelve draws (a size that stays, a list used up one by one).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from engine.sample.script import Spec


class UsedUp(Exception):
    """The list that a field is drawn from has nothing new left: the unit has no further such fact."""


@dataclass
class Hand:
    random: Random
    level: int
    unit: str
    place: int
    year: int
    words: Mapping[str, Sequence[str]]
    month: int = 1
    number: int = 0
    kept: dict[object, Any] = field(default_factory=dict)

    def value(self, name: str, spec: Spec, row: Mapping[str, str]) -> str:
        """The text of one field; the fields told before it stand in `row`. Empty where the field stays empty."""
        if isinstance(spec, str):
            return spec.format_map(_Blanks(self))
        draw = next(_DRAWS[way] for way in spec if way in _DRAWS)
        return draw(self, name, spec, row)

    def listed(self, words: str | Sequence[str]) -> Sequence[str]:
        return self.words[words] if isinstance(words, str) else words

    def within(self, trend: Any, by_level: bool = False) -> int:
        """A whole number of a range that may move from January to December; by level, good units stay high in it."""
        low, high = _range_of(trend, self.month)
        if not by_level:
            return self.random.randint(low, high)
        standing = (3 * self.level + self.random.randint(0, 100)) // 4
        return low + ((high - low) * standing + 50) // 100


class _Blanks(dict[str, Any]):
    """What a pattern's braces stand for: the hand's own words first, then a word of the list of that name."""

    def __init__(self, hand: Hand) -> None:
        super().__init__(n=hand.number, unit=hand.unit, place=hand.place, year=hand.year, month=hand.month)
        self._hand = hand

    def __missing__(self, name: str) -> str:
        return self._hand.random.choice(self._hand.words[name])


def _range_of(trend: Any, month: int) -> tuple[int, int]:
    if not isinstance(trend, Mapping):
        return int(trend[0]), int(trend[1])
    starts, ends = map(int, trend["from"]), map(int, trend["to"])
    low, high = (start + (end - start) * (month - 1) // 11 for start, end in zip(starts, ends, strict=True))
    return low, high


def _count(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    return str(hand.within(spec["count"]))


def _hundredths(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    return str(Decimal(hand.within(spec["hundredths"], by_level=True)).scaleb(-2))


def _share(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    whole = int(row[spec["share_of"]])
    return str((whole * min(100, hand.within(spec["percent"], by_level=True)) + 50) // 100)


def _steady(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    """The unit's own size, drawn once for what the row so far names, and each month so many in a hundred off it."""
    about = (name, *(value for field_name, value in row.items() if field_name in spec.get("per", ())))
    if about not in hand.kept:
        hand.kept[about] = hand.within(spec["steady"])
    sway = int(spec["sway"])
    return str((hand.kept[about] * (100 + hand.random.randint(-sway, sway)) + 50) // 100)


def _one_of(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    return hand.random.choice(hand.listed(spec["one_of"]))


def _next_of(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    if name not in hand.kept:
        words = hand.listed(spec["next_of"])
        hand.kept[name] = hand.random.sample(words, len(words))
    if not hand.kept[name]:
        raise UsedUp
    return hand.kept[name].pop()


def _day(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    return _weekday(datetime.date(hand.year, hand.month, hand.within(spec["day"])))


def _after(hand: Hand, name: str, spec: Mapping[str, Any], row: Mapping[str, str]) -> str:
    """A day so many days after another, or, now and then, never."""
    if hand.random.randint(1, 100) > int(spec["chance"]):
        return ""
    days = datetime.timedelta(days=hand.within(spec["days"]))
    return _weekday(datetime.date.fromisoformat(row[spec["after"]]) + days)


def _weekday(day: datetime.date) -> str:
    """The day itself, or the Friday before a weekend: offices decide and report on working days."""
    return (day - datetime.timedelta(days=max(0, day.weekday() - 4))).isoformat()


_DRAWS: Mapping[str, Callable[[Hand, str, Mapping[str, Any], Mapping[str, str]], str]] = {
    "count": _count,
    "hundredths": _hundredths,
    "share_of": _share,
    "steady": _steady,
    "one_of": _one_of,
    "next_of": _next_of,
    "day": _day,
    "after": _after,
}
