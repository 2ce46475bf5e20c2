"""Reads files and folders into drafts of facts. The same row twice is one; two rows of one key that differ are a fault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.dsl.model import Kind, Ruleset
from engine.errors import InputError
from engine.facts import key_texts, restore
from engine.intake.faults import Fault, Told, about_file, place
from engine.intake.rows import Draft, drafts_of
from engine.intake.sheets import Sheet
from engine.intake.text import read_csv, read_jsonl
from engine.intake.xlsx import read_workbook

_SUFFIXES = (".xlsx", ".csv", ".jsonl")
_OURS = (".errors.xlsx", ".rest.xlsx")  # what an import writes beside a faulty workbook


@dataclass(frozen=True)
class Reading:
    """What files hold: facts by key as drafts in the order read, all that was wrong, and the files with their sha256."""

    drafts: list[Draft]
    faults: list[Fault]
    warnings: list[Fault]
    files: list[tuple[str, str]]


def read_facts(paths: Sequence[Path], ruleset: Ruleset) -> Reading:
    """Every fact of the files and folders named. Raises InputError for a path that does not exist."""
    told = Told()
    files: list[tuple[str, str]] = []
    drafts: dict[tuple[str, str], Draft] = {}
    for path in _files(paths, told):
        name = path.as_posix()
        try:
            content = path.read_bytes()
        except OSError as error:
            told.faults.append(about_file(name, "unreadable-file", f"文件无法读取：{error.strerror}"))
            continue
        files.append((name, hashlib.sha256(content).hexdigest()))
        for sheet in _sheets(path, content, told):
            for draft in drafts_of(sheet, ruleset, told):
                first = drafts.setdefault((draft.kind, draft.key), draft)
                if first.fields != draft.fields:
                    told.faults.append(_conflict(ruleset.kinds[draft.kind], first, draft))
    return Reading(list(drafts.values()), told.faults, told.warnings, files)


def _sheets(path: Path, content: bytes, told: Told) -> Iterator[Sheet]:
    name = path.as_posix()
    match path.suffix.lower():
        case ".xlsx":
            return read_workbook(name, content, told)
        case ".csv":
            return read_csv(name, path.stem, content, told)
        case _:
            return read_jsonl(name, content, told)


def _files(paths: Sequence[Path], told: Told) -> Iterator[Path]:
    """The files to read, each once, a folder's in the order of their names."""
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise InputError(f"找不到文件或文件夹 {path.as_posix()}", "核对路径后重新导入")
        for file in _within(path) if path.is_dir() else [path]:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            if file.suffix.lower() in _SUFFIXES:
                yield file
                continue
            message = f"只读 {'、'.join(_SUFFIXES)}，此文件未读入；旧版工作簿应另存为 .xlsx"
            unread = about_file(file.as_posix(), "unread-file", message)
            # Left out of a folder is by the way; a file that was named and not read is not.
            (told.warnings if path.is_dir() else told.faults).append(unread)


def _within(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and not any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts)
        and not file.name.lower().endswith(_OURS)
    )


def _conflict(kind: Kind, first: Draft, second: Draft) -> Fault:
    """Two rows of one key that differ, told at the later one."""
    before, after = restore(kind, first.fields), restore(kind, second.fields)
    names = [name for name in kind.fields if before.get(name) != after.get(name)]
    differing = "，".join(f"{name} 前为 {before.get(name, '空')}、此处为 {after.get(name, '空')}" for name in names)
    key = "、".join(text or "（空）" for text in key_texts(second.key))
    message = f"与 {place(first.file, first.sheet, first.row)}是同一事实（{key}），值却不同：{differing}；应只留一行"
    return Fault(second.file, second.sheet, second.row, None, None, None, "key-conflict", message)
