"""A month in one zip, for the archive: notices, workbooks, the files that brought its facts, its rules, and a checksum of each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, select

from engine.dsl.masks import masked
from engine.dsl.model import Ruleset, Time
from engine.facts import Fact
from engine.ledger.history import Wanted, changes, facts
from engine.ledger.listing import Origin, entries, fact_text, origins, xlsx
from engine.ledger.reading import book_of, last_ruleset, ruleset_texts, seen_by
from engine.notices.publish import pages_of
from engine.notices.render import Progress
from engine.notices.workbook import standings_workbook
from engine.notices.wording import source_file
from models.tables import FactVersion, LedgerEntry

SUMS = "SHA256SUMS"
_INPUTS = "清单.csv"
_INPUT_HEADS = ("导入", "时间", "经办人", "文件", "SHA-256")
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name: the same content is the same bytes


def month_files(
    connection: Connection, month: str, overrides: Path | None, progress: Progress | None = None
) -> dict[str, bytes]:
    """What the archive of a posted month holds, by name: a draft as it is now, a closed month as issued with what has come since."""
    book = book_of(connection, month)
    pages = pages_of(connection, month, overrides, progress=progress)
    rules = ruleset_texts(connection, month)
    return {
        **{f"通报/{name}": content for name, content in pages.items()},
        "名次.xlsx": standings_workbook(book),
        "分录.xlsx": xlsx(_entries(connection, book.ruleset, month), _origins(connection)),
        _INPUTS: _inputs(connection, month),
        **{f"规则集/{book.ruleset.name}/{name}": text.encode() for name, text in rules.items()},
    }


def _entries(connection: Connection, ruleset: Ruleset, month: str) -> list[dict[str, object]]:
    """The month's entries, persons in the keys of their facts in part, as in the notices beside them."""
    entry, version = LedgerEntry.__table__, FactVersion.__table__
    rows = connection.execute(
        select(entry.c.id, version.c["kind", "key", "fields"])
        .join(version, version.c.id == entry.c.fact_version_id)
        .where(entry.c.period == month, version.c.kind.in_({mask.fact for mask in ruleset.masks}))
    )
    shown = {
        id_: fact_text(kind, masked(ruleset.masks, ruleset.kinds[kind], Fact(kind, key, json.loads(fields))).key)
        for id_, kind, key, fields in rows
    }
    return [{**row, "fact": shown.get(row["entry"], row["fact"])} for row in entries(connection, month=month)]


def _origins(connection: Connection) -> dict[int, Origin]:
    """Files by their names alone: where they lay on someone's machine is not for the archive."""
    return {id_: (source_file(name), sheet, row) for id_, (name, sheet, row) in origins(connection).items()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files under their names in one zip, with a list of checksums that `sha256sum -c` reads: the same bytes each time."""
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in sorted({**files, SUMS: sums.encode()}.items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # the same on every system
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return held.getvalue()


def _inputs(connection: Connection, month: str) -> bytes:
    """The files that brought the facts of the month, as its last run saw them: as they were named, with their sha256."""
    text = io.StringIO()
    listing = csv.writer(text, lineterminator="\r\n")
    listing.writerow(_INPUT_HEADS)
    listing.writerows(_input_rows(connection, month))
    return text.getvalue().encode("utf-8-sig")  # or Excel would not read it as Chinese


def _input_rows(connection: Connection, month: str) -> Iterator[tuple[object, ...]]:
    ruleset = last_ruleset(connection, month)
    brought = {
        (one.change, one.file)
        for one in facts(connection, ruleset, Wanted(month=month, seen=seen_by(connection, month)))
        if not one.derived and ruleset.kinds[one.kind].time is not Time.ANNUAL
    }
    for change in changes(connection):
        for name, digest in change.files:
            if (change.id, name) in brought:
                yield change.id, change.at, change.operator, source_file(name), digest
