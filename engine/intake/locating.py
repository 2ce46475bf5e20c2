"""Where the fields of a fact stand in the file that brought it. Only the very file is read: by its digest, never by its name alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.dsl.model import Ruleset
from engine.intake.faults import Told
from engine.intake.reading import sheets_of_file


def columns_of(
    folder: Path, name: str, sha256: str, sheet: str | None, kind: str, ruleset: Ruleset
) -> Mapping[str, str]:
    """Field to column letter in the file that an import read; empty where the file is not there any more or has no columns.

    `folder` is the workspace's, `name` the file's as it was given to the import.
    """
    for path in _places(folder, name):
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == sha256:
            return _columns(path, content, sheet, kind, ruleset)
    return {}


def _places(folder: Path, name: str) -> Iterator[Path]:
    """A name is relative to where the command was given: most often the workspace, or the folder above it."""
    yield Path(name)
    yield folder / name
    yield folder.resolve().parent / name
    last = name.replace("\\", "/").rpartition("/")[2]
    yield from sorted(path for path in (folder / "inbox").rglob("*") if path.name == last)


def _columns(path: Path, content: bytes, wanted: str | None, kind: str, ruleset: Ruleset) -> Mapping[str, str]:
    for sheet in sheets_of_file(path, content, ruleset, Told(), kind):
        if sheet.name == wanted and sheet.kind == kind:
            return sheet.columns or {}
        for _ in sheet.rows:  # a workbook's sheets are read one after the other
            pass
    return {}
