"""What differs between two rulesets, part by part, in words; a level says what of it could move points (Level)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How far a difference goes.

    NONE: both mean the same. WORDING: only texts that readers see. MINOR: no match, entry, verdict, rank or grade of the
    posted months differs, and only cases that they did not hold could. MAJOR: some differ; or what is worth points, for
    whom, when, and what grades a year, is another, seen or not.
    """

    NONE = 0
    WORDING = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


LEVEL_WORDS = {
    Level.NONE: "没有差别", Level.WORDING: "只改文字", Level.MINOR: "小改：已计分的各月没有差别", Level.MAJOR: "大改",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in words; `rule` is the rule's id, or "" where the words name what differs."""

    rule: str
    what: str
    level: Level


Told = tuple[Level, str]  # a difference in one month


class Monthly:
    """Collects what differs month by month, and tells each difference once with the months that it is of."""

    def __init__(self, months: Sequence[str]) -> None:
        self._months = months
        self._found: dict[tuple[str, Level, str], list[str]] = {}

    def add(self, about: str, month: str, told: Iterable[Told]) -> None:
        for level, what in told:
            self._found.setdefault((about, level, what), []).append(month)

    def told(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = {}
        for (about, level, what), months in self._found.items():
            found.setdefault(about, []).append((level, what + self._when(months)))
        return found

    def _when(self, months: list[str]) -> str:
        if len(months) == len(self._months):
            return ""
        first, last = months[0], months[-1]
        if list(self._months[self._months.index(first) :]) == months:
            return f"（{first} 起）"
        if months == [each for each in self._months if first <= each <= last]:
            return f"（{first}）" if first == last else f"（{first} 至 {last}）"
        return f"（{'、'.join(months)}）"


def names(some: Iterable[str], shown: int = 8) -> str:
    """Some names, and how many more there are."""
    every = list(some)
    return "、".join(every[:shown]) + (f"等 {len(every)} 个" if len(every) > shown else "")


def by_task(told: Mapping[int, Sequence[Told]]) -> Iterable[Told]:
    """What differs of obligations, each difference once with all that it is of, by the first of these."""
    found: dict[Told, list[int]] = {}
    for task in sorted(told):
        for one in told[task]:
            found.setdefault(one, []).append(task)
    for (level, what), tasks in found.items():
        yield level, f"任务 {'、'.join(map(str, tasks))}：{what}"


def keyed(
    before: Mapping[str, object], after: Mapping[str, object], what: str, changed: Callable[[str], Iterable[Told]], level: Level
) -> Iterable[Told]:
    """What of named parts is new, gone or changed, in the order of both."""
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield level, f"删除{what}“{name}”"
        elif name not in before:
            yield level, f"新增{what}“{name}”"
        else:
            for how, told in changed(name):
                yield how, f"{what}“{name}”{told}"
