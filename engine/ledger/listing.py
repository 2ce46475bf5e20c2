"""The entries of the ledger as rows, oldest first: for the terminal, CSV, JSON and Excel (cli.md, `ledger`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from engine.facts import key_line
from engine.scoring.points import decimal
from models.tables import Batch, LedgerEntry

if TYPE_CHECKING:
    import pandas

COLUMNS = ("entry", "batch", "posted_at", "period", "unit", "rule", "points", "kind", "fact", "reason")


@dataclass(frozen=True)
class Named:
    """The months, units and rules that some entry names, whatever the ruleset says by now."""

    months: frozenset[str]
    units: frozenset[str]
    rules: frozenset[str]


def named(connection: Connection) -> Named:
    entry = LedgerEntry.__table__
    columns = (entry.c.period, entry.c.unit, entry.c.rule)
    return Named(*(frozenset(connection.execute(select(column).distinct()).scalars()) for column in columns))


def entries(
    connection: Connection, *, month: str | None = None, unit: str | None = None, rule: str | None = None
) -> list[dict[str, object]]:
    """The entries that fit, oldest first; points are texts with two decimals."""
    entry, batch = LedgerEntry.__table__, Batch.__table__
    query = (
        select(entry.c.id, entry.c.batch_id, batch.c.at, entry.c.period, entry.c.unit, entry.c.rule, entry.c.points,
               entry.c.kind, entry.c.fact_kind, entry.c.fact_key, entry.c.reason)
        .join(batch, batch.c.id == entry.c.batch_id)
        .order_by(entry.c.id)
    )  # fmt: skip
    for column, wanted in ((entry.c.period, month), (entry.c.unit, unit), (entry.c.rule, rule)):
        if wanted is not None:
            query = query.where(column == wanted)
    return [
        dict(zip(COLUMNS, (*row[:6], decimal(row.points), row.kind, _fact(row.fact_kind, row.fact_key), row.reason), strict=True))
        for row in connection.execute(query)
    ]


def _fact(kind: str | None, key: str | None) -> str:
    return "" if kind is None else f"{kind}:{key_line(key)}"


def frame(rows: list[dict[str, object]]) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(rows, columns=list(COLUMNS), dtype="object")


def as_csv(rows: list[dict[str, object]]) -> str:
    return frame(rows).to_csv(index=False, lineterminator="\n")


def as_json(rows: list[dict[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def write_xlsx(rows: list[dict[str, object]], path: Path) -> None:
    """A workbook with points as numbers of two decimals, frozen head and filters."""
    import pandas

    table = frame(rows)
    # A cell of a workbook is a double; hundredths below 2^53 show exactly, and the ledger itself stays the record.
    table["points"] = pandas.to_numeric(table["points"])
    options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pandas.ExcelWriter(path, engine="xlsxwriter", engine_kwargs=options) as writer:
        table.to_excel(writer, sheet_name="分录", index=False, freeze_panes=(1, 0))
        sheet, numbers = writer.sheets["分录"], writer.book.add_format({"num_format": "0.00"})
        for place, width in enumerate((8, 8, 22, 10, 18, 8, 12, 10, 40, 30)):
            sheet.set_column(place, place, width, numbers if COLUMNS[place] == "points" else None)
        sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
