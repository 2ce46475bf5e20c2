"""How a rule of one ruleset differs from that of another: its words, with a direction only where it can be proved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from numbers import Number

from engine.dsl.formula import Formula, plain
from engine.dsl.model import UNIT, Cap, Pattern, PointsTable, Rule, Ruleset, Test
from engine.dsl.types import Value
from engine.scoring.points import decimal
from engine.workbench.impact.essence import constant, essence
from engine.workbench.impact.parts import Level, Monthly, Told, names

_TEXTS = {"title": "标题", "clause": "条款", "note": "说明", "say": "事由"}
_DIRECTION = {1: "条件收紧", -1: "条件放宽"}


def rule_differences(before: Mapping[str, Ruleset], after: Ruleset, fired: Collection[str]) -> dict[str, list[Told]]:
    """By rule what differs, each month under the ruleset that `before` gives it; settings are those of the month.

    `fired` are the rules that fired in the posted months: what another formula makes of their facts is measured. Of all
    others it may be anything, so it is MAJOR.
    """
    found = Monthly(after.months)
    successors = {rule.replaces: rule.id for rule in after.rules if rule.replaces}
    for month in after.months:
        was = {rule.id: rule for rule in before[month].in_force(month)}
        now = {rule.id: rule for rule in after.in_force(month)}
        for id_ in dict.fromkeys([*was, *now]):
            if id_ not in now:
                by = successors.get(id_)
                found.add(id_, month, [(Level.MAJOR, f"由 {by} 取代" if by in now else "删除")])
            elif id_ not in was:
                replaced = now[id_].replaces
                found.add(id_, month, [(Level.MAJOR, f"新增，取代 {replaced}" if replaced else "新增")])
            elif was[id_] != now[id_]:
                found.add(id_, month, _differences(was[id_], now[id_], id_ in fired))
                found.add(id_, month, _units(was[id_], now[id_], before[month].units.keys() & after.units.keys()))
    told = found.told()
    order = {rule.id: place for place, rule in enumerate([*after.rules, *before[after.months[-1]].rules])}
    return {id_: told[id_] for id_ in sorted(told, key=lambda one: (order.get(one, len(order)), one))}


def _differences(was: Rule, now: Rule, fired: bool) -> Iterator[Told]:
    if was.category != now.category:
        yield Level.MAJOR, f"类别由{was.category}改为{now.category}"
    if (essence(was.fact), frozenset(map(essence, was.nones))) != (essence(now.fact), frozenset(map(essence, now.nones))):
        yield Level.MINOR, _DIRECTION.get(_narrower(was, now), "条件改变")
    yield from _worth(was.points, now.points, Level.MINOR if fired else Level.MAJOR)
    if was.times != now.times:
        yield Level.MAJOR, f"计次由{_times(was.times)}改为{_times(now.times)}"
    if was.once_per != now.once_per:
        yield Level.MINOR, f"只计一次：{_once(was.once_per)} → {_once(now.once_per)}"
    if was.best_of != now.best_of:
        yield Level.MINOR, f"择优：{was.best_of or '不择优'} → {now.best_of or '不择优'}"
    yield from _cap(was.cap, now.cap)
    if was.veto != now.veto:
        yield Level.MAJOR, f"一票否决：{was.veto or '无'} → {now.veto or '无'}"
    changed = [word for name, word in _TEXTS.items() if essence(getattr(was, name)) != essence(getattr(now, name))]
    if changed:
        yield Level.WORDING, f"文字改动：{'、'.join(changed)}"


def _units(was: Rule, now: Rule, known: Collection[str]) -> Iterator[Told]:
    """Of the units that both rulesets know: a unit that is new, or gone, is told once and not by every rule."""
    more = [unit for unit in now.units if unit in known and unit not in was.units]
    fewer = [unit for unit in was.units if unit in known and unit not in now.units]
    if more:
        yield Level.MAJOR, f"适用单位增加 {len(more)} 个（{names(more)}）"
    if fewer:
        yield Level.MAJOR, f"适用单位减少 {len(fewer)} 个（{names(fewer)}）"


def _worth(was: Formula | PointsTable, now: Formula | PointsTable, untold: Level) -> Iterator[Told]:
    if essence(was) == essence(now):
        return
    if isinstance(was, Formula) and isinstance(now, Formula):
        yield _formulas(was, now, untold)
    elif isinstance(was, PointsTable) and isinstance(now, PointsTable) and was.field == now.field:
        yield from _tables(was, now)
    else:
        yield Level.MAJOR, f"分值改变（{_said(was)} → {_said(now)}）"


def _formulas(was: Formula, now: Formula, untold: Level) -> Told:
    old, new = constant(was), constant(now)
    if old is not None and new is not None:
        return Level.MAJOR, _more_or_less(old, new, f"{_points(old)} → {_points(new)}")
    if was.tree == now.tree:
        moved = [name for name in sorted(was.bound) if was.bound[name] != now.bound.get(name)]
        told = "、".join(f"{name} {plain(was.bound[name])} → {plain(now.bound[name])}" for name in moved if name in now.bound)
        return untold, f"分值改变（设置{told}）"
    return untold, f"分值改变（{was.text} → {now.text}）"


def _tables(was: PointsTable, now: PointsTable) -> Iterator[Told]:
    for value in dict.fromkeys([*was.points, *now.points]):
        old, new = was.points.get(value), now.points.get(value)
        if old is None:
            yield Level.MINOR, f"“{value}”新增分值 {_points(new)}"
        elif new is None:
            yield Level.MINOR, f"“{value}”不再有分值（原为 {_points(old)}）"
        elif old != new:
            yield Level.MAJOR, _more_or_less(old, new, f"{value}：{_points(old)} → {_points(new)}")


def _more_or_less(old: Fraction, new: Fraction, said: str) -> str:
    if old * new < 0:
        return f"{'加分改为扣分' if new < 0 else '扣分改为加分'}（{said}）"
    what = "扣分" if min(old, new) < 0 else "加分"
    return f"{what}比以前{'多' if abs(new) > abs(old) else '少'}（{said}）"


def _points(value: Fraction) -> str:
    hundredths = value * 100
    return decimal(int(hundredths)) if hundredths.denominator == 1 else plain(value)


def _said(points: Formula | PointsTable) -> str:
    return points.text if isinstance(points, Formula) else f"按“{points.field}”列分"


def _times(field: str | None) -> str:
    return f"按“{field}”" if field else "每条一次"


def _once(per: tuple[str, ...] | None) -> str:
    if per is None:
        return "不限"
    return "每个单位" if per == (UNIT,) else f"按“{'、'.join(per)}”"


def _cap(was: Cap | None, now: Cap | None) -> Iterator[Told]:
    if was == now:
        return
    if was is None or now is None:
        yield Level.MINOR, f"取消封顶（原为{_capped(was)}）" if now is None else f"新增封顶（{_capped(now)}）"
    elif was.per == now.per:
        yield Level.MINOR, f"封顶{'提高' if now.hundredths > was.hundredths else '降低'}（{_capped(was)} → {_capped(now)}）"
    else:
        yield Level.MINOR, f"封顶改变（{_capped(was)} → {_capped(now)}）"


def _capped(cap: Cap) -> str:
    return f"{'每月' if cap.per == 'month' else '全年'} {decimal(cap.hundredths)} 分"


def _narrower(was: Rule, now: Rule) -> int:
    """1 where the new conditions are met by fewer facts, -1 by more, for whatever facts there may be; 0 where unproved."""
    found = set()
    if essence(was.fact) != essence(now.fact):
        if was.fact is None or now.fact is None:
            return 0
        found.add(_patterns(was.fact, now.fact))
    found.add(_absences(was.nones, now.nones))
    found.discard(None)
    return found.pop() if len(found) == 1 else 0


def _absences(was: Sequence[Pattern], now: Sequence[Pattern]) -> int | None:
    """The same of what must not be there: the narrower it is, the more is met. None where it did not change."""
    before, after = {essence(one): one for one in was}, {essence(one): one for one in now}
    gone = [one for key, one in before.items() if key not in after]
    new = [one for key, one in after.items() if key not in before]
    if not gone and not new:
        return None
    if not gone or not new:
        return 1 if new else -1
    return -_patterns(gone[0], new[0]) if len(gone) == len(new) == 1 else 0


def _patterns(was: Pattern, now: Pattern) -> int:
    if was.kind != now.kind:
        return 0
    before, after = {essence(one): one for one in was.tests}, {essence(one): one for one in now.tests}
    gone = [one for key, one in before.items() if key not in after]
    new = [one for key, one in after.items() if key not in before]
    if not gone or not new:
        return 1 if new else -1
    if sorted(one.field for one in gone) != sorted(one.field for one in new) or len({one.field for one in gone}) < len(gone):
        return 0
    by_field = {one.field: one for one in new}
    found = {_tests(one, by_field[one.field]) for one in gone}
    return found.pop() if len(found) == 1 else 0


def _tests(was: Test, now: Test) -> int:
    """Of two tests on one field."""
    old, new = _values(was), _values(now)
    if old is not None and new is not None:
        return 1 if new < old else -1 if old < new else 0
    for ops, sign in ((("gt", "ge"), 1), (("lt", "le"), -1)):
        if was.op in ops and now.op in ops and isinstance(was.value, Number) and isinstance(now.value, Number):
            if was.value == now.value:
                return 1 if now.op == ops[0] else -1
            return sign if now.value > was.value else -sign
    return 0


def _values(test: Test) -> frozenset[Value] | None:
    """The values that a test lets pass, where it names them."""
    if test.op == "in":
        return frozenset(test.value)
    return frozenset([test.value]) if test.op == "eq" and isinstance(test.value, (str, Number)) else None
