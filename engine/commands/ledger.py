"""The `ledger` command: entries on the terminal or into a file."""

from __future__ import annotations

from pathlib import Path

from engine.commands.talk import say, table
from engine.errors import InputError
from engine.ledger.listing import COLUMNS, as_csv, as_json, entries, write_xlsx
from engine.ledger.run import require_month
from engine.workspace import Workspace

FORMATS = ("table", "csv", "json", "xlsx")
_HEADS = ("分录", "批次", "入账时间", "月份", "单位", "规则", "积分", "类型", "事实", "说明")


def show_ledger(folder: Path, month: str | None, unit: str | None, rule: str | None, form: str, output: Path | None) -> None:
    from models.database import reading

    workspace = Workspace.open(folder)
    if month is not None:
        require_month(workspace.ruleset, month)
    if unit is not None:
        unit = _known_unit(workspace, unit)
    if rule is not None:
        _require_rule(workspace, rule)
    with reading(workspace.database) as connection:
        rows = entries(connection, month=month, unit=unit, rule=rule)
    if form == "xlsx":
        write_xlsx(rows, output)
    elif form in ("csv", "json"):
        text = as_csv(rows) if form == "csv" else as_json(rows)
        if output is None:
            print(text, end="")
        else:
            output.write_text(text, encoding="utf-8-sig" if form == "csv" else "utf-8")
    else:
        table(_HEADS, ([str(row[column]) for column in COLUMNS] for row in rows), right=("分录", "批次", "积分"))
    if output is not None:
        say(f"已写入 {output}（{len(rows)} 条分录）")


def _known_unit(workspace: Workspace, unit: str) -> str:
    from engine.dsl.nearest import nearest

    aliases = workspace.ruleset.aliases
    if unit not in aliases:
        like = nearest(unit, aliases)
        raise InputError(f"没有名为“{unit}”的单位", f"是否为“{like}”？" if like else "单位名单见规则集的 units.yaml")
    return aliases[unit]


def _require_rule(workspace: Workspace, rule: str) -> None:
    from engine.dsl.nearest import nearest

    ids = [known.id for known in workspace.ruleset.rules]
    if rule not in ids:
        like = nearest(rule, ids)
        raise InputError(f"没有编号为“{rule}”的规则", f"是否为“{like}”？" if like else "规则编号如 D05、C16b")
