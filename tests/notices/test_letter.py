"""A supervision letter says what is overdue or below standard, by which facts, and how and until when to answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.notices.index import INDEX, MONTHLY
from engine.notices.render import month_pages
from tests.notices.example import render_month
from tests.notices.judged import MONTH, issued, judged
from tests.notices.reading import Reader

UNIT = "市公安局"


def letter(book, unit=UNIT) -> Reader:
    return Reader(month_pages(book, None)[f"督办函/{unit}.html"].decode())


def rows(reader: Reader, unit=UNIT) -> list[list[str]]:
    (table,) = reader.tables.values()
    return [[text for _, text in row.cells] for row in table[1:]]


@pytest.fixture(scope="module")
def book(ruleset):
    return judged(ruleset)


def test_every_failing_unit_has_a_letter_and_no_other(book):
    pages = month_pages(book, None)
    failing = {unit for unit, own in book.verdicts.items() if any(one.status in ("逾期", "不达标") for one in own)}
    assert {name for name in pages if name.startswith("督办函/")} == {f"督办函/{unit}.html" for unit in failing}
    assert failing != set(book.ruleset.units)


def test_what_falls_short_is_told_with_its_values_its_row_and_the_standard(book):
    short = next(unit for unit, one in book.letters.items() if any(each.status == "不达标" for each in one.tasks))
    (row,) = [row for row in rows(letter(book, short)) if "按目录全量" in row[1]]
    assert row[0] == "9" and "附件3 第9项" in row[1]
    assert row[2].startswith("不达标") and "期限4月30日" in row[2]
    assert "应达到：合规数等于报送数" in row[3]
    assert "行政管理信息 类别 行政强制，报送数 67，合规数 64" in row[3]
    assert "来源：各部门上报.xlsx，行政管理信息，第13行" in row[3] and "/home" not in row[3]


def test_what_was_not_reported_is_named(book):
    late = next(unit for unit, one in book.letters.items() if [each.task for each in one.tasks if each.status == "逾期"] == [9])
    (row,) = [row for row in rows(letter(book, late)) if row[0] == "9"]
    assert row[3] == "没有收到报送数大于0的“行政管理信息”，也没有收到“任务进展”"


def test_a_draft_is_marked_and_has_no_number(book):
    told = letter(book)
    assert "征求意见稿" in told.text and "长信用督〔2023〕 号" in told.text.replace("〕号", "〕 号")
    assert "长治市公安局：" in told.text
    assert "于印发后10个工作日内以“任务进展”作答" in told.text
    assert "“状态”填写“已启动”、“推进中”或“已完成”" in told.text


def test_an_issued_letter_has_its_number_date_and_last_day_to_answer(book):
    told = letter(issued(book))
    number = 201 + list(book.letters).index(UNIT)
    assert f"长信用督〔2023〕{number}号" in told.text and "征求意见稿" not in told.text
    assert "于2023年5月22日前（含当日）以“任务进展”作答" in told.text
    assert "2023年5月8日" in told.text


@pytest.mark.parametrize(("times", "said"), [(1, ""), (2, "本函为第2次督办。"), (3, "本函为第3次督办，现同时报送长治市社会信用体系建设联席会议。")])
def test_a_repeated_letter_says_so_and_from_the_third_on_escalates(ruleset, times, said):
    told = letter(judged(ruleset, times)).text
    assert (said in told) if said else ("次督办" not in told)
    assert ("抄送：长治市社会信用体系建设联席会议" in told) == (times == 3)


def test_a_unit_that_no_longer_fails_loses_its_letter(book, tmp_path):
    render_month(book, None, tmp_path)
    path = tmp_path / MONTH / "督办函" / f"{UNIT}.html"
    assert path.exists()
    render_month(replace(book, letters={unit: one for unit, one in book.letters.items() if unit != UNIT}), None, tmp_path)
    assert not path.exists() and list(path.parent.iterdir())


def test_the_month_leads_to_its_letters_and_counts_them(book):
    pages = month_pages(book, None)
    count = len(book.letters)
    assert f"督办函/{UNIT}.html" in Reader(pages[INDEX].decode()).links
    assert f"拟向{count}个单位发出督办函" in Reader(pages[MONTHLY].decode()).text
    assert f"已向{count}个单位发出督办函" in Reader(month_pages(issued(book), None)[MONTHLY].decode()).text


def test_a_statement_tells_every_task_of_its_unit_and_leads_to_the_letter(book):
    told = Reader(month_pages(book, None)[f"得分单/{UNIT}.html"].decode())
    table = told.tables[f"{UNIT}2023年4月任务"][1:]
    assert [int(row.text("c-task")) for row in table] == [one.task for one in book.verdicts[UNIT]]
    assert [row.text("c-status").split("期限")[0] for row in table] == [one.status for one in book.verdicts[UNIT]]
    assert f"../督办函/{UNIT}.html" in told.links
