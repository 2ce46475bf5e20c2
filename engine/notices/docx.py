"""A notice as a Word document to be edited: real styles, official margins and faces, tables that are tables.

The words stand in templates of their own, `monthly.docx.j2` and `letter.docx.j2`, which receive the same `page` as the
web pages do. Each line that they give is one part of the document: a word of `_STYLES` and its text; `table` with the
widths of its columns in mm (an `r` behind a width: to the right); `head` and `row`, after it, with the cells between bars.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError
from engine.ledger.book import Book
from engine.notices.letter import letter_page
from engine.notices.monthly import monthly_page
from engine.notices.render import Page, Progress, page_lines
from engine.notices.tasks import letter_file

if TYPE_CHECKING:
    from docx.document import Document

    from engine.notices.docx_form import Grid

HINT = "执行 `pip install 'jifen[docx]'`；网页版通报不受影响"
_MONTHLY = "月度通报.docx"
_CREATED = datetime(2000, 1, 1)  # the library would note the moment; a notice's date stands in its text


def require_docx() -> None:
    """Raises InputError where the library is not installed."""
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise InputError("不能生成 Word 文档：没有安装 python-docx", HINT) from error


def month_documents(book: Book, overrides: Path | None, progress: Progress | None = None) -> dict[str, bytes]:
    """The month's notice and its letters by their path below the month's folder."""
    made: dict[str, bytes] = {}
    for name, template, page in _pages(book):
        made[name] = document_of(page_lines(overrides, template, page), template)
        if progress:
            progress(len(made), 1 + len(book.letters))
    return made


def _pages(book: Book) -> Iterator[tuple[str, str, Page]]:
    yield _MONTHLY, "monthly.docx.j2", monthly_page(book)
    for letter in book.letters.values():
        yield letter_file(letter.unit).removesuffix(".html") + ".docx", "letter.docx.j2", letter_page(book, letter)


def document_of(lines: list[str], template: str) -> bytes:
    """The document that the lines of a template give; raises InputError where one has no place in it."""
    from engine.notices.docx_form import STYLES, blank

    document = blank()
    document.core_properties.created = document.core_properties.modified = _CREATED
    grid: Grid | None = None
    for line in lines:
        try:
            grid = _placed(document, grid, line)
        except ValueError as error:
            hint = f"每行以一个词开头：{'、'.join((*STYLES, 'table', 'head', 'row'))}；table 后是各列的毫米数，各行的格数与列数相同"
            raise InputError(f"模板 {template} 的这一行不知放在哪里：{line}", hint) from error
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _placed(document: Document, grid: Grid | None, line: str) -> Grid | None:
    """Puts a line into the document; gives the table that rows go to from now on. Raises ValueError where it has no place."""
    from engine.notices.docx_form import STYLES, Grid

    word, _, text = line.partition(" ")
    if word == "table":
        return Grid(document, text.split())
    if word in ("head", "row") and grid is not None:
        grid.add([cell.strip() for cell in text.split("|")], head=word == "head")
    elif word in STYLES:
        document.add_paragraph(text, STYLES[word].name)
    else:
        raise ValueError(word)
    return grid
