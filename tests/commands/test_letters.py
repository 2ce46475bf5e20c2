"""Supervision letters: numbered when a month is closed, answered by a report of progress, escalated when they are repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from tests.forging import forge, opened
from tests.notices.reading import Reader

pytestmark = pytest.mark.both_databases

UNIT, TASK = "市工商联", 25  # its one task of each month: 信易贷入驻
KIND, PROGRESS = "信易贷入驻", "任务进展"
ISSUED = {"2023-01": "2023-02-08", "2023-02": "2023-03-08", "2023-03": "2023-04-10"}


@pytest.fixture
def do(jifen, workspace):
    def run(*args: object):
        outcome = jifen("-w", workspace, *args)
        assert outcome.status == 0, outcome.err
        return outcome

    return run


@pytest.fixture
def closed(do, workspace, sheet):
    """Brings the figures of some months for the unit, and closes the months up to one."""

    def close(until: str, *reported: str) -> Path:
        rows = [{"单位": UNIT, "月份": month, "入驻企业数": 1, "企业总数": 2} for month in reported]
        # A report of another unit, so that there is something to score from.
        do("import", sheet(KIND, *rows, {"单位": "市商务局", "月份": "2023-01", "入驻企业数": 1, "企业总数": 2}))
        for month in (each for each in ISSUED if each <= until):
            do("run", month, "--no-notices")
            do("close", month, "--date", ISSUED[month])
        return workspace

    return close


@pytest.fixture
def told(do):
    """The letters of the unit as `letters --json` tells them, by month."""
    return lambda *args: {one["month"]: one for one in do("letters", "--unit", UNIT, "--json", *args).json}


def progress(month: str, status: str = "推进中") -> dict[str, object]:
    return {"单位": UNIT, "任务": TASK, "月份": month, "状态": status}


def letter(folder: Path, month: str) -> Path:
    return folder / "notices" / month / "督办函" / f"{UNIT}.html"


def test_a_draft_follows_the_verdicts_and_has_no_number(do, workspace, sheet, told):
    do("import", sheet(KIND, {"单位": "市商务局", "月份": "2023-01", "入驻企业数": 1, "企业总数": 2}))
    do("run", "2023-01")
    assert letter(workspace, "2023-01").exists()
    (draft,) = told().values()
    assert (draft["number"], draft["state"], draft["due"], draft["reminders"]) == (None, "draft", None, 1)
    assert draft["tasks"] == [{"task": TASK, "status": "逾期", "reminders": 1, "answer": None}]
    assert told("--open") == {}
    do("run", "2023-01", "--from", sheet(KIND, {"单位": UNIT, "月份": "2023-01", "入驻企业数": 1, "企业总数": 2}))
    assert not letter(workspace, "2023-01").exists() and told() == {}


def test_closing_numbers_the_letters_in_the_order_of_the_list_and_the_next_month_goes_on(do, closed, ruleset):
    folder = closed("2023-02")
    found = do("letters", "--json").json
    assert [one["number"] for one in found] == [f"长信用督〔2023〕{number}号" for number in range(1, len(found) + 1)]
    for month in ("2023-01", "2023-02"):
        units = [one["unit"] for one in found if one["month"] == month]
        assert units == sorted(units, key=ruleset.order.get) and len(units) > 50
    (own,) = [one for one in found if (one["month"], one["unit"]) == ("2023-01", UNIT)]
    assert (own["issued"], own["due"]) == ("2023-02-08", "2023-02-22")
    page = Reader(letter(folder, "2023-01").read_text(encoding="utf-8"))
    assert own["number"] in page.text and "2023年2月22日前（含当日）" in page.text
    before = letter(folder, "2023-01").read_bytes()
    do("notices", "2023-01")
    assert letter(folder, "2023-01").read_bytes() == before


@pytest.mark.both_databases(False)
def test_the_third_letter_running_escalates(closed, told):
    folder = closed("2023-03")
    assert [one["reminders"] for one in told().values()] == [1, 2, 3]
    to = "长治市社会信用体系建设联席会议"
    assert [one["escalated_to"] for one in told().values()] == [None, None, to]
    assert f"本函为第3次督办，现同时报送{to}" in Reader(letter(folder, "2023-03").read_text(encoding="utf-8")).text


@pytest.mark.both_databases(False)
def test_a_month_in_which_the_task_was_done_ends_the_reminders(closed, told):
    folder = closed("2023-03", "2023-02")
    assert {month: one["reminders"] for month, one in told().items()} == {"2023-01": 1, "2023-03": 1}
    assert not letter(folder, "2023-02").exists()


def test_a_report_of_progress_after_the_letter_answers_it(do, closed, sheet, told):
    closed("2023-01")
    assert told("--open")["2023-01"]["state"] == "late"
    do("import", sheet(PROGRESS, progress("2023-02")))
    own = told()["2023-01"]
    (task,) = own["tasks"]
    assert own["state"] == "answered" and told("--open") == {}
    assert task["answer"]["source"]["file"].endswith("任务进展.csv") and task["answer"]["source"]["row"] == 2
    do("withdraw", PROGRESS, UNIT, TASK, "2023-02", "--reason", "误报")
    assert told()["2023-01"]["state"] == "late"


@pytest.mark.both_databases(False)
def test_a_report_from_before_the_letter_or_of_another_task_is_no_answer(do, closed, sheet, told):
    do("import", sheet(PROGRESS, progress("2023-02")))
    closed("2023-01")
    do("import", sheet(PROGRESS, {**progress("2023-03"), "任务": 33}, folder="later"))
    assert told()["2023-01"]["state"] == "late"


@pytest.mark.both_databases(False)
def test_a_letter_whose_time_is_not_over_is_open(do, workspace, sheet, told):
    do("import", sheet(KIND, {"单位": "市商务局", "月份": "2023-01", "入驻企业数": 1, "企业总数": 2}))
    do("run", "2023-01", "--no-notices")
    do("close", "2023-01", "--date", "2999-01-01")  # no calendar tells of that year
    own = told()["2023-01"]
    assert (own["state"], own["due"]) == ("open", None)
    assert "于印发后10个工作日内以" in letter(workspace, "2023-01").read_text(encoding="utf-8").replace('<span class="n">10</span>', "10")


@pytest.mark.both_databases(False)
def test_the_table_names_what_is_asked_of_whom(do, closed):
    closed("2023-01")
    out = do("letters", "--unit", UNIT).out
    assert "长信用督〔2023〕" in out and "25 逾期" in out and "逾期未答复" in out and "共 1 件督办函" in out


@pytest.mark.both_databases(False)
def test_a_month_that_is_not_scored_and_a_unit_that_is_none_are_refused(jifen, workspace):
    for args, said in ((("--month", "2023-02"), "2023-02 尚未计分"), (("--unit", "市工商连"), "是否指“市工商联”")):
        outcome = jifen("-w", workspace, "letters", *args)
        assert (outcome.status, said in outcome.err) == (1, True), outcome.err


def test_a_correction_that_moves_a_status_alone_is_told_and_marked(do, closed, sheet, told):
    folder = closed("2023-01")
    issued = letter(folder, "2023-01").read_bytes()
    do("import", sheet(PROGRESS, progress("2023-01")), "--correction", "漏报")
    assert "需更正（`jifen correct 2023-01" in do("status", "2023-01", "--json").json["months"][0]["waiting"]
    assert "1 项任务的状态有变" in do("correct", "2023-01", "--reason", "漏报", "--dry-run").out
    done = do("correct", "2023-01", "--reason", "漏报", "--json").json
    assert (done["posted"], done["months"]) == ([], ["2023-01"])
    assert done["tasks"] == [{"month": "2023-01", "task": TASK, "unit": UNIT, "before": "逾期", "after": "已完成"}]
    notice = Reader((folder / "notices" / "2023-01" / "更正通报-1.html").read_text(encoding="utf-8"))
    ((unit, task, before, after),) = [[text for _, text in row.cells] for row in notice.tables["2023年1月任务状态更正"][1:]]
    assert (unit, task[:3], before, after) == (UNIT, "25．", "逾期", "已完成")
    assert "2023年1月积分更正" not in notice.tables
    assert "已更正" in Reader((folder / "notices" / "index.html").read_text(encoding="utf-8")).text
    assert do("status", "2023-01", "--json").json["months"][0]["state"] == "corrected"
    assert told()["2023-01"]["state"] == "answered"
    do("notices", "2023-01", "--as-issued")
    assert letter(folder, "2023-01").read_bytes() == issued
    do("verify")


def test_a_letter_cannot_be_changed_and_verify_names_one_that_was(jifen, do, closed):
    folder = closed("2023-01")
    do("verify")
    with opened(folder) as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(sql("UPDATE letter SET due = '2024-01-01'"))
    forge(folder, "UPDATE letter SET due = '2024-01-01' WHERE id = 2")
    outcome = jifen("-w", folder, "verify", "--json")
    assert (outcome.status, [one["what"] for one in outcome.json["faults"]]) == (1, ["督办函（第 2 条）与记录时不同，或它之前少了记录"])


@pytest.mark.both_databases(False)
def test_a_ruleset_without_letters_sets_no_term_and_never_escalates(do, closed, workspace, told):
    head = workspace / "rulesets" / "changzhi-2023" / "ruleset.yaml"
    text = head.read_text(encoding="utf-8")
    start, end = text.index("# 对逾期、不达标的单位发督办函"), text.index("notice:\n")
    head.write_text(text[:start] + text[end:], encoding="utf-8")
    closed("2023-03")
    own = told()["2023-03"]
    assert (own["due"], own["reminders"], own["escalated_to"]) == (None, 3, None)
    assert own["number"].startswith("第")
