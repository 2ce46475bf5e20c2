"""Single records of double publicity become the month's figures, from the file to the unit's statement."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc

from tests.notices.reading import Reader

pytestmark = pytest.mark.both_databases

CODE = "9114000012345678" + "X"
CODE = CODE[:17] + uscc.calc_check_digit(CODE[:17])
RECORD = {
    "单位": "市教育局", "文号": "甲一", "类型": "行政许可", "相对人": "某公司", "统一社会信用代码": CODE,
    "决定日期": "2023-04-03", "上报日期": "2023-04-10", "合规": "是",
}  # fmt: skip
REPORT = {"单位": "市教育局", "月份": "2023-04", "应报数": "2", "实报数": "2", "及时数": "1", "合规数": "2"}


def records(*changes: dict[str, str]) -> list[dict[str, str]]:
    return [{**RECORD, "文号": f"甲{number}", **change} for number, change in enumerate(changes)]


def figures(jifen, workspace) -> list[tuple[str, dict]]:
    told = jifen("-w", workspace, "facts", "双公示统计", "--json").json
    names = ("应报数", "实报数", "及时数", "合规数")
    return [(one["key"], {name: one["values"][name] for name in names}) for one in told]


# 2023-04-23 was a Sunday that was worked; 2023-04-29 to 2023-05-03 was the holiday. The seventh working day after
# 2023-04-20 (Thursday) is therefore 2023-04-28, after 2023-04-26 it is 2023-05-08 (2023-05-06, a Saturday, was worked).
LATE = {"决定日期": "2023-04-20", "上报日期": "2023-05-04"}
IN_TIME = {"决定日期": "2023-04-20", "上报日期": "2023-04-28"}
OVER_MAY = {"决定日期": "2023-04-26", "上报日期": "2023-05-08"}
UNREPORTED = {"上报日期": "", "合规": "是"}


def test_records_are_counted_in_the_month_of_their_decision_by_the_shifted_working_days(jifen, workspace, sheet):
    path = sheet("双公示记录", *records(LATE, IN_TIME, OVER_MAY, UNREPORTED, {"合规": "否"}, {"决定日期": "2023-03-31"}))
    outcome = jifen("-w", workspace, "import", path)
    assert (outcome.status, "已由单条记录汇总：2 条" in outcome.out) == (0, True)
    assert figures(jifen, workspace) == [
        ("市教育局|2023-03", {"应报数": 1, "实报数": 1, "及时数": 1, "合规数": 1}),
        ("市教育局|2023-04", {"应报数": 5, "实报数": 4, "及时数": 3, "合规数": 3}),
    ]


def test_the_month_is_scored_from_them_and_the_statement_shows_the_late_ones(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示记录", *records({}, LATE, UNREPORTED)))
    outcome = jifen("-w", workspace, "run", "2023-04", "--json")
    # 10 x 1/2 in time, 10 x 2/2 conforming, 10 x 2/3 reported
    assert [(one["rule"], one["points"]) for one in outcome.json["posted"] if one["unit"] == "市教育局"] == [("D03b", "21.67")]
    page = Reader((workspace / "notices" / "2023-04" / "得分单" / "市教育局.html").read_text(encoding="utf-8")).text
    assert "未按时上报的双公示记录" in page and "当月共2条" in page
    assert "甲1" in page and "4月28日" in page and "5月4日" in page and "未上报" in page
    assert "由单条记录汇总" in page


def test_it_does_not_matter_in_how_many_files_the_records_come(jifen, workspace, sheet, tmp_path):
    for number, record in enumerate(records({}, LATE, UNREPORTED)):
        assert jifen("-w", workspace, "import", sheet("双公示记录", record, folder=f"in{number}")).status == 0
    assert figures(jifen, workspace) == [("市教育局|2023-04", {"应报数": 3, "实报数": 2, "及时数": 1, "合规数": 2})]


def test_a_record_taken_back_or_moved_leaves_the_figures_of_its_month(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示记录", *records({}, {})))
    jifen("-w", workspace, "import", sheet("双公示记录", *records({"决定日期": "2023-05-04", "上报日期": "2023-05-05"})))
    assert [key for key, told in figures(jifen, workspace) if told["应报数"] == 1] == ["市教育局|2023-04", "市教育局|2023-05"]
    assert jifen("-w", workspace, "withdraw", "双公示记录", "市教育局", "甲1", "--reason", "重复").status == 0
    assert [key for key, _ in figures(jifen, workspace)] == ["市教育局|2023-05"]


def test_a_report_that_differs_from_the_records_is_a_fault_that_shows_both_figures(jifen, workspace, sheet):
    paths = sheet("双公示记录", *records({}, LATE)), sheet("双公示统计", {**REPORT, "合规数": "1"})
    outcome = jifen("-w", workspace, "import", *paths, "--json")
    (fault,) = outcome.json["rejected"]
    assert (outcome.status, fault["code"], fault["file"], fault["row"]) == (1, "derived-differs", str(paths[1]), 2)
    assert "合规数 报送 1、汇总 2" in fault["message"]
    assert jifen("-w", workspace, "facts", "--json").json == []


def test_a_report_that_agrees_stands_beside_its_records(jifen, workspace, sheet):
    assert jifen("-w", workspace, "import", sheet("双公示记录", *records({}, LATE)), sheet("双公示统计", REPORT)).status == 0
    (told,) = jifen("-w", workspace, "facts", "双公示统计", "--json").json
    assert (told["derived"], told["source"]["row"]) == (False, 2)


def test_records_that_contradict_an_earlier_report_are_refused_until_it_is_taken_back(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示统计", {**REPORT, "应报数": "9"}))
    path = sheet("双公示记录", *records({}, LATE))
    outcome = jifen("-w", workspace, "import", path, "--json")
    assert [(one["code"], one["file"]) for one in outcome.json["rejected"]] == [("derived-differs", str(path))]
    assert jifen("-w", workspace, "withdraw", "双公示统计", "市教育局", "2023-04", "--reason", "以记录为准").status == 0
    assert jifen("-w", workspace, "import", path).status == 0
    assert figures(jifen, workspace) == [("市教育局|2023-04", {"应报数": 2, "实报数": 2, "及时数": 1, "合规数": 2})]


def test_with_keep_good_the_contradicting_report_stays_out_and_the_records_count(jifen, workspace, sheet):
    paths = sheet("双公示记录", *records({}, LATE)), sheet("双公示统计", {**REPORT, "合规数": "1"})
    outcome = jifen("-w", workspace, "import", *paths, "--keep-good", "--json")
    assert (outcome.status, outcome.json["new"]) == (1, 2)
    assert figures(jifen, workspace)[0][1]["合规数"] == 2


def test_another_time_limit_makes_the_figures_anew_with_the_next_run(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示记录", *records(LATE)))
    head = workspace / "rulesets" / "changzhi-2023" / "ruleset.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("双公示时限: {2023-01: {value: 7", "双公示时限: {2023-01: {value: 20"), encoding="utf-8")
    assert jifen("-w", workspace, "run", "2023-04").status == 0
    assert figures(jifen, workspace)[0][1]["及时数"] == 1
    again = jifen("-w", workspace, "run", "2023-04", "--json").json
    assert again["batch"] is None
    assert len(jifen("-w", workspace, "imports", "--json").json) == 2


def test_a_wrong_check_digit_is_refused_and_a_code_in_small_letters_with_gaps_is_not(jifen, workspace, sheet):
    wrong = CODE[:17] + ("0" if CODE[17] != "0" else "1")
    outcome = jifen("-w", workspace, "import", sheet("双公示记录", {**RECORD, "统一社会信用代码": wrong}), "--json")
    assert [(one["code"], one["field"]) for one in outcome.json["rejected"]] == [("bad-value", "统一社会信用代码")]
    loose = f"{CODE[:8].lower()} {CODE[8:].lower()}"
    assert jifen("-w", workspace, "import", sheet("双公示记录", {**RECORD, "统一社会信用代码": loose})).status == 0


def test_a_year_that_the_calendar_lacks_is_refused_with_how_to_add_it(jifen, workspace, sheet):
    dated = {"决定日期": "2027-01-04", "上报日期": "2027-01-06"}
    outcome = jifen("-w", workspace, "import", sheet("双公示记录", *records(dated)), "--json")
    (fault,) = outcome.json["rejected"]
    assert (outcome.status, fault["code"], fault["row"]) == (1, "no-calendar", 2)
    assert "2027" in fault["message"] and "calendar" in fault["message"]
    head = workspace / "rulesets" / "changzhi-2023" / "ruleset.yaml"
    head.write_text(head.read_text(encoding="utf-8") + "calendar: {2027: {holidays: [2027-01-01], workdays: []}}\n", encoding="utf-8")
    assert jifen("-w", workspace, "import", sheet("双公示记录", *records(dated))).status == 0


def shorten_the_limit(workspace) -> None:
    head = workspace / "rulesets" / "changzhi-2023" / "ruleset.yaml"
    text = head.read_text(encoding="utf-8")
    head.write_text(text.replace("双公示时限: {2023-01: {value: 7", "双公示时限: {2023-01: {value: 1"), encoding="utf-8")


ALL = {**REPORT, "应报数": "1", "实报数": "1", "及时数": "1", "合规数": "1"}


def test_a_report_is_kept_as_one_whether_it_comes_before_the_records_or_after(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示记录", *records({})))
    assert imported(jifen("-w", workspace, "import", sheet("双公示统计", ALL), "--json")) == (1, 0, 0)
    outcome = jifen("-w", workspace, "import", sheet("双公示记录", *records({}, {})), "--json")
    assert [one["code"] for one in outcome.json["rejected"]] == ["derived-differs"]
    assert figures(jifen, workspace)[0][1]["应报数"] == 1


def test_a_record_that_leaves_a_reported_month_is_refused_and_does_not_hang(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示记录", *records({}, {})), sheet("双公示统计", {**ALL, "应报数": "2", "实报数": "2", "及时数": "2", "合规数": "2"}))
    moved = sheet("双公示记录", *records({"决定日期": "2023-05-04", "上报日期": "2023-05-05"}), folder="moved")
    outcome = jifen("-w", workspace, "import", moved, "--keep-good", "--json")
    assert (outcome.status, [one["row"] for one in outcome.json["rejected"]]) == (1, [2])


def test_after_another_limit_reports_are_told_all_at_once_by_run_and_can_be_taken_back_one_by_one(jifen, workspace, sheet):
    both = ("市教育局", "市财政局")
    jifen("-w", workspace, "import", sheet("双公示记录", *({**RECORD, "单位": unit} for unit in both)), sheet("双公示统计", *({**ALL, "单位": unit} for unit in both)))
    shorten_the_limit(workspace)
    other = {"单位": "市民政局", "月份": "2023-04", "编号": "1", "及时处理": "是"}
    assert jifen("-w", workspace, "import", sheet("双公示异议", other)).status == 0
    outcome = jifen("-w", workspace, "run", "2023-04")
    assert outcome.status == 1
    assert all(unit in outcome.err for unit in both)
    for unit in both:
        assert jifen("-w", workspace, "withdraw", "双公示统计", unit, "2023-04", "--reason", "以记录为准").status == 0
    assert jifen("-w", workspace, "run", "2023-04", "--no-notices").status == 0
    assert [told["及时数"] for _, told in figures(jifen, workspace)] == [0, 0]


def test_status_says_that_figures_wait_for_the_next_run(jifen, workspace, sheet):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示记录", *records({})), "--no-notices")
    shorten_the_limit(workspace)
    (month,) = jifen("-w", workspace, "status", "2023-04", "--json").json["months"]
    assert "jifen run 2023-04" in month["waiting"]


def test_figures_that_no_derivation_makes_any_more_go_with_the_next_run(jifen, workspace, sheet):
    other = {"单位": "市民政局", "月份": "2023-04", "编号": "1", "及时处理": "是"}
    jifen("-w", workspace, "import", sheet("双公示记录", *records({})), sheet("双公示异议", other))
    (workspace / "rulesets" / "changzhi-2023" / "derive.yaml").unlink()
    assert jifen("-w", workspace, "run", "2023-04", "--no-notices").status == 0
    assert figures(jifen, workspace) == []


def imported(outcome) -> tuple[int, int, int]:
    return outcome.json["new"], outcome.json["changed"], outcome.json["unchanged"]
