"""A PostgreSQL server for the tests: made in a temporary folder on a Unix socket, and gone with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

OWNER, GUARDED = "jifen", "guarded"  # the second one has to give a password
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "listen_addresses=''")


@dataclass(frozen=True)
class Server:
    """A running server; `folder` is where its socket is."""

    folder: Path
    numbers: Iterator[int]

    def address(self, database: str = "postgres", **options: str) -> str:
        told = {"host": str(self.folder), "user": OWNER, **options}
        return f"postgresql:///{database}?{'&'.join(f'{name}={quote(value)}' for name, value in told.items())}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement)

    def new_schema(self) -> str:
        """The address of an empty schema of its own."""
        name = f"city_{next(self.numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return self.address(options=f"-csearch_path={name}")

    def new_database(self) -> str:
        name = f"city_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return name


@contextmanager
def running() -> Iterator[Server]:
    """Texts are ordered by a collation of Chinese, so that an order that is left to the database shows."""
    folder = Path(tempfile.mkdtemp(prefix="jifen-pg-", dir="/tmp"))  # the path of a socket must be short
    data = folder / "data"
    if os.geteuid() == 0:  # root may not run a server
        shutil.chown(folder, "postgres", "postgres")
    try:
        _run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C",
             "--locale-provider=icu", "--icu-locale=zh")  # fmt: skip
        access = data / "pg_hba.conf"
        access.write_text(f"local all {GUARDED} scram-sha-256\n{access.read_text()}")
        settings = " ".join(f"-c {one}" for one in (*_FAST, f"unix_socket_directories={folder}"))
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        try:
            server = Server(folder, count(1))
            server.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'right'")
            yield server
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *args: object) -> None:
    found = shutil.which(program) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None)
    assert found, f"没有 {program}：请执行 scripts/system-packages test，或 apt-get install postgresql"
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run([found, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **user)
    assert done.returncode == 0, done.stdout
