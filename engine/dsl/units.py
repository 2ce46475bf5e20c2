"""units.yaml to the list of units; its order breaks ties, so it is kept."""

from __future__ import annotations

from collections.abc import Collection

from engine.dsl.model import SettingRef, Unit
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import Document
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import MergersShape, UnitShape, UnitsShape, shaped
from engine.dsl.succession import check_succession
from engine.dsl.vocabulary import Vocabulary

MERGED = ("sum", "mean")


def read_units(document: Document, categories: Collection[str], report: Report) -> dict[str, Unit]:
    """The units by name. What a unit may be called must tell it from every other unit, group and category."""
    shape = shaped(UnitsShape, document.data, Spot(document), report)
    if shape is None:
        return {}
    units: dict[str, Unit] = {}
    spots: dict[str, Spot] = {}
    taken: dict[str, str] = {}  # every way to write a unit, and the unit it means
    for place, one in enumerate(shape.units):
        spot = Spot(document, ("units", place))
        if one.category not in categories:
            report.unknown(spot.at("category").value, "bad-value", "类别", one.category, categories)
        for written, where in _names(one, spot):
            if taken.setdefault(written, one.name) != one.name or written == one.name in units:
                report.add(where.value, "duplicate-id", f"“{written}”已指“{taken[written]}”", "名称、全称、别名都只能指一个单位")
            elif written in categories:
                report.add(where.value, "duplicate-id", f"“{written}”已是类别", "换一个名称")
        units[one.name] = Unit(
            one.name, one.full_name, one.category, tuple(one.aliases), tuple(one.groups),
            one.from_ or Unit.since, one.to or Unit.until, one.becomes,
        )  # fmt: skip
        spots[one.name] = spot
    for place, one in enumerate(shape.units):
        for index, group in enumerate(one.groups):
            if group in taken or group in categories:
                where = Spot(document, ("units", place, "groups", index)).value
                report.add(where, "duplicate-id", f"组名“{group}”已是单位或类别", "换一个组名")
    check_succession(units, spots, report)
    return units


def read_merged(shape: MergersShape | None, spot: Spot, words: Vocabulary) -> str | SettingRef:
    """`units.merged` of ruleset.yaml: what a merged unit has of its predecessors' points, or the setting that says so."""
    if shape is None:
        return "mean"
    where = spot.at("merged")
    if isinstance(shape.merged, str):
        wrong = _unlike_merged(shape.merged)
        if wrong:
            words.report.add(where.value, "bad-value", f"“{shape.merged}”不能用在 merged", wrong)
        return shape.merged
    setting = words.reference(shape.merged, where, words.months[0])
    if setting is not None and words.all_values(setting, where.at("setting"), _unlike_merged):
        words.one_value(setting, where.at("setting"))
        return setting
    return "mean"


def _unlike_merged(text: str) -> str | None:
    return None if text in MERGED else did_you_mean(text, MERGED) or f"可用：{'、'.join(MERGED)}"


def _names(unit: UnitShape, spot: Spot) -> list[tuple[str, Spot]]:
    aliases = [(alias, spot.at("aliases", index)) for index, alias in enumerate(unit.aliases)]
    return [(unit.name, spot.at("name")), (unit.full_name, spot.at("full_name")), *aliases]
