"""What a sound ruleset becomes."""

from fractions import Fraction

import pytest

from engine.dsl import model
from engine.dsl.findings import Place
from engine.dsl.loader import (
    fingerprint,
    load_ruleset,
    read_folder,
    read_tests,
    ruleset_of,
)
from engine.dsl.model import Cap, FieldRef, Ruleset
from engine.errors import InputError, RulesetFaulty
from tests.dsl.conftest import FACTS, RULE, RULESET, files, rule


def loaded(body: str, **changed: str) -> Ruleset:
    ruleset, findings = load_ruleset(files(departments=rule(body), **changed))
    assert ruleset is not None, findings
    return ruleset


def settled(body: str, month: str = "2023-01", **changed: str):
    return next(rule for rule in loaded(body, **changed).in_force(month) if rule.id == "D01c")


def test_the_small_ruleset_is_without_fault(small):
    ruleset, findings = load_ruleset(small)
    assert findings == []
    assert [rule.id for rule in ruleset.rules] == ["D01", "D01b"]
    assert ruleset.fingerprint == fingerprint(small) != fingerprint(files(clauses="clauses: []"))


def test_units_groups_and_aliases_come_in_the_order_of_the_list():
    assert loaded("units: [市乙局, 甲]\nwhen: {fact: 占比}\npoints: 1").rules[-1].units == ("市甲局", "市乙局")


def test_a_group_means_all_its_units():
    assert loaded("units: [双公示]\nwhen: {fact: 占比}\npoints: 1").rules[-1].units == ("市甲局", "丙县")


def test_a_rule_file_in_a_folder_below_is_told_and_not_passed_over(small, tmp_path):
    for name, text in {**small, "extra/more.yaml": RULE, "tests/one.yaml": "[]"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    ruleset, findings = load_ruleset(read_folder(tmp_path))
    assert ruleset is None
    assert [(finding.code, finding.place.file) for finding in findings] == [("unknown-key", "extra/more.yaml")]


def test_a_setting_named_like_a_field_is_refused_where_it_could_be_either(small):
    named = RULESET.replace("  周期: year", "  条数: 7")
    body = RULE.replace("points: 5\n", "points: {setting: 条数}\n", 1)
    ruleset, findings = load_ruleset({**small, "ruleset.yaml": named, "departments.yaml": body})
    assert ruleset is None
    assert [(finding.code, finding.place.line) for finding in findings if finding.level == "error"] == [("bad-formula", 8)]


def test_another_category_is_bound_where_it_is_named():
    body = "units: [市甲局, 县区]\nwhen: {fact: 占比}\npoints: 1"
    assert loaded(body).rules[-1].units == ("市甲局", "丙县")


def test_tests_are_typed_by_the_dictionary():
    where = "{方式: [转发, 细化], 条数: {ge: 1, lt: 0010}, 事项: 0123, 说明: {given: true}}"
    pattern = settled(f"units: all\nwhen: {{fact: 事项应用, where: {where}}}\npoints: 1").fact
    assert pattern.tests == (
        model.Test("方式", "in", ("转发", "细化")),
        model.Test("条数", "ge", 1),
        model.Test("条数", "lt", 10),
        model.Test("事项", "eq", "0123"),
        model.Test("说明", "given", True),
    )


def test_fields_may_be_compared():
    pattern = settled("units: all\nwhen: {fact: 占比, where: {本地: {gt: {field: 全国}}}}\npoints: 1").fact
    assert pattern.tests == (model.Test("本地", "gt", FieldRef("全国")),)


DATED = RULESET.replace("10, source: 附件4}}", "10, source: 附件4}, 2023-07: {value: 0.5, source: 通知}}")


def test_a_setting_holds_from_its_month_on():
    body = "units: all\nwhen: {fact: 事项应用}\npoints: 权重 * 条数"
    values = [settled(body, month, ruleset=DATED).points.value({"条数": Fraction(3)}) for month in ("2023-06", "2023-07")]
    assert values == [30, Fraction(3, 2)]


def test_settings_stand_wherever_a_value_stands():
    body = """\
units: all
when: {fact: 月度统计, where: {得分: [{setting: 权重}, 7]}}
points: {setting: 权重}
cap: {points: {setting: 权重}, per: month}"""
    rule = settled(body, "2023-08", ruleset=DATED)
    assert rule.fact.tests[0].value[0] == Fraction(1, 2)
    assert rule.points.value({}) == Fraction(1, 2)
    assert rule.cap == Cap(50, "month")


def test_a_setting_in_a_table():
    body = "units: all\nwhen: {fact: 事项应用}\npoints: {by: 方式, table: {转发: {setting: 权重}, 细化: -1.5}}"
    assert settled(body).points.points == {"转发": 10, "细化": Fraction(-3, 2)}


def test_a_yearly_limit_may_be_a_setting():
    body = "units: all\nwhen: {fact: 事项应用}\npoints: 1\nonce_per: {setting: 计次}\ncap: {points: 20, per: {setting: 周期}}"
    rule = settled(body)
    assert (rule.once_per, rule.cap) == (("事项",), Cap(2000, "year"))


def test_none_takes_a_limit_away():
    body = "units: all\nwhen: {fact: 事项应用}\npoints: 1\nonce_per: {setting: 计次}\ncap: {points: 20, per: {setting: 周期}}"
    head = RULESET.replace("value: 事项", "value: none").replace("周期: year", "周期: none")
    rule = settled(body, ruleset=head)
    assert (rule.once_per, rule.cap) == (None, None)


def test_a_yearly_limit_holds_for_the_whole_year():
    head = RULESET.replace("周期: year", "周期: {2023-01: {value: year, source: 甲}, 2023-07: {value: month, source: 甲}}")
    body = "units: all\nwhen: {fact: 事项应用}\npoints: 1\ncap: {points: 20, per: {setting: 周期}}"
    findings = load_ruleset(files(departments=rule(body), ruleset=head))[1]
    assert [finding.code for finding in findings] == ["bad-value"]


def test_a_setting_must_hold_from_the_rule_s_first_month():
    head = RULESET.replace("权重: {2023-01", "权重: {2023-03")
    body = "units: all\nwhen: {fact: 事项应用}\npoints: 权重"
    findings = load_ruleset(files(departments=rule(body), ruleset=head))[1]
    assert [finding.code for finding in findings] == ["bad-value"]
    assert loaded(body + "\nvalid: {from: 2023-03}", ruleset=head)


@pytest.mark.parametrize(
    ("where", "divisor"),
    [
        ("{应报数: {gt: 0}}", "应报数"),
        ("{应报数: {ne: 0}}", "应报数"),
        ("{应报数: 3}", "应报数"),
        ("{应报数: [1, 2]}", "应报数"),
        ("{实报数: {ge: 1}}", "应报数"),  # by the dictionary's check
        ("{得分: {ne: 0}}", "得分"),
        ("{得分: {lt: 0}}", "(2 * -得分)"),
        ("{}", "(应报数 + 1)"),
        ("{}", "max(应报数, 1)"),
        ("{}", "权重"),
    ],
)
def test_divisors_that_cannot_be_zero(where, divisor):
    assert settled(f"units: all\nwhen: {{fact: 月度统计, where: {where}}}\npoints: 5 / {divisor}")


def test_a_range_without_zero_divides():
    assert settled("units: all\nwhen: {fact: 占比}\npoints: 10 / 名次")


def test_a_setting_that_is_zero_in_some_month_does_not_divide():
    head = DATED.replace("value: 0.5", "value: 0")
    findings = load_ruleset(files(departments=rule("units: all\nwhen: {fact: 占比}\npoints: 5 / 权重"), ruleset=head))[1]
    assert [finding.code for finding in findings] == ["division"]


def test_the_group_s_own_adjustments_follow_no_clause():
    text = RULE + "  - {id: D00a, title: 调整, units: all, when: {fact: 占比}, points: 1}\n"
    assert load_ruleset(files(departments=text))[1] == []


def test_a_rule_may_follow_one_that_has_ended():
    text = RULE.replace("when: {fact: 占比}\n", "when: {fact: 占比}\n    valid: {to: 2023-06}\n")
    body = "    title: 占比\n    clause: 附件4 附表一 (一)\n    units: all\n    when: {fact: 占比}\n    points: 6\n"
    new = text + "  - id: D01c\n" + body + "    valid: {from: 2023-07}\n    replaces: D01b\n"
    ruleset = ruleset_of(files(departments=new))
    assert [[rule.id for rule in ruleset.in_force(month)][1:] for month in ("2023-06", "2023-07")] == [["D01b"], ["D01c"]]


def test_a_kind_knows_which_field_is_what():
    facts = FACTS + """\
名单: {time: state, key: [单位, 主体, 起始月份], fields: {单位: unit, 主体: text, 起始月份: month, 终止月份: optional month}, ends: in}
放款: {time: event, key: [编号], fields: {编号: text, 月份: month, 行业: text, 县: unit}, route: {部门: "主管[行业]", 县区: 县}}
主管: {time: table, key: [行业, 起始月份], fields: {行业: text, 单位: unit, 起始月份: optional month, 终止月份: optional month}}
测评: {time: annual, key: [单位, 年度], fields: {单位: unit, 年度: year, 得分: percent}}
"""
    kinds = load_ruleset(files(facts=facts))[0].kinds
    state, loan, table = kinds["名单"], kinds["放款"], kinds["主管"]
    assert (state.unit_field, state.start_field, state.end_field, state.end_counts) == ("单位", "起始月份", "终止月份", True)
    assert (loan.unit_field, loan.month_field) == (None, "月份")
    assert (loan.routes["部门"].table, loan.routes["部门"].field, loan.routes["县区"].field) == ("主管", "行业", "县")
    assert (table.unit_field, table.start_field, table.end_field) == ("单位", "起始月份", "终止月份")
    assert kinds["测评"].year_field == "年度"
    assert list(state.fields)[-1] == "备注"


def test_a_faulty_ruleset_is_never_given():
    with pytest.raises(RulesetFaulty) as raised:
        ruleset_of(files(departments=RULE.replace("points: 5", "points: 五")))
    assert [finding.code for finding in raised.value.findings] == ["unknown-field", "unknown-field"]


def test_files_that_the_ruleset_does_not_know_or_lacks():
    _, findings = load_ruleset({**files(), "clausess.yaml": "clauses: []"})
    assert [(finding.code, finding.hint) for finding in findings] == [("unknown-key", "是否指“clauses.yaml”？")]
    missing = files()
    del missing["units.yaml"]
    assert [(f.code, f.place) for f in load_ruleset(missing)[1]] == [("missing-key", Place("units.yaml", 1, 1))]


def test_a_folder_is_read_as_texts(tmp_path):
    for name, text in files().items():
        (tmp_path / name).write_text("\ufeff" + text, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "one.yaml").write_text("[]")
    assert read_folder(tmp_path) == files()
    assert read_tests(tmp_path) == {"tests/one.yaml": "[]"}
    with pytest.raises(InputError):
        read_folder(tmp_path / "missing")


def test_a_file_of_another_encoding_is_told(tmp_path):
    (tmp_path / "ruleset.yaml").write_bytes("name: a\ntitle: 规则".encode("gbk"))
    with pytest.raises(RulesetFaulty) as raised:
        read_folder(tmp_path)
    assert raised.value.findings[0].place == Place("ruleset.yaml", 2, 8)
