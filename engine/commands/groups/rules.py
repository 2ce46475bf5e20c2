"""The maintainer's commands: rules check, test, new, fmt. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson

app = typer.Typer(name="rules", help="规则集：检查、测试、排版、新建下一年的。", no_args_is_help=True)


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
def fmt(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="文件或文件夹；默认是工作区的规则集")] = None,
    check: Annotated[bool, typer.Option("--check", help="不写入；有要改的文件就以 1 退出")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="不写入；显示会改哪些行")] = False,
    as_json: AsJson = False,
) -> None:
    """把规则集的文件排成统一的版式；内容与注释不变。"""
    from engine.commands.rule_layout import format_files

    format_files(context.obj, paths or [], check, diff, as_json)
