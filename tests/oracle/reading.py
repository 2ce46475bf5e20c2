"""The 62 scoring items read by hand, settings at their defaults: what a month of a year of facts must post.

The oracle that the engine is held against. It knows no rule file, no engine and no order of facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from .sheet import COUNTIES, DEPARTMENTS, EVERYONE, Given, Row, Sheet, ratio

_PLATFORM = ("市发改委", *COUNTIES)
_SPECIAL = ("市发改委", "市税务局", "市住建局", "市能源局", "市市场监管局", "市科技局", "国网长治供电公司")
_CODES = ("市行政审批局", "市委编办", "市民政局", "市司法局", "市农业农村局", "市民宗局", "市总工会", *COUNTIES)
_TAX = ("市税务局", *COUNTIES)
_LENDING = ("市发改委", "市金融办")
_SHARES = ("市税务局", "长治海关", *COUNTIES)
_NEGATIVE = ("市发改委", "市商务局", *COUNTIES)
_WAYS = {"转发": 1, "转发并落实": 2, "细化": 2, "细化并落实": 3}


def points(facts: Iterable[Row], month: str) -> Given:
    """(unit, item such as D05) to the hundredths that the month posts; zeros are left out."""
    items: defaultdict[tuple[str, str], int] = defaultdict(int)
    for (unit, rule), value in rule_points(facts, month).items():
        items[unit, rule[:3]] += value
    return _posted(items)


def rule_points(facts: Iterable[Row], month: str) -> Given:
    """(unit, rule such as D16a) to the hundredths that the month posts; zeros are left out."""
    sheet = Sheet(facts, month)
    _documents(sheet)
    _double_publicity(sheet)
    _information(sheet)
    _codes_and_platforms(sheet)
    _commitments(sheet)
    _supervision(sheet)
    _lending(sheet)
    _benefits(sheet)
    _opinion_and_publicity(sheet)
    _integrity(sheet)
    return _posted(sheet.given)


def _posted(given: Given) -> Given:
    return {place: value for place, value in given.items() if value}


def _documents(sheet: Sheet) -> None:
    """01: the best way of the year for each document; a better one later adds the difference."""

    def best(rows: list[Row]) -> dict[tuple[str, str], int]:
        found: defaultdict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            place = row["单位"], row["文件"]
            found[place] = max(found[place], _WAYS[row["方式"]])
        return found

    old = best(sheet.before("顶层文件落实"))
    for (unit, document), value in best(sheet.now("顶层文件落实")).items():
        sheet.write(unit, "01", 100 * max(0, value - old.get((unit, document), 0)))


def _double_publicity(sheet: Sheet) -> None:
    """03: the month's grade where there is one, else from the figures. 04: objections handled late."""
    graded = sheet.now("双公示评分")
    sheet.each("03a", graded, lambda row: Fraction(row["得分"]))
    has_grade = {row["单位"] for row in graded}
    for row in sheet.now("双公示统计"):
        if row["单位"] in has_grade:
            continue
        if int(row["应报数"]) == 0:
            sheet.write(row["单位"], "03c", 3000)
        elif int(row["实报数"]) > 0:
            sheet.each("03b", [row], _publicity_rates)
    late = [row for row in sheet.now("双公示异议") if row["及时处理"] == "否"]
    sheet.each("04", late, lambda row: -3)


def _publicity_rates(row: Row) -> Fraction:
    return ratio(10, row, "及时数", "实报数") + ratio(10, row, "合规数", "实报数") + ratio(10, row, "实报数", "应报数")


def _conforming(row: Row) -> Fraction:
    return ratio(5, row, "合规数", "报送数")


def _reported(sheet: Sheet, kind: str) -> list[Row]:
    return [row for row in sheet.now(kind) if int(row["报送数"]) > 0]


def _information(sheet: Sheet) -> None:
    """05 and 06. Their monthly caps equal what the closed lists of classes can give, yet they are the source's."""
    sheet.each("05", _reported(sheet, "行政管理信息"), _conforming)
    sheet.trim("05", 4000)
    special = _reported(sheet, "特定信用信息")
    sheet.each("06a", special, _conforming, _SPECIAL)
    sheet.each("06", special, _conforming, COUNTIES)
    sheet.trim("06", 3500)
    for unit in set(_SPECIAL) - {row["单位"] for row in special}:
        sheet.write(unit, "06b", -500)


def _codes_and_platforms(sheet: Sheet) -> None:
    """02, 07, 08: departments by closed lists, every county."""
    sheet.once("02", "平台网站建设", 5, "项目", _PLATFORM)
    sheet.each("07", sheet.holding("代码重错"), lambda row: -1, _CODES)
    sheet.once("08", "等保测评完成", 10, units=_PLATFORM)


def _commitments(sheet: Sheet) -> None:
    """09 to 12: a scheme brought in (09 by matter, the others once), and what it reports."""
    for item, scheme, thing, units in (
        ("09", "告知承诺", "事项", EVERYONE),
        ("10", "科研诚信承诺", None, EVERYONE),
        ("11", "纳税信用承诺", None, _TAX),
        ("12", "合同履约监管", None, EVERYONE),
    ):
        sheet.once(item + "a", "承诺制推行", 5, thing, units, lambda row, scheme=scheme: row["制度"] == scheme)
        reported = [row for row in _reported(sheet, "承诺信息报送") if row["制度"] == scheme]
        sheet.each(item + "b", reported, _conforming, units)


def _supervision(sheet: Sheet) -> None:
    """13 to 17."""
    sheet.once("13a", "信用报告应用", 10, "事项")
    sheet.once("13b", "信用报告首批试点", 10)
    sheet.once("14", "综合评价应用", 10, "事项")
    sheet.once("15", "分级分类监管", 10, "领域")
    sheet.once("16a", "严重失信名单认定", 10, "名单")
    sheet.at_most_twenty("16b", "失信惩戒案例", lambda row: 2)
    sheet.at_most_twenty("17", "信用修复", lambda row: int(row["条数"]))


def _lending(sheet: Sheet) -> None:
    """18 to 21. The county table has no rule for 18."""
    sheet.once("18", "信易贷平台建设", 10, units=_LENDING)
    sheet.once("19a", "信易贷入驻", 10, where=lambda row: int(row["入驻企业数"]) > 0)
    onboard = [row for row in sheet.now("信易贷入驻") if int(row["企业总数"]) > 0]
    sheet.each("19b", onboard, lambda row: ratio(10, row, "入驻企业数", "企业总数"))
    queried = [row for row in sheet.now("授权查询") if int(row["授权企业总数"]) > 0]
    sheet.each("20", queried, lambda row: ratio(10, row, "授权企业数", "授权企业总数"))
    _loans(sheet)


def _loans(sheet: Sheet) -> None:
    """21: to the department in charge of the loan's industry that month, and to the loan's county."""
    in_charge = {row["行业"]: row["单位"] for row in sheet.holding("行业主管")}
    for loan in sheet.now("信易贷放款"):
        department = in_charge.get(loan["行业"])
        if department is not None:
            sheet.write(department, "21", 500, DEPARTMENTS)
        sheet.write(loan["县区"], "21", 500, COUNTIES)


def _benefits(sheet: Sheet) -> None:
    """22 to 25."""
    sheet.once("22a", "便民惠企事项", 10, "事项")
    sheet.at_most_twenty("22b", "守信激励事例", lambda row: 2)
    sheet.once(
        "23", "守信主体占比", 10, "指标", _SHARES, lambda row: Fraction(row["本地占比"]) > Fraction(row["全国占比"])
    )
    sheet.each("24", sheet.now("退出严重失信"), lambda row: 10)
    sheet.at_most_twenty("25", "风险预警约谈", lambda row: 2)


def _opinion_and_publicity(sheet: Sheet) -> None:
    """26 to 28. Departments gain by watching opinion, counties lose by exposure; neither has the other's rule."""
    sheet.at_most_twenty("26a", "舆情监测", lambda row: 2, DEPARTMENTS)
    sheet.each("26b", sheet.now("舆情处置"), lambda row: 10, DEPARTMENTS)
    sheet.each("26", sheet.now("媒体曝光"), lambda row: -10, COUNTIES)
    sheet.each("27a", sheet.now("宣传稿件"), lambda row: 2)
    sheet.each("27b", sheet.now("诚信典型"), lambda row: 10)
    sheet.each("28", sheet.now("负面清单案例"), lambda row: 5, _NEGATIVE)


def _integrity(sheet: Sheet) -> None:
    """29 to 31: every month that a body stays on a list, and recognised experience."""
    sheet.each("29", sheet.holding("严重失信主体"), lambda row: -20)
    sheet.each("30", sheet.holding("拖欠账款"), lambda row: -10)
    sheet.each("31", sheet.now("典型经验"), lambda row: 50)
