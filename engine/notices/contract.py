"""What each template is promised to receive as `page`: its class, fields, types, and what they mean, told from the classes."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from engine.notices import (
    advice_context,
    annual_context,
    card_context,
    catalogue_context,
    chart_context,
    comparison_context,
    context,
    coverage_context,
    impact_context,
    overview_context,
    task_context,
)
from engine.notices.meanings import CLASSES, FIELDS

TEMPLATES: dict[str, type] = {
    "index.html.j2": context.IndexPage,
    "monthly.html.j2": context.MonthlyPage,
    "statement.html.j2": context.StatementPage,
    "advice.html.j2": advice_context.AdvicePage,
    "letter.html.j2": task_context.LetterPage,
    "tasks.html.j2": task_context.MatrixPage,
    "correction.html.j2": context.CorrectionPage,
    "annual.html.j2": annual_context.AnnualPage,
    "reviews.html.j2": context.ReviewsPage,
    "status.html.j2": context.StatusPage,
    "card.html.j2": card_context.CardPage,
    "year.html.j2": overview_context.YearPage,
    "unit.html.j2": overview_context.UnitPage,
    "coverage.html.j2": coverage_context.CoveragePage,
    "catalogue.html.j2": catalogue_context.CataloguePage,
    "impact.html.j2": impact_context.ImpactPage,
    "monthly.docx.j2": context.MonthlyPage,
    "letter.docx.j2": task_context.LetterPage,
}
_MODULES = (
    context, task_context, annual_context, card_context, chart_context, comparison_context, overview_context, coverage_context,
    catalogue_context, impact_context, advice_context,
)  # fmt: skip
_WORDS = {int: "整数", str: "文本", bool: "是否"}
_KNOWN = {name: one for module in _MODULES for name, one in vars(module).items() if isinstance(one, type)}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str  # in words: 整数, 文本, RankRow 的列表
    meaning: str


@dataclass(frozen=True, slots=True)
class Part:
    """A class of the context."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


def parts(template: str) -> tuple[Part, ...]:
    """The page's class, then every class that can be reached from it, each once, in the order in which they are met."""
    found: dict[type, Part] = {}
    left = [TEMPLATES[template]]
    while left:
        one = left.pop(0)
        if one not in found:
            own = dict(_typed(one))
            found[one] = Part(one.__name__, CLASSES.get(one.__name__, ""), tuple(_field(one, *each) for each in own.items()))
            left += [inner for hint in own.values() for inner in _classes(hint)]
    return tuple(found.values())


def _typed(one: type) -> Iterator[tuple[str, object]]:
    hints = typing.get_type_hints(one, localns=_KNOWN)
    yield from ((each.name, hints[each.name]) for each in fields(one))
    for name, value in vars(one).items():
        if isinstance(value, property):
            yield name, typing.get_type_hints(value.fget, localns=_KNOWN)["return"]


def _field(owner: type, name: str, hint: object) -> Field:
    return Field(name, _said(hint), FIELDS.get(f"{owner.__name__}.{name}") or FIELDS.get(name, ""))


def _said(hint: object) -> str:
    inner = [one for one in typing.get_args(hint) if one is not Ellipsis]
    if isinstance(hint, types.UnionType):
        return f"{'或'.join(_said(one) for one in inner if one is not type(None))}，可为空"
    if typing.get_origin(hint) is tuple:
        repeated = Ellipsis in typing.get_args(hint)
        told = "、".join(map(_said, inner))
        return f"{told if len(inner) == 1 else f'（{told}）'} 的列表" if repeated else f"（{told}）"
    return _WORDS.get(hint) or getattr(hint, "__name__", str(hint))


def _classes(hint: object) -> Iterator[type]:
    if is_dataclass(hint):
        yield hint
    for one in typing.get_args(hint):
        yield from _classes(one)
