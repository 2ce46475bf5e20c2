"""A warning for each event whose number was reported for another month too, which is allowed and often a slip."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from engine.dsl.model import Kind, Ruleset, Time
from engine.intake.faults import Fault
from engine.intake.rows import Draft
from engine.intake.standing import newest_of_kinds


def numbered_again(connection: Connection, ruleset: Ruleset, drafts: Sequence[Draft]) -> list[Fault]:
    # A ruleset that names no such field has no numbered events.
    field = ruleset.numbered_field
    # The group's own adjustments are numbered by unit and month: the same number again is none of them.
    kinds = {
        name: kind
        for name, kind in ruleset.kinds.items()
        if kind.time is Time.EVENT and field in kind.key and name not in ruleset.operator_kinds
    }
    reported = [draft for draft in drafts if draft.kind in kinds]
    standing = newest_of_kinds(connection, {draft.kind for draft in reported}).values() if reported else ()
    standing = [one for one in standing if not one.withdrawn]
    if not standing and len({(draft.kind, draft.month) for draft in reported}) == len({draft.kind for draft in reported}):
        return []  # each kind for the first time and in one month only
    own = list(_cases(kinds, reported))
    cases = [*_cases(kinds, standing), *own]
    months: dict[tuple, set[str]] = defaultdict(set)
    for name, month, case in cases:
        months[name, case].add(month)
    warnings = []
    for draft, (name, month, case) in zip(reported, own, strict=True):
        others = sorted(months[name, case] - {month})
        if others:
            kind, number = kinds[name], str(json.loads(draft.fields)[field])
            what = "若是同一件，应撤回其一" if kind.month_field in kind.key else "现改记到本行的月份"
            message = f"{field}“{number}”在 {'、'.join(others)} 也报过，{what}"
            at = (draft.file, draft.sheet, draft.row, None, field, number)
            warnings.append(Fault(*at, "reported-before", message))
    return warnings


def _cases(kinds: Mapping[str, Kind], facts: Sequence) -> Iterable[tuple[str, str, tuple]]:
    """The kind, the month and what is reported, which is the key without the month, of stored facts or drafts."""
    places = {name: [place for place, part in enumerate(kind.key) if part != kind.month_field] for name, kind in kinds.items()}
    # One JSON text for many keys is read in a fraction of the time.
    for one, parts in zip(facts, json.loads(f"[{','.join(one.key for one in facts)}]"), strict=True):
        kind = kinds[one.kind]
        if kind.month_field in kind.key:
            month = parts[kind.key.index(kind.month_field)]
        else:
            month = json.loads(one.fields)[kind.month_field]
        yield one.kind, month, tuple([parts[place] for place in places[one.kind]])
