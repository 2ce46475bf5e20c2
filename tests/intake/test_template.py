"""A blank workbook made from the dictionary: it explains itself, catches slips in Excel, and is no report by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from engine.commands.template import write_template_file
from engine.dsl.loader import read_folder, ruleset_of
from engine.dsl.model import Field, Ruleset, Time
from engine.dsl.types import ChoiceType
from engine.errors import InputError
from engine.intake.ours import (
    INSTRUCTIONS,
    LISTS,
    MARK,
    Prefilled,
    is_ours,
    prefilled,
    untouched,
)
from engine.intake.reading import read_facts
from engine.intake.template import template_workbook
from engine.intake.template_sheets import prefilled_rows
from engine.workspace import create
from tests.conftest import SHIPPED

MONTH, UNIT = "2023-04", "市教育局"
KNOWN = Prefilled(UNIT, MONTH, "2023")
COMBINATIONS = [(None, None), (MONTH, None), (None, UNIT), (MONTH, UNIT)]


@pytest.fixture(scope="module")
def shipped() -> Ruleset:
    return ruleset_of(read_folder(SHIPPED))


def opened(ruleset: Ruleset, month: str | None = None, unit: str | None = None) -> Workbook:
    return load_workbook(BytesIO(template_workbook(ruleset, month, unit).content))


def rows_of(sheet) -> list[dict[str, object]]:
    heading, *rows = sheet.iter_rows(values_only=True)
    return [{name: value for name, value in zip(heading, row, strict=True) if value is not None} for row in rows]


def validation(book: Workbook, kind: str, field: str):
    """The one validation on the column of a field."""
    sheet = book[kind]
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == field)
    (found,) = [one for one in sheet.data_validations.dataValidation if str(one.sqref) == f"{letter}2:{letter}20001"]
    return found


def listed(book: Workbook, name: str) -> list[str]:
    """What a drop-down shows that reads a defined name."""
    ((sheet, cells),) = book.defined_names[name].destinations
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]]


def explained(book: Workbook) -> dict[str, dict[str, str]]:
    """The table of the instruction sheet: kind to its row by heading."""
    rows = list(book[INSTRUCTIONS].iter_rows(values_only=True))
    at = next(place for place, row in enumerate(rows) if row[0] == "数据")
    return {row[0]: dict(zip(rows[at], (text or "" for text in row), strict=True)) for row in rows[at + 1 :]}


def test_there_is_a_sheet_a_kind_with_the_dictionarys_columns_between_instructions_and_lists(shipped):
    book = opened(shipped)
    assert book.sheetnames == [INSTRUCTIONS, *shipped.kinds, LISTS]
    for name, kind in shipped.kinds.items():
        assert [cell.value for cell in book[name][1]] == list(kind.fields)
        assert book[name].freeze_panes == "A2"
    assert book.active.title == INSTRUCTIONS
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == [LISTS]
    assert [sheet.title for sheet in book if is_ours(str(sheet["A1"].value))] == [INSTRUCTIONS, LISTS]


def test_required_columns_look_otherwise_than_those_that_may_stay_empty(shipped):
    head = {cell.value: cell for cell in opened(shipped)["双公示记录"][1]}
    assert head["单位"].font.b
    assert head["单位"].fill.fgColor.rgb == head["决定日期"].fill.fgColor.rgb
    assert head["单位"].fill.fgColor.rgb != head["上报日期"].fill.fgColor.rgb == head["备注"].fill.fgColor.rgb


def test_units_and_months_are_picked_from_lists_that_let_other_spellings_pass(shipped):
    book = opened(shipped)
    unit, month = validation(book, "双公示统计", "单位"), validation(book, "代码重错", "终止月份")
    assert (unit.type, unit.errorStyle, listed(book, unit.formula1)) == ("list", "warning", list(shipped.units))
    assert (month.type, month.errorStyle, listed(book, month.formula1)) == ("list", "warning", list(shipped.months))
    assert "必填" in unit.prompt and "可空" in month.prompt


def test_closed_lists_are_picked_and_nothing_else_passes(shipped):
    found = validation(opened(shipped), "双公示异议", "及时处理")
    assert (found.type, found.formula1, found.errorStyle or "stop") == ("list", '"是,否"', "stop")


@pytest.mark.parametrize("choices", [tuple(f"第{number}类很长的取值名称" for number in range(60)), ("甲,乙", "丙")])
def test_a_closed_list_that_excel_cannot_hold_in_a_cell_stands_on_the_hidden_sheet(ruleset, choices):
    kind = ruleset.kinds["异议"]
    long = replace(kind, fields={**kind.fields, "处理": Field("处理", ChoiceType(choices=choices))})
    book = opened(replace(ruleset, kinds={"异议": long}))
    found = validation(book, "异议", "处理")
    assert (found.type, found.errorStyle or "stop") == ("list", "stop")
    assert tuple(listed(book, found.formula1)) == choices


def test_numbers_dates_and_texts_are_held_to_their_bounds(shipped):
    book = opened(shipped)

    def bounds(kind: str, field: str) -> tuple[str, str, str]:
        found = validation(book, kind, field)
        return found.type, found.formula1, found.formula2

    assert bounds("双公示统计", "应报数") == ("whole", "0", str(10**12))
    assert bounds("顶层文件落实", "文件") == ("whole", "1", "13")
    assert bounds("守信主体占比", "本地占比") == ("decimal", "0", "100")
    assert bounds("双公示评分", "得分") == ("decimal", str(-(10**9)), str(10**9))
    assert bounds("双公示异议", "编号") == ("textLength", "1", "1000")
    assert bounds("年终综合测评", "年度")[:2] == ("whole", "2023")
    date = validation(book, "双公示记录", "决定日期")
    assert date.type == "date" and int(date.formula1) < 45046 < int(date.formula2)  # 30 April 2023


def test_excel_leaves_texts_and_months_as_typed(shipped):
    book = opened(shipped, MONTH, UNIT)
    formats = {cell.value: book["双公示记录"].column_dimensions[cell.column_letter] for cell in book["双公示记录"][1]}
    shown = {name: dimension.number_format for name, dimension in formats.items()}
    assert {shown[name] for name in ("单位", "文号", "类型", "备注")} == {"@"}
    assert shown["决定日期"] == "yyyy-mm-dd"
    figures = book["双公示统计"]
    assert (figures["B2"].value, figures["B2"].number_format) == (MONTH, "@")
    assert figures.column_dimensions["C"].number_format == "0"


def test_without_month_and_unit_nothing_is_filled_in(shipped):
    book = opened(shipped)
    assert [name for name in shipped.kinds if book[name].max_row > 1] == []
    assert [book[INSTRUCTIONS][f"B{row}"].value for row in (2, 3, 4)] == [None, None, "2023"]


def test_what_is_known_is_filled_in_as_each_kind_needs_it(shipped):
    book = opened(shipped, MONTH, UNIT)
    own = {"单位": UNIT, "月份": MONTH}
    assert rows_of(book["双公示统计"]) == [own]
    classes = shipped.kinds["行政管理信息"].closed["类别"]
    assert rows_of(book["行政管理信息"]) == [{**own, "类别": name} for name in classes]
    assert rows_of(book["双公示异议"]) == [own] * 10
    assert rows_of(book["信易贷放款"]) == [{"月份": MONTH}] * 10
    assert rows_of(book["严重失信主体"]) == [{"单位": UNIT}] * 10
    assert rows_of(book["双公示记录"]) == [{"单位": UNIT}] * 10
    assert rows_of(book["年终综合测评"]) == [{"单位": UNIT, "年度": 2023}] * 10
    assert rows_of(book["行业主管"]) == []
    assert rows_of(book["等保测评完成"]) == []


def test_a_month_or_a_unit_alone_is_filled_in_alone(shipped):
    month, unit = opened(shipped, MONTH), opened(shipped, None, UNIT)
    assert rows_of(month["等保测评完成"]) == [{"月份": MONTH}] * 10
    assert rows_of(month["年终综合测评"]) == rows_of(month["拖欠账款"]) == []
    assert rows_of(unit["双公示统计"]) == [{"单位": UNIT}]
    assert rows_of(unit["信易贷放款"]) == []


@pytest.mark.parametrize(("month", "unit"), COMBINATIONS)
def test_no_row_that_is_filled_in_is_a_whole_fact_and_each_is_known_as_ours(shipped, month, unit):
    known = Prefilled(unit or "", month or "", "2023")
    for kind in shipped.kinds.values():
        for row in prefilled_rows(kind, known):
            assert set(kind.required) - set(row), kind.name
            assert untouched(kind, row, known), kind.name


def test_every_kind_is_explained_with_its_link_its_key_its_fields_and_its_clauses(shipped):
    book = opened(shipped)
    table = explained(book)
    assert list(table) == list(shipped.kinds)
    for name, row in table.items():
        kind = shipped.kinds[name]
        assert "、".join(kind.key) in row["同一条的认定"]
        assert all(f"{field}：" in row["必填的列"] for field in kind.required)
        assert all(check.text in row["须满足"] for check in kind.checks)
        assert row["时间"] and (row["依据条款"] or kind.time is Time.RECORD)
    assert "D04 附件4 附表一 (四)" in table["双公示异议"]["依据条款"]
    assert "D03c" in table["双公示评分"]["依据条款"]  # read by a `none`
    assert "信易贷放款" in table["行业主管"]["依据条款"]
    assert "终止的当月不算" in table["拖欠账款"]["时间"]
    assert "与本单位有关" not in table["双公示异议"]
    links = {cell.hyperlink.location for (cell,) in book[INSTRUCTIONS]["A9:A60"] if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in shipped.kinds}


def test_a_units_template_shows_which_clauses_bind_it(shipped):
    table = explained(opened(shipped, None, UNIT))
    assert (table["平台网站建设"]["依据条款"], table["平台网站建设"]["与本单位有关"]) == ("", "")
    assert table["双公示异议"]["与本单位有关"] == "是"
    assert "D04" in table["双公示异议"]["依据条款"] and "C0" not in table["双公示异议"]["依据条款"]


def test_what_the_operator_fills_in_is_no_units_business(shipped):
    own = {"人工调整", "积分核对", "期初积分"}
    assert own <= set(opened(shipped, None, None).sheetnames)
    assert own.isdisjoint(opened(shipped, MONTH, UNIT).sheetnames) and own.isdisjoint(explained(opened(shipped, MONTH, UNIT)))
    table = explained(opened(shipped, None, None))
    assert "jifen open-balance" in table["期初积分"]["依据条款"] and "D00a：期初积分" in table["期初积分"]["依据条款"]
    assert "不计分" in table["积分核对"]["依据条款"] and "本月积分、累计积分 至少填一项" in table["积分核对"]["须满足"]
    assert "jifen adjust" in table["人工调整"]["依据条款"] and "SHA-256" in table["人工调整"]["必填的列"]


def test_a_template_is_the_same_bytes_every_time(shipped):
    assert template_workbook(shipped, MONTH, UNIT) == template_workbook(shipped, MONTH, UNIT)


def test_the_instruction_sheet_tells_what_the_template_was_made_for(shipped):
    rows = [
        [str(value or "") for value in row] for row in opened(shipped, MONTH, UNIT)[INSTRUCTIONS].iter_rows(values_only=True)
    ]
    assert prefilled(rows) == KNOWN
    assert prefilled([]) == prefilled([["填报单位"], [], ["填报月份", " "]]) == Prefilled()


def test_only_a_sheet_that_begins_with_the_mark_is_ours():
    assert is_ours(f"{MARK}填写说明") and is_ours(f" {MARK}取值")
    assert not is_ours("填写说明") and not is_ours("") and not is_ours(f"单位{MARK}")


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        ("双公示统计", {"单位": UNIT, "月份": MONTH}, True),
        ("双公示统计", {"单位": UNIT}, True),
        ("双公示统计", {"单位": UNIT, "月份": MONTH, "应报数": "0"}, False),
        ("双公示统计", {"单位": UNIT, "月份": MONTH, "备注": "无"}, False),
        ("双公示统计", {"单位": UNIT, "月份": MONTH, "电话": "1"}, False),
        ("双公示统计", {"单位": "市科技局", "月份": MONTH}, False),
        ("双公示统计", {"单位": UNIT, "月份": "2023-05"}, False),
        ("双公示统计", {}, False),
        ("行政管理信息", {"单位": UNIT, "月份": MONTH, "类别": "行政确认"}, True),
        ("行政管理信息", {"单位": UNIT, "月份": MONTH, "类别": "行政确"}, False),
        ("行政管理信息", {"类别": "行政确认"}, False),
        ("顶层文件落实", {"单位": UNIT, "月份": MONTH, "方式": "转发"}, False),
        ("等保测评完成", {"单位": UNIT, "月份": MONTH}, False),
        ("等保测评完成", {"单位": UNIT}, False),
        ("拖欠账款", {"单位": UNIT}, True),
        ("拖欠账款", {"单位": UNIT, "起始月份": MONTH}, False),
        ("年终综合测评", {"单位": UNIT, "年度": "2023"}, True),
        ("年终综合测评", {"单位": UNIT, "年度": "2022"}, False),
        ("行业主管", {"单位": UNIT}, False),
    ],
)
def test_only_what_the_template_filled_in_counts_as_untouched(shipped, kind, texts, expected):
    assert untouched(shipped.kinds[kind], texts, KNOWN) is expected


def test_nothing_is_untouched_where_nothing_was_known(shipped):
    assert not untouched(shipped.kinds["年终综合测评"], {"年度": "2023"}, Prefilled(year="2023"))
    assert not untouched(shipped.kinds["双公示统计"], {"单位": UNIT}, Prefilled())


@pytest.mark.parametrize(("month", "unit"), COMBINATIONS)
def test_an_untouched_template_imports_as_nothing(tmp_path, shipped, month, unit):
    path = tmp_path / "空白.xlsx"
    path.write_bytes(template_workbook(shipped, month, unit).content)
    reading = read_facts([path], shipped)
    assert (reading.drafts, reading.faults, reading.warnings) == ([], [], [])


def test_a_row_filled_in_is_imported_and_the_others_are_left_out(tmp_path, shipped):
    book = opened(shipped, MONTH, UNIT)
    book["行政管理信息"]["D3"], book["行政管理信息"]["E3"] = 10, 5
    book.save(tmp_path / "已填.xlsx")
    reading = read_facts([tmp_path / "已填.xlsx"], shipped)
    assert (reading.faults, reading.warnings) == ([], [])
    (draft,) = reading.drafts
    assert (draft.kind, draft.row) == ("行政管理信息", 3)
    assert json.loads(draft.fields) == {"单位": UNIT, "月份": MONTH, "类别": "行政确认", "报送数": 10, "合规数": 5}


def test_a_row_filled_in_by_half_is_told(tmp_path, shipped):
    book = opened(shipped, MONTH, UNIT)
    book["双公示统计"]["C2"] = 10
    book.save(tmp_path / "半填.xlsx")
    faults = read_facts([tmp_path / "半填.xlsx"], shipped).faults
    assert [(fault.code, fault.cell) for fault in faults] == [("missing-value", f"{letter}2") for letter in "DEF"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return create(tmp_path / "市").folder


def test_the_command_writes_the_workbook_for_a_unit_by_any_of_its_names(workspace, tmp_path, capsys):
    file = tmp_path / "四月.xlsx"
    write_template_file(workspace, file, MONTH, "长治市教育局")
    assert load_workbook(file)[INSTRUCTIONS]["B2"].value == UNIT
    said = capsys.readouterr().out
    assert UNIT in said and f"jifen import {file} --dry-run" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["四月.xlsx", "市"]


@pytest.mark.parametrize(
    ("name", "month", "unit", "words"),
    [
        ("四月.xls", None, None, ".xlsx"),
        ("四月.xlsx", "2024-04", None, "2023"),
        ("四月.xlsx", None, "教育局", "市教育局"),
    ],
)
def test_the_command_refuses_what_it_cannot_make_and_leaves_no_file(workspace, tmp_path, name, month, unit, words):
    with pytest.raises(InputError) as told:
        write_template_file(workspace, tmp_path / name, month, unit)
    assert words in told.value.what + told.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["市"]


def test_the_command_never_overwrites_a_file_that_someone_may_have_filled_in(workspace, tmp_path):
    file = tmp_path / "四月.xlsx"
    file.write_bytes(b"mine")
    with pytest.raises(InputError, match="已存在"):
        write_template_file(workspace, file, None, None)
    assert file.read_bytes() == b"mine"


def test_a_kind_whose_name_cannot_be_a_sheets_name_is_told(ruleset):
    kind = ruleset.kinds["异议"]
    with pytest.raises(InputError, match="工作表名"):
        template_workbook(replace(ruleset, kinds={"长" * 32: replace(kind, name="长" * 32)}))
