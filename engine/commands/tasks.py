"""The `tasks` command: how the obligations of every responsible unit stood at a month's end, as the last run judged them."""

from __future__ import annotations

from pathlib import Path

from engine.commands.history import source_of
from engine.commands.naming import one_of
from engine.commands.talk import say, say_json, table
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.facts import key_line
from engine.ledger.history import Version, versions_by_id
from engine.ledger.verdicts import Held
from engine.obligations.judging import FAILING, Status, falls_due
from engine.workspace import Workspace

_REASONS = 3  # facts that a table names for each verdict
_COLOURS = {
    Status.IDLE: "", Status.UNDERWAY: "cyan", Status.DONE: "green", Status.OVERDUE: "bold red", Status.SUBSTANDARD: "bold yellow",
}  # fmt: skip


def show_tasks(
    folder: Path,
    month: str,
    unit: str | None,
    task: int | None,
    wanted: list[str],
    within: int | None,
    why: bool,
    as_json: bool,
) -> None:
    from engine.ledger.closed import closings, how_closed
    from engine.ledger.reading import last_ruleset
    from engine.ledger.standings import require_posted
    from engine.ledger.verdicts import standing_verdicts
    from models.database import reading

    workspace = Workspace.open(folder)
    with reading(workspace.database) as connection:
        require_posted(connection, month)
        ruleset = last_ruleset(connection, month)
        unit = unit and one_of(unit, ruleset.aliases, "单位", "单位见 units.yaml")
        _require_task(ruleset, task)
        statuses = [Status(one_of(word, {each: each for each in Status}, "状态", f"可用：{'、'.join(Status)}")) for word in wanted]
        found = standing_verdicts(connection, month)
        shown = [
            one for one in found
            if (unit is None or one.unit == unit) and (task is None or one.task == task)
            and (not statuses or one.status in statuses) and (within is None or _near(one, month, within))
        ]  # fmt: skip
        shown.sort(key=lambda one: (one.task, ruleset.order.get(one.unit, len(ruleset.order))))
        versions = versions_by_id(connection, {each for one in shown for each in one.facts}) if why else {}
        closing = closings(connection).get(month)
    opening = not found and closing is not None and not closing.issued
    if not found and not opening and (ruleset.obligations or workspace.ruleset.obligations):
        again = f"`jifen run {month}`" if closing is None else f"`jifen correct {month} --reason 原因`"
        raise InputError(f"{month} 计分时还没有判定任务", f"再执行一次 {again}")
    deciding = [[versions[each] for each in one.facts] for one in shown] if why else None
    if as_json:
        told = [{"task": one.task, "unit": one.unit, "status": one.status, "due": one.due} for one in shown]
        say_json([{**one, "facts": _named(facts)} for one, facts in zip(told, deciding, strict=True)] if why else told)
    elif opening:
        say(f"{month} {how_closed(closing)}，不判定任务")
    else:
        _draw(ruleset, shown, deciding)
        counts = "，".join(f"{status} {sum(one.status == status for one in shown)}" for status in Status)
        say(f"{month}：{len(shown)} 项（{counts}）")


def _draw(ruleset: Ruleset, shown: list[Held], deciding: list[list[Version]] | None) -> None:
    titles = {one.no: one.title for one in ruleset.obligations}
    columns = ("任务", "内容", "单位", "状态", "期限")
    rows = [(str(one.task), titles.get(one.task, ""), one.unit, one.status, one.due or "") for one in shown]
    if deciding is not None:
        columns = (*columns, "依据")
        rows = [(*row, _reasons(ruleset, *of)) for row, *of in zip(rows, shown, deciding, strict=True)]
    if rows:
        table(columns, rows, right=("任务",), colours={status: colour for status, colour in _COLOURS.items() if colour})


def _named(facts: list[Version]) -> list[dict[str, object]]:
    """The facts as cli.md's `why` names one: kind, key and where it was read."""
    return [
        {"kind": one.kind, "key": key_line(one.key), "source": {"file": one.file, "sheet": one.sheet, "row": one.row}}
        for one in facts
    ]


def _reasons(ruleset: Ruleset, verdict: Held, facts: list[Version]) -> str:
    """What decided: a fact a line with its source, the first of many; or that there was none."""
    if not facts:
        return "没有违反的事实" if verdict.status == Status.DONE else "没有报送相应的事实"
    lines = [f"{one.kind} {' '.join(filter(None, one.key_texts))}（{source_of(ruleset, one)}）" for one in facts[:_REASONS]]
    if len(facts) > _REASONS:
        lines.append(f"另有 {len(facts) - _REASONS} 条，用 --json 可得到全部")
    return "\n".join(lines)


def _require_task(ruleset: Ruleset, task: int | None) -> None:
    numbers = [one.no for one in ruleset.obligations]
    if task is not None and task not in numbers:
        span = f"{numbers[0]} 至 {numbers[-1]}" if numbers else "（规则集没有任务）"
        raise InputError(f"没有任务 {task}", f"任务编号为 {span}")


def _near(one: Held, month: str, days: int) -> bool:
    """Whether an unfinished obligation falls due within so many days of the month's end, or has failed already."""
    return one.status in FAILING or falls_due(one.status, one.due, month, days)
