"""A workspace of an older version goes on; one of a newer version is left alone.

v0001.sql is the dump of a workspace of version 0.1.0 with two objections of 2023-04, scored once.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

OLD = (Path(__file__).parent / "v0001.sql").read_text(encoding="utf-8")


@pytest.fixture
def old(workspace):
    database = workspace / "jifen.db"
    database.unlink()
    connection = sqlite3.connect(database)
    connection.executescript(OLD)
    connection.close()
    return workspace


def columns(path: Path) -> dict[str, list[tuple]]:
    database = sqlite3.connect(path)
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: sorted(row[1:4] for row in database.execute(f'PRAGMA table_info("{name}")')) for (name,) in tables}


def keys(path: Path) -> set[tuple]:
    """Every index: its table, its columns, and whether they are unique."""
    database = sqlite3.connect(path)
    found = set()
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, name, unique, *_ in database.execute(f'PRAGMA index_list("{table}")').fetchall():
            held = tuple(column for _, _, column in database.execute(f'PRAGMA index_info("{name}")'))
            found.add((table, held, unique))
    return found


def test_an_older_database_is_migrated_by_the_next_command_and_proved(jifen, old):
    outcome = jifen("-w", old, "verify", "--json")
    assert (outcome.status, outcome.json["months"], outcome.json["entries"]) == (0, 1, 8)
    assert len(jifen("-w", old, "facts", "--json").json) == 2
    assert jifen("-w", old, "run", "2023-05", "--no-notices").status == 0


def test_a_copy_of_the_old_database_is_kept(jifen, old):
    jifen("-w", old, "standings", "2023-04")
    copy = sqlite3.connect(old / "jifen.db.0001.bak")
    assert copy.execute("SELECT count(*) FROM ledger_entry").fetchone() == (8,)
    assert copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'seal'").fetchone() is None


def test_a_migrated_database_is_like_a_new_one(jifen, old, tmp_path):
    jifen("-w", old, "verify")
    assert jifen("init", tmp_path / "new").status == 0
    assert columns(old / "jifen.db") == columns(tmp_path / "new" / "jifen.db")
    assert keys(old / "jifen.db") == keys(tmp_path / "new" / "jifen.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sqlite3.connect(old / "jifen.db").execute("UPDATE ledger_entry SET points = 1")


def test_a_migrated_workspace_takes_requests_for_review(jifen, old):
    for month in ("2023-01", "2023-02", "2023-03", "2023-04"):
        assert jifen("-w", old, "run", month, "--no-notices").status == 0
    assert jifen("-w", old, "close", "2023-04").status == 0
    assert jifen("-w", old, "review", "open", "潞州区", "2023-04", "--rule", "C04", "--text", "已按时处理").status == 0
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sqlite3.connect(old / "jifen.db").execute("DELETE FROM review")


def test_a_migrated_workspace_sends_letters(jifen, old):
    for month in ("2023-01", "2023-02", "2023-03", "2023-04"):
        assert jifen("-w", old, "run", month, "--no-notices").status == 0
    assert jifen("-w", old, "close", "2023-04", "--json").json["letters"] > 0
    assert jifen("-w", old, "letters", "--month", "2023-04", "--json").json[0]["number"] == "长信用督〔2023〕1号"
    assert jifen("-w", old, "verify").status == 0
    database = sqlite3.connect(old / "jifen.db")
    for table in ("verdict", "letter"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(f"DELETE FROM {table}")


def test_a_database_of_a_newer_version_is_refused_and_not_touched(jifen, workspace):
    database = sqlite3.connect(workspace / "jifen.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    before = (workspace / "jifen.db").read_bytes()
    outcome = jifen("-w", workspace, "status")
    assert (outcome.status, "更新的 jifen" in outcome.err) == (1, True)
    assert (workspace / "jifen.db").read_bytes() == before
