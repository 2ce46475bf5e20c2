"""Why it is so: why, trace. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.options import AsJson, Month, entry_of

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
