"""Why it is so, and what can be done: why, trace, advise, whatif, diff. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson, Month, entry_of, month_of, year_of

app = typer.Typer()


@app.command()
def why(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位（可用别名）")],
    month: Month,
    rule: Annotated[str | None, typer.Option(metavar="R", help="只看某条规则，如 D05；写 D03 则看这一项的各条规则")] = None,
    as_json: AsJson = False,
) -> None:
    """某单位某月的分从何而来：逐条规则的事实、算式和限额；没有分的，说明为什么。"""
    from engine.commands.why import show_why

    show_why(context.obj, unit, month, rule, as_json)


@app.command()
def trace(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(parser=entry_of, metavar="ENTRY", help="分录的编号，如 2179；写作 e2179、〔2179〕也可以")],
    as_json: AsJson = False,
) -> None:
    """通报里的一笔分从何而来（到单元格），影响到哪里（到每个变动的名次）。"""
    from engine.commands.trace import show_trace

    show_trace(context.obj, entry, as_json)


@app.command()
def advise(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位（可用别名）")],
    year: Annotated[int | None, typer.Option(parser=year_of, metavar="Y", help="哪一年；默认是工作区规则集的年度")] = None,
    as_json: AsJson = False,
) -> None:
    """某单位还能得哪些分、正在丢哪些分，怎样到下一等次；每一步都注明条款。"""
    from engine.commands.advise import show_advice

    show_advice(context.obj, unit, year, as_json)


@app.command()
def whatif(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位（可用别名）")],
    month: Month,
    fact: Annotated[list[str] | None, typer.Option(metavar="类型:字段=值,…", help="假设有这条事实；可写多次")] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="类型:键,…", help="假设没有这条事实；可写多次")] = None,
    files: Annotated[list[Path] | None, typer.Option("--from", metavar="PATH", help="假设收到这些文件；可写多次")] = None,
    as_json: AsJson = False,
) -> None:
    """假如多一条、少一条、改一条事实：积分、名次、等次会怎样。什么也不写入。

    写作 --fact 类型:字段=值,字段=值

    单位、月份可以不写；已有的事实，只写要改的字段。值里有“,字段=”的，用双引号括起。

    --without 写事实类型和键的值，其中的单位、月份可以不写；--from 收 xlsx、csv、jsonl 或文件夹。
    """
    from engine.commands.whatif import show_whatif

    if not (fact or without or files):
        raise typer.BadParameter("请用 --fact、--without 或 --from 写明假设什么")
    show_whatif(context.obj, unit, month, fact or [], without or [], files or [], as_json)


@app.command()
def diff(
    context: typer.Context,
    month: Month,
    other: Annotated[str, typer.Argument(parser=month_of, metavar="MONTH", help="同一年度的另一个月份；先后不论，总是由前往后比")],
    unit: Annotated[str | None, typer.Option(metavar="U", help="只看某单位（可用别名）：逐条规则、逐条事实的原因")] = None,
    as_json: AsJson = False,
) -> None:
    """两个月之间名次为什么变了：各单位的积分、名次，是哪些规则造成的。"""
    from engine.commands.diff import show_diff

    show_diff(context.obj, month, other, unit, as_json)
