"""The facts that each run read, as another ruleset's dictionary reads them; what it cannot read is told, never guessed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, select

from engine.derivation.calendar import UnknownYear
from engine.derivation.deriving import meaning, records_of
from engine.derivation.figures import figures
from engine.dsl.derivation import Derivation
from engine.dsl.model import Kind, Ruleset
from engine.dsl.types import BadValue
from engine.facts import Fact, canonical, key_order, typed
from engine.ledger.stored import UNSCORED, misfits
from engine.workbench.impact.essence import essence
from models.tables import FactVersion

_VERSION = FactVersion.__table__
_CHUNK = 5_000


class Stored(NamedTuple):
    """One version; `fact` is None where it was withdrawn or cannot be read, `fault` says why it cannot."""

    kind: str
    key: str
    derived: bool
    fact: Fact | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """How many facts of a kind that runs have read cannot be read by the other dictionary, and what is wrong with them."""

    kind: str
    fault: str
    count: int

    @property
    def what(self) -> str:
        return f"事实“{self.kind}”的 {self.count} 条无法读取：{self.fault}"


class Facts:
    """All versions that months are scored from, read once; `before` is the ruleset by whose dictionary they came in."""

    def __init__(self, connection: Connection, ruleset: Ruleset, before: Ruleset) -> None:
        self._connection, self._ruleset, self._before = connection, ruleset, before
        self.versions: dict[int, Stored] = dict(self._read())
        self._unread: dict[int, Stored] = {}
        self._made: dict[tuple[str, str, str], Fact] = {}
        self.untold: list[str] = []  # derivations that could not be made anew, and why

    def seen(self, newest: int, run: Ruleset) -> list[Fact]:
        """The facts when a version was the newest, as a run by `run` read them: figures made of records are made anew
        where the two rulesets make them otherwise."""
        held: dict[tuple[str, str], tuple[int, Stored]] = {}
        for id_, one in self.versions.items():
            if id_ <= newest:
                held[one.kind, one.key] = id_, one
        self._unread |= {id_: one for id_, one in held.values() if one.fault}
        facts = {key: one for key, (_, one) in held.items() if one.fact is not None}
        if meaning(run) != meaning(self._ruleset):
            return self._anew(facts, newest)
        return [one.fact for one in facts.values()]

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What could not be read of all that `seen` was asked for, each version once."""
        counted = Counter((one.kind, one.fault) for one in self._unread.values())
        return tuple(Unread(*what, count) for what, count in sorted(counted.items()))

    def _read(self) -> Iterator[tuple[int, Stored]]:
        kinds = sorted(filter(self._scored, self._connection.execute(select(_VERSION.c.kind).distinct()).scalars()))
        odd = {kind: self._changed(kind) for kind in kinds}
        rows = self._connection.execute(
            select(_VERSION.c["id", "kind", "key", "fields", "withdrawn", "derived"])
            .where(_VERSION.c.kind.in_(kinds))
            .order_by(_VERSION.c.id)
        )
        for some in rows.partitions(_CHUNK):
            keys, fields = (json.loads(f"[{','.join(row[column] for row in some)}]") for column in (2, 3))
            for (id_, kind, key, _, withdrawn, derived), parts, values in zip(some, keys, fields, strict=True):
                if withdrawn:
                    yield id_, Stored(kind, key, derived, None)
                    continue
                known = self._ruleset.kinds.get(kind)
                fault = "没有这种事实" if known is None else _fault(known, values, odd[kind])
                fact = None if fault else Fact(kind, key, typed(known, values), id_, key_order(parts))
                yield id_, Stored(kind, key, derived, fact, fault)

    def _scored(self, kind: str) -> bool:
        known = [each.kinds[kind] for each in (self._ruleset, self._before) if kind in each.kinds]
        return not known or any(one.time not in UNSCORED for one in known)

    def _changed(self, kind: str) -> tuple[str, ...]:
        """The fields whose stored values the other dictionary may not take, as it gives them another type."""
        now, then = self._ruleset.kinds.get(kind), self._before.kinds.get(kind)
        if now is None:
            return ()
        return tuple(name for name, one in now.fields.items() if then is None or then.fields.get(name) != one)

    def _anew(self, held: Mapping[tuple[str, str], Stored], newest: int) -> list[Fact]:
        """The facts with the figures that the other ruleset's derivations make of the records."""
        ruleset = self._ruleset
        makes = {one.makes for one in ruleset.derivations}
        facts = {key: one.fact for key, one in held.items() if not one.derived or one.kind in makes}
        for derivation in ruleset.derivations:
            kind = ruleset.kinds[derivation.makes]
            counted = self._figures(derivation, newest)
            if counted is None:
                continue
            for key, one in held.items():
                if one.kind == kind.name and one.derived and one.fact.values[kind.month_field] in ruleset.months:
                    del facts[key]
            for (unit, month), counts in counted.items():
                told = {kind.unit_field: unit, kind.month_field: month}
                key = canonical([told[name] for name in kind.key])
                if (kind.name, key) not in facts:  # what a unit reports itself goes before
                    facts[kind.name, key] = self._made_of(kind, key, {**told, **counts}, held.get((kind.name, key)))
        return list(facts.values())

    def _figures(self, derivation: Derivation, newest: int) -> dict[tuple[str, str], dict[str, int]] | None:
        """The figures of the year, or None, with the reason kept, where its records cannot be counted."""
        source, then = self._ruleset.kinds[derivation.source], self._before.kinds.get(derivation.source)
        why = ""
        if then is None or essence(source) != essence(then):
            why = f"“{source.name}”的字段已不同"
        else:
            try:
                records = records_of(self._connection, self._ruleset, derivation, self._ruleset.months, newest)
                return figures(self._ruleset, derivation, records) if records else {}
            except UnknownYear as unknown:
                why = f"没有 {unknown.year} 年的放假安排"
        said = f"“{derivation.makes}”没有由单条记录重新汇总，按原来的汇总比较：{why}"
        if said not in self.untold:
            self.untold.append(said)
        return None

    def _made_of(self, kind: Kind, key: str, values: dict[str, str | int], held: Stored | None) -> Fact:
        """One fact for one set of figures, so that what fires on it is worked out once; the one that stands where it is that."""
        if held is not None and held.fact.values == values:
            return held.fact
        said = canonical(values)
        if (kind.name, key, said) not in self._made:
            self._made[kind.name, key, said] = Fact(kind.name, key, values, held.fact.version if held else 0)
        return self._made[kind.name, key, said]


def _fault(kind: Kind, values: Mapping[str, str | int], odd: tuple[str, ...]) -> str:
    """What is wrong with a stored fact by another dictionary, "" where it fits."""
    wrong = misfits(kind, values) or [name for name in odd if name in values and not _fits(kind, name, values[name])]
    return f"字段“{'、'.join(wrong)}”不符" if wrong else ""


def _fits(kind: Kind, name: str, value: str | int) -> bool:
    type_ = kind.fields[name].type
    try:
        return type_.stored(type_.parse(str(value))) == value
    except BadValue:
        return False
