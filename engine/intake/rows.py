"""From rows to drafts of facts, by the dictionary: every fault of every row is told, none stops the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from engine.derivation.figures import year_missing
from engine.dsl.meeting import checks_of, met
from engine.dsl.model import Field, Kind, Ruleset
from engine.dsl.nearest import nearest
from engine.dsl.types import BadValue, ChoiceType, DateType, UnitType, Value
from engine.facts import canonical_list, canonical_part
from engine.intake.cleaning import Unclean, clean_already, cleaned
from engine.intake.faults import Fault, Told, suggestion
from engine.intake.ours import untouched
from engine.intake.sheets import Cell, Held, Row, Sheet, blank, text_of
from engine.intake.tabular import not_a_fact

_REMEMBERED = 5_000  # texts of a field


class Draft(NamedTuple):
    """A fact as a file tells it, ready to be stored: `key` and `fields` are the canonical texts of the store.

    `month` is that of an event or a monthly figure, which is in `fields` too; None for other kinds.
    """

    kind: str
    key: str
    fields: str
    file: str
    sheet: str | None
    row: int
    month: str | None = None


def drafts_of(sheet: Sheet, ruleset: Ruleset, told: Told) -> Iterator[Draft]:
    """The facts of a sheet. Where the sheet lacks a needed column, its rows are still checked for the rest.

    Rows that hold no more than a template of ours had filled in are no facts yet.
    """
    kind = ruleset.kinds.get(sheet.kind)
    if kind is None:
        _tell_unknown_kind(sheet, ruleset, told)
        return
    reader = _RowReader(sheet, kind, ruleset, told)
    if sheet.columns is not None:
        reader.check_columns(sheet.columns)
    for row in sheet.rows:
        draft = reader.read(row)
        if draft is not None:
            yield draft


def _tell_unknown_kind(sheet: Sheet, ruleset: Ruleset, told: Told) -> None:
    what = "工作表名" if sheet.name is not None else "事实类型"
    message = f"{what}“{sheet.kind}”不是字典中的事实类型{suggestion(sheet.kind, ruleset.kinds)}"
    for number in [None] if sheet.columns is not None else [row.number for row in sheet.rows]:
        told.faults.append(Fault(sheet.file, sheet.name, number, None, None, sheet.kind, "unknown-kind", message))


_Found = tuple[Value, str]  # a value and its canonical JSON


class _Absent(ValueError):
    """A cell that no value comes from; the fault is told already."""


class _RowReader:
    """Reads the rows of one sheet as facts of one kind."""

    def __init__(self, sheet: Sheet, kind: Kind, ruleset: Ruleset, told: Told) -> None:
        self._sheet, self._kind, self._ruleset, self._told = sheet, kind, ruleset, told
        self._absent: set[str] = set()  # needed columns that the whole sheet lacks: told once
        self._unknown: set[str] = set()
        # What a text came to before, by field: most fields hold few texts, and a file may have 100,000 rows.
        self._read_before: list[tuple[str, Field, dict[str, _Found | None]]] = [
            (name, field, {})
            for name, field in kind.fields.items()
            if not field.optional or sheet.columns is None or name in sheet.columns
        ]
        self._sorted = sorted((name, f"{canonical_part(name)}:") for name in kind.fields)
        self._year = str(ruleset.year)
        self._derivations = [one for one in ruleset.derivations if one.source == kind.name]
        counted = [one.month_of for one in self._derivations]
        self._dated = [name for name in (kind.month_field, kind.year_field, *counted) if name]
        self._days = [name for name, field in kind.fields.items() if isinstance(field.type, DateType)]
        self._calendars: dict[tuple[Value | None, ...], int | None] = {}  # the year without one, by a record's days

    def check_columns(self, columns: Mapping[str, str]) -> None:
        self._warn_of(columns, self._sheet.heading_row)
        unread = [heading for heading in columns if heading not in self._kind.fields]
        for name, field in self._kind.fields.items():
            if field.optional or name in columns:
                continue
            self._absent.add(name)
            near = nearest(name, unread)
            renamed = f"；列“{near}”是否应改名为“{name}”" if near else ""
            self._tell("missing-column", f"缺少列“{name}”，列名应在第一行{renamed}", self._sheet.heading_row, name)

    def read(self, row: Row) -> Draft | None:
        """The fact of a row, or None where it is empty, no fact or faulty."""
        if self._sheet.columns is None:
            self._warn_of(row.cells, row.number)
        faults, before = self._told.faults, len(self._told.faults)
        values: dict[str, Value] = {}
        written: dict[str, str] = {}  # as canonical JSON
        for name, field, known in self._read_before:
            held = row.cells.get(name)
            try:
                found = known[held] if held.__class__ is str and held in known else self._found(field, known, held, row)
            except _Absent:
                continue
            if found is not None:
                values[name], written[name] = found
        if len(faults) > before and self._is_no_fact(row, before):
            return None
        self._check(row, values)
        for name in self._dated:
            if name in values and not str(values[name]).startswith(self._year):
                self._warn_of_year(row, name, values[name])
        if self._derivations and len(faults) == before:
            self._check_calendar(row, values)
        if len(faults) > before or self._absent:
            return None
        sheet = self._sheet
        key = canonical_list([written.get(name) for name in self._kind.key])
        fields = ",".join([begun + written[name] for name, begun in self._sorted if name in written])
        month = values.get(self._kind.month_field)
        return Draft(self._kind.name, key, f"{{{fields}}}", sheet.file, sheet.name, row.number, month)

    def _is_no_fact(self, row: Row, before: int) -> bool:
        """Whether a faulty row is none that anybody meant as a fact: empty, untouched, a total, a footer. Its faults go."""
        texts = {name: text_of(cell).strip() for name, cell in row.cells.items() if not blank(cell)}
        told = not_a_fact(row)
        if texts and not untouched(self._kind, texts, self._sheet.known) and told is None:
            return False
        del self._told.faults[before:]
        if told is not None:
            self._tell(told[0], told[1], row.number)
        return True

    def _warn_of_year(self, row: Row, name: str, value: Value) -> None:
        """What happened in another year is kept, but most often a slip of the pen: no run of this ruleset reads it."""
        message = f"“{name}”{value} 不在规则集的年度 {self._year} 内，已照收，但不计分；如为笔误请改正后重新导入"
        at = (self._sheet.file, self._sheet.name, row.number, self._address(name, row), name, str(value))
        self._told.warnings.append(Fault(*at, "other-year", message))

    def _found(self, field: Field, known: dict[str, _Found | None], held: Held | None, row: Row) -> _Found | None:
        """A cell's value with its canonical JSON, None for an empty one; raises _Absent where there is none that fits."""
        value = clean_already(held, field.type) if isinstance(held, str) else None
        if not value or len(value) > field.type.longest:
            value = self._value(field, held, row)
        found = None if value is None else (value, canonical_part(field.type.stored(value)))
        if isinstance(held, str) and len(known) < _REMEMBERED:
            known[held] = found
        return found

    def _value(self, field: Field, held: Held | None, row: Row) -> Value | None:
        if held is None and field.name in self._absent:
            raise _Absent
        address = self._address(field.name, row)
        cell = held if isinstance(held, Cell) else Cell(held or "", address)
        try:
            text = cleaned(cell, field.type)
            if text:
                return self._ruleset.aliases[text] if isinstance(field.type, UnitType) else field.type.parse(text)
            if field.optional:
                return None
            self._tell("missing-value", f"“{field.name}”不能为空，应为{field.type.expected}", row.number, field.name, cell)
        except Unclean as unclean:
            self._tell(unclean.code, f"“{field.name}”{unclean}", row.number, field.name, cell)
        except KeyError:
            self._tell("unknown-unit", self._unknown_unit(field, text), row.number, field.name, cell)
        except BadValue as bad:
            self._tell("bad-value", _bad_value(field, text, bad), row.number, field.name, cell)
        raise _Absent

    def _address(self, name: str, row: Row) -> str | None:
        columns = self._sheet.columns
        return f"{columns[name]}{row.number}" if columns is not None and name in columns else None

    def _unknown_unit(self, field: Field, text: str) -> str:
        near = nearest(text, self._ruleset.aliases)
        meant = f"，是否应为“{self._ruleset.aliases[near]}”" if near else ""
        return f"“{field.name}”应为{field.type.expected}，名单中没有“{text}”{meant}"

    def _check(self, row: Row, values: Mapping[str, Value]) -> None:
        """The dictionary's checks; and what ends before it starts is wrong in every kind that has a start and an end."""
        failed = [check for check in checks_of(self._kind) if not met(check, values)]
        if self._kind.any_of and not any(name in values for name in self._kind.any_of):
            names = "".join(f"“{name}”" for name in self._kind.any_of)
            self._tell("missing-value", f"{names}至少要填一项", row.number, self._kind.any_of[0])
        for check in failed:
            held = "，".join(f"{side} 为 {values[side]}" for side in (check.left, check.right) if side in values)
            self._tell("check-failed", f"应满足 {check.text}，此行 {held}", row.number)

    def _check_calendar(self, row: Row, values: Mapping[str, Value]) -> None:
        """What is counted in working days needs the calendar of every year between its days."""
        days = tuple([values.get(name) for name in self._days])
        if days not in self._calendars:
            missing = (year_missing(self._ruleset, one, values) for one in self._derivations)
            self._calendars[days] = next(filter(None, missing), None)
        year = self._calendars[days]
        if year is not None:
            message = (
                f"没有 {year} 年的节假日与调休安排，算不出工作日；请在 ruleset.yaml 的 calendar 中写明，"
                f"如 calendar: {{{year}: {{holidays: [{year}-01-01], workdays: []}}}}"
            )
            self._tell("no-calendar", message, row.number)

    def _warn_of(self, names: Iterable[str], row: int | None) -> None:
        """Columns that the dictionary lacks are left out, with one warning each."""
        sheet = self._sheet
        for name in names:
            if name in self._kind.fields or name in self._unknown:
                continue
            self._unknown.add(name)
            spot = f"{sheet.columns[name]}{row}" if sheet.columns is not None else None
            message = f"“{self._kind.name}”没有字段“{name}”，该列未读入{suggestion(name, self._kind.fields)}"
            self._told.warnings.append(Fault(sheet.file, sheet.name, row, spot, name, None, "unknown-column", message))

    def _tell(
        self, code: str, message: str, row: int | None, field: str | None = None, cell: Cell | None = None
    ) -> None:
        address, value = (cell.address, cell.text or None) if cell is not None else (None, None)
        sheet = self._sheet
        self._told.faults.append(Fault(sheet.file, sheet.name, row, address, field, value, code, message))


def _bad_value(field: Field, text: str, bad: BadValue) -> str:
    near = suggestion(text, field.type.choices) if isinstance(field.type, ChoiceType) else ""
    return f"“{field.name}”应为{bad}，此处是“{text}”{near}"
