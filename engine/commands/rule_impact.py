"""`rules impact`: what another version of the rules would have given, as tables, a page and JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.finding_view import tell_findings
from engine.commands.talk import progress, say, say_json, table, undone
from engine.errors import InputError, RulesetFaulty, file_error
from engine.files import replaced
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.dsl.model import Ruleset
    from engine.workbench.impact.impact import Impact

SHOWN = 15  # rows of a table on the terminal; JSON and the page have all


@undone("没有比较")
def show_impact(folder: Path, other: str, year: int | None, html: Path | None, as_json: bool) -> None:
    from engine.workbench.checking import loaded
    from engine.workbench.impact.impact import impact
    from engine.workbench.impact.versions import version_of
    from models.database import reading

    workspace = Workspace.open(folder)
    if year is not None:
        workspace = workspace.of(f"{year}-01")
    version = version_of(workspace, other)
    after, findings = loaded(version.files)
    if after is None:
        raise RulesetFaulty(findings)
    _require_year(workspace, other, after, year)
    current, known = loaded(workspace.of(after.months[0]).ruleset_files)
    with progress("比较各月") as advance, reading(workspace.database) as connection:
        found = impact(connection, current, after, findings, known, advance)
    if html is not None:
        _write(found, version.name, html, workspace.templates)
    if as_json:
        say_json(found.as_json())
    else:
        _tell(found, version.name)
        if html is not None:
            say(f"网页：{html}")


def _require_year(workspace: Workspace, other: str, after: Ruleset, year: int | None) -> None:
    if year is None or after.year == year:
        return
    fitting = [name for name, own in workspace.years.items() if own == str(year)]
    hint = f"{year} 年度的：{'、'.join(fitting)}" if fitting else f"写作 --year {after.year}"
    raise InputError(f"{other} 是 {after.year} 年度的规则集，不是 {year} 年度的", hint)


def _write(found: Impact, name: str, target: Path, overrides: Path) -> None:
    from engine.notices.impact import impact_page
    from engine.notices.render import page_bytes

    page = page_bytes(overrides, "impact.html.j2", impact_page(found, name))
    try:
        with replaced(target) as fresh:
            fresh.write_bytes(page)
    except OSError as error:
        raise file_error(error) from error


def _tell(found: Impact, name: str) -> None:
    from engine.notices.impact import minus_signs, months_words
    from engine.workbench.impact.parts import LEVEL_WORDS

    say(f"另一版：{name}")
    months = months_words(found.months)
    span = f"比较{months}" if months else "还没有计过分的月份，只比较两版规则"
    say(f"原：账本现有的分录，即各月最近一次计分的结果；新：同样的事实，全年都用另一版规则。{span}")
    say(f"结论：{LEVEL_WORDS[found.level]}")
    if found.changes:
        rows = ((one.rule, LEVEL_WORDS[one.level].partition("：")[0], minus_signs(one.what)) for one in found.changes)
        table(("规则", "程度", "改了什么"), rows)
    _tell_clauses(found)
    _tell_entries(found)
    _tell_units(found)
    tell_findings(found.findings)


def _tell_clauses(found: Impact) -> None:
    from engine.notices.wording import signed

    if found.clauses:
        say("各条款的分录")
        rows = (
            (one.category, one.clause, str(one.tally.gained), str(one.tally.lost), str(one.tally.changed), str(len(one.units)),
             signed(one.tally.by))
            for one in found.clauses
        )  # fmt: skip
        table(("类别", "条款", "新增", "失去", "变动", "单位", "合计"), rows, right=("新增", "失去", "变动", "单位", "合计"))


def _tell_entries(found: Impact) -> None:
    from engine.notices.wording import pts, source_words

    largest = sorted(found.entries, key=lambda one: -abs(one.by))[:SHOWN]
    if largest:
        say("变动最大的分录")
        rows = (
            (one.month, one.unit, one.rule, one.fact, "" if one.before is None else pts(one.before),
             "" if one.after is None else pts(one.after), source_words(one.file, one.sheet, one.row))
            for one in largest
        )  # fmt: skip
        table(("月份", "单位", "规则", "事实", "原", "新", "来源"), rows, right=("原", "新"))
        _tell_rest(len(found.entries), "条")


def _tell_units(found: Impact) -> None:
    from engine.notices.impact import from_to, veto_words
    from engine.notices.wording import pts

    moved = sorted(found.moved, key=lambda one: -abs(one.after - one.before))[:SHOWN]
    if moved:
        say("积分、名次、等次有变的单位（等次按现有各月预计）")
        rows = (
            (one.category, one.unit, pts(one.before), pts(one.after), from_to(one.rank_before, one.rank_after),
             from_to(one.grade_before, one.grade_after))
            for one in moved
        )  # fmt: skip
        table(("类别", "单位", "原累计", "新累计", "名次", "等次"), rows, right=("原累计", "新累计"))
        _tell_rest(len(found.moved), "个")
    for one in found.vetoes:
        say(veto_words(*one))


def _tell_rest(count: int, word: str) -> None:
    if count > SHOWN:
        say(f"另有 {count - SHOWN} {word}未列出；用 --json 或 --html 可得到全部")
