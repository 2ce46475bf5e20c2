"""Warnings about what nothing reads: fact kinds that no rule uses, and clauses that no rule follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.dsl.model import Clause, Kind, Rule, Ruleset
from engine.dsl.report import Report, Spot


def warn_unread(ruleset: Ruleset, report: Report) -> None:
    """Warns of kinds that no rule, obligation, derivation, route, annual result or command reads."""
    read = set(_by_rules(ruleset.rules)) | set(_by_routes(ruleset.kinds)) | ruleset.operator_kinds
    read |= {rate.fact for rate in ruleset.rates} | ({ruleset.annual.fact} if ruleset.annual else set())
    read |= {ruleset.progress.fact} if ruleset.progress else set()
    read |= {derivation.source for derivation in ruleset.derivations}
    read |= {kind for obligation in ruleset.obligations for kind in obligation.kinds}
    for kind in ruleset.kinds.values():
        if kind.name not in read:
            hint = "删去它，或写一条读它的规则"
            report.add(kind.place, "unused-fact", f"没有规则读“{kind.name}”", hint, level="warning")


def _by_rules(rules: Iterable[Rule]) -> Iterator[str]:
    return (pattern.kind for rule in rules for pattern in (rule.fact, *rule.nones) if pattern is not None)


def _by_routes(kinds: Mapping[str, Kind]) -> Iterator[str]:
    return (route.table for kind in kinds.values() for route in kind.routes.values() if route.table is not None)


def warn_uncovered(
    clauses: Mapping[str, tuple[Clause, Spot]], ruleset: Ruleset, report: Report
) -> None:
    """Warns of clauses that neither a rule nor an obligation follows, and that do not say why."""
    followed = {one.clause for one in (*ruleset.rules, *ruleset.obligations)}
    for clause, spot in clauses.values():
        if clause.id not in followed and not clause.no_points:
            hint = "写一条规则，或在条款里写 no_points: 原因"
            report.add(spot.value, "uncovered-clause", f"“{clause.id}”没有规则", hint, level="warning")
