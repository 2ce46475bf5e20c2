"""A unit's statement adds up to its month on the page, line by line, and says how each line came about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.notices.statement import statement_page
from tests.notices.example import april, render_month
from tests.notices.reading import Reader, hundredths

BOOK = april()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statements")
    render_month(BOOK, None, folder)
    return folder / "2023-04" / "得分单"


def lines(out, unit):
    return Reader((out / f"{unit}.html").read_text()).tables[f"{unit}2023年4月得分明细"]


@pytest.mark.parametrize("standing", BOOK.standings, ids=lambda one: one.unit)
def test_lines_and_running_totals_add_up_to_the_ledger(out, standing):
    running, rules = 0, 0
    for row in lines(out, standing.unit):
        if "entry" in row.kinds:
            running += hundredths(row.text("c-pts"))
        if row.text("c-run"):
            assert hundredths(row.text("c-run")) == running
            rules += 1
    assert running == standing.month_points == sum(BOOK.entries[standing.unit].values())
    assert hundredths(lines(out, standing.unit)[-1].cells[-1][1]) == standing.month_points
    assert rules >= sum(standing.unit in rule.units for rule in BOOK.rules)


def test_nothing_reported_is_not_reported_and_worth_nothing(out):
    shown = {row.cells[0][1]: row for row in lines(out, "市交通局") if "idle" in row.kinds}
    assert any(text.startswith("无上报失信惩戒案例") for text in shown)
    assert any(text.startswith("未得分双公示报送情况") and "1条，不符合本条条件：" in text for text in shown)
    assert any(text.startswith("未扣分当月未共享") for text in map(lambda row: row.cells[0][1], lines(out, "市公安局")))


def test_a_limit_says_what_it_took(out):
    texts = [row.cells[0][1] for row in lines(out, "市教育局") if "entry" in row.kinds]
    assert "全年累计以4.00分为限：2.00 → 0.00" in texts[-1]
    document = next(row for row in lines(out, "市发展局") if "entry" in row.kinds)
    assert "补计差额：3.00 → 2.00" in document.cells[0][1] and document.text("c-pts") == "+2.00"


def test_a_line_shows_formula_and_source(out):
    report = next(row for row in lines(out, "市教育局") if "entry" in row.kinds)
    assert "30 × 38/40 = 28.50" in report.cells[0][1]
    assert "来源：四月上报.xlsx，报送统计，第9行" in report.cells[0][1]


def test_rules_tell_their_settings_as_numbers(out):
    rules = [row.text("c-rules") for row in lines(out, "安陵市") if "clause" in row.kinds]
    assert any("异议未及时处理：−3分" in text for text in rules)
    assert any("失信惩戒案例：2.00分；全年累计以4.00分为限" in text for text in rules)
    assert any("顶层文件落实：转发1.00分、细化并落实3.00分；同一文件全年取最好的一次" in text for text in rules)


def test_columns_follow_the_tables_of_the_source(out):
    assert [text for _, text in lines(out, "市教育局")[0].cells][:5] == ["工作内容", "工作目标", "责任部门", "考核内容", "积分规则"]
    assert [text for _, text in lines(out, "安陵市")[0].cells][:4] == ["工作内容", "工作目标", "考核内容", "积分规则"]


def test_a_clause_without_points_stands_in_its_own_table_only(out):
    assert any("不计分原表此格为空" in row.cells[0][1] for row in lines(out, "安陵市"))
    assert not any("不计分" in row.cells[0][1] for row in lines(out, "市教育局"))


def test_clauses_come_in_the_order_of_the_source():
    standing = next(one for one in BOOK.standings if one.unit == "市公安局")
    page = statement_page(BOOK, standing)
    shown = [clause.id for section in page.sections for clause in section.clauses]
    assert shown == [clause for clause in BOOK.ruleset.clauses if clause in shown]
    assert not page.elsewhere


def test_a_statement_that_would_not_add_up_is_not_written():
    wrong = replace(BOOK.standings[0], month_points=1)
    with pytest.raises(ValueError, match="add up"):
        statement_page(BOOK, wrong)


def test_a_unit_name_with_signs_of_an_address_has_its_file(out):
    assert (out / "市“双随机”&改革办.html").exists()
