"""Stores a reading: a new version of every fact that is new or says something else, in one go or not at all.

With `keep_good` the rows at fault are left out instead, and the others are stored as if they had come alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from engine.derivation.deriving import Brought, Derived, derive, is_stale
from engine.dsl.model import Ruleset
from engine.errors import IntakeRefused
from engine.intake.faults import Fault
from engine.intake.numbered import numbered_again
from engine.intake.reading import Position, Reading
from engine.intake.renamed import dated, misnamed, once_told, told_twice
from engine.intake.rows import Draft
from engine.intake.spells import lasting, overlaps
from engine.intake.standing import (
    VERSION_COLUMNS,
    Standing,
    approved_years,
    closed_months,
    newest_of_keys,
    newest_of_kinds,
    opened_months,
)
from engine.intake.touching import months_touched, record_months
from models.bulk import insert_rows
from models.chain import seal
from models.tables import Act, FactVersion, Import, SourceFile


@dataclass(frozen=True)
class Stored:
    """What an import wrote: the changes in the order read, how many facts stood already, the months of the ruleset's
    year that it touches, how many figures it made of records, every warning, and what was left out with `keep_good`.

    `import_id` is None where nothing was new: then nothing at all was written.
    """

    changes: tuple[Brought, ...]
    unchanged: int
    import_id: int | None
    touched_months: tuple[str, ...]
    derived: int
    warnings: tuple[Fault, ...]
    rejected: tuple[Fault, ...] = ()
    left_out: frozenset[Position] = frozenset()  # rows without a fault of their own

    @property
    def new(self) -> int:
        return sum(change.before is None for change in self.changes)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.new


def store(
    connection: Connection,
    ruleset: Ruleset,
    reading: Reading,
    *,
    operator: str,
    at: str,
    correction: str = "",
    keep_good: bool = False,
    opening: bool = False,
) -> Stored:
    """Writes what is new within the caller's transaction. With `opening` new months may be made opening months.

    `correction` is the reason for touching closed months. Raises IntakeRefused on any fault, unless `keep_good`: then
    the faults are in the result. What was refused is not written.
    """
    importing = _Importing(connection, ruleset, correction, operator, at)
    rejected, left_out = list(reading.faults), set(reading.disputed)
    good = reading.without(reading.faults) if reading.faults else reading
    while True:
        standing = newest_of_keys(connection, ((draft.kind, draft.key) for draft in good.drafts))
        changes, unchanged = _changes(good.drafts, standing)
        misnamed, renamed = _misnamed(connection, ruleset, good.drafts)
        faults = [*_overlaps(connection, ruleset, good.drafts), *misnamed, *importing.closed(changes)]
        faults += [] if opening else _unopened(connection, ruleset, changes)
        warnings = (*good.warnings, *numbered_again(connection, ruleset, good.drafts), *renamed, *importing.idle(changes))
        attempt = connection.begin_nested()
        derived = Derived()
        if not faults and (keep_good or not rejected):
            derived = importing.write(good, changes)
            faults = list(derived.faults)
        rejected += faults
        if rejected and not keep_good:
            attempt.rollback()
            raise IntakeRefused(rejected, warnings)
        if not faults:
            attempt.commit()
            break
        attempt.rollback()
        left_out |= derived.disputed
        fewer = good.without(faults, derived.disputed)
        if len(fewer.drafts) == len(good.drafts):  # what is wrong does not lie with these rows
            raise IntakeRefused(rejected, warnings)
        good = fewer
    touched = importing.touched(changes) | derived.months
    return Stored(
        changes, unchanged, importing.id if changes else None, tuple(sorted(touched)), derived.count, warnings,
        tuple(rejected), frozenset(left_out),
    )  # fmt: skip


def _changes(drafts: Sequence[Draft], standing: Standing) -> tuple[tuple[Brought, ...], int]:
    """What is new or says something else, and how many drafts say what stands."""
    changes = []
    for draft in drafts:
        held = standing.get((draft.kind, draft.key))
        # A report that says what was made of records is a report all the same: it stands beside them.
        before = None if held is None or held.withdrawn or held.derived else held.fields
        if before != draft.fields:
            changes.append(Brought(draft, before))
    return tuple(changes), len(drafts) - len(changes)


def _overlaps(connection: Connection, ruleset: Ruleset, drafts: Sequence[Draft]) -> list[Fault]:
    kinds = {name for name in {draft.kind for draft in drafts} if lasting(ruleset.kinds[name])}
    if not kinds:
        return []
    held = [one for one in newest_of_kinds(connection, kinds).values() if not one.withdrawn]
    return overlaps(ruleset, [(one.kind, one.key, json.loads(one.fields), one.place) for one in held], drafts)


def _misnamed(connection: Connection, ruleset: Ruleset, drafts: Sequence[Draft]) -> tuple[list[Fault], list[Fault]]:
    """The faults and warnings of facts told under a unit's name of another time."""
    if not dated(ruleset):
        return [], []
    faults, warnings = misnamed(ruleset, drafts)
    nobodys = {(fault.file, fault.sheet, fault.row) for fault in faults}
    known = [draft for draft in drafts if (draft.file, draft.sheet, draft.row) not in nobodys]
    kinds = {draft.kind for draft in known if once_told(ruleset.kinds[draft.kind])}
    held = newest_of_kinds(connection, kinds).values() if kinds else ()
    standing = [(one.kind, json.loads(one.fields), one.place) for one in held if not one.withdrawn and not one.derived]
    return [*faults, *told_twice(ruleset, standing, known)], warnings


def _unopened(connection: Connection, ruleset: Ruleset, changes: Iterable[Brought]) -> list[Fault]:
    """A fault for each change that would by the way make a month an opening month, in which nothing else counts."""
    brought = [change.draft for change in changes if change.draft.kind == ruleset.opening]
    if not brought:
        return []
    month_field = ruleset.kinds[ruleset.opening].month_field
    opened = opened_months(connection, ruleset, once=True)
    message = f"“{ruleset.opening}”只能在第一次计分之前由 `jifen open-balance 文件` 收入，这里只能更正已收入的月份"
    return [
        Fault(draft.file, draft.sheet, draft.row, None, month_field, draft.month, "not-opened", message)
        for draft in brought
        if draft.month not in opened
    ]


class _Importing:
    """One import being written; `id` is that of the last try."""

    def __init__(self, connection: Connection, ruleset: Ruleset, correction: str, operator: str, at: str) -> None:
        self._connection, self._ruleset = connection, ruleset
        self._correction, self._operator, self._at = correction, operator, at
        self._closed = closed_months(connection)
        self._approved = approved_years(connection)
        self._opened = opened_months(connection, ruleset)
        self._stale = is_stale(connection, ruleset)
        self.id = 0

    def closed(self, changes: Iterable[Brought]) -> list[Fault]:
        """A fault for each change that touches a closed month or an approved year without saying why."""
        if not self._closed or self._correction:
            return []
        faults = []
        for change in changes:
            draft = change.draft
            year_field = self._ruleset.kinds[draft.kind].year_field
            year = json.loads(draft.fields).get(year_field) if self._approved and year_field else None
            if year in self._approved:
                message = f"涉及已审定的 {year} 年度；确需更正时加 --correction 原因，再用 `jifen approve {year}` 重新审定"
                faults.append(Fault(draft.file, draft.sheet, draft.row, None, year_field, year, "closed-year", message))
            months = self._touched_by(change, self._closed) & self._closed
            if draft.kind not in self._ruleset.operator_kinds:
                months -= self._opened  # where it does not count: a spell may well have begun before the first run
            if months:
                message = f"涉及已印发的 {'、'.join(sorted(months))}；确需更正时加 --correction 原因，再用 `jifen correct`"
                faults.append(Fault(draft.file, draft.sheet, draft.row, None, None, None, "closed-month", message))
        return faults

    def idle(self, changes: Iterable[Brought]) -> list[Fault]:
        """A warning for each event or figure of an opening month, in which only what was brought counts."""
        if not self._opened:
            return []
        return [
            Fault(draft.file, draft.sheet, draft.row, None, None, draft.month, "opening-month", f"{draft.month} 是期初月份，已照收，但不计分")
            for draft, _ in changes
            if draft.month in self._opened and draft.kind not in self._ruleset.operator_kinds
        ]

    def touched(self, changes: Sequence[Brought]) -> set[str]:
        # Most changes by far are new events and figures, which touch the month that they name.
        touched = {draft.month for draft, before in changes if before is None and draft.month is not None}
        for change in changes:
            if change.before is not None or change.draft.month is None:
                touched |= self._touched_by(change, self._ruleset.months)
        return touched.intersection(self._ruleset.months)

    def _touched_by(self, change: Brought, months: Collection[str]) -> set[str]:
        kind = self._ruleset.kinds[change.draft.kind]
        before, after = (fields and json.loads(fields) for fields in (change.before, change.draft.fields))
        return months_touched(kind, before, after, months) | record_months(self._ruleset, kind, before, after)

    def write(self, reading: Reading, changes: Sequence[Brought]) -> Derived:
        """Writes the changes and the figures that follow from them; with faults where figures contradict each other."""
        if not changes:
            return Derived()
        self.id = _inserted(
            self._connection, Import, at=self._at, operator=self._operator, act=Act.IMPORT, reason=self._correction
        )
        files = {
            name: _inserted(self._connection, SourceFile, import_id=self.id, name=name, sha256=digest)
            for name, digest in reading.files
        }
        rows = [
            (self.id, files[draft.file], draft.sheet, draft.row, draft.kind, draft.key, draft.fields, False, False)
            for draft, _ in changes
        ]
        insert_rows(self._connection, FactVersion, VERSION_COLUMNS, rows)
        months = self._figure_months(changes)
        derived = derive(self._connection, self._ruleset, self.id, months, changes, stale=self._stale)
        seal(self._connection, self.id)
        return derived

    def _figure_months(self, changes: Iterable[Brought]) -> set[str]:
        """The months whose figures may be others now: those of records, and of reported facts that could be made of some."""
        made = {one.makes for one in self._ruleset.derivations}
        sources = {one.source for one in self._ruleset.derivations}
        wanted = [change for change in changes if change.draft.kind in made | sources]
        return self.touched(wanted)


def _inserted(connection: Connection, table: type, **values: object) -> int:
    return connection.execute(insert(table.__table__).values(**values)).inserted_primary_key[0]
