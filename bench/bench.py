"""Timings of what an operator waits for, and ratios against the bare libraries on the same work (`make bench`).

Whole processes, medians of several runs in turn; the start of the process counts on both sides.
"""

import csv
import datetime
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JIFEN = str(Path(sys.executable).parent / "jifen")
MONTH = "2023-04"
FACTS = 40_000
RECORDS = 100_000
YEAR_MORE = 1_700  # facts beside those of the sample year, to make 10,000
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
        intake(scratch)
        records(scratch)
        reasons(scratch)
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
    drawn = [timed(JIFEN, "-w", workspace, "notices", MONTH) for _ in range(RUNS)]
    bare = [timed(JIFEN, "-w", workspace, "standings", MONTH) for _ in range(RUNS)]
    pages = sum(1 for _ in (workspace / "notices" / MONTH).rglob("*.html"))
    ratio = statistics.median(one / two for one, two in zip(drawn, bare, strict=True))
    print(f"notices {MONTH}, {pages} pages: {statistics.median(drawn):.2f} s; ratio to standings, which draws none, {ratio:.1f}")
    reasons = [timed(JIFEN, "-w", workspace, "why", "市教育局", MONTH) for _ in range(RUNS)]
    ratio = statistics.median(one / two for one, two in zip(reasons, bare, strict=True))
    print(f"why, a unit's {MONTH}: {statistics.median(reasons):.2f} s; ratio to standings {ratio:.1f}")
    helps = [timed(JIFEN, "--help") for _ in range(RUNS)]
    print(f"jifen --help: {statistics.median(helps):.2f} s")


def many(scratch: Path) -> None:
    """40,000 facts in one month: `run --no-notices` against bare durable-rules and bare inserts, and against no obligations."""
    workspace = scratch / "many"
    timed(JIFEN, "init", workspace)
    write_events(scratch / "events", workspace)
    took = timed(JIFEN, "-w", workspace, "import", scratch / "events")
    print(f"import of {FACTS} facts: {took:.1f} s")
    pristine = scratch / "pristine"
    shutil.copytree(workspace, pristine)
    unjudged = scratch / "unjudged"
    shutil.copytree(workspace, unjudged)
    for tasks in (unjudged / "rulesets").glob("*/obligations.yaml"):
        tasks.write_text("obligations: []\n", encoding="utf-8")
    ours, plain, bunched, scored = [], [], [], []
    for number in range(RUNS):
        shutil.rmtree(workspace)
        shutil.copytree(pristine, workspace)
        bare = (sys.executable, ROOT / "bench" / "bare.py", pristine, MONTH)
        ours.append(timed(JIFEN, "-w", workspace, "run", MONTH, "--no-notices"))
        plain.append(timed(*bare, scratch / f"plain{number}.db"))
        bunched.append(timed(*bare, scratch / f"bunched{number}.db", "1000"))
        shutil.rmtree(workspace)
        shutil.copytree(unjudged, workspace)
        scored.append(timed(JIFEN, "-w", workspace, "run", MONTH, "--no-notices"))
    print(f"{FACTS} facts in one month, run --no-notices: {statistics.median(ours):.2f} s")
    for name, other in (("plain", plain), ("in bunches of 1000", bunched)):
        ratio = statistics.median(one / two for one, two in zip(ours, other, strict=True))
        print(f"  bare durable-rules, {name}, and bare inserts: {statistics.median(other):.2f} s; ratio {ratio:.2f}")
    ratio = statistics.median(one / two for one, two in zip(ours, scored, strict=True))
    print(f"  without obligations: {statistics.median(scored):.2f} s; ratio {ratio:.2f}")


def intake(scratch: Path) -> None:
    """40,000 event rows: `import` against reading the csv and filling a bare SQLite table."""
    workspace, file = scratch / "rows", scratch / "rows in" / "宣传稿件.csv"
    timed(JIFEN, "init", workspace)
    units = units_of(workspace)
    rows = ([units[number % 55], MONTH, f"{number:06d}", "标题"] for number in range(FACTS))
    write_csv(file, ["单位", "月份", "编号", "标题"], rows)
    pristine = scratch / "rows pristine"
    shutil.copytree(workspace, pristine)
    ours, bare = [], []
    for number in range(RUNS):
        shutil.rmtree(workspace)
        shutil.copytree(pristine, workspace)
        ours.append(timed(JIFEN, "-w", workspace, "import", file))
        bare.append(timed(sys.executable, ROOT / "bench" / "fill.py", file, scratch / f"fill{number}.db"))
    ratio = statistics.median(one / two for one, two in zip(ours, bare, strict=True))
    print(f"import of {FACTS} event rows: {statistics.median(ours):.2f} s; bare: {statistics.median(bare):.2f} s; ratio {ratio:.1f}")


def records(scratch: Path) -> None:
    """100,000 single records from file to posted month, as csv and as a workbook."""
    import xlsxwriter

    columns = ["单位", "文号", "类型", "相对人", "统一社会信用代码", "决定日期", "上报日期", "合规"]
    workspace = scratch / "records"
    timed(JIFEN, "init", workspace)
    rows = list(single_records(units_of(workspace)))
    file = scratch / "records in" / "双公示记录.csv"
    write_csv(file, columns, rows)
    took = timed(JIFEN, "-w", workspace, "run", MONTH, "--from", file, "--no-notices")
    print(f"{RECORDS} single records, csv to posted month: {took:.1f} s")
    book = scratch / "records.xlsx"
    with xlsxwriter.Workbook(book, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("双公示记录")
        for number, row in enumerate([columns, *rows]):
            sheet.write_row(number, 0, row)
    other = scratch / "records by workbook"
    timed(JIFEN, "init", other)
    print(f"{RECORDS} single records, import of a workbook: {timed(JIFEN, '-w', other, 'import', book):.1f} s")


def reasons(scratch: Path) -> None:
    """A posted year of 10,000 facts: why, advise, and the impact of other rules against scoring that year."""
    workspace, inbox = scratch / "year", scratch / "year in"
    timed(JIFEN, "init", workspace, "--demo")
    units = units_of(workspace)
    write_csv(inbox / "宣传稿件.csv", ["单位", "月份", "编号", "标题"], (
        [units[number % 55], f"2023-{number % 12 + 1:02d}", f"{number:06d}", "标题"] for number in range(YEAR_MORE)
    ))  # fmt: skip
    timed(JIFEN, "-w", workspace, "import", inbox)
    for month in (f"2023-{number:02d}" for number in range(1, 13)):
        timed(JIFEN, "-w", workspace, "run", month, "--from", workspace / "inbox" / month, "--no-notices")
    other = scratch / "other" / "changzhi-2023"
    shutil.copytree(workspace / "rulesets" / other.name, other)
    rules = other / "departments.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("points: -3\n", "points: -5\n", 1), encoding="utf-8")
    counted = subprocess.run([JIFEN, "-w", workspace, "facts", "--json"], check=True, capture_output=True, text=True)
    print(f"a posted year of {len(json.loads(counted.stdout))} facts:")
    for words in (("why", units[0], "2023-12"), ("advise", units[0]), ("rules", "check"), ("rules", "test")):
        took = [timed(JIFEN, "-w", workspace, *words) for _ in range(RUNS)]
        print(f"  {' '.join(words)}: {statistics.median(took):.2f} s")
    ours, scored = [], []
    for _ in range(RUNS):
        ours.append(timed(JIFEN, "-w", workspace, "rules", "impact", other))
        scored.append(timed(sys.executable, ROOT / "bench" / "score.py", workspace))
    ratio = statistics.median(one / two for one, two in zip(ours, scored, strict=True))
    print(f"  rules impact: {statistics.median(ours):.2f} s; scoring the year: {statistics.median(scored):.2f} s; ratio {ratio:.2f}")


def single_records(units: list[str]) -> Iterator[list[str]]:
    from stdnum.cn import uscc

    codes = [f"9114{number:013d}" for number in range(10_000_000, 10_003_000)]
    codes = [code + uscc.calc_check_digit(code) for code in codes]
    first = datetime.date(2023, 4, 1)
    for number in range(RECORDS):
        decided = first + datetime.timedelta(number % 30)
        reported = decided + datetime.timedelta(number * 7 % 16)
        yield [units[number % 55], f"长许字〔2023〕{number}号", ("行政许可", "行政处罚")[number % 2], f"企业{number}",
               codes[number % len(codes)], decided.isoformat(), reported.isoformat() if number % 50 else "",
               "是" if number % 20 else "否"]  # fmt: skip


def write_csv(file: Path, columns: list[str], rows: Iterable[list[str]]) -> None:
    file.parent.mkdir()
    with open(file, "w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(columns)
        writer.writerows(rows)


def units_of(workspace: Path) -> list[str]:
    sys.path.insert(0, str(ROOT))
    from engine.workspace import Workspace

    return list(Workspace.open(workspace).ruleset.units)


def write_events(folder: Path, workspace: Path) -> None:
    units = units_of(workspace)
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
