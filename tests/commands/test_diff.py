"""Why a ranking moved between two months: by rule and by fact, and every part adds up to what the ledger says."""

import itertools
import json

import pytest

from engine.ledger.reading import book_of
from engine.workbench.diff import details, diff
from engine.workspace import Workspace
from models.database import reading
from tests.annual import quietly
from tests.oracle import random_year

MONTHS = ("2023-01", "2023-02", "2023-03", "2023-04")
MOVED, STILL = "潞州区", "沁源县"


@pytest.fixture(scope="module")
def random_folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("differing")
    rows = [row for row in random_year(11, 900) if row["fact"] not in ("双公示记录", "积分核对")]
    (root / "year.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    quietly("init", root / "w")
    quietly("-w", root / "w", "import", root / "year.jsonl")
    for month in MONTHS:
        quietly("-w", root / "w", "run", month, "--no-notices")
    return root / "w"


def standings(folder, month):
    return {one["unit"]: one for one in json.loads(quietly("-w", folder, "standings", month, "--json"))}


def hundredths(points):
    return int(points.replace(".", ""))


def test_rules_and_reasons_add_up_for_every_unit_and_pair_of_months(random_folder):
    stood = {month: standings(random_folder, month) for month in MONTHS}
    moved = 0
    with reading(Workspace.open(random_folder).database) as connection:
        for earlier, later in itertools.combinations(MONTHS, 2):
            book = book_of(connection, later, against=earlier)
            found = diff(book)
            assert len(found.units) == len(stood[later]) and not found.apart
            for one in found.units:
                was, now = stood[earlier][one.unit], stood[later][one.unit]
                assert (one.before, one.now) == (hundredths(was["month_points"]), hundredths(now["month_points"]))
                assert (one.rank_before, one.rank) == (was["month_rank"], now["month_rank"])
                assert sum(rule.by for rule in one.rules) == one.by
                assert one.rank - one.rank_before == len(one.overtaken_by) - len(one.overtook)
                rows = details(book, one.unit)
                assert {rule: row.by for rule, row in rows} == {rule.rule: rule.by for rule in one.rules}
                assert all(sum(reason.by for reason in row.reasons) == row.by for _, row in rows)
                moved += one.rank != one.rank_before
    assert moved > 50


def test_the_order_of_the_months_does_not_matter(jifen, random_folder):
    there, back = (jifen("-w", random_folder, "diff", *months, "--json") for months in (MONTHS[::3], MONTHS[::-3]))
    assert there.status == 0 and there.json == back.json
    assert (there.json["from"], there.json["to"], there.json["ruleset_changed"]) == ("2023-01", "2023-04", [])


@pytest.fixture
def three_months(jifen, workspace, sheet):
    fixes = [{"单位": MOVED, "月份": month, "条数": count} for month, count in zip(MONTHS, (2, 15, 9))]
    listed = [{"单位": MOVED, "主体": "某公司", "起始月份": "2023-03", "终止月份": ""}]
    sheet("信用修复", *fixes, {"单位": STILL, "月份": "2023-01", "条数": 1}, {"单位": STILL, "月份": "2023-03", "条数": 1})
    folder = sheet("严重失信主体", *listed).parent
    assert jifen("-w", workspace, "import", folder).status == 0
    for month in MONTHS[:3]:
        assert jifen("-w", workspace, "run", month, "--no-notices").status == 0
    return workspace


def test_a_unit_is_told_down_to_its_facts(jifen, three_months):
    told = jifen("-w", three_months, "diff", "2023-01", "2023-03", "--unit", MOVED).out
    assert f"{MOVED}：积分 2.00 → −17.00（−19.00），县区第 1 名 → 第 14 名" in told
    assert "2023年1月：1 × 2 = 2.00；2023年3月：1 × 9 = 9.00，限额后3.00" in told
    assert "−20.00  新增：某公司自2023年3月起列入严重失信名单" in told
    rules = jifen("-w", three_months, "diff", "2023-01", "2023-03", "--unit", MOVED, "--json").json["rules"]
    assert [(one["rule"], one["before"], one["after"], one["by"]) for one in rules] == [
        ("C17", "2.00", "3.00", "1.00"), ("C29", None, "-20.00", "-20.00"),
    ]  # fmt: skip


def test_a_rank_that_moves_though_the_points_do_not_says_so(jifen, three_months):
    (row,) = [line for line in jifen("-w", three_months, "diff", "2023-01", "2023-03").out.splitlines() if STILL in line]
    assert "2 → 1" in row and "本单位未变，1 个单位落到其后" in row
    counties = jifen("-w", three_months, "diff", "2023-02", "2023-03", "--json").json["categories"][1]["units"]
    other = next(one for one in counties if one["unit"] == "上党区")
    assert (other["rank_before"], other["rank"], other["rules"]) == (2, 2, [])
    assert (other["overtaken_by"], other["overtook"]) == ([STILL], [MOVED])


def test_what_cannot_be_compared_is_one_line(jifen, three_months):
    for months, word in (
        (("2023-01", "2023-09"), "2023-09 尚未计分"),
        (("2022-12", "2023-01"), "2022-12 尚未计分"),
        (("2023-02", "2023-02"), "两个月份都是 2023-02"),
    ):
        refused = jifen("-w", three_months, "diff", *months)
        assert (refused.status, refused.out) == (1, "") and word in refused.err
    assert "是否指“沁源县”" in jifen("-w", three_months, "diff", "2023-01", "2023-02", "--unit", "沁源").err
