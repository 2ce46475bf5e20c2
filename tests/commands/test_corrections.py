"""Corrections where rules, units and several months meet: what their notices tell, where they lie, and what a failure leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notices.reading import Reader

CASE = {"单位": "市教育局", "月份": "2023-01"}  # D16b: 2 points each, at most 20 a year


def model(unit: str, month: str, name: str) -> dict[str, str]:  # D35: 50 points
    return {"单位": unit, "月份": month, "名称": name}


def run(jifen, folder: Path, *months: str) -> None:
    for month in months:
        assert jifen("-w", folder, "run", month, "--no-notices").status == 0


def close(jifen, folder: Path, *months: str) -> None:
    for month in months:
        done = jifen("-w", folder, "close", month)
        assert done.status == 0, done.err


@pytest.fixture
def issued(jifen, workspace, sheet):
    """January to March scored, January and February issued: 市教育局 has 20 points of cases, and a model each in January and March."""
    jifen("-w", workspace, "import", sheet("失信惩戒案例", *({**CASE, "编号": f"{one:02d}"} for one in range(10))))
    models = (model("市教育局", "2023-01", "甲"), model("市财政局", "2023-02", "乙"), model("市教育局", "2023-03", "丙"))
    jifen("-w", workspace, "import", sheet("典型经验", *models))
    run(jifen, workspace, "2023-01", "2023-02", "2023-03")
    close(jifen, workspace, "2023-01", "2023-02")
    return workspace


def without(folder: Path, name: str, begin: str, end: str) -> None:
    """Takes out of a file of the ruleset what stands from one text up to the next occurrence of another."""
    path = folder / "rulesets" / "changzhi-2023" / name
    text = path.read_text(encoding="utf-8")
    first = text.index(begin)
    path.write_text(text[:first] + text[text.index(end, first + len(begin)) :], encoding="utf-8")


def page(folder: Path, name: str) -> Reader:
    return Reader((folder / "notices" / name).read_text(encoding="utf-8"))


def rows(reader: Reader, table: str) -> list[list[str]]:
    return [[cell for _, cell in row.cells] for row in reader.tables[table][1:]]


def test_a_rule_that_was_taken_out_is_corrected_under_the_name_that_it_had(jifen, issued):
    without(issued, "departments.yaml", "  - id: D16b", "  - id:")
    done = jifen("-w", issued, "correct", "2023-01", "--reason", "规则已删", "--json")
    assert (done.status, done.json["months"]) == (0, ["2023-01"]), done.err
    (row,) = rows(page(issued, "2023-01/更正通报-1.html"), "2023年1月积分更正")
    assert row[0] == "市教育局" and "失信惩戒案例" in row[1] and row[2:] == ["20.00", "0.00", "−20.00"]
    assert jifen("-w", issued, "verify").status == 0


def test_ranks_so_far_of_later_months_that_a_correction_moves_are_told_too(jifen, issued):
    was = {one["unit"]: one["total_rank"] for one in jifen("-w", issued, "standings", "2023-02", "--json").json}
    jifen("-w", issued, "withdraw", "典型经验", "市教育局", "甲", "2023-01", "--reason", "误报")
    done = jifen("-w", issued, "correct", "2023-01", "--reason", "误报", "--json")
    assert (done.status, done.json["months"]) == (0, ["2023-01", "2023-02"])  # of February a task's status
    now = {one["unit"]: one["total_rank"] for one in jifen("-w", issued, "standings", "2023-02", "--json").json}
    notice = page(issued, "2023-01/更正通报-1.html")
    told = {row[1]: row[3] for row in rows(notice, "2023年2月名次变动")}
    assert told == {unit: f"{was[unit]} → {now[unit]}" for unit in now if was[unit] != now[unit]} != {}
    assert "2023年2月积分更正" not in notice.tables and "2023年3月名次变动" not in notice.tables


def test_a_correction_lies_with_the_first_month_whose_points_it_moves(jifen, issued, sheet):
    jifen("-w", issued, "import", sheet("失信惩戒案例", {**CASE, "编号": "10"}, folder="more"), "--correction", "补报")
    done = jifen("-w", issued, "correct", "2023-01", "--reason", "补报")  # the year's points are used up: none moves
    assert done.status == 0 and "积分没有变化" in done.out and "未作任何入账" not in done.out
    jifen("-w", issued, "import", sheet("失信惩戒案例", {**CASE, "编号": "11"}, folder="more"), "--correction", "补报")
    jifen("-w", issued, "withdraw", "典型经验", "市财政局", "乙", "2023-02", "--reason", "误报")
    done = jifen("-w", issued, "correct", "2023-01", "--reason", "误报", "--json")
    notice = issued / "notices" / "2023-02" / "更正通报-1.html"
    assert (done.json["months"], [Path(one).name for one in done.json["notices"]]) == (["2023-02", "2023-03"], [notice.name])
    assert "关于更正2023年2月" in page(issued, "2023-02/更正通报-1.html").text
    assert "更正通报-1.html" in page(issued, "2023-02/月度通报.html").links


def test_what_changes_places_without_changing_points_is_said_so(jifen, issued, sheet):
    jifen("-w", issued, "import", sheet("失信惩戒案例", {**CASE, "编号": "10"}, folder="more"), "--correction", "补报")
    jifen("-w", issued, "withdraw", "失信惩戒案例", "市教育局", "2023-01", "00", "--reason", "误报")
    done = jifen("-w", issued, "correct", "2023-01", "--reason", "误报")  # one case for another, 2 points each
    assert done.status == 0 and done.out.startswith("2023-01 起各单位的积分没有变化：已入账 1 条冲销、1 条计分")


def test_each_correction_names_its_own_notice(jifen, issued):
    for number in (1, 2):
        jifen("-w", issued, "withdraw", "失信惩戒案例", "市教育局", "2023-01", f"0{number}", "--reason", "误报")
        done = jifen("-w", issued, "correct", "2023-01", "--reason", "误报", "--json")
        assert done.json["notices"] == [str(issued / "notices" / "2023-01" / f"更正通报-{number}.html")]


def test_drafts_on_disk_follow_a_correction(jifen, issued):
    assert jifen("-w", issued, "notices", "2023-03").status == 0
    assert jifen("-w", issued, "notices", "2023-03", "--as-issued").status == 1  # it never was
    jifen("-w", issued, "withdraw", "典型经验", "市教育局", "甲", "2023-01", "--reason", "误报")
    assert jifen("-w", issued, "correct", "2023-01", "--reason", "误报").status == 0
    shown = (issued / "notices" / "2023-03" / "月度通报.html").read_bytes()
    assert jifen("-w", issued, "notices", "2023-03").status == 0
    assert (issued / "notices" / "2023-03" / "月度通报.html").read_bytes() == shown


def test_what_is_posted_is_told_though_a_page_about_it_fails(jifen, issued):
    broken = issued / "templates" / "reviews.html.j2"
    broken.write_text("{{ nothing.there }}", encoding="utf-8")
    asked = jifen("-w", issued, "review", "open", "市教育局", "2023-01", "--rule", "D16b", "--text", "少计", "--json")
    assert (asked.status, asked.json["review"]) == (1, 1) and "reviews.html.j2" in asked.err
    decided = jifen("-w", issued, "review", "decide", "1", "--change", "--reason", "属实", "--json")
    assert (decided.status, decided.json["state"]) == (1, "变更待更正")
    closing = jifen("-w", issued, "close", "2023-03", "--json")
    assert (closing.status, closing.json["month"]) == (1, "2023-03") and "reviews.html.j2" in closing.err
    jifen("-w", issued, "withdraw", "典型经验", "市教育局", "甲", "2023-01", "--reason", "误报")
    corrected = jifen("-w", issued, "correct", "2023-01", "--reason", "误报", "--review", "1", "--json")
    assert (corrected.status, corrected.json["months"], corrected.json["reviews"]) == (1, ["2023-01", "2023-02"], [1])
    broken.unlink()
    assert jifen("-w", issued, "notices", "2023-01").status == 0
    assert (issued / "notices" / "2023-01" / "更正通报-1.html").exists() and jifen("-w", issued, "verify").status == 0


def test_a_notice_that_cannot_be_rendered_is_not_issued(jifen, issued):
    template = issued / "templates" / "correction.html.j2"
    template.write_text("{{ nothing.there }}", encoding="utf-8")
    jifen("-w", issued, "withdraw", "典型经验", "市教育局", "甲", "2023-01", "--reason", "误报")
    before = jifen("-w", issued, "ledger", "--json").out
    assert jifen("-w", issued, "correct", "2023-01", "--reason", "误报").status == 1
    assert jifen("-w", issued, "ledger", "--json").out == before
    template.rename(template.with_name("statement.html.j2"))
    assert jifen("-w", issued, "close", "2023-03").status == 1
    assert jifen("-w", issued, "status", "2023-03", "--json").json["months"][0]["state"] == "draft"


def test_a_notice_as_issued_needs_neither_rules_nor_templates_of_today(jifen, issued):
    jifen("-w", issued, "review", "open", "市教育局", "2023-01", "--rule", "D16b", "--text", "少计")
    notice = issued / "notices" / "2023-01" / "月度通报.html"
    was = notice.read_bytes()
    notice.unlink()
    for name in ("index", "reviews", "monthly", "base"):
        (issued / "templates" / f"{name}.html.j2").write_text("{{ nothing.there }}", encoding="utf-8")
    (issued / "rulesets" / "changzhi-2023" / "departments.yaml").write_text("rules: [", encoding="utf-8")
    done = jifen("-w", issued, "notices", "2023-01", "--as-issued")
    assert (done.status, notice.read_bytes()) == (0, was), done.err
