"""The rows that were left out, as a workbook: corrected, it imports by itself with exactly the facts that were missing."""

from __future__ import annotations

import datetime
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from engine.intake.beside import write_beside
from engine.intake.reading import Reading, read_facts
from engine.intake.remainder import rest_name, write_rest
from engine.intake.template import template_workbook

HEAD = ["单位", "月份", "应报数", "实报数"]


@pytest.fixture
def rest(ruleset) -> Callable[[Path], Path | None]:
    """Reads a file and writes the rest of it, as an import that keeps the good rows does."""

    def write(path: Path) -> Path | None:
        reading = read_facts([path], ruleset)
        written = dict(write_beside(ruleset, reading, reading.faults, reading.warnings, reading.disputed, rest=True))
        return rest_name(path) if written.get(rest_name(path)) else None

    return write


def corrected(path: Path, sheet: str, **cells: object) -> Path:
    book = load_workbook(path)
    for address, value in cells.items():
        book[sheet][address] = value
    book.save(path)
    return path


def with_digits(path: Path, written: str, digits: str) -> None:
    """Excel writes 17 digits of a number, openpyxl and XlsxWriter 16."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(f"<v>{written}</v>".encode(), f"<v>{digits}</v>".encode()))


def told(reading: Reading) -> list[dict[str, object]]:
    assert reading.faults == []
    return [json.loads(draft.fields) for draft in reading.drafts]


def test_the_rest_once_corrected_holds_exactly_the_missing_facts(workbook, ruleset, rest):
    path = workbook(
        双公示统计=[
            ["2023年4月统计表"], HEAD,
            ["沁县", "2023-04", 5, 4], ["沁城", "2023-05", 5, 4], [], ["市教育局", "2023-05", 5, 6],
        ],
        占比=[["单位", "月份", "占比"], ["沁县", "2023-04", 12]],
    )  # fmt: skip
    good = told(read_facts([path], ruleset).without(read_facts([path], ruleset).faults))
    written = rest(path)
    book = load_workbook(written)
    assert book.sheetnames == ["双公示统计"]
    assert [[cell.value for cell in row] for row in book.active] == [
        HEAD, ["沁城", "2023-05", 5, 4], ["市教育局", "2023-05", 5, 6],
    ]  # fmt: skip
    assert "四月.xlsx 工作表“双公示统计”第 4 行" in book.active["A2"].comment.text
    assert "实报数 <= 应报数" in book.active["A3"].comment.text
    assert book.active["A2"].fill.fill_type and not book.active["B2"].fill.fill_type
    reading = read_facts([corrected(written, "双公示统计", A2="沁县", D3=5)], ruleset)
    path = corrected(path, "双公示统计", A4="沁县", D6=5)
    everything = told(read_facts([path], ruleset))
    assert sorted(map(str, [*good, *told(reading)])) == sorted(map(str, everything))
    assert (len(reading.drafts), reading.warnings) == (2, [])


def test_values_come_through_as_they_were(tmp_path, ruleset, rest):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("记录")
        sheet.write_row(0, 0, ["文号", "日期", "单位", "备注"])
        day = datetime.date(2023, 4, 5)
        sheet.write_row(1, 0, ["0123", None, "沁城", "=1+1"])
        sheet.write_datetime(1, 1, day, book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
        sheet.write_string(1, 3, "=1+1 两行\n http://a.b ")
        sheet.write_row(2, 0, [45.0, 45021, "沁城"])
        shares = book.add_worksheet("占比")
        shares.write_row(0, 0, ["单位", "月份", "占比"])
        shares.write_row(1, 0, ["沁城", "2023-04"])
        shares.write_number(1, 2, 0.1234, book.add_format({"num_format": "0.00%"}))
    written = rest(path)
    book = load_workbook(written)
    first = book["记录"][2]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in first] == [
        ("0123", "s", "@"),
        (datetime.datetime(2023, 4, 5), "d", "yyyy-mm-dd"),
        ("沁城", "s", "@"),
        ("=1+1 两行\n http://a.b ", "s", "@"),
    ]
    assert (book["占比"]["C2"].value, book["占比"]["C2"].number_format) == (0.1234, "0.00%")
    corrected(written, "记录", C2="沁县", C3="沁县")
    assert told(read_facts([corrected(written, "占比", A2="沁县")], ruleset)) == told(
        read_facts([corrected(corrected(path, "记录", C2="沁县", C3="沁县"), "占比", A2="沁县")], ruleset)
    )


def test_what_was_refused_for_what_it_is_never_passes_unseen(tmp_path, ruleset, rest):
    book = Workbook()
    sheet = book.active
    sheet.title = "放款"
    for row in (["编号", "月份", "备注"], ["#REF!", "2023-04"], ["=A1", "2023-04"], [True, "2023-04"], ["甲", "2023-04"]):
        sheet.append(row)
    sheet["A2"].data_type = "e"
    sheet.append([0.25, "2023-04"])
    sheet.append([datetime.time(12, 30), "2023-04"])
    sheet.append(["乙", "2023-04", "第一行"])
    sheet.append(["丙", "2023-04"])
    sheet.merge_cells("C8:C9")
    path = tmp_path / "a.xlsx"
    book.save(path)
    with_digits(path, "0.25", "0.30000000000000004")
    before = read_facts([path], ruleset).faults
    written = rest(path)
    after = read_facts([written], ruleset).faults
    assert [fault.cell[0] for fault in after] == [fault.cell[0] for fault in before] and len(after) == 6
    notes = "\n".join(cell.comment.text for row in load_workbook(written).active for cell in row if cell.comment)
    assert all(f"原为：{was}" in notes for was in ("#REF!", "=A1", "0.30000000000000004", "12:30:00", "（合并单元格"))


def test_control_characters_and_very_long_texts_are_told_and_not_lost(tmp_path, ruleset, rest):
    path = tmp_path / "异议.csv"
    path.write_text(f"单位,月份,编号,处理,备注\n沁县,2023-04,甲\x07,未处理,{'长' * 40_000}\n", encoding="utf-8")
    faults = read_facts([rest(path)], ruleset).faults
    assert [fault.cell for fault in faults] == ["C2", "E2"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_csv_gives_a_workbook_of_its_kind(tmp_path, ruleset, rest, encoding):
    path = tmp_path / "异议.csv"
    text = '单位,月份,编号,处理,备注\r\n沁城,2023/4,0012,未处理,"两行\r\n备注"\r\n沁县,202304,3,及时处理\r\n'
    path.write_bytes(text.encode(encoding))
    written = rest(path)
    assert "异议.csv 第 2 行" in load_workbook(written)["异议"]["A2"].comment.text
    (fact,) = told(read_facts([corrected(written, "异议", A2="沁县")], ruleset))
    assert fact == {"单位": "沁县", "月份": "2023-04", "编号": "0012", "处理": "未处理", "备注": "两行\n备注"}


def test_a_row_with_a_comma_too_many_is_refused_again_until_it_is_put_right(tmp_path, ruleset, rest):
    path = tmp_path / "双公示统计.csv"
    path.write_text("单位,月份,应报数,实报数\n沁县,2023-04,1,000,5\n", encoding="utf-8")
    written = rest(path)
    assert [fault.cell for fault in read_facts([written], ruleset).faults] == ["D2"]
    assert "000,5" in load_workbook(written).active["D2"].comment.text
    (fact,) = told(read_facts([corrected(written, "双公示统计", C2=1000, D2=5)], ruleset))
    assert (fact["应报数"], fact["实报数"]) == (1000, 5)


def test_lines_of_json_give_a_sheet_a_kind(tmp_path, ruleset, rest):
    path = tmp_path / "任意.jsonl"
    lines = [
        {"fact": "占比", "单位": "沁城", "月份": "2023-04"},
        {"fact": "放款", "编号": "01", "月份": "2023-04"},
        {"fact": "放款", "备注": "补", "编号": "02", "月份": "四月"},
        {"fact": "放/款:", "编号": "03"},
    ]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write('\n{"fact": "占比", "单位": "沁县", "月份": "四月", "占比": 12.3400}')
    written = rest(path)
    book = load_workbook(written)
    assert book.sheetnames == ["占比", "放款", "放_款_"]
    assert [[cell.value for cell in row] for row in book["占比"]] == [
        ["单位", "月份", "占比"], ["沁城", "2023-04", None], ["沁县", "四月", "12.3400"],
    ]  # fmt: skip
    corrected(written, "占比", A2="沁县", C2=5, B3="2023-05")
    corrected(written, "放款", C2="2023-04")
    book = load_workbook(written)
    del book["放_款_"]
    book.save(written)
    facts = told(read_facts([written], ruleset))
    assert [fact.get("占比") for fact in facts] == ["5", "12.34", None]
    assert facts[2] == {"编号": "02", "月份": "2023-04", "备注": "补"}


def test_a_sheet_that_lacks_a_column_goes_whole_without_the_rows_that_only_the_template_filled_in(tmp_path, ruleset, rest):
    path = tmp_path / "a.xlsx"
    path.write_bytes(template_workbook(ruleset, "2023-04", "沁县").content)
    book = load_workbook(path)
    sheet = book["异议"]
    sheet["C1"] = "编码"
    sheet["C2"], sheet["D2"], sheet["C3"], sheet["D3"] = "1", "未处理", "2", "未处理"
    book.save(path)
    written = rest(path)
    rows = list(load_workbook(written)["异议"].iter_rows(values_only=True))
    assert [row[2] for row in rows] == ["编码", "1", "2"]
    assert len(told(read_facts([corrected(written, "异议", C1="编号")], ruleset))) == 2


def test_two_rows_that_contradict_each_other_are_both_in_the_rest(workbook, ruleset, rest):
    path = workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4], ["沁县", "2023-04", 5, 5], ["沁县", "2023-05", 5, 5]])
    assert [row[3].value for row in load_workbook(rest(path)).active] == ["实报数", 4, 5]


@pytest.mark.parametrize("name", ["双公示统计.csv", "坏.xlsx"])
def test_there_is_no_rest_of_what_cannot_be_read_to_its_end(tmp_path, rest, name):
    path = tmp_path / name
    path.write_text('单位,月份,应报数,实报数\n沁城,2023-04,5,4\n"沁县,2023-05,5,4\n', encoding="utf-8")
    assert rest(path) is None and not rest_name(path).exists()


def test_there_is_no_rest_of_a_sheet_with_two_columns_of_one_name_but_of_the_others(workbook, rest):
    path = workbook(双公示统计=[[*HEAD, "实报数"], ["沁县", "2023-04", 5, 3, 4]], 占比=[["单位", "月份", "占比"], ["沁城", "2023-04", 1]])
    assert load_workbook(rest(path)).sheetnames == ["占比"]


def test_nothing_wanted_writes_nothing(workbook, ruleset):
    path = workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4]])
    assert write_rest(path, rest_name(path), ruleset, {"占比": None}, []) == 0
    assert not rest_name(path).exists()
