"""What a word of the command line names, or the nearest right word."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dsl.model import Ruleset
from engine.dsl.nearest import did_you_mean
from engine.errors import InputError
from engine.scoring.succession import forebears, owner


def one_of(word: str, known: Mapping[str, str], what: str, where: str) -> str:
    """What a word stands for among all that is known; `where` says where else to look. Raises InputError."""
    if word not in known:
        raise InputError(f"没有名为“{word}”的{what}", did_you_mean(word, known) or where)
    return known[word]


def unit_in(ruleset: Ruleset, word: str, month: str) -> str:
    """The unit of a month that a word names. Raises InputError, which names those that were or are there in its place."""
    unit = one_of(word, ruleset.aliases, "单位", "单位见 units.yaml")
    if unit in ruleset.units_in(month):
        return unit
    then = owner(ruleset, unit, month)
    there = (then,) if then else forebears(ruleset, unit, month)
    hint = f"那时是{'、'.join(f'“{one}”' for one in there)}" if there else "它的起止月份见 units.yaml"
    raise InputError(f"{month} 没有{unit}", hint)
