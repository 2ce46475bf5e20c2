"""Facts told under a unit's name of another time: whose they are is said, what is nobody's or there twice is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from engine.dsl.model import Kind, Ruleset, Unit
from engine.dsl.types import Value
from engine.facts import canonical
from engine.intake.faults import Fault, place
from engine.intake.rows import Draft
from engine.scoring.succession import owner, predecessors

Standing = tuple[str, Mapping[str, Value], str]  # kind, fields, place as a sentence names it


def dated(ruleset: Ruleset) -> bool:
    """Whether any unit begins, ends or becomes another one."""
    return any((unit.since, unit.until) != (Unit.since, Unit.until) for unit in ruleset.units.values())


def misnamed(ruleset: Ruleset, drafts: Iterable[Draft]) -> tuple[list[Fault], list[Fault]]:
    """A fault for each fact of a month in which its unit was not there and nobody for it; a warning where another one was."""
    faults, warnings = [], []
    for draft in drafts:
        kind, fields = ruleset.kinds[draft.kind], json.loads(draft.fields)
        month = _month(kind, fields)
        for name in _unit_fields(kind) if month else ():
            unit = fields[name]
            own = owner(ruleset, unit, month)
            at = (draft.file, draft.sheet, draft.row, None, name, unit)
            if own is None:
                faults.append(Fault(*at, "not-there", _not_there(ruleset, unit, month)))
            elif own != unit:
                message = f"{month} 时“{unit}”是“{own}”，已照收，归“{own}”"
                warnings.append(Fault(*at, "renamed-unit", message))
    return faults, warnings


def told_twice(ruleset: Ruleset, standing: Iterable[Standing], drafts: Sequence[Draft]) -> list[Fault]:
    """A fault for each fact of a month or a year that stands, or was told before in this import, under another name of its unit."""
    known = {}
    for name, fields, at in standing:
        known.setdefault(_thing(ruleset, ruleset.kinds[name], fields), (fields, at))
    faults = []
    for draft in drafts:
        kind, fields = ruleset.kinds[draft.kind], json.loads(draft.fields)
        if not once_told(kind):
            continue
        told, at = known.setdefault(_thing(ruleset, kind, fields), (fields, place(draft.file, draft.sheet, draft.row)))
        if told[kind.unit_field] != fields[kind.unit_field]:
            unit = fields[kind.unit_field]
            message = f"同一事实已以“{told[kind.unit_field]}”的名义收入（{at}）；只报一次，或先撤回那一条"
            faults.append(Fault(draft.file, draft.sheet, draft.row, None, kind.unit_field, unit, "told-twice", message))
    return faults


def once_told(kind: Kind) -> bool:
    """Whether a kind's facts are of one unit and one month or year, so that each is told under one name."""
    return kind.unit_field is not None and (kind.month_field or kind.year_field) is not None


def _thing(ruleset: Ruleset, kind: Kind, fields: Mapping[str, Value]) -> tuple[str, str]:
    unit = owner(ruleset, fields[kind.unit_field], _month(kind, fields))
    return kind.name, canonical([unit if name == kind.unit_field else fields.get(name) for name in kind.key])


def _month(kind: Kind, fields: Mapping[str, Value]) -> str | None:
    """The month that tells whose a fact is: its own, that of its beginning, or the December of its year."""
    if kind.year_field is not None:
        return f"{fields[kind.year_field]}-12"
    name = kind.month_field or (kind.start_field if kind.unit_field or kind.routes else None)
    return fields.get(name)


def _unit_fields(kind: Kind) -> tuple[str, ...]:
    if kind.unit_field is not None:
        return (kind.unit_field,)
    return tuple(dict.fromkeys(route.field for route in kind.routes.values() if route.table is None))


def _not_there(ruleset: Ruleset, unit: str, month: str) -> str:
    while ruleset.units[unit].until < month and ruleset.units[unit].becomes:
        unit = ruleset.units[unit].becomes
    known, before = ruleset.units[unit], predecessors(ruleset, unit)
    if known.until < month:
        return f"“{unit}”到 {known.until} 为止，{month} 已没有这个单位，也没有接续它的单位"
    while len(before) == 1:  # back to where it is not one unit that went before
        unit, before = before[0], predecessors(ruleset, before[0])
    since = ruleset.units[unit].since
    if not before:
        return f"“{unit}”自 {since} 起才有，不能有 {month} 的事实"
    return f"“{unit}”自 {since} 起由{'、'.join(before)}合并而成，{month} 的事实应写明是其中哪一个单位的"
