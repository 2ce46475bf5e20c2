"""A city that starts in the middle of a year brings the points of the months before."""

from __future__ import annotations

import json
import sqlite3

import pytest
from openpyxl import Workbook

from tests.notices.reading import Reader

ROWS = [("市教育局", "2023-01", "10"), ("潞州区", "2023-01", "20.5"), ("市教育局", "2023-02", "-3")]


def rows(*told):
    return [dict(zip(("单位", "月份", "积分"), row, strict=True)) for row in told]


@pytest.fixture
def file(tmp_path):
    """Writes opening rows as a CSV file of any name."""

    def write(*told, name: str = "以前各月.csv"):
        path = tmp_path / name
        path.write_text("单位,月份,积分\n" + "".join(",".join(row) + "\n" for row in told), encoding="utf-8")
        return path

    return write


@pytest.fixture
def bring(jifen, workspace, file):
    def bring(*told, name: str = "以前各月.csv", more: tuple[str, ...] = ()):
        return jifen("-w", workspace, "open-balance", file(*told, name=name), *more)

    return bring


@pytest.fixture
def opened(workspace, bring):
    """January and February brought."""
    done = bring(*ROWS)
    assert done.status == 0, done.err
    return workspace


def page(workspace, name: str) -> Reader:
    return Reader((workspace / "notices" / name).read_text(encoding="utf-8"))


def entries(jifen, workspace, *args):
    return [
        (one["period"], one["unit"], one["rule"], one["points"]) for one in jifen("-w", workspace, "ledger", *args, "--json").json
    ]


def test_opening_months_are_posted_closed_and_provable_and_nothing_else_fires_in_them(jifen, opened):
    assert entries(jifen, opened) == [
        ("2023-01", "市教育局", "D00a", "10.00"), ("2023-01", "潞州区", "C00a", "20.50"), ("2023-02", "市教育局", "D00a", "-3.00"),
    ]  # fmt: skip
    months = {one["month"]: one for one in jifen("-w", opened, "status", "--json").json["months"]}
    for month in ("2023-01", "2023-02"):
        one = months[month]
        assert (one["state"], one["opening"], one["missing"], one["waiting"]) == ("closed", True, [], "")
    assert (months["2023-03"]["state"], months["2023-03"]["opening"]) == ("open", False)
    assert any(line.split()[:2] == ["2023-01", "期初"] for line in jifen("-w", opened, "status").out.splitlines())
    assert jifen("-w", opened, "verify").status == 0


def test_what_comes_after_counts_on_and_can_be_closed(jifen, opened, sheet):
    jifen("-w", opened, "import", sheet("典型经验", {"单位": "市教育局", "月份": "2023-03", "名称": "甲"}))
    assert jifen("-w", opened, "run", "2023-03").status == 0
    first = jifen("-w", opened, "standings", "2023-03", "--json").json[0]
    assert (first["unit"], first["month_points"], first["total_points"]) == ("市教育局", "50.00", "57.00")
    assert ("2023-03", "市税务局", "D06b", "-5.00") in entries(jifen, opened)
    assert "累计积分包含2023年1月至2月的期初积分。" in page(opened, "2023-03/月度通报.html").text
    assert "累计积分包含2023年1月至2月的期初积分。" in page(opened, "2023-03/得分单/市教育局.html").text
    missing = jifen("-w", opened, "status", "2023-03", "--json").json["months"][0]["missing"]
    assert not [one for one in missing if one["kind"] == "期初积分"]
    assert jifen("-w", opened, "close", "2023-03").status == 0
    assert jifen("-w", opened, "verify").status == 0


def test_the_pages_of_an_opening_month_say_what_it_is(opened):
    notice, statement = (page(opened, f"2023-01/{name}") for name in ("月度通报.html", "得分单/市教育局.html"))
    for one in (notice, statement):
        assert "期初积分" in one.text and "征求意见稿" not in one.text
    assert "印发" not in notice.text.replace("以启用前的印发件为准", "")
    assert "D06b" not in statement.text and "无上报 " not in statement.text
    table = statement.tables["市教育局2023年1月得分明细"]
    assert [row.text("c-section") for row in table if row.text("c-section")] == ["期初积分"]
    assert page(opened, "2023-01/得分单/市财政局.html").tables["市财政局2023年1月得分明细"][-1].cells[-1][1] == "0.00"


def test_a_preview_tells_months_units_and_sums_and_keeps_nothing(jifen, workspace, bring):
    done = bring(*ROWS, more=("--dry-run", "--json"))
    told = [(one["month"], one["units"], one["points"]) for one in done.json["months"]]
    assert (done.status, told) == (0, [("2023-01", 2, "30.50"), ("2023-02", 1, "-3.00")])
    assert "潞州区" in done.json["months"][1]["without"] and "2023-02 没有期初的单位" in done.err
    assert jifen("-w", workspace, "ledger", "--json").json == []
    assert jifen("-w", workspace, "facts", "--json").json == []


@pytest.mark.parametrize("form", ["xlsx", "jsonl"])
def test_workbooks_and_lines_of_json_are_read_as_well(jifen, workspace, tmp_path, form):
    path = tmp_path / f"期初.{form}"
    if form == "xlsx":
        book = Workbook()
        book.active.title = "期初积分"
        for row in (("单位", "月份", "积分"), *ROWS):
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("\n".join(json.dumps({"fact": "期初积分", **row}) for row in rows(*ROWS)), encoding="utf-8")
    assert jifen("-w", workspace, "open-balance", path).status == 0
    assert len(entries(jifen, workspace)) == 3


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([("市教育局", "2023-02", "1")], "应从 2023-01 起连续，缺 2023-01"),
        ([("市教育局", "2023-01", "1"), ("市教育局", "2023-03", "1")], "缺 2023-02"),
        ([("市教育局", "2022-12", "1")], "不在规则集"),
        ([("市教育厅", "2023-01", "1")], "市教育局"),
        ([("市教育局", "2023-01", "多")], "“积分”应为"),
        ([], "没有“期初积分”"),
    ],
)
def test_months_and_rows_that_cannot_be_an_opening_are_refused(jifen, workspace, bring, told, said):
    done = bring(*told)
    assert done.status == 1 and said in done.err
    assert jifen("-w", workspace, "facts", "--json").json == []
    assert jifen("-w", workspace, "ledger", "--json").json == []


def test_a_month_that_was_scored_cannot_be_opened(jifen, workspace, bring, sheet):
    jifen("-w", workspace, "import", sheet("典型经验", {"单位": "市教育局", "月份": "2023-02", "名称": "甲"}))
    assert jifen("-w", workspace, "run", "2023-02", "--no-notices").status == 0
    refused = bring(*ROWS)
    assert refused.status == 1 and "2023-02 已经计分，不能再作期初月份" in refused.err
    assert bring(*ROWS[:2]).status == 0  # all of it before the month that was scored
    total = {one["unit"]: one["total_points"] for one in jifen("-w", workspace, "standings", "2023-02", "--json").json}
    assert total["市教育局"] == "60.00"
    assert jifen("-w", workspace, "verify").status == 0


def test_rows_of_other_kinds_do_not_belong_there(jifen, workspace, tmp_path):
    path = tmp_path / "期初.jsonl"
    lines = [{"fact": "期初积分", **rows(*ROWS)[0]}, {"fact": "典型经验", "单位": "市教育局", "月份": "2023-01", "名称": "甲"}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = jifen("-w", workspace, "open-balance", path, "--json")
    assert (done.status, [one["row"] for one in done.json["rejected"]]) == (1, [2])


def test_the_same_again_is_nothing_and_other_figures_are_corrected_in_the_open(jifen, opened, bring, file):
    again = bring(*ROWS)
    assert again.status == 0 and "没有新内容" in again.out
    other = [*ROWS[:1], ("潞州区", "2023-01", "21"), *ROWS[2:]]
    refused = bring(*other, name="期初积分.csv")
    assert refused.status == 1 and "jifen import" in refused.err and "jifen correct 2023-01" in refused.err
    path = file(*other, name="期初积分.csv")
    assert jifen("-w", opened, "import", path).status == 1
    assert jifen("-w", opened, "import", path, "--correction", "抄错").status == 0
    assert jifen("-w", opened, "correct", "2023-01", "--reason", "抄错").status == 0
    assert ("2023-01", "潞州区", "C00a", "21.00") in entries(jifen, opened, "--unit", "潞州区")
    assert jifen("-w", opened, "status", "2023-01", "--json").json["months"][0]["state"] == "corrected"
    assert (opened / "notices/2023-01/更正通报-1.html").exists()
    assert jifen("-w", opened, "verify").status == 0
    assert "没有新内容" in bring(*other).out


def test_no_import_makes_an_opening_month_by_the_way(jifen, workspace, sheet):
    refused = jifen("-w", workspace, "import", sheet("期初积分", *rows(*ROWS)), "--json")
    assert refused.status == 1 and {one["code"] for one in refused.json["rejected"]} == {"not-opened"}
    assert "jifen open-balance" in refused.json["rejected"][0]["message"]


def test_an_opening_month_takes_no_run_and_no_closing(jifen, opened):
    for command in ("run", "close"):
        refused = jifen("-w", opened, command, "2023-01")
        assert refused.status == 1 and "2023-01 是期初月份" in refused.err


def test_facts_that_came_before_are_told_as_unused_with_the_reason(jifen, workspace, bring, sheet):
    jifen("-w", workspace, "import", sheet("诚信典型", {"单位": "市教育局", "月份": "2023-02", "名称": "甲"}))
    done = bring(*ROWS, more=("--json",))
    (one,) = done.json["unused"]
    assert (one["kind"], one["unit"], one["reason"]) == ("诚信典型", "市教育局", "2023-02 是期初月份，只计“期初积分”")
    assert "1 条事实没有用于计分" in done.err


def test_an_opening_taken_back_and_brought_again_is_corrected_both_times(jifen, opened, file):
    assert jifen("-w", opened, "withdraw", "--import", "1", "--reason", "口径有误").status == 0
    assert jifen("-w", opened, "correct", "2023-01", "--reason", "口径有误").status == 0
    assert jifen("-w", opened, "verify").status == 0
    path = file(*ROWS, name="期初积分.csv")
    assert jifen("-w", opened, "import", path, "--correction", "口径核定").status == 0
    assert jifen("-w", opened, "correct", "2023-01", "--reason", "口径核定").status == 0
    standings = jifen("-w", opened, "standings", "2023-02", "--json").json
    assert {one["total_points"] for one in standings} == {"7.00", "20.50", "0.00"}
    assert jifen("-w", opened, "verify").status == 0


def test_facts_of_an_opening_month_are_taken_and_told_to_give_nothing(jifen, opened, sheet):
    done = jifen("-w", opened, "import", sheet("典型经验", {"单位": "市教育局", "月份": "2023-01", "名称": "甲"}), "--json")
    assert (done.status, [one["code"] for one in done.json["warnings"]]) == (0, ["opening-month"])
    assert jifen("-w", opened, "status", "2023-01", "--json").json["months"][0]["changed"] == 0
    nothing = jifen("-w", opened, "correct", "2023-01", "--reason", "补报", "--json")
    assert (nothing.status, nothing.json["batch"], nothing.json["posted"]) == (0, None, [])
    assert jifen("-w", opened, "verify").status == 0


def test_what_began_before_the_first_run_comes_in_without_a_correction_and_counts_from_then_on(jifen, opened, sheet):
    jifen("-w", opened, "run", "2023-03", "--no-notices")
    listed = {"单位": "市教育局", "主体": "甲", "起始月份": "2023-01"}
    assert jifen("-w", opened, "import", sheet("严重失信主体", listed)).status == 0
    months = {one["month"]: one for one in jifen("-w", opened, "status", "--json").json["months"]}
    assert [months[month]["waiting"] for month in ("2023-01", "2023-02")] == ["", ""] and months["2023-03"]["changed"] == 1
    assert jifen("-w", opened, "run", "2023-03", "--no-notices").status == 0
    assert [one for one in entries(jifen, opened) if one[2] == "D29"] == [("2023-03", "市教育局", "D29", "-20.00")]
    assert jifen("-w", opened, "close", "2023-03").status == 0
    assert jifen("-w", opened, "withdraw", "严重失信主体", "市教育局", "甲", "2023-01", "--reason", "误报").status == 0
    assert jifen("-w", opened, "correct", "2023-03", "--reason", "误报").status == 0  # the earliest month that it touches
    assert jifen("-w", opened, "verify").status == 0


def test_an_opening_month_is_not_adjusted(jifen, opened, tmp_path):
    proof = tmp_path / "纪要.pdf"
    proof.write_bytes(b"minutes")
    refused = jifen(
        "-w", opened, "adjust", "市教育局", "2023-01", "--points", "1", "--reason", "甲", "--attachment", proof, "--correction", "乙"
    )
    assert refused.status == 1 and "2023-01 是期初月份" in refused.err


def test_an_opening_that_fails_on_the_way_leaves_nothing(jifen, workspace, bring):
    template = workspace / "templates" / "monthly.html.j2"
    template.write_text("{{ page.nothing }}", encoding="utf-8")
    assert bring(*ROWS).status == 1
    kept = sqlite3.connect(workspace / "jifen.db")
    for table in ("fact_version", "batch", "closing"):
        assert kept.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    template.unlink()
    assert bring(*ROWS).status == 0


def test_a_check_holds_in_an_opening_month_too(jifen, workspace, bring, sheet):
    jifen("-w", workspace, "import", sheet("积分核对", {"单位": "市教育局", "月份": "2023-02", "累计积分": 7}))
    assert bring(*ROWS).status == 0
    assert jifen("-w", workspace, "status", "2023-02", "--json").json["months"][0]["waiting"] == ""


def test_an_opening_month_has_no_notice_to_be_reviewed(jifen, opened):
    told = jifen("-w", opened, "review", "open", "市教育局", "2023-01", "--rule", "D00a", "--text", "少计")
    assert (told.status, "期初" in told.err) == (1, True)
