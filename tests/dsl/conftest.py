"""A small ruleset as texts, and a way to change one part of it and ask what the check finds."""

from __future__ import annotations

import pytest

from engine.dsl.findings import Finding
from engine.workbench.checking import loaded

RULESET = """\
name: small
title: 小规则集
year: 2023
categories: [部门, 县区]
category_letters: {部门: D, 县区: C}
free_fields: [备注]
settings:
  权重: {2023-01: {value: 10, source: 附件4}}
  计次: {2023-01: {value: 事项, source: 附件4}}
  周期: year
grades:
  部门: [{grade: 优秀, to: 1}, {grade: 不合格, last: 1}, {grade: 合格}]
"""
FACTS = """\
事项应用: {time: event, key: [单位, 事项, 月份], fields: {单位: unit, 月份: month, 事项: text, 方式: [转发, 细化], 条数: count, 说明: optional text, 补报数: optional count}}
月度统计: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 应报数: count, 实报数: count, 得分: number}, check: [实报数 <= 应报数]}
占比: {time: monthly, key: [单位, 月份], fields: {单位: unit, 月份: month, 本地: percent, 全国: percent, 名次: 1-13}}
"""
UNITS = """\
units:
  - {name: 市甲局, full_name: 某市甲局, category: 部门, aliases: [甲], groups: [双公示]}
  - {name: 市乙局, full_name: 某市乙局, category: 部门}
  - {name: 丙县, full_name: 某市丙县, category: 县区, groups: [双公示]}
"""
CLAUSES = """\
clauses:
  - {id: 附件4 附表一 (一), section: 一, goal: 甲, asks: 应用}
"""
RULE = """\
category: 部门
rules:
  - id: D01
    title: 应用
    clause: 附件4 附表一 (一)
    units: all
    when: [{fact: 事项应用}, {none: 月度统计}]
    points: 5
  - id: D01b
    title: 占比
    clause: 附件4 附表一 (一)
    units: all
    when: {fact: 占比}
    points: 5
"""
MARK = "‹"  # stands in a text before the place that a finding must name


def files(**changed: str) -> dict[str, str]:
    """The small ruleset, with some files (by name without .yaml) put in or replaced."""
    texts = {"ruleset": RULESET, "facts": FACTS, "units": UNITS, "clauses": CLAUSES, "departments": RULE, **changed}
    return {f"{name}.yaml": text for name, text in texts.items()}


def rule(body: str, head: str = "id: D01c", clause: str = "附件4 附表一 (一)") -> str:
    """A rules file of the small ruleset's rules and one more, whose other lines are `body`."""
    lines = [head, "title: 试", f"clause: {clause}", *body.strip().splitlines()]
    return RULE + "  - " + "\n    ".join(lines) + "\n"


def found(name: str, marked: str, **others: str) -> tuple[list[Finding], tuple[str, int, int] | None]:
    """What the check finds with one file replaced, perhaps with others too, and the place that the mark in its text tells."""
    before, mark, _ = marked.partition(MARK)
    findings = checked_files(files(**others, **{name: marked.replace(MARK, "")}))
    place = (f"{name}.yaml", before.count("\n") + 1, len(before) - before.rfind("\n")) if mark else None
    return findings, place


def checked_files(texts: dict[str, str]) -> list[Finding]:
    """What the check finds in a ruleset's own files, but for settings that nothing reads, which the small ruleset has."""
    return [one for one in loaded(texts)[1] if one.code != "unused-setting"]


@pytest.fixture
def small() -> dict[str, str]:
    return files()
