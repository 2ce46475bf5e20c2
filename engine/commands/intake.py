"""Bringing facts in: the import with its preview, and what it writes beside a faulty workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer

from engine.clock import moment
from engine.commands.talk import progress, say, say_json, table, tell, tell_warnings, warn
from engine.derivation.deriving import Brought
from engine.errors import IntakeRefused, file_error
from engine.facts import key_texts
from engine.intake.reading import Position, Reading
from engine.intake.storing import Stored
from engine.workspace import Workspace

_LISTED = 50  # changes that a preview lists


def import_files(
    folder: Path,
    paths: Sequence[Path],
    *,
    dry_run: bool,
    keep_good: bool,
    correction: str,
    by: str | None,
    as_json: bool,
) -> None:
    from engine.intake.reading import read_facts
    from engine.intake.storing import store
    from models.database import writing

    workspace = Workspace.open(folder)
    with progress("读取文件") as advance:
        reading = read_facts(paths, workspace.ruleset, advance)
    try:
        with writing(workspace.database, keep=not dry_run) as connection:
            stored = store(
                connection, workspace.ruleset, reading,
                operator=by or workspace.operator, at=moment(), correction=correction, keep_good=keep_good,
            )  # fmt: skip
    except IntakeRefused as refused:
        if as_json:
            say_json(stored_json(None, refused.faults, refused.warnings))
        tell(refused)
        if not dry_run:
            tell_beside(workspace, reading, refused)
        raise typer.Exit(1) from refused
    if as_json:
        say_json(stored_json(stored, stored.rejected, stored.warnings))
    tell_warnings(stored.warnings)
    if not as_json:
        _say_stored(workspace, stored, dry_run)
    if stored.rejected:
        left_out = IntakeRefused(stored.rejected, stored.warnings, outcome="有错的行未保存，其余已保存")
        tell(left_out)
        if not dry_run:
            tell_beside(workspace, reading, left_out, stored.left_out, rest=True)
        raise typer.Exit(1)


def stored_json(stored: Stored | None, rejected, warnings) -> dict[str, object]:
    return {
        "new": stored.new if stored else 0,
        "changed": stored.changed if stored else 0,
        "unchanged": stored.unchanged if stored else 0,
        "rejected": [fault.as_json() for fault in rejected],
        "warnings": [fault.as_json() for fault in warnings],
    }


def _say_stored(workspace: Workspace, stored: Stored, dry_run: bool) -> None:
    if dry_run:
        _preview(workspace, stored.changes)
    say(f"{'将' if dry_run else '已'}导入：新增 {stored.new}，变更 {stored.changed}，未变 {stored.unchanged}")
    if stored.derived:
        say(f"{'将' if dry_run else '已'}由单条记录汇总：{stored.derived} 条")
    if stored.touched_months:
        say(f"涉及月份：{'、'.join(stored.touched_months)}")


def _preview(workspace: Workspace, changes: Sequence[Brought]) -> None:
    """New facts by kind, and each changed field with its old and new value side by side."""
    from engine.facts import restore

    kinds = workspace.ruleset.kinds
    new = Counter(change.draft.kind for change in changes if change.before is None)
    if new:
        table(("新增的事实", "条数"), ((kind, str(new[kind])) for kind in kinds if kind in new), right=("条数",))
    rows = []
    changed = [change for change in changes if change.before is not None]
    for draft, before in changed[:_LISTED]:
        old, now = restore(kinds[draft.kind], before), restore(kinds[draft.kind], draft.fields)
        for name in kinds[draft.kind].fields:
            if old.get(name) != now.get(name):
                key = " ".join(key_texts(draft.key))
                rows.append((draft.kind, key, name, str(old.get(name, "（空）")), str(now.get(name, "（空）"))))
    if rows:
        table(("变更的事实", "键", "字段", "原值", "新值"), rows)
    if len(changed) > _LISTED:
        say(f"……另有 {len(changed) - _LISTED} 条变更未列出")


def tell_beside(
    workspace: Workspace,
    reading: Reading,
    refused: IntakeRefused,
    left_out: frozenset[Position] = frozenset(),
    *,
    rest: bool = False,
) -> None:
    """Writes an annotated copy beside each faulty file, and with `rest` a workbook of its bad rows; says where they are."""
    from engine.intake.beside import write_beside

    try:
        with progress("标注出错的单元格"):
            written = list(write_beside(workspace.ruleset, reading, refused.faults, refused.warnings, left_out, rest=rest))
        for path, rows in written:
            warn(f"已写入 {path}" + (f"（{rows} 行，改正后可单独导入）" if rows else "（出错的单元格已标出）"))
    except OSError as error:  # what was told stands; the folder may be one that only others write
        warn(f"提醒：未能写出标注的副本：{file_error(error).what}")


def withdraw_facts(
    folder: Path,
    kind: str | None,
    key: Sequence[str],
    number: int | None,
    *,
    reason: str,
    dry_run: bool,
    by: str | None,
    as_json: bool,
) -> None:
    from engine.intake.withdrawing import withdraw, withdraw_import
    from models.database import writing

    workspace = Workspace.open(folder)
    told = {"reason": reason, "operator": by or workspace.operator, "at": moment()}
    with writing(workspace.database, keep=not dry_run) as connection:
        if number is not None:
            done = withdraw_import(connection, workspace.ruleset, number, **told)
        else:
            done = withdraw(connection, workspace.ruleset, kind, key, **told)
    restored = sum(step.again is not None for step in done.steps)
    if as_json:
        say_json({
            "withdrawn": len(done.steps) - restored, "restored": restored, "replaced": done.replaced,
            "months": list(done.touched_months),
        })  # fmt: skip
        return
    will = "将" if dry_run else "已"
    say(f"{will}撤回 {len(done.steps) - restored} 条" + (f"，{will}恢复前一版本 {restored} 条" if restored else ""))
    if dry_run:
        table(("撤回的事实", "键", "之后"), (
            (step.back.kind, " ".join(key_texts(step.back.key)), "恢复前一版本" if step.again else "不再有")
            for step in done.steps[:_LISTED]
        ))  # fmt: skip
    if done.replaced:
        say(f"另有 {done.replaced} 条已被后来的版本取代，未动")
    if done.touched_months:
        say(f"涉及月份：{'、'.join(done.touched_months)}（用 jifen status 查看哪些要重新计分或更正）")
