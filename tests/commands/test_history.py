"""Looking back: which facts stand and where they come from, how they came to say so, and what each import did."""

from hashlib import sha256

import pytest

pytestmark = pytest.mark.both_databases

INFO = {"单位": "潞州区", "月份": "2023-04", "类别": "行政确认", "报送数": 3, "合规数": 1}
CASE = {"单位": "市教育局", "月份": "2023-04", "编号": "一", "及时处理": "否"}
RECORD = {"单位": "市教育局", "类型": "行政许可", "相对人": "甲", "上报日期": "2023-04-04", "合规": "是"}


def keys(outcome):
    assert outcome.status == 0, outcome.err
    return [(one["kind"], one["key"]) for one in outcome.json]


def test_facts_stand_in_the_dictionarys_order_with_their_place(jifen, workspace, sheet):
    info = sheet("行政管理信息", INFO, {**INFO, "单位": "上党区"})
    jifen("-w", workspace, "import", info, sheet("双公示异议", CASE))
    found = jifen("-w", workspace, "facts", "--json")
    assert keys(found) == [
        ("双公示异议", "市教育局|2023-04|一"),
        ("行政管理信息", "上党区|2023-04|行政确认"),
        ("行政管理信息", "潞州区|2023-04|行政确认"),
    ]
    last = found.json[-1]
    assert last["source"] == {"file": str(info), "sheet": None, "row": 2}
    assert (last["unit"], last["values"]["合规数"], last["act"], last["import"]) == ("潞州区", 1, "import", 1)
    told = jifen("-w", workspace, "facts", "行政管理信息").out
    assert "潞州区 2023-04 行政确认" in told and "报送数=3，合规数=1" in told and "第 2 行" in told
    assert "共 2 条事实" in told and "双公示异议" not in told


def test_a_unit_is_found_by_its_alias_and_through_a_route(jifen, workspace, sheet):
    loan = {"编号": "贷一", "月份": "2023-04", "行业": "农业", "县区": "潞州区"}
    jifen("-w", workspace, "import", sheet("行政管理信息", INFO), sheet("双公示异议", CASE), sheet("信易贷放款", loan))
    assert keys(jifen("-w", workspace, "facts", "--unit", "长治市潞州区人民政府", "--json")) == [
        ("行政管理信息", "潞州区|2023-04|行政确认"),
        ("信易贷放款", "贷一"),
    ]


def test_a_month_has_its_events_what_still_holds_its_records_and_its_year(jifen, workspace, sheet):
    listed = {"单位": "潞州区", "主体": "甲", "起始月份": "2023-02", "终止月份": "2023-05"}
    jifen(
        "-w", workspace, "import",
        sheet("双公示异议", CASE, {**CASE, "月份": "2023-05", "编号": "二"}),
        sheet("严重失信主体", listed, {**listed, "主体": "乙", "终止月份": "2023-04"}),
        sheet("双公示记录", {**RECORD, "文号": "甲一", "决定日期": "2023-04-03"}, {**RECORD, "文号": "甲二", "决定日期": "2023-03-31"}),
        sheet("年终综合测评", {"单位": "潞州区", "年度": "2023", "得分": "91.5"}),
    )  # fmt: skip
    found = keys(jifen("-w", workspace, "facts", "--month", "2023-04", "--json"))
    assert [one for one in found if one[0] != "双公示统计"] == [
        ("双公示记录", "市教育局|甲一"),
        ("双公示异议", "市教育局|2023-04|一"),
        ("严重失信主体", "潞州区|甲|2023-02"),
        ("年终综合测评", "潞州区|2023"),
    ]


@pytest.mark.parametrize(
    ("asked", "meant"), [(("行政信息",), "行政管理信息"), (("--unit", "璐州区"), "潞州区")]
)
def test_a_wrong_word_is_told_with_the_nearest(jifen, workspace, asked, meant):
    refused = jifen("-w", workspace, "facts", *asked)
    assert refused.status == 1 and meant in refused.err


def test_every_version_is_kept_with_who_brought_it_and_why(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("行政管理信息", INFO, {**INFO, "单位": "上党区"}))
    jifen("-w", workspace, "import", sheet("行政管理信息", {**INFO, "合规数": 2}))
    key = ("潞州区", "2023-04", "行政确认")
    assert jifen("-w", workspace, "withdraw", "行政管理信息", *key, "--reason", "重复报送").status == 0
    assert keys(jifen("-w", workspace, "facts", "--json")) == [("行政管理信息", "上党区|2023-04|行政确认")]
    all_ = jifen("-w", workspace, "facts", "--unit", "潞州区", "--versions", "--json").json
    assert [(one["values"]["合规数"], one["act"], one["withdrawn"], one["reason"]) for one in all_] == [
        (1, "import", False, ""),
        (2, "import", False, ""),
        (2, "withdraw", True, "重复报送"),
    ]
    told = jifen("-w", workspace, "facts", "--unit", "潞州区", "--versions").out
    assert "已撤回" in told and "重复报送" in told and "共 1 条事实的 3 个版本" in told


def test_a_figure_made_of_records_says_so(jifen, workspace, sheet):
    jifen("-w", workspace, "import", sheet("双公示记录", {**RECORD, "文号": "甲一", "决定日期": "2023-04-03"}))
    (made,) = jifen("-w", workspace, "facts", "双公示统计", "--json").json
    assert made["derived"] and made["source"]["file"].endswith("derive.yaml")
    assert "由双公示记录推导（derive.yaml 第 " in jifen("-w", workspace, "facts", "双公示统计").out


def test_a_long_list_is_cut_on_the_terminal_and_whole_in_json(jifen, workspace, sheet):
    cases = [{**CASE, "编号": f"第{number}号"} for number in range(1, 1004)]
    jifen("-w", workspace, "import", sheet("双公示异议", *cases))
    told = jifen("-w", workspace, "facts").out
    assert told.count("双公示异议.csv") == 1000 and "另有 3 行未列出" in told and "--json" in told
    assert len(jifen("-w", workspace, "facts", "--json").json) == 1003


def test_no_fact_is_said_in_words(jifen, workspace):
    assert "没有符合条件的事实" in jifen("-w", workspace, "facts").out
    assert jifen("-w", workspace, "facts", "--json").json == []
    assert "还没有" in jifen("-w", workspace, "imports").out


def test_imports_tell_what_each_one_did(jifen, workspace, sheet):
    first = sheet("行政管理信息", INFO, {**INFO, "单位": "上党区"}, folder="一")
    second = sheet("行政管理信息", {**INFO, "合规数": 2}, {**INFO, "单位": "屯留区"}, folder="二")
    key = ("潞州区", "2023-04", "行政确认")
    jifen("-w", workspace, "import", first)
    jifen("-w", workspace, "import", second)
    jifen("-w", workspace, "withdraw", "行政管理信息", *key, "--reason", "重复报送")
    jifen("-w", workspace, "import", first)
    told = jifen("-w", workspace, "imports", "--json").json
    assert [(one["import"], one["act"], one["new"], one["changed"], one["withdrawn"], one["reason"]) for one in told] == [
        (1, "import", 2, 0, 0, ""),
        (2, "import", 1, 1, 0, ""),
        (3, "withdraw", 0, 0, 1, "重复报送"),
        (4, "import", 1, 0, 0, ""),
    ]
    assert told[0]["files"] == [{"name": str(first), "sha256": sha256(first.read_bytes()).hexdigest()}]
    shown = jifen("-w", workspace, "imports").out
    assert "行政管理信息.csv" in shown and "撤回" in shown and "共 4 次" in shown
