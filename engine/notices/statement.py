"""A unit's statement from the book: every clause that binds it, every line that made its month, with a running total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, groupby

from engine.dsl.ids import is_own
from engine.dsl.model import Clause, Rule, Ruleset
from engine.ledger.book import Book, Standing
from engine.notices import chart
from engine.notices.advice import advice_file
from engine.notices.anchors import entry_anchor
from engine.notices.context import ClauseBlock, Line, Section, StatementPage
from engine.notices.clauses import against_median, numbered
from engine.notices.comparison import changes
from engine.notices.ending import ending_words
from engine.notices.idle import idle_mark, idle_words
from engine.notices.late import late_records
from engine.notices.limits import gauges, limit_words
from engine.notices.monthly import added, course, deducted, letterhead, moved
from engine.notices.rule_words import formula_words, rule_words
from engine.notices.tasks import letter_href, task_rows
from engine.notices.wording import address, fact_source, fact_words, formerly_words


def statement_page(book: Book, standing: Standing, *, advised: bool = False) -> StatementPage:
    """`advised`: the page of what the unit can still do stands beside it."""
    unit = standing.unit
    matches = book.matches.get(unit, ())
    if sum(match.given for match in matches) != standing.month_points:
        raise ValueError(f"{unit} {book.period}: the matches do not add up to the ledger's month")
    rules = [rule for rule in book.rules if unit in rule.units]
    members = [one.unit for one in book.standings if one.category == standing.category]
    fired = {match.rule for match in matches}
    clauses = _clauses(book, standing.category, [rule for rule in rules if rule.clause or rule.id in fired])
    months = [(f"{int(period[5:])}月", points) for period, points in course(book, unit)]
    return StatementPage(
        head=letterhead(book),
        unit=unit,
        full_name=book.ruleset.units[unit].full_name,
        category=standing.category,
        size=len(members),
        points=standing.month_points,
        total=standing.total_points,
        added=added(matches),
        deducted=deducted(matches),
        rank=standing.month_rank,
        total_rank=standing.total_rank,
        moved=moved(book, standing),
        chart=chart.bars(f"{unit}{book.period[:4]}年各月积分", months),
        shows_units=any(_responsible(rule, members) for rule in book.rules if rule.category == standing.category),
        sections=_sections(book, unit, members, clauses, rules),
        elsewhere=() if book.period in book.opened else _elsewhere(book, standing.category, clauses),
        late=late_records(book, unit),
        tasks=task_rows(book, unit),
        letter=f"../{letter_href(unit)}" if unit in book.letters else "",
        formerly=formerly_words(book.formerly.get(unit, ())),
        changes=changes(book, unit),
        against=None if book.period in book.opened else against_median(book, unit),
        gauges=gauges(book, unit),
        advice=f"../{address(advice_file(unit))}" if advised else "",
    )


def _table(clause: str) -> str:
    """The table of the source that a clause stands in: all of its id but the item."""
    return clause.rpartition(" ")[0]


def _tables(ruleset: Ruleset, category: str) -> set[str]:
    return {_table(rule.clause) for rule in ruleset.rules if rule.category == category and rule.clause}


def _clauses(book: Book, category: str, rules: list[Rule]) -> list[Clause]:
    """The clauses that bind the unit in the order of the source, those without points among them.

    A rule of the group's own follows no clause: it stands last, under its title. In an opening month it stands alone.
    """
    ruleset = book.ruleset
    own = [Clause(rule.id, rule.title, rule.id, rule.note) for rule in rules if not rule.clause]
    if book.period in book.opened:
        return own
    bound = dict.fromkeys(rule.clause for rule in rules if rule.clause)
    tables = _tables(ruleset, category)
    told = [
        clause
        for clause in ruleset.clauses.values()
        if clause.id in bound or (clause.no_points and _table(clause.id) in tables)
    ]
    untold = [Clause(name, "", "", "") for name in bound if name not in ruleset.clauses]
    return told + untold + own


def _elsewhere(book: Book, category: str, clauses: list[Clause]) -> tuple[str, ...]:
    shown = {clause.id for clause in clauses}
    tables = _tables(book.ruleset, category)
    others = (clause for clause in book.ruleset.clauses.values() if clause.id not in shown)
    return tuple(numbered(clause) for clause in others if _table(clause.id) in tables)


def _sections(
    book: Book, unit: str, members: list[str], clauses: list[Clause], rules: list[Rule]
) -> tuple[Section, ...]:
    """Clauses by section. The running total goes through all lines, in the order in which they are printed."""
    own = {clause.id: [rule for rule in rules if (rule.clause or rule.id) == clause.id] for clause in clauses}
    lines = {clause.id: [line for rule in own[clause.id] for line in _lines(book, unit, rule)] for clause in clauses}
    running = accumulate(line.points or 0 for clause in clauses for line in lines[clause.id])
    blocks = [
        (clause.section, _block(clause, own[clause.id], members, _run(lines[clause.id], running)))
        for clause in clauses
    ]
    return tuple(
        Section(title, tuple(block for _, block in group)) for title, group in groupby(blocks, key=lambda one: one[0])
    )


def _run(lines: list[Line], running: Iterator[int]) -> list[Line]:
    return [replace(line, running=next(running)) for line in lines]


def _block(clause: Clause, rules: list[Rule], members: list[str], lines: list[Line]) -> ClauseBlock:
    responsible = [_responsible(rule, members) for rule in rules]
    named = tuple(dict.fromkeys(unit for units in responsible for unit in units))
    return ClauseBlock(
        id="" if any(is_own(rule.id) for rule in rules) else clause.id,
        goal=numbered(clause),
        asks=clause.asks,
        units="、".join(named) if named and all(responsible) else "",
        rules=tuple(map(rule_words, rules)),
        no_points=clause.no_points,
        lines=tuple(lines),
    )


def _responsible(rule: Rule, members: list[str]) -> tuple[str, ...]:
    """The units that a rule names; none where it binds the whole category."""
    return () if set(members) <= set(rule.units) else tuple(unit for unit in rule.units if unit in members)


def _lines(book: Book, unit: str, rule: Rule) -> Iterator[Line]:
    matches = [match for match in book.matches.get(unit, ()) if match.rule == rule.id]
    if not matches:
        yield _idle(book, unit, rule)
    for match in matches:
        yield Line(
            title=rule.title,
            say=fact_words(match.say, rule.title),
            formula=formula_words(match, rule),
            limit=limit_words(match, rule),
            raw=match.raw,
            points=match.given,
            running=0,
            source=fact_source(match.fact),
            mark="",
            reported=True,
            ends=ending_words(book, match, rule),
            entry=match.entry,
            anchor=entry_anchor(match.entry) if match.entry else "",
        )


def _idle(book: Book, unit: str, rule: Rule) -> Line:
    idle = book.idle[unit][rule.id]
    near = idle.nearest.fact if idle.nearest else None
    say, mark = idle_words(book.ruleset, idle, rule), idle_mark(idle, rule)
    return Line(rule.title, say, "", "", 0, None, 0, fact_source(near) if near else "", mark, not rule.fact or idle.count > 0)
