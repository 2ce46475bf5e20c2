"""Kills real commands at random moments, and proves each time that all of it happened or nothing (`make torture`).

    python -m tests.torture.kill        TORTURE_MOMENTS (200) and TORTURE_SEED from the environment

Every command is first run undisturbed, which gives its duration and what its workspace comes to: the twin. Then copies
of the workspace that it started from are killed by SIGKILL at random moments of that duration; every fourth within some
milliseconds of its first write into the database's log, as a commit is too short to be hit by chance. After each kill the
database must hold the state before or the state after, table by table, and be whole; the same command must then just
work, or say that it is done already; the proof of the ledger must hold; and the workspace must come to what the twin is.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.processes import command, environment

MONTH = "2023-03"
# Two hosts' clocks differ, and so do two runs': what is compared leaves out when it was done and what digests that.
_LEFT_OUT = {"at", "digest", "facts", "content"}


@dataclass(frozen=True)
class Act:
    """A command to kill: its arguments on a workspace, and what a second try may say when the first was through."""

    name: str
    begins: str  # the prepared workspace that it starts from
    arguments: Callable[[Path], list[object]]
    done_already: str = ""


def acts(inbox: Path) -> list[Act]:
    month = inbox / MONTH
    return [
        Act("run --from", "two months", lambda _: ["run", MONTH, "--from", month]),
        Act("import", "two months", lambda _: ["import", month]),
        Act("close", "closed", lambda _: ["close", "2023-02"], "已于"),
        Act("correct", "to correct", lambda _: ["correct", "2023-01", "--reason", "重复报送"]),
        Act("withdraw", "two months", lambda _: ["withdraw", "--import", 2, "--reason", "误报"], "已经撤回"),
        Act("backup", "two months", lambda folder: ["backup", folder / "backup.zip"], "已存在"),
    ]


def jifen(folder: Path, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(command("-w", folder, *arguments), capture_output=True, text=True, env=environment())


def prepared(folder: Path) -> dict[str, Path]:
    """The workspaces that commands start from: two months scored; the first of them closed; and its facts taken back."""
    places = {name: folder / name for name in ("two months", "closed", "to correct")}
    first = places["two months"]
    _must(jifen(folder, "init", first, "--demo"))
    for month in ("2023-01", "2023-02"):
        _must(jifen(first, "run", month, "--from", first / "inbox" / month))
    shutil.move(first / "inbox", folder / "inbox")
    shutil.copytree(first, places["closed"])
    _must(jifen(places["closed"], "close", "2023-01"))
    shutil.copytree(places["closed"], places["to correct"])
    _must(jifen(places["to correct"], "withdraw", "--import", 1, "--reason", "重复报送"))
    return places


def _must(ended: subprocess.CompletedProcess) -> None:
    if ended.returncode != 0:
        raise SystemExit(f"exit {ended.returncode}: {ended.args}\n{ended.stdout}{ended.stderr}")


def state(folder: Path) -> str:
    """A digest over every row of every table, but for the times of acts. Raises where the database is not whole."""
    database = sqlite3.connect(folder / "jifen.db")
    try:
        (whole,) = database.execute("PRAGMA integrity_check").fetchone()
        if whole != "ok":
            raise AssertionError(f"the database is damaged: {whole}")
        digest = hashlib.sha256()
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (table,) in tables:
            rows = database.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            columns = [column[0] for column in rows.description]
            for row in rows:
                kept = [value for name, value in zip(columns, row, strict=True) if name not in _LEFT_OUT]
                digest.update(json.dumps([table, kept], ensure_ascii=False).encode())
        return digest.hexdigest()
    finally:
        database.close()


@dataclass(frozen=True)
class Undisturbed:
    before: str
    after: str
    seconds: float


def undisturbed(act: Act, start: Path, folder: Path) -> Undisturbed:
    twin = folder / "twin"
    shutil.copytree(start, twin)
    before, began = state(twin), time.monotonic()
    _must(jifen(twin, *act.arguments(twin)))
    found = Undisturbed(before, state(twin), time.monotonic() - began)
    shutil.rmtree(twin)
    return found


@dataclass(frozen=True)
class Moment:
    """So many seconds after the start of a command, or after it began to write into the log."""

    after: float
    writing: bool = False

    def wait(self, process: subprocess.Popen, place: Path) -> None:
        while self.writing and process.poll() is None and not written(place):
            time.sleep(0.0002)
        time.sleep(self.after)

    def __str__(self) -> str:
        return f"{self.after:.4f} s after {'its first write' if self.writing else 'its start'}"


def written(place: Path) -> bool:
    log = place / "jifen.db-wal"
    return log.exists() and log.stat().st_size > 0


def killed(act: Act, start: Path, folder: Path, twin: Undisturbed, moment: Moment) -> str:
    """Kills a command, and says where that fell. Raises AssertionError where anything is amiss."""
    place = folder / "killed"
    shutil.copytree(start, place)
    process = subprocess.Popen(
        command("-w", place, *act.arguments(place)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
    )
    moment.wait(process, place)
    process.send_signal(signal.SIGKILL)
    ended = process.wait() == 0
    holding, wrote = (place / "jifen.db.holder").exists(), written(place)
    halves = any(place.rglob(".*.new"))
    found = state(place)
    assert found in (twin.before, twin.after), "neither the state before nor that after"
    if found == twin.after != twin.before:
        where = "after it had ended" if ended else "after the commit"
    elif ended:
        where = "after it had ended"
    else:
        where = "during the commit" if wrote else "while it held the workspace" if holding else "before it wrote"
    if not ended and halves:
        where += ", with a half file left"
    backup = place / "backup.zip"
    whole = backup.exists()
    again = jifen(place, *act.arguments(place))
    through = found == twin.after != twin.before or whole
    allowed = through and act.done_already and act.done_already in again.stderr
    assert again.returncode == 0 or allowed, f"the next command: {again.returncode} {again.stderr}"
    assert state(place) == twin.after, "the next command did not come to what the twin is"
    if act.name == "backup":
        _must(jifen(folder, "restore", backup, place / "restored"))
    proof = jifen(place, "verify")
    assert proof.returncode == 0, proof.stdout + proof.stderr
    shutil.rmtree(place)
    return where


def main() -> int:
    moments = int(os.environ.get("TORTURE_MOMENTS", "200"))
    seed = int(os.environ.get("TORTURE_SEED", "2023"))
    chance = random.Random(seed)
    print(f"{moments} moments, seed {seed} (TORTURE_MOMENTS, TORTURE_SEED)", flush=True)
    failures = 0
    with tempfile.TemporaryDirectory(prefix="jifen-torture-") as name:
        folder = Path(name)
        places = prepared(folder)
        own = acts(folder / "inbox")
        for number, act in enumerate(own):
            twin = undisturbed(act, places[act.begins], folder)
            fell: Counter[str] = Counter()
            for turn in range(moments // len(own) + (number < moments % len(own))):
                moment = Moment(chance.uniform(0.1, 1.05) * twin.seconds)  # before that Python itself is starting
                if turn % 4 == 3 and twin.before != twin.after:
                    moment = Moment(chance.uniform(0, 0.005), writing=True)
                try:
                    fell[killed(act, places[act.begins], folder, twin, moment)] += 1
                except AssertionError as error:
                    failures += 1
                    print(f"{act.name}, killed {moment}: {error}")
                    shutil.rmtree(folder / "killed")
            print(f"{act.name} ({twin.seconds:.2f} s): {sum(fell.values())} killed", flush=True)
            for where, count in sorted(fell.items()):
                print(f"  {count:3} {where}", flush=True)
    print("nothing lost, nothing doubled" if not failures else f"{failures} moments went wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
