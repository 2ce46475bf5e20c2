"""Adjustments by the group: a fact with a reason and an attachment's hash, posted by a rule without a clause."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.conftest import closed
from tests.notices.reading import Reader

UNIT, MONTH = "市教育局", "2023-04"


@pytest.fixture
def attachment(tmp_path) -> Path:
    path = tmp_path / "专题会议纪要.pdf"
    path.write_bytes(b"%PDF-1.7 minutes")
    return path


@pytest.fixture
def adjust(jifen, workspace, attachment):
    def adjust(points: str, *args: object, reason: str = "重复计分核减", month: str = MONTH, unit: str = UNIT):
        told = ("--points", points, "--reason", reason, "--attachment", attachment)
        return jifen("-w", workspace, "adjust", unit, month, *told, *args)

    return adjust


def facts(jifen, workspace) -> list[dict]:
    return jifen("-w", workspace, "facts", "人工调整", "--json").json


def statement(workspace: Path, unit: str = UNIT, month: str = MONTH) -> Reader:
    return Reader((workspace / "notices" / month / "得分单" / f"{unit}.html").read_text(encoding="utf-8"))


def test_an_adjustment_takes_points_with_its_reason_and_the_hash_of_its_attachment(jifen, workspace, adjust, attachment):
    done = adjust("-5.5")
    assert done.status == 0 and "jifen run 2023-04" in done.out
    (fact,) = facts(jifen, workspace)
    assert fact["values"]["附件校验码"] == hashlib.sha256(attachment.read_bytes()).hexdigest()
    assert (fact["key"], fact["values"]["积分"], fact["source"]["file"]) == ("市教育局|2023-04|1", "-5.5", attachment.as_posix())
    assert jifen("-w", workspace, "run", MONTH).status == 0
    (entry,) = jifen("-w", workspace, "ledger", "--unit", UNIT, "--json").json
    assert (entry["rule"], entry["points"], entry["fact"]) == ("D00", "-5.50", "人工调整:市教育局|2023-04|1")
    assert jifen("-w", workspace, "verify").status == 0


def test_the_statement_shows_it_under_its_own_heading_and_others_hear_nothing_of_it(jifen, workspace, adjust):
    adjust("-5.5")
    adjust("2", reason="专题会议决定补记")
    assert jifen("-w", workspace, "run", MONTH).status == 0
    rows = statement(workspace).tables["市教育局2023年4月得分明细"]
    assert any(row.text("c-section") == "人工调整" for row in rows)
    lines = [" ".join(text for _, text in row.cells) for row in rows if row.kinds == ("entry",)]
    assert [("重复计分核减" in line, "−5.50" in line) for line in lines[:1]] == [(True, True)]
    assert "专题会议决定补记" in lines[1] and "来源：专题会议纪要.pdf" in lines[1] and "第" not in lines[1]
    for unit in ("市财政局", "潞州区"):
        assert "人工调整" not in statement(workspace, unit).text
    notice = Reader((workspace / "notices" / MONTH / "月度通报.html").read_text(encoding="utf-8"))
    deducted = [" ".join(text for _, text in row.cells) for row in notice.tables["2023年4月扣分明细"]]
    assert any("人工调整重复计分核减" in row and "D00" in row for row in deducted)
    assert "补记" not in notice.text  # what the group gave is no achievement of the unit's


def test_each_adjustment_takes_the_next_number_and_one_given_twice_is_asked_about(jifen, workspace, adjust):
    adjust("1", reason="甲")
    assert adjust("2", reason="乙").status == 0
    again = adjust("1", reason="甲")
    assert again.status == 1 and "已有同样的人工调整 1" in again.err and "--number 3" in again.err
    assert adjust("1", "--number", "3", reason="甲").status == 0
    assert [one["key"] for one in facts(jifen, workspace)] == [f"{UNIT}|{MONTH}|{number}" for number in (1, 2, 3)]
    other_month = adjust("1", reason="甲", month="2023-05")
    assert other_month.status == 0 and "也报过" not in other_month.err
    jifen("-w", workspace, "withdraw", "人工调整", UNIT, MONTH, "3", "--reason", "误记")
    assert "编号 4" in adjust("7", reason="丙").out  # a number is never used again


def test_an_adjustment_is_never_written_over(jifen, workspace, adjust):
    adjust("1")
    done = adjust("2", "--number", "1")
    assert done.status == 1 and "不能改写" in done.err and "jifen withdraw 人工调整 市教育局 2023-04 1" in done.err
    assert [one["values"]["积分"] for one in facts(jifen, workspace)] == ["1"]
    same = adjust("1", "--number", "1")
    assert same.status == 0 and "没有新内容" in same.out


@pytest.mark.parametrize(
    ("points", "more", "said"),
    [
        ("三", {}, "积分”应为"),
        ("1", {"reason": "  "}, "“理由”不能为空"),
        ("1", {"unit": "市教育厅"}, "是否指“市教育局”"),
        ("1", {"month": "2024-01"}, "不在规则集"),
    ],
)
def test_what_cannot_be_an_adjustment_is_refused_and_nothing_is_kept(jifen, workspace, adjust, points, more, said):
    done = adjust(points, **more)
    assert done.status == 1 and said in done.err
    assert facts(jifen, workspace) == []


def test_an_attachment_that_is_not_there_is_told(jifen, workspace, tmp_path):
    told = ("--points", "1", "--reason", "甲", "--attachment", tmp_path / "没有.pdf")
    done = jifen("-w", workspace, "adjust", UNIT, MONTH, *told)
    assert done.status == 1 and "没有.pdf" in done.err


def test_a_preview_keeps_nothing(jifen, workspace, adjust):
    done = adjust("-1", "--dry-run", "--json")
    assert (done.json["new"], done.json["fact"]["values"]["积分"]) == (1, "-1")
    assert facts(jifen, workspace) == []


def test_a_closed_month_is_adjusted_by_a_correction_only(jifen, workspace, adjust):
    adjust("3", reason="甲", month="2023-01")
    closed(jifen, workspace, "2023-01")
    refused = adjust("-1", "--json", month="2023-01")
    assert refused.status == 1 and [one["code"] for one in refused.json["rejected"]] == ["closed-month"]
    done = adjust("-1", "--correction", "复核决定", month="2023-01")
    assert done.status == 0 and "jifen correct 2023-01" in done.out
    assert jifen("-w", workspace, "correct", "2023-01", "--reason", "复核决定").status == 0
    assert "D00" in (workspace / "notices/2023-01/更正通报-1.html").read_text(encoding="utf-8")
    assert jifen("-w", workspace, "verify").status == 0


@pytest.mark.parametrize("wrong", ["", "abc", "g" * 64, "a" * 63, "a" * 65])
def test_an_imported_adjustment_needs_a_hash_that_could_be_one(jifen, workspace, sheet, wrong):
    row = {"单位": UNIT, "月份": MONTH, "编号": "1", "积分": 1, "理由": "甲", "附件校验码": wrong}
    refused = jifen("-w", workspace, "import", sheet("人工调整", row), "--json")
    assert refused.status == 1
    assert "64 位十六进制 SHA-256" in refused.json["rejected"][0]["message"]


def test_a_hash_in_capitals_is_the_same_hash(jifen, workspace, sheet):
    row = {"单位": UNIT, "月份": MONTH, "编号": "1", "积分": 1, "理由": "甲", "附件校验码": "AB" * 32}
    assert jifen("-w", workspace, "import", sheet("人工调整", row)).status == 0
    assert facts(jifen, workspace)[0]["values"]["附件校验码"] == "ab" * 32


def test_the_shipped_ruleset_has_no_warning_and_no_rule_without_a_test(jifen, workspace):
    assert json.loads(jifen("-w", workspace, "rules", "check", "--json").out) == {"findings": []}
    assert jifen("-w", workspace, "rules", "test", "--json").json["untested"] == []
