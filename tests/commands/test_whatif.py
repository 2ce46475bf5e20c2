"""What supposed facts would do is what they do when they come in; and supposing them leaves no trace."""

import csv
import hashlib
import json
import shutil

import pytest

from tests.annual import quietly
from tests.oracle import random_year

MONTHS = ("2023-01", "2023-02", "2023-03")
SILENT, CAPPED, LISTED = "市税务局", "潞州区", "沁源县"
FACTS = {
    "信用修复": [{"单位": CAPPED, "月份": month, "条数": count} for month, count in zip(MONTHS, (12, 3, 4))],
    "顶层文件落实": [{"单位": SILENT, "文件": 2, "月份": "2023-01", "方式": "转发"}],
    "行政管理信息": [{"单位": CAPPED, "月份": "2023-02", "类别": "行政确认", "报送数": 3, "合规数": 1}],
    "严重失信主体": [{"单位": LISTED, "主体": "某镇政府", "起始月份": "2023-01", "终止月份": ""}],
}  # fmt: skip
# A unit, a month, what is supposed of it, and how the same comes in by a file or is taken back.
CASES = {
    "a yearly cap, which takes from the months after": (
        CAPPED, "2023-02", ["--fact", "信用修复:条数=7"], ("信用修复", {"单位": CAPPED, "月份": "2023-02", "条数": 7}), None,
    ),
    "the best of the year, which pays the difference": (
        SILENT, "2023-03", ["--fact", "顶层文件落实：文件＝2，方式＝细化并落实"],
        ("顶层文件落实", {"单位": SILENT, "文件": 2, "月份": "2023-03", "方式": "细化并落实"}), None,
    ),
    "the end of an absence": (
        SILENT, "2023-02", ["--fact", "特定信用信息:类别=纳税,报送数=3,合规数=2"],
        ("特定信用信息", {"单位": SILENT, "月份": "2023-02", "类别": "纳税", "报送数": 3, "合规数": 2}), None,
    ),
    "one field of a fact": (
        CAPPED, "2023-02", ["--fact", "行政管理信息:类别=行政确认,合规数=2"],
        ("行政管理信息", {"单位": CAPPED, "月份": "2023-02", "类别": "行政确认", "报送数": 3, "合规数": 2}), None,
    ),
    "the end of a state that began before": (
        LISTED, "2023-02", ["--fact", "严重失信主体:主体=某镇政府,终止月份=2023-03"],
        ("严重失信主体", {"单位": LISTED, "主体": "某镇政府", "起始月份": "2023-01", "终止月份": "2023-03"}), None,
    ),
    "a state that is taken back": (
        LISTED, "2023-01", ["--without", "严重失信主体:某镇政府"], None, ("严重失信主体", LISTED, "某镇政府", "2023-01"),
    ),
    "a month's report that is taken back": (CAPPED, "2023-01", ["--without", "信用修复"], None, ("信用修复", CAPPED, "2023-01")),
}  # fmt: skip


def write(folder, kind, rows):
    with open(folder / f"{kind}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / f"{kind}.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("supposed")
    (root / "in").mkdir()
    for kind, rows in FACTS.items():
        write(root / "in", kind, rows)
    quietly("init", root / "w")
    quietly("-w", root / "w", "import", root / "in")
    for month in MONTHS:
        quietly("-w", root / "w", "run", month, "--no-notices")
    return root / "w"


def told(points):
    return int(points.replace(".", ""))


def sums(workspace):
    """What every rule gave, by unit, month and rule; what cancels out is left out."""
    found = {}
    for one in json.loads(quietly("-w", workspace, "ledger", "--json")):
        about = one["unit"], one["period"], one["rule"]
        found[about] = found.get(about, 0) + told(one["points"])
    return {about: points for about, points in found.items() if points}


def really(workspace, month, unit):
    """Everything that whatif tells of, as the commands tell it of what stands."""
    standings = {one["unit"]: one for one in json.loads(quietly("-w", workspace, "standings", month, "--json"))}
    tasks = json.loads(quietly("-w", workspace, "tasks", month, "--unit", unit, "--json"))
    year = json.loads(quietly("-w", workspace, "annual", "2023", "--provisional", "--json"))
    return standings, {one["task"]: one["status"] for one in tasks}, {one["unit"]: one["grade"] for one in year["units"]}


def holds(found, before, after, workspaces):
    unit, month = found["unit"], found["month"]
    for side, (standings, tasks, grades) in (("before", before), ("after", after)):
        for one in ("month_points", "month_rank", "total_points", "total_rank"):
            assert found[one][side] == standings[unit][one]
            assert all(other[one][side] == standings[other["unit"]][one] for other in found["others"])
        assert all(tasks[one["task"]] == one[side] for one in found["tasks"])
        assert found["grade"][side] == grades[unit]
    (was, stood, _), (now, stand, _) = before, after
    assert {other["unit"] for other in found["others"]} == {one for one in was if one != unit and was[one] != now[one]}
    assert {one["task"] for one in found["tasks"]} == {task for task in stand if stood[task] != stand[task]}
    moves = {(unit, month, one["rule"]): (told(one["before"]), told(one["after"])) for one in found["rules"]}
    moves |= {(one["unit"], one["month"], one["rule"]): (told(one["before"]), told(one["after"])) for one in found["elsewhere"]}
    had, has = map(sums, workspaces)
    moved = {about for about in {*had, *has} if had.get(about, 0) != has.get(about, 0)}
    assert {move: pair for move, pair in moves.items() if pair[0] != pair[1]} == {
        about: (had.get(about, 0), has.get(about, 0)) for about in moved
    }


@pytest.mark.parametrize("case", CASES)
def test_what_is_supposed_is_what_comes_of_it(jifen, folder, tmp_path, case):
    unit, month, supposed, brought, gone = CASES[case]
    asked = jifen("-w", folder, "whatif", unit, month, *supposed, "--json")
    assert asked.status == 0, asked.err
    assert asked.json["posted"] and asked.json["rules"] and asked.json["facts"]
    changed = shutil.copytree(folder, tmp_path / "w")
    if brought:
        quietly("-w", changed, "import", write(tmp_path, brought[0], [brought[1]]))
    else:
        quietly("-w", changed, "withdraw", *gone, "--reason", "误报")
    for each in MONTHS:
        quietly("-w", changed, "run", each, "--no-notices")
    found = asked.json
    holds(found, *(really(one, month, found["unit"]) for one in (folder, changed)), (folder, changed))


def test_a_years_workbook_is_supposed_as_it_comes_in_and_nothing_is_stored(jifen, folder, tmp_path):
    rows = [row for row in random_year(7, 300) if row.get("单位") not in (CAPPED, SILENT, LISTED) and row["fact"] not in ("双公示记录", "积分核对")]
    file = tmp_path / "year.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    before = hashlib.sha256((folder / "jifen.db").read_bytes()).digest()
    asked = jifen("-w", folder, "whatif", CAPPED, "2023-02", "--from", file, "--json")
    assert asked.status == 0, asked.err
    assert hashlib.sha256((folder / "jifen.db").read_bytes()).digest() == before
    changed = shutil.copytree(folder, tmp_path / "w")
    quietly("-w", changed, "import", file)
    for each in MONTHS:
        quietly("-w", changed, "run", each, "--no-notices")
    assert len({one["unit"] for one in asked.json["elsewhere"]}) > 5
    holds(asked.json, *(really(one, "2023-02", CAPPED) for one in (folder, changed)), (folder, changed))


def test_a_month_that_is_not_posted_is_shown_by_its_facts_so_far(jifen, folder, tmp_path):
    asked = jifen("-w", folder, "whatif", SILENT, "2023-04", "--fact", "特定信用信息:类别=纳税,报送数=2,合规数=2", "--json").json
    assert not asked["posted"] and asked["month_points"] == {"before": "-5.00", "after": "5.00"}
    assert "尚未计分" in jifen("-w", folder, "whatif", SILENT, "2023-04", "--fact", "信用修复:条数=1").out
    changed = shutil.copytree(folder, tmp_path / "w")
    row = {"单位": SILENT, "月份": "2023-04", "类别": "纳税", "报送数": 2, "合规数": 2}
    quietly("-w", changed, "run", "2023-04", "--from", write(tmp_path, "特定信用信息", [row]), "--no-notices")
    standings, _, _ = really(changed, "2023-04", SILENT)
    assert all(asked[one]["after"] == standings[SILENT][one] for one in ("month_points", "month_rank", "total_points", "total_rank"))


def test_a_closed_month_needs_a_correction_and_says_so(jifen, folder, tmp_path):
    changed = shutil.copytree(folder, tmp_path / "w")
    quietly("-w", changed, "close", "2023-01")
    asked = ("-w", changed, "whatif", CAPPED, "2023-01", "--without", "信用修复")
    assert jifen(*asked, "--json").json["closed"] == ["2023-01"]
    assert "jifen correct 2023-01" in jifen(*asked).out


def test_what_was_brought_and_not_scored_is_told_apart_from_what_is_supposed(jifen, folder, tmp_path):
    changed = shutil.copytree(folder, tmp_path / "w")
    quietly("-w", changed, "import", write(tmp_path, "典型经验", [{"单位": CAPPED, "月份": "2023-03", "名称": "联审"}]))
    asked = ("-w", changed, "whatif", CAPPED, "2023-03", "--fact", "信用修复:条数=1")
    found = jifen(*asked, "--json").json
    assert found["behind"] and found["month_points"] == {"before": "4.00", "after": "1.00"}
    assert "另有尚未计分的改动" in jifen(*asked).out


def test_every_fault_is_as_jsonat_once_with_the_word_that_was_meant(jifen, folder):
    facts = ("行政管理信:类别=行政确认", "行政管理信息:类别=行政确,报送=3", "信用修复:三", "信用修复:条数=1,条数=2", "行政管理信息:类别=行政给付,报送数=1,合规数=2")
    asked = jifen("-w", folder, "whatif", CAPPED, "2023-03", *(part for fact in facts for part in ("--fact", fact)))
    assert asked.status == 1 and not asked.out
    for word in ("“行政管理信息”", "“行政确认”", "“报送数”", "读不出", "写了两次", "应满足 合规数 <= 报送数"):
        assert word in asked.err
    assert "没有推算" in asked.err
    as_json = jifen("-w", folder, "whatif", CAPPED, "2023-03", "--fact", "信用修复:条=1", "--json")
    assert [one["code"] for one in as_json.json["faults"]] == ["unknown-field"] and as_json.status == 1
    gone = jifen("-w", folder, "whatif", CAPPED, "2023-03", "--without", "信用修复:2023-09,一,二")
    assert (gone.status, "无须再写" in gone.err) == (1, True)
    assert jifen("-w", folder, "whatif", CAPPED, "2023-03").status == 2


def test_a_fact_that_nothing_reads_is_told(jifen, folder):
    asked = jifen("-w", folder, "whatif", SILENT, "2023-03", "--fact", "平台网站建设:项目=网站")
    assert asked.status == 0 and "没有用于计分" in asked.err and "各条规则都不变" in asked.out


def test_a_veto_in_the_year_s_last_month_is_the_grade_that_the_year_gives(jifen, scored):
    units = jifen("-w", scored, "annual", "2023", "--provisional", "--json").json["units"]
    best = next(one["unit"] for one in units if one["grade"] == "优秀")
    told = jifen("-w", scored, "whatif", best, "2023-12", "--fact", "拖欠账款:主体=某公司", "--json").json["grade"]
    assert (told["before"], told["after"], told["vetoes_after"]) == ("优秀", "不合格", ["D30"])
