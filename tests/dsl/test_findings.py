"""Every kind of mistake in a ruleset is told with its code, at its very place. ‹ stands before that place."""

import pytest

from tests.dsl.conftest import CLAUSES, FACTS, RULE, RULESET, UNITS, found, rule

IN_FACTS = {
    "unknown type": ("bad-value", FACTS.replace("条数: count", "条数: ‹cuont")),
    "unknown time": ("bad-value", FACTS.replace("time: event", "time: ‹evnt")),
    "no key": ("missing-key", FACTS.replace("占比: {time: monthly, key: [单位, 月份], ", "占比: ‹{time: monthly, ")),
    "key names no field": ("unknown-field", FACTS.replace("key: [单位, 事项,", "key: [单位, ‹事顶,")),
    "check names no field": ("unknown-field", FACTS.replace("[实报数 <= 应报数]", "[‹实报 <= 应报数]")),
    "check compares unlike": ("bad-value", FACTS.replace("[实报数 <= 应报数]", "[‹实报数 <= 月份]")),
    "check without sense": ("bad-value", FACTS.replace("[实报数 <= 应报数]", "[‹实报数]")),
    "reserved name": ("bad-value", FACTS.replace("条数: count", "‹sid: count")),
    "upside-down range": ("bad-value", FACTS.replace("1-13", "‹13-1")),
    "value twice": ("bad-value", FACTS.replace("[转发, 细化]", "[转发, ‹转发]")),
    "no owner": ("bad-value", FACTS.replace("占比:", "‹占比:").replace("key: [单位, 月份], fields: {单位: unit, 月份: month, 本地", "key: [月份], fields: {月份: month, 本地")),
    "no month": ("bad-value", FACTS + "‹长期: {time: event, key: [单位], fields: {单位: unit}}"),
    "route to no table": ("unknown-fact", FACTS + "放款: {time: event, key: [编号], fields: {编号: text, 月份: month, 行业: text}, route: {部门: ‹'主管[行业]'}}"),
    "route by no unit": ("bad-value", FACTS + "放款: {time: event, key: [编号], fields: {编号: text, 月份: month, 行业: text}, route: {部门: ‹行业}}"),
    "route of no category": ("bad-value", FACTS + "放款: {time: event, key: [编号], fields: {编号: text, 月份: month, 县: unit}, route: {‹县: 县}}"),
    "ends of an event": ("bad-value", FACTS.replace("time: event,", "time: event, ‹ends: in,")),
    "unknown key": ("unknown-key", FACTS.replace("check:", "‹chek:")),
}  # fmt: skip
IN_UNITS = {
    "alias of two": ("duplicate-id", UNITS.replace("某市乙局, category: 部门", "某市乙局, category: 部门, aliases: [‹甲]")),
    "unit twice": ("duplicate-id", UNITS + "  - {name: ‹丙县, full_name: 某市丙县二, category: 县区}\n"),
    "group is a unit": ("duplicate-id", UNITS.replace("groups: [双公示]}\n  - {name: 市乙局", "groups: [‹丙县]}\n  - {name: 市乙局")),
    "unknown category": ("bad-value", UNITS.replace("category: 县区", "category: ‹县市")),
    "not a list": ("bad-value", "units: ‹市甲局"),
}  # fmt: skip
ADJUSTED = "adjustments: {fact: 月度统计, points: 条数, reason: 说明, attachment: 说明, number: 事项}"
IN_RULESET = {
    "unknown key": ("unknown-key", RULESET.replace("title:", "‹titel:") + "title: 好"),
    "no title": ("missing-key", RULESET.replace("title: 小规则集\n", "").replace("name:", "‹name:")),
    "year": ("bad-value", RULESET.replace("2023\ncat", "‹二〇二三\ncat").replace("year: 2023\n", "year: 2023\n")),
    "value without source": ("missing-key", RULESET.replace("权重: {2023-01: {value: 10, source: 附件4}}", "权重: {2023-01: ‹{value: 10}}")),
    "value from no month": ("bad-value", RULESET.replace("权重: {2023-01:", "权重: {‹2023-13:")),
    "no value": ("missing-key", RULESET.replace("权重: {2023-01: {value: 10, source: 附件4}}", "权重: ‹{review: 2023-12}")),
    "setting is a list": ("bad-value", RULESET.replace("周期: year", "周期: ‹[year]")),
    "band of two kinds": ("bad-value", RULESET.replace("to: 1}", "to: 1, ‹last: 1}")),
    "band that none can reach": (
        "bad-value",
        RULESET.replace("{grade: 不合格, last: 1}", "{grade: 良好, to: ‹1}"),
    ),
    "category without a letter": ("missing-key", RULESET.replace("category_letters: {部门: D, 县区: C}", "‹category_letters: {部门: D}")),
    "no band for the rest": ("bad-value", RULESET.replace("部门: [", "部门: ‹[").replace(", {grade: 合格}", "")),
    "annual of no kind": ("unknown-fact", RULESET + "annual: {fact: ‹测评, field: 得分}"),
    "annual of a month": ("bad-value", RULESET + "annual: {fact: ‹月度统计, field: 得分}"),
    "rate of no field": ("unknown-field", RULESET + "rates: {上报率: {fact: 月度统计, value: 实报数 / ‹应报}}"),
    "review in no number": ("bad-value", RULESET + "review: {within: ‹十天}"),
    "review by no setting": ("unknown-setting", RULESET + "review: {within: {setting: ‹权}}"),
    "review by no number": ("bad-value", RULESET + "review: {within: {setting: ‹周期}}"),
    "adjustments of no kind": ("unknown-fact", RULESET + ADJUSTED.replace("月度统计", "‹月统计")),
    "adjustments by month": ("bad-value", RULESET + ADJUSTED.replace("月度统计", "‹月度统计")),
    "adjustments of no field": ("unknown-field", RULESET + ADJUSTED.replace("月度统计", "事项应用").replace("条数", "‹件数")),
    "adjustments by words": ("bad-value", RULESET + ADJUSTED.replace("月度统计", "事项应用").replace("条数", "‹说明")),
    "adjustments that leave a field open": (
        "bad-value",
        RULESET + ADJUSTED.replace("月度统计", "事项应用").replace(" {", " ‹{"),
    ),
    "checks of an event": ("bad-value", RULESET + "checks: {fact: ‹事项应用, month_points: 条数, total_points: 条数}"),
    "checks of no field": ("unknown-field", RULESET + "checks: {fact: 占比, month_points: 本地, total_points: ‹本}"),
    "opening of no kind": ("unknown-fact", RULESET + "opening: {fact: ‹期初}"),
    "opening of an event": ("bad-value", RULESET + "opening: {fact: ‹事项应用}"),
    "digest in no kind": ("unknown-field", RULESET + "digest_field: ‹校验码"),
    "digest that is a number": ("bad-value", RULESET + "digest_field: ‹得分"),
    "letter of no category": ("bad-value", RULESET.replace("县区: C", "‹县: C")),
}  # fmt: skip
IN_RULES = {
    "unknown key": ("unknown-key", "units: all\nwhen: {fact: 事项应用}\n‹pionts: 5\npoints: 1"),
    "no points": ("missing-key", None),
    "unknown fact": ("unknown-fact", "units: all\nwhen: {fact: ‹事项使用}\npoints: 5"),
    "unknown field": ("unknown-field", "units: all\nwhen: {fact: 事项应用, where: {‹方法: 转发}}\npoints: 5"),
    "free field": ("unknown-field", "units: all\nwhen: {fact: 事项应用, where: {‹备注: 转发}}\npoints: 5"),
    "unknown unit": ("unknown-unit", "units: [市甲局, ‹市丁局]\nwhen: {fact: 事项应用}\npoints: 5"),
    "unknown group": ("unknown-group", "units: [市甲局, ‹双公事]\nwhen: {fact: 事项应用}\npoints: 5"),
    "units is one": ("bad-value", "units: ‹市甲局\nwhen: {fact: 事项应用}\npoints: 5"),
    "unknown setting": ("unknown-setting", "units: all\nwhen: {fact: 占比}\npoints: 5\nonce_per: {setting: ‹记次}"),
    "setting in a formula": ("unknown-setting", "units: all\nwhen: {none: 占比}\npoints: 5 * ‹权"),
    "field in a formula": ("unknown-field", "units: all\nwhen: {fact: 事项应用}\npoints: 5 * ‹件数"),
    "value of no list": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {方式: ‹转达}}\npoints: 5"),
    "value in a list": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {方式: [转发, ‹转达]}}\npoints: 5"),
    "value of a type": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {条数: {gt: ‹很多}}}\npoints: 5"),
    "empty value": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {说明: ‹''}}\npoints: 5"),
    "fields of two types": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {条数: {gt: {field: ‹事项}}}}\npoints: 5"),
    "order of texts": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {事项: {‹gt: 甲}}}\npoints: 5"),
    "unknown comparison": ("unknown-key", "units: all\nwhen: {fact: 事项应用, where: {条数: {‹gtt: 1}}}\npoints: 5"),
    "given what": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {说明: {given: ‹是}}}\npoints: 5"),
    "test by a setting": ("bad-value", "units: all\nwhen: {fact: 事项应用, where: {条数: {gt: {setting: ‹计次}}}}\npoints: 5"),
    "two facts": ("bad-value", "units: all\nwhen: [{fact: 占比}, {‹fact: 事项应用}]\npoints: 5"),
    "fact and its absence": ("bad-value", "units: all\nwhen: [{fact: 占比}, {none: ‹占比}]\npoints: 5"),
    "nothing to match": ("missing-key", "units: all\nwhen: ‹{where: {条数: 1}}\npoints: 5"),
    "formula": ("bad-formula", "units: all\nwhen: {fact: 事项应用}\npoints: 5 ‹× 条数"),
    "not a number": ("bad-formula", "units: all\nwhen: {fact: 事项应用}\npoints: 5 * ‹方式"),
    "setting not a number": ("bad-formula", "units: all\nwhen: {fact: 事项应用}\npoints: 5 * ‹计次"),
    "may be empty": ("bad-formula", "units: all\nwhen: {fact: 事项应用}\npoints: 5 * ‹补报数"),
    "say": ("bad-formula", "units: all\nwhen: {fact: 事项应用}\npoints: 5\nsay: \"报送 ‹{条数\""),
    "say names no field": ("unknown-field", "units: all\nwhen: {fact: 事项应用}\npoints: 5\nsay: \"报送 {‹件数}\""),
    "division": ("division", "units: all\nwhen: {fact: 月度统计}\npoints: ‹5 * 实报数 / 应报数"),
    "division by a difference": ("division", "units: all\nwhen: {fact: 月度统计, where: {实报数: {gt: 0}}}\npoints: ‹5 / (应报数 - 实报数)"),
    "cap of zero": ("bad-cap", "units: all\nwhen: {fact: 事项应用}\npoints: 5\ncap: {points: ‹0, per: year}"),
    "cap below zero": ("bad-cap", "units: all\nwhen: {fact: 事项应用}\npoints: -5\ncap: {points: ‹-20, per: year}"),
    "cap of a period": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 5\ncap: {points: 20, per: ‹week}"),
    "cap by a setting": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 5\ncap: {points: 20, per: {setting: ‹计次}}"),
    "cap without period": ("missing-key", "units: all\nwhen: {fact: 事项应用}\npoints: 5\ncap: ‹{points: 20}"),
    "table": ("incomplete-table", "units: all\nwhen: {fact: 事项应用}\npoints: {by: 方式, ‹table: {转发: 1}}"),
    "table key": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: {by: 方式, table: {转发: 1, 细化: 2, ‹转达: 1}}"),
    "table points": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: {by: 方式, table: {转发: 1, 细化: ‹两分}}"),
    "table of a text": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: {by: ‹事项, table: {转发: 1}}"),
    "times of no count": ("bad-value", "units: all\nwhen: {fact: 占比}\npoints: 1\ntimes: ‹本地"),
    "once per no field": ("unknown-field", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nonce_per: [事项, ‹事由]"),
    "once and best": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nonce_per: 事项\n‹best_of: 事项"),
    "best of an absence": ("unknown-field", "units: all\nwhen: {none: 事项应用}\npoints: 1\nbest_of: ‹事项"),
    "veto of no grade": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nveto: {grade: ‹不及格, at: year-end}"),
    "veto at no time": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nveto: {grade: 不合格, at: ‹month-end}"),
    "valid from no month": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nvalid: {from: ‹2023-1}"),
    "valid backwards": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nvalid: ‹{from: 2023-05, to: 2023-04}"),
    "valid in no month": ("dead-rule", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nvalid: ‹{from: 2022-01, to: 2022-12}"),
    "replaces a rule that holds": ("bad-value", "units: all\nwhen: {fact: 事项应用}\npoints: 1\nreplaces: ‹D01"),
    "no unit": ("dead-rule", "units: ‹[]\nwhen: {fact: 事项应用}\npoints: 1"),
    "contradiction": ("dead-rule", "units: all\nwhen: {fact: 事项应用, where: {‹条数: {gt: 5, lt: 6}}}\npoints: 1"),
    "against the check": ("dead-rule", "units: all\nwhen: {fact: 月度统计, where: {‹实报数: {gt: {field: 应报数}}}}\npoints: 1"),
    "never empty": ("dead-rule", "units: all\nwhen: {fact: 事项应用, where: {‹条数: {given: false}}}\npoints: 1"),
    "a ring of comparisons": ("dead-rule", "units: all\nwhen: {fact: 三数, where: {‹甲: {lt: {field: 乙}}, 乙: {lt: {field: 丙}}, 丙: {lt: {field: 甲}}}}\npoints: 1"),
    "two tests across a check": ("dead-rule", "units: all\nwhen: {fact: 月度统计, where: {‹实报数: {gt: 10}, 应报数: {lt: 5}}}\npoints: 1"),
    "beyond the type": ("dead-rule", "units: all\nwhen: {fact: 占比, where: {本地: {gt: 5}, ‹名次: {gt: 13}}}\npoints: 1"),
    "a month of another year": ("dead-rule", "units: all\nwhen: {fact: 事项应用, where: {‹月份: {ge: 2024-01}}}\npoints: 1"),
    "a unit out of scope": ("dead-rule", "units: [市甲局]\nwhen: {fact: 事项应用, where: {‹单位: 市乙局}}\npoints: 1"),
    "a kind of no month": ("dead-rule", "units: all\nwhen: {fact: ‹对照}\npoints: 1"),
    "division within a division": ("division", "units: all\nwhen: {fact: 月度统计, where: {实报数: {gt: 0}}}\npoints: ‹5 / (应报数 / 实报数 - 3)"),
    "division by settings": ("division", "units: all\nwhen: {none: 占比}\npoints: ‹5 / (权重 - 10)"),
    "months contradict": ("dead-rule", "units: all\nwhen: {fact: 事项应用, where: {‹月份: {gt: 2023-05, lt: 2023-05}}}\npoints: 1"),
}  # fmt: skip
IDS = {
    "used twice": ("duplicate-id", "id: ‹D01", "附件4 附表一 (一)"),
    "of another category": ("bad-id", "id: ‹C01", "附件4 附表一 (一)"),
    "of another clause": ("bad-id", "id: ‹D02", "附件4 附表一 (一)"),
    "of no form": ("bad-id", "id: ‹D1", "附件4 附表一 (一)"),
    "with an unknown clause": ("bad-value", "id: D02", "‹附件4 附表一 (二)"),
}
YAML = {
    "no yaml": "category: 部门\nrules: [\n‹",
    "key twice": "category: 部门\n‹category: 县区\nrules: []",
    "alias": "category: ‹&a 部门\nrules: *a",
    "tag": "category: ‹!!str 部门\nrules: []",
    "two documents": "category: 部门\nrules: []\n‹---\na: 1",
    "a list": "‹- 部门",
    "empty": "‹",
    "control character": "category: 部门\nrules: ‹\x01",
    "too deep": "a: " + "[" * 19 + "‹[" + "[" * 50_000,
    "list as a key": "category: 部门\n‹[a, b]: 1",
}


MORE_FACTS = """\
三数: {time: event, key: [单位, 月份], fields: {单位: unit, 月份: month, 甲: count, 乙: count, 丙: count}}
对照: {time: table, key: [单位], fields: {单位: unit, 行业: text}}
"""


def told(name: str, marked: str, code: str, **others: str) -> None:
    findings, place = found(name, marked, **others)
    errors = [finding for finding in findings if finding.level == "error"]
    assert [(f.code, f.place.file, f.place.line, f.place.column) for f in errors] == [(code, *place)], errors
    assert any("一" <= letter <= "鿿" for letter in errors[0].message)


@pytest.mark.parametrize("case", IN_FACTS)
def test_in_the_dictionary(case):
    told("facts", IN_FACTS[case][1], IN_FACTS[case][0])


@pytest.mark.parametrize("case", IN_UNITS)
def test_in_the_units(case):
    told("units", IN_UNITS[case][1], IN_UNITS[case][0])


@pytest.mark.parametrize("case", IN_RULESET)
def test_in_the_head(case):
    told("ruleset", IN_RULESET[case][1], IN_RULESET[case][0])


@pytest.mark.parametrize("case", [case for case in IN_RULES if IN_RULES[case][1]])
def test_in_a_rule(case):
    told("departments", rule(IN_RULES[case][1]), IN_RULES[case][0], facts=FACTS + MORE_FACTS)


OVERLAPS = {
    "the same again": "id: ‹D01c\n    units: all\n    when: {fact: 占比}\n    points: 5",
    "within another": "id: ‹D01c\n    units: [丙县, 市乙局]\n    when: {fact: 占比, where: {名次: {le: 3}}}\n    points: 权重 / 2",
    "by another way": "id: ‹D01c\n    units: [甲]\n    when: {fact: 占比}\n    points: {by: 名次, table: {%s}}" % ", ".join(f"{n}: 5" for n in range(1, 14)),
    "with an absence more": "id: ‹D01c\n    units: all\n    when: [{fact: 占比}, {none: 事项应用}]\n    points: 5",
}  # fmt: skip


@pytest.mark.parametrize("case", OVERLAPS)
def test_a_rule_that_gives_what_another_does_is_a_warning(case):
    head, _, body = OVERLAPS[case].partition("\n")
    findings, place = found("departments", rule(body.replace("\n    ", "\n"), head))
    assert [(f.code, f.level, f.place.line, f.place.column) for f in findings] == [("overlap", "warning", *place[1:])]
    assert "“D01b”（departments.yaml:9:9）" in findings[0].message and "的占比：" in findings[0].witness


@pytest.mark.parametrize(
    "body",
    [
        "units: all\nwhen: {fact: 占比}\npoints: 4",
        "units: all\nwhen: {fact: 占比}\npoints: 名次",
        "units: all\nwhen: {none: 占比}\npoints: 5",
        "units: all\nwhen: {fact: 占比}\npoints: 5\ntimes: 名次",
        "units: all\nwhen: {fact: 月度统计}\npoints: 5",
    ],
)
def test_a_rule_that_gives_something_else_is_not(body):
    assert found("departments", rule(body))[0] == []


def test_a_rule_without_points():
    told("departments", rule("units: all\nwhen: {fact: 占比}", head="‹id: D01c"), "missing-key")


@pytest.mark.parametrize("case", IDS)
def test_ids(case):
    code, head, clause = IDS[case]
    told("departments", rule("units: all\nwhen: {fact: 占比}\npoints: 1", head, clause), code)


@pytest.mark.parametrize("case", YAML)
def test_yaml_that_is_refused(case):
    told("departments", YAML[case], "yaml")


def test_a_file_that_is_too_large():
    told("departments", "‹category: " + "部" * 700_000, "yaml")


def test_a_table_of_rules_of_no_category():
    told("departments", RULE.replace("category: 部门", "category: ‹部们"), "bad-value")


def test_a_clause_without_a_rule_is_a_warning():
    findings, place = found("clauses", CLAUSES + "  - {id: ‹附件4 附表一 (二), section: 一, goal: 甲, asks: 无}\n")
    assert [(f.code, f.level, f.place.line, f.place.column) for f in findings] == [("uncovered-clause", "warning", *place[1:])]


def test_a_clause_may_say_why_it_has_no_rule():
    assert found("clauses", CLAUSES + "  - {id: 附件4 附表一 (二), section: 一, goal: 甲, asks: 无, no_points: 空白}\n")[0] == []


def test_an_opening_that_a_category_has_no_rule_for_is_an_error():
    findings, place = found("ruleset", RULESET + "opening: {fact: ‹占比}")
    errors = [(f.code, f.message, f.place.line, f.place.column) for f in findings if f.level == "error"]
    assert errors == [("bad-value", "没有县区规则读“占比”，不会计分", *place[1:])]


def test_a_kind_that_nothing_reads_is_a_warning():
    findings, place = found("facts", FACTS + "‹闲置: {time: event, key: [单位, 月份], fields: {单位: unit, 月份: month}}\n")
    assert [(f.code, f.level, f.place.line, f.place.column) for f in findings] == [("unused-fact", "warning", *place[1:])]


def test_a_rule_of_an_absence_alone_is_told_that_it_has_no_fact_to_read():
    for body in ("points: 名次", "points: 1\ntimes: 名次", "points: {by: 名次, table: {1: 1}}", "points: 1\nsay: \"{名次}\""):
        (finding,) = found("departments", rule("units: all\nwhen: {none: 占比}\n" + body))[0]
        assert "没有事实可读" in finding.hint, body


@pytest.mark.parametrize(
    "points",
    [
        "5 * ‹条目",
        "'5 * ‹条目'",
        '"5 * ‹条目 + 条目甲"',
        '‹"5 * \\u6761目"',  # what is written by escapes has no letters to point at
        "‹>-\n      5 *\n      条目",
        "'5 *‹'",
    ],
)
def test_what_is_wrong_in_a_formula_is_told_at_its_letter_where_the_line_holds_it(points):
    findings, place = found("departments", rule(f"units: all\nwhen: {{fact: 事项应用}}\npoints: {points}"))
    assert (findings[0].place.file, findings[0].place.line, findings[0].place.column) == place


def test_what_is_wrong_in_a_check_of_the_dictionary_is_told_at_its_side():
    checks = FACTS.replace("[实报数 <= 应报数]", "[得分 >= 0, 实报数 <= ‹应报]")
    findings, place = found("facts", checks)
    assert [(one.place.line, one.place.column) for one in findings] == [place[1:]]


@pytest.mark.parametrize(
    "body",
    [
        "units: [市甲局, 市乙局, ‹市甲局]\nwhen: {fact: 事项应用}\npoints: 2",
        "units: all\nwhen: {fact: 事项应用, where: {方式: [转发, ‹转发]}}\npoints: 2",
        "units: all\nwhen: {fact: 占比, where: {本地: [1, 2, ‹1.0]}}\npoints: 2",
    ],
)
def test_what_a_list_says_twice_is_told_where_it_says_it_again(body):
    findings, place = found("departments", rule(body))
    assert [(f.code, f.place.line, f.place.column) for f in findings] == [("bad-value", *place[1:])]
