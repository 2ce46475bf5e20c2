"""`rules fmt`: the files of a ruleset, its tests and its sample script set in the one layout, all of them or none."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import typer

from engine.commands.finding_view import tell_findings
from engine.commands.talk import printable, progress, say, say_json, warn
from engine.dsl.findings import Finding
from engine.dsl.loader import is_yaml, read_texts
from engine.errors import InputError, RulesetFaulty, file_error
from engine.files import replaced
from engine.workbench.layout.layout import laid_out
from engine.workspace import Workspace


def format_files(folder: Path, paths: Sequence[Path], check: bool, diff: bool, as_json: bool) -> None:
    files = _named(paths) if paths else _of_ruleset(Workspace.open(folder))
    if not files:
        raise InputError(f"{'、'.join(map(str, paths))} 里没有要排版的 YAML 文件", "指明规则集的文件夹或其中的文件")
    fresh, findings = _laid_out(files)
    if findings:
        if as_json:
            say_json({"changed": [], "unchanged": 0, "written": False, "findings": [one.as_json() for one in findings]})
        else:
            tell_findings(findings)
            warn(f"错误：有 {len(findings)} 处错误，文件都没有改动")
            warn("提示：改正后重试")
        raise typer.Exit(1)
    try:
        old = {name: path.read_bytes() for name, path in files.items()}
        changed = [name for name in files if fresh[name].encode() != old[name]]
        if not (check or diff):
            _write({files[name]: fresh[name] for name in changed})
    except OSError as error:
        raise file_error(error) from error
    lines = [line for name in changed for line in _difference(name, old[name], fresh[name])] if diff else []
    written = bool(changed) and not (check or diff)
    if as_json:
        told = {"changed": changed, "unchanged": len(files) - len(changed), "written": written, "findings": []}
        say_json({**told, "diff": "\n".join(lines)} if diff else told)
    else:
        for line in lines or changed:
            say(printable(line))
        _sum_up(len(changed), len(files), written)
    if check and changed:
        raise typer.Exit(1)


def _sum_up(changed: int, files: int, written: bool) -> None:
    if not changed:
        warn(f"{files} 个文件都已是统一的版式")
    else:
        warn(f"{'已重排' if written else '有待重排'} {changed} 个文件，其余 {files - changed} 个不变")


def _of_ruleset(workspace: Workspace) -> dict[str, Path]:
    folder = workspace.ruleset_folder
    return {path.relative_to(folder).as_posix(): path for path in sorted(filter(is_yaml, folder.rglob("*")))}


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """The files that are named, and the YAML files of the folders that are; raises InputError for a path that is neither."""
    files: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            files |= {str(one): one for one in sorted(filter(is_yaml, path.rglob("*")))}
        elif path.is_file():
            files[str(path)] = path
        else:
            raise InputError(f"没有文件或文件夹 {path}", "检查路径")
    return files


def _laid_out(files: dict[str, Path]) -> tuple[dict[str, str], list[Finding]]:
    try:
        texts = read_texts(files)
    except RulesetFaulty as error:
        return {}, list(error.findings)
    fresh, findings = {}, []
    with progress("排版") as advance:
        for done, (name, text) in enumerate(texts.items(), start=1):
            new, faults = laid_out(name, text)
            findings += faults
            fresh[name] = new or ""
            advance(done, len(texts))
    return fresh, findings


def _write(texts: dict[Path, str]) -> None:
    """Every file beside its place first, and only when all are whole do they take their places."""
    with ExitStack() as whole:
        for path, text in texts.items():
            target = path.resolve()
            fresh = whole.enter_context(replaced(target))
            fresh.write_bytes(text.encode())
            shutil.copymode(target, fresh)


def _difference(name: str, old: bytes, new: str) -> list[str]:
    before = old.decode().split("\n")
    return list(difflib.unified_diff(before, new.split("\n"), name, name, lineterm=""))
