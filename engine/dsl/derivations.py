"""derive.yaml: how the monthly figures of one kind are counted out of the single records of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.dsl.derivation import Count, Derivation, Within
from engine.dsl.model import Field, Kind, SettingRef, Test, Time
from engine.dsl.nodes import Document
from engine.dsl.patterns import TestReader
from engine.dsl.report import Spot
from engine.dsl.shapes import DerivationShape, WithinShape, shaped
from engine.dsl.types import BadValue, DateType, WholeType
from engine.dsl.vocabulary import Vocabulary

_COUNT, _DATE = WholeType(), DateType()


def read_derivations(document: Document, words: Vocabulary) -> tuple[Derivation, ...]:
    """The derivations of the file, which holds one or a list of them; every kind is made by one of them only."""
    whole = Spot(document)
    if isinstance(document.data, list):
        written = [(data, whole.at(place)) for place, data in enumerate(document.data)]
    else:
        written = [(document.data, whole)]
    derivations: list[Derivation] = []
    for data, spot in written:
        shape = shaped(DerivationShape, data, spot, words.report)
        derivation = shape and _derivation(shape, spot, words)
        if not derivation:
            continue
        if derivation.makes in [other.makes for other in derivations]:
            place = spot.at("makes").value
            words.report.add(place, "duplicate-id", f"“{derivation.makes}”已由另一处汇总", "合成一处")
        derivations.append(derivation)
    return tuple(derivations)


def _derivation(shape: DerivationShape, spot: Spot, words: Vocabulary) -> Derivation | None:
    made = _kind(shape.makes, Time.MONTHLY, spot.at("makes"), words)
    source = _kind(shape.from_, Time.RECORD, spot.at("from"), words)
    if made is not None and (made.unit_field is None or set(made.key) != {made.unit_field, made.month_field}):
        message = f"“{made.name}”的 key 应恰是单位和月份，每个单位每月汇总出一条"
        words.report.add(spot.at("makes").value, "bad-value", message)
    if source is not None:
        if source.unit_field is None:
            message = f"“{source.name}”没有必填并列入 key 的 unit 字段，分不到单位"
            words.report.add(spot.at("from").value, "bad-value", message)
        _check_month_of(shape.month_of, words.fields(source), spot.at("month_of"), words)
    if made is not None:
        _check_counted(shape, made, spot.at("counts"), words)
    if made is None or source is None:
        return None
    counts = [_count(name, tests, source, spot.at("counts", name), words) for name, tests in shape.counts.items()]
    return Derivation(made.name, source.name, shape.month_of, tuple(counts), spot.value)


def _kind(name: str, time: Time, spot: Spot, words: Vocabulary) -> Kind | None:
    kind = words.kinds.get(name)
    if kind is None:
        words.report.unknown(spot.value, "unknown-fact", "事实", name, words.kinds)
    elif kind.time is not time:
        words.report.add(spot.value, "bad-value", f"“{name}”不是 time: {time} 的事实")
        return None
    return kind


def _check_month_of(name: str, fields: Mapping[str, Field], spot: Spot, words: Vocabulary) -> None:
    """Whether every record has the date that tells its month."""
    if _is_date(name, fields, spot, words) and fields[name].optional:
        words.report.add(spot.value, "bad-value", f"“{name}”可以为空，不能决定月份", "选用必填的日期字段")


def _check_counted(shape: DerivationShape, made: Kind, spot: Spot, words: Vocabulary) -> None:
    """Whether what is counted are count fields of the kind that is made, all those that it needs among them."""
    fields = words.fields(made)
    able = [name for name, field in fields.items() if field.type == _COUNT]
    for name in shape.counts:
        if name not in fields:
            words.report.unknown(spot.at(name).key, "unknown-field", "字段", name, able)
        elif name not in able:
            words.report.add(spot.at(name).key, "bad-value", f"“{name}”不是 count 字段，放不下条数")
    for name in made.required:
        if name not in made.key and name not in shape.counts:
            words.report.add(spot.value, "missing-key", f"缺少“{name}”，它在“{made.name}”里必填", f"补上“{name}:”")


def _count(name: str, data: dict[str, Any], source: Kind, spot: Spot, words: Vocabulary) -> Count:
    reader = TestReader(words, source, words.months[0])
    tests: list[Test] = []
    withins: list[Within] = []
    for field, test in data.items():
        where = spot.at(field)
        if not isinstance(test, dict) or not set(test) & {"within", "of"}:
            tests += reader.read(field, test, where)
            continue
        within = _within(field, test, words.fields(source), where, words)
        if within is not None:
            withins.append(within)
    return Count(name, tuple(tests), tuple(withins))


def _within(
    name: str, data: dict[str, Any], fields: Mapping[str, Field], spot: Spot, words: Vocabulary
) -> Within | None:
    shape = shaped(WithinShape, data, spot, words.report)
    if shape is None:
        return None
    days = read_days(shape.within, spot.at("within"), words)
    dates = [_is_date(name, fields, spot, words, at_key=True), _is_date(shape.of, fields, spot.at("of"), words)]
    return Within(name, shape.of, days) if all(dates) and days is not None else None


def read_days(data: Any, spot: Spot, words: Vocabulary) -> int | SettingRef | None:
    """A whole number of working days, or the setting that holds one."""
    if isinstance(data, str):
        wrong = no_days(data)
        if wrong:
            words.report.add(spot.value, "bad-value", f"“{data}”不是工作日数，{wrong}")
        return None if wrong else int(_COUNT.parse(data))
    setting = words.reference(data, spot, words.months[0])
    return setting if setting and words.all_values(setting, spot.at("setting"), no_days) else None


def no_days(text: str) -> str | None:
    """What is wrong with a text as a number of days."""
    try:
        _COUNT.parse(text)
    except BadValue:
        return "应为不小于 0 的整数"
    return None


def _is_date(name: str, fields: Mapping[str, Field], spot: Spot, words: Vocabulary, at_key: bool = False) -> bool:
    place = spot.key if at_key else spot.value
    if name not in fields:
        words.report.unknown(place, "unknown-field", "字段", name, fields)
    elif fields[name].type != _DATE:
        words.report.add(place, "bad-value", f"“{name}”不是日期")
    else:
        return True
    return False
