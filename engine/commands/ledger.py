"""The `ledger` command: entries on the terminal or into a file."""

from __future__ import annotations

from pathlib import Path

from engine.commands.naming import one_of
from engine.commands.talk import say, table
from engine.files import replaced
from engine.ledger.listing import COLUMNS, as_csv, as_json, entries, named, origins, xlsx
from engine.ledger.run import for_month
from engine.workspace import Workspace

_WHERE = "单位见 units.yaml，规则编号如 D05、C16b"
FORMATS = ("table", "csv", "json", "xlsx")
_HEADS = ("分录", "批次", "入账时间", "月份", "单位", "规则", "积分", "类型", "事实", "说明")


def show_ledger(folder: Path, month: str | None, unit: str | None, rule: str | None, form: str, output: Path | None) -> None:
    from models.database import reading

    workspace = Workspace.open(folder)
    with reading(workspace.database) as connection:
        held = named(connection)
        unit = unit and one_of(unit, {**{name: name for name in held.units}, **workspace.ruleset.aliases}, "单位", _WHERE)
        rules = {*held.rules, *(known.id for known in workspace.ruleset.rules)}
        rule = rule and one_of(rule, {name: name for name in sorted(rules)}, "规则", _WHERE)
        if month is not None and month not in held.months:
            for_month(workspace, month)
        rows = entries(connection, month=month, unit=unit, rule=rule)
        content = xlsx(rows, origins(connection)) if form == "xlsx" else b""
    if form == "xlsx":
        with replaced(output) as fresh:
            fresh.write_bytes(content)
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
