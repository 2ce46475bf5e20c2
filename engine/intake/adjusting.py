"""One adjustment of the group's own, given on the command line: a fact like any other, with a file as its proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection

from engine.dsl.model import Adjustments, Ruleset
from engine.errors import InputError
from engine.intake.faults import Told
from engine.intake.reading import Reading, writable
from engine.intake.rows import drafts_of
from engine.intake.sheets import Row, Sheet
from engine.intake.standing import Held, newest_of_kinds

_NO_ROW = 0  # the attachment proves the fact, but no row of it holds it


def read_adjustment(
    ruleset: Ruleset, unit: str, month: str, *, points: str, reason: str, number: str, attachment: Path
) -> Reading:
    """The adjustment as an import would read it from a file, with the same checks. Raises OSError, InputError."""
    if not writable(attachment):
        raise InputError("附件的文件名含有乱码", "改名后重试")
    told, words, kind = Told(), ruleset.adjustments, ruleset.kinds[ruleset.adjustments.fact]
    with open(attachment, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    cells = {
        kind.unit_field: unit, kind.month_field: month, words.points: points, words.reason: reason,
        words.number: number, words.attachment: digest,
    }  # fmt: skip
    name = attachment.as_posix()
    sheet = Sheet(name, None, kind.name, None, [Row(_NO_ROW, cells)], expected=1)
    drafts = list(drafts_of(sheet, ruleset, told))
    return Reading(drafts, told.faults, told.warnings, [(name, digest)])


def next_number(connection: Connection, ruleset: Ruleset, unit: str, month: str) -> str:
    """One above the highest number that an adjustment of the unit's month ever had."""
    words = ruleset.adjustments
    numbers = [values[words.number] for values, _ in _of_month(connection, ruleset, unit, month)]
    return str(1 + max((int(number) for number in numbers if number.isdecimal()), default=0))


def require_new(connection: Connection, ruleset: Ruleset, unit: str, month: str, reading: Reading, *, numbered: bool) -> None:
    """Raises InputError where the adjustment stands already; `numbered` is one whose number was chosen."""
    words = ruleset.adjustments
    for draft in reading.drafts:
        wanted = json.loads(draft.fields)
        for values, held in _of_month(connection, ruleset, unit, month):
            number = values[words.number]
            if held.withdrawn or values == wanted:
                continue
            if number == wanted[words.number]:
                raise InputError(
                    f"{unit} {month} 已有{words.fact} {number}，不能改写",
                    f"另记一笔（不写 --number），或先 `jifen withdraw {words.fact} {unit} {month} {number} --reason 原因`",
                )
            if not numbered and _apart(values, words) == _apart(wanted, words):
                raise InputError(
                    f"{unit} {month} 已有同样的{words.fact} {number}",
                    f"确需再记一笔的，用 --number {wanted[words.number]}",
                )


def _apart(values: Mapping[str, str | int], words: Adjustments) -> dict[str, str | int]:
    return {name: value for name, value in values.items() if name != words.number}


def _of_month(
    connection: Connection, ruleset: Ruleset, unit: str, month: str
) -> Iterator[tuple[dict[str, str | int], Held]]:
    """The newest versions of the adjustments of a unit's month, withdrawn ones too, with their values."""
    kind = ruleset.kinds[ruleset.adjustments.fact]
    for held in newest_of_kinds(connection, [kind.name]).values():
        values = json.loads(held.fields)
        if (values[kind.unit_field], values[kind.month_field]) == (unit, month):
            yield values, held
