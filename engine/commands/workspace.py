"""The commands that set up: a new workspace, and what the machine has and lacks."""

from __future__ import annotations

from pathlib import Path

import typer

from engine.commands.talk import progress, say, say_json
from engine.workspace import Workspace, create


def init_workspace(folder: Path, demo: bool) -> None:
    workspace = create(folder)
    say(f"已新建工作区 {folder}（规则集 {workspace.ruleset_name}）")
    tell_database(workspace)
    if demo:
        from engine.dsl.loader import SAMPLE
        from engine.sample.workbooks import write_sample

        script = {SAMPLE: (workspace.ruleset_folder / SAMPLE).read_text(encoding="utf-8")}
        with progress("生成示例工作簿") as advance:
            count = write_sample({**workspace.ruleset_files, **script}, workspace.inbox, advance)
        say(f"已在 {workspace.inbox} 放入一年的示例工作簿（{count} 条事实）")
        say(f"下一步：jifen -w {folder} run {workspace.ruleset.months[0]} --from {workspace.inbox / workspace.ruleset.months[0]}")
    else:
        say(f"下一步：把某月的工作簿放进 {workspace.inbox}，再执行 jifen -w {folder} run 月份 --from {workspace.inbox}")


def tell_database(workspace: Workspace) -> None:
    """Where the tables are, if not in the folder: the next command has to be told too."""
    from models.database import SqliteFile

    if not isinstance(workspace.database, SqliteFile):
        say(f"数据库：{workspace.database}；以后也要设 JIFEN_DATABASE_URL，或把地址写进 jifen.toml 的 database")


def show_doctor(folder: Path, as_json: bool) -> None:
    from engine.commands.checkup import checks

    found = checks(folder)
    if as_json:
        say_json({"checks": [{"name": one.name, "state": one.state, "found": one.found, "hint": one.hint} for one in found]})
    else:
        signs = {"ok": "√", "warning": "!", "missing": "×"}
        for one in found:
            say(f"{signs[one.state]} {one.name}：{one.found}" + (f"——{one.hint}" if one.hint else ""))
    if any(one.state == "missing" for one in found):
        raise typer.Exit(1)
