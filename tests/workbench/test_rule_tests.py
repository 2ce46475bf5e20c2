"""`rules test` as a maintainer of rules meets it: what fails, why, which tests run, and what is written for others to read."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from engine.dsl.loader import read_tests
from engine.obligations.judging import Judgements
from engine.scoring.year import Year
from engine.workbench.testing.rule_tests import checked_cases, read_cases
from engine.workbench.testing.running import run_cases
from tests.conftest import SHIPPED

TESTS = "rulesets/changzhi-2023/tests"
FAILS = """\
- name: 比率
  unit: 市城管局
  month: 2023-04
  facts:
    双公示统计: [{应报数: 9, 实报数: 0, 及时数: 0, 合规数: 0}]
    双公示评分: [{得分: 3}]
  expect: {D03b: 23.5}
- name: "上限\\u0007"
  unit: 市教育局
  month: 2023-05
  facts:
    信用修复: [{条数: 15, 月份: 2023-04}, {条数: 9}]
    信易贷放款: [{编号: 1, 行业: 教育, 县区: 潞州区}]
    宣传稿件: [{编号: 1, 标题: 甲, 月份: 2023-03}]
  expect: {D17: 9, D21: 5, D02: 5, D27a: 2}
- name: 任务
  unit: 市发改委
  month: 2023-05
  facts:
    顶层文件落实: [{文件: 1, 方式: 转发, 月份: 2023-01}]
    双公示统计: [{应报数: 9, 实报数: 9, 及时数: 8, 合规数: 9}]
    双公示异议: [{编号: 1, 及时处理: 是}]
  tasks: {1: 已完成, 4: 已完成, 6: 不达标, 12: 逾期}
"""
PASSES = """\
- {name: 稿件一篇, unit: 市教育局, month: 2023-04, facts: {宣传稿件: [{编号: 1, 标题: 甲}]}, expect: {D27a: 2}}
- {name: 典型一例, unit: 市教育局, month: 2023-04, facts: {诚信典型: [{名称: 甲}]}, expect: {D27b: 10}}
"""


def edited(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def only(workspace):
    """A workspace whose rule tests are these files alone."""

    def write(**files: str):
        folder = workspace / TESTS
        for path in folder.iterdir():
            path.unlink()
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return workspace

    return write


def case(text: str) -> str:
    return f"- {{name: 甲, unit: 市教育局, {text}}}\n"


def test_a_failing_test_says_which_test_each_fact_failed_by_how_much_and_what_barred_or_cut_the_rest(jifen, only):
    told = jifen("-w", only(fails=FAILS), "rules", "test", "--run", "fails")
    assert told.status == 1 and "未通过 3" in told.out
    for line in (
        "tests/fails.yaml:1:3: 未通过 比率",
        "2023-04 D03a：应为 0.00，实为 3.00  双公示当月评分",
        "计 3.00 = 3：“双公示评分”",
        "测试没有写 D03a；与本例无关的规则写进 ignore",
        "2023-04 D03b：应为 23.50，实为 0.00  双公示及时、合规、报送情况",
        "当月已有“双公示评分”，本条不触发",
        "不符合：实报数为0（应大于0）：“双公示统计”",
        "规则不适用于市教育局",
        "计 5.00 = 1 × 9（应得 9.00，全年累计以20.00分为限）",
        "此前 2023-04 计 15.00 = 1 × 15",
        "归潞州区，不归市教育局：“信易贷放款”编号 1",
        "市教育局当月没有“宣传稿件”",
        "不在 2023-05：“宣传稿件”月份 2023年3月",
        "2023-05 任务 1：应为 已完成，实为 逾期",
        "期限 2023-04-30",
        "“顶层文件落实”的文件还缺 2、3、4、5、6、7、8、9、10、11、12、13",
        "不符合：及时数为8（应等于实报数（9），差1）",
        "不符合：及时处理为是（应为否）",
        "没有“等保测评完成”",
    ):
        assert line in told.err, line
    assert "\x07" not in told.err


def test_the_json_of_a_failing_test_holds_the_difference_and_its_why(jifen, only):
    wrong = case("month: 2023-04, facts: {宣传稿件: [{编号: 1, 标题: 甲}]}, expect: {D27a: 3}")
    told = jifen("-w", only(a=wrong), "rules", "test", "--json")
    (failed,) = told.json["failed"]
    assert told.status == 1 and told.json["passed"] == 0
    assert (failed["file"], failed["line"], failed["name"]) == ("tests/a.yaml", 1, "甲")
    assert failed["faults"] == ["2023-04 D27a：应为 3.00，实为 2.00"]
    (difference,) = failed["differences"]
    assert difference["why"] == ["计 2.00 = 2：“宣传稿件”月份 2023年4月，编号 1，标题 甲"]
    assert "D27a" not in told.json["untested"] and "D27b" in told.json["untested"]


@pytest.mark.parametrize(
    "pattern, names",
    [
        ("一篇", ["稿件一篇"]),
        ("d27B", ["典型一例"]),
        ("^典型|稿件", ["稿件一篇", "典型一例"]),
        ("tests/a", ["稿件一篇", "典型一例"]),
        ("任务 4", ["双公示（全部"]),
        ("公示（全", ["双公示（全部"]),
        ("(全", None),
    ],
)
def test_run_takes_the_tests_with_the_pattern_in_their_name_file_rule_or_obligation(jifen, only, tmp_path, pattern, names):
    other = "- {name: 双公示（全部, unit: 市教育局, month: 2023-04, facts: {双公示统计: [{应报数: 0, 实报数: 0, 及时数: 0, 合规数: 0}]}, tasks: {4: 已完成}}\n"
    page = tmp_path / "junit.xml"
    told = jifen("-w", only(a=PASSES, b=other), "rules", "test", "--run", pattern, "--junit", page)
    if names is None:
        assert told.status == 1 and f"没有与“{pattern}”相符的测试" in told.err and not page.exists()
    else:
        assert told.status == 0
        assert [one.get("name") for one in ElementTree.parse(page).iter("testcase")] == names


def test_a_pattern_that_no_test_has_is_told_with_the_nearest(jifen, only):
    told = jifen("-w", only(a=PASSES), "rules", "test", "--run", "稿件两篇")
    assert told.status == 1 and "是否指“稿件一篇”" in told.err


def test_a_floor_for_a_part_of_the_tests_is_wrong_usage(jifen, only):
    assert jifen("-w", only(a=PASSES), "rules", "test", "--run", "一篇", "--fail-under", "5").status == 2
    assert jifen("-w", only(a=PASSES), "rules", "test", "--fail-under", "101").status == 2


@pytest.mark.parametrize("files", [{}, {"a": "[]\n"}])
def test_a_ruleset_without_tests_fails(jifen, only, files):
    told = jifen("-w", only(**files), "rules", "test")
    assert told.status == 1 and "没有测试" in told.err


@pytest.mark.parametrize(
    "text, code, place, words",
    [
        ("expect: {}", "missing-key", "1:25", "什么也没有判断"),
        ("tasks: {35: 已完成}", "missing-key", "1:25", "什么也没有判断"),
        ("month: 2023-04, facts: {}", "missing-key", "1:3", "什么也没有判断"),
        ("expect: {2024-01: {}}", "bad-value", "1:34", "不在规则集的年度内"),
        ("month: 2023-04, expect: {D5: 1}", "bad-value", "1:50", "没有名为“D5”的规则"),
        ("month: 2023-04, expect: {D05: 1.234}", "bad-value", "1:55", "至多两位小数"),
        ("month: 2023-04, expect: {D05: 1}, ignore: [D05]", "bad-value", "1:68", "等于没有判断"),
        ("month: 2023-04, expect: {}, settings: {年底时限: 六月}", "bad-value", "1:70", "应是日期"),
        ("month: 2023-04, tasks: {99: 已完成}", "bad-value", "1:49", "没有对市教育局的任务 99"),
    ],
)
def test_a_test_that_asserts_nothing_or_names_what_is_not_there_is_told_at_its_place(jifen, only, text, code, place, words):
    told = jifen("-w", only(a=case(text)), "rules", "test")
    assert told.status == 1 and words in told.err and "没有运行规则测试" in told.err
    assert f"tests/a.yaml:{place}: 错误 {code}" in told.err


@pytest.mark.parametrize(
    "value, override, when, points, words",
    [
        ("1", "0", "", "/ 甲", "bad-value 规则 D05：封顶分值“0”应是大于 0 的数，至多两位小数"),
        ("1", "0", "", "/ 甲 * 1", "division 规则 D05：除数可能为 0，例如 2023-01 的行政管理信息：报送数 1、合规数 0、设置 甲 为 0"),
        ("1", "0", "报送数: {ge: {setting: 甲}}", "", "division 规则 D05：除数可能为 0，例如 2023-01 的行政管理信息：报送数 0、合规数 0"),
        ("0", "1.5", "报送数: {gt: {setting: 甲}}", "", "bad-value 规则 D05：“1.5”不是“报送数”的值，应为"),
        ("行政确认", "行政确", "报送数: {gt: 0}, 类别: {setting: 甲}", "", "bad-value 规则 D05：“行政确”不是“类别”的值，应为"),
        ("行政确认", "行政给付", "报送数: {gt: 0}, 类别: {setting: 甲}", "", None),
    ],
)
def test_a_setting_may_be_overridden_with_what_the_rules_can_be_read_with(jifen, only, value, override, when, points, words):
    workspace = only(a=case(f"month: 2023-04, expect: {{}}, settings: {{甲: {override}}}"))
    folder = workspace / "rulesets/changzhi-2023"
    edited(folder / "ruleset.yaml", "settings:\n", f"settings:\n  甲: {value}\n")
    formula = "}}\n    points: 5 * 合规数 / 报送数"
    tests = when or "报送数: {gt: 0}"
    edited(folder / "departments.yaml", "{报送数: {gt: 0}" + formula, f"{{{tests}{formula} {points}")
    if points == "/ 甲":
        edited(folder / "departments.yaml", "cap: {points: 40, per: month}", "cap: {points: {setting: 甲}, per: month}")
    told = jifen("-w", workspace, "rules", "test")
    if words is None:
        assert told.status == 0
    else:
        assert told.status == 1 and f"tests/a.yaml:1:67: 错误 {words}" in told.err


def test_a_limit_is_not_overridden_with_a_field_that_its_fact_has_not(jifen, only):
    told = jifen("-w", only(a=case("month: 2023-04, expect: {}, settings: {文件择优: 报送数}")), "rules", "test")
    assert told.status == 1 and "bad-value 规则 D01：best_of 不能是“报送数”，可用：none、“顶层文件落实”的字段" in told.err


def test_a_month_in_which_the_unit_is_not_there_asserts_nothing(ruleset, tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/a.yaml").write_text(case("expect: {2023-02: {}}"), encoding="utf-8")
    late = replace(ruleset, units={**ruleset.units, "市教育局": replace(ruleset.units["市教育局"], since="2023-03")})
    assert [one.message for one in checked_cases(read_tests(tmp_path), late)[1]] == ["2023-02 没有市教育局，什么也没有判断"]
    assert checked_cases(read_tests(tmp_path), ruleset)[1] == []


def test_a_name_used_twice_in_a_file_is_told_and_in_another_file_is_not(jifen, only):
    told = jifen("-w", only(a=PASSES + PASSES.splitlines()[0] + "\n"), "rules", "test")
    assert told.status == 1 and "tests/a.yaml:3:10: 错误 duplicate-id 测试名称“稿件一篇”重复\n" in told.err
    assert "提示：第 1 行已用；换一个名称" in told.err
    assert jifen("-w", only(a=PASSES, b=PASSES), "rules", "test").status == 0


def test_expecting_nothing_of_a_month_is_a_test(jifen, only):
    assert jifen("-w", only(a=case("expect: {2023-05: {}}")), "rules", "test").status == 0
    told = jifen("-w", only(a=case("facts: {宣传稿件: [{编号: 1, 标题: 甲, 月份: 2023-05}]}, expect: {2023-05: {}}")), "rules", "test")
    assert told.status == 1 and "D27a：应为 0.00，实为 2.00" in told.err


def test_junit_is_xml_with_a_suite_for_each_file_whatever_the_names_hold(jifen, only, tmp_path):
    page = tmp_path / "junit.xml"
    assert jifen("-w", only(a=PASSES, b=FAILS), "rules", "test", "--junit", page).status == 1
    top = ElementTree.parse(page).getroot()
    counted = [(one.get("name"), one.get("tests"), one.get("failures")) for one in top]
    assert counted == [("tests/a.yaml", "2", "0"), ("tests/b.yaml", "3", "3")]
    failures = top.findall("testsuite[2]/testcase/failure")
    assert "D03b：应为 23.50，实为 0.00" in failures[0].get("message") and "实报数为0（应大于0）" in failures[0].text
    assert top.find("testsuite[2]/testcase[2]").get("name") == "上限\\x07"


def test_the_results_are_the_same_and_in_order_whatever_the_number_of_processes(ruleset, tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/a.yaml").write_text(FAILS, encoding="utf-8")
    shipped = read_cases(SHIPPED, ruleset)
    cases = [*shipped[:25], *read_cases(tmp_path, ruleset), *shipped[-10:]]
    alone, told = run_cases(ruleset, cases, 1), []
    assert run_cases(ruleset, cases, 2, lambda done, total: told.append((done, total))) == alone
    assert [place for place, one in enumerate(alone) if one.differences] == [25, 26, 27]
    assert told[-1] == (len(cases), len(cases))


def test_a_unit_alone_gets_what_it_gets_among_all(ruleset):
    for one in read_cases(SHIPPED, ruleset)[::30]:
        year = Year(ruleset, one.facts)
        for month in {*one.expect, *one.tasks}:
            assert Year(ruleset, one.facts).awards_of(one.unit, month) == year.awards(month)[one.unit]
            among = [each for each in Judgements(year).verdicts(month) if each.unit == one.unit]
            assert sorted(Judgements(Year(ruleset, one.facts)).verdicts_of(one.unit, month), key=lambda each: each.task) == among


def test_a_rule_that_does_not_bind_the_unit_is_not_tested_by_expecting_nothing_of_it(jifen, only):
    told = jifen("-w", only(a=case("month: 2023-04, expect: {D02: 0, D05: 0}")), "rules", "test", "--json")
    assert told.status == 0 and "D02" in told.json["untested"] and "D05" not in told.json["untested"]
    assert {one["rule"]: one["tests"] for one in told.json["coverage"]["rules"] if one["rule"] in ("D02", "D05")} == {"D02": 0, "D05": 1}


RECORDS = """\
- name: 记录
  unit: 市城管局
  month: 2023-04
  facts:
    双公示记录:
      - {文号: 1, 类型: 行政许可, 相对人: 甲, 决定日期: 2023-04-03, 上报日期: 2023-04-13, 合规: 是}
      - {文号: 2, 类型: 行政许可, 相对人: 甲, 决定日期: 2023-04-03, 上报日期: 2023-04-17, 合规: 是}
      - {文号: 3, 类型: 行政处罚, 相对人: 乙, 决定日期: 2023-04-10, 上报日期: 2023-04-11, 合规: 否}
      - {文号: 4, 类型: 行政处罚, 相对人: 乙, 决定日期: 2023-04-10, 合规: 是}
"""
AGES = "      - {文号: 5, 类型: 行政许可, 相对人: 甲, 决定日期: 2023-04-03, 上报日期: 2099-04-04, 合规: 是}\n"


@pytest.mark.parametrize(
    "rest, points",
    [
        ("", "20.83"),  # 10 * 2/3 in time + 10 * 2/3 compliant + 10 * 3/4 reported
        ("  settings: {双公示时限: 9}\n", "24.17"),
        ("    双公示统计: [{应报数: 4, 实报数: 3, 及时数: 2, 合规数: 2}]\n", "20.83"),
    ],
)
def test_records_of_a_test_come_to_their_monthly_figures_as_in_an_import(jifen, only, rest, points):
    told = jifen("-w", only(a=f"{RECORDS}{rest}  expect: {{D03b: {points}}}\n"), "rules", "test")
    assert told.status == 0, told.err


@pytest.mark.parametrize(
    "rest, place, words",
    [
        ("    双公示统计: [{应报数: 4, 实报数: 4, 及时数: 2, 合规数: 2}]\n", "10:13", "实报数 报送 4、汇总 3"),
        ("      - {文号: 5, 类型: 行政许可, 相对人: 甲, 决定日期: 2099-04-03, 上报日期: 2099-04-04, 合规: 是}\n", "10:9", "没有 2099 年"),
        (f"{AGES}  settings: {{双公示时限: 99999}}\n", "10:9", "年的节假日与调休安排，算不出工作日"),
        ("  settings: {双公示时限: 7.5}\n", "10:21", "不是工作日数"),
        ("    代码重错: [{编号: 1, 类型: 重码, 起始月份: 2023-01}, {编号: 1, 类型: 重码, 起始月份: 2023-02}]\n", "10:44", "重叠"),
        ("    代码重错: [{编号: 1, 类型: 重码, 起始月份: 2023-03, 终止月份: 2023-02}]\n", "10:12", "起始月份 <= 终止月份"),
    ],
)
def test_facts_that_an_import_would_refuse_are_told_at_their_place(jifen, only, rest, place, words):
    told = jifen("-w", only(a=f"{RECORDS}{rest}  expect: {{D03b: 1}}\n"), "rules", "test")
    assert told.status == 1 and f"tests/a.yaml:{place}: 错误 bad-value" in told.err and words in told.err, told.err


def test_a_malformed_part_of_a_test_hides_no_other_fault_of_it(jifen, only):
    facts = "宣传稿件: [x, {编号: [1], 标题: 甲}, {编号: 1, 标题: 甲, 字数: 9}], 信用修复: 3, 双公示统: []"
    text = case(f"month: 2023-04, facts: {{{facts}}}, expect: {{D9: 1}}, ignore: [[D05], D5], settings: {{限额: 1}}, tasks: x")
    found = jifen("-w", only(a=text), "rules", "check", "--json").json["findings"]
    assert [(one["code"], one["message"]) for one in found] == [
        ("bad-value", "这里应是“键: 值”"),
        ("bad-value", "这里应是一个文字或数"),
        ("unknown-field", "没有名为“字数”的字段"),
        ("bad-value", "这里应是一个列表"),
        ("unknown-fact", "没有名为“双公示统”的事实类型"),
        ("bad-value", "没有名为“D9”的规则"),
        ("bad-value", "这里应是一个文字或数"),
        ("bad-value", "没有名为“D5”的规则"),
        ("unknown-setting", "没有名为“限额”的设置"),
        ("bad-value", "这里应是“键: 值”"),
    ]


@pytest.mark.parametrize("head", ["month: [2023-04]", "mouth: 2023-04"])
def test_what_hangs_on_a_faulty_month_is_not_told_beside_it(jifen, only, head):
    told = jifen("-w", only(a=case(f"{head}, facts: {{宣传稿件: [{{编号: 1, 标题: 甲}}]}}, expect: {{D05: 1}}")), "rules", "check", "--json")
    assert len(told.json["findings"]) == 1, told.json["findings"]
