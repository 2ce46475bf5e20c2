"""A power cut in the midst of a write: what lies on the disk opens, is whole, and holds the state before or after.

What a power cut leaves is simulated by stopping the writer (SIGSTOP) and copying the database and its log while nothing
moves; copying them while it runs would give a mixture of moments, which no cut leaves. The shared-memory index is not
copied: it is never synced, and SQLite makes it anew from the log. What the system had been handed but had not synced may
be lost or torn as well: SQLite syncs the log before it says that a commit is done and before it copies anything from the
log into the database. So as long as the database file is still that of before, the log may be cut anywhere; once it is
not, the log must be there whole.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from tests.commands.test_keeping import CASE
from tests.processes import command, environment

FACTS = 2_000


def cut(workspace: Path, folder: Path, arguments: list[object]) -> list[Path]:
    """The workspaces that power cuts would have left of a command: while it works, and from when it writes its log on."""
    log, found = workspace / "jifen.db-wal", []
    process = subprocess.Popen(command("-w", workspace, *arguments), stdout=subprocess.DEVNULL, env=environment())

    def stopped() -> None:
        process.send_signal(signal.SIGSTOP)
        place = folder / f"cut-{len(found)}"
        place.mkdir()
        for path in (workspace / "jifen.toml", workspace / "jifen.db", log):
            if path.exists():
                shutil.copy(path, place)
        shutil.copytree(workspace / "rulesets", place / "rulesets")
        found.append(place)
        process.send_signal(signal.SIGCONT)

    while not (workspace / "jifen.db.holder").exists() and process.poll() is None:
        time.sleep(0.002)
    stopped()
    while process.poll() is None and (not log.exists() or log.stat().st_size == 0):
        pass
    while process.poll() is None and len(found) < 8:
        stopped()
        time.sleep(0.0005)
    assert process.wait() == 0
    return found


def torn(place: Path, before: bytes, chance: random.Random) -> None:
    log = place / "jifen.db-wal"
    if log.exists() and (place / "jifen.db").read_bytes() == before:
        content = log.read_bytes()
        end = chance.randrange(len(content) + 1)
        log.write_bytes(content[:end] + bytes(chance.randrange(0, 5_000)))


def test_a_power_cut_leaves_the_state_before_or_after_and_the_next_run_works(jifen, workspace, sheet, tmp_path):
    assert jifen("-w", workspace, "run", "2023-01", "--from", sheet("双公示异议", {**CASE, "月份": "2023-01"}, folder="old")).status == 0
    path = sheet("双公示异议", *({**CASE, "编号": str(number)} for number in range(FACTS)))
    before = (workspace / "jifen.db").read_bytes()
    run = ["run", "2023-04", "--from", path, "--no-notices"]
    places = cut(workspace, tmp_path, run)
    assert len(places) > 1
    chance = random.Random(2023)
    for number, place in enumerate(places):
        if number % 2:
            torn(place, before, chance)
        database = sqlite3.connect(place / "jifen.db")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (entries,) = database.execute("SELECT count(*) FROM ledger_entry WHERE rule = 'D04'").fetchone()
        (facts,) = database.execute("SELECT count(*) FROM fact_version").fetchone()
        database.close()
        assert (entries, facts) in ((1, 1), (FACTS + 1, FACTS + 1))
        assert jifen("-w", place, "verify").status == 0
    for place in (places[0], places[-1]):
        assert jifen("-w", place, *run).status == 0
        assert len(jifen("-w", place, "ledger", "--rule", "D04", "--format", "json").json) == FACTS + 1
