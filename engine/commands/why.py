"""The `why` command: a unit's month, rule by rule, down to file, sheet and row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.naming import unit_in
from engine.commands.talk import hang, say, say_json
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.dsl.model import Rule
    from engine.ledger.book import MatchLine
    from engine.workbench.why import RuleWhy, Why


def show_why(folder: Path, unit: str, month: str, rule: str | None, as_json: bool) -> None:
    from engine.ledger.reading import book_of
    from engine.workbench.why import bound, why
    from models.database import reading

    with reading(Workspace.open(folder).database) as connection:
        book = book_of(connection, month)
    unit = unit_in(book.ruleset, unit, month)
    found = why(book, unit, None if rule is None else bound(book, unit, rule))
    if as_json:
        say_json(found.as_json())
    else:
        _tell(found, whole=rule is None)


def _tell(found: Why, whole: bool) -> None:
    from engine.notices.wording import pts

    standing = found.standing
    if whole:
        place = f"{standing.category}第 {standing.month_rank} 名"
        hang("", f"{standing.unit} {found.month}：本月积分 ", styled(pts(standing.month_points)), f"，{place}")
    fired = [one for one in found.rules if one.entries]
    for place, one in enumerate(fired):
        if whole or place:
            say()
        _tell_rule(one)
    idle = [one for one in found.rules if not one.entries]
    if idle and (whole or fired):
        say()
    if idle and whole:
        say("没有触发的规则：")
    for one in idle:
        hang("", (rule_title(one.rule), "bold"))
        hang("    ", f"{one.note}{_near(one)}")


def styled(points: str) -> tuple[str, str]:
    """Points as written, with a colour where they are below zero."""
    from engine.notices.wording import MINUS

    return points, "red" if points.startswith(MINUS) else ""


def rule_title(rule: Rule) -> str:
    return f"{rule.id} {rule.title}（{rule.clause}）" if rule.clause else f"{rule.id} {rule.title}"


def _near(one: RuleWhy) -> str:
    from engine.notices.wording import fact_source

    return f"（{fact_source(one.near)}）" if one.near else ""


def _tell_rule(one: RuleWhy) -> None:
    from engine.notices.wording import signed

    hang("", (f"{rule_title(one.rule)}：", "bold"), styled(signed(one.points)))
    if one.note:
        hang("    ", one.note)
    for match in one.entries:
        _tell_entry(match, one.rule)


def _tell_entry(match: MatchLine, rule: Rule) -> None:
    from engine.notices.wording import fact_source, fact_words, signed

    number = f"〔{match.entry}〕" if match.entry else ""
    points = signed(match.given)
    hang((f"{points:>9}  ", styled(points)[1]), f"{fact_words(match.say, rule.title) or rule.title}{number}")
    for line in made_words(match, rule):
        hang("           ", line)
    hang("           来源 ", fact_source(match.fact))


def made_words(match: MatchLine, rule: Rule) -> list[str]:
    """How a match came to its points: the formula with its numbers, and what took from it."""
    from engine.notices.limits import limit_words
    from engine.notices.rule_words import formula_words
    from engine.notices.wording import pts

    formula, limit = formula_words(match, rule), limit_words(match, rule)
    told = [f"算式 {formula}"] if formula else []
    return [*told, f"{limit}：{pts(match.raw)} → {pts(match.given)}"] if limit else told
