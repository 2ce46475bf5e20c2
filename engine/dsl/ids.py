"""Rule ids: the letter of the category, the two digits of the clause's item, and a letter where there are several."""

from __future__ import annotations

import re

from engine.dsl.report import Spot
from engine.dsl.vocabulary import Vocabulary

_ID = re.compile(r"([A-Z])([0-9]{2})([a-z]?)")
_ITEM = re.compile(r"[(（]([一二三四五六七八九十]{1,3})[)）]")
_DIGITS = "一二三四五六七八九"
OWN = "00"  # the group's own adjustments, which follow no clause


def item_of(clause: str) -> int | None:
    """The number that a clause's last bracket tells in Chinese.

    >>> item_of("附件4 附表一 (二十三)")
    23
    """
    brackets = _ITEM.findall(clause)
    parts = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", brackets[-1]) if brackets else None
    if parts is None or (parts[1] and not parts[2] and parts[3]):
        return None
    tens, ten, ones = parts.groups()
    if not ten:
        return _value(tens or ones)
    return 10 * (_value(tens) if tens else 1) + (_value(ones) if ones else 0)


def _value(digit: str) -> int:
    return _DIGITS.index(digit) + 1


def is_own(rule_id: str) -> bool:
    """Whether a rule is one of the group's own adjustments."""
    return rule_id[1:3] == OWN


def check_id(rule_id: str, category: str, clause: str | None, spot: Spot, words: Vocabulary) -> None:
    """Reports an id that does not follow its category and clause."""
    parts = _ID.fullmatch(rule_id)
    letter = words.letters.get(category)
    if parts is None or (letter is not None and parts[1] != letter):
        hint = f"“{category}”的编号写成 {letter or 'D'}01 或 {letter or 'D'}01a"
        words.report.add(spot.value, "bad-id", f"编号“{rule_id}”不合写法", hint)
    elif clause is not None and parts[2] != OWN:
        item = item_of(clause)
        if item != int(parts[2]):
            hint = f"应为 {parts[1]}{item:02d}{parts[3]}" if item else "clause 末尾写项号，如 (二十三)"
            words.report.add(spot.value, "bad-id", f"编号“{rule_id}”与“{clause}”的项号不一致", hint)
