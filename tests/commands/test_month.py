"""A month as the operator lives it: import, run, run again, correct a row, run again; and every refusal."""

import subprocess
import sys
import time

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engine.workspace import Workspace
from models.database import writing
from tests.forging import opened
from tests.oracle import points, random_year

pytestmark = pytest.mark.both_databases
CASE = {"单位": "潞州区", "月份": "2023-04", "编号": "一"}


def posted(outcome):
    return [(one["unit"], one["rule"], one["points"], one["kind"]) for one in outcome.json["posted"]]


def counties(outcome):
    """What was posted to counties: the departments' absence rule fires in every month."""
    return [one for one in posted(outcome) if one[1].startswith("C")]


def test_one_command_makes_a_month(jifen, workspace, sheet):
    source = sheet("双公示异议", {**CASE, "及时处理": "否"})
    done = jifen("-w", workspace, "run", "2023-04", "--from", source)
    assert done.status == 0, done.err
    assert (workspace / "notices/2023-04/月度通报.html").is_file()
    assert len(list((workspace / "notices/2023-04/得分单").glob("*.html"))) == 69
    assert (workspace / "notices/index.html").is_file() and (workspace / "notices/2023-04/index.html").is_file()


def test_running_again_posts_nothing(jifen, workspace, sheet):
    source = sheet("双公示异议", {**CASE, "及时处理": "否"})
    first = jifen("-w", workspace, "run", "2023-04", "--from", source, "--no-notices", "--json")
    again = jifen("-w", workspace, "run", "2023-04", "--from", source, "--no-notices", "--json")
    assert counties(first) == [("潞州区", "C04", "-3.00", "award")]
    assert (again.json["posted"], again.json["batch"]) == ([], None)


def test_a_changed_row_is_reversed_and_awarded_anew(jifen, workspace, sheet):
    row = {"单位": "潞州区", "月份": "2023-04", "类别": "行政确认", "报送数": 3, "合规数": 1}
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("行政管理信息", row), "--no-notices")
    changed = sheet("行政管理信息", {**row, "合规数": 2})
    done = jifen("-w", workspace, "run", "2023-04", "--from", changed, "--no-notices", "--json")
    assert posted(done) == [("潞州区", "C05", "-1.67", "reversal"), ("潞州区", "C05", "3.33", "award")]


def test_an_entry_that_stands_is_left_alone(jifen, workspace, sheet):
    row = {"单位": "潞州区", "月份": "2023-04", "类别": "行政确认", "报送数": 2, "合规数": 1}
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("行政管理信息", row), "--no-notices")
    same_quotient = sheet("行政管理信息", {**row, "报送数": 4, "合规数": 2})
    assert posted(jifen("-w", workspace, "run", "2023-04", "--from", same_quotient, "--no-notices", "--json")) == []


def test_a_preview_writes_nothing(jifen, workspace, sheet):
    source = sheet("双公示异议", {**CASE, "及时处理": "否"})
    seen = jifen("-w", workspace, "run", "2023-04", "--from", source, "--dry-run", "--json")
    assert ("潞州区", "C04", "-3.00", "award") in posted(seen)
    assert jifen("-w", workspace, "ledger", "--json").json == []
    assert jifen("-w", workspace, "import", source, "--json").json["new"] == 1
    assert not any((workspace / "notices").iterdir())


def test_a_bad_row_keeps_the_whole_import_out(jifen, workspace, sheet):
    source = sheet("双公示异议", {**CASE, "及时处理": "否"}, {**CASE, "编号": "二", "单位": "璐州区", "及时处理": "不"})
    refused = jifen("-w", workspace, "import", source, "--json")
    assert refused.status == 1
    assert refused.json["new"] == 0
    told = {(one["row"], one["field"], one["value"]) for one in refused.json["rejected"]}
    assert told == {(3, "单位", "璐州区"), (3, "及时处理", "不")}
    assert "潞州区" in next(one["message"] for one in refused.json["rejected"] if one["field"] == "单位")
    assert jifen("-w", workspace, "run", "2023-04", "--no-notices").status == 1


def test_a_workbook_tells_sheet_and_cell(jifen, workspace, tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "宣传稿件"
    page.append(["单位", "月份", "编号", "标题"])
    page.append(["市教育局", "2023年4月", "一", "诚信进校园"])
    page.append(["市教育局", "2023-13", "二", "诚信宣传"])
    book.save(tmp_path / "上报.xlsx")
    refused = jifen("-w", workspace, "import", tmp_path / "上报.xlsx", "--json")
    only = refused.json["rejected"]
    assert [(one["sheet"], one["row"], one["cell"], one["field"]) for one in only] == [("宣传稿件", 3, "B3", "月份")]


def test_order_and_splitting_of_imports_change_nothing(jifen, tmp_path):
    rows = [{**row} for row in random_year(7, 250)]
    whole = ledger_of(jifen, tmp_path / "whole", tmp_path, [rows])
    parts = ledger_of(jifen, tmp_path / "parts", tmp_path, [rows[1::2][::-1], rows[::2]])
    assert whole == parts and whole


def ledger_of(jifen, folder, scratch, batches):
    import json

    jifen("init", folder)
    for number, rows in enumerate(batches):
        path = scratch / f"{folder.name}{number}.jsonl"
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
        done = jifen("-w", folder, "import", path)
        assert done.status == 0, done.err
    for month in ("2023-01", "2023-02", "2023-03"):
        assert jifen("-w", folder, "run", month, "--no-notices").status == 0
    sums = {}
    for entry in jifen("-w", folder, "ledger", "--json").json:
        assert entry["kind"] == "award"
        key = entry["period"], entry["unit"], entry["rule"], entry["fact"]
        sums[key] = entry["points"]
    for month in ("2023-01", "2023-02", "2023-03"):
        oracle = {}
        for (period, unit, rule, _), text in sums.items():
            if period == month:
                whole, hundredths = text.lstrip("-").split(".")
                value = (int(whole) * 100 + int(hundredths)) * (-1 if text.startswith("-") else 1)
                oracle[unit, rule[:3]] = oracle.get((unit, rule[:3]), 0) + value
        assert {key: value for key, value in oracle.items() if value} == points([row for rows in batches for row in rows], month)
    return sums


def test_unused_and_unattributed_facts_are_named(jifen, workspace, sheet):
    sheet("媒体曝光", {"单位": "市教育局", "月份": "2023-04", "编号": "一"})
    folder = sheet("信易贷放款", {"编号": "贷一", "月份": "2023-04", "行业": "没有主管", "县区": "潞州区"}).parent
    done = jifen("-w", workspace, "run", "2023-04", "--from", folder, "--no-notices", "--json")
    assert [(one["kind"], one["key"], one["unit"]) for one in done.json["unused"]] == [
        ("媒体曝光", "市教育局|2023-04|一", "市教育局")
    ]
    assert done.json["unattributed"] == [{"kind": "信易贷放款", "key": "贷一"}]
    assert counties(done) == [("潞州区", "C21", "5.00", "award")]


def test_a_later_month_that_an_earlier_one_moves_is_named(jifen, workspace, sheet):
    thing = {"单位": "潞州区", "事项": "养老", "月份": "2023-03"}
    jifen("-w", workspace, "run", "2023-03", "--from", sheet("便民惠企事项", thing), "--no-notices")
    earlier = sheet("便民惠企事项", {**thing, "月份": "2023-02"})
    done = jifen("-w", workspace, "run", "2023-02", "--from", earlier, "--no-notices", "--json")
    assert done.json["stale"] == ["2023-03"]
    mended = jifen("-w", workspace, "run", "2023-03", "--no-notices", "--json")
    assert counties(mended) == [("潞州区", "C22a", "-10.00", "reversal")]


def test_standings_share_the_better_rank(jifen, workspace, sheet):
    rows = [{"单位": unit, "月份": "2023-04", "编号": "一"} for unit in ("平顺县", "潞州区")]
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("舆情处置", *[{**CASE, "单位": "市教育局"}]), "--no-notices")
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("退出严重失信", *rows), "--no-notices")
    told = jifen("-w", workspace, "standings", "2023-04", "--json").json
    assert [one["unit"] for one in told[:1]] == ["市教育局"] and told[0]["month_points"] == "10.00"
    county = [(one["unit"], one["month_rank"]) for one in told if one["category"] == "县区"]
    assert county[:3] == [("潞州区", 1), ("平顺县", 1), ("上党区", 3)]
    assert len(told) == 69


def test_the_same_ledger_gives_the_same_bytes(jifen, workspace, sheet):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", {**CASE, "及时处理": "否"}))
    files = sorted(path for path in (workspace / "notices").rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in files}
    assert jifen("-w", workspace, "notices", "2023-04").status == 0
    assert {path: path.read_bytes() for path in files} == before


def test_a_broken_template_leaves_the_points_and_the_old_notice(jifen, workspace, sheet):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", {**CASE, "及时处理": "否"}))
    notice = workspace / "notices/2023-04/月度通报.html"
    before = notice.read_bytes()
    (workspace / "templates/monthly.html.j2").write_text("{{ nothing.here }}", encoding="utf-8")
    more = sheet("双公示异议", {**CASE, "编号": "二", "及时处理": "否"})
    failed = jifen("-w", workspace, "run", "2023-04", "--from", more)
    assert failed.status == 1 and "monthly.html.j2" in failed.err and "Traceback" not in failed.err
    assert notice.read_bytes() == before
    assert len(jifen("-w", workspace, "ledger", "--unit", "潞州区", "--json").json) == 2


@pytest.mark.parametrize(
    "args, status, word",
    [
        (("run", "2024-01"), 1, "2023-12"),
        (("run", "2023-13"), 2, "2023-04"),
        (("run", "2023-04"), 1, "事实"),
        (("standings", "2023-04"), 1, "jifen run 2023-04"),
        (("notices", "2023-04"), 1, "jifen run 2023-04"),
        (("ledger", "--unit", "璐州区"), 1, "潞州区"),
        (("ledger", "--rule", "D99"), 1, "D"),
        (("ledger", "--format", "pdf"), 2, "xlsx"),
        (("import", "没有这个文件.xlsx"), 1, "没有这个文件.xlsx"),
    ],
)
def test_a_refusal_is_one_clear_line(jifen, workspace, args, status, word):
    refused = jifen("-w", workspace, *args)
    assert refused.status == status
    assert word in refused.err and "Traceback" not in refused.err and refused.out == ""


def test_a_folder_that_is_no_workspace(jifen, tmp_path):
    refused = jifen("-w", tmp_path, "standings", "2023-04")
    assert refused.status == 1 and "jifen init" in refused.err


def test_a_new_workspace_never_overwrites(jifen, workspace):
    refused = jifen("init", workspace)
    assert refused.status == 1 and "未作改动" in refused.err


def test_a_ruleset_with_errors_stops_the_run(jifen, workspace, sheet):
    rules = workspace / "rulesets/changzhi-2023/counties.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("fact: 双公示异议", "fact: 双公示异义", 1), encoding="utf-8")
    refused = jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", {**CASE, "及时处理": "否"}))
    assert refused.status == 1
    assert "counties.yaml:" in refused.err and "双公示异议" in refused.err and "unknown-fact" in refused.err
    checked = jifen("-w", workspace, "rules", "check", "--json")
    assert checked.status == 1 and checked.json["findings"][0]["code"] == "unknown-fact"


def test_the_ledger_refuses_to_be_changed(jifen, workspace, sheet):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", {**CASE, "及时处理": "否"}), "--no-notices")
    for table in ("ledger_entry", "fact_version", "batch", "match", "tally", "import"):
        for statement in (f'UPDATE "{table}" SET id = id + 1', f'DELETE FROM "{table}"'):
            with opened(workspace) as connection, pytest.raises(IntegrityError, match="append-only"):
                connection.execute(text(statement))


def test_a_writer_that_finds_the_workspace_taken_leaves_with_3(jifen, workspace, sheet, monkeypatch):
    monkeypatch.setattr("models.database._WAIT_SECONDS", 0.2)
    with writing(Workspace.open(workspace).database):
        refused = jifen("-w", workspace, "import", sheet("双公示异议", {**CASE, "及时处理": "否"}))
    assert refused.status == 3


def test_a_run_killed_at_any_moment_leaves_all_or_nothing(jifen, workspace, sheet):
    rows = [{**CASE, "编号": f"{number}", "及时处理": "否"} for number in range(3000)]
    source = sheet("双公示异议", *rows)
    for wait in (0.3, 0.6, 0.9, 1.2, 1.5):
        process = subprocess.Popen([
            sys.executable, "-c", "import cli; cli.main()", "-w", str(workspace), "run", "2023-04", "--no-notices",
            "--from", str(source),
        ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(wait)
        process.kill()
        process.wait()
        entries = jifen("-w", workspace, "ledger", "--unit", "潞州区", "--json").json
        assert len(entries) in (0, 3000)
    assert jifen("-w", workspace, "run", "2023-04", "--from", source, "--no-notices").status == 0
    assert len(jifen("-w", workspace, "ledger", "--unit", "潞州区", "--json").json) == 3000


def test_the_ledger_in_every_form(jifen, workspace, sheet, tmp_path):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", {**CASE, "及时处理": "否"}), "--no-notices")
    plain = jifen("-w", workspace, "ledger", "--unit", "潞州区", "--format", "csv").out.splitlines()
    assert plain[0] == "entry,batch,posted_at,period,unit,rule,points,kind,fact,reason"
    assert plain[1].split(",")[3:9] == ["2023-04", "潞州区", "C04", "-3.00", "award", "双公示异议:潞州区|2023-04|一"]
    absent = jifen("-w", workspace, "ledger", "--rule", "D06b", "--json").json
    assert len(absent) == 7 and {(one["points"], one["fact"]) for one in absent} == {("-5.00", "")}
    book = tmp_path / "分录.xlsx"
    assert jifen("-w", workspace, "ledger", "--unit", "潞州区", "--format", "xlsx", "-o", book).status == 0
    page = openpyxl.load_workbook(book).active
    assert page["G2"].value == -3 and page.freeze_panes == "A2"
    assert "潞州区" in jifen("-w", workspace, "ledger").out


@pytest.mark.both_databases(False)
def test_the_shipped_rules_pass_their_check_and_tests(jifen, workspace):
    checked = jifen("-w", workspace, "rules", "check", "--json")
    assert checked.status == 0
    tested = jifen("-w", workspace, "rules", "test", "--json")
    assert tested.status == 0, tested.out
    assert tested.json["failed"] == [] and tested.json["untested"] == []


@pytest.mark.both_databases(False)
def test_a_failing_rule_test_tells_expected_and_got(jifen, workspace):
    page = workspace / "rulesets/changzhi-2023/tests/departments-integrity.yaml"
    wrong = "- name: 错的\n  unit: 市教育局\n  month: 2023-04\n  facts: {宣传稿件: [{编号: 一, 标题: 甲}]}\n  expect: {D27a: 3}\n"
    page.write_text(page.read_text(encoding="utf-8") + "\n" + wrong, encoding="utf-8")
    failed = jifen("-w", workspace, "rules", "test")
    assert failed.status == 1 and "应为 3.00，实为 2.00" in failed.err


def test_the_doctor_names_what_is_there(jifen, workspace):
    told = jifen("-w", workspace, "doctor", "--json")
    assert told.status == 0
    names = {one["name"]: one["state"] for one in told.json["checks"]}
    assert names["规则引擎"] == names["规则集"] == names["数据库"] == "ok"


def test_help_starts_without_the_heavy_libraries():
    script = "import sys, cli; print(sorted({'pandas', 'sqlmodel', 'durable', 'openpyxl', 'jinja2'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
