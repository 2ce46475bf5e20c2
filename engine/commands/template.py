"""The `template` command: a blank intake workbook, with what is known of its sender filled in."""

from __future__ import annotations

from pathlib import Path

from engine.commands.naming import one_of
from engine.commands.talk import say
from engine.errors import InputError
from engine.files import replaced
from engine.ledger.run import for_month
from engine.workspace import Workspace

_SUFFIX = ".xlsx"


def write_template_file(folder: Path, file: Path, month: str | None, unit: str | None) -> None:
    from engine.intake.template import template_workbook

    if file.suffix.lower() != _SUFFIX:
        raise InputError(f"模板只能写成 {_SUFFIX} 工作簿，不能是 {file}", f"换成以 {_SUFFIX} 结尾的文件名")
    workspace = Workspace.open(folder)
    ruleset = (workspace if month is None else for_month(workspace, month)).ruleset
    if unit is not None:
        unit = one_of(unit, ruleset.aliases, "单位", "单位见 units.yaml")
    if file.exists():
        raise InputError(f"{file} 已存在，未作改动", "换一个文件名，或先移走它")
    template = template_workbook(ruleset, month, unit)
    with replaced(file) as fresh:
        fresh.write_bytes(template.content)
    known = "、".join(filter(None, (unit, month)))
    rows = f"，已预填 {known}（{template.rows} 行，填完整才算上报）" if template.rows else ""
    say(f"已写入 {file}：{template.kinds} 类数据，每类一张工作表{rows}")
    say(f"下一步：填好后用 jifen import {file} --dry-run 核对")
