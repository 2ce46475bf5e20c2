"""The maintainer's commands: the `rules` group. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.options import AsJson, percent_of, year_of

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
def test(
    context: typer.Context,
    pattern: Annotated[
        str | None, typer.Option("--run", metavar="PATTERN", help="只运行相符的测试")
    ] = None,
    whole: Annotated[bool, typer.Option("--coverage", help="列出每条规则的覆盖情况")] = False,
    floor: Annotated[
        Fraction | None,
        typer.Option("--fail-under", parser=percent_of, metavar="N", help="总覆盖率低于百分之 N 就算失败"),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="把覆盖情况写成一个网页")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="把结果写成 JUnit 的 XML")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help="用几个进程；默认自行决定")] = None,
    as_json: AsJson = False,
) -> None:
    """运行规则集自带的规则测试，给出差别、原因和覆盖情况。

    --run 按测试名称、文件名、期望的规则编号或“任务 N”挑选，写其中一部分或正则表达式，不分大小写。

    总覆盖率是已覆盖的项数除以总项数，每一项同等：每条规则触发过；条件分支，即每个条件符合和不符合、每个 none 有和没有、\
列表和分值表的每个值；每个 once_per、best_of、cap 起过作用；汇总的每项计数有记录计入、有记录不计入；每项任务判定过；每个条款有规则或任务覆盖，或写明不计分的原因。\
只算通过的测试，向下取到百分位。有测试未通过、没有测试、低于 --fail-under 时，退出码为 1。
    """
    from engine.commands.rule_tests import test_rules

    test_rules(context.obj, pattern, whole, floor, html, junit, jobs, as_json)


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
