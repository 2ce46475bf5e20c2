"""A full disk: one clear line, exit 1, nothing half-written, and once there is room the next command just works.

The kernel refuses to let any file of the child process grow beyond a limit, which needs no rights and no file system of
its own; the error is another (EFBIG), but takes the same ways through SQLite and Python as ENOSPC.
"""

from __future__ import annotations

import resource
import signal
import subprocess
from pathlib import Path

import pytest

from tests.commands.test_keeping import CASE
from tests.processes import command, environment


def starved(limit: int, *arguments: object) -> subprocess.CompletedProcess:
    """A command whose files may hold no more than so many bytes."""

    def starve() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(command(*arguments), capture_output=True, text=True, env=environment(), preexec_fn=starve)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the log of the database, which holds nothing when nobody writes."""
    beside = ("jifen.db-wal", "jifen.db-shm")
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name not in beside}


def told(ended: subprocess.CompletedProcess) -> list[str]:
    """What it said, checked to be an error of one line and a hint."""
    lines = ended.stderr.splitlines()
    assert ended.returncode == 1, ended.stderr
    assert [line[:3] for line in lines] == ["错误：", "提示："], ended.stderr
    return lines


@pytest.fixture
def scored(jifen, workspace, sheet):
    """A workspace with March scored, and a large file for April."""
    assert jifen("-w", workspace, "run", "2023-01", "--from", sheet("双公示异议", {**CASE, "月份": "2023-01"})).status == 0
    return workspace


@pytest.fixture
def large(scored, sheet):
    return sheet("双公示异议", *({**CASE, "月份": "2023-02", "编号": str(number)} for number in range(5_000)))


@pytest.mark.parametrize("spare", [-1_000_000, 4_096, 500_000, 1_500_000])
def test_a_large_run_on_a_full_disk_leaves_the_ledger_as_it_was(jifen, scored, large, spare):
    before = jifen("-w", scored, "ledger", "--format", "json").json
    kept = files(scored)
    limit = max(0, (scored / "jifen.db").stat().st_size + spare)
    told(starved(limit, "-w", scored, "run", "2023-02", "--from", large, "--no-notices"))
    assert files(scored) == kept
    assert jifen("-w", scored, "ledger", "--format", "json").json == before
    assert jifen("-w", scored, "verify").status == 0
    assert jifen("-w", scored, "run", "2023-02", "--from", large, "--no-notices").status == 0
    assert len(jifen("-w", scored, "ledger", "--month", "2023-02", "--rule", "D04", "--format", "json").json) == 5_000


def test_notices_on_a_full_disk_leave_what_was_posted(jifen, scored, tmp_path):
    """The page of the month is larger than the limit, what the database writes for one closing is not."""
    page = scored / "notices" / "2023-01" / "月度通报.html"
    old = page.read_bytes()
    lines = told(starved(len(old) // 2, "-w", scored, "notices", "2023-01"))
    assert "月度通报.html：磁盘空间不足" in lines[0]
    assert page.read_bytes() == old
    assert not list(scored.rglob(".*.new"))
    assert jifen("-w", scored, "notices", "2023-01").status == 0


def test_a_run_whose_notices_find_no_room_stands_all_the_same(jifen, scored, sheet):
    """Only the notices' folder is full here, as its parent's place is taken by a file."""
    (scored / "notices" / "2023-02").write_text("")
    outcome = jifen("-w", scored, "run", "2023-02", "--from", sheet("双公示异议", {**CASE, "月份": "2023-02"}))
    assert (outcome.status, outcome.err.splitlines()[-2][:3]) == (1, "错误：")
    (scored / "notices" / "2023-02").unlink()
    entries = jifen("-w", scored, "ledger", "--month", "2023-02", "--rule", "D04", "--format", "json").json
    assert len(entries) == 1
    assert jifen("-w", scored, "run", "2023-02").status == 0
    assert jifen("-w", scored, "ledger", "--month", "2023-02", "--rule", "D04", "--format", "json").json == entries


def test_a_close_on_a_full_disk_closes_nothing(jifen, scored):
    kept = files(scored)
    told(starved(50_000, "-w", scored, "close", "2023-01"))
    assert files(scored) == kept
    assert jifen("-w", scored, "status", "2023-01", "--json").json["months"][0]["state"] == "draft"
    assert jifen("-w", scored, "close", "2023-01").status == 0


@pytest.mark.parametrize("share", [0, 0.05, 0.5])
def test_a_backup_on_a_full_disk_leaves_no_half_of_one(jifen, scored, tmp_path, share):
    assert jifen("-w", scored, "backup", tmp_path / "whole.zip").status == 0
    limit = int(share * (scored / "jifen.db").stat().st_size)
    told(starved(limit, "-w", scored, "backup", tmp_path / "half.zip"))
    assert [path.name for path in tmp_path.iterdir() if "half" in path.name] == []
    assert jifen("-w", scored, "backup", tmp_path / "half.zip").status == 0


def test_a_restore_and_a_new_workspace_on_a_full_disk_leave_their_folder_for_a_second_try(jifen, scored, tmp_path):
    assert jifen("-w", scored, "backup", tmp_path / "whole.zip").status == 0
    for arguments in (("restore", tmp_path / "whole.zip", tmp_path / "again"), ("init", tmp_path / "new")):
        told(starved(20_000, *arguments))
        assert not Path(arguments[-1]).exists()
        assert jifen(*arguments).status == 0


def test_a_listing_that_finds_no_room_for_its_lines_says_so(scored):
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command("-w", scored, "ledger"), stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
    assert "磁盘空间不足" in told(ended)[0]
