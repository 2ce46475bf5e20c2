"""The life of a month: draft, closed, corrected in the open, and provable all along."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from tests.conftest import closed
from tests.forging import asked, forge, opened
from tests.notices.reading import Reader

pytestmark = pytest.mark.both_databases

CASE = {"单位": "市教育局", "月份": "2023-01", "编号": "1"}  # D16b: 2 points each, at most 20 a year


def cases(month: str, *numbers: int) -> list[dict[str, str]]:
    return [{**CASE, "月份": month, "编号": f"{month}-{number:02d}"} for number in numbers]


def points(jifen, workspace) -> dict[str, str]:
    """The points of 市教育局 by month, as the ledger sums them."""
    sums: dict[str, float] = {}
    for entry in jifen("-w", workspace, "ledger", "--unit", "市教育局", "--format", "json").json:
        sums[entry["period"]] = sums.get(entry["period"], 0) + float(entry["points"])
    return {month: f"{total:.2f}" for month, total in sums.items()}


def text(workspace: Path, name: str) -> str:
    return Reader((workspace / "notices" / name).read_text(encoding="utf-8")).text


@pytest.fixture
def ledger(jifen, workspace, sheet):
    """Ten cases in January and ten in February, of which February's give nothing as the year's 20 points are used up."""
    jifen("-w", workspace, "import", sheet("失信惩戒案例", *cases("2023-01", *range(10)), *cases("2023-02", *range(10))))
    return workspace


def test_a_month_is_a_draft_until_it_is_closed_with_number_and_date(jifen, ledger):
    jifen("-w", ledger, "run", "2023-01")
    assert "征求意见稿" in text(ledger, "2023-01/月度通报.html")
    outcome = jifen("-w", ledger, "close", "2023-01", "--number", "长发改信用〔2023〕9号", "--date", "2023-02-08", "--by", "李四")
    assert outcome.status == 0
    page = text(ledger, "2023-01/月度通报.html")
    assert "征求意见稿" not in page and "长发改信用〔2023〕9号" in page and "2023年2月8日印发" in page
    assert "征求意见稿" not in text(ledger, "2023-01/得分单/市教育局.html")


@pytest.mark.parametrize(
    ("before", "month", "said"),
    [
        ([], "2023-01", "2023-01 尚未计分"),
        (["2023-02"], "2023-02", "2023-01 尚未计分"),
        (["2023-01"], "2024-01", "不在规则集"),
    ],
)
def test_what_is_not_ready_is_not_closed(jifen, ledger, before, month, said):
    for each in before:
        jifen("-w", ledger, "run", each, "--no-notices")
    outcome = jifen("-w", ledger, "close", month)
    assert (outcome.status, said in outcome.err) == (1, True)


def test_a_month_with_facts_newer_than_its_run_is_not_closed(jifen, ledger, sheet):
    jifen("-w", ledger, "run", "2023-01", "--no-notices")
    jifen("-w", ledger, "import", sheet("失信惩戒案例", *cases("2023-01", 11)))
    outcome = jifen("-w", ledger, "close", "2023-01")
    assert (outcome.status, "jifen run 2023-01" in outcome.err) == (1, True)


def test_a_date_that_is_none_closes_nothing(jifen, ledger):
    jifen("-w", ledger, "run", "2023-01", "--no-notices")
    assert jifen("-w", ledger, "close", "2023-01", "--date", "2023-02-30").status == 1
    assert jifen("-w", ledger, "status", "2023-01", "--json").json["months"][0]["state"] == "draft"


def test_a_closed_notice_is_the_same_bytes_after_templates_and_rules_have_changed(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    page = ledger / "notices" / "2023-01" / "月度通报.html"
    issued = page.read_bytes()
    (ledger / "templates" / "monthly.html.j2").write_text("{% extends 'base.html.j2' %}{% block main %}别的{% endblock %}", encoding="utf-8")
    rules = ledger / "rulesets" / "changzhi-2023" / "departments.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("points: 2\n", "points: 3\n"), encoding="utf-8")
    page.unlink()
    assert jifen("-w", ledger, "notices", "2023-01", "--as-issued").status == 0
    assert page.read_bytes() == issued


def test_a_correction_reverses_in_the_open_and_what_it_frees_comes_in_later_months(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    closed_february = jifen("-w", ledger, "run", "2023-02")
    assert closed_february.status == 0
    assert points(jifen, ledger) == {"2023-01": "20.00"}
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    issued = (ledger / "notices" / "2023-01" / "月度通报.html").read_bytes() if (ledger / "notices" / "2023-01").exists() else None
    preview = jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送", "--dry-run")
    assert (preview.status, points(jifen, ledger)) == (0, {"2023-01": "20.00"})
    outcome = jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送", "--by", "李四", "--json")
    assert outcome.json["months"] == ["2023-01", "2023-02"]
    assert points(jifen, ledger) == {"2023-01": "18.00", "2023-02": "2.00"}
    entries = jifen("-w", ledger, "ledger", "--format", "json").json
    assert {one["reason"] for one in entries if one["batch"] == outcome.json["batch"]} == {"重复报送"}
    notice = Reader((ledger / "notices" / "2023-01" / "更正通报-1.html").read_text(encoding="utf-8"))
    rows = [[cell for _, cell in row.cells] for row in notice.tables["2023年1月积分更正"][1:]]
    assert [(row[0], row[2:]) for row in rows] == [("市教育局", ["20.00", "18.00", "−2.00"])]
    assert "重复报送" in notice.text
    assert issued is not None
    line = '<p class="corrected">'.encode()
    now = (ledger / "notices" / "2023-01" / "月度通报.html").read_bytes()
    assert line in now and line not in issued
    jifen("-w", ledger, "notices", "2023-01", "--as-issued")
    assert (ledger / "notices" / "2023-01" / "月度通报.html").read_bytes() == issued


def test_a_draft_that_followed_a_correction_is_closed_as_it_is_and_leads_to_no_correction(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    jifen("-w", ledger, "run", "2023-02", "--no-notices")
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    assert jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送", "--json").json["months"] == ["2023-01", "2023-02"]
    assert jifen("-w", ledger, "close", "2023-02").status == 0
    page = (ledger / "notices" / "2023-02" / "月度通报.html").read_bytes()
    assert '<p class="corrected">'.encode() not in page
    states = {one["month"]: one["state"] for one in jifen("-w", ledger, "status", "--json").json["months"]}
    assert (states["2023-01"], states["2023-02"]) == ("corrected", "closed")


def test_a_closed_month_that_another_months_facts_would_change_is_said_to_wait_for_a_correction(jifen, ledger, sheet):
    for month in ("2023-01", "2023-02"):
        closed_month(jifen, ledger, month)
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    waiting = {one["month"]: one["waiting"] for one in jifen("-w", ledger, "status", "--json").json["months"]}
    assert "1 条事实在印发后有变" in waiting["2023-01"] and waiting["2023-02"] == "因其他月份的事实变动，需更正"
    jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送")
    assert not any(one["waiting"] for one in jifen("-w", ledger, "status", "--json").json["months"])


def test_nothing_to_correct_is_said_and_posts_nothing(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    before = jifen("-w", ledger, "ledger", "--format", "json").json
    outcome = jifen("-w", ledger, "correct", "2023-01", "--reason", "复查")
    assert (outcome.status, "没有需要更正的" in outcome.out) == (0, True)
    assert jifen("-w", ledger, "ledger", "--format", "json").json == before


def test_a_correction_begins_with_the_earliest_closed_month_touched(jifen, ledger):
    for month in ("2023-01", "2023-02"):
        closed_month(jifen, ledger, month)
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    outcome = jifen("-w", ledger, "correct", "2023-02", "--reason", "重复报送")
    assert (outcome.status, "2023-01" in outcome.err) == (1, True)
    assert jifen("-w", ledger, "correct", "2023-03", "--reason", "重复报送").status == 1
    assert jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送", "--json").json["months"] == ["2023-01", "2023-02"]


def test_a_corrected_month_leads_to_its_corrections(jifen, ledger):
    for month in ("2023-01", "2023-02"):
        closed_month(jifen, ledger, month)
    jifen("-w", ledger, "run", "2023-03")
    for number in range(2):
        jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", f"2023-01-0{number}", "--reason", "重复报送")
        assert jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送").status == 0

    def links(name: str) -> list[str]:
        return [one for one in Reader((ledger / "notices" / name).read_text(encoding="utf-8")).links if "更正" in one]

    # At the head of the page, the newest first, and once more among the notices.
    assert links("2023-01/index.html") == ["更正通报-2.html", "更正通报-1.html", "更正通报-1.html", "更正通报-2.html"]
    both = ["../2023-01/更正通报-2.html", "../2023-01/更正通报-1.html"]
    assert links("2023-02/index.html") == [*both, *reversed(both)]
    assert links("2023-02/得分单/市教育局.html") == [f"../{one}" for one in both]
    listed = text(ledger, "index.html")
    assert listed.count("已更正") == 2 and "2023年3月" in listed


def test_what_a_correction_gave_a_draft_is_no_correction_of_the_notice_that_comes_later(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    jifen("-w", ledger, "run", "2023-02", "--no-notices")
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    assert jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送", "--json").json["months"] == ["2023-01", "2023-02"]
    assert jifen("-w", ledger, "close", "2023-02").status == 0
    months = {one["month"]: one["state"] for one in jifen("-w", ledger, "status", "--json").json["months"]}
    assert (months["2023-01"], months["2023-02"]) == ("corrected", "closed")
    assert "已更正" not in text(ledger, "2023-02/月度通报.html") and "已更正" in text(ledger, "2023-01/月度通报.html")


def closed_month(jifen, workspace, month: str) -> None:
    assert jifen("-w", workspace, "run", month, "--no-notices").status == 0
    assert jifen("-w", workspace, "close", month).status == 0


def test_open_months_count_a_closed_one_as_it_was_posted_until_it_is_corrected(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    jifen("-w", ledger, "run", "2023-02", "--no-notices")
    assert points(jifen, ledger) == {"2023-01": "20.00"}


def test_verify_holds_through_runs_closings_and_corrections(jifen, ledger):
    closed(jifen, ledger, "2023-01")
    jifen("-w", ledger, "run", "2023-02", "--no-notices")
    jifen("-w", ledger, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "2023-01-00", "--reason", "重复报送")
    jifen("-w", ledger, "correct", "2023-01", "--reason", "重复报送")
    outcome = jifen("-w", ledger, "verify", "--json")
    assert (outcome.status, outcome.json["ok"], outcome.json["months"]) == (0, True, 2)
    assert outcome.json["entries"] == len(jifen("-w", ledger, "ledger", "--format", "json").json)


FORGERIES = {
    "points": ("UPDATE ledger_entry SET points = 900 WHERE id = 3", "分录 3"),
    "deleted": ("DELETE FROM ledger_entry WHERE id = 3", "分录 4"),
    "fact": ("UPDATE fact_version SET fields = replace(fields, '市教育局', '市科技局') WHERE id = 2", "第 1 次导入"),
    "operator": ("UPDATE batch SET operator = '无名' WHERE id = 1", "批次 1"),
    "match": ("UPDATE match SET given = 0 WHERE id = 1", "触发记录"),
}


@pytest.mark.parametrize("forged", FORGERIES)
def test_verify_names_what_was_changed_behind_the_ledgers_back(jifen, ledger, forged):
    jifen("-w", ledger, "run", "2023-01", "--no-notices")
    statement, named = FORGERIES[forged]
    with opened(ledger) as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(sql(statement))
    forge(ledger, statement)
    outcome = jifen("-w", ledger, "verify", "--json")
    assert (outcome.status, outcome.json["ok"]) == (1, False)
    assert named in outcome.json["faults"][0]["what"]


def test_who_did_it_stands_with_every_import_and_run(jifen, workspace, sheet):
    path = sheet("失信惩戒案例", *cases("2023-01", 1))
    jifen("-w", workspace, "import", path, "--by", "张三")
    jifen("-w", workspace, "run", "2023-01", "--no-notices", "--by", "李四")
    jifen("-w", workspace, "withdraw", "--import", "1", "--reason", "误报", "--by", "王五")
    assert [one["operator"] for one in jifen("-w", workspace, "imports", "--json").json] == ["张三", "王五"]
    assert asked(workspace, "SELECT operator FROM batch") == [("李四",)]
