"""The life of a month after its run: close, correct, verify."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import typer

from engine.clock import moment
from engine.commands.checks import tell_checks
from engine.commands.month import render, render_overview
from engine.commands.talk import progress, say, say_json, table, warn
from engine.commands.workspace import tell_database
from engine.errors import InputError
from engine.ledger.run import for_month
from engine.scoring.points import decimal
from engine.workspace import Workspace


def close_month(folder: Path, month: str, number: str, issued: str | None, by: str | None, as_json: bool) -> None:
    from engine.ledger.closing import close, keep_issued
    from engine.ledger.reading import book_of
    from engine.notices.render import month_pages
    from models.database import writing

    workspace = for_month(Workspace.open(folder), month)
    with progress(f"印发 {month}") as advance, writing(workspace.database) as connection:
        at = moment()
        day = _day(issued) if issued else at[:10]
        operator = by or workspace.operator
        closing = close(connection, workspace.ruleset, month, number=number, issued=day, operator=operator, at=at)
        pages = month_pages(book_of(connection, month), workspace.templates, advance)
        keep_issued(connection, pages, closing=closing)
    files = render(workspace, month)
    if as_json:
        say_json({"month": month, "number": number, "date": day, "notices": [str(path) for path in files]})
    else:
        say(f"{month} 已印发（{number or '未写文号'}，{day}）；此后只能更正。通报：{files[0]}")


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(f"“{text}”不是日期", "写作 2023-05-08") from None


def correct_month(
    folder: Path, month: str, reason: str, reviews: Sequence[int], dry_run: bool, by: str | None, as_json: bool
) -> None:
    from engine.ledger.checking import failing_checks
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
        pages, told_months, failing = {}, (), []
        if batch is not None:
            told_months = correction_of(connection, ruleset_of_batch(connection, batch), batch).months
            pages = correction_pages(connection, batch, workspace.templates)
            keep_issued(connection, pages, batch=batch)
            failing = failing_checks(connection, workspace.ruleset, [each for each in posted_months(connection) if each >= month])
        left = waiting(requests(connection))
    entries = posted.entries if posted else ()
    periods = [one.period for one in told_months]
    files = [] if dry_run else [path for period in periods for path in render(workspace, period) if "更正通报" in path.name]
    if reviews and not dry_run and not periods:
        render_overview(workspace)
    if left:
        cited = " ".join(f"--review {one.number}" for one in left)
        warn(f"提醒：复核申请{numbered(left)}已决定变更，尚待更正（jifen correct 时加 {cited}）")
    if as_json:
        say_json({
            "month": month, "batch": None if dry_run else batch, "months": periods,
            "reviews": sorted(set(reviews)) if batch is not None else [],
            "posted": [{"entry": id_, "unit": one.unit, "rule": one.rule, "points": decimal(one.points), "kind": one.kind}
                       for id_, one in entries],
            "notices": sorted({str(path) for path in files}),
            "checks": [one.as_json() for one in failing],
        })  # fmt: skip
    else:
        _say_correction(month, told_months, entries, files, dry_run)
    tell_checks(failing)
    if failing:
        raise typer.Exit(1)


def _say_correction(month: str, told_months, entries, files: list[Path], dry_run: bool) -> None:
    for one in told_months if dry_run else ():
        rows = ((row.unit, row.rule.id, decimal(row.before), decimal(row.after)) for row in one.accounts)
        table((one.period, "规则", "原积分", "现积分"), rows, right=("原积分", "现积分"))
    if not entries:
        say(f"{month} 没有需要更正的，未作任何入账")
        return
    awards = sum(one.kind == "award" for _, one in entries)
    will = "将入账" if dry_run else "已入账"
    say(f"{'、'.join(one.period for one in told_months)}：{will} {len(entries) - awards} 条冲销、{awards} 条计分")
    for path in sorted(set(files)):
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
