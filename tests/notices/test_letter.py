"""A supervision letter says what is overdue or below standard, by which facts, and how and until when to answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.ledger.book import VerdictLine
from engine.notices.index import INDEX, MONTHLY
from engine.notices.render import month_pages
from tests.notices.example import render_month
from tests.notices.judged import MONTH, issued, judged
from tests.notices.reading import Reader

UNIT = "市公安局"


def letter(book, unit=UNIT) -> Reader:
    return Reader(month_pages(book, None)[f"督办函/{unit}.html"].decode())


def rows(reader: Reader, unit=UNIT) -> list[list[str]]:
    return [[text for _, text in row.cells] for row in reader.tables[f"{unit}2023年4月督办事项"][1:]]


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
    (row,) = [row for row in rows(letter(book, short), short) if "按目录全量" in row[1]]
    assert row[0] == "9" and "附件3 第9项" in row[1]
    assert row[2].startswith("▲不达标") and "期限4月30日" in row[2]
    assert "应达到：合规数等于报送数" in row[3]
    assert "行政管理信息 类别 行政强制，报送数 67，合规数 64" in row[3]
    assert "来源：各部门上报.xlsx，行政管理信息，第13行" in row[3] and "/home" not in row[3]


def test_what_was_not_reported_is_named(book):
    late = next(unit for unit, one in book.letters.items() if [each.task for each in one.tasks if each.status == "逾期"] == [9])
    (row,) = [row for row in rows(letter(book, late), late) if row[0] == "9"]
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
    copies, receipt = [path.with_suffix(".pdf"), path.with_suffix(".docx")], path.with_name("签收回执.pdf")
    for other in (*copies, receipt):
        other.write_bytes(b"")
    render_month(replace(book, letters={unit: one for unit, one in book.letters.items() if unit != UNIT}), None, tmp_path)
    assert not path.exists() and list(path.parent.glob("*.html"))
    assert not any(one.exists() for one in copies) and receipt.exists(), "what it did not make is not for it to remove"


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


def with_due(book, unit, status, due):
    """The book with a task more of a unit: number 17 in a state, due on a day."""
    verdicts = (*(one for one in book.verdicts[unit] if one.task != 17), VerdictLine(17, status, due, ()))
    return replace(book, verdicts={**book.verdicts, unit: verdicts})


def test_what_falls_due_soon_is_told_in_a_letter_in_blue_with_a_word_beside(book):
    (row,) = [row for row in letter(with_due(book, UNIT, "推进中", "2023-05-31")).tables[f"{UNIT}2023年4月督办事项"] if "near" in row.kinds]
    assert row.text("c-no") == "17" and row.text("c-st") == "◇临近到期推进中，期限5月31日"


@pytest.mark.parametrize(("status", "due"), [("推进中", "2023-06-01"), ("已完成", "2023-05-31"), ("推进中", None)])
def test_what_is_done_or_due_later_is_not(book, status, due):
    assert "临近到期" not in letter(with_due(book, UNIT, status, due)).text


def test_what_falls_due_soon_alone_makes_no_letter(jifen, workspace, sheet):
    head = workspace / "rulesets" / "changzhi-2023" / "ruleset.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("督办提示天数: {2023-01: {value: 31,", "督办提示天数: {2023-01: {value: 400,"), encoding="utf-8")
    assert jifen("-w", workspace, "import", sheet("典型经验", {"单位": "市教育局", "月份": "2023-01", "名称": "甲"})).status == 0
    assert jifen("-w", workspace, "run", "2023-01").status == 0
    near = {one["unit"] for one in jifen("-w", workspace, "tasks", "2023-01", "--due-within", "400", "--status", "未开始", "--json").json}
    failing = {one["unit"] for one in jifen("-w", workspace, "tasks", "2023-01", "--status", "逾期", "--status", "不达标", "--json").json}
    letters = {file.stem for file in (workspace / "notices" / "2023-01" / "督办函").glob("*.html")}
    assert letters == failing and near - failing


def test_every_row_has_its_colour_its_sign_and_a_place_in_the_reply_form(book):
    for unit in list(book.letters)[:6]:
        told = letter(book, unit)
        asked, replied = (told.tables[f"{unit}2023年4月{name}"][1:] for name in ("督办事项", "办理情况反馈表"))
        signs = {"overdue": "×逾期", "substandard": "▲不达标", "near": "◇临近到期"}
        assert [row.text("c-no") for row in asked] == [row.text("c-no") for row in replied]
        for row, reply in zip(asked, replied, strict=True):
            assert row.kinds == reply.kinds and row.text("c-st").startswith(signs[row.kinds[0]])
            assert reply.cells[-1] == ("done", "")


def test_a_receipt_names_the_letter_and_leaves_room_to_sign(book):
    told = letter(issued(book)).text
    number = 201 + list(book.letters).index(UNIT)
    assert f"长信用督〔2023〕{number}号《关于抓紧完成2023年4月任务的督办函》已收到。" in told
    assert "签收单位（盖章）：" in told and "签收日期：" in told
