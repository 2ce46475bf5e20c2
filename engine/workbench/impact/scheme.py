"""How the rest of a ruleset differs from another's: settings, units, dictionary, obligations, grades, the other parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.derivation.deriving import meaning
from engine.dsl.model import Band, Field, Kind, Ruleset, Setting, Unit
from engine.dsl.obligation import Obligation
from engine.dsl.types import ChoiceType
from engine.workbench.impact.essence import essence
from engine.workbench.impact.parts import Level, Monthly, Told, by_task, keyed, names

_NOTHING = "无"
# Parts that move no points: what they rule is told by what differs, and no more. Their fields are those of Ruleset.
_OTHERS = {
    Level.MINOR: {
        "review": "复核期限", "letters": "督办函的办法", "rates": "通报关注的比率", "progress": "任务进展的报法",
        "adjustments": "积分调整的事实", "checks": "积分核对的事实", "opening": "期初积分的事实", "numbered_field": "编号字段",
    },
    Level.WORDING: {"name": "名称", "title": "标题", "notice": "通报的用语", "clauses": "条款的文字", "masks": "自然人字段的遮盖"},
}  # fmt: skip


def scheme_differences(before: Mapping[str, Ruleset], after: Ruleset) -> list[Told]:
    """What differs beside the rules: settings by the months' rulesets, all else from the newest of them."""
    last = before[after.months[-1]]
    return [
        *_settings(before, after),
        *_units(last, after),
        *_kinds(last, after),
        *_obligations(before, after),
        *_grades(last, after),
        *([(Level.MINOR, "单条记录汇总的办法（derive.yaml、相关设置或放假安排）改变")] if meaning(last) != meaning(after) else []),
        *_others(last, after),
    ]


def _settings(before: Mapping[str, Ruleset], after: Ruleset) -> Iterator[Told]:
    """Rules and parts that read a setting are compared with its values, and have their own level; so this one is MINOR."""
    found = Monthly(after.months)
    for month in after.months:
        was, now = _held(before[month].settings, month), _held(after.settings, month)
        for name in dict.fromkeys([*was, *now]):
            if was.get(name) != now.get(name):
                found.add(name, month, [(Level.MINOR, f"{was.get(name, _NOTHING)} → {now.get(name, _NOTHING)}")])
    for name, told in found.told().items():
        yield Level.MINOR, f"设置“{name}”：{'，'.join(what for _, what in told)}"


def _held(settings: Mapping[str, Setting], month: str) -> dict[str, str]:
    return {name: value for name, one in settings.items() if (value := one.at(month)) is not None}


def _units(was: Ruleset, now: Ruleset) -> Iterator[Told]:
    gone = [name for name in was.units if name not in now.units]
    new = [name for name in now.units if name not in was.units]
    renamed = {name: now.aliases[name] for name in gone if now.aliases.get(name) in new}
    for old, name in renamed.items():
        yield Level.MAJOR, f"单位“{old}”改称“{name}”"
    if removed := [name for name in gone if name not in renamed]:
        yield Level.MAJOR, f"删除单位：{names(removed)}"
    if added := [name for name in new if name not in renamed.values()]:
        yield Level.MAJOR, f"新增单位：{names(added)}"
    both = [name for name in was.units if name in now.units]
    for name in both:
        yield from _unit(was.units[name], now.units[name])
    if both != [name for name in now.units if name in was.units]:
        yield Level.MINOR, "名单的次序改变（积分相同时的先后）"
    if essence(was.merged) != essence(now.merged):
        yield Level.MAJOR, "合并单位的积分算法改变"


def _unit(was: Unit, now: Unit) -> Iterator[Told]:
    if was.category != now.category:
        yield Level.MAJOR, f"单位“{was.name}”由{was.category}改为{now.category}"
    if (was.since, was.until, was.becomes) != (now.since, now.until, now.becomes):
        yield Level.MAJOR, f"单位“{was.name}”的起止月份或接续单位改变"
    if set(was.aliases) != set(now.aliases):
        yield Level.MINOR, f"单位“{was.name}”的别名改变（只影响以后的导入）"
    if was.full_name != now.full_name:
        yield Level.WORDING, f"单位“{was.name}”的全称改变"


def _kinds(was: Ruleset, now: Ruleset) -> Iterator[Told]:
    def changed(name: str) -> Iterator[Told]:
        old, new = was.kinds[name], now.kinds[name]
        fields = keyed(old.fields, new.fields, "字段", lambda each: _field(old.fields[each], new.fields[each]), Level.MINOR)
        for _, what in fields:
            yield Level.MINOR, f"：{what}"
        if _about(old) != _about(new):
            yield Level.MINOR, "：键、归属、时间或核对办法改变"

    yield from keyed(was.kinds, now.kinds, "事实", changed, Level.MINOR)


def _about(kind: Kind) -> object:
    return essence(kind, without=("fields",))


def _field(was: Field, now: Field) -> Iterator[Told]:
    if isinstance(was.type, ChoiceType) and isinstance(now.type, ChoiceType):
        new, gone = ([one for one in a if one not in b] for a, b in _both_ways(now.type.choices, was.type.choices))
        if new:
            yield Level.MINOR, f"新增取值 {names(new)}"
        if gone:
            yield Level.MINOR, f"不再有取值 {names(gone)}"
    elif was.type != now.type:
        yield Level.MINOR, "类型改变"
    if was.optional != now.optional:
        yield Level.MINOR, "改为可不填" if now.optional else "改为必填"


def _both_ways(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return (one, other), (other, one)


def _obligations(before: Mapping[str, Ruleset], after: Ruleset) -> Iterator[Told]:
    found = Monthly(after.months)
    for month in after.months:
        was, now = ({str(one.no): one for one in each.obligations_in(month)} for each in (before[month], after))
        for no in dict.fromkeys([*was, *now]):
            if no not in now or no not in was:
                found.add(no, month, [(Level.MAJOR, "新增" if no in now else "删除")])
            else:
                found.add(no, month, _obligation(was[no], now[no]))
    told = found.told()
    yield from by_task({int(no): told[no] for no in told})


def _obligation(was: Obligation, now: Obligation) -> Iterator[Told]:
    more, fewer = ([unit for unit in a if unit not in b] for a, b in _both_ways(tuple(now.units), tuple(was.units)))
    if more or fewer:
        moved = [f"增加 {names(more)}"] if more else []
        yield Level.MAJOR, f"责任单位{'，'.join([*moved, *([f'减少 {names(fewer)}'] if fewer else [])])}"
    if (was.duty, was.due) != (now.duty, now.due):
        yield Level.MAJOR, f"期限改变（{was.due or was.duty} → {now.due or now.duty}）"
    if any(essence(getattr(was, part)) != essence(getattr(now, part)) for part in ("done_when", "standard", "breach")):
        yield Level.MINOR, "完成、达标或违反的条件改变"
    if any(getattr(was, part) != getattr(now, part) for part in ("title", "clause", "note")):
        yield Level.WORDING, "文字改动"


def _grades(was: Ruleset, now: Ruleset) -> Iterator[Told]:
    for category in dict.fromkeys([*was.categories, *now.categories]):
        if category not in now.categories or category not in was.categories:
            yield Level.MAJOR, f"{'新增' if category in now.categories else '删除'}类别“{category}”"
        elif was.bands.get(category) != now.bands.get(category):
            yield Level.MAJOR, f"{category}的等次改变：{_bands(was.bands.get(category, ()))} → {_bands(now.bands.get(category, ()))}"
    if essence(was.annual_rule()) != essence(now.annual_rule()):
        yield Level.MAJOR, "年度考核的办法（权重、排名、并列、否决）改变"


def _bands(bands: tuple[Band, ...]) -> str:
    def told(band: Band) -> str:
        if band.last is not None:
            return f"{band.grade}为末 {band.last} 名"
        return f"{band.grade}至第 {band.to} 名" if band.to is not None else f"其余{band.grade}"

    return "、".join(map(told, bands)) or _NOTHING


def _others(was: Ruleset, now: Ruleset) -> Iterator[Told]:
    for level, parts in _OTHERS.items():
        for name, what in parts.items():
            if essence(getattr(was, name)) != essence(getattr(now, name)):
                yield level, f"{what}改变"
