"""Bringing facts in as a clerk does: preview, good rows and bad, taking back, closed months."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from tests.conftest import closed

pytestmark = pytest.mark.both_databases

GOOD = {"单位": "市教育局", "月份": "2023-04", "编号": "1", "及时处理": "否"}
BAD = {"单位": "市教育厅", "月份": "2023-04", "编号": "2", "及时处理": "否"}


def imported(outcome) -> tuple[int, int, int]:
    return outcome.json["new"], outcome.json["changed"], outcome.json["unchanged"]


def facts(jifen, workspace, *filters: str) -> list[dict]:
    return jifen("-w", workspace, "facts", *filters, "--json").json


def test_a_faulty_row_keeps_all_out_and_an_annotated_copy_lies_beside_the_file(jifen, workspace, sheet):
    path = sheet("双公示异议", GOOD, BAD)
    outcome = jifen("-w", workspace, "import", path, "--json")
    assert (outcome.status, imported(outcome)) == (1, (0, 0, 0))
    (fault,) = outcome.json["rejected"]
    assert (fault["sheet"], fault["row"], fault["field"], fault["code"]) == (None, 3, "单位", "unknown-unit")
    assert facts(jifen, workspace) == []
    assert (path.parent / "双公示异议.errors.xlsx").is_file()
    assert not (path.parent / "双公示异议.rest.xlsx").exists()


def test_a_preview_of_a_faulty_file_writes_nothing_beside_it(jifen, workspace, sheet):
    path = sheet("双公示异议", GOOD, BAD)
    assert jifen("-w", workspace, "import", path, "--dry-run").status == 1
    assert [file.name for file in path.parent.iterdir()] == ["双公示异议.csv"]


def test_keep_good_takes_the_good_rows_and_the_rest_can_be_corrected_and_imported_by_itself(jifen, workspace, sheet):
    path = sheet("双公示异议", GOOD, BAD)
    outcome = jifen("-w", workspace, "import", path, "--keep-good", "--json")
    assert (outcome.status, imported(outcome), len(outcome.json["rejected"])) == (1, (1, 0, 0), 1)
    rest = path.parent / "双公示异议.rest.xlsx"
    book = load_workbook(rest)
    assert [[cell.value for cell in row] for row in book["双公示异议"].iter_rows()] == [list(BAD), list(BAD.values())]
    book["双公示异议"]["A2"] = "市教育局"
    book.save(rest)
    again = jifen("-w", workspace, "import", rest, "--json")
    assert (again.status, imported(again)) == (0, (1, 0, 0))
    assert [one["key"] for one in facts(jifen, workspace)] == ["市教育局|2023-04|1", "市教育局|2023-04|2"]


def test_of_two_rows_that_contradict_each_other_keep_good_takes_neither(jifen, workspace, sheet):
    path = sheet("双公示异议", GOOD, {**GOOD, "及时处理": "是"}, {**GOOD, "编号": "9"})
    outcome = jifen("-w", workspace, "import", path, "--keep-good", "--json")
    assert (outcome.status, imported(outcome)) == (1, (1, 0, 0))
    assert [one["code"] for one in outcome.json["rejected"]] == ["key-conflict"]
    rest = load_workbook(path.parent / "双公示异议.rest.xlsx")["双公示异议"]
    assert [row[3].value for row in rest.iter_rows(min_row=2)] == ["否", "是"]


def test_a_preview_shows_old_and_new_values_side_by_side_and_writes_nothing(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", GOOD))
    path = sheet("双公示异议", {**GOOD, "及时处理": "是"}, {**GOOD, "编号": "2"})
    outcome = jifen("-w", workspace, "import", path, "--dry-run")
    assert outcome.status == 0
    line = next(line for line in outcome.out.splitlines() if "市教育局 2023-04 1" in line)
    assert [part for part in line.split() if part in ("及时处理", "否", "是")] == ["及时处理", "否", "是"]
    assert "将导入：新增 1，变更 1，未变 0" in outcome.out
    assert [one["values"]["及时处理"] for one in facts(jifen, workspace)] == ["否"]


def test_a_fact_that_is_taken_back_is_gone_and_its_versions_stay(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", GOOD))
    words = ("双公示异议", "市教育局", "2023年4月", "1", "--reason", "误报")
    assert jifen("-w", workspace, "withdraw", *words, "--dry-run").status == 0
    assert len(facts(jifen, workspace)) == 1
    outcome = jifen("-w", workspace, "withdraw", *words)
    assert (outcome.status, "已撤回 1 条" in outcome.out, "2023-04" in outcome.out) == (0, True, True)
    assert facts(jifen, workspace) == []
    told = facts(jifen, workspace, "--versions")
    assert [(one["act"], one["withdrawn"], one["reason"]) for one in told] == [("import", False, ""), ("withdraw", True, "误报")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("双公示异义", "市教育局", "2023-04", "1"), "双公示异议"),
        (("双公示异议", "市教育局", "2023-04"), "键是 3 个值"),
        (("双公示异议", "市教育局", "2023-13", "1"), "月份"),
        (("双公示异议", "市教育局", "2023-04", "7"), "市教育局 2023-04 1"),
        (("--import", "99"), "没有第 99 次导入"),
    ],
)
def test_what_cannot_be_taken_back_is_said_in_one_line_with_the_nearest_right_word(jifen, workspace, sheet, words, said):
    jifen("-w", workspace, "import", sheet("双公示异议", GOOD))
    outcome = jifen("-w", workspace, "withdraw", *words, "--reason", "误报")
    assert outcome.status == 1
    assert said in outcome.err


def test_a_withdrawal_without_a_reason_is_wrong_usage(jifen, workspace):
    assert jifen("-w", workspace, "withdraw", "双公示异议", "市教育局", "2023-04", "1").status == 2
    assert jifen("-w", workspace, "withdraw", "--reason", "误报").status == 2


def test_an_import_taken_back_whole_leaves_what_stood_before_it(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", GOOD, {**GOOD, "编号": "2"}))
    jifen("-w", workspace, "import", sheet("双公示异议", {**GOOD, "及时处理": "是"}, {**GOOD, "编号": "2", "及时处理": "是"}, {**GOOD, "编号": "3"}))
    jifen("-w", workspace, "import", sheet("双公示异议", {**GOOD, "编号": "2", "备注": "后来又改"}))
    outcome = jifen("-w", workspace, "withdraw", "--import", "2", "--reason", "发错了", "--json")
    assert outcome.json == {"withdrawn": 1, "restored": 1, "replaced": 1, "months": ["2023-04"]}
    told = {one["key"].rpartition("|")[2]: one["values"] for one in facts(jifen, workspace)}
    assert (told["1"]["及时处理"], told["2"]["备注"], set(told)) == ("否", "后来又改", {"1", "2"})
    assert [(one["import"], one["act"]) for one in jifen("-w", workspace, "imports", "--json").json][-1] == (4, "withdraw")


def test_a_withdrawal_may_itself_be_taken_back(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", GOOD))
    jifen("-w", workspace, "withdraw", "双公示异议", "市教育局", "2023-04", "1", "--reason", "误报")
    assert jifen("-w", workspace, "withdraw", "--import", "2", "--reason", "没有误报", "--json").json["restored"] == 1
    assert len(facts(jifen, workspace)) == 1


def test_a_spell_does_not_stand_again_where_a_later_one_has_taken_its_place(jifen, workspace, sheet):
    spell = {"单位": "市教育局", "主体": "甲公司", "起始月份": "2023-01", "终止月份": ""}
    jifen("-w", workspace, "import", sheet("拖欠账款", spell))
    jifen("-w", workspace, "import", sheet("拖欠账款", {**spell, "终止月份": "2023-03"}))
    jifen("-w", workspace, "import", sheet("拖欠账款", {**spell, "起始月份": "2023-05"}))
    outcome = jifen("-w", workspace, "withdraw", "--import", "2", "--reason", "发错了")
    assert (outcome.status, "重叠" in outcome.err) == (1, True)
    assert len(facts(jifen, workspace, "--versions")) == 3


def test_a_closed_month_is_touched_only_with_a_reason(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", {**GOOD, "编号": "0"}, folder="first"))
    closed(jifen, workspace, "2023-04")
    path = sheet("双公示异议", GOOD, {**GOOD, "月份": "2023-05"})
    outcome = jifen("-w", workspace, "import", path, "--json")
    assert [(one["code"], one["row"]) for one in outcome.json["rejected"]] == [("closed-month", 2)]
    assert imported(jifen("-w", workspace, "import", path, "--correction", "迟报", "--json")) == (2, 0, 0)
    assert jifen("-w", workspace, "imports", "--json").json[1]["reason"] == "迟报"


def test_the_end_of_a_spell_touches_no_closed_month_before_it(jifen, workspace, sheet):
    spell = {"单位": "市教育局", "主体": "甲公司", "起始月份": "2023-01", "终止月份": ""}
    jifen("-w", workspace, "import", sheet("拖欠账款", spell))
    closed(jifen, workspace, "2023-04")
    ended = jifen("-w", workspace, "import", sheet("拖欠账款", {**spell, "终止月份": "2023-05"}))
    assert ended.status == 0
    assert jifen("-w", workspace, "import", sheet("拖欠账款", {**spell, "终止月份": "2023-03"})).status == 1


def test_a_file_that_is_not_there_is_told_with_the_faults_of_the_others(jifen, workspace, sheet, tmp_path):
    outcome = jifen("-w", workspace, "import", sheet("双公示异议", BAD), tmp_path / "没有.xlsx", "--json")
    assert sorted(one["code"] for one in outcome.json["rejected"]) == ["no-such-file", "unknown-unit"]


def test_what_a_terminal_would_take_for_an_order_is_printed_as_text(jifen, workspace, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"fact": "双公示异议", **GOOD, "单位": "\u001b[2J市教育局"}), encoding="utf-8")
    outcome = jifen("-w", workspace, "import", path)
    assert (outcome.status, "\u001b" in outcome.err, "\\x1b[2J" in outcome.err) == (1, False, True)


def test_imports_taken_back_one_after_the_other_leave_nothing_of_either(jifen, workspace, sheet):
    for number in (1, 2):
        jifen("-w", workspace, "import", sheet("双公示异议", {**GOOD, "备注": str(number)}))
    jifen("-w", workspace, "withdraw", "--import", "1", "--reason", "误报", "--dry-run")
    assert jifen("-w", workspace, "withdraw", "--import", "1", "--reason", "误报").status == 1  # import 2 says it again
    assert jifen("-w", workspace, "withdraw", "--import", "2", "--reason", "误报").status == 0
    assert [one["values"]["备注"] for one in facts(jifen, workspace)] == ["1"]
    assert jifen("-w", workspace, "withdraw", "--import", "1", "--reason", "误报").status == 0
    assert facts(jifen, workspace) == []
    assert jifen("-w", workspace, "withdraw", "--import", "1", "--reason", "误报").status == 1


def test_a_number_that_no_import_could_have_is_wrong_usage(jifen, workspace):
    assert jifen("-w", workspace, "withdraw", "--import", "9" * 20, "--reason", "误报").status == 2


def test_a_blank_reason_is_none(jifen, workspace, sheet):
    assert jifen("-w", workspace, "import", sheet("双公示异议", GOOD), "--correction", " ").status == 2


def test_a_closed_month_is_not_scored_again(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示异议", GOOD))
    closed(jifen, workspace, "2023-04")
    outcome = jifen("-w", workspace, "run", "2023-04")
    assert (outcome.status, "jifen correct 2023-04" in outcome.err) == (1, True)


def test_a_good_row_is_taken_though_a_spoilt_file_has_it_too(jifen, workspace, sheet, tmp_path):
    good = sheet("双公示异议", GOOD, folder="good")
    spoilt = tmp_path / "spoilt" / "双公示异议.csv"
    spoilt.parent.mkdir()
    spoilt.write_text("单位,月份,编号,编号,及时处理\n市教育局,2023-04,1,1,是\n", encoding="utf-8")
    outcome = jifen("-w", workspace, "import", spoilt, good, "--keep-good", "--json")
    assert (imported(outcome), [one["code"] for one in outcome.json["rejected"]]) == ((1, 0, 0), ["duplicate-column"])


def test_with_keep_good_a_refused_spell_stands_in_nobodys_way(jifen, workspace, sheet):
    spells = (("01", "04"), ("03", "08"), ("07", "10"))
    rows = [{"单位": "市教育局", "主体": "甲", "起始月份": f"2023-{a}", "终止月份": f"2023-{b}"} for a, b in spells]
    outcome = jifen("-w", workspace, "import", sheet("拖欠账款", *rows), "--keep-good", "--json")
    assert (imported(outcome), [one["row"] for one in outcome.json["rejected"]]) == ((2, 0, 0), [3])
