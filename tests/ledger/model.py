"""What a ledger of a few rules must hold, by plain arithmetic: dictionaries, loops, and nothing of the engine.

The rules are those of RULES below, in whole points: yearly caps, onces, best-ofs, states, an absence and plain figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

YEAR = tuple(f"2023-{number:02d}" for number in range(1, 13))
UNITS = ("市甲局", "市乙局")
CASE, TRIAL, PAPER, SPELL, FIGURE = "案例", "推行", "文件", "失信", "稿件"

RULESET = {
    "ruleset.yaml": """\
name: small
title: 小规则集
year: 2023
categories: [部门]
category_letters: {部门: D}
grades:
  部门: [{grade: 优秀, to: 1}, {grade: 合格}]
""",
    "facts.yaml": """\
案例: {time: event, key: [单位, 月份, 编号], fields: {单位: unit, 月份: month, 编号: text, 件数: count}}
推行: {time: event, key: [单位, 事项, 月份], fields: {单位: unit, 月份: month, 事项: text, 质量: [一般, 良好]}}
文件: {time: event, key: [单位, 文件, 月份], fields: {单位: unit, 月份: month, 文件: text, 方式: [转发, 细化, 落实]}}
失信: {time: state, key: [单位, 主体, 起始月份], fields: {单位: unit, 主体: text, 起始月份: month, 终止月份: optional month}, check: [起始月份 <= 终止月份]}
稿件: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 篇数: count}}
""",
    "units.yaml": """\
units:
  - {name: 市甲局, full_name: 某市甲局, category: 部门}
  - {name: 市乙局, full_name: 某市乙局, category: 部门}
""",
    "clauses.yaml": """\
clauses:
  - {id: 附件4 附表一 (一), section: 一, goal: 甲, asks: 应用}
""",
    "departments.yaml": """\
category: 部门
rules:
  - {id: D01a, title: 案例, clause: 附件4 附表一 (一), units: all, when: {fact: 案例}, points: 2, times: 件数, cap: {points: 10, per: year}}
  - {id: D01b, title: 推行, clause: 附件4 附表一 (一), units: all, when: {fact: 推行}, points: {by: 质量, table: {一般: 5, 良好: 7}}, once_per: 事项}
  - {id: D01c, title: 文件, clause: 附件4 附表一 (一), units: all, when: {fact: 文件}, points: {by: 方式, table: {转发: 1, 细化: 2, 落实: 3}}, best_of: 文件}
  - {id: D01d, title: 失信, clause: 附件4 附表一 (一), units: all, when: {fact: 失信}, points: -3}
  - {id: D01e, title: 稿件, clause: 附件4 附表一 (一), units: all, when: {fact: 稿件}, points: 1, times: 篇数}
  - {id: D01f, title: 未报, clause: 附件4 附表一 (一), units: [市乙局], when: {none: 稿件}, points: -1}
""",
}  # fmt: skip
KEYS = {
    CASE: ("单位", "月份", "编号"),
    TRIAL: ("单位", "事项", "月份"),
    PAPER: ("单位", "文件", "月份"),
    SPELL: ("单位", "主体", "起始月份"),
    FIGURE: ("单位", "月份"),
}

Fact = Mapping[str, str | int]
Key = tuple[str, ...]  # the kind, then the key's values in the dictionary's order
Account = tuple[str, str, Key]  # unit, rule, and the fact; of an absence an empty key


class Given(NamedTuple):
    """One rule on one fact: the points before its limits and after, and the thing that is counted once or at its best."""

    account: Account
    thing: str
    raw: int
    points: int


def key_of(kind: str, fact: Fact) -> Key:
    return kind, *(str(fact[name]) for name in KEYS[kind])


def months_of(key: Key, fact: Fact | None) -> set[str]:
    """The months of the year in which a fact holds."""
    if fact is None:
        return set()
    if key[0] == SPELL:
        return {month for month in YEAR if fact["起始月份"] <= month and ("终止月份" not in fact or month < fact["终止月份"])}
    return {fact["月份"]}


def touched(key: Key, before: Fact | None, after: Fact | None) -> set[str]:
    """The months in which something else holds: an end given to a spell touches those from the end on."""
    old, new = months_of(key, before), months_of(key, after)
    if before == after:
        return set()
    return old ^ new if key[0] == SPELL and before is not None and after is not None else old | new


@dataclass
class Act:
    """One import or withdrawal: what it says of each fact, None where that is gone, and the act that it takes back."""

    said: dict[Key, Fact | None]
    takes_back: int | None = None


@dataclass
class Month:
    """A posted month: what was given, and the facts that its last posting read."""

    given: list[Given]
    facts: dict[Key, Fact]
    corrected: bool = False  # its points, since it was closed


@dataclass
class Model:
    facts: dict[Key, Fact] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)  # the first is number 1
    posted: dict[str, Month] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    # Facts

    def changes(self, rows: Iterable[tuple[Key, Fact]]) -> dict[Key, Fact]:
        return {key: fact for key, fact in rows if self.facts.get(key) != fact}

    def touches_closed(self, said: Mapping[Key, Fact | None]) -> bool:
        return any(touched(key, self.facts.get(key), fact) & self.closed for key, fact in said.items())

    def tell(self, said: Mapping[Key, Fact | None], takes_back: int | None = None) -> None:
        if said:
            self.acts.append(Act(dict(said), takes_back))
            self.facts = {key: fact for key, fact in {**self.facts, **said}.items() if fact is not None}

    def taking_back(self, number: int) -> dict[Key, Fact | None]:
        """What an act's withdrawal would say: of each fact that it told, what the newest of the other acts had told."""
        taken = self._taken_back()
        if number in taken:
            return {}
        silent = self._taken_back(also=number) | {at for at, act in self._numbered() if act.takes_back is not None}
        told: dict[Key, Fact | None] = {}
        for at, act in self._numbered():
            if at not in silent:
                told |= act.said
        return {key: told.get(key) for key in self.acts[number - 1].said if self.facts.get(key) != told.get(key)}

    def _numbered(self) -> Iterator[tuple[int, Act]]:
        return iter(enumerate(self.acts, start=1))

    def _taken_back(self, also: int | None = None) -> set[int]:
        taken: set[int] = set() if also is None else {also}
        for number in range(len(self.acts), 0, -1):
            if number not in taken and self.acts[number - 1].takes_back is not None:
                taken.add(self.acts[number - 1].takes_back)
        return taken

    # Months

    def due(self, month: str, kept: Iterable[str] | None = None) -> list[Given]:
        """What a month comes to by now; `kept` months, the closed ones, count as they stand and not by their facts."""
        kept = self.closed if kept is None else set(kept)
        if month in kept:
            return self.posted[month].given
        given: list[Given] = []
        for rule in ("D01a", "D01b", "D01c", "D01d", "D01e", "D01f"):
            for unit in UNITS:
                given += self._limited(unit, rule, month, kept)
        return given

    def stands(self, month: str, kept: Iterable[str] | None = None) -> bool:
        """Whether a posted month is what it comes to by now."""
        return accounts(self.posted[month].given) == accounts(self.due(month, kept))

    def changed(self, month: str) -> bool:
        """Whether a posted month's facts are others than those it was posted from."""
        seen = self.posted[month].facts
        return any(month in touched(key, seen.get(key), self.facts.get(key)) for key in {*seen, *self.facts})

    def post(self, month: str, kept: Iterable[str] | None = None, corrected: bool = False) -> bool:
        """Posts a month, and says whether its entries are others now."""
        before = self.posted.get(month) or Month([], {})
        given = self.due(month, kept)
        moved = accounts(given) != accounts(before.given)
        self.posted[month] = Month(given, dict(self.facts), before.corrected or (corrected and moved))
        return moved

    def correctable(self) -> list[str]:
        """The closed months whose facts have changed since they were posted, or whose points would be others by all facts."""
        return [month for month in sorted(self.closed) if self.changed(month) or not self.stands(month, kept=())]

    def closable(self, month: str) -> bool:
        early = [each for each in YEAR if each <= month]
        return (
            all(each in self.posted for each in early)
            and month not in self.closed
            and not self.changed(month)
            and self.stands(month)
        )

    def _limited(self, unit: str, rule: str, month: str, kept: set[str]) -> list[Given]:
        """One rule's year of one unit up to a month, through its limit; only what falls in the month is given back."""
        total, seen, best = 0, set(), {}
        found: list[Given] = []
        for each in YEAR[: YEAR.index(month) + 1]:
            settled = each in kept
            own = self.posted[each].given if settled else list(self._raw(unit, rule, each))
            found = []
            for one in sorted((one for one in own if one.account[:2] == (unit, rule)), key=lambda one: one.account[2]):
                points = one.raw
                if rule == "D01a":
                    points = min(points, max(0, 10 - total))
                if rule == "D01b" and one.thing in seen:
                    points = 0
                if rule == "D01c":
                    points = max(0, points - best.get(one.thing, 0))
                points = one.points if settled else points
                total += points
                seen.add(one.thing)
                best[one.thing] = max(best.get(one.thing, 0), one.raw)
                found.append(one._replace(points=points))
        return found

    def _raw(self, unit: str, rule: str, month: str) -> Iterator[Given]:
        for key, fact in self.facts.items():
            if fact["单位"] != unit or month not in months_of(key, fact):
                continue
            if rule == "D01a" and key[0] == CASE:
                yield Given((unit, rule, key), "", 2 * fact["件数"], 0)
            if rule == "D01b" and key[0] == TRIAL:
                yield Given((unit, rule, key), fact["事项"], {"一般": 5, "良好": 7}[fact["质量"]], 0)
            if rule == "D01c" and key[0] == PAPER:
                yield Given((unit, rule, key), fact["文件"], {"转发": 1, "细化": 2, "落实": 3}[fact["方式"]], 0)
            if rule == "D01d" and key[0] == SPELL:
                yield Given((unit, rule, key), "", -3, 0)
            if rule == "D01e" and key[0] == FIGURE:
                yield Given((unit, rule, key), "", fact["篇数"], 0)
        if rule == "D01f" and unit == UNITS[1] and (FIGURE, unit, month) not in self.facts:
            yield Given((unit, rule, ()), "", -1, 0)


def accounts(given: Iterable[Given]) -> dict[Account, int]:
    """What the ledger must hold of a month: the points of each account, in whole points, those of nothing left out."""
    return {one.account: one.points for one in given if one.points}
