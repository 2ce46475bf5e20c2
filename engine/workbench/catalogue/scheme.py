"""What the parts of a ruleset have to do with each other: units under their groups' names, settings and who reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from engine.chinese_dates import date_words, month_words
from engine.dsl.formula import Formula, Say
from engine.dsl.model import Rule, Ruleset, Setting, SettingRef
from engine.dsl.obligation import Obligation
from engine.dsl.settings import ALWAYS
from engine.notices.catalogue_context import DatedValue, Reader, SettingEntry
from engine.workbench.catalogue.setting_words import meaning

_OTHERS = {
    "annual": "年度结果", "letters": "督办函", "review": "复核期限", "merged": "合并单位的积分", "derivations": "统计数的汇总", "rates": "比率",
}  # fmt: skip
_GROUP = 3  # units from which on a group's name is shorter than theirs
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def anchor(*parts: str) -> str:
    """An id of a page made of names: what a fragment cannot hold becomes a hyphen.

    >>> anchor("附件4 附表一 (三)")
    '附件4-附表一-三'
    """
    return re.sub(r"[\s()（）\[\]/#?%&\"'<>]+", "-", " ".join(parts)).strip("-")


def bound_units(ruleset: Ruleset, units: tuple[str, ...]) -> tuple[str, ...]:
    """Of units those that there are at the year's end, for a unit that was renamed is not two; all where none is left."""
    last = ruleset.months[-1]
    return tuple(unit for unit in units if ruleset.units[unit].there(last)) or units


def units_words(ruleset: Ruleset, units: tuple[str, ...]) -> str:
    """Units under the names of whole categories and groups, then one by one."""
    left, told = dict.fromkeys(units), []
    for name, members in _collections(ruleset).items():
        if len(members) >= _GROUP and members <= left.keys():
            told.append(f"{name}（{len(members)}个）")
            left = {unit: None for unit in left if unit not in members}
    return "、".join([*told, *left])


def _collections(ruleset: Ruleset) -> dict[str, set[str]]:
    """Categories, then groups with the largest first, with the units of the year's end."""
    units = ruleset.units_in(ruleset.months[-1]).values()
    categories = {f"全部{name}": {one.name for one in units if one.category == name} for name in ruleset.categories}
    groups: dict[str, set[str]] = {}
    for unit in units:
        for group in unit.groups:
            groups.setdefault(f"“{group}”组", set()).add(unit.name)
    return {**categories, **dict(sorted(groups.items(), key=lambda one: (-len(one[1]), one[0])))}


def settings_of(ruleset: Ruleset, one: Rule | Obligation) -> list[str]:
    """The settings that a rule or an obligation reads, in the order of the ruleset."""
    pattern = getattr(one, "fact", None)
    own = set(ruleset.kinds[pattern.kind].fields) if pattern else set()
    named = set(_named(one, own))
    return [name for name in ruleset.settings if name in named]


def _named(value: object, fields_of_fact: set[str]) -> Iterator[str]:
    """The settings in some part of a ruleset; in a formula or sentence a field goes before a setting of its name."""
    if isinstance(value, SettingRef):
        yield value.name
    elif isinstance(value, Formula | Say):
        yield from value.names - fields_of_fact
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _named(inner, fields_of_fact)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _named(inner, fields_of_fact)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _named(getattr(value, each.name), fields_of_fact)


def setting_readers(ruleset: Ruleset) -> dict[str, tuple[Reader, ...]]:
    """Every setting to what reads it."""
    readers: dict[str, list[Reader]] = {name: [] for name in ruleset.settings}
    for one in (*ruleset.rules, *ruleset.obligations):
        for name in settings_of(ruleset, one):
            readers[name].append(_reader(one))
    for part, word in _OTHERS.items():
        for name in dict.fromkeys(_named(getattr(ruleset, part), set())):
            if name in readers:
                readers[name].append(Reader(word, ""))
    return {name: tuple(own) for name, own in readers.items()}


def kind_readers(ruleset: Ruleset) -> dict[str, tuple[Reader, ...]]:
    """Every fact kind to what reads it."""
    readers: dict[str, list[Reader]] = {name: [] for name in ruleset.kinds}
    for rule in ruleset.rules:
        for name in dict.fromkeys(one.kind for one in (rule.fact, *rule.nones) if one is not None):
            readers[name].append(_reader(rule))
    for task in ruleset.obligations:
        for name in sorted(task.kinds):
            readers[name].append(_reader(task))
    for name, word in _other_uses(ruleset):
        readers[name].append(Reader(word, ""))
    return {name: tuple(own) for name, own in readers.items()}


def _other_uses(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    for derivation in ruleset.derivations:
        yield derivation.source, f"汇总出“{derivation.makes}”"
    for kind in ruleset.kinds.values():
        yield from ((name, f"“{kind.name}”的归属") for name in dict.fromkeys(route.table for route in kind.routes.values()) if name)
    if ruleset.progress:
        yield ruleset.progress.fact, "各项任务的进展"
    if ruleset.annual:
        yield ruleset.annual.fact, _OTHERS["annual"]
    if ruleset.checks:
        yield ruleset.checks.fact, "与账本核对"


def _reader(one: Rule | Obligation) -> Reader:
    name = one.id if isinstance(one, Rule) else task_anchor(one.no)
    return Reader(name, name)


def task_anchor(no: int) -> str:
    return f"任务{no}"


def free_fields(ruleset: Ruleset) -> tuple[str, ...]:
    """The fields that every kind may have beside its own."""
    kinds = list(ruleset.kinds.values())
    optional = [name for name, field in kinds[0].fields.items() if field.optional] if kinds else []
    return tuple(name for name in optional if all(name in kind.fields for kind in kinds))


def setting_entry(ruleset: Ruleset, setting: Setting, readers: tuple[Reader, ...]) -> SettingEntry:
    return SettingEntry(
        name=setting.name,
        anchor=anchor("设置", setting.name),
        values=tuple(
            DatedValue("" if since == ALWAYS else month_words(since), value_words(value), source, meaning(ruleset, setting.name, value))
            for since, value, source in setting.values
        ),
        review=month_words(setting.review) if setting.review else "",
        readers=readers,
        place=str(setting.place),
    )


def value_words(value: str) -> str:
    """A setting's value as written, a date in words."""
    return date_words(value) if _DATE.fullmatch(value) else value.replace("-", "−") if re.fullmatch(r"-[0-9.]+", value) else value
