"""The notices as Word documents: their tables say what the book says, their form is the official one."""

import io
import sys
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from engine.errors import InputError
from engine.notices.docx import document_of, month_documents
from engine.notices.wording import pts, signed
from tests.annual import copied
from tests.notices.example import SCRIPT, april


@pytest.fixture(scope="module")
def book():
    return april()


@pytest.fixture(scope="module")
def notice(book):
    return docx.Document(io.BytesIO(month_documents(book, None)["月度通报.docx"]))


def cells(table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def headed(notice, *words: str):
    return [table for table in notice.tables if [cell.text for cell in table.rows[0].cells][: len(words)] == list(words)]


def test_its_rankings_are_the_books(book, notice):
    rows = [row for table in headed(notice, "名次", "单位", "加分") for row in cells(table)[1:]]
    assert [(row[0], row[1], row[4], row[5]) for row in rows] == [
        (str(one.month_rank), one.unit, pts(one.month_points), f"{pts(one.total_points)}（{one.total_rank}）")
        for one in book.standings
    ]
    for row in rows:
        gained = sum(one.given for one in book.matches[row[1]] if one.given > 0)
        assert row[2] == signed(gained)


def test_its_deductions_are_the_books(book, notice):
    (table,) = headed(notice, "序号", "单位", "事由")
    told = sorted((row[1], row[4]) for row in cells(table)[1:])
    assert told == sorted((one.unit, pts(one.given)) for own in book.matches.values() for one in own if one.given < 0)


def test_its_styles_are_words_own_with_the_official_faces(notice):
    used = {one.style.name for one in notice.paragraphs}
    assert {"Title", "Normal", "Heading 1", "Heading 2", "主送机关", "落款"} <= used
    faces = {name: notice.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Title", "Normal", "Heading 1")}
    assert faces == {"Title": "方正小标宋_GBK", "Normal": "仿宋_GB2312", "Heading 1": "黑体"}
    titles = [one.text for one in notice.paragraphs if one.style.name == "Title"]
    assert titles == ["关于2023年4月云江市社会信用体系建设积分情况的通报"]


def test_its_page_is_the_official_one_with_numbers_outside(notice):
    section = notice.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert 'w:instr="PAGE"' in paragraph._p.xml and f'<w:jc w:val="{side}"/>' in paragraph._p.xml
    assert Mm(0) < section.footer_distance < section.bottom_margin


def test_its_tables_repeat_their_heads_cut_no_row_and_fit_the_page(notice):
    for table in notice.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert all("w:cantSplit" in row._tr.xml for row in table.rows)
        assert sum(column.width for column in table.columns) <= Mm(161)


def test_a_value_stays_text_in_one_cell(book):
    unit = next(unit for unit, own in book.matches.items() if any(SCRIPT in one.say for one in own))
    own = tuple(replace(one, say=one.say.replace(SCRIPT, f"{SCRIPT}甲|乙\n丙")) for one in book.matches[unit])
    changed = replace(book, matches={**book.matches, unit: own})
    made = docx.Document(io.BytesIO(month_documents(changed, None)["月度通报.docx"]))
    (table,) = headed(made, "序号", "单位", "事由")
    assert any(SCRIPT in row[2] and "甲｜乙 丙" in row[2] for row in cells(table) if row[1] == unit)


def test_a_line_of_a_template_that_has_no_place_is_told(book):
    with pytest.raises(InputError, match="monthly.docx.j2.*正文在这里"):
        document_of(["正文在这里"], "monthly.docx.j2")


@pytest.mark.parametrize("lines", [["table 甲 20"], ["table"], ["table 20 30r", "row 一|二|三"], ["row 一|二"], ["table 10 -5"]])
def test_a_table_of_a_template_that_does_not_fit_is_told(lines):
    with pytest.raises(InputError, match="monthly.docx.j2") as told:
        document_of(lines, "monthly.docx.j2")
    assert lines[-1] in str(told.value)


def test_the_command_writes_notice_and_letters_beside_the_pages(jifen, scored, tmp_path):
    workspace = copied(scored, tmp_path)
    done = jifen("-w", workspace, "notices", "2023-05", "--docx", "--json")
    assert done.status == 0, done.err
    folder = workspace / "notices/2023-05"
    letters = {path.stem for path in folder.glob("督办函/*.html")}
    assert letters and {path.stem for path in folder.glob("督办函/*.docx")} == letters
    assert str(folder / "月度通报.docx") in done.json["notices"]
    letter = docx.Document(next(folder.glob("督办函/*.docx")))
    assert cells(letter.tables[0])[0] == ["任务", "内容", "状态", "依据"] and len(letter.tables[0].rows) > 1


def test_without_the_library_one_line_says_what_to_install(jifen, scored, tmp_path, monkeypatch):
    workspace = copied(scored, tmp_path)
    monkeypatch.setitem(sys.modules, "docx", None)
    done = jifen("-w", workspace, "notices", "2023-01", "--docx")
    assert done.status == 1 and "没有安装 python-docx" in done.err
    assert not (workspace / "notices/2023-01").exists()
