"""The maintainer's check, in its first plain form."""

from __future__ import annotations

from pathlib import Path

import typer

from engine.commands.talk import finding_line, say, say_json, warn
from engine.workspace import Workspace


def check_rules(folder: Path, as_json: bool) -> None:
    from engine.dsl.loader import load_ruleset

    ruleset, findings = load_ruleset(Workspace.open(folder).ruleset_files)
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        say_json({"findings": [finding.as_json() for finding in findings]})
    else:
        for finding in findings:
            warn(finding_line(finding))
        if ruleset is not None and not errors:
            say(f"规则集 {ruleset.name}：{len(ruleset.rules)} 条规则，没有错误，{len(findings)} 条提醒")
        else:
            say(f"规则集有 {errors} 处错误，{len(findings) - errors} 条提醒")
    if errors:
        raise typer.Exit(1)
