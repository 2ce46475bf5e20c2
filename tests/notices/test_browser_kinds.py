"""Every kind of page as its readers have it: with a screen reader, on a wide and on a narrow screen, offline, and on paper.

The pages are looked at with one tab of one browser, each opened once for all widths.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.notices.office import KINDS, running
from tests.notices.picturing import VIEWS, difference, picture, stored

WIDTHS = (1280, 390, 320)
BEYOND = """[...document.querySelectorAll('main td, main th, main p, main h1, main h2, main svg text')]
  .filter(e => e.getClientRects().length && !e.closest('thead, .box') && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.textContent)"""
# Contrast costs as much as all else. Rows and bars of the same make have the same colours, so a few of each make are enough.
THIN = """() => { const seen = {}, make = e => e.tagName + '.' + e.getAttribute('class') + [...e.children].map(make).join();
  for (const e of document.querySelectorAll('tbody tr, svg text, svg rect, .links li')) {
    const known = (e.closest('table, svg, ul')?.className ?? '') + make(e); seen[known] = (seen[known] ?? 0) + 1;
    if (seen[known] > 3) e.remove(); } }"""
AXE = """options => axe.run(document, {resultTypes: ['violations'], ...options})
  .then(found => found.violations.flatMap(one => one.nodes.map(node => [one.id, node.target.join(' '), node.failureSummary])))"""
CONTRAST = "color-contrast"
# What a row is on paper: whether it may be cut, and how high it stands beside the page.
ROWS = """() => { const whole = e => getComputedStyle(e).breakInside == 'avoid';
  return [...document.querySelectorAll('tbody tr')].filter(e => e.getClientRects().length).map(e => ({
  text: e.textContent.trim().slice(0, 40), height: e.getBoundingClientRect().height,
  whole: whole(e) || [...e.cells].every(cell => cell.matches('.c-section') || whole(cell))}))}"""
LOWEST = 720  # px, the body of the lowest page (A4 across, for the matrix)


@pytest.fixture(scope="module")
def tab():
    with running() as browser:
        yield browser.new_page()


@pytest.fixture
def opened(office, tab):
    """Opens the page of a kind, and gives what the tab says and asks for from then on."""
    heard: list[str] = []

    def say(message):
        heard.append(message.text)

    def fail(error):
        heard.append(str(error))

    def ask(request):
        heard.append(request.url)

    def open_page(kind: str) -> list[str]:
        tab.emulate_media(media="null")  # as it comes: screen on the screen, print on paper
        tab.set_viewport_size({"width": WIDTHS[0], "height": 800})
        address = (office / "notices" / KINDS[kind].file).as_uri()
        tab.goto(address)
        assert heard.pop(0) == address
        return heard

    for event, listener in (("console", say), ("pageerror", fail), ("request", ask)):
        tab.on(event, listener)
    yield open_page
    for event, listener in (("console", say), ("pageerror", fail), ("request", ask)):
        tab.remove_listener(event, listener)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_for_everyone_fits_every_screen_and_asks_for_nothing(opened, tab, kind):
    heard = opened(kind)
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, width
        assert tab.evaluate(BEYOND) == [], width
    assert heard == []
    tab.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate(AXE, {"rules": {CONTRAST: {"enabled": False}}}) == [], width
    tab.evaluate(THIN)
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate(AXE, {"runOnly": [CONTRAST]}) == [], width


@pytest.mark.parametrize("kind", [kind for kind, one in KINDS.items() if one.sheets])
def test_a_notice_takes_its_sheets_and_cuts_no_row(opened, tab, kind):
    opened(kind)
    pdf = tab.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert KINDS[kind].sheets / 2 <= sheets <= KINDS[kind].sheets
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 590, "height": 850})  # the body of a notice's page
    rows = tab.evaluate(ROWS)
    assert [row for row in rows if not row["whole"] or row["height"] > LOWEST] == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_looks_as_it_did(opened, tab, tmp_path, kind, view):
    opened(kind)
    now = picture(tab, kind, view)
    told = difference(view, stored(kind, view), now)
    if told:
        now.save(tmp_path / "now.png")
    assert not told, f"{told}; {tmp_path / 'now.png'}; `make pictures` renews the stored one, when the change is meant"
