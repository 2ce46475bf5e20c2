"""The places in notices that can be named: an entry by its number in the ledger, a unit's row, an obligation's row."""

from __future__ import annotations


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
