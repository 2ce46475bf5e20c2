"""Other forms of a month's or a year's notices: PDF, Word, pictures, workbooks, and the archive. The pages never depend on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.talk import progress, say, say_json
from engine.errors import InputError
from engine.files import replaced
from engine.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Copies:
    """Which forms are wanted beside the pages."""

    pdf: bool = False
    docx: bool = False
    png: bool = False

    def require(self) -> None:
        """Raises InputError where something that they need is not installed: before a page is touched."""
        if self.pdf:
            from engine.notices.pdf import require_pdf

            require_pdf()
        if self.docx:
            from engine.notices.docx import require_docx

            require_docx()
        if self.png:
            from engine.notices.picture import require_picture

            require_picture()

    def write(self, workspace: Workspace, month: str, files: Sequence[Path]) -> list[Path]:
        """Writes the wanted forms of a month's pages beside them; gives their paths."""
        made = _write_documents(workspace, month) if self.docx else []  # first: it may have to refuse, and PDFs take long
        if self.pdf:
            made += write_pdfs([path for path in files if _official(path)])
        if self.png:
            made.append(_picture(files, month))
        return made


def _official(path: Path) -> bool:
    """Whether a page is a notice that goes out with a number, or answers one; statements are for the screen."""
    from engine.notices.index import MONTHLY
    from engine.notices.tasks import LETTERS

    return path.name == MONTHLY or path.parent.name == LETTERS or path.name.startswith("更正通报-")


def write_pdfs(pages: Sequence[Path]) -> list[Path]:
    """The PDF of each page, beside it."""
    from engine.notices.pdf import pdf_of

    made = []
    with progress("生成 PDF") as advance:
        for page in pages:
            content = pdf_of(page.read_bytes())
            made.append(page.with_suffix(".pdf"))
            with replaced(made[-1]) as fresh:
                fresh.write_bytes(content)
            advance(len(made), len(pages))
    return made


def _write_documents(workspace: Workspace, month: str) -> list[Path]:
    """The month's notice and its letters as documents to be edited."""
    from engine.ledger.correcting import moved_since_issued
    from engine.ledger.reading import book_of
    from engine.notices.docx import month_documents
    from models.database import reading

    with progress(f"生成 {month} 的 Word 文档") as advance, reading(workspace.database) as connection:
        if moved_since_issued(connection, month):
            raise InputError(f"{month} 印发后，本月或以前各月有更正，不能再生成可编辑的通报", f"印发时的样子用 `jifen notices {month} --as-issued --pdf`")
        documents = month_documents(book_of(connection, month), workspace.templates, advance)
    made = []
    for name, content in documents.items():
        made.append(workspace.notices / month / name)
        made[-1].parent.mkdir(parents=True, exist_ok=True)
        with replaced(made[-1]) as fresh:
            fresh.write_bytes(content)
    return made


def _picture(files: Sequence[Path], month: str) -> Path:
    from engine.notices.index import CARD
    from engine.notices.picture import write_picture

    card = next((path for path in files if path.name == CARD), None)
    if card is None:
        raise InputError(f"{month} 的通报里没有通报卡：它印发时还没有", "不加 --png 再来一次")
    with progress("生成通报卡图片"):
        return write_picture(card)


def write_standings(folder: Path, month: str, output: Path) -> None:
    """A month's standings as a workbook."""
    from engine.ledger.reading import book_of
    from engine.notices.workbook import standings_workbook
    from models.database import reading

    with progress(f"汇总 {month}"), reading(Workspace.open(folder).database) as connection:
        book = book_of(connection, month)
    content = standings_workbook(book)
    with replaced(output) as fresh:
        fresh.write_bytes(content)
    say(f"已写入 {output}（{len(book.standings)} 个单位，{sum(map(len, book.matches.values()))} 条分录）")


def write_archive(folder: Path, month: str, output: Path | None, as_json: bool) -> None:
    """A posted month as one zip; the name of a draft's says so."""
    import hashlib

    from engine.ledger.closed import closings
    from engine.ledger.standings import require_posted
    from engine.notices.archived import month_files, zipped
    from models.database import reading

    workspace = Workspace.open(folder)
    with progress(f"归档 {month}") as advance, reading(workspace.database) as connection:
        require_posted(connection, month)
        draft = month not in closings(connection)
        files = month_files(connection, month, workspace.templates, advance)
    content = zipped(files)
    target = output or Path(f"{month}-征求意见稿.zip" if draft else f"{month}.zip")
    with replaced(target) as fresh:
        fresh.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    if as_json:
        say_json({"month": month, "state": "draft" if draft else "closed", "file": str(target), "files": len(files), "sha256": digest})
    else:
        say(f"已写入 {target}（{'征求意见稿，' if draft else ''}{len(files)} 个文件，SHA-256 {digest}）")
