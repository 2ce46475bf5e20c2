"""Every number in a table is the ledger's, for every unit: the pages are parsed and held against what the commands report."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.annual import quietly
from tests.notices.office import DRAFT, ISSUED
from tests.notices.reading import Reader, hundredths

BEFORE = {"2023-01": None, DRAFT: "2023-03"}


def written(text: str) -> int:
    """Points as JSON has them, in hundredths."""
    return hundredths(text.replace("-", "−"))


@dataclass
class Month:
    """What the commands say of a month; `awards` has what each fact gives by each rule once corrections are counted in."""

    month: str
    words: str
    standings: list[dict]
    before: dict[str, int]
    awards: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def added(self, unit: str) -> int:
        return sum(points for points in self.awards[unit] if points > 0)

    def deducted(self, unit: str) -> int:
        return sum(points for points in self.awards[unit] if points < 0)

    def moved(self, one: dict) -> str:
        if not self.before:
            return "—"
        gained = self.before[one["unit"]] - one["month_rank"]
        return "持平" if not gained else f"{'↑' if gained > 0 else '↓'}{abs(gained)}"


@pytest.fixture(scope="module", params=BEFORE)
def month(request, office):
    """A month that was issued, the first of the year, and one that is a draft."""
    ran, last = request.param, BEFORE[request.param]
    before = report(office, "standings", last) if last else []
    told = Month(
        ran, f"2023年{int(ran[5:])}月", report(office, "standings", ran), {one["unit"]: one["month_rank"] for one in before}
    )
    net = defaultdict(int)
    for entry in report(office, "ledger", "--month", ran):
        net[entry["unit"], entry["rule"], entry["fact"]] += written(entry["points"])
    for (unit, _, _), points in net.items():
        if points:
            told.awards[unit].append(points)
    return told


def report(workspace: Path, *arguments: str):
    """What a command tells with --json."""
    return json.loads(quietly("-w", workspace, *arguments, "--json"))


def read(office, month: Month, name: str) -> Reader:
    return Reader((office / "notices" / month.month / name).read_text(encoding="utf-8"))


def test_every_line_of_every_statement_is_the_ledger(office, month):
    for one in month.standings:
        unit, running, shown = one["unit"], 0, []
        rows = read(office, month, f"得分单/{unit}.html").tables[f"{unit}{month.words}得分明细"]
        for row in rows:
            if "entry" in row.kinds:
                shown.append(hundredths(row.text("c-pts")))
                running += shown[-1]
            if row.text("c-run"):
                assert hundredths(row.text("c-run")) == running, unit
        assert sorted(filter(None, shown)) == sorted(month.awards[unit]), unit
        assert hundredths(rows[-1].cells[-1][1]) == running == written(one["month_points"]), unit


def test_the_head_of_every_statement_is_the_standings(office, month):
    sizes = defaultdict(int)
    for one in month.standings:
        sizes[one["category"]] += 1
    for one in month.standings:
        unit, of = one["unit"], f"/ {sizes[one['category']]}"
        text = read(office, month, f"得分单/{unit}.html").text
        head = text[text.index("本月积分") :]
        assert head[: head.index("）", head.index("累计名次")) + 1] == (
            f"本月积分{points(one['month_points'])} 加分 / 扣分{signed(month.added(unit))} / {signed(month.deducted(unit))}"
            f" 本月名次{one['month_rank']}{of} 较上月 {month.moved(one)}"
            f" 累计积分{points(one['total_points'])} 累计名次{one['total_rank']}{of}（{one['category']}）"
        )


def test_every_row_of_the_rankings_is_the_standings(office, month):
    notice = read(office, month, "月度通报.html")
    for category in {one["category"] for one in month.standings}:
        rows = notice.tables[f"{category}{month.words}积分排名"][1:]
        own = [one for one in month.standings if one["category"] == category]
        assert [row.text("c-unit") for row in rows] == [one["unit"] for one in own]
        for row, one in zip(rows, own, strict=True):
            assert (int(row.text("c-rank")), row.text("c-move")) == (one["month_rank"], month.moved(one)), one
            assert hundredths(row.text("c-pts")) == written(one["month_points"]), one
            assert hundredths(row.text("c-add")) == month.added(one["unit"]), one
            assert hundredths(row.text("c-ded")) == month.deducted(one["unit"]), one
            assert row.text("c-total") == f"{points(one['total_points'])}（{one['total_rank']}）", one


def test_every_deduction_of_the_notice_is_the_ledger(office, month):
    rows = read(office, month, "月度通报.html").tables[f"{month.words}扣分明细"][1:]
    shown = sorted((row.text("c-head"), hundredths(row.text("c-pts"))) for row in rows)
    assert shown == sorted((unit, taken) for unit, awards in month.awards.items() for taken in awards if taken < 0)


def test_the_tasks_of_every_statement_are_the_judgements(office, month):
    judged = defaultdict(list)
    for one in report(office, "tasks", month.month):
        judged[one["unit"]].append((str(one["task"]), one["status"]))
    for one in month.standings:
        unit = one["unit"]
        rows = read(office, month, f"得分单/{unit}.html").tables.get(f"{unit}{month.words}任务", [])[1:]
        shown = [(row.text("c-task"), row.text("c-status").partition("期限")[0]) for row in rows]
        assert sorted(shown) == sorted(judged[unit]), unit


def test_a_correction_is_what_its_entries_changed(office):
    entries = report(office, "ledger", "--month", ISSUED)
    batch = max(entry["batch"] for entry in entries)
    before, after = defaultdict(int), defaultdict(int)
    for entry in entries:
        key = entry["unit"], entry["rule"]
        before[key] += written(entry["points"]) if entry["batch"] < batch else 0
        after[key] += written(entry["points"])
    page = Reader((office / "notices" / ISSUED / "更正通报-1.html").read_text(encoding="utf-8"))
    shown = []
    for row in page.tables["2023年2月积分更正"][1:]:
        old, new, gained = (hundredths(text) for _, text in row.cells[2:])
        assert new - old == gained
        shown.append((row.text("c-head"), old, new))
    assert sorted(shown) == sorted((key[0], before[key], after[key]) for key in after if before[key] != after[key])
    ranks = {one["unit"]: (one["month_rank"], one["total_rank"]) for one in report(office, "standings", ISSUED)}
    for row in page.tables["2023年2月名次变动"][1:]:
        assert tuple(int(text.split(" → ")[-1]) for _, text in row.cells[2:]) == ranks[row.text("c-head")]


def signed(hundredth: int) -> str:
    return f"{'+' if hundredth > 0 else '−' if hundredth < 0 else ''}{abs(hundredth) // 100}.{abs(hundredth) % 100:02d}"


def points(text: str) -> str:
    """Points as a page writes them."""
    return text.replace("-", "−")
