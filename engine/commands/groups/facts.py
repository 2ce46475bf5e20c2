"""The commands that bring facts in, take them back and list them. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import LARGEST, AsJson, By, Month, month_of

app = typer.Typer()


@app.command()
def template(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="要写出的工作簿")],
    month: Annotated[str | None, typer.Option(parser=month_of, metavar="MONTH", help="预填月份")] = None,
    unit: Annotated[str | None, typer.Option(help="预填单位")] = None,
) -> None:
    """写出空白的填报工作簿：每类事实一张表，带下拉和校验。"""
    from engine.commands.template import write_template_file

    write_template_file(context.obj, file, month, unit)


@app.command(name="import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="工作簿、CSV、JSONL 或文件夹")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    keep_good: Annotated[bool, typer.Option("--keep-good", help="保存没有错的行，有错的行写到 NAME.rest.xlsx")] = False,
    correction: Annotated[str | None, typer.Option(metavar="REASON", help="更正已印发的月份，写明原因")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """导入事实：有一行不对就全部不保存，并逐行说明。"""
    from engine.commands.intake import import_files

    if correction is not None and not correction.strip():
        raise typer.BadParameter("更正要写明原因", param_hint="--correction")
    reason = (correction or "").strip()
    import_files(context.obj, paths, dry_run=dry_run, keep_good=keep_good, correction=reason, by=by, as_json=as_json)


@app.command()
def adjust(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位（可用别名）")],
    month: Month,
    points: Annotated[str, typer.Option(metavar="N", help="加减的积分，如 5 或 -2.5（必填）")] = ...,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="理由（必填），写入得分单")] = ...,
    attachment: Annotated[Path, typer.Option(metavar="FILE", help="作为依据的附件（必填），记下它的 SHA-256")] = ...,
    number: Annotated[str | None, typer.Option(metavar="N", help="编号；默认是该单位该月的下一个")] = None,
    correction: Annotated[str | None, typer.Option(metavar="REASON", help="更正已印发的月份，写明原因")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """工作组调整某单位某月的积分：记为一条有理由、有附件的事实。"""
    from engine.commands.adjust import adjust_points

    if correction is not None and not correction.strip():
        raise typer.BadParameter("更正要写明原因", param_hint="--correction")
    told = {"reason": reason, "attachment": attachment, "number": number, "correction": (correction or "").strip()}
    adjust_points(context.obj, unit, month, points, **told, dry_run=dry_run, by=by, as_json=as_json)


@app.command(name="open-balance")
def open_balance(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="各单位各月的期初：xlsx、csv 或 jsonl")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """年中启用：收入以前各月的积分，入账并结清。"""
    from engine.commands.opening import bring_opening

    bring_opening(context.obj, file, dry_run, by, as_json)


@app.command()
def withdraw(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="事实类型")] = None,
    key: Annotated[list[str] | None, typer.Argument(metavar="KEY…", help="键的各个值，按字典的顺序")] = None,
    number: Annotated[int | None, typer.Option("--import", metavar="N", min=1, max=LARGEST, help="整次撤回第 N 次导入")] = None,
    reason: Annotated[str, typer.Option(help="原因（必填）")] = ...,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """撤回一条事实，或整次导入；原有版本都还在。"""
    from engine.commands.intake import withdraw_facts

    if (number is None) == (kind is None):
        raise typer.BadParameter("写明 KIND KEY…，或用 --import N，二者择一")
    if not reason.strip():
        raise typer.BadParameter("撤回要写明原因", param_hint="--reason")
    withdraw_facts(context.obj, kind, key or [], number, reason=reason.strip(), dry_run=dry_run, by=by, as_json=as_json)


@app.command()
def facts(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="事实类型，如字典 facts.yaml 所列")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    month: Annotated[str | None, typer.Option(parser=month_of, metavar="MONTH", help="只看在某月成立的")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="列出每个版本，已撤回的也列")] = False,
    as_json: AsJson = False,
) -> None:
    """现有的事实及其来源。"""
    from engine.commands.history import show_facts

    show_facts(context.obj, kind, unit, month, versions, as_json)


@app.command()
def imports(context: typer.Context, as_json: AsJson = False) -> None:
    """历次导入、撤回与推导，由旧到新。"""
    from engine.commands.history import show_imports

    show_imports(context.obj, as_json)
