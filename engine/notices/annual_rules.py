"""The rules of the year in words, as the notice states them: weights, scale, ranks, ties, bands and where they meet, vetoes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.dsl.annual import RankBy, Scale, Ties, Vetoed
from engine.dsl.formula import plain
from engine.dsl.model import Band, Ruleset, SettingRef
from engine.notices.annual_context import AppliedSetting

CHOICES = {
    Scale.NONE: "按原值计", Scale.BEST: "折算为同类最高分的百分数",
    RankBy.SCORE: "总成绩", RankBy.MONTHS: "月度积分总和",
    Ties.SHARE: "相同的名次并列，取靠前的名次", Ties.LIST: "相同的按单位名单的次序排列",
    Vetoed.KEEP: "名次照排，其他单位的名次不变", Vetoed.LAST: "排在其他单位之后，其他单位依次递补",
}  # fmt: skip


def rule_sentences(ruleset: Ruleset) -> tuple[str, ...]:
    rule = ruleset.annual_rule()
    weights = f"{plain(rule.months_weight)} × 月度积分总和 + {plain(rule.evaluation_weight)} × {rule.fact}"
    return (
        f"总成绩 = {weights}，四舍五入到两位小数；月度积分总和为十二个月积分之和，{CHOICES[rule.scale]}。",
        f"在同类单位内按{CHOICES[rule.rank_by]}从高到低排列名次，{CHOICES[rule.ties]}。",
        *_band_sentences(ruleset),
        *_veto_sentences(ruleset, rule.vetoed),
    )


def applied_settings(ruleset: Ruleset) -> tuple[AppliedSetting, ...]:
    """The settings that the year's rules read, with their values and sources."""
    rule, month = ruleset.annual_rule(), ruleset.months[0]
    found = []
    for name, choice in ruleset.annual.choices.items():
        if isinstance(choice, SettingRef):
            value = getattr(rule, name)
            (source,) = [source for since, _, source in ruleset.settings[choice.name].values if since <= month][-1:]
            found.append(AppliedSetting(choice.name, CHOICES.get(value) or plain(value), source))
    return tuple(found)


def grade_order(bands: Sequence[Band], size: int) -> tuple[str, ...]:
    """The grades of a category from the first rank to the last, then those that no rank gets."""
    return tuple(dict.fromkeys([*(_given(bands, rank, size)[0] for rank in range(1, size + 1)), *(band.grade for band in bands)]))


def _band_sentences(ruleset: Ruleset) -> Iterator[str]:
    for category in ruleset.categories:
        size = sum(unit.category == category for unit in ruleset.units.values())
        bands = ruleset.bands.get(category, ())
        if not bands or not size:
            continue
        given = [(rank, *_given(bands, rank, size)) for rank in range(1, size + 1)]
        told = "，".join(f"{_ranks([one[0] for one in own])}{grade}" for grade, own in _runs(given, 1))
        met = "".join(
            f"；{_ranks([one[0] for one in own])}同时符合{own[0][1]}与{other}，评为{own[0][1]}" for other, own in _runs(given, 2) if other
        )
        yield f"{category}（{size}个）：{_written(bands)}，即{told}{met}。"


def _runs(given: list[tuple], column: int) -> list[tuple[str, list[tuple]]]:
    return [(key, list(own)) for key, own in groupby(given, key=lambda one: one[column])]


def _given(bands: Sequence[Band], rank: int, size: int) -> tuple[str, str]:
    """The grade of a rank, and the other one where a band from the top and one from the end meet there."""
    fits = [
        band for band in bands
        if (band.to is None or rank <= band.to) and (band.last is None or rank > size - band.last)
    ]  # fmt: skip
    if not fits:
        return "", ""
    first = fits[0]
    across = [
        band.grade for band in fits
        if (first.to is not None and band.last is not None) or (first.last is not None and band.to is not None)
    ]  # fmt: skip
    return first.grade, next((grade for grade in across if grade != first.grade), "")


def _written(bands: Sequence[Band]) -> str:
    """The bands as the ruleset has them: 前10名优秀，第11至20名良好，后10名不合格，其余合格."""
    told, reached = [], 0
    for band in bands:
        if band.to is not None:
            told.append(f"{_ranks(range(reached + 1, band.to + 1)) if reached else f'前{band.to}名'}{band.grade}")
            reached = band.to
        elif band.last is not None:
            told.append(f"后{band.last}名{band.grade}")
        else:
            told.append(f"其余{band.grade}")
    return "，".join(told)


def _ranks(ranks: Sequence[int]) -> str:
    return f"第{ranks[0]}名" if len(ranks) == 1 else f"第{ranks[0]}至{ranks[-1]}名"


def _veto_sentences(ruleset: Ruleset, place: Vetoed) -> Iterator[str]:
    vetoing = [rule for rule in ruleset.in_force(ruleset.months[-1]) if rule.veto]
    by_grade = {grade: [rule for rule in vetoing if rule.veto == grade] for grade in dict.fromkeys(rule.veto for rule in vetoing)}
    for grade, rules in by_grade.items():
        titles = "、".join(dict.fromkeys(f"“{rule.title}”" for rule in rules))
        yield f"{titles}的情形到12月底仍未消除的，不论名次，评为{grade}；这样的单位{CHOICES[place]}。"
