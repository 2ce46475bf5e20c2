"""What a word of the command line names, or the nearest right word."""

from __future__ import annotations

from collections.abc import Mapping

from engine.dsl.nearest import did_you_mean
from engine.errors import InputError


def one_of(word: str, known: Mapping[str, str], what: str, where: str) -> str:
    """What a word stands for among all that is known; `where` says where else to look. Raises InputError."""
    if word not in known:
        raise InputError(f"没有名为“{word}”的{what}", did_you_mean(word, known) or where)
    return known[word]
