"""The official form on paper, and Chinese typography on every page of a real workspace."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3

import pytest
from playwright.sync_api import sync_playwright

from tests.notices.office import KINDS
from tests.notices.test_browser import QUIET
from tests.notices.zhpunct import FAULTS, faults

MONTH = "notices/2023-01"
WRONG = {
    "half-width punctuation beside Chinese text": "<p>甲<span>(一)</span>乙</p>",
    "a full stop in half width after Chinese text": "<p>甲.</p>",
    "straight quotes beside Chinese text": '<p>"甲"</p>',
    "dots in place of an ellipsis": "<p>甲...</p>",
    "punctuation that is doubled": "<p>甲<b>，</b>。</p>",
    "a document's number without 〔〕": "<p>长发改(2023)5号</p>",
    "a hyphen in place of a minus sign": "<td>-3.00</td>",
    "a minus sign with a space behind": "<td>− 3.00</td>",
    "a number of five digits or more that is grouped by commas": "<td>12,345.00</td>",
    "a date or month as computers write it": "<p>自 2023-04 起</p>",
    "a date with a nought before": "<p>2023年04月</p>",
}
STARTS = """() => {
  const bad = [], range = document.createRange()
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  for (let node; node = walker.nextNode();) {
    if (node.parentElement.closest('style, svg')) continue
    for (let at = 1; at < node.length; at++) {
      if (!'，。；：、？！）》〕”’'.includes(node.data[at])) continue
      const [before, own] = [at - 1, at].map(one => { range.setStart(node, one); range.setEnd(node, one + 1); return range.getBoundingClientRect() })
      if (before.width && own.width && own.top > before.bottom - 1) bad.push(node.data.slice(Math.max(0, at - 6), at + 4))
    }
  }
  return bad
}"""


@pytest.fixture
def workspace(jifen, tmp_path):
    """January of the demo as it was issued, with all its pages."""
    folder = tmp_path / "demo"
    assert jifen("init", folder, "--demo").status == 0
    assert jifen("-w", folder, "run", "2023-01", "--from", folder / "inbox" / "2023-01", "--no-notices").status in (0, 1)
    assert jifen("-w", folder, "close", "2023-01", "--date", "2023-02-06").status == 0
    return folder


def own_texts(folder) -> set[str]:
    """What facts hold as text and stays as it was reported; months and dates are written as a page writes them."""
    rows = sqlite3.connect(folder / "jifen.db").execute("SELECT fields FROM fact_version")
    texts = {one for (fields,) in rows for one in json.loads(fields).values() if isinstance(one, str)}
    return {one for one in texts if re.search("[,;:!?().\"'-]", one) and not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", one)}


@pytest.mark.parametrize("name", FAULTS)
def test_the_checker_finds_each_fault_and_not_what_a_fact_says(name):
    assert name in {found for found, _ in faults(WRONG[name])}
    assert not list(faults("<p>长发改信用〔2023〕12号，2023年4月30日，−3.00分，100%，“甲”（12:30）。</p>"))
    assert not list(faults("<p>名称为甲(一)的</p>", ["甲(一)"]))


def test_corrections_reviews_the_year_and_every_other_kind_of_page_keep_to_chinese_typography(office):
    own = own_texts(office)
    found = {
        (kind, *fault) for kind, one in KINDS.items() for fault in faults((office / "notices" / one.file).read_text(encoding="utf-8"), own)
    }
    assert not found


def test_every_page_of_a_demo_month_keeps_to_chinese_typography_and_the_official_form(workspace):
    own = own_texts(workspace)
    pages = sorted((workspace / "notices").rglob("*.html"))
    found = {(name, text) for page in pages for name, text in faults(page.read_text(encoding="utf-8"), own)}
    assert not found
    letters = sorted((workspace / MONTH / "督办函").glob("*.html"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": 390, "height": 800})
        for path in (workspace / MONTH / "月度通报.html", *letters[:4]):
            page.goto(path.as_uri())
            assert page.evaluate("getComputedStyle(document.body).lineBreak") == "strict"
            assert page.evaluate(STARTS) == []
            assert page.evaluate("[...document.querySelectorAll('tr')].every(e => getComputedStyle(e).breakInside === 'avoid')")
            pdf = page.pdf(prefer_css_page_size=True)
            count = len(re.findall(rb"/Type\s*/Page\b", pdf))
            assert count % 2 == 0, path.name  # the imprint, which is last, lies on an even page
        browser.close()
