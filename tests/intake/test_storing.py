"""An import stores what is new, all of it or nothing; spells of one thing never overlap."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from engine.errors import IntakeRefused
from engine.intake.reading import Reading, read_facts
from engine.intake.rows import Draft
from engine.intake.spells import overlaps
from engine.intake.storing import store
from models.tables import FactVersion, Import, SourceFile

pytestmark = pytest.mark.both_databases

HEAD = ["单位", "月份", "应报数", "实报数"]
STATE = ["单位", "主体", "起始月份", "终止月份"]
TABLE = ["行业", "单位", "起始月份", "终止月份"]
CASES = ["单位", "月份", "编号", "处理"]
WHO = {"operator": "张三", "at": "2023-05-01T00:00:00Z"}


def counts(stored) -> tuple[int, int, int]:
    return stored.new, stored.changed, stored.unchanged


def rows(connection, table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar()


def test_new_changed_and_unchanged_facts_are_versions(connection, workbook, ruleset):
    first = workbook("甲.xlsx", 双公示统计=[HEAD, ["沁县", "2023-04", 5, 4], ["沁县", "2023-05", 5, 4]])
    stored = store(connection, ruleset, read_facts([first], ruleset), **WHO)
    assert (counts(stored), stored.touched_months) == ((2, 0, 0), ("2023-04", "2023-05"))
    second = workbook("乙.xlsx", 双公示统计=[HEAD, ["沁县", "2023-04", 5, 5], ["沁县", "2023-05", 5, 4]])
    stored = store(connection, ruleset, read_facts([second], ruleset), **WHO, correction="补报")
    assert (counts(stored), stored.touched_months) == ((0, 1, 1), ("2023-04",))
    newest = connection.execute(
        select(FactVersion.fields, FactVersion.sheet, FactVersion.row, SourceFile.name, Import.reason)
        .join(SourceFile, FactVersion.file_id == SourceFile.id)
        .join(Import, FactVersion.import_id == Import.id)
        .order_by(FactVersion.id.desc())
    ).first()
    assert newest[0] == '{"单位":"沁县","实报数":5,"应报数":5,"月份":"2023-04"}'
    assert tuple(newest[1:]) == ("双公示统计", 2, second.as_posix(), "补报")


def test_importing_the_same_again_writes_nothing(connection, workbook, ruleset):
    reading = read_facts([workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4]])], ruleset)
    store(connection, ruleset, reading, **WHO)
    stored = store(connection, ruleset, reading, **WHO)
    assert (counts(stored), stored.import_id, stored.touched_months) == ((0, 0, 1), None, ())
    assert [rows(connection, table) for table in (Import, SourceFile, FactVersion)] == [1, 1, 1]


def test_a_fact_that_was_withdrawn_is_new_when_it_comes_again(connection, workbook, ruleset):
    reading = read_facts([workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4]])], ruleset)
    store(connection, ruleset, reading, **WHO)
    version = FactVersion.__table__
    copied = [column for column in version.c if column.name not in ("id", "withdrawn")]
    again = dict(connection.execute(select(*copied)).mappings().one())
    connection.execute(version.insert().values(**again, withdrawn=True))
    assert counts(store(connection, ruleset, reading, **WHO)) == (1, 0, 0)


def test_one_fault_and_nothing_is_written(connection, workbook, ruleset):
    path = workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4], ["沁县", "2023-05", 5, 6]])
    with pytest.raises(IntakeRefused) as refused:
        store(connection, ruleset, read_facts([path], ruleset), **WHO)
    assert [fault.row for fault in refused.value.faults] == [3]
    assert rows(connection, Import) == 0


def test_a_spell_that_overlaps_a_stored_one_is_refused_and_one_that_ends_it_is_not(connection, workbook, ruleset):
    open_spell = workbook("甲.xlsx", 失信主体=[STATE, ["沁县", "甲公司", "2023-02", None]])
    stored = store(connection, ruleset, read_facts([open_spell], ruleset), **WHO)
    assert stored.touched_months == tuple(f"2023-{month:02d}" for month in range(2, 13))
    later = workbook("乙.xlsx", 失信主体=[STATE, ["沁县", "甲公司", "2023-06", None], ["沁县", "乙公司", "2023-06", None]])
    with pytest.raises(IntakeRefused) as refused:
        store(connection, ruleset, read_facts([later], ruleset), **WHO)
    (fault,) = refused.value.faults
    assert (fault.code, fault.row, fault.file) == ("overlap", 2, later.as_posix())
    assert f"{open_spell.as_posix()} 工作表“失信主体”第 2 行" in fault.message
    ended = workbook("丙.xlsx", 失信主体=[STATE, ["沁县", "甲公司", "2023-02", "2023-06"], ["沁县", "甲公司", "2023-06", None]])
    stored = store(connection, ruleset, read_facts([ended], ruleset), **WHO)
    assert counts(stored) == (1, 1, 0)


def test_an_end_touches_the_months_from_it_on(connection, workbook, ruleset):
    for name, end in (("甲.xlsx", None), ("乙.xlsx", "2023-11")):
        path = workbook(name, 失信主体=[STATE, ["沁县", "甲公司", "2022-05", end]])
        stored = store(connection, ruleset, read_facts([path], ruleset), **WHO)
    assert stored.touched_months == ("2023-11", "2023-12")


def test_rows_of_a_table_must_not_overlap_and_none_may_end_before_it_starts(connection, workbook, ruleset):
    path = workbook(主管=[TABLE, ["教育", "市教育局", None, "2023-06"], ["教育", "市科技局", "2023-05", None]])
    with pytest.raises(IntakeRefused) as refused:
        store(connection, ruleset, read_facts([path], ruleset), **WHO)
    assert [(fault.code, fault.row) for fault in refused.value.faults] == [("overlap", 3)]
    path = workbook(主管=[TABLE, ["教育", "市教育局", "2023-06", "2023-05"]])
    assert [fault.code for fault in read_facts([path], ruleset).faults] == ["check-failed"]


def test_a_number_that_was_reported_for_another_month_is_warned_of(connection, workbook, ruleset):
    march = workbook("甲.xlsx", 异议=[CASES, ["沁县", "2023-03", "1", "未处理"]], 放款=[["编号", "月份"], ["1", "2023-03"]])
    assert store(connection, ruleset, read_facts([march], ruleset), **WHO).warnings == ()
    april = workbook(
        "乙.xlsx",
        异议=[CASES, ["沁县", "2023-04", "1", "未处理"], ["市教育局", "2023-04", "1", "未处理"]],
        放款=[["编号", "月份"], ["1", "2023-04"]],
    )
    stored = store(connection, ruleset, read_facts([april], ruleset), **WHO)
    assert [(one.code, one.sheet, one.row, one.value) for one in stored.warnings] == [
        ("reported-before", "异议", 2, "1"),
        ("reported-before", "放款", 2, "1"),
    ]
    assert all("2023-03" in one.message for one in stored.warnings)
    assert (counts(stored), stored.touched_months) == ((2, 1, 0), ("2023-03", "2023-04"))


def test_the_store_refuses_to_change_what_was_imported(connection, workbook, ruleset):
    store(connection, ruleset, read_facts([workbook(双公示统计=[HEAD, ["沁县", "2023-04", 5, 4]])], ruleset), **WHO)
    with pytest.raises(Exception, match="append-only"):
        connection.execute(update(FactVersion.__table__).values(fields="{}"))


SPELLS = st.lists(st.tuples(st.integers(1, 9), st.none() | st.integers(1, 9)), max_size=5, unique_by=lambda spell: spell[0])


@given(SPELLS, st.integers(0, 5))
def test_overlaps_are_told_exactly_where_some_month_holds_twice(ruleset, spells, stored):
    """Against the plain reading: a month of the year in which two spells of the thing hold."""
    spells = [(start, end) for start, end in spells if end is None or start <= end]
    drafts = []
    for row, (start, end) in enumerate(spells):
        values = {"单位": "沁县", "主体": "甲", "起始月份": f"2023-0{start}", **({"终止月份": f"2023-0{end}"} if end else {})}
        drafts.append(Draft("失信主体", f'["沁县","甲","2023-0{start}"]', json.dumps(values), "a.csv", None, row))
    standing = [(one.kind, one.key, json.loads(one.fields), "某处") for one in drafts[:stored]]
    months = [set(range(start, end or 13)) for start, end in spells]
    taken, clashing = months[:stored], set()
    for row in sorted(range(stored, len(spells)), key=lambda row: spells[row][0]):
        if any(months[row] & other for other in taken):
            clashing.add(row)
        else:
            taken.append(months[row])
    assert {fault.row for fault in overlaps(ruleset, standing, drafts[stored:])} == clashing


def test_a_reading_of_nothing_stores_nothing(connection, ruleset):
    assert counts(store(connection, ruleset, Reading([], [], [], []), **WHO)) == (0, 0, 0)
