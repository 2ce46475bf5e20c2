"""Who has reported for a month and who has not: as a page, and as the message that goes to the units' group chat."""

from __future__ import annotations

from engine.dsl.model import Ruleset
from engine.ledger.status import CLOSED, CORRECTED, DRAFT, OPEN, MonthStatus
from engine.notices.context import ReportPart, ReportRow, StatusPage
from engine.notices.wording import month_words

STATES = {OPEN: "未计分", DRAFT: "征求意见", CLOSED: "已印发", CORRECTED: "已更正"}
REPORTED, MISSING = "reported", "missing"


def state_words(status: MonthStatus) -> str:
    if not status.opening or status.state in (OPEN, DRAFT):
        return STATES[status.state]
    return "期初" if status.state == CLOSED else f"期初，{STATES[status.state]}"


def status_page(ruleset: Ruleset, status: MonthStatus, imports: int) -> StatusPage:
    lacking = set(status.missing)
    told = {kind for _, kind in lacking} | {kind for kind, units in status.reported.items() if units}
    kinds = tuple(kind for kind in ruleset.kinds if kind in told)
    parts = []
    for place, category in enumerate(ruleset.categories, start=1):
        units = [name for name, unit in ruleset.units_in(status.month).items() if unit.category == category]
        rows = [_row(status, kinds, unit, lacking) for unit in units]
        shown = tuple(row for row in rows if any(row.marks))
        parts.append(ReportPart(category, f"c{place}", shown, len(rows) - len(shown)))
    # What another kind of the same item stands in for is neither there nor missing: it is not asked for.
    due = [(unit, kind) for unit, kind in status.due if (unit, kind) in lacking or unit in status.reported.get(kind, ())]
    return StatusPage(
        scheme=ruleset.title,
        month=month_words(status.month),
        state=state_words(status),
        imports=imports,
        kinds=kinds,
        parts=tuple(parts),
        due=len(due),
        due_units=len({unit for unit, _ in due}),
    )


def _row(status: MonthStatus, kinds: tuple[str, ...], unit: str, lacking: set[tuple[str, str]]) -> ReportRow:
    def mark(kind: str) -> str:
        if unit in status.reported.get(kind, ()):
            return REPORTED
        return MISSING if (unit, kind) in lacking else ""

    marks = tuple(map(mark, kinds))
    return ReportRow(unit, marks, tuple(kind for kind, one in zip(kinds, marks, strict=True) if one == MISSING))


def reminder(page: StatusPage) -> str:
    """Plain text, ready to be pasted: which units still owe which figures."""
    head = f"【{page.month}报送提醒】"
    if not page.late:
        return f"{head}\n{page.month}应报的数据均已收到，没有缺报的单位。"
    lines = [head, f"{page.month}应报的数据，尚有{len(page.late)}个单位共{page.missing}项没有收到："]
    for part in page.parts:
        if part.late:
            lines.append(f"{part.name}（{len(part.late)}个）")
            lines += [f"{row.unit}：{'、'.join(row.missing)}" for row in part.late]
    lines.append("请以上单位尽快补报；已经报送的，请与我们核对。")
    return "\n".join(lines)
