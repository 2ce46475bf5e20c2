"""From rows to drafts of facts, by the dictionary: every fault of every row is told, none stops the others."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.dsl.model import Check, Field, Kind, Ruleset
from engine.dsl.nearest import nearest
from engine.dsl.types import BadValue, ChoiceType, UnitType, Value
from engine.facts import canonical
from engine.intake.cleaning import Unclean, cleaned
from engine.intake.faults import Fault, Told, suggestion
from engine.intake.sheets import Cell, Row, Sheet

_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact as a file tells it, ready to be stored: `key` and `fields` are the canonical texts of the store."""

    kind: str
    key: str
    fields: str
    file: str
    sheet: str | None
    row: int
    values: Mapping[str, Value]


def drafts_of(sheet: Sheet, ruleset: Ruleset, told: Told) -> Iterator[Draft]:
    """The facts of a sheet. Where the sheet lacks a needed column, its rows are still checked for the rest."""
    kind = ruleset.kinds.get(sheet.kind)
    if kind is None:
        what = "工作表名" if sheet.name is not None else "事实类型"
        message = f"{what}“{sheet.kind}”不是字典中的事实类型{suggestion(sheet.kind, ruleset.kinds)}"
        first = next(iter(sheet.rows), None) if sheet.columns is None else None
        row = first.number if first is not None else None
        told.faults.append(Fault(sheet.file, sheet.name, row, None, None, sheet.kind, "unknown-kind", message))
        return
    reader = _RowReader(sheet, kind, ruleset, told)
    if sheet.columns is not None:
        reader.check_columns(sheet.columns)
    for row in sheet.rows:
        draft = reader.read(row)
        if draft is not None:
            yield draft


class _RowReader:
    """Reads the rows of one sheet as facts of one kind."""

    def __init__(self, sheet: Sheet, kind: Kind, ruleset: Ruleset, told: Told) -> None:
        self._sheet, self._kind, self._ruleset, self._told = sheet, kind, ruleset, told
        self._absent: set[str] = set()  # needed columns that the whole sheet lacks: told once
        self._unknown: set[str] = set()

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
        """The fact of a row, or None where it is empty or faulty."""
        if all(cell.empty for cell in row.cells.values()):
            return None
        if self._sheet.columns is None:
            self._warn_of(row.cells, row.number)
        before = len(self._told.faults)
        values: dict[str, Value] = {}
        for name, field in self._kind.fields.items():
            value = self._value(field, row)
            if value is not None:
                values[name] = value
        self._check(row, values)
        self._warn_of_year(row, values)
        if len(self._told.faults) > before or self._absent:
            return None
        types = self._kind.fields
        stored = {name: types[name].type.stored(value) for name, value in values.items()}
        key = canonical([stored.get(name) for name in self._kind.key])
        sheet = self._sheet
        return Draft(self._kind.name, key, canonical(stored), sheet.file, sheet.name, row.number, values)

    def _warn_of_year(self, row: Row, values: Mapping[str, Value]) -> None:
        """What happened in another year is kept, but most often a slip of the pen: no run of this ruleset reads it."""
        year = str(self._ruleset.year)
        for name in filter(None, (self._kind.month_field, self._kind.year_field)):
            value = str(values.get(name, year))
            if not value.startswith(year):
                message = f"“{name}”{value} 不在规则集的年度 {year} 内，已照收，但不计分；如为笔误请改正后重新导入"
                at = (self._sheet.file, self._sheet.name, row.number, self._address(name, row), name, value)
                self._told.warnings.append(Fault(*at, "other-year", message))

    def _value(self, field: Field, row: Row) -> Value | None:
        cell = row.cells.get(field.name)
        if cell is None and field.name in self._absent:
            return None
        cell = cell or Cell("", self._address(field.name, row))
        try:
            text = cleaned(cell, field.type)
            if text:
                return self._ruleset.aliases[text] if isinstance(field.type, UnitType) else field.type.parse(text)
            if not field.optional:
                self._tell("missing-value", f"“{field.name}”不能为空，应为{field.type.expected}", row.number, field.name, cell)
        except Unclean as unclean:
            self._tell(unclean.code, f"“{field.name}”{unclean}", row.number, field.name, cell)
        except KeyError:
            self._tell("unknown-unit", self._unknown_unit(field, text), row.number, field.name, cell)
        except BadValue as bad:
            self._tell("bad-value", _bad_value(field, text, bad), row.number, field.name, cell)
        return None

    def _address(self, name: str, row: Row) -> str | None:
        columns = self._sheet.columns
        return f"{columns[name]}{row.number}" if columns is not None and name in columns else None

    def _unknown_unit(self, field: Field, text: str) -> str:
        near = nearest(text, self._ruleset.aliases)
        meant = f"，是否应为“{self._ruleset.aliases[near]}”" if near else ""
        return f"“{field.name}”应为{field.type.expected}，名单中没有“{text}”{meant}"

    def _check(self, row: Row, values: Mapping[str, Value]) -> None:
        """The dictionary's checks; and what ends before it starts is wrong in every kind that has a start and an end."""
        failed = [check for check in self._kind.checks if not met(check, values)]
        start, end = self._kind.start_field, self._kind.end_field
        if start and end and not failed:
            order = Check(start, "<=", end, f"{start} <= {end}")
            failed = [] if met(order, values) else [order]
        for check in failed:
            held = "，".join(f"{side} 为 {values[side]}" for side in (check.left, check.right) if side in values)
            self._tell("check-failed", f"应满足 {check.text}，此行 {held}", row.number)

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


def met(check: Check, values: Mapping[str, Value]) -> bool:
    sides = [side if isinstance(side, Fraction) else values.get(side) for side in (check.left, check.right)]
    if None in sides:
        return True
    left, right = (side if isinstance(side, str) else Fraction(side) for side in sides)
    return _COMPARE[check.op](left, right)
