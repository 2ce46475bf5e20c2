"""The `diff` command: two posted months of a year side by side, by category, or one unit down to its facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.naming import unit_in
from engine.commands.talk import say, say_json, table
from engine.errors import InputError
from engine.notices.wording import month_words, pts, signed
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.dsl.model import Ruleset
    from engine.notices.comparison_context import Change
    from engine.workbench.diff import Diff, UnitMove

_RULES = 3  # that a table names for each unit; the rest in one sum


def show_diff(folder: Path, month: str, other: str, unit: str | None, as_json: bool) -> None:
    from engine.ledger.reading import book_of, ruleset_texts
    from engine.ledger.standings import require_posted
    from engine.workbench.diff import details, diff
    from models.database import reading

    earlier, later = sorted((month, other))
    with reading(Workspace.open(folder).database) as connection:
        require_posted(connection, month)
        require_posted(connection, other)
        _refuse_apart(earlier, later)
        book = book_of(connection, later, against=earlier)
        texts = [ruleset_texts(connection, each) for each in (earlier, later)]
    opened = [each for each in (earlier, later) if each in book.opened]
    if opened:
        raise InputError(f"{'、'.join(opened)} 是期初月份，只有一笔期初积分，没有可以逐条比较的", "另选两个月份")
    files = sorted(name for name in {*texts[0], *texts[1]} if texts[0].get(name) != texts[1].get(name))
    unit = unit and unit_in(book.ruleset, unit, later)
    found = diff(book)
    own = next((one for one in found.units if one.unit == unit), None)
    rows = details(book, unit) if unit else []
    if as_json:
        told = _unit_json(found, own, unit, rows) if unit else found.as_json()
        say_json({**told, "ruleset_changed": files})
        return
    say(f"{month_words(earlier)} → {month_words(later)}")
    if files:
        say(f"两次计分之间规则集有改动：{'、'.join(files)}")
    if unit is None:
        _tell(book.ruleset, found)
    elif own is None:
        say(_apart(unit, dict(found.apart)[unit], earlier))
    else:
        _tell_unit(own, rows)


def _refuse_apart(earlier: str, later: str) -> None:
    if earlier == later:
        raise InputError(f"两个月份都是 {later}，没有可比的", "写两个不同的月份")
    if earlier[:4] != later[:4]:
        raise InputError(f"{earlier} 与 {later} 不在同一年度，规则和单位各是一套，不能逐条比较", "可分别用 `jifen standings` 查看")


def _unit_json(found: Diff, own: UnitMove | None, unit: str, rows: list[tuple[str, Change]]) -> dict[str, object]:
    from engine.scoring.points import decimal

    about = {"from": found.earlier, "to": found.later, "unit": unit}
    if own is None:
        return {**about, "formerly": list(dict(found.apart)[unit]), "rules": []}
    rules = [
        {
            "rule": rule, "title": row.title, "clause": row.clause,
            "before": None if row.before is None else decimal(row.before), "after": None if row.now is None else decimal(row.now),
            "by": decimal(row.by),
            "reasons": [{"kind": one.kind, "say": one.say, "by": decimal(one.by)} for one in row.reasons],
        }
        for rule, row in rows
    ]  # fmt: skip
    return {**about, **own.as_json(), "rules": rules}


def _tell(ruleset: Ruleset, found: Diff) -> None:
    for category in ruleset.categories:
        units = [one for one in found.units if one.category == category]
        moved = [one for one in units if one.rank != one.rank_before]
        say(f"\n{category}：{len(units)} 个单位，名次有变的 {len(moved)} 个")
        if moved:
            table(
                ("单位", "名次", "积分", "变动", "为什么"),
                ((one.unit, _ranks(one), f"{pts(one.before)} → {pts(one.now)}", signed(one.by), _why(one)) for one in moved),
                right=("名次", "积分", "变动"),
            )
    for unit, names in found.apart:
        say(_apart(unit, names, found.earlier))


def _ranks(one: UnitMove) -> str:
    return f"{one.rank_before} → {one.rank}"


def _why(one: UnitMove) -> str:
    told, left = one.rules[:_RULES], one.rules[_RULES:]
    parts = [f"{each.rule} {each.title} {signed(each.by)}" for each in told]
    if left:
        parts.append(f"其余 {len(left)} 条 {signed(sum(each.by for each in left))}")
    return "；".join([*parts, *_others(one)])


def _others(one: UnitMove) -> list[str]:
    """Why a rank moved that the unit's own points do not explain."""
    still = "本单位未变" if not one.by else "本单位增加" if one.by > 0 else "本单位减少"
    if one.rank > one.rank_before and one.by >= 0:
        return [f"{still}，{len(one.overtaken_by)} 个单位超过"]
    if one.rank < one.rank_before and one.by <= 0:
        return [f"{still}，{len(one.overtook)} 个单位落到其后"]
    return []


def _apart(unit: str, names: tuple[str, ...], earlier: str) -> str:
    return f"{unit}：{earlier} 时{_formerly(names)}，不作比较"


def _tell_unit(own: UnitMove, rows: list[tuple[str, Change]]) -> None:
    say(f"{own.unit}：积分 {pts(own.before)} → {pts(own.now)}（{signed(own.by)}），{own.category}第 {own.rank_before} 名 → 第 {own.rank} 名")
    for line in _others(own):
        say(line)
    for names, word in ((own.overtaken_by, "超过本单位的"), (own.overtook, "落到本单位之后的")):
        if names:
            say(f"{word}：{'、'.join(names)}")
    for rule, row in rows:
        clause = f"（{row.clause}）" if row.clause else ""
        then, now = ("—" if points is None else pts(points) for points in (row.before, row.now))
        say(f"\n{rule} {row.title}{clause}：{then} → {now}（{signed(row.by)}）")
        for one in row.reasons:
            say(f"  {signed(one.by):>8}  {one.kind}{f'：{one.say}' if one.say else ''}")
    if not rows:
        say("各条规则的积分都没有变")


def _formerly(names: tuple[str, ...]) -> str:
    return f"是{'、'.join(names)}几个单位" if names else "还没有这个单位"
