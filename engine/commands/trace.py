"""The `trace` command: from one entry back to the cells it was made of, and forward to every rank it moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.commands.talk import hang, progress, say, say_json
from engine.workspace import Workspace

if TYPE_CHECKING:
    from engine.dsl.model import Ruleset
    from engine.ledger.history import Version
    from engine.workbench.forward import MonthEffect, YearEffect
    from engine.workbench.trace import Origin, Posting, Trace

_MOVED = 12  # other units that a line names
_LEAD = "  "


def show_trace(folder: Path, number: int, as_json: bool) -> None:
    from engine.workbench.trace import trace
    from engine.workbench.traced import as_json as told
    from models.database import reading

    workspace = Workspace.open(folder)
    with progress("追溯"), reading(workspace.database) as connection:
        found = trace(connection, workspace.folder, workspace.notices, number)
    if as_json:
        say_json(told(found))
    else:
        _tell(found, workspace.notices)


def _tell(found: Trace, notices: Path) -> None:
    from engine.commands.why import rule_title, styled
    from engine.notices.wording import signed

    one = found.posting
    kind = "冲销" if one.reverses else "计分"
    hang("", (f"分录〔{one.entry}〕{kind} {one.unit} {one.month}：", "bold"), styled(signed(one.points)))
    hang(_LEAD, rule_title(found.rule))
    _tell_posting(one)
    if found.taken_back:
        _tell_taken_back(found)
    say()
    _tell_origin(found)
    say()
    _tell_months(found)
    if found.year:
        _tell_year(found.year)
    say()
    say("通报：" if found.notices else f"通报：没有页面写有这一笔；还是草稿的月份，先用 `jifen notices {one.month}` 生成")
    for page in found.notices:
        hang(_LEAD, f"{notices.as_posix()}/{page}")


def _tell_posting(one: Posting) -> None:
    reason = f"，原因：{one.reason}" if one.reason else ""
    hang(f"{_LEAD}入账 ", f"第 {one.batch} 批，{one.at}，{one.operator}，规则集版本 {one.ruleset[:12]}{reason}")


def _tell_taken_back(found: Trace) -> None:
    from engine.notices.wording import signed

    if found.posting.reverses:
        award = found.award
        hang(f"{_LEAD}冲销 ", f"〔{award.entry}〕{signed(award.points)}，第 {award.batch} 批，{award.at}，{award.operator}")
    else:
        back = found.taken_back
        reason = f"，原因：{back.reason}" if back.reason else ""
        hang(f"{_LEAD}已冲销 ", f"〔{back.entry}〕第 {back.batch} 批，{back.at}，{back.operator}{reason}")
    for one in found.instead:
        hang(f"{_LEAD}改计 ", f"〔{one.entry}〕{signed(one.points)}")


def _tell_origin(found: Trace) -> None:
    from engine.commands.why import made_words

    say("从何而来：")
    for line in dict.fromkeys((found.match.say, *made_words(found.match, found.rule))):
        hang(_LEAD, line)
    if found.origin is None:
        hang(_LEAD, "来源 当月无相应上报")
    else:
        for line in _origin_lines(found.ruleset, found.origin):
            hang(_LEAD, line)


def _origin_lines(ruleset: Ruleset, origin: Origin) -> Iterator[str]:
    from engine.notices.wording import source_words

    one = origin.version
    yield f"事实 {one.kind} {' '.join(filter(None, one.key_texts))}（版本 {one.id}）"
    yield f"来源 {'由单条记录汇总' if one.derived else source_words(one.file, one.sheet, one.row)}"
    read = [cell for cell in origin.cells if cell.read]
    if read:
        yield "读到 " + "，".join(f"{cell.field} {cell.value}{f'（{cell.cell}）' if cell.cell else ''}" for cell in read)
    digest = f"，文件 sha256 {origin.sha256}" if origin.sha256 else ""
    yield f"{_brought(one)}{digest}"
    if origin.records:
        yield f"汇总 “{origin.records.kind}”{origin.records.count} 条"
        for record in origin.records.first:
            yield f"     {' '.join(filter(None, record.key_texts))}：{source_words(record.file, record.sheet, record.row)}"
    for name, others in (("此前", origin.earlier), ("此后", origin.later)):
        for other in others:
            yield f"{name}的版本 {other.id}：{_differing(one, other)}（{_brought(other)}）"


def _brought(one: Version) -> str:
    from models.tables import Act

    act = {Act.IMPORT: "导入", Act.WITHDRAW: "撤回", Act.DERIVE: "推导"}[one.act]
    reason = f"，原因：{one.reason}" if one.reason else ""
    return f"{act} 第 {one.change} 次，{one.at}，{one.operator}{reason}"


def _differing(one: Version, other: Version) -> str:
    if other.withdrawn:
        return "已撤回"
    names = [name for name in {**one.values, **other.values} if one.values.get(name) != other.values.get(name)]
    return "，".join(f"{name} {other.values.get(name, '（空）')}" for name in names) or "各值相同"


def _tell_months(found: Trace) -> None:
    before = "冲销之前，" if found.taken_back else ""
    say(f"影响到哪里（{before}各月的实际，和没有这一笔时；其余不变）：")
    for one in found.months:
        for lead, line in _month_lines(one):
            hang(lead, line)


def _month_lines(one: MonthEffect) -> Iterator[tuple[str, str]]:
    from engine.notices.wording import pts

    if one.own is None:
        yield f"{_LEAD}{one.month} ", "已没有接续的单位"
    else:
        was, then = one.own
        own = [
            _pair("本月积分", pts(was.month_points), pts(then.month_points)),
            _pair("本月名次", was.month_rank, then.month_rank),
            _pair("累计积分", pts(was.total_points), pts(then.total_points)),
            _pair("累计名次", was.total_rank, then.total_rank),
        ]
        yield f"{_LEAD}{one.month} ", f"{was.unit}：{'，'.join(own)}"
    told = []
    for was, then in one.others:
        ranks = [
            f"{name} {now}（无此笔 {other}）"
            for name, now, other in (("本月", was.month_rank, then.month_rank), ("累计", was.total_rank, then.total_rank))
            if now != other
        ]
        told.append(f"{was.unit}{'、'.join(ranks)}")
    if told:
        yield f"{_LEAD}        ", f"名次随之变动的：{_some(told)}"


def _pair(name: str, now: object, then: object) -> str:
    return f"{name} {now}（无此笔 {then}）" if now != then else f"{name} {now}"


def _some(told: list[str]) -> str:
    more = f"；等 {len(told)} 个单位，全部见 --json" if len(told) > _MOVED else ""
    return f"{'；'.join(told[:_MOVED])}{more}"


def _tell_year(year: YearEffect) -> None:
    whole = "" if year.posted == 12 else f"，已计 {year.posted} 个月，未计的按 0"
    lead, head = f"{_LEAD}{year.year} ", f"年度（{year.state}{whole}）"
    if year.own is None:
        hang(lead, f"{head}已没有接续的单位")
    else:
        now, then = year.own
        hang(lead, f"{head}{now.unit}：{_pair('名次', now.rank, then.rank)}，{_pair('等次', now.grade, then.grade)}")
    told = []
    for now, then in year.others:
        places = [_pair("名次", now.rank, then.rank)] if now.rank != then.rank else []
        places += [_pair("等次", now.grade, then.grade)] if now.grade != then.grade else []
        told.append(f"{now.unit}{'，'.join(places)}")
    if told:
        hang(f"{_LEAD}        ", f"名次、等次随之变动的：{_some(told)}")
