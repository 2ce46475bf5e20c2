"""The maintainer's commands: rules check, test, new. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.options import AsJson

app = typer.Typer(name="rules", help="规则集：检查、测试、新建下一年的。", no_args_is_help=True)


@app.command()
def check(
    context: typer.Context,
    strict: Annotated[bool, typer.Option("--strict", help="有提醒也以 1 退出")] = False,
    explained: Annotated[str | None, typer.Option("--explain", metavar="CODE", help="只解释一个代码，附一反一正两个例子")] = None,
    as_json: AsJson = False,
) -> None:
    """检查规则集与规则测试，逐条给出文件、行、列、代码、原文与改法。"""
    from engine.commands.rule_check import check_rules, explain

    if explained is not None:
        explain(explained, as_json)
    else:
        check_rules(context.obj, strict, as_json)


@app.command()
def test(context: typer.Context, as_json: AsJson = False) -> None:
    """运行规则集自带的规则测试。"""
    from engine.commands.rules import test_rules

    test_rules(context.obj, as_json)


@app.command(name="new")
def rules_new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="新规则集的名称，如 changzhi-2024")],
    old: Annotated[str, typer.Option("--from", metavar="OLD", help="由哪个规则集顺延（必填）")] = ...,
    year: Annotated[int | None, typer.Option(metavar="YEAR", min=1000, max=9999, help="年度；默认取自 NAME")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不写入")] = False,
    as_json: AsJson = False,
) -> None:
    """由已有的规则集顺延出另一年度的规则集，日期随之移动。"""
    from engine.commands.new_ruleset import new_ruleset

    new_ruleset(context.obj, name, old, year, dry_run, as_json)
