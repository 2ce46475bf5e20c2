"""The facts of a rule test as an import of all of them would keep them: what it would refuse is told, and records are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.derivation.figures import figures, year_missing
from engine.dsl.derivation import Derivation
from engine.dsl.findings import Place
from engine.dsl.model import Ruleset
from engine.dsl.report import Report
from engine.facts import Fact, canonical
from engine.intake.rows import Draft
from engine.intake.spells import clashes, lasting
from engine.workbench.testing.overriding import overridden


class Told(NamedTuple):
    """A fact that a test tells, and where."""

    fact: Fact
    place: Place


def check_spells(ruleset: Ruleset, told: Sequence[Told], report: Report) -> None:
    """Spells of one thing must not overlap."""
    spells = {_draft(ruleset, one): one.place for one in told if lasting(ruleset.kinds[one.fact.kind])}
    for draft, words in clashes(ruleset, (), list(spells)):
        report.add(spells[draft], "bad-value", f"{words}；这样的事实无法导入")


def with_figures(ruleset: Ruleset, settings: Mapping[str, str], told: Sequence[Told], report: Report) -> tuple[Fact, ...]:
    """The facts of a test, and the figures that its records come to under its settings; a report that differs is told."""
    ruleset = overridden(ruleset, settings)
    facts = {(one.fact.kind, one.fact.key): one for one in told}
    made: list[Fact] = []
    for derivation in ruleset.derivations:
        records = [one for one in told if one.fact.kind == derivation.source]
        if records and _dated(ruleset, derivation, records, report):
            for fact in _figures(ruleset, derivation, records):
                reported = facts.get((fact.kind, fact.key))
                if reported is None:
                    made.append(fact)
                elif differs := _difference(derivation, reported.fact, fact):
                    message = f"“{fact.kind}”与由“{derivation.source}”汇总的不一致：{differs}，这样的事实无法导入"
                    report.add(reported.place, "bad-value", message, "改正其一，或只留记录")
    return (*(one.fact for one in told), *made)


def _draft(ruleset: Ruleset, one: Told) -> Draft:
    kind, key, values = ruleset.kinds[one.fact.kind], one.fact.key, one.fact.values
    fields = canonical({name: kind.fields[name].type.stored(value) for name, value in values.items()})
    return Draft(kind.name, key, fields, one.place.file, None, one.place.line)


def _dated(ruleset: Ruleset, derivation: Derivation, records: Sequence[Told], report: Report) -> bool:
    """Whether there is a calendar of every year that the figures hang on."""
    missing = [(one.place, year_missing(ruleset, derivation, one.fact.values)) for one in records]
    for place, year in missing:
        if year is not None:
            hint = f"在 ruleset.yaml 的 calendar 里写上 {year} 年的放假与调休"
            report.add(place, "bad-value", f"没有 {year} 年的节假日与调休安排，算不出工作日", hint)
    return not any(year for _, year in missing)


def _figures(ruleset: Ruleset, derivation: Derivation, records: Sequence[Told]) -> Iterator[Fact]:
    """A fact for every unit and month of the year that has a record."""
    kind = ruleset.kinds[derivation.makes]
    for (unit, month), counts in figures(ruleset, derivation, [one.fact.values for one in records]).items():
        if month in ruleset.months:
            values = {kind.unit_field: unit, kind.month_field: month, **counts}
            yield Fact(kind.name, canonical([values[name] for name in kind.key]), values)


def _difference(derivation: Derivation, reported: Fact, counted: Fact) -> str:
    """Both figures of each field in which a report and the records differ."""
    return "，".join(
        f"{one.field} 报送 {reported.values.get(one.field)}、汇总 {counted.values[one.field]}"
        for one in derivation.counts
        if reported.values.get(one.field) != counted.values[one.field]
    )
