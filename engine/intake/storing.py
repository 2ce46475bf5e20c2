"""Stores a reading: a new version of every fact that is new or says something else, in one go or not at all."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from engine.dsl.model import Kind, Ruleset, Time
from engine.errors import IntakeRefused
from engine.facts import canonical, restore
from engine.intake.faults import Fault, place
from engine.intake.reading import Reading
from engine.intake.rows import Draft
from engine.intake.spells import lasting, overlaps
from engine.intake.touching import months_touched
from models.tables import FactVersion, Import, SourceFile

_CHUNK = 5_000


@dataclass(frozen=True)
class Stored:
    """What an import wrote: counts, the months of the ruleset's year that it touches, and every warning.

    `import_id` is None where nothing was new: then nothing at all was written.
    """

    new: int
    changed: int
    unchanged: int
    import_id: int | None
    touched_months: tuple[str, ...]
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """The newest version of a key."""

    kind: str
    key: str
    fields: str
    withdrawn: bool
    place: str


_Newest = Mapping[tuple[str, str], _Held]


def store(
    connection: Connection, ruleset: Ruleset, reading: Reading, *, operator: str, at: str, reason: str = ""
) -> Stored:
    """Writes what is new within the caller's transaction; raises IntakeRefused, and writes nothing, on any fault."""
    newest = _newest(connection, {draft.kind for draft in reading.drafts})
    standing = {held: one for held, one in newest.items() if not one.withdrawn}
    faults = [*reading.faults, *_overlaps(ruleset, standing.values(), reading.drafts)]
    warnings = (*reading.warnings, *_numbered_again(ruleset, standing.values(), reading.drafts))
    if faults:
        raise IntakeRefused(faults, warnings)
    written = [draft for draft in reading.drafts if _says_more(draft, standing)]
    new = sum((draft.kind, draft.key) not in standing for draft in written)
    import_id = _write(connection, reading, written, operator, at, reason) if written else None
    touched: set[str] = set()
    for draft in written:
        kind, old = ruleset.kinds[draft.kind], standing.get((draft.kind, draft.key))
        touched |= months_touched(ruleset, kind, restore(kind, old.fields) if old else None, draft.values)
    changed = len(written) - new
    return Stored(new, changed, len(reading.drafts) - len(written), import_id, tuple(sorted(touched)), warnings)


def _says_more(draft: Draft, standing: _Newest) -> bool:
    held = standing.get((draft.kind, draft.key))
    return held is None or held.fields != draft.fields


def _newest(connection: Connection, kinds: Iterable[str]) -> dict[tuple[str, str], _Held]:
    """The newest version of every stored key of some kinds."""
    version, source = FactVersion.__table__, SourceFile.__table__
    ids = select(func.max(version.c.id)).where(version.c.kind.in_(sorted(kinds))).group_by(version.c.kind, version.c.key)
    rows = connection.execute(
        select(version.c["kind", "key", "fields", "withdrawn", "sheet", "row"], source.c.name)
        .join_from(version, source, version.c.file_id == source.c.id)
        .where(version.c.id.in_(ids))
        .order_by(version.c.id)
    )
    return {
        (kind, key): _Held(kind, key, fields, withdrawn, f"已入库的 {place(file, sheet, row)}")
        for kind, key, fields, withdrawn, sheet, row, file in rows
    }


def _overlaps(ruleset: Ruleset, standing: Iterable[_Held], drafts: Sequence[Draft]) -> list[Fault]:
    spells = [one for one in standing if lasting(ruleset.kinds[one.kind])]
    return overlaps(ruleset, [(one.kind, one.key, json.loads(one.fields), one.place) for one in spells], drafts)


def _numbered_again(ruleset: Ruleset, standing: Iterable[_Held], drafts: Sequence[Draft]) -> list[Fault]:
    """A warning for each event whose number was reported for another month too, which is allowed and often a slip."""
    # Written against a ruleset that may name the field; one that does not has no numbered events.
    field = ruleset.numbered_field
    kinds = {name: kind for name, kind in ruleset.kinds.items() if kind.time is Time.EVENT and field in kind.key}
    known = [(one.kind, one.key, json.loads(one.fields)) for one in standing if one.kind in kinds]
    reported = [draft for draft in drafts if draft.kind in kinds]
    months: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, key, values in [*known, *((draft.kind, draft.key, draft.values) for draft in reported)]:
        months[name, _case(kinds[name], key)].add(values[kinds[name].month_field])
    warnings = []
    for draft in reported:
        kind, number = kinds[draft.kind], str(draft.values[field])
        others = sorted(months[draft.kind, _case(kind, draft.key)] - {draft.values[kind.month_field]})
        if others:
            what = "若是同一件，应撤回其一" if kind.month_field in kind.key else "现改记到本行的月份"
            message = f"{field}“{number}”在 {'、'.join(others)} 也报过，{what}"
            at = (draft.file, draft.sheet, draft.row, None, field, number)
            warnings.append(Fault(*at, "reported-before", message))
    return warnings


def _case(kind: Kind, key: str) -> str:
    """What is reported: a key without its month."""
    parts = zip(kind.key, json.loads(key), strict=True)
    return canonical([part for name, part in parts if name != kind.month_field])


def _write(
    connection: Connection, reading: Reading, drafts: Sequence[Draft], operator: str, at: str, reason: str
) -> int:
    import_id = _inserted(connection, Import, at=at, operator=operator, reason=reason)
    files = {
        name: _inserted(connection, SourceFile, import_id=import_id, name=name, sha256=digest)
        for name, digest in reading.files
    }
    rows = [
        {
            "import_id": import_id,
            "file_id": files[draft.file],
            "sheet": draft.sheet,
            "row": draft.row,
            "kind": draft.kind,
            "key": draft.key,
            "fields": draft.fields,
            "withdrawn": False,
        }
        for draft in drafts
    ]
    for start in range(0, len(rows), _CHUNK):
        connection.execute(insert(FactVersion.__table__), rows[start : start + _CHUNK])
    return import_id


def _inserted(connection: Connection, table: type, **values: object) -> int:
    return connection.execute(insert(table.__table__).values(**values)).inserted_primary_key[0]
