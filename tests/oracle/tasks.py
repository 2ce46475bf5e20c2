"""The 39 tasks of annex 3 read by hand: how every task of every unit that answers for it stands at a month's end.

The oracle for obligations. It walks rows of facts in plain Python and knows no ruleset and no engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from .sheet import COUNTIES, Row, departments_of, holds

MEETING = departments_of("联席会议") + COUNTIES
DOUBLE = departments_of("双公示") + COUNTIES
BUREAU = ("市发改委",)
APRIL, YEAR_END = "2023-04-30", "2023-12-31"
IDLE, UNDERWAY, DONE, OVERDUE, SUBSTANDARD = "未开始", "推进中", "已完成", "逾期", "不达标"
_LAST_DAYS = dict(zip(range(1, 13), (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))

Standing = tuple[str, str | None]  # status and due


class Task(NamedTuple):
    """Who answers for it; then the rows that show it done (or, for `clean`, that breach it)."""

    units: tuple[str, ...]
    kind: str  # the date; "monthly"; "clean"
    shown: tuple[str, ...] = ()  # kinds of facts, any one of which will do
    counts: Callable[[Row], bool] = lambda row: True  # whether a row of them is one at all
    parts: tuple[str, frozenset[str]] | None = None  # a field, and the values that all have to be there
    meets: Callable[[Row], bool] = lambda row: True  # the standard


def _some(row: Row) -> bool:
    return int(row["报送数"]) > 0


def _conforms(row: Row) -> bool:
    return int(row["合规数"]) == int(row["报送数"])


def _publicity(row: Row) -> bool:
    return int(row["应报数"]) == int(row["实报数"]) == int(row["及时数"]) == int(row["合规数"])


def _scheme(name: str) -> Callable[[Row], bool]:
    return lambda row: row["制度"] == name


def _units(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TASKS: dict[int, Task] = {
    1: Task(BUREAU, APRIL, ("顶层文件落实",), parts=("文件", frozenset(map(str, range(1, 14))))),
    2: Task(MEETING, APRIL, ("顶层文件落实",)),
    3: Task(BUREAU, YEAR_END, ("平台网站建设",), parts=("项目", frozenset({"平台", "网站"}))),
    4: Task(DOUBLE, "monthly", ("双公示统计",), meets=_publicity),
    5: Task(BUREAU, "monthly"),
    6: Task(DOUBLE, "clean", ("双公示异议",), lambda row: row["及时处理"] == "否"),
    7: Task(BUREAU, YEAR_END),
    8: Task(BUREAU, YEAR_END),
    9: Task(MEETING, "monthly", ("行政管理信息",), _some, meets=_conforms),
    10: Task(
        _units("市发改委 市税务局 市住建局 市能源局 市市场监管局 市科技局 国网长治供电公司"),
        "monthly", ("特定信用信息",), _some, meets=_conforms,
    ),
    11: Task(_units("市行政审批局 市委编办 市民政局 市司法局 市农业农村局 市民宗局 市总工会"), "clean", ("代码重错",)),
    12: Task(BUREAU, YEAR_END, ("等保测评完成",)),
    13: Task(_units("市司法局 市市场监管局 市行政审批局"), YEAR_END, ("承诺制推行",), _scheme("告知承诺")),
    14: Task(_units("市科技局 市人社局 市教育局"), YEAR_END, ("承诺制推行",), _scheme("科研诚信承诺")),
    15: Task(_units("市税务局"), YEAR_END, ("承诺制推行",), _scheme("纳税信用承诺")),
    16: Task(
        _units("市能源局 市财政局 市住建局 市交通局 市水利局 市发改委"), YEAR_END, ("承诺制推行",), _scheme("合同履约监管")
    ),
    17: Task(MEETING, YEAR_END, ("信用报告应用",)),
    18: Task(MEETING, YEAR_END, ("综合评价应用",)),
    19: Task(BUREAU, YEAR_END),
    20: Task(
        _units(
            "市市场监管局 市住建局 市交通局 市水利局 市发改委 市财政局 市应急局 市消防救援支队 市卫健委 市医保局 "
            "市生态环境局 市统计局 市能源局"
        ),
        YEAR_END, ("分级分类监管",),
    ),
    21: Task(MEETING, YEAR_END, ("严重失信名单认定", "失信惩戒案例")),
    22: Task(BUREAU, YEAR_END),
    23: Task(MEETING, YEAR_END, ("信用修复",), lambda row: int(row["条数"]) > 0),
    24: Task(_units("市发改委 市金融办"), YEAR_END, ("信易贷平台建设",)),
    25: Task(_units("市发改委 市中小企业服务中心 市商务局 市工商联"), "monthly", ("信易贷入驻",)),
    26: Task(_units("市金融办 人行长治中支 长治银保监分局"), YEAR_END, ("授权查询",)),
    27: Task(_units("市发改委 市金融办 人行长治中支 长治银保监分局"), YEAR_END),
    28: Task(MEETING, YEAR_END, ("便民惠企事项", "守信激励事例")),
    29: Task(
        _units("市税务局 长治海关"), "monthly", ("守信主体占比",),
        meets=lambda row: Fraction(row["本地占比"]) > Fraction(row["全国占比"]),
    ),
    30: Task(_units("市市场监管局 市行政审批局"), YEAR_END, ("退出严重失信",)),
    31: Task(_units("市发改委 市市场监管局"), YEAR_END, ("风险预警约谈",)),
    32: Task(
        _units("市委网信办 市卫健委 市市场监管局 市医保局 市应急局 市生态环境局 市城管局 市人社局 市文旅局"),
        YEAR_END, ("舆情监测", "舆情处置"),
    ),
    33: Task(MEETING, YEAR_END, ("宣传稿件",)),
    34: Task(_units("市发改委 市商务局"), YEAR_END, ("负面清单案例",)),
    35: Task(MEETING, "clean", ("严重失信主体",)),
    36: Task(_units("市工信局"), YEAR_END),
    37: Task(_units("市中级法院"), YEAR_END),
    38: Task(MEETING, YEAR_END, ("典型经验",)),
    39: Task(_units("市能源局"), YEAR_END),
}  # fmt: skip


def standings(facts: Iterable[Row], month: str) -> dict[tuple[int, str], Standing]:
    """(task, unit) to how it stands at the month's end, for every unit that answers for the task."""
    by_unit: defaultdict[str, list[Row]] = defaultdict(list)
    for row in facts:
        by_unit[row.get("单位", "")].append(row)
    return {
        (number, unit): _standing(number, task, by_unit[unit], month)
        for number, task in TASKS.items()
        for unit in task.units
    }


def _standing(number: int, task: Task, rows: list[Row], month: str) -> Standing:
    told = [row for row in rows if row["fact"] == "任务进展" and row["任务"] == str(number)]
    shown = [row for row in rows if row["fact"] in task.shown and task.counts(row)]
    if task.kind == "clean":
        return SUBSTANDARD if any(_in(row, month) for row in shown) else DONE, None
    if task.kind == "monthly":
        due = f"{month}-{_LAST_DAYS[int(month[5:])]}"
        return _of_the_month([row for row in shown if _in(row, month)], [row for row in told if _in(row, month)], task), due
    so_far = [row for row in shown if row["月份"] <= month]
    said = [row["状态"] for row in told if row["月份"] <= month]
    return _by_date(task, so_far, said, month), task.kind


def _in(row: Row, month: str) -> bool:
    return row["月份"] == month if "月份" in row else holds(row, month)


def _of_the_month(shown: list[Row], told: list[Row], task: Task) -> str:
    if shown:
        return DONE if all(map(task.meets, shown)) else SUBSTANDARD
    return DONE if told else OVERDUE


def _by_date(task: Task, shown: list[Row], said: list[str], month: str) -> str:
    if task.parts is None:
        done, begun = bool(shown), False
    else:
        field, wanted = task.parts
        done, begun = {row[field] for row in shown} == wanted, bool(shown)
    if done or "已完成" in said:
        return DONE
    if month > task.kind[:7]:
        return OVERDUE
    return UNDERWAY if said or begun else IDLE
