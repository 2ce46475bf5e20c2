"""Rows of text, as a clerk writes them, to facts: for tests that begin after the intake."""

from collections.abc import Iterable, Mapping

from engine.dsl.model import Ruleset
from engine.facts import Fact, canonical


def facts_from(ruleset: Ruleset, rows: Iterable[Mapping[str, str]]) -> list[Fact]:
    return [_fact(ruleset, row, version) for version, row in enumerate(rows, start=1)]


def _fact(ruleset: Ruleset, row: Mapping[str, str], version: int) -> Fact:
    kind = ruleset.kinds[row["fact"]]
    values = {name: kind.fields[name].type.parse(text) for name, text in row.items() if name != "fact" and text}
    key = [None if values.get(name) is None else kind.fields[name].type.stored(values[name]) for name in kind.key]
    return Fact(kind.name, canonical(key), values, version)
