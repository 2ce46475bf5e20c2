"""The maintainer's commands: rules check, test, new, impact. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson, year_of

app = typer.Typer(name="rules", help="规则集：检查、测试、新建下一年的。", no_args_is_help=True)


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """检查规则集，逐条给出文件、行、列。"""
    from engine.commands.rules import check_rules

    check_rules(context.obj, as_json)


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


@app.command()
def impact(
    context: typer.Context,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="另一版规则集：文件夹、rulesets/ 下的名称，或 git 修订（如 HEAD~1、标签）")],
    year: Annotated[int | None, typer.Option(parser=year_of, metavar="Y", help="年度；默认是 OTHER 的年度")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="另写成一页 HTML")] = None,
    as_json: AsJson = False,
) -> None:
    """换成另一版规则集，已计分的各月会有哪些不同；只比较，不写账本。"""
    from engine.commands.rule_impact import show_impact

    show_impact(context.obj, other, year, html, as_json)
