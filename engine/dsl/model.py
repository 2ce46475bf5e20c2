"""What a checked ruleset is, as typed values: the dictionary, units, settings and rules that every other room reads.

Nothing here knows YAML, a database or durable-rules. Everything is frozen; a rule that still names settings is
turned into one for a month by `Ruleset.in_force`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from engine.dsl.derivation import CalendarYear, Derivation
from engine.dsl.findings import Finding, Place
from engine.dsl.formula import Formula, Say
from engine.dsl.obligation import Obligation, Progress
from engine.dsl.types import ChoiceType, DecimalType, FieldType, Value

if TYPE_CHECKING:
    from engine.dsl.annual import Annual, AnnualRule
    from engine.dsl.letters import Letters
    from engine.dsl.masks import Mask

_NUMBER = DecimalType()

UNIT = "unit"  # the language's word for "once for the unit" (dsl.md)
NONE = "none"  # the value of a setting that takes a yearly limit away


class Time(StrEnum):
    """How a fact kind lies in time (facts.yaml, head)."""

    EVENT = "event"
    MONTHLY = "monthly"
    STATE = "state"
    RECORD = "record"
    ANNUAL = "annual"
    TABLE = "table"


@dataclass(frozen=True)
class Field:
    name: str
    type: FieldType
    optional: bool = False


@dataclass(frozen=True)
class Check:
    """A comparison that every row must meet; each side is a field's name or a number. Empty fields meet it."""

    left: str | Fraction
    op: str  # one of < <= > >= = !=
    right: str | Fraction
    text: str


@dataclass(frozen=True)
class Route:
    """Where a fact without 单位 goes: the unit in `field`, or the unit that `table` names for the value of `field`."""

    field: str
    table: str | None = None


@dataclass(frozen=True)
class Kind:
    """One fact kind of the dictionary; `fields` keep the dictionary's order, the two free fields come last."""

    name: str
    time: Time
    key: tuple[str, ...]
    fields: Mapping[str, Field]
    checks: tuple[Check, ...] = ()
    routes: Mapping[str, Route] = field(default_factory=dict)  # by category
    end_counts: bool = False  # a state's month of ending still counts (`ends: in`)
    any_of: tuple[str, ...] = ()  # optional fields of which every row must give at least one
    unit_field: str | None = None  # the field that names the unit that owns the fact
    month_field: str | None = None  # event, monthly: its month
    start_field: str | None = None  # state, table: holds from
    end_field: str | None = None  # state, table: up to
    year_field: str | None = None  # annual
    place: Place = Place("facts.yaml", 1, 1)

    @cached_property
    def decimals(self) -> tuple[str, ...]:
        """The fields whose values are decimals, which JSON keeps as texts."""
        return tuple(name for name, field in self.fields.items() if isinstance(field.type, DecimalType))

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if not field.optional)

    @cached_property
    def closed(self) -> Mapping[str, tuple[str, ...]]:
        """The fields with a closed list, and the list."""
        return {name: field.type.choices for name, field in self.fields.items() if isinstance(field.type, ChoiceType)}

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The fields that a formula may read."""
        return tuple(name for name, field in self.fields.items() if field.type.numeric)


@dataclass(frozen=True)
class Unit:
    name: str
    full_name: str
    category: str
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    since: str = "0000-01"  # its first month
    until: str = "9999-12"  # its last
    becomes: str | None = None  # the unit that goes on for it from the month after its last

    def there(self, month: str) -> bool:
        return self.since <= month <= self.until


@dataclass(frozen=True)
class Setting:
    """A named value of the ruleset by the month from which it holds, oldest first; values are texts as written."""

    name: str
    values: tuple[tuple[str, str, str], ...]  # (from month, value, source)
    review: str | None = None
    place: Place = Place("ruleset.yaml", 1, 1)

    def at(self, month: str) -> str | None:
        held = [value for since, value, _ in self.values if since <= month]
        return held[-1] if held else None


@dataclass(frozen=True)
class SettingRef:
    name: str


@dataclass(frozen=True)
class FieldRef:
    name: str


@dataclass(frozen=True)
class Test:
    """One test on one field. `op` is eq, in, gt, ge, lt, le, ne or given; `value` fits it:
    a typed value, a tuple of typed values (in), a FieldRef, a SettingRef, or a bool (given)."""

    field: str
    op: str
    value: Value | tuple[Value | SettingRef, ...] | FieldRef | SettingRef | bool


def settled_test(test: Test, fields: Mapping[str, Field], settings: Mapping[str, Setting], month: str) -> Test:
    """A test with the settings that it names replaced by their values of a month."""

    def settled(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(settled, value))
        return fields[test.field].type.parse(settings[value.name].at(month)) if isinstance(value, SettingRef) else value

    return replace(test, value=settled(test.value))


@dataclass(frozen=True)
class Pattern:
    """Facts of one kind that meet every test."""

    kind: str
    tests: tuple[Test, ...] = ()
    place: Place = Place("", 1, 1)


@dataclass(frozen=True)
class Trigger:
    """Something that fires as a rule does and gives no points: what an obligation asks of the facts."""

    id: str
    fact: Pattern
    nones: tuple[Pattern, ...] = ()


@dataclass(frozen=True)
class PointsTable:
    """Points by the value of one field."""

    field: str
    points: Mapping[Value, Fraction | SettingRef]


@dataclass(frozen=True)
class Cap:
    """The bound on the absolute sum of a rule's entries for a unit; `hundredths` > 0."""

    hundredths: int | SettingRef
    per: str | SettingRef  # year, month; none takes the cap away


@dataclass(frozen=True)
class Rule:
    id: str
    title: str
    clause: str
    category: str
    units: tuple[str, ...]  # resolved, in the order of the list
    fact: Pattern | None
    nones: tuple[Pattern, ...]
    points: Formula | PointsTable
    note: str = ""
    say: Say | None = None
    times: str | None = None
    once_per: tuple[str, ...] | SettingRef | None = None  # ("unit",) is once for the unit
    best_of: str | SettingRef | None = None
    cap: Cap | None = None
    veto: str | None = None  # the grade it forces when it still matches at the end of December
    valid_from: str = "0000-01"
    valid_to: str = "9999-12"
    replaces: str | None = None
    place: Place = Place("", 1, 1)

    @property
    def item(self) -> str:
        """The scoring item: category letter and two digits."""
        return self.id[:3]


@dataclass(frozen=True)
class Clause:
    """A clause of the source: where it stands and what it asks, in our own words."""

    id: str
    section: str
    goal: str
    asks: str
    no_points: str = ""
    slips: str = ""  # what is odd in the source, said beside the clause


@dataclass(frozen=True)
class Band:
    """One grade band: ranks up to `to`, or the `last` so many; neither: all others. The first that fits wins."""

    grade: str
    to: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Rate:
    """A rate that the notice watches: the quotient of a monthly fact, told where it is below 1."""

    name: str
    fact: str
    value: Formula


@dataclass(frozen=True)
class Adjustments:
    """The event by which the group itself adjusts a unit's points, and its fields; `attachment` holds a file's sha256."""

    fact: str
    points: str
    reason: str
    attachment: str
    number: str


@dataclass(frozen=True)
class Checks:
    """The monthly fact that says from another source what a unit's points must be, and its fields."""

    fact: str
    month_points: str
    total_points: str


@dataclass(frozen=True)
class Ruleset:
    name: str
    title: str
    year: int
    categories: tuple[str, ...]
    kinds: Mapping[str, Kind]
    units: Mapping[str, Unit]  # in the order of the list, those of other months too: see units_in
    settings: Mapping[str, Setting]
    rules: tuple[Rule, ...]
    clauses: Mapping[str, Clause]
    bands: Mapping[str, tuple[Band, ...]]
    rates: tuple[Rate, ...] = ()
    sources: tuple[str, ...] = ()  # the papers that the scheme follows
    annual: Annual | None = None  # what the year's result is made of
    numbered_field: str | None = None  # the field that numbers events: one number in two months is told
    derivations: tuple[Derivation, ...] = ()
    calendar: Mapping[int, CalendarYear] = field(default_factory=dict)  # the years that the ruleset tells itself
    progress: Progress | None = None  # how units report progress of obligations
    obligations: tuple[Obligation, ...] = ()  # by number
    review: int | SettingRef | None = None  # working days after the date of issue in which units may ask for review; None: no end
    letters: Letters | None = None  # how supervision letters are numbered, answered and escalated
    adjustments: Adjustments | None = None
    checks: Checks | None = None
    opening: str | None = None  # the fact kind that brings the points of months before the first run
    masks: tuple[Mask, ...] = ()  # the fields that hold natural persons
    merged: str | SettingRef = "mean"  # what a merged unit has of its predecessors' points: sum or mean
    notice: Mapping[str, str] = field(default_factory=dict)  # the notices' own words: issuer, number_prefix, to, signer, cc
    warnings: tuple[Finding, ...] = ()
    fingerprint: str = ""  # sha256 over the names and texts of the files

    @cached_property
    def _in_force(self) -> dict[str, tuple[Rule, ...]]:
        return {}

    @cached_property
    def _numbers(self) -> dict[str, Mapping[str, Fraction]]:
        return {}

    @cached_property
    def _units_in(self) -> dict[str, Mapping[str, Unit]]:
        return {}

    def units_in(self, month: str) -> Mapping[str, Unit]:
        """The units of a month, in the order of the list."""
        if month not in self._units_in:
            self._units_in[month] = {name: unit for name, unit in self.units.items() if unit.there(month)}
        return self._units_in[month]

    @cached_property
    def operator_kinds(self) -> frozenset[str]:
        """The kinds that the operator brings in: no unit reports them, and none is asked for them."""
        named = (self.adjustments and self.adjustments.fact, self.checks and self.checks.fact, self.opening)
        return frozenset(filter(None, named))

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Every way to write a unit (name, full name, alias) to its name in the list."""
        written = {alias: unit.name for unit in self.units.values() for alias in (unit.full_name, *unit.aliases)}
        return {**written, **{name: name for name in self.units}}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The place of each unit in the list, which breaks ties."""
        return {name: place for place, name in enumerate(self.units)}

    @cached_property
    def months(self) -> tuple[str, ...]:
        return tuple(f"{self.year}-{month:02d}" for month in range(1, 13))

    def in_force(self, month: str) -> tuple[Rule, ...]:
        """The rules valid in a month with every setting replaced by its value; yearly limits take January's."""
        if month not in self._in_force:
            self._in_force[month] = tuple(
                self._settled(rule, month) for rule in self.rules if rule.valid_from <= month <= rule.valid_to
            )
        return self._in_force[month]

    def _settled(self, rule: Rule, month: str) -> Rule:
        # The check has typed every setting that a test or a limit reads (Setting.at is never None here).
        def points(value: Formula | PointsTable) -> Formula | PointsTable:
            numbers = self.numbers(month)
            if isinstance(value, Formula):
                return value.bind(numbers)
            told = {key: numbers[one.name] if isinstance(one, SettingRef) else one for key, one in value.points.items()}
            return replace(value, points=told)

        def limit(value: object) -> object:
            if not isinstance(value, SettingRef):
                return value
            text = self.settings[value.name].at(f"{self.year}-01")
            return None if text == NONE else text

        once = limit(rule.once_per)
        cap = rule.cap
        if cap is not None:
            per, most = limit(cap.per), cap.hundredths
            if isinstance(most, SettingRef):
                most = int(Fraction(self.settings[most.name].at(month)) * 100)
            cap = None if per is None else Cap(most, per)
        return replace(
            rule,
            fact=rule.fact and self._settled_pattern(rule.fact, month),
            nones=tuple(self._settled_pattern(none, month) for none in rule.nones),
            points=points(rule.points),
            once_per=(once,) if isinstance(once, str) else once,
            best_of=limit(rule.best_of),
            cap=cap,
        )

    def annual_rule(self) -> AnnualRule | None:
        """How the year is graded, with every setting replaced."""
        return self.annual and self.annual.settled(self.settings, self.months[0])

    def obligations_in(self, month: str) -> tuple[Obligation, ...]:
        """The obligations with every setting replaced by its value in a month."""
        return tuple(self._settled_obligation(one, month) for one in self.obligations)

    def _settled_obligation(self, one: Obligation, month: str) -> Obligation:
        due = self.settings[one.due.name].at(month) if isinstance(one.due, SettingRef) else one.due
        done = tuple(
            tuple(replace(each, pattern=self._settled_pattern(each.pattern, month)) for each in condition)
            for condition in one.done_when
        )
        # A standard is of obligations with one kind of evidence only, so its first pattern tells the fields.
        standard = tuple(
            settled_test(test, self.kinds[next(one.evidence).pattern.kind].fields, self.settings, month) for test in one.standard
        )
        breach = tuple(self._settled_pattern(each, month) for each in one.breach)
        return replace(one, due=due, done_when=done, standard=standard, breach=breach)

    def _settled_pattern(self, one: Pattern, month: str) -> Pattern:
        fields = self.kinds[one.kind].fields
        return replace(one, tests=tuple(settled_test(each, fields, self.settings, month) for each in one.tests))

    def numbers(self, month: str) -> Mapping[str, Fraction]:
        """The settings that are numbers, as they hold in a month."""
        if month not in self._numbers:
            held = {name: setting.at(month) for name, setting in self.settings.items()}
            self._numbers[month] = {name: found for name, text in held.items() if (found := _number(text)) is not None}
        return self._numbers[month]


def _number(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(_NUMBER.parse(text))
    except ValueError:
        return None
