"""Takes facts back: one by its key, or whole what an import brought. Nothing is deleted; a new version says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from engine.derivation.deriving import derive
from engine.dsl.model import Kind, Ruleset
from engine.dsl.nearest import did_you_mean
from engine.dsl.types import BadValue, UnitType
from engine.errors import InputError
from engine.facts import canonical, key_texts
from engine.intake.cleaning import Unclean, cleaned
from engine.intake.rows import Draft
from engine.intake.sheets import Cell
from engine.intake.spells import lasting, overlaps
from engine.intake.standing import VERSION_COLUMNS, Held, newest_of_keys, newest_of_kinds, versions
from engine.intake.touching import months_touched, record_months
from models.bulk import insert_rows
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
    key = _key(ruleset, kind, words)
    held = newest_of_keys(connection, [(name, key)]).get((name, key))
    if held is None or held.withdrawn:
        raise InputError(f"库中没有这条{name}：{' '.join(words)}", _like(connection, kind, key))
    if held.derived:
        raise InputError(f"{name} {' '.join(words)} 由单条记录汇总而成，不能单独撤回", "撤回或改正那些记录")
    return _write(connection, ruleset, [Step(held, None)], 0, reason, operator, at)


def withdraw_import(
    connection: Connection, ruleset: Ruleset, number: int, *, reason: str, operator: str, at: str
) -> Withdrawn:
    """Takes back what an import brought: what stood before it stands again. Facts that later imports changed stay.

    Raises InputError where there is no such import, or nothing of it stands.
    """
    act = connection.execute(select(Import.__table__.c.act).where(Import.__table__.c.id == number)).scalar()
    if act is None:
        raise InputError(f"没有第 {number} 次导入", "用 `jifen imports` 查看编号")
    brought = list(versions(connection, select(_VERSION.c.id).where(_VERSION.c.import_id == number, ~_VERSION.c.derived)))
    newest = newest_of_keys(connection, ((one.kind, one.key) for one in brought))
    standing = [one for one in brought if newest[one.kind, one.key].id == one.id]
    steps = [Step(one, before) for one, before in zip(standing, _before(connection, standing), strict=True)]
    steps = [step for step in steps if not step.back.withdrawn or step.again is not None]
    if not steps:
        raise InputError(f"第 {number} 次导入的事实都已被后来的版本取代或撤回，没有可撤回的", "用 `jifen facts --versions` 查看各版本")
    return _write(connection, ruleset, steps, len(brought) - len(standing), reason, operator, at)


def _key(ruleset: Ruleset, kind: Kind, words: Sequence[str]) -> str:
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


def _before(connection: Connection, standing: Sequence[Held]) -> list[Held | None]:
    """The reported version before each, None where there is none or it said that the fact is gone."""
    found = []
    for one in standing:
        earlier = select(func.max(_VERSION.c.id)).where(
            _VERSION.c.kind == one.kind, _VERSION.c.key == one.key, _VERSION.c.id < one.id
        )
        held = next(versions(connection, earlier), None)
        found.append(None if held is None or held.withdrawn or held.derived else held)
    return found


def _write(
    connection: Connection, ruleset: Ruleset, steps: Sequence[Step], replaced: int, reason: str, operator: str, at: str
) -> Withdrawn:
    _refuse_overlaps(connection, ruleset, steps)
    made = insert(Import.__table__).values(at=at, operator=operator, act=Act.WITHDRAW, reason=reason)
    import_id = connection.execute(made).inserted_primary_key[0]
    rows = [
        (import_id, told.file_id, told.sheet, told.row, told.kind, told.key, told.fields, step.again is None, False)
        for step in steps
        for told in [step.again or step.back]
    ]
    insert_rows(connection, FactVersion, VERSION_COLUMNS, rows)
    touched, figures = _months(ruleset, steps)
    derived = derive(connection, ruleset, import_id, figures)
    if derived.faults:
        raise InputError(derived.faults[0].message, "改正后再撤回")
    return Withdrawn(tuple(steps), tuple(sorted(touched | derived.months)), replaced)


def _months(ruleset: Ruleset, steps: Iterable[Step]) -> tuple[set[str], set[str]]:
    """The months touched, and those whose figures may be others now."""
    made = {one.makes for one in ruleset.derivations}
    touched: set[str] = set()
    figures: set[str] = set()
    for back, again in steps:
        kind = ruleset.kinds[back.kind]
        before = None if back.withdrawn else json.loads(back.fields)
        after = json.loads(again.fields) if again is not None else None
        months = months_touched(ruleset, kind, before, after)
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
