"""Why it is so, and what can be done: why, advise. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.options import AsJson, Month, year_of

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
def advise(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位（可用别名）")],
    year: Annotated[int | None, typer.Option(parser=year_of, metavar="Y", help="哪一年；默认是工作区规则集的年度")] = None,
    as_json: AsJson = False,
) -> None:
    """某单位还能得哪些分、正在丢哪些分，怎样到下一等次；每一步都注明条款。"""
    from engine.commands.advise import show_advice

    show_advice(context.obj, unit, year, as_json)
