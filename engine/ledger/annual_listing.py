"""The year's result for programs and for the assessments that use it: JSON (cli.md, `annual`) and a workbook that explains itself."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.clock import day_of
from engine.dsl.model import Ruleset
from engine.files import replaced
from engine.ledger.annual import UnitYear, YearResult, what_lacks
from engine.ledger.approving import Endorsement
from engine.ledger.sheets import COUNT, Cell, Column, workbook, write_sheet
from engine.scoring.points import decimal

if TYPE_CHECKING:
    from xlsxwriter import Workbook

PROPOSED, APPROVED = "初评", "审定"


def state(endorsed: Endorsement | None) -> str:
    return APPROVED if endorsed else PROPOSED


def evaluation_text(stored: str) -> str:
    """An evaluation with two decimals, or all it has where it has more.

    >>> evaluation_text("85"), evaluation_text("85.5"), evaluation_text("85.1250")
    ('85.00', '85.50', '85.125')
    """
    whole, _, rest = f"{Decimal(stored):f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def as_json(result: YearResult, endorsed: Endorsement | None) -> dict[str, object]:
    return {
        "year": result.year,
        "state": state(endorsed),
        "units": [
            {"category": one.category, "unit": one.unit, "points": decimal(one.points),
             "evaluation": evaluation_text(one.evaluation), "score": decimal(one.score), "rank": one.rank,
             "grade": one.grade, "veto": list(one.vetoed_by)}
            for one in result.units
        ],
    }  # fmt: skip


class _Column(NamedTuple):
    name: str
    type: str  # 文本, 整数, 数
    measure: str
    meaning: str
    width: int


_CATEGORY = _Column("类别", "文本", "", "单位所属的类别，名次与等次在类别内评定", 8)
_UNIT = _Column("单位", "文本", "", "单位名单中的名称", 22)
_RANK = _Column("名次", "整数", "名", "在类别内的年度名次，从 1 起", 8)
_SUM = "十二个月积分之和"


def _result_columns(ruleset: Ruleset) -> tuple[_Column, ...]:
    evaluation = ruleset.annual_rule().fact
    return (
        _CATEGORY, _RANK, _UNIT,
        _Column("月度积分总和", "数", "分", f"{_SUM}，两位小数", 14),
        _Column(evaluation, "数", "分", f"{evaluation}，0 至 100", 14),
        _Column("总成绩", "数", "分", "按规则集的权重与折算由前两项得出，四舍五入到两位小数", 12),
        _Column("等次", "文本", "", "年度等次；有一票否决的，以否决的等次为准", 10),
        _Column("一票否决", "文本", "", "年底仍触发的一票否决规则的编号，以顿号分隔；没有则为空", 14),
    )  # fmt: skip


def _month_columns(ruleset: Ruleset) -> tuple[_Column, ...]:
    months = (_Column(month, "数", "分", f"{month} 的积分；空白为尚未计分", 10) for month in ruleset.months)
    return (_CATEGORY, _UNIT, *months, _Column("合计", "数", "分", _SUM, 12))


def write_xlsx(ruleset: Ruleset, result: YearResult, endorsed: Endorsement | None, path: Path) -> None:
    """A workbook of results, of months, and of what each column is; the same bytes from the same result."""
    results, months = _result_columns(ruleset), _month_columns(ruleset)

    def fill(book: Workbook) -> None:
        _sheet(book, "年度结果", results, [_result_row(one) for one in result.units], frozen=3)
        _sheet(book, "各月积分", months, [_month_row(one) for one in result.units], frozen=2)
        _explain(book, _heading(ruleset, result, endorsed), {"年度结果": results, "各月积分": months})
    content = workbook(datetime.datetime(result.year, 12, 31), fill)
    with replaced(path) as fresh:
        fresh.write_bytes(content)


def _result_row(one: UnitYear) -> tuple[Cell, ...]:
    return (
        one.category, one.rank, one.unit, _number(one.points), Decimal(one.evaluation), _number(one.score), one.grade,
        "、".join(one.vetoed_by),
    )  # fmt: skip


def _month_row(one: UnitYear) -> tuple[Cell, ...]:
    return one.category, one.unit, *(None if own is None else _number(own) for own in one.months), _number(one.points)


def _number(hundredths: int) -> Decimal:
    return Decimal(decimal(hundredths))


_FORMATS = {"数": "0.00##", "整数": COUNT}


def _sheet(book: Workbook, name: str, columns: Sequence[_Column], rows: Sequence[Sequence[Cell]], *, frozen: int) -> None:
    written = [Column(one.name, one.width, _FORMATS.get(one.type, "")) for one in columns]
    write_sheet(book, name, written, rows, frozen)


def _heading(ruleset: Ruleset, result: YearResult, endorsed: Endorsement | None) -> list[tuple[str, str]]:
    lacks = what_lacks(ruleset, result)
    return [
        ("考核", ruleset.title),
        ("年度", str(result.year)),
        ("状态", state(endorsed)),
        *([("审定", f"{day_of(endorsed.at)}，{endorsed.by}")] if endorsed else []),
        *([("按 0 计的", lacks)] if lacks else []),
        ("规则集", ruleset.name),
        ("规则集指纹", result.ruleset),
        ("结果指纹", hashlib.sha256(result.content().encode()).hexdigest()),
    ]


def _explain(book: Workbook, heading: Sequence[tuple[str, str]], sheets: dict[str, Sequence[_Column]]) -> None:
    sheet = book.add_worksheet("说明")
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
    for place, width in enumerate((14, 16, 10, 8, 60)):
        sheet.set_column(place, place, width)
    for line, (label, value) in enumerate(heading):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, value)
    line = len(heading) + 1
    for place, word in enumerate(("工作表", "列", "类型", "单位", "含义")):
        sheet.write_string(line, place, word, bold)
    for name, columns in sheets.items():
        for column in columns:
            line += 1
            for place, text in enumerate((name, *column[:4])):
                sheet.write_string(line, place, text)
