"""How the tasks stand, from files to `tasks`: judged with the month, judged again when facts change, and provable."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import closed
from tests.forging import asked, forge
from tests.oracle import standings, working_year

pytestmark = pytest.mark.both_databases

OLD = Path(__file__).parent.parent / "models" / "v0001.sql"
PROGRESS = {"单位": "市发改委", "任务": "7", "月份": "2023-02", "状态": "已启动", "说明": "已印发方案"}
INFO = {"单位": "潞州区", "月份": "2023-02", "类别": "行政确认", "报送数": "3", "合规数": "3"}
LISTED = {"单位": "潞州区", "主体": "甲", "起始月份": "2023-02", "终止月份": ""}


def written(folder: Path, rows: list[dict[str, str]]) -> Path:
    """Rows of facts as a folder of csv files, one a kind."""
    kinds: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        kinds.setdefault(row["fact"], []).append({name: text for name, text in row.items() if name != "fact"})
    folder.mkdir()
    for kind, own in kinds.items():
        with open(folder / f"{kind}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in own for name in row)))
            writer.writeheader()
            writer.writerows(own)
    return folder


def shown(jifen, workspace, month, *options):
    outcome = jifen("-w", workspace, "tasks", month, *options, "--json")
    assert outcome.status == 0, outcome.err
    return {(one["task"], one["unit"]): (one["status"], one["due"]) for one in outcome.json}


def run(jifen, workspace, month, *options):
    outcome = jifen("-w", workspace, "run", month, "--no-notices", "--json", *options)
    assert outcome.status == 0, outcome.err
    return outcome.json


def rows_of(workspace, table="verdict"):
    return asked(workspace, f"SELECT count(*) FROM {table}")[0][0]


@pytest.fixture
def judged(jifen, workspace, sheet):
    """潞州区 shared a class of information in February and has a listed body; 市发改委 has begun with task 7."""
    jifen("-w", workspace, "import", sheet("行政管理信息", INFO), sheet("严重失信主体", LISTED), sheet("任务进展", PROGRESS))
    run(jifen, workspace, "2023-02")
    return workspace


@pytest.mark.both_databases(False)
def test_a_posted_month_stands_as_its_facts_say_whichever_month_is_run_first(jifen, workspace, tmp_path):
    rows = working_year(5)
    assert jifen("-w", workspace, "import", written(tmp_path / "facts", rows)).status == 0
    for month in ("2023-12", "2023-04", "2023-05"):
        run(jifen, workspace, month)
    for month in ("2023-12", "2023-04", "2023-05"):
        assert shown(jifen, workspace, month) == standings(rows, month)
    assert jifen("-w", workspace, "verify").status == 0


@pytest.mark.both_databases(False)
def test_facts_in_many_files_given_twice_and_in_any_order_are_judged_the_same(jifen, workspace, tmp_path):
    rows = working_year(6)
    for place, some in enumerate((rows[1::2], rows[::-1], rows)):
        assert jifen("-w", workspace, "import", written(tmp_path / f"facts{place}", some)).status == 0
    run(jifen, workspace, "2023-06")
    assert shown(jifen, workspace, "2023-06") == standings(rows, "2023-06")


@pytest.mark.both_databases(False)
def test_the_list_is_narrowed_by_unit_task_status_and_what_is_due(jifen, judged):
    everything = shown(jifen, judged, "2023-02")
    county = shown(jifen, judged, "2023-02", "--unit", "长治市潞州区人民政府")
    assert county == {key: value for key, value in everything.items() if key[1] == "潞州区"}
    assert county[9, "潞州区"] == ("已完成", "2023-02-28") and county[35, "潞州区"] == ("不达标", None)
    assert shown(jifen, judged, "2023-02", "--task", 7) == {(7, "市发改委"): ("推进中", "2023-12-31")}
    failing = shown(jifen, judged, "2023-02", "--status", "逾期", "--status", "不达标")
    assert failing == {key: value for key, value in everything.items() if value[0] in ("逾期", "不达标")}
    # February's end is 61 days before April's, 306 days before the year's.
    assert set(shown(jifen, judged, "2023-02", "--due-within", 60)) == set(failing)
    spring = {key for key, value in everything.items() if key[0] in (1, 2) and value[0] != "已完成"}
    assert set(shown(jifen, judged, "2023-02", "--due-within", 61)) == set(failing) | spring
    open_ = {key for key, value in everything.items() if value[0] != "已完成"}
    assert set(shown(jifen, judged, "2023-02", "--due-within", 306)) == open_
    said = jifen("-w", judged, "tasks", "2023-02", "--unit", "潞州区", "--task", 35).out
    assert "守信践诺，治理失信政府机构" in said and "2023-02：1 项（未开始 0，推进中 0，已完成 0，逾期 0，不达标 1）" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["2023-03"], "2023-03 尚未计分"),
        (["2023-02", "--unit", "璐州区"], "潞州区"),
        (["2023-02", "--task", "40"], "1 至 39"),
        (["2023-02", "--task", "0"], "1 至 39"),
        (["2023-02", "--status", "逾其"], "逾期"),
        (["2023-02", "--status", "完全不同"], "未开始、推进中、已完成、逾期、不达标"),
    ],
)
@pytest.mark.both_databases(False)
def test_what_cannot_be_listed_is_said_with_what_could(jifen, judged, options, said):
    outcome = jifen("-w", judged, "tasks", *options)
    assert (outcome.status, outcome.out) == (1, "") and said in outcome.err


@pytest.mark.both_databases(False)
def test_why_names_the_facts_that_decided_with_their_rows(jifen, judged, sheet):
    (one,) = jifen("-w", judged, "tasks", "2023-02", "--unit", "市发改委", "--task", 7, "--why", "--json").json
    file = str(sheet("任务进展", PROGRESS))
    assert one == {
        "task": 7, "unit": "市发改委", "status": "推进中", "due": "2023-12-31",
        "facts": [{"kind": "任务进展", "key": "市发改委|7|2023-02", "source": {"file": file, "sheet": None, "row": 2}}],
    }  # fmt: skip
    assert "第 2 行" in jifen("-w", judged, "tasks", "2023-02", "--unit", "潞州区", "--task", 35, "--why").out
    assert "没有报送相应的事实" in jifen("-w", judged, "tasks", "2023-02", "--unit", "上党区", "--task", 9, "--why").out
    assert "没有违反的事实" in jifen("-w", judged, "tasks", "2023-02", "--unit", "上党区", "--task", 35, "--why").out
    (none,) = jifen("-w", judged, "tasks", "2023-02", "--unit", "上党区", "--task", 9, "--why", "--json").json
    assert (none["status"], none["facts"]) == ("逾期", [])
    assert "facts" not in jifen("-w", judged, "tasks", "2023-02", "--json").json[0]


def test_why_names_the_version_that_was_judged_not_the_newest(jifen, judged, sheet):
    later = sheet("任务进展", {**PROGRESS, "状态": "已完成"}, folder="later")
    assert jifen("-w", judged, "import", later).status == 0
    (one,) = jifen("-w", judged, "tasks", "2023-02", "--task", 7, "--why", "--json").json
    assert one["status"] == "推进中" and one["facts"][0]["source"]["file"] != str(later)
    run(jifen, judged, "2023-02")
    (one,) = jifen("-w", judged, "tasks", "2023-02", "--task", 7, "--why", "--json").json
    assert one["status"] == "已完成" and one["facts"][0]["source"]["file"] == str(later)


def test_progress_alone_is_judged_anew_and_moves_no_points(jifen, judged, sheet):
    entries, verdicts = rows_of(judged, "ledger_entry"), rows_of(judged)
    told = sheet("任务进展", {**PROGRESS, "任务": "8", "状态": "已完成"}, {**PROGRESS, "任务": "5", "状态": "推进中"}, folder="later")
    done = run(jifen, judged, "2023-02", "--from", told)
    assert (done["posted"], rows_of(judged, "ledger_entry"), rows_of(judged)) == ([], entries, verdicts + 2)
    assert done["batch"] is not None
    bureau = shown(jifen, judged, "2023-02", "--unit", "市发改委")
    assert [bureau[task, "市发改委"][0] for task in (5, 7, 8)] == ["已完成", "推进中", "已完成"]
    assert jifen("-w", judged, "verify").status == 0


def test_running_again_writes_nothing(jifen, judged, sheet):
    before = rows_of(judged), rows_of(judged, "batch")
    run(jifen, judged, "2023-02")
    run(jifen, judged, "2023-02", "--from", sheet("任务进展", PROGRESS, folder="again"))
    assert (rows_of(judged), rows_of(judged, "batch")) == before


@pytest.mark.both_databases(False)
def test_a_preview_judges_and_keeps_nothing(jifen, judged, sheet):
    told = sheet("任务进展", {**PROGRESS, "状态": "已完成"}, folder="later")
    before = rows_of(judged), rows_of(judged, "fact_version")
    outcome = jifen("-w", judged, "run", "2023-02", "--from", told, "--dry-run")
    assert outcome.status == 0 and (rows_of(judged), rows_of(judged, "fact_version")) == before
    assert shown(jifen, judged, "2023-02", "--task", 7) == {(7, "市发改委"): ("推进中", "2023-12-31")}


@pytest.mark.both_databases(False)
def test_evidence_that_is_withdrawn_is_none(jifen, judged):
    assert jifen("-w", judged, "withdraw", "行政管理信息", "潞州区", "2023-02", "行政确认", "--reason", "误报").status == 0
    run(jifen, judged, "2023-02")
    assert shown(jifen, judged, "2023-02", "--unit", "潞州区", "--task", 9) == {(9, "潞州区"): ("逾期", "2023-02-28")}


def test_a_correction_judges_the_closed_month_again_and_those_after_it(jifen, judged, sheet):
    closed(jifen, judged, "2023-02")
    run(jifen, judged, "2023-03")
    before = rows_of(judged, "ledger_entry")
    late = sheet("任务进展", {**PROGRESS, "任务": "8", "状态": "已完成"}, folder="late")
    assert jifen("-w", judged, "import", late, "--correction", "补报").status == 0
    assert shown(jifen, judged, "2023-03", "--task", 8) == {(8, "市发改委"): ("未开始", "2023-12-31")}
    outcome = jifen("-w", judged, "correct", "2023-02", "--reason", "补报任务进展")
    assert outcome.status == 0, outcome.err
    for month in ("2023-02", "2023-03"):
        assert shown(jifen, judged, month, "--task", 8) == {(8, "市发改委"): ("已完成", "2023-12-31")}
    assert rows_of(judged, "ledger_entry") == before
    assert jifen("-w", judged, "verify").status == 0


def test_verify_names_a_verdict_that_was_forged(jifen, judged):
    forge(judged, "UPDATE verdict SET status = '已完成' WHERE unit = '潞州区' AND task = 35")
    outcome = jifen("-w", judged, "verify", "--json")
    assert outcome.status == 1
    assert [(one["month"], one["entry"], one["what"]) for one in outcome.json["faults"]] == [
        ("2023-02", None, "2023-02 潞州区 任务 35：所记结论与事实、规则不一致")
    ]


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE verdict SET facts = '[]' WHERE unit = '潞州区' AND task = 35",
        "UPDATE verdict SET due = '2024-01-31' WHERE unit = '潞州区' AND task = 17",
        "DELETE FROM verdict WHERE unit = '潞州区' AND task = 17",
        "UPDATE verdict SET unit = '市总工会' WHERE unit = '潞州区' AND task = 17",
    ],
)
@pytest.mark.both_databases(False)
def test_verify_finds_every_way_to_forge_one(jifen, judged, forgery):
    forge(judged, forgery)
    outcome = jifen("-w", judged, "verify", "--json")
    assert outcome.status == 1 and all("任务" in one["what"] for one in outcome.json["faults"])


@pytest.mark.both_databases(False)
def test_a_month_of_an_older_version_says_to_run_it_again(jifen, workspace):
    (workspace / "jifen.db").unlink()
    database = sqlite3.connect(workspace / "jifen.db")
    database.executescript(OLD.read_text(encoding="utf-8"))
    database.close()
    outcome = jifen("-w", workspace, "tasks", "2023-04")
    assert (outcome.status, outcome.out) == (1, "") and "jifen run 2023-04" in outcome.err
    run(jifen, workspace, "2023-04")
    assert shown(jifen, workspace, "2023-04", "--unit", "市教育局", "--task", 6) == {(6, "市教育局"): ("不达标", None)}


@pytest.mark.both_databases(False)
def test_an_opening_month_has_no_verdicts_and_says_so(jifen, workspace, sheet):
    points = {"单位": "市教育局", "月份": "2023-01", "积分": "10"}
    assert jifen("-w", workspace, "open-balance", sheet("期初积分", points)).status == 0
    assert jifen("-w", workspace, "tasks", "2023-01", "--json").json == []
    assert "2023-01 是期初月份，不判定任务" in jifen("-w", workspace, "tasks", "2023-01").out


def test_an_end_given_to_a_spell_asks_nothing_of_the_months_before_it(jifen, workspace, sheet):
    spell = {"单位": "市教育局", "主体": "某中学", "起始月份": "2023-01"}
    jifen("-w", workspace, "import", sheet("严重失信主体", spell))
    for month in ("2023-01", "2023-02"):
        assert jifen("-w", workspace, "run", month, "--no-notices").status == 0
    assert jifen("-w", workspace, "close", "2023-01").status == 0
    assert jifen("-w", workspace, "import", sheet("严重失信主体", {**spell, "终止月份": "2023-05"})).status == 0
    months = {one["month"]: one["waiting"] for one in jifen("-w", workspace, "status", "--json").json["months"]}
    assert (months["2023-01"], months["2023-02"]) == ("", "")
    assert "没有需要更正的" in jifen("-w", workspace, "correct", "2023-01", "--reason", "复查").out
