"""A trace as JSON: stable keys, points as texts with two decimals."""

from __future__ import annotations

from engine.facts import key_line
from engine.grading.grading import Graded
from engine.ledger.annual import UnitYear
from engine.ledger.book import Standing
from engine.ledger.history import Version
from engine.notices.limits import limit_words
from engine.scoring.points import decimal
from engine.workbench.forward import MonthEffect, YearEffect
from engine.workbench.trace import FieldCell, Origin, Posting, Records, Trace


def as_json(told: Trace) -> dict[str, object]:
    posting, match, rule = told.posting, told.match, told.rule
    return {
        "entry": posting.entry,
        "month": posting.month,
        "unit": posting.unit,
        "rule": rule.id,
        "title": rule.title,
        "clause": rule.clause,
        "kind": posting.kind,
        "points": decimal(posting.points),
        "batch": _batch(posting),
        "reverses": posting.reverses,
        "reversed_by": _reversal(told.taken_back, posting),
        "instead": [one.entry for one in told.instead],
        "say": match.say,
        "formula": match.formula,
        "raw": decimal(match.raw),
        "cap": limit_words(match, rule) or None,
        "fact": told.origin and _origin(told.origin),
        "months": [_month(one) for one in told.months],
        "year": told.year and _year(told.year),
        "notices": list(told.notices),
    }


def _batch(one: Posting) -> dict[str, object]:
    return {"batch": one.batch, "at": one.at, "operator": one.operator, "reason": one.reason, "ruleset": one.ruleset}


def _reversal(one: Posting | None, posting: Posting) -> dict[str, object] | None:
    return {"entry": one.entry, **_batch(one)} if one and one.entry != posting.entry else None


def _origin(origin: Origin) -> dict[str, object]:
    one = origin.version
    return {
        **_version(one),
        "cells": [_cell(each) for each in origin.cells],
        "derived": one.derived,
        "sha256": origin.sha256,
        "earlier": [_version(each) for each in origin.earlier],
        "later": [_version(each) for each in origin.later],
        "records": origin.records and _records(origin.records),
    }


def _version(one: Version) -> dict[str, object]:
    return {
        "kind": one.kind,
        "key": key_line(one.key),
        "values": dict(one.values),
        "version": one.id,
        "withdrawn": one.withdrawn,
        "import": one.change,
        "at": one.at,
        "operator": one.operator,
        "act": one.act,
        "reason": one.reason,
        "source": {"file": one.file, "sheet": one.sheet, "row": one.row},
    }


def _cell(one: FieldCell) -> dict[str, object]:
    return {"field": one.field, "value": one.value, "read": one.read, "cell": one.cell}


def _records(one: Records) -> dict[str, object]:
    return {"kind": one.kind, "count": one.count, "first": [_version(each) for each in one.first]}


def _month(one: MonthEffect) -> dict[str, object]:
    return {
        "month": one.month,
        "own": one.own and {"unit": one.own[0].unit, "with": _standing(one.own[0]), "without": _standing(one.own[1])},
        "others": [{"unit": was.unit, "with": _ranks(was), "without": _ranks(then)} for was, then in one.others],
    }


def _standing(one: Standing) -> dict[str, object]:
    return {"month_points": decimal(one.month_points), "total_points": decimal(one.total_points), **_ranks(one)}


def _ranks(one: Standing) -> dict[str, object]:
    return {"month_rank": one.month_rank, "total_rank": one.total_rank}


def _year(one: YearEffect) -> dict[str, object]:
    def pair(now: UnitYear, then: Graded) -> dict[str, object]:
        return {"unit": now.unit, "with": _result(now), "without": _result(then)}

    return {
        "year": one.year,
        "state": one.state,
        "posted": one.posted,
        "own": one.own and pair(*one.own),
        "others": [pair(*each) for each in one.others],
    }


def _result(one: UnitYear | Graded) -> dict[str, object]:
    return {"points": decimal(one.points), "score": decimal(one.score), "rank": one.rank, "grade": one.grade}
