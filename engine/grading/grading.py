"""The year's result from points and evaluations: score, rank, grade (rules.md, "Grades"). Pure, exact, rounded once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from engine.dsl.annual import AnnualRule, RankBy, Scale, Ties, Vetoed
from engine.dsl.model import Band, Ruleset
from engine.scoring.points import hundredths


@dataclass(frozen=True, slots=True)
class Graded:
    """One unit's year: points and score in hundredths; `band` is the grade by rank alone, `grade` what a veto makes of it."""

    category: str
    unit: str
    points: int
    evaluation: Decimal
    score: int
    rank: int
    band: str
    grade: str


def graded(
    ruleset: Ruleset,
    rule: AnnualRule,
    points: Mapping[str, int],
    evaluations: Mapping[str, Decimal],
    vetoes: Mapping[str, str],
) -> tuple[Graded, ...]:
    """The result of every unit that there is in December, by category, rank and the order of the list.

    `points` are the sums of the months in hundredths, `vetoes` the grades that are forced; a missing evaluation is 0.
    """
    found: list[Graded] = []
    for category in ruleset.categories:
        units = [name for name, unit in ruleset.units_in(ruleset.months[-1]).items() if unit.category == category]
        best = max((points[unit] for unit in units), default=0)
        scores = {unit: _score(rule, points[unit], best, evaluations.get(unit, Decimal(0))) for unit in units}
        compared = scores if rule.rank_by is RankBy.SCORE else {unit: points[unit] for unit in units}
        ranks = _ranks(rule, compared, vetoes.keys())
        for unit in sorted(units, key=lambda one: (ranks[one], ruleset.order[one])):
            band = grade_at(ruleset.bands.get(category, ()), ranks[unit], len(units))
            found.append(Graded(
                category, unit, points[unit], evaluations.get(unit, Decimal(0)), scores[unit], ranks[unit], band,
                vetoes.get(unit, band),
            ))  # fmt: skip
    return tuple(found)


def _score(rule: AnnualRule, points: int, best: int, evaluation: Decimal) -> int:
    months = Fraction(points, 100)
    if rule.scale is Scale.BEST and best > 0:
        months = Fraction(points * 100, best)
    return hundredths(rule.months_weight * months + rule.evaluation_weight * Fraction(evaluation))


def _ranks(rule: AnnualRule, results: Mapping[str, int], vetoed: Collection[str]) -> dict[str, int]:
    """Ranks from 1; equal results share the better one, or follow the order in which they are given."""
    behind = vetoed if rule.vetoed is Vetoed.LAST else ()
    keys = {unit: (unit in behind, -result) for unit, result in results.items()}
    if rule.ties is Ties.LIST:
        return {unit: place for place, unit in enumerate(sorted(keys, key=keys.get), start=1)}
    return {unit: 1 + sum(other < own for other in keys.values()) for unit, own in keys.items()}


def grade_at(bands: Collection[Band], rank: int, size: int) -> str:
    """The grade of the first band that a rank among `size` units fits; so where bands meet, the better one wins."""
    for band in bands:
        if (band.to is None or rank <= band.to) and (band.last is None or rank > size - band.last):
            return band.grade
    return ""
