"""The geometry of the drawings, in whole numbers and rationals, so that the same points give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from engine.notices.chart_context import Column, Gauge, Gauges, Multiple, Pair, PairBar, PairChart, RankCourse, RankDot
from engine.notices.context import Bar, BarChart, Spark
from engine.notices.wording import pts

WIDTH, ROW = 460, 24
CHARACTER, LONGEST, GAP = 15, 12, 8  # room for names, by their longest; a longer one is cut
RIGHT = 76  # room for numbers
PAIR = 36  # two bars and a gap
GAUGE, GAUGE_RIGHT = 28, 130
COLUMN, MONTHS, MULTIPLE = 10, 12, 48
COURSE, COURSE_EDGE, COURSE_STEP = 130, 30, 34
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 64, 18, 4


def bars(title: str, values: Sequence[tuple[str, int]], within: Sequence[tuple[str, int]] = ()) -> BarChart:
    """Horizontal bars from zero, one a value; `within` are all values of the charts that share a scale."""
    shared = [*within, *values]
    numbers = [0, *(points for _, points in shared)]
    low, high = min(numbers), max(numbers)
    left = GAP + CHARACTER * min(max((len(name) for name, _ in shared), default=0), LONGEST)
    step = Fraction(WIDTH - left - RIGHT, (high - low) or 1)
    zero = left - low * step
    drawn = tuple(_bar(place, name, points, zero, step) for place, (name, points) in enumerate(values))
    return BarChart(title, _described(values), WIDTH, len(values) * ROW + 8, left - GAP, _tenths(zero), drawn)


def _bar(place: int, name: str, points: int, zero: Fraction, step: Fraction) -> Bar:
    end = zero + points * step
    start = min(zero, end)
    width = max(abs(end - zero), Fraction(1))
    return Bar(_cut(name), points, place * ROW + 4, _tenths(start), _tenths(width), _tenths(max(zero, end) + 7))


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _described(values: Sequence[tuple[str, int]]) -> str:
    return "；".join(f"{name} {pts(points)} 分" for name, points in values)


def pairs(title: str, values: Sequence[tuple[str, int | None, int]], of: str) -> PairChart:
    """Two bars a row from one zero: a name, what a unit has (None: nothing), and the median of `of`."""
    numbers = [0, *(points or 0 for _, *both in values for points in both)]
    low, high = min(numbers), max(numbers)
    left = GAP + CHARACTER * min(max((len(name) for name, *_ in values), default=0), LONGEST)
    # Numbers stand to the right of a bar, of one below zero too.
    step = Fraction(WIDTH - left - RIGHT, (high - low) or 1)
    zero = left - low * step
    rows = tuple(
        Pair(name, _cut(name), place * PAIR + 4, _pair_bar(own, zero, step), _pair_bar(median, zero, step))
        for place, (name, own, median) in enumerate(values)
    )
    told = "；".join(f"{name}：本单位{' 无' if own is None else f' {pts(own)} 分'}，{of} {pts(median)} 分" for name, own, median in values)
    return PairChart(title, told, WIDTH, len(values) * PAIR + 6, left - GAP, _tenths(zero), rows)


def _pair_bar(points: int | None, zero: Fraction, step: Fraction) -> PairBar:
    end = zero + (points or 0) * step
    return PairBar(points, _tenths(min(zero, end)), _tenths(max(abs(end - zero), Fraction(1))), _tenths(max(zero, end) + 6))


def gauges(title: str, values: Sequence[tuple[str, str, int, int]]) -> Gauges:
    """One track a cap, filled as far as it is used: name, period in words, points so far, the cap."""
    left = GAP + CHARACTER * min(max((len(name) for name, *_ in values), default=0), LONGEST)
    track = WIDTH - left - GAUGE_RIGHT
    rows = tuple(
        Gauge(name, _cut(name), per, points, cap, abs(points) >= cap, place * GAUGE + 4,
              _tenths(min(Fraction(abs(points), cap), Fraction(1)) * track))
        for place, (name, per, points, cap) in enumerate(values)
    )  # fmt: skip
    told = "；".join(f"{name} {per} {pts(points)} 分，上限 {pts(cap)} 分" for name, per, points, cap in values)
    return Gauges(title, told, WIDTH, len(values) * GAUGE + 6, left - GAP, left, track, left + track + 7, rows)


def multiple(unit: str, href: str, values: Sequence[tuple[int, int, int | None]], within: Sequence[int]) -> Multiple:
    """A unit's months as columns, (month, points, rank) each; `within` are all points of the charts that share a scale."""
    low, high = min(0, *within), max(0, *within)
    step = Fraction(MULTIPLE - 4, (high - low) or 1)
    zero = 2 + high * step
    columns = tuple(
        Column(f"{month}月", points, rank, _tenths((month - 1) * COLUMN + 1), _tenths(zero - max(points, 0) * step),
               _tenths(max(abs(points) * step, Fraction(1))))
        for month, points, rank in values
    )  # fmt: skip
    told = "；".join(f"{month}月 {pts(points)} 分" for month, points, _ in values)
    return Multiple(unit, href, told, MONTHS * COLUMN, MULTIPLE, COLUMN - 2, _tenths(zero), columns)


def rank_course(title: str, values: Sequence[tuple[int, int]], size: int) -> RankCourse:
    """Ranks of months, (month, rank) each, of so many units: the first place on top, a slot for every month of the year."""
    step = Fraction(COURSE - 2 * COURSE_EDGE, max(size - 1, 1))
    dots = tuple(
        RankDot(f"{month}月", rank, _tenths(GAP + COURSE_STEP * (month - 1) + 18), _tenths(COURSE_EDGE + (rank - 1) * step),
                _tenths(COURSE_EDGE + (rank - 1) * step - 8))
        for month, rank in values
    )  # fmt: skip
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    ends = tuple((rank, _tenths(COURSE_EDGE + (rank - 1) * step)) for rank in sorted({1, size}))
    return RankCourse(title, "；".join(f"{month}月第 {rank} 名" for month, rank in values), WIDTH, COURSE, line, ends, dots)


def spark(values: Sequence[int]) -> Spark:
    """The course of the months as a small line that ends in a dot."""
    low, span = min(values), (max(values) - min(values)) or 1
    across = Fraction(SPARK_WIDTH - 2 * SPARK_EDGE, max(len(values) - 1, 1))
    spots = [
        (
            _tenths(SPARK_EDGE + across * (place if len(values) > 1 else 1)),
            _tenths(SPARK_HEIGHT - SPARK_EDGE - Fraction(value - low, span) * (SPARK_HEIGHT - 2 * SPARK_EDGE)),
        )
        for place, value in enumerate(values)
    ]
    return Spark(" ".join(f"{x},{y}" for x, y in spots), *spots[-1])


def _tenths(number: Fraction | int) -> str:
    tenths = (Fraction(number) * 20 + 1) // 2
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10}"
