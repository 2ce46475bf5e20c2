"""A workspace's own database: one SQLite file, held by one writer at a time."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlmodel import SQLModel

from engine.errors import Busy, InputError


SOMEBODY = "另一个命令"  # who holds a database, where nothing more is known


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """An SQLite file, made by `init` only: one that is empty or foreign is damaged."""

    path: Path
    set_up_by_use = False

    def __str__(self) -> str:
        return str(self.path)

    def opened(self, wait: float) -> Engine:
        """Raises InputError where there is no file."""
        if not self.path.is_file():
            raise InputError(f"工作区没有数据库 {self.path.name}", "用 `jifen init DIR` 新建工作区；账本在 PostgreSQL 上的，写明它的地址（database）")
        return self._engine(wait)

    def fresh(self, wait: float) -> Engine:
        engine = self._engine(wait)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA journal_mode=WAL"))  # stays with the file: readers never wait
        return engine

    def _engine(self, wait: float) -> Engine:
        # In a folder that may not be written the log beside the database cannot be made, and nobody else writes there.
        mode = "rw" if os.access(self.path.parent, os.W_OK) else "ro&immutable=1"
        address = f"sqlite:///file:{quote(str(self.path))}?mode={mode}{'c' if not self.path.exists() else ''}&uri=true"
        engine = create_engine(address, connect_args={"timeout": wait})

        @event.listens_for(engine, "connect")
        def settle(connection, _record) -> None:
            # Transactions are begun by hand below, so that a writer holds the database from its first read on.
            connection.isolation_level = None
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA cache_size=-65536")  # 64 MB: the index of many new keys fits

        return engine

    def begin_reading(self, connection: Connection) -> None:
        connection.execute(text("BEGIN"))

    @contextmanager
    def held(self, connection: Connection, wait: float) -> Iterator[None]:
        """Begins a transaction that holds the file, and notes who does; raises Busy where another writer does not leave."""
        holder = self.path.with_name(f"{self.path.name}.holder")  # for those who wait; worth nothing where nobody holds it
        try:
            connection.execute(text("BEGIN IMMEDIATE"))
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            try:
                who = holder.read_text(encoding="utf-8") or SOMEBODY
            except OSError:  # it has just left, or could not note itself
                who = SOMEBODY
            raise Busy(f"工作区正被{who}写入，等了 {wait:g} 秒仍未结束", "稍后再试") from error
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        holder.write_text(f"{getpass.getuser()}（进程 {os.getpid()}，自 {now}）", encoding="utf-8")
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)

    @contextmanager
    def told(self) -> Iterator[None]:
        """A database that cannot be read or written is the workspace's fault, and is said in one line."""
        try:
            yield
        except DatabaseError as error:
            if isinstance(error, IntegrityError):
                raise
            raise InputError(f"{self.path} 无法使用：{error.orig}", "检查磁盘空间与文件权限；文件损坏时从备份恢复") from error

    def guard(self, connection: Connection) -> None:
        """Makes the triggers that refuse to change what the tables hold."""
        for table in SQLModel.metadata.sorted_tables:
            for act in ("UPDATE", "DELETE"):
                connection.execute(text(_refusal(table.name, act)))
            connection.execute(text(_no_replacing(table)))

    def unguard(self, connection: Connection) -> None:
        """Takes them away, for a migration."""
        named = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.execute(named).scalars().all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))

    def keep_copy(self, revision: str) -> None:
        """A copy of the file beside it, before a migration."""
        from models.migrating import keep_copy

        keep_copy(self.path, revision)


def _refusal(table: str, act: str) -> str:
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{act.lower()}" BEFORE {act} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _no_replacing(table: Table) -> str:
    # INSERT OR REPLACE deletes without firing the trigger on DELETE. A row whose number SQLite gives has -1 here.
    (key,) = (column.name for column in table.primary_key)
    return (
        f'CREATE TRIGGER IF NOT EXISTS "{table.name}_no_replace" BEFORE INSERT ON "{table.name}" '
        f'WHEN NEW."{key}" != -1 AND EXISTS (SELECT 1 FROM "{table.name}" WHERE "{key}" = NEW."{key}") '
        f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
    )
