"""What the template of the scheme's catalogue receives: clauses with their rules, obligations, settings and the dictionary, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A setting's value and the month from which it holds; "" where it always did."""

    since: str
    value: str
    source: str
    meaning: str  # of a word of the rule language; "" of what speaks for itself


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads a setting or a fact kind; `anchor` is "" of what has no place on the page."""

    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class SettingEntry:
    name: str
    anchor: str
    values: tuple[DatedValue, ...]  # oldest first
    review: str  # the month after which it is to be looked at again; "" where none is named
    readers: tuple[Reader, ...]  # rules, obligations, and what else there is
    place: str  # file:line:column


@dataclass(frozen=True, slots=True)
class ExampleFact:
    """A fact of an example: its kind, and its fields in words."""

    kind: str
    say: str


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """What a rule made of one fact of an example."""

    say: str
    formula: str
    raw: int
    given: int
    limit: str


@dataclass(frozen=True, slots=True)
class Example:
    """A test of a rule, worked out: its facts and what the rule gives for them in a month."""

    name: str
    unit: str
    month: str
    facts: tuple[ExampleFact, ...]  # the first of them
    more_facts: int
    lines: tuple[ExampleLine, ...]  # the first, and of the others those that a limit took from
    more_lines: int
    given: int  # of all lines


@dataclass(frozen=True, slots=True)
class TestLink:
    """Where a test of a rule or obligation stands."""

    name: str
    place: str  # tests/x.yaml:12
    href: str


@dataclass(frozen=True, slots=True)
class UnitSum:
    unit: str
    href: str  # of the unit's statement; "" where there is none
    count: int
    given: int


@dataclass(frozen=True, slots=True)
class MonthSums:
    """What a rule gave in the last posted month."""

    month: str
    href: str  # of the month's notice; "" where there is none
    count: int
    given: int
    units: tuple[UnitSum, ...]  # the first of them, in the order of the list
    more: int  # how many more units there are


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule as it is written, a setting by its name; what shapes a year's limit as it holds in the year."""

    id: str
    anchor: str
    title: str
    category: str
    clause: str
    when: tuple[str, ...]  # a sentence each
    formula: str  # in words
    written: str  # as in the file
    limits: tuple[str, ...]
    units: str  # under the names of categories and groups
    members: tuple[str, ...]  # one by one
    valid: str  # "" of the whole year
    veto: str
    replaces: str
    note: str
    say: str
    settings: tuple[SettingEntry, ...]
    examples: tuple[Example, ...]
    tests: tuple[TestLink, ...]
    month: MonthSums | None  # None: no month is posted
    place: str


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """A clause of the source; one without id holds rules that follow none."""

    id: str
    anchor: str
    items: tuple[str, ...]  # scoring items with several rules, whose anchors stand here
    goal: str
    asks: str
    no_points: str
    slips: str
    rules: tuple[RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class CatalogueSection:
    title: str
    anchor: str
    clauses: tuple[ClauseEntry, ...]


@dataclass(frozen=True, slots=True)
class CataloguePart:
    name: str
    anchor: str
    sections: tuple[CatalogueSection, ...]


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: str
    sign: str  # the class of the status
    count: int


@dataclass(frozen=True, slots=True)
class TaskEntry:
    no: int
    anchor: str
    title: str
    clause: str
    units: str
    members: tuple[str, ...]
    duty: str
    due: str
    done_when: str
    standard: str
    breach: str
    note: str
    settings: tuple[SettingEntry, ...]
    tests: tuple[TestLink, ...]
    month: str  # the last posted month; "" where there is none
    href: str  # of that month's matrix; "" where there is none
    statuses: tuple[StatusCount, ...]
    place: str


@dataclass(frozen=True, slots=True)
class FieldEntry:
    name: str
    type: str  # what a cell must hold
    optional: bool
    in_key: bool


@dataclass(frozen=True, slots=True)
class KindEntry:
    """A fact kind of the dictionary."""

    name: str
    anchor: str
    time: str
    fields: tuple[FieldEntry, ...]  # without the free ones
    checks: tuple[str, ...]
    routes: tuple[str, ...]
    readers: tuple[Reader, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    scheme: str
    ruleset: str
    fingerprint: str
    year: str
    sources: tuple[str, ...]
    month: str  # the last posted one; "" where there is none
    clause_count: int
    rule_count: int
    parts: tuple[CataloguePart, ...]
    tasks: tuple[TaskEntry, ...]
    settings: tuple[SettingEntry, ...]
    kinds: tuple[KindEntry, ...]
    free: tuple[str, ...]  # the fields that every kind may have beside its own
    untested: str  # why there are no tests and examples; "" where there are
