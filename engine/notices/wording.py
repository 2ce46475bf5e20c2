"""How numbers, months and names are written in a notice. Points stay whole hundredths up to the last step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from engine.chinese_dates import date_words as date_words, day_words as day_words, month_words as month_words
from engine.ledger.book import FactLine

_WIDE = {"(": "（", ")": "）", ",": "，", ":": "：", ";": "；"}
_CHINESE = re.compile("[\u3001-\u3015\u4e00-\u9fff“”！-？]")
MINUS = "\u2212"
_DIGITS = "〇一二三四五六七八九"


def pts(hundredths: int) -> str:
    """Points with two decimals and a proper minus sign."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{MINUS if hundredths < 0 else ''}{whole}.{rest:02d}"


def signed(hundredths: int) -> str:
    """As `pts`, with a plus sign where something was added."""
    return f"+{pts(hundredths)}" if hundredths > 0 else pts(hundredths)


def average(hundredths: list[int]) -> int:
    """The mean in hundredths, half away from zero; 0 of nothing."""
    mean = Fraction(sum(hundredths), len(hundredths) or 1)
    rounded = (abs(mean) * 2 + 1) // 2
    return -rounded if mean < 0 else rounded


def percent(rate: Fraction) -> str:
    """A rate in percent, half up; one below 1 never reads 100.00%, for the reader would take it as met."""
    shown = (rate * 20000 + 1) // 2
    if rate < 1:
        shown = min(shown, 9999)
    return f"{pts(shown)}%"


def fact_words(say: str, title: str) -> str:
    """A sentence without the rule's title, which stands beside it already."""
    return say.removeprefix(title).removeprefix("：") if say == title or say.startswith(f"{title}：") else say


def wide(text: str) -> str:
    """Half-width punctuation beside Chinese text as full-width; for the ruleset's words, never for facts."""
    written: list[str] = []
    for place, char in enumerate(text):
        beside = (written[-1] if written else "") + text[place + 1 : place + 2]
        written.append(_WIDE[char] if char in _WIDE and _CHINESE.search(beside) else char)
    return "".join(written).replace(" （", "（")


def han(number: int) -> str:
    """A number from 1 to 99 as sections are counted.

    >>> [han(one) for one in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def source_words(file: str, sheet: str | None, row: int) -> str:
    """File, sheet and row."""
    line = f"第{row}行" if row else ""  # none where a command brought the fact, with the file as its proof
    return "，".join(part for part in (source_file(file), sheet, line) if part)


def source_file(file: str) -> str:
    """A file by its name alone, for where it lay on someone's machine is not the city's business."""
    return file.replace("\\", "/").rpartition("/")[2]


def statement_file(unit: str) -> str:
    """The name of a unit's statement; a slash in a unit's name must not lead out of the folder."""
    return unit.replace("/", "／").replace("\\", "＼") + ".html"


def address(path: str) -> str:
    """A relative path as an href: what a browser would read as its own sign is escaped."""
    return path.replace("%", "%25").replace("#", "%23").replace("?", "%3F")


def fact_source(fact: FactLine | None) -> str:
    """Where a match's fact came from; of an absence, that there is none."""
    if fact is None:
        return "当月无相应上报"
    if fact.derived:
        return f"由单条记录汇总（{fact.file}，第{fact.row}行）"
    return source_words(fact.file, fact.sheet, fact.row)


def formerly_words(names: Sequence[str]) -> str:
    """The note on a unit that has the points of others from before it was there; empty where it has none.

    >>> formerly_words(("市甲局", "市乙局"))
    '（含原市甲局、市乙局的积分）'
    """
    return f"（含原{'、'.join(names)}的积分）" if names else ""
