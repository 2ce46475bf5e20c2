"""The `open-balance` command: the points of the months before the first run."""

from __future__ import annotations

from pathlib import Path

import typer

from engine.clock import moment
from engine.commands.intake import stored_json, tell_beside
from engine.commands.month import render, tell_unused
from engine.commands.talk import progress, say, say_json, table, tell, tell_warnings, warn
from engine.errors import IntakeRefused
from engine.scoring.points import decimal
from engine.workspace import Workspace

_NAMED = 8  # units that a warning names


def bring_opening(folder: Path, file: Path, dry_run: bool, by: str | None, as_json: bool) -> None:
    from engine.intake.reading import read_facts
    from engine.ledger.closing import keep_issued
    from engine.ledger.opening import open_balance
    from engine.ledger.reading import book_of
    from engine.notices.render import month_pages
    from models.database import writing

    workspace = Workspace.open(folder)
    ruleset = workspace.ruleset
    with progress("收入期初") as advance:
        reading = read_facts([file], ruleset, advance, kind=ruleset.opening)
        try:
            with writing(workspace.database, keep=not dry_run) as connection:
                told = {"operator": by or workspace.operator, "at": moment()}
                opened = open_balance(connection, workspace.ruleset_files, reading, **told)
                for one in opened.months if opened and not dry_run else ():
                    pages = month_pages(book_of(connection, one.month), workspace.templates)
                    keep_issued(connection, pages, closing=one.closing)
        except IntakeRefused as refused:
            if as_json:
                say_json({**stored_json(None, refused.faults, refused.warnings), "months": [], "notices": []})
            tell(refused)
            if not dry_run:
                tell_beside(workspace, reading, refused)
            raise typer.Exit(1) from refused
    months = opened.months if opened else ()
    files = [] if dry_run else [render(workspace, one.month)[0] for one in months]
    if as_json:
        stored = stored_json(opened.stored if opened else None, (), reading.warnings)
        notices = [str(path) for path in files]
        unused = [one.as_json() for one in opened.unused] if opened else []
        say_json({**stored, "months": [one.as_json() for one in months], "unused": unused, "notices": notices})
    tell_warnings(reading.warnings)
    tell_unused(opened.unused if opened else ())
    for one in months:
        if one.without:
            more = f" 等 {len(one.without)} 个" if len(one.without) > _NAMED else ""
            warn(f"提醒：{one.month} 没有期初的单位：{'、'.join(one.without[:_NAMED])}{more}")
    if as_json:
        return
    if not months:
        say("文件里的期初都已收入，没有新内容")
        return
    table(("月份", "单位数", "积分合计"), ((one.month, str(one.units), decimal(one.points)) for one in months), right=("单位数", "积分合计"))
    say(f"{'将' if dry_run else '已'}收入 {len(months)} 个月的期初，并结清：此后只能更正")
    following = [month for month in ruleset.months if month > months[-1].month]
    if following:
        say(f"下一步：jifen run {following[0]}")
