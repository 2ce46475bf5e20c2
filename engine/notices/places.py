"""Where an entry stands in the notices as they lie on the disk: told only of pages that really have the place."""

from __future__ import annotations

from pathlib import Path

from engine.notices.anchors import entry_anchor, unit_anchor
from engine.notices.index import MONTHLY
from engine.notices.overview import STATEMENTS
from engine.notices.wording import statement_file


def pages_with(out: Path, month: str, unit: str, entry: int) -> tuple[str, ...]:
    """Where an entry stands in the notices that lie in `out`, as path#anchor below it: its own line wherever there is one, and
    the row of its unit in the month's notice, whose sum holds it."""
    own = entry_anchor(entry)
    statement, monthly = out / month / STATEMENTS / statement_file(unit), out / month / MONTHLY
    wanted = [(statement, own), (monthly, own), (monthly, unit_anchor(unit))] if _holds(statement, own) else []
    wanted += [(path, own) for path in sorted(out.glob("*/更正通报-*.html"))]
    return tuple(f"{path.relative_to(out).as_posix()}#{anchor}" for path, anchor in wanted if _holds(path, anchor))


def _holds(page: Path, anchor: str) -> bool:
    return page.is_file() and f'id="{anchor}"'.encode() in page.read_bytes()
