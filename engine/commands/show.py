"""`rules show`: one thing of the scheme on the terminal, by any name that people have for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.commands.catalogue import catalogue_of, plain_values
from engine.commands.naming import one_of
from engine.commands.talk import say, say_json, undone
from engine.dsl.model import Clause, Rule, Ruleset
from engine.notices.catalogue_context import (
    ClauseEntry,
    DatedValue,
    Example,
    MonthSums,
    RuleEntry,
    SettingEntry,
    TaskEntry,
    TestLink,
)
from engine.notices.wording import signed
from engine.workbench.catalogue.catalogue import Catalogue
from engine.workspace import Workspace

_NAMED = 12  # units of a list that a card names
_CLAUSE = re.compile(r"[\s()（）]+")


@dataclass(frozen=True)
class _Found:
    """What an ID names: one of these."""

    rules: tuple[Rule, ...] = ()
    task: int | None = None
    clause: Clause | None = None
    setting: str = ""


@undone("没有显示")
def show_rule(folder: Path, word: str, as_json: bool) -> None:
    workspace = Workspace.open(folder)
    found = _find(workspace.ruleset, word)
    catalogue = catalogue_of(workspace, workspace.folder)
    if as_json:
        say_json(_json(catalogue, found))
        return
    for place, card in enumerate(_cards(catalogue, found)):
        if place:
            say()
        for label, text in card:
            say(f"{label}  {text}" if label else text)


def _find(ruleset: Ruleset, word: str) -> _Found:
    """Raises InputError with the nearest name where nothing is named so."""
    known: dict[str, _Found] = {name: _Found(setting=name) for name in ruleset.settings}
    known |= {f"任务{one.no}": _Found(task=one.no) for one in ruleset.obligations}
    for rule in ruleset.rules:
        known[rule.item] = _Found(rules=(*known.get(rule.item, _Found()).rules, rule))
    known |= {rule.id: _Found(rules=(rule,)) for rule in ruleset.rules if rule.id != rule.item}
    known |= {clause.id: _Found(clause=clause) for clause in ruleset.clauses.values()}
    written = {_plain(name): name for name in known}
    written |= {str(one.no): f"任务{one.no}" for one in ruleset.obligations}
    name = written.get(_plain(word), word.strip())
    names = {one: one for one in known}
    return known[one_of(name, names, "规则、任务、条款或设置", "编号如 D05、任务4，全部见 `jifen rules catalogue`")]


def _plain(word: str) -> str:
    """A name without what people write in more than one way: brackets, spaces, capitals."""
    return _CLAUSE.sub("", word).upper()


def _json(catalogue: Catalogue, found: _Found) -> dict[str, object]:
    ruleset = catalogue.ruleset
    if found.rules:
        clauses = dict.fromkeys(rule.clause for rule in found.rules)
        told = [_clause_alone(catalogue, ruleset.clauses[one]) for one in clauses if one in ruleset.clauses]
        return {"rules": plain_values([*map(catalogue.rule, found.rules)]), "clauses": [_without_rules(one) for one in told]}
    if found.task is not None:
        return {"tasks": [plain_values(_task(catalogue, found.task))]}
    if found.clause is not None:
        return {"clauses": [plain_values(_clause(catalogue, found.clause))]}
    return {"settings": [plain_values(catalogue.setting(found.setting))]}


def _without_rules(clause: ClauseEntry) -> dict[str, object]:
    told = plain_values(clause)
    del told["rules"]
    return told


def _task(catalogue: Catalogue, no: int) -> TaskEntry:
    return catalogue.task(next(one for one in catalogue.ruleset.obligations if one.no == no))


def _clause(catalogue: Catalogue, clause: Clause) -> ClauseEntry:
    return catalogue.clause(clause, [rule for rule in catalogue.ruleset.rules if rule.clause == clause.id])


def _clause_alone(catalogue: Catalogue, clause: Clause) -> ClauseEntry:
    return catalogue.clause(clause, ())


_Card = list[tuple[str, str]]  # labels, and what they say; "" goes on from the line before or stands alone


def _cards(catalogue: Catalogue, found: _Found) -> Iterator[_Card]:
    if found.clause is not None:
        clause = _clause(catalogue, found.clause)
        yield list(_clause_lines(clause))
        yield from (list(_rule_lines(catalogue, rule)) for rule in clause.rules)
    elif found.task is not None:
        yield list(_task_lines(catalogue, _task(catalogue, found.task)))
    elif found.setting:
        yield list(_setting_lines(catalogue.setting(found.setting)))
    else:
        before = None
        for rule in found.rules:
            card = list(_rule_lines(catalogue, catalogue.rule(rule)))
            known = catalogue.ruleset.clauses.get(rule.clause)
            if known is not None and known.id != before:
                card[1:1] = _clause_lines(_clause_alone(catalogue, known))
                before = known.id
            yield card


def _clause_lines(clause: ClauseEntry) -> Iterator[tuple[str, str]]:
    yield "条款", f"{clause.id} {clause.goal.removeprefix(clause.id.rpartition(' ')[2])}"
    yield from _given(("考核", clause.asks), ("不计", clause.no_points), ("存疑", clause.slips))


def _rule_lines(catalogue: Catalogue, rule: RuleEntry) -> Iterator[tuple[str, str]]:
    yield "", f"{rule.id} {rule.title}"
    yield from _given(("说明", rule.note), ("条件", "".join(rule.when)), ("分值", rule.formula))
    yield "算式", rule.written
    yield from _given(("限制", "；".join(rule.limits)), ("否决", rule.veto), ("期间", rule.valid), ("取代", rule.replaces))
    yield from _unit_lines(rule.units, rule.members)
    yield from _listed("设置", map(_setting_words, rule.settings))
    yield from _given(("事由", rule.say))
    for example in rule.examples:
        yield from _listed("算例", _example_lines(example))
    yield from _test_lines(catalogue, rule.tests)
    yield from _listed("上月", _month_lines(rule.month))
    yield "位置", rule.place


def _task_lines(catalogue: Catalogue, task: TaskEntry) -> Iterator[tuple[str, str]]:
    yield "", f"任务{task.no} {task.title}"
    yield "条款", task.clause
    yield from _given(
        ("判定", task.duty), ("期限", task.due), ("办成", task.done_when), ("标准", task.standard), ("情形", task.breach), ("说明", task.note)
    )
    yield from _unit_lines(task.units, task.members)
    yield from _listed("设置", map(_setting_words, task.settings))
    yield from _test_lines(catalogue, task.tests)
    told = "，".join(f"{one.status} {one.count}" for one in task.statuses) or "没有判定"
    yield "上月", f"{task.month}：{told}" if task.month else "还没有已计分的月份"
    yield "位置", task.place


def _setting_lines(setting: SettingEntry) -> Iterator[tuple[str, str]]:
    yield "", f"设置 {setting.name}"
    yield from _listed("取值", (_dated(one, one.source) for one in setting.values))
    yield from _given(("复查", f"{setting.review}之后" if setting.review else ""))
    yield "用处", "、".join(one.name for one in setting.readers) or "没有规则读它"
    yield "位置", setting.place


def _given(*lines: tuple[str, str]) -> Iterator[tuple[str, str]]:
    return (line for line in lines if line[1])


def _listed(label: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The first line under its label, the others below it."""
    for place, line in enumerate(lines):
        yield ("　　" if place else label), line


def _unit_lines(units: str, members: Sequence[str]) -> Iterator[tuple[str, str]]:
    shown = "、".join(members[:_NAMED])
    rest = f" 等{len(members)}个" if len(members) > _NAMED else ""
    return _listed("单位", dict.fromkeys((units, f"{shown}{rest}")))


def _setting_words(setting: SettingEntry) -> str:
    return f"{setting.name}：{'，'.join(map(_dated, setting.values))}"


def _dated(one: DatedValue, source: str = "") -> str:
    beside = "；".join(filter(None, (one.meaning, source)))
    value = f"{one.value}（{beside}）" if beside else one.value
    return f"{one.since}起 {value}" if one.since else value


def _example_lines(example: Example) -> Iterator[str]:
    yield f"{example.unit}，{example.month}：{example.name}"
    for fact in example.facts:
        yield f"{fact.kind}：{fact.say}" if fact.say else fact.kind
    if not example.facts:
        yield "当月没有相应上报"
    if example.more_facts:
        yield f"另有 {example.more_facts} 条"
    for line in example.lines:
        yield "→ " + "，".join(filter(None, (line.say, line.formula, line.limit, f"{signed(line.given)} 分")))
    if example.more_lines or len(example.lines) > 1:
        more = f"，另有 {example.more_lines} 条" if example.more_lines else ""
        yield f"→ 合计 {signed(example.given)} 分{more}"


def _test_lines(catalogue: Catalogue, tests: Sequence[TestLink]) -> Iterator[tuple[str, str]]:
    lines = [f"{one.place} {one.name}" for one in tests]
    return _listed("测试", lines or [catalogue.untested or "没有测试"])


def _month_lines(month: MonthSums | None) -> Iterator[str]:
    if month is None:
        yield "还没有已计分的月份"
    elif not month.count:
        yield f"{month.month}：没有计分"
    else:
        yield f"{month.month}：{month.count} 条，合计 {signed(month.given)} 分"
        more = f" 等{len(month.units) + month.more}个单位" if month.more else ""
        yield "、".join(f"{one.unit} {signed(one.given)}" for one in month.units) + more
