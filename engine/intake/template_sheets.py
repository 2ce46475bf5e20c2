"""The sheets of a template that are filled in: one a fact kind, with formats, drop-downs and the rows known beforehand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import product

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from engine.dsl.model import Field, Kind, Ruleset, Time
from engine.dsl.types import (
    ChoiceType,
    DateType,
    DecimalType,
    FieldType,
    MonthType,
    TextType,
    UnitType,
    WholeType,
    YearType,
)
from engine.intake.ours import LISTS, MARK, Prefilled, lacks, listed_keys, prefills

REQUIRED_FILL, OPTIONAL_FILL = "#F8D7A8", "#E8EEF4"

_LAST_ROW = 20_000  # counted from 0; what a unit fills in by hand stays far below
_SPARE_ROWS = 10
_LONGEST_LIST = 255  # what Excel takes as a list within a cell's validation
_LONGEST_EXPECTED, _LONGEST_TITLE = 220, 32  # a message of Excel has room for 255, a title for 32
_YEARS_BACK = 30
_FORMATS = ((DateType, "yyyy-mm-dd"), (YearType, "0"), (WholeType, "0"), (DecimalType, "General"))
_WIDTHS = ((UnitType, 22), (DateType, 13), (TextType, 26))
_NARROW = 12


def prefilled_rows(kind: Kind, known: Prefilled) -> list[dict[str, str]]:
    """The rows that a template fills in beforehand, none of them a whole fact: a row a month, or a row a value of
    the closed lists in a monthly kind's key; some rows to go on with in other kinds."""
    base = prefills(kind, known)
    if not base:
        return []
    if kind.time is not Time.MONTHLY:
        return [base] * _SPARE_ROWS
    listed = listed_keys(kind)
    if not lacks(kind, (*base, *listed)):
        return [base]
    every = product(*(kind.closed[name] for name in listed))
    return [{**base, **dict(zip(listed, values, strict=True))} for values in every]


class KindSheets:
    """Writes the sheets of fact kinds into a workbook, and at the end the hidden sheet that their drop-downs read."""

    def __init__(self, workbook: Workbook, ruleset: Ruleset, known: Prefilled) -> None:
        self._workbook, self._ruleset, self._known = workbook, ruleset, known
        self._heads = {
            optional: workbook.add_format(
                {"bold": True, "bottom": 1, "align": "center", "bg_color": OPTIONAL_FILL if optional else REQUIRED_FILL}
            )
            for optional in (False, True)
        }
        self._lists: dict[tuple[str, ...], str] = {}  # the values of a drop-down to its defined name

    def write(self, kind: Kind) -> int:
        """One kind's sheet; gives the number of rows filled in beforehand."""
        sheet = self._workbook.add_worksheet(kind.name)
        rows = prefilled_rows(kind, self._known)
        for column, field in enumerate(kind.fields.values()):
            style = self._styles[_number_format(field.type)]
            sheet.set_column(column, column, _width(field), style)
            sheet.write_string(0, column, field.name, self._heads[field.optional])
            allowed = self._allowed(field)
            sheet.data_validation(1, column, _LAST_ROW, column, {**allowed, **_prompt(field, allowed["error_type"])})
            for place, row in enumerate(rows, start=1):
                if field.name in row:
                    _write(sheet, place, column, row[field.name], field.type, style)
        # Codes in digits are meant as text here; the green corner would only invite to turn them into numbers.
        sheet.ignore_errors({"number_stored_as_text": f"A2:{xl_col_to_name(len(kind.fields) - 1)}{_LAST_ROW + 1}"})
        sheet.freeze_panes(1, 0)
        return len(rows)

    def write_lists(self) -> None:
        """The hidden sheet: a list a column, each under the name that the drop-downs call it by."""
        sheet = self._workbook.add_worksheet(LISTS)
        sheet.write_string(0, 0, f"{MARK}{LISTS}：下拉列表的取值，请勿改动")
        for column, (values, name) in enumerate(self._lists.items()):
            for place, value in enumerate(values, start=1):
                sheet.write_string(place, column, value)
            letter = xl_col_to_name(column)
            self._workbook.define_name(name, f"={LISTS}!${letter}$2:${letter}${len(values) + 1}")
        sheet.hide()

    @cached_property
    def _styles(self) -> Mapping[str, Format]:
        return {code: self._workbook.add_format({"num_format": code}) for code in ("@", *(code for _, code in _FORMATS))}

    def _allowed(self, field: Field) -> dict[str, object]:
        """What a column accepts. Where the intake also reads other spellings, Excel warns and does not refuse."""
        type_, year = field.type, self._ruleset.year
        match type_:
            case UnitType():
                return _list(self._named(tuple(self._ruleset.units)), "warning")
            case MonthType():
                return _list(self._named(self._ruleset.months), "warning")
            case YearType():
                return {"validate": "integer", "criteria": "==", "value": year, "error_type": "warning"}
            case ChoiceType(choices=choices):
                inline = len(",".join(choices)) <= _LONGEST_LIST and not any(sign in one for one in choices for sign in ',"')
                return _list(list(choices) if inline else self._named(choices), "stop")
            case DateType():
                days = datetime.date(year - _YEARS_BACK, 1, 1), datetime.date(year + 1, 12, 31)
                return _between("date", *days, "warning")
            case WholeType(low=low, high=high):
                return _between("integer", low, high, "stop")
            case DecimalType(low=low, high=high):
                return _between("decimal", low, high, "stop")
            case TextType(longest=longest):
                return _between("length", 1, longest, "stop")
        raise TypeError(type_)

    def _named(self, values: tuple[str, ...]) -> str:
        return "=" + self._lists.setdefault(values, f"{LISTS}_{len(self._lists) + 1}")


def _list(source: list[str] | str, error_type: str) -> dict[str, object]:
    return {"validate": "list", "source": source, "error_type": error_type}


def _between(what: str, low: object, high: object, error_type: str) -> dict[str, object]:
    return {"validate": what, "criteria": "between", "minimum": low, "maximum": high, "error_type": error_type}


def _prompt(field: Field, error_type: object) -> dict[str, object]:
    """What Excel says of a cell when it is chosen, and when it holds something else."""
    expected = _short(field.type.expected, _LONGEST_EXPECTED)
    otherwise = "；意思相同的其他写法也可保留，导入时核对" if error_type == "warning" else ""
    return {
        "input_title": _short(field.name, _LONGEST_TITLE),
        "input_message": f"{'可空' if field.optional else '必填'}：{expected}",
        "error_title": _short(field.name, _LONGEST_TITLE),
        "error_message": f"应为{expected}{otherwise}",
    }


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _number_format(type_: FieldType) -> str:
    return next((code for held, code in _FORMATS if isinstance(type_, held)), "@")


def _width(field: Field) -> int:
    """Room for the heading and for what the type holds, a Chinese character being two wide."""
    choices: Sequence[str] = field.type.choices if isinstance(field.type, ChoiceType) else ()
    held = next((width for type_, width in _WIDTHS if isinstance(field.type, type_)), _NARROW)
    return min(40, max(held, *(2 * len(word) + 4 for word in (field.name, *choices))))


def _write(sheet: Worksheet, row: int, column: int, text: str, type_: FieldType, style: Format) -> None:
    if isinstance(type_, YearType):
        sheet.write_number(row, column, int(text), style)
    else:
        sheet.write_string(row, column, text, style)
