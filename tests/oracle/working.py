"""Random years in which units work on the tasks of annex 3: evidence whole and one short, in time and late, that meets the
standard or misses it by one, from units that answer for the task and from others, and progress of every status.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .sheet import COUNTIES, DEPARTMENTS, Row
from .tasks import TASKS
from .years import KEYS, MONTHS, random_year

_TIMELINE = ("2022-12", *MONTHS, "2024-01")
_SCHEMES = ("告知承诺", "科研诚信承诺", "纳税信用承诺", "合同履约监管")
_NUMBERED = ("失信惩戒案例", "守信激励事例", "风险预警约谈", "舆情监测", "舆情处置", "退出严重失信", "负面清单案例")


def working_year(seed: int) -> list[Row]:
    """Valid facts of 2023, the same for the same seed: three units at work on every task, among facts of all kinds."""
    return _Year(random.Random(seed)).facts()


class _Year:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rows: dict[tuple[str, ...], Row] = {}  # by key, so that none comes twice
        self.number = 0
        self.makers: dict[str, Callable[[], Row]] = {
            "顶层文件落实": lambda: {"文件": str(rng.randint(1, 13)), "方式": "转发"},
            "平台网站建设": lambda: {"项目": rng.choice(("平台", "网站"))},
            "双公示统计": self.publicity,
            "双公示异议": lambda: {"编号": self.name(), "及时处理": rng.choice("是否")},
            "行政管理信息": lambda: {"类别": rng.choice(("行政强制", "行政确认"))} | self.reported(),
            "特定信用信息": lambda: {"类别": rng.choice(("纳税", "水费"))} | self.reported(),
            "代码重错": lambda: {"编号": self.name(), "类型": rng.choice(("重码", "错码"))} | self.spell(),
            "严重失信主体": lambda: {"主体": self.name()} | self.spell(),
            "承诺制推行": lambda: {"制度": rng.choice(_SCHEMES), "事项": self.name()},
            "信用修复": lambda: {"条数": str(rng.choice((0, 0, 1, 20)))},
            "信易贷入驻": lambda: {"入驻企业数": "0", "企业总数": rng.choice("01")},
            "授权查询": lambda: {"授权企业数": "0", "授权企业总数": rng.choice("01")},
            "守信主体占比": self.shares,
            "宣传稿件": lambda: {"编号": self.name(), "标题": "稿"},
            **{kind: lambda: {"编号": self.name()} for kind in _NUMBERED},
            **{kind: lambda: {"事项": self.name()} for kind in ("信用报告应用", "综合评价应用", "便民惠企事项")},
            "分级分类监管": lambda: {"领域": self.name()},
            "严重失信名单认定": lambda: {"名单": self.name()},
            "典型经验": lambda: {"名称": self.name()},
            "等保测评完成": dict,
            "信易贷平台建设": dict,
        }

    def facts(self) -> list[Row]:
        for row in random_year(self.rng.randrange(10**6), 150):
            if row["fact"] != "双公示记录":  # what is made of them would stand beside the figures told here
                self.add(row)
        for number, task in TASKS.items():
            for _ in range(3):
                others = self.rng.random() < 0.2
                self.work(number, self.rng.choice(DEPARTMENTS + COUNTIES if others else task.units))
        rows = list(self.rows.values())
        self.rng.shuffle(rows)
        return rows

    def add(self, row: Row) -> None:
        self.rows.setdefault((row["fact"], *(row.get(field, "") for field in KEYS[row["fact"]])), row)

    def work(self, number: int, unit: str) -> None:
        """What one unit does about one task in the year: nothing, something of it, or all of it."""
        kinds = TASKS[number].shown
        if number == 1 and self.rng.random() < 0.4:
            self.documents(unit)
        for _ in range(self.rng.choice((0, 1, 1, 2, 4, 8))):
            if kinds and self.rng.random() < 0.6:
                self.tell(self.rng.choice(kinds), unit)
            else:
                status = self.rng.choice(("已启动", "推进中", "推进中", "已完成"))
                self.add(self.row("任务进展", unit) | {"任务": str(number), "状态": status})

    def documents(self, unit: str) -> None:
        """All thirteen but perhaps one, over some months of the year."""
        first, last = self.rng.choice(((0, 0), (0, 2), (1, 3), (2, 3), (3, 3), (1, 4), (3, 11)))
        left_out = self.rng.choice((0, 0, 1, 13, self.rng.randint(1, 13)))
        for document in range(1, 14):
            if document != left_out:
                month = MONTHS[self.rng.randint(first, last)]
                self.add(self.row("顶层文件落实", unit, month) | {"文件": str(document), "方式": "细化"})

    def tell(self, kind: str, unit: str) -> None:
        made = self.makers[kind]()
        self.add((self.row(kind, unit) if "起始月份" not in made else {"fact": kind, "单位": unit}) | made)

    def row(self, kind: str, unit: str, month: str | None = None) -> Row:
        return {"fact": kind, "单位": unit, "月份": month or self.rng.choice(MONTHS)}

    def name(self) -> str:
        self.number += 1
        return f"甲{self.number}"

    def reported(self) -> Row:
        """None, all of them conforming, or one short."""
        total = self.rng.choice((0, 1, 5, 10**12))
        return {"报送数": str(total), "合规数": str(max(0, total - self.rng.choice((0, 0, 1))))}

    def publicity(self) -> Row:
        """As it should be, or one short somewhere; nothing to report too."""
        due = self.rng.choice((0, 1, 7))
        told = max(0, due - self.rng.choice((0, 0, 0, 1)))
        timely, conforming = (max(0, told - self.rng.choice((0, 0, 0, 1))) for _ in range(2))
        return {"应报数": str(due), "实报数": str(told), "及时数": str(timely), "合规数": str(conforming)}

    def shares(self) -> Row:
        ours = self.rng.choice(("8.1", "8.1001", "8.0999"))
        return {"指标": self.rng.choice(("纳税信用A级", "海关高级认证")), "本地占比": ours, "全国占比": "8.1"}

    def spell(self) -> Row:
        start = self.rng.choice(_TIMELINE[:-1])
        end = self.rng.choice(("", start, *(month for month in _TIMELINE if month > start)))
        return {"起始月份": start, **({"终止月份": end} if end else {})}
