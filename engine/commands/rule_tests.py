"""`rules test`: runs the rule tests, tells every difference and its why, and what the tests have seen of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.commands.talk import printable, progress, say, say_json, table, undone, warn
from engine.dsl.nearest import did_you_mean
from engine.errors import InputError
from engine.files import replaced
from engine.scoring.points import decimal
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.notices.coverage_context import CoveragePage, ShareLine
    from engine.workbench.testing.rule_tests import Case
    from engine.workbench.testing.running import Outcome


@undone("没有运行规则测试")
def test_rules(
    folder: Path, pattern: str | None, whole: bool, floor: Fraction | None,
    html: Path | None, junit_file: Path | None, jobs: int | None, as_json: bool,
) -> None:  # fmt: skip
    from engine.workbench.testing.coverage_page import coverage_json, coverage_page
    from engine.workbench.testing.rule_tests import read_cases, untested
    from engine.workbench.testing.running import covered, run_cases

    if pattern is not None and floor is not None:
        raise typer.BadParameter("--run 只运行一部分测试，不能与 --fail-under 同用")
    workspace = Workspace.open(folder)
    ruleset = workspace.ruleset
    cases = read_cases(workspace.ruleset_folder, ruleset)
    if not cases:
        raise InputError(f"规则集 {ruleset.name} 没有测试", f"在 {workspace.ruleset_folder / 'tests'} 中写，如 tests/rules.yaml")
    run = cases if pattern is None else _chosen(cases, pattern)
    with progress("规则测试") as advance:
        outcomes = run_cases(ruleset, run, jobs, advance)
    failed = [(case, one) for case, one in zip(run, outcomes, strict=True) if one.differences]
    coverage = covered(ruleset, run, outcomes)
    page = coverage_page(ruleset, coverage, len(run) - len(failed), len(failed))
    missing = untested(ruleset, cases)
    if junit_file is not None:
        from engine.workbench.testing.junit import junit

        _write(junit_file, junit(ruleset.name, run, outcomes))
    if html is not None:
        from engine.notices.render import page_bytes

        _write(html, page_bytes(workspace.templates, "coverage.html.j2", page))
    if as_json:
        say_json({
            "passed": page.passed, "failed": [_as_json(*one) for one in failed], "untested": missing,
            "coverage": coverage_json(coverage, page),
        })  # fmt: skip
    else:
        for one in failed:
            _tell(*one)
        if whole or pattern is None:
            _tell_coverage(page, whole)
        chosen = "" if pattern is None else f"（选了 {len(run)} 个，共 {len(cases)} 个）"
        say(f"规则测试：通过 {page.passed}，未通过 {page.failed}{chosen}；没有测试的规则：{'、'.join(missing) or '无'}")
    low = floor is not None and Fraction(coverage.overall.hundredths, 100) < floor
    if low:
        warn(f"错误：覆盖率 {page.overall.percent}，低于要求的 {decimal(int(floor * 100))}%")
    if failed or low:
        raise typer.Exit(1)


def _chosen(cases: Sequence[Case], pattern: str) -> list[Case]:
    """The tests whose name, file, rule or obligation has the pattern in it, as a plain text or as a regular expression."""
    try:
        searched = re.compile(pattern, re.IGNORECASE)
    except re.error:
        searched = re.compile(re.escape(pattern), re.IGNORECASE)
    chosen = [case for case in cases if any(pattern in word or searched.search(word) for word in _words(case))]
    if not chosen:
        known = dict.fromkeys(word for case in cases for word in _words(case))
        raise InputError(f"没有与“{pattern}”相符的测试", did_you_mean(pattern, known) or "写测试名称、文件名或规则编号的一部分")
    return chosen


def _words(case: Case) -> Iterable[str]:
    yield case.name
    yield case.place.file
    yield from dict.fromkeys(rule for expected in case.expect.values() for rule in expected)
    yield from dict.fromkeys(f"任务 {task}" for expected in case.tasks.values() for task in expected)


def _as_json(case: Case, outcome: Outcome) -> dict[str, object]:
    return {
        "file": case.place.file, "line": case.place.line, "name": case.name,
        "faults": [one.line for one in outcome.differences],
        "differences": [
            {
                "month": one.month, "rule": one.what, "title": one.title,
                "expected": one.expected, "got": one.got, "why": list(one.why),
            }
            for one in outcome.differences
        ],
    }  # fmt: skip


def _tell(case: Case, outcome: Outcome) -> None:
    warn(f"{case.place}: 未通过 {printable(case.name)}")
    for one in outcome.differences:
        warn(f"    {one.line}  {one.title}")
        for why in one.why:
            warn(f"        {printable(why)}")


def _tell_coverage(page: CoveragePage, whole: bool) -> None:
    """Rules, figures, obligations and clauses that lack something; of rules and figures the others too where the whole is asked for."""
    from engine.workbench.testing.coverage_page import CONDITION, LIMIT, WORTH

    rows = [
        (
            one.rule, one.title, str(one.tests), str(one.fired),
            one.share(CONDITION, WORTH), one.share(LIMIT), "；".join(one.missing),
        )
        for one in page.rules
        if whole or one.missing
    ]
    rows += [
        ("汇总", f"由{one.source}汇总{one.kind}", "", "", one.share, "", "；".join(one.missing))
        for one in page.figures
        if whole or one.missing
    ]
    rows += [(f"任务 {one.no}", one.title, "0", "", "", "", "没有测试") for one in page.tasks if not one.judged]
    rows += [(one.clause, one.goal, "", "", "", "", "没有规则触发") for one in page.clauses if not one.by]
    if rows:
        table(("规则", "标题", "测试", "触发", "条件", "上限", "还缺"), rows, ("测试", "触发", "条件", "上限"))
    say(f"覆盖：{'，'.join(map(_share_words, page.shares))}；{_share_words(page.overall)}")


def _share_words(one: ShareLine) -> str:
    return f"{one.name} {one.covered}/{one.of}（{one.percent}）"


def _write(path: Path, content: bytes) -> None:
    with replaced(path) as fresh:
        fresh.write_bytes(content)
