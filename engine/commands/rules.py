"""The maintainer's commands, in their first plain form: check and test."""

from __future__ import annotations

from pathlib import Path

import typer

from engine.commands.talk import progress, say, say_json, tell_findings, warn
from engine.workspace import Workspace


def check_rules(folder: Path, as_json: bool) -> None:
    from engine.dsl.loader import load_ruleset

    ruleset, findings = load_ruleset(Workspace.open(folder).ruleset_files)
    errors = sum(finding.level == "error" for finding in findings)
    if as_json:
        say_json({"findings": [finding.as_json() for finding in findings]})
    else:
        tell_findings(findings)
        if ruleset is not None and not errors:
            say(f"规则集 {ruleset.name}：{len(ruleset.rules)} 条规则，没有错误，{len(findings)} 条提醒")
        else:
            say(f"规则集有 {errors} 处错误，{len(findings) - errors} 条提醒")
    if errors:
        raise typer.Exit(1)


def test_rules(folder: Path, as_json: bool) -> None:
    from engine.workbench.rule_tests import read_cases, untested, verdict

    workspace = Workspace.open(folder)
    ruleset = workspace.ruleset
    cases = read_cases(workspace.ruleset_folder, ruleset)
    results = []
    with progress("规则测试") as advance:
        for done, case in enumerate(cases, start=1):
            results.append((case, verdict(ruleset, case)))
            advance(done, len(cases))
    failed = [(case, faults) for case, faults in results if faults]
    missing = untested(ruleset, cases)
    if as_json:
        say_json({
            "passed": len(results) - len(failed),
            "failed": [{"file": case.place.file, "line": case.place.line, "name": case.name, "faults": faults}
                       for case, faults in failed],
            "untested": missing,
        })  # fmt: skip
    else:
        for case, faults in failed:
            warn(f"{case.place}: 未通过 {case.name}")
            for fault in faults:
                warn(f"    {fault}")
        say(f"规则测试：通过 {len(results) - len(failed)}，未通过 {len(failed)}；没有测试的规则：{'、'.join(missing) or '无'}")
    if failed:
        raise typer.Exit(1)
