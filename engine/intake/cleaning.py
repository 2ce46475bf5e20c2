"""From what a cell holds to the text that a type of the dictionary parses. Cleaning never guesses.

What means one thing in several spellings gets one (2023年4月 is 2023-04); what could mean two things is refused, and so
is what a workbook has already changed. Cleaning a cleaned text changes nothing.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal

from engine.dsl.types import (
    CodeType,
    CreditCodeType,
    DateType,
    DecimalType,
    DigestType,
    FieldType,
    MonthType,
    TextType,
    YearType,
)
from engine.intake.sheets import Cell, Shape

_EXACT_DIGITS = 15  # what Excel keeps of a number

_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})|/([0-9]{1,2})|年([0-9]{1,2})月|([0-9]{2})|\.([0-9]{2}))")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
)
_YEAR = re.compile(r"([0-9]{4})年?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_LITERAL = re.compile(r'"[^"]*"|\\.')  # of a number format: shown, but without meaning
_LAYOUT = "\t\n\r"
_BROKEN = "\ufffd"
_LOSS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)|#{3,}|[0-9.]+E\+[0-9]+|=\".*\"")
_SHOWN_AS_IT_IS = ("", "General", "@", "0")  # the formats in which a number is seen as it is kept

_REFUSALS = {
    Shape.ERROR: ("error-cell", "单元格是错误值，应改正公式或直接填写"),
    Shape.FORMULA: ("formula-without-value", "公式没有算出的值，应在 Excel 中打开、保存后再导入，或直接填写"),
    Shape.MERGED: ("merged-cell", "是合并单元格的一部分，应取消合并并逐格填写"),
    Shape.BOOLEAN: ("bad-value", "是逻辑值，应按字典填写"),
    Shape.TIME: ("bad-value", "是时间，应按字典填写"),
}


class Unclean(ValueError):
    """A cell that no value can be taken from; the message is the end of a Chinese sentence about it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def cleaned(cell: Cell, type_: FieldType) -> str:
    """The text that `type_` parses, "" for an empty cell; raises Unclean."""
    if cell.shape in _REFUSALS:
        raise Unclean(*_REFUSALS[cell.shape])
    text = _bare(cell.text)
    if not text:
        return ""
    if isinstance(type_, (MonthType, DateType)):
        return _point_in_time(cell, _narrow(text), month=isinstance(type_, MonthType))
    if cell.shape is Shape.DATE:
        raise Unclean("bad-value", f"被 Excel 存成了日期，应把单元格设为文本后重填，{_should(type_)}")
    if isinstance(type_, YearType):
        year = _YEAR.fullmatch(_narrow(text))
        return year[1] if year else _narrow(text)
    if type_.numeric:
        return _number(cell, _narrow(text), type_)
    return _words(cell, _code(text, type_) if isinstance(type_, CodeType) else text)


def clean_already(text: str, type_: FieldType) -> str | None:
    """A text in which there is nothing to clean but blanks around it; None where it takes a closer look."""
    if type_.__class__ is TextType or (type_.__class__ is CodeType and text.isascii()):
        return text.strip() if text.isprintable() and _BROKEN not in text and not _spoilt(text) else None
    return None


def _spoilt(text: str) -> bool:
    """Whether a text is what Excel shows or saves in place of a value: an error, too narrow a column, a rounded number."""
    return ("#" in text or "=" in text or "E+" in text) and _LOSS.fullmatch(text.strip()) is not None


def _bare(text: str) -> str:
    """Without blanks around (full-width ones too) and without characters that nobody sees."""
    if text.isprintable() and _BROKEN not in text:  # most texts by far, and neither test can hold for what is told below
        return text.strip()
    text = text.translate(_INVISIBLE).strip()
    for one in text:
        if one == _BROKEN or (unicodedata.category(one) in ("Cs", "Cc") and one not in _LAYOUT):
            raise Unclean("bad-value", f"含有乱码或控制字符（U+{ord(one):04X}），应重新填写")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _narrow(text: str) -> str:
    """Full-width forms as plain ones. Not NFKC over all: that reads 5² as 52 and ½ as 1⁄2."""
    return "".join(unicodedata.normalize("NFKC", one) if unicodedata.east_asian_width(one) == "F" else one for one in text)


def _point_in_time(cell: Cell, text: str, *, month: bool) -> str:
    if cell.shape is Shape.DATE:
        return text[:7] if month else text[:10]
    if cell.shape is Shape.NUMBER:
        if cell.as_date:  # a date that lost its format
            return cell.as_date[: 7 if month else 10]
        if "." in text:
            raise Unclean("bad-value", "是数字单元格，分不清 1 月和 10 月，应写成 2023-04")
    if month and (found := _MONTH.fullmatch(text)):
        year, number = (part for part in found.groups() if part)
        return f"{year}-{number:0>2}"
    if found := _DATE.fullmatch(text):
        return _date(*(part for part in found.groups() if part), text)[: 7 if month else 10]
    return text


def _date(year: str, month: str, day: str, text: str) -> str:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise Unclean("bad-value", f"没有这一天：{text}") from None


def _number(cell: Cell, text: str, type_: FieldType) -> str:
    if "," in text:
        raise Unclean("bad-value", f"含有千分位逗号，应去掉，{_should(type_)}")
    if cell.shape is Shape.NUMBER and len(text.lstrip("-").replace(".", "").strip("0")) > _EXACT_DIGITS:
        raise Unclean("bad-value", f"超过 Excel 能准确保存的 {_EXACT_DIGITS} 位数字，应先四舍五入，{_should(type_)}")
    percent_format = "%" in _LITERAL.sub("", cell.number_format)
    if not percent_format and not text.endswith("%"):
        return text
    if not (isinstance(type_, DecimalType) and (type_.low, type_.high) == (0, 100)):
        raise Unclean("bad-value", f"是百分比，{_should(type_)}")
    return format(Decimal(text).scaleb(2), "f") if percent_format else text.removesuffix("%").rstrip()


def _code(text: str, type_: CodeType) -> str:
    """A number that was given to something: full-width forms are plain ones; credit codes are capitals without gaps,
    digests small letters without gaps."""
    text = _narrow(text)
    if isinstance(type_, DigestType):
        return "".join(text.split()).lower()
    return "".join(text.split()).upper() if isinstance(type_, CreditCodeType) else text


def _words(cell: Cell, text: str) -> str:
    """A number in a text field is a code that was typed as a number: right only where Excel cannot have changed it."""
    if _spoilt(text):
        raise Unclean("bad-value", "是 Excel 的错误值，或已丢失位数的数，应按原件重填")
    if cell.shape is Shape.NUMBER:
        if "." in text or len(text.lstrip("-")) > _EXACT_DIGITS or cell.number_format not in _SHOWN_AS_IT_IS:
            raise Unclean("bad-value", "被 Excel 存成了数字，可能已与原文不同，应把单元格设为文本后重填")
    return text


def _should(type_: FieldType) -> str:
    return f"应为{type_.expected}"
