"""obligations.yaml: the tasks, each checked as a rule is, and the facts by which units report progress of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.dsl.firing import dead_all_year
from engine.dsl.model import Kind, Pattern, SettingRef, Test
from engine.dsl.nearest import did_you_mean
from engine.dsl.nodes import Document
from engine.dsl.obligation import Duty, Evidence, Obligation, Progress
from engine.dsl.patterns import TestReader, read_pattern
from engine.dsl.report import Report, Spot
from engine.dsl.shapes import (
    AnyShape,
    EvidenceShape,
    ObligationShape,
    ObligationsShape,
    PatternShape,
    ProgressShape,
    shaped,
)
from engine.dsl.types import BadValue, ChoiceType, DateType, Value, WholeType
from engine.dsl.vocabulary import Vocabulary
from engine.dsl.witness import is_monthly

_DATE = DateType()
_PARTS = ("due", "done_when", "standard", "breach")
# Which keys go with which kind of obligation, and which of them it cannot do without.
_OWN = {Duty.BY: ("due", "done_when"), Duty.MONTHLY: ("done_when", "standard"), Duty.CLEAN: ("breach",)}
_NEEDED = {Duty.BY: "due", Duty.CLEAN: "breach"}


def read_obligations(document: Document, words: Vocabulary) -> tuple[Progress | None, tuple[Obligation, ...]]:
    """How progress is reported, and the obligations by number."""
    spot = Spot(document)
    shape = shaped(ObligationsShape, document.data, spot, words.report)
    if shape is None:
        return None, ()
    progress = _progress(shape.progress, words.kinds, spot.at("progress"), words.report)
    numbers = words.kinds[progress.fact].fields[progress.task].type if progress else None
    found: dict[int, Obligation] = {}
    for place, data in enumerate(shape.obligations):
        where = spot.at("obligations", place)
        one = _obligation(data, where, words, reported=shape.progress is not None)
        if one is None:
            continue
        if one.no in found:
            words.report.add(where.at("no").value, "duplicate-id", f"任务 {one.no} 已写在 {found[one.no].place}", "换一个编号")
        if isinstance(numbers, WholeType) and not numbers.low <= one.no <= numbers.high:
            message = f"任务 {one.no} 不在 {progress.fact} 的“{progress.task}”的范围 {numbers.low}-{numbers.high} 之内"
            words.report.add(where.at("no").value, "bad-id", message)
        found.setdefault(one.no, one)
    return progress, tuple(found[no] for no in sorted(found))


def _progress(shape: ProgressShape | None, kinds: Mapping[str, Kind], spot: Spot, report: Report) -> Progress | None:
    if shape is None:
        return None
    kind = kinds.get(shape.fact)
    if kind is None:
        report.unknown(spot.at("fact").value, "unknown-fact", "事实", shape.fact, kinds)
        return None
    wrong = [part for part in ("task", "status") if getattr(shape, part) not in kind.fields]
    for part in wrong:
        report.unknown(spot.at(part).value, "unknown-field", "字段", getattr(shape, part), kind.fields)
    if wrong:
        return None
    if not is_monthly(kind):
        report.add(spot.at("fact").value, "bad-value", f"“{shape.fact}”不按月份，不能用来报进展")
        return None
    number, status = kind.fields[shape.task].type, kind.fields[shape.status].type
    if not isinstance(number, WholeType):
        report.add(spot.at("task").value, "bad-value", f"“{shape.task}”应是任务编号的范围，如 1-39")
        return None
    if not isinstance(status, ChoiceType):
        report.add(spot.at("status").value, "bad-value", f"“{shape.status}”应是只能取几个值的字段")
        return None
    if shape.done not in status.choices:
        report.unknown(spot.at("done").value, "bad-value", "状态", shape.done, status.choices)
    return Progress(shape.fact, shape.task, shape.status, shape.done)


def _obligation(data: Any, spot: Spot, words: Vocabulary, *, reported: bool) -> Obligation | None:
    """One task; `reported` says whether units can tell its progress."""
    shape = shaped(ObligationShape, data, spot, words.report)
    if shape is None:
        return None
    before = len(words.report.findings)
    duty = Duty(shape.kind)
    _check_keys(shape, duty, spot, words.report)
    if not reported and duty is not Duty.CLEAN and shape.done_when is None:
        words.report.add(spot.value, "missing-key", "没有 done_when，也没有 progress，这项任务永远不会完成", "补上“done_when:”")
    due, done_when, standard, breach = (getattr(shape, key) if key in _OWN[duty] else None for key in _PARTS)
    units = words.units_named(shape.units, spot.at("units"))
    if not units and len(words.report.findings) == before:
        words.report.add(spot.at("units").value, "dead-rule", "没有一个单位负有这项任务", "检查单位、组和类别")
    done = _conditions(done_when, spot.at("done_when"), words)
    one = Obligation(
        no=int(shape.no),
        title=shape.title,
        clause=shape.clause,
        units=units,
        duty=duty,
        due=None if due is None else _due(due, spot.at("due"), words),
        done_when=done,
        standard=_standard(standard or {}, done, spot.at("standard"), words),
        breach=tuple(_patterns(breach, spot.at("breach"), words)),
        note=shape.note,
        place=spot.at("no").value,
    )
    return one if len(words.report.findings) == before else None


def _check_keys(shape: ObligationShape, duty: Duty, spot: Spot, report: Report) -> None:
    for key in _PARTS:
        if key in shape.model_fields_set and key not in _OWN[duty]:
            hint = f"kind: {duty} 的任务可写 {'、'.join(_OWN[duty])}"
            report.add(spot.at(key).key, "unknown-key", f"kind: {duty} 的任务没有“{key}”", hint)
    needed = _NEEDED.get(duty)
    if needed and getattr(shape, needed) is None:
        report.add(spot.value, "missing-key", f"缺少“{needed}”", f"补上“{needed}:”")
    if "standard" in _OWN[duty] and shape.standard and not shape.done_when:
        report.add(spot.at("standard").key, "missing-key", "standard 要有 done_when 指明的事实", "补上“done_when:”")


def _due(data: Any, spot: Spot, words: Vocabulary) -> str | SettingRef | None:
    if isinstance(data, str):
        wrong = _no_date(data)
        if wrong:
            words.report.add(spot.value, "bad-value", f"“{data}”不是日期，{wrong}", "写作 2023-04-30")
        return data
    setting = words.reference(data, spot, words.months[0])
    return setting if setting and words.all_values(setting, spot.at("setting"), _no_date) else None


def _no_date(text: str) -> str | None:
    """What is wrong with a text as a date; dates are compared as texts, so there is one way to write each."""
    try:
        written = _DATE.parse(text)
    except BadValue as bad:
        return f"应为{bad}"
    return None if written == text else f"应写作 {written}"


def _conditions(data: Any, spot: Spot, words: Vocabulary) -> tuple[tuple[Evidence, ...], ...]:
    """What must all hold: one piece of evidence or a list of them, each plain or `any:` of several."""
    if data is None:
        return ()
    written = [(one, spot.at(place)) for place, one in enumerate(data)] if isinstance(data, list) else [(data, spot)]
    if not written:
        words.report.add(spot.value, "bad-value", "done_when 不能为空", "写成 {fact: 事实}")
    return tuple(_alternatives(one, where, words) for one, where in written)


def _alternatives(data: Any, spot: Spot, words: Vocabulary) -> tuple[Evidence, ...]:
    if isinstance(data, dict) and "any" in data:
        shape = shaped(AnyShape, data, spot, words.report)
        if shape and not shape.any:
            words.report.add(spot.at("any").value, "bad-value", "any 不能为空", "写成 any: [{fact: 事实}, {fact: 事实}]")
        written = [(one, spot.at("any", place)) for place, one in enumerate(shape.any)] if shape else []
    else:
        written = [(data, spot)]
    return tuple(filter(None, (_evidence(one, where, words) for one, where in written)))


def _evidence(data: Any, spot: Spot, words: Vocabulary) -> Evidence | None:
    shape = shaped(EvidenceShape, data, spot, words.report)
    if shape is None:
        return None
    pattern = _pattern(PatternShape(fact=shape.fact, where=shape.where), spot, words)
    if pattern is None:
        return None
    every = [
        (name, _values(name, values, pattern, spot.at("every", name), words)) for name, values in shape.every.items()
    ]
    return Evidence(pattern, tuple(every))


def _values(name: str, written: list[str], pattern: Pattern, spot: Spot, words: Vocabulary) -> tuple[Value, ...]:
    """The values of a field of which each must be there, in a fact of the pattern."""
    kind = words.kinds[pattern.kind]
    field = words.fields(kind).get(name)
    if field is None:
        words.report.unknown(spot.key, "unknown-field", "字段", name, words.fields(kind))
        return ()
    if not written:
        words.report.add(spot.value, "bad-value", "取值的列表是空的")
    values: list[Value] = []
    for place, text in enumerate(written):
        where = spot.at(place).value
        try:
            value = field.type.parse(text)
        except BadValue as bad:
            near = did_you_mean(text, getattr(field.type, "choices", ()))
            words.report.add(where, "bad-value", f"“{text}”不是“{name}”的值，应为{bad}", near)
            continue
        if value in values:
            words.report.add(where, "bad-value", f"“{text}”列了两次", "每个取值只写一次")
        elif not dead_all_year(kind, pattern.tests, words.units, words):
            dead = dead_all_year(kind, (*pattern.tests, Test(name, "eq", value)), words.units, words)
            if dead:
                words.report.add(where, "dead-rule", f"“{text}”不合 where 的条件，永远不会有：{dead.why}")
        values.append(value)
    return tuple(values)


def _patterns(data: Any, spot: Spot, words: Vocabulary) -> list[Pattern]:
    """The breaches: one pattern or a list of them."""
    if data is None:
        return []
    written = [(one, spot.at(place)) for place, one in enumerate(data)] if isinstance(data, list) else [(data, spot)]
    if not written:
        words.report.add(spot.value, "bad-value", "breach 不能为空", "写成 {fact: 事实}")
    shapes = [(shaped(PatternShape, one, where, words.report), where) for one, where in written]
    return [found for shape, where in shapes if shape and (found := _pattern(shape, where, words))]


def _pattern(shape: PatternShape, spot: Spot, words: Vocabulary) -> Pattern | None:
    """A pattern of facts that can be met in some month of the year."""
    if shape.none is not None:
        words.report.add(spot.at("none").key, "bad-value", "任务只看有什么事实，不能写 none")
        return None
    pattern = read_pattern(shape, spot, words, words.months[0])
    if pattern is None:
        return None
    kind = words.kinds[pattern.kind]
    if not is_monthly(kind):
        words.report.add(spot.at("fact").value, "bad-value", f"“{kind.name}”不属于哪一个月，任务不能看它")
    dead = dead_all_year(kind, pattern.tests, words.units, words)
    if dead:
        place = spot.at("where", dead.field).key if dead.field else pattern.place
        message = f"“{dead.field or kind.name}”的条件互相矛盾，永远不会成立：{dead.why}"
        words.report.add(place, "dead-rule", message, witness=dead.witness)
    return pattern


def _standard(
    data: dict[str, Any], done: tuple[tuple[Evidence, ...], ...], spot: Spot, words: Vocabulary
) -> tuple[Test, ...]:
    kinds = {one.pattern.kind for condition in done for one in condition}
    if not data or not kinds:
        return ()
    if len(kinds) > 1:
        words.report.add(spot.key, "bad-value", "有 standard 的任务，done_when 只能写一类事实", "拆成两项任务")
        return ()
    kind = words.kinds[kinds.pop()]
    reader = TestReader(words, kind, words.months[0])
    standard = tuple(test for name, tests in data.items() for test in reader.read(name, tests, spot.at(name)))
    shown = [one.pattern.tests for condition in done for one in condition]
    dead = [dead_all_year(kind, (*tests, *standard), words.units, words) for tests in shown]
    if all(dead) and not any(dead_all_year(kind, tests, words.units, words) for tests in shown):
        field = next(one.test.field for one in dead[0].core if one.test in standard)
        message = f"没有一条 done_when 的事实能合这个标准：{dead[0].why}"
        words.report.add(spot.at(field).key, "dead-rule", message, "检查两处的条件", witness=dead[0].witness)
    return standard
