"""Months and days as Chinese texts write them, wherever a sentence holds one."""

from __future__ import annotations

from engine.dsl.types import DateType, FieldType, MonthType


def month_words(period: str) -> str:
    """2023-04 as 2023年4月."""
    year, month = period.split("-")
    return f"{year}年{int(month)}月"


def date_words(date: str) -> str:
    """2023-04-30 as 2023年4月30日."""
    return f"{date[:4]}年{day_words(date)}"


def day_words(date: str) -> str:
    """2023-04-30 as 4月30日."""
    return f"{int(date[5:7])}月{int(date[8:])}日"


def value_words(type_: FieldType, value: object) -> str:
    """A fact's value as a sentence holds it: months and days in words, all else as reported."""
    if value is not None and isinstance(type_, MonthType):
        return month_words(str(value))
    if value is not None and isinstance(type_, DateType):
        return date_words(str(value))
    return str(value)
