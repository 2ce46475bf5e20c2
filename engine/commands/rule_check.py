"""`rules check`: what is wrong with a ruleset, and what a code means."""

from __future__ import annotations

from pathlib import Path

import typer

from engine.clock import day_of, moment
from engine.commands.talk import say, say_json
from engine.workspace import Workspace


def check_rules(folder: Path, strict: bool, as_json: bool) -> None:
    from engine.commands.finding_view import tell_findings
    from engine.workbench.checking import checked

    workspace = Workspace.open(folder)
    found = checked(workspace.ruleset_folder, day_of(moment())[:7])
    if as_json:
        say_json({"findings": [finding.as_json() for finding in found.findings]})
    else:
        tell_findings(found.findings)
        say(_closing(workspace.ruleset_name, found))
    if found.errors or (strict and found.findings):
        raise typer.Exit(1)


def _closing(name: str, found) -> str:
    from engine.dsl.loader import stopped

    said = [f"规则集 {name}：{len(found.ruleset.rules)} 条规则"] if found.ruleset is not None else []
    warnings = len(found.findings) - found.errors
    if found.findings:
        said += [f"共 {found.errors} 处错误、{warnings} 条提醒", "jifen rules check --explain CODE 有解释和例子"]
    else:
        said.append("没有错误和提醒")
    if found.allowed:
        said.append(f"另有 {len(found.allowed)} 条按规则里的 allow 不提")
    if stopped(found.findings):
        said.append("有的文件没有读完，改正后可能还会查出别的")
    elif found.errors:
        said.append("改正后请再检查一次：有错误时，有些提醒还查不出来")
    return "；".join(said)


def explain(code: str, as_json: bool) -> None:
    """What a code means, with examples; needs no workspace. Raises BadParameter for a code that there is not."""
    from engine.commands.code_view import explained, plain
    from engine.dsl.codes import codes
    from engine.dsl.nearest import did_you_mean

    entry = codes().get(code)
    if entry is None:
        raise typer.BadParameter(f"没有代码“{code}”。{did_you_mean(code, codes()) or '可用：' + '、'.join(codes())}")
    if as_json:
        say_json({
            "code": entry.name, "level": entry.level, "what": entry.what, "why": entry.why,
            "bad": {part: plain(text) for part, text in entry.bad.items()}, "good": dict(entry.good),
        })  # fmt: skip
    else:
        say(explained(entry))
