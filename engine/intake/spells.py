"""Spells of one thing must not overlap: not within an import, and not with what is stored.

A spell holds from its start up to its end (in it, where the kind counts the month of ending); without an end it is open,
a table's row without a start holds from the beginning. One that ends as it starts, and does not count its end, is empty.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.dsl.model import Kind, Ruleset, Time
from engine.dsl.types import Value
from engine.facts import canonical
from engine.intake.faults import Fault, place
from engine.intake.rows import Draft
from engine.scoring.succession import first_name

Standing = tuple[str, str, Mapping[str, Value], str]  # kind, key, fields, place as a sentence names it
Point = tuple[str, int]  # a month, and whether it lies behind it

_BEGINNING, _OPEN = ("", 0), ("9999-99", 1)


@dataclass(frozen=True, slots=True)
class Spell:
    start: Point
    end: Point  # the first point that is not in it
    key: str
    place: str
    draft: Draft | None = None


def lasting(kind: Kind) -> bool:
    return kind.time in (Time.STATE, Time.TABLE)


def overlaps(ruleset: Ruleset, standing: Iterable[Standing], drafts: Sequence[Draft]) -> list[Fault]:
    """A fault for every draft that overlaps a stored fact or another draft; a draft takes the place of its own key's."""
    return [
        Fault(draft.file, draft.sheet, draft.row, None, None, None, "overlap", words)
        for draft, words in clashes(ruleset, standing, drafts)
    ]


def clashes(ruleset: Ruleset, standing: Iterable[Standing], drafts: Sequence[Draft]) -> list[tuple[Draft, str]]:
    """Every draft that overlaps another spell, in their order, and the sentence that says so."""
    spells: dict[tuple[str, str], Spell] = {}
    for name, key, fields, at in standing:
        kind = ruleset.kinds.get(name)
        if kind is not None and lasting(kind):
            spells[name, key] = _spell(kind, key, fields, at)
    for draft in drafts:
        kind = ruleset.kinds[draft.kind]
        if lasting(kind):
            at = place(draft.file, draft.sheet, draft.row)
            spells[draft.kind, draft.key] = _spell(kind, draft.key, json.loads(draft.fields), at, draft)
    things: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for (name, key), spell in spells.items():
        if spell.start < spell.end:
            things[name, _thing(ruleset, ruleset.kinds[name], key)].append(spell)
    found = [clash for (name, _), held in things.items() for clash in _clashes(ruleset.kinds[name], held)]
    order = {id(draft): number for number, draft in enumerate(drafts)}
    return sorted(found, key=lambda clash: order[id(clash[0])])


def _clashes(kind: Kind, spells: list[Spell]) -> Iterable[tuple[Draft, str]]:
    """Each draft is told once: of the stored spell that it overlaps, else of the draft that starts before it.

    A draft that is told stands in nobody's way. That stored facts overlap each other is not this import's fault.
    """
    taken = [one for one in spells if one.draft is None]
    for spell in sorted((one for one in spells if one.draft), key=lambda one: (one.start, one.end, one.key)):
        other = next((one for one in taken if one.start < spell.end and spell.start < one.end), None)
        if other is not None:
            yield spell.draft, _words(kind, other)
        else:
            taken.append(spell)


def _words(kind: Kind, other: Spell) -> str:
    since = f"{other.start[0]} 起" if other.start[0] else "从最初起"
    until = "仍在持续" if other.end == _OPEN else f"至 {other.end[0]}"
    thing = "、".join(name for name in kind.key if name != kind.start_field)
    return f"与 {other.place}的时段（{since}，{until}）重叠；同一{thing}的各段时间不能重叠，前一段应有{kind.end_field}"


def _spell(kind: Kind, key: str, fields: Mapping[str, Value], at: str, draft: Draft | None = None) -> Spell:
    start = fields.get(kind.start_field)
    end = fields.get(kind.end_field)
    return Spell(
        _BEGINNING if start is None else (str(start), 0),
        _OPEN if end is None else (str(end), int(kind.end_counts)),
        key,
        at,
        draft,
    )


def _thing(ruleset: Ruleset, kind: Kind, key: str) -> str:
    """The key without the start: what the spells are of, under whichever name its unit was told."""
    parts = zip(kind.key, json.loads(key), strict=True)
    told = ((name, first_name(ruleset, part) if part and name == kind.unit_field else part) for name, part in parts)
    return canonical([part for name, part in told if name != kind.start_field])
