"""The `why` command: a unit's month, rule by rule, down to file, sheet and row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.naming import unit_in
from engine.commands.talk import say, say_json
from engine.workspace import Workspace

if TYPE_CHECKING:
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
        say(f"{standing.unit} {found.month}：本月积分 {pts(standing.month_points)}，{standing.category}第 {standing.month_rank} 名")
    for one in found.rules:
        if one.entries:
            say()
            _tell_rule(one)
    idle = [one for one in found.rules if not one.entries]
    if idle:
        say()
    if idle and whole:
        say("没有计分的规则：")
    for one in idle:
        say(f"{_title(one)}\n    {one.note}{_near(one)}")


def _title(one: RuleWhy) -> str:
    clause = f"（{one.rule.clause}）" if one.rule.clause else ""
    return f"{one.rule.id} {one.rule.title}{clause}"


def _near(one: RuleWhy) -> str:
    from engine.notices.wording import fact_source

    return f"（{fact_source(one.near)}）" if one.near else ""


def _tell_rule(one: RuleWhy) -> None:
    from engine.notices.wording import signed

    say(f"{_title(one)}：{signed(one.points)}")
    if one.note:
        say(f"    {one.note}")
    for match in one.entries:
        _tell_entry(match, one)


def _tell_entry(match: MatchLine, one: RuleWhy) -> None:
    from engine.notices.limits import limit_words
    from engine.notices.rule_words import formula_words
    from engine.notices.wording import fact_source, fact_words, pts, signed

    said = fact_words(match.say, one.rule.title)
    number = f"〔{match.entry}〕" if match.entry else ""
    say(f"  {signed(match.given):>8}  {said or one.rule.title}{number}")
    limited = limit_words(match, one.rule)
    if formula := formula_words(match, one.rule):
        say(f"            算式 {formula}")
    if limited:
        say(f"            {limited}：{pts(match.raw)} → {pts(match.given)}")
    say(f"            来源 {fact_source(match.fact)}")
