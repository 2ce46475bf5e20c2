"""Units renamed, merged and founded in mid-year, from the command line: edited in July with January to June issued."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.notices.tasks import LEDGER

OLD, NEW = "市信访局", "市信访工作局"
_ROW = "  - {name: 市信访局, full_name: 长治市信访局, category: 部门, groups: [联席会议]}\n"


def edited(workspace: Path, file: str, old: str, new: str, name: str = "changzhi-2023") -> None:
    path = workspace / "rulesets" / name / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rename(workspace: Path) -> None:
    ended = _ROW.replace("]}\n", f"], to: 2023-06, becomes: {NEW}}}\n")
    begun = f"  - {{name: {NEW}, full_name: 中共长治市委信访工作局, category: 部门, from: 2023-07}}\n"
    edited(workspace, "units.yaml", _ROW, ended + begun)


def merge(workspace: Path) -> None:
    path = workspace / "rulesets" / "changzhi-2023" / "units.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        if "name: 市信访局" in line or "name: 市民宗局" in line:
            lines[place] = line[:-1] + ", to: 2023-06, becomes: 市社会工作部}"
    lines += ["  - {name: 市社会工作部, full_name: 中共长治市委社会工作部, category: 部门, from: 2023-07}",
              "  - {name: 市数据局, full_name: 长治市数据局, category: 部门, from: 2023-07}"]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def typical(sheet, unit: str, month: str, name: str = "某案例", folder: str = "in"):
    return sheet("典型经验", {"单位": unit, "月份": month, "名称": name}, folder=folder)


def run(jifen, workspace: Path, month: str, *more: object):
    done = jifen("-w", workspace, "run", month, "--no-notices", *more)
    assert done.status == 0, done.err
    return done


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """Where the first test keeps its half year for the others."""
    return tmp_path_factory.mktemp("kept") / "half"


@pytest.fixture
def half(jifen, workspace, sheet, kept) -> Path:
    """A workspace with January to June scored and issued."""
    if kept.exists():
        shutil.rmtree(workspace)
        return shutil.copytree(kept, workspace)
    listed = sheet("拖欠账款", {"单位": OLD, "主体": "某中心", "起始月份": "2023-03", "终止月份": ""}, folder="state")
    told = typical(sheet, OLD, "2023-02")
    assert jifen("-w", workspace, "import", listed, told).status == 0
    for number in range(1, 7):
        run(jifen, workspace, f"2023-{number:02d}")
        assert jifen("-w", workspace, "close", f"2023-{number:02d}").status == 0
    shutil.copytree(workspace, kept)
    return workspace


def standing(jifen, workspace: Path, month: str) -> dict[str, dict]:
    return {row["unit"]: row for row in jifen("-w", workspace, "standings", month, "--json").json}


def points(jifen, workspace: Path, month: str) -> list[tuple]:
    return [(row["unit"], row["rule"], row["points"]) for row in jifen("-w", workspace, "ledger", "--month", month, "--json").json]


def test_a_rename_in_july_leaves_issued_months_and_goes_on_under_the_new_name(jifen, half, sheet):
    june = standing(jifen, half, "2023-06")
    before = points(jifen, half, "2023-06")
    rename(half)
    told = typical(sheet, OLD, "2023-07", "又一案例", "july")
    done = jifen("-w", half, "run", "2023-07", "--from", told)
    assert done.status == 0 and "renamed-unit" in done.err and NEW in done.err
    assert standing(jifen, half, "2023-06") == june and points(jifen, half, "2023-06") == before
    july = standing(jifen, half, "2023-07")
    assert OLD not in july and july[NEW]["formerly"] == [OLD]
    gained = {rule: amount for unit, rule, amount in points(jifen, half, "2023-07") if unit == NEW}
    assert float(july[NEW]["total_points"]) == float(june[OLD]["total_points"]) + sum(map(float, gained.values()))
    assert any(amount.startswith("-") for amount in gained.values())  # the state goes on
    statement = (half / "notices" / "2023-07" / "得分单" / f"{NEW}.html").read_text(encoding="utf-8")
    monthly = (half / "notices" / "2023-07" / "月度通报.html").read_text(encoding="utf-8")
    assert f"（含原{OLD}的积分）" in statement and f"（含原{OLD}的积分）" in monthly
    assert "6月" in statement and not (half / "notices" / "2023-07" / "得分单" / f"{OLD}.html").exists()
    tasks = {row["unit"] for row in jifen("-w", half, "tasks", "2023-07", "--json").json}
    assert NEW in tasks and OLD not in tasks
    assert jifen("-w", half, "verify").status == 0


def test_an_earlier_month_is_corrected_after_the_rename_under_either_name(jifen, half, sheet):
    rename(half)
    run(jifen, half, "2023-07")
    late = typical(sheet, NEW, "2023-05", "补报", "late")
    imported = jifen("-w", half, "import", late, "--correction", "补报")
    assert imported.status == 0 and f"归“{OLD}”" in imported.err
    assert jifen("-w", half, "correct", "2023-05", "--reason", "补报").status == 0
    assert {unit for unit, rule, _ in points(jifen, half, "2023-05") if rule == "D24"} <= {OLD}
    assert OLD in {unit for unit, _, _ in points(jifen, half, "2023-05")}
    assert NEW not in {unit for unit, _, _ in points(jifen, half, "2023-05")}
    assert jifen("-w", half, "verify").status == 0


def test_the_same_fact_under_both_names_is_refused(jifen, half, sheet):
    rename(half)
    assert jifen("-w", half, "import", typical(sheet, OLD, "2023-07", folder="a")).status == 0
    again = jifen("-w", half, "import", typical(sheet, NEW, "2023-07", folder="b"))
    assert again.status == 1 and "told-twice" in again.err and OLD in again.err
    spell = sheet("拖欠账款", {"单位": NEW, "主体": "某中心", "起始月份": "2023-08", "终止月份": ""}, folder="c")
    assert "overlap" in jifen("-w", half, "import", spell).err


def test_a_merger_takes_the_mean_and_names_its_predecessors_at_fault(jifen, half, sheet):
    june = standing(jifen, half, "2023-06")
    merge(half)
    run(jifen, half, "2023-07")
    july = standing(jifen, half, "2023-07")
    merged = july["市社会工作部"]
    assert merged["formerly"] == ["市信访局", "市民宗局"] and "formerly" not in july["市数据局"]
    mean = (float(june["市信访局"]["total_points"]) + float(june["市民宗局"]["total_points"])) / 2
    assert float(merged["total_points"]) - float(merged["month_points"]) == pytest.approx(mean, abs=0.03)
    assert july["市数据局"]["total_points"] == july["市数据局"]["month_points"]
    wrong = jifen("-w", half, "import", typical(sheet, "市社会工作部", "2023-05"), "--correction", "补报")
    assert wrong.status == 1 and "not-there" in wrong.err and "市信访局、市民宗局" in wrong.err
    early = jifen("-w", half, "import", typical(sheet, "市数据局", "2023-05", folder="early"), "--correction", "补报")
    assert early.status == 1 and "自 2023-07 起才有" in early.err
    assert jifen("-w", half, "verify").status == 0


def test_a_setting_changed_in_july_makes_no_earlier_month_different(jifen, half, sheet):
    pages = jifen("-w", half, "notices", "2023-06", "--json").json["notices"]
    before = {path: Path(path).read_bytes() for path in pages}
    edited(half, "ruleset.yaml", "特定信息共享分: {2023-01: {value: 0, source: 附件4 附表一 (六)}}",
           "特定信息共享分: {2023-01: {value: 0, source: 附件4}, 2023-07: {value: 2, source: 七月起}}")  # fmt: skip
    run(jifen, half, "2023-07")
    for month in ("2023-03", "2023-06"):
        assert "规则集" not in jifen("-w", half, "status", month, "--json").json["months"][0]["waiting"]
    assert "没有需要更正的" in jifen("-w", half, "correct", "2023-06", "--reason", "试").out
    jifen("-w", half, "notices", "2023-06")
    assert {path: Path(path).read_bytes() for path in pages} == before
    assert jifen("-w", half, "verify").status == 0


def test_letters_go_on_to_the_successor_and_its_report_answers_them(jifen, half, sheet):
    def letters(unit: str) -> dict[str, dict]:
        return {one["month"]: one for one in jifen("-w", half, "letters", "--unit", unit, "--json").json}

    june = {one["task"]: one["reminders"] for one in letters(OLD)["2023-06"]["tasks"]}
    rename(half)
    run(jifen, half, "2023-07")
    july = {one["task"]: one["reminders"] for one in letters(NEW)["2023-07"]["tasks"]}
    assert june and july.keys() & june.keys()
    assert july == {task: june.get(task, 0) + 1 for task in july}
    told = [{"单位": NEW, "任务": task, "月份": "2023-07", "状态": "推进中"} for task in june]
    assert jifen("-w", half, "import", sheet("任务进展", *told)).status == 0
    assert letters(OLD)["2023-06"]["state"] == "answered"


def test_a_predecessor_does_not_answer_for_the_unit_that_it_merges_with(jifen, half, sheet):
    merge(half)
    told = [{"单位": "市民宗局", "任务": task, "月份": "2023-06", "状态": "推进中"} for task in range(1, 40)]
    assert jifen("-w", half, "import", sheet("任务进展", *told), "--correction", "补报").status == 0
    states = {unit: {one["state"] for one in jifen("-w", half, "letters", "--month", "2023-06", "--unit", unit, "--json").json}
              for unit in ("市信访局", "市民宗局")}  # fmt: skip
    assert states["市信访局"] == {"open"} and states["市民宗局"] <= {"answered"}


def test_a_merged_unit_has_the_evaluation_told_for_itself_and_none_of_two_of_before(jifen, half, sheet):
    def evaluated() -> str | None:
        told = jifen("-w", half, "annual", "2023", "--provisional", "--json").json
        if "市社会工作部" in told["missing"]["evaluations"]:
            return None
        return next(one["evaluation"] for one in told["units"] if one["unit"] == "市社会工作部")

    def telling(folder: str, **told: int):
        rows = ({"单位": unit, "年度": 2023, "得分": value} for unit, value in told.items())
        return jifen("-w", half, "import", sheet("年终综合测评", *rows, folder=folder))

    assert telling("before", 市信访局=80, 市民宗局=90).status == 0
    merge(half)
    assert evaluated() is None
    assert jifen("-w", half, "withdraw", "年终综合测评", "市民宗局", 2023, "--reason", "已合并").status == 0
    assert evaluated() == "80.00"
    again = telling("after", 市社会工作部=85)
    assert again.status == 1 and "told-twice" in again.err and "市信访局" in again.err
    assert jifen("-w", half, "withdraw", "年终综合测评", "市信访局", 2023, "--reason", "已合并").status == 0
    assert telling("after", 市社会工作部=85).status == 0
    assert evaluated() == "85.00"


def test_the_ledger_of_tasks_shows_the_units_of_its_month(jifen, half):
    rename(half)
    assert jifen("-w", half, "run", "2023-07").status == 0
    page = (half / "notices" / "2023-07" / LEDGER).read_text(encoding="utf-8")
    assert NEW in page and OLD not in page.replace(f"（含原{OLD}的积分）", "")


def test_a_renamed_unit_is_compared_and_a_merged_one_is_not(jifen, half, sheet):
    renamed = shutil.copytree(half, half.parent / "renamed")
    rename(renamed)
    run(jifen, renamed, "2023-07", "--from", typical(sheet, NEW, "2023-07", "另一案例"))
    told = jifen("-w", renamed, "diff", "2023-06", "2023-07", "--unit", NEW, "--json").json
    assert (told["before"], told["after"], told["ruleset_changed"]) == ("-10.00", "40.00", ["units.yaml"])
    assert [one["by"] for one in told["rules"]] == ["50.00"]
    merge(half)
    run(jifen, half, "2023-07")
    apart = jifen("-w", half, "diff", "2023-06", "2023-07", "--json").json["not_compared"]
    assert sorted((one["unit"], sorted(one["formerly"])) for one in apart) == [("市数据局", []), ("市社会工作部", ["市信访局", "市民宗局"])]
    assert "2023-06 时还没有这个单位" in jifen("-w", half, "diff", "2023-06", "2023-07", "--unit", "市数据局").out
