"""The life of a month after its run, and the reviews of it: close, correct, verify, review. Each parses and calls; heavy imports stay inside."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.commands.options import LARGEST, AsJson, By, Month, day_of, month_of

app = typer.Typer()
review = typer.Typer(name="review", help="复核：单位申请，主管部门决定。", no_args_is_help=True)
app.add_typer(review)


@app.command()
def close(
    context: typer.Context,
    month: Month,
    number: Annotated[str, typer.Option(metavar="文号", help="发文字号，如 长发改信用〔2023〕12号")] = "",
    date: Annotated[str | None, typer.Option(parser=day_of, metavar="DATE", help="印发日期，如 2023-05-08；默认今天")] = None,
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
        list[int] | None, typer.Option("--review", metavar="N", min=1, max=LARGEST, help="依据的复核申请，已决定变更（可重复）")
    ] = None,
    number: Annotated[str, typer.Option(metavar="文号", help="更正通报的发文字号，如 长发改信用〔2023〕15号")] = "",
    date: Annotated[
        str | None, typer.Option(parser=day_of, metavar="DATE", help="更正通报的印发日期，如 2023-05-18；默认今天")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不入账")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """更正已印发的月份及其后各月，生成更正通报。"""
    from engine.commands.ledger_life import correct_month

    if not reason.strip():
        raise typer.BadParameter("更正要写明原因", param_hint="--reason")
    correct_month(
        context.obj, month, reason.strip(), reviews or [],
        number=number.strip(), date=date, dry_run=dry_run, by=by, as_json=as_json,
    )  # fmt: skip


@app.command()
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """核验账本：逐月重算、逐条比对，并走通链条。"""
    from engine.commands.ledger_life import verify_ledger

    verify_ledger(context.obj, as_json)


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
    number: Annotated[int, typer.Argument(metavar="N", min=1, max=LARGEST, help="复核申请的编号")],
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
    month: Annotated[str | None, typer.Option(parser=month_of, metavar="MONTH", help="只看某月")] = None,
    unit: Annotated[str | None, typer.Option(help="只看某单位（可用别名）")] = None,
    undecided: Annotated[bool, typer.Option("--open", help="只看待复核的")] = False,
    as_json: AsJson = False,
) -> None:
    """复核申请：内容、期限、状态、决定与更正。"""
    from engine.commands.reviews import list_command

    list_command(context.obj, month, unit, undecided, as_json)
