"""The `jifen` command: its groups, what sets a workspace up and keeps it, and how every command ends."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from engine import __version__
from engine.commands.groups import facts, life, month, reasons, rules, year
from engine.commands.options import AsJson
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
for group in (facts, month, reasons, life, year, rules):
    app.add_typer(group.app)


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
