"""What the templates receive of the drawings beside plain bars; places and lengths are texts of drawing units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairBar:
    """One bar of a pair, and where its number stands; None where a unit has no entry at all, which is not a 0."""

    points: int | None
    x: str
    width: str
    label_x: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What a unit has of a clause, and the median of those that the clause binds."""

    name: str
    shown: str  # the name, cut to fit
    y: int
    own: PairBar
    median: PairBar


@dataclass(frozen=True, slots=True)
class PairChart:
    title: str
    described: str
    width: int
    height: int
    name_x: int
    axis_x: str
    rows: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of a cap is used; a part of it may have been deducted."""

    name: str
    shown: str
    per: str  # 全年, 当月
    points: int
    cap: int
    full: bool
    y: int
    filled: str  # the width of what is used


@dataclass(frozen=True, slots=True)
class Gauges:
    title: str
    described: str
    width: int
    height: int
    name_x: int
    track_x: int
    track: int
    label_x: int
    rows: tuple[Gauge, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One month of a small chart; a rank is None of a month that the unit had under several names."""

    month: str  # 4月
    points: int
    rank: int | None
    x: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Multiple:
    """A unit's months on a scale that it shares with its category."""

    unit: str
    href: str
    described: str
    width: int
    height: int
    column: int  # how wide a month is
    axis_y: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class RankDot:
    month: str  # 4月
    rank: int
    x: str
    y: str
    label_y: str


@dataclass(frozen=True, slots=True)
class RankCourse:
    """A unit's ranks month by month as a line, the first place on top."""

    title: str
    described: str
    width: int
    height: int
    line: str
    ends: tuple[tuple[int, str], ...]  # the first and the last place there is, and the height of each
    dots: tuple[RankDot, ...]
