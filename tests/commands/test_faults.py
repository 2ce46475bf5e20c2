"""What goes wrong in an office: broken files, edited dictionaries, lost units, folders that cannot be written."""

import sqlite3

import pytest

CASE = {"单位": "市科技局", "月份": "2023-04", "编号": "一", "及时处理": "否"}


@pytest.fixture
def posted(jifen, workspace, sheet):
    """A workspace whose April is posted."""
    assert jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", CASE)).status == 0
    return workspace


def edit(workspace, name, old, new):
    page = workspace / "rulesets/changzhi-2023" / name
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")


def refused(outcome, *words):
    assert outcome.status == 1, outcome
    assert all(word in outcome.err for word in words), outcome.err
    assert "Traceback" not in outcome.err and "缺陷" not in outcome.err


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_broken_database(jifen, workspace, content):
    (workspace / "jifen.db").write_bytes(content)
    for command in (("standings", "2023-04"), ("ledger",)):
        refused(jifen("-w", workspace, *command), "jifen.db")
    told = jifen("-w", workspace, "doctor")
    assert told.status == 1 and "× 数据库" in told.out


def test_a_row_cannot_be_replaced_either(posted):
    database = sqlite3.connect(posted / "jifen.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute("INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE id = 1")


def test_notices_that_cannot_be_written_leave_the_points(jifen, workspace, sheet):
    (workspace / "notices").rmdir()
    (workspace / "notices").touch()
    refused(jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", CASE)), "notices")
    assert len(jifen("-w", workspace, "ledger", "--unit", "市科技局", "--rule", "D04", "--json").json) == 1


def test_a_list_written_where_no_folder_is(jifen, posted):
    refused(jifen("-w", posted, "ledger", "--format", "csv", "-o", posted / "no" / "list.csv"), "list.csv")


def test_a_unit_that_the_list_has_lost(jifen, posted):
    edit(posted, "units.yaml", "  - {name: 市科技局,", "  - {name: 市新设局,")
    for name in ("departments.yaml", "obligations.yaml"):
        edit(posted, name, "市科技局", "市新设局")
    again = jifen("-w", posted, "run", "2023-04", "--json")
    assert again.status == 0, again.err
    moved = {(one["unit"], one["rule"], one["points"], one["kind"]) for one in again.json["posted"]}
    assert moved == {
        ("市科技局", "D04", "3.00", "reversal"), ("市科技局", "D06b", "5.00", "reversal"), ("市新设局", "D06b", "-5.00", "award"),
    }  # fmt: skip
    assert [one["kind"] for one in again.json["unattributed"]] == ["双公示异议"]
    statements = {path.stem for path in (posted / "notices/2023-04/得分单").iterdir()}
    assert "市新设局" in statements and "市科技局" not in statements
    assert len(jifen("-w", posted, "ledger", "--unit", "市科技局", "--json").json) == 4


def test_a_rule_that_the_ruleset_has_lost(jifen, posted):
    edit(posted, "departments.yaml", "- id: D04\n", "- id: D04\n    valid: {from: 2023-06}\n")
    moved = jifen("-w", posted, "run", "2023-04", "--json").json["posted"]
    assert [(one["rule"], one["points"]) for one in moved] == [("D04", "3.00")]
    assert len(jifen("-w", posted, "ledger", "--rule", "D04", "--json").json) == 2


@pytest.mark.parametrize(
    "old, new", [("编号: text, 及时处理", "编号: text, 处理"), ("及时处理: [是, 否]}", "及时处理: [及时, 否]}")]
)
def test_a_dictionary_edited_after_facts_came_in(jifen, workspace, sheet, old, new):
    jifen("-w", workspace, "import", sheet("双公示异议", {**CASE, "及时处理": "是"}))
    edit(workspace, "facts.yaml", old, new)
    for name in ("departments.yaml", "counties.yaml", "obligations.yaml"):
        if "处理}" in new or new.endswith("处理"):
            edit(workspace, name, "{及时处理: 否}", "{处理: 否}")
    refused(jifen("-w", workspace, "run", "2023-04"), "双公示异议", "facts.yaml")


@pytest.mark.parametrize("line, word", [("rulset = 'x'", "ruleset"), ("database = 'x'", "postgresql://"), ("operator = 3", "文本"), ("[", "TOML")])
def test_a_setting_of_the_workspace_that_nothing_reads(jifen, workspace, line, word):
    config = workspace / "jifen.toml"
    config.write_text(f"{config.read_text(encoding='utf-8')}{line}\n", encoding="utf-8")
    refused(jifen("-w", workspace, "ledger"), word)


def test_a_folder_without_facts_is_told(jifen, workspace, posted, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "没有读到任何事实" in jifen("-w", workspace, "run", "2023-04", "--from", tmp_path / "empty").err


def test_a_folder_of_another_month_is_told(jifen, workspace, sheet):
    done = jifen("-w", workspace, "run", "2023-05", "--from", sheet("双公示异议", CASE), "--no-notices")
    assert "没有一条涉及 2023-05" in done.err


def test_a_defect_of_ours_is_a_report_and_70(jifen, workspace, monkeypatch):
    monkeypatch.setattr("engine.ledger.listing.entries", None)
    monkeypatch.setattr("engine.commands.ledger.entries", None)
    told = jifen("-w", workspace, "ledger")
    assert told.status == 70 and "报告在" in told.err and "Traceback" not in told.err


@pytest.mark.parametrize(
    "case, code",
    [
        ("facts: [x], expect: {D31: 1}", "bad-value"),
        ("facts: {典型经验: x}, expect: {D31: 1}", "bad-value"),
        ("facts: {典型经湛: [{名称: 甲}]}, expect: {D31: 1}", "unknown-fact"),
        ("facts: {典型经验: [{名: 甲}]}, expect: {D31: 1}", "unknown-field"),
        ("facts: {典型经验: [{名称: 甲}, {名称: 甲}]}, expect: {D31: 50}", "bad-value"),
        ("facts: {信用修复: [{条数: 多}]}, expect: {D17: 1}", "bad-value"),
        ("facts: {双公示统计: [{应报数: 1, 实报数: 5, 及时数: 0, 合规数: 0}]}, expect: {D03b: 1}", "bad-value"),
        ("expect: {D99: 1}", "bad-value"),
        ("expect: {D31: 1/0}", "bad-value"),
        ("expect: {D31: [1]}", "bad-value"),
        ("expect: {D31: 1}, ignore: D31", "bad-value"),
        ("expect: {D31: 1}, settings: {双公示零报积分: abc}", "bad-value"),
        ("expect: {D31: 1}, settings: {二十分封顶: foo}", "bad-value"),
        ("expect: {D31: 1}, settings: {二十分: none}", "unknown-setting"),
        ("expect: {D31: 1}, tasks: {1: 逾期}", "bad-value"),
        ("expect: {D31: 1}, tasks: {4: 超期}", "bad-value"),
        ("expects: {D31: 1}, expect: {D31: 1}", "unknown-key"),
        ("facts: {}", "missing-key"),
    ],
)
def test_a_rule_test_that_cannot_be_read(jifen, workspace, case, code):
    page = workspace / "rulesets/changzhi-2023/tests/wrong.yaml"
    page.write_text(f"- {{name: 错, unit: 市教育局, month: 2023-04, {case}}}\n", encoding="utf-8")
    told = jifen("-w", workspace, "rules", "test")
    refused(told, f"错误 {code}", "tests/wrong.yaml:1:")
