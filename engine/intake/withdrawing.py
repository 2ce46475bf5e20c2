"""Takes facts back: one by its key, or whole what an import brought. Nothing is deleted; a new version says so."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from engine.derivation.deriving import Brought, derive, is_stale
from engine.dsl.model import Kind, Ruleset
from engine.dsl.nearest import did_you_mean
from engine.dsl.types import BadValue, UnitType
from engine.errors import InputError, IntakeRefused
from engine.facts import canonical, key_texts
from engine.intake.cleaning import Unclean, cleaned
from engine.intake.rows import Draft
from engine.intake.sheets import Cell
from engine.intake.spells import lasting, overlaps
from engine.intake.standing import VERSION_COLUMNS, Held, newest_of_keys, newest_of_kinds, version_ids, versions
from engine.intake.touching import months_touched, record_months
from models.bulk import insert_rows
from models.chain import seal
from models.tables import Act, FactVersion, Import

_VERSION = FactVersion.__table__


class Step(NamedTuple):
    """A version that is taken back, and the one before it that stands again; None where the fact is gone."""

    back: Held
    again: Held | None


@dataclass(frozen=True)
class Withdrawn:
    """What was taken back, the months of the ruleset's year that it touches, and how many versions newer ones had replaced."""

    steps: tuple[Step, ...]
    touched_months: tuple[str, ...]
    replaced: int = 0


def withdraw(
    connection: Connection, ruleset: Ruleset, name: str, words: Sequence[str], *, reason: str, operator: str, at: str
) -> Withdrawn:
    """Takes one fact back, by its kind and its key's values in the dictionary's order. Raises InputError."""
    kind = ruleset.kinds.get(name)
    if kind is None:
        raise InputError(f"没有名为“{name}”的事实", did_you_mean(name, ruleset.kinds) or "事实类型见 facts.yaml")
    key = key_of(ruleset, kind, words)
    held = newest_of_keys(connection, [(name, key)]).get((name, key))
    if held is None or held.withdrawn:
        raise InputError(f"库中没有这条{name}：{' '.join(words)}", _like(connection, kind, key))
    if held.derived and name in {one.makes for one in ruleset.derivations}:
        raise InputError(f"{name} {' '.join(words)} 由单条记录汇总而成，不能单独撤回", "撤回或改正那些记录")
    return _write(connection, ruleset, [Step(held, None)], 0, reason, operator, at)


def withdraw_import(
    connection: Connection, ruleset: Ruleset, number: int, *, reason: str, operator: str, at: str
) -> Withdrawn:
    """Takes back what an import brought: what stood before it stands again. Facts that later imports changed stay.

    Raises InputError where there is no such import, or nothing of it stands.
    """
    imports = dict(connection.execute(select(Import.__table__.c["id", "takes_back"])).all())
    if number not in imports:
        raise InputError(f"没有第 {number} 次导入", "用 `jifen imports` 查看编号")
    if number in _taken_back(imports):
        raise InputError(f"第 {number} 次导入已经撤回", "用 `jifen imports` 查看；撤回那次撤回，可使它恢复")
    brought = list(versions(connection, select(_VERSION.c.id).where(_VERSION.c.import_id == number, ~_VERSION.c.derived)))
    keys = {(one.kind, one.key) for one in brought}
    newest = newest_of_keys(connection, keys)
    told = _told_by(connection, keys, without={*_taken_back({**imports, max(imports) + 1: number}), *_restating(imports)})
    steps = [Step(newest[key], told.get(key)) for key in sorted(keys) if _differs(newest[key], told.get(key))]
    if not steps:
        raise InputError(f"第 {number} 次导入没有带来什么，或都已被后来的版本取代", "用 `jifen facts --versions` 查看各版本")
    return _write(connection, ruleset, steps, len(keys) - len(steps), reason, operator, at, takes_back=number)


def _taken_back(imports: Mapping[int, int | None]) -> set[int]:
    """The imports that are taken back, by what each import takes back.

    An import is taken back by one that is not taken back itself, and which is later.
    """
    taken: set[int] = set()
    for number in sorted(imports, reverse=True):
        if imports[number] is not None and number not in taken:
            taken.add(imports[number])
    return taken


def _restating(imports: Mapping[int, int | None]) -> set[int]:
    """The acts that only restate what earlier imports had said."""
    return {number for number, takes_back in imports.items() if takes_back is not None}


def _told_by(
    connection: Connection, keys: Collection[tuple[str, str]], without: Collection[int]
) -> dict[tuple[str, str], Held]:
    """What the newest of the other imports says of each fact; one that says that it is gone says nothing."""
    found: dict[tuple[str, str], Held] = {}
    for some in version_ids(keys):
        said = some.where(_VERSION.c.import_id.not_in(without), ~_VERSION.c.derived)
        for held in versions(connection, said):  # the oldest first
            found[held.kind, held.key] = held
    return {key: held for key, held in found.items() if not held.withdrawn}


def _differs(held: Held, told: Held | None) -> bool:
    """Whether what stands is another than what is told."""
    if held.withdrawn or held.derived:
        return told is not None
    return told is None or told.fields != held.fields


def key_of(ruleset: Ruleset, kind: Kind, words: Sequence[str]) -> str:
    """The canonical key of what a person wrote; optional parts at its end may be left out."""
    named = "、".join(kind.key)
    if len(words) > len(kind.key) or any(not kind.fields[name].optional for name in kind.key[len(words) :]):
        raise InputError(f"{kind.name}的键是 {len(kind.key)} 个值：{named}，这里有 {len(words)} 个", "按此顺序写出，值中有空格时加引号")
    parts: list[str | int | None] = []
    for name, word in zip(kind.key, (*words, *[""] * len(kind.key)), strict=False):
        type_ = kind.fields[name].type
        try:
            text = cleaned(Cell(word), type_)
            value = ruleset.aliases.get(text, text) if isinstance(type_, UnitType) else text and type_.parse(text)
        except (Unclean, BadValue) as bad:
            raise InputError(f"“{name}”的值“{word}”不对：应为{type_.expected}", f"键依次是 {named}") from bad
        parts.append(type_.stored(value) if value != "" else None)
    return canonical(parts)


def _like(connection: Connection, kind: Kind, key: str) -> str:
    """The stored key that is nearest, as a hint."""
    lines = [" ".join(key_texts(held.key)) for held in newest_of_kinds(connection, [kind.name]).values() if not held.withdrawn]
    return did_you_mean(" ".join(key_texts(key)), lines) or f"用 `jifen facts {kind.name}` 查看有哪些"


def _write(
    connection: Connection,
    ruleset: Ruleset,
    steps: Sequence[Step],
    replaced: int,
    reason: str,
    operator: str,
    at: str,
    takes_back: int | None = None,
) -> Withdrawn:
    _refuse_overlaps(connection, ruleset, steps)
    stale = is_stale(connection, ruleset)
    made = insert(Import.__table__).values(
        at=at, operator=operator, act=Act.WITHDRAW, reason=reason, takes_back=takes_back
    )
    import_id = connection.execute(made).inserted_primary_key[0]
    rows = [
        (import_id, told.file_id, told.sheet, told.row, told.kind, told.key, told.fields, step.again is None, False)
        for step in steps
        for told in [step.again or step.back]
    ]
    insert_rows(connection, FactVersion, VERSION_COLUMNS, rows)
    touched, figures = _months(ruleset, steps)
    brought = [_brought(step) for step in steps]
    derived = derive(connection, ruleset, import_id, figures, brought, stale=stale)
    if derived.faults:
        raise IntakeRefused(derived.faults, outcome="没有撤回")
    seal(connection, import_id)
    return Withdrawn(tuple(steps), tuple(sorted(touched | derived.months)), replaced)


def _brought(step: Step) -> Brought:
    told = step.again or step.back
    draft = Draft(told.kind, told.key, told.fields, told.file, told.sheet, told.row)
    return Brought(draft, None if step.back.withdrawn else step.back.fields)


def _months(ruleset: Ruleset, steps: Iterable[Step]) -> tuple[set[str], set[str]]:
    """The months touched, and those whose figures may be others now."""
    made = {one.makes for one in ruleset.derivations}
    touched: set[str] = set()
    figures: set[str] = set()
    for back, again in steps:
        kind = ruleset.kinds[back.kind]
        before = None if back.withdrawn else json.loads(back.fields)
        after = json.loads(again.fields) if again is not None else None
        months = months_touched(kind, before, after, ruleset.months)
        touched |= months
        figures |= record_months(ruleset, kind, before, after) | (months if back.kind in made else set())
    return touched, figures


def _refuse_overlaps(connection: Connection, ruleset: Ruleset, steps: Sequence[Step]) -> None:
    """A spell that stands again as it was may meet one that was told since."""
    drafts = [
        Draft(one.kind, one.key, one.fields, one.file, one.sheet, one.row)
        for _, one in steps
        if one is not None and lasting(ruleset.kinds[one.kind])
    ]
    if not drafts:
        return
    gone = {(step.back.kind, step.back.key) for step in steps}
    held = newest_of_kinds(connection, {draft.kind for draft in drafts}).values()
    standing = [
        (one.kind, one.key, json.loads(one.fields), one.place)
        for one in held
        if not one.withdrawn and (one.kind, one.key) not in gone
    ]
    faults = overlaps(ruleset, standing, drafts)
    if faults:
        raise InputError(f"撤回后，{faults[0].message}", "先撤回后来的那次导入")
