"""A ruleset that changes in mid-year: every month is scored by what was valid in it."""

from __future__ import annotations

from tests.scoring.test_units import HEAD, PLAIN, applied, counted, points_of, small

HEAD_TWO = HEAD.replace(
    "{合并: mean}", "{合并: mean, 分值: {2023-01: {value: 2, source: 甲}, 2023-07: {value: 3, source: 乙}}}"
)
RULES = """\
category: 部门
rules:
  - {id: D01, title: 应用, clause: 附件4 (一), units: all, when: {fact: 事项应用}, points: 分值}
  - {id: D02, title: 统计, clause: 附件4 (二), units: all, when: {fact: 月度统计}, points: 得分, valid: {to: 2023-06}}
  - {id: D02b, title: 统计, clause: 附件4 (二), units: [甲局], when: {fact: 月度统计}, points: 得分 / 2, valid: {from: 2023-07}, replaces: D02}
"""


def test_a_setting_with_two_values_gives_each_month_its_own():
    months = points_of(small(PLAIN, HEAD_TWO, RULES), [applied("甲局", "2023-06"), applied("甲局", "2023-07", "二")])
    assert (months["2023-06"]["甲局"], months["2023-07"]["甲局"]) == (200, 300)


def test_a_rule_and_the_one_that_replaces_it_each_score_their_own_months():
    rows = [counted(unit, month, "5") for unit in ("甲局", "乙局") for month in ("2023-06", "2023-07")]
    months = points_of(small(PLAIN, HEAD_TWO, RULES), rows)
    assert (months["2023-06"]["甲局"], months["2023-06"]["乙局"]) == (500, 500)
    assert (months["2023-07"]["甲局"], months["2023-07"]["乙局"]) == (250, 0)
