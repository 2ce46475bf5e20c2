"""Closed months: which they are, what stands in them, and what of it has been touched since.

A closed month counts for once, bests and caps as it was last posted (rules.md, "Meaning").
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from engine.dsl.model import Ruleset
from engine.ledger.reading import last_ruleset, seen_by, standing_matches
from engine.ledger.stored import newest_facts
from engine.scoring.award import Hit
from engine.scoring.year import Posted
from models.tables import BatchMonth, Closing


def closings(connection: Connection, before_batch: int | None = None) -> dict[str, Closing]:
    """The closed months by period; with `before_batch` those that were closed before that batch."""
    closing = Closing.__table__
    query = select(closing).order_by(closing.c.id)
    if before_batch is not None:
        query = query.where(closing.c.last_batch < before_batch)
    return {row.period: Closing(**row._mapping) for row in connection.execute(query)}


def how_closed(closing: Closing) -> str:
    """How a month was closed, as a sentence says it: issued, or brought from before the first run."""
    return f"已于 {closing.at[:10]} 印发" if closing.issued else "是期初月份"


def posted_hits(connection: Connection, ruleset: Ruleset, months: list[str], before_batch: int | None = None) -> Posted:
    """What stands in some posted months, for the months after them; with `before_batch` what stood before that batch."""
    return {month: _hits(connection, ruleset, month, before_batch) for month in months}


def _hits(connection: Connection, ruleset: Ruleset, month: str, before_batch: int | None) -> dict[str, list[Hit]]:
    as_run = last_ruleset(connection, month, before_batch)
    rules = {rule.id: rule for rule in as_run.in_force(month)}
    facts = {fact.version: fact for fact in newest_facts(connection, as_run, seen_by(connection, month, before_batch))}
    hits: dict[str, list[Hit]] = {unit: [] for unit in ruleset.units}
    for unit, rule, version, raw, given, limit in connection.execute(standing_matches(month, before_batch)):
        hits.setdefault(unit, []).append(Hit(month, rules[rule], facts.get(version), raw, (given, limit)))
    return hits


def last_batch(connection: Connection, month: str | None = None) -> int:
    """The newest batch of a month, or of all; 0 where there is none."""
    scored = BatchMonth.__table__
    query = select(func.max(scored.c.batch_id))
    return connection.execute(query if month is None else query.where(scored.c.period == month)).scalar() or 0
