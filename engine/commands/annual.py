"""The year's commands: its result, its approval, its notice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.clock import day_of, moment
from engine.commands.copies import Copies, write_pdfs
from engine.commands.month import open_page, render_overview
from engine.commands.talk import progress, say, say_json, table, warn
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.ledger.annual import (
    YearResult,
    missing_evaluations,
    missing_months,
    what_lacks,
    year_months,
    year_result,
    year_ruleset,
)
from engine.ledger.approving import Endorsement, approve, approved, changed_units, waits
from engine.ledger.annual_listing import as_json, evaluation_text, state
from engine.ledger.reading import kept_ruleset
from engine.scoring.points import decimal
from engine.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMATS = ("table", "json", "xlsx")


@dataclass(frozen=True)
class _Shown:
    """A year to show: as approved, or as the ledger gives it now (`endorsed` is None)."""

    ruleset: Ruleset
    result: YearResult
    endorsed: Endorsement | None
    changed: int  # units of an approved year whose result would be another by now


def _of(workspace: Workspace, year: int) -> Ruleset:
    """The rules of the workspace for a year, though it has gone on to another."""
    return workspace.of(year_months(year)[-1]).ruleset


def _shown(connection: Connection, current: Ruleset, year: int) -> _Shown:
    ruleset = year_ruleset(connection, current, year)
    now, stood = year_result(connection, ruleset), approved(connection, year)
    if stood is None:
        return _Shown(ruleset, now, None, 0)
    changed = len(changed_units(stood.result, now))
    return _Shown(kept_ruleset(connection, stood.result.ruleset), stood.result, stood.endorsed, changed)


def _require_whole(shown: _Shown) -> None:
    lacks = what_lacks(shown.ruleset, shown.result)
    if lacks:
        year = shown.result.year
        raise InputError(f"{year} 年度结果还缺：{lacks}", f"补齐后再试；先看大概用 `jifen annual {year} --provisional`（按 0 计）")


def show_annual(folder: Path, year: int, provisional: bool, form: str, output: Path | None) -> None:
    from models.database import reading

    workspace = Workspace.open(folder)
    with progress(f"汇总 {year} 年") as _, reading(workspace.database) as connection:
        shown = _shown(connection, _of(workspace, year), year)
    result, ruleset = shown.result, shown.ruleset
    if not provisional:
        _require_whole(shown)
    elif lacks := what_lacks(ruleset, result):
        warn(f"提醒：预估，以下按 0 计：{lacks}")
    if shown.changed:
        warn(f"提醒：{year} 年度结果{shown.endorsed.told}{waits(year, shown.changed)}")
    if form == "xlsx":
        from engine.ledger.annual_listing import write_xlsx

        write_xlsx(ruleset, result, shown.endorsed, output)
        say(f"已写入 {output}（{state(shown.endorsed)}，{len(result.units)} 个单位）")
    elif form == "json":
        told = as_json(result, shown.endorsed)
        if provisional:
            told["missing"] = {
                "months": list(missing_months(result)), "evaluations": list(missing_evaluations(result, ruleset)),
            }  # fmt: skip
        _say_json(told, output)
    else:
        _say_table(ruleset, shown)


def _say_json(told: dict[str, object], output: Path | None) -> None:
    if output is None:
        say_json(told)
        return
    from engine.files import replaced

    with replaced(output) as fresh:
        fresh.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    say(f"已写入 {output}")


def _say_table(ruleset: Ruleset, shown: _Shown) -> None:
    evaluation = ruleset.annual_rule().fact
    table(
        ("类别", "名次", "单位", "月度积分", evaluation, "总成绩", "等次", "一票否决"),
        (
            (one.category, str(one.rank), one.unit, decimal(one.points), evaluation_text(one.evaluation), decimal(one.score),
             one.grade, "、".join(one.vetoed_by))
            for one in shown.result.units
        ),
        right=("名次", "月度积分", evaluation, "总成绩"),
    )  # fmt: skip
    units = shown.result.units
    grades = dict.fromkeys([one.band for one in units] + [one.grade for one in units])  # by rank, so a veto moves none ahead
    counts = "，".join(f"{grade} {sum(one.grade == grade for one in units)}" for grade in grades)
    told = f"（{day_of(shown.endorsed.at)}，{shown.endorsed.by}）" if shown.endorsed else ""
    say(f"{shown.result.year} 年度{state(shown.endorsed)}{told}：{counts}")


def approve_year(folder: Path, year: int, by: str, number: str, dry_run: bool, as_json_: bool) -> None:
    from engine.notices.annual import annual_page
    from engine.notices.render import page_bytes
    from models.database import writing

    workspace = Workspace.open(folder)
    with progress(f"审定 {year} 年"), writing(workspace.database, keep=not dry_run) as connection:
        current = _of(workspace, year)
        ruleset = year_ruleset(connection, current, year)

        def rendering(result: YearResult, endorsed: Endorsement) -> bytes:
            return page_bytes(workspace.templates, "annual.html.j2", annual_page(ruleset, result, endorsed, number))

        at = moment()
        result, changed = approve(connection, current, year, rendering, by=by, at=at)
    files = [] if dry_run else render_year(workspace, year)
    if as_json_:
        say_json({
            "year": year, "by": by, "date": day_of(at), "units": len(result.units), "changed": list(changed),
            "notices": [str(path) for path in files],
        })  # fmt: skip
        return
    again = f"，与上次审定相比 {len(changed)} 个单位有变：{'、'.join(changed)}" if changed else ""
    say(f"{year} 年度结果{'可以审定' if dry_run else f'已由{by}审定'}（{len(result.units)} 个单位{again}）")
    if files:
        say(f"通报：{files[0]}")


def render_year_notices(folder: Path, year: int, open_: bool, copies: Copies, as_json_: bool) -> None:
    copies.require()
    files = render_year(Workspace.open(folder), year)
    if copies.pdf:
        files += write_pdfs(files[:1])
    if as_json_:
        say_json({"year": year, "notices": [str(path) for path in files]})
    else:
        say(f"通报：{files[0]}（共 {len(files)} 个文件）")
    if open_:
        open_page(files[0])


def render_year(workspace: Workspace, year: int) -> list[Path]:
    """Writes a year's notice and index, and the page over all months; what was approved stays as issued."""
    from engine.notices.annual import annual_page
    from engine.notices.index import INDEX
    from engine.notices.render import page_bytes, write_year
    from models.database import reading

    with progress(f"生成 {year} 年的通报"), reading(workspace.database) as connection:
        stood = approved(connection, year)
        shown = _shown(connection, _of(workspace, year), year)
    _require_whole(shown)
    if stood:
        notice = stood.notice
    else:
        notice = page_bytes(workspace.templates, "annual.html.j2", annual_page(shown.ruleset, shown.result, None))
    file = write_year(year, notice, workspace.notices)
    render_overview(workspace)
    return [file, workspace.notices / str(year) / INDEX]
