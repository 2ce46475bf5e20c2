"""Tests worked out: the facts of a test, and line by line what a rule makes of them, by the way of a real run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.chinese_dates import month_words, value_words
from engine.dsl.model import Rule, Ruleset
from engine.facts import Fact
from engine.ledger.book import MatchLine
from engine.notices.catalogue_context import Example, ExampleFact, ExampleLine
from engine.notices.limits import limit_words
from engine.notices.rule_words import formula_words
from engine.notices.wording import fact_words
from engine.scoring.award import Award
from engine.scoring.points import shown
from engine.scoring.sentence import sentence
from engine.scoring.succession import owner
from engine.scoring.year import Year
from engine.workbench.testing.rule_tests import Case

_FACTS, _LINES = 6, 3  # of an example at most; as many lines again of those that a limit took from


def examples(ruleset: Ruleset, rule: Rule, cases: Sequence[Case]) -> tuple[Example, ...]:
    """The plainest test of a rule in which it gives points, and one in which a limit took something, where there are such.

    Tests that change settings are left out, as are those that expect something else than the rule gives.
    """
    found: list[Example] = []
    for case in sorted(_telling(rule, cases), key=lambda case: len(_read(rule, case))):
        worked = list(_months(ruleset, rule, case))
        plain = next((one for one in worked if not _limited(one)), None)
        limited = next((one for one in worked if _limited(one)), None)
        if plain is not None and not any(not _limited(one) for one in found):
            found.append(plain)
        if limited is not None and not any(map(_limited, found)):
            found.append(limited)
        if len(found) == (2 if _bounded(rule) else 1):
            break
    return tuple(sorted(found, key=_limited))


def _limited(one: Example) -> bool:
    return any(line.limit for line in one.lines)


def _bounded(rule: Rule) -> bool:
    return rule.once_per is not None or rule.best_of is not None or rule.cap is not None


def _telling(rule: Rule, cases: Sequence[Case]) -> Iterator[Case]:
    return (case for case in cases if not case.settings and any(own.get(rule.id) for own in case.expect.values()))


def _read(rule: Rule, case: Case) -> list[Fact]:
    """The facts of a case that a rule looks at."""
    kinds = {one.kind for one in (rule.fact, *rule.nones) if one is not None}
    return [fact for fact in case.facts if fact.kind in kinds]


def _months(ruleset: Ruleset, rule: Rule, case: Case) -> Iterator[Example]:
    # A rule's points do not hang on other rules, so it is scored alone.
    year = Year(replace(ruleset, rules=(rule,)), case.facts)
    for month, expected in case.expect.items():
        if not expected.get(rule.id):
            continue
        unit = owner(ruleset, case.unit, month)
        own = year.awards(month).get(unit, ())
        given = sum(award.given for award in own)
        if given == expected[rule.id]:
            facts = [fact for fact in _read(rule, case) if _since(ruleset, fact) <= month]
            told = tuple(ExampleFact(fact.kind, _fact_words(ruleset, case, fact, month)) for fact in facts[:_FACTS])
            shown_awards = [*own[:_LINES], *[award for award in own[_LINES:] if award.limit][:_LINES]]
            lines = tuple(_line(ruleset, award, month) for award in shown_awards)
            hidden = max(0, len(facts) - _FACTS), len(own) - len(shown_awards)
            yield Example(case.name, unit, month_words(month), told, hidden[0], lines, hidden[1], given)


def _since(ruleset: Ruleset, fact: Fact) -> str:
    """The month of a fact, or the first of its months."""
    kind = ruleset.kinds[fact.kind]
    return str(fact.values.get(kind.month_field or kind.start_field, ""))


def _fact_words(ruleset: Ruleset, case: Case, fact: Fact, month: str) -> str:
    """A fact by its fields, without the unit and month that the example names already."""
    kind = ruleset.kinds[fact.kind]
    untold = {name for name, named in ((kind.unit_field, case.unit), (kind.month_field, month)) if fact.values.get(name) == named}
    told = (name for name in kind.fields if name in fact.values and name not in untold)
    return "，".join(f"{name} {value_words(kind.fields[name].type, fact.values[name])}" for name in told)


def _line(ruleset: Ruleset, award: Award, month: str) -> ExampleLine:
    hit = award.hit
    kind = ruleset.kinds[hit.fact.kind] if hit.fact else None
    match = MatchLine(
        unit="",
        rule=hit.rule.id,
        fact=None,
        raw=hit.raw,
        given=award.given,
        limit=award.limit,
        formula=shown(hit.rule, kind, hit.fact),
        say=sentence(ruleset, hit.rule, hit.fact, month),
    )
    return ExampleLine(
        say=fact_words(match.say, hit.rule.title),
        formula=formula_words(match, hit.rule),
        raw=match.raw,
        given=match.given,
        limit=limit_words(match, hit.rule),
    )
