"""Ctrl-C and a request to end: a proper exit status, one line, nothing half-written."""

from __future__ import annotations

import gc
import signal
import subprocess
import time

import pytest
from sqlalchemy import Engine, event

from engine.interrupting import Interrupted, uninterrupted
from tests.commands.test_keeping import CASE
from tests.processes import command, environment


def interrupted(workspace, path, number: int) -> tuple[int, str]:
    """Exit status and what a large run says that is sent a signal once it holds the workspace."""
    arguments = command("-w", workspace, "run", "2023-04", "--from", path, "--no-notices")
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment())
    while not (workspace / "jifen.db.holder").exists() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(number)
    _, said = process.communicate()
    return process.returncode, said


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_one_line_and_leaves_nothing(jifen, workspace, sheet, number, status):
    path = sheet("双公示异议", *({**CASE, "编号": str(each)} for each in range(5_000)))
    left, said = interrupted(workspace, path, number)
    assert (left, said.count("\n"), said[:3]) == (status, 1, "已中断")
    assert not (workspace / "jifen.db.holder").exists()
    assert jifen("-w", workspace, "ledger", "--format", "json").json == []
    assert jifen("-w", workspace, "run", "2023-04", "--from", path, "--no-notices").status == 0
    assert len(jifen("-w", workspace, "ledger", "--rule", "D04", "--format", "json").json) == 5_000
    assert jifen("-w", workspace, "verify").status == 0


@pytest.mark.parametrize("statement", range(1, 60, 7))
def test_an_interruption_inside_any_statement_leaves_with_130_and_no_defect(jifen, workspace, sheet, statement):
    """SQLAlchemy closes a connection that is interrupted inside a statement: that must not look like a defect of ours."""
    left = statement

    def interrupt(*_) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            signal.raise_signal(signal.SIGINT)

    path = sheet("双公示异议", CASE)
    event.listen(Engine, "after_cursor_execute", interrupt)
    try:
        outcome = jifen("-w", workspace, "run", "2023-04", "--from", path, "--no-notices")
    finally:
        event.remove(Engine, "after_cursor_execute", interrupt)
        gc.collect()  # the cursor that the exception held: the end of a process of its own would do that
    if left <= 0:
        assert (outcome.status, outcome.err[:3]) == (130, "已中断")
    assert not (workspace / "jifen.db.holder").exists()
    assert jifen("-w", workspace, "run", "2023-04", "--from", path, "--no-notices").status == 0
    assert [one["rule"] for one in jifen("-w", workspace, "ledger", "--format", "json").json if one["points"] == "-3.00"] == ["D04"]


def test_an_interruption_during_the_matching_is_not_swallowed_but_waits_for_its_end(jifen, workspace, sheet, monkeypatch):
    """The rule engine catches what is raised in an action and goes on without its matches."""
    from engine.inference import host

    collect = host._Compiled.take

    def interrupted_once(self):
        signal.raise_signal(signal.SIGINT)
        return collect(self)

    with pytest.raises(Interrupted), _ours(), uninterrupted():
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert reached
    monkeypatch.setattr(host._Compiled, "take", interrupted_once)
    outcome = jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", CASE), "--no-notices")
    assert (outcome.status, jifen("-w", workspace, "ledger", "--format", "json").json) == (130, [])


def _ours():
    from engine.interrupting import interruptible

    return interruptible()


def test_an_interruption_that_whoever_started_us_shut_off_stays_shut_off(jifen, workspace, sheet):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _ours():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
