"""What each template receives, as `page`: plain values. Points are whole hundredths; the filters `pts` and `signed` write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.notices.chart_context import Gauges, PairChart
    from engine.notices.comparison_context import Changes, Summary
    from engine.notices.task_context import TaskRow, TaskSums


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; places and lengths are texts of drawing units."""

    name: str
    points: int
    y: int
    x: str
    width: str
    label_x: str


@dataclass(frozen=True, slots=True)
class BarChart:
    title: str
    described: str  # the same in words, for those who do not see it
    width: int
    height: int
    name_x: int  # where names end
    axis_x: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Spark:
    points: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class ReviewTerm:
    """Until when units may ask for review: so many working days after the date of issue."""

    days: int
    until: str  # 2023年5月22日; "" of a draft, or where no calendar tells


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every notice of a ruleset carries; a word that the ruleset does not give is an empty text."""

    scheme: str  # the ruleset's title
    ruleset: str
    fingerprint: str
    year: str
    month: str  # 2023年4月
    issuer: str
    number_prefix: str
    to: str
    signer: str
    cc: str
    draft: bool  # not issued yet: the points may still change
    number: str  # as issued, 长发改信用〔2023〕12号
    date: str  # of issue, 2023年5月8日
    review: ReviewTerm | None = None  # None: there is no end to it
    opening: str = ""  # of a month whose points were brought from before the first run: what they are called
    opened: str = ""  # of a later month: which such months the points so far hold, in words


@dataclass(frozen=True, slots=True)
class Place:
    """A rank, and who shares it."""

    rank: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movers:
    """Who moved furthest against last month, and by how many ranks."""

    units: tuple[str, ...]
    ranks: int


@dataclass(frozen=True, slots=True)
class RankRow:
    rank: int
    unit: str
    anchor: str
    href: str
    added: int
    deducted: int
    points: int
    total: int
    total_rank: int
    moved: int | None  # ranks gained; None without a last month
    spark: Spark
    formerly: str = ""  # whose points it has too, as a note says it


@dataclass(frozen=True, slots=True)
class CategoryPart:
    """One category's month: its words in the summary, its drawings, its table."""

    name: str
    anchor: str
    average: int
    leaders: tuple[Place, ...]  # everyone ranked third or better
    risen: Movers | None
    fallen: Movers | None
    charts: tuple[BarChart, ...]
    rows: tuple[RankRow, ...]


@dataclass(frozen=True, slots=True)
class Highlight:
    """The highest award of a rule, and who had it; `say` where it is one unit alone."""

    title: str
    clause: str
    units: tuple[str, ...]
    say: str
    points: int


@dataclass(frozen=True, slots=True)
class Deduction:
    """A deduction leads to its line of the unit's statement."""

    unit: str
    href: str
    title: str
    say: str
    clause: str
    points: int
    entry: int | None
    anchor: str  # of the entry, "" without one


@dataclass(frozen=True, slots=True)
class Alert:
    """A match that, if it still holds at the end of the year, sets the grade."""

    unit: str
    href: str
    title: str
    say: str
    clause: str
    grade: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A unit with a watched rate under 1; a rate that cannot be computed is a dash."""

    unit: str
    href: str
    rates: tuple[tuple[str, bool], ...]  # as written, and whether it falls short


@dataclass(frozen=True, slots=True)
class MonthlyPage:
    head: Letterhead
    title: tuple[str, ...]  # in parts that should not be broken
    categories: tuple[CategoryPart, ...]
    entries: int
    added: int
    deducted: int
    limited: int
    compared: bool  # there is a last month to compare with
    highlights: tuple[Highlight, ...]
    deductions: tuple[Deduction, ...]
    deducted_units: int
    deducted_points: int
    alerts: tuple[Alert, ...]
    rate_names: tuple[str, ...]
    shortfalls: tuple[Shortfall, ...]
    tasks: TaskSums | None = None  # None of a month without verdicts
    summary: Summary | None = None  # None of a month whose points were brought from before


@dataclass(frozen=True, slots=True)
class Line:
    """One line under a clause: a match with its points, or a rule that gave nothing with a mark that says how."""

    title: str
    say: str
    formula: str
    limit: str
    raw: int
    points: int | None  # None where no rule fired
    running: int
    source: str
    mark: str
    reported: bool  # False only where nothing of the rule's kind was reported
    ends: str = ""  # of a deduction: what ends it
    entry: int | None = None  # the number of its entry in the ledger, None where nothing was given
    anchor: str = ""  # of the entry, "" without one


@dataclass(frozen=True, slots=True)
class ClauseBlock:
    id: str  # "" where a rule of the group's own stands in a clause's place
    goal: str
    asks: str
    units: str
    rules: tuple[str, ...]  # each rule's points in words
    no_points: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    clauses: tuple[ClauseBlock, ...]

    @property
    def rows(self) -> int:
        """How many table rows the section takes: one a clause, one a line."""
        return sum(1 + len(clause.lines) + bool(clause.no_points) for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class LateRow:
    """A single record that was reported out of time; dates in Chinese, `reported` empty where it was not yet."""

    key: str
    decided: str
    due: str
    reported: str


@dataclass(frozen=True, slots=True)
class LateRecords:
    """A kind's records out of time: the first of them by due date, and how many there are."""

    kind: str
    key: str  # what the records are told by
    date: str  # what the date that counts is called
    rows: tuple[LateRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    head: Letterhead
    unit: str
    full_name: str
    category: str
    size: int  # units in the category
    points: int
    total: int
    added: int
    deducted: int
    rank: int
    total_rank: int
    moved: int | None
    chart: BarChart
    shows_units: bool  # the table has a column of responsible units
    sections: tuple[Section, ...]
    elsewhere: tuple[str, ...]  # clauses of the category that do not bind the unit
    late: tuple[LateRecords, ...]
    tasks: tuple[TaskRow, ...] = ()
    letter: str = ""  # leads to the unit's supervision letter; "" where there is none
    formerly: str = ""  # whose points it has too, as a note says it
    changes: Changes | None = None  # against last month; None where there is none to compare with
    against: PairChart | None = None  # by clause against the median of the category
    gauges: Gauges | None = None  # how far the unit is from each cap
    advice: str = ""  # where the page of what it can still do is, "" where there is none


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What a unit has reported; `marks` stand under the page's kinds: reported, missing, or empty where nothing is due."""

    unit: str
    marks: tuple[str, ...]
    missing: tuple[str, ...]  # the kinds


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A category's units with something due or reported, in the order of the list, and how many more it has."""

    name: str
    anchor: str
    rows: tuple[ReportRow, ...]
    others: int

    @property
    def late(self) -> tuple[ReportRow, ...]:
        return tuple(row for row in self.rows if row.missing)


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Who has reported what is due for a month, and who has not."""

    scheme: str
    month: str  # 2023年4月
    state: str
    imports: int  # how many imports the page knows of
    kinds: tuple[str, ...]
    parts: tuple[ReportPart, ...]
    due: int  # reports asked for
    due_units: int

    @property
    def late(self) -> tuple[ReportRow, ...]:
        return tuple(row for part in self.parts for row in part.late)

    @property
    def missing(self) -> int:
        return sum(len(row.missing) for row in self.late)


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class IndexPage:
    title: str
    lead: str
    up: Link | None
    groups: tuple[LinkGroup, ...]


@dataclass(frozen=True, slots=True)
class EntryMark:
    """An entry of the ledger: its number, by which people name it, and where it stands on the page."""

    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    unit: str
    clause: str
    title: str
    before: int
    after: int
    entries: tuple[EntryMark, ...]  # the reversals and awards that make the difference


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A unit's rank by the month's points and by the points so far, before and after."""

    category: str
    unit: str
    month_before: int
    month_after: int
    total_before: int
    total_after: int


@dataclass(frozen=True, slots=True)
class RestatedRow:
    """An obligation whose status is another; "" where it does not bind the unit."""

    task: int
    title: str
    unit: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CorrectedMonthPart:
    """What moved of a month; without `rows` only places did."""

    month: str
    rows: tuple[CorrectedRow, ...]
    moved: tuple[MovedRow, ...]
    verdicts: tuple[RestatedRow, ...]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A request with what has come of it; dates in Chinese, empty where there is none yet."""

    number: int
    unit: str
    rule: str
    title: str
    clause: str
    text: str
    asked: str
    until: str
    state: str
    settled: bool  # nothing is left to be done
    reason: str
    decided: str
    correction: Link | None


@dataclass(frozen=True, slots=True)
class ReviewMonth:
    month: str  # 2023年4月
    anchor: str
    rows: tuple[ReviewRow, ...]


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """Every request for review, by month, the newest month first."""

    scheme: str
    months: tuple[ReviewMonth, ...]
    states: tuple[tuple[str, int], ...]  # how many requests stand so, for every state

    @property
    def count(self) -> int:
        return sum(count for _, count in self.states)


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    head: Letterhead
    number: int  # the how manieth correction of the month
    reason: str
    months: tuple[CorrectedMonthPart, ...]
    reviews: tuple[ReviewRow, ...] = ()  # the requests that it answers
