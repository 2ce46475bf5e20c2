"""The files around the rules: ruleset.yaml and clauses.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from engine.dsl.formula import BadFormula, parse_formula
from engine.dsl.model import Band, Clause, Kind, Rate, Time
from engine.dsl.nodes import Document
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import ClausesShape, RulesetShape, shaped
from engine.dsl.types import CodeType, CreditCodeType, DigestType, TextType


def read_bands(shape: RulesetShape, spot: Spot, report: Report) -> dict[str, tuple[Band, ...]]:
    """The grade bands of every category that has them; `spot` is ruleset.yaml."""
    bands = {}
    for category, written in shape.grades.items():
        where = spot.at("grades", category)
        if category not in shape.categories:
            report.unknown(where.key, "bad-value", "类别", category, shape.categories)
        for place, band in enumerate(written):
            if band.to is not None and band.last is not None:
                report.add(where.at(place, "last").key, "bad-value", "to 与 last 不能同时用", "留下其中一个")
        tops = [(place, int(band.to)) for place, band in enumerate(written) if band.to is not None]
        for (_, before), (place, top) in pairwise(tops):
            if top <= before:
                report.add(where.at(place, "to").value, "bad-value", f"to 应大于前一档的 {before}，否则没有单位能进这一档")
        if not written or written[-1].to is not None or written[-1].last is not None:
            report.add(where.value, "bad-value", "最后一档应容纳其余的单位", "最后一档不写 to 和 last")
        bands[category] = tuple(
            Band(band.grade, int(band.to) if band.to else None, int(band.last) if band.last else None) for band in written
        )
    return bands


def check_categories(shape: RulesetShape, spot: Spot, report: Report) -> None:
    """Whether the categories are told once each, and each letter stands for one of them."""
    for place, category in enumerate(shape.categories):
        if category in shape.categories[:place]:
            report.add(spot.at("categories", place).value, "duplicate-id", f"类别“{category}”重复")
        if category not in shape.category_letters and not set(shape.category_letters) - set(shape.categories):
            where = spot.at("category_letters").key if shape.category_letters else spot.value
            report.add(where, "missing-key", f"category_letters 缺少类别“{category}”", "为每个类别写一个字母，如 部门: D")
    letters = list(shape.category_letters.items())
    for place, (category, letter) in enumerate(letters):
        where = spot.at("category_letters", category)
        if category not in shape.categories:
            report.unknown(where.key, "bad-value", "类别", category, shape.categories)
        if letter in [other for _, other in letters[:place]]:
            report.add(where.value, "duplicate-id", f"字母 {letter} 已用于另一类别")


def read_codes(shape: RulesetShape, kinds: Mapping[str, Kind], spot: Spot, report: Report) -> dict[str, Kind]:
    """The kinds with the type of a code in place of text: where the field numbers events, or is a credit code or a digest."""
    typed = _coded(shape.numbered_field, CodeType(), kinds, spot.at("numbered_field"), report)
    typed = _coded(shape.credit_code_field, CreditCodeType(), typed, spot.at("credit_code_field"), report)
    return _coded(shape.digest_field, DigestType(), typed, spot.at("digest_field"), report)


def _coded(
    name: str | None, type_: CodeType, kinds: Mapping[str, Kind], spot: Spot, report: Report
) -> dict[str, Kind]:
    having = [kind for kind in kinds.values() if name in kind.fields]
    if name is not None and not having:
        known = dict.fromkeys(field for kind in kinds.values() for field in kind.fields)
        report.unknown(spot.value, "unknown-field", "字段", name, known)
    untyped = next((kind for kind in having if kind.fields[name].type != TextType()), None)
    if untyped is not None:
        report.add(spot.value, "bad-value", f"“{name}”在“{untyped.name}”里不是 text 字段")
        return dict(kinds)
    coded = {
        kind.name: replace(kind, fields={**kind.fields, name: replace(kind.fields[name], type=type_)}) for kind in having
    }
    return {**kinds, **coded}


def read_rates(shape: RulesetShape, kinds: Mapping[str, Kind], spot: Spot, report: Report) -> tuple[Rate, ...]:
    """The rates that a notice watches; their divisor may be 0, where there is then no rate."""
    rates = []
    for name, written in shape.rates.items():
        where, kind = spot.at("rates", name), kinds.get(written.fact)
        if kind is None:
            report.unknown(where.at("fact").value, "unknown-fact", "事实", written.fact, kinds)
            continue
        if kind.time is not Time.MONTHLY:
            report.add(where.at("fact").value, "bad-value", f"“{kind.name}”不是 time: monthly 的事实")
        try:
            value = parse_formula(written.value)
        except BadFormula as bad:
            report.add(where.at("value").letters(bad.column - 1).value, "bad-formula", bad.message)
            continue
        for word in sorted(value.names - set(kind.numbers)):
            at = where.at("value").word(written.value, word)
            if word in kind.fields:
                report.add(at.value, "bad-formula", f"字段“{word}”不是数")
            else:
                report.unknown(at.value, "unknown-field", "字段", word, kind.numbers)
        rates.append(Rate(name, written.fact, value))
    return tuple(rates)


def read_clauses(document: Document, report: Report) -> dict[str, tuple[Clause, Spot]]:
    """The catalogue of the source's clauses, in its order, each with where it stands."""
    shape = shaped(ClausesShape, document.data, Spot(document), report)
    clauses: dict[str, tuple[Clause, Spot]] = {}
    for place, one in enumerate(shape.clauses if shape else ()):
        spot = Spot(document, ("clauses", place, "id"))
        if one.id in clauses:
            report.add(spot.value, "duplicate-id", f"条款“{one.id}”重复")
        clauses.setdefault(one.id, (Clause(one.id, one.section, one.goal, one.asks, one.no_points, one.slips), spot))
    return clauses
