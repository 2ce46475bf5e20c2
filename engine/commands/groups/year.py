"""Obligations and the year: tasks, letters, annual, approve. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson, Month, Year, month_of

app = typer.Typer()


@app.command()
def tasks(
    context: typer.Context,
    month: Month,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    task: Annotated[int | None, typer.Option(metavar="N", help="只看某项任务")] = None,
    status: Annotated[list[str] | None, typer.Option(metavar="状态", help="只看这些状态（可重复），如 逾期")] = None,
    due_within: Annotated[
        int | None, typer.Option("--due-within", metavar="DAYS", min=0, help="只看月末后这些天内到期、以及已逾期和不达标的")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="写明依据：由哪些事实判定，来自哪个文件、哪一行")] = False,
    as_json: AsJson = False,
) -> None:
    """各项任务在某月末的进展。"""
    from engine.commands.tasks import show_tasks

    show_tasks(context.obj, month, unit, task, status or [], due_within, why, as_json)


@app.command()
def letters(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(parser=month_of, metavar="MONTH", help="只看某月")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    pending: Annotated[bool, typer.Option("--open", help="只看还没有答复的")] = False,
    as_json: AsJson = False,
) -> None:
    """督办函：逾期、不达标的任务，第几次督办，答复了没有。"""
    from engine.commands.letters import show_letters

    show_letters(context.obj, month, unit, pending, as_json)


@app.command()
def annual(
    context: typer.Context,
    year: Year,
    provisional: Annotated[bool, typer.Option("--provisional", help="预估：尚缺的月份与年终测评按 0 计，并列出")] = False,
    form: Annotated[str, typer.Option("--format", help="table、json 或 xlsx（供应用结果的考核使用）")] = "table",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="写入文件（xlsx 必需）")] = None,
    as_json: AsJson = False,
) -> None:
    """年度结果：总成绩、名次、等次；审定前为初评，审定后不变。"""
    from engine.commands.annual import FORMATS, show_annual

    if form not in FORMATS:
        raise typer.BadParameter(f"“{form}”不是可用的格式：{'、'.join(FORMATS)}", param_hint="--format")
    if as_json and form == "xlsx":
        raise typer.BadParameter("--json 与 --format xlsx 只能用一个", param_hint="--json")
    form = "json" if as_json else form
    if form == "xlsx" and output is None:
        raise typer.BadParameter("xlsx 需要用 -o 指明写入的文件", param_hint="-o")
    if form == "table" and output is not None:
        raise typer.BadParameter("写入文件要用 --format xlsx 或 --format json", param_hint="-o")
    show_annual(context.obj, year, provisional, form, output)


@app.command()
def approve(
    context: typer.Context,
    year: Year,
    by: Annotated[str, typer.Option("--by", metavar="TEXT", help="审定者（必填），如 市政府常务会议")] = ...,
    number: Annotated[str, typer.Option(metavar="文号", help="年度考核结果的发文字号，如 长发改信用〔2024〕3号")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只查能否审定、哪些单位有变，不审定")] = False,
    as_json: AsJson = False,
) -> None:
    """审定年度结果：十二个月都已印发之后；此后只能更正并重新审定。"""
    from engine.commands.annual import approve_year

    if not by.strip():
        raise typer.BadParameter("写明由谁审定", param_hint="--by")
    approve_year(context.obj, year, by.strip(), number.strip(), dry_run, as_json)
