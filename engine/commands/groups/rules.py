"""The maintainer's commands: the `rules` group. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson

app = typer.Typer(name="rules", help="规则集：检查、测试、查看、排版、新建下一年的。", no_args_is_help=True)


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


@app.command()
def schema(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="DIR", help="只把 JSON Schema 写到这个文件夹")] = None,
    as_json: AsJson = False,
) -> None:
    """写出规则集各文件的 JSON Schema 和编辑器设置，边写边补全、检查。"""
    from engine.commands.rule_schema import write_schema

    write_schema(context.obj, output, as_json)


@app.command()
def show(
    context: typer.Context,
    word: Annotated[
        list[str], typer.Argument(metavar="ID", help="规则（D05）、项（D03）、任务（任务4 或 4）、条款（附件4 附表一 (三)）或设置的名称")
    ],
    as_json: AsJson = False,
) -> None:
    """一条规则、任务、条款或设置：条件、分值、算例、测试、上月分录。"""
    from engine.commands.show import show_rule

    show_rule(context.obj, " ".join(word), as_json)


@app.command()
def catalogue(
    context: typer.Context,
    file: Annotated[Path | None, typer.Option("-o", metavar="FILE.html", help="写到哪里，默认为工作区里的规则目录.html")] = None,
    as_json: AsJson = False,
) -> None:
    """规则目录：条款、规则、任务、设置与数据字典的一页，用文字说明，附算例与上月分录。"""
    from engine.commands.catalogue import write_catalogue

    write_catalogue(context.obj, file, as_json)


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
