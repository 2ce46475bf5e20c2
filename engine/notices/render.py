"""Contexts to files through the templates. A month is rendered to memory first, so that a fault leaves what was there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import InputError
from engine.files import replaced
from engine.ledger.book import Book
from engine.ledger.yearbook import Yearbook
from engine.notices.advice import ADVICE, advice_file, advice_page
from engine.notices.advice_context import AdvicePage
from engine.notices.annual import ANNUAL
from engine.notices.annual_context import AnnualPage
from engine.notices.card import card_page
from engine.notices.card_context import CardPage
from engine.notices.catalogue_context import CataloguePage
from engine.notices.context import CorrectionPage, IndexPage, Link, MonthlyPage, ReviewsPage, StatementPage, StatusPage
from engine.notices.coverage_context import CoveragePage
from engine.notices.impact_context import ImpactPage
from engine.notices.index import CARD, INDEX, MONTHLY, all_months, month_index
from engine.notices.letter import letter_page
from engine.notices.matrix import matrix_page
from engine.notices.monthly import monthly_page
from engine.notices.overview import STATEMENTS, UNITS, unit_file, unit_page, year_page
from engine.notices.overview_context import UnitPage, YearPage
from engine.notices.reviews import REVIEWS
from engine.notices.statement import statement_page
from engine.notices.task_context import LetterPage, MatrixPage
from engine.notices.tasks import LEDGER, LETTERS, letter_file
from engine.notices.wording import han, pts, signed, statement_file, wide
from engine.shipped import shipped_folder
from engine.workbench.advice.advising import Advice

STATUS = "报送情况.html"
COPIES = (".pdf", ".docx", ".png")  # other forms of a page, beside it

Page = (
    IndexPage | MonthlyPage | StatementPage | CorrectionPage | StatusPage | ReviewsPage | LetterPage | MatrixPage | AnnualPage
    | CardPage | YearPage | UnitPage | CataloguePage | CoveragePage | ImpactPage | AdvicePage
)  # fmt: skip
Progress = Callable[[int, int], None]  # pages done, pages in all


def month_pages(
    book: Book, overrides: Path | None, progress: Progress | None = None, advice: Mapping[str, Advice] | None = None
) -> dict[str, bytes]:
    """A month's notices by their path below its folder. A file in `overrides` wins over the shipped one.

    `advice` by unit makes a page beside the statement of each.
    """
    templates = _environment(overrides)
    pages: dict[str, bytes] = {}
    for name, template, page in _pages(book, advice or {}):
        pages[name] = _rendered(templates, template, page)
        if progress:
            progress(len(pages), 3 + bool(book.verdicts) + len(book.letters) + len(book.standings) + len(advice or {}))
    return pages


def page_bytes(overrides: Path | None, template: str, page: Page) -> bytes:
    """One page through its template."""
    return _rendered(_environment(overrides), template, page)


def page_lines(overrides: Path | None, template: str, page: Page) -> list[str]:
    """The lines of a template of plain text, empty ones left out; no value breaks a line, or a row into more cells."""
    templates = _environment(overrides).overlay(autoescape=False, finalize=_on_one_line)
    lines = _rendered(templates, template, page).decode().splitlines()
    return [line.strip() for line in lines if line.strip()]


def _on_one_line(value: object) -> object:
    return " ".join(value.replace("|", "｜").split()) if isinstance(value, str) else value


def write_month(pages: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Writes a month's notices into its folder and gives their paths, the index first."""
    written = _written({folder / name: content for name, content in pages.items()})
    # What an earlier run left: of units that the list has lost, or that no longer fail.
    _cleared((folder / LEDGER, *folder.glob(f"{STATEMENTS}/*.html"), *folder.glob(f"{LETTERS}/*.html"), *folder.glob(f"{ADVICE}/*.html")), written)
    return written


def _cleared(pages: Iterable[Path], kept: Collection[Path]) -> None:
    """Removes pages and their copies, not what someone else has put beside them: a receipt that was scanned, say."""
    for page in pages:
        if page not in kept:
            for suffix in (page.suffix, *COPIES):
                page.with_suffix(suffix).unlink(missing_ok=True)


def write_year(year: int, notice: bytes, out: Path) -> Path:
    """Writes a year's notice, as it was rendered."""
    return _written({out / str(year) / ANNUAL: notice})[0]


def render_years(books: Sequence[Yearbook], out: Path, overrides: Path | None = None) -> list[Path]:
    """Writes the page of each year and of each unit's year; they lead to what there is in `out`."""
    templates = _environment(overrides)
    pages: dict[Path, bytes] = {}
    there = cache(lambda path: (out / path).exists())
    for book in books:
        folder = out / book.year
        pages[folder / INDEX] = _rendered(templates, "year.html.j2", year_page(book, there))
        for unit in book.units:
            pages[folder / unit_file(unit)] = _rendered(templates, "unit.html.j2", unit_page(book, unit, there))
    written = _written(pages)
    for book in books:
        _cleared((out / book.year / UNITS).glob("*.html"), pages)
    return written


def render_index(
    months: Sequence[tuple[str, str]],
    out: Path,
    overrides: Path | None = None,
    *,
    corrected: Collection[str] = (),
    reviews: Link | None = None,
) -> Path:
    """Writes `out`/index.html, which leads to those of the months, given as (period, title), that have notices."""
    there = [(period, title) for period, title in months if (out / period / INDEX).exists()]
    years = {period[:4] for period, _ in months}
    shown = {year: (out / year / ANNUAL).exists() for year in years if (out / year / INDEX).exists()}
    page = _rendered(_environment(overrides), "index.html.j2", all_months(there, corrected, reviews, shown))
    return _written({out / INDEX: page})[0]


def render_status(page: StatusPage, period: str, out: Path, overrides: Path | None = None) -> Path:
    """Writes who has reported for a month and who has not, beside the month's notices, posted or not."""
    return _written({out / period / STATUS: _rendered(_environment(overrides), "status.html.j2", page)})[0]


def render_reviews(page: ReviewsPage, out: Path, overrides: Path | None = None) -> Path:
    """Writes every request for review beside the page that leads to all months."""
    return _written({out / REVIEWS: _rendered(_environment(overrides), "reviews.html.j2", page)})[0]


def _pages(book: Book, advice: Mapping[str, Advice]) -> Iterator[tuple[str, str, Page]]:
    yield INDEX, "index.html.j2", month_index(book)
    yield MONTHLY, "monthly.html.j2", monthly_page(book)
    yield CARD, "card.html.j2", card_page(book)
    if book.verdicts:
        yield LEDGER, "tasks.html.j2", matrix_page(book)
    for letter in book.letters.values():
        yield letter_file(letter.unit), "letter.html.j2", letter_page(book, letter)
    for standing in book.standings:
        yield f"{STATEMENTS}/{statement_file(standing.unit)}", "statement.html.j2", statement_page(book, standing, advised=standing.unit in advice)
    for unit, found in advice.items():
        yield advice_file(unit), "advice.html.j2", advice_page(book, found)


def _environment(overrides: Path | None) -> ImmutableSandboxedEnvironment:
    """The shipped templates alone are compiled once for all pages of a process."""
    own = overrides is not None and overrides.is_dir() and any(overrides.iterdir())
    return _templates(overrides, shipped_folder("templates")) if own else _shipped()


@cache
def _shipped() -> ImmutableSandboxedEnvironment:
    return _templates(shipped_folder("templates"))


def _templates(*folders: Path) -> ImmutableSandboxedEnvironment:
    """Sandboxed, since a workspace's templates are a city's words and drawings, not its programs."""
    templates = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(pts=pts, signed=signed, wide=wide, han=han)
    return templates


def _rendered(templates: ImmutableSandboxedEnvironment, name: str, page: Page) -> bytes:
    try:
        return templates.get_template(name).render(page=page).encode()
    except Exception as error:  # contexts are plain values: whatever fails here, a template asked for it
        raise _template_fault(name, error) from error


def _template_fault(name: str, error: Exception) -> InputError:
    if isinstance(error, TemplateSyntaxError):
        place, line = error.name or name, error.lineno
    else:
        place, line = _template_line(error.__traceback__) or (name, 0)
    what = f"找不到模板 {error.name}" if isinstance(error, TemplateNotFound) else str(error)
    where = f"模板 {place} 第 {line} 行" if line else f"模板 {place} "
    return InputError(f"{where}出错：{what}", "改正 templates/ 中的该模板，或删除它以使用自带模板，然后重新生成通报")


def _template_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """The innermost template and line of a traceback, in which Jinja shows templates as frames of their own."""
    found = None
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix in {".j2", ".css"}:
            found = file.name, trace.tb_lineno
        trace = trace.tb_next
    return found


def _written(pages: Mapping[Path, bytes]) -> list[Path]:
    for path, content in pages.items():
        if path.exists() and path.read_bytes() != content:
            for suffix in COPIES:  # made of the page as it was
                path.with_suffix(suffix).unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replaced(path) as fresh:
            fresh.write_bytes(content)
    return list(pages)
