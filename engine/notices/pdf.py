"""A notice's page as a PDF of its print form: tagged, with bookmarks of its headings and its fonts embedded as subsets."""

from __future__ import annotations

import logging
from types import ModuleType

from engine.errors import InputError
from engine.machine import chinese_fonts
from engine.notices.pdf_drawings import styled_drawings

_LIBRARY = "执行 `pip install 'jifen[pdf]'`；网页版通报不受影响"
_PANGO = "执行 `apt-get install libpango-1.0-0 libpangoft2-1.0-0`；网页版通报不受影响"
_FONTS = "执行 `apt-get install fonts-noto-cjk`；网页版通报不受影响"


def weasyprint() -> ModuleType:
    """The library; raises InputError where it, or a system library under it, is not installed."""
    try:
        import weasyprint
    except ImportError as error:
        raise InputError("不能生成 PDF：没有安装 WeasyPrint", _LIBRARY) from error
    except OSError as error:  # it looks for its system libraries as it is imported
        raise InputError("不能生成 PDF：缺少系统库 Pango", _PANGO) from error
    # Notices lead to their neighbours by relative addresses, which a single file cannot keep: nothing to warn of.
    logging.getLogger("weasyprint").disabled = True
    return weasyprint


def require_pdf() -> None:
    """Raises InputError where no PDF can be made: no library, or no font with Chinese letters."""
    weasyprint()
    if not chinese_fonts():
        raise InputError("不能生成 PDF：没有中文字体", _FONTS)


def pdf_of(page: bytes) -> bytes:
    """The PDF of a self-contained page. Nothing outside of the page is read."""
    library = weasyprint()
    # A page asks for nothing; one of an overriding template that does gets nothing.
    closed = library.urls.URLFetcher(allowed_protocols=())
    return library.HTML(string=styled_drawings(page.decode()), url_fetcher=closed).write_pdf(pdf_tags=True)
