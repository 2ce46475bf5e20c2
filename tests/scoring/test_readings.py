"""Readings that a ruleset may take otherwise than the shipped one, each by data alone (rules.md, "setting")."""

import pytest

from engine.dsl.loader import read_folder, ruleset_of
from engine.scoring.year import Year
from tests.conftest import SHIPPED
from tests.facts import facts_from

ARREARS = [
    {"fact": "拖欠账款", "单位": "市教育局", "主体": name, "起始月份": "2023-02", "终止月份": "2023-05"} for name in "甲乙"
]
CASES = [
    {"fact": "失信惩戒案例", "单位": "市教育局", "月份": month, "编号": str(number)}
    for month in ("2023-01", "2023-02")
    for number in range(12)
]
SHARES = [
    {"fact": "守信主体占比", "单位": "市税务局", "月份": "2023-04", "指标": name, "本地占比": "9", "全国占比": "8"}
    for name in ("纳税信用A级", "海关高级认证")
]


def with_setting(name: str, value: str):
    files = read_folder(SHIPPED)
    lines = files["ruleset.yaml"].splitlines()
    place = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{name}:"))
    lines[place] = f"  {name}: {value}"
    return ruleset_of({**files, "ruleset.yaml": "\n".join(lines)})


def given(ruleset, rows, unit, month, rule):
    awards = Year(ruleset, facts_from(ruleset, rows)).awards(month)[unit]
    return sum(award.given for award in awards if award.hit.rule.id == rule)


@pytest.mark.parametrize(
    "name, value, rows, unit, month, rule, points",
    [
        ("拖欠账款封顶", "none", ARREARS, "市教育局", "2023-04", "D30", -2000),
        ("拖欠账款封顶", "month", ARREARS, "市教育局", "2023-04", "D30", -1000),
        ("拖欠账款封顶", "none", ARREARS, "市教育局", "2023-05", "D30", 0),
        ("二十分封顶", "year", CASES, "市教育局", "2023-02", "D16b", 0),
        ("二十分封顶", "month", CASES, "市教育局", "2023-02", "D16b", 2000),
        ("二十分封顶", "none", CASES, "市教育局", "2023-02", "D16b", 2400),
        ("守信占比计次", "指标", SHARES, "市税务局", "2023-04", "D23", 2000),
        ("守信占比计次", "unit", SHARES, "市税务局", "2023-04", "D23", 1000),
        ("双公示零报积分", "0", [{"fact": "双公示统计", "单位": "潞州区", "月份": "2023-04", "应报数": "0", "实报数": "0",
                              "及时数": "0", "合规数": "0"}], "潞州区", "2023-04", "C03c", 0),
    ],
)  # fmt: skip
def test_a_setting_changes_the_reading(name, value, rows, unit, month, rule, points):
    assert given(with_setting(name, value), rows, unit, month, rule) == points


def test_a_setting_that_changes_in_mid_year_holds_from_its_month():
    ruleset = with_setting(
        "双公示及时权重", "{2023-01: {value: 10, source: 附件4}, 2023-07: {value: 5, source: 修订}}"
    )
    rows = [
        {"fact": "双公示统计", "单位": "潞州区", "月份": month, "应报数": "1", "实报数": "1", "及时数": "1", "合规数": "1"}
        for month in ("2023-06", "2023-07")
    ]
    assert given(ruleset, rows, "潞州区", "2023-06", "C03b") == 3000
    assert given(ruleset, rows, "潞州区", "2023-07", "C03b") == 2500


def test_counties_may_be_added_to_a_rule_of_the_departments():
    files = read_folder(SHIPPED)
    head, rule, tail = files["departments.yaml"].partition("id: D06b")
    files["departments.yaml"] = head + rule + tail.replace("units: [市发改委,", "units: [县区, 市发改委,", 1)
    ruleset = ruleset_of(files)
    assert given(ruleset, [], "潞州区", "2023-04", "D06b") == -500
    assert given(ruleset, [], "市教育局", "2023-04", "D06b") == 0


def test_a_rule_counts_in_its_months_only():
    files = read_folder(SHIPPED)
    files["departments.yaml"] = files["departments.yaml"].replace("  - id: D31\n", "  - id: D31\n    valid: {from: 2023-07}\n")
    ruleset = ruleset_of(files)
    rows = [{"fact": "典型经验", "单位": "市教育局", "月份": month, "名称": "甲"} for month in ("2023-06", "2023-07")]
    assert [given(ruleset, rows, "市教育局", month, "D31") for month in ("2023-06", "2023-07")] == [0, 5000]
