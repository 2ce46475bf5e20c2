"""Why it is so: why. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.options import AsJson, Month

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
