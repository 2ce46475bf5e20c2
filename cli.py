"""The `jifen` command: parses, calls the engine, prints. Heavy imports stay inside the commands."""

from __future__ import annotations

import datetime
import gc
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from engine import __version__
from engine.errors import JifenError, file_error
from engine.interrupting import Interrupted, interruptible

app = typer.Typer(
    name="jifen",
    help="积分：把每月的工作簿变成事实，按规则计分入账，生成通报。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="退出码：0 完成；1 输入或数据有误；2 用法有误；3 工作区被占用；70 程序缺陷；130 被中断。",
)
rules = typer.Typer(name="rules", help="规则集：检查与测试。", no_args_is_help=True)
app.add_typer(rules)
review = typer.Typer(name="review", help="复核：单位申请，主管部门决定。", no_args_is_help=True)
app.add_typer(review)


def _month(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise typer.BadParameter(f"“{text}”不是月份，应写作 2023-04")
    return text


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是日期，应写作 2023-05-08") from None


def _year(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{3}", text):
        raise typer.BadParameter(f"“{text}”不是年份，应写作 2023")
    return int(text)


def _month_or_year(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{3}|[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise typer.BadParameter(f"“{text}”不是月份或年份，应写作 2023-04 或 2023")
    return text


_LARGEST = 2**31 - 1  # of the numbers that a database gives
Month = Annotated[str, typer.Argument(parser=_month, metavar="MONTH", help="月份，如 2023-04")]
Year = Annotated[int, typer.Argument(parser=_year, metavar="YEAR", help="年份，如 2023")]
By = Annotated[str | None, typer.Option(metavar="姓名", help="经办人；默认是工作区的 operator")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出到标准输出")]


@app.callback()
def root(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Option("-w", "--workspace", envvar="JIFEN_WORKSPACE", help="工作区文件夹，默认为当前文件夹")
    ] = Path("."),
    version: Annotated[bool, typer.Option("--version", help="显示版本号", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"jifen {__version__}")
        raise typer.Exit
    context.obj = workspace


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新工作区的文件夹")],
    demo: Annotated[bool, typer.Option("--demo", help="在 inbox/ 放入一年的示例工作簿")] = False,
) -> None:
    """新建工作区：设置、规则集、模板、收件夹、通报夹与数据库。"""
    from engine.commands.workspace import init_workspace

    init_workspace(folder, demo)


@app.command()
def template(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="要写出的工作簿")],
    month: Annotated[str | None, typer.Option(parser=_month, metavar="MONTH", help="预填月份")] = None,
    unit: Annotated[str | None, typer.Option(help="预填单位")] = None,
) -> None:
    """写出空白的填报工作簿：每类事实一张表，带下拉和校验。"""
    from engine.commands.template import write_template_file

    write_template_file(context.obj, file, month, unit)


@app.command(name="import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="工作簿、CSV、JSONL 或文件夹")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    keep_good: Annotated[bool, typer.Option("--keep-good", help="保存没有错的行，有错的行写到 NAME.rest.xlsx")] = False,
    correction: Annotated[str | None, typer.Option(metavar="REASON", help="更正已印发的月份，写明原因")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """导入事实：有一行不对就全部不保存，并逐行说明。"""
    from engine.commands.intake import import_files

    if correction is not None and not correction.strip():
        raise typer.BadParameter("更正要写明原因", param_hint="--correction")
    reason = (correction or "").strip()
    import_files(context.obj, paths, dry_run=dry_run, keep_good=keep_good, correction=reason, by=by, as_json=as_json)


@app.command()
def adjust(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位（可用别名）")],
    month: Month,
    points: Annotated[str, typer.Option(metavar="N", help="加减的积分，如 5 或 -2.5（必填）")] = ...,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="理由（必填），写入得分单")] = ...,
    attachment: Annotated[Path, typer.Option(metavar="FILE", help="作为依据的附件（必填），记下它的 SHA-256")] = ...,
    number: Annotated[str | None, typer.Option(metavar="N", help="编号；默认是该单位该月的下一个")] = None,
    correction: Annotated[str | None, typer.Option(metavar="REASON", help="更正已印发的月份，写明原因")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """工作组调整某单位某月的积分：记为一条有理由、有附件的事实。"""
    from engine.commands.adjust import adjust_points

    if correction is not None and not correction.strip():
        raise typer.BadParameter("更正要写明原因", param_hint="--correction")
    told = {"reason": reason, "attachment": attachment, "number": number, "correction": (correction or "").strip()}
    adjust_points(context.obj, unit, month, points, **told, dry_run=dry_run, by=by, as_json=as_json)


@app.command(name="open-balance")
def open_balance(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="各单位各月的期初：xlsx、csv 或 jsonl")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """年中启用：收入以前各月的积分，入账并结清。"""
    from engine.commands.opening import bring_opening

    bring_opening(context.obj, file, dry_run, by, as_json)


@app.command()
def withdraw(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="事实类型")] = None,
    key: Annotated[list[str] | None, typer.Argument(metavar="KEY…", help="键的各个值，按字典的顺序")] = None,
    number: Annotated[int | None, typer.Option("--import", metavar="N", min=1, max=_LARGEST, help="整次撤回第 N 次导入")] = None,
    reason: Annotated[str, typer.Option(help="原因（必填）")] = ...,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """撤回一条事实，或整次导入；原有版本都还在。"""
    from engine.commands.intake import withdraw_facts

    if (number is None) == (kind is None):
        raise typer.BadParameter("写明 KIND KEY…，或用 --import N，二者择一")
    if not reason.strip():
        raise typer.BadParameter("撤回要写明原因", param_hint="--reason")
    withdraw_facts(context.obj, kind, key or [], number, reason=reason.strip(), dry_run=dry_run, by=by, as_json=as_json)


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
def standings(context: typer.Context, month: Month, as_json: AsJson = False) -> None:
    """某月的名次与累计名次。"""
    from engine.commands.month import show_standings

    show_standings(context.obj, month, as_json)


@app.command()
def tasks(
    context: typer.Context,
    month: Month,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    task: Annotated[int | None, typer.Option(metavar="N", help="只看某项任务")] = None,
    status: Annotated[list[str] | None, typer.Option(metavar="状态", help="只看这些状态（可重复），如 逾期")] = None,
    due_within: Annotated[
        int | None, typer.Option("--due-within", metavar="DAYS", min=0, help="只看月末后这些天内到期、以及已逾期和不达标的")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="写明依据：由哪些事实判定，来自哪个文件、哪一行")] = False,
    as_json: AsJson = False,
) -> None:
    """各项任务在某月末的进展。"""
    from engine.commands.tasks import show_tasks

    show_tasks(context.obj, month, unit, task, status or [], due_within, why, as_json)


@app.command()
def letters(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(parser=_month, metavar="MONTH", help="只看某月")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    pending: Annotated[bool, typer.Option("--open", help="只看还没有答复的")] = False,
    as_json: AsJson = False,
) -> None:
    """督办函：逾期、不达标的任务，第几次督办，答复了没有。"""
    from engine.commands.letters import show_letters

    show_letters(context.obj, month, unit, pending, as_json)


@app.command()
def ledger(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(parser=_month, metavar="MONTH", help="只看某月")] = None,
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
def annual(
    context: typer.Context,
    year: Year,
    provisional: Annotated[bool, typer.Option("--provisional", help="预估：尚缺的月份与年终测评按 0 计，并列出")] = False,
    form: Annotated[str, typer.Option("--format", help="table、json 或 xlsx（供应用结果的考核使用）")] = "table",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="写入文件（xlsx 必需）")] = None,
    as_json: AsJson = False,
) -> None:
    """年度结果：总成绩、名次、等次；审定前为初评，审定后不变。"""
    from engine.commands.annual import FORMATS, show_annual

    if form not in FORMATS:
        raise typer.BadParameter(f"“{form}”不是可用的格式：{'、'.join(FORMATS)}", param_hint="--format")
    form = "json" if as_json else form
    if form == "xlsx" and output is None:
        raise typer.BadParameter("xlsx 需要用 -o 指明写入的文件", param_hint="-o")
    if form == "table" and output is not None:
        raise typer.BadParameter("写入文件要用 --format xlsx 或 --format json", param_hint="-o")
    show_annual(context.obj, year, provisional, form, output)


@app.command()
def approve(
    context: typer.Context,
    year: Year,
    by: Annotated[str, typer.Option("--by", metavar="TEXT", help="审定者（必填），如 市政府常务会议")] = ...,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只查能否审定、哪些单位有变，不审定")] = False,
    as_json: AsJson = False,
) -> None:
    """审定年度结果：十二个月都已印发之后；此后只能更正并重新审定。"""
    from engine.commands.annual import approve_year

    if not by.strip():
        raise typer.BadParameter("写明由谁审定", param_hint="--by")
    approve_year(context.obj, year, by.strip(), dry_run, as_json)


@app.command()
def notices(
    context: typer.Context,
    month: Annotated[str, typer.Argument(parser=_month_or_year, metavar="MONTH/YEAR", help="月份或年份，如 2023-04、2023")],
    open_: Annotated[bool, typer.Option("--open", help="生成后在浏览器中打开")] = False,
    as_issued: Annotated[bool, typer.Option("--as-issued", help="已印发的月份：与印发时逐字节相同，不含此后的更正")] = False,
    as_json: AsJson = False,
) -> None:
    """重新生成某月或某年的通报：同一账本，字节相同。"""
    if len(month) == 4:
        from engine.commands.annual import render_year_notices

        render_year_notices(context.obj, int(month), open_, as_json)
        return
    from engine.commands.month import render_notices

    render_notices(context.obj, month, open_, as_issued, as_json)


@app.command()
def close(
    context: typer.Context,
    month: Month,
    number: Annotated[str, typer.Option(metavar="文号", help="发文字号，如 长发改信用〔2023〕12号")] = "",
    date: Annotated[str | None, typer.Option(parser=_day, metavar="DATE", help="印发日期，如 2023-05-08；默认今天")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """印发某月的通报：此后只能更正。"""
    from engine.commands.ledger_life import close_month

    close_month(context.obj, month, number.strip(), date, by, as_json)


@app.command()
def correct(
    context: typer.Context,
    month: Month,
    reason: Annotated[str, typer.Option(help="更正原因（必填），写入更正通报")] = ...,
    reviews: Annotated[
        list[int] | None, typer.Option("--review", metavar="N", min=1, max=_LARGEST, help="依据的复核申请，已决定变更（可重复）")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不入账")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """更正已印发的月份及其后各月，生成更正通报。"""
    from engine.commands.ledger_life import correct_month

    if not reason.strip():
        raise typer.BadParameter("更正要写明原因", param_hint="--reason")
    correct_month(context.obj, month, reason.strip(), reviews or [], dry_run, by, as_json)


@app.command()
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """核验账本：逐月重算、逐条比对，并走通链条。"""
    from engine.commands.ledger_life import verify_ledger

    verify_ledger(context.obj, as_json)


@app.command()
def facts(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="事实类型，如字典 facts.yaml 所列")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    month: Annotated[str | None, typer.Option(parser=_month, metavar="MONTH", help="只看在某月成立的")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="列出每个版本，已撤回的也列")] = False,
    as_json: AsJson = False,
) -> None:
    """现有的事实及其来源。"""
    from engine.commands.history import show_facts

    show_facts(context.obj, kind, unit, month, versions, as_json)


@app.command()
def imports(context: typer.Context, as_json: AsJson = False) -> None:
    """历次导入、撤回与推导，由旧到新。"""
    from engine.commands.history import show_imports

    show_imports(context.obj, as_json)


@app.command()
def status(
    context: typer.Context,
    month: Annotated[str | None, typer.Argument(parser=_month, metavar="[MONTH]", help="月份，如 2023-04")] = None,
    text: Annotated[bool, typer.Option("--text", help="输出可发到工作群的报送提醒（需指明月份）")] = False,
    page: Annotated[bool, typer.Option("--page", help="生成报送情况网页（需指明月份）")] = False,
    as_json: AsJson = False,
) -> None:
    """各月的状态、变动、缺报与待办。"""
    from engine.commands.status import show_status

    if (text or page) and month is None:
        raise typer.BadParameter("--text 与 --page 需要指明月份，如 jifen status 2023-04 --text", param_hint="MONTH")
    show_status(context.obj, month, text, page, as_json)


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="要写出的备份")],
) -> None:
    """备份工作区：数据库、规则集、模板与设置，附校验和。"""
    from engine.commands.ledger_life import backup_workspace

    backup_workspace(context.obj, file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="备份")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="恢复到的新文件夹")],
) -> None:
    """把备份恢复到新文件夹，并核验账本。"""
    from engine.commands.ledger_life import restore_workspace

    restore_workspace(file, folder)


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """检查运行环境：有什么、缺什么、怎样补。"""
    from engine.commands.workspace import show_doctor

    show_doctor(context.obj, as_json)


@rules.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """检查规则集，逐条给出文件、行、列。"""
    from engine.commands.rules import check_rules

    check_rules(context.obj, as_json)


@rules.command()
def test(context: typer.Context, as_json: AsJson = False) -> None:
    """运行规则集自带的规则测试。"""
    from engine.commands.rules import test_rules

    test_rules(context.obj, as_json)


@rules.command(name="new")
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


@review.command(name="open")
def review_open(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="申请复核的单位（可用别名）")],
    month: Month,
    rule: Annotated[str, typer.Option(metavar="R", help="得分单中的规则，如 D05（必填）")] = ...,
    text: Annotated[str, typer.Option(help="申请的内容与理由（必填）")] = ...,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """受理一个单位对已印发月份的复核申请，须在期限之内。"""
    from engine.commands.reviews import open_command

    if not text.strip():
        raise typer.BadParameter("申请要写明内容与理由", param_hint="--text")
    open_command(context.obj, unit, month, rule, text.strip(), by, as_json)


@review.command(name="decide")
def review_decide(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", min=1, max=_LARGEST, help="复核申请的编号")],
    uphold: Annotated[bool, typer.Option("--uphold", help="维持原积分")] = False,
    change: Annotated[bool, typer.Option("--change", help="变更，随后用 correct --review N 更正")] = False,
    reason: Annotated[str, typer.Option(help="决定的理由（必填）")] = ...,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """对复核申请作出决定，一经作出不再更改。"""
    from engine.commands.reviews import decide_command
    from models.tables import Outcome

    if uphold == change:
        raise typer.BadParameter("用 --uphold 维持，或用 --change 变更，二者择一", param_hint="--uphold / --change")
    if not reason.strip():
        raise typer.BadParameter("决定要写明理由", param_hint="--reason")
    outcome = Outcome.UPHOLD if uphold else Outcome.CHANGE
    decide_command(context.obj, number, outcome, reason.strip(), by, as_json)


@review.command(name="list")
def review_list(
    context: typer.Context,
    month: Annotated[str | None, typer.Option(parser=_month, metavar="MONTH", help="只看某月")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    undecided: Annotated[bool, typer.Option("--open", help="只看待复核的")] = False,
    as_json: AsJson = False,
) -> None:
    """复核申请：内容、期限、状态、决定与更正。"""
    from engine.commands.reviews import list_command

    list_command(context.obj, month, unit, undecided, as_json)


@contextmanager
def _flushed() -> Iterator[None]:
    """What was printed goes out before the command ends, so that a full disk is told like any other fault."""
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try once more at its end
            raise


def main() -> None:
    # A command lives for seconds and keeps what it makes: looking for cycles in it took a fifth of a large run.
    gc.set_threshold(200_000)
    try:
        with interruptible(), _flushed():
            status = _command(sys.argv[1:])
    except (JifenError, OSError) as error:
        from engine.commands.talk import tell

        told = error if isinstance(error, JifenError) else file_error(error)
        tell(told)
        sys.exit(told.exit_code)
    except Interrupted as interrupted:
        print("已中断：没有写完的不留下，已入账的不变；再执行一次同样的命令即可", file=sys.stderr)
        sys.exit(interrupted.exit_code)
    except Exception:
        from engine.commands.defect import report

        sys.exit(report())
    if status:
        sys.exit(status)


def _command(words: list[str]) -> int:
    """Runs a command line and gives its exit status."""
    if len(words) < 2 or not {"-h", "--help"}.isdisjoint(words):
        from engine.commands.usage import chinese_help

        chinese_help()
    try:
        return app(words, prog_name="jifen", standalone_mode=False) or 0
    except typer.BadParameter.__mro__[1] as error:  # every wrong usage; Typer exports only this one kind
        from engine.commands.usage import tell_usage

        tell_usage(error)
        return error.exit_code


if __name__ == "__main__":
    main()
