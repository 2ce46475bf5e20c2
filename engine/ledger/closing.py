"""Closing a month: its notice is out, and from then on it stays as issued; only a correction posts into it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from sqlalchemy import Connection, insert, select

from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.checking import failing_checks, told_in_brief
from engine.ledger.closed import closings, how_closed, last_batch
from engine.ledger.letters import issue_letters
from engine.ledger.reading import last_ruleset
from engine.ledger.standings import posted_months
from engine.ledger.status import status
from models.tables import Closing, IssuedFile


def close(
    connection: Connection, ruleset: Ruleset, month: str, *, number: str, issued: str, operator: str, at: str
) -> int:
    """Closes a scored month, numbers its supervision letters, and gives the closing's id. Raises InputError where something is still to be done."""
    _require_closable(connection, ruleset, month)
    issue_letters(connection, last_ruleset(connection, month), month, issued=issued, operator=operator, at=at)
    return shut(connection, month, number=number, issued=issued, operator=operator, at=at)


def shut(connection: Connection, month: str, *, number: str, issued: str, operator: str, at: str) -> int:
    """Notes a posted month as closed; `issued` is "" where it was no notice of ours that went out."""
    closing = insert(Closing.__table__).values(
        at=at, operator=operator, period=month, number=number, issued=issued, last_batch=last_batch(connection)
    )
    return connection.execute(closing).inserted_primary_key[0]


def _require_closable(connection: Connection, ruleset: Ruleset, month: str) -> None:
    closed = closings(connection)
    if month in closed:
        raise InputError(f"{month} {how_closed(closed[month])}", f"更正用 `jifen correct {month} --reason 原因`")
    posted = posted_months(connection)
    unscored = [each for each in ruleset.months if each <= month and each not in posted]
    if unscored:
        raise InputError(f"{'、'.join(unscored)} 尚未计分，不能印发 {month}", f"先执行 `jifen run {unscored[0]}`")
    failing = failing_checks(connection, ruleset, [month])
    if failing:
        raise InputError(
            f"{month} 还不能印发：{told_in_brief(failing)}",
            f"账本有误的，改正事实；核对数有误的，重新导入或用 `jifen withdraw {ruleset.checks.fact} …` 撤回；再 `jifen run {month}`",
        )
    (told,) = status(connection, ruleset, month)
    if told.waiting:
        raise InputError(f"{month} 还不能印发：{told.waiting}", f"先执行 `jifen run {month}`")


def keep_issued(
    connection: Connection, pages: Mapping[str, bytes], *, closing: int | None = None, batch: int | None = None
) -> None:
    """Keeps the files of a notice as they were issued, with a closing or with a correction."""
    for name, content in pages.items():
        connection.execute(
            insert(IssuedFile.__table__).values(
                closing_id=closing, batch_id=batch, name=name, content=zlib.compress(content, 9)
            )
        )


def issued_files(connection: Connection, month: str) -> dict[str, bytes]:
    """The files of a closed month's notice, byte for byte as issued; none where it is not closed."""
    closing, file = Closing.__table__, IssuedFile.__table__
    rows = connection.execute(
        select(file.c["name", "content"])
        .join(closing, closing.c.id == file.c.closing_id)
        .where(closing.c.period == month)
        .order_by(file.c.id)
    )
    return {name: zlib.decompress(content) for name, content in rows}


def correction_files(connection: Connection, batch: int) -> dict[str, bytes]:
    """The notice of a correction as issued."""
    file = IssuedFile.__table__
    rows = connection.execute(select(file.c["name", "content"]).where(file.c.batch_id == batch).order_by(file.c.id))
    return {name: zlib.decompress(content) for name, content in rows}
