"""Units that are renamed, merged, founded or closed in mid-year: whose facts are, and points that neither grow nor get lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsl.annual import AnnualRule
from engine.dsl.loader import load_ruleset, read_folder, ruleset_of
from engine.dsl.model import Ruleset
from engine.grading.grading import graded
from engine.ledger.due import due
from engine.ledger.standings import standings
from engine.obligations.judging import Judgements, Status
from engine.scoring.months import facts_of
from engine.scoring.succession import course, formerly, owner
from engine.scoring.year import Year
from tests.conftest import SHIPPED
from tests.dsl.conftest import files
from tests.facts import facts_from

PLAIN = """\
units:
  - {name: 甲局, full_name: 某市甲局, category: 部门, groups: [双公示]}
  - {name: 乙局, full_name: 某市乙局, category: 部门}
  - {name: 丙县, full_name: 某市丙县, category: 县区}
"""
RENAMED = PLAIN.replace("[双公示]}", "[双公示], to: 2023-06, becomes: 新甲局}") + """\
  - {name: 新甲局, full_name: 某市新甲局, category: 部门, from: 2023-07}
"""
MERGED = """\
units:
  - {name: 甲局, full_name: 某市甲局, category: 部门, groups: [双公示], to: 2023-06, becomes: 合局}
  - {name: 乙局, full_name: 某市乙局, category: 部门, to: 2023-06, becomes: 合局}
  - {name: 丁局, full_name: 某市丁局, category: 部门, from: 2023-04}
  - {name: 丙县, full_name: 某市丙县, category: 县区, to: 2023-09}
  - {name: 合局, full_name: 某市合局, category: 部门, from: 2023-07}
"""
FACTS = """\
事项应用: {time: event, key: [单位, 事项, 月份], fields: {单位: unit, 月份: month, 事项: text}}
月度统计: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 指标: text, 得分: number}}
名单: {time: state, key: [单位, 主体, 起始月份], fields: {单位: unit, 主体: text, 起始月份: month, 终止月份: optional month}}
"""
RULES = """\
category: 部门
rules:
  - {id: D01, title: 应用, clause: 附件4 (一), units: all, when: {fact: 事项应用}, points: 5, once_per: [事项]}
  - {id: D02, title: 统计, clause: 附件4 (二), units: [双公示], when: {fact: 月度统计}, points: 得分, cap: {points: 20, per: year}}
  - {id: D03, title: 名单, clause: 附件4 (三), units: all, when: {fact: 名单}, points: -1}
  - {id: D04, title: 择优, clause: 附件4 (四), units: [甲局], when: {fact: 月度统计}, points: 得分, best_of: 指标}
"""
HEAD = """\
name: small
title: 小规则集
year: 2023
categories: [部门, 县区]
category_letters: {部门: D, 县区: C}
settings: {合并: mean}
grades:
  部门: [{grade: 优秀, to: 1}, {grade: 不合格, last: 1}, {grade: 合格}]
"""


def texts(units: str, head: str = HEAD, rules: str = RULES) -> dict[str, str]:
    return {"ruleset.yaml": head, "facts.yaml": FACTS, "units.yaml": units, "departments.yaml": rules}


def small(units: str, head: str = HEAD, rules: str = RULES) -> Ruleset:
    return ruleset_of(texts(units, head, rules))


def points_of(ruleset: Ruleset, rows: list[dict[str, str]]) -> dict[str, dict[str, int]]:
    year = Year(ruleset, facts_from(ruleset, rows))
    return {
        month: {unit: sum(award.given for award in own) for unit, own in year.awards(month).items()} for month in ruleset.months
    }


def applied(unit: str, month: str, thing: str = "一") -> dict[str, str]:
    return {"fact": "事项应用", "单位": unit, "月份": month, "事项": thing}


def counted(unit: str, month: str, points: str) -> dict[str, str]:
    return {"fact": "月度统计", "单位": unit, "月份": month, "指标": "甲", "得分": points}


def test_each_month_scores_the_units_that_there_are():
    ruleset = small(MERGED)
    months = points_of(ruleset, [])
    assert list(months["2023-03"]) == ["甲局", "乙局", "丙县"]
    assert list(months["2023-06"]) == ["甲局", "乙局", "丁局", "丙县"]
    assert list(months["2023-12"]) == ["丁局", "合局"]


def test_a_fact_finds_the_unit_of_its_month():
    ruleset = small(RENAMED)
    assert (owner(ruleset, "甲局", "2023-07"), owner(ruleset, "新甲局", "2023-06")) == ("新甲局", "甲局")
    merged = small(MERGED)
    assert (owner(merged, "乙局", "2023-07"), owner(merged, "合局", "2023-06")) == ("合局", None)
    assert (owner(merged, "丁局", "2023-03"), owner(merged, "丙县", "2023-10")) == (None, None)


def test_a_state_of_the_old_name_goes_on_under_the_new_one():
    months = points_of(small(RENAMED), [{"fact": "名单", "单位": "甲局", "主体": "某企业", "起始月份": "2023-03", "终止月份": "2023-10"}])
    told = {month: {unit: points for unit, points in own.items() if points} for month, own in months.items()}
    assert told["2023-06"] == {"甲局": -100} and told["2023-07"] == {"新甲局": -100} and told["2023-10"] == {}


def test_rules_of_the_old_unit_and_of_its_group_bind_the_successor_from_its_first_month():
    months = points_of(small(RENAMED), [counted("新甲局", "2023-08", "3"), counted("甲局", "2023-06", "1")])
    assert months["2023-06"]["甲局"] == 200  # D02 by the group, D04 by the name
    assert months["2023-08"]["新甲局"] == 300 + 200  # D04 gives the difference to the best so far


@pytest.mark.parametrize("units, successor", [(RENAMED, "新甲局"), (MERGED, "合局")])
def test_once_best_and_cap_go_on_for_the_successor(units, successor):
    rows = [applied("甲局", "2023-02"), applied(successor, "2023-07"), applied(successor, "2023-08", "二"),
            counted("甲局", "2023-03", "15"), counted(successor, "2023-09", "9")]  # fmt: skip
    months = points_of(small(units), rows)
    assert months["2023-07"][successor] == 0
    assert months["2023-08"][successor] == 500
    assert months["2023-09"][successor] == 500  # of the cap of 20 there is room for 5; the best of 15 stands


def test_a_merger_takes_no_points_back_where_its_predecessors_together_are_beyond_a_cap():
    rows = [counted("甲局", "2023-03", "15"), counted("合局", "2023-09", "9")]
    both = MERGED.replace("乙局, category: 部门,", "乙局, category: 部门, groups: [双公示],")
    months = points_of(small(both), [*rows, counted("乙局", "2023-03", "15")])
    assert months["2023-09"]["合局"] == 0


MONTHS = {
    "2023-05": {"甲局": 1001, "乙局": 500, "丁局": 700, "丙县": 0},
    "2023-06": {"甲局": 0, "乙局": -1, "丁局": 0, "丙县": 0},
    "2023-07": {"丁局": 1, "丙县": 0, "合局": 100},
}  # fmt: skip


def test_a_merged_unit_has_the_mean_of_its_predecessors_rounded_away_from_zero():
    ruleset = small(MERGED)
    assert course(ruleset, "合局", MONTHS) == {"2023-05": 751, "2023-06": -1, "2023-07": 100}
    found = {row.unit: row.total_points for row in standings(ruleset, MONTHS)}
    assert found == {"合局": 850, "丁局": 701, "丙县": 0}
    assert formerly(ruleset, "合局", MONTHS) == ("甲局", "乙局")


def test_a_setting_may_ask_for_the_sum_instead():
    head = HEAD.replace("合并: mean", "合并: sum") + "units: {merged: {setting: 合并}}\n"
    assert course(small(MERGED, head), "合局", MONTHS)["2023-05"] == 1501


def test_the_year_is_graded_among_the_units_of_december():
    found = graded(small(MERGED), AnnualRule("测评", "分"), {"丁局": 100, "合局": 200}, {}, {})
    assert [(one.unit, one.rank, one.grade) for one in found] == [("合局", 1, "优秀"), ("丁局", 2, "不合格")]


def test_the_successor_owes_what_its_predecessor_reported():
    ruleset = small(RENAMED)
    assert due(ruleset, "2023-08", {"月度统计": {"新甲局"}}, frozenset()) == [("新甲局", "月度统计")]
    assert due(ruleset, "2023-05", {}, frozenset()) == [("甲局", "月度统计")]


FAULTS = [
    ("from: 2023-07, to: ‹2023-06", "之前"),
    ("to: 2023-06, becomes: ‹乙", "没有名为"),
    ("to: 2023-06, becomes: ‹丙县", "丙县”没有写 from"),
    ("to: 2023-06, becomes: ‹丁局", "自 2023-08 起"),
    ("to: 2023-06, becomes: ‹戊局", "到 2023-05 为止"),
    ("to: 2023-06, becomes: ‹己县", "同类"),
    ("to: 2023-06, becomes: ‹甲局", "回到了自己"),
    ("becomes: ‹庚局", "没有写 to"),
]


@pytest.mark.parametrize("dates, said", FAULTS)
def test_dates_that_cannot_be_are_found_at_their_place(dates, said):
    before, _, after = dates.partition("‹")
    line = f"  - {{name: 甲局, full_name: 某市甲局, category: 部门, {before}"
    units = f"""units:
{line}{after}}}
  - {{name: 乙局, full_name: 某市乙局, category: 部门, groups: [双公示]}}
  - {{name: 丙县, full_name: 某市丙县, category: 县区}}
  - {{name: 丁局, full_name: 某市丁局, category: 部门, from: 2023-08}}
  - {{name: 戊局, full_name: 某市戊局, category: 部门, to: 2023-05}}
  - {{name: 己县, full_name: 某市己县, category: 县区, from: 2023-07}}
  - {{name: 庚局, full_name: 某市庚局, category: 部门, from: 2023-07}}
"""
    ruleset, findings = load_ruleset(texts(units))
    assert ruleset is None
    (finding,) = [one for one in findings if one.level == "error"]
    assert (finding.place.file, finding.place.line, finding.place.column) == ("units.yaml", 2, len(line) + 1)
    assert said in finding.message


def test_a_month_that_is_none_and_a_wrong_word_for_mergers_are_found():
    assert load_ruleset(files(units=PLAIN.replace("category: 县区}", "category: 县区, from: 2023-13}")))[0] is None
    ruleset, findings = load_ruleset(texts(PLAIN, HEAD + "units: {merged: summ}\n"))
    assert ruleset is None and "sum" in findings[0].hint


_THINGS = st.sampled_from(["一", "二"])
_MONTHS = st.sampled_from([f"2023-{month:02d}" for month in range(1, 13)])
_ROWS = st.lists(
    st.one_of(
        st.builds(applied, st.sampled_from(["甲局", "乙局"]), _MONTHS, _THINGS),
        st.builds(counted, st.sampled_from(["甲局", "乙局"]), _MONTHS, st.sampled_from(["7", "-3.5", "0.005", "12"])),
        st.builds(
            lambda unit, month: {"fact": "名单", "单位": unit, "主体": "某企业", "起始月份": month},
            st.sampled_from(["甲局", "乙局"]), _MONTHS,
        ),
    ),
    max_size=12,
    unique_by=lambda row: tuple(text for name, text in row.items() if name != "得分"),
)  # fmt: skip
_LISTS = small(PLAIN), small(RENAMED)


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.booleans())
def test_a_rename_neither_gains_nor_loses_a_point(rows, told_anew):
    plain, renamed = _LISTS
    moved = [{**row, "单位": "新甲局"} if told_anew and row["单位"] == "甲局" and row.get("月份", "") > "2023-06" else row for row in rows]
    before, after = points_of(plain, rows), points_of(renamed, moved)
    assert [sum(own.values()) for own in before.values()] == [sum(own.values()) for own in after.values()]
    assert course(renamed, "新甲局", after) == course(plain, "甲局", before)


def test_the_facts_of_a_month_lie_with_its_units_only():
    ruleset = small(MERGED)
    rows = [applied("甲局", "2023-08"), applied("合局", "2023-05"), applied("丁局", "2023-03")]
    facts = facts_from(ruleset, rows)
    assert [fact.values["单位"] for fact in facts_of(ruleset, facts, "2023-08").by_unit["合局"]] == ["甲局"]
    assert [len(facts_of(ruleset, facts, month).unattributed) for month in ("2023-05", "2023-03")] == [1, 1]


def test_what_the_predecessor_did_counts_for_an_obligation_of_the_successor():
    shipped = read_folder(SHIPPED)
    units = shipped["units.yaml"].replace("groups: [联席会议, 双公示]}", "groups: [联席会议, 双公示], to: 2023-03, becomes: 市发改局}", 1)
    units += "  - {name: 市发改局, full_name: 长治市发展和改革局, category: 部门, from: 2023-04}\n"
    ruleset = ruleset_of({**shipped, "units.yaml": units})
    rows = [
        {"fact": "顶层文件落实", "单位": unit, "文件": str(number), "月份": month, "方式": "转发"}
        for unit, month, numbers in (("市发改委", "2023-01", range(1, 7)), ("市发改局", "2023-04", range(7, 14)))
        for number in numbers
    ]
    april = Judgements(Year(ruleset, facts_from(ruleset, rows))).verdicts("2023-04")
    assert [(one.unit, one.status) for one in april if one.task == 1] == [("市发改局", Status.DONE)]
    assert "市发改委" not in {one.unit for one in april}
