"""Coverage in words: the lines of the table, of the page and of the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.dsl.model import Pattern, Rule, Ruleset
from engine.notices.coverage_context import BranchLine, ClauseLine, CoveragePage, FigureLine, RuleLine, ShareLine, TaskLine
from engine.notices.tasks import pattern_words, test_words
from engine.scoring.award import BEST, CAP, ONCE
from engine.scoring.points import decimal
from engine.workbench.testing.coverage import ClauseSeen, Coverage, FiguresSeen, Point, RuleSeen, Share, Sort

CONDITION, WORTH, LIMIT = "条件", "分值", "上限"
_SHARES = {"rules": "规则", "branches": "条件分支", "limits": "上限与计次", "figures": "汇总", "tasks": "任务", "clauses": "条款"}
_LIMITS = {ONCE: "重复的只计一次", BEST: "只取最好的一次", CAP: "达到上限"}


def coverage_page(ruleset: Ruleset, coverage: Coverage, passed: int, failed: int) -> CoveragePage:
    rules = [_rule_line(ruleset, one) for one in coverage.rules]
    tasks = [TaskLine(one.task.no, one.task.title, tuple(one.statuses.items())) for one in coverage.tasks]
    clauses = [ClauseLine(one.clause.id, one.clause.goal, _clause_by(one)) for one in coverage.clauses]
    return CoveragePage(
        scheme=ruleset.title,
        ruleset=ruleset.name,
        passed=passed,
        failed=failed,
        overall=_share_line("总计", coverage.overall),
        shares=tuple(_share_line(_SHARES[sort], share) for sort, share in coverage.shares.items()),
        rules=tuple(sorted(rules, key=lambda one: not one.missing)),
        figures=tuple(map(_figure_line, coverage.figures)),
        tasks=tuple(sorted(tasks, key=lambda one: one.judged)),
        clauses=tuple(sorted(clauses, key=lambda one: bool(one.by))),
    )


def coverage_json(coverage: Coverage, page: CoveragePage) -> dict[str, Any]:
    """The same for programs; percentages as texts with two decimals, rounded down."""
    return {
        "percent": decimal(coverage.overall.hundredths),
        "shares": {
            sort: {"covered": share.covered, "of": share.of, "percent": decimal(share.hundredths)}
            for sort, share in coverage.shares.items()
        },
        "rules": [
            {
                "rule": one.rule, "title": one.title, "place": one.place, "tests": one.tests, "fired": one.fired,
                "branches": [_branch_json(each) for each in one.branches], "missing": list(one.missing),
            }
            for one in page.rules
        ],
        "figures": [
            {
                "kind": one.kind, "from": one.source, "place": one.place,
                "branches": [_branch_json(each) for each in one.branches], "missing": list(one.missing),
            }
            for one in page.figures
        ],
        "tasks": [{"task": one.no, "title": one.title, "statuses": dict(one.statuses)} for one in page.tasks],
        "clauses": [
            {"clause": one.clause.id, "covered": one.covered, "by": list(one.by), "no_points": one.clause.no_points}
            for one in coverage.clauses
        ],
    }  # fmt: skip


def _branch_json(one: BranchLine) -> dict[str, Any]:
    return {"text": one.text, "sort": one.sort, "yes": one.yes} | ({} if one.no is None else {"no": one.no})


def _share_line(name: str, share: Share) -> ShareLine:
    return ShareLine(name, share.covered, share.of, f"{decimal(share.hundredths)}%")


def _clause_by(one: ClauseSeen) -> str:
    return "、".join(one.by) or one.clause.no_points


def _rule_line(ruleset: Ruleset, one: RuleSeen) -> RuleLine:
    rule = _settled(ruleset, one.rule)
    return RuleLine(rule.id, rule.title, str(rule.place), one.tests, one.fired, tuple(_branches(rule, one)))


def _figure_line(one: FiguresSeen) -> FigureLine:
    derivation, times = one.derivation, one.points
    met = (Point(derivation.makes, Sort.MET, which=count.field) for count in derivation.counts)
    branches = (BranchLine(f"计入{point.which}", times[point], times.get(point._replace(sort=Sort.UNMET)), CONDITION) for point in met)
    return FigureLine(derivation.makes, derivation.source, str(derivation.place), tuple(branches))


def _settled(ruleset: Ruleset, rule: Rule) -> Rule:
    """A rule as it stands in the last of the year's months in which it is in force, for people to read."""
    months = [month for month in ruleset.months if rule.valid_from <= month <= rule.valid_to]
    return next((one for one in ruleset.in_force(months[-1]) if one.id == rule.id), rule) if months else rule


def _branches(rule: Rule, one: RuleSeen) -> Iterator[BranchLine]:
    times = one.points
    for point in times:
        match point.sort:
            case Sort.MET:
                yield BranchLine(_test_text(rule, point), times[point], times[point._replace(sort=Sort.UNMET)], CONDITION)
            case Sort.VALUE:
                yield BranchLine(_test_text(rule, point), times[point], None, CONDITION)
            case Sort.UNMET if point._replace(sort=Sort.MET) not in times:
                yield BranchLine(f"不符合{_test_text(rule, point)}", times[point], None, CONDITION)
            case Sort.ABSENT:
                text = f"当月没有{pattern_words(_pattern(rule, point))}"
                yield BranchLine(text, times[point], times[point._replace(sort=Sort.PRESENT)], CONDITION)
            case Sort.ROW:
                yield BranchLine(f"{rule.points.field}为{point.which}", times[point], None, WORTH)
            case Sort.LIMIT:
                yield BranchLine(_LIMITS[point.which], times[point], None, LIMIT)


def _pattern(rule: Rule, point: Point) -> Pattern:
    return (rule.fact, *rule.nones)[point.pattern]


def _test_text(rule: Rule, point: Point) -> str:
    pattern = _pattern(rule, point)
    test = pattern.tests[point.test]
    if point.sort is Sort.VALUE:
        return f"{test.field}为{test.value[int(point.which)]}"
    # Tests of an absence are of another kind of fact than the rule's own.
    return f"“{pattern.kind}”{test_words(test)}" if point.pattern else test_words(test)
