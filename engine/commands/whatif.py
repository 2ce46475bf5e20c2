"""The `whatif` command: facts are brought in as an import would bring them, looked at, and rolled back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.clock import moment
from engine.commands.month import tell_unused
from engine.commands.naming import unit_in
from engine.commands.talk import progress, say, say_json, table, tell_warnings, warn
from engine.errors import IntakeRefused
from engine.facts import key_line, key_texts, restore
from engine.notices.wording import MINUS, fact_words, month_words, pts, signed
from engine.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.dsl.model import Ruleset
    from engine.ledger.book import MatchLine
    from engine.workbench.supposed_facts import Change
    from engine.workbench.supposing import Outlook
    from engine.workbench.whatif import RuleEffect, WhatIf

_LISTED = 50  # supposed facts of a table
_WHAT = {"new": "新增", "changed": "变更", "withdrawn": "撤回"}


def show_whatif(
    folder: Path,
    unit: str,
    month: str,
    facts: Sequence[str],
    without: Sequence[str],
    files: Sequence[Path],
    as_json: bool,
) -> None:
    from engine.derivation.deriving import rederive
    from engine.intake.reading import read_facts
    from engine.ledger.closed import closings
    from engine.ledger.run import for_month
    from engine.ledger.stored import newest_facts
    from engine.workbench.supposed_facts import Wanted, suppose
    from engine.workbench.supposing import Outlook
    from engine.workbench.whatif import whatif
    from models.database import writing

    workspace = for_month(Workspace.open(folder), month)
    ruleset = workspace.ruleset
    unit = unit_in(ruleset, unit, month)
    told = {"operator": workspace.operator, "at": moment()}
    with progress("读取文件，推算") as advance:
        reading = read_facts(files, ruleset, advance) if files else None
        with writing(workspace.database, keep=False) as connection:
            rederive(connection, ruleset, **told)
            outlook = Outlook(connection, ruleset, [month])
            shut = sorted(closings(connection))
            behind = month not in shut and _behind(connection, outlook, month)
            try:
                supposed = suppose(connection, ruleset, Wanted(unit, month, facts, without, reading), **told)
            except IntakeRefused as refused:
                if as_json:
                    lists = {"faults": refused.faults, "warnings": refused.warnings}
                    say_json({name: [one.as_json() for one in found] for name, found in lists.items()})
                raise
            stood = {fact.version: fact for fact in outlook.facts}
            now = (stood.get(fact.version, fact) for fact in newest_facts(connection, ruleset))
            found = whatif(outlook, outlook.supposed(now), unit, month, supposed.touched_months)
    ours = any(one.kind in ruleset.operator_kinds for one in supposed.changes)
    opened = () if ours else outlook.year.opened  # what units report does not count there, and touches nothing
    to_correct = [each for each in shut if each in supposed.touched_months and each not in opened]
    if as_json:
        say_json({
            "posted": month in outlook.posted, "behind": behind, "closed": to_correct,
            "facts": [{"kind": one.kind, "key": key_line(one.key), "what": one.what} for one in supposed.changes],
            **found.as_json(),
            "warnings": [one.as_json() for one in supposed.warnings],
        })  # fmt: skip
        return
    tell_warnings(supposed.warnings)
    tell_unused(found.unused)
    for fact in found.unattributed:
        warn(f"提醒：{fact.kind} {' '.join(key_texts(fact.key))} 找不到应计分的单位")
    _tell_changes(ruleset, supposed.changes)
    _tell(ruleset, found)
    for line in _notes(month, month in outlook.posted, behind, to_correct):
        say(line)


def _behind(connection: Connection, outlook: Outlook, month: str) -> bool:
    """Whether the month stands in the ledger otherwise than its facts say by now, whatever is supposed."""
    from engine.ledger.posting import differs
    from engine.obligations.judging import Judgements

    return month in outlook.posted and differs(connection, Judgements(outlook.year), month)


def _notes(month: str, posted: bool, behind: bool, to_correct: Sequence[str]) -> Iterable[str]:
    yield "以上是推算，没有写入任何内容。"
    if not posted:
        yield f"{month} 尚未计分：现在一栏是已导入的事实到此为止给出的。"
    if behind:
        yield f"{month} 另有尚未计分的改动：现在一栏以账本为准，计分后两栏都会随之变动（jifen run {month}）。"
    if to_correct:
        yield f"涉及已印发或期初的 {'、'.join(to_correct)}：真要改动，导入时须加 --correction 原因，再用 `jifen correct {to_correct[0]}`。"


def _tell_changes(ruleset: Ruleset, changes: Sequence[Change]) -> None:
    if not changes:
        say("假设的事实与库中的相同，什么也不会变。")
        return
    rows = [(_WHAT[one.what], one.kind, " ".join(key_texts(one.key)), _fields(ruleset, one)) for one in changes[:_LISTED]]
    table(("假设", "事实", "键", "内容"), rows)
    if len(changes) > _LISTED:
        say(f"……另有 {len(changes) - _LISTED} 条未列出")


def _fields(ruleset: Ruleset, one: Change) -> str:
    kind = ruleset.kinds[one.kind]
    old, now = (restore(kind, fields) if fields else {} for fields in (one.before, one.after))
    told = []
    for name in kind.fields:
        if name in kind.key or old.get(name) == now.get(name):
            continue
        before, after = (str(values.get(name, "（空）")) for values in (old, now))
        told.append(f"{name} {after if one.what == 'new' else before if one.what == 'withdrawn' else f'{before} → {after}'}")
    return "，".join(told)


def _tell(ruleset: Ruleset, found: WhatIf) -> None:
    say(f"{found.unit} {month_words(found.month)}")
    before, after = found.place
    rows = [
        ("本月积分", pts(before.month_points), pts(after.month_points), _by(after.month_points - before.month_points)),
        ("本月名次", str(before.month_rank), str(after.month_rank), _rank(before.month_rank, after.month_rank)),
        ("累计积分", pts(before.total_points), pts(after.total_points), _by(after.total_points - before.total_points)),
        ("累计名次", str(before.total_rank), str(after.total_rank), _rank(before.total_rank, after.total_rank)),
    ]
    if found.prospect:
        was, now = found.prospect
        until = month_words(found.until)
        rows.append((f"年度等次（按至{until}推算）", was.grade, now.grade, "" if was.grade == now.grade else "变动"))
    table(("", "现在", "之后", "变动"), rows, right=("现在", "之后", "变动"))
    if found.prospect and any(one.vetoes for one in found.prospect):
        say(f"影响年度等次的情形：{_arrow(*(_titles(ruleset, one.vetoes) for one in found.prospect))}\n")
    for one in found.rules:
        _tell_rule(one)
    if not found.rules:
        say(f"{found.unit}{month_words(found.month)}的各条规则都不变。")
    say()
    moves = [
        (one.month, _title(ruleset, one.rule), pts(one.before), pts(one.after), _by(one.by))
        for one in found.elsewhere
        if one.unit == found.unit
    ]
    if moves:
        table(("其他月份", "规则", "现在", "之后", "变动"), moves, right=("现在", "之后", "变动"))
    if found.others:
        pairs = [
            (
                unit, _arrow(pts(was.month_points), pts(now.month_points)), _arrow(was.month_rank, now.month_rank),
                _arrow(pts(was.total_points), pts(now.total_points)), _arrow(was.total_rank, now.total_rank),
            )
            for unit, (was, now) in found.others.items()
        ]  # fmt: skip
        table(("其他单位", "本月积分", "本月名次", "累计积分", "累计名次"), pairs, right=("本月积分", "本月名次", "累计积分", "累计名次"))
    if found.tasks:
        table(("任务", "内容", "现在", "之后"), ((str(one.task), one.title, one.before or "—", one.after or "—") for one in found.tasks))


def _tell_rule(one: RuleEffect) -> None:
    clause = f"（{one.rule.clause}）" if one.rule.clause else ""
    say(f"{one.rule.id} {one.rule.title}{clause}：{pts(one.before)} → {pts(one.after)}（{_by(one.after - one.before)}）")
    for sign, lines, others in (("−", one.was, one.then), ("+", one.then, one.was)):
        for line in lines:
            if line not in others:
                say(f"  {sign} {_entry(line, one)}")


def _entry(line: MatchLine, one: RuleEffect) -> str:
    from engine.notices.limits import limit_words

    limited = limit_words(line, one.rule)
    said = fact_words(line.say, one.rule.title) or one.rule.title
    formula = line.formula.replace("-", MINUS)
    return f"{said}：{formula} = {pts(line.raw)}{f'；{limited}，计 {pts(line.given)}' if limited else ''}"


def _title(ruleset: Ruleset, rule: str) -> str:
    return f"{rule} {next(one.title for one in ruleset.rules if one.id == rule)}"


def _titles(ruleset: Ruleset, rules: Sequence[str]) -> str:
    return "、".join(_title(ruleset, rule) for rule in rules) or "无"


def _by(points: int) -> str:
    return signed(points) if points else "不变"


def _rank(before: int, after: int) -> str:
    return "不变" if before == after else f"{'升' if after < before else '降'} {abs(after - before)} 位"


def _arrow(before: object, after: object) -> str:
    return str(after) if before == after else f"{before} → {after}"
