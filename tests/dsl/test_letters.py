"""`letters` of a ruleset: each part may be a number or a setting, and a mistake is told at its place."""

from __future__ import annotations

import pytest

from engine.dsl.letters import LetterRule, letter_rule
from engine.dsl.loader import ruleset_of
from tests.dsl.conftest import RULESET, files, found

HEAD = RULESET.replace(
    "  周期: year\n", "  周期: year\n  期限: {2023-01: {value: 5, source: 甲}, 2023-06: {value: 8, source: 乙}}\n  词: {2023-01: {value: 甲, source: 甲}}\n"
)
WRONG = {
    "no days": ("bad-value", "letters: {answer_within: ‹一周}"),
    "no days to fall due in": ("bad-value", "letters: {due_within: ‹近期}"),
    "a setting that is no number": ("bad-value", "letters: {answer_within: {setting: ‹词}}"),
    "an unknown setting": ("unknown-setting", "letters: {answer_within: {setting: ‹限期}}"),
    "none at all": ("bad-value", "letters: {escalate_to: 市政府, escalate_after: ‹0}"),
    "to nobody": ("missing-key", "letters: ‹{escalate_after: 3}"),
    "never": ("missing-key", "letters: ‹{escalate_to: 市政府}"),
    "an unknown key": ("unknown-key", "letters: {‹prefix: 督}"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_at_its_place(case):
    code, text = WRONG[case]
    findings, place = found("ruleset", HEAD + text)
    errors = [one for one in findings if one.level == "error"]
    assert [(one.code, (one.place.file, one.place.line, one.place.column)) for one in errors] == [(code, place)], errors


def test_a_setting_counts_as_it_holds_in_the_month():
    text = "letters: {number_prefix: 督〔2023〕, answer_within: {setting: 期限}, escalate_after: 2, escalate_to: 市政府, due_within: 9}\n"
    ruleset = ruleset_of(files(ruleset=HEAD + text))
    assert letter_rule(ruleset, "2023-05") == LetterRule("督〔2023〕", 5, 2, "市政府", 9)
    assert letter_rule(ruleset, "2023-06").answer_within == 8


def test_a_ruleset_that_tells_nothing_sets_no_term():
    assert letter_rule(ruleset_of(files()), "2023-05") == LetterRule()
