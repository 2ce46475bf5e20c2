"""The word that was probably meant: every hint of the check, and every "did you mean" elsewhere, goes through here."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

_ALIKE = 50  # per cent; two-character Chinese words that share one character are just alike


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like a word, or None where nothing is like it.

    A choice that has all letters of the word in order (or the other way round) comes first, the closest in length
    of them: people shorten Chinese names by leaving characters out.

    >>> nearest("发改委", ["市教育局", "市发改委"])
    '市发改委'
    """
    written = [choice for choice in choices if choice]
    if not word:
        return None
    within = [choice for choice in written if len(word) > 1 and (_within(word, choice) or _within(choice, word))]
    if within:
        return min(within, key=lambda choice: abs(len(choice) - len(word)))
    scored = [(fuzz.ratio(word.casefold(), choice.casefold()), choice) for choice in written]
    score, best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return best if score >= _ALIKE else None


def _within(short: str, long: str) -> bool:
    """Whether all letters of one stand in the other, in the same order."""
    letters = iter(long)
    return len(short) > 1 and all(letter in letters for letter in short)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The hint that names the nearest word, or an empty text."""
    near = nearest(word, choices)
    return f"是否指“{near}”？" if near else ""
