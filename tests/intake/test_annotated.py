"""The copy beside a faulty file: the bad cells are coloured and say why, and a list in front leads to each of them."""

from __future__ import annotations

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from engine.intake.annotated import errors_name, write_annotated
from engine.intake.beside import write_beside
from engine.intake.faults import Fault
from engine.intake.reading import read_facts

HEAD = ["单位", "月份", "应报数", "实报数"]
RED, YELLOW = "FFFFC7CD", "FFFFEB9B"
LIST = "错误清单"


def annotated(path, ruleset):
    """The copy of a file with all that its reading told, opened."""
    reading = read_facts([path], ruleset)
    target = write_annotated(path, errors_name(path), reading.faults, reading.warnings)
    return load_workbook(target)


def listed(book) -> list[dict[str, object]]:
    heading, *rows = book[LIST].iter_rows(min_row=4, values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def colour(cell) -> str | None:
    return cell.fill.fgColor.rgb if cell.fill.fill_type else None


def test_a_bad_cell_is_red_with_its_reason_and_the_list_leads_to_it(workbook, ruleset):
    path = workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4], ["沁城", "2023-05", "五", 4]])
    book = annotated(path, ruleset)
    sheet = book["双公示统计"]
    assert [cell.coordinate for row in sheet for cell in row if colour(cell) == RED] == ["A3", "C3"]
    assert [cell.coordinate for row in sheet for cell in row if cell.comment] == ["A3", "C3"]
    assert "整数" in sheet["C3"].comment.text and "bad-value" in sheet["C3"].comment.text
    assert [sheet[1][0].value, sheet["C3"].value, sheet["D3"].value] == ["单位", "五", 4]
    assert book.sheetnames == [LIST, "双公示统计"]
    assert book.active.title == LIST and not sheet.sheet_view.tabSelected
    unit, count = listed(book)
    assert (unit["级别"], unit["工作表"], unit["行"], unit["单元格"], unit["字段"], unit["值"], unit["代码"]) == (
        "错误", "双公示统计", 3, "A3", "单位", "沁城", "unknown-unit",
    )  # fmt: skip
    assert (count["值"], "整数" in count["说明"]) == ("五", True)
    assert [book[LIST][f"D{row}"].hyperlink.location for row in (5, 6)] == ["'双公示统计'!A3", "'双公示统计'!C3"]


def test_a_fault_of_a_row_or_of_a_whole_sheet_is_marked_where_the_eye_falls(workbook, ruleset):
    path = workbook(
        双公示统计=[HEAD, ["沁县", "2023-04", 5, 9]],
        占比=[["单位", "月份"], ["沁县", "2023-04"]],
        无此表=[["单位"], ["沁县"]],
    )
    book = annotated(path, ruleset)
    assert [colour(cell) for cell in book["双公示统计"][2]] == [RED] * 4
    assert "实报数 <= 应报数" in book["双公示统计"]["A2"].comment.text
    assert "缺少列“占比”" in book["占比"]["A1"].comment.text and colour(book["占比"]["B1"]) == RED
    assert "不是字典中的事实类型" in book["无此表"]["A1"].comment.text
    assert [one["代码"] for one in listed(book)] == ["check-failed", "missing-column", "unknown-kind"]


def test_several_things_about_one_cell_are_one_comment_behind_the_clerks_own(tmp_path, ruleset):
    book = Workbook()
    sheet = book.active
    sheet.title = "占比"
    for row in (["单位", "月份", "占比", "占此"], ["沁县", "2023-04", 12, 3]):
        sheet.append(row)
    sheet["D1"].comment = Comment("上月新增的列", "王")
    sheet["C2"].comment = Comment("按季取数", "王")
    book.create_sheet("占比 2").sheet_state = "hidden"
    path = tmp_path / "a.xlsx"
    book.save(path)
    about = (path.as_posix(), "占比", 2, "C2", "占比", "12")
    reading = read_facts([path], ruleset)
    faults = [Fault(*about, "bad-value", "不是百分数"), Fault(*about, "other", "还有别的")]
    warnings = [*reading.warnings, Fault(*about, "odd", "有些可疑")]
    marked = load_workbook(write_annotated(path, errors_name(path), faults, warnings))
    text = marked["占比"]["C2"].comment.text
    assert text.startswith("按季取数\n【积分】")
    assert all(said in text for said in ("不是百分数", "还有别的", "提醒：有些可疑"))
    assert (colour(marked["占比"]["C2"]), colour(marked["占比"]["D1"])) == (RED, YELLOW)
    assert marked["占比"]["D1"].comment.text.startswith("上月新增的列\n")
    assert marked["占比 2"].sheet_state == "hidden"


def test_a_fault_under_a_merged_range_is_told_at_its_first_cell(tmp_path, ruleset):
    book = Workbook()
    sheet = book.active
    sheet.title = "双公示统计"
    for row in (HEAD, ["沁县", "2023-04", 5, 4], [None, "2023-05", 5, 4]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    path = tmp_path / "a.xlsx"
    book.save(path)
    marked = annotated(path, ruleset)["双公示统计"]
    assert "取消合并" in marked["A2"].comment.text and colour(marked["A2"]) == RED


def test_the_copy_can_be_corrected_and_imported_and_its_marks_are_renewed(workbook, ruleset):
    path = workbook(双公示统计=[HEAD, ["沁城", "2023-04", 5, "四"]])
    book = annotated(path, ruleset)
    book["双公示统计"]["A2"] = "沁县"
    again = path.with_name("改.errors.xlsx")
    book.save(again)
    assert {fault.cell for fault in read_facts([again], ruleset).faults} == {"D2"}
    book = annotated(again, ruleset)
    sheet = book["双公示统计"]
    assert book.sheetnames == [LIST, "双公示统计"] and len(listed(book)) == 1
    assert (sheet["A2"].comment, colour(sheet["A2"]), colour(sheet["D2"])) == (None, None, RED)
    assert sheet["D2"].comment.text.count("【积分】") == 1
    sheet["D2"] = 4
    book.save(again)
    reading = read_facts([again], ruleset)
    assert (reading.faults, reading.warnings, len(reading.drafts)) == ([], [], 1)


def test_no_value_of_a_file_becomes_a_formula_or_breaks_the_copy(workbook, tmp_path, ruleset):
    evil = "=HYPERLINK(\"http://x\")"
    path = workbook(双公示统计=[HEAD, ["沁县", "2023-04", "+5", "x" * 32_000]])
    fault = Fault(path.as_posix(), "双公示统计", 2, "C2", "应报数", evil, "bad-value", "坏\x07" + "长" * 40_000)
    text = tmp_path / "双公示统计.csv"
    text.write_text("单位\n", encoding="utf-8")
    for source in (path, text):
        book = load_workbook(write_annotated(source, source.with_suffix(".errors.xlsx"), [fault], []))
        cell = book[LIST]["F5"]
        assert (cell.value, cell.data_type, cell.number_format) == (evil, "s", "@")
        assert "\x07" not in book[LIST]["H5"].value


def test_formulas_stay_formulas_in_the_copy(workbook, ruleset):
    path = workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, "=C2-1"]])
    book = annotated(path, ruleset)
    assert book["双公示统计"]["D2"].value == "=C2-1"
    assert [one["值"] for one in listed(book)] == ["=C2-1"]


@pytest.mark.parametrize("name", ["双公示统计.csv", "a.jsonl", "坏.xlsx"])
def test_a_text_file_or_a_broken_workbook_gets_the_list_alone(tmp_path, ruleset, name):
    path = tmp_path / name
    path.write_text('{"fact": "占比", "占比": 3}\n', encoding="utf-8")
    book = annotated(path, ruleset)
    assert book.sheetnames == [LIST] and listed(book)
    assert book[LIST]["A1"].value.startswith("【积分】") and name in book[LIST]["A2"].value
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, f"{path.stem}.errors.xlsx"])
    assert read_facts([errors_name(path)], ruleset).faults == []


def test_a_big_workbook_gets_the_list_alone_and_a_long_list_says_how_much_more_there_is(tmp_path, ruleset):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("双公示统计")
        sheet.write_row(0, 0, HEAD)
        for row in range(1, 20_001):
            sheet.write_row(row, 0, ["沁县", "2023-04", 1, 2])
    fault = Fault(path.as_posix(), "双公示统计", 2, None, None, None, "check-failed", "应满足 实报数 <= 应报数")
    assert load_workbook(write_annotated(path, errors_name(path), [fault], [])).sheetnames == [LIST]
    text = tmp_path / "b.csv"
    text.write_text("单位\n", encoding="utf-8")
    target = write_annotated(text, errors_name(text), [fault] * 100_007, [])
    rows = list(load_workbook(target, read_only=True)[LIST].iter_rows(values_only=True))
    assert (len(rows), rows[-1][0]) == (100_005, "……另有 7 条未列出")


def test_a_file_without_a_fault_gets_no_copy_and_two_of_one_stem_get_one_each(tmp_path, workbook, ruleset):
    book = workbook("双公示统计.xlsx", 双公示统计=[HEAD, ["沁城", "2023-04", 5, 4]])
    text = tmp_path / "双公示统计.csv"
    text.write_text("单位,月份,应报数,实报数\n沁县,2023-04,五,4\n", encoding="utf-8")
    good = workbook("好.xlsx", 双公示统计=[HEAD, ["沁县", "2023-06", 5, 4]])
    reading = read_facts([book, text, good], ruleset)
    left_out = frozenset((fault.file, fault.sheet, fault.row) for fault in reading.faults)
    written = dict(write_beside(ruleset, reading, reading.faults, reading.warnings, left_out, rest=True))
    assert {path.name: rows for path, rows in written.items()} == {
        "双公示统计.xlsx.errors.xlsx": 0, "双公示统计.xlsx.rest.xlsx": 1,
        "双公示统计.csv.errors.xlsx": 0, "双公示统计.csv.rest.xlsx": 1,
    }  # fmt: skip
    values = {path.name: load_workbook(path)[LIST]["F5"].value for path, rows in written.items() if not rows}
    assert values == {"双公示统计.xlsx.errors.xlsx": "沁城", "双公示统计.csv.errors.xlsx": "五"}


def test_a_folder_that_refuses_leaves_nothing_half_written(workbook, ruleset):
    path = workbook(双公示统计=[HEAD, ["沁城", "2023-04", 5, 4]])
    faults = read_facts([path], ruleset).faults
    with pytest.raises(OSError):
        write_annotated(path, path.parent / "没有的文件夹" / "a.errors.xlsx", faults, [])
    errors_name(path).mkdir()
    with pytest.raises(OSError):
        write_annotated(path, errors_name(path), faults, [])
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, errors_name(path).name])
