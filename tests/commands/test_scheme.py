"""The scheme as people read it: `rules show` and `rules catalogue`."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.annual import quietly
from tests.commands.test_units import edited, rename

_TWENTY = "{2023-01: {value: year, source: 附件4 附表一 (十六)}}"


def card(jifen, workspace, *words: str) -> str:
    told = jifen("-w", workspace, "rules", "show", *words)
    assert told.status == 0, told.err
    return told.out


@pytest.fixture(scope="module")
def page(scored, tmp_path_factory):
    """The page over a year that is scored, its text, and the folder that it lies in."""
    file = tmp_path_factory.mktemp("out") / "目录.html"
    quietly("-w", scored, "rules", "catalogue", "-o", file)
    return file.read_text(encoding="utf-8"), file.parent


def test_the_page_holds_the_whole_scheme_in_the_order_of_the_source(page, ruleset):
    html, _ = page
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for wanted in (
        [rule.id for rule in ruleset.rules if rule.clause],
        [f"任务{one.no}" for one in ruleset.obligations],
        [f"设置-{name}" for name in ruleset.settings],
        [f"事实-{name}" for name in ruleset.kinds],
        [re.sub(r"[ ()]+", "-", clause).strip("-") for clause in ruleset.clauses],
    ):
        assert [one for one in ids if one in set(wanted)] == wanted
    assert {rule.id for rule in ruleset.rules} <= set(ids)
    assert "D03" in ids and ids.index("D02") < ids.index("D03") < ids.index("D03a")
    for clause in ruleset.clauses.values():
        assert not clause.slips or clause.slips[:12] in unescape(html)
        assert not clause.no_points or clause.no_points[:12] in unescape(html)


def test_every_link_of_the_page_leads_somewhere_and_the_page_always_has_the_same_bytes(page, jifen, scored):
    html, folder = page
    ids = set(re.findall(r'id="([^"]+)"', html))
    links = {unquote(unescape(one)) for one in re.findall(r'href="([^"]+)"', html)}
    assert {one for one in links if one.startswith("#") and one[1:] not in ids} == set()
    files = {one for one in links if not one.startswith("#")}
    assert any("/tests/departments-foundation.yaml" in one for one in files)
    assert [one for one in files if not (folder / one).exists()] == []
    again = folder / "again.html"
    assert jifen("-w", scored, "rules", "catalogue", "-o", again).status == 0
    assert again.read_text(encoding="utf-8") == html


def test_every_rule_is_worked_out_by_a_test_of_its_own(jifen, workspace, ruleset):
    told = jifen("-w", workspace, "rules", "catalogue", "--json").json
    rules = [rule for part in told["parts"] for section in part["sections"] for clause in section["clauses"] for rule in clause["rules"]]
    assert sorted(rule["id"] for rule in rules) == sorted(rule.id for rule in ruleset.rules)
    assert [rule["id"] for rule in rules if not rule["examples"] or not rule["tests"]] == []
    known = {rule["id"]: rule for rule in rules}
    (worked,) = known["D05"]["examples"]
    assert [line["formula"] for line in worked["lines"]] == ["5 × 5/10 = 2.50", "5 × 4/4 = 5.00"]
    assert worked["given"] == "7.50" and worked["facts"][0] == {"kind": "行政管理信息", "say": "类别 行政确认，报送数 10，合规数 5"}
    capped = known["D16b"]["examples"][-1]
    assert [line["given"] for line in capped["lines"] if line["limit"]] == ["0.00"] and capped["given"] == "20.00"
    assert told["month"] == "" and known["D05"]["month"] is None


def test_a_rule_s_last_month_is_what_the_ledger_holds(jifen, scored, ruleset):
    (rule,) = jifen("-w", scored, "rules", "show", "D06b", "--json").json["rules"]
    held = jifen("-w", scored, "ledger", "--json").json
    own = [one for one in (held["entries"] if isinstance(held, dict) else held) if one["rule"] == "D06b" and one["period"] == "2023-12"]
    assert rule["month"]["month"] == "2023年12月"
    assert (rule["month"]["count"], rule["month"]["given"]) == (len(own), "-35.00")
    assert [one["unit"] for one in rule["month"]["units"]] == [name for name in ruleset.units if name in {one["unit"] for one in own}]
    assert "上月  2023年12月：7 条，合计 −35.00 分" in card(jifen, scored, "D06b")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("D05",), ["D05 其他行政管理信息合规率", "条款  附件4 附表一 (五) 扩大信息归集范围", "存疑  每月40分", "限制  当月累计以40.00分为限"]),
        (("d05",), ["D05 其他行政管理信息合规率"]),
        (("D03",), ["D03a 双公示当月评分", "D03b 双公示及时", "D03c 双公示零报告"]),
        (("任务", "4"), ["任务4 完整、准确、及时报送", "标准  实报数等于应报数，及时数等于实报数", "测试  tests/obligations.yaml:"]),
        (("7",), ["任务7 ", "期限  2023年12月31日（设置“年底时限”）"]),
        (("附件4 附表一（三）",), ["条款  附件4 附表一 (三) 提高“双公示”信息质量", "D03a 双公示当月评分"]),
        (("附件4", "附表二", "(十八)"), ["不计  县区积分规则此格为空"]),
        (("双公示及时权重",), ["取值  2023年1月起 10（附件4 附表一 (三)）", "用处  D03b、C03b"]),
    ],
)  # fmt: skip
def test_a_thing_is_shown_by_any_name_that_people_have_for_it(jifen, workspace, words, told):
    shown = card(jifen, workspace, *words)
    assert [one for one in told if one not in shown] == []
    assert "还没有已计分的月份" in shown or words[-1] in ("双公示及时权重", "(十八)")


def test_a_name_that_is_not_there_is_told_with_the_nearest(jifen, workspace):
    told = jifen("-w", workspace, "rules", "show", "年底时现")
    assert told.status == 1 and told.out == "" and "是否指“年底时限”？" in told.err


def test_values_of_a_setting_that_changes_and_a_limit_that_a_setting_lifts_are_told(jifen, workspace):
    edited(workspace, "ruleset.yaml", "双公示及时权重: {2023-01: {value: 10, source: 附件4 附表一 (三)}}",
           "双公示及时权重: {2023-01: {value: 10, source: 附件4}, 2023-07: {value: 12, source: 七月通知}, review: 2023-12}")  # fmt: skip
    assert "双公示及时权重：2023年1月起 10，2023年7月起 12" in card(jifen, workspace, "D03b")
    shown = card(jifen, workspace, "双公示及时权重")
    assert "2023年7月起 12（七月通知）" in shown and "复查  2023年12月之后" in shown
    assert "限制  按设置“失信主体封顶”，不封顶" in card(jifen, workspace, "D29")
    edited(workspace, "ruleset.yaml", f"二十分封顶: {_TWENTY}", f"二十分封顶: {_TWENTY.replace('year', 'month')}")
    assert "限制  当月累计以20.00分为限" in card(jifen, workspace, "D16b")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ("when: {fact: 双公示统计, where: {应报数: {ge: 5, lt: 9}}}\n    points: 1",
         ["条件  当月每有一条应报数不小于5、应报数小于9的“双公示统计”，计一次。", "分值  1.00分"]),
        ("when: {none: 双公示统计, where: {应报数: {gt: {setting: 双公示时限}}}}\n    points: -双公示零报积分",
         ["条件  当月没有应报数大于设置“双公示时限”的值的“双公示统计”的，计一次。", "分值  −双公示零报积分", "　　  双公示时限：2023年1月起 7"]),
        ("when: {fact: 严重失信主体, where: {终止月份: {given: false}}}\n    points: -2\n    veto: {grade: 不合格, at: year-end}",
         ["每有一条当月仍在持续的未填终止月份的“严重失信主体”，逐月计一次，终止当月不算。", "否决  到12月底仍符合的，不论名次，评为不合格"]),
        ("when: {fact: 信用修复}\n    points: 0.5\n    times: 条数\n    cap: {points: {setting: 双公示零报积分}, per: month}\n"
         "    valid: {from: 2023-03, to: 2023-08}\n    replaces: D17",
         ["限制  按条数累计；当月累计以设置“双公示零报积分”的值为限", "期间  2023年3月至2023年8月", "取代  D17"]),
        ("when: {fact: 顶层文件落实}\n    points: {by: 方式, table: {转发: 1, 转发并落实: {setting: 双公示时限}, 细化: 2, 细化并落实: 3}}",
         ["分值  按“方式”：转发1.00分、转发并落实为设置“双公示时限”的值、细化2.00分", "算式  by: 方式，table: 转发: 1，转发并落实: 双公示时限"]),
    ],
)  # fmt: skip
def test_the_parts_of_a_rule_are_put_in_words(jifen, workspace, parts, told):
    file = workspace / "rulesets" / "changzhi-2023" / "more.yaml"
    if "replaces" in parts:
        edited(workspace, "departments.yaml", "  - id: D17\n", "  - id: D17\n    valid: {to: 2023-02}\n")
    rule = f"  - id: D17x\n    title: 试验\n    clause: 附件4 附表一 (十七)\n    units: [市教育局, 市公安局]\n    {parts}\n"
    file.write_text(f"category: 部门\nrules:\n{rule}", encoding="utf-8")
    shown = card(jifen, workspace, "D17x")
    assert [one for one in [*told, "单位  市教育局、市公安局\n", "测试  没有测试"] if one not in shown] == []


def test_a_unit_that_was_renamed_is_counted_once(jifen, workspace):
    before = card(jifen, workspace, "D05")
    rename(workspace)
    assert "单位  全部部门（55个）" in before and "单位  全部部门（55个）" in card(jifen, workspace, "D05")


def test_without_a_database_or_clauses_and_with_tests_that_cannot_be_read_the_scheme_is_shown_all_the_same(jifen, workspace):
    (workspace / "jifen.db").unlink()
    edited(workspace, "departments.yaml", "title: 其他行政管理信息合规率", "title: 甲<b>乙&丙")
    (workspace / "rulesets" / "changzhi-2023" / "clauses.yaml").unlink()
    (workspace / "rulesets" / "changzhi-2023" / "tests" / "obligations.yaml").write_text("- {name: 甲}\n", encoding="utf-8")
    shown = card(jifen, workspace, "D05")
    assert "\n算例  " not in shown and "测试  规则测试有" in shown and "上月  还没有已计分的月份" in shown
    assert jifen("-w", workspace, "rules", "catalogue").status == 0
    html = (workspace / "规则目录.html").read_text(encoding="utf-8")
    assert "甲&lt;b&gt;乙&amp;丙" in html and "这里没有测试和算例" in html and '<h4 id="附件4-附表一-五">' in html and not (workspace / "jifen.db").exists()


def test_a_test_that_fails_is_no_example(jifen, workspace):
    tests = Path("tests") / "departments-foundation.yaml"
    edited(workspace, str(tests), "expect: {D05: 7.5}", "expect: {D05: 7.6}")
    (rule,) = jifen("-w", workspace, "rules", "show", "D05", "--json").json["rules"]
    assert [one["given"] for one in rule["examples"]] == ["40.00"]


def test_the_page_cannot_be_written_where_no_folder_is(jifen, workspace, tmp_path):
    told = jifen("-w", workspace, "rules", "catalogue", "-o", tmp_path / "none" / "x.html")
    assert told.status == 1 and "没有这个文件或文件夹" in told.err and told.out == ""


def test_a_fact_that_says_no_more_than_its_kind_ends_in_no_colon(jifen, workspace, page):
    assert "\n　　  信用报告首批试点\n" in card(jifen, workspace, "D13b")
    assert ">信用报告首批试点</span>" in page[0]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("文件择优", "文件（同一文件全年取最好的一次；附件4 附表一 (一)）"),
        ("制度推行计次", "unit（每个单位每年计一次；附件4 附表一 (十)）"),
        ("二十分封顶", "year（全年封顶；附件4 附表一 (十六)）"),
        ("失信主体封顶", "none（不封顶；附件4 附表一 (二十九)）"),
        ("合并单位积分", "mean（取原各单位的平均；附件4 未写明）"),
        ("月度积分折算", "none（按原值计；附件4 二）"),
    ],
)
def test_a_word_of_the_rule_language_that_a_setting_holds_is_told_with_its_meaning(jifen, workspace, setting, value):
    assert f"取值  2023年1月起 {value}" in card(jifen, workspace, setting)
