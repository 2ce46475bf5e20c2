"""The next year: a ruleset made from the last one, and both years in one workspace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.dsl.letters import letter_rule
from engine.dsl.loader import read_folder, ruleset_of
from engine.errors import InputError
from engine.workbench.next_year import moved_to, shifted
from tests.scoring.test_units import HEAD, PLAIN, RULES, small, texts


def moved(head: str, rules: str = RULES):
    return moved_to(texts(PLAIN, head, rules), small(PLAIN, head, rules), "small-2024", 2024)


def test_the_last_value_of_a_setting_is_what_january_starts_with():
    head = HEAD.replace("settings: {合并: mean}", """settings:
  # 说明
  权重: {2023-01: {value: 1, source: 甲}, 2023-07: {value: 2, source: 乙}, review: 2023-11}  # 尾注
  期限:
    2023-01: {value: 2023-04-30, source: 甲}
    2023-09: {value: "2023-10-31", source: 2023年第3号}
""")  # fmt: skip
    new = moved(head)
    assert """settings:
  # 说明
  权重: {2024-01: {value: 2, source: 乙}, review: 2024-11}  # 尾注
  期限:
    2024-01: {value: "2024-10-31", source: 2023年第3号}
""" in new.texts["ruleset.yaml"]
    assert ruleset_of(new.texts).year == 2024
    assert [(one.line, one.text) for one in new.left] == [(10, '2024-01: {value: "2024-10-31", source: 2023年第3号}')]


def test_values_out_of_order_are_told():
    head = HEAD.replace("{合并: mean}", "{权重: {2023-07: {value: 2, source: 乙}, 2023-01: {value: 1, source: 甲}}}")
    with pytest.raises(InputError, match="权重"):
        moved(head)


def test_the_months_of_a_rule_move_with_it():
    rules = RULES + "  - {id: D03b, title: 名单, clause: 附件4 (三), units: all, when: {fact: 名单}, points: -1, valid: {to: 2023-06}}\n"
    assert "valid: {to: 2024-06}" in moved(HEAD, rules).texts["departments.yaml"]


def test_dates_move_to_days_that_there_are():
    assert [shifted(text, 1) for text in ("2024-02-29", "2023-13", "2023", "x2023-01")] == ["2025-02-28", None, None, None]


@pytest.fixture
def lean(workspace) -> Path:
    """The workspace with one file of rule tests, so that they are run quickly."""
    folder = workspace / "rulesets" / "changzhi-2023"
    for path in (folder / "tests").iterdir():
        if path.name != "obligations.yaml":
            path.unlink()
    return workspace


def new(jifen, workspace, *more):
    return jifen("-w", workspace, "rules", "new", "changzhi-2024", "--from", "changzhi-2023", *more)


def test_the_shipped_scheme_moves_to_the_next_year_and_passes(jifen, lean):
    target = lean / "rulesets" / "changzhi-2024"
    assert new(jifen, lean, "--dry-run").status == 0 and not target.exists()
    done = new(jifen, lean, "--json")
    assert done.status == 0 and done.json["findings"] == [] and done.json["tests"]["failed"] == []
    ruleset = ruleset_of(read_folder(target))
    assert (ruleset.name, ruleset.year, ruleset.notice["number_prefix"]) == ("changzhi-2024", 2024, "长发改信用〔2024〕")
    assert letter_rule(ruleset, "2024-01").number_prefix == "长信用督〔2024〕"
    assert ruleset.obligations_in("2024-01")[0].due == "2024-04-30"
    assert {"file": "ruleset.yaml", "line": 3, "old": "2023", "new": "2024"} in done.json["changes"]
    assert "ruleset.yaml" in {one["file"] for one in done.json["left"]}
    assert (target / "sample.yaml").read_text(encoding="utf-8").startswith("# 示例数据的剧本")


@pytest.mark.parametrize("words, said", [
    (("changzhi-2023", "--from", "changzhi-2023"), "已经存在"),
    (("changzhi-2024", "--from", "chang-2023"), "是否指“changzhi-2023”"),
    (("changzhi", "--from", "changzhi-2023"), "--year"),
    (("../2024", "--from", "changzhi-2023"), "不能作规则集的名称"),
])  # fmt: skip
def test_what_cannot_be_made_is_one_clear_line(jifen, workspace, words, said):
    done = jifen("-w", workspace, "rules", "new", *words)
    assert done.status == 1 and said in done.err and "Traceback" not in done.err
    assert [path.name for path in (workspace / "rulesets").iterdir()] == ["changzhi-2023"]


def test_a_year_that_is_not_over_is_still_told_by_its_own_ruleset(jifen, lean):
    shutil.rmtree(lean / "rulesets" / "changzhi-2023" / "tests")
    assert new(jifen, lean).status == 0
    config = lean / "jifen.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("changzhi-2023", "changzhi-2024"), encoding="utf-8")
    assert jifen("-w", lean, "annual", "2023", "--provisional", "--json").json["year"] == 2023
    for command in (("annual", "2023"), ("approve", "2023", "--by", "市政府"), ("notices", "2023")):
        outcome = jifen("-w", lean, *command)
        assert outcome.status == 1 and "2023-12" in outcome.err, command
    assert "2025 不是" in jifen("-w", lean, "annual", "2025").err


def test_two_years_in_one_workspace(jifen, lean, sheet):
    shutil.rmtree(lean / "rulesets" / "changzhi-2023" / "tests")
    state = sheet("拖欠账款", {"单位": "潞州区", "主体": "某中心", "起始月份": "2023-12", "终止月份": ""}, folder="a")
    once = sheet("信易贷平台建设", {"单位": "市金融办", "月份": "2023-12"}, folder="a")
    assert jifen("-w", lean, "import", state, once).status == 0
    for number in range(1, 13):
        assert jifen("-w", lean, "run", f"2023-{number:02d}", "--no-notices").status == 0
    assert jifen("-w", lean, "close", "2023-12").status == 0
    assert new(jifen, lean).status == 0
    config = lean / "jifen.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("changzhi-2023", "changzhi-2024"), encoding="utf-8")

    again = sheet("信易贷平台建设", {"单位": "市金融办", "月份": "2024-01"}, folder="b")
    done = jifen("-w", lean, "run", "2024-01", "--from", again)
    assert done.status == 0, done.err
    rows = {row["unit"]: row for row in jifen("-w", lean, "standings", "2024-01", "--json").json}
    assert rows["潞州区"]["total_points"] == rows["潞州区"]["month_points"]  # the total begins anew
    entries = jifen("-w", lean, "ledger", "--json").json
    by_month = {month: {(row["unit"], row["rule"]): row["points"] for row in entries if row["period"] == month}
                for month in ("2023-12", "2024-01")}  # fmt: skip
    for unit in ("潞州区", "市金融办"):  # the state goes on by itself; what is given once is given once a year
        own = [{rule: amount for (each, rule), amount in by_month[month].items() if each == unit} for month in by_month]
        assert own[1] and own[1].items() <= own[0].items()
    assert jifen("-w", lean, "status").status == 0
    assert jifen("-w", lean, "letters", "--month", "2023-12").status == 0

    late = sheet("典型经验", {"单位": "潞州区", "月份": "2023-12", "名称": "补报"}, folder="c")
    refused = jifen("-w", lean, "import", late)
    assert refused.status == 1 and "closed-month" in refused.err
    assert jifen("-w", lean, "import", late, "--correction", "补报").status == 0
    corrected = jifen("-w", lean, "correct", "2023-12", "--reason", "补报")
    assert corrected.status == 0 and "已入账" in corrected.out
    assert jifen("-w", lean, "notices", "2023-12").status == 0
    assert jifen("-w", lean, "verify").status == 0
    assert "changzhi-2024 的年度 2024" in jifen("-w", lean, "run", "2025-01").err

    shutil.copytree(lean / "rulesets" / "changzhi-2023", lean / "rulesets" / "changzhi-2023b")
    told = jifen("-w", lean, "run", "2023-12")
    assert told.status == 1 and "changzhi-2023、changzhi-2023b" in told.err
