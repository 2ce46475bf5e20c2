"""One meaning in several spellings gets one text; what could mean two things is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dsl.types import (
    DateType,
    DecimalType,
    MonthType,
    TextType,
    WholeType,
    YearType,
)
from engine.intake.cleaning import Unclean, cleaned
from engine.intake.sheets import Cell

PERCENT = DecimalType(low=0, high=100, digits=4)
TYPES = [TextType(), MonthType(), DateType(), YearType(), WholeType(), DecimalType(), PERCENT]


@pytest.mark.parametrize(
    "text", ["2023-04", "2023-4", "2023/4", "2023/04", "2023年4月", "２０２３年４月", "202304", "2023.04", "　2023/4/15 ", "20230401"]
)
def test_a_month_in_any_spelling(text):
    assert cleaned(Cell(text), MonthType()) == "2023-04"


@pytest.mark.parametrize("text", ["2023-04-05", "2023/4/5", "2023年4月5日", "2023.4.5", "20230405"])
def test_a_date_in_any_spelling(text):
    assert cleaned(Cell(text), DateType()) == "2023-04-05"


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("2023-02-30", DateType()),
        ("2023-02-30", MonthType()),
        ("1,000", WholeType()),
        ("１，０００", WholeType()),
        ("50%", WholeType()),
        ("50%", DecimalType()),
        ("甲\x07", TextType()),
        ("\ud800", TextType()),
        ("长治\ufffd", TextType()),
    ],
)
def test_what_is_doubtful_is_refused(text, type_):
    with pytest.raises(Unclean):
        cleaned(Cell(text), type_)


@pytest.mark.parametrize("text", ["2023.4", "4月", "2023", "23-4", "2023-4-", "2023年4"])
def test_what_is_no_month_is_left_for_the_type_to_refuse(text):
    with pytest.raises(ValueError, match="月份"):
        MonthType().parse(cleaned(Cell(text), MonthType()))


def test_names_keep_their_characters_and_numbers_are_not_guessed():
    assert cleaned(Cell(" ①号（甲） "), TextType()) == "①号（甲）"
    assert cleaned(Cell("\u200b甲\ufeff"), TextType()) == "甲"
    assert cleaned(Cell("85.50％"), PERCENT) == "85.50"
    with pytest.raises(ValueError, match="整数"):
        WholeType().parse(cleaned(Cell("5²"), WholeType()))


@given(st.text(max_size=20) | st.from_regex(r"[0-9０-９]{4}[-/年.][0-9]{1,2}月?", fullmatch=True), st.sampled_from(TYPES))
def test_cleaning_what_is_clean_changes_nothing(text, type_):
    try:
        once = cleaned(Cell(text), type_)
    except Unclean:
        return
    assert cleaned(Cell(once), type_) == once
