"""What the template of the year's notice receives, as `page`: plain values. Points and scores are whole hundredths."""

from __future__ import annotations

from dataclasses import dataclass

from engine.notices.context import Letterhead, Place


@dataclass(frozen=True, slots=True)
class AppliedSetting:
    """A setting that the result was made by; `value` as it is said."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class YearRow:
    rank: int
    unit: str
    points: int
    evaluation: str
    score: int
    grade: str
    vetoed: bool
    formerly: str = ""  # whose points it has too, as a note says it


@dataclass(frozen=True, slots=True)
class YearPart:
    """One category's year; `grades` are the counts, the better grade first."""

    name: str
    anchor: str
    grades: tuple[tuple[str, int], ...]
    leaders: tuple[Place, ...]  # everyone ranked third or better
    rows: tuple[YearRow, ...]


@dataclass(frozen=True, slots=True)
class VetoRow:
    """A list entry that forced a grade; `band` is the grade by rank alone."""

    unit: str
    title: str
    say: str
    clause: str
    source: str
    band: str
    grade: str


@dataclass(frozen=True, slots=True)
class UnfinishedTask:
    no: int
    title: str
    status: str
    due: str  # 2023年12月31日; "" where there is none


@dataclass(frozen=True, slots=True)
class UnfinishedRow:
    unit: str
    tasks: tuple[UnfinishedTask, ...]


@dataclass(frozen=True, slots=True)
class MonthsRow:
    unit: str
    months: tuple[int | None, ...]
    points: int


@dataclass(frozen=True, slots=True)
class AnnualPage:
    head: Letterhead
    title: tuple[str, str, str]
    approved: str  # 2024年1月20日; "" of a result that is proposed
    by: str
    before: str  # the date of the approval that this one takes the place of, or ""
    evaluation: str  # what the evaluation is called
    rules: tuple[str, ...]  # sentences
    settings: tuple[AppliedSetting, ...]
    categories: tuple[YearPart, ...]
    vetoes: tuple[VetoRow, ...]
    unfinished: tuple[UnfinishedRow, ...]
    months: tuple[tuple[str, tuple[MonthsRow, ...]], ...]  # by category
