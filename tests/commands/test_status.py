"""Where the months stand, what has changed since they were scored, and who has not reported what is due."""


import pytest

from tests.conftest import closed

pytestmark = pytest.mark.both_databases

INFO = {"单位": "潞州区", "月份": "2023-04", "类别": "行政确认", "报送数": 2, "合规数": 1}
SPECIAL = {"单位": "市科技局", "月份": "2023-04", "类别": "科技研发", "报送数": 1, "合规数": 1}
COUNTS = {"单位": "潞州区", "月份": "2023-01", "应报数": 1, "实报数": 1, "及时数": 1, "合规数": 1}


@pytest.fixture
def status(jifen, workspace):
    """The months that `status` tells, by month."""

    def ask(*args):
        outcome = jifen("-w", workspace, "status", *args, "--json")
        assert outcome.status == 0, outcome.err
        return {one["month"]: one for one in outcome.json["months"]}

    return ask


@pytest.fixture
def bring(jifen, workspace, sheet):
    """Imports rows of one kind."""

    def bring(kind, *rows):
        outcome = jifen("-w", workspace, "import", sheet(kind, *rows))
        assert outcome.status == 0, outcome.err

    return bring


@pytest.fixture
def run(jifen, workspace):
    def run(month):
        outcome = jifen("-w", workspace, "run", month, "--no-notices")
        assert outcome.status == 0, outcome.err

    return run


def owed(month, *units):
    return [(one["unit"], one["kind"]) for one in month["missing"] if not units or one["unit"] in units]


def test_a_month_goes_from_unscored_to_draft(status, bring, run):
    bring("行政管理信息", INFO)
    before = status()
    assert len(before) == 12 and before["2023-04"]["state"] == "open" and before["2023-04"]["changed"] == 1
    assert "尚未计分" in before["2023-04"]["waiting"] and before["2023-05"]["waiting"] == ""
    run("2023-04")
    after = status()["2023-04"]
    assert (after["state"], after["changed"], after["waiting"]) == ("draft", 0, "")


def test_a_change_after_the_run_is_counted_once_a_fact_and_waits_for_a_run(jifen, workspace, status, bring, run):
    bring("行政管理信息", INFO)
    run("2023-04")
    bring("行政管理信息", {**INFO, "报送数": 3}, {**INFO, "类别": "行政给付"})
    bring("行政管理信息", {**INFO, "报送数": 4})
    month = status("2023-04")["2023-04"]
    assert month["changed"] == 2
    assert "有 2 条事实在计分后有变" in month["waiting"] and "jifen run 2023-04" in month["waiting"]
    told = jifen("-w", workspace, "status", "2023-04").out
    assert "潞州区|2023-04|行政确认" in told and "变更" in told and "潞州区|2023-04|行政给付" in told and "新增" in told
    run("2023-04")
    assert status()["2023-04"]["changed"] == 0


def test_a_fact_that_says_again_what_it_said_at_the_run_has_not_changed(status, bring, run):
    bring("行政管理信息", INFO)
    run("2023-04")
    bring("行政管理信息", {**INFO, "报送数": 3})
    bring("行政管理信息", INFO)
    assert status()["2023-04"]["changed"] == 0


def test_an_end_given_to_a_state_changes_the_months_from_that_end_on(status, bring, run):
    listed = {"单位": "潞州区", "主体": "甲", "起始月份": "2023-01"}
    bring("严重失信主体", listed)
    for month in ("2023-01", "2023-02", "2023-03"):
        run(month)
    bring("严重失信主体", {**listed, "终止月份": "2023-02"})
    found = status()
    assert [found[month]["changed"] for month in ("2023-01", "2023-02", "2023-03")] == [0, 1, 1]


def test_a_month_that_another_month_has_moved_waits_for_a_run(status, bring, run):
    document = {"单位": "潞州区", "文件": 1, "月份": "2023-02", "方式": "转发"}
    bring("顶层文件落实", document)
    run("2023-02")
    bring("顶层文件落实", {**document, "月份": "2023-01", "方式": "细化并落实"})
    run("2023-01")
    found = status()
    assert (found["2023-02"]["changed"], found["2023-01"]["waiting"]) == (0, "")
    assert found["2023-02"]["waiting"] == "因其他月份的事实变动，需重新计分（`jifen run 2023-02`）"


def test_a_closed_month_and_a_corrected_one(jifen, status, bring, workspace):
    bring("行政管理信息", INFO)
    closed(jifen, workspace, "2023-04")
    assert status()["2023-04"]["state"] == "closed"
    assert jifen("-w", workspace, "withdraw", "--import", "1", "--reason", "漏报").status == 0
    month = status()["2023-04"]
    assert month["changed"] == 1 and "印发后有变" in month["waiting"] and "jifen correct 2023-04" in month["waiting"]
    assert jifen("-w", workspace, "correct", "2023-04", "--reason", "漏报").status == 0
    month = status()["2023-04"]
    assert (month["state"], month["changed"], month["waiting"]) == ("corrected", 0, "")


def test_a_closed_month_that_other_rules_would_move_waits_for_a_correction(jifen, status, bring, workspace):
    bring("双公示异议", {"单位": "潞州区", "月份": "2023-02", "编号": "一", "及时处理": "否"})
    closed(jifen, workspace, "2023-02")
    assert status()["2023-02"]["waiting"] == ""
    rules = workspace / "rulesets" / "changzhi-2023" / "counties.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("points: -3\n", "points: -4\n"), encoding="utf-8")
    assert status()["2023-02"]["waiting"] == "因规则集变动，需更正（`jifen correct 2023-02 --reason 理由`）"
    outcome = jifen("-w", workspace, "correct", "2023-02", "--reason", "规则更正", "--json")
    assert outcome.json["months"] == ["2023-02"] and outcome.json["posted"]
    assert (status()["2023-02"]["state"], status()["2023-02"]["waiting"]) == ("corrected", "")


def test_a_closed_month_that_another_one_moves_names_the_month_to_begin_with(jifen, status, bring, workspace):
    document = {"单位": "潞州区", "文件": 1, "月份": "2023-02", "方式": "转发"}
    bring("顶层文件落实", document)
    for month in ("2023-01", "2023-02"):
        assert jifen("-w", workspace, "run", month, "--no-notices").status == 0
        assert jifen("-w", workspace, "close", month).status == 0
    path = workspace.parent / "in" / "顶层文件落实.csv"
    path.write_text("单位,文件,月份,方式\n潞州区,1,2023-01,细化并落实\n", encoding="utf-8")
    assert jifen("-w", workspace, "import", path, "--correction", "漏报").status == 0
    found = status()
    assert found["2023-01"]["waiting"] == "有 1 条事实在印发后有变，需更正（`jifen correct 2023-01 --reason 理由`）"
    assert found["2023-02"]["waiting"] == "因其他月份的事实变动，需更正（`jifen correct 2023-01 --reason 理由`）"


def test_a_closed_list_is_due_from_its_units_until_they_report(status, bring):
    bring("特定信用信息", SPECIAL)
    april = status()["2023-04"]
    assert ("市能源局", "特定信用信息") in owed(april) and ("市税务局", "守信主体占比") in owed(april)
    assert ("市科技局", "特定信用信息") not in owed(april) and owed(april, "市总工会") == []
    assert owed(status()["2023-05"]) == []  # nothing of that month is there yet
    assert ("市科技局", "特定信用信息") in owed(status("2023-05")["2023-05"])  # but who asks for it is told


def test_what_a_unit_has_once_reported_is_due_again(status, bring):
    bring("承诺信息报送", {"单位": "潞州区", "月份": "2023-01", "制度": "告知承诺", "报送数": 1, "合规数": 1})
    bring("双公示异议", {"单位": "潞州区", "月份": "2023-03", "编号": "一", "及时处理": "是"})
    found = status()
    again = ("潞州区", "承诺信息报送")
    assert again not in owed(found["2023-01"])
    assert again in owed(found["2023-02"]) and again in owed(found["2023-03"])


def test_either_kind_of_one_item_will_do_where_no_obligation_asks_for_one(status, bring):
    bring("双公示统计", *({**COUNTS, "单位": unit} for unit in ("市总工会", "市信访局", "潞州区")))
    bring("双公示评分", *({"单位": unit, "月份": "2023-02", "得分": 30} for unit in ("市总工会", "潞州区")))
    told = [unit for unit, kind in owed(status()["2023-02"], "市总工会", "市信访局", "潞州区") if kind == "双公示统计"]
    assert told == ["市信访局", "潞州区"]


def test_a_monthly_obligation_makes_its_evidence_due_until_progress_is_told_instead(status, bring):
    bring("双公示统计", COUNTS)
    assert ("上党区", "双公示统计") in owed(status()["2023-01"])
    bring("任务进展", {"单位": "上党区", "任务": 4, "月份": "2023-01", "状态": "推进中"})
    assert ("上党区", "双公示统计") not in owed(status()["2023-01"])


def test_a_reminder_names_each_unit_and_what_it_owes(jifen, workspace, bring):
    bring("双公示统计", COUNTS)
    told = jifen("-w", workspace, "status", "2023-02", "--text").out
    assert told.startswith("【2023年2月报送提醒】\n")
    assert "潞州区：双公示统计、行政管理信息\n" in told
    assert "市税务局：行政管理信息、特定信用信息、承诺信息报送、守信主体占比\n" in told
    assert "尚有67个单位共121项没有收到" in told and "*" not in told and "#" not in told


def test_the_matrix_of_a_month_shows_who_reported(jifen, workspace, bring):
    bring("双公示统计", COUNTS, {**COUNTS, "月份": "2023-02"})
    rows = jifen("-w", workspace, "status", "2023-02").out.splitlines()
    assert any(row.split() == ["潞州区", "√", "×"] for row in rows)
    assert any(row.split() == ["市税务局", "×", "×", "×", "×"] for row in rows)
    assert any("应报 121 项，缺报 120 项（67 个单位）" in row for row in rows)


def test_the_year_is_a_table_of_its_months(jifen, workspace, bring):
    bring("行政管理信息", INFO)
    told = jifen("-w", workspace, "status").out
    assert "征求意见" not in told and told.count("未计分") >= 12 and "1 个月有待办" not in told
    assert "4 个月有待办" in told


def test_the_page_is_written_beside_the_notices_and_the_same_again(jifen, workspace, bring):
    bring("双公示统计", COUNTS)
    done = jifen("-w", workspace, "status", "2023-02", "--page")
    path = workspace / "notices/2023-02/报送情况.html"
    assert done.status == 0 and str(path) in done.out
    first = path.read_bytes()
    jifen("-w", workspace, "status", "2023-02", "--page")
    assert path.read_bytes() == first


@pytest.mark.parametrize(("args", "left"), [(("2022-04",), 1), (("--text",), 2), (("--page",), 2), (("四月",), 2)])
def test_a_month_that_cannot_be_told_is_refused(jifen, workspace, args, left):
    assert jifen("-w", workspace, "status", *args).status == left
