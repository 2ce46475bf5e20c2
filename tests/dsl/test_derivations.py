"""How figures are made of records, the calendar and the codes: read, and every mistake in them told at its place."""

import pytest

from engine.dsl.loader import load_ruleset
from engine.dsl.types import CodeType, CreditCodeType
from tests.dsl.conftest import FACTS, MARK, RULESET, files

FIGURES = FACTS + (
    "件数: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 应报: count, 及时: count, 说明: optional text}}\n"
    "记录: {time: record, key: [单位, 文号], fields: {单位: unit, 文号: text, 信用代码: optional text, 决定: date, 上报: optional date, 合规: [是, 否]}}\n"
)
HEAD = RULESET.replace("  周期: year\n", "  周期: year\n  时限: {2023-01: {value: 7, source: 附件4}}\n")
DERIVE = """\
makes: 件数
from: 记录
month_of: 决定
counts:
  应报: {}
  及时: {上报: {within: {setting: 时限}, of: 决定}, 合规: 是}
"""
RULE = "category: 部门\nrules:\n  - {id: D01, title: 甲, clause: 附件4 附表一 (一), units: all, when: [{fact: 事项应用}, {none: 月度统计}], points: 5}\n"
IN_DERIVE = {
    "unknown key": ("unknown-key", DERIVE.replace("month_of:", "‹mouth_of:").replace("makes", "makes", 1) + "month_of: 决定\n"),
    "no month": ("missing-key", DERIVE.replace("month_of: 决定\n", "").replace("makes", "‹makes")),
    "makes no kind": ("unknown-fact", DERIVE.replace("件数", "‹件")),
    "makes an event": ("bad-value", DERIVE.replace("件数", "‹事项应用")),
    "from no kind": ("unknown-fact", DERIVE.replace("记录", "‹纪录")),
    "from no record": ("bad-value", DERIVE.replace("记录", "‹占比")),
    "month of no field": ("unknown-field", DERIVE.replace("month_of: 决定", "month_of: ‹裁定")),
    "month of no date": ("bad-value", DERIVE.replace("month_of: 决定", "month_of: ‹文号")),
    "month of what may be empty": ("bad-value", DERIVE.replace("month_of: 决定", "month_of: ‹上报")),
    "counts no field": ("unknown-field", DERIVE + "  ‹及: {}\n"),
    "counts a text": ("bad-value", DERIVE + "  ‹说明: {}\n"),
    "leaves out a count": ("missing-key", DERIVE.replace("  应报: {}\n", "").replace("  及时", "  ‹及时")),
    "tests no field": ("unknown-field", DERIVE.replace("合规: 是", "‹合归: 是")),
    "tests a value of no list": ("bad-value", DERIVE.replace("合规: 是", "合规: ‹好")),
    "time of no date": ("bad-value", DERIVE.replace("上报:", "‹文号:")),
    "time from no field": ("unknown-field", DERIVE.replace("of: 决定}", "of: ‹裁定}")),
    "time from no date": ("bad-value", DERIVE.replace("of: 决定}", "of: ‹合规}")),
    "days of no setting": ("unknown-setting", DERIVE.replace("setting: 时限", "setting: ‹时长")),
    "days of a setting without days": ("bad-value", DERIVE.replace("setting: 时限", "setting: ‹周期")),
    "half a day": ("bad-value", DERIVE.replace("{setting: 时限}", "‹7.5")),
    "days before": ("bad-value", DERIVE.replace("{setting: 时限}", "‹-1")),
    "time from nothing": ("missing-key", DERIVE.replace("{within: {setting: 时限}, of: 决定}", "‹{within: 7}")),
    "a word beside": ("unknown-key", DERIVE.replace("of: 决定}", "of: 决定, ‹form: 决定}")),
    "made twice": (
        "duplicate-id",
        "".join("- " + part.replace("\n", "\n  ").rstrip(" ") for part in (DERIVE, DERIVE.replace("件数", "‹件数"))),
    ),
    "neither one nor a list": ("yaml", "‹件数\n"),
}  # fmt: skip
IN_HEAD = {
    "no date": ("bad-value", "calendar: {2027: {holidays: [2027-01-01, ‹2027-02-30]}}"),
    "of another year": ("bad-value", "calendar: {2027: {holidays: [‹2026-01-01]}}"),
    "off and worked": ("bad-value", "calendar: {2027: {holidays: [2027-02-20], workdays: [‹2027-02-20]}}"),
    "no year": ("bad-value", "calendar: {‹明年: {holidays: []}}"),
    "no holidays": ("missing-key", "calendar: {2027: ‹{workdays: [2027-02-20]}}"),
    "unknown key": ("unknown-key", "calendar: {2027: {holidays: [], ‹workday: []}}"),
    "credit code of no kind": ("unknown-field", "credit_code_field: ‹信用号码"),
    "credit code that is a date": ("bad-value", "credit_code_field: ‹决定"),
    "number of no kind": ("unknown-field", "numbered_field: ‹文好"),
    "number that is a date": ("bad-value", "numbered_field: ‹上报"),
}


def load(**changed):
    return load_ruleset(files(**{"ruleset": HEAD, "facts": FIGURES, "derive": DERIVE, **changed}))


def told(name: str, marked: str, code: str) -> None:
    before = marked.partition(MARK)[0]
    errors = [one for one in load(**{name: marked.replace(MARK, "")})[1] if one.level == "error"]
    place = (f"{name}.yaml", before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert [(one.code, one.place.file, one.place.line, one.place.column) for one in errors] == [(code, *place)], errors


@pytest.mark.parametrize("case", IN_DERIVE)
def test_a_mistake_in_a_derivation_is_told_at_its_place(case):
    told("derive", IN_DERIVE[case][1], IN_DERIVE[case][0])


@pytest.mark.parametrize("case", IN_HEAD)
def test_a_mistake_in_the_calendar_or_the_codes_is_told_at_its_place(case):
    told("ruleset", HEAD + IN_HEAD[case][1], IN_HEAD[case][0])


def test_figures_of_more_than_unit_and_month_cannot_be_made():
    facts = FIGURES.replace("件数: {time: monthly, key: [单位, 月份]", "件数: {time: monthly, key: [单位, 月份, 应报]")
    assert [(one.code, one.place.line) for one in load(facts=facts)[1] if one.level == "error"] == [("bad-value", 1)]


def test_the_shipped_ruleset_makes_one_kind_of_figures_and_reads_the_records(ruleset):
    [derivation] = ruleset.derivations
    assert (derivation.makes, derivation.source, derivation.month_of) == ("双公示统计", "双公示记录", "决定日期")
    assert [one.field for one in derivation.counts] == ["应报数", "实报数", "及时数", "合规数"]
    assert not [one for one in ruleset.warnings if one.code == "unused-fact"]


def test_records_that_nothing_counts_are_a_warning():
    texts = files(ruleset=HEAD, facts=FIGURES)
    unread = [one.message for one in load_ruleset(texts)[1] if one.code == "unused-fact" and "记录" in one.message]
    assert len(unread) == 1


def test_named_fields_are_codes_in_every_kind(ruleset):
    assert ruleset.kinds["双公示记录"].fields["统一社会信用代码"].type == CreditCodeType()
    numbered = [kind.fields["编号"].type for kind in ruleset.kinds.values() if "编号" in kind.fields]
    assert numbered and set(numbered) == {CodeType()}


@pytest.mark.parametrize("wrong", ["91350100M000100Y44", "91350100m000100y43", "91350100M000100Y4", "91350100M000100Y43 "])
def test_a_credit_code_with_a_wrong_digit_or_in_lower_case_is_refused(ruleset, wrong):
    type_ = ruleset.kinds["双公示记录"].fields["统一社会信用代码"].type
    assert type_.parse("91350100M000100Y43") == "91350100M000100Y43"
    with pytest.raises(ValueError, match="18 位"):
        type_.parse(wrong)
