"""Files as offices send them become drafts, and everything wrong with them is told at once, with its place."""

from __future__ import annotations

import datetime
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.dsl.loader import read_folder, ruleset_of
from engine.intake.reading import read_facts

HEAD = ["单位", "月份", "应报数", "实报数"]


def said(draft) -> dict[str, str | int]:
    """The fields of a draft as they will be stored."""
    return json.loads(draft.fields)


def only(faults: list, code: str):
    assert [fault.code for fault in faults] == [code]
    return faults[0]


def test_a_workbook_is_facts_by_sheet_with_the_row_that_excel_shows(workbook, ruleset):
    path = workbook(
        双公示统计=[HEAD, ["市科学技术局 ", datetime.datetime(2023, 4, 1), 5.0, 4], [], ["沁县", "2023年4月", "５", 5]],
        异议=[["单位", "月份", "编号", "处理", "备注"], ["市教育局", "2023-04", 12, "　未处理", None]],
        空表=[],
    )
    reading = read_facts([path], ruleset)
    assert (reading.faults, reading.warnings) == ([], [])
    first, second, third = reading.drafts
    assert (first.sheet, first.row, second.row, third.sheet) == ("双公示统计", 2, 4, "异议")
    assert first.key == '["市科技局","2023-04"]'
    assert first.fields == '{"单位":"市科技局","实报数":4,"应报数":5,"月份":"2023-04"}'
    assert said(second)["应报数"] == 5
    assert json.loads(third.fields) == {"单位": "市教育局", "月份": "2023-04", "编号": "12", "处理": "未处理"}
    assert reading.files == [(path.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_csv_in_utf8_or_gbk_gives_the_same_facts(tmp_path, ruleset, encoding):
    path = tmp_path / "异议.csv"
    text = '单位,月份,编号,处理,备注\r\n市教育局,2023/4,0012,未处理,"两行\r\n备注"\r\n沁县,202304,3,及时处理\r\n'
    path.write_bytes(text.encode(encoding))
    reading = read_facts([path], ruleset)
    assert reading.faults == []
    assert [(draft.sheet, draft.row, said(draft)["编号"]) for draft in reading.drafts] == [(None, 2, "0012"), (None, 4, "3")]
    assert said(reading.drafts[0])["备注"] == "两行\n备注"


def test_jsonl_keeps_numbers_exact_and_counts_lines(tmp_path, ruleset):
    path = tmp_path / "任意.jsonl"
    path.write_text(
        '{"fact": "占比", "单位": "沁县", "月份": "2023-04", "占比": 12.3400}\n\n'
        '{"fact": "主管", "行业": "教育", "单位": "市教育局", "起始月份": null}\n',
        encoding="utf-8",
    )
    share, table = read_facts([path], ruleset).drafts
    assert (said(share)["占比"], share.row) == ("12.34", 1)
    assert (table.key, table.row) == ('["教育",null]', 3)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "bad-json"),
        ("[1]", "bad-json"),
        ("[" * 100_000, "bad-json"),
        ('{"单位": "沁县"}', "unknown-kind"),
        ('{"fact": "占笔"}', "unknown-kind"),
        ('{"fact": "占比", "单位": "沁县", "单位": "沁县"}', "duplicate-field"),
        ('{"fact": "占比", "单位": "沁县", "月份": "2023-04", "占比": NaN}', "bad-value"),
        ('{"fact": "占比", "单位": "沁县", "月份": "2023-04", "占比": true}', "bad-value"),
        ('{"fact": "占比", "单位": "沁县", "月份": "2023-04", "占比": [1]}', "bad-value"),
        ('{"fact": "占比", "单位": "沁县", "月份": "2023-04", "占比": 1e1}', "bad-value"),
        ('{"fact": "占比", "单位": "\\ud800", "月份": "2023-04", "占比": 1}', "bad-value"),
        ('{"fact": "占比", "单位": "沁县", "月份": "2023-04"}', "missing-value"),
    ],
)
def test_a_bad_line_of_json_is_told_by_its_line(tmp_path, ruleset, line, code):
    path = tmp_path / "a.jsonl"
    path.write_text("\n" + line, encoding="utf-8")
    fault = only(read_facts([path], ruleset).faults, code)
    assert (fault.row, fault.sheet, fault.cell) == (2, None, None)


def test_every_bad_cell_of_every_row_is_told_with_its_address_and_the_right_word(workbook, ruleset):
    path = workbook(
        双公示统计=[HEAD, ["教育局", "2023-13", 5, "1,000"], ["沁县", "2023-04", 3, 4], ["沁县", "2023-05", None, -1]],
        异议=[["单位", "月份", "编号", "处理"], ["沁县", "2023-04", "一", "及时"]],
    )
    faults = read_facts([path], ruleset).faults
    assert [(fault.code, fault.cell, fault.field, fault.value) for fault in faults] == [
        ("unknown-unit", "A2", "单位", "教育局"),
        ("bad-value", "B2", "月份", "2023-13"),
        ("bad-value", "D2", "实报数", "1,000"),
        ("check-failed", None, None, None),
        ("missing-value", "C4", "应报数", None),
        ("bad-value", "D4", "实报数", "-1"),
        ("bad-value", "D2", "处理", "及时"),
    ]
    assert "市教育局" in faults[0].message
    assert "2023-04" in faults[1].message
    assert "实报数 为 4，应报数 为 3" in faults[3].message
    assert "是否应为“及时处理”" in faults[6].message
    assert list(faults[0].as_json()) == ["file", "sheet", "row", "cell", "field", "value", "code", "message"]


def test_columns_missing_renamed_unknown_or_twice(workbook, ruleset):
    path = workbook(
        双公示统计=[["单位", "月份", "应报", "实报数", "电话", "单位"], ["沁县", "四月", 1, 1, "123", "沁县"]],
    )
    reading = read_facts([path], ruleset)
    assert [(one.code, one.field) for one in reading.faults] == [
        ("duplicate-column", "单位"),
        ("missing-column", "应报数"),
        ("bad-value", "月份"),
    ]
    assert "“应报”" in reading.faults[1].message
    assert [(one.code, one.cell, one.field) for one in reading.warnings] == [
        ("unknown-column", "C1", "应报"),
        ("unknown-column", "E1", "电话"),
    ]


def test_optional_columns_may_be_left_out(workbook, ruleset):
    reading = read_facts([workbook(失信主体=[["单位", "主体", "起始月份"], ["沁县", "甲公司", "2023-04"]])], ruleset)
    assert (reading.faults, len(reading.drafts)) == ([], 1)


def test_an_unknown_sheet_with_content_is_a_fault_and_a_hidden_one_a_warning(tmp_path, ruleset):
    book = Workbook()
    book.active.title = "双公示统记"
    book.active.append(HEAD)
    book.active.append(["沁县", "2023-04", 1, 1])
    hidden = book.create_sheet("异议")
    hidden.append(["单位", "月份", "编号", "处理"])
    hidden.append(["沁县", "2023-04", "1", "未处理"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "a.xlsx"
    book.save(path)
    reading = read_facts([path], ruleset)
    fault = only(reading.faults, "unknown-kind")
    assert (fault.sheet, fault.value) == ("双公示统记", "双公示统记")
    assert "“双公示统计”" in fault.message
    assert only(reading.warnings, "hidden-sheet").sheet == "异议"
    assert len(reading.drafts) == 1


def test_what_a_workbook_has_already_changed_is_refused(tmp_path, ruleset):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("占比")
        percent, padded = book.add_format({"num_format": "0.00%"}), book.add_format({"num_format": "0000"})
        quoted = book.add_format({"num_format": '0.0"%"'})
        sheet.write_row(0, 0, ["单位", "月份", "占比"])
        for row, month in enumerate(["2023-01", "2023-02", "2023-03", 45017, 2023.1, True], start=1):
            sheet.write(row, 0, "沁县")
            sheet.write(row, 1, month)
        sheet.write(1, 2, 0.12345, percent)
        sheet.write(2, 2, 1 / 3)
        sheet.write(3, 2, 12.5, quoted)
        sheet.write(4, 2, 99.9)
        sheet.write(5, 2, 1)
        sheet.write(6, 2, 1)
        sheet = book.add_worksheet("放款")
        sheet.write_row(0, 0, ["编号", "月份"])
        sheet.write(1, 0, 12, padded)
        sheet.write(2, 0, 1234567890123456789)
        sheet.write(3, 0, 2023.1)
        sheet.write_datetime(4, 0, datetime.datetime(2023, 4, 1), book.add_format({"num_format": "yyyy-mm"}))
        sheet.write_column(1, 1, ["2023-04"] * 4)
    reading = read_facts([path], ruleset)
    assert [said(draft)["占比"] for draft in reading.drafts] == ["12.345", "12.5", "99.9"]
    assert said(reading.drafts[2])["月份"] == "2023-04"
    assert [fault.cell for fault in reading.faults] == ["C3", "B6", "B7", "A2", "A3", "A4", "A5"]
    assert {fault.code for fault in reading.faults} == {"bad-value"}


def test_errors_formulas_without_a_value_and_merged_cells_are_told(tmp_path, ruleset):
    book = Workbook()
    sheet = book.active
    sheet.title = "双公示统计"
    for row in (HEAD, ["沁县", "2023-04", "=1+1", "#N/A"], ["市教育局", "2023-04", 1, 1], [None, "2023-05", 1, 1]):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("A9:D9")
    path = tmp_path / "a.xlsx"
    book.save(path)
    faults = read_facts([path], ruleset).faults
    assert [(fault.code, fault.cell) for fault in faults] == [
        ("formula-without-value", "C2"),
        ("error-cell", "D2"),
        ("merged-cell", "A4"),
    ]


def test_two_rows_of_one_key_are_one_where_they_agree_and_a_fault_where_not(workbook, tmp_path, ruleset):
    first = workbook("甲.xlsx", 双公示统计=[HEAD, ["沁县", "2023-04", 5, 4], ["沁县", "2023/4", "5", 4.0]])
    assert len(read_facts([first], ruleset).drafts) == 1
    second = workbook("乙.xlsx", 双公示统计=[HEAD, ["沁县", "2023-04", 5, 5]])
    fault = only(read_facts([first, second, first], ruleset).faults, "key-conflict")
    assert (fault.file, fault.sheet, fault.row) == (second.as_posix(), "双公示统计", 2)
    assert first.as_posix() in fault.message
    assert "第 2 行" in fault.message
    assert "实报数 前为 4、此处为 5" in fault.message


def test_a_folder_is_read_with_its_subfolders_but_not_what_is_ours_hidden_or_locked(workbook, tmp_path, ruleset):
    for folder in ("部门", ".cache"):
        (tmp_path / folder).mkdir()
    good = workbook("部门/四月.XLSX", 双公示统计=[HEAD, ["沁县", "2023-04", 1, 1]])
    for name in ("四月.errors.xlsx", "四月.rest.xlsx", "~$四月.xlsx", ".四月.xlsx", ".cache/四月.csv"):
        (tmp_path / name).write_bytes(b"no workbook")
    (tmp_path / "旧.xls").write_bytes(b"old")
    reading = read_facts([tmp_path], ruleset)
    assert reading.faults == []
    assert [name for name, _ in reading.files] == [good.as_posix()]
    assert only(reading.warnings, "unread-file").file.endswith("旧.xls")
    only(read_facts([tmp_path / "旧.xls"], ruleset).faults, "unread-file")


def test_a_path_that_does_not_exist_is_a_fault_beside_the_others(tmp_path, ruleset):
    reading = read_facts([tmp_path / "没有", tmp_path], ruleset)
    assert only(reading.faults, "no-such-file").file.endswith("没有")


def test_damaged_and_swollen_files_are_told_and_not_opened(tmp_path, workbook, ruleset):
    for name, content in {"坏.xlsx": b"not a zip", "异议.csv": b"\xff\xfe\x00", "a.jsonl": "单位".encode("gbk")}.items():
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "膨胀.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 40_000_000)
    whole = workbook("截断.xlsx", 双公示统计=[HEAD]).read_bytes()
    (tmp_path / "截断.xlsx").write_bytes(whole[: len(whole) // 2])
    faults = {Path(fault.file).name: fault.code for fault in read_facts([tmp_path], ruleset).faults}
    assert faults == {
        "坏.xlsx": "unreadable-file",
        "异议.csv": "bad-encoding",
        "a.jsonl": "bad-encoding",
        "膨胀.xlsx": "unreadable-file",
        "截断.xlsx": "unreadable-file",
    }


def test_a_workbook_that_names_the_last_cell_of_the_grid_is_read_at_once(tmp_path, ruleset):
    book = Workbook()
    book.active.title = "双公示统计"
    book.active.append(HEAD)
    book.active.append(["沁县", "2023-04", 1, 1])
    book.active["XFD1048576"] = "x"
    path = tmp_path / "a.xlsx"
    book.save(path)
    reading = read_facts([path], ruleset)
    assert len(reading.drafts) == 1
    assert only(reading.warnings, "unknown-column").cell == "XFD1048576"
    assert reading.faults == []


def test_entities_in_a_workbook_are_not_expanded(workbook, tmp_path, ruleset):
    path = workbook("a.xlsx", 双公示统计=[HEAD, ["沁县", "2023-04", 1, 1]])
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = (bomb + sheet.replace('<?xml version="1.0"?>', "")).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    only(read_facts([path], ruleset).faults, "unreadable-file")


def test_a_row_of_csv_with_a_value_too_many_and_an_open_quote_are_faults(tmp_path, ruleset):
    path = tmp_path / "异议.csv"
    path.write_text('单位,月份,编号,处理\n沁县,2023-04,1,2,未处理\n沁县,2023-04,9,未处理,多\n沁县,"2023\n', encoding="utf-8")
    faults = read_facts([path], ruleset).faults
    assert [(fault.code, fault.row) for fault in faults] == [
        ("unreadable-file", 4),
        ("extra-value", 2),
        ("bad-value", 2),
        ("extra-value", 3),
    ]


def test_the_shipped_dictionary_reads_what_offices_write(tmp_path):
    shipped = ruleset_of(read_folder(Path(__file__).parents[2] / "rulesets/changzhi-2023"))
    path = tmp_path / "行政管理信息.csv"
    path.write_text(
        "单位,月份,类别,报送数,合规数\n"
        "市人力资源和社会保障局,2023年4月,行政确认,10,5\n人社局,2023-04,行政确任,10,12\n",
        encoding="gbk",
    )
    reading = read_facts([path], shipped)
    assert [draft.key for draft in reading.drafts] == ['["市人社局","2023-04","行政确认"]']
    assert [(fault.code, fault.cell) for fault in reading.faults] == [
        ("unknown-unit", "A3"),
        ("bad-value", "C3"),
        ("check-failed", None),
    ]
    assert "“市人社局”" in reading.faults[0].message
    assert "“行政确认”" in reading.faults[1].message


ROWS = st.lists(
    st.tuples(st.sampled_from(["沁县", "市教育局", "市科技局"]), st.integers(1, 12), st.integers(0, 9)),
    unique_by=lambda row: row[:2],
    max_size=12,
)


@given(ROWS, st.randoms(use_true_random=False), st.integers(1, 3))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_how_rows_are_split_over_files_and_ordered_changes_no_fact(tmp_path_factory, ruleset, rows, random, parts):
    def facts(lines: list, pieces: int) -> set:
        folder = tmp_path_factory.mktemp("split")
        paths = []
        for piece in range(pieces):
            path = folder / str(piece) / "双公示统计.csv"
            path.parent.mkdir()
            body = "".join(f"{unit},2023-{month},{count},0\n" for unit, month, count in lines[piece::pieces])
            path.write_text("单位,月份,应报数,实报数\n" + body, encoding="utf-8")
            paths.append(path)
        reading = read_facts(paths, ruleset)
        assert reading.faults == []
        return {(draft.kind, draft.key, draft.fields) for draft in reading.drafts}

    shuffled = rows + rows
    random.shuffle(shuffled)
    assert facts(shuffled, parts) == facts(rows, 1)


def test_a_saved_workbook_with_computed_formulas_is_read_by_their_values(tmp_path, ruleset):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("双公示统计")
        sheet.write_row(0, 0, HEAD + ["备注"])
        sheet.write_row(1, 0, ["沁县", "2023-04"])
        sheet.write_formula(1, 2, "=2+3", None, 5)
        sheet.write_formula(1, 3, "=2+1", None, 3)
        sheet.write_formula(1, 4, '="甲"&1', None, "甲1")
    (draft,) = read_facts([path], ruleset).drafts
    assert (said(draft)["应报数"], said(draft)["实报数"], said(draft)["备注"]) == (5, 3, "甲1")


def test_another_year_is_taken_in_with_a_warning(workbook, ruleset):
    rows = [HEAD, ["沁县", "2032-04", 5, 5], ["沁县", "2023-04", 5, 5]]
    reading = read_facts([workbook(双公示统计=rows)], ruleset)
    assert len(reading.drafts) == 2
    assert [(one.code, one.row, one.value) for one in reading.warnings] == [("other-year", 2, "2032-04")]
