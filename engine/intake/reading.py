"""Reads files and folders into drafts of facts. The same row twice is one; two rows of one key that differ are a fault."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.dsl.model import Kind, Ruleset
from engine.facts import key_texts, restore
from engine.intake.faults import Fault, Told, about_file, place
from engine.intake.rows import Draft, drafts_of
from engine.intake.sheets import Row, Sheet
from engine.intake.text import read_csv, read_jsonl

_SUFFIXES = (".xlsx", ".csv", ".jsonl")
_OURS = (".errors.xlsx", ".rest.xlsx")  # what an import writes beside a faulty workbook
_TOLD_EVERY = 2_000  # rows

Position = tuple[str, str | None, int]  # file, sheet, row
Progress = Callable[[int, int], None]  # done, in all


@dataclass(frozen=True)
class Reading:
    """What files hold: facts by key as drafts in the order read, all that was wrong, and the files with their sha256."""

    drafts: list[Draft]
    faults: list[Fault]
    warnings: list[Fault]
    files: list[tuple[str, str]]
    disputed: frozenset[Position] = frozenset()  # the rows that other rows of their key contradict

    def without(self, faults: Iterable[Fault], disputed: Iterable[Position] = ()) -> Reading:
        """The reading without the rows that some faults are about, and without the faults."""
        bad = {*disputed, *self.disputed}
        spoiled = set()
        for fault in faults:
            if fault.spoils_sheet:
                spoiled.add((fault.file, fault.sheet))
            else:
                bad.add((fault.file, fault.sheet, fault.row))
        good = [
            draft
            for draft in self.drafts
            if (draft.file, None) not in spoiled
            and (draft.file, draft.sheet) not in spoiled
            and (draft.file, draft.sheet, draft.row) not in bad
        ]
        return Reading(good, [], self.warnings, self.files)


def read_facts(
    paths: Sequence[Path], ruleset: Ruleset, progress: Progress | None = None, *, kind: str | None = None
) -> Reading:
    """Every fact of the files and folders named; `progress` is told bytes done and in all.

    `kind` is what a CSV file holds whatever its name; else its name says so.
    """
    told = Told()
    files: list[tuple[str, str]] = []
    drafts: list[Draft] = []
    wanted = list(_files(paths, told))
    sizes = [path.stat().st_size for path in wanted]
    for number, path in enumerate(wanted):
        name = path.as_posix()
        try:
            content = path.read_bytes()
        except OSError as error:
            told.faults.append(about_file(name, "unreadable-file", f"文件无法读取：{error.strerror}"))
            continue
        files.append((name, hashlib.sha256(content).hexdigest()))
        meter = _Meter(progress, sum(sizes[:number]), sizes[number], sum(sizes))
        for sheet in sheets_of_file(path, content, ruleset, told, kind):
            drafts += drafts_of(meter.watched(sheet), ruleset, told)
    return once_each(ruleset, Reading(drafts, told.faults, told.warnings, files))


def once_each(ruleset: Ruleset, reading: Reading) -> Reading:
    """Each fact once; rows that contradict each other are told. A sheet that cannot be taken contradicts nothing."""
    spoilt = [fault for fault in reading.faults if fault.spoils_sheet]
    drafts = reading.without(spoilt).drafts if spoilt else reading.drafts
    first: dict[tuple[str, str], Draft] = {}
    faults, disputed = list(reading.faults), set()
    for draft in drafts:
        known = first.setdefault((draft.kind, draft.key), draft)
        if known.fields != draft.fields:
            faults.append(_conflict(ruleset.kinds[draft.kind], known, draft))
            disputed |= {_position(known), _position(draft)}
    return replace(reading, drafts=list(first.values()), faults=faults, disputed=frozenset(disputed))


def _position(draft: Draft) -> Position:
    return draft.file, draft.sheet, draft.row


def sheets_of_file(path: Path, content: bytes, ruleset: Ruleset, told: Told, kind: str | None = None) -> Iterator[Sheet]:
    """The sheets of one file; each must be used up before the next is asked for."""
    name = path.as_posix()
    match path.suffix.lower():
        case ".xlsx":
            from engine.intake.xlsx import read_workbook  # here, as it takes a while to load

            return read_workbook(name, content, ruleset.kinds, told)
        case ".csv":
            return read_csv(name, content, ruleset.kinds, told, kind)
        case _:
            return read_jsonl(name, content, told)


class _Meter:
    """Tells how far the reading is: bytes of files, a file's by its rows."""

    def __init__(self, progress: Progress | None, before: int, size: int, total: int) -> None:
        self._progress, self._before, self._size, self._total = progress, before, size, total

    def watched(self, sheet: Sheet) -> Sheet:
        return sheet if self._progress is None else replace(sheet, rows=self._counted(sheet))

    def _counted(self, sheet: Sheet) -> Iterator[Row]:
        for count, row in enumerate(sheet.rows):
            if count % _TOLD_EVERY == 0:
                share = min(count, sheet.expected) * self._size // max(sheet.expected, 1)
                self._progress(self._before + share, self._total)
            yield row


def _files(paths: Sequence[Path], told: Told) -> Iterator[Path]:
    """The files to read, each once, a folder's in the order of their names."""
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            told.faults.append(about_file(path.as_posix(), "no-such-file", "找不到这个文件或文件夹，应核对路径"))
            continue
        for file in _within(path) if path.is_dir() else [path]:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            if not writable(file):
                name = file.as_posix().encode(errors="replace").decode()
                told.faults.append(about_file(name, "unreadable-file", "文件名含有乱码，应改名后重新导入"))
                continue
            if file.suffix.lower() in _SUFFIXES:
                yield file
                continue
            message = f"只读 {'、'.join(_SUFFIXES)}，此文件未读入；旧版工作簿应另存为 .xlsx"
            unread = about_file(file.as_posix(), "unread-file", message)
            # Left out of a folder is by the way; a file that was named and not read is not.
            (told.warnings if path.is_dir() else told.faults).append(unread)


def writable(file: Path) -> bool:
    """Whether a file's name is text: names from other systems may hold bytes that are none."""
    try:
        file.as_posix().encode()
    except UnicodeEncodeError:
        return False
    return True


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
