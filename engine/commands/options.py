"""Arguments and options that many commands share, each read in one way."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction
from typing import Annotated

import typer


def month_of(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise typer.BadParameter(f"“{text}”不是月份，应写作 2023-04")
    return text


def day_of(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是日期，应写作 2023-05-08") from None


def year_of(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{3}", text):
        raise typer.BadParameter(f"“{text}”不是年份，应写作 2023")
    return int(text)


def month_or_year_of(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{3}|[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise typer.BadParameter(f"“{text}”不是月份或年份，应写作 2023-04 或 2023")
    return text


def percent_of(text: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,3}([.][0-9]{1,2})?", text) or Fraction(text) > 100:
        raise typer.BadParameter(f"“{text}”不是 0 至 100 的数，至多两位小数，如 95")
    return Fraction(text)


def entry_of(text: str) -> int:
    """The number of an entry, also as notices and addresses write it: 〔2179〕, e2179, #e2179."""
    found = re.fullmatch(r"〔([0-9]{1,9})〕|#?e?([0-9]{1,9})", text.strip())
    if not found:
        raise typer.BadParameter(f"“{text}”不是分录的编号，应写作 2179")
    return int(found[1] or found[2])


LARGEST = 2**31 - 1  # of the numbers that a database gives
Month = Annotated[str, typer.Argument(parser=month_of, metavar="MONTH", help="月份，如 2023-04")]
Year = Annotated[int, typer.Argument(parser=year_of, metavar="YEAR", help="年份，如 2023")]
By = Annotated[str | None, typer.Option(metavar="姓名", help="经办人；默认是工作区的 operator")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出到标准输出")]
