"""Random years of facts, every row as a clerk would write it and valid by the dictionary, skewed to where rules bite.

A few busy units report most of the cases, so that caps, onces and bests are reached; the units of the closed lists
and every edge value (zero, one short, 10^12, four decimals, an end in the month of the start) come up often.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .sheet import COUNTIES, DEPARTMENTS, Row

MONTHS = tuple(f"2023-{number:02d}" for number in range(1, 13))
_TIMELINE = ("2022-11", "2022-12", *MONTHS, "2024-01", "2024-02")
_LISTED = (
    *("市发改委", "市税务局", "市住建局", "市能源局", "市市场监管局", "市科技局", "国网长治供电公司"),
    *("市行政审批局", "市委编办", "市民政局", "市司法局", "市农业农村局", "市民宗局", "市总工会"),
    *("市金融办", "长治海关", "市商务局"),
)
_BOUND = {
    "平台网站建设": ("市发改委",),
    "等保测评完成": ("市发改委",),
    "信易贷平台建设": ("市发改委", "市金融办"),
    "守信主体占比": ("市税务局", "长治海关"),
    "负面清单案例": ("市发改委", "市商务局"),
    "特定信用信息": _LISTED[:7],
    "代码重错": _LISTED[7:14],
}
_TEXTS = (
    *("准入", "纳税", "用电 用气", "办理“信易贷”", '引号"甲"', "O'Brien", "甲|乙", "甲|", "|甲", "甲:乙", "{事项}"),
    *("📊监测", "𠮷林", "0123", "1.10", "100", "否", "12:30", "2023-04", "NA", "null", "A-1", "a-1", "反\\斜", "<b>粗</b>"),
    *("甲,乙;丙", "长" * 1000),
)
_INDUSTRIES = ("煤炭", "建筑", "住宿 餐饮", "农业|种植", "旅游🏞", "0123", "“电商”", "物流")
_UNKNOWN_INDUSTRIES = ("太空采矿", "煤炭业", "煤", "123")
_SCHEMES = ("告知承诺", "科研诚信承诺", "纳税信用承诺", "合同履约监管")
_INFORMATION = ("行政强制", "行政确认", "行政征收", "行政给付", "行政裁决", "行政补偿", "行政奖励", "行政监督检查")
_SPECIAL = ("纳税", "水费", "电费", "燃气费", "不动产", "知识产权", "科技研发")
_GRADES = ("0", "30", "29.995", "29.994999", "0.005", "0.004999", "0.000001", "12.345", "12.3456", "29.999999", "18")

_CASES = ("失信惩戒案例", "守信激励事例", "风险预警约谈", "舆情监测")
_NUMBERED = (*_CASES, "舆情处置", "媒体曝光", "退出严重失信", "负面清单案例", "宣传稿件", "双公示异议")
_NAMED = {
    "信用报告应用": "事项",
    "综合评价应用": "事项",
    "便民惠企事项": "事项",
    "分级分类监管": "领域",
    "严重失信名单认定": "名单",
    "诚信典型": "名称",
    "典型经验": "名称",
}
_PLAIN = ("等保测评完成", "信用报告首批试点", "信易贷平台建设")
_SPELLS = {"代码重错": "编号", "严重失信主体": "主体", "拖欠账款": "主体"}
# What tells two facts of a kind apart, in the dictionary's order.
KEYS: dict[str, tuple[str, ...]] = {
    "顶层文件落实": ("单位", "文件", "月份"),
    "平台网站建设": ("单位", "项目", "月份"),
    "双公示统计": ("单位", "月份"),
    "双公示评分": ("单位", "月份"),
    "双公示记录": ("单位", "文号"),
    "行政管理信息": ("单位", "月份", "类别"),
    "特定信用信息": ("单位", "月份", "类别"),
    "承诺制推行": ("单位", "制度", "事项", "月份"),
    "承诺信息报送": ("单位", "月份", "制度"),
    "信用修复": ("单位", "月份"),
    "信易贷入驻": ("单位", "月份"),
    "授权查询": ("单位", "月份"),
    "信易贷放款": ("编号",),
    "行业主管": ("行业", "起始月份"),
    "守信主体占比": ("单位", "月份", "指标"),
    "任务进展": ("单位", "任务", "月份"),
    "年终综合测评": ("单位", "年度"),
    **{kind: ("单位", "月份", "编号") for kind in _NUMBERED},
    **{kind: ("单位", field, "月份") for kind, field in _NAMED.items()},
    **{kind: ("单位", "月份") for kind in _PLAIN},
    **{kind: ("单位", field, "起始月份") for kind, field in _SPELLS.items()},
}
_WEIGHTS = {kind: 2 for kind in KEYS} | {kind: 6 for kind in _CASES}
_WEIGHTS |= {"双公示统计": 5, "信易贷放款": 5, "信用修复": 4, "顶层文件落实": 5, "承诺制推行": 4, "行政管理信息": 4}
_WEIGHTS |= {"特定信用信息": 4, "守信主体占比": 4, "行业主管": 4, "年终综合测评": 1, "双公示记录": 1}


def random_year(seed: int, size: int = 600) -> list[Row]:
    """`size` valid facts of 2023, the same for the same seed; with 40 or more every kind occurs."""
    return _Year(random.Random(seed)).facts(size)


class _Year:
    """A year in the making: what is already told decides what may still be."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.busy = (*rng.sample(_LISTED, 2), rng.choice(DEPARTMENTS), *rng.sample(COUNTIES, 2))
        self.rows: list[Row] = []
        self.keys: set[tuple[str, ...]] = set()
        self.spells: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self.makers: dict[str, Callable[[], Row | None]] = {
            "顶层文件落实": self.document,
            "平台网站建设": lambda: {"项目": rng.choice(("平台", "网站"))},
            "双公示统计": self.publicity,
            "双公示评分": lambda: {"得分": rng.choice((*_GRADES, _decimal(rng.randrange(30 * 10**6), 6)))},
            "双公示记录": self.record,
            "行政管理信息": lambda: self.report("类别", _INFORMATION),
            "特定信用信息": lambda: self.report("类别", _SPECIAL),
            "承诺信息报送": lambda: self.report("制度", _SCHEMES),
            "承诺制推行": lambda: {"制度": rng.choice(_SCHEMES), "事项": self.name()},
            "信用修复": lambda: {"条数": str(rng.choice((0, 1, 3, 7, 19, 20, 21, 10**12)))},
            "信易贷入驻": lambda: self.part_of("入驻企业数", "企业总数"),
            "授权查询": lambda: self.part_of("授权企业数", "授权企业总数"),
            "信易贷放款": self.loan,
            "行业主管": self.in_charge,
            "守信主体占比": self.shares,
            "任务进展": self.progress,
            "年终综合测评": lambda: {"年度": "2023", "得分": self.percent()},
            **{kind: self.numbered for kind in _NUMBERED},
            **{kind: lambda field=field: {field: self.name()} for kind, field in _NAMED.items()},
            **{kind: dict for kind in _PLAIN},
            **{kind: lambda field=field: {field: self.name()} for kind, field in _SPELLS.items()},
            "宣传稿件": lambda: self.numbered() | {"标题": rng.choice(_TEXTS)},
            "双公示异议": lambda: self.numbered() | {"及时处理": rng.choice("是否")},
            "代码重错": lambda: {"编号": self.name(), "类型": rng.choice(("重码", "错码"))},
        }

    def facts(self, size: int) -> list[Row]:
        kinds = list(KEYS)
        self.rng.shuffle(kinds)
        kinds.sort(key=lambda kind: kind == "双公示记录")  # last: it needs a grade beside it
        for kind in kinds:
            self.tell(kind)
        while len(self.rows) < size:
            self.tell(self.rng.choices(kinds, [_WEIGHTS[kind] for kind in kinds])[0])
        self.rng.shuffle(self.rows)
        return self.rows[:size]

    def tell(self, kind: str) -> None:
        """Adds one fact of the kind, unless its key or its time is taken."""
        made = self.makers[kind]()
        if made is None:
            return
        row = {"fact": kind} | self.common(kind, made) | made
        if kind in _SPELLS:
            row |= self.spell()
        if self.clashes(kind, row):
            return
        if self.rng.random() < 0.03:
            row[self.rng.choice(("备注", "佐证材料"))] = self.rng.choice(_TEXTS)
        self.rows.append(row)

    def common(self, kind: str, made: Row) -> Row:
        """The unit and month that most kinds begin with."""
        common: Row = {}
        if "单位" not in made and kind != "信易贷放款":
            common["单位"] = self.unit(kind)
        if "月份" in KEYS[kind] or kind == "信易贷放款":
            common["月份"] = self.rng.choice(MONTHS)
        return common

    def clashes(self, kind: str, row: Row) -> bool:
        """Whether the row's key or time is taken; if not, they are from now on."""
        key = (kind, *(row.get(field, "") for field in KEYS[kind]))
        if key in self.keys or not self.free_in_time(kind, row) or self.would_be_made_twice(kind, row):
            return True
        self.keys.add(key)
        return False

    def free_in_time(self, kind: str, row: Row) -> bool:
        """Two spells of one thing never overlap; one that ends in its first month still keeps that month to itself."""
        if "起始月份" not in KEYS[kind]:
            return True
        thing = (kind, *(row[field] for field in KEYS[kind] if field != "起始月份"))
        start, end = row.get("起始月份", ""), row.get("终止月份", "9999-12")
        end = start + "+" if end == start else end
        taken = self.spells.setdefault(thing, [])
        if any(start < other_end and other < end for other, other_end in taken):
            return False
        taken.append((start, end))
        return True

    def would_be_made_twice(self, kind: str, row: Row) -> bool:
        """Records are kept to units and months with a grade and no figures, so that what is made of them scores 0."""
        if kind != "双公示统计":
            return False
        return any(
            other["fact"] == "双公示记录" and other["单位"] == row["单位"] and other["决定日期"][:7] == row["月份"]
            for other in self.rows
        )

    def unit(self, kind: str) -> str:
        """Busy units have half of everything and most of the cases; a closed list has a third of its own kind."""
        if kind in _BOUND and self.rng.random() < 0.35:
            return self.rng.choice(_BOUND[kind])
        crowded = kind in _CASES or kind in ("承诺制推行", "信用修复", "顶层文件落实")
        draw = self.rng.random()
        if draw < (0.8 if crowded else 0.5):
            return self.rng.choice(self.busy[1:4] if crowded else self.busy)
        return self.rng.choice(_LISTED if draw > 0.75 else DEPARTMENTS + COUNTIES)

    def name(self) -> str:
        """Few different names, so that one thing is told of in several months."""
        return self.rng.choice(_TEXTS[:6] if self.rng.random() < 0.6 else _TEXTS)

    def numbered(self) -> Row:
        return {"编号": self.name() if self.rng.random() < 0.3 else f"{self.rng.randrange(60):03d}"}

    def total(self) -> int:
        return self.rng.choice((0, 1, 2, 3, 6, 7, 9, 13, 300, 10**12, self.rng.randrange(1, 2000)))

    def part(self, total: int) -> int:
        return self.rng.choice((0, total, total, max(total - 1, 0), min(total, 1), total // 2, self.rng.randint(0, total)))

    def part_of(self, part: str, total: str) -> Row:
        number = self.total()
        return {part: str(self.part(number)), total: str(number)}

    def report(self, field: str, choices: tuple[str, ...]) -> Row:
        return {field: self.rng.choice(choices)} | self.part_of("合规数", "报送数")

    def document(self) -> Row:
        document = self.rng.choice((1, 1, 2, 13, self.rng.randint(1, 13)))
        return {"文件": str(document), "方式": self.rng.choice(("转发", "转发并落实", "细化", "细化并落实"))}

    def publicity(self) -> Row:
        due = self.total()
        told = self.part(due)
        numbers = {"应报数": due, "实报数": told, "及时数": self.part(told), "合规数": self.part(told)}
        return {field: str(number) for field, number in numbers.items()}

    def record(self) -> Row | None:
        figures = {(row["单位"], row["月份"]) for row in self.rows if row["fact"] == "双公示统计"}
        graded = [(row["单位"], row["月份"]) for row in self.rows if row["fact"] == "双公示评分"]
        places = [place for place in graded if place not in figures]
        if not places:
            return None
        unit, month = self.rng.choice(places)
        row = {"单位": unit, "文号": f"长〔2023〕{self.rng.randrange(10**6)}号", "相对人": self.name()}
        row |= {"类型": self.rng.choice(("行政许可", "行政处罚")), "合规": self.rng.choice("是否")}
        row["决定日期"] = f"{month}-{self.rng.randint(1, 14):02d}"
        if self.rng.random() < 0.7:
            row["上报日期"] = f"{month}-{self.rng.randint(14, 28):02d}"
        return row

    def loan(self) -> Row:
        industry = self.rng.choice(_UNKNOWN_INDUSTRIES if self.rng.random() < 0.15 else _INDUSTRIES)
        return {"编号": f"贷{self.rng.randrange(10**6)}", "行业": industry, "县区": self.rng.choice(COUNTIES)}

    def in_charge(self) -> Row | None:
        """An industry's department, for ever or for a time; two in turn make a hand-over."""
        row = {"行业": self.rng.choice(_INDUSTRIES), "单位": self.rng.choice((*self.busy[:3], *DEPARTMENTS))}
        start, end = sorted(self.rng.sample(_TIMELINE, 2))
        if self.rng.random() < 0.7:
            row["起始月份"] = start
        if self.rng.random() < 0.7:
            row["终止月份"] = end
        return row

    def spell(self) -> Row:
        start = self.rng.choice(_TIMELINE[:14])
        draw = self.rng.random()
        if draw < 0.3:
            return {"起始月份": start}
        end = start if draw < 0.45 else self.rng.choice([month for month in _TIMELINE if month > start])
        return {"起始月份": start, "终止月份": end}

    def percent(self) -> str:
        return self.rng.choice(("0", "100", "50", "87.5", "0.0001", "99.9999", _decimal(self.rng.randrange(10**6), 4)))

    def shares(self) -> Row:
        """Ours against the nation's: equal, a ten-thousandth above or below, or anything."""
        nation = self.rng.randrange(1, 10**6)
        ours = self.rng.choice((nation, nation + 1, nation - 1, self.rng.randrange(10**6)))
        index = self.rng.choice(("纳税信用A级", "海关高级认证"))
        return {"指标": index, "本地占比": _decimal(ours, 4), "全国占比": _decimal(nation, 4)}

    def progress(self) -> Row:
        row = {"任务": str(self.rng.randint(1, 39)), "状态": self.rng.choice(("已启动", "推进中", "已完成"))}
        if self.rng.random() < 0.5:
            row["说明"] = self.rng.choice(_TEXTS)
        return row


def _decimal(number: int, places: int) -> str:
    """So many units of the last place, as a plain text without trailing zeros."""
    whole, rest = divmod(number, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
