"""How a workbook that jifen wrote itself is known again: its marked sheets, and the rows it filled in beforehand.

The template writes by these words and the reader reads by them, so that a row nobody touched is never taken for a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.dsl.model import Kind, Time

MARK = "【积分】"  # what the first cell of a sheet that holds no facts begins with
INSTRUCTIONS = "填写说明"
LISTS = "取值"
FAULTS = "错误清单"
UNIT_LABEL, MONTH_LABEL, YEAR_LABEL = "填报单位", "填报月份", "年度"

LABELLED_ROWS = 10  # the labels stand above the table


@dataclass(frozen=True)
class Prefilled:
    """What a template was made for; "" where that was left open."""

    unit: str = ""
    month: str = ""
    year: str = ""


def is_ours(first_cell_text: str) -> bool:
    """Whether a sheet whose first cell holds this text is one of ours, with no facts on it."""
    return first_cell_text.strip().startswith(tuple(f"{MARK}{name}" for name in (INSTRUCTIONS, LISTS, FAULTS)))


def prefilled(rows: Iterable[Sequence[str]]) -> Prefilled:
    """What the instruction sheet says the template was made for: labels in the first column, values in the second."""
    told: dict[str, str] = {}
    for row in islice(rows, LABELLED_ROWS):
        label, value = (text.strip() for text in (*row, "", "")[:2])
        told.setdefault(label, value)
    return Prefilled(*(told.get(label, "") for label in (UNIT_LABEL, MONTH_LABEL, YEAR_LABEL)))


def prefills(kind: Kind, known: Prefilled) -> dict[str, str]:
    """The fields that a template fills in beforehand; none where that alone would already be a whole fact."""
    if kind.time is Time.TABLE:
        return {}
    parts = {
        kind.unit_field: known.unit,
        kind.month_field: known.month,
        kind.year_field: known.unit and known.year,  # a year alone says nothing about who reports
    }
    found = {name: text for name, text in parts.items() if name is not None and text}
    return found if lacks(kind, found) else {}


def listed_keys(kind: Kind) -> tuple[str, ...]:
    """The key fields of a monthly kind that have a closed list: a template gives each of their values a row."""
    return tuple(name for name in kind.key if name in kind.closed) if kind.time is Time.MONTHLY else ()


def lacks(kind: Kind, filled: Iterable[str]) -> bool:
    """Whether a row with these fields filled still lacks a required one."""
    return not set(kind.required) <= set(filled)


def untouched(kind: Kind, texts: Mapping[str, str], known: Prefilled) -> bool:
    """Whether a row holds nothing but what the template filled in; `texts` are its cells that are not empty, by heading.

    A whole fact is never untouched, and neither is a row that holds none of what is known.
    """
    ours, listed = prefills(kind, known), listed_keys(kind)
    return (
        not ours.keys().isdisjoint(texts)
        and lacks(kind, texts)
        and all(
            text == ours[name] if name in ours else name in listed and text in kind.closed[name]
            for name, text in texts.items()
        )
    )
