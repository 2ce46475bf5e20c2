"""How monthly figures are made of single records, as typed values, and the days that are not as their weekday says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dsl.findings import Place

if TYPE_CHECKING:
    from engine.dsl.model import SettingRef, Test


@dataclass(frozen=True)
class Within:
    """A test on a record: the date in `field` is at most so many working days after that in `of`, which is not counted."""

    field: str
    of: str
    days: int | SettingRef


@dataclass(frozen=True)
class Count:
    """How many records meet every test: the value of one count field of the kind that is made."""

    field: str
    tests: tuple[Test, ...] = ()
    within: tuple[Within, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """Monthly figures made of records: one fact a unit and month in which a record's `month_of` date lies."""

    makes: str
    source: str
    month_of: str
    counts: tuple[Count, ...]
    place: Place = Place("derive.yaml", 1, 1)


@dataclass(frozen=True)
class CalendarYear:
    """The days of a year that are not as their weekday says: texts YYYY-MM-DD."""

    holidays: frozenset[str]
    workdays: frozenset[str]
