"""The operator's month: run, standings, ledger, notices, status. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson, By, Month, month_of, month_or_year_of

app = typer.Typer()


@app.command()
def run(
    context: typer.Context,
    month: Month,
    sources: Annotated[
        list[Path] | None, typer.Option("--from", metavar="PATH", help="先导入这些文件或文件夹（可重复）")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不入账")] = False,
    no_notices: Annotated[bool, typer.Option("--no-notices", help="不生成通报")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """每月一条命令：导入、计分、入账、生成通报。"""
    from engine.commands.month import run_command

    run_command(context.obj, month, sources or [], dry_run=dry_run, notices=not no_notices, by=by, as_json=as_json)


@app.command()
def standings(
    context: typer.Context,
    month: Month,
    form: Annotated[str, typer.Option("--format", help="table、json 或 xlsx（名次、各规则积分、逐条分录与来源）")] = "table",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="写入的工作簿（xlsx 必需）")] = None,
    as_json: AsJson = False,
) -> None:
    """某月的名次与累计名次。"""
    if form not in ("table", "json", "xlsx"):
        raise typer.BadParameter(f"“{form}”不是可用的格式：table、json、xlsx", param_hint="--format")
    if (form == "xlsx") != (output is not None):
        raise typer.BadParameter("--format xlsx 与 -o FILE 一起用", param_hint="-o")
    if output is not None:
        from engine.commands.copies import write_standings

        write_standings(context.obj, month, output)
        return
    from engine.commands.month import show_standings

    show_standings(context.obj, month, as_json or form == "json")


@app.command()
def ledger(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(parser=month_of, metavar="MONTH", help="只看某月")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位")] = None,
    rule: Annotated[str | None, typer.Option(help="只看某条规则，如 D05")] = None,
    form: Annotated[str, typer.Option("--format", help="table、csv、json 或 xlsx")] = "table",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="写入文件（xlsx 必需）")] = None,
    as_json: AsJson = False,
) -> None:
    """账本分录，由旧到新。"""
    from engine.commands.ledger import FORMATS, show_ledger

    if form not in FORMATS:
        raise typer.BadParameter(f"“{form}”不是可用的格式：{'、'.join(FORMATS)}", param_hint="--format")
    if form == "xlsx" and output is None:
        raise typer.BadParameter("xlsx 需要用 -o 指明写入的文件", param_hint="-o")
    show_ledger(context.obj, month, unit, rule, "json" if as_json else form, output)


@app.command()
def notices(
    context: typer.Context,
    month: Annotated[
        str | None, typer.Argument(metavar="MONTH/YEAR", help="月份或年份，如 2023-04、2023；用 --context 时是模板名，可不写")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="生成后在浏览器中打开")] = False,
    as_issued: Annotated[bool, typer.Option("--as-issued", help="已印发的月份：与印发时逐字节相同，不含此后的更正")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="通报、督办函、更正通报、年度结果旁各生成一份 PDF")] = False,
    docx: Annotated[bool, typer.Option("--docx", help="月度通报、督办函旁各生成一份可编辑的 Word 文档")] = False,
    png: Annotated[bool, typer.Option("--png", help="把通报卡画成图片（需要 Chromium）")] = False,
    contract: Annotated[bool, typer.Option("--context", help="不生成，只列出模板收到的字段、类型与含义")] = False,
    as_json: AsJson = False,
) -> None:
    """重新生成某月或某年的通报：同一账本，字节相同。"""
    if contract:
        from engine.commands.contract import show_context

        show_context(month, as_json)
        return
    if month is None:
        raise typer.BadParameter("写明月份或年份，如 2023-04", param_hint="MONTH/YEAR")
    month = _month_or_year(month)
    from engine.commands.copies import Copies

    copies = Copies(pdf, docx, png)
    if len(month) == 4:
        from engine.commands.annual import render_year_notices

        if as_issued or docx or png:
            raise typer.BadParameter("--as-issued、--docx 与 --png 用于月份", param_hint="MONTH/YEAR")
        render_year_notices(context.obj, int(month), open_, copies, as_json)
        return
    from engine.commands.month import render_notices

    render_notices(context.obj, month, open_, as_issued, copies, as_json)


@app.command()
def archive(
    context: typer.Context,
    month: Month,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.zip", help="写入的文件；默认 MONTH.zip，未印发的标明征求意见稿")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """某月归档为一个 zip：通报、工作簿、来源文件清单、规则集与校验和；字节每次相同。"""
    from engine.commands.copies import write_archive

    write_archive(context.obj, month, output, as_json)


def _month_or_year(text: str) -> str:
    try:
        return month_or_year_of(text)
    except typer.BadParameter as wrong:
        raise typer.BadParameter(wrong.message, param_hint="MONTH/YEAR") from None


@app.command()
def status(
    context: typer.Context,
    month: Annotated[str | None, typer.Argument(parser=month_of, metavar="[MONTH]", help="月份，如 2023-04")] = None,
    text: Annotated[bool, typer.Option("--text", help="输出可发到工作群的报送提醒（需指明月份）")] = False,
    page: Annotated[bool, typer.Option("--page", help="生成报送情况网页（需指明月份）")] = False,
    as_json: AsJson = False,
) -> None:
    """各月的状态、变动、缺报与待办。"""
    from engine.commands.status import show_status

    if (text or page) and month is None:
        raise typer.BadParameter("--text 与 --page 需要指明月份，如 jifen status 2023-04 --text", param_hint="MONTH")
    show_status(context.obj, month, text, page, as_json)
