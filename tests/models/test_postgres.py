"""What PostgreSQL alone can get wrong: its addresses and refusals, schemas beside each other, migration, moving between both."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.exc import IntegrityError

from engine.workspace import Workspace
from models.bulk import insert_into
from models.database import writing
from tests.forging import asked, forge, opened

CASE = {"单位": "市教育局", "月份": "2023-04", "编号": "1", "及时处理": "否"}
COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable, collation_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name <> 'alembic_version' ORDER BY 1, 2"
)


def at(workspace: Path, address: str) -> Path:
    """The workspace with its tables at this address instead."""
    (workspace / "jifen.db").unlink(missing_ok=True)
    config = workspace / "jifen.toml"
    lines = [line for line in config.read_text(encoding="utf-8").splitlines() if not line.startswith("database")]
    config.write_text("\n".join([*lines, f'database = "{address}"', ""]), encoding="utf-8")
    return workspace


@pytest.fixture
def city(workspace, postgres):
    return at(workspace, postgres.new_schema())


def test_init_makes_the_tables_where_the_environment_says(jifen, postgres, tmp_path, monkeypatch, sheet):
    name = postgres.new_database()
    monkeypatch.setenv("JIFEN_DATABASE_URL", postgres.address(name))
    assert jifen("init", tmp_path / "a").status == 0
    assert not (tmp_path / "a" / "jifen.db").exists()
    assert jifen("-w", tmp_path / "a", "import", sheet("双公示异议", CASE)).status == 0
    assert f"/{name}（PostgreSQL 1" in jifen("-w", tmp_path / "a", "doctor").out
    again = jifen("init", tmp_path / "b")
    assert (again.status, "不是空的" in again.err) == (1, True)
    assert len(jifen("-w", tmp_path / "a", "facts", "--json").json) == 1


def test_the_environment_wins_over_the_setting(jifen, city, postgres, monkeypatch, sheet):
    jifen("-w", city, "import", sheet("双公示异议", CASE))
    monkeypatch.setenv("JIFEN_DATABASE_URL", postgres.new_schema())
    assert jifen("-w", city, "facts", "--json").json == []


def test_cities_share_a_server_and_nothing_else(jifen, city, postgres, tmp_path, sheet, monkeypatch):
    monkeypatch.setattr("models.database._WAIT_SECONDS", 0.2)
    jifen("init", tmp_path / "other")
    other = at(tmp_path / "other", postgres.new_schema())
    with writing(Workspace.open(city).database):
        assert jifen("-w", other, "import", sheet("双公示异议", CASE)).status == 0
    assert jifen("-w", city, "facts", "--json").json == []


def test_a_schema_is_made_by_init_and_missed_by_everything_else(jifen, workspace, postgres, tmp_path, monkeypatch):
    address = postgres.address(options="-csearch_path=changzhi")
    missed = jifen("-w", at(workspace, address), "status")
    assert (missed.status, "CREATE SCHEMA" in missed.err) == (1, True)
    monkeypatch.setenv("JIFEN_DATABASE_URL", address)
    assert jifen("init", tmp_path / "new").status == 0
    assert jifen("-w", tmp_path / "new", "status").status == 0


def test_a_schema_with_other_tables_is_left_alone(jifen, city):
    with opened(city) as connection:
        connection.execute(text("CREATE TABLE patients (id int)"))
        connection.commit()
    outcome = jifen("-w", city, "status")
    assert (outcome.status, "别的表" in outcome.err) == (1, True)
    assert asked(city, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()") == [("patients",)]


@pytest.mark.parametrize(
    "told, word",
    [
        ({"host": "/tmp/no-server-here"}, "no-server-here"),
        ({"user": "guarded", "password": "s3cret"}, "密码"),
        ({"database": "nowhere"}, "nowhere"),
        ({"options": "-cdefault_transaction_read_only=on"}, "只读"),
        ({"user": "guarded", "password": "right"}, "权限"),
        ({"sslmode": "no"}, "sslmode"),
    ],
)
def test_what_a_server_refuses_is_one_line_without_the_password(jifen, workspace, postgres, told, word):
    postgres.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    refused(jifen("-w", at(workspace, postgres.address(**told)), "status"), word)


@pytest.mark.parametrize(
    "address, word",
    [
        ("mysql://u:s3cret@host/name", "postgresql://"),
        ("postgresql://u:s3cret@rest@host/name", "%40"),
        ("postgresql://u:s3cret/rest@host/name", "%2F"),
        ("postgresql://host/name?secret=s3cret", "写法"),
    ],
)
def test_an_address_that_cannot_be_read_is_one_line_without_the_password(jifen, workspace, address, word):
    refused(jifen("-w", at(workspace, address), "status"), word)


def refused(outcome, word: str) -> None:
    assert (outcome.status, word in outcome.err, outcome.err.count("\n")) == (1, True, 2), outcome.err
    assert "Traceback" not in outcome.err and "s3cret" not in outcome.err and "right" not in outcome.err


def test_doctor_tells_the_database_without_the_password(jifen, workspace, postgres):
    address = postgres.address(user="guarded", password="right", options="-csearch_path=own")
    postgres.execute("CREATE SCHEMA own AUTHORIZATION guarded")
    outcome = jifen("-w", at(workspace, address), "doctor")
    assert "guarded@" in outcome.out and "（own）" in outcome.out and "right" not in outcome.out


def test_a_missing_driver_is_one_line_that_says_what_to_install(jifen, city, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    refused(jifen("-w", city, "status"), "psycopg[binary]")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE fact_version CASCADE",
        "INSERT INTO import (id, at, operator, act, reason) VALUES (1, '', '', '', '') ON CONFLICT (id) DO UPDATE SET at = ''",
    ],
)
def test_nothing_is_emptied_or_replaced_by_the_owner(jifen, city, sheet, statement):
    jifen("-w", city, "import", sheet("双公示异议", CASE))
    with opened(city) as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(statement))


def test_a_database_of_a_newer_version_is_refused(jifen, city):
    jifen("-w", city, "status")
    forge(city, "UPDATE alembic_version SET version_num = '9999'")
    outcome = jifen("-w", city, "status")
    assert (outcome.status, "更新的 jifen" in outcome.err) == (1, True)


def test_an_older_database_is_migrated_proved_and_like_a_new_one(jifen, city, postgres, tmp_path):
    with opened(city) as connection:
        fill_with_the_first_version(connection, tmp_path / "old.db")
    outcome = jifen("-w", city, "verify", "--json")
    assert (outcome.status, outcome.json["months"], outcome.json["entries"]) == (0, 1, 8)
    assert jifen("-w", city, "run", "2023-05", "--no-notices").status == 0
    migrated = asked(city, COLUMNS)
    jifen("-w", at(city, postgres.new_schema()), "status")
    assert migrated == asked(city, COLUMNS)
    # As in SQLite, whatever the server's defaults: numbers of 64 bits, texts in the order of their code points.
    kinds = {row[2:5:2] for row in migrated if row[1] != "id"}
    assert kinds == {("bigint", None), ("character varying", "C"), ("boolean", None), ("bytea", None)}


def fill_with_the_first_version(connection: Connection, path: Path) -> None:
    """The tables and rows of v0001.sql, with a note of their version: there was no PostgreSQL then."""
    sqlite = sqlite3.connect(path)
    sqlite.executescript((Path(__file__).parent / "v0001.sql").read_text(encoding="utf-8"))
    sqlite.close()
    tables = MetaData()
    with create_engine(f"sqlite:///{path}").connect() as old:
        tables.reflect(old)
        for column in (column for table in tables.tables.values() for column in table.columns):
            column.type = column.type.as_generic()
        tables.create_all(connection)
        for table in tables.sorted_tables:
            rows = [tuple(row) for row in old.execute(table.select())]
            insert_into(connection, table, [column.name for column in table.columns], rows)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    connection.commit()


def test_a_workspace_moves_to_postgresql_and_back_with_every_byte(jifen, workspace, postgres, sheet, tmp_path, monkeypatch):
    jifen("-w", workspace, "run", "2023-01", "--from", sheet("双公示异议", {**CASE, "月份": "2023-01"}))
    jifen("-w", workspace, "close", "2023-01")
    jifen("-w", workspace, "withdraw", "双公示异议", "市教育局", "2023-01", "1", "--reason", "误报")
    jifen("-w", workspace, "correct", "2023-01", "--reason", "误报")
    assert jifen("-w", workspace, "backup", tmp_path / "a.zip").status == 0
    address = postgres.new_schema()
    monkeypatch.setenv("JIFEN_DATABASE_URL", address)
    (tmp_path / "file").touch()
    assert jifen("restore", tmp_path / "a.zip", tmp_path / "file" / "moved").status == 1  # and leaves the database empty
    moved = jifen("restore", tmp_path / "a.zip", tmp_path / "moved")
    assert (moved.status, "核验通过" in moved.out) == (0, True), moved.err
    assert not (tmp_path / "moved" / "jifen.db").exists()
    assert jifen("restore", tmp_path / "a.zip", tmp_path / "twice").status == 1
    assert not (tmp_path / "twice").exists()
    told = everything(jifen, tmp_path / "moved")
    monkeypatch.delenv("JIFEN_DATABASE_URL")
    at(tmp_path / "moved", address)
    assert jifen("-w", tmp_path / "moved", "backup", tmp_path / "b.zip").status == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert b"postgresql" not in archive.read("jifen.toml")
    assert jifen("restore", tmp_path / "b.zip", tmp_path / "back").status == 0
    assert told == everything(jifen, workspace) == everything(jifen, tmp_path / "back")


def everything(jifen, workspace: Path) -> list:
    jifen("-w", workspace, "notices", "2023-01")
    listed = [jifen("-w", workspace, *command).json for command in (
        ("ledger", "--json"), ("facts", "--versions", "--json"), ("imports", "--json"), ("verify", "--json"),
        ("status", "--json"),
    )]  # fmt: skip
    return [*listed, {path.name: path.read_bytes() for path in (workspace / "notices" / "2023-01").rglob("*.html")}]
