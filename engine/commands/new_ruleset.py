"""`rules new`: a ruleset of the workspace copied for another year, checked and tested before it takes its place."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import typer

from engine.commands.finding_view import tell_findings
from engine.commands.rule_schema import tell_left
from engine.commands.talk import progress, say, say_json, table, undone, warn
from engine.dsl.loader import SAMPLE, TESTS, read_folder, read_tests, read_texts, ruleset_of
from engine.dsl.nearest import did_you_mean
from engine.errors import InputError
from engine.workbench.checking import loaded
from engine.workbench.editor import FOLDER, put, schema_files, settings_files
from engine.workbench.next_year import NextYear, moved_to
from engine.workbench.testing.rule_tests import read_cases
from engine.workbench.testing.running import run_cases
from engine.workspace import SETTINGS, Workspace

_NAME = re.compile(r"\w[\w.-]*")
_YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")


@undone("没有新建规则集")
def new_ruleset(folder: Path, name: str, old: str, told_year: int | None, dry_run: bool, as_json: bool) -> None:
    workspace = Workspace.open(folder)
    source, target = _source(workspace, old), _target(workspace, name)
    year = told_year or _year_in(name)
    files = read_folder(source)
    ruleset = ruleset_of(files)
    moved = moved_to({**files, **_beside(source)}, ruleset, name, year)
    fresh = target.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        shutil.copytree(source, fresh, ignore=shutil.ignore_patterns(FOLDER))
        for file, text in moved.texts.items():
            (fresh / file).write_bytes(text.encode("utf-8"))
        findings, passed, failed = _checked(fresh)
        errors = sum(finding.level == "error" for finding in findings)
        if not dry_run:
            if not errors:
                put(schema_files(fresh))
            os.replace(fresh, target)
            settings = settings_files(workspace.folder, [name])
            put(settings)
            tell_left(settings)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    if as_json:
        say_json({
            "ruleset": name, "from": old, "year": year, "folder": str(target),
            "changes": [{"file": one.file, "line": one.line, "old": one.old, "new": one.new} for one in moved.changes],
            "left": [{"file": one.file, "line": one.line, "text": one.text} for one in moved.left],
            "findings": [finding.as_json() for finding in findings],
            "tests": {"passed": passed, "failed": failed},
        })  # fmt: skip
    else:
        _say(moved, name, old, ruleset.year, year)
        tell_findings(findings)
        for one in failed:
            warn(f"未通过 {one}")
        say(f"规则检查：{errors} 处错误，{len(findings) - errors} 条提醒；规则测试：通过 {passed}，未通过 {len(failed)}")
        say(f"{'将写入' if dry_run else '已写入'} {target}")
        say(f'启用：核对以上各处后，在 {workspace.folder / SETTINGS} 中写 ruleset = "{name}"；{ruleset.year} 年各月仍按 {old} 计分')
    if errors or failed:
        raise typer.Exit(1)


def _source(workspace: Workspace, old: str) -> Path:
    known = sorted(path.name for path in (workspace.folder / "rulesets").iterdir() if path.is_dir() and path.name[0] != ".")
    if old not in known:
        raise InputError(f"rulesets/ 下没有名为“{old}”的规则集", did_you_mean(old, known) or f"有：{'、'.join(known)}")
    return workspace.folder / "rulesets" / old


def _target(workspace: Workspace, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InputError(f"“{name}”不能作规则集的名称", "只含文字、数字、点、横线和下划线，如 changzhi-2024")
    target = workspace.folder / "rulesets" / name
    if target.exists():
        raise InputError(f"rulesets/{name} 已经存在，未作改动", "换一个名称，或先移走它")
    return target


def _year_in(name: str) -> int:
    found = _YEAR.findall(name)
    if len(found) != 1:
        raise InputError(f"从“{name}”看不出年度", "用 --year 写明，如 --year 2024")
    return int(found[0])


def _beside(source: Path) -> dict[str, str]:
    """What lies in the folder and is no part of the rules: the tests and the script of the sample data."""
    sample = source / SAMPLE
    return {**read_tests(source), **(read_texts({SAMPLE: sample}) if sample.exists() else {})}


def _checked(folder: Path) -> tuple[list, int, list[str]]:
    """What the check finds, how many rule tests pass, and those that do not."""
    ruleset, findings = loaded(read_folder(folder))
    if ruleset is None or not (folder / TESTS).is_dir():
        return findings, 0, []
    cases = read_cases(folder, ruleset)
    with progress("规则测试") as advance:
        outcomes = run_cases(ruleset, cases, progress=advance)
    failed = [f"{case.place} {case.name}" for case, one in zip(cases, outcomes, strict=True) if one.differences]
    return findings, len(cases) - len(failed), failed


def _say(moved: NextYear, name: str, old: str, old_year: int, year: int) -> None:
    say(f"由 {old}（{old_year} 年）顺延为 {name}（{year} 年），改动 {len(moved.changes)} 处：")
    table(("位置", "原文", "改为"), ((f"{one.file}:{one.line}", one.old, one.new or "（略去）") for one in moved.changes))
    if moved.left:
        say(f"以下 {len(moved.left)} 行仍写着 {old_year} 年，没有改动，请逐行核对：")
        table(("位置", "原文"), ((f"{one.file}:{one.line}", one.text) for one in moved.left))
