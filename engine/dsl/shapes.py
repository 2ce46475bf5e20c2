"""The shape of each file of a ruleset: which keys there are, and which of them hold texts, lists or more.

Values stay texts here. What depends on the dictionary (tests, points, names) is read by rules.py and its
neighbours; those parts are `Any`, so that an error's path is always the path in the file.
"""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from engine.dsl.nearest import did_you_mean, nearest
from engine.dsl.report import Report, Spot

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Year = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
Whole = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}$")]
Letter = Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BandShape(Shape):
    grade: Text
    to: Whole | None = None
    last: Whole | None = None


class AnnualShape(Shape):
    fact: Text
    field: Text
    months_weight: Any = None
    evaluation_weight: Any = None
    scale: Any = None
    rank_by: Any = None
    ties: Any = None
    vetoed: Any = None


class RateShape(Shape):
    fact: Text
    value: Text


class CaseShape(Shape):
    """One rule test (dsl.md); what `expect` holds is read by hand, as it may be by month."""

    name: Text
    unit: Text
    month: Text | None = None
    facts: dict[str, list[dict[str, str]]] = {}
    expect: dict[str, Any] | None = None
    ignore: list[Text] = []
    settings: dict[str, Text] = {}
    tasks: dict[str, Text] = {}


class NoticeShape(Shape):
    issuer: Text | None = None
    number_prefix: Text | None = None
    to: Text | None = None
    signer: Text | None = None
    cc: Text | None = None


class ReviewShape(Shape):
    within: Any


class LettersShape(Shape):
    number_prefix: Text | None = None
    answer_within: Any = None
    due_within: Any = None
    escalate_after: Any = None
    escalate_to: Text | None = None


class AdjustmentsShape(Shape):
    fact: Text
    points: Text
    reason: Text
    attachment: Text
    number: Text


class ChecksShape(Shape):
    fact: Text
    month_points: Text
    total_points: Text


class MaskShape(Shape):
    fact: Text
    field: Text
    unless: Text | None = None


class OpeningShape(Shape):
    fact: Text


class MergersShape(Shape):
    merged: Any


class CalendarShape(Shape):
    holidays: list[Text]
    workdays: list[Text] = []


class RulesetShape(Shape):
    name: Text
    title: Text
    year: Year
    categories: list[Text]
    category_letters: dict[str, Letter] = {}
    sources: list[Text] = []
    free_fields: list[Text] = []
    numbered_field: Text | None = None
    credit_code_field: Text | None = None
    digest_field: Text | None = None
    calendar: dict[str, CalendarShape] = {}
    settings: dict[str, Any] = {}
    grades: dict[str, list[BandShape]] = {}
    annual: AnnualShape | None = None
    rates: dict[str, RateShape] = {}
    adjustments: AdjustmentsShape | None = None
    checks: ChecksShape | None = None
    opening: OpeningShape | None = None
    masked: list[MaskShape] = []
    units: MergersShape | None = None
    notice: NoticeShape = NoticeShape()
    review: ReviewShape | None = None
    letters: LettersShape | None = None


class DatedShape(Shape):
    value: Text
    source: Text


class KindShape(Shape):
    time: Literal["event", "monthly", "state", "record", "annual", "table"]
    key: list[Text]
    fields: dict[str, Any]
    check: list[Text] = []
    route: dict[str, Text] = {}
    ends: Literal["before", "in"] = "before"


class UnitShape(Shape):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.removesuffix("_"))
    name: Text
    full_name: Text
    category: Text
    aliases: list[Text] = []
    groups: list[Text] = []
    from_: Month | None = None
    to: Month | None = None
    becomes: Text | None = None


class UnitsShape(Shape):
    units: list[UnitShape]


class ClauseShape(Shape):
    id: Text
    section: Text
    goal: Text
    asks: Text
    no_points: Text = ""
    slips: Text = ""


class ClausesShape(Shape):
    clauses: list[ClauseShape]


class ProgressShape(Shape):
    fact: Text
    task: Text
    status: Text
    done: Text


class EvidenceShape(Shape):
    fact: Text
    where: dict[str, Any] = {}
    every: dict[str, list[Text]] = {}


class AnyShape(Shape):
    any: list[Any]


class ObligationShape(Shape):
    no: Whole
    title: Text
    clause: Text
    units: list[Any]
    kind: Literal["by", "monthly", "clean"]
    due: Any = None
    done_when: Any = None
    standard: dict[str, Any] = {}
    breach: Any = None
    note: Text = ""


class ObligationsShape(Shape):
    progress: ProgressShape | None = None
    obligations: list[Any] = []


class DerivationShape(Shape):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.removesuffix("_"))
    makes: Text
    from_: Text
    month_of: Text
    counts: dict[str, dict[str, Any]]


class WithinShape(Shape):
    within: Any
    of: Text


class RulesShape(Shape):
    category: Text
    rules: list[Any]


class ValidShape(Shape):
    # pydantic names a field by its alias in an error's path, so that is the key in the file
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.removesuffix("_"))
    from_: Month | None = None
    to: Month | None = None


class VetoShape(Shape):
    grade: Text
    at: Literal["year-end"]


class CapShape(Shape):
    points: Any
    per: Any


class TableShape(Shape):
    by: Text
    table: dict[str, Any]


class PatternShape(Shape):
    fact: Text | None = None
    none: Text | None = None
    where: dict[str, Any] = {}


class RuleShape(Shape):
    id: Text
    title: Text
    units: Any
    when: Any
    points: Any
    clause: Text | None = None
    note: Text = ""
    valid: ValidShape = ValidShape()
    times: Text | None = None
    once_per: Any = None
    best_of: Any = None
    cap: CapShape | None = None
    veto: VetoShape | None = None
    say: Text | None = None
    replaces: Text | None = None
    allow: dict[str, Any] = {}


Shaped = TypeVar("Shaped", bound=Shape)

_EXPECTED = {
    "string_type": "这里应是一个文字或数",
    "string_too_short": "这里不能为空",
    "string_too_long": "文字超过 1000 个字",
    "list_type": "这里应是一个列表",
    "dict_type": "这里应是“键: 值”",
    "model_type": "这里应是“键: 值”",
    "literal_error": "这里只能是下列之一",
    "string_pattern_mismatch": "写法不对",
}
_PATTERNS = {
    Month.__metadata__[0].pattern: "应为月份，如 2023-04",
    Year.__metadata__[0].pattern: "应为年度，如 2023",
    Whole.__metadata__[0].pattern: "应为大于 0 的整数",
    Letter.__metadata__[0].pattern: "应为一个大写字母",
}


def shaped(shape: type[Shaped], data: Any, spot: Spot, report: Report) -> Shaped | None:
    """Data read as a shape, or None with every fault of it reported at its place."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=True):
            _tell(shape, fault, spot, report)
        return None


def known_part(shape: type[Shaped], data: Any) -> Shaped | None:
    """What of data with unknown keys can be read without them, so that they hide no other fault; None where that is nothing.

    A key that may be meant as `valid` could change everything else, so nothing is read then.
    """
    known = _named(shape)
    unknown = set(data) - set(known) if isinstance(data, dict) else set()
    if not unknown or any(nearest(key, known) == "valid" for key in unknown):
        return None
    try:
        return shape.model_validate({key: value for key, value in data.items() if key in known})
    except ValidationError:
        return None


def _tell(shape: type[Shape], fault: Any, spot: Spot, report: Report) -> None:
    where = spot.at(*fault["loc"])
    word = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        report.add(where.key, "unknown-key", f"没有“{word}”这个键", did_you_mean(word, _keys(shape, fault["loc"])))
    elif fault["type"] == "missing":
        parent = spot.at(*fault["loc"][:-1])
        report.add(parent.value, "missing-key", f"缺少“{word}”", f"补上“{word}:”")
    else:
        message = _EXPECTED.get(fault["type"], "值不合要求")
        context = fault.get("ctx", {})
        hint = _PATTERNS.get(context.get("pattern", ""), "")
        if fault["type"] == "literal_error":
            expected = str(context["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
            hint = f"可用：{expected}"
        report.add(where.value, "bad-value", message, hint)


def _keys(shape: type[Shape], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the shape at a fault's path knows; the path's last part is the key it lacks."""
    model: Any = shape
    for step in loc[:-1]:
        model = _named(model)[step] if isinstance(model, type) and issubclass(model, BaseModel) else get_args(model)[-1]
        if get_origin(model) is UnionType:  # X | None
            model = get_args(model)[0]
    return list(_named(model))


def _named(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}
