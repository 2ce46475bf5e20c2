"""The JSON Schemas of a ruleset: an editor accepts what the check accepts, and refuses what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator

from engine.dsl.loader import SAMPLE, load_ruleset, read_folder
from engine.errors import RulesetFaulty
from engine.workbench.schema import schemas
from tests.conftest import SHIPPED
from tests.core_yaml import core
from tests.dsl.conftest import CLAUSES, FACTS, RULESET, UNITS, files, rule


def refusals(schema: dict[str, Any], text: str) -> list[str]:
    return [f"{list(error.absolute_path)} {error.message}" for error in Draft7Validator(schema).iter_errors(core(text))]


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict]:
    return schemas(read_folder(SHIPPED))


@pytest.fixture(scope="module")
def small() -> dict[str, dict]:
    return schemas(files())


@pytest.mark.parametrize("path", sorted(path for path in SHIPPED.rglob("*.yaml") if path.name != SAMPLE), ids=lambda path: path.name)
def test_every_shipped_file_is_accepted(shipped, path):
    schema = "tests" if path.parent.name == "tests" else path.stem if path.stem in shipped else "rules"
    assert refusals(shipped[schema], path.read_text(encoding="utf-8")) == []


ACCEPTED = {
    "a list, a comparison and another field": """units: [双公示, 甲, 县区, 某市乙局]
when:
  - {fact: 月度统计, where: {应报数: [1, "2", {setting: 权重}], 实报数: {gt: 0, le: {setting: 权重}, ne: {field: 应报数}}, 得分: 1.50, 月份: {ge: 2023-04}}}
  - {none: 事项应用, where: {单位: [甲, 市乙局], 说明: {given: "false"}}}
points: (实报数 + 1) * min(权重, 2.5) / max(应报数,1) - -得分
once_per: [unit]
cap: {points: "20.50", per: {setting: 周期}}
valid: {to: 2023-06}
say: "{{报}} {应报数}条，权重{ 权重 }"
note: 2023""",
    "a table over a range, as texts and as numbers": """units: all
when: {fact: 占比, where: {名次: 3.0, 本地: {gt: {field: 全国}}}}
points: {by: 名次, table: {1: 5, "2": -1.5, 03: {setting: 权重}, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0, 10: 0, 11: 0, 12: 0, 13: 0}}
times: 名次
best_of: none""",
    "a table over a closed list": """units: [部门]
when: [{fact: 事项应用}]
points: {by: 方式, table: {转发: 1, 细化: {setting: 权重}}}
veto: {grade: 不合格, at: year-end}
once_per: {setting: 计次}
replaces: D02""",
    "an absence alone, for points that are a setting": "units: all\nwhen: {none: 占比}\npoints: {setting: 权重}\nonce_per: unit",
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_what_the_check_accepts_the_editor_accepts(small, body):
    departments = rule(body)
    ruleset, findings = load_ruleset(files(departments=departments))
    assert ruleset is not None, findings
    assert refusals(small["rules"], departments) == []


PLAIN = "units: all\nwhen: {fact: 事项应用, where: {方式: 转发}}\npoints: 5"
WRONG_IN_A_RULE = [
    ("units: all", "unitz: all"),
    ("units: all\n", ""),
    ("points: 5", ""),
    ("points: 5", "points: [5]"),
    ("points: 5", "points: 5 * 件数"),
    ("points: 5", "points: 5 * 方式"),
    ("points: 5", "points: 5 ^ 2"),
    ("points: 5", "points: {setting: 计次}"),
    ("points: 5", "points: {by: 事项, table: {甲: 1}}"),
    ("points: 5", "points: {by: 方式, table: {转发: 1}}"),
    ("points: 5", "points: {by: 方式, table: {转发: 1, 细化: 2, 落实: 3}}"),
    ("points: 5", "points: 5\ntimes: 方式"),
    ("points: 5", "points: 5\ntimes: 应报数"),
    ("points: 5", "points: 5\nonce_per: 应报数"),
    ("points: 5", "points: 5\nbest_of: unit"),
    ("points: 5", "points: 5\ncap: {points: 0, per: year}"),
    ("points: 5", "points: 5\ncap: {points: 20, per: quarter}"),
    ("points: 5", "points: 5\ncap: {points: 20}"),
    ("points: 5", "points: 5\nveto: {grade: 差, at: year-end}"),
    ("points: 5", 'points: 5\nsay: "{应报数}条"'),
    ("points: 5", "points: 5\nvalid: {from: 2023-13}"),
    ("units: all", "units: 市甲局"),
    ("units: all", "units: [市丁局]"),
    ("fact: 事项应用", "fact: 事项运用"),
    ("fact: 事项应用", "fact: 事项应用, none: 占比"),
    ("{方式: 转发}", "{应报数: 1}"),
    ("{方式: 转发}", "{备注: 有}"),
    ("{方式: 转发}", "{方式: 落实}"),
    ("{方式: 转发}", "{方式: {gt: 转发}}"),
    ("{方式: 转发}", "{方式: {field: 事项}}"),
    ("{方式: 转发}", "{方式: {setting: 权重}}"),
    ("{方式: 转发}", "{方式: []}"),
    ("{方式: 转发}", "{条数: {gtt: 0}}"),
    ("{方式: 转发}", "{条数: 1.5}"),
    ("{方式: 转发}", "{条数: 三}"),
    ("{方式: 转发}", "{条数: {given: 是}}"),
    ("{方式: 转发}", "{单位: 市丁局}"),
    ("{方式: 转发}", "{月份: 2023-4}"),
    ("{方式: 转发}", "{条数: {setting: 权重, gt: 1}}"),
]


@pytest.mark.parametrize(("old", "new"), WRONG_IN_A_RULE, ids=[new for _, new in WRONG_IN_A_RULE])
def test_what_is_wrong_in_a_rule_is_refused_by_both(small, old, new):
    assert refusals(small["rules"], rule(PLAIN)) == []
    departments = rule(PLAIN.replace(old, new))
    assert load_ruleset(files(departments=departments))[0] is None
    assert refusals(small["rules"], departments)


@pytest.mark.parametrize(("head", "clause"), [("id: C01c", "附件4 附表一 (一)"), ("id: D1", "附件4 附表一 (一)"), ("id: D01c", "附件4 (九)")])
def test_an_id_or_a_clause_that_is_wrong_is_refused_by_both(small, head, clause):
    departments = rule(PLAIN, head, clause)
    assert load_ruleset(files(departments=departments))[0] is None
    assert refusals(small["rules"], departments)


TASKS = """\
progress: {fact: 进展, task: 任务, status: 状态, done: 已完成}
obligations:
  - {no: 1, title: 甲, clause: 附件3, units: [双公示], kind: by, due: 2023-04-30, done_when: {fact: 事项应用, every: {方式: [转发, 细化]}}}
  - {no: 2, title: 乙, clause: 附件3, units: [双公示], kind: monthly, done_when: {fact: 月度统计}, standard: {实报数: {field: 应报数}}}
  - {no: 3, title: 丙, clause: 附件3, units: [部门], kind: clean, breach: [{fact: 占比, where: {名次: {gt: 10}}}]}
  - {no: 4, title: 丁, clause: 附件3, units: [部门], kind: by, due: {setting: 期限}, done_when: [{any: [{fact: 占比}, {fact: 事项应用}]}, {fact: 月度统计}]}
"""
DERIVED = """\
makes: 汇总
from: 记录
month_of: 决定日期
counts: {应报数: {}, 及时数: {上报日期: {within: {setting: 权重}, of: 决定日期}, 合规: 是}}
"""
MORE_FACTS = FACTS + """\
进展: {time: event, key: [单位, 任务, 月份], fields: {单位: unit, 任务: 1-9, 月份: month, 状态: [推进中, 已完成]}}
记录: {time: record, key: [单位, 文号], fields: {单位: unit, 文号: text, 决定日期: date, 上报日期: optional date, 合规: [是, 否]}}
汇总: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 应报数: count, 及时数: count}}
"""
MORE = {
    "ruleset": RULESET.replace("  周期: year\n", "  周期: year\n  期限: 2023-04-30\nletters: {answer_within: {setting: 权重}}\n"),
    "facts": MORE_FACTS, "obligations": TASKS, "derive": DERIVED, "units": UNITS, "clauses": CLAUSES,
}  # fmt: skip
WRONG_ELSEWHERE = [
    ("obligations", "due: 2023-04-30", "due: 2023-4-30"),
    ("obligations", "due: 2023-04-30, ", ""),
    ("obligations", "due: {setting: 期限}", "due: {setting: 权重}"),
    ("obligations", "every: {方式: [转发, 细化]}", "every: {方式: [转发, 落实]}"),
    ("obligations", "kind: monthly", "kind: monthly, due: 2023-04-30"),
    ("obligations", "kind: clean", "kind: weekly"),
    ("obligations", "{实报数: {field: 应报数}}", "{实报: {field: 应报数}}"),
    ("obligations", "breach: [{fact: 占比,", "breach: [{none: 占比,"),
    ("obligations", "no: 1", "no: 一"),
    ("obligations", "task: 任务", "task: 状态"),
    ("derive", "makes: 汇总", "makes: 记录"),
    ("derive", "month_of: 决定日期", "month_of: 上报日期"),
    ("derive", "及时数: {", "及时: {"),
    ("derive", "within: {setting: 权重}", "within: {setting: 期限}"),
    ("derive", "合规: 是", "合规: 对"),
    ("ruleset", "year: 2023", "year: 今年"),
    ("ruleset", "title: 小规则集\n", ""),
    ("ruleset", "部门: D", "部门: d"),
    ("ruleset", "{value: 10, source: 附件4}", "{value: 10}"),
    ("ruleset", "answer_within", "answer"),
    ("facts", "time: event", "time: daily"),
    ("facts", "条数: count", "条数: counts"),
    ("facts", "check: [实报数 <= 应报数]", "check: [实报数 不大于 应报数]"),
    ("units", "category: 县区", "category: 县"),
    ("units", "full_name: 某市乙局, ", ""),
    ("clauses", "goal: 甲", "goals: 甲"),
]


def test_the_other_files_are_accepted_where_they_are_right():
    made = schemas(files(**MORE))
    ruleset, findings = load_ruleset(files(**MORE))
    assert ruleset is not None, findings
    assert {name: refusals(made[name], text) for name, text in MORE.items()} == dict.fromkeys(MORE, [])
    assert refusals(made["derive"], "- " + DERIVED.strip().replace("\n", "\n  ")) == []


@pytest.mark.parametrize(("name", "old", "new"), WRONG_ELSEWHERE, ids=[new for _, _, new in WRONG_ELSEWHERE])
def test_what_is_wrong_in_another_file_is_refused_by_both(name, old, new):
    assert old in MORE[name]
    wrong = MORE[name].replace(old, new, 1)
    assert load_ruleset(files(**{**MORE, name: wrong}))[0] is None
    assert refusals(schemas(files(**MORE))[name], wrong)


CASE = "- {name: 甲, unit: 市教育局, month: 2023-04, facts: {行政管理信息: [{类别: 行政确认, 报送数: 10, 合规数: 5}]}, expect: {D05: 2.5}}\n"
WRONG_IN_A_TEST = [
    ("市教育局", "市教肓局"),
    ("unit: 市教育局, ", ""),
    ("2023-04", "四月"),
    ("行政管理信息", "行政信息"),
    ("报送数: 10, ", ""),
    ("报送数", "报送"),
    ("行政确认", "行政许可"),
    ("{D05: 2.5}", "{D5: 2.5}"),
    ("{D05: 2.5}", "{D05: 两分半}"),
    ("{D05: 2.5}", "{2023-04: 2.5}"),
    (", expect: {D05: 2.5}", ""),
    ("month: 2023-04", "settings: {双公示时限: 七}"),
    ("month: 2023-04", "tasks: {4: 完成}"),
]


@pytest.mark.parametrize(("old", "new"), WRONG_IN_A_TEST, ids=[new for _, new in WRONG_IN_A_TEST])
def test_what_is_wrong_in_a_rule_test_is_refused(shipped, old, new):
    assert old in CASE and refusals(shipped["tests"], CASE) == []
    assert refusals(shipped["tests"], CASE.replace(old, new))


def test_every_key_tells_what_it_means_and_every_list_of_values_can_be_met(shipped):
    for name, schema in shipped.items():
        Draft7Validator.check_schema(schema)
        for part in parts(schema):
            values = part.get("enum")
            assert values is None or (values and len({(type(one), one) for one in values}) == len(values)), name
    for key, told in shipped["rules"]["definitions"]["rule"]["properties"].items():
        assert any("一" <= letter <= "鿿" for letter in told["description"]), key


def parts(schema: Any) -> Iterator[dict]:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def test_a_rule_that_is_half_written_takes_no_completion_away(small):
    broken = files(departments=rule("units: all\nwhen: {fact: 事"))
    assert load_ruleset(broken)[0] is None
    made = schemas(broken)
    assert {name: made[name] for name in made if name != "tests"} == {name: small[name] for name in small if name != "tests"}


def test_a_fault_of_the_dictionary_is_told_at_its_place():
    with pytest.raises(RulesetFaulty) as told:
        schemas(files(facts=FACTS.replace("条数: count", "条数: counts")))
    assert [(one.place.file, one.code) for one in told.value.findings] == [("facts.yaml", "bad-value")]
