"""The rows of the year: stories as they are told, series as they are drawn, each in the folder it arrives in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from engine.dsl.model import Kind, Ruleset
from engine.sample.draw import Hand, UsedUp
from engine.sample.script import Late, Script, Series, Spec


@dataclass(frozen=True)
class Row:
    """One row of a workbook: the texts of its cells, empty ones left out."""

    kind: str
    arrives: str
    values: Mapping[str, str]

    def key(self, kind: Kind) -> tuple[str, ...]:
        return tuple(self.values.get(name, "") for name in kind.key)


def rows_of_year(script: Script, ruleset: Ruleset) -> list[Row]:
    """Every row, by folder; a fact that a story tells, or that was drawn before, is not drawn again."""
    rows = list(_told(script))
    seen = {(row.kind, row.key(ruleset.kinds[row.kind])) for row in rows}
    for series in script.series:
        for row in _drawn(series, script, ruleset):
            identity = (row.kind, row.key(ruleset.kinds[row.kind]))
            if identity not in seen:
                seen.add(identity)
                rows.append(row)
    return sorted((_delayed(row, script.late) for row in rows), key=lambda row: row.arrives)


def _told(script: Script) -> Iterator[Row]:
    for story in script.stories:
        row = Row(story.kind, story.arrives, story.row)
        yield row
        for arrives, changes in story.then:
            row = Row(story.kind, arrives, {**row.values, **changes})
            yield row


def _delayed(row: Row, late: tuple[Late, ...]) -> Row:
    for one in late:
        if one.kind == row.kind and all(row.values.get(name) == value for name, value in one.where.items()):
            return replace(row, arrives=one.arrives)
    return row


def _drawn(series: Series, script: Script, ruleset: Ruleset) -> Iterator[Row]:
    for unit in series.units:
        drawn_as = script.twins.get(unit, unit)
        fields = {**series.fields, **series.own.get(drawn_as, {})}
        yield from _told_by(series, fields, _hand(series, unit, drawn_as, script, ruleset), ruleset)


def _hand(series: Series, unit: str, drawn_as: str, script: Script, ruleset: Ruleset) -> Hand:
    # Seeded by texts: a stream is its own whatever stands before it in the script, and twins share one.
    level = script.levels.get(drawn_as, Random(f"{script.seed} {drawn_as}").randint(0, 100))
    random = Random(f"{script.seed} {series.name} {drawn_as}")
    return Hand(random, level, unit, ruleset.order[unit] + 1, ruleset.year, script.words)


def _told_by(series: Series, fields: Mapping[str, Spec], hand: Hand, ruleset: Ruleset) -> Iterator[Row]:
    kind = ruleset.kinds[series.kind]
    for month, each in _occasions(series, fields, hand):
        hand.month = month
        hand.number += 1
        try:
            values = _values(kind, fields, each, hand)
        except UsedUp:
            return
        yield Row(kind.name, f"{hand.year}-{month:02d}", values)


def _occasions(series: Series, fields: Mapping[str, Spec], hand: Hand) -> list[tuple[int, str]]:
    """The months in which the unit has something to tell, and of what (`each`); empty where there is no `each`."""
    eaches = _eaches(fields, hand)
    if series.once_in:
        planned = [(hand.random.choice(series.months), each) for each in eaches]
    else:
        planned = [
            (month, each)
            for month in series.months
            for each in eaches
            for _ in range(hand.random.randint(*series.times))
        ]
    return sorted(
        (one for one in planned if hand.random.randint(1, 100) <= series.chance), key=lambda one: one[0]
    )


def _eaches(fields: Mapping[str, Spec], hand: Hand) -> list[str]:
    """The values that get a row each; with `some`, only so many of them, the same ones all year."""
    for spec in fields.values():
        if isinstance(spec, Mapping) and "each" in spec:
            values = hand.listed(spec["each"])
            if "some" not in spec:
                return list(values)
            chosen = hand.random.sample(range(len(values)), hand.within(spec["some"]))
            return [values[place] for place in sorted(chosen)]
    return [""]


def _values(kind: Kind, fields: Mapping[str, Spec], each: str, hand: Hand) -> dict[str, str]:
    month = f"{hand.year}-{hand.month:02d}"
    standing = ((kind.unit_field, hand.unit), (kind.month_field, month), (kind.year_field, str(hand.year)))
    values = {name: value for name, value in standing if name is not None}
    for name, spec in fields.items():
        if isinstance(spec, Mapping) and "each" in spec:
            values[name] = each
        elif told := hand.value(name, spec, values):
            values[name] = told
    return values
