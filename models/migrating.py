"""Brings the tables of an older version up to this one's, keeping a copy of the file as it was."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_FIRST = "0001"  # of a database from before there were migrations


def known(revision: str) -> bool:
    return revision in {one.revision for one in ScriptDirectory.from_config(_config(None)).walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Applies what is missing, in the caller's transaction."""
    config = _config(connection)
    if MigrationContext.configure(connection).get_current_revision() is None:
        command.stamp(config, _FIRST)
    command.upgrade(config, "head")


def keep_copy(path: Path, revision: str) -> Path:
    """A copy of the database file beside it, made by SQLite itself; one that is there already stays."""
    copy = path.with_name(f"{path.name}.{revision}.bak")
    if not copy.exists():
        fresh = copy.with_name(f".{copy.name}.new")
        source, target = sqlite3.connect(path), sqlite3.connect(fresh)
        with source, target:
            source.backup(target)
        source.close()
        target.close()
        shutil.move(fresh, copy)
    return copy


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
