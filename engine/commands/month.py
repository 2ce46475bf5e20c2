"""The operator's commands: import, run, standings, notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from engine.commands.checks import tell_checks
from engine.commands.copies import Copies
from engine.commands.intake import tell_beside
from engine.commands.talk import fault_table, progress, say, say_json, table, tell_warnings, warn
from engine.errors import InputError, IntakeRefused, JifenError
from engine.facts import key_texts
from engine.ledger.run import Run, for_month, run_month
from engine.ledger.unused import Unused
from engine.scoring.points import decimal
from engine.workspace import Workspace


def run_command(
    folder: Path,
    month: str,
    sources: Sequence[Path],
    *,
    dry_run: bool,
    notices: bool,
    by: str | None,
    as_json: bool,
) -> None:
    from engine.intake.reading import read_facts

    workspace = for_month(Workspace.open(folder), month)
    with progress(f"读取文件，计分 {month}") as advance:
        reading = read_facts(sources, workspace.ruleset, advance) if sources else None
        try:
            done = run_month(workspace, month, reading, operator=by, keep=not dry_run)
        except IntakeRefused as refused:
            if reading is not None and not dry_run:
                tell_beside(workspace, reading, refused)
            raise
    files, failed = attempted(lambda: render(workspace, month) if notices and not dry_run else [])
    if as_json:
        say_json(done.as_json(files))
    _tell_run(done)
    if not as_json:
        _say_run(done, dry_run, files)
    if failed is not None:
        raise failed
    if done.failing:
        raise typer.Exit(1)


def _tell_run(done: Run) -> None:
    if done.reading is not None and not done.reading.drafts:
        warn("提醒：--from 里没有读到任何事实，请核对文件夹")
    elif done.reading is not None and done.month not in done.stored.touched_months and done.stored.import_id is not None:
        warn(f"提醒：导入的事实没有一条涉及 {done.month}，请核对月份与文件夹")
    if done.stored is not None:
        tell_warnings(done.stored.warnings)
    tell_unused(done.unused)
    for fact in done.unattributed:
        warn(f"提醒：{fact.kind} {' '.join(key_texts(fact.key))} 找不到应计分的单位")
    if done.stale:
        warn(f"提醒：以下月份的积分因此变动，需重新计分：{'、'.join(done.stale)}（jifen run 月份）")
    if done.behind:
        warn(f"提醒：以下月份的事实在计分后有变，需重新计分：{'、'.join(done.behind)}（jifen run 月份）")
    tell_checks(done.failing)


def tell_unused(unused: Sequence[Unused]) -> None:
    if unused:
        warn(f"提醒：{len(unused)} 条事实没有用于计分：")
        fault_table(
            ("单位", "事实", "原因"),
            ((one.unit, f"{one.fact.kind} {' '.join(key_texts(one.fact.key))}", one.reason) for one in unused),
        )


def _say_run(done: Run, dry_run: bool, files: Sequence[Path]) -> None:
    if done.stored is not None:
        say(f"导入：新增 {done.stored.new}，变更 {done.stored.changed}，未变 {done.stored.unchanged}")
    entries = done.posted.entries
    if dry_run and entries:
        table(
            ("单位", "规则", "类型", "积分"),
            ((one.unit, one.rule, _KINDS[one.kind], decimal(one.points)) for _, one in entries),
            right=("积分",),
        )
    awards = sum(one.kind == "award" for _, one in entries)
    if not entries:
        say(f"{done.month}：没有新的分录")
    else:
        batch = "" if dry_run else f"（批次 {done.posted.batch}）"
        say(f"{done.month}：{'将入账' if dry_run else '已入账'} {awards} 条计分、{len(entries) - awards} 条冲销{batch}")
    if any(done.statuses.values()):
        say(f"任务：{'，'.join(f'{status} {count}' for status, count in done.statuses.items() if count)}")
    if files:
        say(f"通报：{files[0]}（共 {len(files)} 个文件）")


_KINDS = {"award": "计分", "reversal": "冲销"}


def show_standings(folder: Path, month: str, as_json: bool) -> None:
    from engine.ledger.reading import last_ruleset
    from engine.ledger.standings import require_posted, standings, unit_points
    from engine.notices.wording import formerly_words
    from engine.scoring.succession import formerly
    from models.database import reading

    workspace = Workspace.open(folder)
    with reading(workspace.database) as connection:
        posted = require_posted(connection, month)
        ruleset = last_ruleset(connection, month)
        months = {each: unit_points(connection, ruleset, each) for each in posted}
    rows = standings(ruleset, months)
    before = {row.unit: formerly(ruleset, row.unit, months) for row in rows}
    if as_json:
        say_json([
            {"category": row.category, "unit": row.unit, "month_points": decimal(row.month_points),
             "total_points": decimal(row.total_points), "month_rank": row.month_rank, "total_rank": row.total_rank,
             **({"formerly": list(before[row.unit])} if before[row.unit] else {})}
            for row in rows
        ])  # fmt: skip
        return
    table(
        ("类别", "名次", "单位", "本月积分", "累计积分", "累计名次"),
        (
            (row.category, str(row.month_rank), f"{row.unit}{formerly_words(before[row.unit])}", decimal(row.month_points),
             decimal(row.total_points), str(row.total_rank))
            for row in rows
        ),
        right=("名次", "本月积分", "累计积分", "累计名次"),
    )


def render_notices(folder: Path, month: str, open_: bool, as_issued: bool, copies: Copies, as_json: bool) -> None:
    workspace = Workspace.open(folder)
    copies.require()
    files = write_notices(workspace, month, as_issued=as_issued)
    files += copies.write(workspace, month, files)
    _, failed = ([], None) if as_issued else attempted(lambda: [render_overview(workspace)])
    if as_json:
        say_json({"month": month, "notices": [str(path) for path in files]})
    else:
        say(f"通报：{files[0]}（共 {len(files)} 个文件）")
    if open_:
        open_page(files[0])

    if failed is not None:
        raise failed


def open_page(file: Path) -> None:
    import webbrowser

    if not webbrowser.open(file.resolve().as_uri()):
        raise InputError("没有可用的浏览器", f"请自行打开 {file}")


def attempted(pages: Callable[[], list[Path]]) -> tuple[list[Path], JifenError | OSError | None]:
    """Pages about what is posted already: it stands though they fail, so the command first says what it did, then raises this."""
    try:
        return pages(), None
    except (JifenError, OSError) as error:
        return [], error


def render(workspace: Workspace, month: str) -> list[Path]:
    """Writes a month's notices, and the pages over all months."""
    files = write_notices(workspace, month)
    render_overview(workspace)
    return files


def write_notices(workspace: Workspace, month: str, *, as_issued: bool = False) -> list[Path]:
    """Writes a month's notices; those `as_issued` need neither the ruleset nor the templates of today."""
    from engine.ledger.standings import require_posted
    from engine.notices.publish import pages_of
    from engine.notices.render import write_month
    from models.database import reading

    with progress(f"生成 {month} 的通报") as advance, reading(workspace.database) as connection:
        require_posted(connection, month)
        pages = pages_of(connection, month, workspace.templates, as_issued=as_issued, progress=advance)
    return write_month(pages, workspace.notices / month)


def render_overview(workspace: Workspace) -> Path:
    """Writes the page that leads to all months, those of the years and units, and that of the reviews once there is a request."""
    from engine.ledger.correcting import corrections
    from engine.ledger.reading import last_ruleset
    from engine.ledger.reviews import requests
    from engine.ledger.standings import posted_months
    from engine.ledger.yearbook import yearbooks
    from engine.notices.render import render_index, render_reviews, render_years
    from engine.notices.reviews import reviews_link, reviews_page
    from models.database import reading

    with reading(workspace.database) as connection:
        titles = [(each, last_ruleset(connection, each).title) for each in posted_months(connection)]
        corrected = {each for each, _ in titles if corrections(connection, each)}
        asked = requests(connection)
        years = yearbooks(connection)
    render_years(years, workspace.notices, workspace.templates)
    if asked:
        render_reviews(reviews_page(titles[-1][1], asked), workspace.notices, workspace.templates)
    link = reviews_link(asked) if asked else None
    return render_index(titles, workspace.notices, workspace.templates, corrected=corrected, reviews=link)
