"""Workbooks as offices make them: titles above, totals below, filters, hidden columns; what is meant is read, or named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from engine.intake.reading import read_facts

HEAD = ["单位", "月份", "应报数", "实报数"]
FILES = Path(__file__).parent / "files"


def codes(faults) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.row) for fault in faults]


@pytest.fixture
def sheet(tmp_path):
    """A workbook of one sheet to be spoilt by hand, and the reading of it."""
    book = Workbook()
    book.active.title = "双公示统计"

    def saved() -> Path:
        book.save(tmp_path / "a.xlsx")
        return tmp_path / "a.xlsx"

    return book.active, saved


def test_a_title_and_a_line_of_the_office_above_the_heading_are_left_out_with_a_warning(sheet, ruleset):
    rows, saved = sheet
    rows["A1"] = "2023年4月双公示情况统计表"
    rows.merge_cells("A1:D1")
    rows["A2"] = "填报单位：市教育局"
    for row in (HEAD, ["市教育局", "2023-04", 5, 4]):
        rows.append(row)
    reading = read_facts([saved()], ruleset)
    assert [draft.row for draft in reading.drafts] == [4]
    assert (reading.faults, codes(reading.warnings)) == ([], [("title-row", 1)])
    assert "第 1、2 行" in reading.warnings[0].message


@pytest.mark.parametrize("word", ["合计", "合 计", "总计：", "（小计）"])
def test_a_total_row_is_refused_by_name_and_nothing_else_is_said_of_it(sheet, ruleset, word):
    rows, saved = sheet
    for row in (HEAD, ["市教育局", "2023-04", 5, 4], [word, None, "=SUM(C2:C2)", 4]):
        rows.append(row)
    (fault,) = read_facts([saved()], ruleset).faults
    assert (fault.code, fault.row) == ("total-row", 3)
    assert "应删去" in fault.message


def test_a_footer_that_says_who_filled_it_in_is_refused_by_name(sheet, ruleset):
    rows, saved = sheet
    for row in (HEAD, ["市教育局", "2023-04", 5, 4], ["填表人：张三　审核人：李四"]):
        rows.append(row)
    assert codes(read_facts([saved()], ruleset).faults) == [("note-row", 3)]


def test_filtered_and_hidden_rows_and_columns_are_read_with_a_warning(sheet, ruleset):
    rows, saved = sheet
    for row in (HEAD, ["市教育局", "2023-04", 5, 4], ["沁县", "2023-04", 5, 4], ["市科技局", "2023-04", 5, 4]):
        rows.append(row)
    rows.auto_filter.ref = "A1:D4"
    rows.row_dimensions[3].hidden = True
    rows.column_dimensions["C"].hidden = True
    reading = read_facts([saved()], ruleset)
    assert len(reading.drafts) == 3
    assert sorted((one.code, one.row, one.cell) for one in reading.warnings) == [
        ("hidden-column", None, "C1"),
        ("hidden-row", 3, None),
    ]


def test_a_vertically_merged_unit_is_refused_in_every_row_that_it_covers(sheet, ruleset):
    rows, saved = sheet
    for row in (HEAD, ["市教育局", "2023-04", 5, 4], [None, "2023-05", 5, 4], [None, "2023-06", 5, 4]):
        rows.append(row)
    rows.merge_cells("A2:A4")
    faults = read_facts([saved()], ruleset).faults
    assert [(fault.code, fault.cell) for fault in faults] == [("merged-cell", "A3"), ("merged-cell", "A4")]


def test_a_heading_below_ten_rows_of_text_is_not_guessed(sheet, ruleset):
    rows, saved = sheet
    for number in range(11):
        rows.append([f"说明 {number}"])
    rows.append(HEAD)
    assert {fault.code for fault in read_facts([saved()], ruleset).faults} >= {"missing-column"}


def test_formatted_blank_rows_down_to_the_end_are_refused_with_what_to_delete(tmp_path, ruleset):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        rows = book.add_worksheet("双公示统计")
        rows.write_row(0, 0, HEAD)
        for number in range(1, 260_000):
            rows.set_row(number, 20)
    (fault,) = read_facts([tmp_path / "a.xlsx"], ruleset).faults
    assert (fault.code, fault.sheet) == ("too-large", "双公示统计")
    assert "空白的带格式行" in fault.message


def test_a_workbook_of_very_many_sheets_is_not_opened(tmp_path, ruleset):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for number in range(201):
            book.add_worksheet(f"表{number}")
    assert codes(read_facts([tmp_path / "a.xlsx"], ruleset).faults) == [("unreadable-file", None)]


def test_a_csv_with_semicolons_is_told_to_be_saved_with_commas(tmp_path, ruleset):
    path = tmp_path / "双公示统计.csv"
    path.write_text("单位;月份;应报数;实报数\n沁县;2023-04;5;4\n", encoding="utf-8")
    (fault,) = read_facts([path], ruleset).faults
    assert (fault.code, "逗号" in fault.message) == ("unreadable-file", True)


def test_full_width_digits_in_codes_are_plain_ones_and_in_names_stay(sheet, ruleset):
    rows, saved = sheet
    rows.title = "双公示统计"
    other = rows.parent.create_sheet("异议")
    other.append(["单位", "月份", "编号", "处理", "备注"])
    other.append(["沁县", "２０２３年４月", "２０２３－００１", "　未处理　", "第①批１号"])
    (draft,) = read_facts([saved()], ruleset).drafts
    assert json.loads(draft.fields) == {
        "单位": "沁县", "月份": "2023-04", "编号": "2023-001", "处理": "未处理", "备注": "第①批１号",
    }  # fmt: skip


def test_what_libreoffice_saves_is_read_like_what_excel_saves(ruleset):
    """The file was opened in LibreOffice Calc 7.4, which computed its formula, and saved as .xlsx."""
    reading = read_facts([FILES / "libreoffice.xlsx"], ruleset)
    assert (reading.faults, reading.warnings) == ([], [])
    assert [json.loads(draft.fields) for draft in reading.drafts] == [
        {"单位": "市教育局", "月份": "2023-04", "应报数": 5, "实报数": 4, "备注": "合计公式算得"},
        {"单位": "沁县", "月份": "2023-05", "应报数": 12, "实报数": 12},
    ]


def test_rows_that_stand_out_of_order_in_the_file_are_damage(tmp_path, ruleset):
    import zipfile

    book = Workbook()
    book.active.title = "双公示统计"
    for row in (HEAD, ["沁县", "2023-04", 5, 4], ["沁县", "2023-05", 5, 4]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as good, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bad:
        for part in good.infolist():
            content = good.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<row r="3"', b'<row r="2"')
            bad.writestr(part, content)
    assert codes(read_facts([tmp_path / "b.xlsx"], ruleset).faults) == [("unreadable-file", None)]
    assert load_workbook(tmp_path / "a.xlsx").active.max_row == 3


def test_a_sheet_of_facts_whose_title_bears_our_mark_is_read(sheet, ruleset):
    rows, saved = sheet
    for row in (["【积分】2023年4月统计表"], HEAD, ["市教育局", "2023-04", 5, 4]):
        rows.append(row)
    reading = read_facts([saved()], ruleset)
    assert ([draft.row for draft in reading.drafts], codes(reading.warnings)) == ([3], [("title-row", 1)])


def test_a_sheet_that_the_workbook_names_and_does_not_hold_is_told(sheet, ruleset, tmp_path):
    import zipfile

    rows, saved = sheet
    for row in (HEAD, ["市教育局", "2023-04", 5, 4]):
        rows.append(row)
    rows.parent.create_sheet("异议").append(["单位"])
    with zipfile.ZipFile(saved()) as good, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bad:
        for part in good.infolist():
            if part.filename != "xl/worksheets/sheet2.xml":
                bad.writestr(part.filename, good.read(part))
    (fault,) = read_facts([tmp_path / "b.xlsx"], ruleset).faults
    assert (fault.code, "异议" in fault.message) == ("unreadable-file", True)


@pytest.mark.parametrize("text", ["9.11401E+17", "#N/A", "########", '="00123"'])
def test_what_excel_has_left_of_a_code_is_refused_in_a_csv_too(tmp_path, ruleset, text):
    path = tmp_path / "异议.csv"
    quoted = text.replace('"', '""')
    path.write_text(f'单位,月份,编号,处理\n沁县,2023-04,"{quoted}",未处理\n', encoding="utf-8")
    (fault,) = read_facts([path], ruleset).faults
    assert (fault.code, fault.cell) == ("bad-value", "C2")


def test_a_line_of_json_with_a_field_twice_spoils_no_other(tmp_path, ruleset):
    path = tmp_path / "a.jsonl"
    good = '{"fact": "占比", "单位": "沁县", "月份": "2023-04", "占比": 5}'
    path.write_text(good + '\n{"fact": "占比", "单位": "沁县", "单位": "沁县"}\n', encoding="utf-8")
    reading = read_facts([path], ruleset)
    assert [draft.row for draft in reading.without(reading.faults).drafts] == [1]


def test_a_file_name_that_is_no_text_is_told(tmp_path, ruleset):
    import os

    name = os.fsdecode(os.path.join(os.fsencode(tmp_path), "四月.csv".encode("gbk")))
    Path(name).write_text("单位\n", encoding="utf-8")
    assert codes(read_facts([tmp_path], ruleset).faults) == [("unreadable-file", None)]
