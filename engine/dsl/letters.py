"""`letters` of ruleset.yaml: how supervision letters are numbered, until when they are answered, what they warn of, and when they escalate."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dsl.derivations import read_days
from engine.dsl.model import Ruleset, SettingRef
from engine.dsl.report import Spot
from engine.dsl.shapes import LettersShape
from engine.dsl.types import BadValue, WholeType
from engine.dsl.vocabulary import Vocabulary

_TIMES = WholeType(low=1)


@dataclass(frozen=True)
class LetterRule:
    """What holds for the letters of a month, settings replaced.

    `answer_within` are working days after the date of issue; None: no end is set. From the reminder `escalate_after` on
    a letter goes to `escalate_to` as well; None: none ever does. A letter also names what falls due within `due_within`
    calendar days of the month's end; None: nothing.
    """

    number_prefix: str = ""
    answer_within: int | None = None
    escalate_after: int | None = None
    escalate_to: str = ""
    due_within: int | None = None


@dataclass(frozen=True)
class Letters:
    """The same as written."""

    number_prefix: str = ""
    answer_within: int | SettingRef | None = None
    escalate_after: int | SettingRef | None = None
    escalate_to: str = ""
    due_within: int | SettingRef | None = None


def letter_rule(ruleset: Ruleset, month: str) -> LetterRule:
    """How the letters of a month are written; a ruleset that does not tell sets neither a term nor an escalation."""
    told = ruleset.letters
    if told is None:
        return LetterRule()

    def settled(value: int | SettingRef | None) -> int | None:
        return int(ruleset.numbers(month)[value.name]) if isinstance(value, SettingRef) else value

    return LetterRule(
        told.number_prefix, settled(told.answer_within), settled(told.escalate_after), told.escalate_to, settled(told.due_within)
    )


def read_letters(shape: LettersShape | None, spot: Spot, words: Vocabulary) -> Letters | None:
    if shape is None:
        return None
    if (shape.escalate_after is None) != (not shape.escalate_to):
        hint = "escalate_after（第几次起）与 escalate_to（报送给谁）一起写，或都不写"
        words.report.add(spot.value, "missing-key", "督办升级没有写全", hint)
    return Letters(
        number_prefix=shape.number_prefix or "",
        answer_within=None if shape.answer_within is None else read_days(shape.answer_within, spot.at("answer_within"), words),
        escalate_after=None if shape.escalate_after is None else _times(shape.escalate_after, spot.at("escalate_after"), words),
        escalate_to=shape.escalate_to or "",
        due_within=None if shape.due_within is None else read_days(shape.due_within, spot.at("due_within"), words),
    )


def _times(data: object, spot: Spot, words: Vocabulary) -> int | SettingRef | None:
    """A reminder's number, from 1, or the setting that holds it."""
    if isinstance(data, str):
        wrong = _no_times(data)
        if wrong:
            words.report.add(spot.value, "bad-value", f"“{data}”不是次数，{wrong}")
        return None if wrong else int(_TIMES.parse(data))
    setting = words.reference(data, spot, words.months[0])
    return setting if setting and words.all_values(setting, spot.at("setting"), _no_times) else None


def _no_times(text: str) -> str | None:
    """What is wrong with a text as a number of times."""
    try:
        _TIMES.parse(text)
    except BadValue:
        return "应为不小于 1 的整数"
    return None
