"""The commands that look back: the facts with where they come from, and the changes that made them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from engine.commands.naming import one_of
from engine.commands.talk import progress, say, say_json, table
from engine.dsl.model import Ruleset
from engine.intake.faults import place
from engine.ledger.history import Version, Wanted, changes, facts, versions
from engine.workspace import Workspace
from models.tables import Act

SHOWN = 1_000  # rows of a table; JSON gives all
_ACTS = {Act.IMPORT: "导入", Act.WITHDRAW: "撤回", Act.DERIVE: "推导"}
_FACT_HEADS = ("事实", "键", "其余的值", "来源")
_VERSION_HEADS = ("版本", "状态", "来历", "时间", "经办人", "理由")
_CHANGE_HEADS = ("编号", "时间", "来历", "经办人", "文件", "新增", "变更", "撤回", "汇总", "理由")


def show_facts(
    folder: Path, kind: str | None, unit: str | None, month: str | None, all_versions: bool, as_json: bool
) -> None:
    from models.database import reading

    workspace = Workspace.open(folder)
    ruleset = workspace.ruleset
    if kind is not None:
        kind = one_of(kind, {name: name for name in ruleset.kinds}, "事实", "事实的名称见规则集的 facts.yaml")
    unit = unit and one_of(unit, ruleset.aliases, "单位", "单位的名称见规则集的 units.yaml")
    wanted = Wanted(kind, unit, month)
    with progress("读取事实"), reading(workspace.database) as connection:
        found = (versions if all_versions else facts)(connection, ruleset, wanted)
    if as_json:
        # A fact a line: a year's records are many, and the indenting encoder takes several times as long.
        lines = ",\n ".join(json.dumps(one.as_json(ruleset), ensure_ascii=False) for one in found)
        say(f"[{lines}]")
        return
    heads = (*_FACT_HEADS, *_VERSION_HEADS) if all_versions else _FACT_HEADS
    if found:
        rows = found[:SHOWN]
        table(heads, (_row(ruleset, one) + (_history(one) if all_versions else ()) for one in rows), right=("版本",))
    _sum_up(len(found), len({(one.kind, one.key) for one in found}) if all_versions else None)


def _row(ruleset: Ruleset, one: Version) -> tuple[str, ...]:
    known = ruleset.kinds.get(one.kind)
    named = {*known.key} if known else set()
    order = [*known.fields] if known else sorted(one.values)
    rest = [f"{name}={one.values[name]}" for name in order if name in one.values and name not in named]
    return one.kind, " ".join(filter(None, one.key_texts)), "，".join(rest), source_of(ruleset, one)


def source_of(ruleset: Ruleset, one: Version) -> str:
    """Where a fact comes from, as a table says it."""
    if not one.derived:
        return place(one.file, one.sheet, one.row)
    sources = [derived.source for derived in ruleset.derivations if derived.makes == one.kind]
    return f"由{'、'.join(sources) or '单笔记录'}推导（{place(one.file, one.sheet, one.row)}）"


def _history(one: Version) -> tuple[str, ...]:
    return str(one.id), "已撤回" if one.withdrawn else "", _ACTS[one.act], one.at, one.operator, one.reason


def _sum_up(rows: int, keys: int | None) -> None:
    if not rows:
        say("没有符合条件的事实")
        return
    if rows > SHOWN:
        say(f"另有 {rows - SHOWN} 行未列出，用 --json 可得全部")
    say(f"共 {rows} 条事实" if keys is None else f"共 {keys} 条事实的 {rows} 个版本")


def show_imports(folder: Path, as_json: bool) -> None:
    from models.database import reading

    with progress("读取导入记录"), reading(Workspace.open(folder).database) as connection:
        found = changes(connection)
    if as_json:
        say_json([one.as_json() for one in found])
        return
    if found:
        table(_CHANGE_HEADS, (_change_row(one) for one in found), right=("编号", "新增", "变更", "撤回", "汇总"))
    say(f"共 {len(found)} 次" if found else "还没有导入过事实")


def _change_row(one) -> Sequence[str]:
    names = "、".join(Path(name).name for name, _ in one.files)
    counts = (str(one.new), str(one.changed), str(one.withdrawn), str(one.derived))
    return str(one.id), one.at, _ACTS[one.act], one.operator, names, *counts, one.reason
