"""The official form (GB/T 9704-2012) in Word: page, faces, styles, page numbers outside, tables with heads that repeat."""

from __future__ import annotations

from dataclasses import dataclass

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

_LEFT, _CENTRE, _RIGHT, _BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
)  # fmt: skip
_BIAO, _FANG, _HEI, _SONG = "方正小标宋_GBK", "仿宋_GB2312", "黑体", "宋体"
_LATIN = "Times New Roman"
# What a machine without the face takes in its place; the document names faces and holds none.
_INSTEAD = {
    _BIAO: "方正小标宋简体,华文中宋,思源宋体,Noto Serif CJK SC",
    _FANG: "仿宋,方正仿宋_GBK,华文仿宋,Noto Serif CJK SC",
    _HEI: "SimHei,思源黑体,Noto Sans CJK SC",
    _SONG: "SimSun,思源宋体,Noto Serif CJK SC",
}


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: one of Word's own by its English name, which Word shows in the reader's language, or one of ours."""

    name: str
    face: str
    size: int  # pt
    align: WD_ALIGN_PARAGRAPH = _BOTH
    line: float = 28.95  # pt: 22 lines a page
    indent: int = 0  # letters, of the first line
    red: bool = False
    before: int = 0
    after: int = 0
    keep: bool = False  # with what follows
    right: int = 0  # letters, of every line
    new_page: bool = False


STYLES = {
    "p": Style("Normal", _FANG, 16, indent=2),
    "title": Style("Title", _BIAO, 22, _CENTRE, 36, before=29, after=29),
    "h1": Style("Heading 1", _HEI, 16, indent=2, keep=True),
    "annex": Style("Heading 2", _BIAO, 18, _CENTRE, 30, keep=True),
    "draft": Style("稿本", _HEI, 14, _RIGHT),
    "issuer": Style("发文机关标志", _BIAO, 34, _CENTRE, 48, red=True, before=24),
    "number": Style("发文字号", _FANG, 16, _CENTRE, before=29, after=6),
    "to": Style("主送机关", _FANG, 16),
    "att": Style("附件说明", _FANG, 16, indent=2),
    "annexno": Style("附件编号", _HEI, 16, _LEFT, new_page=True),
    "note": Style("表注", _SONG, 10, _LEFT, 16),
    "sign": Style("落款", _FANG, 16, _RIGHT, right=4),
    "print": Style("版记", _FANG, 14, _LEFT, 22),
    "head_cell": Style("表头", _HEI, 10, _CENTRE, 14),
    "cell": Style("表格", _FANG, 11, _LEFT, 15),
    "number_cell": Style("表格数字", _FANG, 11, _RIGHT, 15),
}


def blank() -> Document:
    """An empty document in the official form."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    for style in STYLES.values():
        _define(document, style)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], _RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], _LEFT)
    _name_substitutes(document)
    return document


class Grid:
    """A table to fill row by row, with columns of these widths in mm; an `r` behind a width: its cells stand to the right.

    Raises ValueError where a width is none, or there is none at all.
    """

    def __init__(self, document: Document, columns: list[str]) -> None:
        if not columns:
            raise ValueError("a table without columns")
        self._widths = [Mm(int(told.removesuffix("r"))) for told in columns]
        self._styles = ["number_cell" if told.endswith("r") else "cell" for told in columns]
        self._table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
        self._table.alignment, self._table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(self._table.columns, self._widths, strict=True):
            column.width = width

    def add(self, cells: list[str], *, head: bool) -> None:
        """A row that no page end cuts; one of the head stands on every page. Raises ValueError for another number of cells."""
        row = self._table.add_row()
        marks = row._tr.get_or_add_trPr()
        marks.append(OxmlElement("w:cantSplit"))
        if head:
            marks.append(OxmlElement("w:tblHeader"))
        for cell, text, width, style in zip(row.cells, cells, self._widths, self._styles, strict=True):
            cell.width, cell.vertical_alignment = width, WD_ALIGN_VERTICAL.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.text, paragraph.style = text, STYLES["head_cell" if head else style].name


def _define(document: Document, told: Style) -> None:
    names = {one.name for one in document.styles}
    style = document.styles[told.name] if told.name in names else document.styles.add_style(told.name, WD_STYLE_TYPE.PARAGRAPH)
    if told.name not in names:
        style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold, style.font.italic = Pt(told.size), False, False
    style.font.color.rgb = RGBColor(0xC8, 0x16, 0x1D) if told.red else RGBColor(0, 0, 0)
    _face(style, told.face)
    lines = style.paragraph_format
    lines.alignment, lines.keep_with_next, lines.page_break_before = told.align, told.keep, told.new_page
    lines.line_spacing_rule, lines.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(told.line)
    lines.space_before, lines.space_after = Pt(told.before), Pt(told.after)
    lines.first_line_indent, lines.right_indent = Pt(told.indent * told.size), Pt(told.right * told.size)
    for border in style.element.pPr.findall(qn("w:pBdr")):  # Word's own title is underlined
        style.element.pPr.remove(border)


def _face(style: ParagraphStyle, face: str) -> None:
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    faces.attrib.clear()  # those of a theme would win over ours
    for script, name in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", face)):
        faces.set(qn(f"w:{script}"), name)


def _page_number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one letter in from the outer edge."""
    paragraph.style, paragraph.alignment = "版记", align
    edge = Pt(14)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = edge
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    shown = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    field.append(shown)
    paragraph._p.append(field)
    paragraph.add_run(" —")


def _name_substitutes(document: Document) -> None:
    """The faces in the document's table of fonts, each with those that may stand for it."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = parse_xml(part.blob)
    for name, instead in _INSTEAD.items():
        font, other = OxmlElement("w:font"), OxmlElement("w:altName")
        font.set(qn("w:name"), name)
        other.set(qn("w:val"), instead)
        font.append(other)
        fonts.append(font)
    part._blob = serialize_part_xml(fonts)
