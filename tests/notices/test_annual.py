"""The year's notice says what the ledger holds: every number of it, the rules it was made by, and who approved it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from engine.dsl.model import Unit
from engine.ledger.annual import UnitYear, YearResult
from engine.notices.annual import annual_page
from engine.notices.annual_rules import rule_sentences
from tests.annual import MONTHS, OWING, copied, quietly
from tests.notices.reading import Reader, hundredths
from tests.notices.test_browser import QUIET


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, scored):
    """A proposed year, its notice and that of December."""
    folder = copied(scored, tmp_path_factory.mktemp("noticed"))
    quietly("-w", folder, "notices", "2023-12")
    quietly("-w", folder, "notices", "2023")
    return folder


def read(workspace, name: str = "2023/年度考核结果.html") -> Reader:
    return Reader((workspace / "notices" / name).read_text(encoding="utf-8"))


def written(text: str) -> int:
    """Points as JSON has them, in hundredths."""
    return hundredths(text.replace("-", "−"))


def test_every_row_is_the_ledger(jifen, workspace):
    units = jifen("-w", workspace, "annual", "2023", "--json").json["units"]
    notice = read(workspace)
    for category in ("部门", "县区"):
        rows = notice.tables[f"{category}2023年度考核结果"][1:]
        own = [one for one in units if one["category"] == category]
        assert [row.text("c-unit") for row in rows] == [one["unit"] for one in own]
        for row, one in zip(rows, own, strict=True):
            assert (int(row.text("c-rank")), row.text("c-eval")) == (one["rank"], one["evaluation"])
            assert hundredths(row.text("c-sum")) == written(one["points"])
            assert hundredths(row.text("c-pts")) == written(one["score"])
            assert row.text("c-grade") == one["grade"] + (" *" if one["veto"] else "")
        for grade in {one["grade"] for one in own}:
            assert f"{grade}{sum(one['grade'] == grade for one in own)}个" in notice.text


def test_the_twelve_months_are_the_standings(jifen, workspace):
    notice = read(workspace)
    months = [
        {one["unit"]: written(one["month_points"]) for one in jifen("-w", workspace, "standings", month, "--json").json}
        for month in MONTHS
    ]
    rows = [row for category in ("部门", "县区") for row in notice.tables[f"{category}十二个月积分"][1:]]
    assert {row.text("c-head") for row in rows} == set(months[0]) and len(rows) == len(months[0])
    for row in rows:
        own = [hundredths(text) for kinds, text in row.cells if "c-month" in kinds]
        assert own == [month[row.text("c-head")] for month in months]
        assert hundredths(row.text("c-pts")) == sum(own)


def test_a_veto_is_shown_with_the_list_entry_that_caused_it(workspace):
    (row,) = read(workspace).tables["一票否决"][1:]
    assert row.text("c-head") == OWING
    assert all(word in row.cells[1][1] for word in ("某工程公司", "2023年11月", "附件4 附表一（三十）", "拖欠账款.csv，第2行"))
    assert row.text("warn").startswith("不合格")


def test_unfinished_tasks_are_those_of_december(jifen, workspace):
    tasks = jifen("-w", workspace, "tasks", "2023-12", "--json").json
    unfinished = [one for one in tasks if one["status"] != "已完成"]
    rows = [[cell for _, cell in row.cells] for row in read(workspace).tables["未完成任务"][1:]]
    told = sorted((row[0], int(row[1].partition("．")[0]), row[2]) for row in rows)
    assert told == sorted((one["unit"], one["task"], one["status"]) for one in unfinished)


def test_a_unit_that_goes_on_for_another_says_whose_points_it_has(ruleset):
    old, new = Unit("市旧局", "市旧局", "部门", until="2023-06", becomes="市新局"), Unit("市新局", "市新局", "部门", since="2023-07")
    rules = replace(ruleset, units={one.name: one for one in (old, new)})
    months = (100,) * 12
    year = UnitYear("部门", "市新局", months, 1200, None, "0", 1080, 1, "优秀", "优秀", (), ())
    (row,) = annual_page(rules, YearResult(2023, "", (year,)), None).categories[0].rows
    assert (row.unit, row.points, row.formerly) == ("市新局", 1200, "（含原市旧局的积分）")


def test_the_rules_are_stated_with_their_settings(workspace):
    notice = read(workspace)
    assert "0.9 × 月度积分总和 + 0.1 × 年终综合测评" in notice.text and "按原值计" in notice.text
    assert "前10名优秀，第11至20名良好，后10名不合格，其余合格，即第1至10名优秀，第11至20名良好，第21至45名合格，第46至55名不合格" in notice.text
    assert "名次照排，其他单位的名次不变" in notice.text and "相同的名次并列" in notice.text
    assert {row.cells[0][1]: row.cells[1][1] for row in notice.tables["所用设置"][1:]}["月度积分权重"] == "0.9"


def test_where_bands_meet_is_said(ruleset):
    units = {f"局{place}": Unit(f"局{place}", f"局{place}", "部门") for place in range(25)}
    told = rule_sentences(replace(ruleset, units=units))
    (bands,) = [one for one in told if one.startswith("部门（25个）")]
    assert bands.endswith("第16至20名同时符合良好与不合格，评为良好。") and "第21至25名不合格" in bands


def test_a_proposal_is_marked_and_an_approved_year_says_when_and_by_whom(workspace, shut, tmp_path):
    assert "初评，待审定" in read(workspace).text and "审定的结果为准" in read(workspace).text
    approved = copied(shut, tmp_path)
    quietly("-w", approved, "approve", "2023", "--by", "市政府常务会议")
    notice = read(approved)
    assert "由市政府常务会议审定" in notice.text and "初评" not in notice.text
    issued = (approved / "notices" / "2023" / "年度考核结果.html").read_bytes()
    (approved / "templates" / "annual.html.j2").write_text("另一个样子", encoding="utf-8")
    quietly("-w", approved, "notices", "2023")
    assert (approved / "notices" / "2023" / "年度考核结果.html").read_bytes() == issued


def test_the_indexes_lead_to_the_year_and_its_months(workspace):
    assert "2023/index.html" in read(workspace, "index.html").links
    year = read(workspace, "2023/index.html")
    assert {"年度考核结果.html", "../2023-12/index.html", "../index.html"} <= set(year.links)
    assert not any("2023-01" in link for link in year.links)  # no notice of it was drawn
    for link in year.links:
        assert link.startswith("#") or (workspace / "notices" / "2023" / link).exists()


def test_the_same_ledger_gives_the_same_bytes(workspace):
    def files():
        return {path: path.read_bytes() for path in (workspace / "notices" / "2023").rglob("*.html")}

    before = files()
    quietly("-w", workspace, "notices", "2023")
    assert files() == before


def test_notices_tells_what_it_wrote(jifen, workspace):
    told = jifen("-w", workspace, "notices", "2023", "--json").json
    assert told["year"] == 2023 and [path.rpartition("/")[2] for path in told["notices"]] == ["年度考核结果.html", "index.html"]
    assert jifen("-w", workspace, "notices", "2023-13").status == jifen("-w", workspace, "notices", "23").status == 2


def test_it_fits_a_screen_and_a_phone(workspace):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        for width in (1280, 390, 320):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto((workspace / "notices" / "2023" / "年度考核结果.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            cells = "[...document.querySelectorAll('main td, main tbody th, main p')]"
            assert page.evaluate(
                f"{cells}.filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1)"
                ".map(e => e.textContent)"
            ) == []  # fmt: skip
            assert page.evaluate(f"{cells}.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)") == [], width
        browser.close()
