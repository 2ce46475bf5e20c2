"""What the machine and the workspace have: versions, compiler, rule engine, database, fonts, browser, ruleset."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from engine import __version__
from engine.clock import day_of, moment
from engine.dsl.model import Ruleset
from engine.dsl.settings import due_reviews
from engine.errors import InputError, JifenError
from engine.machine import browser, chinese_fonts
from engine.notices.docx import HINT
from engine.notices.pdf import weasyprint
from engine.workbench.editor import schema_files
from engine.workspace import Workspace

_LIBRARIES = ("durable-rules", "pandas", "sqlmodel", "typer", "jinja2", "openpyxl", "lark")
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Check:
    """One thing looked at: `missing` stops work, `warning` takes something away from it."""

    name: str
    state: Literal["ok", "warning", "missing"]
    found: str
    hint: str = ""


def checks(folder: Path) -> list[Check]:
    return [_python(), *map(_library, _LIBRARIES), _rule_engine(), _compiler(), _sqlite(), _fonts(), _browser(), _pdf(), _docx(), *_workspace(folder)]


def _python() -> Check:
    found = f"{sys.version.split()[0]}（jifen {__version__}）"
    if sys.version_info >= (3, 11):
        return Check("Python", "ok", found)
    return Check("Python", "missing", found, "需要 Python 3.11 或更高版本")


def _library(name: str) -> Check:
    try:
        return Check(name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, "missing", "未安装", "执行 `make setup`")


def _rule_engine() -> Check:
    try:
        from engine.inference.host import Matcher

        Matcher(()).fired(())
    except ImportError:
        return Check("规则引擎", "missing", "无法载入", "安装 gcc 与 python3-dev 后执行 `make setup`")
    return Check("规则引擎", "ok", "可编译并触发规则")


def _compiler() -> Check:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler:
        return Check("C 编译器", "ok", compiler)
    return Check("C 编译器", "warning", "没有", "重新安装 durable-rules 时需要：apt-get install gcc python3-dev")


def _sqlite() -> Check:
    return Check("SQLite", "ok", sqlite3.sqlite_version)


def _fonts() -> Check:
    families = chinese_fonts()
    if families:
        return Check("中文字体", "ok", "、".join(families[:3]) + (" 等" if len(families) > 3 else ""))
    return Check("中文字体", "warning", "没有", "在本机打开通报、生成 PDF 时需要：apt-get install fonts-noto-cjk")


def _browser() -> Check:
    found = browser()
    if found:
        return Check("浏览器", "ok", found)
    return Check("浏览器", "warning", "没有", "本机查看与打印通报、生成通报卡图片时需要：apt-get install chromium")


def _pdf() -> Check:
    try:
        return Check("PDF", "ok", f"WeasyPrint {weasyprint().__version__}")
    except InputError as error:
        return Check("PDF", "warning", error.what, error.hint)


def _docx() -> Check:
    try:
        return Check("Word", "ok", f"python-docx {metadata.version('python-docx')}")
    except metadata.PackageNotFoundError:
        return Check("Word", "warning", "没有安装 python-docx", HINT)


def _editor(ruleset: Path) -> Check:
    if all(one.current for one in schema_files(ruleset)):
        return Check("编辑器补全", "ok", "与规则集一致")
    return Check("编辑器补全", "warning", "没有，或与规则集不一致", "执行 `jifen rules schema`")


def _workspace(folder: Path) -> list[Check]:
    try:
        workspace = Workspace.open(folder)
        ruleset = workspace.ruleset
    except JifenError as error:
        return [Check("工作区", "warning", error.what, error.hint)]
    rules = Check("规则集", "ok", f"{ruleset.name}：{len(ruleset.rules)} 条规则")
    found = [Check("工作区", "ok", str(folder)), rules, *_reviews(ruleset), _editor(workspace.ruleset_folder)]
    try:
        from engine.ledger.standings import posted_months
        from models.database import HEAD, reading

        with reading(workspace.database) as connection:
            months, kind = posted_months(connection), connection.dialect
    except JifenError as error:
        return [*found, Check("数据库", "missing", error.what, error.hint)]
    program = f"{_DATABASES[kind.name]} {'.'.join(map(str, kind.server_version_info))}"
    return [*found, Check("数据库", "ok", f"{workspace.database}（{program}，表结构 {HEAD}），已计分 {len(months)} 个月")]


def _reviews(ruleset: Ruleset) -> list[Check]:
    """What the ruleset says is to be looked at again by now."""
    due = due_reviews(ruleset.settings.values(), day_of(moment())[:7])
    return [Check("设置复核", "warning", one.message, f"{one.place}：{one.hint}") for one in due]
