"""Another version of the rules beside the ledger: nothing where nothing differs, and else what a fresh year would hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.annual import copied, quietly
from tests.commands.test_units import merge, run
from tests.conftest import SHIPPED, closed
from tests.oracle import random_year

NOTHING = {"level": "none", "changes": [], "units": [], "ranks": [], "grades": [], "vetoes": [], "clauses": [], "entries": []}
OBJECTION = {"单位": "潞州区", "月份": "2023-04", "编号": "一", "及时处理": "否"}
MONTHS = ("2023-01", "2023-02")


@pytest.fixture
def other(tmp_path) -> Callable[..., Path]:
    """The shipped ruleset with some texts replaced, as a folder: (file, old, new) each."""

    def edited(*edits: tuple[str, str, str], name: str = "other") -> Path:
        return _edited(tmp_path / name, edits)

    return edited


def _edited(folder: Path, edits) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SHIPPED, folder)
    for file, old, new in edits:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def _rule(id_: str, old: str, new: str, file: str = "counties.yaml") -> tuple[str, str, str]:
    """The edit of one rule's text."""
    text = (SHIPPED / file).read_text(encoding="utf-8")
    own = re.search(rf"  - id: {id_}\n(?:    .*\n|\n)+", text)[0]
    assert old in own, (id_, old, own)
    return file, own, own.replace(old, new, 1)


def impact(jifen, workspace: Path, other: object, *options: object):
    told = jifen("-w", workspace, "rules", "impact", other, *options, "--json")
    assert told.status == 0, told.err
    return told.json


def test_the_same_rules_differ_in_nothing_whatever_became_of_the_facts_since(jifen, workspace, sheet):
    def differs() -> dict:
        found = impact(jifen, workspace, "changzhi-2023")
        return {name: found[name] for name in NOTHING}

    project = {"单位": "市发改委", "月份": "2023-01", "项目": "平台"}
    assert differs() == NOTHING  # no month is posted
    jifen("-w", workspace, "import", sheet("平台网站建设", {**project, "月份": "2023-02"}, folder="february"))
    closed(jifen, workspace, "2023-01")
    assert jifen("-w", workspace, "run", "2023-02", "--no-notices").status == 0
    # Facts of the closed month that came too late: February's upgrade counts for the year as it was, until January is corrected.
    late = sheet("平台网站建设", {**project, "月份": "2023-01"})
    assert jifen("-w", workspace, "import", late, "--correction", "迟报").status == 0
    assert differs() == NOTHING
    assert jifen("-w", workspace, "run", "2023-02", "--no-notices").status == 0
    assert differs() == NOTHING
    assert jifen("-w", workspace, "correct", "2023-01", "--reason", "迟报").status == 0
    assert differs() == NOTHING
    assert jifen("-w", workspace, "run", "2023-03", "--no-notices").status == 0
    assert differs() == NOTHING


def test_months_under_two_versions_differ_only_where_they_did(jifen, workspace, sheet, other):
    rows = [{**OBJECTION, "月份": month} for month in MONTHS]
    jifen("-w", workspace, "import", sheet("双公示异议", *rows))
    assert jifen("-w", workspace, "run", MONTHS[0], "--no-notices").status == 0
    newer = other(_rule("C04", "points: -3", "points: -5"))
    shutil.copytree(newer, workspace / "rulesets/changzhi-2023", dirs_exist_ok=True)
    assert jifen("-w", workspace, "run", MONTHS[1], "--no-notices").status == 0
    assert [(one["month"], one["before"], one["after"]) for one in impact(jifen, workspace, newer)["entries"]] == [
        ("2023-01", "-3.00", "-5.00")
    ]
    told = impact(jifen, workspace, SHIPPED)
    assert [(one["month"], one["before"], one["after"]) for one in told["entries"]] == [("2023-02", "-5.00", "-3.00")]
    assert told["changes"] == [
        {"rule": "C04", "what": "扣分比以前少（-5.00 → -3.00）（2023-02 起）；1 个单位共多 2.00 分", "level": "major"}
    ]


def test_more_points_lost_move_units_ranks_and_entries(jifen, workspace, sheet, other):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", OBJECTION), "--no-notices")
    before = (workspace / "jifen.db").read_bytes()
    told = impact(jifen, workspace, other(_rule("C04", "points: -3", "points: -5")))
    assert told["level"] == "major"
    assert told["changes"] == [{"rule": "C04", "what": "扣分比以前多（-3.00 → -5.00）；1 个单位共少 2.00 分", "level": "major"}]
    assert told["units"] == [
        {"category": "县区", "unit": "潞州区", "before": "-3.00", "after": "-5.00", "rank_before": 14, "rank_after": 14}
    ]
    (entry,) = told["entries"]
    assert (entry["rule"], entry["fact"], entry["row"]) == ("C04", "双公示异议:潞州区|2023-04|一", 2)
    assert (entry["before"], entry["after"]) == ("-3.00", "-5.00")
    assert [(one["gained"], one["lost"], one["changed"], one["by"]) for one in told["clauses"]] == [(0, 0, 1, "-2.00")]
    shown = jifen("-w", workspace, "rules", "impact", other(_rule("C04", "points: -3", "points: -5"))).out
    assert "扣分比以前多（−3.00 → −5.00）" in shown and "-3.00" not in shown
    free = impact(jifen, workspace, other(_rule("C04", "及时处理: 否", "及时处理: 是")))
    assert [(one["before"], one["after"]) for one in free["entries"]] == [("-3.00", None)]
    assert {one["unit"]: (one["rank_before"], one["rank_after"]) for one in free["units"]} == {"潞州区": (14, 1)}
    assert (workspace / "jifen.db").read_bytes() == before


_MINOR = ("cap: {points: 40, per: month}", "cap: {points: 41, per: month}")
LEVELS = {
    "a comment": (("counties.yaml", "rules:", "# 一句注释\nrules:"), "none", []),
    "a title": (_rule("C04", "title: ", "title: 新"), "wording", ["文字改动：标题"]),
    "a cap that was never reached": (
        _rule("D05", *_MINOR, "departments.yaml"), "minor", ["封顶提高（每月 40.00 分 → 每月 41.00 分）"],
    ),
    "a test that nothing failed": (
        _rule("D05", "报送数: {gt: 0}", "报送数: {gt: 1}", "departments.yaml"), "minor", ["条件收紧"],
    ),
    "a price that nobody has paid": (_rule("C04", "points: -3", "points: -2.5"), "major", ["扣分比以前少（-3.00 → -2.50）"]),
    "a unit more": (
        _rule("D02", "[市发改委]", "[市发改委, 市税务局]", "departments.yaml"), "major", ["适用单位增加 1 个（市税务局）"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LEVELS)
def test_a_difference_is_graded_by_what_it_can_move(jifen, scored, other, what):
    edit, level, words = LEVELS[what]
    told = impact(jifen, scored, other(edit))
    assert (told["level"], [one["what"] for one in told["changes"]], told["units"]) == (level, words, [])


def test_a_rule_that_is_gone_a_setting_and_a_grade_band_are_told_by_name(jifen, scored, other):
    text = (SHIPPED / "departments.yaml").read_text(encoding="utf-8")
    gone = re.search(r"  - id: D06b\n(?:    .*\n|\n)+", text)[0]
    told = impact(jifen, scored, other(("departments.yaml", gone, "")))
    assert {"rule": "D06b", "what": "删除；7 个单位共多 420.00 分", "level": "major"} in told["changes"]
    assert len(told["units"]) == 7 and told["ranks"] and told["grades"]
    assert all(one["after"] is None for one in told["entries"]) and len(told["entries"]) == 84


def test_a_fact_that_the_other_dictionary_does_not_take_is_told(jifen, workspace, sheet, other):
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", OBJECTION), "--no-notices")
    dictionary = other()
    facts = (dictionary / "facts.yaml").read_text(encoding="utf-8")
    (dictionary / "facts.yaml").write_text(re.sub(r"(?m)^(.*及时处理.*)否(.*)$", r"\1不曾\2", facts), encoding="utf-8")
    for name in ("counties.yaml", "departments.yaml", "obligations.yaml"):
        path = dictionary / name
        path.write_text(path.read_text(encoding="utf-8").replace("及时处理: 否", "及时处理: 不曾"), encoding="utf-8")
    if jifen("-w", workspace, "rules", "impact", dictionary).status:
        pytest.fail("the edited ruleset has errors")
    told = impact(jifen, workspace, dictionary)
    assert {"rule": "", "what": "事实“双公示异议”的 1 条无法读取：字段“及时处理”不符", "level": "major"} in told["changes"]
    assert [(one["before"], one["after"]) for one in told["entries"]] == [("-3.00", None)]


def test_units_that_are_merged_are_told_once_and_their_points_go_on_with_them(jifen, workspace, sheet, tmp_path):
    rows = [{"单位": unit, "月份": "2023-08", "名称": "某案例"} for unit in ("市信访局", "市教育局")]
    run(jifen, workspace, "2023-08", "--from", sheet("典型经验", *rows))
    shutil.copytree(SHIPPED, tmp_path / "later/rulesets/changzhi-2023")
    merge(tmp_path / "later")
    told = [(one["rule"], one["what"]) for one in impact(jifen, workspace, tmp_path / "later/rulesets/changzhi-2023")["changes"]]
    assert [what for rule, what in told if "市信访局的" in what] == ["规则没有改；市信访局的 50.00 分改记在市社会工作部名下"]
    tasks = [what for rule, what in told if what.startswith("任务 ")]
    assert tasks and len({what.partition("：")[2] for what in tasks}) == len(tasks)
    assert any("、" in what.partition("：")[0] and "责任单位增加 市社会工作部" in what for what in tasks)


@pytest.fixture(scope="module")
def posted(tmp_path_factory) -> Path:
    """Two months of many facts; beside it the file that they came in."""
    folder = tmp_path_factory.mktemp("posted")
    (folder / "facts.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in random_year(5, 500)), encoding="utf-8"
    )
    return _run(folder / "workspace", None, folder / "facts.jsonl")


def _run(workspace: Path, ruleset: Path | None, facts: Path) -> Path:
    quietly("init", workspace)
    if ruleset is not None:
        shutil.copytree(ruleset, workspace / "rulesets/changzhi-2023", dirs_exist_ok=True)
    quietly("-w", workspace, "import", facts)
    for month in MONTHS:
        quietly("-w", workspace, "run", month, "--no-notices")
    return workspace


def _ledger(workspace: Path) -> dict[tuple[str, str, str, str], Decimal]:
    entries = json.loads(quietly("-w", workspace, "ledger", "--json"))
    return {(one["period"], one["unit"], one["rule"], one["fact"] or ""): Decimal(one["points"]) for one in entries}


PRICES = [
    ("departments.yaml", "D02", "points: 5"), ("departments.yaml", "D04", "points: -3"), ("counties.yaml", "C04", "points: -3"),
    ("departments.yaml", "D05", "points: 5 *"), ("departments.yaml", "D05", "cap: {points: 40,"),
]  # fmt: skip


@settings(max_examples=2, deadline=None, phases=[Phase.generate])  # each runs a workspace of its own
@given(edits=st.dictionaries(st.sampled_from(PRICES), st.integers(1, 40), min_size=2))
def test_what_it_foretells_is_what_a_year_under_the_other_rules_holds(posted, ruleset, tmp_path_factory, edits):
    folder = tmp_path_factory.mktemp("fresh")
    other = folder / "other"
    _edited(other, [])
    for (file, id_, old), points in edits.items():
        text = (other / file).read_text(encoding="utf-8")
        own = re.search(rf"  - id: {id_}\n(?:    .*\n|\n)+", text)[0]
        (other / file).write_text(text.replace(own, own.replace(old, re.sub(r"-?\d+", str(points), old), 1)), encoding="utf-8")
    foretold = _ledger(posted)
    told = json.loads(quietly("-w", posted, "rules", "impact", other, "--json"))
    for one in told["entries"]:
        account = one["month"], one["unit"], one["rule"], one["fact"]
        was = foretold.pop(account, None)
        assert was == (None if one["before"] is None else Decimal(one["before"]))
        if one["after"] is not None:
            foretold[account] = Decimal(one["after"])
    fresh = _run(folder / "workspace", other, posted.parent / "facts.jsonl")
    assert foretold == _ledger(fresh)
    totals = {unit: sum((each for (_, own, *_), each in foretold.items() if own == unit), Decimal(0)) for unit in ruleset.units}
    for one in told["units"]:
        alike = [totals[unit] for unit, known in ruleset.units.items() if known.category == one["category"]]
        rank = 1 + sum(each > totals[one["unit"]] for each in alike)
        assert (Decimal(one["after"]), one["rank_after"]) == (totals[one["unit"]], rank)



def test_a_revision_of_the_workspace_s_repository_is_another_version(jifen, workspace, sheet, other):
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=维护人", "-c", "user.email=one@example.invalid")
        subprocess.run(["git", "-C", workspace, *who, *arguments], check=True, capture_output=True)

    git("init", "-q", "-b", "trunk")
    odd = os.fsencode(workspace / "rulesets/changzhi-2023") + "/说明.txt".encode("gbk")
    Path(os.fsdecode(odd)).write_text("文件名不是 UTF-8", encoding="utf-8")
    git("add", "rulesets")
    git("commit", "-qm", "规则集入库")
    git("tag", "印发稿")
    shutil.copytree(other(_rule("C04", "points: -3", "points: -5")), workspace / "rulesets/changzhi-2023", dirs_exist_ok=True)
    git("commit", "-qam", "多扣")
    jifen("-w", workspace, "run", "2023-04", "--from", sheet("双公示异议", OBJECTION), "--no-notices")
    assert impact(jifen, workspace, "HEAD")["level"] == "none"
    for revision in ("HEAD~1", "印发稿"):
        assert [one["after"] for one in impact(jifen, workspace, revision)["entries"]] == ["-3.00"]
    shown = jifen("-w", workspace, "rules", "impact", "印发稿")
    assert "修订 印发稿" in shown.out and "扣分比以前少（−5.00 → −3.00）" in shown.out
    for wrong, hint in (("印发搞", "印发稿"), ("HEAD~7", "HEAD~1")):
        told = jifen("-w", workspace, "rules", "impact", wrong)
        assert told.status == 1 and "没有修订" in told.err and hint in told.err
    git("mv", "rulesets/changzhi-2023", "rulesets/other-2023")
    git("commit", "-qm", "改名")
    git("mv", "rulesets/other-2023", "rulesets/changzhi-2023")
    told = jifen("-w", workspace, "rules", "impact", "HEAD")
    assert told.status == 1 and "没有规则集文件夹 rulesets/changzhi-2023" in told.err and "那时有：" in told.err


def test_what_is_no_other_version_is_told_in_one_line(jifen, workspace, other, monkeypatch, tmp_path):
    def refused(*arguments: object) -> str:
        told = jifen("-w", workspace, "rules", "impact", *arguments)
        assert told.status == 1 and told.out == ""
        return told.err

    assert "不在 git 版本库中" in refused("HEAD") and "是否指“changzhi-2023”" in refused("changzhi-2032")
    assert "没有 ruleset.yaml" in refused(workspace) and "rulesets/changzhi-2023" in refused(workspace)
    assert "是 2023 年度的规则集，不是 2024 年度的" in refused("changzhi-2023", "--year", "2024")
    broken = refused(other(_rule("C04", "points: -3", "points: -3 +")))
    assert "counties.yaml:" in broken and "规则集有 1 处错误" in broken
    assert "没有这个文件或文件夹" in refused("changzhi-2023", "--html", tmp_path / "none" / "page.html")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "本机又没有 git" in refused("HEAD")


def test_the_page_holds_what_the_terminal_cannot(jifen, scored, other, tmp_path):
    text = (SHIPPED / "departments.yaml").read_text(encoding="utf-8")
    gone = re.search(r"  - id: D06b\n(?:    .*\n|\n)+", text)[0]
    folder = copied(scored, tmp_path)
    target = tmp_path / "影响.html"
    shown = jifen("-w", folder, "rules", "impact", other(("departments.yaml", gone, "")), "--html", target)
    assert shown.status == 0 and f"网页：{target}" in shown.out and "另有" in shown.out
    page = target.read_text(encoding="utf-8")
    assert page.count(">−5.00</td>") == 84 and "删除；7 个单位共多 420.00 分" in page


_OWED = "终止月份: optional month}, check: [起始月份 <= 终止月份]}\n典"  # the end of the kind of arrears, before another


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(_rule("C30", "points: -10", "points: -12"), id="that masks nothing"),
        pytest.param(("facts.yaml", _OWED, _OWED.replace("month}", "month, 金额: number}")), id="that cannot read the fact"),
    ],
)
def test_a_person_is_masked_beside_a_version(jifen, workspace, sheet, other, tmp_path, edit):
    head = workspace / "rulesets/changzhi-2023/ruleset.yaml"
    text = head.read_text(encoding="utf-8")
    head.write_text(text.replace("\nmasked:\n", "\nmasked:\n  - {fact: 拖欠账款, field: 主体}\n"), encoding="utf-8")
    case = {"单位": "潞州区", "主体": "张小明", "起始月份": "2023-04"}
    assert jifen("-w", workspace, "run", "2023-04", "--from", sheet("拖欠账款", case), "--no-notices").status == 0
    (entry,) = impact(jifen, workspace, other(edit), "--html", tmp_path / "page.html")["entries"]
    assert entry["fact"] == "拖欠账款:潞州区|张*明|2023-04"
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "张*明" in page and "张小明" not in page
