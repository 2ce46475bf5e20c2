"""A notice as PDF: what an office, a screen reader and a printer need of it; and what is said where it cannot be made."""

import sys

import pypdf
import pytest

import engine.notices.pdf as pdf
from engine.notices.pdf_drawings import styled_drawings
from tests.annual import copied
from tests.notices.example import april, render_month


@pytest.fixture(scope="module")
def notice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    render_month(april(), None, folder)
    return (folder / "2023-04/月度通报.html").read_bytes()


@pytest.fixture(scope="module")
def made(notice, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "made.pdf"
    path.write_bytes(pdf.pdf_of(notice))
    return pypdf.PdfReader(path)


def headings(outline) -> list[str]:
    return [title for one in outline for title in (headings(one) if isinstance(one, list) else [one.title])]


def fonts(reader) -> dict[str, set[str]]:
    """Every font of every page with the keys of its descriptor."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            found[font["/BaseFont"]] = set(inner["/FontDescriptor"].get_object())
    return found


def test_the_pdf_is_tagged_and_says_its_language_and_title(made):
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"] == "zh-CN"
    assert "2023年4月" in made.metadata.title


def test_its_bookmarks_are_the_headings(made):
    titles = headings(made.outline)
    assert {"一、总体情况", "二、加分亮点", "部门2023年4月积分排名"} <= set(titles)


def test_its_fonts_are_embedded_as_subsets(made):
    embedded = fonts(made)
    assert embedded
    for name, keys in embedded.items():
        assert name[7:8] == "+", name
        assert keys & {"/FontFile", "/FontFile2", "/FontFile3"}, name


def test_it_is_a4_and_its_text_can_be_read(made):
    assert 5 <= len(made.pages) <= 12
    assert {(round(float(one.mediabox.width)), round(float(one.mediabox.height))) for one in made.pages} == {(595, 842)}
    text = "".join(page.extract_text() for page in made.pages)
    for words in ("云江市社会信用体系建设积分情况的通报", "市发展局", "高新技术产业开发区"):
        assert words in text.replace("\n", "")


def test_drawings_bring_their_own_styles_with_every_variable_replaced(notice):
    drawn = styled_drawings(notice.decode())
    assert drawn.count("<svg") == drawn.count("<style>") - 1 > 0
    first = drawn[drawn.index("<svg") : drawn.index("</svg>")]
    assert "text-anchor: end" in first and "stroke-width: 1.4" in first and "var(" not in first


def test_nothing_outside_of_the_page_is_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    page = f'<!doctype html><html lang="zh-CN"><body>正文<img alt="无" src="{secret.as_uri()}"><a rel="attachment" href="{secret.as_uri()}">附</a>'
    target = tmp_path / "made.pdf"
    target.write_bytes(pdf.pdf_of(page.encode()))
    assert not pypdf.PdfReader(target).attachments


@pytest.mark.parametrize("missing, said", [("weasyprint", "没有安装 WeasyPrint"), ("font", "没有中文字体")])
def test_what_is_missing_is_one_line_and_no_page_is_touched(jifen, scored, tmp_path, monkeypatch, missing, said):
    workspace = copied(scored, tmp_path)
    if missing == "font":
        monkeypatch.setenv("PATH", str(workspace))  # no fontconfig to ask, as on a bare machine
    else:
        monkeypatch.setitem(sys.modules, "weasyprint", None)
    done = jifen("-w", workspace, "notices", "2023-01", "--pdf")
    assert done.status == 1 and said in done.err and "install" in done.err
    assert len(done.err.strip().splitlines()) == 2  # what is wrong, and what to do
    assert not (workspace / "notices/2023-01").exists()
    assert jifen("-w", workspace, "notices", "2023-01").status == 0


def test_a_pdf_of_a_page_that_has_changed_does_not_stay(jifen, scored, tmp_path, sheet):
    workspace = copied(scored, tmp_path)
    notice = workspace / "notices/2023-01/月度通报.html"
    assert jifen("-w", workspace, "notices", "2023-01").status == 0
    notice.with_suffix(".pdf").write_bytes(b"%PDF")
    assert jifen("-w", workspace, "notices", "2023-01").status == 0
    assert notice.with_suffix(".pdf").exists()
    case = sheet("双公示异议", {"单位": "潞州区", "月份": "2023-01", "编号": "一", "及时处理": "否"})
    assert jifen("-w", workspace, "run", "2023-01", "--from", case).status == 0
    assert notice.exists() and not notice.with_suffix(".pdf").exists()
