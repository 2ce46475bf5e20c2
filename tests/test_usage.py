"""Wrong usage leaves with 2 and one Chinese line; the help is Chinese."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("run", "缺少 MONTH"),
        ("run 2023-1", "MONTH：“2023-1”不是月份，应写作 2023-04"),
        ("run 2023-01 --dry-rum", "没有选项 --dry-rum"),
        ("run 2023-01 --from", "选项 --from 后面要写一个值"),
        ("correct 2023-01", "缺少 --reason"),
        ("correct 2023-01 --reason 甲 --review 甲", "--review 的值不对"),
        ("review decide 0 --uphold --reason 甲", "N 的值不对"),
        ("review decide 1 --reason 甲", "--uphold / --change：用 --uphold 维持"),
        ("verify 甲", "多余的参数：甲"),
        ("verifi", "没有命令 verifi"),
        ("review 甲", "没有命令 甲"),
        ("close 2023-01 --date 2023-02-30", "--date：“2023-02-30”不是日期，应写作 2023-05-08"),
    ],
)
def test_wrong_usage_is_told_in_chinese(jifen, line, said):
    outcome = jifen(*line.split())
    assert (outcome.status, outcome.out) == (2, "")
    what, hint = outcome.err.splitlines()
    assert what.startswith(f"错误：{said}") and hint.startswith("提示：") and "jifen" in hint
    assert not {"Usage", "Error", "Missing", "Invalid", "Input"} & {*outcome.err.replace("：", " ").split()}


def test_a_near_word_is_offered(jifen):
    assert "--dry-run" in jifen("run", "2023-01", "--dry-rum").err
    assert "verify" in jifen("verifi").err.splitlines()[1]


@pytest.mark.parametrize("line", ["", "-h", "run -h", "review", "correct --help"])
def test_the_help_has_chinese_headings(jifen, line):
    outcome = jifen(*line.split())
    assert outcome.status in (0, 2) and "选项" in outcome.out
    assert not [word for word in ("Options", "Arguments", "Commands", "required", "env var", "Error") if word in outcome.out]
