"""The geometry of the drawings, in whole numbers and rationals, so that the same points give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from engine.notices.context import Bar, BarChart, Spark
from engine.notices.wording import pts

WIDTH, ROW = 460, 24
CHARACTER, LONGEST, GAP = 15, 12, 8  # room for names, by their longest; a longer one is cut
RIGHT = 76  # room for numbers
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
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return Bar(shown, points, place * ROW + 4, _tenths(start), _tenths(width), _tenths(max(zero, end) + 7))


def _described(values: Sequence[tuple[str, int]]) -> str:
    return "；".join(f"{name} {pts(points)} 分" for name, points in values)


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
