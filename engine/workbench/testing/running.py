"""Runs rule tests: each the way of a real run, but for its own unit alone; many of them in several processes."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from engine.dsl.model import Ruleset
from engine.obligations.judging import Judgements
from engine.scoring.award import Award
from engine.scoring.points import decimal
from engine.scoring.succession import owner
from engine.scoring.year import Year
from engine.workbench.testing.coverage import Coverage, Point, Seen, Sort, coverage, seen_of, seen_of_records
from engine.workbench.testing.overriding import overridden
from engine.workbench.testing.rule_tests import Case, tested

_WORTH_A_PROCESS = 150  # tests; fewer are run sooner than another process has started and compiled the rules
_PORTIONS = 4  # for each process, so that none waits long for the last

Progress = Callable[[int, int], None]  # tests done, tests in all


@dataclass(frozen=True)
class Difference:
    """Something that a test expects and does not get, or gets and does not expect; points with two decimals."""

    month: str
    what: str  # a rule's id, or 任务 and an obligation's number
    title: str
    expected: str
    got: str
    why: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"{self.month} {self.what}：应为 {self.expected}，实为 {self.got}"


@dataclass(frozen=True)
class Outcome:
    """What came of a test, and what it has shown of the rules; a failed one has differences and shows nothing."""

    differences: tuple[Difference, ...]
    seen: Seen


class Runner:
    """Runs tests of one ruleset; those with the same settings share its settled rules."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._settled: dict[tuple[tuple[str, str], ...], Ruleset] = {(): ruleset}

    def outcome(self, case: Case) -> Outcome:
        ruleset = self._under(case.settings)
        year = Year(ruleset, case.facts)
        seen: Seen = Counter()
        differences = [*_points(year, case, seen), *_tasks(year, case, seen)]
        return Outcome(tuple(differences), Counter() if differences else seen)

    def _under(self, settings: Mapping[str, str]) -> Ruleset:
        told = tuple(sorted(settings.items()))
        if told not in self._settled:
            self._settled[told] = overridden(self._ruleset, settings)
        return self._settled[told]


def _points(year: Year, case: Case, seen: Seen) -> Iterator[Difference]:
    titles = {rule.id: rule.title for rule in year.ruleset.rules}
    for month, expected in case.expect.items():
        unit = owner(year.ruleset, case.unit, month)
        awards = year.awards_of(unit, month)
        by_rule: dict[str, list[Award]] = {}
        for award in awards:
            by_rule.setdefault(award.hit.rule.id, []).append(award)
        seen.update(seen_of(year, unit, month, awards, case.ignore))
        seen.update(seen_of_records(year.ruleset, unit, month, case.facts, case.ignore))
        got = {rule: sum(award.given for award in own) for rule, own in by_rule.items()}
        for rule in sorted({*expected, *got} - case.ignore):
            if expected.get(rule, 0) != got.get(rule, 0):
                why = _why(year, case, unit, month, rule, by_rule.get(rule, ()), rule in expected)
                yield Difference(month, rule, titles[rule], decimal(expected.get(rule, 0)), decimal(got.get(rule, 0)), why)


def _why(
    year: Year, case: Case, unit: str, month: str, rule: str, awards: Sequence[Award], named: bool
) -> tuple[str, ...]:
    from engine.workbench.testing.reasons import rule_reasons  # only failures need the words of notices

    unnamed = () if named else (f"测试没有写 {rule}；与本例无关的规则写进 ignore",)
    return (*rule_reasons(year, unit, month, rule, awards, case.facts), *unnamed)


def _tasks(year: Year, case: Case, seen: Seen) -> Iterator[Difference]:
    judgements = Judgements(year)
    titles = {one.no: one.title for one in year.ruleset.obligations}
    for month, expected in case.tasks.items():
        unit = owner(year.ruleset, case.unit, month)
        stands = {one.task: one for one in judgements.verdicts_of(unit, month)}
        for task, status in expected.items():
            verdict = stands.get(task)
            if verdict is not None and verdict.status == status:
                seen[Point(str(task), Sort.STATUS, which=status)] += 1
                continue
            from engine.workbench.testing.reasons import task_reasons

            why = task_reasons(year, unit, month, task, verdict)
            yield Difference(month, f"任务 {task}", titles[task], status, verdict.status if verdict else "无", why)


def run_cases(
    ruleset: Ruleset, cases: Sequence[Case], jobs: int | None = None, progress: Progress | None = None
) -> list[Outcome]:
    """What comes of each test, in their order whatever the number of processes; None takes what is quickest here."""
    if jobs is None:
        jobs = min(os.cpu_count() or 1, len(cases) // _WORTH_A_PROCESS)
    if min(jobs, len(cases)) <= 1:
        return list(_one_by_one(Runner(ruleset), cases, progress))
    return _in_processes(ruleset, cases, min(jobs, len(cases)), progress)


def _one_by_one(runner: Runner, cases: Sequence[Case], progress: Progress | None) -> Iterator[Outcome]:
    for done, case in enumerate(cases, start=1):
        yield runner.outcome(case)
        if progress:
            progress(done, len(cases))


def _in_processes(ruleset: Ruleset, cases: Sequence[Case], jobs: int, progress: Progress | None) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    # Tests with the same settings go together, as their rules are settled and compiled but once a process.
    ordered = sorted(range(len(cases)), key=lambda place: sorted(cases[place].settings.items()))
    size = -(-len(cases) // (jobs * _PORTIONS))
    portions = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    # Spawned, not forked: durable-rules has one host a process, and a fork would share its state.
    spawned = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=spawned)
    # It goes with each portion, as a process that is given much at its start holds up the next until it has read it.
    packed = pickle.dumps(ruleset)
    try:
        with _ctrl_c_unheard():
            waiting = {pool.submit(_portion, packed, [cases[place] for place in portion]): portion for portion in portions}
        for done in as_completed(waiting):
            outcomes.update(zip(waiting[done], done.result(), strict=True))
            if progress:
                progress(len(outcomes), len(cases))
    finally:
        pool.shutdown(cancel_futures=True)
    return [outcomes[place] for place in range(len(cases))]


@contextmanager
def _ctrl_c_unheard() -> Iterator[None]:
    """Processes that are started meanwhile never hear it, from their first line on; who started them ends them."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


@lru_cache(maxsize=1)
def _runner(ruleset: bytes) -> Runner:
    """The one of this process."""
    return Runner(pickle.loads(ruleset))


def _portion(ruleset: bytes, cases: Sequence[Case]) -> list[Outcome]:
    runner = _runner(ruleset)
    return [runner.outcome(case) for case in cases]


def covered(ruleset: Ruleset, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Coverage:
    """What the tests that passed have seen of the ruleset."""
    named = Counter(rule for case in cases for rule in tested(ruleset, case))
    seen: Seen = Counter()
    for outcome in outcomes:
        seen.update(outcome.seen)
    return coverage(ruleset, named, seen)
