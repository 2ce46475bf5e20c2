"""The life of a month after its run: close, correct, verify."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import typer

from engine.clock import day_of, moment
from engine.commands.checks import tell_checks
from engine.commands.month import attempted, render, render_overview
from engine.commands.talk import progress, say, say_json, table, warn
from engine.commands.workspace import tell_database
from engine.errors import InputError
from engine.ledger.run import for_month
from engine.scoring.points import decimal
from engine.workspace import Workspace


def close_month(folder: Path, month: str, number: str, issued: str | None, by: str | None, as_json: bool) -> None:
    from engine.ledger.closing import close, keep_issued
    from engine.ledger.reading import book_of
    from engine.notices.advice import month_advice
    from engine.notices.render import month_pages
    from models.database import writing

    workspace = for_month(Workspace.open(folder), month)
    with progress(f"印发 {month}") as advance, writing(workspace.database) as connection:
        at = moment()
        day = issued or day_of(at)
        operator = by or workspace.operator
        closing = close(connection, workspace.ruleset, month, number=number, issued=day, operator=operator, at=at)
        book = book_of(connection, month)
        pages = month_pages(book, workspace.templates, advance, month_advice(connection, book))
        keep_issued(connection, pages, closing=closing)
    files, failed = attempted(lambda: render(workspace, month))
    if as_json:
        say_json({"month": month, "number": number, "date": day, "letters": len(book.letters), "notices": [str(path) for path in files]})
    else:
        where = f"通报：{files[0]}" if files else ""
        say(f"{month} 已印发（{number or '未写文号'}，{day}）；此后只能更正。{where}")
        if book.letters:
            written = [one.written for one in book.letters.values()]
            say(f"督办函：{len(written)} 件，{' 至 '.join(dict.fromkeys((written[0], written[-1])))}")
    if failed is not None:
        raise failed


def correct_month(
    folder: Path,
    month: str,
    reason: str,
    reviews: Sequence[int],
    *,
    number: str,
    date: str | None,
    dry_run: bool,
    by: str | None,
    as_json: bool,
) -> None:
    from engine.ledger.checking import failing_checks
    from engine.ledger.closed import closings
    from engine.ledger.closing import keep_issued
    from engine.ledger.correcting import correct, correction_of
    from engine.ledger.reading import ruleset_of_batch
    from engine.ledger.reviews import citable, numbered, requests, waiting
    from engine.ledger.standings import posted_months
    from engine.notices.publish import correction_pages
    from models.database import writing

    workspace = for_month(Workspace.open(folder), month)
    with progress(f"更正 {month}"), writing(workspace.database, keep=not dry_run) as connection:
        told = {"reason": reason, "operator": by or workspace.operator, "at": moment()}
        posted = correct(connection, workspace.ruleset_files, month, **told, reviews=citable(connection, reviews))
        batch = posted.batch if posted else None
        told_months, failing, drafts, issued = [], [], [], {}
        if batch is not None:
            done = correction_of(connection, ruleset_of_batch(connection, batch), batch)
            told_months = [one for one in done.months if one.accounts or one.verdicts]
            issued = correction_pages(done, workspace.templates, number=number, issued=date)
            keep_issued(connection, issued, batch=batch)
            later = [each for each in posted_months(connection) if each >= month]
            failing = failing_checks(connection, workspace.ruleset, later)
            drafts = [each for each in later if each not in closings(connection) and (workspace.notices / each).exists()]
        asked = requests(connection)
    left, answered = waiting(asked), [one for one in asked if one.number in reviews and one.answer is not None]
    entries = posted.entries if posted else ()
    periods = [one.period for one in told_months]
    kept = batch is not None and not dry_run
    shown = kept or (bool(answered) and not dry_run)
    files, failed = attempted(lambda: _render_corrected(workspace, {*periods, *drafts}, issued) if shown else [])
    if left:
        cited = " ".join(f"--review {one.number}" for one in left)
        warn(f"提醒：复核申请{numbered(left)}已决定变更，尚待更正（jifen correct 时加 {cited}）")
    if as_json:
        say_json({
            "month": month, "batch": None if dry_run else batch, "months": periods,
            "reviews": [one.number for one in answered],
            "posted": [{"entry": id_, "unit": one.unit, "rule": one.rule, "points": decimal(one.points), "kind": one.kind}
                       for id_, one in entries],
            "tasks": [{"month": each.period, "task": one.task, "unit": one.unit, "before": one.before, "after": one.after}
                      for each in told_months for one in each.verdicts],
            "notices": [str(path) for path in files],
            "checks": [one.as_json() for one in failing],
        })  # fmt: skip
    else:
        _say_correction(month, batch, told_months, entries, files, dry_run)
        if batch is None and answered:
            say(f"复核申请{numbered(answered)}所要的变更已由此前的更正作出，{'将' if dry_run else '已'}记为已更正")
    tell_checks(failing)
    if failed is not None:
        raise failed
    if failing:
        raise typer.Exit(1)


def _render_corrected(workspace: Workspace, months: Collection[str], issued: Collection[str]) -> list[Path]:
    """Renders the months that moved, and the drafts, whose sums so far may have; gives the correction's own notice."""
    for month in sorted(months):
        render(workspace, month)
    if not months:
        render_overview(workspace)
    return [workspace.notices / name for name in issued]


def _say_correction(month: str, batch: int | None, told_months, entries, files: list[Path], dry_run: bool) -> None:
    for one in told_months if dry_run else ():
        if one.accounts:
            rows = ((row.unit, row.rule.id, decimal(row.before), decimal(row.after)) for row in one.accounts)
            table((one.period, "规则", "原积分", "现积分"), rows, right=("原积分", "现积分"))
        if one.verdicts:
            told = ((row.unit, str(row.task), row.before, row.after) for row in one.verdicts)
            table((one.period, "任务", "原状态", "现状态"), told)
    judged = sum(len(one.verdicts) for one in told_months)
    if not entries and not judged and batch is not None:
        kept = "将只更新" if dry_run else f"只更新了（批次 {batch}）"
        say(f"{month} 的积分没有变化，{kept}所依据的事实")
        return
    if batch is None:
        say(f"{month} 没有需要更正的，未作任何入账")
        return
    awards = sum(one.kind == "award" for _, one in entries)
    will = "将入账" if dry_run else "已入账"
    where = "、".join(one.period for one in told_months) or f"{month} 起各单位的积分没有变化"
    tasks = f"，{judged} 项任务的状态有变" if judged else ""
    say(f"{where}：{will} {len(entries) - awards} 条冲销、{awards} 条计分{tasks}")
    for path in files:
        say(f"更正通报：{path}")


def verify_ledger(folder: Path, as_json: bool) -> None:
    from engine.ledger.verifying import verify
    from models.database import reading

    workspace = Workspace.open(folder)
    with progress("核验账本") as advance, reading(workspace.database) as connection:
        found = verify(connection, advance)
    if as_json:
        say_json(found.as_json())
    elif found.faults:
        table(("月份", "分录", "不符之处"), ((one.month or "", str(one.entry or ""), one.what) for one in found.faults))
        say(f"核验未通过：{len(found.faults)} 处不符，最早的是 {found.faults[0].what}")
    else:
        say(f"核验通过：{found.months} 个月、{found.entries} 条分录与事实、规则一致，链条完整")
    if found.faults:
        raise typer.Exit(1)


def backup_workspace(folder: Path, target: Path) -> None:
    from engine.archive import backup

    with progress("备份"):
        count = backup(Workspace.open(folder), target)
    say(f"已备份到 {target}（{count} 个文件）；通报可由账本重新生成，收件夹不在其中")


def restore_workspace(source: Path, folder: Path) -> None:
    from engine.archive import restore
    from engine.ledger.verifying import verify
    from models.database import reading

    count = restore(source, folder)
    workspace = Workspace.open(folder)
    with progress("核验账本") as advance, reading(workspace.database) as connection:
        found = verify(connection, advance)
    say(f"已恢复到 {folder}（{count} 个文件）")
    tell_database(workspace)
    if found.faults:
        raise InputError(f"恢复的账本核验未通过：{found.faults[0].what}", f"用 `jifen -w {folder} verify` 查看全部")
    say(f"核验通过：{found.months} 个月、{found.entries} 条分录")
