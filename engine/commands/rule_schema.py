"""`rules schema`: JSON Schemas of the ruleset's files and the settings of editors, so that one is told while typing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.commands.talk import say, say_json, undone, warn
from engine.workbench.editor import FOLDER, Wanted, put, schema_files, settings_files
from engine.workspace import Workspace


@undone("没有写入编辑器的校验")
def write_schema(folder: Path, target: Path | None, as_json: bool) -> None:
    workspace = Workspace.open(folder)
    wanted = schema_files(workspace.ruleset_folder, target)
    if target is None:
        wanted += settings_files(folder, [workspace.ruleset_name])
    written = put(wanted)
    left = [one for one in wanted if one.text is None]
    if as_json:
        say_json({
            "written": [str(one.path) for one in written],
            "unchanged": [str(one.path) for one in wanted if one not in written and one not in left],
            "left": [{"file": str(one.path), "add": one.part} for one in left],
        })  # fmt: skip
        return
    for one in written:
        say(f"已写入 {one.path}")
    if not written:
        say(f"{len(wanted) - len(left)} 个文件都与规则集一致，没有改动")
    tell_left(left)
    shown = target or Path(FOLDER)
    say("VS Code：装上 YAML 扩展（redhat.vscode-yaml）即可。其他编辑器：在文件的第一行写")
    say(f"# yaml-language-server: $schema={shown / 'rules.json'}")


def tell_left(wanted: Iterable[Wanted]) -> None:
    """What has to be added by hand, where a file holds what we cannot add to."""
    for one in wanted:
        if one.text is None:
            warn(f"提醒：{one.path} 含注释或另有写法，未作改动；请自行加上：")
            warn(one.part)
