"""Wrong usage in Chinese: one line that says what is missing or not understood, and one that leads to the help."""

from __future__ import annotations

import re

import typer
from typer.core import TyperGroup

from engine.commands.talk import warn
from engine.dsl.nearest import did_you_mean

UsageError = typer.BadParameter.__mro__[1]  # of which Typer exports only this one kind


def tell_usage(error: UsageError) -> None:
    """Says on standard error what is wrong with a command line. A group without a command has shown its help already."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return
    what, hint = _told(error)
    warn(f"错误：{what}")
    help_page = f"用法见 `{error.ctx.command_path if error.ctx else 'jifen'} -h`"
    warn(f"提示：{hint}；{help_page}" if hint else f"提示：{help_page}")


def _told(error: UsageError) -> tuple[str, str]:
    """What is wrong, and what may have been meant."""
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "MissingParameter":
        return f"缺少 {_name(parameter)}", parameter.help or ""
    if kind == "NoSuchOption":
        return f"没有选项 {error.option_name}", "、".join(f"是不是 {one}？" for one in error.possibilities or ())
    if kind == "BadOptionUsage":
        takes = "not take" not in error.message
        return f"选项 {error.option_name} 后面{'要写一个值' if takes else '不写值'}", ""
    if isinstance(error, typer.BadParameter):
        if error.param_hint is None and parameter is None:  # raised by a command about several of its words
            return error.message, ""
        name = error.param_hint or _name(parameter)
        return (f"{name} 的值不对", parameter.help or "") if error.message.isascii() else (f"{name}：{error.message}", "")
    if error.ctx is not None and isinstance(error.ctx.command, TyperGroup):
        (name,) = re.findall(r"'(.*)'", error.message) or ("",)
        return f"没有命令 {name}", did_you_mean(name, error.ctx.command.commands)
    return f"多余的参数：{''.join(re.findall(r'[(]([^()]*)[)]$', error.message)) or error.message}", ""


def _name(parameter) -> str:
    """As it is written: an option by its long name, an argument as the help shows it."""
    return max(parameter.opts, key=len) if parameter.param_type_name == "option" else parameter.metavar or parameter.name.upper()


def chinese_help() -> None:
    """Headings of help pages, which Typer has in English."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE, rich_utils.OPTIONS_PANEL_TITLE, rich_utils.COMMANDS_PANEL_TITLE = "参数", "选项", "命令"
    rich_utils.REQUIRED_LONG_STRING, rich_utils.DEFAULT_STRING, rich_utils.ENVVAR_STRING = "［必填］", "［默认 {}］", "［环境变量 {}］"
