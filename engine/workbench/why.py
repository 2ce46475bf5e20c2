"""Why a unit has the points of a month: every rule that binds it, with what it gave and from what, or why it gave nothing.

It reads the month's book, and so what the last run recorded; nothing is scored again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.dsl.model import Rule, Ruleset
from engine.dsl.nearest import did_you_mean
from engine.errors import InputError
from engine.ledger.book import Book, FactLine, MatchLine, Standing
from engine.notices.idle import idle_words
from engine.notices.limits import limit_words
from engine.notices.wording import pts
from engine.scoring.points import decimal


@dataclass(frozen=True, slots=True)
class RuleWhy:
    """What one rule gave, in hundredths; `note` says why where that is nothing. `near` is the fact that came nearest."""

    rule: Rule
    points: int
    note: str
    entries: tuple[MatchLine, ...]
    near: FactLine | None


@dataclass(frozen=True, slots=True)
class Why:
    ruleset: Ruleset
    month: str
    standing: Standing
    rules: tuple[RuleWhy, ...]  # those that bind the unit, in the ruleset's order

    def as_json(self) -> dict[str, object]:
        return {
            "unit": self.standing.unit,
            "month": self.month,
            "points": decimal(self.standing.month_points),
            "rules": [self._rule(one) for one in self.rules],
        }

    def _rule(self, one: RuleWhy) -> dict[str, object]:
        return {
            "rule": one.rule.id,
            "title": one.rule.title,
            "clause": one.rule.clause,
            "points": decimal(one.points),
            "note": one.note,
            "entries": [self._entry(match, one.rule) for match in one.entries],
        }

    def _entry(self, match: MatchLine, rule: Rule) -> dict[str, object]:
        return {
            "points": decimal(match.given),
            "formula": match.formula,
            "cap": limit_words(match, rule) or None,
            "fact": match.fact and self._fact(match.fact),
        }

    def _fact(self, fact: FactLine) -> dict[str, object]:
        fields = self.ruleset.kinds[fact.kind].fields
        return {
            "kind": fact.kind,
            "key": "|".join(fact.key),
            "values": {name: fields[name].type.stored(fact.values[name]) for name in fields if name in fact.values},
            "source": {"file": fact.file, "sheet": fact.sheet, "row": fact.row},
        }


def why(book: Book, unit: str, wanted: Collection[str] | None = None) -> Why:
    """The reasons for a unit's month, of all rules that bind it or of those `wanted` by id."""
    standing = next(one for one in book.standings if one.unit == unit)
    rules = [rule for rule in book.rules if unit in rule.units and (wanted is None or rule.id in wanted)]
    return Why(book.ruleset, book.period, standing, tuple(_rule_why(book, unit, rule) for rule in rules))


def _rule_why(book: Book, unit: str, rule: Rule) -> RuleWhy:
    entries = tuple(match for match in book.matches.get(unit, ()) if match.rule == rule.id)
    points = sum(match.given for match in entries)
    idle = book.idle[unit].get(rule.id)
    if idle is not None:
        near = idle.nearest and idle.nearest.fact
        return RuleWhy(rule, 0, idle_words(book.ruleset, idle, rule), (), near)
    return RuleWhy(rule, points, "" if points else _nothing(entries, rule), entries, None)


def _nothing(entries: tuple[MatchLine, ...], rule: Rule) -> str:
    """Why a rule that fired came to nothing: its limits took it all, its formula gave 0, or its entries cancel out."""
    limits = dict.fromkeys(filter(None, (limit_words(match, rule) for match in entries if not match.given)))
    if limits:
        return "；".join(limits)
    if all(match.raw == 0 for match in entries):
        return f"条件符合，而算式得 {pts(0)}：{'；'.join(dict.fromkeys(match.formula for match in entries))}"
    return f"各条相抵，合计 {pts(0)}"


def rules_named(rules: Mapping[str, Rule], word: str) -> list[str]:
    """The ids of the rules that a word names: a rule, or all rules of an item. Empty where there is none.

    >>> from types import SimpleNamespace
    >>> rules = {id_: SimpleNamespace(item=id_[:3]) for id_ in ("D03a", "D03b", "D04")}
    >>> rules_named(rules, "d03"), rules_named(rules, "D04"), rules_named(rules, "D9")
    (['D03a', 'D03b'], ['D04'], [])
    """
    told = word.casefold()
    return [id_ for id_, rule in rules.items() if told in (id_.casefold(), rule.item.casefold())]


def bound(book: Book, unit: str, word: str) -> list[str]:
    """The rules that a word names among those that bind a unit; raises InputError where there is none."""
    in_force = {rule.id: rule for rule in book.rules}
    named = rules_named(in_force, word)
    binding = [id_ for id_ in named if unit in in_force[id_].units]
    if binding:
        return binding
    if named:
        units = [one for one in in_force[named[0]].units if one in book.ruleset.units_in(book.period)]
        told = "、".join(units[:8]) + (f"等 {len(units)} 个单位" if len(units) > 8 else "")
        raise InputError(f"规则“{word}”不适用于{unit}", f"适用于：{told}")
    later = [rule.id for rule in book.ruleset.rules if rule.id.casefold() == word.casefold()]
    if later:
        raise InputError(f"规则“{later[0]}”在 {book.period} 不计分", "用 `jifen rules show` 看它的有效期")
    raise InputError(f"没有编号为“{word}”的规则", did_you_mean(word, in_force) or "规则的编号见 `jifen rules catalogue`")
