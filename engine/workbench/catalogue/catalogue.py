"""The scheme for people: clauses with their rules, obligations, settings and fact kinds, in words, with tests and entries.

Pure: a ruleset, its tests and what the last posted month gave make plain values; commands and the template show them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from engine.chinese_dates import date_words, month_words
from engine.dsl.formula import Formula, plain
from engine.dsl.model import Cap, Clause, Kind, PointsTable, Route, Rule, Ruleset, SettingRef, Time
from engine.dsl.obligation import Duty, Obligation
from engine.dsl.types import FieldType
from engine.ledger.by_rule import LastMonth
from engine.notices.catalogue_context import (
    CataloguePage,
    CataloguePart,
    CatalogueSection,
    ClauseEntry,
    FieldEntry,
    KindEntry,
    MonthSums,
    Reader,
    RuleEntry,
    SettingEntry,
    StatusCount,
    TaskEntry,
    TestLink,
    UnitSum,
)
from engine.notices.clauses import numbered
from engine.notices.index import MONTHLY
from engine.notices.overview import STATEMENTS
from engine.notices.rule_words import (
    evidence_words,
    limits_words,
    pattern_words,
    points_words,
    progress_words,
    setting_words,
    test_words,
    when_words,
)
from engine.notices.tasks import LEDGER, SIGNS
from engine.notices.wording import MINUS, statement_file
from engine.workbench.testing.rule_tests import Case
from engine.workbench.catalogue.scheme import (
    anchor,
    bound_units,
    free_fields,
    kind_readers,
    setting_entry,
    setting_readers,
    settings_of,
    task_anchor,
    units_words,
)
from engine.workbench.catalogue.worked import examples

_UNITS = 8  # of a rule's last month that are named
_TIMES = {
    Time.EVENT: "事件，属于某个月", Time.MONTHLY: "按月上报的数", Time.STATE: "持续的情形，自起始月份起",
    Time.RECORD: "单笔记录，汇总出月度数", Time.ANNUAL: "属于某一年", Time.TABLE: "对照表",
}  # fmt: skip
_DUTIES = {Duty.BY: "到期限为止办成", Duty.MONTHLY: "每个月都要有", Duty.CLEAN: "当月没有所列情形"}
_COMPARED = {"<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于", "=": "等于", "!=": "不等于"}
_OWN = "不出自来源条款的规则"

Href = Callable[[str], str]  # a file by its path below the workspace to what leads to it, "" where it is not there


@dataclass(frozen=True)
class Catalogue:
    """`tests` is the ruleset's folder below the workspace; `untested` says why there are no cases, "" where there are."""

    ruleset: Ruleset
    cases: Sequence[Case] = ()
    last: LastMonth | None = None
    tests: str = ""
    href: Href = lambda path: ""
    untested: str = ""

    def page(self) -> CataloguePage:
        ruleset = self.ruleset
        return CataloguePage(
            scheme=ruleset.title,
            ruleset=ruleset.name,
            fingerprint=ruleset.fingerprint[:12],
            year=str(ruleset.year),
            sources=ruleset.sources,
            month=month_words(self.last.period) if self.last else "",
            clause_count=len(ruleset.clauses),
            rule_count=len(ruleset.rules),
            parts=tuple(self._part(name, own) for name, own in self._clauses().items() if own),
            tasks=tuple(map(self.task, ruleset.obligations)),
            settings=tuple(map(self.setting, ruleset.settings)),
            kinds=tuple(map(self._kind, ruleset.kinds.values())),
            free=self._free,
            untested=self.untested,
        )

    def rule(self, rule: Rule) -> RuleEntry:
        members = bound_units(self.ruleset, rule.units)
        return RuleEntry(
            id=rule.id,
            anchor=rule.id,
            title=rule.title,
            category=rule.category,
            clause=rule.clause or "",
            when=when_words(rule, self.ruleset.kinds),
            formula=_worth_words(rule),
            written=_written(rule),
            limits=self._limits(rule),
            units=units_words(self.ruleset, members),
            members=members,
            valid=self._valid(rule),
            veto=f"到12月底仍符合的，不论名次，评为{rule.veto}" if rule.veto else "",
            replaces=rule.replaces or "",
            note=rule.note,
            say=rule.say.text if rule.say else "",
            settings=tuple(map(self.setting, settings_of(self.ruleset, rule))),
            examples=examples(self.ruleset, rule, self.cases),
            tests=self._links(case for case in self.cases if any(rule.id in own for own in case.expect.values())),
            month=self._month(rule),
            place=str(rule.place),
        )

    def task(self, task: Obligation) -> TaskEntry:
        members = bound_units(self.ruleset, task.units)
        held = self.last.statuses.get(task.no, {}) if self.last else {}
        return TaskEntry(
            no=task.no,
            anchor=task_anchor(task.no),
            title=task.title,
            clause=task.clause,
            units=units_words(self.ruleset, members),
            members=members,
            duty=_DUTIES[task.duty],
            due=self._due_words(task.due),
            done_when=self._done_words(task),
            standard="，".join(map(test_words, task.standard)),
            breach="；".join(map(pattern_words, task.breach)),
            note=task.note,
            settings=tuple(map(self.setting, settings_of(self.ruleset, task))),
            tests=self._links(case for case in self.cases if any(task.no in own for own in case.tasks.values())),
            month=month_words(self.last.period) if self.last else "",
            href=self.href(f"notices/{self.last.period}/{LEDGER}") if self.last else "",
            statuses=tuple(StatusCount(status, SIGNS[status].kind, held[status]) for status in SIGNS if status in held),
            place=str(task.place),
        )

    def clause(self, clause: Clause, rules: Sequence[Rule]) -> ClauseEntry:
        """A clause with its rules; `rules` are those of its category where the clause binds several."""
        items = dict.fromkeys(rule.item for rule in rules)
        return ClauseEntry(
            id=clause.id,
            anchor=anchor(clause.id) if clause.id else "",
            items=tuple(item for item in items if item not in {rule.id for rule in rules}),
            goal=numbered(clause) if clause.id else clause.goal,
            asks=clause.asks,
            no_points=clause.no_points,
            slips=clause.slips,
            rules=tuple(map(self.rule, rules)),
        )

    def setting(self, name: str) -> SettingEntry:
        return setting_entry(self.ruleset, self.ruleset.settings[name], self._readers[name])

    @cached_property
    def _readers(self) -> Mapping[str, tuple[Reader, ...]]:
        return setting_readers(self.ruleset)

    def _clauses(self) -> dict[str, list[tuple[Clause, list[Rule]]]]:
        """By category its clauses in the order of the source with their rules; last, the rules that follow no clause."""
        rules = self.ruleset.rules
        tables = {_table(rule.clause): rule.category for rule in reversed(rules) if rule.clause}
        found: dict[str, list[tuple[Clause, list[Rule]]]] = {name: [] for name in self.ruleset.categories}
        for clause in self.ruleset.clauses.values():
            own = [rule for rule in rules if rule.clause == clause.id]
            category = own[0].category if own else tables.get(_table(clause.id), self.ruleset.categories[0])
            found[category].append((clause, own))
        for category, clauses in found.items():
            own = [rule for rule in rules if rule.category == category]
            for name in dict.fromkeys(rule.clause for rule in own if rule.clause and rule.clause not in self.ruleset.clauses):
                clauses.append((Clause(name, "", "", ""), [rule for rule in own if rule.clause == name]))
            others = [rule for rule in own if not rule.clause]
            if others:
                clauses.append((Clause("", _OWN, "", ""), others))
        return found

    def _part(self, name: str, clauses: list[tuple[Clause, list[Rule]]]) -> CataloguePart:
        sections = tuple(
            CatalogueSection(title, anchor(name, title), tuple(self.clause(clause, rules) for clause, rules in own))
            for title, own in groupby(clauses, key=lambda one: one[0].section)
        )
        return CataloguePart(name, anchor(name), sections)

    def _limits(self, rule: Rule) -> tuple[str, ...]:
        """What bounds a rule in this year, and which settings say so."""
        months = (month for month in self.ruleset.months if rule.valid_from <= month <= rule.valid_to)
        settled = next((one for month in months for one in self.ruleset.in_force(month) if one.id == rule.id), None)
        if settled is None:
            return ()
        cap = settled.cap
        if cap is not None and isinstance(rule.cap.hundredths, SettingRef):
            cap = Cap(rule.cap.hundredths, cap.per)  # may change within the year: the setting's values stand beside the rule
        told = limits_words(replace(settled, cap=cap))
        chosen = (
            (rule.once_per, settled.once_per, "每件都计"),
            (rule.best_of, settled.best_of, "每次都计"),
            (rule.cap and rule.cap.per, cap, "不封顶"),
        )
        lifted = ((setting, word) for setting, held, word in chosen if isinstance(setting, SettingRef) and held is None)
        return (*told, *(f"按{setting_words(setting)}，{word}" for setting, word in lifted))

    def _valid(self, rule: Rule) -> str:
        months = self.ruleset.months
        if rule.valid_from <= months[0] and rule.valid_to >= months[-1]:
            return ""
        first, last = max(rule.valid_from, months[0]), min(rule.valid_to, months[-1])
        return f"{month_words(first)}至{month_words(last)}"

    def _due_words(self, due: str | SettingRef | None) -> str:
        if not isinstance(due, SettingRef):
            return date_words(due) if due else ""
        dates = dict.fromkeys(self.ruleset.settings[due.name].at(month) for month in self.ruleset.months)
        return f"{'、'.join(date_words(date) for date in dates if date)}（{setting_words(due)}）"

    def _done_words(self, task: Obligation) -> str:
        progress = self.ruleset.progress
        if task.duty is Duty.CLEAN:
            return ""
        told = [evidence_words(task), progress_words(task, progress) if progress else ""]
        return "，或".join(f"有{one}" for one in told if one)

    def _links(self, cases: Iterable[Case]) -> tuple[TestLink, ...]:
        places = ((case.name, case.place) for case in cases)
        return tuple(TestLink(name, f"{at.file}:{at.line}", self.href(f"{self.tests}/{at.file}")) for name, at in places)

    def _month(self, rule: Rule) -> MonthSums | None:
        if self.last is None:
            return None
        period, own = self.last.period, self.last.rules.get(rule.id, ())
        units = tuple(
            UnitSum(one.unit, self._statement(period, one.unit), one.count, one.given) for one in own[:_UNITS]
        )
        return MonthSums(
            month=month_words(period),
            href=self.href(f"notices/{period}/{MONTHLY}"),
            count=sum(one.count for one in own),
            given=sum(one.given for one in own),
            units=units,
            more=len(own) - len(units),
        )

    def _statement(self, period: str, unit: str) -> str:
        return self.href(f"notices/{period}/{STATEMENTS}/{statement_file(unit)}")

    def _kind(self, kind: Kind) -> KindEntry:
        return KindEntry(
            name=kind.name,
            anchor=anchor("事实", kind.name),
            time=_time_words(kind),
            fields=tuple(
                FieldEntry(name, _type_words(field.type), field.optional, name in kind.key)
                for name, field in kind.fields.items()
                if name not in self._free
            ),
            checks=tuple(f"{_side(check.left)}{_COMPARED[check.op]}{_side(check.right)}" for check in kind.checks),
            routes=tuple(f"{category}：{_route_words(route)}" for category, route in kind.routes.items()),
            readers=self._kind_readers[kind.name],
        )

    @cached_property
    def _kind_readers(self) -> Mapping[str, tuple[Reader, ...]]:
        return kind_readers(self.ruleset)

    @cached_property
    def _free(self) -> tuple[str, ...]:
        return free_fields(self.ruleset)


def _table(clause: str) -> str:
    return clause.rpartition(" ")[0]


def _worth_words(rule: Rule) -> str:
    by = f"按“{rule.points.field}”：" if isinstance(rule.points, PointsTable) else ""
    return f"{by}{points_words(rule.points)}"


def _written(rule: Rule) -> str:
    """The formula as it stands in the file."""
    if isinstance(rule.points, Formula):
        return rule.points.text
    told = {value: one.name if isinstance(one, SettingRef) else plain(one) for value, one in rule.points.points.items()}
    return f"by: {rule.points.field}，table: {'，'.join(f'{value}: {points}' for value, points in told.items())}"


def _route_words(route: Route) -> str:
    return f"按“{route.field}”查“{route.table}”" if route.table else f"“{route.field}”所填的单位"


def _side(side: object) -> str:
    return side if isinstance(side, str) else plain(side)


def _type_words(one: FieldType) -> str:
    """What a cell must hold, without the examples of months and dates, which a page writes otherwise."""
    return one.expected.partition("，如 ")[0].replace("-", MINUS)


def _time_words(kind: Kind) -> str:
    if kind.time is Time.STATE:
        return f"{_TIMES[kind.time]}，终止当月{'也算' if kind.end_counts else '不算'}"
    return _TIMES[kind.time]
