"""Another version of a ruleset: a folder, another ruleset of the workspace, or a git revision, as texts in memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.dsl.loader import HEAD, SAMPLE, TESTS, read_folder
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import LARGEST
from engine.errors import InputError
from engine.workspace import Workspace

RULESETS = "rulesets"


@dataclass(frozen=True, slots=True)
class Version:
    """The texts of a ruleset by file name, and where they come from, in words."""

    name: str
    files: dict[str, str]


def version_of(workspace: Workspace, other: str) -> Version:
    """What `other` names: a folder goes before a ruleset of the workspace, and both before a git revision.

    Raises InputError in one line where it names none of them, RulesetFaulty where a file cannot be read.
    """
    for folder in (Path(other), workspace.folder / other, workspace.folder / RULESETS / other):
        if other and folder.is_dir():
            _require_ruleset(folder)
            return Version(f"文件夹 {folder.resolve().name}", read_folder(folder))
    return _at_revision(workspace, other)


def _require_ruleset(folder: Path) -> None:
    if (folder / HEAD).is_file():
        return
    below = sorted(path.parent for pattern in (f"*/{HEAD}", f"{RULESETS}/*/{HEAD}") for path in folder.glob(pattern))
    hint = f"其中的规则集：{'、'.join(path.as_posix() for path in below)}" if below else "写规则集的文件夹，如 rulesets/NAME"
    raise InputError(f"{folder} 不是规则集（没有 {HEAD}）", hint)


def _at_revision(workspace: Workspace, other: str) -> Version:
    folder = workspace.ruleset_folder
    names = sorted(workspace.years)
    nothing = f"没有名为“{other}”的文件夹或规则集"
    try:
        inside = _git(folder, "rev-parse", "--show-prefix")
    except FileNotFoundError:
        raise InputError(f"{nothing}，本机又没有 git，无法当作修订", did_you_mean(other, names) or "安装 git，或写规则集的文件夹") from None
    except _GitFailed as failed:
        why = "工作区不在 git 版本库中" if "not a git repository" in failed.said else f"git 说：{failed.said}"
        raise InputError(f"{nothing}，{why}，无法当作修订", did_you_mean(other, names) or "写规则集的文件夹") from None
    try:
        commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{other}^{{commit}}").decode().strip()
    except _GitFailed:
        known = _git(folder, "for-each-ref", "--format=%(refname:short)").decode(errors="replace").split()
        hint = did_you_mean(other, [*names, *known]) or "写规则集的文件夹、标签、分支，或如 HEAD~1"
        raise InputError(f"{nothing}，版本库里也没有修订“{other}”", hint) from None
    where = inside.decode().strip().rstrip("/")
    files = _files(folder, commit)
    if not files:
        raise InputError(f"修订 {other} 里没有规则集文件夹 {where}", _others(folder, commit))
    return Version(f"{where}（修订 {other}，{commit[:10]}）", files)


def _files(folder: Path, commit: str) -> dict[str, str]:
    """The ruleset's files at a commit: those that `read_folder` would read, byte for byte as they were committed."""
    wanted = {}
    for line in _git(folder, "ls-tree", "-r", "-z", commit).decode(errors="replace").split("\0"):
        about, _, name = line.partition("\t")
        path = PurePosixPath(name)
        if about.startswith("100") and path.suffix.lower() in (".yaml", ".yml") and path.parts[0] != TESTS and name != SAMPLE:
            wanted[name] = about.split()[2]
    return {name: _text(name, content) for name, content in zip(wanted, _blobs(folder, wanted.values()), strict=True)}


def _text(name: str, content: bytes) -> str:
    if len(content) > LARGEST:
        raise InputError(f"{name}：文件过大，超过 2 MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name}：文件不是 UTF-8 编码") from None


def _blobs(folder: Path, ids: Iterable[str]) -> list[bytes]:
    """The contents of some objects of the repository, asked for at once."""
    asked = list(ids)
    told = _git(folder, "cat-file", "--batch", given="".join(f"{one}\n" for one in asked).encode())
    contents, at = [], 0
    for _ in asked:
        head, _, _ = told[at:].partition(b"\n")
        start, size = at + len(head) + 1, int(head.split()[2])
        contents.append(told[start : start + size])
        at = start + size + 1
    return contents


def _others(folder: Path, commit: str) -> str:
    """The rulesets that there were beside this one."""
    try:
        names = _git(folder.parent, "ls-tree", "-d", "-z", "--name-only", commit).decode(errors="replace").split("\0")
    except _GitFailed:
        names = []
    there = [name for name in names if name]
    return f"那时有：{'、'.join(there)}" if there else "规则集入库之后的修订才可比"


class _GitFailed(Exception):
    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def _git(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """What git says in a folder; raises FileNotFoundError where there is none, _GitFailed where it refuses."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=given, capture_output=True, env=_plain())
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise _GitFailed(said[0] if said else "")
    return done.stdout


def _plain() -> dict[str, str]:
    """The environment with git's messages in one language, for they are told apart by their words."""
    return {**os.environ, "LC_ALL": "C"}
