"""The chains that make the ledger provable: each digest is over a row's content and the digest before it.

Whoever changes a row, or takes one out, breaks every digest after it. SHA-256 over canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, Table, select

from models.tables import FactVersion, Review, ReviewAnswer, ReviewDecision, Seal, SourceFile
from models.tables import Import as Bringing

BEGINNING = ""  # what the first link is chained to
_CHUNK = 5_000

# What is under a row's digest, in this order.
BATCH_COLUMNS = ("id", "at", "operator", "period", "ruleset", "newest_fact", "program", "reason", "facts")
ENTRY_COLUMNS = (
    "id", "batch_id", "period", "unit", "rule", "kind", "points", "fact_kind", "fact_key", "fact_version_id", "reverses",
    "reason",
)  # fmt: skip

# What is under the digest of a row about reviews, by table.
REVIEW_COLUMNS = {
    Review: ("id", "at", "operator", "period", "unit", "rule", "text", "until"),
    ReviewDecision: ("id", "at", "operator", "review_id", "outcome", "reason"),
    ReviewAnswer: ("id", "batch_id", "review_id"),
}

LETTER_COLUMNS = (
    "id", "at", "operator", "period", "unit", "number", "written", "issued", "due", "tasks", "escalated_to", "newest_fact",
)  # fmt: skip

# What is under an approval's digest, its notice by the sha256 of the bytes kept.
APPROVAL_COLUMNS = ("id", "at", "operator", "year", "last_batch", "newest_fact", "content")


def link(before: str, content: object) -> str:
    """The digest of a row after the one before."""
    text = json.dumps([before, content], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def last_digest(connection: Connection, table: Table) -> str:
    return connection.execute(select(table.c.digest).order_by(table.c.id.desc()).limit(1)).scalar() or BEGINNING


def approval_digest(before: str, content: Sequence, notice: bytes) -> str:
    """The digest of an approval, given as values of APPROVAL_COLUMNS and its notice."""
    return link(before, [*content, hashlib.sha256(notice).hexdigest()])


def entry_digests(before: str, batch_digest: str, rows: Iterable[Sequence]) -> Iterator[str]:
    """The digests of a batch's entries, given as values of ENTRY_COLUMNS, one after the other."""
    for row in rows:
        before = link(before, [batch_digest, *row])
        yield before


def seal_digest(connection: Connection, before: str, import_id: int) -> str:
    """The digest over an import: who, when and why, its files, and its versions in their order."""
    bringing, source, version = Bringing.__table__, SourceFile.__table__, FactVersion.__table__
    head = connection.execute(
        select(bringing.c["id", "at", "operator", "act", "reason", "takes_back"]).where(bringing.c.id == import_id)
    ).one()
    files = connection.execute(
        select(source.c["id", "name", "sha256"]).where(source.c.import_id == import_id).order_by(source.c.id)
    )
    digest = hashlib.sha256(link(before, [list(head), [list(file) for file in files]]).encode())
    columns = version.c["id", "file_id", "sheet", "row", "kind", "key", "fields", "withdrawn", "derived"]
    rows = connection.execute(select(columns).where(version.c.import_id == import_id).order_by(version.c.id))
    for some in rows.partitions(_CHUNK):
        digest.update(json.dumps([list(row) for row in some], ensure_ascii=False, separators=(",", ":")).encode())
    return digest.hexdigest()


def seal(connection: Connection, import_id: int) -> None:
    """Closes an import: nothing may be added to it after."""
    digest = seal_digest(connection, last_digest(connection, Seal.__table__), import_id)
    connection.execute(Seal.__table__.insert().values(import_id=import_id, digest=digest))
