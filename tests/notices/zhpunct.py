"""What is wrong with the punctuation of a Chinese page, by its text nodes: block by block, as a reader meets them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

_HIDDEN = {"style", "script"}
_INLINE = {"a", "b", "i", "span", "small", "wbr", "sup", "tspan"}
_VOID = {"meta", "link", "br", "hr", "col", "wbr", "input", "img"}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_FULL = "\u3001-\u3015\uff01-\uff1f“”‘’"
_OWN = "\ue000"  # stands for a fact's own text, beside which nothing is judged
FAULTS = {
    "half-width punctuation beside Chinese text": re.compile(rf"(?<=[{_HAN}{_FULL}])\s?[,;:!?()](?!\d)|[,;:!?()]\s?(?=[{_HAN}“‘《〔（])"),
    "a full stop in half width after Chinese text": re.compile(rf"(?<=[{_HAN}”）》])\.(?![A-Za-z0-9])"),
    "straight quotes beside Chinese text": re.compile(rf"[\"'](?=[{_HAN}])|(?<=[{_HAN}])[\"']"),
    "dots in place of an ellipsis": re.compile(r"\.\.\.|。。"),
    "punctuation that is doubled": re.compile(r"[，。；：、？！][，。；：、？！]|（）|“”|[（“《]\s*[，。；：、）]"),
    "a document's number without 〔〕": re.compile(r"[\[(（【]\s*20\d\d\s*[\])）】]\s*第?\d+号|(?<!〔)20\d\d〕|〔20\d\d(?!〕)"),
    "a hyphen in place of a minus sign": re.compile(r"(?<![\w.%\-])[-–—]\d(?!\d*[- —])"),
    "a minus sign with a space behind": re.compile("[\u2212+]\\s+\\d+\\.\\d\\d"),
    "a number of five digits or more that is grouped by commas": re.compile(r"\d,\d{3}\b"),
    "a date or month as computers write it": re.compile(r"(?<![\w-])20\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.]\d{1,2})?(?![\w-])"),
    "a date with a nought before": re.compile(r"年0\d月|月0\d日"),
}


class Blocks(HTMLParser):
    """The texts of a page, a block each: what stands in one line of elements is one text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._hidden = 0
        self.feed(html)
        self._end()

    def _end(self) -> None:
        text = re.sub(r"[ \t\r\n]+", " ", "".join(self._parts)).strip(" ")
        if text:
            self.texts.append(text)
        self._parts = []

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in _HIDDEN
        block = tag not in _INLINE or self._apart(dict(attrs))
        if block:
            self._end()
        self.texts += [value for name, value in attrs if name in ("aria-label", "title") and value]

    def handle_endtag(self, tag):
        self._hidden -= tag in _HIDDEN
        if tag not in _INLINE or tag in ("small", "i"):
            self._end()

    def handle_data(self, data):
        if not self._hidden:
            self._parts.append(data)

    @staticmethod
    def _apart(attrs: dict[str, str | None]) -> bool:
        """Inline elements that the styles set in lines of their own."""
        return bool({"say", "sum", "limit", "mark", "stage", "times", "task"} & set((attrs.get("class") or "").split()))


def faults(html: str, own: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """What is wrong, and where; `own` are texts of facts, which stay as they were reported."""
    masked = sorted({one for one in own if len(one) > 1}, key=len, reverse=True)
    facts = re.compile("|".join(map(re.escape, masked))) if masked else None
    for text in Blocks(html).texts:
        judged = facts.sub(_OWN, text) if facts else text
        for name, pattern in FAULTS.items():
            for found in pattern.finditer(judged):
                yield name, judged[max(0, found.start() - 14) : found.end() + 10]
