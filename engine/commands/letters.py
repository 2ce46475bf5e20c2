"""The `letters` command: every supervision letter, what it tells of, and whether it has been answered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.clock import day_of, moment
from engine.commands.naming import one_of
from engine.commands.talk import say, say_json, table
from engine.intake.faults import place
from engine.ledger.letters import Answer, Called, State, Tracked, letters_of, tracked
from engine.workspace import Workspace

_HEADS = ("文号", "月份", "单位", "任务", "督办", "升级", "印发", "答复期限", "状态", "答复")
_COLOURS = {State.LATE: "bold red", State.OPEN: "yellow", State.ANSWERED: "green"}
_PENDING = (State.OPEN, State.LATE)


def show_letters(folder: Path, month: str | None, unit: str | None, pending: bool, as_json: bool) -> None:
    from engine.ledger.reading import last_ruleset
    from engine.ledger.standings import posted_months, require_posted
    from models.database import reading

    workspace = Workspace.open(folder)
    unit = unit and one_of(unit, workspace.ruleset.aliases, "单位", "单位见 units.yaml")
    with reading(workspace.database) as connection:
        if month is not None:
            require_posted(connection, month)
        months = [month] if month else posted_months(connection)
        sent = [one for each in months for one in letters_of(connection, last_ruleset(connection, each), each)]
        # The rules of today know what has become of the units since.
        found = tracked(connection, workspace.ruleset, sent)
    today = day_of(moment())
    shown = [
        one for one in found
        if unit in (None, one.letter.unit) and (not pending or one.state(today) in _PENDING)
    ]  # fmt: skip
    if as_json:
        say_json([_as_json(one, today) for one in shown])
        return
    if shown:
        table(_HEADS, (_row(one, today) for one in shown), right=("督办",), colours=_COLOURS)
    counts = "，".join(f"{state} {sum(one.state(today) is state for one in shown)}" for state in State)
    say(f"共 {len(shown)} 件督办函（{counts}）" if shown else "没有符合条件的督办函")


def _row(one: Tracked, today: str) -> tuple[str, ...]:
    letter = one.letter
    return (
        letter.written or "（未编号）", letter.period, letter.unit, "，".join(f"{each.task} {each.status}" for each in letter.tasks),
        str(letter.reminders), letter.escalated_to, letter.issued, letter.due, one.state(today), _answers(one.answers),
    )  # fmt: skip


def _answers(answers: Mapping[int, Answer]) -> str:
    return "；".join(f"任务 {task}：{place(one.file, one.sheet, one.row)}" for task, one in answers.items())


def _as_json(one: Tracked, today: str) -> dict[str, object]:
    letter = one.letter
    return {
        "number": letter.written or None, "month": letter.period, "unit": letter.unit,
        "tasks": [_task(each, one.answers.get(each.task)) for each in letter.tasks],
        "reminders": letter.reminders, "escalated_to": letter.escalated_to or None,
        "issued": letter.issued or None, "due": letter.due or None, "state": one.state(today).name.lower(),
    }  # fmt: skip


def _task(one: Called, answer: Answer | None) -> dict[str, object]:
    told = answer and {"at": answer.at, "source": {"file": answer.file, "sheet": answer.sheet, "row": answer.row}}
    return {"task": one.task, "status": one.status, "reminders": one.reminders, "answer": told}
