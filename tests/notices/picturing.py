"""Pictures of the pages to compare with: grey, small, looked at through a coarse grid.

A grid so coarse sees a table that has lost its columns or a sheet that has lost its margins, and not the shapes of letters;
another font wraps lines elsewhere, on a phone most of all, which is why a picture of a phone may differ by more.

    python -m tests.notices.picturing    (`make pictures`) takes them anew
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page

from tests.notices.office import KINDS, office, running

FOLDER = Path(__file__).parent / "pictures"
VIEWS = {"wide": (1280, 1600, 400), "phone": (390, 1200, 200)}  # width and height of the window, width of the picture
TOLERATED = {"wide": 0.04, "phone": 0.1}  # share of the cells that may have changed
GREYS = 16
CELL = 20  # pixels of a picture
CHANGED = 18  # grey levels of 255 from which on a cell has changed


def picture(tab: Page, kind: str, view: str) -> Image.Image:
    """The open page from its top on, or from what the kind is looked at for."""
    width, height, small = VIEWS[view]
    tab.set_viewport_size({"width": width, "height": height})
    tab.evaluate("chosen => document.querySelector(chosen).scrollIntoView()", KINDS[kind].seen_from)
    taken = Image.open(io.BytesIO(tab.screenshot())).convert("L")
    return taken.resize((small, height * small // width), Image.Resampling.BOX)


def file(kind: str, view: str) -> Path:
    return FOLDER / f"{kind.replace(', ', ' ').replace(' ', '-')}-{view}.png"


def stored(kind: str, view: str) -> Image.Image:
    return Image.open(file(kind, view)).convert("L")


def difference(view: str, before: Image.Image, now: Image.Image) -> str:
    """What has changed, in words; nothing when the two are alike."""
    if before.size != now.size:
        return f"the size was {before.size}, is {now.size}"
    cells = (before.width // CELL, before.height // CELL)
    apart = ImageChops.difference(*(one.resize(cells, Image.Resampling.BOX) for one in (before, now)))
    changed = sum(apart.histogram()[CHANGED:])
    if changed <= TOLERATED[view] * cells[0] * cells[1]:
        return ""
    return f"{changed} of {cells[0] * cells[1]} parts have changed, by {ImageStat.Stat(apart).mean[0]:.0f} grey levels on average"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, running() as browser:
        notices = office(Path(folder)) / "notices"
        tab = browser.new_page()
        for kind, one in KINDS.items():
            tab.goto((notices / one.file).as_uri())
            for view in VIEWS:
                taken = picture(tab, kind, view).quantize(GREYS)
                taken.save(file(kind, view), optimize=True)


if __name__ == "__main__":
    main()
