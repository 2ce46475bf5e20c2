"""The year's notice from its result: pure, and told in the order in which it is read."""

from __future__ import annotations

import json
from dataclasses import replace

from engine.chinese_dates import value_words
from engine.clock import day_of
from engine.dsl.masks import masked
from engine.dsl.model import Ruleset
from engine.facts import Fact, typed
from engine.ledger.annual import Listed, UnitYear, Veto, YearResult
from engine.ledger.annual_listing import evaluation_text
from engine.ledger.approving import Endorsement
from engine.notices.annual_context import (
    AnnualPage,
    MonthsRow,
    UnfinishedRow,
    UnfinishedTask,
    VetoRow,
    YearPart,
    YearRow,
)
from engine.notices.annual_rules import applied_settings, grade_order, rule_sentences
from engine.notices.context import Letterhead, Place
from engine.notices.letterhead import plain_letterhead
from engine.notices.wording import date_words, fact_words, formerly_words, source_words
from engine.scoring.sentence import sentence
from engine.scoring.succession import formerly

ANNUAL = "年度考核结果.html"
LEADING = 3


def annual_page(ruleset: Ruleset, result: YearResult, endorsed: Endorsement | None, number: str = "") -> AnnualPage:
    """`ruleset` is the one that made the result; without `endorsed` it is a proposal. `number` as the notice is issued under."""
    head = _head(ruleset, result, endorsed, number)
    return AnnualPage(
        head=head,
        title=(head.issuer, f"关于{result.year}年度", f"{head.scheme}结果的通报"),
        approved=date_words(day_of(endorsed.at)) if endorsed else "",
        by=endorsed.by if endorsed else "",
        before=date_words(day_of(endorsed.before)) if endorsed and endorsed.before else "",
        evaluation=ruleset.annual_rule().fact,
        rules=rule_sentences(ruleset),
        settings=applied_settings(ruleset),
        categories=tuple(_part(ruleset, result, name, at) for at, name in enumerate(ruleset.categories, 1)),
        vetoes=tuple(_veto(ruleset, one, veto) for one in result.units for veto in one.vetoes),
        unfinished=tuple(_unfinished(ruleset, one) for one in _listed(ruleset, result) if one.unfinished),
        months=tuple(
            (name, tuple(MonthsRow(one.unit, one.months, one.points) for one in _listed(ruleset, result) if one.category == name))
            for name in ruleset.categories
        ),
    )


def _head(ruleset: Ruleset, result: YearResult, endorsed: Endorsement | None, number: str) -> Letterhead:
    """The number's year is that of the notice, which goes out when the year is over."""
    date = day_of(endorsed.at) if endorsed else ""
    plain = plain_letterhead(ruleset, year=str(result.year), number=number, date=date, draft=endorsed is None)
    office, bracket, _ = plain.number_prefix.partition("〔")
    return replace(plain, number_prefix=f"{office}〔{date[:4] or result.year + 1}〕" if bracket else office)


def _listed(ruleset: Ruleset, result: YearResult) -> list[UnitYear]:
    """The units in the order of the list."""
    return sorted(result.units, key=lambda one: ruleset.order[one.unit])


def _part(ruleset: Ruleset, result: YearResult, name: str, at: int) -> YearPart:
    own = [one for one in result.units if one.category == name]
    order = (*grade_order(ruleset.bands.get(name, ()), len(own)), *(one.grade for one in own))
    ranks = sorted({one.rank for one in own if one.rank <= LEADING})
    return YearPart(
        name=name,
        anchor=f"a{at}",
        grades=tuple((grade, sum(one.grade == grade for one in own)) for grade in dict.fromkeys(order) if grade),
        leaders=tuple(Place(rank, tuple(one.unit for one in own if one.rank == rank)) for rank in ranks),
        rows=tuple(
            YearRow(
                one.rank, one.unit, one.points, evaluation_text(one.evaluation), one.score, one.grade, bool(one.vetoes),
                formerly_words(formerly(ruleset, one.unit, ruleset.months)),
            )
            for one in own
        ),
    )


def _veto(ruleset: Ruleset, one: UnitYear, veto: Veto) -> VetoRow:
    december = ruleset.months[-1]
    rule = next(rule for rule in ruleset.in_force(december) if rule.id == veto.rule)
    entry = veto.entry
    say = sentence(ruleset, rule, entry and _fact(ruleset, entry), december)
    source = _source(ruleset, entry) if entry else ""
    return VetoRow(one.unit, rule.title, fact_words(say, rule.title), rule.clause, source, one.band, veto.grade)


def _fact(ruleset: Ruleset, entry: Listed) -> Fact:
    kind = ruleset.kinds[entry.kind]
    return masked(ruleset.masks, kind, Fact(entry.kind, entry.key, typed(kind, dict(entry.values))))


def _source(ruleset: Ruleset, entry: Listed) -> str:
    """The entry by its key and where it was read: 拖欠账款 某公司 2023年3月（登记.xlsx，拖欠账款，第2行）."""
    kind = ruleset.kinds[entry.kind]
    shown = zip(kind.key, json.loads(_fact(ruleset, entry).key), strict=True)
    parts = [value_words(kind.fields[name].type, part) for name, part in shown if part is not None and name != kind.unit_field]
    return f"{entry.kind} {' '.join(parts)}（{source_words(entry.file, entry.sheet, entry.row)}）"


def _unfinished(ruleset: Ruleset, one: UnitYear) -> UnfinishedRow:
    titles = {task.no: task.title for task in ruleset.obligations}
    return UnfinishedRow(one.unit, tuple(
        UnfinishedTask(task.task, titles.get(task.task, ""), task.status, date_words(task.due) if task.due else "")
        for task in one.unfinished
    ))  # fmt: skip
