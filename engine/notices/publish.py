"""Which files a month's folder holds: a draft rendered anew, or a closed month's as issued with what has come since."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection

from engine.errors import InputError
from engine.ledger.closing import correction_files, issued_files
from engine.ledger.correcting import Correction, corrections
from engine.ledger.reading import book_of
from engine.notices.advice import month_advice
from engine.notices.correction import correction_file, correction_page
from engine.notices.index import INDEX
from engine.notices.render import Progress, month_pages, page_bytes
from engine.notices.wording import month_words

_MAIN = re.compile(rb"<main\b[^>]*>")


def pages_of(
    connection: Connection, month: str, overrides: Path | None, *, as_issued: bool = False, progress: Progress | None = None
) -> dict[str, bytes]:
    """The files of a posted month by their path below its folder; `as_issued` leaves out what came after the notice."""
    pages = issued_files(connection, month)
    if not pages and as_issued:
        raise InputError(f"{month} 尚未印发，没有印发时的样子", f"征求意见稿用 `jifen notices {month}`，印发用 `jifen close {month}`")
    if not pages:
        return _draft(connection, month, overrides, progress)
    if as_issued:
        return pages
    for batch in corrections(connection, month):
        for name, content in correction_files(connection, batch).items():
            at, _, file = name.partition("/")
            if at == month:
                pages[file] = content
            pages = {one: _led_to(text, one, name, month) for one, text in pages.items()}
            pages[INDEX] = _listed(pages[INDEX], name, month)
    return pages


def _draft(connection: Connection, month: str, overrides: Path | None, progress: Progress | None) -> dict[str, bytes]:
    book = book_of(connection, month)
    return month_pages(book, overrides, progress, month_advice(connection, book))


def _led_to(text: bytes, page: str, correction: str, month: str) -> bytes:
    """A page as issued with a line that leads to a correction; the correction's own page is left alone."""
    at, _, file = correction.partition("/")
    if page == file:
        return text
    href = "../" * page.count("/") + _from_month(correction, month)
    line = f'<p class="corrected"><a href="{href}">本月结果已更正，见{file.removesuffix(".html")}（{month_words(at)}）</a></p>'
    found = _MAIN.search(text)
    place = found.end() if found else 0
    return text[:place] + line.encode() + text[place:]


def _listed(index: bytes, correction: str, month: str) -> bytes:
    """The month's index as issued with a correction at the end of its first list, which is that of the notices."""
    at, _, file = correction.partition("/")
    told = f'<b>{file.removesuffix(".html")}</b><small class="n">{month_words(at)}起的更正</small>'
    line = f'<li><a href="{_from_month(correction, month)}">{told}</a></li>\n'
    head, end, rest = index.partition(b"</ul>")
    return head + line.encode() + end + rest if end else index


def _from_month(correction: str, month: str) -> str:
    """The address of a correction from the folder of a month."""
    at, _, file = correction.partition("/")
    return file if at == month else f"../{correction}"


def correction_pages(
    correction: Correction, overrides: Path | None, *, number: str = "", issued: str | None = None
) -> dict[str, bytes]:
    """The notice of a correction by its path below the folder of all notices; none where no issued points moved.

    `number` and `issued`, YYYY-MM-DD, are what it goes out under.
    """
    if correction.period is None:
        return {}
    page = page_bytes(overrides, "correction.html.j2", correction_page(correction, number, issued))
    return {f"{correction.period}/{correction_file(correction)}": page}
