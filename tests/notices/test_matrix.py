"""The ledger of tasks: every verdict in its cell, empty where a unit is not responsible, and counts that add up."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from engine.notices.index import INDEX, MONTHLY
from engine.notices.render import month_pages
from engine.notices.tasks import LEDGER, SIGNS
from tests.notices.example import render_month
from tests.notices.judged import MONTH, judged
from tests.notices.reading import Reader
from tests.notices.test_browser import QUIET

HEADS = 3 + len(SIGNS)  # number, title, due, a count for each status


@pytest.fixture(scope="module")
def book(ruleset):
    return judged(ruleset)


@pytest.fixture(scope="module")
def pages(book):
    return {name: Reader(content.decode()) for name, content in month_pages(book, None).items() if name in (LEDGER, INDEX, MONTHLY)}


def tables(pages):
    for name, table in pages[LEDGER].tables.items():
        head, *rows = table
        yield name, [text for _, text in head.cells[HEADS:]], rows


def test_a_table_for_each_category_has_every_task_by_number_and_every_unit_in_order(book, pages):
    found = list(tables(pages))
    assert [name for name, _, _ in found] == ["部门2023年4月任务台账", "县区2023年4月任务台账"]
    assert [unit for _, units, _ in found for unit in units] == list(book.ruleset.units)
    for _, _, rows in found:
        assert [row.cells[0][1] for row in rows[:39]] == [str(number) for number in range(1, 40)]


def test_each_cell_shows_its_verdict_and_is_empty_where_the_task_does_not_bind(book, pages):
    expected = {(one.task, unit): one.status for unit, own in book.verdicts.items() for one in own}
    shown = {}
    for _, units, rows in tables(pages):
        for row in rows[:39]:
            for unit, (kind, mark) in zip(units, row.cells[HEADS:], strict=True):
                if kind != "none":
                    (status,) = [sign.status for sign in SIGNS.values() if (sign.kind, sign.mark) == (kind, mark)]
                    shown[int(row.cells[0][1]), unit] = status
                else:
                    assert not mark
    assert shown == expected


def test_signs_differ_without_their_colours():
    assert len({sign.mark for sign in SIGNS.values()}) == len(SIGNS) == 5


def test_counts_of_tasks_and_of_units_agree_with_the_cells(book, pages):
    for _, units, rows in tables(pages):
        sums = [sum(int(row.cells[3 + place][1] or 0) for row in rows[:39]) for place in range(len(SIGNS))]
        own = [one for unit in units for one in book.verdicts.get(unit, ())]
        assert sums == [sum(one.status == status for one in own) for status in SIGNS]
        for place, row in enumerate(rows[39:]):
            by_unit = [int(text or 0) for _, text in row.cells[1 + len(SIGNS):]]
            assert len(by_unit) == len(units) and sum(by_unit) == sums[place]


def test_every_failing_cell_leads_to_the_letter_of_its_unit(book, pages):
    failing = [unit for unit, own in book.verdicts.items() for one in own if SIGNS[one.status].failing]
    linked = [link for link in pages[LEDGER].links if link.startswith("督办函/")]
    assert sorted(linked) == sorted(2 * [f"督办函/{unit}.html" for unit in failing])  # in the matrix and in the phone's list


def test_the_month_leads_to_its_ledger_of_tasks(pages):
    assert LEDGER in pages[INDEX].links and LEDGER in pages[MONTHLY].links


def test_a_month_without_verdicts_has_none(book):
    assert LEDGER not in month_pages(replace(book, verdicts={}, letters={}), None)


@pytest.fixture(scope="module")
def out(book, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    render_month(book, None, folder)
    return folder / MONTH


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield running
        running.close()


def test_no_page_scrolls_sideways_and_a_phone_gets_a_list_with_the_failing_units(out, browser):
    names = (LEDGER, "督办函/市公安局.html", "得分单/市公安局.html", MONTHLY, INDEX)
    for width in (1280, 390):
        page = browser.new_page(viewport={"width": width, "height": 800})
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        for name in names:
            page.goto((out / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        assert len(asked) == len(names)
        page.goto((out / LEDGER).as_uri())
        assert page.locator(".grid").first.is_visible() == (width == 1280)
        assert page.locator(".fold").first.is_visible() == (width == 390)
        if width == 390:
            assert page.locator(".fold li", has_text="按目录全量").first.locator("a", has_text="市公安局").is_visible()
        page.close()


def test_heads_and_first_columns_stay_in_sight_in_the_scroll_box(out, browser):
    page = browser.new_page(viewport={"width": 900, "height": 500})
    page.goto((out / LEDGER).as_uri())
    before, after = [
        page.evaluate(
            "scroll => { const box = document.querySelector('.box'); box.scrollTo(scroll, scroll); const at = s => "
            "{ const r = box.querySelector(s).getBoundingClientRect(), b = box.getBoundingClientRect(); return [r.left - b.left, r.top - b.top] };"
            "return [box.scrollLeft > 0 && box.scrollTop > 0, at('thead .u:nth-child(4)')[1], at('tbody tr:nth-child(20) .k1')[0]] }",
            scroll,
        )
        for scroll in (0, 200)
    ]
    assert after[0] and after[1:] == before[1:]
    page.close()


def test_the_ledger_prints_on_a4_landscape_without_a_cut(out, browser):
    page = browser.new_page(viewport={"width": 1054, "height": 718})  # what 297 mm leave between the margins
    page.goto((out / LEDGER).as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 (\d+)[.\d]* (\d+)[.\d]*\]", pdf)
    assert boxes and set(boxes) <= {(b"841", b"594"), (b"842", b"595"), (b"841", b"595"), (b"842", b"594")}
    page.emulate_media(media="print")
    assert page.evaluate("Math.max(...[...document.querySelectorAll('.grid')].map(e => e.getBoundingClientRect().right))") <= 1054
    page.close()
