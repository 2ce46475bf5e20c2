"""Values of the dictionary's types as whole numbers that compare as the values do, and back: so a proof is arithmetic."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

from engine.dsl.model import Field
from engine.dsl.types import (
    ChoiceType,
    CreditCodeType,
    DateType,
    DigestType,
    MonthType,
    UnitType,
    Value,
    WholeType,
    YearType,
    canonical_decimal,
)

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_TEXTS = 10**6  # more texts than any comparison could tell apart


class Coding:
    """The codes of one kind's values. Units and the texts that the tests name have fixed places;
    every code beyond those of the named texts is some other text."""

    def __init__(self, units: Collection[str], texts: Collection[str]) -> None:
        self._units = tuple(units)
        self._texts = tuple(dict.fromkeys(texts))

    @property
    def other_text(self) -> int:
        """The first code of a text that is not named."""
        return len(self._texts)

    def bounds(self, field: Field) -> tuple[int, int]:
        """The lowest and the highest code of a field."""
        kind = field.type
        if kind.numeric:
            return kind.low * 10**kind.places, kind.high * 10**kind.places
        if isinstance(kind, ChoiceType):
            return 0, len(kind.choices) - 1
        if isinstance(kind, UnitType):
            return 0, len(self._units) - 1
        if isinstance(kind, MonthType):
            return 0, 12 * 10**4 - 1
        if isinstance(kind, YearType):
            return 0, 10**4 - 1
        if isinstance(kind, DateType):
            return datetime.date.min.toordinal(), datetime.date.max.toordinal()
        return 0, _TEXTS

    def code(self, field: Field, value: Value) -> int:
        kind = field.type
        if kind.numeric:
            return int(Fraction(value) * 10**kind.places)
        if isinstance(kind, ChoiceType):
            return kind.choices.index(value)
        if isinstance(kind, UnitType):
            return self._units.index(value)
        if isinstance(kind, MonthType):
            return int(value[:4]) * 12 + int(value[5:]) - 1
        if isinstance(kind, YearType):
            return int(value)
        if isinstance(kind, DateType):
            return datetime.date.fromisoformat(value).toordinal()
        return self._texts.index(value)

    def value(self, field: Field, code: int) -> Value:
        """The value of a code within the field's bounds."""
        kind = field.type
        if isinstance(kind, WholeType):
            return code
        if kind.numeric:
            return canonical_decimal(format(Decimal(code).scaleb(-kind.places), "f"))
        if isinstance(kind, ChoiceType):
            return kind.choices[code]
        if isinstance(kind, UnitType):
            return self._units[code]
        if isinstance(kind, MonthType):
            return f"{code // 12:04d}-{code % 12 + 1:02d}"
        if isinstance(kind, YearType):
            return f"{code:04d}"
        if isinstance(kind, DateType):
            return datetime.date.fromordinal(code).isoformat()
        return self._texts[code] if code < len(self._texts) else self._other_text(field, code)

    def _other_text(self, field: Field, code: int) -> str:
        if isinstance(field.type, CreditCodeType):
            from stdnum.cn import uscc

            digits = f"91140400{code:09d}"
            return digits + uscc.calc_check_digit(digits)
        if isinstance(field.type, DigestType):
            return hashlib.sha256(str(code).encode()).hexdigest()
        text = _STEMS[code] if code < len(_STEMS) else f"甲{code}"
        while text in self._texts:
            text += "々"
        return text
