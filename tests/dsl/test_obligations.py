"""How obligations are read, and every mistake in them told at its place. ‹ stands before that place."""

import pytest

from engine.dsl.loader import load_ruleset
from engine.dsl.model import Test as FieldTest
from engine.dsl.obligation import Duty
from tests.dsl.conftest import FACTS, MARK, RULESET, files

HEAD = RULESET.replace("  周期: year\n", "  周期: year\n  期限: {2023-01: {value: 2023-06-30, source: 附件3}}\n")
KINDS = FACTS + (
    "进展: {time: event, key: [单位, 任务, 月份], fields: {单位: unit, 任务: 1-9, 月份: month, 状态: [已启动, 已完成], 说明: text}}\n"
    "失信: {time: state, key: [单位, 主体, 起始月份], fields: {单位: unit, 主体: text, 起始月份: month, 终止月份: optional month}}\n"
    "测评: {time: annual, key: [单位, 年度], fields: {单位: unit, 年度: year, 得分: percent}}\n"
)
PROGRESS = "progress: {fact: 进展, task: 任务, status: 状态, done: 已完成}\n"
FIRST = "  - {no: 1, title: 甲, clause: 附件3 第1项, units: [市甲局], kind: clean, breach: {fact: 失信}}\n"


def task(body: str, head: str = "no: 2", kind: str = "by", units: str = "[市甲局]") -> str:
    """An obligations file with one sound task and another, whose other lines are `body`."""
    lines = [head, "title: 乙", "clause: 附件3 第2项", f"units: {units}", *([f"kind: {kind}"] if kind else []), *body.strip().splitlines()]
    return PROGRESS + "obligations:\n" + FIRST + "  - " + "\n    ".join(lines) + "\n"


DUE = "due: 2023-06-30\n"
MISTAKES = {
    # progress
    "progress of no kind": ("unknown-fact", task(DUE).replace("fact: 进展", "fact: ‹进度")),
    "progress by no field": ("unknown-field", task(DUE).replace("task: 任务", "task: ‹任物")),
    "progress without a status": ("unknown-field", task(DUE).replace("status: 状态", "status: ‹状况")),
    "progress done by no word": ("bad-value", task(DUE).replace("done: 已完成", "done: ‹完成")),
    "progress that numbers by words": ("bad-value", task(DUE).replace("task: 任务", "task: ‹说明")),
    "progress by free words": ("bad-value", task(DUE).replace("status: 状态", "status: ‹说明")),
    "progress of the year": (
        "bad-value",
        task(DUE).replace("{fact: 进展, task: 任务, status: 状态, done: 已完成}", "{fact: ‹测评, task: 得分, status: 得分, done: 9}"),
    ),
    "progress left unsaid": ("missing-key", task(DUE).replace("{fact: 进展, task: 任务, status: 状态,", "‹{fact: 进展, task: 任务,")),
    "a key beside progress": ("unknown-key", task(DUE).replace("progress:", "‹progres:")),
    # what every task says
    "number twice": ("duplicate-id", task(DUE, "no: ‹1")),
    "number out of range": ("bad-id", task(DUE, "no: ‹10")),
    "number of nothing": ("bad-value", task(DUE, "no: ‹0")),
    "number that is a word": ("bad-value", task(DUE, "no: ‹二")),
    "no number": ("missing-key", task(DUE, "‹note: 好")),
    "no kind": ("missing-key", task("", kind="").replace("no: 2", "‹no: 2")),
    "kind of no list": ("bad-value", task("", kind="‹weekly")),
    "unknown key": ("unknown-key", task(DUE + "‹dones: {fact: 失信}")),
    "unknown unit": ("unknown-unit", task(DUE, units="[市甲局, ‹市丁局]")),
    "unknown group": ("unknown-group", task(DUE, units="[‹双公事]")),
    "units that are one": ("bad-value", task(DUE, units="‹市甲局")),
    "no unit": ("dead-rule", task(DUE, units="‹[]")),
    # which keys go with which kind
    "no due": ("missing-key", task("done_when: {fact: 事项应用}", "‹no: 2")),
    "no breach": ("missing-key", task("", "‹no: 2", kind="clean")),
    "due of a month": ("unknown-key", task("‹due: 2023-06-30", kind="monthly")),
    "due of what must not be": ("unknown-key", task("breach: {fact: 失信}\n‹due: 2023-06-30", kind="clean")),
    "evidence that nothing is": ("unknown-key", task("breach: {fact: 失信}\n‹done_when: {fact: 失信}", kind="clean")),
    "evidence left empty where there is none": ("unknown-key", task("breach: {fact: 失信}\n‹done_when: []", kind="clean")),
    "breach of a date": ("unknown-key", task(DUE + "‹breach: {fact: 失信}")),
    "standard of a date": ("unknown-key", task(DUE + "done_when: {fact: 占比}\n‹standard: {名次: 1}")),
    "standard of nothing": ("missing-key", task("‹standard: {名次: 1}", kind="monthly")),
    # due
    "due that is no date": ("bad-value", task("due: ‹2023-02-30")),
    "due that is a month": ("bad-value", task("due: ‹2023-06")),
    "due without its noughts": ("bad-value", task("due: ‹2023-6-30")),
    "due by no setting": ("unknown-setting", task("due: {setting: ‹时限}")),
    "due by a setting without a date": ("bad-value", task("due: {setting: ‹周期}")),
    "due that is a list": ("bad-value", task("due: ‹[2023-06-30]")),
    # evidence
    "evidence of no kind": ("unknown-fact", task(DUE + "done_when: {fact: ‹事项使用}")),
    "evidence of no kind among others": ("unknown-fact", task(DUE + "done_when: [{fact: 占比}, {any: [{fact: 失信}, {fact: ‹占}]}]")),
    "evidence by no field": ("unknown-field", task(DUE + "done_when: {fact: 事项应用, where: {‹方法: 细化}}")),
    "evidence by a free field": ("unknown-field", task(DUE + "done_when: {fact: 事项应用, where: {‹备注: 细化}}")),
    "evidence by a value of no list": ("bad-value", task(DUE + "done_when: {fact: 事项应用, where: {方式: ‹转达}}")),
    "evidence by no setting": ("unknown-setting", task(DUE + "done_when: {fact: 占比, where: {名次: {le: {setting: ‹名}}}}")),
    "evidence by what may not be compared": ("bad-value", task(DUE + "done_when: {fact: 事项应用, where: {事项: {‹gt: 甲}}}")),
    "evidence that no fact can be": ("dead-rule", task(DUE + "done_when: {fact: 占比, where: {‹名次: {gt: 5, lt: 5}}}")),
    "evidence beyond the dictionary": ("dead-rule", task(DUE + "done_when: {fact: 占比, where: {‹名次: {gt: 13}}}")),
    "evidence of the year": ("bad-value", task(DUE + "done_when: {fact: ‹测评}")),
    "absence as evidence": ("unknown-key", task(DUE + "done_when: {fact: 占比, ‹none: 失信}")),
    "evidence of nothing": ("bad-value", task(DUE + "done_when: ‹[]")),
    "any of nothing": ("bad-value", task(DUE + "done_when: {any: ‹[]}")),
    "any beside a fact": ("unknown-key", task(DUE + "done_when: {any: [{fact: 失信}], ‹fact: 占比}")),
    "evidence that is a word": ("bad-value", task(DUE + "done_when: ‹事项应用")),
    "every of no field": ("unknown-field", task(DUE + "done_when: {fact: 事项应用, every: {‹方法: [转发]}}")),
    "every with a value of no list": ("bad-value", task(DUE + "done_when: {fact: 事项应用, every: {方式: [转发, ‹转达]}}")),
    "every with a number out of range": ("bad-value", task(DUE + "done_when: {fact: 占比, every: {名次: [1, ‹14]}}")),
    "every with a value twice": ("bad-value", task(DUE + "done_when: {fact: 占比, every: {名次: [1, 2, ‹1]}}")),
    "every of nothing": ("bad-value", task(DUE + "done_when: {fact: 占比, every: {名次: ‹[]}}")),
    "every that is one": ("bad-value", task(DUE + "done_when: {fact: 占比, every: {名次: ‹1}}")),
    "every against where": (
        "dead-rule",
        task(DUE + "done_when: {fact: 事项应用, where: {方式: 转发}, every: {方式: [转发, ‹细化]}}"),
    ),
    # standard
    "standard by no field": ("unknown-field", task("done_when: {fact: 占比}\nstandard: {‹名: 1}", kind="monthly")),
    "standard by another type": ("bad-value", task("done_when: {fact: 占比}\nstandard: {本地: {gt: {field: ‹名次}}}", kind="monthly")),
    "standard over several kinds": (
        "bad-value",
        task("done_when: {any: [{fact: 占比}, {fact: 月度统计}]}\n‹standard: {得分: 1}", kind="monthly"),
    ),
    "standard that its evidence rules out": (
        "dead-rule",
        task("done_when: {fact: 占比, where: {名次: {lt: 3}}}\nstandard: {‹名次: {gt: 3}}", kind="monthly"),
    ),
    # breach
    "absence as a breach": ("bad-value", task("breach: {‹none: 失信}", kind="clean")),
    "breach of no kind": ("unknown-fact", task("breach: [{fact: 失信}, {fact: ‹失性}]", kind="clean")),
    "breach of nothing": ("bad-value", task("breach: ‹[]", kind="clean")),
    "breach that cannot be": ("dead-rule", task("breach: {fact: 占比, where: {‹本地: {gt: {field: 本地}}}}", kind="clean")),
}  # fmt: skip


def load(text: str):
    return load_ruleset(files(ruleset=HEAD, facts=KINDS, obligations=text))


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_at_its_place(case):
    code, marked = MISTAKES[case]
    before = marked.partition(MARK)[0]
    errors = [one for one in load(marked.replace(MARK, ""))[1] if one.level == "error"]
    place = ("obligations.yaml", before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert [(one.code, one.place.file, one.place.line, one.place.column) for one in errors] == [(code, *place)], errors
    assert any("一" <= letter <= "鿿" for letter in errors[0].message)


@pytest.mark.parametrize("kind, body", [("by", DUE), ("monthly", "")])
def test_without_progress_a_task_without_evidence_could_never_be_done(kind, body):
    text = task(body, "‹no: 2", kind=kind).replace(PROGRESS, "")
    before = text.partition(MARK)[0]
    (error,) = [one for one in load(text.replace(MARK, ""))[1] if one.level == "error"]
    assert (error.code, error.place.line, error.place.column) == ("missing-key", before.count("\n") + 1, 5)


def test_a_wrong_word_is_told_with_the_nearest():
    (error,) = [one for one in load(task(DUE + "done_when: {fact: 事项使用}"))[1] if one.level == "error"]
    assert error.hint == "是否指“事项应用”？"


def test_tasks_are_read_by_number_with_their_units_in_the_order_of_the_list():
    text = task(
        "due: {setting: 期限}\ndone_when: [{fact: 占比, every: {名次: [1, 2]}}, {any: [{fact: 失信}, {fact: 事项应用, where: {方式: 转发}}]}]",
        units="[双公示, 市乙局]",
    ).replace("no: 1", "no: 3")
    ruleset, findings = load(text)
    assert not [one for one in findings if one.level == "error"]
    second, third = ruleset.obligations_in("2023-01")
    assert (second.no, second.duty, second.due, second.units) == (2, Duty.BY, "2023-06-30", ("市甲局", "市乙局", "丙县"))
    assert [[(each.pattern.kind, each.every) for each in one] for one in second.done_when] == [
        [("占比", (("名次", (1, 2)),))],
        [("失信", ()), ("事项应用", ())],
    ]
    assert second.done_when[1][1].pattern.tests == (FieldTest("方式", "eq", "转发"),)
    assert (third.no, third.duty, third.kinds) == (3, Duty.CLEAN, {"失信"})
