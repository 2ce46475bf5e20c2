"""The review commands: a unit asks, the office decides, and everyone sees what came of it."""

from __future__ import annotations

from pathlib import Path

from engine.clock import moment
from engine.commands.month import attempted, render_overview
from engine.commands.naming import one_of
from engine.commands.talk import say, say_json, table
from engine.dsl.nearest import did_you_mean
from engine.errors import InputError
from engine.ledger.reviews import Issued, Request, State, decide, issued_month, open_review, requests
from engine.ledger.run import for_month
from engine.workspace import Workspace
from models.tables import Outcome

_HEADS = ("编号", "月份", "单位", "规则", "申请", "申请时间", "经办人", "期限", "状态", "决定理由", "更正")


def open_command(folder: Path, unit: str, month: str, rule: str, text: str, by: str | None, as_json: bool) -> None:
    from models.database import writing

    workspace = for_month(Workspace.open(folder), month)
    with writing(workspace.database) as connection:
        issued = issued_month(connection, month, workspace.ruleset.calendar)
        name = one_of(unit, issued.ruleset.aliases, "单位", "单位的名称见规则集的 units.yaml")
        _require_binding(issued, name, rule)
        request = open_review(connection, issued, name, rule, text, operator=by or workspace.operator, at=moment())
    _, failed = attempted(lambda: [render_overview(workspace)])
    if as_json:
        say_json(request.as_json())
    else:
        until = f"（期限至 {request.until}）" if request.until else ""
        say(f"已受理复核申请第{request.number}号：{name} {month} {rule} {request.rule.title}{until}")
    if failed is not None:
        raise failed


def _require_binding(issued: Issued, unit: str, rule: str) -> None:
    binding = issued.binding(unit)
    if rule in binding:
        return
    known = rule in {one.id for one in issued.ruleset.in_force(issued.period)}
    what = f"{rule} 在 {issued.period} 不约束{unit}" if known else f"{issued.period} 没有名为“{rule}”的规则"
    raise InputError(what, did_you_mean(rule, binding) or f"可以申请复核的有：{'、'.join(binding)}")


def decide_command(folder: Path, number: int, outcome: Outcome, reason: str, by: str | None, as_json: bool) -> None:
    from models.database import writing

    workspace = Workspace.open(folder)
    with writing(workspace.database) as connection:
        request = decide(connection, number, outcome, reason, operator=by or workspace.operator, at=moment())
    _, failed = attempted(lambda: [render_overview(workspace)])
    if as_json:
        say_json(request.as_json())
    else:
        say(f"复核申请第{number}号：{request.state}（{reason}）")
        if outcome is Outcome.CHANGE:
            say(f"下一步：改正事实后执行 `jifen correct {request.period} --reason 原因 --review {number}`")
    if failed is not None:
        raise failed


def list_command(folder: Path, month: str | None, unit: str | None, undecided: bool, as_json: bool) -> None:
    from models.database import reading

    workspace = Workspace.open(folder)
    if month is not None:
        workspace = for_month(workspace, month)
    name = unit and one_of(unit, workspace.ruleset.aliases, "单位", "单位的名称见规则集的 units.yaml")
    with reading(workspace.database) as connection:
        found = requests(connection, month)
    shown = [one for one in found if name in (None, one.unit) and not (undecided and one.state is not State.OPEN)]
    if as_json:
        say_json([one.as_json() for one in shown])
        return
    if shown:
        table(_HEADS, map(_row, shown), right=("编号",))
    say(f"共 {len(shown)} 件复核申请" if shown else "没有符合条件的复核申请")


def _row(one: Request) -> tuple[str, ...]:
    answer = one.answer and (one.answer.notice or f"批次 {one.answer.batch}")
    rule = f"{one.rule.id} {one.rule.title}"
    return str(one.number), one.period, one.unit, rule, one.text, one.at, one.by, one.until, one.state, one.reason, answer or ""
