"""Reviews: a unit asks in time, the office decides once, a change leads to a correction that cites it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from engine.derivation.objecting import in_time, last_day
from tests.forging import forge, opened
from tests.notices.reading import Reader

pytestmark = pytest.mark.both_databases

CASE = {"单位": "市教育局", "月份": "2023-01"}  # D16b: 2 points each
OBJECTION = {"单位": "潞州区", "月份": "2023-01", "及时处理": "否"}  # C04: -3 each


@pytest.fixture
def review(jifen, workspace):
    return lambda *args: jifen("-w", workspace, "review", *args)


@pytest.fixture
def issued(jifen, workspace, sheet):
    """January and February scored, January issued: today, or on a date."""
    jifen("-w", workspace, "import", sheet("失信惩戒案例", *({**CASE, "编号": str(one)} for one in range(1, 4))))
    jifen("-w", workspace, "import", sheet("双公示异议", *({**OBJECTION, "编号": one} for one in "甲乙")))
    for month in ("2023-01", "2023-02"):
        assert jifen("-w", workspace, "run", month, "--no-notices").status == 0

    def close(*args: str) -> Path:
        outcome = jifen("-w", workspace, "close", "2023-01", *args)
        assert outcome.status == 0, outcome.err
        return workspace

    return close


@pytest.fixture
def asked(issued, review):
    """A request of 潞州区 on C04, and one of 市教育局 on D16b."""
    folder = issued()
    for unit, rule, text in (("潞州区", "C04", "甲已按时处理"), ("市教育局", "D16b", "少计一件")):
        outcome = review("open", unit, "2023-01", "--rule", rule, "--text", text, "--by", "张三")
        assert outcome.status == 0, outcome.err
    return folder


@pytest.fixture
def withdrawn(jifen, asked):
    """The objection 甲 is taken back, so that January gives 潞州区 3 points more."""
    outcome = jifen("-w", asked, "withdraw", "双公示异议", "潞州区", "2023-01", "甲", "--reason", "复核")
    assert outcome.status == 0, outcome.err
    return asked


def page(folder: Path, name: str) -> Reader:
    return Reader((folder / "notices" / name).read_text(encoding="utf-8"))


def cells(reader: Reader, table: str) -> list[list[str]]:
    return [[cell for _, cell in row.cells] for row in reader.tables[table][1:]]


def states(review, *args: str) -> dict[int, str]:
    return {one["review"]: one["state"] for one in review("list", "--json", *args).json}


def waiting(jifen, folder: Path) -> str:
    return jifen("-w", folder, "status", "2023-01", "--json").json["months"][0]["waiting"]


def test_a_request_in_time_stands_with_who_made_it_and_its_last_day(review, issued):
    issued("--date", "2999-01-01")  # whatever the day of the test
    outcome = review("open", "潞州区", "2023-01", "--rule", "C04", "--text", "甲已按时处理", "--by", "张三", "--json")
    assert outcome.status == 0, outcome.err
    told = outcome.json
    assert (told["review"], told["unit"], told["rule"], told["by"], told["state"]) == (1, "潞州区", "C04", "张三", "待复核")
    assert review("list", "--json").json == [told]


def test_a_unit_may_be_told_by_another_of_its_names(review, issued):
    issued()
    assert review("open", "长治市教育局", "2023-01", "--rule", "D16b", "--text", "少计一件", "--json").json["unit"] == "市教育局"


def test_a_late_request_is_refused_and_told_the_last_day(review, issued):
    issued("--date", "2023-04-24")  # ten working days on, with 1 to 3 May off and 6 May worked: 10 May
    outcome = review("open", "潞州区", "2023-01", "--rule", "C04", "--text", "甲已按时处理")
    assert (outcome.status, "最后一天是 2023-05-10" in outcome.err) == (1, True)
    assert review("list", "--json").json == []


def test_the_last_day_itself_is_in_time_and_the_next_is_not(ruleset):
    assert last_day(ruleset, "2023-03", "2023-04-24") == "2023-05-10"
    told = {day: in_time(ruleset, "2023-03", "2023-04-24", day) for day in ("2023-04-24", "2023-05-10", "2023-05-11")}
    assert told == {"2023-04-24": True, "2023-05-10": True, "2023-05-11": False}


def test_a_ruleset_without_a_term_takes_a_request_at_any_time(review, issued, workspace, jifen):
    head = workspace / "rulesets" / "changzhi-2023" / "ruleset.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("review: {within: {setting: 复核期限}}\n", ""), encoding="utf-8")
    for month in ("2023-01", "2023-02"):
        assert jifen("-w", workspace, "run", month, "--no-notices").status == 0
    folder = issued("--date", "2023-02-08")
    assert review("open", "潞州区", "2023-01", "--rule", "C04", "--text", "甲已按时处理", "--json").json["until"] is None
    assert "潞州区" in page(folder, "复核.html").text and "期限至" not in page(folder, "复核.html").text
    assert "请向长治市发展和改革委员会书面提出复核申请" in page(folder, "2023-01/月度通报.html").text


def test_a_draft_is_not_reviewed_but_run_again(jifen, review, issued):
    issued()
    outcome = review("open", "潞州区", "2023-02", "--rule", "C04", "--text", "甲已按时处理")
    assert outcome.status == 1
    assert "征求意见稿" in outcome.err and "jifen run 2023-02" in outcome.err
    assert review("open", "潞州区", "2023-03", "--rule", "C04", "--text", "甲").status == 1


def test_a_rule_or_unit_that_is_none_is_refused_with_the_nearest(review, issued):
    issued()
    for unit, rule, said in (
        ("潞州区", "C04x", "是否指“C04”"),
        ("潞州区", "D04", "D04 在 2023-01 不约束潞州区"),
        ("市教育局", "D06a", "D06a 在 2023-01 不约束市教育局"),
        ("潞洲区", "C04", "是否指“潞州区”"),
    ):
        outcome = review("open", unit, "2023-01", "--rule", rule, "--text", "甲已按时处理")
        assert (outcome.status, said in outcome.err) == (1, True), outcome.err
    assert review("list", "--json").json == []


def test_what_is_left_out_is_wrong_usage(review, asked):
    for args in (
        ("open", "潞州区", "2023-01", "--rule", "C04", "--text", " "),
        ("open", "潞州区", "2023-01", "--rule", "C04"),
        ("decide", "1", "--reason", "属实"),
        ("decide", "1", "--uphold", "--change", "--reason", "属实"),
        ("decide", "1", "--change", "--reason", " "),
        ("decide", "0", "--change", "--reason", "属实"),
    ):
        assert review(*args).status == 2, args
    assert states(review) == {1: "待复核", 2: "待复核"}


def test_a_request_is_decided_once(review, asked):
    assert review("decide", "2", "--uphold", "--reason", "逾期报送", "--by", "李四").status == 0
    again = review("decide", "2", "--change", "--reason", "属实")
    assert (again.status, "维持：逾期报送" in again.err) == (1, True)
    (told,) = review("list", "--unit", "市教育局", "--json").json
    assert (told["state"], told["reason"], told["decided_by"]) == ("维持", "逾期报送", "李四")


def test_an_unknown_number_lists_those_there_are(review, asked):
    outcome = review("decide", "9", "--change", "--reason", "属实")
    assert (outcome.status, "第1号、第2号" in outcome.err) == (1, True)


def test_the_list_is_narrowed_by_month_unit_and_what_is_undecided(review, asked):
    review("decide", "1", "--change", "--reason", "属实")
    assert states(review) == {1: "变更待更正", 2: "待复核"}
    assert states(review, "--open") == {2: "待复核"}
    assert states(review, "--unit", "潞州区", "--month", "2023-01") == {1: "变更待更正"}
    assert states(review, "--month", "2023-02") == {}
    assert "甲已按时处理" in review("list").out


def test_a_correction_answers_the_request_that_it_cites(jifen, review, withdrawn):
    review("decide", "1", "--change", "--reason", "凭证属实")
    assert "1 件复核申请待决定（第2号" in waiting(jifen, withdrawn)
    assert "1 件复核决定变更、待更正（第1号" in waiting(jifen, withdrawn)
    preview = jifen("-w", withdrawn, "correct", "2023-01", "--reason", "复核后更正", "--review", "1", "--dry-run")
    assert preview.status == 0 and states(review)[1] == "变更待更正"
    outcome = jifen("-w", withdrawn, "correct", "2023-01", "--reason", "复核后更正", "--review", "1", "--json")
    assert (outcome.status, outcome.json["reviews"], outcome.err) == (0, [1], "")
    told = review("list", "--json").json[0]
    assert told["state"] == "已更正"
    assert told["correction"] == {"batch": outcome.json["batch"], "notice": "2023-01/更正通报-1.html"}
    entries = jifen("-w", withdrawn, "ledger", "--format", "json").json
    (reason,) = {one["reason"] for one in entries if one["batch"] == outcome.json["batch"]}
    assert reason.startswith("复核后更正（复核申请第1号：潞州区") and all(one in reason for one in ("C04", "甲已按时处理", "凭证属实"))
    notice = page(withdrawn, "2023-01/更正通报-1.html")
    assert "更正原因：复核后更正。" in notice.text
    ((number, unit, clause, text, decision),) = cells(notice, "据以更正的复核申请")
    assert (number, unit) == ("复核申请第1号", "潞州区")
    assert "双公示异议未及时处理" in clause and "甲已按时处理" in text and "变更：凭证属实" in decision
    assert "第1号" not in waiting(jifen, withdrawn) and "第2号" in waiting(jifen, withdrawn)
    assert jifen("-w", withdrawn, "verify").status == 0


def test_only_a_change_that_waits_is_cited(jifen, review, withdrawn):
    def correct(*cited: str):
        return jifen("-w", withdrawn, "correct", "2023-01", "--reason", "复核", *cited)

    def refused(number: str, said: str) -> None:
        before = jifen("-w", withdrawn, "ledger", "--format", "json").json
        outcome = correct("--review", number)
        assert (outcome.status, said in outcome.err) == (1, True), outcome.err
        assert jifen("-w", withdrawn, "ledger", "--format", "json").json == before

    refused("9", "没有第9号复核申请")
    refused("1", "“待复核”")
    review("decide", "2", "--uphold", "--reason", "逾期报送")
    refused("2", "“维持”")
    review("decide", "1", "--change", "--reason", "属实")
    assert correct("--review", "1").status == 0
    jifen("-w", withdrawn, "withdraw", "双公示异议", "潞州区", "2023-01", "乙", "--reason", "复核")
    refused("1", "“已更正”")


def test_a_request_of_a_month_that_the_correction_does_not_reach_is_not_answered(jifen, review, asked, sheet):
    review("decide", "1", "--change", "--reason", "属实")
    assert jifen("-w", asked, "close", "2023-02").status == 0
    path = sheet("双公示异议", {**OBJECTION, "月份": "2023-02", "编号": "丙"})
    assert jifen("-w", asked, "import", path, "--correction", "漏报").status == 0
    outcome = jifen("-w", asked, "correct", "2023-02", "--reason", "漏报", "--review", "1")
    assert (outcome.status, "第1号是 2023-01 的" in outcome.err) == (1, True)
    assert states(review)[1] == "变更待更正"
    assert jifen("-w", asked, "status", "2023-02", "--json").json["months"][0]["state"] == "closed"


def test_without_citing_what_waits_is_a_reminder(jifen, review, withdrawn):
    review("decide", "1", "--change", "--reason", "属实")
    outcome = jifen("-w", withdrawn, "correct", "2023-01", "--reason", "复核后更正")
    assert outcome.status == 0
    assert "第1号已决定变更，尚待更正" in outcome.err and "--review 1" in outcome.err
    assert states(review)[1] == "变更待更正"


def test_where_nothing_is_to_be_corrected_the_request_stays_waiting(jifen, review, asked):
    review("decide", "1", "--change", "--reason", "属实")
    outcome = jifen("-w", asked, "correct", "2023-01", "--reason", "复核后更正", "--review", "1")
    assert (outcome.status, "没有需要更正的" in outcome.out) == (0, True)
    assert states(review)[1] == "变更待更正"
    assert not list((asked / "notices" / "2023-01").glob("更正通报*"))


def test_the_page_tells_every_request_and_what_came_of_it(jifen, review, withdrawn):
    review("decide", "1", "--change", "--reason", "凭证属实")
    review("decide", "2", "--uphold", "--reason", "<b>逾期</b>")
    jifen("-w", withdrawn, "correct", "2023-01", "--reason", "复核后更正", "--review", "1")
    told = page(withdrawn, "复核.html")
    first, second = cells(told, "2023年1月复核申请")
    assert first[:2] == ["1", "潞州区"] and "甲已按时处理" in first[3] and "期限至" in first[3]
    assert first[4].startswith("已更正 凭证属实") and "2023年1月更正通报-1" in first[4]
    assert second[4].startswith("维持 <b>逾期</b>")
    assert "2023-01/更正通报-1.html" in told.links
    assert "复核.html" in page(withdrawn, "index.html").links
    assert "共2件，均已办结" in page(withdrawn, "index.html").text
    before = (withdrawn / "notices" / "复核.html").read_bytes()
    (withdrawn / "notices" / "复核.html").unlink()
    jifen("-w", withdrawn, "notices", "2023-01")
    assert (withdrawn / "notices" / "复核.html").read_bytes() == before


def test_a_workspace_without_requests_has_no_such_page(issued):
    folder = issued()
    assert not (folder / "notices" / "复核.html").exists()
    assert "复核.html" not in page(folder, "index.html").links


def test_a_notice_says_until_when_to_object(jifen, issued, workspace):
    jifen("-w", workspace, "notices", "2023-01")
    assert "请于印发后10个工作日内向长治市发展和改革委员会书面提出复核申请" in page(workspace, "2023-01/月度通报.html").text
    folder = issued("--date", "2023-04-24")
    until = "请于2023年5月10日前（含当日）"
    assert f"{until}向长治市发展和改革委员会书面提出复核申请" in page(folder, "2023-01/月度通报.html").text
    statement = page(folder, "2023-01/得分单/潞州区.html")
    losses = [row for table in statement.tables.values() for row in table if "entry" in row.kinds and row.text("down")]
    assert len(losses) == 2 and all(f"对此有异议的，{until}申请复核" in row.text("l") for row in losses)
    gains = page(folder, "2023-01/得分单/市教育局.html")
    assert "对此有异议的" not in gains.text and f"对本单有异议的，{until}附佐证材料申请复核" in gains.text


def test_a_notice_whose_last_day_no_calendar_tells_still_goes_out(review, issued):
    folder = issued("--date", "2999-01-01")
    assert "请于印发后10个工作日内" in page(folder, "2023-01/月度通报.html").text


FORGERIES = {
    "text": ("UPDATE review SET text = '别的' WHERE id = 1", "复核申请（第 1 条）"),
    "deleted": ("DELETE FROM review_answer; DELETE FROM review_decision; DELETE FROM review WHERE id = 1", "复核申请（第 2 条）"),
    "outcome": ("UPDATE review_decision SET outcome = 'uphold'", "复核决定（第 1 条）"),
    "answer": ("UPDATE review_answer SET batch_id = 1", "批次 1 更正，而没有这样的更正"),
}


@pytest.mark.parametrize("forged", FORGERIES)
def test_verify_names_what_of_a_review_was_changed(jifen, review, withdrawn, forged):
    review("decide", "1", "--change", "--reason", "属实")
    jifen("-w", withdrawn, "correct", "2023-01", "--reason", "复核", "--review", "1")
    assert jifen("-w", withdrawn, "verify").status == 0
    statements, named = FORGERIES[forged]
    with opened(withdrawn) as connection, pytest.raises(DatabaseError, match="append-only"):
        connection.execute(sql(statements.split(";")[0]))
    forge(withdrawn, *statements.split(";"))
    outcome = jifen("-w", withdrawn, "verify", "--json")
    assert outcome.status == 1
    assert any(named in one["what"] for one in outcome.json["faults"]), named


def test_what_an_earlier_correction_has_done_without_citing_it_can_be_told_afterwards(jifen, review, withdrawn):
    assert review("decide", "1", "--change", "--reason", "属实").status == 0
    assert jifen("-w", withdrawn, "correct", "2023-01", "--reason", "误报").status == 0
    preview = jifen("-w", withdrawn, "correct", "2023-01", "--reason", "误报", "--review", "1", "--dry-run")
    assert (preview.status, "将记为已更正" in preview.out) == (0, True)
    done = jifen("-w", withdrawn, "correct", "2023-01", "--reason", "误报", "--review", "1", "--json")
    assert (done.status, done.json["batch"], done.json["reviews"]) == (0, None, [1])
    assert [one["state"] for one in review("list", "--json").json][0] == "已更正"
    assert "已更正" in page(withdrawn, "复核.html").text
    assert jifen("-w", withdrawn, "verify").status == 0
