"""Timings of what an operator waits for, and ratios against the bare libraries on the same work (`make bench`).

Whole processes, medians of several runs in turn; the start of the process counts on both sides.
"""

import csv
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JIFEN = str(Path(sys.executable).parent / "jifen")
MONTH = "2023-04"
FACTS = 40_000
RUNS = 5


def timed(*command: str | Path) -> float:
    started = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        demo(scratch)
        many(scratch)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak memory of any process: {peak} MB")


def demo(scratch: Path) -> None:
    """The demo's way, and one month's run with all notices."""
    workspace = scratch / "demo"
    whole = timed(JIFEN, "init", workspace, "--demo")
    for month in ("01", "02", "03"):
        whole += timed(JIFEN, "-w", workspace, "run", f"2023-{month}", "--from", workspace / "inbox" / f"2023-{month}")
    last = timed(JIFEN, "-w", workspace, "run", MONTH, "--from", workspace / "inbox" / MONTH)
    print(f"demo, January to April: {whole + last:.1f} s; April with import and all notices: {last:.1f} s")
    helps = [timed(JIFEN, "--help") for _ in range(RUNS)]
    print(f"jifen --help: {statistics.median(helps):.2f} s")


def many(scratch: Path) -> None:
    """40,000 facts in one month: `run --no-notices` against bare durable-rules and bare inserts."""
    workspace = scratch / "many"
    timed(JIFEN, "init", workspace)
    write_events(scratch / "events", workspace)
    took = timed(JIFEN, "-w", workspace, "import", scratch / "events")
    print(f"import of {FACTS} facts: {took:.1f} s")
    pristine = scratch / "pristine"
    shutil.copytree(workspace, pristine)
    ours, plain, bunched = [], [], []
    for number in range(RUNS):
        shutil.rmtree(workspace)
        shutil.copytree(pristine, workspace)
        bare = (sys.executable, ROOT / "bench" / "bare.py", pristine, MONTH)
        ours.append(timed(JIFEN, "-w", workspace, "run", MONTH, "--no-notices"))
        plain.append(timed(*bare, scratch / f"plain{number}.db"))
        bunched.append(timed(*bare, scratch / f"bunched{number}.db", "1000"))
    print(f"{FACTS} facts in one month, run --no-notices: {statistics.median(ours):.2f} s")
    for name, other in (("plain", plain), ("in bunches of 1000", bunched)):
        ratio = statistics.median(one / two for one, two in zip(ours, other, strict=True))
        print(f"  bare durable-rules, {name}, and bare inserts: {statistics.median(other):.2f} s; ratio {ratio:.2f}")


def write_events(folder: Path, workspace: Path) -> None:
    sys.path.insert(0, str(ROOT))
    from engine.workspace import Workspace

    units = list(Workspace.open(workspace).ruleset.units)
    folder.mkdir()
    kinds = ("失信惩戒案例", "宣传稿件", "舆情处置")
    for place, kind in enumerate(kinds):
        with open(folder / f"{kind}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            titled = kind == "宣传稿件"
            writer.writerow(["单位", "月份", "编号", *(["标题"] if titled else [])])
            for number in range(place, FACTS, len(kinds)):
                writer.writerow([units[number % 55], MONTH, f"{number:06d}", *(["标题"] if titled else [])])


if __name__ == "__main__":
    main()
