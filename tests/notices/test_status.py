"""Who has reported, as a page: what it says, that it fits its screen, and the message for the units."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import sync_playwright

from engine.ledger.status import MonthStatus
from engine.notices.render import render_status
from engine.notices.status import reminder, status_page
from tests.notices.example import april
from tests.notices.reading import Reader
from tests.notices.test_browser import QUIET

LATE = (("市公安局", "报送统计"), ("青溪县", "报送统计"))
ON_TIME = ("市发展局", "安陵市")


def page_of(missing=LATE):
    due = [*((unit, "报送统计") for unit in ON_TIME), *missing]
    return status_page(
        april().ruleset, MonthStatus("2023-04", "draft", (), due, list(missing), {"报送统计": set(ON_TIME)}, ""), 7
    )


@pytest.fixture
def written(tmp_path):
    return render_status(page_of(), "2023-04", tmp_path)


def test_a_page_marks_what_is_there_and_what_is_missing_in_words(written):
    read = Reader(written.read_text())
    rows = {row.text("unit-name"): row for rows in read.tables.values() for row in rows}
    assert "√" in rows["市发展局"].text("reported") and "缺报" in rows["青溪县"].text("missing")
    assert "市教育局" not in rows
    assert "第7次导入" in read.text and "征求意见" in read.text


def test_a_page_without_anything_missing_says_so(tmp_path):
    assert "没有缺报的单位" in Reader(render_status(page_of(()), "2023-04", tmp_path).read_text()).text


def test_a_workspaces_own_template_wins(tmp_path):
    own = tmp_path / "templates"
    own.mkdir()
    (own / "status.html.j2").write_text("{{ page.month }} 缺 {{ page.missing }} 项")
    assert render_status(page_of(), "2023-04", tmp_path, own).read_text() == "2023年4月 缺 2 项"


def test_the_reminder_is_plain_text():
    assert reminder(page_of()).splitlines() == [
        "【2023年4月报送提醒】",
        "2023年4月应报的数据，尚有2个单位共2项没有收到：",
        "部门（1个）",
        "市公安局：报送统计",
        "县区（1个）",
        "青溪县：报送统计",
        "请以上单位尽快补报；已经报送的，请与我们核对。",
    ]
    assert reminder(page_of(())).splitlines()[1] == "2023年4月应报的数据均已收到，没有缺报的单位。"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_fits_its_screen(written, width):
    found = shutil.which("chromium")
    assert found, "没有找到 chromium：通报的页面测试需要它（Debian：apt-get install chromium）"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        page = browser.new_page(viewport={"width": width, "height": 800})
        faults = []
        page.on("console", lambda message: faults.append(message.text))
        page.goto(written.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_text("缺报").first.is_visible() and not faults
        browser.close()
