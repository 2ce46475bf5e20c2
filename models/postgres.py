"""A schema of a PostgreSQL server as a workspace's database: many cities can share one server, a schema each.

What SQLite gives by its nature is asked for here: 64-bit numbers, texts in the order of their code points, ids without gaps.
"""

from __future__ import annotations

import getpass
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from sqlalchemy import Connection, Engine, Integer, NullPool, String, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlmodel import SQLModel

from engine.errors import Busy, InputError
from models.sqlite import SOMEBODY

SCHEMES = ("postgresql://", "postgres://")
_SEARCH_PATH = re.compile(r"search_path=(\S+)")
_LOCK_TIMEOUT = "55P03"
_LOCK_CLASS = 0x6A666E  # tells our advisory locks from those of others
_SCHEMA = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_HINTS = {  # by SQLSTATE; a connection that fails has none
    "42501": "请数据库管理员授予该用户读写与建表的权限",
    "25006": "这台服务器只读；改用主服务器的地址",
    "53100": "服务器磁盘已满，腾出空间后重试",
}


@compiles(Integer, "postgresql")
def _whole_number(_type, _compiler, **_) -> str:
    return "BIGINT"


@compiles(String, "postgresql")
def _text(_type, _compiler, **_) -> str:
    return 'VARCHAR COLLATE "C"'


@dataclass(frozen=True, slots=True)
class PostgresSchema:
    """The first schema on the search path of a `postgresql://` address. One that is empty is set up by the first command."""

    address: str = field(repr=False)  # may hold a password
    set_up_by_use = True

    def __str__(self) -> str:
        told = self._parts()
        at = ":".join(filter(None, (told.get("host", ""), told.get("port"))))
        who = f"{told['user']}@" if told.get("user") else ""
        path = _SEARCH_PATH.search(told.get("options", ""))
        return f"postgresql://{who}{at}/{told.get('dbname', '')}{f'（{path[1]}）' if path else ''}"

    def _parts(self) -> Mapping[str, str]:
        psycopg = _driver()
        try:
            parts = psycopg.conninfo.conninfo_to_dict(self.address)
            # A password with a sign that ought to be quoted ends up in other parts, which would be shown.
            if "@" in parts.get("host", "") + parts.get("dbname", "") or not parts.get("port", "0").replace(",", "").isdigit():
                raise ValueError
            return parts
        except (psycopg.ProgrammingError, ValueError):  # what libpq says of it may hold a part of the password
            raise InputError(
                "数据库地址的写法不对", "写作 postgresql://用户:密码@主机:端口/库名；密码中的 @ : / 等写作 %40 %3A %2F"
            ) from None

    def opened(self, wait: float) -> Engine:
        """Raises InputError where the schema is not there."""
        engine = self._engine(wait)
        with engine.connect() as connection:
            if connection.execute(text("SELECT current_schema()")).scalar() is None:
                raise InputError(f"{self} 没有这个模式（schema）", f'先建好：CREATE SCHEMA "{_first_named(connection)}"')
        return engine

    def fresh(self, wait: float) -> Engine:
        """Makes the schema where it is not there."""
        engine = self._engine(wait)
        with engine.connect() as connection:
            if connection.execute(text("SELECT current_schema()")).scalar() is None:
                connection.execute(text(f'CREATE SCHEMA "{_first_named(connection)}"'))
                connection.commit()
        return engine

    def _engine(self, wait: float) -> Engine:
        psycopg = _driver()
        settings = {"connect_timeout": "10", **self._parts(), "application_name": _ourselves(), "client_encoding": "UTF8"}

        def connect():
            connection = psycopg.connect(**settings)
            connection.execute(f"SET lock_timeout = {max(1, round(wait * 1000))}")
            connection.commit()
            return connection

        engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool, use_native_hstore=False)

        @event.listens_for(engine, "savepoint")
        def settle(connection: Connection, _name: str) -> None:
            _number_on(connection)  # another try gets the numbers of the one that was rolled back

        return engine

    def begin_reading(self, connection: Connection) -> None:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def held(self, connection: Connection, wait: float) -> Iterator[None]:
        """Begins a transaction that holds the schema; raises Busy where another writer does not leave."""
        # Read committed: the first statement waits, and those after it see what the writer before has left.
        try:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_CLASS}::bigint << 32 | {_SCHEMA}::bigint)"))
        except DBAPIError as error:
            if _state(error) != _LOCK_TIMEOUT:
                raise
            connection.rollback()
            raise Busy(f"工作区正被{_holder(connection)}写入，等了 {wait:g} 秒仍未结束", "稍后再试") from error
        _number_on(connection)
        yield

    @contextmanager
    def told(self) -> Iterator[None]:
        """A server that cannot be used is told in one line, without the password."""
        psycopg = _driver()
        try:
            yield
        except (DBAPIError, psycopg.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if isinstance(cause, psycopg.IntegrityError):
                raise
            state = _state(error)
            if state == _LOCK_TIMEOUT:
                raise Busy(f"{self} 正被另一个命令占用", "稍后再试") from error
            hint = _HINTS.get(state, "检查地址、用户名、密码与库名，以及网络与数据库服务")
            said = " ".join(str(cause).split())
            raise InputError(f"{self} 无法使用：{said}", hint) from error

    def guard(self, connection: Connection) -> None:
        """Makes the triggers that refuse to change what the tables hold."""
        connection.execute(text(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
        ))  # fmt: skip
        for table in SQLModel.metadata.sorted_tables:
            connection.execute(text(
                f'CREATE TRIGGER "{table.name}_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table.name}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            ))  # fmt: skip

    def unguard(self, connection: Connection) -> None:
        """Takes them away, for a migration."""
        connection.execute(text("DROP FUNCTION IF EXISTS refuse_change() CASCADE"))

    def keep_copy(self, revision: str) -> None:
        """Nothing: a migration that fails leaves no trace here, and copies are the server's business."""


def _driver():
    try:
        import psycopg
    except ImportError:
        raise InputError("没有 PostgreSQL 的驱动 psycopg", "安装：pip install 'psycopg[binary]'") from None
    return psycopg


def _state(error: Exception) -> str:
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def _ourselves() -> str:
    """Our session's name, for those who wait: PostgreSQL keeps 63 characters of it, and ASCII only."""
    return f"jifen {os.getpid()} {quote(getpass.getuser())}@{quote(platform.node())}"[:63]


def _holder(connection: Connection) -> str:
    """Who holds the schema, as far as we may see it."""
    found = connection.execute(text(
        "SELECT s.application_name, s.xact_start FROM pg_locks l JOIN pg_stat_activity s USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND s.datname = current_database()"
        f" AND l.classid = {_LOCK_CLASS} AND l.objid = {_SCHEMA}"
    )).first()  # fmt: skip
    name = found.application_name or "" if found else ""
    if not name.startswith("jifen "):
        return SOMEBODY
    _, process, who = name.split(" ", 2)
    since = f"，自 {found.xact_start.astimezone():%H:%M:%S}" if found.xact_start else ""
    return f"{unquote(who)}（进程 {process}{since}）"


def _first_named(connection: Connection) -> str:
    """The first schema that the search path names, whether it is there or not."""
    path = connection.execute(text("SELECT current_setting('search_path')")).scalar_one()
    names = (name.strip().strip('"') for name in path.split(","))
    return next((name for name in names if name and name != "$user"), "public")


def _number_on(connection: Connection) -> None:
    """Lets every table's numbers go on from its highest: what was rolled back, or numbered by hand, leaves no gap."""
    connection.execute(text("""
        DO $$ DECLARE own record; BEGIN
          FOR own IN
            SELECT t.oid::regclass AS name, pg_get_serial_sequence(t.oid::regclass::text, 'id') AS numbers
            FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'id'
            WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace
          LOOP
            IF own.numbers IS NOT NULL THEN
              EXECUTE format('SELECT setval(%L, (SELECT coalesce(max(id), 0) + 1 FROM %s), false)', own.numbers, own.name);
            END IF;
          END LOOP;
        END $$
    """))  # fmt: skip
