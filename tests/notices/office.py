"""A year as an office has it, with one of every page: the workspace that the tests in a browser look at.

January and February are issued, February is corrected (late figures came with March's workbooks), the other months are
drafts, and the year is proposed; there are letters and two requests for review, one of them decided. The clock stands
still, so that every page has the same bytes whatever the day of the test.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.annual import MONTHS, quietly
from tests.notices.test_browser import QUIET, chromium

ISSUED, DRAFT = "2023-02", "2023-04"
BUREAU, COUNTY = "市教育局", "沁源县"
ISSUER, DECIDER = ("--by", "张三"), ("--by", "李四")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: one file of it, how many sheets of A4 it may take at most (None for one that stays on the screen),
    and the element that its picture begins with."""

    file: str
    sheets: int | None = None
    seen_from: str = "body"


KINDS = {
    "index": Kind("index.html"),
    "index of a month": Kind(f"{DRAFT}/index.html"),
    "index of a year": Kind("2023/index.html"),
    "monthly, issued": Kind(f"{ISSUED}/月度通报.html", 16),
    "monthly, draft": Kind(f"{DRAFT}/月度通报.html", 16, ".rank"),
    "statement of a department": Kind(f"{DRAFT}/得分单/{BUREAU}.html", 9),
    "statement of a county": Kind(f"{ISSUED}/得分单/{COUNTY}.html", 9),
    "advice": Kind(f"{DRAFT}/提分建议/{COUNTY}.html", seen_from="h2"),
    "letter, issued": Kind(f"{ISSUED}/督办函/{BUREAU}.html", 6),
    "letter, draft": Kind(f"{DRAFT}/督办函/{COUNTY}.html", 6),
    "correction": Kind(f"{ISSUED}/更正通报-1.html", 4),
    "annual": Kind("2023/年度考核结果.html", 33, ".rank"),
    "reviews": Kind("复核.html"),
    "year of a unit": Kind(f"2023/单位/{BUREAU}.html"),
    "card": Kind(f"{DRAFT}/通报卡.html"),
    "matrix": Kind(f"{DRAFT}/任务台账.html", 4),
    "status": Kind("2023-05/报送情况.html"),
    "catalogue": Kind("规则目录.html"),
    "impact": Kind("影响.html"),
}


class _Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime(2023, 5, 10, 1, 30, tzinfo=tz)


def office(folder: Path) -> Path:
    """Makes the workspace below a folder; some 20 s."""
    workspace = folder / "workspace"
    inbox = workspace / "inbox"

    def act(*arguments: object) -> None:
        quietly("-w", workspace, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.clock.datetime", _Clock)
        quietly("init", workspace, "--demo")
        for number, month in enumerate(MONTHS[:2], 1):
            act("run", month, "--from", inbox / month, "--no-notices")
            act("close", month, "--number", f"长发改信用〔2023〕{number}号", "--date", "2023-05-08", *ISSUER)
        act("import", inbox / MONTHS[2], "--correction", "二月的数字迟报")
        act("correct", MONTHS[1], "--reason", "二月的数字迟报", *ISSUER)
        act("run", MONTHS[2], "--no-notices")
        act("run", DRAFT, "--from", inbox / DRAFT)
        act("review", "open", COUNTY, ISSUED, "--rule", "C04", "--text", "已按时处理", *ISSUER)
        act("review", "open", BUREAU, ISSUED, "--rule", "D16b", "--text", "少计一件", *ISSUER)
        act("review", "decide", "1", "--uphold", "--reason", "核对无误", *DECIDER)
        act("status", MONTHS[4], "--page")
        for month in MONTHS[4:]:
            act("import", inbox / month, "--correction", "迟报")
            act("run", month, "--no-notices")
        act("notices", "2023")
        act("rules", "catalogue", "-o", workspace / "notices" / "规则目录.html")
        act("rules", "impact", _other_rules(workspace), "--html", workspace / "notices" / KINDS["impact"].file)
    return workspace


def _other_rules(workspace: Path) -> Path:
    """The workspace's rules with one test narrowed and one title changed, beside it."""
    folder = workspace.parent / "other"
    shutil.copytree(workspace / "rulesets/changzhi-2023", folder)
    path = folder / "counties.yaml"
    text = path.read_text(encoding="utf-8").replace("points: -3\n", "points: -5\n", 1).replace("title: ", "title: 新的", 1)
    path.write_text(text, encoding="utf-8")
    return folder


@contextmanager
def running() -> Iterator[Browser]:
    """Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()
