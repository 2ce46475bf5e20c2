"""The places in notices that can be named: an entry by its number in the ledger, a unit's row, an obligation's row."""

from __future__ import annotations

from pathlib import Path

from engine.notices.index import MONTHLY
from engine.notices.overview import STATEMENTS
from engine.notices.wording import statement_file


def entry_anchor(entry: int) -> str:
    return f"e{entry}"


def unit_anchor(unit: str) -> str:
    """No white space stands in an anchor.

    >>> unit_anchor("市 教育局")
    'u-市教育局'
    """
    return f"u-{''.join(unit.split())}"


def task_anchor(no: int) -> str:
    return f"t{no}"


def pages_with(out: Path, month: str, unit: str, entry: int) -> tuple[str, ...]:
    """Where an entry stands in the notices that lie in `out`, as path#anchor below it: its own line wherever there is one, and
    the row of its unit in the month's notice, whose sum holds it."""
    own = entry_anchor(entry)
    statement, monthly = out / month / STATEMENTS / statement_file(unit), out / month / MONTHLY
    wanted = [(statement, own), (monthly, own), (monthly, unit_anchor(unit))]
    wanted += [(path, own) for path in sorted(out.glob("*/更正通报-*.html"))]
    return tuple(f"{path.relative_to(out).as_posix()}#{anchor}" for path, anchor in wanted if _holds(path, anchor))


def _holds(page: Path, anchor: str) -> bool:
    return page.is_file() and f'id="{anchor}"'.encode() in page.read_bytes()
