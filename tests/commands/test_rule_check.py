"""`rules check` as a maintainer sees it: the line with the word marked, everything at once, codes explained, exit statuses."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.commands.finding_view import marked
from engine.commands.talk import printable
from tests.dsl.conftest import FACTS, RULE, RULESET, UNITS, files, rule

ROOT = Path(__file__).resolve().parents[2]
READ = RULESET.replace(RULESET[RULESET.index("settings:") : RULESET.index("grades:")], "")  # no setting that nothing reads
TESTED = """\
- {name: 应用, unit: 市甲局, month: 2023-04, expect: {D01: 0}}
- {name: 占比, unit: 市甲局, month: 2023-04, expect: {D01b: 0}}
"""


@pytest.fixture
def check(jifen, tmp_path):
    """Runs `rules check` on a workspace whose ruleset is the small one with some files put in (None: left out)."""

    def run(*options: str, tests: str | None = TESTED, **changed: str | bytes):
        folder = tmp_path / "rulesets" / "small"
        (folder / "tests").mkdir(parents=True, exist_ok=True)
        (tmp_path / "jifen.toml").write_text('ruleset = "small"\n')
        texts = {**files(), "ruleset.yaml": READ, **{f"{name}.yaml": text for name, text in changed.items()}, "tests/some.yaml": tests}
        for name, text in texts.items():
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode()) if text is not None else None
        return jifen("-w", tmp_path, "rules", "check", *options)

    return run


def told(outcome) -> list[tuple[str, str]]:
    return [(one["code"], one["file"]) for one in outcome.json["findings"]]


def test_a_finding_shows_its_line_with_the_word_marked_and_what_to_do(check):
    outcome = check(departments=RULE.replace("{none: 月度统计}", "{none: 月度统记, where: {得分: 1}}"))
    assert outcome.status == 1
    assert outcome.err.splitlines() == [
        "departments.yaml:7:33: 错误 unknown-fact 没有名为“月度统记”的事实",
        "   7 |     when: [{fact: 事项应用}, {none: 月度统记, where: {得分: 1}}]",
        "     |                                     ^^^^^^^^",
        "       提示：是否指“月度统计”？",
        "",
    ]
    assert outcome.out.startswith("共 1 处错误、0 条提醒；jifen rules check --explain CODE 有解释和例子")


def test_a_command_that_cannot_score_shows_the_same(check, jifen, tmp_path):
    seen = check(departments=RULE.replace("占比}", "占比吗}")).err
    outcome = jifen("-w", tmp_path, "run", "2023-01")
    assert outcome.status == 1 and outcome.err.startswith(seen) and "未作任何计分" in outcome.err


@pytest.mark.parametrize(
    "words, undone",
    [
        (["test"], "没有运行规则测试"),
        (["show", "D01"], "没有显示"),
        (["schema"], "没有写入编辑器的校验"),
        (["catalogue"], "没有生成规则目录"),
        (["impact", "small"], "没有比较"),
        (["new", "small-2024", "--from", "small"], "没有新建规则集"),
    ],
)
def test_a_faulty_ruleset_is_told_to_leave_undone_what_was_asked_for(check, jifen, tmp_path, words, undone):
    check(facts="事项应用: 5\n")
    outcome = jifen("-w", tmp_path, "rules", *words)
    assert outcome.status == 1 and f"处错误，{undone}\n" in outcome.err, outcome.err


def test_without_a_finding_one_line_says_so(check):
    outcome = check()
    assert (outcome.status, outcome.err, outcome.out) == (0, "", "规则集 small：2 条规则；没有错误和提醒\n")


def test_what_a_terminal_would_take_for_an_order_is_shown_and_not_sent(check):
    body = rule("units: all\nwhen: {fact: '\\e[31m'}\npoints: 2").replace("'\\e[31m'", '"\\e[31m事"')
    outcome = check(departments=body)
    assert outcome.status == 1 and "\x1b" not in outcome.err and "\\x1b[31m事" in outcome.err


LINES = st.text(st.characters(codec="utf-8", exclude_characters="字\ufe0f", exclude_categories=["Cs"]), max_size=90)  # U+FE0F widens another


@given(LINES, LINES, st.integers(20, 80))
def test_the_carets_stand_under_the_place_whatever_the_line_holds_and_however_long_it_is(before, after, width):
    shown, carets = marked(f"{before}字{after}", len(before) + 1, width)
    assert cell_len(shown) <= width and set(carets.lstrip()) == {"^"}
    assert carets.index("^") == cell_len(shown[: shown.index("字")])


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("    points: ‹5 × 条数 / 2  # 注", "5 × 条数 / 2"),
        ("    when: {fact: ‹事项 应用, where: {}}", "事项 应用"),
        ("    ‹where: {方法: 转发}", "where"),
        ('    say: ‹"报送: {件数}, 条" # x', '"报送: {件数}, 条"'),
        ("    say: ‹'it''s' x", "'it''s'"),
        ("    cap: ‹{points: 20}", "{"),
        ("    points: ‹-20", "-20"),
        ("  ‹- id: D01", "-"),
        ("  ‹", " "),
        ("\tunits: [市甲局, ‹市丁局]", "市丁局"),
    ],
)
def test_the_whole_word_is_marked(line, word):
    shown, carets = marked(line.replace("‹", ""), line.index("‹") + 1, 100)
    assert carets.count("^") == cell_len(word)
    assert carets.index("^") == cell_len(line.partition("‹")[0].replace("\t", "    "))


def test_a_long_line_is_cut_around_the_place():
    line = "甲: {" + "一: 二, " * 100 + "三: 四" + ", 五: 六" * 100 + "}"
    shown, carets = marked(line, line.index("三") + 1, 60)
    assert shown[0] == shown[-1] == "…" and cell_len(shown) <= 60
    assert cell_len(shown[: shown.index("三")]) == carets.index("^") and carets.count("^") == 2


def test_colours_are_for_terminals_only_and_can_be_refused(check, tmp_path):
    check(departments=RULE.replace("占比}", "占比吗}"))

    def seen(**more: str) -> str:
        ours, theirs = pty.openpty()
        plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
        command = [sys.executable, ROOT / "cli.py", "-w", tmp_path, "rules", "check"]
        subprocess.run(command, stderr=theirs, stdout=subprocess.DEVNULL, env={**plain, "TERM": "xterm", **more}, check=False)
        os.close(theirs)
        return os.read(ours, 65536).decode()

    assert "\x1b[1;31m错误" in seen()
    assert "\x1b[1;31m" not in seen(NO_COLOR="1")


def test_a_file_that_is_no_yaml_hides_nothing_of_the_others(check):
    outcome = check(
        "--json", counties="category: 县区\nrules: [\n", departments=RULE.replace("fact: 占比", "fact: 占"), tests="- {nam: x}\n"
    )
    assert set(told(outcome)) == {
        ("yaml", "counties.yaml"), ("unknown-fact", "departments.yaml"),
        ("missing-key", "tests/some.yaml"), ("unknown-key", "tests/some.yaml"),
    }  # fmt: skip
    assert "有的文件没有读完" in check(counties="a: [", departments=RULE).out


def test_faults_of_settings_dictionary_units_and_of_the_shape_of_rules_are_told_together(check):
    outcome = check(
        "--json",
        ruleset=RULESET.replace("title: ", "titel: ").replace("{2023-01: {value: 10", "{2023-13: {value: 10"),
        facts=FACTS.replace("条数: count", "条数: cuont"),
        units=UNITS.replace("category: 县区", "category: 县市"),
        clauses="clauses: {}",
        departments=rule("units: all\nwhen: {fact: 事项应用}\nonec_per: 事项\npoints: 2"),
    )
    assert set(told(outcome)) == {
        ("missing-key", "ruleset.yaml"), ("unknown-key", "ruleset.yaml"), ("bad-value", "ruleset.yaml"),
        ("bad-value", "facts.yaml"), ("bad-value", "units.yaml"), ("bad-value", "clauses.yaml"), ("unknown-key", "departments.yaml"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["ruleset", "facts", "units", "clauses"])
def test_a_file_that_cannot_be_read_gives_no_finding_but_its_own(check, name):
    assert told(check("--json", **{name: "名称: 规则".encode("gbk")})) == [("yaml", f"{name}.yaml")]
    assert told(check("--json", **{name: "a: ["})) == [("yaml", f"{name}.yaml")]


def test_an_unknown_key_hides_no_other_fault_of_its_rule(check):
    outcome = check("--json", departments=rule("units: [市丁局]\nwhen: {fact: 事项应用}\nonec_per: 事项\npoints: 2"))
    assert told(outcome) == [("unknown-unit", "departments.yaml"), ("unknown-key", "departments.yaml")]


def test_a_wrong_test_is_found_and_no_rule_is_called_untested_for_it(check):
    outcome = check("--json", tests="- {name: 甲, unit: 市甲局, month: 2023-04, expect: {D01: 五}}\n")
    assert told(outcome) == [("bad-value", "tests/some.yaml")] and outcome.status == 1


UNTESTED = rule("units: all\nwhen: {fact: 占比}\npoints: 2")


def test_warnings_fail_the_check_only_where_it_is_strict(check):
    assert told(check("--json", departments=UNTESTED)) == [("untested-rule", "departments.yaml")]
    assert [check(departments=UNTESTED).status, check("--strict", departments=UNTESTED).status] == [0, 1]
    assert check("--strict").status == 0


def test_a_warning_that_a_rule_allows_with_a_reason_is_counted_and_not_told(check):
    outcome = check("--strict", departments=UNTESTED + "    allow: {untested-rule: 样表到后补写}\n")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "规则集 small：3 条规则；没有错误和提醒；另有 1 条按规则里的 allow 不提\n"


@pytest.mark.parametrize(
    ("allow", "words"),
    [
        ("{untested-rul: 理由}", ["没有代码“untested-rul”", "是否指“untested-rule”？"]),
        ("{untested-rule: ''}", ["没有写明为什么"]),
        ("{untested-rule: [a]}", ["没有写明为什么"]),
        ("{division: 理由}", ["“division”是错误，不能不提"]),
        ("[untested-rule]", ["这里应是“键: 值”"]),
    ],
)
def test_an_allowance_that_says_nothing_sound_is_an_error(check, allow, words):
    outcome = check(departments=UNTESTED + f"    allow: {allow}\n")
    assert outcome.status == 1 and "departments.yaml:21:" in outcome.err, outcome.err
    assert all(word in outcome.err for word in words) and outcome.out.startswith("共 1 处错误")


def test_a_setting_whose_review_is_overdue_is_told_by_check_and_doctor(check, jifen, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    head = RULESET.replace("source: 附件4}}\n  计次", "source: 附件4}, review: 2023-12}\n  计次")
    outcome = check(ruleset=head)
    assert outcome.status == 0 and "ruleset.yaml:8:3: 提醒 review-due 设置“权重”" in outcome.err
    assert "权重" in next(line for line in jifen("-w", tmp_path, "doctor").out.splitlines() if "设置复核" in line)
    later = check("--json", ruleset=head.replace("2023-12}", "9999-12}"))
    assert ("review-due", "ruleset.yaml") not in told(later)


def test_of_very_many_findings_the_rest_is_counted(check):
    many = "category: 部门\nrules:\n" + "  - {id: D01, title: 甲, units: all, when: {fact: 占比}, points: 1}\n" * 1002
    told_all = check("--json", more=many).json["findings"]
    assert f"……另有 {len(told_all) - 1000} 处未列出" in check(more=many).err


def test_a_code_is_explained_with_two_examples_without_any_workspace(jifen, tmp_path):
    outcome = jifen("-w", tmp_path / "nowhere", "rules", "check", "--explain", "division")
    assert outcome.status == 0 and outcome.out.startswith("division（错误）：除数可能为 0")
    assert "    points: 10 * 实报数 / 应报数\n            ^^^^^^^^^^^^^^^^^^^^\n" in outcome.out
    assert jifen("rules", "check", "--explain", "division", "--json").json["good"].keys() == {"rule"}


def test_a_code_that_there_is_not_names_the_nearest(jifen):
    outcome = jifen("rules", "check", "--explain", "divsion")
    assert outcome.status == 2 and "是否指“division”？" in outcome.err and outcome.out == ""


def test_a_folder_that_is_no_workspace_or_holds_no_ruleset_is_told(jifen, tmp_path):
    outcome = jifen("-w", tmp_path, "rules", "check")
    assert outcome.status == 1 and "不是工作区" in outcome.err
    (tmp_path / "jifen.toml").write_text('ruleset = "small"\n')
    (tmp_path / "rulesets" / "small").mkdir(parents=True)
    assert told(jifen("-w", tmp_path, "rules", "check", "--json")) == [
        ("missing-key", "facts.yaml"), ("missing-key", "ruleset.yaml"), ("missing-key", "units.yaml"),
    ]  # fmt: skip


def test_printable_keeps_chinese_and_shows_the_rest():
    assert printable("规则\u3000\x1b") == "规则\u3000\\x1b"


def test_rules_that_score_alike_are_told_by_check_and_not_by_what_scores(check, jifen, tmp_path):
    body = rule("units: all\nwhen: {fact: 占比}\npoints: 5")
    outcome = check("--json", departments=body, tests=TESTED + TESTED.splitlines()[1].replace("占比", "又").replace("D01b", "D01c") + "\n")
    assert told(outcome) == [("overlap", "departments.yaml")]
    assert jifen("-w", tmp_path, "rules", "show", "D01c").status == 0


def test_a_setting_that_nothing_reads_is_told(check):
    outcome = check("--json", ruleset=RULESET, departments=RULE.replace("points: 5", "points: 权重", 1))
    said = [one["message"] for one in outcome.json["findings"]]
    assert said == ["没有什么读设置“计次”", "没有什么读设置“周期”"] and outcome.status == 0


def test_the_examples_of_an_overlap_show_both_rules(jifen):
    told = jifen("rules", "check", "--explain", "overlap").out
    assert told.count("id: D01d") == told.count("id: D01e") == 2
