"""One month's run: import what came in, post the difference, tell what nobody can use and what has gone stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.clock import moment
from engine.dsl.model import Ruleset
from engine.errors import InputError
from engine.facts import Fact, key_line
from engine.ledger.checking import Failing, failing_checks
from engine.ledger.closed import closings, how_closed, posted_hits
from engine.ledger.posting import Posted, differs, post
from engine.ledger.standings import posted_months
from engine.ledger.stored import newest_facts
from engine.ledger.unused import Unused, unused
from engine.obligations.judging import Judgements, Status, statuses
from engine.scoring.points import decimal
from engine.scoring.year import Year
from engine.workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.intake.reading import Reading
    from engine.intake.storing import Stored


@dataclass(frozen=True)
class Run:
    """What a run did, or with a preview would have done."""

    month: str
    posted: Posted
    unused: tuple[Unused, ...]
    unattributed: tuple[Fact, ...]
    stale: tuple[str, ...]  # later posted months whose points this run's facts have moved
    behind: tuple[str, ...]  # earlier posted months that stand otherwise than their facts now say
    statuses: Mapping[Status, int]  # how many obligations of units stand how
    failing: tuple[Failing, ...]  # check facts of the month that its ledger contradicts
    stored: Stored | None = None
    reading: Reading | None = None

    def as_json(self, notices: Sequence[Path]) -> dict[str, object]:
        return {
            "month": self.month,
            "batch": self.posted.batch,
            "posted": [
                {"entry": id_, "unit": one.unit, "rule": one.rule, "points": decimal(one.points), "kind": one.kind}
                for id_, one in self.posted.entries
            ],
            "unused": [one.as_json() for one in self.unused],
            "unattributed": [{"kind": fact.kind, "key": key_line(fact.key)} for fact in self.unattributed],
            "stale": list(self.stale),
            "checks": [one.as_json() for one in self.failing],
            "notices": [str(path) for path in notices],
        }


def require_month(ruleset: Ruleset, month: str) -> None:
    if month not in ruleset.months:
        raise InputError(
            f"{month} 不在规则集 {ruleset.name} 的年度 {ruleset.year} 内",
            f"月份应在 {ruleset.months[0]} 至 {ruleset.months[-1]} 之间",
        )


def for_month(workspace: Workspace, month: str) -> Workspace:
    """The workspace under the ruleset of a month's year; raises InputError where there is none, or more than one."""
    found = workspace.of(month)
    fitting = [name for name, year in workspace.years.items() if year == month[:4]]
    if month not in found.ruleset.months and fitting:
        raise InputError(
            f"{month} 不在规则集 {found.ruleset.name} 的年度 {found.ruleset.year} 内，这一年有几个规则集：{'、'.join(fitting)}",
            f'在 jifen.toml 里写明用哪一个，如 ruleset = "{fitting[0]}"',
        )
    require_month(found.ruleset, month)
    return found


def run_month(
    workspace: Workspace,
    month: str,
    reading: Reading | None = None,
    *,
    operator: str | None = None,
    keep: bool = True,
) -> Run:
    """Stores a reading, scores and posts in one transaction; `keep=False` goes the same way and rolls back.

    `operator` is who does it, where it is not the workspace's.

    Raises RulesetFaulty, IntakeRefused, InputError or Busy; then nothing is written.
    """
    from engine.derivation.deriving import rederive
    from models.database import writing

    ruleset = workspace.ruleset
    require_month(ruleset, month)
    with writing(workspace.database, keep=keep) as connection:
        now = moment()
        who = operator or workspace.operator
        stored = _store(connection, workspace, reading, who, now) if reading else None
        shut = closings(connection)
        if month in shut:
            raise InputError(f"{month} {how_closed(shut[month])}，不再计分", f"确需更正时用 `jifen correct {month} --reason 原因`")
        rederive(connection, ruleset, operator=who, at=now)
        facts = newest_facts(connection, ruleset)
        posted = [each for each in posted_months(connection) if each in ruleset.months]
        if not facts and not posted:
            raise InputError("工作区还没有事实，无从计分", f"先执行 `jifen import` 或 `jifen run {month} --from 文件夹`")
        closed = [each for each in posted if each in shut]
        year = Year(ruleset, facts, posted_hits(connection, ruleset, closed))
        judgements = Judgements(year)
        result = post(connection, workspace.ruleset_files, judgements, [month], at=now, operator=who)
        failing = failing_checks(connection, ruleset, [month])
        moved = [other for other in posted if other != month and other not in shut and differs(connection, judgements, other)]
    return Run(
        month,
        result,
        tuple(unused(year, month)),
        year.facts(month).unattributed,
        tuple(other for other in moved if other > month),
        tuple(other for other in moved if other < month),
        statuses(judgements.verdicts(month)),
        tuple(failing),
        stored,
        reading,
    )


def _store(connection: Connection, workspace: Workspace, reading: Reading, operator: str, now: str) -> Stored:
    from engine.intake.storing import store

    return store(connection, workspace.ruleset, reading, operator=operator, at=now)
