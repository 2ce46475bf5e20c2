"""The notices in a real browser: wide, on a phone, on a small phone, and on paper."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import sync_playwright

from engine.notices.render import render_index, render_reviews
from engine.notices.reviews import reviews_link, reviews_page
from tests.notices.example import april, render_month, requests

QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PAGES = ("index.html", "复核.html", "2023-04/index.html", "2023-04/月度通报.html", "2023-04/得分单/市公安局.html", "2023-04/得分单/高新技术产业开发区.html")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    render_month(april(), None, folder)
    asked = requests()
    render_reviews(reviews_page("积分", asked), folder)
    render_index([("2023-04", "积分")], folder, reviews=reviews_link(asked))
    return folder


def chromium() -> str:
    found = shutil.which("chromium")
    assert found, "没有找到 chromium：通报的页面测试需要它（Debian：apt-get install chromium）"
    return found


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield running
        running.close()


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_screen_and_asks_for_nothing(out, browser, name, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    faults, asked = [], []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((out / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = "[...document.querySelectorAll('main td, main th, main p, main svg text')]"
    assert page.evaluate(
        f"{beyond}.filter(e => e.getClientRects().length && !e.closest('thead') && e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.textContent)"
    ) == []  # fmt: skip
    assert not faults
    assert asked == [page.url]
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_on_a4(out, browser, name):
    page = browser.new_page()
    page.goto((out / name).as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", pdf)
    page.close()
