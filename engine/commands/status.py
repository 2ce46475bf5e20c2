"""The `status` command: where the months stand, who has not reported, and the reminder and page about it."""

from __future__ import annotations

from pathlib import Path

from engine.commands.talk import progress, say, say_json, table
from engine.ledger.approving import year_line
from engine.ledger.history import changes
from engine.ledger.run import for_month
from engine.ledger.status import OPEN, MonthStatus, status
from engine.notices.context import StatusPage
from engine.notices.status import MISSING, REPORTED, reminder, state_words, status_page
from engine.workspace import Workspace

SHOWN = 50  # changes of a month that are listed
_MARKS = {REPORTED: "√", MISSING: "×", "": ""}
_WHAT = {"new": "新增", "changed": "变更", "withdrawn": "撤回"}


def show_status(folder: Path, month: str | None, text: bool, page: bool, as_json: bool) -> None:
    """With `text` or `page` there is a month."""
    from models.database import reading

    workspace = Workspace.open(folder)
    if month is not None:
        workspace = for_month(workspace, month)
    ruleset = workspace.ruleset
    with progress("核对各月") as advance, reading(workspace.database) as connection:
        found = status(connection, ruleset, month, advance)
        imports = len(changes(connection)) if month is not None else 0
        year = year_line(connection, ruleset, found) if month is None else ""
    told = status_page(ruleset, found[0], imports) if month is not None else None
    if page:
        from engine.notices.render import render_status

        path = render_status(told, month, workspace.notices, workspace.templates)
    if as_json:
        say_json({"months": [one.as_json() for one in found], **({"annual": year} if year else {})})
    elif text:
        say(reminder(told))
    elif page:
        say(f"报送情况：{path}")
    elif told is not None:
        _say_month(found[0], told)
    else:
        _say_year(found, year)


def _say_year(found: list[MonthStatus], year: str) -> None:
    table(
        ("月份", "状态", "变动", "缺报", "等待"),
        ((one.month, state_words(one), str(len(one.changed)), str(len(one.missing)), one.waiting) for one in found),
        right=("变动", "缺报"),
    )
    waiting = sum(bool(one.waiting) for one in found)
    say(f"{waiting} 个月有待办；看某月缺报：jifen status 月份" if waiting else "没有待办")
    if year:
        say(year)


def _say_month(one: MonthStatus, told: StatusPage) -> None:
    for part in told.parts:
        if part.rows:
            table((part.name, *told.kinds), ((row.unit, *(_MARKS[mark] for mark in row.marks)) for row in part.rows))
    say(f"{one.month}：{state_words(one)}，应报 {told.due} 项，缺报 {told.missing} 项（{len(told.late)} 个单位）")
    say("√ 已报，× 缺报，空白为不要求；其余单位没有应报的事项")
    if one.waiting:
        say(f"等待：{one.waiting}")
    if one.state != OPEN and one.changed:
        say(f"上次计分以来变动 {len(one.changed)} 条：")
        table(("事实", "键", "变动"), ((each.kind, each.key_line, _WHAT[each.what]) for each in one.changed[:SHOWN]))
        if len(one.changed) > SHOWN:
            say(f"另有 {len(one.changed) - SHOWN} 条未列出")
