"""What `why` says of a month is the whole of it, whatever the facts: every rule told once, and the parts add up to the ledger."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from engine.dsl.masks import masked
from engine.dsl.model import Pattern, Rule
from engine.facts import key_texts
from engine.inference.host import Matcher
from engine.intake.reading import read_facts
from engine.ledger.reading import book_of
from engine.ledger.run import run_month
from engine.ledger.stored import newest_facts
from engine.workbench.why import why
from engine.workspace import Workspace
from models.database import reading
from models.tables import LedgerEntry
from tests.annual import quietly
from tests.oracle import random_year


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("why") / "workspace"
    quietly("init", folder)
    shutil.copy(folder / "jifen.db", folder / "empty.db")
    return folder


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=12))
def test_the_parts_of_why_add_up_to_the_ledger(empty, seed, number):
    month = f"2023-{number:02d}"
    workspace = _posted(empty, seed, month)
    with reading(workspace.database) as connection:
        book = book_of(connection, month)
        facts = newest_facts(connection, book.ruleset)
        entry = LedgerEntry.__table__
        rows = connection.execute(
            select(entry.c.unit, entry.c.rule, func.sum(entry.c.points)).group_by(entry.c.unit, entry.c.rule)
        ).all()
    ledger = {(unit, rule): points for unit, rule, points in rows if points}
    known = {}
    for fact in facts:
        public = masked(book.ruleset.masks, book.ruleset.kinds[fact.kind], fact)
        known.setdefault((fact.kind, key_texts(public.key)), fact)
    told = {}
    for unit in book.ruleset.units_in(month):
        found = why(book, unit)
        assert [one.rule.id for one in found.rules] == [rule.id for rule in book.ruleset.in_force(month) if unit in rule.units]
        assert sum(one.points for one in found.rules) == found.standing.month_points
        for one in found.rules:
            assert one.points == sum(match.given for match in one.entries)
            assert bool(one.note) == (one.points == 0)
            if one.points:
                told[unit, one.rule.id] = one.points
            if not one.entries:
                _really_idle(book, unit, one, known)
    assert told == ledger


def _posted(folder: Path, seed: int, month: str) -> Workspace:
    """The workspace with a random year's facts and this month posted, and nothing of before."""
    shutil.copy(folder / "empty.db", folder / "jifen.db")
    file = folder / "inbox" / "year.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in random_year(seed, 900)), encoding="utf-8")
    workspace = Workspace.open(folder)
    run_month(workspace, month, read_facts([file], workspace.ruleset), operator="张三")
    return workspace


def _really_idle(book, unit, one, known) -> None:
    """durable-rules finds no match, and of the fact that came nearest it fails just the tests that are told."""
    idle, rule = book.idle[unit][one.rule.id], one.rule
    own = [known[line.kind, line.key] for line in book.facts[unit]]
    assert not list(Matcher([rule]).fired(own))
    if idle.nearest is None:
        return
    fact = known[idle.nearest.fact.kind, idle.nearest.fact.key]
    failed = {gap.test for gap in idle.nearest.gaps}
    assert failed and one.near == idle.nearest.fact and fact in own
    for test in rule.fact.tests:
        assert bool(list(Matcher([_alone(rule, test)]).fired([fact]))) == (test not in failed)


def _alone(rule: Rule, test) -> Rule:
    return replace(rule, fact=Pattern(rule.fact.kind, (test,)), nones=())
