"""What the next better grade needs, and the fewest steps that bring it.

The other units stay where they are: they have what is posted, and what is known already of the first month to come where
that adds to it. The unit itself has of that month what its facts so far give, its losses included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.grading.grading import Graded, grade_at
from engine.scoring.succession import owner, predecessors
from engine.workbench.advice.ahead import Ahead, Months
from engine.workbench.advice.losses import Veto
from engine.workbench.advice.steps import Step

_SHOWN = 3
_LOOKED_AT = 12  # the best steps, of which all combinations are looked at
_LARGEST = 6
_TRIED = 20  # combinations of one size that are scored
_MOST = 10  # steps: more at once is no help to anyone
_FARTHEST = 10**9  # hundredths


@dataclass(frozen=True, slots=True)
class Combination:
    """Steps done together. `gain` is what they bring beside the figures told last, told again; hundredths.

    `enough`: the points are; `barred`: a veto still matches then, so that they bring nothing.
    """

    steps: tuple[Step, ...]
    gain: int
    enough: bool
    barred: bool

    @property
    def reaches(self) -> bool:
        return self.enough and not self.barred


@dataclass(frozen=True, slots=True)
class Next:
    """The next better grade: `needs` hundredths more than now; `foreseen` is what the first month to come takes, at most 0.

    No combination where none of up to ten steps is seen, nor of a year that is over.
    """

    grade: str
    needs: int
    foreseen: int
    combinations: tuple[Combination, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit would be if the year ended now. `lead`: what it may lose and keep the best grade; None of any other."""

    rank: int
    size: int
    grade: str
    lead: int | None
    better: str  # the next better grade, empty of the best and where no points bring one
    until: int  # the last rank that has it, or that has the unit's own where that is the best


class Grading:
    """The year's result as it stands, and as it would be with more points of one unit."""

    def __init__(self, ahead: Ahead) -> None:
        self.ahead = ahead
        outlook = ahead.outlook
        posted = {month: outlook.points[month] for month in outlook.posted}
        self._posted = outlook.totals(posted)
        self._now = outlook.results(self._posted)
        self._known: dict[str, int] = {}
        if ahead.months:
            month = ahead.months[0]
            for unit, points in outlook.points[month].items():
                then = self.final(unit)
                if then is not None:
                    self._known[then] = max(0, points)
        self._ladders: dict[str, list[str]] = {}

    def final(self, unit: str) -> str | None:
        """The unit of December that has a unit's points as they are; None where they are merged with others'."""
        last = owner(self.ahead.ruleset, unit, self.ahead.ruleset.months[-1])
        return last if last == unit or (last is not None and len(predecessors(self.ahead.ruleset, last)) == 1) else None

    def place(self, unit: str) -> Place | None:
        """None where no year is graded, or the unit goes on with others."""
        own = self._now.get(self.final(unit) or "")
        if own is None:
            return None
        ladder = self._ladder(own)
        if own.unit in self.ahead.outlook.forced:  # the last month is posted: the year is graded so, whatever the points
            return Place(own.rank, len(ladder), own.grade, None, "", len(ladder))
        better = next((grade for grade in reversed(ladder[: own.rank]) if grade != own.band), "")
        reached = ladder[: own.rank] if better else ladder
        until = max(rank for rank, grade in enumerate(reached, 1) if grade == (better or own.band))
        lead = None
        if not better and until < len(ladder):
            lost = least(lambda by: self._rank(own.unit, -by, self._posted) > until, self._gap(own, until + 1))
            lead = None if lost is None else lost - 1
        return Place(own.rank, len(ladder), own.band, lead, better, until)

    def _ladder(self, own: Graded) -> list[str]:
        """The grade of every rank of a category."""
        if own.category not in self._ladders:
            size = sum(one.category == own.category for one in self._now.values())
            bands = self.ahead.ruleset.bands.get(own.category, ())
            self._ladders[own.category] = [grade_at(bands, rank, size) for rank in range(1, size + 1)]
        return self._ladders[own.category]

    def _gap(self, own: Graded, rank: int) -> int:
        """How far the unit at a rank is off, which is what it mostly takes to be there."""
        others = sorted((one for one in self._now.values() if one.category == own.category), key=lambda one: one.rank)
        return abs(others[rank - 1].points - own.points)

    def _rank(self, unit: str, more: int, totals: dict[str, int]) -> int:
        return self.ahead.outlook.results({**totals, unit: totals[unit] + more}, self._now[unit].category)[unit].rank

    def needs(self, unit: str, place: Place, *, known: bool = False) -> int | None:
        """The points more with which a unit has the next better grade; None where no points bring it.

        `known`: where others have what is known of the month to come.
        """
        own = self._now[self.final(unit)]
        totals = self._posted
        if known:
            totals = {one: points + (self._known.get(one, 0) if one != own.unit else 0) for one, points in totals.items()}
        return least(lambda by: self._rank(own.unit, by, totals) <= place.until, self._gap(own, place.until))


def least(enough: Callable[[int], bool], guess: int) -> int | None:
    """The least whole number from 1 that is enough, looked for around a guess; all larger ones are too. None: none is."""
    low, high, step = 0, max(1, guess), 1
    if not enough(high):
        while high < _FARTHEST and not enough(high):
            low, high, step = high, high + step, step * 2
        if not enough(high):
            return None
    else:
        while high - step > low and enough(high - step):
            high, step = high - step, step * 2
        low = max(low, high - step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def towards(
    grading: Grading, place: Place, known: Months, as_usual: Months, steps: Sequence[Step], vetoes: Sequence[Veto]
) -> Next | None:
    """What the next better grade needs; None of a unit that has the best already. Without a month to come nothing can be done.

    What ends a veto is part of every combination.
    """
    if not place.better:
        return None
    needs = grading.needs(known.unit, place)
    if needs is None:
        return None
    if not known.months:
        return Next(place.better, needs, 0, ())
    month = known.months[0]
    foreseen = sum(points for points in as_usual.given(month).values() if points < 0)
    so_far = sum(known.given(month).values())
    wanted = grading.needs(known.unit, place, known=True)

    ends = tuple(_ends(known, as_usual, steps, vetoes))
    ended = {id(step) for step in ends}

    def done(chosen: Sequence[Step]) -> Combination:
        facts = [fact for step in (*ends, *chosen) for fact in step.facts]
        extra = as_usual.gain(facts)
        enough = foreseen + extra >= wanted and so_far + known.gain(facts) >= wanted
        barred = any(hit.rule.veto for world in (known, as_usual) for hit in world.supposed(facts, month))
        return Combination((*ends, *chosen), extra, enough, barred)

    def strange(chosen: Sequence[Step]) -> int:
        """How many steps are of a kind that the unit never told."""
        kinds = (fact.kind for step in chosen if step.before is None for fact in step.facts)
        return sum((known.unit, kind) not in known.ahead.reported for kind in kinds)

    others = [step for step in steps if id(step) not in ended]
    lacking = wanted - foreseen - sum(step.extra for step in ends)
    return Next(place.better, needs, foreseen, tuple(_cheapest(others, _MOST - len(ends), lacking, done, strange)))


def _ends(known: Months, as_usual: Months, steps: Sequence[Step], vetoes: Sequence[Veto]) -> Iterator[Step]:
    """The steps that end the vetoes in sight, where a fact can; also those that bring no points."""
    own = {(fact.kind, fact.key): step for step in steps for fact in step.facts}
    before = {(fact.kind, fact.key): fact for fact in known.facts(known.months[0])}
    facts = {(fact.kind, fact.key): (veto.rule, fact) for veto in vetoes for fact in veto.facts}
    for about, (rule, fact) in facts.items():
        step = own.get(about)
        if step is not None and step.facts == (fact,):
            yield step
        else:
            yield Step(rule, known.months[0], (fact,), known.gain([fact]), as_usual.gain([fact]), before.get(about))


def _cheapest(
    steps: Sequence[Step],
    most: int,
    wanted: int,
    done: Callable[[Sequence[Step]], Combination],
    strange: Callable[[Sequence[Step]], int],
) -> Iterator[Combination]:
    """Combinations with points enough, each without the best step of those before it; else all that can be done, if few."""
    best = sorted(steps, key=lambda step: -step.extra)
    for place in range(_SHOWN):
        found = _fewest(best, most, wanted, done, strange)
        if found is None:
            break
        yield found
        chosen = [step for step in best if any(step is one for one in found.steps)]
        if not chosen:  # to end the veto is enough
            return
        best.remove(chosen[0])
    else:
        return
    if best and not place and len(best) <= most:
        yield done(best)


def _fewest(
    best: Sequence[Step],
    most: int,
    wanted: int,
    done: Callable[[Sequence[Step]], Combination],
    strange: Callable[[Sequence[Step]], int],
) -> Combination | None:
    """The fewest steps with points enough, of these the ones that are least strange, then with the least beyond it.

    `best` come with the best first.
    """
    for size in range(min(len(best), most) + 1):
        if sum(step.extra for step in best[:size]) < wanted:
            continue
        fitting = [tuple(best[:size])]
        if size <= _LARGEST:
            fitting = [one for one in combinations(best[:_LOOKED_AT], size) if sum(step.extra for step in one) >= wanted]
            fitting.sort(key=lambda one: (strange(one), sum(step.extra for step in one)))
        found = next((one for one in map(done, fitting[:_TRIED]) if one.enough), None)
        if found is not None:
            return found
    return None
