"""The `advise` command: what a unit can still do for its points, and what the next grade takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.naming import unit_in
from engine.commands.talk import progress, say, say_json, table
from engine.errors import InputError
from engine.scoring.points import decimal
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.facts import Fact
    from engine.workbench.advice.advising import Advice
    from engine.workbench.advice.grade import Next
    from engine.workbench.advice.steps import Step


def show_advice(folder: Path, unit: str, year: int | None, as_json: bool) -> None:
    from engine.ledger.approving import approved
    from engine.ledger.standings import posted_months
    from engine.workbench.advice.advising import Advising
    from models.database import reading

    workspace = Workspace.open(folder)
    ruleset = workspace.of(f"{year or workspace.ruleset.year}-01").ruleset
    if year is not None and ruleset.year != year:
        raise InputError(f"没有 {year} 年度的规则集", f"现有年度：{'、'.join(sorted(set(workspace.years.values())))}")
    with progress(f"推算 {ruleset.year} 年以后各月"), reading(workspace.database) as connection:
        posted = [month for month in posted_months(connection) if month in ruleset.months]
        if not posted:
            raise InputError(f"{ruleset.year} 年还没有计分的月份，无从建议", f"先执行 `jifen run {ruleset.months[0]}`")
        found = Advising(connection, ruleset).of(unit_in(ruleset, unit, posted[-1]))
        stood = approved(connection, ruleset.year)
        if stood is not None:
            found = found.as_approved(stood.result)
    if as_json:
        say_json(advice_json(found))
    else:
        _tell(found)


def advice_json(found: Advice) -> dict[str, object]:
    place = found.place
    return {
        "unit": found.unit,
        "year": found.ruleset.year,
        "as_of": found.as_of,
        "month": found.month,
        "missing": list(found.missing),
        "points": decimal(found.points),
        "rank": place and place.rank,
        "grade": place and place.grade,
        "approved": found.approved,
        "lead": None if place is None or place.lead is None else decimal(place.lead),
        "vetoes": [
            {"rule": one.rule.id, "clause": one.rule.clause, "grade": one.rule.veto, "what": one.say, "ends": one.ends, "until": one.until,
             "facts": _facts(found, one.facts)}
            for one in found.vetoes
        ],
        "clauses": [
            {"clause": one.clause, "title": one.title, "got": decimal(one.got),
             "caps": [{"rule": cap.rule.id, "had": decimal(cap.had), "cap": decimal(cap.cap)} for cap in one.caps],
             "steps": [_step(found, step) for step in one.steps]}
            for one in found.clauses
        ],
        "losses": [
            {"rule": one.rule.id, "clause": one.rule.clause, "what": one.say, "since": one.since, "points": decimal(one.points),
             "ends": one.ends, "saves": decimal(one.saves), "facts": _facts(found, one.facts)}
            for one in found.losses
        ],
        "next": found.next and _next(found, found.next),
    }  # fmt: skip


def _step(found: Advice, step: Step) -> dict[str, object]:
    from engine.workbench.advice.words import step_words

    return {
        "rule": step.rule.id,
        "clause": step.rule.clause,
        "what": step_words(found.ruleset, step),
        "month": step.month,
        "gain": decimal(step.gain),
        "extra": decimal(step.extra),
        "again": None if step.again is None else decimal(step.again),
        "facts": _facts(found, step.facts),
    }


def _facts(found: Advice, facts: Sequence[Fact]) -> list[dict[str, object]]:
    """Each as a line of a .jsonl file that `import` reads."""
    kinds = found.ruleset.kinds
    return [
        {"fact": fact.kind, **{name: kinds[fact.kind].fields[name].type.stored(value) for name, value in fact.values.items()}}
        for fact in facts
    ]


def _next(found: Advice, following: Next) -> dict[str, object]:
    return {
        "grade": following.grade,
        "needs": decimal(following.needs),
        "foreseen": decimal(following.foreseen),
        "combinations": [
            {"gain": decimal(one.gain), "reaches": one.reaches, "steps": [_step(found, step) for step in one.steps]}
            for one in following.combinations
        ],
    }


def _tell(found: Advice) -> None:
    from engine.notices.wording import month_words, pts
    from engine.workbench.advice.words import missing_words

    place = found.place
    category, state = found.ruleset.units[found.unit].category, "年度等次审定为" if found.approved else "暂列"
    where = f"，{category}第 {place.rank} 名，{state}“{place.grade}”" if place else ""
    say(f"{found.unit} 截至{month_words(found.as_of)}：累计积分 {pts(found.points)}{where}")
    if found.missing:
        say(missing_words(found.missing))
    for one in found.vetoes:
        say(f"\n一票否决：{one.say}（{one.rule.id}，{one.rule.clause}）")
        say(f"    {'到' if found.month else ''}{month_words(one.until)}底仍如此，年度定为“{one.rule.veto}”。{one.ends if found.month else ''}")
    _tell_losses(found)
    _tell_next(found)
    _tell_steps(found)


def _tell_losses(found: Advice) -> None:
    from engine.notices.wording import month_words, signed

    if found.losses:
        say("\n正在逐月扣的分：")
        table(
            ("规则", "条款", "事由", "起自", "每月", "可挽回", "怎样结束"),
            (
                (one.rule.id, one.rule.clause, one.say, month_words(one.since) if one.since else "", signed(one.points), signed(one.saves), one.ends)
                for one in found.losses
            ),
            right=("每月", "可挽回"),
        )


def _tell_next(found: Advice) -> None:
    from engine.notices.wording import pts, signed
    from engine.workbench.advice.words import short_words, step_words

    if found.place and found.place.lead is not None:
        say(f"\n已是最高等次“{found.place.grade}”，再少 {pts(found.place.lead)} 分仍在其中（其他单位不变）")
    if found.next is None:
        return
    foreseen = f"；下月已可预见的 {pts(found.next.foreseen)} 分也要补上" if found.next.foreseen else ""
    say(f"\n下一等次“{found.next.grade}”：还差 {pts(found.next.needs)} 分（其他单位不变）{foreseen}")
    if found.vetoes:
        say("  一票否决的情形不消除，积分够了也没有这一等次。")
    for number, one in enumerate(found.next.combinations, 1):
        say(f"  办法{number}：共 {signed(one.gain)} 分{short_words(one)}")
        for step in one.steps:
            say(f"    {signed(step.extra):>8}  {step_words(found.ruleset, step)}（{step.rule.id}，{step.rule.clause}）")
    if found.month and not found.next.combinations:
        say("  近期的步骤够不到：十步以内没有办法。")


def _tell_steps(found: Advice) -> None:
    from engine.notices.wording import month_words, pts, signed
    from engine.workbench.advice.words import again_words, grouped

    if found.month is None:
        what = "本年度的结果已经审定，" if found.approved else f"{month_words(found.as_of)}已经计分，本年度"
        say(f"\n{what}没有可再做的")
        return
    say(f"\n{month_words(found.month)}还可多得（已按上月报过的数计，括号内是没有任何上报时的）：")
    for one in found.clauses:
        caps = "；".join(f"{cap.rule.id} 已计 {pts(cap.had)}/{pts(cap.cap)}" for cap in one.caps)
        say(f"{one.clause} {one.title}：已得 {pts(one.got)}{f'（{caps}）' if caps else ''}")
        for own, words in grouped(found.ruleset, one.steps):
            first = own[0]
            each = f"（{len(own)}项，每项）" if len(own) > 1 else ""
            gain = f"（{signed(first.gain)}）" if first.gain != first.extra else ""
            say(f"    {signed(first.extra):>8}{gain}  {first.rule.id}  {words}{each}{'，' if first.again else ''}{again_words(first)}")
