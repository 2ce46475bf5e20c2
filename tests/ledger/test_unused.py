"""A fact is used where a rule or a task of its unit reads its kind; of every other one the run says so."""

import pytest

from engine.dsl.loader import ruleset_of
from engine.ledger.unused import unused
from engine.scoring.year import Year
from tests.dsl.conftest import FACTS, RULESET, files
from tests.facts import facts_from

KINDS = FACTS + (
    "进展: {time: event, key: [单位, 任务, 月份], fields: {单位: unit, 任务: 1-9, 月份: month, 状态: [已启动, 已完成]}}\n"
    "约谈: {time: event, key: [单位, 编号, 月份], fields: {单位: unit, 编号: text, 月份: month}}\n"
    "失信: {time: state, key: [单位, 主体, 起始月份], fields: {单位: unit, 主体: text, 起始月份: month, 终止月份: optional month}}\n"
    "期初: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 积分: number}}\n"
)
RULES = """\
category: {category}
rules:
  - {{id: {letter}01, title: 甲, clause: 附件4 附表一 (一), units: [{unit}], when: [{{fact: 事项应用}}, {{none: 月度统计}}], points: 1}}
  - {{id: {letter}01b, title: 乙, clause: 附件4 附表一 (一), units: [{category}], when: {{fact: 期初}}, points: 积分}}
"""
TASKS = """\
progress: {fact: 进展, task: 任务, status: 状态, done: 已完成}
obligations:
  - {no: 1, title: 甲, clause: 附件3 第1项, units: [市甲局], kind: by, due: 2023-06-30, done_when: {any: [{fact: 占比}, {fact: 约谈, where: {编号: 一}}]}}
  - {no: 2, title: 乙, clause: 附件3 第2项, units: [丙县], kind: clean, breach: {fact: 失信}}
"""


@pytest.fixture(scope="module")
def ruleset():
    return ruleset_of(files(
        ruleset=RULESET + "opening: {fact: 期初}\n", facts=KINDS, obligations=TASKS,
        departments=RULES.format(category="部门", letter="D", unit="市甲局"),
        counties=RULES.format(category="县区", letter="C", unit="丙县"),
    ))  # fmt: skip


def event(kind, unit, month="2023-04", **fields):
    return {"fact": kind, "单位": unit, "月份": month, **fields}


def left(ruleset, *rows, month="2023-04"):
    return [(one.fact.kind, one.unit, one.reason) for one in unused(Year(ruleset, facts_from(ruleset, rows)), month)]


def share(unit, month="2023-04"):
    return event("占比", unit, month, 本地="1", 全国="1", 名次="1")


def test_what_only_a_task_reads_is_used_from_the_unit_that_answers_for_it(ruleset):
    assert left(ruleset, share("市甲局"), event("约谈", "市甲局", 编号="一")) == []


def test_it_is_of_no_use_from_a_unit_that_does_not(ruleset):
    assert left(ruleset, share("市乙局"), share("丙县")) == [
        ("占比", "市乙局", "没有部门规则使用“占比”，市乙局也没有看它的任务"),
        ("占比", "丙县", "没有县区规则使用“占比”，丙县也没有看它的任务"),
    ]


def test_a_breach_is_read_of_the_units_that_are_bound_not_to_commit_it(ruleset):
    held = [{"fact": "失信", "单位": unit, "主体": "甲", "起始月份": "2023-02"} for unit in ("市甲局", "丙县")]
    assert [one[:2] for one in left(ruleset, *held)] == [("失信", "市甲局")]


def test_a_kind_is_read_though_this_fact_of_it_meets_no_test(ruleset):
    assert left(ruleset, event("约谈", "市甲局", 编号="二")) == []


def test_progress_is_read_of_every_unit_with_a_task(ruleset):
    told = [event("进展", unit, 任务="1", 状态="已启动") for unit in ("市甲局", "市乙局", "丙县")]
    assert [one[:2] for one in left(ruleset, *told)] == [("进展", "市乙局")]


def test_a_rule_of_another_unit_is_named(ruleset):
    matter = event("事项应用", "市乙局", 事项="甲", 方式="转发", 条数="1")
    assert left(ruleset, matter) == [("事项应用", "市乙局", "市乙局不在D01的责任单位之列")]


def test_in_an_opening_month_only_what_is_due_by_a_date_is_still_judged(ruleset):
    rows = [
        event("期初", "市甲局", 积分="1"), share("市甲局"), share("市乙局"),
        {"fact": "失信", "单位": "丙县", "主体": "甲", "起始月份": "2023-04"},
    ]  # fmt: skip
    assert left(ruleset, *rows) == [
        ("占比", "市乙局", "2023-04 是期初月份，只计“期初”"),
        ("失信", "丙县", "2023-04 是期初月份，只计“期初”"),
    ]
