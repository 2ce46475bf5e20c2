"""The whole check of a ruleset's folder: its files, its tests, what is due for review, and what rules allow.

Loading a ruleset finds what stands in the way of scoring; what takes longer, or hangs on the day, is looked for here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.dsl.allowing import parted, unused
from engine.dsl.codes import codes
from engine.dsl.findings import Finding, with_lines
from engine.dsl.loader import load_ruleset, scan_folder, scan_tests
from engine.dsl.model import Ruleset
from engine.dsl.overlaps import overlaps
from engine.dsl.settings import due_reviews
from engine.workbench.catalogue.scheme import setting_readers
from engine.workbench.testing.rule_tests import Case, checked_cases, misshapen_cases, untested


@dataclass(frozen=True)
class Checked:
    """What was found; `allowed` are the warnings that rules say not to tell, `ruleset` is None where a file has an error."""

    ruleset: Ruleset | None
    findings: list[Finding]
    allowed: list[Finding]

    @property
    def errors(self) -> int:
        return sum(finding.level == "error" for finding in self.findings)


def checked(folder: Path, month: str) -> Checked:
    """Everything that can be found in a ruleset's folder in a month, YYYY-MM; raises InputError where there is no such folder."""
    files, unread = scan_folder(folder)
    tests, unread_tests = scan_tests(folder)
    ruleset, findings = load_ruleset(files, unread)
    if ruleset is None:
        return Checked(None, _sorted([*findings, *unread_tests, *misshapen_cases(tests)]), [])
    cases, wrong = checked_cases(tests, ruleset)
    wrong += unread_tests
    found, sought = [*due_reviews(ruleset.settings.values(), month), *doubtful(ruleset)], set(codes())
    if wrong:
        sought.discard("untested-rule")  # which rules the faulty tests are of is not known
    else:
        found += _without_test(ruleset, cases)
    told, left = parted(found, ruleset.rules)
    allowed = [*ruleset.allowed, *left]
    told += unused(ruleset.rules, allowed, sought)
    return Checked(ruleset, _sorted([*findings, *wrong, *with_lines(told, files)]), allowed)


def doubtful(ruleset: Ruleset) -> list[Finding]:
    """What loading a ruleset does not look for: rules that score the same twice, settings that nothing reads."""
    return [*overlaps(ruleset), *_without_reader(ruleset)]


def _without_reader(ruleset: Ruleset) -> list[Finding]:
    hint = "删去它，或用在规则、任务、督办函等处"
    return [
        Finding(ruleset.settings[name].place, "unused-setting", f"没有什么读设置“{name}”", hint, "warning")
        for name, readers in setting_readers(ruleset).items()
        if not readers
    ]


def loaded(files: Mapping[str, str]) -> tuple[Ruleset | None, list[Finding]]:
    """A ruleset with all that its files alone give to find, but for what its rules allow; None where there is an error."""
    ruleset, findings = load_ruleset(files)
    if ruleset is None:
        return None, findings
    told, _ = parted(doubtful(ruleset), ruleset.rules)
    return ruleset, _sorted([*findings, *with_lines(told, files)])


def _without_test(ruleset: Ruleset, cases: list[Case]) -> list[Finding]:
    missing = set(untested(ruleset, cases))
    hint = "在 tests/ 里写一个例子，expect 里写上它的积分"
    return [
        Finding(rule.place, "untested-rule", f"规则 {rule.id} 没有测试", hint, "warning")
        for rule in ruleset.rules
        if rule.id in missing
    ]


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.place)
