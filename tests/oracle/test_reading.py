"""The oracle itself, held against examples worked by hand from the scheme."""

from __future__ import annotations

import pytest

from .reading import points, rule_points
from .sheet import Row
from .years import KEYS, MONTHS, random_year

EDUCATION, PLANNING, TAX, POLICE, COUNTY = "市教育局", "市发改委", "市税务局", "市公安局", "沁县"


def fact(kind: str, unit: str = EDUCATION, month: str = "2023-04", **fields: str) -> Row:
    return {"fact": kind, "单位": unit, "月份": month, **fields}


def spell(kind: str, unit: str, start: str, end: str = "", **fields: str) -> Row:
    return {"fact": kind, "单位": unit, "起始月份": start, "终止月份": end, **fields}


def cases(kind: str, number: int, month: str, unit: str = EDUCATION) -> list[Row]:
    return [fact(kind, unit, month, 编号=f"{month}/{index}") for index in range(number)]


def given(facts: list[Row], unit: str, month: str = "2023-04") -> dict[str, int]:
    """What the unit gets, by rule."""
    return {rule: value for (owner, rule), value in rule_points(facts, month).items() if owner == unit}


def over(facts: list[Row], rule: str, *months: str, unit: str = EDUCATION) -> list[int]:
    return [given(facts, unit, month).get(rule, 0) for month in months]


def publicity(due: int, told: int, timely: int, conforming: int, unit: str = EDUCATION) -> Row:
    return fact("双公示统计", unit, 应报数=str(due), 实报数=str(told), 及时数=str(timely), 合规数=str(conforming))


def test_a_month_without_facts_costs_only_the_seven_that_must_share():
    units = {"市发改委", "市税务局", "市住建局", "市能源局", "市市场监管局", "市科技局", "国网长治供电公司"}
    assert rule_points([], "2023-06") == {(unit, "D06b"): -500 for unit in units}


def test_three_classes_one_half_conforming():
    rows = [
        fact("行政管理信息", 类别="行政确认", 报送数="10", 合规数="5"),
        fact("行政管理信息", 类别="行政给付", 报送数="4", 合规数="4"),
        fact("行政管理信息", 类别="行政奖励", 报送数="0", 合规数="0"),
    ]
    assert given(rows, EDUCATION) == {"D05": 750}


def test_each_entry_is_rounded_before_they_are_summed():
    rows = [fact("行政管理信息", 类别=name, 报送数="3", 合规数="1") for name in ("行政确认", "行政给付", "行政奖励")]
    assert given(rows, EDUCATION) == {"D05": 501}


@pytest.mark.parametrize(
    ("due", "told", "timely", "conforming", "expected"),
    [
        (10, 10, 10, 10, 3000),
        (3, 1, 1, 1, 2333),
        (6, 3, 1, 1, 1167),
        (1, 0, 0, 0, 0),
        (10**12, 10**12 - 1, 0, 0, 1000),
    ],
)
def test_double_publicity_is_rounded_once(due, told, timely, conforming, expected):
    assert over([publicity(due, told, timely, conforming)], "D03b", "2023-04") == [expected]


def test_a_nil_report_is_full_marks():
    assert given([publicity(0, 0, 0, 0)], EDUCATION) == {"D03c": 3000}


@pytest.mark.parametrize("grade, expected", [("29.995", 3000), ("29.994999", 2999), ("0.005", 1), ("0.004999", 0)])
def test_a_grade_comes_before_figures_and_rounds_half_up(grade, expected):
    rows = [publicity(10, 10, 10, 10), fact("双公示评分", 得分=grade)]
    assert given(rows, EDUCATION) == ({"D03a": expected} if expected else {})


def test_only_late_objections_cost():
    rows = [fact("双公示异议", 编号=number, 及时处理=answer) for number, answer in (("1", "否"), ("2", "否"), ("3", "是"))]
    assert given(rows, EDUCATION) == {"D04": -600}


def test_the_best_way_of_the_year_counts_for_each_document():
    ways = [("2023-01", "转发"), ("2023-02", "细化"), ("2023-03", "转发并落实"), ("2023-05", "细化并落实")]
    rows = [fact("顶层文件落实", month=month, 文件="1", 方式=way) for month, way in ways]
    rows.append(fact("顶层文件落实", month="2023-05", 文件="2", 方式="细化"))
    assert over(rows, "D01", "2023-01", "2023-02", "2023-03", "2023-04", "2023-05") == [100, 100, 0, 0, 300]


def test_cases_of_two_months_meet_the_cap_of_the_year():
    rows = cases("失信惩戒案例", 6, "2023-03") + cases("失信惩戒案例", 7, "2023-04") + cases("失信惩戒案例", 1, "2023-05")
    assert over(rows, "D16b", "2023-03", "2023-04", "2023-05") == [1200, 800, 0]


def test_the_cap_limits_the_cases_only():
    rows = [*cases("失信惩戒案例", 30, "2023-04"), fact("严重失信名单认定", 名单="黑名单")]
    assert given(rows, EDUCATION) == {"D16a": 1000, "D16b": 2000}
    assert points(rows, "2023-04")[EDUCATION, "D16"] == 3000


def test_repairs_are_cut_to_what_is_left():
    rows = [fact("信用修复", month="2023-01", 条数="19"), fact("信用修复", month="2023-02", 条数="1000000000000")]
    assert over(rows, "D17", "2023-01", "2023-02") == [1900, 100]


def test_publicity_has_no_cap():
    rows = [fact("宣传稿件", 编号=str(index), 标题="稿") for index in range(30)]
    assert given(rows, EDUCATION) == {"D27a": 6000}


def test_a_matter_counts_once_a_year_and_another_again():
    told = (("2023-02", "甲"), ("2023-04", "甲"), ("2023-04", "乙"))
    rows = [fact("信用报告应用", month=month, 事项=matter) for month, matter in told]
    assert over(rows, "D13a", "2023-02", "2023-04") == [1000, 1000]


def test_notification_counts_by_matter_and_research_integrity_once():
    rows = [fact("承诺制推行", 制度=scheme, 事项=matter) for scheme in ("告知承诺", "科研诚信承诺") for matter in "甲乙"]
    assert given(rows, EDUCATION) == {"D09a": 1000, "D10a": 500}


def test_commitments_reported():
    rows = [fact("承诺信息报送", 制度="合同履约监管", 报送数="8", 合规数="1")]
    assert given(rows, EDUCATION) == {"D12b": 63}
    assert given([fact("承诺信息报送", 制度="告知承诺", 报送数="0", 合规数="0")], EDUCATION) == {}


def test_the_tax_commitment_is_the_tax_office_s_and_the_counties():
    rows = [fact("承诺制推行", unit, 制度="纳税信用承诺", 事项="甲") for unit in (TAX, EDUCATION, COUNTY)]
    assert given(rows, TAX)["D11a"] == 500
    assert given(rows, EDUCATION) == {}
    assert given(rows, COUNTY) == {"C11a": 500}


def test_special_information_shared_or_not():
    empty = fact("特定信用信息", PLANNING, 类别="纳税", 报送数="0", 合规数="0")
    told = fact("特定信用信息", PLANNING, 类别="水费", 报送数="2", 合规数="0")
    assert given([empty], PLANNING) == {"D06b": -500}
    assert given([empty, told], PLANNING) == {}
    assert given([{**told, "合规数": "1"}], PLANNING) == {"D06a": 250}
    assert given([{**told, "合规数": "1", "单位": COUNTY}], COUNTY) == {"C06": 250}
    assert given([{**told, "合规数": "1", "单位": EDUCATION}], EDUCATION) == {}


def test_a_code_error_costs_until_the_month_it_is_put_right():
    rows = [spell("代码重错", "市民政局", "2022-11", "2023-03", 编号="1", 类型="重码")]
    assert over(rows, "D07", "2023-01", "2023-02", "2023-03", unit="市民政局") == [-100, -100, 0]
    assert given([{**rows[0], "单位": EDUCATION}], EDUCATION, "2023-01") == {}


def test_a_listed_body_cleared_in_its_month_costs_nothing():
    rows = [
        spell("严重失信主体", EDUCATION, "2023-04", "2023-04", 主体="甲"),
        spell("严重失信主体", EDUCATION, "2023-04", 主体="乙"),
        spell("拖欠账款", COUNTY, "2023-03", "2023-05", 主体="丙"),
    ]
    assert over(rows, "D29", "2023-03", "2023-04", "2023-12") == [0, -2000, -2000]
    assert over(rows, "C30", "2023-03", "2023-04", "2023-05", unit=COUNTY) == [-1000, -1000, 0]


def test_onboarding_counts_once_and_its_rate_each_month():
    numbers = [("2023-01", "0", "3"), ("2023-02", "1", "3"), ("2023-03", "2", "3"), ("2023-04", "0", "0")]
    rows = [fact("信易贷入驻", month=month, 入驻企业数=part, 企业总数=whole) for month, part, whole in numbers]
    months = [month for month, _, _ in numbers]
    assert over(rows, "D19a", *months) == [0, 1000, 0, 0]
    assert over(rows, "D19b", *months) == [0, 333, 667, 0]


def test_a_loan_goes_to_the_department_in_charge_and_to_its_county():
    charge = [
        {"fact": "行业主管", "行业": "煤炭", "单位": POLICE, "终止月份": "2023-04"},
        {"fact": "行业主管", "行业": "煤炭", "单位": EDUCATION, "起始月份": "2023-04"},
    ]
    months = ("2023-03", "2023-04")
    loans = [{"fact": "信易贷放款", "编号": month, "月份": month, "行业": "煤炭", "县区": COUNTY} for month in months]
    unknown = {"fact": "信易贷放款", "编号": "x", "月份": "2023-04", "行业": "采矿", "县区": COUNTY}
    rows = [*charge, *loans, unknown]
    assert over(rows, "D21", *months, unit=POLICE) == [500, 0]
    assert over(rows, "D21", *months, unit=EDUCATION) == [0, 500]
    assert over(rows, "C21", *months, unit=COUNTY) == [500, 1000]


@pytest.mark.parametrize(("ours", "nation", "expected"), [("8.1001", "8.1", 1000), ("8.1", "8.1", 0), ("0", "0.0001", 0)])
def test_a_share_must_be_above_the_nation_s(ours, nation, expected):
    rows = [fact("守信主体占比", "长治海关", 指标="海关高级认证", 本地占比=ours, 全国占比=nation)]
    assert over(rows, "D23", "2023-04", unit="长治海关") == [expected]


def test_a_share_below_does_not_use_up_the_once():
    months = ("2023-01", "2023-02", "2023-03")
    shares = zip(months, ("1", "3", "4"), strict=True)
    rows = [fact("守信主体占比", TAX, month, 指标="纳税信用A级", 本地占比=share, 全国占比="2") for month, share in shares]
    assert over(rows, "D23", *months, unit=TAX) == [0, 1000, 0]


def test_opinion_is_watched_by_departments_and_costs_counties():
    rows = [fact(kind, unit, 编号="1") for kind in ("舆情监测", "舆情处置", "媒体曝光") for unit in (EDUCATION, COUNTY)]
    assert given(rows, EDUCATION) == {"D26a": 200, "D26b": 1000}
    assert given(rows, COUNTY) == {"C26": -1000}


def test_closed_lists_bind_departments_only():
    rows = [fact("平台网站建设", unit, 项目="网站") for unit in (PLANNING, EDUCATION, COUNTY)]
    rows += [fact("信易贷平台建设", unit) for unit in (PLANNING, EDUCATION, COUNTY)]
    rows += [fact("负面清单案例", unit, 编号="1") for unit in (PLANNING, EDUCATION, COUNTY)]
    assert given(rows, PLANNING) == {"D02": 500, "D06b": -500, "D18": 1000, "D28": 500}
    assert given(rows, EDUCATION) == {}
    assert given(rows, COUNTY) == {"C02": 500, "C28": 500}


def test_experience_counts_each_time():
    rows = [fact("典型经验", month=month, 名称="甲") for month in ("2023-03", "2023-04")]
    assert over(rows, "D31", "2023-03", "2023-04") == [5000, 5000]


def test_a_random_year_is_the_same_for_its_seed_has_every_kind_and_no_key_twice():
    rows = random_year(7)
    assert rows == random_year(7) != random_year(8)
    assert len(rows) == 600
    assert {row["fact"] for row in rows} == set(KEYS)
    keys = {(row["fact"], *(row.get(field, "") for field in KEYS[row["fact"]])) for row in rows}
    assert len(keys) == len(rows)


def test_random_years_reach_every_rule_and_every_yearly_cap():
    rules: set[str] = set()
    capped: set[str] = set()
    for seed in range(40):
        rows = random_year(seed)
        sums: dict[tuple[str, str], int] = {}
        for month in MONTHS:
            for place, value in rule_points(rows, month).items():
                sums[place] = sums.get(place, 0) + value
        rules |= {rule for _, rule in sums}
        capped |= {rule for (_, rule), value in sums.items() if value == 2000}
    items = {f"{table}{item:02d}" for table in "DC" for item in range(1, 32)} - {"C18"}
    assert {rule[:3] for rule in rules} == items
    assert {"D16b", "D17", "D22b", "D25", "D26a", "C16b", "C17", "C22b", "C25"} <= capped
