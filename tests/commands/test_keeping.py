"""Nothing is lost: killed writers, two at once, backups."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from engine.ledger.stored import newest_version
from engine.workspace import Workspace
from models.database import reading, writing

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parent.parent.parent
CASE = {"单位": "市教育局", "月份": "2023-04", "编号": "1", "及时处理": "否"}


def started(*args: object) -> subprocess.Popen:
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_who_holds_the_workspace_is_said_to_whoever_waits_in_vain(jifen, workspace, sheet, monkeypatch):
    monkeypatch.setattr("models.database._WAIT_SECONDS", 0.2)
    with writing(Workspace.open(workspace).database):
        outcome = jifen("-w", workspace, "import", sheet("双公示异议", CASE))
        assert (outcome.status, f"进程 {os.getpid()}" in outcome.err) == (3, True)
        assert jifen("-w", workspace, "facts", "--json").status == 0  # readers never wait
    assert jifen("-w", workspace, "import", sheet("双公示异议", CASE)).status == 0


def test_a_reader_sees_one_state_while_others_write(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", CASE))
    with reading(Workspace.open(workspace).database) as connection:
        before = newest_version(connection)
        assert jifen("-w", workspace, "import", sheet("双公示异议", {**CASE, "编号": "2"})).status == 0
        assert newest_version(connection) == before == 1
    assert len(jifen("-w", workspace, "facts", "--json").json) == 2


def test_what_is_rolled_back_leaves_no_gap_in_the_numbers(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", CASE))
    jifen("-w", workspace, "import", sheet("双公示异议", {**CASE, "编号": "2"}), "--dry-run")
    jifen("-w", workspace, "import", sheet("双公示异议", {**CASE, "编号": "3"}))
    assert [one["import"] for one in jifen("-w", workspace, "imports", "--json").json] == [1, 2]
    assert [one["version"] for one in jifen("-w", workspace, "facts", "--json").json] == [1, 2]


@pytest.mark.parametrize("after", [0.3, 0.6, 0.9, 1.2])
def test_a_run_that_is_killed_leaves_all_or_nothing_and_the_next_one_just_works(jifen, workspace, sheet, after):
    path = sheet("双公示异议", *({**CASE, "编号": str(number)} for number in range(2_000)))
    killed = started("-w", workspace, "run", "2023-04", "--from", path, "--no-notices")
    time.sleep(after)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    posted = len(jifen("-w", workspace, "ledger", "--rule", "D04", "--format", "json").json)
    assert posted in (0, 2_000)
    assert jifen("-w", workspace, "run", "2023-04", "--from", path, "--no-notices").status == 0
    assert len(jifen("-w", workspace, "ledger", "--rule", "D04", "--format", "json").json) == 2_000
    assert jifen("-w", workspace, "verify").status == 0


HOLDER = """
import sys, time
from pathlib import Path
from sqlalchemy import text
from engine.workspace import Workspace
from models.database import writing
with writing(Workspace.open(Path(sys.argv[1])).database) as connection:
    connection.execute(text("INSERT INTO import (at, operator, act, reason) VALUES ('', '', 'import', '')"))
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_writer_that_is_killed_while_it_holds_the_workspace_leaves_it_to_the_next(jifen, workspace, sheet):
    jifen("-w", workspace, "status")
    command, place = [sys.executable, "-c", HOLDER, str(workspace)], {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=place) as killed:
        assert killed.stdout.readline() == "held\n"
        killed.kill()
    assert jifen("-w", workspace, "import", sheet("双公示异议", CASE)).status == 0
    assert [one["import"] for one in jifen("-w", workspace, "imports", "--json").json] == [1]


def test_a_backup_is_restored_and_proved(jifen, workspace, sheet, tmp_path):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", CASE), "--no-notices")
    assert jifen("-w", workspace, "backup", tmp_path / "a.zip").status == 0
    assert jifen("-w", workspace, "backup", tmp_path / "a.zip").status == 1
    outcome = jifen("restore", tmp_path / "a.zip", tmp_path / "again")
    assert (outcome.status, "核验通过" in outcome.out) == (0, True)
    entries = [jifen("-w", each, "ledger", "--format", "json").json for each in (workspace, tmp_path / "again")]
    assert entries[0] == entries[1] != []
    assert jifen("restore", tmp_path / "a.zip", tmp_path / "again").status == 1


def test_a_backup_that_was_changed_is_not_restored(jifen, workspace, tmp_path):
    jifen("-w", workspace, "backup", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as good, zipfile.ZipFile(tmp_path / "b.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"ruleset = 1" if name == "jifen.toml" else good.read(name))
    outcome = jifen("restore", tmp_path / "b.zip", tmp_path / "again")
    assert (outcome.status, "jifen.toml" in outcome.err, (tmp_path / "again").exists()) == (1, True, False)
