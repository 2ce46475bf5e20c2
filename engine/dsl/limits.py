"""What bounds a rule through the year: `once_per`, `best_of`, `cap`. Each may be a setting; `none` takes it away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from engine.dsl.model import NONE, UNIT, Cap, SettingRef
from engine.dsl.nearest import did_you_mean
from engine.dsl.report import Spot
from engine.dsl.shapes import CapShape
from engine.dsl.vocabulary import Vocabulary, number

_PERIODS = ("year", "month")


def read_once(data: Any, spot: Spot, fields: Collection[str], words: Vocabulary) -> tuple[str, ...] | SettingRef | None:
    if isinstance(data, dict):
        return _setting(data, spot, (UNIT, NONE, *fields), words)
    if not isinstance(data, list):
        return None if data == NONE else (data,) if _field(data, spot, (UNIT, *fields), words) else None
    if not data:
        words.report.add(spot.value, "bad-value", "列表是空的", "写字段名，或 unit")
        return None
    known = (UNIT,) if data == [UNIT] else fields
    sound = [_field(name, spot.at(place), known, words) for place, name in enumerate(data)]
    return tuple(data) if all(sound) else None


def read_best(data: Any, spot: Spot, fields: Collection[str], words: Vocabulary) -> str | SettingRef | None:
    if isinstance(data, dict):
        return _setting(data, spot, (NONE, *fields), words)
    return data if data != NONE and _field(data, spot, fields, words) else None


def _field(name: Any, spot: Spot, fields: Collection[str], words: Vocabulary) -> bool:
    if not isinstance(name, str):
        words.report.add(spot.value, "bad-value", "这里应是字段名")
    elif name not in fields:
        words.report.unknown(spot.value, "unknown-field", "字段", name, fields)
    return isinstance(name, str) and name in fields


def _setting(data: Any, spot: Spot, accepted: Collection[str], words: Vocabulary) -> SettingRef | None:
    """A setting that holds one of the accepted words all year."""
    setting = words.reference(data, spot, words.months[0])
    if setting is None:
        return None
    where = spot.at("setting")

    def wrong(value: str) -> str | None:
        return None if value in accepted else did_you_mean(value, accepted) or f"可用：{'、'.join(accepted)}"

    return setting if words.all_values(setting, where, wrong) and words.one_value(setting, where) else None


def read_cap(shape: CapShape | None, spot: Spot, words: Vocabulary, first: str) -> Cap | None:
    if shape is None:
        return None
    per = _period(shape.per, spot.at("per"), words)
    yearly = per == "year" or (isinstance(per, SettingRef) and "year" in words.values(per))
    points = _points(shape.points, spot.at("points"), yearly, words, first)
    return None if points is None or per in (None, NONE) else Cap(points, per)


def _period(data: Any, spot: Spot, words: Vocabulary) -> str | SettingRef | None:
    if isinstance(data, dict):
        return _setting(data, spot, (*_PERIODS, NONE), words)
    if data in (*_PERIODS, NONE):
        return data
    words.report.add(spot.value, "bad-value", "per 只能是 year、month 或 none", did_you_mean(str(data), _PERIODS))
    return None


def _points(data: Any, spot: Spot, yearly: bool, words: Vocabulary, first: str) -> int | SettingRef | None:
    if isinstance(data, str):
        return _hundredths(data, spot, words)
    setting = words.reference(data, spot, words.months[0] if yearly else first)
    if setting is None:
        return None
    where = spot.at("setting")
    if any(_hundredths(value, where, words) is None for value in words.values(setting)):
        return None
    return setting if not yearly or words.one_value(setting, where) else None


def _hundredths(text: str, spot: Spot, words: Vocabulary) -> int | None:
    points = number(text)
    if points is None:
        words.report.add(spot.value, "bad-value", f"封顶分值“{text}”不是数")
    elif points <= 0:
        words.report.add(spot.value, "bad-cap", f"封顶分值 {text} 应大于 0", "封顶限的是绝对值，扣分的封顶也写正数")
    elif (points * 100).denominator != 1:
        words.report.add(spot.value, "bad-cap", f"封顶分值 {text} 至多两位小数")
    else:
        return int(points * 100)
    return None
