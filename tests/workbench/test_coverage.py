"""Coverage counts what a passing test has shown of the rules that bind its unit, and nothing else."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from engine.dsl import model
from engine.workbench.testing.coverage import Point, Sort, coverage, points_of, points_of_figures
from engine.workbench.testing.rule_tests import read_cases
from engine.workbench.testing.running import covered, run_cases
from tests.conftest import SHIPPED


def seen(ruleset, tmp_path, *cases: str):
    """What these cases of one line each show."""
    (tmp_path / "tests").mkdir(exist_ok=True)
    lines = (f"- {{name: 第{place}例, {one}}}\n" for place, one in enumerate(cases))
    (tmp_path / "tests/a.yaml").write_text("".join(lines), encoding="utf-8")
    read = read_cases(tmp_path, ruleset)
    return covered(ruleset, read, run_cases(ruleset, read, 1))


def points(found, id_: str) -> dict[Point, int]:
    return next(one.points for one in found.rules if one.rule.id == id_)


def objections(*told: str) -> str:
    return f"facts: {{双公示异议: [{', '.join(f'{{编号: {place}, 及时处理: {one}}}' for place, one in enumerate(told))}]}}"


def test_the_shipped_tests_cover_the_shipped_ruleset(ruleset):
    cases = read_cases(SHIPPED, ruleset)
    outcomes = run_cases(ruleset, cases, 1)
    found = covered(ruleset, cases, outcomes)
    assert not any(one.differences for one in outcomes)
    assert {one.rule.id: one.missing for one in found.rules if one.missing} == {}
    assert [point for one in found.figures for point, times in one.points.items() if not times] == []
    assert [one.task.no for one in found.tasks if not one.judged] == []
    assert [one.clause.id for one in found.clauses if not one.covered] == []
    assert found.overall.hundredths == 10_000


def test_each_way_of_a_test_is_seen_by_a_fact_of_its_own(ruleset, tmp_path):
    met, unmet = Point("D04", Sort.MET), Point("D04", Sort.UNMET)
    one = points(seen(ruleset, tmp_path, f"unit: 市教育局, month: 2023-04, {objections('否', '否')}, expect: {{D04: -6}}"), "D04")
    assert one == {Point("D04", Sort.FIRED): 2, met: 2, unmet: 0}
    other = points(seen(ruleset, tmp_path, f"unit: 市教育局, month: 2023-04, {objections('是')}, expect: {{}}"), "D04")
    assert other == {Point("D04", Sort.FIRED): 0, met: 0, unmet: 1}


@pytest.mark.parametrize(
    "case",
    [
        f"unit: 市教育局, month: 2023-04, {objections('否')}, expect: {{D04: -5}}",  # fails
        f"unit: 潞州区, month: 2023-04, {objections('否')}, expect: {{C04: -3}}",  # another category
        f"unit: 市教育局, month: 2023-04, {objections('否')}, expect: {{}}, ignore: [D04]",
        f"unit: 市教育局, month: 2023-04, {objections('否')}, expect: {{2023-05: {{}}}}",  # a month that is not judged
        f"unit: 市教育局, month: 2023-04, {objections('否')}, tasks: {{6: 不达标}}",  # judges no points
    ],
)
def test_what_no_passing_test_asserts_is_not_seen(ruleset, tmp_path, case):
    assert set(points(seen(ruleset, tmp_path, case), "D04").values()) == {0}


def test_a_rule_that_does_not_bind_the_unit_is_not_seen(ruleset, tmp_path):
    facts = "facts: {守信主体占比: [{指标: 纳税信用A级, 本地占比: 9, 全国占比: 8}]}"
    assert set(points(seen(ruleset, tmp_path, f"unit: 市教育局, month: 2023-04, {facts}, expect: {{}}"), "D23").values()) == {0}


def test_an_absence_is_seen_only_where_all_else_of_its_rule_held(ruleset, tmp_path):
    absent, present = Point("D03c", Sort.ABSENT, 1), Point("D03c", Sort.PRESENT, 1)
    due = "双公示统计: [{应报数: %s, 实报数: 0, 及时数: 0, 合规数: 0}]"
    mark = "双公示评分: [{得分: 9}]"

    def ways(facts: str, expect: str) -> tuple[int, int]:
        found = points(seen(ruleset, tmp_path, f"unit: 市城管局, month: 2023-04, facts: {{{facts}}}, expect: {{{expect}}}"), "D03c")
        return found[absent], found[present]

    assert ways(due % 0, "D03c: 30") == (1, 0)
    assert ways(f"{due % 0}, {mark}", "D03a: 9") == (0, 1)
    assert ways(f"{due % 5}, {mark}", "D03a: 9") == (0, 0)


def test_rows_of_a_table_and_values_of_a_list_are_seen_one_by_one(ruleset, tmp_path):
    pattern = model.Pattern("顶层文件落实", (model.Test("方式", "in", ("转发", "细化")),))
    rules = tuple(replace(one, fact=pattern) if one.id == "D01" else one for one in ruleset.rules)
    listed = replace(ruleset, rules=rules)
    facts = "facts: {顶层文件落实: [{文件: 1, 方式: 细化}, {文件: 2, 方式: 细化并落实}]}"
    found = points(seen(listed, tmp_path, f"unit: 市教育局, month: 2023-04, {facts}, expect: {{D01: 2}}"), "D01")
    assert {point.which: times for point, times in found.items() if point.sort is Sort.VALUE} == {"0": 0, "1": 1}
    assert {point.which: times for point, times in found.items() if point.sort is Sort.ROW} == {
        "转发": 0, "转发并落实": 0, "细化": 1, "细化并落实": 0,
    }  # fmt: skip
    assert found[Point("D01", Sort.UNMET)] == 1


@pytest.mark.parametrize("april, may, reached", [(15, 4, 0), (15, 5, 1), (15, 6, 1), (20, 0, 1)])
def test_a_cap_is_reached_where_nothing_more_would_count(ruleset, tmp_path, april, may, reached):
    facts = f"facts: {{信用修复: [{{条数: {april}, 月份: 2023-04}}, {{条数: {may}}}]}}"
    case = f"unit: 市教育局, month: 2023-05, {facts}, expect: {{D17: {min(may, 20 - april)}}}"
    assert points(seen(ruleset, tmp_path, case), "D17")[Point("D17", Sort.LIMIT, which="cap")] == reached


@pytest.mark.parametrize(
    "rest, times",
    [("expect: {D03b: 10}", 1), ("expect: {}, ignore: [D03a, D03b, D03c]", 0), ("expect: {2023-05: {}}", 0), ("expect: {}", 0)],
)
def test_each_way_of_a_figure_is_seen_by_a_record_of_a_judged_month(ruleset, tmp_path, rest, times):
    record = "文号: 1, 类型: 行政许可, 相对人: 甲, 决定日期: 2023-04-03, 上报日期: 2023-05-13, 合规: 否"
    found = seen(ruleset, tmp_path, f"unit: 市教育局, month: 2023-04, facts: {{双公示记录: [{{{record}}}]}}, {rest}")
    (figures,) = found.figures
    shown = {("应报数", Sort.MET), ("实报数", Sort.MET), ("及时数", Sort.UNMET), ("合规数", Sort.UNMET)}
    assert {(point.which, point.sort) for point, count in figures.points.items() if count} == (shown if times else set())
    assert found.shares["figures"].of == 7


def test_a_clause_is_covered_by_what_was_seen_of_it_or_by_a_reason(ruleset, tmp_path):
    found = seen(ruleset, tmp_path, f"unit: 市教育局, month: 2023-04, {objections('否')}, expect: {{D04: -3}}, tasks: {{6: 不达标}}")
    by = {one.clause.id: one for one in found.clauses}
    assert by["附件4 附表一 (四)"].by == ("D04",) and not by["附件4 附表一 (五)"].covered
    assert all(one.covered for one in found.clauses if one.clause.no_points)
    assert {one.task.no: dict(one.statuses) for one in found.tasks if one.judged} == {6: {"已完成": 0, "不达标": 1}}


def test_all_but_one_is_not_a_hundred_per_cent(ruleset):
    every = Counter({point: 1 for rule in ruleset.rules for point in points_of(rule)})
    every.update(point for one in ruleset.derivations for point in points_of_figures(one))
    every.update(Point(str(one.no), Sort.STATUS, which="已完成") for one in ruleset.obligations)
    assert coverage(ruleset, {}, every).overall.hundredths == 10_000
    del every[Point("D01", Sort.ROW, which="转发")]
    assert 9_900 < coverage(ruleset, {}, every).overall.hundredths < 10_000


def test_a_floor_that_is_not_met_fails_and_the_table_says_what_is_lacking(jifen, workspace, tmp_path):
    assert jifen("-w", workspace, "rules", "test", "--fail-under", "100").status == 0
    (workspace / "rulesets/changzhi-2023/tests/departments-own.yaml").unlink()
    page = tmp_path / "coverage.html"
    told = jifen("-w", workspace, "rules", "test", "--fail-under", "99.99", "--html", page)
    assert told.status == 1 and re.search(r"错误：覆盖率 9\d\.\d\d%，低于要求的 99\.99%", told.err)
    assert re.search(r"D00 +人工调整 +0 +0 .*未触发", told.out) and "D27a" not in told.out
    whole = jifen("-w", workspace, "rules", "test", "--coverage").out
    assert whole.index("D00 ") < whole.index("D27a ") < whole.index("C27a ")
    written = page.read_text(encoding="utf-8")
    assert written.index("人工调整") < written.index("顶层设计文件转发、细化与落实")
    assert not re.search(r"(src|href)=\"(?!#)", written)


def test_the_json_holds_the_coverage(jifen, workspace):
    told = json.loads(jifen("-w", workspace, "rules", "test", "--json", "--run", "D23").out)["coverage"]
    assert told["shares"]["rules"]["of"] == 89 and told["shares"]["rules"]["covered"] < 10
    (rule,) = [one for one in told["rules"] if one["rule"] == "D23"]
    assert rule["fired"] and {"text": "本地占比大于全国占比", "sort": "条件"}.items() <= rule["branches"][0].items()
