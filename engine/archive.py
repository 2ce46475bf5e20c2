"""Backups of a workspace: one zip with database, rules, templates and settings, each under its checksum."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

from engine.errors import InputError
from engine.files import filled, replaced
from engine.workspace import SETTINGS, Workspace, database_of_folder
from models.copying import copy_rows
from models.database import Database, SqliteFile, creating, reading

_MANIFEST = "manifest.json"
_DATABASE = "jifen.db"  # in a backup the tables are an SQLite file, wherever the workspace keeps them
_ADDRESS = re.compile(rb"""^[ \t]*["']?database["']?[ \t]*=.*\n?""", re.MULTILINE)
_FOLDERS = ("rulesets", "templates")


def backup(workspace: Workspace, target: Path) -> int:
    """Writes a backup of a workspace as it stands at one moment, and gives the number of its files."""
    if target.exists():
        raise InputError(f"{target} 已存在，未作改动", "换一个文件名")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / _DATABASE
        _copy_database(workspace.database, copy)
        files = {copy.name: copy, **_others(workspace.folder)}
        with replaced(target) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            digests = {}
            for name, path in files.items():
                content = path.read_bytes()
                if name == SETTINGS:  # what is restored is another database, and a password belongs in no backup
                    content = _ADDRESS.sub(b"", content)
                digests[name] = hashlib.sha256(content).hexdigest()
                archive.writestr(name, content)
            archive.writestr(_MANIFEST, json.dumps(digests, ensure_ascii=False, indent=1))
    return len(files)


def restore(source: Path, folder: Path) -> int:
    """Unpacks a backup into a new folder, once every file is what it was; gives their number."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} 已存在且不为空，未作改动", "换一个新文件夹")
    try:
        with zipfile.ZipFile(source) as archive:
            digests: Mapping[str, str] = json.loads(archive.read(_MANIFEST))
            contents = {name: archive.read(name) for name in digests}
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InputError(f"{source} 不是完好的备份", "换一份备份") from error
    wrong = [name for name, content in contents.items() if hashlib.sha256(content).hexdigest() != digests[name]]
    outside = [name for name in contents if Path(name).is_absolute() or ".." in Path(name).parts]
    if wrong or outside:
        raise InputError(f"{source} 中的 {(wrong or outside)[0]} 与备份时不同，未恢复", "换一份备份")
    database = database_of_folder(folder)
    into = nullcontext() if isinstance(database, SqliteFile) else _loaded(database, contents.pop(_DATABASE))
    with filled(folder), into:
        for name in ("inbox", "notices", *_FOLDERS):
            (folder / name).mkdir()
        # The settings last: a folder is a workspace only once everything else stands.
        for name in sorted(contents, key=lambda one: one == SETTINGS):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[name])
    return len(digests)


@contextmanager
def _loaded(database: Database, file: bytes) -> Iterator[None]:
    """Puts what an SQLite file holds into an empty database, which keeps it where the rest succeeds too."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / _DATABASE
        copy.write_bytes(file)
        with reading(copy) as source, creating(database) as target:
            copy_rows(source, target)
            yield


def _copy_database(database: Database, copy: Path) -> None:
    """The database at one moment, while others may write; raises InputError where it is damaged."""
    if not isinstance(database, SqliteFile):
        with reading(database) as source, creating(copy) as target:
            copy_rows(source, target)
        return
    source, target = sqlite3.connect(f"{database.path.absolute().as_uri()}?mode=ro", uri=True), sqlite3.connect(copy)
    try:
        source.backup(target)
        (state,) = target.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise InputError(f"{database} 无法备份：{error}", "检查磁盘空间与文件权限；文件损坏时从较早的备份恢复") from error
    finally:
        source.close()
        target.close()
    if state != "ok":
        raise InputError(f"{database} 已损坏：{state}", "从较早的备份恢复")


def _others(folder: Path) -> dict[str, Path]:
    found = {SETTINGS: folder / SETTINGS}
    for name in _FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = path
    return found
