"""Two commands at once, as real processes: one waits for the other, or says who it waited for; readers never wait."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.commands.test_keeping import CASE
from tests.processes import command, environment


def started(*arguments: object) -> subprocess.Popen:
    return subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())


@pytest.fixture
def holding(jifen, workspace, sheet):
    """A run of 5,000 facts, as a process that holds the workspace; January was posted before."""
    assert jifen("-w", workspace, "run", "2023-01", "--from", sheet("双公示异议", {**CASE, "月份": "2023-01"}, folder="old")).status == 0
    path = sheet("双公示异议", *({**CASE, "编号": str(number)} for number in range(5_000)))
    process = started("-w", workspace, "run", "2023-04", "--from", path, "--no-notices")
    while not (workspace / "jifen.db.holder").exists() and process.poll() is None:
        time.sleep(0.002)
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    process.stderr.close()


def own(jifen, workspace) -> int:
    return len(jifen("-w", workspace, "ledger", "--rule", "D04", "--format", "json").json)


def test_a_second_writer_waits_and_goes_on_when_the_first_ends_in_time(jifen, workspace, sheet, holding):
    other = sheet("双公示异议", {**CASE, "月份": "2023-02"}, folder="other")
    second = started("-w", workspace, "run", "2023-02", "--from", other, "--no-notices")
    told = second.communicate(), holding.communicate()
    assert (second.returncode, holding.returncode) == (0, 0), told
    assert own(jifen, workspace) == 5_002
    assert jifen("-w", workspace, "verify").status == 0


def test_a_second_writer_leaves_with_3_and_names_the_first_while_readers_see_the_old_state(jifen, workspace, sheet, holding):
    holding.send_signal(signal.SIGSTOP)
    second = started("-w", workspace, "import", sheet("双公示异议", {**CASE, "月份": "2023-02"}, folder="other"))
    for look in ("verify", "status", "imports", ("standings", "2023-01"), ("notices", "2023-01")):
        assert jifen("-w", workspace, *([look] if isinstance(look, str) else look)).status == 0
    assert own(jifen, workspace) == 1
    assert second.poll() is None  # it waits; the readers above have not
    _, said = second.communicate()
    assert (second.returncode, f"进程 {holding.pid}" in said, said.count("\n")) == (3, True, 2)
    holding.send_signal(signal.SIGCONT)
    holding.communicate()
    assert (holding.returncode, own(jifen, workspace)) == (0, 5_001)
