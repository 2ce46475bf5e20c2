"""The sentence that a notice gives for an entry: the rule's own (`say`), or a plain one made from its parts."""

from __future__ import annotations

from engine.chinese_dates import value_words
from engine.dsl.formula import plain
from engine.dsl.model import Rule, Ruleset
from engine.facts import Fact, key_texts


def sentence(ruleset: Ruleset, rule: Rule, fact: Fact | None, month: str) -> str:
    if rule.say is not None:
        settings = {name: plain(value) for name, value in ruleset.numbers(month).items() if name in rule.say.names}
        fields = _told(ruleset, fact) if fact else {}
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


def _told(ruleset: Ruleset, fact: Fact) -> dict[str, str]:
    known = ruleset.kinds[fact.kind].fields
    return {name: value_words(known[name].type, value) if name in known else str(value) for name, value in fact.values.items()}
