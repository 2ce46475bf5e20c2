"""The sentence that a notice gives for an entry: the rule's own (`say`), or a plain one made from its parts."""

from __future__ import annotations

from engine.dsl.formula import plain
from engine.dsl.model import Rule, Ruleset
from engine.facts import Fact, key_texts


def sentence(ruleset: Ruleset, rule: Rule, fact: Fact | None, month: str) -> str:
    if rule.say is not None:
        settings = {name: plain(value) for name, value in ruleset.numbers(month).items()}
        fields = {name: str(value) for name, value in fact.values.items()} if fact else {}
        empty = dict.fromkeys(rule.say.names, "")
        return rule.say.render({**empty, **settings, **fields})
    if fact is None:
        return rule.title
    kind = ruleset.kinds[fact.kind]
    told = [
        text for name, text in zip(kind.key, key_texts(fact.key), strict=True)
        if name not in (kind.unit_field, kind.month_field)
    ]  # fmt: skip
    return f"{rule.title}：{'、'.join(told)}" if told else rule.title
