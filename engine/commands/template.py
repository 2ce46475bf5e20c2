"""The `template` command: a blank intake workbook, with what is known of its sender filled in."""

from __future__ import annotations

import os
from pathlib import Path

from engine.commands.talk import say
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.run import require_month
from engine.workspace import Workspace

_SUFFIX = ".xlsx"


def write_template_file(folder: Path, file: Path, month: str | None, unit: str | None) -> None:
    from engine.intake.template import template_workbook

    if file.suffix.lower() != _SUFFIX:
        raise InputError(f"模板只能写成 {_SUFFIX} 工作簿，不能是 {file}", f"换成以 {_SUFFIX} 结尾的文件名")
    ruleset = Workspace.open(folder).ruleset
    if month is not None:
        require_month(ruleset, month)
    if unit is not None:
        unit = _unit(unit, ruleset)
    if file.exists():
        raise InputError(f"{file} 已存在，未作改动", "换一个文件名，或先移走它")
    template = template_workbook(ruleset, month, unit)
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_bytes(template.content)
    os.replace(fresh, file)
    known = "、".join(filter(None, (unit, month)))
    rows = f"，已预填 {known}（{template.rows} 行，填完整才算上报）" if template.rows else ""
    say(f"已写入 {file}：{len(ruleset.kinds)} 类数据，每类一张工作表{rows}")
    say(f"下一步：填好后用 jifen import {file} --dry-run 核对")


def _unit(word: str, ruleset: Ruleset) -> str:
    from engine.dsl.nearest import did_you_mean

    if word not in ruleset.aliases:
        raise InputError(f"没有名为“{word}”的单位", did_you_mean(word, ruleset.aliases) or "单位见 units.yaml")
    return ruleset.aliases[word]
