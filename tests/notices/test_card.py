"""The month's card: both ends of every category, what is new, and a picture of the size that a phone shows."""

import struct
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from engine.ledger.book import Issue
from engine.notices.card import card_page
from engine.notices.picture import require_picture, write_picture
from engine.notices.render import page_bytes
from engine.notices.wording import average
from tests.notices.example import BUREAUS, COUNTIES, april


def test_it_shows_both_ends_of_each_category_no_unit_twice():
    book = april()
    page = card_page(book)
    for part, units in zip(page.parts, (BUREAUS, COUNTIES), strict=True):
        ranked = [one for one in book.standings if one.unit in units]
        assert part.average == average([one.month_points for one in ranked])
        assert [row.unit for row in part.first] == [one.unit for one in ranked[:4]]
        assert [row.unit for row in part.last] == [one.unit for one in ranked[max(4, len(ranked) - 4) :]]
        assert not {row.unit for row in part.first} & {row.unit for row in part.last}


def test_it_names_the_vetoes_that_the_month_brought():
    assert {one.unit for one in card_page(april()).alerts} == {BUREAUS[4], COUNTIES[4]}


def test_the_page_fits_its_size_and_the_picture_is_three_times_it(tmp_path):
    path = tmp_path / "通报卡.html"
    path.write_bytes(page_bytes(None, "card.html.j2", card_page(april())))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require_picture(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 360, "height": 640})
        page.goto(path.as_uri())
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        main, footer = (page.locator(part).bounding_box() for part in ("main", "footer"))
        browser.close()
    assert size == [360, 640] and main["y"] + main["height"] <= footer["y"]
    drawn = write_picture(path).read_bytes()
    assert drawn.startswith(b"\x89PNG") and struct.unpack(">II", drawn[16:24]) == (1080, 1920)


def test_a_draft_says_so_and_an_issued_month_its_number_and_date():
    draft, issued = april(), replace(april(), issue=Issue("云发改信用〔2023〕4号", "2023-05-08"))
    told = [page_bytes(None, "card.html.j2", card_page(book)).decode() for book in (draft, issued)]
    assert "征求意见稿" in told[0]
    assert "征求意见稿" not in told[1] and "云发改信用〔2023〕4号" in told[1] and "2023年5月8日" in told[1]


def test_without_a_browser_one_line_says_so_and_no_page_is_touched(jifen, scored, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = jifen("-w", scored, "notices", "2023-02", "--png")
    assert done.status == 1 and "没有 Chromium" in done.err
    assert not (scored / "notices/2023-02").exists()


@pytest.mark.parametrize("wrong", ["--as-issued", "--docx", "--png"])
def test_a_year_has_no_such_copies(jifen, scored, wrong):
    assert jifen("-w", scored, "notices", "2023", wrong).status == 2
