"""Facts that are only supposed, written on the command line or in files: they go the way of an import, and are not kept.

So whatever an import would refuse, warn of or make of them, it does here too. The caller's transaction is to be rolled back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from engine.dsl.model import Kind, Ruleset
from engine.dsl.nearest import did_you_mean
from engine.errors import InputError, IntakeRefused
from engine.facts import Fact, key_texts, restore
from engine.intake.faults import Fault, Told, suggestion
from engine.intake.reading import Reading, once_each
from engine.intake.rows import Draft, drafts_of
from engine.intake.sheets import Row, Sheet
from engine.intake.standing import Held, newest_of_keys, newest_of_kinds
from engine.intake.storing import store
from engine.intake.withdrawing import key_of, withdraw
from engine.scoring.months import holds
from engine.workbench.filling import filled

_OPTION = "--fact"  # the file's name in what is told of a fact of the command line; its row is the place among them
_QUOTED = '"(?:[^"]|"")*"'
# A comma only separates where a field follows: names of things have commas too.
_FIELD = re.compile(rf'\s*([^,，=＝"]+?)\s*[=＝]\s*({_QUOTED}|.*?)\s*(?:[,，]\s*(?=[^,，=＝"]+[=＝])|$)', re.DOTALL)
_WORD = re.compile(rf"\s*({_QUOTED}|[^,，]*?)\s*([,，]|$)", re.DOTALL)
_SHAPE = "应写作 类型:字段=值,字段=值"


@dataclass(frozen=True, slots=True)
class Change:
    """A fact as it stands and as it is supposed: canonical JSON of its fields, None where there is no such fact."""

    kind: str
    key: str
    before: str | None
    after: str | None

    @property
    def what(self) -> Literal["new", "changed", "withdrawn"]:
        return "new" if self.before is None else "withdrawn" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to suppose: facts taken away, files brought in, then facts told or changed; and whose they are if not said."""

    unit: str
    month: str
    facts: Sequence[str] = ()
    without: Sequence[str] = ()
    files: Reading | None = None


@dataclass(frozen=True, slots=True)
class Supposed:
    changes: tuple[Change, ...]
    touched_months: tuple[str, ...]
    warnings: tuple[Fault, ...]


def suppose(connection: Connection, ruleset: Ruleset, wanted: Wanted, *, operator: str, at: str) -> Supposed:
    """Puts supposed facts into the store. Raises InputError, and IntakeRefused with every fault of files and facts."""
    return _Supposing(connection, ruleset, wanted, operator, at).all()


class _Supposing:
    def __init__(self, connection: Connection, ruleset: Ruleset, wanted: Wanted, operator: str, at: str) -> None:
        self._connection, self._ruleset, self._wanted = connection, ruleset, wanted
        self._told = {"operator": operator, "at": at}
        self._changes: dict[tuple[str, str], Change] = {}
        self._months: set[str] = set()
        self._faults: list[Fault] = []
        self._warnings: list[Fault] = []

    def all(self) -> Supposed:
        for text in self._wanted.without:
            self._withdraw(text)
        if self._wanted.files is not None:
            self._store(self._wanted.files)
        read = self._read()
        self._faults += read.faults
        if not self._faults:
            self._store(replace(read, faults=[]))
        if self._faults:
            raise IntakeRefused(self._faults, self._warnings, outcome="没有推算")
        changes = tuple(one for one in self._changes.values() if one.before != one.after)
        return Supposed(changes, tuple(sorted(self._months)), tuple(self._warnings))

    def _store(self, reading: Reading) -> None:
        if not reading.drafts and not reading.faults:
            self._warnings += reading.warnings
            return
        try:
            stored = store(self._connection, self._ruleset, reading, correction="whatif", **self._told)
        except IntakeRefused as refused:
            self._faults += refused.faults
            self._warnings += refused.warnings
            return
        self._warnings += stored.warnings
        self._months |= set(stored.touched_months)
        for draft, before in stored.changes:
            self._note(draft.kind, draft.key, before, draft.fields)

    def _note(self, kind: str, key: str, before: str | None, after: str | None) -> None:
        first = self._changes.get((kind, key))
        self._changes[kind, key] = Change(kind, key, first.before if first else before, after)

    def _withdraw(self, text: str) -> None:
        name, rest = _parted(text)
        kind = self._ruleset.kinds.get(name)
        if kind is None:
            raise InputError(f"没有名为“{name}”的事实", did_you_mean(name, self._ruleset.kinds) or "事实类型见 facts.yaml")
        named = self._key_named(kind, text, rest)
        held = self._standing(kind, named)
        words = [{**self._filled(kind), **named}.get(field, "") for field in kind.key] if held is None else key_texts(held.key)
        done = withdraw(self._connection, self._ruleset, name, words, reason="whatif", **self._told)
        self._months |= set(done.touched_months)
        for back, _ in done.steps:
            self._note(back.kind, back.key, back.fields, None)

    def _key_named(self, kind: Kind, text: str, rest: str) -> Mapping[str, str]:
        """The parts of a key by field, told by name or in order, with or without the unit and month that are clear."""
        pairs = fields_of(rest)
        if pairs:
            for field, _ in pairs:
                if field not in kind.key:
                    raise InputError(f"{kind.name}的键没有字段“{field}”", did_you_mean(field, kind.key) or f"键依次是 {'、'.join(kind.key)}")
            return dict(pairs)
        words = _words(rest)
        open_ = [field for field in kind.key if field not in self._filled(kind)]
        for fields in (open_, kind.key):
            if len(words) == len(fields):
                return dict(zip(fields, words, strict=True))
        told = f"{'、'.join(open_) or '无须再写'}（或整个键：{'、'.join(kind.key)}）"
        raise InputError(f"--without “{text}”有 {len(words)} 个值，{kind.name}的键是：{told}", "按此顺序写出，以逗号分隔，或写作 字段=值")

    def _read(self) -> Reading:
        told = Told()
        drafts: list[Draft] = []
        for number, text in enumerate(self._wanted.facts, start=1):
            drafts += self._drafts(number, text, told)
        return once_each(self._ruleset, Reading(drafts, told.faults, told.warnings, [(_OPTION, "")]))

    def _drafts(self, number: int, text: str, told: Told) -> list[Draft]:
        name, rest = _parted(text)
        pairs = fields_of(rest)
        named = dict(pairs or ())
        if pairs is None or len(named) < len(pairs):
            unread, twice = ("bad-value", f"“{text}”读不出字段和值，{_SHAPE}"), ("duplicate-field", f"“{text}”里同一字段写了两次")
            told.faults.append(Fault(_OPTION, None, number, None, None, text, *(unread if pairs is None else twice)))
            return []
        kind = self._ruleset.kinds.get(name)
        known = {field: value for field, value in named.items() if kind is None or field in kind.fields}
        for field in (each for each in named if each not in known):
            message = f"“{name}”没有字段“{field}”{suggestion(field, kind.fields)}"
            told.faults.append(Fault(_OPTION, None, number, None, field, None, "unknown-field", message))
        cells = {**self._filled(kind), **self._stands(kind, known), **known} if kind else known
        return list(drafts_of(Sheet(_OPTION, None, name, None, [Row(number, cells)]), self._ruleset, told))

    def _filled(self, kind: Kind) -> dict[str, str]:
        return filled(kind, self._wanted.unit, self._wanted.month)

    def _stands(self, kind: Kind, named: Mapping[str, str]) -> dict[str, str]:
        """What the store says already of the fact that is told, as texts; nothing of a new one."""
        held = self._standing(kind, named)
        return {} if held is None else {name: str(value) for name, value in restore(kind, held.fields).items()}

    def _standing(self, kind: Kind, named: Mapping[str, str]) -> Held | None:
        """The fact that is named: of a spell whose start is not told the one that holds in the month."""
        told = {**self._filled(kind), **named}
        start = kind.start_field if kind.start_field in kind.key and kind.start_field not in named else None
        try:
            key = key_of(self._ruleset, kind, ["" if name == start else told.get(name, "") for name in kind.key])
        except InputError:  # told of the row itself
            return None
        if start is None:
            held = newest_of_keys(self._connection, [(kind.name, key)]).get((kind.name, key))
            return None if held is None or held.withdrawn else held
        place = kind.key.index(start)
        alike = (
            held for held in newest_of_kinds(self._connection, [kind.name]).values()
            if not held.withdrawn and _but(held.key, place) == _but(key, place)
        )  # fmt: skip
        month = self._wanted.month
        return next((one for one in alike if holds(kind, Fact(kind.name, one.key, restore(kind, one.fields)), month)), None)


def _but(key: str, place: int) -> list[object]:
    parts = json.loads(key)
    return [*parts[:place], *parts[place + 1 :]]


def _parted(text: str) -> tuple[str, str]:
    """A fact's kind, and what is told of it.

    >>> _parted("信用修复：条数＝4"), _parted("等保测评完成")
    (('信用修复', '条数＝4'), ('等保测评完成', ''))
    """
    kind, *rest = re.split("[:：]", text, maxsplit=1)
    return kind.strip(), "".join(rest)


def fields_of(text: str) -> list[tuple[str, str]] | None:
    """Fields with their values, "" of one that is emptied; None where a text is no list of such.

    >>> fields_of("类别=行政给付，报送数＝10"), fields_of('事项=准入,用电,编号="一,页数=2"'), fields_of("备注="), fields_of("十")
    ([('类别', '行政给付'), ('报送数', '10')], [('事项', '准入,用电'), ('编号', '一,页数=2')], [('备注', '')], None)
    """
    pairs, place = [], 0
    while text[place:].strip():
        found = _FIELD.match(text, place)
        if found is None:
            return None
        pairs.append((found[1], _bare(found[2])))
        place = found.end()
    return pairs


def _words(text: str) -> list[str]:
    """Values in order.

    >>> _words("潞州区，2023-04"), _words('"甲,乙", 2023-01'), _words("")
    (['潞州区', '2023-04'], ['甲,乙', '2023-01'], [])
    """
    words, place = [], 0
    while text.strip():
        found = _WORD.match(text, place)
        if found is None:  # something stands after a quoted value
            return [text.strip()]
        words.append(_bare(found[1]))
        place = found.end()
        if not found[2]:
            break
    return words


def _bare(text: str) -> str:
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return text[1:-1].replace('""', '"') if quoted else text
