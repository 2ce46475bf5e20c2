"""The entries of the ledger as rows, oldest first: for the terminal, CSV, JSON and Excel (cli.md, `ledger`)."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from engine.facts import key_line
from engine.ledger.sheets import COUNT, POINTS, Cell, Column, workbook, write_sheet
from engine.scoring.points import decimal
from models.tables import Batch, FactVersion, LedgerEntry, SourceFile

if TYPE_CHECKING:
    import pandas

COLUMNS = ("entry", "batch", "posted_at", "period", "unit", "rule", "points", "kind", "fact", "reason")
Origin = tuple[str, str, int]


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
        dict(zip(COLUMNS, (*row[:6], decimal(row.points), row.kind, fact_text(*row[8:10]), row.reason), strict=True))
        for row in connection.execute(query)
    ]


def origins(connection: Connection) -> dict[int, Origin]:
    """Where each entry's fact was read, by the entry's id: file, sheet ("" of a text file) and row; of an absence nothing."""
    entry, version, source = LedgerEntry.__table__, FactVersion.__table__, SourceFile.__table__
    query = (
        select(entry.c.id, source.c.name, version.c["sheet", "row"])
        .join(version, version.c.id == entry.c.fact_version_id)
        .join(source, source.c.id == version.c.file_id)
    )
    return {id_: (name, sheet or "", row) for id_, name, sheet, row in connection.execute(query)}


def fact_text(kind: str | None, key: str | None) -> str:
    """A fact as the ledger names it, kind:value|value; of none nothing."""
    return "" if kind is None else f"{kind}:{key_line(key)}"


def frame(rows: list[dict[str, object]]) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(rows, columns=list(COLUMNS), dtype="object")


def as_csv(rows: list[dict[str, object]]) -> str:
    return frame(rows).to_csv(index=False, lineterminator="\n")


def as_json(rows: list[dict[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


_WIDTHS = (8, 8, 22, 10, 18, 8, 12, 10, 40, 30)
_FORMATS = {"entry": COUNT, "batch": COUNT, "points": POINTS}
_ORIGIN = (Column("file", 32), Column("sheet", 16), Column("row", 8, COUNT))


def xlsx(rows: list[dict[str, object]], origins: Mapping[int, Origin]) -> bytes:
    """A workbook of these entries, each with where its fact was read (`origins`): the same bytes from the same ledger."""
    columns = [*map(Column, COLUMNS, _WIDTHS, (_FORMATS.get(name, "") for name in COLUMNS)), *_ORIGIN]
    last = max((str(row["posted_at"]) for row in rows), default="2000-01-01")
    cells = [[*_cells(row), *origins.get(row["entry"], ("", "", None))] for row in rows]
    return workbook(datetime.datetime.fromisoformat(last[:10]), lambda book: write_sheet(book, "分录", columns, cells))


def _cells(row: Mapping[str, object]) -> list[Cell]:
    return [Decimal(row[name]) if name == "points" else row[name] for name in COLUMNS]
