"""facts.yaml to fact kinds: the words for types, the checks, the routes, and which field plays which part."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from engine.dsl.model import Check, Field, Kind, Route, Time
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import Document
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import KindShape, shaped
from engine.dsl.types import (
    BadValue,
    ChoiceType,
    DateType,
    DecimalType,
    FieldType,
    MonthType,
    TextType,
    UnitType,
    WholeType,
    YearType,
)

WORDS: Mapping[str, FieldType] = {
    "unit": UnitType(),
    "month": MonthType(),
    "year": YearType(),
    "date": DateType(),
    "text": TextType(),
    "count": WholeType(),
    "number": DecimalType(),
    "percent": DecimalType(low=0, high=100, digits=4, named="百分数"),
}
_NAME = re.compile(r"[^\W\d]\w*")  # what the formula language takes for a name
_RESERVED = ("id", "sid", "kind")  # durable-rules' own fields of a fact
_RANGE = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_LIST = re.compile(r"\[(.+)\]")
_CHECK = re.compile(r"(\S+?)\s*(<=|>=|!=|<|>|=)\s*(\S+)")
_ROUTE = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]")
_ORDERED = ("number", "month", "year", "date")


def read_kinds(
    document: Document, free_fields: Collection[str], categories: Collection[str], report: Report
) -> dict[str, Kind]:
    """Every kind of the dictionary that could be read."""
    kinds: dict[str, Kind] = {}
    for name, data in document.data.items():
        spot = Spot(document, (name,))
        _check_name(name, spot, report)
        shape = shaped(KindShape, data, spot, report)
        kind = shape and _kind(name, shape, free_fields, spot, report)
        if kind:
            kinds[name] = kind
    for kind in kinds.values():
        _check_routes(kind, kinds, categories, Spot(document, (kind.name,)), report)
    return kinds


def _check_name(name: str, spot: Spot, report: Report) -> None:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        report.add(spot.key, "bad-value", f"“{name}”不能作名称", "名称以文字开头，只含文字、数字和下划线")


def _kind(name: str, shape: KindShape, free_fields: Collection[str], spot: Spot, report: Report) -> Kind | None:
    fields: dict[str, Field] = {}
    for field, data in shape.fields.items():
        _check_name(field, spot.at("fields", field), report)
        typed = _field(field, data, spot.at("fields", field), report)
        if typed is None:
            return None
        fields[field] = typed
    for free in free_fields:
        if free in fields:
            report.add(spot.at("fields", free).key, "bad-value", f"“{free}”是每类事实都有的字段，不必再写")
        fields[free] = Field(free, TextType(), optional=True)
    if not _key_holds(shape.key, fields, spot.at("key"), report):
        return None
    roles = _roles(Time(shape.time), shape, fields, spot, report)
    if shape.ends == "in" and shape.time != Time.STATE:
        report.add(spot.at("ends").key, "bad-value", "只有 time: state 的事实才有 ends")
    checks = [_check(text, fields, spot.at("check", place), report) for place, text in enumerate(shape.check)]
    routes = {category: _route(text) for category, text in shape.route.items()}
    return Kind(
        name=name,
        time=Time(shape.time),
        key=tuple(shape.key),
        fields=fields,
        checks=tuple(check for check in checks if check is not None),
        routes=routes,
        end_counts=shape.ends == "in",
        place=spot.key,
        **roles,
    )


def _field(name: str, data: Any, spot: Spot, report: Report) -> Field | None:
    """A field by its type word, or by the closed list of its values."""
    optional = isinstance(data, str) and data.startswith("optional ")
    word = data.removeprefix("optional ").strip() if isinstance(data, str) else data
    if isinstance(word, str) and _LIST.fullmatch(word):
        word = [choice.strip() for choice in word[1:-1].split(",")]
    if isinstance(word, list):
        typed = _choices(word, spot, report)
    elif isinstance(word, str) and (bounds := _RANGE.fullmatch(word)):
        low, high = int(bounds[1]), int(bounds[2])
        typed = WholeType(low=low, high=high) if low <= high else None
        if typed is None:
            report.add(spot.value, "bad-value", f"范围“{word}”的下限大于上限")
    else:
        typed = WORDS.get(word) if isinstance(word, str) else None
        if typed is None:
            hint = did_you_mean(str(word), WORDS) or f"可用：{'、'.join(WORDS)}、1-13 这样的范围，或取值的列表"
            report.add(spot.value, "bad-value", f"“{word}”不是类型", hint)
    return typed and Field(name, typed, optional)


def _choices(words: list[Any], spot: Spot, report: Report) -> ChoiceType | None:
    if not words or not all(isinstance(word, str) and word for word in words):
        report.add(spot.value, "bad-value", "取值的列表应是一个以上的文字")
        return None
    seen: set[str] = set()
    for place, word in enumerate(words):
        if word in seen:
            report.add(spot.at(place).value, "bad-value", f"取值“{word}”重复")
            return None
        seen.add(word)
    return ChoiceType(choices=tuple(words))


def _key_holds(key: list[str], fields: Mapping[str, Field], spot: Spot, report: Report) -> bool:
    """Whether the key names fields of the kind, each once."""
    if not key:
        report.add(spot.value, "bad-value", "key 至少要有一个字段")
    for place, name in enumerate(key):
        if name not in fields:
            report.unknown(spot.at(place).value, "unknown-field", "字段", name, fields)
        elif name in key[:place]:
            report.add(spot.at(place).value, "bad-value", f"key 里的“{name}”重复")
    return bool(key) and len(set(key)) == len(key) and set(key) <= set(fields)


def _roles(time: Time, shape: KindShape, fields: Mapping[str, Field], spot: Spot, report: Report) -> dict[str, str | None]:
    """Which field is the unit, the month, the start and end, or the year: told by its type and by the key."""

    def of(kind: type[FieldType]) -> list[str]:
        return [name for name, field in fields.items() if isinstance(field.type, kind)]

    def one(names: list[str], what: str) -> str | None:
        if len(names) != 1:
            report.add(spot.key, "bad-value", f"“{spot.path[-1]}”应恰有一个{what}，现有 {len(names)} 个")
        return names[0] if names else None

    units = of(UnitType)
    if time is Time.TABLE:
        unit = units[0] if len(units) == 1 else None  # a table need not tell units; a route through it needs one
    elif any(name in shape.key for name in units) or not shape.route:
        unit = one([name for name in units if name in shape.key and not fields[name].optional], "必填并列入 key 的 unit 字段")
    else:
        unit = None
    months = of(MonthType)
    roles: dict[str, str | None] = {"unit_field": unit}
    if time in (Time.EVENT, Time.MONTHLY):
        roles["month_field"] = one([name for name in months if not fields[name].optional], "必填的 month 字段")
    elif time is Time.STATE or (time is Time.TABLE and months):
        starts = [name for name in months if name in shape.key]
        roles["start_field"] = one(starts, "列入 key 的 month 字段（起始）")
        roles["end_field"] = one([name for name in months if name not in shape.key], "不在 key 里的 month 字段（终止）")
    elif time is Time.ANNUAL:
        roles["year_field"] = one(of(YearType), " year 字段")
    return roles


def _check(text: str, fields: Mapping[str, Field], spot: Spot, report: Report) -> Check | None:
    parts = _CHECK.fullmatch(text.strip())
    if parts is None:
        report.add(spot.value, "bad-value", f"读不懂核对条件“{text}”", "写成：字段 <= 字段，或 字段 >= 数")
        return None
    lead = len(text) - len(text.lstrip())
    sides = [_side(parts[side], fields, spot.letters(lead + parts.start(side), len(parts[side])), report) for side in (1, 3)]
    if None in sides:
        return None
    families = {"number" if isinstance(side, Fraction) else fields[side].type.family for side in sides}
    if len(families) > 1 or (parts[2] not in ("=", "!=") and not families <= set(_ORDERED)):
        report.add(spot.value, "bad-value", f"“{text}”两边不能这样比较", "两边应是同一类型；大小只能比数、月份、年度、日期")
        return None
    return Check(sides[0], parts[2], sides[1], text)


def _side(word: str, fields: Mapping[str, Field], spot: Spot, report: Report) -> str | Fraction | None:
    if word in fields:
        return word
    try:
        return Fraction(WORDS["number"].parse(word))
    except BadValue:
        report.unknown(spot.value, "unknown-field", "字段", word, fields)
        return None


def _route(text: str) -> Route:
    """`TABLE[FIELD]` or `FIELD`."""
    through = _ROUTE.fullmatch(text)
    return Route(field=through[2], table=through[1]) if through else Route(field=text)


def _check_routes(
    kind: Kind, kinds: Mapping[str, Kind], categories: Collection[str], spot: Spot, report: Report
) -> None:
    for category, route in kind.routes.items():
        place = spot.at("route", category)
        table = kinds.get(route.table) if route.table is not None else None
        if category not in categories:
            report.unknown(place.key, "bad-value", "类别", category, categories)
        if route.field not in kind.fields:
            report.unknown(place.value, "unknown-field", "字段", route.field, kind.fields)
        elif route.table is None:
            if not isinstance(kind.fields[route.field].type, UnitType):
                report.add(place.value, "bad-value", f"“{route.field}”不是 unit 字段", "或写成 表[字段]")
        elif table is None:
            report.unknown(place.value, "unknown-fact", "事实", route.table, kinds)
        elif table.time is not Time.TABLE or route.field not in table.fields or table.unit_field is None:
            report.add(place.value, "bad-value", f"“{table.name}”不是以“{route.field}”查单位的表")
