"""`trace`: one number of a notice, back to the cells it came from and forward to the ranks that it moved."""

import re
from hashlib import sha256

import openpyxl
import pytest

from tests.annual import COUNTY, OWING, SETTLED, copied, quietly
from tests.commands.test_units import NEW, OLD, rename
from tests.conftest import closed

FIGURES = {"单位": "市教育局", "月份": "2023-04", "应报数": 42, "实报数": 41, "及时数": 40, "合规数": 41}
CASE = {"单位": "市教育局", "月份": "2023-04", "编号": "一", "及时处理": "否"}


def entry_of(jifen, workspace, unit, rule, month="2023-04", kind="award"):
    rows = jifen("-w", workspace, "ledger", "--unit", unit, "--rule", rule, "--month", month, "--format", "json").json
    return [one["entry"] for one in rows if one["kind"] == kind][-1]


@pytest.fixture
def book(workspace):
    """A workbook in the inbox, its heading in the third row and its columns in an order of its own."""
    path = workspace / "inbox" / "四月.xlsx"
    workbook = openpyxl.Workbook()
    other = workbook.active
    other.title = "双公示异议"
    other.append(list(CASE))
    other.append(list(CASE.values()))
    own = workbook.create_sheet("双公示统计")
    own.append(["长治市双公示统计表"])
    own.append([])
    own.append(["实报数", "单位", "合规数", "月份", "及时数", "应报数"])
    own.append([FIGURES[name] for name in ("实报数", "单位", "合规数", "月份", "及时数", "应报数")])
    workbook.save(path)
    return path


def test_an_entry_leads_to_the_cells_that_its_formula_read(jifen, workspace, book):
    assert jifen("-w", workspace, "run", "2023-04", "--from", book).status == 0
    entry = entry_of(jifen, workspace, "市教育局", "D03b")
    told = jifen("-w", workspace, "trace", f"〔{entry}〕", "--json").json
    assert (told["entry"], told["unit"], told["rule"], told["kind"], told["points"]) == (entry, "市教育局", "D03b", "award", "29.52")
    fact = told["fact"]
    assert fact["source"] == {"file": str(book), "sheet": "双公示统计", "row": 4}
    assert fact["sha256"] == sha256(book.read_bytes()).hexdigest() and fact["import"] == 1
    cells = {one["field"]: (one["cell"], one["value"], one["read"]) for one in fact["cells"]}
    assert cells == {
        "单位": ("B4", "市教育局", False), "月份": ("D4", "2023-04", False), "应报数": ("F4", 42, True),
        "实报数": ("A4", 41, True), "及时数": ("E4", 40, True), "合规数": ("C4", 41, True),
    }  # fmt: skip
    shown = jifen("-w", workspace, "trace", f"#e{entry}").out
    assert "算式 10 × 40/41 + 10 × 41/41 + 10 × 41/42 = 29.52" in shown and "应报数 42（F4）" in shown
    book.write_bytes(book.read_bytes() + b" ")
    assert {one["cell"] for one in jifen("-w", workspace, "trace", entry, "--json").json["fact"]["cells"]} == {None}


def test_the_pages_that_hold_an_entry_are_named_and_have_its_place(jifen, workspace, book):
    assert jifen("-w", workspace, "run", "2023-04", "--from", book).status == 0
    entry = entry_of(jifen, workspace, "市教育局", "D04")
    pages = jifen("-w", workspace, "trace", entry, "--json").json["notices"]
    assert pages == [f"2023-04/得分单/市教育局.html#e{entry}", f"2023-04/月度通报.html#e{entry}", "2023-04/月度通报.html#u-市教育局"]
    for page in pages:
        path, anchor = page.split("#")
        text = (workspace / "notices" / path).read_text(encoding="utf-8")
        assert text.count(f'id="{anchor}"') == 1
    statement = (workspace / "notices/2023-04/得分单/市教育局.html").read_text(encoding="utf-8")
    assert f"〔{entry}〕" in statement
    assert f'href="得分单/市教育局.html#e{entry}"' in text and 'href="得分单/市教育局.html#month-points"' in text
    matrix = (workspace / "notices/2023-04/任务台账.html").read_text(encoding="utf-8")
    tasks = re.findall(r'href="(得分单/[^"#]+)#(t[0-9]+)"', matrix)
    assert tasks and all(f'id="{anchor}"' in (workspace / "notices/2023-04" / page).read_text(encoding="utf-8") for page, anchor in tasks[:20])


def test_a_rank_that_moved_is_told_for_the_month_and_every_later_one(jifen, scored):
    entry = entry_of(jifen, scored, "市审计局", "D31", "2023-05")
    told = jifen("-w", scored, "trace", entry, "--json").json
    assert [one["month"] for one in told["months"]] == [f"2023-{month:02d}" for month in range(5, 13)]
    may, june = told["months"][:2]
    assert (may["own"]["with"]["month_points"], may["own"]["without"]["month_points"]) == ("50.00", "0.00")
    points = {one["unit"]: one for one in jifen("-w", scored, "standings", "2023-05", "--json").json}
    assert may["own"]["with"] == {name: points["市审计局"][name] for name in may["own"]["with"]}
    assert june["own"]["with"]["month_points"] == june["own"]["without"]["month_points"]
    assert (june["own"]["with"]["total_points"], june["own"]["without"]["total_points"]) == ("50.00", "0.00")
    # All units of the category without points share the second place, and would share the first.
    moved = {one["unit"]: one for one in may["others"]}
    assert moved["市教育局"]["with"]["month_rank"] == 2 and moved["市教育局"]["without"]["month_rank"] == 1
    assert COUNTY not in moved and "市审计局" not in moved


def test_the_ranks_without_an_entry_are_those_of_a_ledger_that_never_had_it(jifen, scored, tmp_path):
    entry = entry_of(jifen, scored, SETTLED, "D31", "2023-07")
    told = jifen("-w", scored, "trace", entry, "--json").json
    other = copied(scored, tmp_path)
    quietly("-w", other, "withdraw", "典型经验", SETTLED, "联查", "2023-07", "--reason", "试")
    quietly("-w", other, "run", "2023-07", "--no-notices")
    for month in told["months"]:
        now = {one["unit"]: one for one in jifen("-w", scored, "standings", month["month"], "--json").json}
        then = {one["unit"]: one for one in jifen("-w", other, "standings", month["month"], "--json").json}
        own = month["own"]
        assert own["without"] == {name: then[SETTLED][name] for name in own["without"]}
        moved = [
            unit for unit in now
            if unit != SETTLED and any(now[unit][name] != then[unit][name] for name in ("month_rank", "total_rank"))
        ]  # fmt: skip
        assert sorted(one["unit"] for one in month["others"]) == sorted(moved)
    was = {one["unit"]: one for one in jifen("-w", scored, "annual", "2023", "--json").json["units"]}
    then = {one["unit"]: one for one in jifen("-w", other, "annual", "2023", "--json").json["units"]}
    year = told["year"]
    assert year["own"]["with"]["rank"] == was[SETTLED]["rank"] and year["own"]["without"]["rank"] == then[SETTLED]["rank"]
    moved = {unit for unit in was if unit != SETTLED and (was[unit]["rank"], was[unit]["grade"]) != (then[unit]["rank"], then[unit]["grade"])}
    assert {one["unit"] for one in year["others"]} == moved


def test_an_entry_of_december_takes_its_veto_along(jifen, scored, tmp_path, sheet):
    other = copied(scored, tmp_path)
    quietly("-w", other, "import", sheet("典型经验", {"单位": OWING, "月份": "2023-12", "名称": "联治"}))
    quietly("-w", other, "run", "2023-12", "--no-notices")
    entry = entry_of(jifen, other, OWING, "D30", "2023-12")
    year = jifen("-w", other, "trace", entry, "--json").json["year"]
    quietly("-w", other, "withdraw", "拖欠账款", OWING, "某工程公司", "2023-11", "--reason", "试")
    quietly("-w", other, "run", "2023-12", "--no-notices")
    then = {one["unit"]: one for one in jifen("-w", other, "annual", "2023", "--json").json["units"]}
    assert (year["own"]["without"]["rank"], year["own"]["without"]["grade"]) == (then[OWING]["rank"], then[OWING]["grade"])
    assert year["own"]["with"]["grade"] != year["own"]["without"]["grade"]


@pytest.mark.both_databases
def test_a_reversal_tells_what_it_took_back_why_and_what_came_instead(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示统计", FIGURES))
    closed(jifen, workspace, "2023-04")
    first = entry_of(jifen, workspace, "市教育局", "D03b")
    jifen("-w", workspace, "import", sheet("双公示统计", {**FIGURES, "及时数": 41}, folder="later"), "--correction", "漏计")
    assert jifen("-w", workspace, "correct", "2023-04", "--reason", "漏计一条").status == 0
    reversal = entry_of(jifen, workspace, "市教育局", "D03b", kind="reversal")
    second = entry_of(jifen, workspace, "市教育局", "D03b")
    told = jifen("-w", workspace, "trace", reversal, "--json").json
    assert (told["kind"], told["points"], told["reverses"], told["instead"]) == ("reversal", "-29.52", first, [second])
    assert told["batch"]["reason"].startswith("漏计一条") and told["notices"] == [f"2023-04/更正通报-1.html#e{reversal}"]
    assert told["fact"]["values"]["及时数"] == 40 and [one["values"]["及时数"] for one in told["fact"]["later"]] == [41]
    award = jifen("-w", workspace, "trace", first, "--json").json
    assert award["reversed_by"]["entry"] == reversal and award["points"] == "29.52"
    # Both weigh as they did before it.
    assert award["months"] == told["months"] and award["months"][0]["own"]["with"]["month_points"] == "29.52"
    shown = jifen("-w", workspace, "trace", second, "--json").json
    assert shown["reversed_by"] is None and [one["values"]["及时数"] for one in shown["fact"]["earlier"]] == [40]
    text = jifen("-w", workspace, "trace", first).out
    assert f"已冲销 〔{reversal}〕" in text and f"改计 〔{second}〕" in text and "漏计一条" in text


@pytest.mark.both_databases
def test_a_figure_made_of_records_leads_to_them(jifen, workspace, sheet):
    record = {"单位": "市教育局", "类型": "行政许可", "相对人": "某公司", "统一社会信用代码": "", "合规": "是"}
    records = [{**record, "文号": f"甲{day}", "决定日期": f"2023-04-{day:02d}", "上报日期": f"2023-04-{day:02d}"} for day in range(3, 10)]
    other = {**record, "文号": "乙", "决定日期": "2023-05-04", "上报日期": "2023-05-05"}
    file = sheet("双公示记录", *records, other)
    imported = jifen("-w", workspace, "run", "2023-04", "--from", file, "--no-notices")
    assert imported.status == 0, imported.err
    told = jifen("-w", workspace, "trace", entry_of(jifen, workspace, "市教育局", "D03b"), "--json").json
    fact = told["fact"]
    assert fact["derived"] and fact["sha256"] is None
    assert (fact["records"]["kind"], fact["records"]["count"]) == ("双公示记录", 7)
    first = fact["records"]["first"]
    assert len(first) == 5 and all(one["source"]["file"] == str(file) for one in first) and first[0]["source"]["row"] == 2


def test_the_points_of_a_renamed_unit_are_followed_to_its_new_name(jifen, workspace, sheet):
    typical = {"单位": OLD, "月份": "2023-05", "名称": "联访"}
    assert jifen("-w", workspace, "run", "2023-05", "--from", sheet("典型经验", typical), "--no-notices").status == 0
    rename(workspace)
    assert jifen("-w", workspace, "run", "2023-07", "--no-notices").status == 0
    may, july = jifen("-w", workspace, "trace", entry_of(jifen, workspace, OLD, "D31", "2023-05"), "--json").json["months"]
    assert (may["own"]["unit"], july["own"]["unit"]) == (OLD, NEW)
    assert (july["own"]["with"]["total_points"], july["own"]["without"]["total_points"]) == ("50.00", "0.00")
    assert july["own"]["with"]["month_rank"] == july["own"]["without"]["month_rank"]
    told = jifen("-w", workspace, "why", OLD, "2023-07")
    assert told.status == 1 and f"那时是“{NEW}”" in told.err
    assert jifen("-w", workspace, "why", NEW, "2023-07", "--json").json["unit"] == NEW


def test_points_that_the_group_gave_lead_to_their_proof(jifen, workspace, tmp_path):
    proof, brought = workspace / "inbox" / "人工调整.csv", tmp_path / "以前各月.csv"
    proof.write_text("单位,月份,积分\n", encoding="utf-8")
    brought.write_text("单位,月份,积分\n市教育局,2023-01,12.5\n", encoding="utf-8")
    assert jifen("-w", workspace, "open-balance", brought).status == 0
    more = ("--points", "2", "--reason", "补计", "--attachment", proof)
    assert jifen("-w", workspace, "adjust", "市教育局", "2023-02", *more).status == 0
    assert jifen("-w", workspace, "run", "2023-02", "--no-notices").status == 0
    opened = jifen("-w", workspace, "trace", entry_of(jifen, workspace, "市教育局", "D00a", "2023-01"), "--json").json
    assert (opened["points"], opened["fact"]["source"]["row"]) == ("12.50", 2)
    assert {one["field"]: one["cell"] for one in opened["fact"]["cells"]} == {"单位": "A2", "月份": "B2", "积分": "C2"}
    entry = entry_of(jifen, workspace, "市教育局", "D00", "2023-02")
    adjusted = jifen("-w", workspace, "trace", entry, "--json").json["fact"]
    assert adjusted["sha256"] == sha256(proof.read_bytes()).hexdigest() and {one["cell"] for one in adjusted["cells"]} == {None}
    assert adjusted["values"]["理由"] == "补计" and "读到 积分 2" in jifen("-w", workspace, "trace", entry).out


def test_an_absence_has_no_fact(jifen, scored):
    rows = jifen("-w", scored, "ledger", "--rule", "D06b", "--month", "2023-01", "--format", "json").json
    told = jifen("-w", scored, "trace", rows[0]["entry"], "--json").json
    assert told["fact"] is None and told["points"] == "-5.00"
    assert "来源 当月无相应上报" in jifen("-w", scored, "trace", rows[0]["entry"]).out


def test_a_number_that_the_ledger_lacks_is_told_in_a_line(jifen, scored, workspace):
    last = jifen("-w", scored, "ledger", "--format", "json").json[-1]["entry"]
    lost = jifen("-w", scored, "trace", "999999")
    assert lost.status == 1 and f"只有 1 至 {last} 号" in lost.err and "jifen ledger --unit" in lost.err
    assert jifen("-w", scored, "trace", "甲").status == 2
    none = jifen("-w", workspace, "trace", "1")
    assert none.status == 1 and "账本还没有分录" in none.err
