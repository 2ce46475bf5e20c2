"""A small dictionary with one kind of each sort, and ways to write the files that offices send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Connection

from engine.dsl.model import Check, Field, Kind, Ruleset, Time, Unit
from engine.dsl.types import (
    ChoiceType,
    CodeType,
    DateType,
    DecimalType,
    MonthType,
    TextType,
    UnitType,
    WholeType,
    YearType,
)
from models.database import create_database, database_of, writing

MONTH, TEXT, UNIT, COUNT = MonthType(), TextType(), UnitType(), WholeType()
PERCENT = DecimalType(low=0, high=100, digits=4, named="百分数")


@dataclass(frozen=True)
class NumberedRuleset(Ruleset):
    numbered_field: str | None = "编号"


def kind(name: str, time: Time, key: list[str], *fields: Field, checks: tuple[Check, ...] = (), **roles: str | bool) -> Kind:
    free = (Field("备注", TEXT, optional=True),)
    return Kind(name, time, tuple(key), {field.name: field for field in (*fields, *free)}, checks, **roles)


OWN, AT = Field("单位", UNIT), Field("月份", MONTH)
SINCE, UNTIL = Field("起始月份", MONTH), Field("终止月份", MONTH, optional=True)

KINDS = [
    kind(
        "双公示统计",
        Time.MONTHLY,
        ["单位", "月份"],
        OWN,
        AT,
        Field("应报数", COUNT),
        Field("实报数", COUNT),
        checks=(Check("实报数", "<=", "应报数", "实报数 <= 应报数"),),
        unit_field="单位",
        month_field="月份",
    ),
    kind("占比", Time.MONTHLY, ["单位", "月份"], OWN, AT, Field("占比", PERCENT), unit_field="单位", month_field="月份"),
    kind(
        "异议",
        Time.EVENT,
        ["单位", "月份", "编号"],
        OWN,
        AT,
        Field("编号", CodeType()),
        Field("处理", ChoiceType(choices=("及时处理", "未处理"))),
        unit_field="单位",
        month_field="月份",
    ),
    kind("放款", Time.EVENT, ["编号"], Field("编号", CodeType()), AT, month_field="月份"),
    kind("记录", Time.RECORD, ["文号"], Field("文号", TEXT), Field("日期", DateType()), OWN, unit_field="单位"),
    kind("测评", Time.ANNUAL, ["单位", "年度"], OWN, Field("年度", YearType()), unit_field="单位", year_field="年度"),
    kind(
        "失信主体",
        Time.STATE,
        ["单位", "主体", "起始月份"],
        OWN,
        Field("主体", TEXT),
        SINCE,
        UNTIL,
        checks=(Check("起始月份", "<=", "终止月份", "起始月份 <= 终止月份"),),
        unit_field="单位",
        start_field="起始月份",
        end_field="终止月份",
    ),
    kind(
        "主管",
        Time.TABLE,
        ["行业", "起始月份"],
        Field("行业", TEXT),
        OWN,
        Field("起始月份", MONTH, optional=True),
        UNTIL,
        unit_field="单位",
        start_field="起始月份",
        end_field="终止月份",
    ),
]
UNITS = [
    Unit("市教育局", "长治市教育局", "部门"),
    Unit("市科技局", "长治市科学技术局", "部门", ("市科学技术局",)),
    Unit("沁县", "沁县人民政府", "县区"),
]


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    return NumberedRuleset(
        name="small",
        title="小规则集",
        year=2023,
        categories=("部门", "县区"),
        kinds={one.name: one for one in KINDS},
        units={unit.name: unit for unit in UNITS},
        settings={},
        rules=(),
        clauses={},
        bands={},
    )


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook: a sheet a keyword, each a list of rows, the first of them the heading."""

    def write(name: str = "四月.xlsx", **sheets: list[list[object]]) -> Path:
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def connection(tmp_path: Path, database: str | None) -> Iterator[Connection]:
    where = database_of(database, tmp_path / "jifen.db")
    create_database(where)
    with writing(where) as opened:
        yield opened
