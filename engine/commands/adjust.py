"""The `adjust` command: the group adjusts a unit's points in the open, with a reason and an attachment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import typer

from engine.clock import moment
from engine.commands.intake import stored_json
from engine.commands.naming import one_of
from engine.commands.talk import say, say_json, tell, tell_warnings
from engine.errors import InputError, IntakeRefused
from engine.facts import key_line, restore
from engine.ledger.run import for_month
from engine.scoring.succession import owner
from engine.workspace import Workspace


def adjust_points(
    folder: Path,
    unit: str,
    month: str,
    points: str,
    *,
    reason: str,
    attachment: Path,
    number: str | None,
    correction: str,
    dry_run: bool,
    by: str | None,
    as_json: bool,
) -> None:
    from engine.intake.adjusting import next_number, read_adjustment, require_new
    from engine.intake.standing import opened_months
    from engine.intake.storing import store
    from engine.ledger.closed import closings
    from models.database import writing

    workspace = for_month(Workspace.open(folder), month)
    ruleset = workspace.ruleset
    if ruleset.adjustments is None:
        raise InputError("规则集没有写明由工作组调整积分的事实", "在 ruleset.yaml 里写明 adjustments")
    unit = one_of(unit, ruleset.aliases, "单位", "单位的名称见规则集的 units.yaml")
    unit = owner(ruleset, unit, month) or unit  # the name of that month, so that numbers go on
    with writing(workspace.database, keep=not dry_run) as connection:
        if month in opened_months(connection, ruleset):
            raise InputError(f"{month} 是期初月份，只计“{ruleset.opening}”", "更正期初：`jifen import 文件 --correction 原因`，再 `jifen correct`")
        given = number or next_number(connection, ruleset, unit, month)
        reading = read_adjustment(
            ruleset, unit, month, points=points, reason=reason, number=given, attachment=attachment
        )
        require_new(connection, ruleset, unit, month, reading, numbered=number is not None)
        try:
            stored = store(
                connection, ruleset, reading,
                operator=by or workspace.operator, at=moment(), correction=correction,
            )  # fmt: skip
        except IntakeRefused as error:
            faults = [replace(one, file="命令行", row=None) for one in error.faults]
            refused = IntakeRefused(faults, error.warnings, outcome="未作任何记录")
            if as_json:
                say_json(stored_json(None, refused.faults, refused.warnings))
            tell(refused)
            raise typer.Exit(1) from error
        closed = month in closings(connection)
    (draft,) = reading.drafts
    values = restore(ruleset.kinds[draft.kind], draft.fields)
    following = f"jifen correct {month} --reason 原因" if closed else f"jifen run {month}"
    if as_json:
        fact = {"kind": draft.kind, "key": key_line(draft.key), "values": {name: str(value) for name, value in values.items()}}
        say_json({**stored_json(stored, (), stored.warnings), "fact": fact, "next": following})
    tell_warnings(stored.warnings)
    if as_json:
        return
    if not stored.changes:
        say(f"{unit} {month} 已有这一笔{draft.kind}（{ruleset.adjustments.number} {given}），没有新内容")
        return
    words = ruleset.adjustments
    will = "将" if dry_run else "已"
    say(f"{will}记{draft.kind}：{unit} {month} {values[words.points]} 分（{words.number} {given}），{values[words.reason]}")
    say(f"附件 {attachment}，{words.attachment} {values[words.attachment]}；请留存附件原件")
    say(f"下一步：{following}")
