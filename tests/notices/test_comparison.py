"""Why a month differs from the last, what ends a loss, and the year's pages: read from the pages, held against the ledger."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.notices.comparison import changes
from tests.annual import quietly
from tests.notices.example import BUREAUS, april
from tests.notices.reading import Reader, hundredths

UNIT, ENDED = "沁源县", "壶关县"
FACTS = {
    "严重失信主体": [
        {"单位": UNIT, "主体": "某镇政府", "起始月份": "2023-02", "终止月份": ""},
        {"单位": ENDED, "主体": "某公司", "起始月份": "2023-01", "终止月份": "2023-02"},
    ],
    "失信惩戒案例": [
        *({"单位": UNIT, "月份": "2023-01", "编号": f"甲{number}"} for number in range(9)),
        *({"单位": UNIT, "月份": "2023-02", "编号": f"乙{number}"} for number in range(3)),
    ],
    "信用修复": [
        {"单位": UNIT, "月份": "2023-01", "条数": 4},
        {"单位": UNIT, "月份": "2023-02", "条数": 1},
        {"单位": ENDED, "月份": "2023-02", "条数": 2},
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("compared")
    (root / "in").mkdir()
    for kind, rows in FACTS.items():
        with open(root / "in" / f"{kind}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    quietly("init", root / "w")
    quietly("-w", root / "w", "run", "2023-01", "--from", root / "in")
    quietly("-w", root / "w", "close", "2023-01", "--date", "2023-02-03")
    quietly("-w", root / "w", "run", "2023-02")
    return root / "w"


def page(folder, name: str) -> Reader:
    return Reader((folder / "notices" / name).read_text(encoding="utf-8"))


def written(text: str) -> int:
    return hundredths(text.replace("-", "−"))


def shown(text: str) -> int:
    return hundredths(text) if text[-1].isdigit() else 0


def test_the_differences_add_up_for_every_unit(jifen, folder):
    months = [jifen("-w", folder, "standings", month, "--json").json for month in ("2023-01", "2023-02")]
    before, now = ({one["unit"]: written(one["month_points"]) for one in month} for month in months)
    for unit in now:
        tables = page(folder, f"2023-02/得分单/{unit}.html").tables
        *rows, total = tables.get(f"{unit}2023年2月与上月相比", [])[1:] or [None]
        if total is None:
            assert before[unit] == now[unit]
            continue
        for kind, sums in (("c-was", before), ("c-now", now)):
            assert sum(shown(row.text(kind)) for row in rows) == hundredths(total.text(kind)) == sums[unit]
        assert sum(hundredths(row.text("c-pts")) for row in rows) == hundredths(total.text("c-pts")) == now[unit] - before[unit]


def test_a_difference_says_why_and_no_report_is_not_a_zero(folder):
    rows = {row.text("c-head").partition("附件")[0]: row for row in page(folder, f"2023-02/得分单/{UNIT}.html").tables[f"{UNIT}2023年2月与上月相比"][1:]}
    assert "2条，全年累计以20.00分为限" in rows["失信惩戒案例"].text("c-why")
    assert "数值变化" in rows["信用修复"].text("c-why") and "1 × 4 = 4.00" in rows["信用修复"].text("c-why")
    listed = next(row for title, row in rows.items() if "严重失信" in title)
    assert listed.text("c-was") == "—" and hundredths(listed.text("c-now")) == -2000 and "新增" in listed.text("c-why")
    ended = next(row for row in page(folder, f"2023-02/得分单/{ENDED}.html").tables[f"{ENDED}2023年2月与上月相比"] if "严重失信" in row.text("c-head"))
    assert ended.text("c-now") == "无上报" and "已终止" in ended.text("c-why")


def test_a_loss_says_what_ends_it(folder, ruleset):
    assert "填报“严重失信主体”的终止月份后，自该月起不再扣分" in page(folder, f"2023-02/得分单/{UNIT}.html").text
    silent = next(rule for rule in ruleset.rules if rule.id == "D06b").units[0]
    assert "自收到报送数大于0的“特定信用信息”的当月起不再扣分" in page(folder, f"2023-02/得分单/{silent}.html").text


def test_the_summary_tells_who_moved_and_what_began_and_ended(folder):
    text = page(folder, "2023-02/月度通报.html").text
    summary = text[text.index("一、总体情况") : text.index("二、加分亮点")]
    assert f"县区中，{ENDED}增加22.00分，增幅最大" in summary and f"{UNIT}减少" in summary
    assert f"本月新列入影响年度等次情形的有：{UNIT}（" in summary
    assert f"本月消除影响年度等次情形的有：{ENDED}（" in summary
    assert f"1个单位在1个事项上本年度首次得分：信用修复有{ENDED}。" in summary
    assert "与上月积分相比" not in page(folder, "2023-01/月度通报.html").text


def test_caps_and_medians_are_the_ledger(folder):
    tables = page(folder, f"2023-02/得分单/{UNIT}.html").tables
    caps = {row.text("c-head"): row for row in tables[f"{UNIT}到上限的进度"][1:]}
    assert (hundredths(caps["失信惩戒案例"].text("c-had")), hundredths(caps["失信惩戒案例"].text("c-cap"))) == (2000, 2000)
    assert hundredths(caps["信用修复"].text("c-had")) == 500
    clauses = tables["2023年2月各条得分与县区中位数"][1:]
    assert sum(shown(row.text("c-own")) for row in clauses) == hundredths(
        tables[f"{UNIT}2023年2月与上月相比"][-1].text("c-now")
    )
    assert all(hundredths(row.text("c-median")) == 0 for row in clauses)  # one or two units of fourteen


def test_the_years_pages_are_the_standings_and_lead_to_the_months(jifen, folder):
    standings = jifen("-w", folder, "standings", "2023-02", "--json").json
    year = page(folder, "2023/index.html")
    rows = {row.text("c-head"): row for name in ("部门", "县区") for row in year.tables[f"{name}2023年各月积分"][1:]}
    states = [(row.text("c-head"), row.text("c-state")) for row in year.tables["2023年各月"][1:]]
    assert [month for month, _ in states] == ["2023年2月", "2023年1月"]
    assert states[0][1] == "征求意见" and states[1][1].startswith("已印发") and "2023年2月3日" in states[1][1]
    for one in standings:
        row = rows[one["unit"]]
        assert (hundredths(row.text("c-pts")), int(row.text("c-total-rank"))) == (written(one["total_points"]), one["total_rank"])
        own = page(folder, f"2023/单位/{one['unit']}.html")
        newest = own.tables[f"{one['unit']}2023年各月"][1]
        assert (hundredths(newest.text("c-pts")), int(newest.text("c-rank"))) == (written(one["month_points"]), one["month_rank"])
        assert (hundredths(newest.text("c-total")), int(newest.text("c-total-rank"))) == (written(one["total_points"]), one["total_rank"])
    for name in ("2023/index.html", f"2023/单位/{UNIT}.html"):
        for link in page(folder, name).links:
            target = link.partition("#")[0]
            assert not target or ((folder / "notices" / name).parent / target).exists(), link


points = st.integers(-3000, 3000)


@settings(max_examples=60, deadline=None)
@given(was=st.lists(st.tuples(st.integers(0, 9), points), max_size=12), now=st.lists(st.tuples(st.integers(0, 9), points), max_size=12))
def test_reasons_add_up_to_each_difference_whatever_changed(was, now):
    book, unit = april(), BUREAUS[2]
    patterns = [line for line in book.matches[unit] if line.fact]

    def lines(told):
        return tuple(replace(patterns[at % len(patterns)], raw=given_, given=given_) for at, given_ in told)

    compared = changes(replace(book, matches={**book.matches, unit: lines(now)}, last={unit: lines(was)}), unit)
    for row in compared.rows:
        assert sum(reason.by for reason in row.reasons) == row.by == (row.now or 0) - (row.before or 0)
    assert compared.by == sum(row.by for row in compared.rows) == sum(each for _, each in now) - sum(each for _, each in was)
    assert compared.now == compared.same_points + sum(row.now or 0 for row in compared.rows)
