"""The blank intake workbook, made from the dictionary: a page of instructions, a sheet a fact kind, the lists behind."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxInputError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from engine.dsl.model import Field, Kind, Rule, Ruleset, Time
from engine.errors import InputError
from engine.intake.ours import INSTRUCTIONS, MARK, MONTH_LABEL, UNIT_LABEL, YEAR_LABEL, Prefilled
from engine.intake.template_sheets import OPTIONAL_FILL, KindSheets

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_TIPS = (
    "每类数据一张工作表，没有的可以空着。工作表名和第一行的列名不要改；列可以换序，可空的列可以删去。",
    "橙色列必填，蓝色列可空；选中单元格，会看到应填的内容。空行不计；没有业务而要报数的，如实填 0。",
    "不要合并单元格，不要加合计行、小计行。",
    "预填了单位、月份的行，没有填完整就不算上报：原样留着的不会导入，只填了一部分的导入时会报错。",
    "一条数据以“同一条的认定”所列的列辨认；在以后的文件里再报同一条，即为更正。",
    "本页左上角的单位、月份、年度用来认出预填的行，请勿改动。",
)
_HEAD_ROW = len(_TIPS) + 1  # one row free between the tips and the table
_COLUMNS = (  # heading and width
    ("数据", 20),
    ("时间", 26),
    ("同一条的认定", 30),
    ("必填的列", 44),
    ("可空的列", 36),
    ("须满足", 26),
    ("依据条款", 48),
)
_OWN_COLUMN = ("与本单位有关", 14)
_TIMES = {
    Time.EVENT: "事件：发生在某个月，一件一行",
    Time.MONTHLY: "逐月数：每月报一次",
    Time.STATE: "状态：在一段时间里一直成立",
    Time.RECORD: "逐条记录：一条一行，用来汇总出逐月数",
    Time.ANNUAL: "年度：一年报一次",
    Time.TABLE: "对照表：供查对，一直有效",
}


@dataclass(frozen=True)
class Template:
    """A written template: the workbook's bytes, how many kinds it has sheets for, and how many rows are filled in."""

    content: bytes
    kinds: int
    rows: int


def template_workbook(ruleset: Ruleset, month: str | None = None, unit: str | None = None) -> Template:
    """A blank workbook for the ruleset's year; `month` is one of its months and `unit` a name of its list, if given.

    One for a unit leaves out what units do not report.
    Raises InputError where a kind's name cannot be the name of a sheet.
    """
    known = Prefilled(unit or "", month or "", str(ruleset.year))
    kinds = [kind for name, kind in ruleset.kinds.items() if not (unit and name in ruleset.operator_kinds)]
    content = BytesIO()
    with Workbook(content, _OPTIONS) as workbook:
        # The library would note the moment of writing; a template is the same bytes on any day.
        workbook.set_properties({"created": datetime.datetime(ruleset.year, 1, 1)})
        try:
            _Instructions(workbook, ruleset, known).write(kinds)
            sheets = KindSheets(workbook, ruleset, known)
            rows = sum(sheets.write(kind) for kind in kinds)
            sheets.write_lists()
        except XlsxInputError as error:
            hint = "改短名称（至多 31 个字），并避免重名"
            raise InputError(f"字典里有事实类型的名称不能作工作表名：{error}", hint) from error
    return Template(content.getvalue(), len(kinds), rows)


class _Instructions:
    """Writes the first sheet: what the template was made for, how to fill it in, and every kind explained."""

    def __init__(self, workbook: Workbook, ruleset: Ruleset, known: Prefilled) -> None:
        self._ruleset, self._known = ruleset, known
        self._sheet: Worksheet = workbook.add_worksheet(INSTRUCTIONS)
        self._columns = (*_COLUMNS, _OWN_COLUMN) if known.unit else _COLUMNS
        wrapped = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#C8CED6"}
        self._title: Format = workbook.add_format({"bold": True, "font_size": 14})
        self._bold: Format = workbook.add_format({"bold": True})
        self._text: Format = workbook.add_format({"num_format": "@"})
        self._head: Format = workbook.add_format({**wrapped, "bold": True, "bg_color": OPTIONAL_FILL})
        self._cell: Format = workbook.add_format(wrapped)
        self._link: Format = workbook.add_format({**wrapped, "font_color": "#1F4E9E", "underline": 1})

    def write(self, kinds: Sequence[Kind]) -> None:
        sheet = self._sheet
        sheet.write_string(0, 0, f"{MARK}{INSTRUCTIONS}", self._title)
        labels = ((UNIT_LABEL, self._known.unit), (MONTH_LABEL, self._known.month), (YEAR_LABEL, self._known.year))
        for row, (label, value) in enumerate(labels, start=1):
            sheet.write_string(row, 0, label, self._bold)
            sheet.write(row, 1, value, self._text)  # an empty text as an empty cell
        for row, tip in enumerate(_TIPS):
            sheet.write_string(row, 2, f"{row + 1}. {tip}")  # runs on over the empty cells to its right
        for column, (heading, width) in enumerate(self._columns):
            sheet.set_column(column, column, width)
            sheet.write_string(_HEAD_ROW, column, heading, self._head)
        for row, kind in enumerate(kinds, start=_HEAD_ROW + 1):
            sheet.write_url(row, 0, f"internal:'{kind.name}'!A1", self._link, kind.name)
            for column, text in enumerate(self._explained(kind), start=1):
                sheet.write(row, column, text, self._cell)
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)

    def _explained(self, kind: Kind) -> Iterator[str]:
        """The cells of one kind, after its name."""
        yield _time_words(kind)
        yield f"同一 {'、'.join(kind.key)} 为同一条，再报即更正"
        for optional in (False, True):
            yield _lines(kind.fields, optional)
        checks = [check.text for check in kind.checks]
        yield "\n".join([*checks, f"{'、'.join(kind.any_of)} 至少填一项"] if kind.any_of else checks)
        rules = self._rules(kind)
        clauses = (f"{' '.join(filter(None, (rule.id, rule.clause)))}：{rule.title}" for rule in rules)
        yield "\n".join((*clauses, *_other_uses(kind, self._ruleset)))
        if self._known.unit:
            yield "是" if rules or self._of_every_unit(kind) else ""

    def _rules(self, kind: Kind) -> Sequence[Rule]:
        """The rules that read a kind, or what is made of it; with a unit, those that bind it."""
        read = {kind.name, *(one.makes for one in self._ruleset.derivations if one.source == kind.name)}
        unit = self._known.unit
        return [
            rule
            for rule in self._ruleset.rules
            if (not unit or unit in rule.units)
            and any(pattern is not None and pattern.kind in read for pattern in (rule.fact, *rule.nones))
        ]

    def _of_every_unit(self, kind: Kind) -> bool:
        return kind.name in (self._ruleset.annual and self._ruleset.annual.fact, self._ruleset.progress and self._ruleset.progress.fact)


def _time_words(kind: Kind) -> str:
    words = _TIMES[kind.time]
    if kind.start_field is None or kind.end_field is None:
        return words
    end = "" if kind.time is not Time.STATE else "也算" if kind.end_counts else "不算"
    counts = f"（终止的当月{end}）" if end else ""
    return f"{words}；从“{kind.start_field}”起，到“{kind.end_field}”为止{counts}，没有终止的空着"


def _lines(fields: Mapping[str, Field], optional: bool) -> str:
    return "\n".join(f"{name}：{field.type.expected}" for name, field in fields.items() if field.optional is optional)


def _other_uses(kind: Kind, ruleset: Ruleset) -> Iterator[str]:
    """What reads a kind besides rules."""
    for derivation in ruleset.derivations:
        if derivation.source == kind.name:
            yield f"汇总出“{derivation.makes}”"
    for other in ruleset.kinds.values():
        if any(route.table == kind.name for route in other.routes.values()):
            yield f"用来确定“{other.name}”归哪个单位"
    if ruleset.annual is not None and ruleset.annual.fact == kind.name:
        yield "用于年度考核结果"
    if ruleset.adjustments and ruleset.adjustments.fact == kind.name:
        yield "由操作员填写；jifen adjust 会代为计算附件的校验码"
    if ruleset.checks and ruleset.checks.fact == kind.name:
        yield "由操作员填写；只用来与账本核对，不计分"
    if ruleset.opening == kind.name:
        yield "由操作员在年中启用时填写，用 jifen open-balance 收入；平时留空"
    if ruleset.progress and ruleset.progress.fact == kind.name:
        yield "用于督办任务的进展"
