"""The types of the fact dictionary: text to value and back.

A value is a str (unit, text, month, year, date, one of a list), an int (count, a range) or a Decimal
(number, percent). No float: what reaches a formula is exact. A type never cleans; that is the intake's work.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

Value = str | int | Decimal

_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadValue(ValueError):
    """A text that is no value of its type; the message says in Chinese what was expected."""


@dataclass(frozen=True)
class FieldType:
    """One type of the dictionary. `family` names what may be compared with what."""

    family: ClassVar[str] = "text"
    numeric: ClassVar[bool] = False
    places: ClassVar[int] = 0

    @property
    def expected(self) -> str:
        """What a cell of this type must hold, in Chinese."""
        raise NotImplementedError

    def parse(self, text: str) -> Value:
        """The value that a cleaned text stands for; raises BadValue."""
        raise NotImplementedError

    def stored(self, value: Value) -> str | int:
        """The value as JSON keeps it; `restore` is its inverse."""
        return value if isinstance(value, int) else str(value)

    def restore(self, stored: str | int) -> Value:
        return stored


@dataclass(frozen=True)
class TextType(FieldType):
    longest: int = 1000

    @property
    def expected(self) -> str:
        return f"1 至 {self.longest} 个字"

    def parse(self, text: str) -> Value:
        if not 1 <= len(text) <= self.longest:
            raise BadValue(self.expected)
        return text


@dataclass(frozen=True)
class CodeType(TextType):
    """A text that numbers something, in which full-width forms mean the plain ones."""


@dataclass(frozen=True)
class CreditCodeType(CodeType):
    """A unified social credit code: 18 places, the last a check digit (GB 32100-2015)."""

    @property
    def expected(self) -> str:
        return "18 位统一社会信用代码，末位是校验码"

    def parse(self, text: str) -> Value:
        from stdnum.cn import uscc  # here, as only records need it

        if not uscc.is_valid(text) or text != uscc.compact(text):
            raise BadValue(self.expected)
        return text


@dataclass(frozen=True)
class DigestType(CodeType):
    """What tells a file from any other: the sha256 of its bytes, in hex."""

    longest: int = 64

    @property
    def expected(self) -> str:
        return f"{self.longest} 位十六进制 SHA-256"

    def parse(self, text: str) -> Value:
        if not _DIGEST.fullmatch(text):
            raise BadValue(self.expected)
        return text


@dataclass(frozen=True)
class UnitType(TextType):
    family: ClassVar[str] = "unit"

    @property
    def expected(self) -> str:
        return "单位名单中的单位"


@dataclass(frozen=True)
class ChoiceType(FieldType):
    choices: tuple[str, ...] = ()

    @property
    def family(self) -> str:  # type: ignore[override]
        return "choice:" + "|".join(self.choices)

    @property
    def expected(self) -> str:
        return "、".join(self.choices) + " 之一"

    def parse(self, text: str) -> Value:
        if text not in self.choices:
            raise BadValue(self.expected)
        return text


@dataclass(frozen=True)
class MonthType(FieldType):
    family: ClassVar[str] = "month"

    @property
    def expected(self) -> str:
        return "月份，如 2023-04"

    def parse(self, text: str) -> Value:
        if not _MONTH.fullmatch(text):
            raise BadValue(self.expected)
        return text


@dataclass(frozen=True)
class YearType(FieldType):
    family: ClassVar[str] = "year"

    @property
    def expected(self) -> str:
        return "年度，如 2023"

    def parse(self, text: str) -> Value:
        if not _YEAR.fullmatch(text):
            raise BadValue(self.expected)
        return text


@dataclass(frozen=True)
class DateType(FieldType):
    family: ClassVar[str] = "date"

    @property
    def expected(self) -> str:
        return "日期，如 2023-04-30"

    def parse(self, text: str) -> Value:
        try:
            return datetime.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
        except ValueError:
            raise BadValue(self.expected) from None


@dataclass(frozen=True)
class WholeType(FieldType):
    """A whole number within bounds: `count` (0 to 10^12) or a range such as 1-13."""

    family: ClassVar[str] = "number"
    numeric: ClassVar[bool] = True
    low: int = 0
    high: int = 10**12

    @property
    def expected(self) -> str:
        return f"{self.low} 至 {self.high} 的整数"

    def parse(self, text: str) -> Value:
        if not _PLAIN_NUMBER.fullmatch(text):
            raise BadValue(self.expected)
        number = Fraction(text)
        if number.denominator != 1 or not self.low <= number <= self.high:
            raise BadValue(self.expected)
        return int(number)


@dataclass(frozen=True)
class DecimalType(FieldType):
    """A decimal within bounds and of a fixed number of places: `number` (6) or `percent` (4)."""

    family: ClassVar[str] = "number"
    numeric: ClassVar[bool] = True
    low: int = -(10**9)
    high: int = 10**9
    digits: int = 6
    named: str = field(default="数", compare=False)

    @property
    def places(self) -> int:  # type: ignore[override]
        return self.digits

    @property
    def expected(self) -> str:
        return f"{self.low} 至 {self.high} 的{self.named}，至多 {self.digits} 位小数"

    def parse(self, text: str) -> Value:
        if not _PLAIN_NUMBER.fullmatch(text):
            raise BadValue(self.expected)
        number = Fraction(text)
        if not self.low <= number <= self.high or (number * 10**self.digits).denominator != 1:
            raise BadValue(self.expected)
        return canonical_decimal(text)

    def stored(self, value: Value) -> str:
        return str(value)

    def restore(self, stored: str | int) -> Value:
        return Decimal(stored)


def canonical_decimal(text: str) -> Decimal:
    """The shortest plain form of a decimal text, so that equal numbers are equal texts: 1.50 is 1.5, -0 is 0."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.lstrip("0") or "0"
    digits = "0" + digits if digits.startswith(".") else digits
    return Decimal(digits if digits == "0" else sign + digits)
