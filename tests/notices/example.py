"""A small invented city, and a book of its April: every way that a line of a notice can look."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from engine.dsl.formula import parse_formula
from engine.dsl.model import (
    Band,
    Cap,
    Clause,
    Field,
    Kind,
    Pattern,
    PointsTable,
    Rate,
    Rule,
    Ruleset,
    Time,
    Unit,
)
from engine.dsl.model import Test as Condition
from engine.dsl.types import MonthType, TextType, UnitType, WholeType
from engine.facts import Fact, canonical
from engine.ledger.book import Book, FactLine, MatchLine, Standing
from engine.ledger.idle import Idle, idle_rules
from engine.ledger.reviews import Answer, Decision, Request
from engine.notices.render import Progress, month_pages, write_month
from models.tables import Outcome

SCRIPT = "<script>alert('改')</script>"
BUREAUS = (
    "市发展局 市公安局 市教育局 市财政局 市交通局 市水利局 市林业局 市气象局 市税务局 市统计局 市体育局 市民政局 市司法局 "
    "市商务局 市文旅局 市应急局 市审计局 市卫健委 市医保局 市住建局 市能源局 市粮食局 国网云江供电公司 市“双随机”&改革办"
).split()
COUNTIES = "安陵市 青溪县 白石县 望江区 高新技术产业开发区".split()
A, B = "附件4 附表一", "附件4 附表二"


def kind(name: str, time: Time, key: tuple[str, ...], counts: tuple[str, ...] = (), **others: str) -> Kind:
    fields = {"单位": Field("单位", UnitType()), "月份": Field("月份", MonthType())}
    fields |= {one: Field(one, TextType()) for one in key if one not in fields}
    fields |= {one: Field(one, WholeType()) for one in counts}
    return Kind(name, time, key, fields, unit_field="单位", month_field="月份", **others)


KINDS = {
    one.name: one
    for one in (
        kind("文件", Time.EVENT, ("单位", "文件", "月份")),
        kind("报送统计", Time.MONTHLY, ("单位", "月份"), ("应报数", "实报数", "及时数", "合规数")),
        kind("案例", Time.EVENT, ("单位", "编号", "月份")),
        kind("异议", Time.EVENT, ("单位", "编号", "月份")),
        kind("失信主体", Time.STATE, ("单位", "主体", "月份")),
    )
}


def rule(
    id_: str, title: str, item: str, units: tuple[str, ...], fact: str | None, points: object, *tests: Condition, **more: object
) -> Rule:
    category, table = ("部门", A) if id_.startswith("D") else ("县区", B)
    formula = parse_formula(points) if isinstance(points, str) else points
    pattern = Pattern(fact, tests) if fact else None
    return Rule(id_, title, f"{table} ({item})", category, units, pattern, more.pop("nones", ()), formula, **more)


def rules() -> tuple[Rule, ...]:
    found = []
    for letter, units in (("D", tuple(BUREAUS)), ("C", tuple(COUNTIES))):
        ways = PointsTable("方式", {"转发": Fraction(1), "细化并落实": Fraction(3)})
        found += [
            rule(f"{letter}01", "顶层文件落实", "一", units, "文件", ways, best_of="文件"),
            rule(f"{letter}03", "双公示报送情况", "三", units, "报送统计", "30 * 合规数 / 实报数", Condition("实报数", "gt", 0)),
            rule(f"{letter}04", "异议未及时处理", "四", units, "异议", parse_formula("-异议扣分").bind({"异议扣分": Fraction(3)})),
            rule(f"{letter}16", "失信惩戒案例", "十六", units, "案例", "2", cap=Cap(400, "year")),
            rule(f"{letter}29", "列入严重失信主体", "二十九", units, "失信主体", "-20", veto="不合格"),
        ]
    only = tuple(BUREAUS[:2])
    found.insert(3, rule("D06", "当月未共享特定信息", "六", only, None, "-5", nones=(Pattern("报送统计"),)))
    return tuple(found)


def clauses() -> dict[str, Clause]:
    told = [
        ("一", "一、推进信用制度建设与落实", "落实国家、省级文件", "转发、细化、落实顶层设计文件的情况"),
        ("三", "二、推进信用信息基础设施建设", "(三)提高“双公示”信息质量", "及时率、合规率、漏报瞒报情况"),
        ("四", "二、推进信用信息基础设施建设", "规范异议处理", "异议信息的处理情况"),
        ("六", "二、推进信用信息基础设施建设", "(六)加大特定信用信息归集力度", "特定信用信息共享情况"),
        ("十六", "三、推进新型监管机制建设", "实施失信惩戒", "失信惩戒案例报送情况"),
        ("十八", "四、推进信用惠民便企", "推进融资平台建设", "平台建设情况"),
        ("二十九", "六、推进政务诚信建设", "加强政府机构诚信建设", "政府机构列入严重失信主体的情况"),
    ]
    made = {}
    for table in (A, B):
        for item, section, goal, asks in told:
            no_points = "原表此格为空，不计分" if (table, item) == (B, "十八") else ""
            if item != "十八" or no_points:
                made[f"{table} ({item})"] = Clause(f"{table} ({item})", section, goal, asks, no_points)
    return made


def city() -> Ruleset:
    units = {name: Unit(name, f"云江市{name[1:]}" if name.startswith("市") else name, "部门") for name in BUREAUS}
    units |= {name: Unit(name, name, "县区") for name in COUNTIES}
    rates = tuple(
        Rate(name, "报送统计", parse_formula(text))
        for name, text in (("上报率", "实报数 / 应报数"), ("及时率", "及时数 / 实报数"), ("合规率", "合规数 / 实报数"))
    )
    return Ruleset(
        "yunjiang-2023", "云江市社会信用体系建设积分", 2023, ("部门", "县区"), KINDS, units, {}, rules(), clauses(),
        {"部门": (Band("优秀", to=10),), "县区": (Band("优秀", to=3),)}, rates=rates, fingerprint="0123456789abcdef" * 4,
    )  # fmt: skip


def fact(kind_: str, unit: str, row: int, key: tuple[str, ...] = (), **values: object) -> FactLine:
    held = {"单位": unit, "月份": "2023-04", **values}
    return FactLine(kind_, (unit, *key, "2023-04"), held, "/home/某人/inbox/四月上报.xlsx", kind_, row)


def report(unit: str, row: int, due: int, sent: int, timely: int, right: int) -> FactLine:
    return fact("报送统计", unit, row, 应报数=due, 实报数=sent, 及时数=timely, 合规数=right)


def unit_lines(place: int, unit: str, letter: str) -> tuple[list[FactLine], list[MatchLine]]:
    """A unit's April, its ways of scoring by its place in the list."""
    facts, matches = [], []

    def match(rule_: str, one: FactLine | None, raw: int, formula: str, say: str, given: int | None = None, limit: str = ""):
        facts.extend([one] if one else [])
        matches.append(MatchLine(unit, letter + rule_, one, raw, raw if given is None else given, limit, formula, say))

    document = fact("文件", unit, 5, ("3",), 文件="3", 方式="细化并落实")
    if place % 3 == 0:
        match("01", document, 300, "细化并落实：3", "顶层文件落实：3", 200, "best")
    right = 40 - place % 7
    if place % 5 != 4:
        match("03", report(unit, 7 + place, 40, 40, 39, right), 3000 * right // 40, f"30 × {right}/40", f"{right} 条合规，共 40 条")
    elif letter == "D" and unit in BUREAUS[:2]:
        match("06", None, -500, "-5", "当月未共享特定信息")
    if place % 6 == 1:
        match("04", fact("异议", unit, 3, ("甲-1",)), -300, "-3", f"异议未及时处理：{SCRIPT}")
    if place == 2:
        for number, given in ((1, 200), (2, 200), (3, 0)):
            match("16", fact("案例", unit, number, (str(number),)), 200, "2", f"案例 {number} 号", given, "" if given else "cap-year")
    if place == 4:
        facts.append(report(unit, 9, 0, 0, 0, 0))
        match("29", fact("失信主体", unit, 11, ("某镇(街道)政府",)), -2000, "-20", "列入严重失信主体：某镇(街道)政府")
    return facts, matches


def april() -> Book:
    ruleset = city()
    facts, matches = {}, {}
    for units, letter in ((BUREAUS, "D"), (COUNTIES, "C")):
        for place, unit in enumerate(units):
            own, fired = unit_lines(place, unit, letter)
            facts[unit], matches[unit] = tuple(own), tuple(fired)
    month = {unit: sum(one.given for one in lines) for unit, lines in matches.items()}
    march = {unit: 2000 + 37 * (place * 5 % 11) for place, unit in enumerate(ruleset.units)}
    months = {"2023-02": dict.fromkeys(ruleset.units, 1500), "2023-03": march, "2023-04": month}
    total = {unit: sum(points[unit] for points in months.values()) for unit in ruleset.units}
    ranks = {period: ranked(ruleset, points) for period, points in months.items()}
    by_total = ranked(ruleset, total)
    standings = [
        Standing(one.category, one.name, month[one.name], total[one.name], ranks["2023-04"][one.name], by_total[one.name])
        for one in ruleset.units.values()
    ]
    standings.sort(key=lambda one: (ruleset.categories.index(one.category), one.month_rank, ruleset.order[one.unit]))
    entries = {
        unit: {rule_: sum(one.given for one in lines if one.rule == rule_) for rule_ in dict.fromkeys(one.rule for one in lines)}
        for unit, lines in matches.items()
    }
    return Book(
        ruleset, "2023-04", ruleset.rules, tuple(standings), months, ranks, matches, facts, entries,
        idle_of(ruleset, ruleset.rules, facts, matches),
    )  # fmt: skip


def idle_of(ruleset: Ruleset, rules, facts, matches) -> dict[str, dict[str, Idle]]:
    """What stands in a book of the rules that did not fire, from the facts that it shows."""
    def held(unit: str) -> list[tuple[Fact, FactLine]]:
        return [(Fact(line.kind, canonical(line.key), line.values), line) for line in facts.get(unit, ())]

    return {
        unit: idle_rules(
            ruleset, [one for one in rules if unit in one.units], held(unit), [one.rule for one in matches.get(unit, ())]
        )
        for unit in ruleset.units
    }


def requests() -> list[Request]:
    """Requests for review in every state, one with an attachment's address that nothing breaks."""
    by_id = {one.id: one for one in rules()}
    change = Decision(Outcome.CHANGE, "凭证属实，不应计入", "2023-05-20T02:00:00Z", "李四")
    told = [
        ("D04", BUREAUS[1], f"异议已按时处理{SCRIPT}", None, None),
        ("C04", COUNTIES[4], "https://" + "附件" * 60, Decision(Outcome.UPHOLD, "没有新的材料", "2023-05-20T02:00:00Z", "李四"), None),
        ("D04", BUREAUS[7], "异议已按时处理", change, None),
        ("D16", BUREAUS[23], "少计一件", change, Answer(9, "2023-03/更正通报-1.html")),
    ]
    return [
        Request(number, "2023-05-10T01:00:00Z", "张三", "2023-04" if number < 4 else "2023-03", unit, by_id[rule_], text,
                "2023-05-22" if number != 2 else "", decision, answer)
        for number, (rule_, unit, text, decision, answer) in enumerate(told, start=1)
    ]  # fmt: skip


def ranked(ruleset: Ruleset, points: dict[str, int]) -> dict[str, int]:
    def rank(unit: str) -> int:
        rivals = (one.name for one in ruleset.units.values() if one.category == ruleset.units[unit].category)
        return 1 + sum(points[rival] > points[unit] for rival in rivals)

    return {unit: rank(unit) for unit in points}


def first_month() -> Book:
    """The same April without any month before it."""
    book = april()
    return replace(book, months={"2023-04": book.months["2023-04"]}, ranks={"2023-04": book.ranks["2023-04"]})


def render_month(book: Book, overrides: Path | None, out: Path, progress: Progress | None = None) -> list[Path]:
    """A book's notices as the command writes them: rendered first, then put into the month's folder."""
    return write_month(month_pages(book, overrides, progress), out / book.period)
