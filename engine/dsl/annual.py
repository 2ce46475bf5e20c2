"""`annual` of ruleset.yaml: what the year's result is made of. Each choice may be a setting, with one value all year."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from engine.dsl.model import Setting, SettingRef, Time
from engine.dsl.nearest import did_you_mean
from engine.dsl.report import Spot
from engine.dsl.shapes import AnnualShape
from engine.dsl.vocabulary import Vocabulary, number


class Scale(StrEnum):
    """Whether the sum of months counts as it is, or as so many per cent of the best of its category."""

    NONE = "none"
    BEST = "best"


class RankBy(StrEnum):
    SCORE = "score"
    MONTHS = "months"


class Ties(StrEnum):
    """Whether equal results share the better rank, or are told apart by the order of the list."""

    SHARE = "share"
    LIST = "list"


class Vetoed(StrEnum):
    """Where a vetoed unit is ranked: where its result puts it, or behind all others, who then move up."""

    KEEP = "keep"
    LAST = "last"


@dataclass(frozen=True)
class AnnualRule:
    """How a year is graded, its settings replaced (rules.md, "Grades")."""

    fact: str  # the kind of the year's evaluation
    field: str  # its number
    months_weight: Fraction = Fraction(1)
    evaluation_weight: Fraction = Fraction(1)
    scale: Scale = Scale.NONE
    rank_by: RankBy = RankBy.SCORE
    ties: Ties = Ties.SHARE
    vetoed: Vetoed = Vetoed.KEEP


@dataclass(frozen=True)
class Annual:
    """The same as written: a choice is a text or the setting that holds it."""

    fact: str
    field: str
    choices: Mapping[str, str | SettingRef]

    def settled(self, settings: Mapping[str, Setting], month: str) -> AnnualRule:
        told = {
            name: settings[value.name].at(month) if isinstance(value, SettingRef) else value
            for name, value in self.choices.items()
        }
        return AnnualRule(self.fact, self.field, **{name: _CHOICES[name](value) for name, value in told.items()})


_CHOICES = {
    "months_weight": Fraction, "evaluation_weight": Fraction,
    "scale": Scale, "rank_by": RankBy, "ties": Ties, "vetoed": Vetoed,
}  # fmt: skip


def read_annual(shape: AnnualShape | None, spot: Spot, words: Vocabulary) -> Annual | None:
    if shape is None:
        return None
    kind = words.kinds.get(shape.fact)
    if kind is None:
        words.report.unknown(spot.at("fact").value, "unknown-fact", "事实", shape.fact, words.kinds)
    elif kind.time is not Time.ANNUAL:
        words.report.add(spot.at("fact").value, "bad-value", f"“{kind.name}”不是 time: annual 的事实")
    elif shape.field not in kind.fields:
        words.report.unknown(spot.at("field").value, "unknown-field", "字段", shape.field, kind.fields)
    elif shape.field not in kind.numbers:
        words.report.add(spot.at("field").value, "bad-value", f"“{shape.field}”不是数")
    written = {name: getattr(shape, name) for name in _CHOICES}
    choices = {name: _choice(name, data, spot.at(name), words) for name, data in written.items() if data is not None}
    return Annual(shape.fact, shape.field, {name: value for name, value in choices.items() if value is not None})


def _choice(name: str, data: Any, spot: Spot, words: Vocabulary) -> str | SettingRef | None:
    def wrong(text: str) -> str | None:
        return _wrong(_CHOICES[name], text)

    if isinstance(data, str):
        fault = wrong(data)
        if fault:
            words.report.add(spot.value, "bad-value", f"“{data}”不能用在 {name}", fault)
        return None if fault else data
    setting = words.reference(data, spot, words.months[0])
    if setting is None or not words.all_values(setting, spot.at("setting"), wrong):
        return None
    return setting if words.one_value(setting, spot.at("setting")) else None


def _wrong(kind: type, text: str) -> str | None:
    """What is wrong with a text as a weight or as one of some words."""
    if kind is Fraction:
        weight = number(text)
        return None if weight is not None and weight >= 0 else "应为不小于 0 的数，如 0.9"
    accepted: Collection[str] = [one.value for one in kind]
    return None if text in accepted else did_you_mean(text, accepted) or f"可用：{'、'.join(accepted)}"
